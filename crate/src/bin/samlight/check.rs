//! `samlight check`: whether GitLab lets a person in with a Response, or with that of the newest sign-in of a
//! trace: its checks in its order, and whether it finds the account by the NameID.
//!
//! Input from the command line becomes events (settings, what is stored, the message), and the trace
//! answers as it does in the browser.

use crate::{Command, ExitOutcome, Problem, arguments, input, report};
use clap::ArgMatches;
use samlight::{
    acceptance::{self, CHECKS, rules},
    base::{flaw::Flaw, instant::Timestamp, redact, severity::Severity},
    case::Case,
    event::{Body, Event, EventId, Told, settings::ProviderSettings},
    file::FileRead,
    gitlab::{
        instance::Instance,
        routes::{Provider, is_group_path},
    },
    text,
    trace::tracer::Tracer,
    view::{
        FlowView,
        acceptance::acceptance_view,
        flow::flow_view,
        print::{brief, check, terminal},
    },
};
use serde_json::{Map, Value, json};
use std::{ffi::OsStr, io::Write};

pub(crate) const COMMAND: Command = Command { name: "check", about: || text!("cli.check"), arguments, run };

fn arguments(command: clap::Command) -> clap::Command {
    let absent = |name, of, help| arguments::flag(name, help).conflicts_with(of);
    command
        .arg(arguments::file(&text!("cli.check.file")))
        .arg(arguments::flag("json", &text!("cli.json")))
        .arg(arguments::flag("verbose", &text!("cli.check.verbose")).short('v').conflicts_with("json"))
        .arg(arguments::text("gitlab", "URL", &text!("cli.check.gitlab")))
        .arg(arguments::text("group", "PATH", &text!("cli.check.group")))
        .arg(arguments::text("fingerprint", "HEX", &text!("cli.check.fingerprint")))
        .arg(arguments::text("extern-uid", "VALUE", &text!("cli.check.extern-uid")))
        .arg(absent("no-extern-uid", "extern-uid", &text!("cli.check.no-extern-uid")))
        .arg(arguments::text("scim-extern-uid", "VALUE", &text!("cli.check.scim-extern-uid")))
        .arg(absent("no-scim-extern-uid", "scim-extern-uid", &text!("cli.check.no-scim-extern-uid")))
        .arg(arguments::text("now", "TIME", &text!("cli.check.now")))
        .arg(arguments::path("settings", &text!("cli.check.settings")))
        .arg(arguments::paths("key", &text!("cli.check.key")))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let at = arguments::text_of(given, "now").as_deref().map(parse_now).transpose()?;
    let now = at.unwrap_or_else(input::clock);
    let settings = provider_settings(given)?;
    let file = input::only(given)?;
    let stored = |name, absent| match arguments::text_of(given, name) {
        Some(value) => Some(Some(value)),
        None => given.get_flag(absent).then_some(None),
    };
    let told = Told {
        saml_extern_uid: stored("extern-uid", "no-extern-uid"),
        scim_extern_uid: stored("scim-extern-uid", "no-scim-extern-uid"),
        ..Told::default()
    };
    let read = input::read_file_at(file, now)?;
    if !read.statements.is_empty() {
        report(&text!("cli.not-saml", file = input::shown(file)).to_string());
        return Ok(ExitOutcome::Found);
    }
    let tracer = trace(file, read, settings, told)?;
    let flow = input::sign_ins(&tracer).pop();
    let flow = flow.ok_or_else(|| Problem::from(text!("cli.no-sign-in", file = input::shown(file))))?;
    let keys = input::private_keys(&arguments::paths_of(given, "key"))?;
    let case = Case::new(&tracer, flow, now).with_keys(&keys);
    // A captured Response is judged by the time at which GitLab got it, unless another time is given.
    let case = match at {
        Some(at) => case.received_at(at),
        None => case,
    };
    let is_refused = case.verdict().accepted == Some(false);
    if given.get_flag("json") {
        writeln!(out, "{}", check::check(&case))?;
    } else {
        // Whatever is given to this command is meant for the checks.
        let view = FlowView { acceptance: acceptance_view(&case), ..flow_view(&case) };
        let render = if given.get_flag("verbose") { terminal::render } else { brief::render };
        write!(out, "{}", render(&view))?;
    }
    let is_wrong = is_refused || case.findings().iter().any(|finding| finding.severity >= Severity::Warning);
    Ok(ExitOutcome::wrong(is_wrong))
}

