//! `samlight export`: what is recorded in files, as one file of another format, redacted unless `--clear` is
//! given.

use crate::{Command, ExitOutcome, Problem, input, report};
use lexopt::{Arg, Parser, ValueExt};
use samlight::{
    base::pseudonym::Salt,
    event::Event,
    file::export::{self, FORMATS, Format, Receipt, Secrecy},
    text,
};
use std::{ffi::OsString, io::Write};

pub(crate) const COMMAND: Command = Command { name: "export", summary: || text!("cli.export"), run };

/// The arguments as they were given.
#[derive(Default)]
struct Arguments {
    format: Option<&'static Format>,
    secrecy: Secrecy,
    files: Vec<OsString>,
}

fn run(parser: &mut Parser, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let arguments = arguments(parser)?;
    let now = input::clock();
    let mut events: Vec<Event> = Vec::new();
    for file in &arguments.files {
        let imported = input::import(file, now)?;
        for flaw in imported.flaws {
            report(&format!("{}: {}", input::shown(file), flaw.text));
        }
        events.extend(imported.events);
    }
    // Several files become one trace: in the order of their times, and what stands in two of them once.
    events.sort_by(|one, other| one.id.cmp(&other.id));
    events.dedup_by(|one, other| one.id == other.id);
    let [usual, ..] = &FORMATS;
    let exported = arguments.format.unwrap_or(usual).export(&events, arguments.secrecy, salt()?);
    if exported.left_out > 0 {
        report(&text!("export.left-out", count = exported.left_out).to_string());
    }
    exported.receipt.iter().flat_map(Receipt::text).for_each(|said| report(&said.to_string()));
    write!(out, "{}", exported.content)?;
    Ok(ExitOutcome::Good)
}

/// A new one for each file.
fn salt() -> Result<Salt, Problem> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| text!("cli.no-randomness", reason = error))?;
    Ok(Salt::new(random))
}

fn arguments(parser: &mut Parser) -> Result<Arguments, Problem> {
    let mut given = Arguments::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("format") => {
                let name = parser.value()?.string()?;
                let known = FORMATS.map(|format| format.id).join(", ");
                let format = export::format(&name);
                given.format =
                    Some(format.ok_or_else(|| {
                        Problem::from(text!("cli.bad-format", value = name, known = known))
                    })?);
            }
            Arg::Long("clear") => given.secrecy = Secrecy::Clear,
            Arg::Value(file) => given.files.push(file),
            argument => return Err(argument.unexpected().into()),
        }
    }
    if given.files.is_empty() { Err(text!("cli.no-file").into()) } else { Ok(given) }
}
