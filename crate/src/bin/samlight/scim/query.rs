//! `samlight scim --query`: the query alone, for the search engine that holds the log; with `--json` as one
//! object with its language and index. And the options that the query is made of, which `--from` has too.

use crate::{ExitOutcome, Problem, arguments};
use clap::{Arg, ArgGroup, ArgMatches, builder::PossibleValuesParser};
use samlight::{
    base::instant::Timestamp,
    scim::{
        evidence,
        query::{INDEX, Language, Names, Query, Question, TIME},
    },
    text,
};
use serde_json::{Value, json};
use std::io::Write;

/// The two options that ask for a search engine.
const ENGINE: &str = "engine";

pub(super) fn arguments(command: clap::Command) -> clap::Command {
    let since = arguments::text("since", "TIME", &text!("cli.scim.since"));
    let until = arguments::text("until", "TIME", &text!("cli.scim.until"));
    let time = arguments::text("time-field", "NAME", &text!("cli.scim.time-field", name = TIME));
    let index = arguments::text("index", "PATTERN", &text!("cli.scim.index", index = INDEX));
    command
        .arg(
            one_of("query", "LANGUAGE", Language::NAMED.map(|(name, _)| name))
                .help(text!("cli.scim.query").to_string())
                .conflicts_with(arguments::FILES),
        )
        .args([since, until])
        .args([time, index].map(|argument| argument.requires(ENGINE)))
        .arg(
            one_of("fields", "NAMES", Names::NAMED.map(|(name, _)| name))
                .help(text!("cli.scim.fields").to_string())
                .requires(ENGINE),
        )
        .group(ArgGroup::new(ENGINE).args(["query", "from"]))
}

fn one_of<const N: usize>(name: &'static str, value: &'static str, values: [&'static str; N]) -> Arg {
    Arg::new(name).long(name).value_name(value).value_parser(PossibleValuesParser::new(values))
}

/// Prints the query, where one is asked for.
pub(super) fn run(given: &ArgMatches, out: &mut dyn Write) -> Option<Result<ExitOutcome, Problem>> {
    let language = chosen(given, "query", &Language::NAMED)?;
    Some(of(given, Names::Json).and_then(|query| print(&query, language, given, out)))
}

fn print(
    query: &Query,
    language: Language,
    given: &ArgMatches,
    out: &mut dyn Write,
) -> Result<ExitOutcome, Problem> {
    let written = query.written(language);
    if given.get_flag("json") {
        let request = || serde_json::from_str(&written).unwrap_or_default();
        let query = if language == Language::Dsl { request() } else { Value::from(written) };
        let name = arguments::text_of(given, "query");
        writeln!(out, "{}", json!({"language": name, "index": index(given), "query": query}))?;
    } else {
        writeln!(out, "{written}")?;
    }
    Ok(ExitOutcome::Good)
}

/// The query for what is asked for, with these names of the fields if no others are.
pub(super) fn of(given: &ArgMatches, names: Names) -> Result<Query, Problem> {
    let text = |name| given.get_one::<String>(name).map(String::as_str);
    let question = Question {
        group: text("group"),
        value: text("value"),
        since: instant(given, "since")?,
        until: instant(given, "until")?,
        names: chosen(given, "fields", &Names::NAMED).unwrap_or(names),
        time: text("time-field"),
    };
    Query::of(&question).ok_or_else(|| text!("cli.scim.nothing-asked").into())
}

/// The pattern of the indices that are searched.
pub(super) fn index(given: &ArgMatches) -> String {
    let named = arguments::text_of(given, "index").filter(|index| !index.trim().is_empty());
    named.unwrap_or_else(|| INDEX.to_owned())
}

fn chosen<T: Copy>(given: &ArgMatches, option: &str, named: &[(&str, T)]) -> Option<T> {
    let name = given.get_one::<String>(option)?;
    named.iter().find(|(known, _)| known == name).map(|(_, it)| *it)
}

/// The instant of an option.
pub(super) fn instant(given: &ArgMatches, option: &'static str) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = given.get_one::<String>(option) else { return Ok(None) };
    let read = evidence::instant(text);
    read.map(Some).ok_or_else(|| text!("cli.bad-time", option = option, value = text).into())
}
