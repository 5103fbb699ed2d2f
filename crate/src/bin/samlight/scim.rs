//! `samlight scim`: what an administrator has of SCIM — GitLab's logs of any size, those of identity
//! providers, Entra ID's schema, the address of a SCIM app, a message of one — said in words, for people or,
//! with `--json`, one JSON object a thing and line. Of several files each thing names its file.
//!
//! Where the log is in a search engine, the query for it, or what the engine finds. With `--person` the story
//! of one person, of all files together, and of sign-ins that a browser recorded; with `--json`, it is one
//! JSON object.

mod corrected;
mod from;
mod query;

use crate::{
    Command, ExitOutcome, Problem, arguments, input,
    log_file::{self, Content},
    report,
};
use clap::ArgMatches;
use samlight::{
    base::{limits::FILE_BYTES, redact, severity::Severity},
    event::Body,
    explain,
    file::{self, Beside},
    scim::{
        Statement,
        evidence::Asked,
        record::Record,
        story::{self, StoryFile},
    },
    text,
    trace::tracer::Tracer,
    view::{print::terminal, sign_ins},
};
use serde::Serialize;
use std::{
    ffi::OsStr,
    io::{BufWriter, Write},
};

pub(crate) const COMMAND: Command = Command { name: "scim", about: || text!("cli.scim"), arguments, run };

fn arguments(command: clap::Command) -> clap::Command {
    let command = command
        .arg(arguments::files(&text!("cli.scim.file")))
        .arg(arguments::flag("json", &text!("cli.json")))
        .arg(arguments::text("group", "PATH", &text!("cli.scim.group")))
        .arg(arguments::text("value", "VALUE", &text!("cli.scim.value")))
        .arg(arguments::text("person", "VALUE", &text!("cli.scim.person")))
        .arg(arguments::text("endpoint", "URL", &text!("cli.scim.endpoint")))
        .arg(arguments::text("name-id", "FIELD", &text!("cli.scim.name-id")))
        .arg(arguments::path("corrected", &text!("cli.scim.corrected")));
    from::arguments(query::arguments(command))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let asked = Asked {
        group: arguments::text_of(given, "group"),
        value: arguments::text_of(given, "value"),
        person: arguments::text_of(given, "person"),
        since: query::instant(given, "since")?,
        until: query::instant(given, "until")?,
        endpoint: arguments::text_of(given, "endpoint"),
        name_id: arguments::text_of(given, "name-id"),
    };
    if let Some(outcome) = query::run(given, out).or_else(|| from::run(given, &asked, out)) {
        return outcome;
    }
    let files = arguments::paths_of(given, arguments::FILES);
    if let Some(target) = arguments::path_of(given, "corrected") {
        return corrected::run(&files, target, &asked, (given, out));
    }
    if asked.person.is_some() && !files.is_empty() {
        return story(&files, &asked, given, out);
    }
    let mut out = BufWriter::new(out);
    let outcome = input::each(&files, |file| {
        let named = (files.len() > 1).then(|| input::shown(file));
        let mut printer = Printer { file: named, ..Printer::new(given, &mut out) };
        let content = match log_file::read(file, &asked)? {
            Content::Short(content) => content,
            Content::Log(log) => {
                let other = log.end(&mut |statement| printer.say(statement));
                if let Some(beginning) = other {
                    let (file, limit) = (input::shown(file), beginning.len());
                    report(&text!("cli.scim.only-beginning", file = file, limit = limit).to_string());
                    explain::read(&beginning, &asked).into_iter().for_each(|it| printer.say(it));
                }
                return printer.outcome();
            }
        };
        let statements = explain::read(&text_of(content), &asked);
        statements.into_iter().for_each(|it| printer.say(it));
        printer.outcome()
    });
    out.flush()?;
    outcome
}

/// The text of a file, no more of it than is looked at.
fn text_of(content: Vec<u8>) -> String {
    if content.len() > FILE_BYTES {
        report(&text!("flaw.file-too-large", limit = FILE_BYTES).to_string());
    }
    file::text_of(&content)
}

/// A file of a story.
struct Read {
    name: String,
    /// Its text; absent for a log of any size.
    text: Option<String>,
    /// The sign-ins in it.
    sign_ins: Vec<Record>,
}

