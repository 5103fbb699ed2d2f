//! A stand-in for a search engine, written from its documentation: no real Elasticsearch or OpenSearch can be
//! had from the registries, so its answers are those that the documentation shows.
//!
//! Elasticsearch: elastic.co/guide/en/elasticsearch/reference/8.17, "Point in time API", "Search API",
//! "Paginate search results". OpenSearch: docs.opensearch.org/latest/search-plugins/searching-data, "Point in
//! Time API", "Paginate results"; its errors for `_shard_doc` are those of issue 17064 of its project. Each
//! request is checked, and what is wrong in one fails the test. Leaves out the query itself: all entries are
//! found (queries are read back in `src/scim/query/tests.rs`).

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

/// A kind of engine, by what it can.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// 8.17, with `_pit` and `_shard_doc`.
    Elasticsearch,
    /// 7.10, with `_pit` and without `_shard_doc`.
    OldElasticsearch,
    /// 3.3, with `_search/point_in_time` and `_shard_doc`.
    OpenSearch,
    /// 2.4, without `_shard_doc`.
    OldOpenSearch,
    /// 1.3, without a point in time.
    FirstOpenSearch,
}

impl Kind {
    fn is_open_search(self) -> bool {
        !matches!(self, Kind::Elasticsearch | Kind::OldElasticsearch)
    }

    fn has_shard_doc(self) -> bool {
        matches!(self, Kind::Elasticsearch | Kind::OpenSearch)
    }

    fn root(self) -> Value {
        let version = match self {
            Kind::Elasticsearch => json!({"number": "8.17.0", "build_flavor": "default"}),
            Kind::OldElasticsearch => json!({"number": "7.10.0", "build_flavor": "default"}),
            Kind::OpenSearch => json!({"number": "3.3.0", "distribution": "opensearch"}),
            Kind::OldOpenSearch => json!({"number": "2.4.0", "distribution": "opensearch"}),
            Kind::FirstOpenSearch => json!({"number": "1.3.0", "distribution": "opensearch"}),
        };
        json!({"name": "node-1", "cluster_name": "logs", "version": version, "tagline": "…"})
    }
}

