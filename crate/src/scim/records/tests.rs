//! The same lines in every wrapping that people have them in, whole and cut.

use super::*;
use crate::{
    base::limits::RECORD_BYTES,
    scim::{
        filters::Filters,
        requests::{LogReader, Request, ScimLog, sieve},
    },
};
use serde_json::json;
use std::collections::BTreeSet;

/// Lines of a log about SCIM, each about another user.
fn lines(count: usize) -> Vec<Value> {
    let one = |n: usize| {
        let params = match n % 3 {
            0 => {
                json!([{"key": "externalId", "value": format!("id-{n}")}, {"key": "userName", "value": "a{b\"c, d"},
                {"key": "emails", "value": [{"type": "work", "value": format!("u{n}@example.com")}]}])
            }
            1 => {
                json!([{"key": "Operations", "value": [{"op": "Replace", "path": "active", "value": "False"}]}])
            }
            _ => json!([{"key": "filter", "value": format!("externalId eq \"id-{n}\"")}]),
        };
        let (method, below) = [("POST", ""), ("PATCH", "/0a"), ("GET", "")][n % 3];
        json!({"time": format!("2026-11-21T17:20:{:02}.452Z", n % 60), "severity": "INFO", "status": 200 + n % 3,
            "method": method, "path": format!("/api/scim/v2/groups/g{n}/Users{below}"), "params": params, "ua": "x {y}"})
    };
    (0..count).map(one).collect()
}

pub(in crate::scim) type Wrap = fn(&Value) -> String;

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

/// A hit of a search, as log viewers export it.
fn source(line: &Value) -> Value {
    json!({"_index": "pubsub-rails-inf-gprd-017", "_id": "a", "_source": {"json": line}})
}

fn original(line: &Value) -> Value {
    json!({"@timestamp": line["time"], "agent": {"type": "filebeat"}, "event": {"original": line.to_string(), "kind": "event"},
        "message": line.to_string(), "http": {"request": {"method": line["method"]}}, "url": {"path": line["path"]}})
}

/// The texts that stand for one line, each on its own.
pub(in crate::scim) const LINES: [(&str, Wrap); 18] = [
    ("as it is", |it| it.to_string()),
    ("of grep", |it| format!("api_json.log.1:17:{it}")),
    ("of kubectl", |it| format!("[pod/gitlab-webservice-1/webservice] {it}")),
    ("of a journal", |it| format!("Nov 21 17:20:17 gitlab.example.com gitlab-rails[12]: {it}")),
    ("of docker compose", |it| format!("gitlab-1  | {it}")),
    ("of a container runtime", |it| format!("2026-11-21T17:20:17.452Z stdout F {it}")),
    ("of Loki", |it| format!("2026-11-21 17:20:17 {{app=\"gitlab\", pod=\"x\"}} {it}")),
    ("with a comma", |it| format!("{it},")),
    ("pretty", |it| serde_json::to_string_pretty(it).unwrap()),
    ("pretty, behind a comma", |it| format!(",\n{}", serde_json::to_string_pretty(it).unwrap())),
    ("with Windows' line ends", |it| format!("{it}\r\n\r")),
    ("a hit of a search", |it| source(it).to_string()),
    ("a pretty hit", |it| serde_json::to_string_pretty(&source(it)).unwrap()),
    ("the line as a text", |it| json!({"message": it.to_string(), "host": {"name": "gl1"}}).to_string()),
    ("of Elastic Agent", |it| original(it).to_string()),
    ("of Elastic Agent, pretty", |it| serde_json::to_string_pretty(&original(it)).unwrap()),
    ("of a container's log", |it| json!({"log": format!("{it}\n"), "stream": "stdout"}).to_string()),
    ("of Kibana", |it| {
        let fields = it.as_object().unwrap();
        let named: Fields =
            fields.iter().map(|(name, value)| (format!("json.{name}"), value.clone())).collect();
        Value::Object(named).to_string()
    }),
];

pub(in crate::scim) type WrapAll = fn(&[Value]) -> String;

pub(in crate::scim) fn joined(head: &str, lines: &[Value], one: Wrap) -> String {
    lines.iter().fold(head.to_owned(), |text, line| text + &one(line) + "\n")
}

