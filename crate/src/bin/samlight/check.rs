//! `samlight check`: whether GitLab lets a person in with a Response, or with that of the newest sign-in of a
//! trace: its checks in its order, and whether it finds the account by the NameID.
//!
//! Input from the command line becomes events (settings, what is stored, the message), and the trace
//! answers as it does in the browser.

use crate::{Command, ExitOutcome, Problem, input, report};
use lexopt::{Arg, Parser, ValueExt};
use samlight::{
    acceptance::{self, CHECKS, rules},
    base::{flaw::Flaw, instant::Timestamp, redact, severity::Severity},
    case::Case,
    event::{Body, Event, EventId, Told, settings::ProviderSettings},
    gitlab::{
        instance::Instance,
        routes::{Provider, is_group_path},
    },
    text,
    trace::{
        flow::{Flow, FlowKind},
        tracer::Tracer,
    },
    view::{
        FlowView,
        acceptance::acceptance_view,
        flow::flow_view,
        print::{check, terminal},
    },
};
use serde_json::{Map, Value, json};
use std::{
    ffi::{OsStr, OsString},
    io::Write,
};

pub(crate) const COMMAND: Command = Command { name: "check", summary: || text!("cli.check"), run };

/// The arguments as they were given.
#[derive(Default)]
struct Arguments {
    json: bool,
    gitlab: Option<String>,
    group: Option<String>,
    fingerprint: Option<String>,
    told: Told,
    now: Option<String>,
    settings: Option<OsString>,
    keys: Vec<OsString>,
    file: Option<OsString>,
}

fn run(parser: &mut Parser, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let arguments = arguments(parser)?;
    let given = arguments.now.as_deref().map(parse_now).transpose()?;
    let now = given.unwrap_or_else(input::clock);
    let settings = provider_settings(&arguments)?;
    let file = arguments.file.as_deref().ok_or_else(|| Problem::from(text!("cli.no-file")))?;
    let tracer = trace(file, settings, arguments.told, now)?;
    let flow =
        newest(&tracer).ok_or_else(|| Problem::from(text!("cli.no-sign-in", file = input::shown(file))))?;
    let keys = input::private_keys(&arguments.keys)?;
    let case = Case::new(&tracer, flow, now).with_keys(&keys);
    // A captured Response is judged by the time at which GitLab got it, unless another time is given.
    let case = match given {
        Some(at) => case.received_at(at),
        None => case,
    };
    let is_refused = case.accepted().is_some_and(|(accepted, _)| !accepted);
    if arguments.json {
        writeln!(out, "{}", check::check(&case))?;
    } else {
        // Whatever is given to this command is meant for the checks.
        let view = FlowView { acceptance: acceptance_view(&case), ..flow_view(&case) };
        write!(out, "{}", terminal::render(&view))?;
    }
    let is_wrong = is_refused || case.findings().iter().any(|finding| finding.severity >= Severity::Warning);
    Ok(if is_wrong { ExitOutcome::Found } else { ExitOutcome::Good })
}

fn arguments(parser: &mut Parser) -> Result<Arguments, Problem> {
    let mut given = Arguments::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("json") => given.json = true,
            Arg::Long("gitlab") => given.gitlab = Some(parser.value()?.string()?),
            Arg::Long("group") => given.group = Some(parser.value()?.string()?),
            Arg::Long("fingerprint") => given.fingerprint = Some(parser.value()?.string()?),
            Arg::Long("extern-uid") => {
                let value = Some(parser.value()?.string()?);
                say(&mut given.told.saml_extern_uid, "extern-uid", value)?;
            }
            Arg::Long("no-extern-uid") => say(&mut given.told.saml_extern_uid, "extern-uid", None)?,
            Arg::Long("scim-extern-uid") => {
                let value = Some(parser.value()?.string()?);
                say(&mut given.told.scim_extern_uid, "scim-extern-uid", value)?;
            }
            Arg::Long("no-scim-extern-uid") => {
                say(&mut given.told.scim_extern_uid, "scim-extern-uid", None)?;
            }
            Arg::Long("now") => given.now = Some(parser.value()?.string()?),
            Arg::Long("key") => given.keys.push(parser.value()?),
            Arg::Long("settings") => given.settings = Some(parser.value()?),
            Arg::Value(file) => input::take_only(&mut given.file, file)?,
            argument => return Err(argument.unexpected().into()),
        }
    }
    Ok(given)
}

/// Takes in what is stored; it can be said once only, as a value or as absent.
fn say(slot: &mut Option<Option<String>>, name: &str, value: Option<String>) -> Result<(), Problem> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(text!("cli.said-twice", option = name).into()),
    }
}

fn parse_now(text: &str) -> Result<Timestamp, Problem> {
    Timestamp::parse(text).ok_or_else(|| text!("cli.bad-time", option = "now", value = text).into())
}

/// GitLab's side: the settings file, with what the command line says put over it.
fn provider_settings(arguments: &Arguments) -> Result<ProviderSettings, Problem> {
    let url = arguments.gitlab.as_deref().ok_or_else(|| Problem::from(text!("cli.no-gitlab")))?;
    let instance = Instance::at(url).ok_or_else(|| Problem::from(text!("cli.bad-gitlab", value = url)))?;
    let mut fields = arguments.settings.as_deref().map_or_else(|| Ok(Map::new()), settings_file)?;
    // Without a group, SAML of the whole instance under its usual name.
    let usual = json!({"instance": instance, "provider": Provider::Instance { name: "saml".into() }});
    for (name, value) in usual.as_object().into_iter().flatten() {
        fields.entry(name).or_insert_with(|| value.clone());
    }
    let mut settings: ProviderSettings = serde_json::from_value(fields.into())
        .map_err(|error| Problem::from(text!("cli.bad-settings", reason = redact::json_error(&error))))?;
    settings.instance = instance;
    if let Some(path) = &arguments.group {
        if !is_group_path(path) {
            return Err(text!("cli.bad-group", value = path).into());
        }
        settings.provider = Provider::Group { path: path.clone() };
    }
    if let Some(fingerprint) = &arguments.fingerprint {
        let digits: Vec<char> = fingerprint.chars().filter(|c| *c != ':').collect();
        if !matches!(digits.len(), 40 | 64) || !digits.iter().all(char::is_ascii_hexdigit) {
            return Err(text!("cli.bad-fingerprint", value = fingerprint).into());
        }
        settings.fingerprint = Some(fingerprint.clone());
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
fn trace(file: &OsStr, provider: ProviderSettings, told: Told, now: Timestamp) -> Result<Tracer, Problem> {
    let imported = input::import(file, now)?;
    let events = imported.events;
    if events.is_empty() && !imported.flaws.is_empty() {
        return Err(Problem(problems(file, &imported.flaws).join("\n")));
    }
    // The rest around a damaged part still tells something.
    problems(file, &imported.flaws).iter().for_each(|problem| report(problem));
    let last = events.last().map_or(now, |event| event.id.time);
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

/// The newest sign-in; in a file that has none, the newest of what there is.
fn newest(tracer: &Tracer) -> Option<&Flow> {
    let sign_in = tracer.flows().iter().rfind(|flow| flow.kind == FlowKind::SignIn);
    sign_in.or_else(|| tracer.flows().last())
}