/// Something that happens in place of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// This status, these headers and this content.
    Status(u16, &'static str, String),
    /// The answer ends in the middle.
    Cut,
    /// No answer at all.
    Silence,
    /// The answer, with this in it.
    With(&'static str, Value),
}

/// An engine that is to be.
pub(crate) struct Setting {
    pub(crate) kind: Kind,
    /// The sources of all entries, in the order of their time.
    pub(crate) entries: Vec<Value>,
    /// The value that the header `Authorization` must have.
    pub(crate) authorization: Option<String>,
    pub(crate) index: &'static str,
    pub(crate) is_packed: bool,
    /// By "METHOD path" without its query and the number of the request of that kind, from 1.
    pub(crate) events: Vec<(&'static str, usize, Event)>,
}

impl Setting {
    pub(crate) fn new(kind: Kind, entries: Vec<Value>) -> Self {
        Setting { kind, entries, authorization: None, index: "logs-*", is_packed: false, events: Vec::new() }
    }
}

/// The things that happened at an engine.
#[derive(Default)]
struct Seen {
    requests: Vec<String>,
    problems: Vec<String>,
    /// Points in time that were opened, and those that were closed.
    opened: usize,
    closed: usize,
    /// The id that counts now.
    id: String,
    /// The sort values of the last entry that was given.
    last: Option<Value>,
}

/// An engine that runs.
pub(crate) struct Engine {
    pub(crate) url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Engine {
    pub(crate) fn start(setting: Setting) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (setting, shared) = (Arc::new(setting), seen.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (setting, shared) = (setting.clone(), shared.clone());
                thread::spawn(move || serve(&stream.unwrap(), &setting, &shared));
            }
        });
        Engine { url, seen }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// The requests so far: each was right, and each point in time that was opened is closed.
    #[track_caller]
    pub(crate) fn requests(&self) -> Vec<String> {
        let seen = self.seen();
        assert!(seen.problems.is_empty(), "{:#?}", seen.problems);
        assert_eq!(seen.opened, seen.closed, "points in time opened and closed");
        seen.requests.clone()
    }
}

fn serve(stream: &TcpStream, setting: &Setting, seen: &Mutex<Seen>) {
    let mut reader = BufReader::new(stream);
    while let Some((head, body)) = request(&mut reader) {
        let (status, headers, content) = {
            let mut seen = seen.lock().unwrap();
            let line = head.lines().next().unwrap();
            let (target, _) = line.rsplit_once(' ').unwrap();
            let what = target.split('?').next().unwrap().to_owned();
            seen.requests.push(target.to_owned());
            let number = seen.requests.iter().filter(|it| it.split('?').next() == Some(&what)).count();
            let event = setting.events.iter().find(|(of, at, _)| *of == what && *at == number);
            match event.map(|(_, _, event)| event) {
                Some(Event::Status(status, headers, content)) => {
                    (*status, (*headers).to_owned(), content.clone())
                }
                Some(Event::Silence) => {
                    drop(seen);
                    thread::sleep(std::time::Duration::from_secs(5));
                    return;
                }
                Some(Event::Cut) => {
                    // The id in what is cut off never arrives.
                    let id = seen.id.clone();
                    let (_, content) = answer(target, &head, &body, setting, &mut seen);
                    seen.id = id;
                    let content = content.to_string();
                    let length = content.len();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
                    );
                    let mut stream = stream;
                    stream.write_all(&[head.as_bytes(), &content.as_bytes()[..length / 2]].concat()).unwrap();
                    let _ = stream.shutdown(Shutdown::Both);
                    return;
                }
                event => {
                    let (status, mut content) = answer(target, &head, &body, setting, &mut seen);
                    if let Some(Event::With(name, value)) = event {
                        content[*name] = value.clone();
                    }
                    (status, "Content-Type: application/json\r\n".to_owned(), content.to_string())
                }
            }
        };
        let accepts = head
            .to_ascii_lowercase()
            .lines()
            .any(|it| it.starts_with("accept-encoding:") && it.contains("gzip"));
        let (packing, content) = if setting.is_packed {
            assert!(accepts, "{head}");
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(content.as_bytes()).unwrap();
            ("Content-Encoding: gzip\r\n", encoder.finish().unwrap())
        } else {
            ("", content.into_bytes())
        };
        let head =
            format!("HTTP/1.1 {status} X\r\n{headers}{packing}Content-Length: {}\r\n\r\n", content.len());
        let mut stream = stream;
        if stream.write_all(&[head.as_bytes(), &content].concat()).is_err() {
            return;
        }
    }
}

/// The head and the content of a request; nothing at the end of the connection.
fn request(reader: &mut BufReader<&TcpStream>) -> Option<(String, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head
        .lines()
        .find_map(|it| it.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).unwrap()))
}

fn error(status: u16, kind: &str, reason: &str) -> (u16, Value) {
    let cause = json!({"type": kind, "reason": reason});
    (status, json!({"error": {"root_cause": [cause], "type": kind, "reason": reason}, "status": status}))
}

