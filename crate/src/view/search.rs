//! The sign-ins that the list shows, and in which order: [`Query`], answered here so that messages are
//! searched where they are.

use super::{Facet, FlowLine, lines::Line};
use crate::{
    base::{instant::Zone, order::sort_by},
    trace::tracer::Tracer,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Only sign-ins with this verdict, in its few words.
    #[serde(skip_serializing_if = "is_default")]
    pub verdict: Option<String>,
    /// The order of the lines; the newest first where none is chosen.
    #[serde(skip_serializing_if = "is_default")]
    pub sort: Option<Sort>,
    /// Only sign-ins in this tab of the browser, and nothing of others: neither counted nor chosen.
    #[serde(skip_serializing_if = "is_default")]
    pub tab: Option<i64>,
    /// The reader's zone, which says where a day ends.
    #[serde(skip_serializing_if = "is_default")]
    pub zone: Zone,
    /// Position of the first line that is wanted, among those found.
    #[serde(skip_serializing_if = "is_default")]
    pub start: usize,
    /// The sign-in that the person chose; the answer says where it stands.
    #[serde(skip_serializing_if = "is_default")]
    pub chosen: Option<String>,
}

/// An order of the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The column that decides; where two lines have the same in it, the newer one is first.
    pub by: Column,
    /// The smallest first.
    pub is_ascending: bool,
}

/// One thing that the list tells of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Column {
    /// When it began.
    Time,
    /// The verdict in a few words; the worst is the greatest.
    Verdict,
    /// The one who signs in.
    Who,
    /// The group.
    Group,
    /// The GitLab.
    Host,
    /// The number of the browser's tab.
    Tab,
}

/// Verdicts that are offered at most as a choice.
const FACETS: usize = 40;

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Query {
    /// Whether it leaves out anything of what [`Query::tab`] lets in.
    pub fn is_filter(&self) -> bool {
        !self.text.trim().is_empty() || self.problems || self.host.is_some() || self.verdict.is_some()
    }
}

/// The lines that `query` finds in `lines`, which begin with the newest; and the verdicts that these would
/// have if none were chosen.
pub(super) fn found<'a>(
    tracer: &mut Tracer,
    lines: impl Iterator<Item = &'a Line>,
    query: &Query,
) -> (Vec<&'a Line>, Vec<Facet>) {
    let wanted = wanted(&query.text);
    let mut found: Vec<&Line> = lines
        .filter(|line| !query.problems || line.is_problem())
        .filter(|line| query.host.as_ref().is_none_or(|host| line.hosts.contains(host)))
        .filter(|line| {
            tracer.rest();
            wanted.is_empty() || has_all(tracer, line, &wanted)
        })
        .collect();
    let facets = facets(&found);
    if let Some(verdict) = &query.verdict {
        found.retain(|line| line.shown.verdict.text == *verdict);
    }
    if let Some(sort) = query.sort {
        sorted(&mut found, sort);
    }
    (found, facets)
}

/// The verdicts of `lines`, the worst first, then the most frequent.
fn facets(lines: &[&Line]) -> Vec<Facet> {
    let mut facets: BTreeMap<&str, Facet> = BTreeMap::new();
    for line in lines {
        let verdict = &line.shown.verdict;
        let facet = facets.entry(&verdict.text);
        facet.or_insert_with(|| Facet { verdict: verdict.clone(), count: 0 }).count += 1;
    }
    let mut facets: Vec<Facet> = facets.into_values().collect();
    let rank = |facet: &Facet| (facet.verdict.severity, facet.count);
    sort_by(&mut facets, |one, other| rank(other).cmp(&rank(one)));
    facets.truncate(FACETS);
    facets
}

fn sorted(lines: &mut Vec<&Line>, sort: Sort) {
    let key = |line: &FlowLine| {
        let text = |of: &Option<String>| of.as_deref().unwrap_or_default().to_lowercase();
        match sort.by {
            Column::Time => (0, line.started.clone()),
            Column::Verdict => (line.verdict.severity as i64, line.verdict.text.clone()),
            Column::Who => (0, text(&line.who)),
            Column::Group => (0, text(&line.group)),
            Column::Host => (0, text(&line.host)),
            Column::Tab => (line.tab.unwrap_or(-1), String::new()),
        }
    };
    // The keys are made once: a list can have many thousand lines.
    let mut keyed: Vec<_> = lines.iter().map(|line| (key(&line.shown), *line)).collect();
    sort_by(
        &mut keyed,
        |(one, _), (other, _)| {
            if sort.is_ascending { one.cmp(other) } else { other.cmp(one) }
        },
    );
    *lines = keyed.into_iter().map(|(_, line)| line).collect();
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
    use crate::{
        base::instant::Timestamp,
        event::Event,
        view::{Overview, context::Context, lines::Lines, overview::overview},
    };
    use serde_json::json;

    /// The list of three sign-ins, each in a tab of its own: `c` without a StatusCode, `a` and `b`
    /// refused by the identity provider.
    fn listed(query: &Query) -> Overview {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let of = |(number, (group, status)): (u64, (&str, &str))| -> Event {
            let response = BASE64_STANDARD.encode(format!(
                "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_{group}\" \
                 Version=\"2.0\">{status}</samlp:Response>"
            ));
            serde_json::from_value(
                json!({ "id": format!("{:013}-test-{number:06}", 1_767_258_000_000 + number * 1_000),
                "kind": "request", "request": group, "method": "POST", "body": "form",
                "tab": 30 - number,
                "url": format!("https://gitlab.com/groups/{group}/-/saml/callback"),
                "form": [["SAMLResponse", [response]]] }),
            )
            .unwrap()
        };
        let refused = "<samlp:Status><samlp:StatusCode \
            Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"/></samlp:Status>";
        let events = (0..).zip([("b", refused), ("c", ""), ("a", refused)]).map(of);
        let mut tracer = Tracer::replay(events.collect::<Vec<_>>());
        let context = Context { now: Timestamp(1_767_258_900_000), ..Context::default() };
        overview(&mut tracer, &mut Lines::default(), &context, query)
    }

    fn groups(overview: &Overview) -> String {
        overview.flows.iter().filter_map(|line| line.group.clone()).collect()
    }

    #[test]
    fn each_column_orders_the_lines_both_ways_and_the_newest_is_first_without() {
        assert_eq!(groups(&listed(&Query::default())), "acb");
        for (by, ascending, descending) in
            [(Column::Time, "bca", "acb"), (Column::Group, "abc", "cba"), (Column::Tab, "acb", "bca")]
        {
            for (is_ascending, expected) in [(true, ascending), (false, descending)] {
                let sort = Some(Sort { by, is_ascending });
                let listed = listed(&Query { sort, ..Query::default() });
                assert_eq!(groups(&listed), expected, "{by:?}: {:?}", listed.flows);
            }
        }
        let by = Column::Host;
        let same = Query { sort: Some(Sort { by, is_ascending: true }), ..Query::default() };
        assert_eq!(groups(&listed(&same)), "acb", "the newer one first");
    }

    #[test]
    fn verdicts_are_counted_and_one_of_them_can_be_chosen() {
        let all = listed(&Query::default());
        let counts: Vec<usize> = all.facets.iter().map(|facet| facet.count).collect();
        assert_eq!(counts, [2, 1], "{:?}", all.facets);
        for facet in &all.facets {
            let query = Query { verdict: Some(facet.verdict.text.clone()), ..Query::default() };
            let some = listed(&query);
            assert!(query.is_filter());
            assert_eq!((some.found, some.total), (facet.count, 3));
            assert_eq!(some.facets, all.facets, "the others can still be chosen");
        }
    }

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
