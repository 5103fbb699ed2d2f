//! `samlight scim`: what an administrator has of SCIM — GitLab's `api_json.log`, Entra ID's schema, the
//! address of a SCIM app, a message of one — said in words, for people or, with `--json`, one JSON object a
//! thing and line. Where the log is in a search engine, the query for it, or what the engine finds.

mod from;
mod query;

use crate::{Command, ExitOutcome, Problem, arguments, input, report};
use clap::ArgMatches;
use samlight::{
    base::{limits::FILE_BYTES, redact, severity::Severity},
    explain, file,
    scim::{Statement, evidence::Asked},
    text,
    view::print::terminal,
};
use std::io::Write;

pub(crate) const COMMAND: Command = Command { name: "scim", about: || text!("cli.scim"), arguments, run };

fn arguments(command: clap::Command) -> clap::Command {
    let command = command
        .arg(arguments::file(&text!("cli.scim.file")))
        .arg(arguments::flag("json", &text!("cli.json")))
        .arg(arguments::text("group", "PATH", &text!("cli.scim.group")))
        .arg(arguments::text("value", "VALUE", &text!("cli.scim.value")))
        .arg(arguments::text("endpoint", "URL", &text!("cli.scim.endpoint")))
        .arg(arguments::text("name-id", "FIELD", &text!("cli.scim.name-id")));
    from::arguments(query::arguments(command))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let asked = Asked {
        group: arguments::text_of(given, "group"),
        value: arguments::text_of(given, "value"),
        endpoint: arguments::text_of(given, "endpoint"),
        name_id: arguments::text_of(given, "name-id"),
    };
    if let Some(outcome) = query::run(given, out).or_else(|| from::run(given, &asked, out)) {
        return outcome;
    }
    let content = input::read(input::only(given)?)?;
    if content.len() > FILE_BYTES {
        report(&text!("flaw.file-too-large", limit = FILE_BYTES).to_string());
    }
    print(&explain::read(&file::text_of(&content), &asked), given.get_flag("json"), out)
}

/// Prints statements, and says whether one is a warning or an error.
pub(crate) fn print(
    statements: &[Statement],
    json: bool,
    out: &mut dyn Write,
) -> Result<ExitOutcome, Problem> {
    for statement in statements {
        if json {
            let line = serde_json::to_string(statement).map_err(|e| Problem::Said(redact::json_error(&e)))?;
            writeln!(out, "{line}")?;
        } else {
            write!(out, "{}", terminal::render_statement(statement))?;
        }
    }
    let mut sentences = statements.iter().flat_map(|statement| &statement.sentences);
    Ok(ExitOutcome::wrong(sentences.any(|sentence| sentence.severity >= Severity::Warning)))
}
