//! `samlight group`: all members of a group, three ways, from files: what GitLab's API answered, recordings
//! of sign-ins, and the identity provider's list of people. For people or, with `--json`, as one JSON object.

use crate::{Command, ExitOutcome, Problem, arguments, input, report, scim};
use clap::{ArgMatches, value_parser};
use samlight::{
    base::{
        catalogue::Text,
        limits::AUDIT_CHANGES,
        redact,
        severity::{Sentence, Severity, Step},
    },
    event::{Event, EventId},
    file,
    gitlab::instance::Instance,
    group::{
        answer_files,
        captured::Captures,
        expected::{self, Columns, Expectation},
        join::join,
        members::Roll,
        script::{Ground, LeftOut, Script},
        table::{self, RowView},
    },
    idp::directory::Directory,
    scim::Statement,
    text,
    trace::tracer::Tracer,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

pub(crate) const COMMAND: Command = Command { name: "group", about: || text!("cli.group"), arguments, run };

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(arguments::files(&text!("cli.group.file")))
        .arg(arguments::flag("json", &text!("cli.json")))
        .arg(arguments::text("gitlab", "URL", &text!("cli.group.gitlab")))
        .arg(arguments::text("group", "PATH", &text!("cli.group.group")))
        .arg(arguments::path("directory", &text!("cli.group.directory")))
        .arg(arguments::text("name-id", "COLUMN", &text!("cli.group.name-id")).requires("directory"))
        .arg(arguments::text("email", "COLUMN", &text!("cli.group.email")).requires("directory"))
        .arg(arguments::folder("script", &text!("cli.group.script")).value_parser(value_parser!(OsString)))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let instance = match arguments::text_of(given, "gitlab") {
        Some(url) => Instance::at(&url).ok_or_else(|| Problem::from(text!("cli.bad-gitlab", value = url)))?,
        None => Instance::gitlab_com(),
    };
    let (mut roll, mut events, mut read) = (Roll::default(), BTreeMap::new(), Vec::new());
    let files = arguments::paths_of(given, arguments::FILES);
    let outcome = input::each(&files, |file| take(file, &mut roll, &mut events, &mut read))?;
    if roll.people().len() == 0 {
        return Err(text!("cli.group.no-answer").into());
    }
    if roll.changes.len() == AUDIT_CHANGES {
        report(&text!("cli.group.audit-events", count = AUDIT_CHANGES).to_string());
    }
    let path = arguments::text_of(given, "group").or_else(|| roll.group.path.clone()).unwrap_or_default();
    let tracer = Tracer::replay(events.into_values());
    let captures = Captures::of(&tracer, &roll, &instance, &path);
    let joined = join(&roll, &captures);
    let rows: Vec<RowView> =
        joined.lines.iter().map(|line| table::row(&joined, &roll, &captures, line)).collect();
    let summary = table::summary(&joined);
    let directory = arguments::path_of(given, "directory").map(directory).transpose()?;
    let named = directory.as_ref().map(|list| named(given, list)).transpose()?.unwrap_or_default();
    let expectation = directory.as_ref().map(|list| Expectation::of(list, &roll, &captures, named));
    let script = match arguments::path_of(given, "script") {
        Some(_) if path.is_empty() => return Err(text!("cli.group.no-path").into()),
        Some(folder) => {
            let script = Script::of((&roll, &captures, &joined), (&instance, &path), expectation.as_ref());
            write_script(Path::new(folder), &script)?;
            Some((folder, script))
        }
        None => None,
    };
    let heading = Some(text!("cli.group.read").to_string());
    let said: Vec<Statement> = [
        Statement { heading, sentences: read, ..Statement::default() },
        Statement { sentences: vec![summary.clone()], ..Statement::default() },
    ]
    .into_iter()
    .chain(of_members(&rows))
    .chain(expectation.iter().flat_map(Expectation::statements))
    .chain(script.iter().map(|(folder, script)| said_of_script(Path::new(folder), script)))
    .collect();
    if given.get_flag("json") {
        let whole = json!({"summary": summary, "members": rows,
            "expected": expectation.as_ref().map(Expectation::report),
            "script": script.as_ref().map(|(_, script)| script)});
        writeln!(out, "{whole}")?;
    } else {
        scim::print(&said, false, out)?;
    }
    Ok(ExitOutcome::wrong(said.iter().any(scim::is_wrong) || outcome == ExitOutcome::Found))
}

