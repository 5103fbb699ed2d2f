//! `samlight scim`: what an administrator has of SCIM — GitLab's `api_json.log`, Entra ID's schema, the
//! address of a SCIM app, a message of one — said in words, for people or, with `--json`, one JSON object a
//! thing and line. With `--person` the story of one person, of all files together; with `--json`, it is one
//! JSON object.

use crate::{Command, ExitOutcome, Problem, arguments, input, report};
use clap::ArgMatches;
use samlight::{
    base::{limits::FILE_BYTES, redact, severity::Severity},
    explain, file,
    scim::{
        Statement,
        evidence::Asked,
        story::{self, StoryFile},
    },
    text,
    view::print::terminal,
};
use std::{ffi::OsStr, io::Write};

pub(crate) const COMMAND: Command = Command { name: "scim", about: || text!("cli.scim"), arguments, run };

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(arguments::files(&text!("cli.scim.file")))
        .arg(arguments::flag("json", &text!("cli.json")))
        .arg(arguments::text("group", "PATH", &text!("cli.scim.group")))
        .arg(arguments::text("value", "VALUE", &text!("cli.scim.value")))
        .arg(arguments::text("person", "VALUE", &text!("cli.scim.person")))
        .arg(arguments::text("endpoint", "URL", &text!("cli.scim.endpoint")))
        .arg(arguments::text("name-id", "FIELD", &text!("cli.scim.name-id")))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let asked = Asked {
        group: arguments::text_of(given, "group"),
        value: arguments::text_of(given, "value"),
        person: arguments::text_of(given, "person"),
        endpoint: arguments::text_of(given, "endpoint"),
        name_id: arguments::text_of(given, "name-id"),
    };
    let (files, json) = (arguments::paths_of(given, arguments::FILES), given.get_flag("json"));
    if asked.person.is_some() && !files.is_empty() {
        return story(&files, &asked, json, out);
    }
    input::each(&files, |file| print(&explain::read(&text_of(file)?, &asked), json, out))
}

/// The text of a file, no more of it than is looked at.
fn text_of(file: &OsStr) -> Result<String, Problem> {
    let content = input::read(file)?;
    if content.len() > FILE_BYTES {
        report(&text!("flaw.file-too-large", limit = FILE_BYTES).to_string());
    }
    Ok(file::text_of(&content))
}

/// Prints the story of the person who is asked for.
fn story(files: &[&OsStr], asked: &Asked, json: bool, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let read = |file: &&OsStr| Ok((input::shown(file), text_of(file)?));
    let read = files.iter().map(read).collect::<Result<Vec<_>, Problem>>()?;
    let files: Vec<StoryFile<'_>> = read.iter().map(|(name, text)| StoryFile { name, text }).collect();
    let told = story::told(&files, asked);
    let statements = told.statements();
    if !json {
        return print(&statements, false, out);
    }
    let line = serde_json::to_string(&told).map_err(|e| Problem::Said(redact::json_error(&e)))?;
    writeln!(out, "{line}")?;
    Ok(outcome(&statements))
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
    Ok(outcome(statements))
}

fn outcome(statements: &[Statement]) -> ExitOutcome {
    let mut sentences = statements.iter().flat_map(|statement| &statement.sentences);
    ExitOutcome::wrong(sentences.any(|sentence| sentence.severity >= Severity::Warning))
}
