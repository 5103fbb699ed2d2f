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
    /// Words that must all be found in title, verdict, time, NameID, hosts or messages; or in the place that
    /// a word names (`nameid:`, `group:`, `verdict:`, `host:`), or nowhere (`-`). Case does not count.
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
    let wanted = wanted(&query.text);
    lines
        .filter(|line| !query.problems || line.is_problem())
        .filter(|line| query.host.as_ref().is_none_or(|host| line.hosts.contains(host)))
        .filter(|line| {
            tracer.rest();
            wanted.is_empty() || has_all(tracer, line, &wanted)
        })
        .collect()
}

/// One thing that is looked for: `ada`, `nameid:ada`, `-host:idp.example.com`, `verdict:"no response"`.
#[derive(Debug, PartialEq)]
struct Wanted {
    place: Place,
    /// In small letters.
    text: String,
    /// Lines that have it are left out.
    is_excluded: bool,
}

/// The place where it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Anywhere,
    NameId,
    Group,
    Verdict,
    Host,
}

/// The places that a person can name.
const PLACES: [(&str, Place); 4] = [
    ("nameid:", Place::NameId),
    ("group:", Place::Group),
    ("verdict:", Place::Verdict),
    ("host:", Place::Host),
];

/// The things that a person looks for. A name without anything after it is still being typed.
fn wanted(text: &str) -> Vec<Wanted> {
    words(&text.to_lowercase())
        .into_iter()
        .map(|word| {
            let (is_excluded, word) = match word.strip_prefix('-') {
                Some(rest) => (true, rest),
                None => (false, word.as_str()),
            };
            let named = PLACES.iter().find_map(|(name, place)| Some((*place, word.strip_prefix(name)?)));
            let (place, text) = named.unwrap_or((Place::Anywhere, word));
            Wanted { place, text: text.to_owned(), is_excluded }
        })
        .filter(|wanted| !wanted.text.is_empty())
        .collect()
}

/// The words of `text`; white space between two quotation marks parts none.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut is_quoted) = (vec![String::new()], false);
    for character in text.chars() {
        match character {
            '"' => is_quoted = !is_quoted,
            _ if character.is_whitespace() && !is_quoted => words.push(String::new()),
            _ => words.last_mut().into_iter().for_each(|word| word.push(character)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Looks at the line first, and only for what is not there at the messages, which are long.
fn has_all(tracer: &Tracer, line: &Line, wanted: &[Wanted]) -> bool {
    let FlowLine { title, started, verdict, who, group, .. } = &line.shown;
    let places = [(Place::Anywhere, title), (Place::Anywhere, started), (Place::Verdict, &verdict.text)];
    let named = line.name_id.iter().chain(who).map(|name| (Place::NameId, name));
    let group = group.iter().map(|group| (Place::Group, group));
    let hosts = line.hosts.iter().map(|host| (Place::Host, host));
    let short = places.into_iter().chain(named).chain(group).chain(hosts);
    let short: Vec<(Place, String)> = short.map(|(place, text)| (place, text.to_lowercase())).collect();
    let is_in_short = |wanted: &Wanted| {
        let mut at = short.iter().filter(|(place, _)| [*place, Place::Anywhere].contains(&wanted.place));
        at.any(|(_, text)| text.contains(&wanted.text))
    };
    let mut inside = None;
    let mut is_in_messages = |wanted: &Wanted| {
        let inside = inside.get_or_insert_with(|| messages(tracer, line));
        wanted.place == Place::Anywhere && inside.iter().any(|message| message.contains(&wanted.text))
    };
    wanted.iter().all(|it| (is_in_short(it) || is_in_messages(it)) != it.is_excluded)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_for_can_have_a_place_and_can_be_left_out() {
        let one = |place, text: &str, is_excluded| Wanted { place, text: text.to_owned(), is_excluded };
        for (typed, expected) in [
            ("", vec![]),
            ("  Ada ", vec![one(Place::Anywhere, "ada", false)]),
            ("nameid:Ada", vec![one(Place::NameId, "ada", false)]),
            ("-host:idp.example.com", vec![one(Place::Host, "idp.example.com", true)]),
            ("GROUP:acme -x", vec![one(Place::Group, "acme", false), one(Place::Anywhere, "x", true)]),
            (
                "verdict:\"differs in\" a",
                vec![one(Place::Verdict, "differs in", false), one(Place::Anywhere, "a", false)],
            ),
            ("\"two words", vec![one(Place::Anywhere, "two words", false)]),
            (
                "urn:oasis https://a",
                vec![one(Place::Anywhere, "urn:oasis", false), one(Place::Anywhere, "https://a", false)],
            ),
            ("- host: -nameid: \"\"", vec![]),
        ] {
            assert_eq!(wanted(typed), expected, "{typed}");
        }
    }
}