/// Takes in one file: the answers in it, or else its sign-ins.
fn take(
    file: &OsStr,
    roll: &mut Roll,
    events: &mut BTreeMap<EventId, Event>,
    read: &mut Vec<Sentence>,
) -> Result<ExitOutcome, Problem> {
    let mut said = |text: Text| {
        read.push(Sentence { severity: Severity::Neutral, text: text.to_string() });
    };
    let content = input::read(file)?;
    let answers = answer_files::take(roll, &file::text_of(&content));
    answers.iter().for_each(|(kind, rows)| said(text!("cli.group.answer", path = kind.path, rows = rows)));
    if !answers.is_empty() {
        return Ok(ExitOutcome::Good);
    }
    let told = file::read(&input::shown(file), &content, input::clock(), file::Beside::Files);
    let found: BTreeMap<_, _> = told.events.into_iter().map(|event| (event.id.clone(), event)).collect();
    let tracer = Tracer::replay(found.values().cloned());
    let count = tracer.flows().iter().filter(|flow| flow.name_id(&tracer).is_some()).count();
    if count == 0 {
        report(&text!("cli.group.nothing-in", file = input::shown(file)).to_string());
        return Ok(ExitOutcome::Found);
    }
    told.flaws.iter().for_each(|flaw| report(&format!("{}: {}", input::shown(file), flaw.text)));
    said(text!("cli.group.recording", file = input::shown(file), count = count));
    events.extend(found);
    Ok(ExitOutcome::Good)
}

/// The members of whom there is something to say, worst first: those together who are to do the same.
fn of_members(rows: &[RowView]) -> Vec<Statement> {
    let mut alike: BTreeMap<_, Vec<&RowView>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.severity >= Severity::Warning) {
        alike.entry((row.standing, row.repair.as_str())).or_default().push(row);
    }
    let said = |((_, repair), rows): ((_, &str), Vec<&RowView>)| {
        let word = rows.first().map_or("", |row| row.word.as_str());
        let sentence = |row: &&RowView| {
            let text = text!("cli.group.member", member = row.label, why = row.why).to_string();
            Sentence { severity: row.severity, text }
        };
        Statement {
            heading: Some(text!("cli.group.alike", word = word, count = rows.len()).to_string()),
            sentences: rows.iter().map(sentence).collect(),
            steps: vec![Step { text: repair.to_owned(), link: None, by: None }],
        }
    };
    alike.into_iter().map(said).collect()
}

/// The list of people in `file`.
fn directory(file: &OsStr) -> Result<Directory, Problem> {
    let content = input::read(file)?;
    Directory::read(&file::text_of(&content)).map_err(|problem| {
        let problem = problem.to_string();
        Problem::Said(format!("{}: {}", input::shown(file), redact::prose(&problem)))
    })
}

/// The columns that are named, where the list has them.
fn named(given: &ArgMatches, list: &Directory) -> Result<Columns, Problem> {
    let column = |option: &str| {
        let Some(value) = arguments::text_of(given, option) else { return Ok(None) };
        let unknown = || {
            let columns = expected::names(&list.columns);
            text!("cli.group.no-such-column", option = option, value = value, columns = columns)
        };
        list.column(&value).map(Some).ok_or_else(|| Problem::from(unknown()))
    };
    Ok(Columns { name_id: column("name-id")?, email: column("email")? })
}

/// Writes the two scripts and the reasons of what is left out; over no file that is there.
fn write_script(folder: &Path, script: &Script) -> Result<(), Problem> {
    let left_out =
        |it: &LeftOut| format!("{} ({}): {}\n", it.member, it.identity.text(), it.because.join(" "));
    let left_out: String = script.left_out.iter().map(left_out).collect();
    let files = [("change.sh", script.change()), ("undo.sh", script.undo()), ("left-out.txt", left_out)];
    let unwritten = |file: &Path, reason: &io::Error| {
        Problem::from(text!("cli.group.cannot-write", file = file.display(), reason = reason))
    };
    fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
    for (name, _) in &files {
        let file = folder.join(name);
        if file.exists() {
            return Err(text!("cli.group.exists", file = file.display()).into());
        }
    }
    for (name, content) in files {
        let file = folder.join(name);
        let written = File::create_new(&file).and_then(|mut open| open.write_all(content.as_bytes()));
        written.map_err(|error| unwritten(&file, &error))?;
    }
    Ok(())
}

fn said_of_script(folder: &Path, script: &Script) -> Statement {
    let of = |name: &str| folder.join(name).display().to_string();
    let count = script.corrections.len();
    let first = match count {
        0 => text!("cli.script.none"),
        _ => text!("cli.script.some", count = count, file = of("change.sh"), undo = of("undo.sh")),
    };
    let expected = script.corrections.iter().filter(|it| it.ground == Ground::Expected).count();
    let expected = (expected > 0).then(|| text!("cli.script.expected", count = expected));
    let left_out = script.left_out.len();
    let left_out =
        (left_out > 0).then(|| text!("cli.script.left-out", count = left_out, file = of("left-out.txt")));
    let said = [Some(first), expected, left_out].into_iter().flatten();
    Statement {
        heading: Some(text!("cli.script.heading").to_string()),
        sentences: said.map(|text| Sentence { severity: Severity::Info, text: text.to_string() }).collect(),
        ..Statement::default()
    }
}
