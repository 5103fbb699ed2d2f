//! `samlight scim`: what an administrator has of SCIM — GitLab's `api_json.log`, Entra ID's schema, the
//! address of a SCIM app, a message of one — said in words, for people or, with `--json`, one JSON object a
//! thing and line.

use crate::{Command, ExitOutcome, Problem, input, report};
use lexopt::{Arg, Parser, ValueExt};
use samlight::{
    base::{limits::FILE_BYTES, redact, severity::Severity},
    scim::evidence::{self, Asked},
    text,
    view::print::terminal,
};
use std::{ffi::OsString, io::Write};

pub(crate) const COMMAND: Command = Command { name: "scim", summary: || text!("cli.scim"), run };

/// The arguments as they were given.
#[derive(Default)]
struct Arguments {
    json: bool,
    asked: Asked,
    file: Option<OsString>,
}

fn run(parser: &mut Parser, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let Arguments { json, asked, file } = arguments(parser)?;
    let file = file.ok_or_else(|| Problem::from(text!("cli.no-file")))?;
    let content = input::read(&file)?;
    if content.len() > FILE_BYTES {
        report(&text!("flaw.file-too-large", limit = FILE_BYTES).to_string());
    }
    let statements = evidence::read(&String::from_utf8_lossy(&content), &asked);
    for statement in &statements {
        if json {
            let line = serde_json::to_string(statement).map_err(|e| Problem(redact::json_error(&e)))?;
            writeln!(out, "{line}")?;
        } else {
            write!(out, "{}", terminal::render_statement(statement))?;
        }
    }
    let mut sentences = statements.iter().flat_map(|statement| &statement.sentences);
    let is_wrong = sentences.any(|sentence| sentence.severity >= Severity::Warning);
    Ok(if is_wrong { ExitOutcome::Found } else { ExitOutcome::Good })
}

fn arguments(parser: &mut Parser) -> Result<Arguments, Problem> {
    let mut given = Arguments::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("json") => given.json = true,
            Arg::Long("group") => given.asked.group = Some(parser.value()?.string()?),
            Arg::Long("value") => given.asked.value = Some(parser.value()?.string()?),
            Arg::Long("endpoint") => given.asked.endpoint = Some(parser.value()?.string()?),
            Arg::Long("name-id") => given.asked.name_id = Some(parser.value()?.string()?),
            Arg::Value(file) => input::take_only(&mut given.file, file)?,
            argument => return Err(argument.unexpected().into()),
        }
    }
    Ok(given)
}
