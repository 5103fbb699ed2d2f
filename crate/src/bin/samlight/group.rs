//! `samlight group`: all members of a group, three ways, from files: what GitLab's API answered, recordings
//! of sign-ins, and the identity provider's list of people and settings. For people or, with `--json`, as
//! one JSON object.

use crate::{Command, ExitOutcome, Problem, arguments, input, report, scim};
use clap::{ArgMatches, builder::PossibleValuesParser, value_parser};
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
        planned::{Change, Planned},
        provisioned::{self, Provisioned, Received},
        script::{FILES, Script},
        settings::{For, Responses, Settings},
        table::{self, RowView},
    },
    idp::directory::Directory,
    scim::{
        Statement,
        evidence::Asked,
        requests::ScimLog,
        story::{self, StoryFile},
    },
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
        .arg(arguments::paths("configuration", &text!("cli.group.configuration")))
        .arg(arguments::text("name-id", "COLUMN", &text!("cli.group.name-id")).requires("directory"))
        .arg(arguments::text("email", "COLUMN", &text!("cli.group.email")).requires("directory"))
        .arg(arguments::text("person", "VALUE", &text!("cli.group.person")).requires("directory"))
        .arg(
            arguments::text("plan", "KIND", &text!("cli.group.plan"))
                .value_parser(PossibleValuesParser::new(Change::NAMED.map(|(name, _)| name)))
                .requires("directory"),
        )
        .arg(arguments::text("to", "COLUMN", &text!("cli.group.to")).requires("directory"))
        .arg(arguments::folder("script", &text!("cli.group.script")).value_parser(value_parser!(OsString)))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let instance = match arguments::text_of(given, "gitlab") {
        Some(url) => Instance::at(&url).ok_or_else(|| Problem::from(text!("cli.bad-gitlab", value = url)))?,
        None => Instance::gitlab_com(),
    };
    let person = arguments::text_of(given, "person");
    let mut taken = Taken { keeps_logs: person.is_some(), ..Taken::default() };
    let files = arguments::paths_of(given, arguments::FILES);
    let outcome = input::each(&files, |file| taken.take(file))?;
    for file in arguments::paths_of(given, "configuration") {
        taken.configuration(file)?;
    }
    let Taken { roll, events, read, settings, logs, .. } = taken;
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
    let of = For { instance: &instance, path: &path };
    let (named, unclear) = match &directory {
        Some(list) => settings.columns(of, list, named),
        None => (named, Vec::new()),
    };
    let after = directory.as_ref().map(|list| new_columns(given, list, named.clone())).transpose()?;
    let expect = |columns: Columns| {
        let list = directory.as_ref()?;
        Some(Expectation::of(list, &roll, &captures, columns))
    };
    // What is to be corrected is corrected towards what will be sent.
    let expectation = after.and_then(expect);
    let planned = match (change(given)?, &expectation) {
        (Some(change), Some(after)) => {
            // A new provider's list says nothing of what the old one sends.
            let today = (change != Change::Provider).then(|| expect(named)).flatten();
            Some(Planned::of(change, &roll, today.as_ref(), after))
        }
        _ => None,
    };
    let of_person = match (&person, &directory) {
        (Some(person), Some(list)) => {
            OfPerson::of(person, (list, &roll), (&settings, of), expectation.as_ref(), &logs)
        }
        _ => OfPerson::default(),
    };
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
    .chain(settings.statements(of))
    .chain(settings.said_of_metadata(of, &Responses::of(&tracer), input::clock()))
    .chain(unclear)
    .chain(expectation.iter().flat_map(Expectation::statements))
    .chain(of_person.said)
    .chain(planned.iter().map(|planned| planned.statement(&instance, captures.rules.enforces_sso)))
    .chain(script.iter().map(|(folder, script)| said_of_script(Path::new(folder), script)))
    .collect();
    if given.get_flag("json") {
        let whole = json!({"summary": summary, "members": rows,
            "settings": (!settings.is_empty()).then(|| settings.report(of)),
            "expected": expectation.as_ref().map(Expectation::report),
            "provisioned": person.map(|_| of_person.requests),
            "plan": planned.as_ref().map(|planned| planned.report(&instance, captures.rules.enforces_sso)),
            "script": script.as_ref().map(|(_, script)| script)});
        writeln!(out, "{whole}")?;
    } else {
        scim::print(&said, false, out)?;
    }
    Ok(ExitOutcome::wrong(said.iter().any(scim::is_wrong) || outcome == ExitOutcome::Found))
}

/// The change that is asked for. Another field has to be named, or there is nothing to plan.
fn change(given: &ArgMatches) -> Result<Option<Change>, Problem> {
    let asked = arguments::text_of(given, "plan");
    let known = |name: &str| Change::NAMED.into_iter().find(|(known, _)| *known == name);
    let change = asked.as_deref().and_then(known).map(|(_, change)| change);
    match change {
        Some(Change::Field) if arguments::text_of(given, "to").is_none() => {
            Err(text!("cli.plan.needs-to").into())
        }
        change => Ok(change),
    }
}

/// The content of the files.
#[derive(Default)]
struct Taken {
    roll: Roll,
    events: BTreeMap<EventId, Event>,
    read: Vec<Sentence>,
    settings: Settings,
    /// Whether logs of SCIM are of use.
    keeps_logs: bool,
    /// The logs among the files: name and text.
    logs: Vec<(String, String)>,
}