/// A table with a column for each field that one of the lines has.
fn table(lines: &[Value], prefix: &str, delimiter: &str, end: &str) -> String {
    let names: BTreeSet<&String> = lines.iter().flat_map(|line| line.as_object().unwrap().keys()).collect();
    let head: Vec<String> = names.iter().map(|name| format!("{prefix}{name}")).collect();
    lines.iter().fold(head.join(delimiter) + end + "\n", |text, line| {
        let cell = |name: &&String| match &line[*name] {
            Value::Null => String::new(),
            value => quoted(value.as_str().unwrap_or(&value.to_string())),
        };
        text + &names.iter().map(cell).collect::<Vec<_>>().join(delimiter) + end + "\n"
    })
}

/// The texts that stand for all lines together.
pub(in crate::scim) const WHOLE: [(&str, WrapAll); 12] = [
    ("with a head", |it| {
        joined("# Logfile created on 2026-11-20 09:00:00 +0000 by logger.rb/v1.6.0\n", it, |it| {
            it.to_string()
        })
    }),
    ("with a byte order mark", |it| joined("\u{feff}", it, |it| it.to_string())),
    ("a list", |it| Value::from(it).to_string()),
    ("a pretty list", |it| serde_json::to_string_pretty(it).unwrap()),
    ("a list, a line each", |it| format!("[\n{}]", joined("", it, |it| format!("{it},")))),
    ("without line ends", |it| it.iter().map(Value::to_string).collect()),
    ("an answer of a search", |it| {
        let hits: Vec<Value> = it.iter().map(source).collect();
        json!({"took": 12, "hits": {"total": {"value": 2}, "hits": hits}}).to_string()
    }),
    ("a pretty answer of a search", |it| {
        let hits: Vec<Value> = it.iter().map(source).collect();
        let answer = json!({"rawResponse": {"took": 12, "_shards": {"total": 1}, "hits": {"hits": hits}}});
        serde_json::to_string_pretty(&answer).unwrap()
    }),
    ("a table with the line", |it| {
        joined("@timestamp,message\n", it, |it| {
            format!("\"Nov 21, 2026 @ 17:20\",{}", quoted(&it.to_string()))
        })
    }),
    ("a table of fields", |it| table(it, "json.", ",", "")),
    ("a copied table", |it| table(it, "", "\t", "")),
    ("a table with semicolons", |it| table(it, "", ";", "\r")),
];

fn read(text: &str) -> ScimLog {
    ScimLog::read(text)
}

/// The requests without their places, which the wrapping decides.
fn requests(mut log: ScimLog) -> Vec<Request> {
    log.requests.iter_mut().for_each(|request| request.line = 0);
    log.requests
}

#[test]
fn a_line_says_the_same_in_every_wrapping() {
    let all = lines(7);
    let plain = requests(read(&joined("", &all, |it| it.to_string())));
    assert_eq!(plain.len(), all.len());
    let each = LINES.iter().map(|(name, one)| (*name, joined("", &all, *one)));
    let whole = WHOLE.iter().map(|(name, whole)| (*name, whole(&all)));
    for (name, text) in each.chain(whole) {
        let log = read(&text);
        assert!(log.problems.is_empty(), "{name}: {:?}\n{text}", log.problems);
        assert_eq!(requests(log), plain, "{name}:\n{text}");
    }
}

#[test]
fn what_stands_round_it_is_counted_and_costs_no_line() {
    let all = lines(5);
    let other = json!({"method": "GET", "path": "/api/v4/projects", "status": 200, "params": []});
    let mut mixed = all.clone();
    for at in [0, 3, 6, 8] {
        mixed.insert(at.min(mixed.len()), other.clone());
    }
    for (name, one) in LINES {
        let prose = "--\nNo log line.\nTypeError: undefined { x }\n";
        let log = read(&format!("{prose}{}{prose}", joined("", &mixed, one)));
        assert_eq!((log.requests.len(), log.others), (5, 4 + 6), "{name}: {log:?}");
    }
}

