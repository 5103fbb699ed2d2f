//! `samlight inspect`: the SAML messages in files, for people or, with `--json`, one JSON object a line.

use crate::{Command, ExitOutcome, Problem, arguments, input, report};
use clap::ArgMatches;
use samlight::{
    event::Found,
    file::{FileRead, import},
    signature::{GivenKeys, certificates::Certificate},
    text,
    view::print::{Given, inspect, inspect_text, is_wrong},
};
use serde_json::json;
use std::{ffi::OsStr, io::Write};

pub(crate) const COMMAND: Command =
    Command { name: "inspect", about: || text!("cli.inspect"), arguments, run };

/// The way in which messages are shown.
#[derive(Default)]
pub(crate) struct Look {
    /// As JSON.
    pub(crate) json: bool,
    /// Whether more of a compressed message is read than GitLab could take.
    pub(crate) whole: bool,
    /// The certificates and keys to look into messages with.
    pub(crate) given: Given,
}

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(arguments::files(&text!("cli.inspect.file")))
        .arg(arguments::flag("json", &text!("cli.json")))
        .arg(arguments::flag("whole", &text!("cli.inspect.whole")))
        .arg(arguments::paths("cert", &text!("cli.inspect.cert")))
        .arg(arguments::paths("key", &text!("cli.inspect.key")))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let certificates = certificates(&arguments::paths_of(given, "cert"))?;
    let keys = input::private_keys(&arguments::paths_of(given, "key"))?;
    let look = Look {
        json: given.get_flag("json"),
        whole: given.get_flag("whole"),
        given: Given { certificates, keys },
    };
    input::each(&arguments::paths_of(given, arguments::FILES), |file| {
        let read = input::read_file(file)?;
        if !read.statements.is_empty() {
            report(&text!("cli.not-saml", file = input::shown(file)).to_string());
            return Ok(ExitOutcome::Found);
        }
        print(&input::shown(file), read, &look, out)
    })
}

/// Prints the messages in a file, and says whether there is something wrong with one.
pub(crate) fn print(
    source: &str,
    read: FileRead,
    look: &Look,
    out: &mut dyn Write,
) -> Result<ExitOutcome, Problem> {
    let imported = input::imported(read);
    let told: &mut dyn Iterator<Item = import::Told> =
        if look.whole { &mut import::told_whole(imported) } else { &mut import::told(imported) };
    let mut outcome = ExitOutcome::Good;
    for import::Told { carried, is_imported, found } in told {
        let object = if is_imported { inspect::inspect_imported } else { inspect::inspect };
        let lines = if is_imported { inspect_text::render_imported } else { inspect_text::render };
        if look.json {
            let mut printed = object(source, &carried, &look.given);
            printed["found"] = json!(found);
            writeln!(out, "{printed}")?;
        } else {
            write!(out, "{}", lines(&place(source, found.as_ref()), &carried, &look.given))?;
        }
        if is_wrong(&carried, &look.given, is_imported) {
            outcome = ExitOutcome::Found;
        }
    }
    Ok(outcome)
}

/// Whether a file holds a message that can be read.
pub(crate) fn holds_message(read: &FileRead) -> bool {
    let imported = import::Imported { events: read.events.clone(), flaws: Vec::new() };
    import::told(imported).any(|told| told.carried.message.is_some())
}

/// The source of a message for people: the file, and where in it.
fn place(source: &str, found: Option<&Found>) -> String {
    let Some(found) = found else { return source.to_owned() };
    let file = match &found.file {
        Some(file) => text!("found.in-archive", archive = source, file = file).to_string(),
        None => source.to_owned(),
    };
    text!("found.at", file = file, line = found.line).to_string()
}

/// The keys of all certificates in these files.
fn certificates(files: &[&OsStr]) -> Result<GivenKeys, Problem> {
    let mut certificates = Vec::new();
    for file in files {
        let found = Certificate::all_from_file(&input::read(file)?);
        if found.is_empty() {
            return Err(text!("cli.bad-certificate", file = file.to_string_lossy()).into());
        }
        certificates.extend(found);
    }
    Ok(GivenKeys::new(&certificates))
}
