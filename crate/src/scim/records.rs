//! The JSON objects and the rows in any text: a log as it was written, copied, prefixed, exported, or cut.
//!
//! A log line is an object wherever it begins: behind what `grep`, `kubectl`, a journal or a container's log
//! puts before it, over several lines where it was made pretty, within an array, or as a text within another
//! object (Elastic Agent, Filebeat, a container's log). A table is a record a row, by the names in its head
//! (`table.rs`). The text comes in pieces (`stream.rs`). Leaves out: the meaning of a record, and what an
//! answer of a search says besides its hits.

mod lines;
mod marks;
mod sieve;
mod stream;
mod table;

use crate::base::{catalogue::Text, counted::stepped};
use serde_json::{Map, Value};
pub use sieve::{Sieve, Sifted};
use std::collections::BTreeMap;
pub(super) use stream::Stream;

/// Problems that are kept; a file of another kind has one in each line.
pub(super) const PROBLEMS: usize = 20;
/// Octets of failed attempts for each octet of a text. Where one is cut off, all that begins in it is tried.
const RETRIES: u64 = 4;
/// Texts within texts that are looked into.
const LAYERS: usize = 4;
/// Members of a list that are looked at in a record that is no request.
const MEMBERS: usize = 100;
/// Lines in which the head of a table is looked for.
const HEAD: usize = 5;
/// Octets of a name; longer ones are of nothing that is known, and would be copied to all that is in them.
const NAME: usize = 128;
/// Levels of a record that are looked at at once.
const LEVELS: usize = 8;

/// The fields of one record.
pub(super) type Fields = Map<String, Value>;

/// Takes a record, with the number of its line and the text that it is read from; says whether it is known.
pub(super) type Take<'a> = &'a mut dyn FnMut(usize, &Fields, &mut Raw<'_>) -> bool;

/// The text that records are read from. A map does not keep the order of its names; the text does, and the
/// records in it are taken in its order.
pub(super) struct Raw<'t> {
    text: &'t str,
    /// The first name in each object that is a `value`.
    firsts: Option<Vec<&'t str>>,
    next: usize,
}

impl<'t> Raw<'t> {
    fn of(text: &'t str) -> Self {
        Raw { text, firsts: None, next: 0 }
    }

    /// The name that comes first of those of `object`, the next object that is a `value`.
    pub(super) fn first_name(&mut self, object: &Fields) -> Option<&'t str> {
        let firsts = self.firsts.get_or_insert_with(|| first_names(self.text));
        let ahead = firsts.get(self.next..).unwrap_or_default().iter().take(MEMBERS);
        let (at, name) = (0..).zip(ahead).find(|(_, name)| object.contains_key(**name))?;
        self.next += at + 1;
        Some(name)
    }
}

fn first_names(text: &str) -> Vec<&str> {
    fn first(behind: &str) -> Option<&str> {
        let object = behind.trim_start().strip_prefix(':')?.trim_start().strip_prefix('{')?;
        object.trim_start().strip_prefix('"')?.split('"').next()
    }
    stepped(text.len());
    text.split("\"value\"").skip(1).filter_map(first).collect()
}

/// The rest of a text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rest {
    /// Lines and rows that are about something else.
    pub(super) others: usize,
    /// Requests that nobody asks for, and that were not read.
    pub(super) requests: usize,
    /// Lines that could not be read; the first of them.
    pub(super) problems: Vec<Text>,
    /// More of those.
    pub(super) more_problems: usize,
}

impl Rest {
    fn problem(&mut self, problem: Text) {
        if self.problems.len() < PROBLEMS {
            self.problems.push(problem);
        } else {
            self.more_problems += 1;
        }
    }
}

/// Gives `fields` to `take`, and where they are not known what is in them. What an object says twice counts
/// once; of a list, each member counts.
fn search(
    line: usize,
    fields: &Fields,
    raw: &mut Raw<'_>,
    layers: usize,
    rest: &mut Rest,
    take: Take<'_>,
) -> bool {
    if take(line, fields, raw) {
        return true;
    }
    let is_known = fields.values().any(|value| search_value(line, value, raw, layers, rest, take))
        || of_ecs(fields).is_some_and(|fields| take(line, &fields, raw));
    // A hit of a search is a line of its own.
    if !is_known && fields.contains_key("_index") {
        rest.others += 1;
    }
    is_known
}

/// The fields of a request by the names of the Elastic Common Schema, which has no parameters; nothing where
/// it is none.
fn of_ecs(fields: &Fields) -> Option<Fields> {
    const NAMES: [(&str, &str); 5] = [
        ("method", "http.request.method"),
        ("path", "url.path"),
        ("status", "http.response.status_code"),
        ("time", "@timestamp"),
        ("host", "url.domain"),
    ];
    let found = NAMES.iter().filter_map(|(name, ecs)| Some(((*name).to_owned(), at(fields, ecs)?.clone())));
    let mut found: Fields = found.collect();
    found.insert("params".to_owned(), "[FILTERED]".into());
    (found.contains_key("method") && found.contains_key("path")).then_some(found)
}

/// The value at `path`, whose names may be those of objects in each other.
fn at<'a>(fields: &'a Fields, path: &str) -> Option<&'a Value> {
    let below = || {
        let (name, rest) = path.split_once('.')?;
        at(fields.get(name)?.as_object()?, rest)
    };
    fields.get(path).or_else(below)
}