/// A text that is cut anywhere keeps each line that is whole.
#[test]
fn a_text_that_is_cut_at_either_end_keeps_what_is_whole() {
    let all = lines(6);
    let each = LINES.iter().map(|(name, one)| (*name, joined("", &all, *one)));
    // What a table's columns are, its head says.
    let whole =
        WHOLE.iter().filter(|(name, _)| !name.contains("table")).map(|(name, whole)| (*name, whole(&all)));
    for (name, text) in each.chain(whole) {
        let (third, last) = (text.len() / 3, text.len());
        let places = |from: usize, to: usize| (from..to).step_by(7).filter(|at| text.is_char_boundary(*at));
        for at in places(0, third) {
            let found = read(&text[at..]).requests.len();
            assert!((3..=6).contains(&found), "{name} from {at}: {found}\n{}", &text[at..]);
        }
        for at in places(last - third, last) {
            let found = read(&text[..at]).requests.len();
            assert!((3..=6).contains(&found), "{name} to {at}: {found}\n{}", &text[..at]);
        }
    }
}

#[test]
fn lists_of_fields_are_read_and_what_is_not_paired_is_not_missing() {
    let hit = |keys: Value, values: Value| {
        json!({"_index": "x", "fields": {"json.method": ["POST"], "json.path": ["/api/scim/v2/groups/acme/Users"],
            "json.status": [412], "json.params.key": keys, "json.params.value": values, "json.time": ["2026-11-20T09:15:03.001Z"]}})
        .to_string()
    };
    let paired = read(&hit(json!(["externalId", "userName"]), json!(["0a21", "ada"])));
    let request = &paired.requests[0];
    assert_eq!(
        (request.status, request.method.as_str(), request.group.as_deref()),
        (Some(412), "POST", Some("acme"))
    );
    assert_eq!(request.user.external_id.as_deref(), Some("0a21"));
    assert!(request.said().text.contains("emails"), "{:?}", request.said());
    for file in [
        hit(json!(["externalId", "emails", "userName"]), json!(["0a21", "ada"])),
        "json.method,json.path,json.status,json.params.key,json.params.value\nPOST,/api/scim/v2/groups/acme/Users,412,\"schemas, externalId, emails\",\"0a21, ada\"\n".to_owned(),
        "| method | path | status | params.key | params.value |\n|---|---|---|---|---|\n| POST | /api/scim/v2/groups/acme/Users | 412 | externalId, emails, userName | 0a21, ada |".to_owned(),
    ] {
        let log = read(&file);
        let [request] = &log.requests[..] else { panic!("{file}: {log:?}") };
        assert_eq!(request.unnamed, ["0a21", "ada"], "{file}");
        let said = format!("{:?} {:?}", request.said(), request.remarks());
        assert!(said.contains("0a21, ada") && !said.contains("sent no"), "{said}");
        assert_eq!(ScimLog::of(wanted(Some("ADA")), &file).requests.len(), 1);
    }
}

#[test]
fn names_of_the_elastic_common_schema_tell_a_request_without_its_parameters() {
    for file in [
        json!({"http": {"request": {"method": "DELETE"}, "response": {"status_code": 404}}, "url": {"path": "/api/scim/v2/groups/acme/Users/0a"}}).to_string(),
        json!({"http.request.method": "DELETE", "http.response.status_code": 404, "url.path": "/api/scim/v2/groups/acme/Users/0a"}).to_string(),
        "@timestamp,http.request.method,url.path,http.response.status_code\n-,DELETE,/api/scim/v2/groups/acme/Users/0a,404\n".to_owned(),
    ] {
        let log = read(&file);
        let [request] = &log.requests[..] else { panic!("{file}: {log:?}") };
        assert_eq!((request.method.as_str(), request.status, request.id.as_deref()), ("DELETE", Some(404), Some("0a")));
        assert_eq!(request.hidden.len(), 1, "{request:?}");
    }
}

#[test]
fn other_texts_hold_no_record() {
    for text in
        ["", "{", "}", "{}", "[]", "no log", "\"{\\\"a\\\":1}\"", "a,b,c\n1,2,3", "body { color: red }"]
    {
        assert!(read(text).requests.is_empty(), "{text}");
    }
}

