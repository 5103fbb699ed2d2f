//! `samlight compare`: two sign-ins value by value, the newest of two files or the two newest of one. Row
//! F78.
//!
//! Leaves out what GitLab has stored and how it is set: these are the questions of `samlight check`.

use crate::{Command, ExitOutcome, Problem, arguments, input, report};
use clap::ArgMatches;
use samlight::{
    base::{instant::Timestamp, severity::Severity},
    case::Case,
    text,
    trace::tracer::Tracer,
    view::{FlowView, flow::flow_view, print::compare::Pair},
};
use std::{ffi::OsStr, io::Write};

pub(crate) const COMMAND: Command =
    Command { name: "compare", about: || text!("cli.compare"), arguments, run };

fn arguments(command: clap::Command) -> clap::Command {
    command
        .arg(arguments::file(&text!("cli.compare.file")).num_args(1..=2))
        .arg(arguments::flag("all", &text!("cli.compare.all")).conflicts_with("json"))
        .arg(arguments::flag("json", &text!("cli.json")))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let now = input::clock();
    let pair = match arguments::paths_of(given, arguments::FILES).as_slice() {
        [] => return Err(text!("cli.no-file").into()),
        [file] => {
            let mut newest = sign_ins(file, 2, now)?.into_iter();
            match (newest.next(), newest.next()) {
                (Some(one), Some(other)) => [one, other],
                _ => return Err(text!("cli.compare.alone", file = input::shown(file)).into()),
            }
        }
        [one, other, ..] => [newest(one, now)?, newest(other, now)?],
    };
    let is_problem = |(_, flow): &(String, FlowView)| flow.line.verdict.severity >= Severity::Warning;
    let is_wrong = pair.iter().any(is_problem);
    let pair = Pair::of(pair);
    if given.get_flag("json") {
        writeln!(out, "{}", pair.json())?;
    } else {
        write!(out, "{}", pair.text(given.get_flag("all")))?;
    }
    Ok(ExitOutcome::wrong(is_wrong))
}

fn newest(file: &OsStr, now: Timestamp) -> Result<(String, FlowView), Problem> {
    let newest = sign_ins(file, 1, now)?.pop();
    newest.ok_or_else(|| text!("cli.no-sign-in", file = input::shown(file)).into())
}

/// The newest sign-ins of `file`, at most `most`, in the order of time.
fn sign_ins(file: &OsStr, most: usize, now: Timestamp) -> Result<Vec<(String, FlowView)>, Problem> {
    let name = input::shown(file);
    let read = input::read_file_at(file, now)?;
    if !read.statements.is_empty() {
        return Err(text!("cli.not-saml", file = name).into());
    }
    let imported = input::imported(read);
    imported.flaws.iter().for_each(|flaw| report(&format!("{name}: {}", flaw.text)));
    let tracer = Tracer::replay(imported.events);
    let flows = input::sign_ins(&tracer);
    let newest = flows.iter().skip(flows.len().saturating_sub(most));
    Ok(newest.map(|flow| (name.clone(), flow_view(&Case::new(&tracer, flow, now)))).collect())
}