fn search_value(
    line: usize,
    value: &Value,
    raw: &mut Raw<'_>,
    layers: usize,
    rest: &mut Rest,
    take: Take<'_>,
) -> bool {
    match value {
        Value::Object(fields) => search(line, fields, raw, layers, rest, take),
        Value::Array(list) => {
            // All of them, not the first that is known.
            let known = list.iter().filter(|it| search_value(line, it, raw, layers, rest, take));
            known.count() > 0
        }
        Value::String(text) if layers > 0 && text.contains('{') => {
            let mut is_known = false;
            let mut take = |_, fields: &Fields, raw: &mut Raw<'_>| {
                let is = take(line, fields, raw);
                is_known |= is;
                is
            };
            let mut inner = Stream::within(Sieve::default(), layers - 1);
            inner.read(text.as_bytes(), &mut take);
            inner.end(&mut take);
            is_known
        }
        _ => false,
    }
}

/// Names of columns of which the head of a table has two, as [`plain`] writes them.
const COLUMNS: [&str; 27] = [
    "path",
    "method",
    "status",
    "urlpath",
    "httprequestmethod",
    "message",
    "timestamp",
    "identity",
    "action",
    "sourceid",
    "statusreason",
    "eventtype",
    "outcomeresult",
    "userid",
    "externuid",
    "samlexternuid",
    "scimexternuid",
    "time",
    "correlationid",
    "severity",
    "exceptionclass",
    "entitytype",
    "entitypath",
    "authorid",
    "application",
    "failurereason",
    "signinerrorcode",
];

/// Whether it is the name of a column; what a line of JSON has has more in it.
fn is_column(name: &str) -> bool {
    !name.contains('"') && COLUMNS.contains(&plain(own(name)).as_str())
}

/// A name without what writers put into it: small letters and digits alone.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// The texts, numbers and truth values of a record under their names in small letters and digits, one behind
/// the other where objects are in each other: `outcomeresult` of `outcome.result`, `target0id`. So JSON, a
/// text that holds JSON, and a table are read alike.
pub(super) struct Flat(BTreeMap<String, String>);

impl Flat {
    /// The record.
    pub(super) fn of(fields: &Fields) -> Self {
        let mut flat = BTreeMap::new();
        fields.iter().for_each(|(name, value)| flatten(plain(own(name)), value, LEVELS, &mut flat));
        Flat(flat)
    }

    /// The first of these that is there and not empty.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.0.get(*name)).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The members of the list `name`, each as the texts that it has under `names`.
    pub(super) fn members<'a, const N: usize>(
        &'a self,
        name: &'a str,
        names: [&'a str; N],
    ) -> impl Iterator<Item = [Option<&'a str>; N]> {
        let member = move |at: usize| names.map(|below| self.first(&[&format!("{name}{at}{below}")]));
        let is_there =
            self.0.range(name.to_owned()..).next().is_some_and(|(known, _)| known.starts_with(name));
        let most = if is_there { MEMBERS } else { 0 };
        (0..most).map(member).filter(|member| member.iter().any(Option::is_some))
    }

    /// The values of what is below `name`.
    pub(super) fn below<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let from = self.0.range(name.to_owned()..);
        from.take_while(move |(known, _)| known.starts_with(name)).map(|(_, value)| value.as_str())
    }

    /// Whether one of its values has this word in it, in small letters, whatever its case there.
    pub(super) fn mentions(&self, word: &str) -> bool {
        self.0.values().any(|text| text.to_ascii_lowercase().contains(word))
    }

    /// Whether it has `value`, whatever its case.
    pub(super) fn has(&self, value: &str) -> bool {
        self.0.values().any(|text| text.eq_ignore_ascii_case(value))
    }
}

/// A name without what log viewers put before each.
fn own(name: &str) -> &str {
    let name = name.strip_prefix("_source.").unwrap_or(name);
    name.strip_prefix("json.").unwrap_or(name)
}

fn flatten(name: String, value: &Value, levels: usize, flat: &mut BTreeMap<String, String>) {
    // The envelope of Azure's diagnostic settings.
    let name = name.strip_prefix("properties").unwrap_or(&name);
    let Some(below) = levels.checked_sub(1).filter(|_| name.len() <= NAME) else { return };
    stepped(name.len());
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(inner, value)| flatten(name.to_owned() + &plain(inner), value, below, flat));
        }
        Value::Array(list) => {
            // What a log viewer made a list of has one member.
            if let [one @ (Value::String(_) | Value::Number(_) | Value::Bool(_))] = &list[..] {
                flatten(name.to_owned(), one, below, flat);
            }
            let members = list.iter().enumerate().take(MEMBERS);
            members.for_each(|(at, value)| flatten(format!("{name}{at}"), value, below, flat));
        }
        Value::String(text) => {
            // The text itself stays: an answer is quoted as it is.
            flat.insert(name.to_owned(), text.clone());
            let inner = text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten();
            inner.iter().for_each(|value| flatten(name.to_owned(), value, below, flat));
        }
        Value::Number(_) | Value::Bool(_) => drop(flat.insert(name.to_owned(), value.to_string())),
        Value::Null => {}
    }
}

#[cfg(test)]
pub(super) mod tests;