/// Every text of these tests, with its name.
fn texts(all: &[Value]) -> Vec<(String, String)> {
    let other =
        json!({"method": "GET", "path": "/api/v4/projects", "status": 200, "params": [], "ua": "é 😀"});
    let mut mixed = all.to_vec();
    mixed.insert(1, other.clone());
    mixed.push(other);
    let prose = "--\nNo log line, é.\n\nTypeError: undefined { x }\n{\"time\": \"cut\n";
    let each = LINES.iter().map(|(name, one)| (*name, joined(prose, &mixed, *one) + prose));
    let whole = WHOLE.iter().map(|(name, whole)| (*name, whole(&mixed)));
    let cut = LINES.iter().map(|(name, one)| {
        let text = joined("", &mixed, *one);
        let ends = text.char_indices().map(|(at, _)| at).collect::<Vec<_>>();
        (*name, text[ends[ends.len() / 10]..ends[ends.len() * 9 / 10]].to_owned())
    });
    each.chain(whole).chain(cut).map(|(name, text)| (name.to_owned(), text)).collect()
}

fn wanted(value: Option<&str>) -> Filters<'_> {
    let group = value.filter(|it| it.starts_with('g'));
    Filters { group, value: value.filter(|_| group.is_none()), ..Filters::default() }
}

/// Reads a text cut after each `size` octets, or by blocks of lines that are sifted before.
fn in_pieces(asked: Filters<'_>, text: &str, size: usize, is_sifted: bool) -> ScimLog {
    let (mut reader, sieve) = (LogReader::new(asked), sieve(asked));
    let no = &mut |_: usize, _: &Fields| false;
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let end = size.min(rest.len());
        let line_end = memchr::memchr(b'\n', &rest[end..]).map_or(rest.len(), |at| end + at + 1);
        let (piece, after) = rest.split_at(if is_sifted { line_end } else { end });
        if is_sifted && piece.ends_with(b"\n") {
            reader.read_sifted(asked, piece, &sieve.sift(piece), no);
        } else {
            reader.read(asked, piece, no);
        }
        rest = after;
    }
    reader.end(asked, no)
}

#[test]
fn no_cut_changes_what_is_read() {
    let all = lines(7);
    for (name, text) in texts(&all) {
        for asked in [None, Some("g4"), Some("id-3")].map(wanted) {
            let whole = ScimLog::of(asked, &text);
            for size in [1, 2, 3, 7, 64, 1_000, 10_000] {
                for is_sifted in [false, true] {
                    let cut = in_pieces(asked, &text, size, is_sifted);
                    assert_eq!(cut, whole, "{name}, {size} {is_sifted}, {asked:?}:\n{text}");
                }
            }
        }
    }
}

/// The requests that are left unread are those that nobody asks for.
#[test]
fn the_search_by_octets_loses_no_request_and_counts_all() {
    let spelled: [fn(&str) -> String; 4] = [
        str::to_owned,
        |text| text.replace("id-", "\\u0069d-").replace("/g", "/\\u0067"),
        |text| text.replace('/', "\\/"),
        |text| text.replace("/0a", "/%30a").replace("/g", "/%67"),
    ];
    let values = ["id-0", "ID-3", "u6@EXAMPLE.com", "0a", "a{b\"c, d", "False", "g1", "G2", "g", "nobody"];
    for (name, text) in texts(&lines(9)) {
        for text in spelled.map(|spell| spell(&text)) {
            let all = ScimLog::read(&text);
            for asked in values.map(|value| wanted(Some(value))) {
                let is_group = asked.value == Some("G2");
                let asked =
                    if is_group { Filters { group: Some("G2"), value: None, ..asked } } else { asked };
                let found = ScimLog::of(asked, &text);
                let mut meant = all.requests.clone();
                meant.retain(|request| request.is_wanted(asked));
                assert_eq!(requests(found.clone()).len(), meant.len(), "{name}, {asked:?}:\n{text}");
                let lines = |of: &[Request]| of.iter().map(|it| (it.line, it.id.clone())).collect::<Vec<_>>();
                assert_eq!(lines(&found.requests), lines(&meant), "{name}, {asked:?}:\n{text}");
                assert_eq!(
                    (found.count, found.others),
                    (all.count, all.others),
                    "{name}, {asked:?}:\n{text}"
                );
            }
        }
    }
}

