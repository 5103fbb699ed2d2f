//! `samlight explain`: any error text in words: what it means, who can fix it, what to do. For people or,
//! with `--json`, one JSON object a message and line. With a recording, the sign-ins in it that ended so;
//! with a log, the requests that were refused so.

use crate::{
    Command, ExitOutcome, Problem, arguments, input,
    inspect::{self, Look},
    log_file, report, scim,
};
use clap::ArgMatches;
use samlight::{
    base::{limits::FILE_BYTES, redact},
    explain::{self, Answer, clues::Clues},
    file::{self, Beside},
    scim::{
        Statement,
        evidence::{self, Asked},
    },
    text,
    trace::tracer::Tracer,
    view::at_hand::{self, AtHand},
};
use serde::Serialize;
use serde_json::json;
use std::{collections::BTreeMap, ffi::OsStr, io::Write};

pub(crate) const COMMAND: Command =
    Command { name: "explain", about: || text!("cli.explain"), arguments, run };

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(arguments::file(&text!("cli.explain.file")))
        .arg(arguments::flag("json", &text!("cli.json")))
        .arg(arguments::text("text", "TEXT", &text!("cli.explain.text")).conflicts_with(arguments::FILES))
        .arg(arguments::text("endpoint", "URL", &text!("cli.scim.endpoint")))
        .arg(arguments::paths("with", &text!("cli.explain.with")))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let (source, content) = match arguments::text_of(given, "text") {
        Some(text) => ("--text".to_owned(), text.into_bytes()),
        None => {
            let file = input::only(given)?;
            (input::shown(file), input::read(file)?)
        }
    };
    if content.len() > FILE_BYTES {
        report(&text!("flaw.file-too-large", limit = FILE_BYTES).to_string());
    }
    let asked = Asked { endpoint: arguments::text_of(given, "endpoint"), ..Asked::default() };
    let (text, json) = (file::text_of(&content), given.get_flag("json"));
    let read = file::read(&source, &content, input::clock(), Beside::Files);
    let is_saml = inspect::holds_message(&read);
    // A log, an address or an export is told by what reads these; what holds a message is none of them.
    let statements = if is_saml { Vec::new() } else { evidence::read(&text, &asked) };
    if !statements.is_empty() {
        return scim::print(&statements, json, out);
    }
    let answer = explain::explain(&text);
    if is_saml && answer.explained.is_empty() {
        return inspect::print(&source, read, &Look { json, ..Look::default() }, out);
    }
    let with = arguments::paths_of(given, "with");
    let clues = Clues::of(&text);
    let found = at_hand(&with, &clues)?;
    let requests: Vec<Statement> = with.iter().flat_map(|file| refused(file, &text, &clues)).collect();
    if json {
        print_answer(out, &answer)?;
        found.iter().try_for_each(|found| line(out, &json!({ "at_hand": found })))?;
        requests.iter().try_for_each(|found| line(out, &json!({ "at_hand": { "statement": found } })))?;
    } else {
        let found = found.into_iter().map(|found| found.statement).chain(requests);
        scim::print(&answer.statements().into_iter().chain(found).collect::<Vec<_>>(), json, out)?;
    }
    Ok(ExitOutcome::wrong(answer.is_wrong()))
}

/// The requests in a log that were refused with an answer of `text`. A log can be larger than what is read of
/// a recording.
fn refused(file: &OsStr, text: &str, clues: &Clues) -> Vec<Statement> {
    if file == "-" || clues.provisioning.is_empty() {
        return Vec::new();
    }
    clues.refused(text, &input::shown(file), &|take| log_file::again(file, take))
}

/// The sign-ins in these recordings that ended with a message with these clues.
fn at_hand(recordings: &[&OsStr], clues: &Clues) -> Result<Vec<AtHand>, Problem> {
    if clues.sign_in.is_empty() && clues.provider.is_empty() {
        // Only whether they are there: what they hold is looked at by whom it concerns.
        return recordings.iter().try_for_each(|file| input::is_there(file)).map(|()| Vec::new());
    }
    let mut events = BTreeMap::new();
    for file in recordings {
        let read = input::read_file(file)?;
        read.flaws.iter().for_each(|flaw| report(&format!("{}: {}", input::shown(file), flaw.text)));
        events.extend(read.events.into_iter().map(|event| (event.id.clone(), event)));
    }
    let tracer = Tracer::replay(events.into_values());
    Ok(at_hand::sign_ins(&tracer, clues, None, input::clock()))
}

fn print_answer(out: &mut dyn Write, answer: &Answer) -> Result<(), Problem> {
    if answer.explained.is_empty() {
        let Answer { unknown, nearest, bring, .. } = answer;
        return line(out, &json!({ "known": false, "means": unknown, "nearest": nearest, "steps": bring }));
    }
    answer.explained.iter().try_for_each(|explained| line(out, explained))
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> Result<(), Problem> {
    let line = serde_json::to_string(value).map_err(|error| Problem::Said(redact::json_error(&error)))?;
    writeln!(out, "{line}")?;
    Ok(())
}