impl Taken {
    /// Takes in one file: the answers in it, or the settings that it is, or else its sign-ins.
    fn take(&mut self, file: &OsStr) -> Result<ExitOutcome, Problem> {
        let mut said = |text: Text| {
            self.read.push(Sentence { severity: Severity::Neutral, text: text.to_string() });
        };
        let content = input::read(file)?;
        let text = file::text_of(&content);
        let answers = answer_files::take(&mut self.roll, &text);
        answers
            .iter()
            .for_each(|(kind, rows)| said(text!("cli.group.answer", path = kind.path, rows = rows)));
        if !answers.is_empty() || self.settings.take(&input::shown(file), &text, false) {
            return Ok(ExitOutcome::Good);
        }
        if let Some(kind) = answer_files::take_empty(&mut self.roll, &input::shown(file), &text) {
            said(text!("cli.group.answer", path = kind.path, rows = 0));
            return Ok(ExitOutcome::Good);
        }
        if answer_files::is_empty_list(&text) {
            report(&text!("cli.group.empty-list", file = input::shown(file)).to_string());
            return Ok(ExitOutcome::Found);
        }
        let told = file::read(&input::shown(file), &content, input::clock(), file::Beside::Files);
        let found: BTreeMap<_, _> = told.events.into_iter().map(|event| (event.id.clone(), event)).collect();
        let tracer = Tracer::replay(found.values().cloned());
        let count = tracer.flows().iter().filter(|flow| flow.name_id(&tracer).is_some()).count();
        let requests = if self.keeps_logs && count == 0 { ScimLog::read(&text).count } else { 0 };
        if requests > 0 {
            said(text!("cli.group.log", file = input::shown(file), count = requests));
            self.logs.push((input::shown(file), text));
            return Ok(ExitOutcome::Good);
        }
        if count == 0 {
            report(&text!("cli.group.nothing-in", file = input::shown(file)).to_string());
            return Ok(ExitOutcome::Found);
        }
        told.flaws.iter().for_each(|flaw| report(&format!("{}: {}", input::shown(file), flaw.text)));
        said(text!("cli.group.recording", file = input::shown(file), count = count));
        self.events.extend(found);
        Ok(ExitOutcome::Good)
    }

    /// Takes in one file of settings.
    fn configuration(&mut self, file: &OsStr) -> Result<(), Problem> {
        let content = input::read(file)?;
        let is_one = self.settings.take(&input::shown(file), &file::text_of(&content), true);
        let unknown = || Problem::from(text!("settings.not-known", file = input::shown(file)));
        is_one.then_some(()).ok_or_else(unknown)
    }
}

/// The SCIM requests of the person who is asked for.
#[derive(Default)]
struct OfPerson {
    said: Vec<Statement>,
    requests: Vec<serde_json::Value>,
}

impl OfPerson {
    fn of(
        person: &str,
        (list, roll): (&Directory, &Roll),
        (settings, of): (&Settings, For<'_>),
        expectation: Option<&Expectation<'_>>,
        logs: &[(String, String)],
    ) -> Self {
        let rows = provisioned::rows(list, person);
        let one = |text: Text| Statement::of(Severity::Warning, &text).redacted();
        let first = match rows.len() {
            0 => Some(one(text!("cli.provisioned.nobody", value = person))),
            1 => None,
            count => Some(one(text!("cli.provisioned.several", value = person, count = count))),
        };
        let mut all = OfPerson { said: first.into_iter().collect(), requests: Vec::new() };
        for row in rows {
            let Some(request) = Provisioned::of(settings, of, list, row) else {
                all.said.push(one(text!("cli.provisioned.no-mapping")));
                break;
            };
            let files: Vec<StoryFile<'_>> =
                logs.iter().map(|(name, text)| StoryFile::of(name, text)).collect();
            let told = story::stories(&files, &request.known_by(), &Asked::default());
            let received = Received::newest(&told);
            all.said.extend(request.statements((list, roll), expectation, received.as_ref()));
            all.requests.push(request.report());
        }
        all
    }
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
    Ok(Columns { name_id: column("name-id")?, email: column("email")?, ..Columns::default() })
}

/// The columns of tomorrow: the field of the NameID that a person names for it, or today's.
fn new_columns(given: &ArgMatches, list: &Directory, today: Columns) -> Result<Columns, Problem> {
    let Some(value) = arguments::text_of(given, "to") else { return Ok(today) };
    let unknown = || {
        let columns = expected::names(&list.columns);
        Problem::from(text!("cli.group.no-such-column", option = "to", value = value, columns = columns))
    };
    let column = list.column(&value).ok_or_else(unknown)?;
    Ok(Columns { name_id: Some(column), configured: None, ..today })
}

/// Writes the two scripts and the reasons of what is left out; over no file that is there.
fn write_script(folder: &Path, script: &Script) -> Result<(), Problem> {
    let files = FILES.into_iter().zip(script.files()).collect::<Vec<_>>();
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
    let [change, undo, left_out] = FILES.map(|name| folder.join(name).display().to_string());
    script.tally().statement([&change, &undo, &left_out])
}
