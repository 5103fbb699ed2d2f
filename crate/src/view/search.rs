//! The sign-ins that the list shows: [`Query`], answered here so that messages are searched where they are.

use super::{FlowLine, lines::Line};
use crate::trace::tracer::Tracer;
use serde::{Deserialize, Serialize};

/// Lines that one answer carries at most: some screens full, so that scrolling seldom waits.
pub const WINDOW: usize = 120;

/// The choice of sign-ins that the list is to show. The default is the newest of everything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// Words that must all be found in title, verdict, time, NameID, hosts or messages. Case does not count.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Only sign-ins with a warning or an error.
    #[serde(skip_serializing_if = "is_default")]
    pub problems: bool,
    /// Only sign-ins in which this host took part.
    #[serde(skip_serializing_if = "is_default")]
    pub host: Option<String>,
    /// Only sign-ins in this tab of the browser, and nothing of others: neither counted nor chosen.
    #[serde(skip_serializing_if = "is_default")]
    pub tab: Option<i64>,
    /// Position of the first line that is wanted, among those found.
    #[serde(skip_serializing_if = "is_default")]
    pub start: usize,
    /// The sign-in that the person chose; the answer says where it stands.
    #[serde(skip_serializing_if = "is_default")]
    pub chosen: Option<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Query {
    /// Whether it leaves out anything of what [`Query::tab`] lets in.
    pub fn is_filter(&self) -> bool {
        !self.text.trim().is_empty() || self.problems || self.host.is_some()
    }
}

/// The lines that `query` finds, in the order of `lines`.
pub(super) fn found<'a>(
    tracer: &mut Tracer,
    lines: impl Iterator<Item = &'a Line>,
    query: &Query,
) -> Vec<&'a Line> {
    let words: Vec<String> = query.text.split_whitespace().map(str::to_lowercase).collect();
    lines
        .filter(|line| !query.problems || line.is_problem())
        .filter(|line| query.host.as_ref().is_none_or(|host| line.hosts.contains(host)))
        .filter(|line| {
            tracer.rest();
            words.is_empty() || has_all(tracer, line, &words)
        })
        .collect()
}

/// Looks at the line first, and only for words that are not there at the messages, which are long.
fn has_all(tracer: &Tracer, line: &Line, words: &[String]) -> bool {
    let FlowLine { title, started, verdict, .. } = &line.shown;
    let short = [title, started, &verdict.text].into_iter().chain(&line.name_id).chain(&line.hosts);
    let short: Vec<String> = short.map(|text| text.to_lowercase()).collect();
    let mut rest = words.iter().filter(|word| !short.iter().any(|text| text.contains(*word))).peekable();
    if rest.peek().is_none() {
        return true;
    }
    let messages = messages(tracer, line);
    rest.all(|word| messages.iter().any(|message| message.contains(word)))
}

/// The XML of the messages; what could not be decoded as it was received.
fn messages(tracer: &Tracer, line: &Line) -> Vec<String> {
    let exchanges = line.flow().steps.iter().filter_map(|step| tracer.exchanges().get(step.exchange));
    let carried = exchanges.flat_map(|exchange| &exchange.messages).map(|seen| seen.carried());
    carried
        .map(|carried| match carried.octets() {
            Some(octets) => String::from_utf8_lossy(octets.expose()).to_lowercase(),
            None => carried.value.expose().to_lowercase(),
        })
        .collect()
}