/// The answer to a request by the documentation; what is not as there is a problem.
fn answer(target: &str, head: &str, body: &str, setting: &Setting, seen: &mut Seen) -> (u16, Value) {
    let header = |name: &str| {
        let of = |line: &str| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        head.lines().find_map(of)
    };
    let sent = header("authorization");
    if setting.authorization.is_some() && sent != setting.authorization {
        let reason = "missing authentication credentials for REST request [/]";
        return error(401, "security_exception", reason);
    }
    let content: Option<Value> = (!body.is_empty()).then(|| serde_json::from_str(body).unwrap_or_default());
    if content.is_some() && header("content-type").as_deref() != Some("application/json") {
        seen.problems.push(format!("{target}: no type of content"));
    }
    let kind = setting.kind;
    let index = setting.index;
    let (opens, closes) = match kind {
        Kind::Elasticsearch | Kind::OldElasticsearch => {
            (format!("POST /{index}/_pit?keep_alive=5m"), "DELETE /_pit")
        }
        _ => (format!("POST /{index}/_search/point_in_time?keep_alive=5m"), "DELETE /_search/point_in_time"),
    };
    let name = if kind.is_open_search() { "pit_id" } else { "id" };
    let searched = format!("POST /{index}/_search");
    match target {
        "GET /" if content.is_none() => (200, kind.root()),
        _ if target == opens && kind == Kind::FirstOpenSearch => {
            error(400, "illegal_argument_exception", "no handler found for uri")
        }
        _ if target == opens && content.is_none() => {
            seen.opened += 1;
            seen.id = "point-1==".to_owned();
            (200, json!({name: seen.id, "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0}}))
        }
        _ if target == closes && seen.opened > seen.closed => {
            let closing =
                if kind.is_open_search() { json!({"pit_id": [seen.id]}) } else { json!({"id": seen.id}) };
            if content != Some(closing) {
                seen.problems.push(format!("closed with {content:?}, not with {}", seen.id));
            }
            seen.closed += 1;
            (200, json!({"succeeded": true, "num_freed": 1}))
        }
        "POST /_search" if seen.opened > seen.closed => {
            search(&content.unwrap_or_default(), true, setting, seen)
        }
        _ if target == searched && kind == Kind::FirstOpenSearch => {
            search(&content.unwrap_or_default(), false, setting, seen)
        }
        _ if target.starts_with("POST /") && !target.contains(index) && target != "POST /_search" => {
            error(404, "index_not_found_exception", "no such index [nothing]")
        }
        _ => {
            seen.problems.push(format!("{target} is no request of {kind:?}: {body}"));
            error(400, "illegal_argument_exception", "no handler found for uri")
        }
    }
}

fn search(content: &Value, has_view: bool, setting: &Setting, seen: &mut Seen) -> (u16, Value) {
    let mut problems = Vec::new();
    let mut wrong = |problem: String| problems.push(format!("{problem}: {content}"));
    let known = ["query", "sort", "size", "track_total_hits", "search_after", "pit"];
    for name in content.as_object().into_iter().flat_map(|it| it.keys()) {
        if !known.contains(&name.as_str()) {
            wrong(format!("{name} is no field of a search"));
        }
    }
    if content["query"]["bool"]["filter"].as_array().is_none_or(Vec::is_empty) {
        wrong("no query".to_owned());
    }
    let view = has_view.then(|| json!({"id": seen.id.as_str(), "keep_alive": "5m"}));
    if content.get("pit") != view.as_ref() {
        wrong(format!("not the point in time {view:?}"));
    }
    let sort = &content["sort"];
    let tiebreaker = sort[1].as_object().and_then(|it| it.keys().next()).cloned().unwrap_or_default();
    if sort[0]["@timestamp"]["order"] != "asc" || sort[1][&tiebreaker] != "asc" {
        wrong(format!("not the sort {sort}"));
    }
    match tiebreaker.as_str() {
        "_shard_doc" if setting.kind.has_shard_doc() && has_view => {}
        "_shard_doc" => {
            let reason = "No mapping found for [_shard_doc] in order to sort on";
            return error(400, "query_shard_exception", reason);
        }
        "_id" => {}
        other => wrong(format!("the tiebreaker {other}")),
    }
    let size = content["size"].as_u64().unwrap_or(0);
    if !(1..=10_000).contains(&size) {
        wrong(format!("the size {size}"));
    }
    if content.get("search_after") != seen.last.as_ref() {
        let last = seen.last.clone();
        wrong(format!("not behind {last:?}"));
    }
    seen.problems.extend(problems);
    // The id is the number of the entry with leading zeros; three entries have one time.
    let values = |at: usize| match tiebreaker.as_str() {
        "_shard_doc" => json!([at / 3, 4_294_967_296_u64 + at as u64]),
        _ => json!([at / 3, format!("{at:06}")]),
    };
    let all = 0..setting.entries.len();
    let from = content.get("search_after").and_then(|after| all.clone().find(|at| values(*at) == *after));
    let from = from.map_or(0, |at| at + 1);
    let page: Vec<usize> = all.skip(from).take(usize::try_from(size).unwrap()).collect();
    if let Some(last) = page.last() {
        seen.last = Some(values(*last));
    }
    let hit = |at: &usize| json!({"_index": "logs-1", "_id": format!("{at:06}"), "_score": null, "_source": setting.entries[*at], "sort": values(*at)});
    let hits: Vec<Value> = page.iter().map(hit).collect();
    let mut answer = json!({"took": 1, "timed_out": false,
        "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
        "hits": {"max_score": null, "hits": hits}});
    if content["track_total_hits"] == true {
        answer["hits"]["total"] = json!({"value": setting.entries.len(), "relation": "eq"});
    }
    if has_view {
        seen.id = format!("point-{from}+/=");
        answer["pit_id"] = json!(seen.id);
    }
    (200, answer)
}
