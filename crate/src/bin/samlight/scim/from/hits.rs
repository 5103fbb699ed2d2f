//! The hits of a query, page by page: a point in time where the engine has one, `search_after`, and a
//! tiebreaker, so that no hit is missed or comes twice.
//!
//! Sources: elastic.co, "Open a point in time", "Paginate search results" (7.10 and later; `_shard_doc` since
//! 7.12); opensearch.org, "Point in Time API" (2.4 and later; `_shard_doc` since 3.3). Without `_shard_doc`
//! the tiebreaker is `_id`. An engine can give another id of the point in time with each answer, and the
//! newest counts. Leaves out how a request is sent ([`client`](super::client)), and what a hit says.

use super::client::{Client, Refusal};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use samlight::{base::catalogue::Text, scim::query::Query, text};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use ureq::http::Method;

/// The time for which an engine keeps a point in time from one page to the next.
const KEEP_ALIVE: &str = "5m";
/// The characters that a pattern of indices is written with stay as they are.
const IN_INDEX: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b',').remove(b'~');
/// The fields that break ties, the best first.
const TIEBREAKERS: [&str; 2] = ["_shard_doc", "_id"];
/// The oldest Elasticsearch that has a point in time.
const OLDEST: (u64, u64) = (7, 10);

/// One kind of a point in time.
struct View {
    /// The engine that has it.
    distribution: &'static str,
    /// Behind the index where it is opened, and alone where it is closed.
    path: &'static str,
    /// The name of its id, when it is opened.
    id: &'static str,
    closing: fn(&str) -> Value,
}

const VIEWS: [View; 2] = [
    View { distribution: "elasticsearch", path: "_pit", id: "id", closing: |id| json!({"id": id}) },
    View {
        distribution: "opensearch",
        path: "_search/point_in_time",
        id: "pit_id",
        closing: |id| json!({"pit_id": [id]}),
    },
];

/// A point in time that is open.
struct Open {
    view: &'static View,
    id: String,
}

/// The hits, as lines of JSON: the source of each.
pub(super) struct Hits<'c> {
    client: &'c Client,
    index: String,
    query: &'c Query,
    size: u64,
    open: Option<Open>,
    tiebreakers: &'static [&'static str],
    /// The sort values of the last hit.
    after: Option<Box<RawValue>>,
    page: std::vec::IntoIter<String>,
    is_over: bool,
    count: u64,
    total: Option<u64>,
    /// Whether a part of the engine did not answer.
    is_partial: bool,
    is_unfixed: bool,
}

impl<'c> Hits<'c> {
    /// Asks the engine what it is, and opens a point in time.
    pub(super) fn open(client: &'c Client, index: &str, query: &'c Query, size: u64) -> Result<Self, Text> {
        let index = utf8_percent_encode(index.trim(), IN_INDEX).to_string();
        let distribution = distribution(client)?;
        let mut open = None;
        for view in &VIEWS {
            if distribution.as_ref().is_some_and(|it| *it != view.distribution) {
                continue;
            }
            open = opened(client, &index, view)?;
            if open.is_some() {
                break;
            }
        }
        let is_unfixed = open.is_none();
        let tiebreakers = if is_unfixed { TIEBREAKERS.get(1..) } else { TIEBREAKERS.get(..) };
        Ok(Hits {
            client,
            index,
            query,
            size,
            open,
            tiebreakers: tiebreakers.unwrap_or_default(),
            after: None,
            page: Vec::new().into_iter(),
            is_over: false,
            count: 0,
            total: None,
            is_partial: false,
            is_unfixed,
        })
    }

    /// The number of hits so far.
    pub(super) fn given(&self) -> u64 {
        self.count
    }

    /// The number of hits that the engine counted, once it has answered.
    pub(super) fn total(&self) -> Option<u64> {
        self.total
    }

