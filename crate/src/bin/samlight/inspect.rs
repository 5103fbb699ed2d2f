//! `samlight inspect`: the SAML messages in files, for people or, with `--json`, one JSON object a line.

use crate::{Command, Outcome, Problem, input, report};
use lexopt::{Arg, Parser};
use samlight::{
    import, text,
    view::{inspect, inspect_text},
};
use std::{ffi::OsString, io::Write};

pub(crate) const COMMAND: Command = Command { name: "inspect", summary: || text!("cli.inspect"), run };

fn run(parser: &mut Parser, out: &mut dyn Write) -> Result<Outcome, Problem> {
    let (files, json) = arguments(parser)?;
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
        for carried in import::messages(imported) {
            if json {
                writeln!(out, "{}", inspect::inspect(&source, &carried))?;
            } else {
                write!(out, "{}", inspect_text::render(&source, &carried))?;
            }
        }
    }
    unread.map_or(Ok(Outcome::Good), Err)
}

fn arguments(parser: &mut Parser) -> Result<(Vec<OsString>, bool), Problem> {
    let (mut files, mut json) = (Vec::new(), false);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("json") => json = true,
            Arg::Value(file) => files.push(file),
            argument => return Err(argument.unexpected().into()),
        }
    }
    if files.is_empty() { Err(text!("cli.no-file").into()) } else { Ok((files, json)) }
}
