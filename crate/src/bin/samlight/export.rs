//! `samlight export`: what is recorded in files, as one file of another format or as a report, redacted
//! unless `--clear` is given.

use crate::{Command, ExitOutcome, Problem, arguments, input, report};
use clap::{ArgMatches, builder::PossibleValuesParser};
use samlight::{
    base::pseudonym::Salt,
    event::Event,
    file::export::{self, FORMATS, Receipt, Secrecy},
    text,
    view::report::{self, REPORTS},
};
use std::io::Write;

pub(crate) const COMMAND: Command = Command { name: "export", about: || text!("cli.export"), arguments, run };

fn arguments(command: clap::Command) -> clap::Command {
    let [usual, ..] = &FORMATS;
    let names = FORMATS.iter().map(|format| format.id).chain(REPORTS.iter().map(|report| report.id));
    let names = PossibleValuesParser::new(names);
    let format = arguments::text("format", "FORMAT", &text!("cli.export.format"));
    command
        .arg(arguments::files(&text!("cli.export.file")))
        .arg(format.value_parser(names).default_value(usual.id))
        .arg(arguments::flag("clear", &text!("cli.export.clear")))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let (now, mut events): (_, Vec<Event>) = (input::clock(), Vec::new());
    let files = arguments::paths_of(given, arguments::FILES);
    if files.is_empty() {
        return Err(text!("cli.no-file").into());
    }
    for file in files {
        let imported = input::imported(input::read_file_at(file, now)?);
        for flaw in imported.flaws {
            report(&format!("{}: {}", input::shown(file), flaw.text));
        }
        events.extend(imported.events);
    }
    // Several files become one trace: in the order of their times, and what stands in two of them once.
    events.sort_by(|one, other| one.id.cmp(&other.id));
    events.dedup_by(|one, other| one.id == other.id);
    let secrecy = if given.get_flag("clear") { Secrecy::Clear } else { Secrecy::default() };
    let [usual, ..] = &FORMATS;
    let format = arguments::text_of(given, "format").unwrap_or_else(|| usual.id.to_owned());
    let exported = match report::report(&format) {
        Some(report) => report.export(&events, secrecy, salt()?, now),
        None => export::format(&format).unwrap_or(usual).export(&events, secrecy, salt()?),
    };
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
