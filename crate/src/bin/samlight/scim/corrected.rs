//! `samlight scim --corrected`: Entra ID's provisioning schema with its faults mended, as a file of its own,
//! and each change before and after.

use super::{Printer, is_wrong};
use crate::{ExitOutcome, Problem, input};
use clap::ArgMatches;
use samlight::{
    base::{
        catalogue::Text,
        redact,
        severity::{Sentence, Severity, Step},
    },
    file,
    idp::entra_schema,
    scim::{Statement, evidence::Asked},
    text,
};
use std::{
    ffi::OsStr,
    fs::File,
    io::{ErrorKind, Write},
};

/// Writes the corrected schema of the one file to `target`, over no file that is there.
pub(super) fn run(
    files: &[&OsStr],
    target: &OsStr,
    asked: &Asked,
    (given, out): (&ArgMatches, &mut dyn Write),
) -> Result<ExitOutcome, Problem> {
    let [file] = files else { return Err(text!("cli.scim.corrected.one").into()) };
    let content = file::text_of(&input::read(file)?);
    let unreadable =
        |why: Text| Problem::Said(format!("{}: {}", input::shown(file), redact::prose(&why.to_string())));
    let it = entra_schema::corrected(content.trim(), asked.name_id.as_deref()).map_err(unreadable)?;
    let mut said =
        Statement { heading: Some(text!("corrected.heading").to_string()), ..Statement::default() };
    if it.changes.is_empty() {
        let nothing = text!("cli.scim.corrected.nothing", file = input::shown(file));
        said.sentences.push(Sentence { severity: Severity::Good, text: nothing.to_string() });
    } else {
        let name = input::shown(target);
        let written = File::create_new(target).and_then(|mut open| open.write_all(it.content().as_bytes()));
        written.map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Problem::from(text!("cli.scim.corrected.exists", file = name)),
            _ => Problem::from(text!("cli.group.cannot-write", file = name, reason = error)),
        })?;
        said.sentences = it.sentences();
        said.steps = vec![Step { text: text!("corrected.do").to_string(), link: None, by: None }];
    }
    let said = said.redacted();
    let outcome = is_wrong(&said);
    let mut printer = Printer::new(given, out);
    printer.say(said);
    printer.outcome().map(|_| ExitOutcome::wrong(outcome))
}
