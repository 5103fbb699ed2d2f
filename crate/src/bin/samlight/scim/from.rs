//! `samlight scim --from URL`: runs the query at the search engine that holds the log, and tells what it
//! finds as if it stood in a file.
//!
//! The one connection that Samlight opens, and only to the address that a person names: no redirect is
//! followed and no proxy is used, `http:` is for this machine alone unless the person asks for more, and the
//! key comes from the environment, for an argument is seen by everybody on the machine. What was read before
//! something went wrong is told, and then what went wrong.

mod address;
mod client;
mod hits;

use super::{Printer, query};
use crate::{ExitOutcome, Problem, arguments, report};
use address::Address;
use clap::{Arg, ArgMatches, value_parser};
use client::{Bounds, Client, Credential};
use hits::Hits;
use samlight::{
    base::severity::Severity,
    explain,
    scim::{Statement, evidence::Asked, query::Names, stream::Stream},
    text,
};
use std::{
    io::{IsTerminal, Write, stderr},
    time::Duration,
};

pub(super) fn arguments(command: clap::Command) -> clap::Command {
    let number = |name, value, help: &_, default: &'static str, most: u64| -> Arg {
        let parser = value_parser!(u64).range(1..=most);
        arguments::text(name, value, help).value_parser(parser).default_value(default).requires("from")
    };
    let from = text!("cli.scim.from", key = client::API_KEY, basic = client::BASIC_AUTH);
    command
        .arg(arguments::text("from", "URL", &from).conflicts_with(arguments::FILES))
        .arg(number("page-size", "COUNT", &text!("cli.scim.page-size"), "500", 10_000))
        .arg(number("timeout", "SECONDS", &text!("cli.scim.timeout"), "60", 3_600))
        .arg(arguments::flag("allow-http", &text!("cli.scim.allow-http")).requires("from"))
}

/// Tells what the engine finds, where one is named.
pub(super) fn run(
    given: &ArgMatches,
    asked: &Asked,
    out: &mut dyn Write,
) -> Option<Result<ExitOutcome, Problem>> {
    let url = given.get_one::<String>("from")?;
    Some(tell(url, given, asked, out))
}

fn tell(url: &str, given: &ArgMatches, asked: &Asked, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let query = query::of(given, Names::Any)?;
    let address = Address::of(url, given.get_flag("allow-http"))?;
    let number = |name| given.get_one::<u64>(name).copied().unwrap_or(1);
    let bounds = Bounds::within(Duration::from_secs(number("timeout")));
    let client = Client::new(address, Credential::of_environment()?, bounds)?;
    let mut hits = Hits::open(&client, &query::index(given), &query, number("page-size"))?;
    let mut log = Stream::new(asked);
    let problem = read(&mut hits, &mut log);
    let (count, remarks) = (hits.given(), hits.close());
    let mut printer = Printer::new(given, out);
    match (count, problem) {
        (0, Some(problem)) => return Err(problem),
        (0, None) => printer.say(Statement::of(Severity::Warning, &text!("cli.from.nothing"))),
        (_, problem) => {
            let other = log.end(&mut |statement| printer.say(statement));
            let other = other.map(|beginning| explain::read(&beginning, asked)).unwrap_or_default();
            other.into_iter().for_each(|it| printer.say(it));
            if let Some(problem) = problem {
                printer.outcome()?;
                // What was told comes before what was not.
                out.flush()?;
                report(&text!("cli.from.stopped", count = count).to_string());
                return Err(problem);
            }
        }
    }
    let told = printer.outcome()?;
    remarks.iter().for_each(|remark| report(&remark.to_string()));
    Ok(ExitOutcome::wrong(told == ExitOutcome::Found || !remarks.is_empty()))
}

/// Reads what is found into `log`; why no more was read.
fn read(hits: &mut Hits<'_>, log: &mut Stream) -> Option<Problem> {
    let mut progress = Progress { is_shown: stderr().is_terminal(), count: 0 };
    let mut problem = None;
    while let Some(line) = hits.next().filter(|_| problem.is_none()) {
        match line {
            Ok(line) => {
                log.read(line.as_bytes());
                log.read(b"\n");
                progress.one_more(hits.total());
            }
            Err(error) => problem = Some(error.into()),
        }
    }
    progress.end();
    problem
}

/// The count of entries on a terminal, in one line that is written over.
struct Progress {
    is_shown: bool,
    count: u64,
}

impl Progress {
    fn one_more(&mut self, total: Option<u64>) {
        self.count += 1;
        if self.is_shown && self.count.is_multiple_of(100) {
            let text = match total {
                Some(total) => text!("cli.from.progress-of", count = self.count, total = total),
                None => text!("cli.from.progress", count = self.count),
            };
            eprint!("\r{text}");
        }
    }

    fn end(&self) {
        if self.is_shown && self.count >= 100 {
            eprintln!();
        }
    }
}