impl Read {
    fn of(file: &OsStr) -> Result<Self, Problem> {
        let (name, content) = (input::shown(file), log_file::whole(file)?);
        let sign_ins = content.as_deref().map(|content| sign_ins_in(&name, content)).unwrap_or_default();
        Ok(Read { name, text: content.map(text_of), sign_ins })
    }
}

/// The sign-ins in a recording. A message that stands alone has no time of its own, and is nobody's sign-in.
fn sign_ins_in(name: &str, content: &[u8]) -> Vec<Record> {
    let now = input::clock();
    let mut read = file::read(name, content, now, Beside::Files);
    read.events.retain(|event| !matches!(event.body, Body::Message(_)));
    sign_ins::records(&Tracer::replay(read.events), now)
}

/// Prints the story of the person who is asked for.
fn story(
    files: &[&OsStr],
    asked: &Asked,
    given: &ArgMatches,
    out: &mut dyn Write,
) -> Result<ExitOutcome, Problem> {
    let read = files.iter().map(|file| Read::of(file)).collect::<Result<Vec<_>, Problem>>()?;
    type Again<'f> = Box<dyn Fn(&mut dyn FnMut(&[u8])) + 'f>;
    let again = |file| -> Again<'_> { Box::new(move |take| log_file::again(file, take)) };
    let again: Vec<Again<'_>> = files.iter().map(|file| again(file)).collect();
    let files = read.iter().zip(&again).flat_map(|(Read { name, text, sign_ins }, again)| {
        let log = text.as_deref().map_or(story::Content::Log(again), story::Content::Text);
        let sign_ins = (!sign_ins.is_empty()).then_some(story::Content::Records(sign_ins));
        // A recording can have answers of GitLab in it, too.
        std::iter::once(log).chain(sign_ins).map(|content| StoryFile { name, content })
    });
    let files: Vec<StoryFile<'_>> = files.collect();
    let told = story::told(&files, asked);
    let statements = told.statements();
    if given.get_flag("json") {
        let line = serde_json::to_string(&told).map_err(|e| Problem::Said(redact::json_error(&e)))?;
        writeln!(out, "{line}")?;
        return Ok(ExitOutcome::wrong(statements.iter().any(is_wrong)));
    }
    print(&statements, false, out)
}

/// Prints statements, and says whether one is a warning or an error.
pub(crate) fn print(
    statements: &[Statement],
    json: bool,
    out: &mut dyn Write,
) -> Result<ExitOutcome, Problem> {
    let mut printer = Printer { file: None, json, out, said: Ok(false) };
    statements.iter().cloned().for_each(|statement| printer.say(statement));
    printer.outcome()
}

/// Prints one statement after the other.
struct Printer<'o> {
    /// The file that they are about, where there are several.
    file: Option<String>,
    json: bool,
    out: &'o mut dyn Write,
    /// Whether one is a warning or an error; or why no more is printed.
    said: Result<bool, Problem>,
}

impl<'o> Printer<'o> {
    /// Prints to `out`, as it is asked for.
    fn new(given: &ArgMatches, out: &'o mut dyn Write) -> Self {
        Printer { file: None, json: given.get_flag("json"), out, said: Ok(false) }
    }

    fn say(&mut self, statement: Statement) {
        let Ok(is_wrong) = self.said else { return };
        let is_wrong = is_wrong || self::is_wrong(&statement);
        self.said = self.write(statement).map(|()| is_wrong);
    }

    fn write(&mut self, mut statement: Statement) -> Result<(), Problem> {
        if self.json {
            let named = Named { file: self.file.as_deref(), statement: &statement };
            let line = serde_json::to_string(&named).map_err(|e| Problem::Said(redact::json_error(&e)))?;
            writeln!(self.out, "{line}")?;
        } else {
            let heading = self.file.clone().into_iter().chain(statement.heading.take());
            statement.heading = Some(heading.collect::<Vec<_>>().join(": ")).filter(|it| !it.is_empty());
            write!(self.out, "{}", terminal::render_statement(&statement))?;
        }
        Ok(())
    }

    fn outcome(self) -> Result<ExitOutcome, Problem> {
        self.said.map(ExitOutcome::wrong)
    }
}

/// Whether a statement is a warning or an error.
pub(crate) fn is_wrong(statement: &Statement) -> bool {
    statement.sentences.iter().any(|it| it.severity >= Severity::Warning)
}

/// A statement with the file that it is about.
#[derive(Serialize)]
struct Named<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'s str>,
    #[serde(flatten)]
    statement: &'s Statement,
}