#[test]
fn lines_that_cannot_match_are_never_read() {
    let all = lines(300);
    let other = json!({"method": "GET", "path": "/api/v4/projects", "status": 200, "params": []});
    let text = all.iter().map(|line| format!("{line}\n{other}\n")).collect::<String>();
    let read = |asked: Filters<'_>| {
        let mut count = 0;
        let mut stream = Stream::new(sieve(asked));
        let take: Take<'_> = &mut |_, _, _| {
            count += 1;
            true
        };
        stream.read(text.as_bytes(), take);
        let rest = stream.end(take);
        assert_eq!((rest.others, rest.requests + count), (300, 300));
        count
    };
    assert_eq!(read(Filters::default()), 300);
    assert_eq!(read(wanted(Some("g7"))), 1);
    assert_eq!(read(wanted(Some("ID-30"))), 1);
    assert_eq!(read(Filters { group: Some("nobody"), ..Filters::default() }), 0);
}

/// A log of any size as it comes, and the most octets that were held of it.
fn held(of: &str, size: usize, asked: Filters<'_>) -> (usize, ScimLog) {
    let mut log = ScimLog::default();
    let mut stream = Stream::new(sieve(asked));
    let take: Take<'_> = &mut |line, fields, raw| {
        log.count += usize::from(Request::of(line, fields, raw).is_some());
        true
    };
    for _ in 0..size / of.len() {
        stream.read(of.as_bytes(), take);
    }
    let held = stream.held;
    let rest = stream.end(take);
    log.count += rest.requests;
    log.problems = rest.problems;
    (held, log)
}

#[test]
fn what_is_held_does_not_grow_with_the_text() {
    const SIZE: usize = 8_000_000;
    let other = "{\"method\":\"GET\",\"path\":\"/api/v4/projects\",\"status\":200}\n".repeat(100);
    let lines = lines(3).iter().map(|it| format!("{it}\n{other}")).collect::<String>();
    let list = lines.replace('\n', ",");
    let table = format!("GET,/api/scim/v2/groups/acme/Users,{}\n", "x".repeat(5_000)).repeat(10);
    for (name, text) in [
        ("lines", lines.clone()),
        ("one line without an end", list),
        ("a table", format!("method,path,status\n{table}")),
        ("an object that does not end", "{\"scim\":[\n".to_owned()),
        ("a text that does not end", "\"scim{".to_owned()),
    ] {
        let (held, log) = held(&text, SIZE, Filters::default());
        assert!(held < 4 * RECORD_BYTES, "{name}: {held}");
        let is_damaged = name.contains("does not end");
        assert_eq!(log.count > SIZE / 10_000, !is_damaged, "{name}: {}", log.count);
        assert_eq!(log.problems.is_empty(), !is_damaged, "{name}: {:?}", log.problems);
    }
}

#[test]
fn an_answer_that_is_longer_than_a_record_is_gone_into_and_a_record_that_is_is_said() {
    let all = lines(4_000);
    let hits: Vec<Value> = all.iter().map(source).collect();
    let answer = json!({"took": 12, "hits": {"total": {"value": 2}, "hits": hits}});
    for text in [answer.to_string(), serde_json::to_string_pretty(&answer).unwrap()] {
        assert!(text.len() > RECORD_BYTES);
        let log = read(&text);
        assert_eq!((log.requests.len(), &log.problems[..]), (4_000, &[][..]));
        for size in [10_000, 1_000_000] {
            assert_eq!(in_pieces(Filters::default(), &text, size, false), log);
        }
    }
    let long =
        json!({"method": "GET", "path": "/api/scim/v2/groups/acme/Users", "ua": "x".repeat(RECORD_BYTES)});
    let log = read(&format!("{}\n{long}\n{}\n", all[0], all[1]));
    assert_eq!((log.requests.len(), log.problems.len()), (2, 1), "{:?}", log.problems);
    assert!(log.problems[0].to_string().contains("line 2 is longer"), "{:?}", log.problems);
}
