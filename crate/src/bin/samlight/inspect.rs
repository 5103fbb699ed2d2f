//! `samlight inspect`: the SAML messages in files, for people or, with `--json`, one JSON object a line.

use crate::{Command, ExitOutcome, Problem, input, report};
use lexopt::{Arg, Parser};
use samlight::{
    file::import,
    signature::{GivenKeys, certificates::Certificate},
    text,
    view::print::{Given, inspect, inspect_text},
};
use std::{ffi::OsString, io::Write};

pub(crate) const COMMAND: Command = Command { name: "inspect", summary: || text!("cli.inspect"), run };

fn run(parser: &mut Parser, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let Arguments { files, json, whole, certificates, keys } = arguments(parser)?;
    let given = Given { certificates: given(&certificates)?, keys: input::private_keys(&keys)? };
    let now = input::clock();
    let mut unread = None;
    for file in files {
        let imported = match input::import(&file, now) {
            Ok(imported) => imported,
            // The other files are still worth showing.
            Err(problem) => {
                if let Some(Problem(before)) = unread.replace(problem) {
                    report(&before);
                }
                continue;
            }
        };
        let source = input::shown(&file);
        let told: &mut dyn Iterator<Item = import::Told> =
            if whole { &mut import::told_whole(imported) } else { &mut import::told(imported) };
        for import::Told { carried, is_imported } in told {
            let object = if is_imported { inspect::inspect_imported } else { inspect::inspect };
            let lines = if is_imported { inspect_text::render_imported } else { inspect_text::render };
            if json {
                writeln!(out, "{}", object(&source, &carried, &given))?;
            } else {
                write!(out, "{}", lines(&source, &carried, &given))?;
            }
        }
    }
    unread.map_or(Ok(ExitOutcome::Good), Err)
}

/// The arguments as they were given.
#[derive(Default)]
struct Arguments {
    files: Vec<OsString>,
    json: bool,
    /// Whether more of a compressed message is read than GitLab could take.
    whole: bool,
    /// Files with certificates.
    certificates: Vec<OsString>,
    /// Files with private keys.
    keys: Vec<OsString>,
}

fn arguments(parser: &mut Parser) -> Result<Arguments, Problem> {
    let mut given = Arguments::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("json") => given.json = true,
            Arg::Long("whole") => given.whole = true,
            Arg::Long("cert") => given.certificates.push(parser.value()?),
            Arg::Long("key") => given.keys.push(parser.value()?),
            Arg::Value(file) => given.files.push(file),
            argument => return Err(argument.unexpected().into()),
        }
    }
    if given.files.is_empty() { Err(text!("cli.no-file").into()) } else { Ok(given) }
}

/// The keys in these files.
fn given(files: &[OsString]) -> Result<GivenKeys, Problem> {
    let mut certificates = Vec::new();
    for file in files {
        let content = input::read(file)?;
        let certificate = Certificate::from_file(&content);
        let problem = || Problem::from(text!("cli.bad-certificate", file = file.to_string_lossy()));
        certificates.push(certificate.ok_or_else(problem)?);
    }
    Ok(GivenKeys::new(&certificates))
}