fn parse_now(text: &str) -> Result<Timestamp, Problem> {
    Timestamp::parse(text).ok_or_else(|| text!("cli.bad-time", option = "now", value = text).into())
}

/// GitLab's side: the settings file, with what the command line says put over it.
fn provider_settings(given: &ArgMatches) -> Result<ProviderSettings, Problem> {
    let url = arguments::text_of(given, "gitlab").ok_or_else(|| Problem::from(text!("cli.no-gitlab")))?;
    let instance = Instance::at(&url).ok_or_else(|| Problem::from(text!("cli.bad-gitlab", value = url)))?;
    let mut fields = arguments::path_of(given, "settings").map_or_else(|| Ok(Map::new()), settings_file)?;
    // Without a group, SAML of the whole instance under its usual name.
    let usual = json!({"instance": instance, "provider": Provider::Instance { name: "saml".into() }});
    for (name, value) in usual.as_object().into_iter().flatten() {
        fields.entry(name).or_insert_with(|| value.clone());
    }
    let mut settings: ProviderSettings = serde_json::from_value(fields.into())
        .map_err(|error| Problem::from(text!("cli.bad-settings", reason = redact::json_error(&error))))?;
    settings.instance = instance;
    if let Some(path) = arguments::text_of(given, "group") {
        if !is_group_path(&path) {
            return Err(text!("cli.bad-group", value = path).into());
        }
        settings.provider = Provider::Group { path };
    }
    if let Some(fingerprint) = arguments::text_of(given, "fingerprint") {
        // As ruby-saml reads it: pasted ones have colons, spaces, dashes and marks that cannot be seen.
        let digits: Vec<char> = fingerprint.chars().filter(char::is_ascii_alphanumeric).collect();
        if !matches!(digits.len(), 40 | 64) || !digits.iter().all(char::is_ascii_hexdigit) {
            return Err(text!("cli.bad-fingerprint", value = fingerprint).into());
        }
        settings.fingerprint = Some(fingerprint);
    }
    let ids = || CHECKS.iter().map(|check| check.id).chain([acceptance::ACCOUNT]);
    if let Some(unknown) = settings.leave_out.iter().find(|id| !ids().any(|known| known == *id)) {
        let known: Vec<_> = ids().collect();
        return Err(text!("cli.unknown-check", id = unknown, known = known.join(", ")).into());
    }
    if let Some(version) = settings.rules_version.as_deref().filter(|v| rules::Rules::of(Some(v)).is_none()) {
        let known = rules::ALL.map(|rules| rules.version).join(", ");
        return Err(text!("cli.unknown-rules", version = version, known = known).into());
    }
    if let Some(name) = settings.other.names().next() {
        return Err(text!("cli.unknown-setting", name = name).into());
    }
    Ok(settings)
}

fn settings_file(file: &OsStr) -> Result<Map<String, Value>, Problem> {
    let content = input::read(file)?;
    serde_json::from_slice(&content).map_err(|error| {
        let reason = redact::json_error(&error);
        text!("cli.bad-settings-file", file = input::shown(file), reason = reason).into()
    })
}

/// The trace that the file and the command line give. A message from a file counts as seen now.
fn trace(file: &OsStr, read: FileRead, provider: ProviderSettings, told: Told) -> Result<Tracer, Problem> {
    let imported = input::imported(read);
    let events = imported.events;
    if events.is_empty() && !imported.flaws.is_empty() {
        return Err(Problem::Said(problems(file, &imported.flaws).join("\n")));
    }
    // The rest around a damaged part still tells something.
    problems(file, &imported.flaws).iter().for_each(|problem| report(problem));
    let last = events.last().map_or_else(input::clock, |event| event.id.time);
    let mut tracer = Tracer::replay(events);
    let mut settings = tracer.settings().clone();
    settings.provider = Some(provider);
    let says_something = told.saml_extern_uid.is_some() || told.scim_extern_uid.is_some();
    let given = [Some(Body::Settings(settings)), says_something.then_some(Body::Told(told))];
    for (number, body) in (1..).zip(given.into_iter().flatten()) {
        tracer.observe(&Event::new(EventId::new(last, "given", number), body));
    }
    Ok(tracer)
}

fn problems(file: &OsStr, flaws: &[Flaw]) -> Vec<String> {
    flaws.iter().map(|flaw| format!("{}: {}", input::shown(file), flaw.text)).collect()
}
