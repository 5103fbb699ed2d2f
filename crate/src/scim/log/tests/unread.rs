//! Lines that are counted unread change nothing that is said: the same lines behind a prefix are all read.

use super::{Told, WRITTEN, graph, okta};
use crate::scim::{Statement, evidence::Asked, logged::tests::all_lines, stream::Stream};
use serde_json::{Value, json};

/// The text before a line behind which no line is certain to be one request.
const PREFIX: &str = "gitlab-1  | ";
/// Octets of a block.
const BLOCKS: [usize; 3] = [1, 2_000, 1_000_000];

/// The spellings of a text in JSON and in addresses.
const SPELLINGS: [fn(&str) -> String; 7] = [
    str::to_owned,
    |line| line.replace('/', "\\/"),
    |line| line.replace('/', "\\u002f"),
    |line| line.replace("acme", "\\u0061cme"),
    |line| line.replace("acme", "%61cme"),
    |line| line.replace("acme", "ACME"),
    |line| line.replace("\":", "\": "),
];

/// Lines in which the group and the person are named at every place and in every spelling, and lines that
/// name neither.
fn lines() -> Vec<String> {
    let request = |path: &str, group: &str| {
        json!({"time": "2026-11-21T17:20:17.452Z", "method": "PATCH", "path": path, "status": 409,
            "params": [{"key": "Operations", "value": [{"op": "replace", "path": "active", "value": "False"}]},
                {"key": "group_path", "value": group}],
            "correlation_id": "01JDA", "meta.root_namespace": group})
    };
    let paths = ["groups/acme", "groups/other", "groups/acme.net", "groups/%61%63me", "application", "acme"];
    let requests = paths.iter().flat_map(|of| {
        let path = format!("/api/scim/v2/{of}/Users/id-1");
        ["acme", "other"].map(|group| request(&path, group))
    });
    let twice = json!({"path": "/api/scim/v2/groups/other/Users", "ua": "/api/scim/v2/groups/acme/Users", "method": "GET"});
    let within = json!({"message": request("/api/scim/v2/groups/acme/Users", "acme").to_string(), "path": "/api/scim/v2/groups/other/Users"});
    let elsewhere = ["/api/v4/projects", "/api/v4/groups/acme/members", "/acme/scim"]
        .map(|path| json!({"method": "GET", "path": path, "status": 200, "params": []}));
    let told = |reason| Told { name: "Ada Low", id: "id-1", result: "failure", reason };
    let events = ["409 of https://gitlab.example.com/api/scim/v2/groups/acme/Users", "no answer"];
    let events = events.into_iter().flat_map(|reason| [graph(&told(reason)), okta(&told(reason))]);
    let stored = json!({"extern_uid": "id-1", "user_id": 48, "active": false});
    let all: Vec<Value> =
        requests.chain([twice, within, stored]).chain(elsewhere).chain(events).chain(all_lines()).collect();
    let spelled = SPELLINGS.iter().flat_map(|spell| all.iter().map(move |line| spell(&line.to_string())));
    let others = ["", "{}", "no log", "{\"a\": \"scim\"}", "{\"path\": \"/api/scim/v2/groups/acme/Users\""];
    spelled.chain(others.map(str::to_owned)).collect()
}

/// The lines in an order of its own for each `seed`.
fn shuffled(mut lines: Vec<String>, seed: usize) -> Vec<String> {
    let mut random = seed;
    for at in (1..lines.len()).rev() {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        lines.swap(at, (random >> 33) % (at + 1));
    }
    lines
}

/// The statements of lines that are sifted by blocks of about so many octets.
fn sifted(lines: &[String], block: usize, asked: &Asked) -> Vec<Statement> {
    let mut stream = Stream::new(asked);
    let sieve = stream.sieve();
    let mut give = |text: &str| stream.read_sifted(text.as_bytes(), &sieve.sift(text.as_bytes()));
    let mut waiting = String::new();
    for line in lines {
        waiting += line;
        waiting.push('\n');
        if waiting.len() >= block {
            give(&std::mem::take(&mut waiting));
        }
    }
    give(&waiting);
    let mut statements = Vec::new();
    assert_eq!(stream.end(&mut |statement| statements.push(statement)), None);
    statements
}

#[test]
fn what_is_counted_unread_changes_nothing_that_is_said() {
    let of = |group: Option<&str>, value: Option<&str>| Asked {
        group: group.map(str::to_owned),
        value: value.map(str::to_owned),
        ..Asked::default()
    };
    let groups = [None, Some("ACME"), Some("acme.net"), Some("other"), Some("nobody")];
    for seed in 0..2 {
        let lines = shuffled(lines(), seed);
        // A damaged line is told with its column, and is found in it whether something stands before it.
        let prefixed = |line: &String| match line.as_str() {
            "" | "{}" => line.clone(),
            _ => format!("{PREFIX}{line}"),
        };
        let read: Vec<String> = lines.iter().map(prefixed).collect();
        for group in groups {
            for (value, block) in [None, Some("ID-1"), Some("ada")].into_iter().zip(BLOCKS) {
                let asked = of(group, value);
                let columnless = |statements: Vec<Statement>| {
                    let text = format!("{statements:#?}");
                    let lines = text.lines().filter(|line| !line.contains("column"));
                    lines.collect::<Vec<_>>().join("\n")
                };
                let meant = columnless(sifted(&read, 1_000_000, &asked));
                let found = columnless(sifted(&lines, block, &asked));
                assert_eq!(found, meant, "{seed}, {block}, {asked:?}");
            }
        }
    }
}

#[test]
fn of_every_export_what_names_no_group_is_counted_and_not_shown_where_one_is_asked_for() {
    let told = |id| Told { name: "Ada Low", id, result: "failure", reason: "no answer" };
    for (called, write) in WRITTEN {
        let text = write(&[told("id-1"), told("id-2")]);
        for group in ["acme", "nobody"] {
            let asked = Asked { group: Some(group.to_owned()), ..Asked::default() };
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let said = format!("{:?}", sifted(&lines, 1, &asked));
            assert!(!said.contains("id-1") && said.contains("2 events name no group"), "{called}: {said}");
        }
    }
}