    /// Closes the point in time, and says what may be missing.
    pub(super) fn close(self) -> Vec<Text> {
        let missing = self.total.filter(|total| self.is_over && *total > self.count);
        [
            self.is_unfixed.then(|| text!("cli.from.no-view")),
            self.is_partial.then(|| text!("cli.from.partial")),
            missing.map(|total| text!("cli.from.missing", count = self.count, total = total)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn request(&self, tiebreaker: &str) -> Value {
        let time = json!({"order": "asc", "unmapped_type": "date"});
        let mut request = json!({
            "query": self.query.filter(),
            "sort": [{self.query.time(): time}, {tiebreaker: "asc"}],
            "size": self.size,
            "track_total_hits": self.total.is_none(),
        });
        let after = self.after.as_ref().and_then(|after| serde_json::from_str(after.get()).ok());
        let view = self.open.as_ref().map(|open| json!({"id": open.id, "keep_alive": KEEP_ALIVE}));
        let fields = [("search_after", after), ("pit", view)];
        if let Some(request) = request.as_object_mut() {
            request.extend(fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        }
        request
    }

    /// Reads the next page. A page that is too large is asked for in smaller ones, and a tiebreaker that the
    /// engine does not know is left for the next.
    fn read(&mut self) -> Result<(), Text> {
        loop {
            let path =
                if self.open.is_some() { "_search".to_owned() } else { format!("{}/_search", self.index) };
            let (tiebreaker, others) =
                self.tiebreakers.split_first().map_or(("_id", &[][..]), |(it, rest)| (*it, rest));
            match self.client.ask(&Method::POST, &path, Some(&self.request(tiebreaker))) {
                Ok(page) => return self.take(page),
                Err(Refusal::TooLarge) if self.size > 1 => self.size = self.size.div_ceil(4),
                Err(Refusal::Status { status: 400, .. }) if self.after.is_none() && !others.is_empty() => {
                    self.tiebreakers = others;
                }
                Err(refusal) => return Err(refusal.text()),
            }
        }
    }

    fn take(&mut self, page: Page) -> Result<(), Text> {
        if let (Some(open), Some(id)) = (&mut self.open, page.pit_id) {
            open.id = id;
        }
        let shards = page.shards.unwrap_or_default();
        let has_failed = page.timed_out || shards.failed > 0;
        self.is_partial |= has_failed;
        if self.total.is_none() {
            self.total = Some(page.hits.total.map_or(0, Total::count));
            if shards.total == 0 {
                return Err(text!("cli.from.no-such-index"));
            }
        }
        let found = page.hits.hits;
        let is_whole = u64::try_from(found.len()).is_ok_and(|length| length >= self.size);
        self.is_over = found.is_empty() || (!is_whole && !has_failed);
        let last = found.last().map(|hit| hit.sort.clone());
        // An engine that does not know `search_after` gives the same page for ever.
        if last.as_ref().zip(self.after.as_ref()).is_some_and(|(last, before)| last.get() == before.get()) {
            return Err(text!("cli.from.repeats"));
        }
        self.after = last.or_else(|| self.after.take());
        let line = |hit: Hit| hit.source.map(|source| one_line(source.get()));
        self.page = found.into_iter().filter_map(line).collect::<Vec<_>>().into_iter();
        Ok(())
    }
}

impl Iterator for Hits<'_> {
    type Item = Result<String, Text>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(line) = self.page.next() {
                self.count += 1;
                return Some(Ok(line));
            }
            if self.is_over {
                return None;
            }
            if let Err(problem) = self.read() {
                self.is_over = true;
                self.total = None;
                return Some(Err(problem));
            }
        }
    }
}

impl Drop for Hits<'_> {
    /// Closes the point in time, whatever happened before. If that fails, it ends by itself.
    fn drop(&mut self) {
        if let Some(Open { view, id }) = self.open.take() {
            let _ = self.client.ask::<Value>(&Method::DELETE, view.path, Some(&(view.closing)(&id)));
        }
    }
}

/// The engine's own name for what it is. Absent where it does not tell everybody: a key can be for nothing
/// but searching.
fn distribution(client: &Client) -> Result<Option<String>, Text> {
    #[derive(Deserialize)]
    struct Root {
        version: Version,
    }
    #[derive(Deserialize)]
    struct Version {
        number: String,
        distribution: Option<String>,
    }
    match client.ask::<Root>(&Method::GET, "", None) {
        Ok(Root { version }) => {
            let mut numbers = version.number.split('.').map_while(|part| part.parse::<u64>().ok());
            let number = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
            let distribution = version.distribution.unwrap_or_else(|| "elasticsearch".to_owned());
            if distribution == "elasticsearch" && number < OLDEST {
                return Err(text!("cli.from.too-old", major = number.0, minor = number.1));
            }
            Ok(Some(distribution))
        }
        Err(Refusal::Status { status: 403 | 404, .. }) => Ok(None),
        Err(refusal) => Err(refusal.text()),
    }
}

/// A point in time of this kind; nothing where the engine has none, or does not let this person open one.
fn opened(client: &Client, index: &str, view: &'static View) -> Result<Option<Open>, Text> {
    let path = format!("{index}/{}?keep_alive={KEEP_ALIVE}", view.path);
    match client.ask::<Value>(&Method::POST, &path, None) {
        Ok(answer) => {
            let id = answer.get(view.id).and_then(Value::as_str).map(str::to_owned);
            Ok(id.map(|id| Open { view, id }))
        }
        Err(Refusal::Status { status: 400 | 403 | 404 | 405 | 501, kind, .. })
            if kind != "index_not_found_exception" =>
        {
            Ok(None)
        }
        Err(refusal) => Err(refusal.text()),
    }
}

/// JSON in one line: between its values there can be line ends, in them there is none.
fn one_line(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}

/// One answer to a search.
#[derive(Deserialize)]
struct Page {
    pit_id: Option<String>,
    #[serde(default)]
    timed_out: bool,
    #[serde(rename = "_shards")]
    shards: Option<Shards>,
    hits: Found,
}

#[derive(Deserialize)]
struct Shards {
    #[serde(default)]
    total: u64,
    #[serde(default)]
    failed: u64,
}

impl Default for Shards {
    /// One part, of an engine that says nothing of its parts.
    fn default() -> Self {
        Shards { total: 1, failed: 0 }
    }
}

#[derive(Deserialize)]
struct Found {
    total: Option<Total>,
    hits: Vec<Hit>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Total {
    Number(u64),
    Value { value: u64 },
}

impl Total {
    fn count(self) -> u64 {
        match self {
            Total::Number(count) | Total::Value { value: count } => count,
        }
    }
}

#[derive(Deserialize)]
struct Hit {
    #[serde(rename = "_source")]
    source: Option<Box<RawValue>>,
    sort: Box<RawValue>,
}
