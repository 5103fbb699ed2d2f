//! `samlight scim --query` and `samlight scim --from`, the real program: against a stand-in for a search
//! engine that is written from the documentation of Elasticsearch and OpenSearch (`engine/mod.rs`).

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod engine;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use engine::{Engine, Event, Kind, Setting};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpListener,
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::Instant,
};

const KEY: &str = "cGxhbnRlZDpzM2NyM3QtdmFsdWU=";
const KINDS: [Kind; 5] = [
    Kind::Elasticsearch,
    Kind::OldElasticsearch,
    Kind::OpenSearch,
    Kind::OldOpenSearch,
    Kind::FirstOpenSearch,
];

/// The program with these arguments and this environment: exit code, output, errors. No credential of any
/// kind is ever in what it prints.
fn samlight(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samlight"));
    command.arg("scim").args(arguments).stdin(Stdio::null());
    command
        .env_remove("SAMLIGHT_API_KEY")
        .env_remove("SAMLIGHT_BASIC_AUTH")
        .env_remove("SSL_CERT_DIR")
        .envs(environment.iter().copied());
    let output = command.output().unwrap();
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    let (out, errors) = (text(output.stdout), text(output.stderr));
    for secret in [KEY, "s3cr3t-value"] {
        assert!(!out.contains(secret) && !errors.contains(secret), "{out}\n{errors}");
    }
    (output.status.code(), out, errors)
}

/// The `at`th line of a log as an engine has it, in the ways in which lines get there.
fn entry(at: usize) -> Value {
    let line = json!({"time": format!("2026-11-21T17:20:{:02}.452Z", at % 60), "severity": "INFO", "status": 201,
        "method": "POST", "path": "/api/scim/v2/groups/acme/Users", "params": [
            {"key": "externalId", "value": format!("id-{at}")}, {"key": "userName", "value": format!("user{at}")},
            {"key": "emails", "value": [{"type": "work", "value": format!("user{at}@example.com")}]}]});
    match at % 3 {
        0 => json!({"@timestamp": line["time"], "json": line}),
        1 => {
            let mut line = line;
            line["@timestamp"] = line["time"].clone();
            line
        }
        _ => json!({"@timestamp": line["time"], "message": line.to_string()}),
    }
}

fn entries(count: usize) -> Vec<Value> {
    (0..count).map(entry).collect()
}

fn from<'a>(engine: &'a Engine, more: &[&'a str]) -> Vec<&'a str> {
    [&["--from", &engine.url, "--index", "logs-*", "--group", "acme", "--page-size", "3"], more].concat()
}

#[test]
fn each_engine_is_read_to_its_end_in_pages() {
    for kind in KINDS {
        for is_packed in [false, true] {
            let engine = Engine::start(Setting { is_packed, ..Setting::new(kind, entries(8)) });
            let (code, out, errors) = samlight(&from(&engine, &[]), &[]);
            let requests = engine.requests();
            assert!(out.contains("Shown: 8 of 8 SCIM requests"), "{kind:?}: {out}\n{errors}");
            for at in 0..8 {
                assert!(out.contains(&format!("externalId “id-{at}”")), "{kind:?}: {at}: {out}");
            }
            let searches = requests.iter().filter(|it| it.ends_with("_search")).count();
            let has_no_view = kind == Kind::FirstOpenSearch;
            assert_eq!(errors.contains("has no point in time"), has_no_view, "{kind:?}: {errors}");
            assert_eq!(code, Some(i32::from(has_no_view)), "{kind:?}: {out}\n{errors}");
            let refused = usize::from(matches!(kind, Kind::OldElasticsearch | Kind::OldOpenSearch));
            assert_eq!(searches, 3 + refused, "{kind:?}: {requests:?}");
            assert!(requests[0] == "GET /" && requests[1].starts_with("POST /logs-*/"), "{requests:?}");
            assert_eq!(requests.last().unwrap().starts_with("DELETE "), !has_no_view, "{requests:?}");
        }
    }
}

#[test]
fn ten_thousand_entries_come_in_a_hundred_pages() {
    let entries = (0..10_000)
        .map(|at| {
            json!({"@timestamp": "2026-11-21T17:20:17Z", "json": {"method": "GET", "status": 200,
            "path": format!("/api/scim/v2/groups/acme/Users/id-{at}"), "params": []}})
        })
        .collect();
    let engine = Engine::start(Setting::new(Kind::Elasticsearch, entries));
    let arguments = ["--from", &engine.url, "--index", "logs-*", "--value", "id-9999", "--page-size", "100"];
    let (code, out, errors) = samlight(&arguments, &[]);
    assert_eq!(code, Some(0), "{out}\n{errors}");
    assert!(out.contains("Shown: 1 of 10000 SCIM requests") && out.contains("Users/id-9999"), "{out}");
    assert_eq!(engine.requests().iter().filter(|it| *it == "POST /_search").count(), 101);
}

#[test]
fn a_key_or_a_password_goes_to_the_engine_and_nowhere_else() {
    let basic = format!("Basic {KEY}");
    for (variables, authorization) in [
        (vec![("SAMLIGHT_API_KEY", KEY)], format!("ApiKey {KEY}")),
        (vec![("SAMLIGHT_API_KEY", " cGxhbnRlZDpzM2NyM3QtdmFsdWU=\n")], format!("ApiKey {KEY}")),
        (vec![("SAMLIGHT_BASIC_AUTH", "planted:s3cr3t-value")], basic.clone()),
        (vec![("SAMLIGHT_API_KEY", KEY), ("SAMLIGHT_BASIC_AUTH", "a:b")], format!("ApiKey {KEY}")),
    ] {
        let setting = Setting::new(Kind::Elasticsearch, entries(2));
        let engine = Engine::start(Setting { authorization: Some(authorization.clone()), ..setting });
        let (code, out, errors) = samlight(&from(&engine, &[]), &variables);
        assert!(code == Some(0) && out.contains("2 of 2"), "{variables:?}: {out}\n{errors}");
        engine.requests();
        let (code, out, errors) = samlight(&from(&engine, &[]), &[("SAMLIGHT_API_KEY", "other")]);
        assert!(code == Some(2) && out.is_empty() && errors.contains("(401)"), "{errors}");
        assert!(errors.contains("SAMLIGHT_API_KEY"), "{errors}");
    }
    // An engine can repeat what it was sent, in any part of an answer.
    for status in [400, 401, 403, 404, 500] {
        for echoed in [
            KEY.to_owned(),
            format!("ApiKey {KEY}"),
            "planted:s3cr3t-value".to_owned(),
            "(s3cr3t-value)".to_owned(),
        ] {
            let content = json!({"error": {"type": "x", "reason": format!("bad {echoed}")}}).to_string();
            let events = vec![
                ("POST /_search", 1, Event::Status(status, "", content.clone())),
                ("POST /_search", 2, Event::Status(status, "", content)),
            ];
            let engine = Engine::start(Setting { events, ..Setting::new(Kind::Elasticsearch, entries(2)) });
            let (code, _, errors) = samlight(&from(&engine, &[]), &[("SAMLIGHT_API_KEY", KEY)]);
            assert!(code == Some(2) && errors.contains("bad"), "{errors}");
            engine.requests();
        }
    }
    for (name, value) in [
        ("SAMLIGHT_API_KEY", "s3cr3t-value\nHost: x"),
        ("SAMLIGHT_API_KEY", "ä"),
        ("SAMLIGHT_BASIC_AUTH", "s3cr3t-value"),
    ] {
        let (code, _, errors) =
            samlight(&["--from", "http://127.0.0.1:1", "--group", "acme"], &[(name, value)]);
        assert!(code == Some(2) && errors.contains(name), "{errors}");
    }
}

#[test]
fn an_engine_that_is_busy_is_asked_again_and_not_for_ever() {
    let later = |status| Event::Status(status, "Retry-After: 0\r\n", "{}".to_owned());
    for status in [429, 503] {
        let events = vec![("POST /_search", 1, later(status)), ("POST /_search", 2, later(status))];
        let engine = Engine::start(Setting { events, ..Setting::new(Kind::Elasticsearch, entries(4)) });
        let (code, out, errors) = samlight(&from(&engine, &[]), &[]);
        assert!(code == Some(0) && out.contains("4 of 4"), "{out}\n{errors}");
        engine.requests();
        let events = (1..=9).map(|at| ("POST /_search", at, later(status))).collect();
        let engine = Engine::start(Setting { events, ..Setting::new(Kind::Elasticsearch, entries(4)) });
        let (code, _, errors) = samlight(&from(&engine, &[]), &[]);
        assert!(code == Some(2) && errors.contains("too much to do: it refused 4 times"), "{errors}");
        assert_eq!(engine.requests().iter().filter(|it| *it == "POST /_search").count(), 4);
    }
    // The engine says when.
    let events = vec![("POST /_search", 1, Event::Status(429, "Retry-After: 1\r\n", String::new()))];
    let engine = Engine::start(Setting { events, ..Setting::new(Kind::Elasticsearch, entries(1)) });
    let start = Instant::now();
    assert_eq!(samlight(&from(&engine, &[]), &[]).0, Some(0));
    assert!(start.elapsed().as_millis() >= 1_000);
}

#[test]
fn what_was_read_before_something_went_wrong_is_told_and_the_view_is_closed() {
    let events = [
        (Event::Cut, "connection broke"),
        (Event::Silence, "within 1 seconds"),
        (
            Event::Status(500, "", json!({"error": {"type": "x", "reason": "out of memory"}}).to_string()),
            "out of memory",
        ),
        (Event::Status(200, "", "{\"hits\":".to_owned()), "not Elasticsearch or OpenSearch"),
    ];
    for (event, words) in events {
        let events = vec![("POST /_search", 3, event)];
        let engine = Engine::start(Setting { events, ..Setting::new(Kind::Elasticsearch, entries(9)) });
        let (code, out, errors) = samlight(&from(&engine, &["--timeout", "1"]), &[]);
        assert_eq!(code, Some(2), "{words}: {out}\n{errors}");
        assert!(out.contains("Shown: 6 of 6 SCIM requests"), "{words}: {out}\n{errors}");
        assert!(errors.contains("after 6 entries") && errors.contains(words), "{words}: {errors}");
        engine.requests();
    }
}

#[test]
fn an_answer_that_is_not_whole_is_told() {
    let failed = json!({"total": 2, "successful": 1, "failed": 1});
    for (name, value, words) in
        [("timed_out", json!(true), "part of the engine"), ("_shards", failed, "part of the engine")]
    {
        let events = vec![("POST /_search", 1, Event::With(name, value))];
        let engine = Engine::start(Setting { events, ..Setting::new(Kind::Elasticsearch, entries(2)) });
        let (code, out, errors) = samlight(&from(&engine, &[]), &[]);
        assert!(code == Some(1) && out.contains("2 of 2") && errors.contains(words), "{out}\n{errors}");
        engine.requests();
    }
    let hits = json!({"total": {"value": 5, "relation": "eq"}, "hits": []});
    for (name, value, code, words) in [
        ("hits", hits, 1, "counted 5 entries but gave only 0"),
        ("_shards", json!({"total": 0, "failed": 0}), 2, "No index of the engine fits"),
    ] {
        let events = vec![("POST /_search", 1, Event::With(name, value))];
        let engine = Engine::start(Setting { events, ..Setting::new(Kind::Elasticsearch, entries(2)) });
        let (found, _, errors) = samlight(&from(&engine, &[]), &[]);
        assert!(found == Some(code) && errors.contains(words), "{errors}");
        engine.requests();
    }
    let engine = Engine::start(Setting::new(Kind::OpenSearch, Vec::new()));
    let (code, out, errors) = samlight(&from(&engine, &["--json"]), &[]);
    assert!(code == Some(1) && out.contains("found no entry") && errors.is_empty(), "{out}\n{errors}");
    engine.requests();
}

#[test]
fn what_is_no_engine_is_named() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let elsewhere = format!("Location: http://{}/\r\n", other.local_addr().unwrap());
    let elsewhere: &'static str = Box::leak(elsewhere.into_boxed_str());
    let page = "<!DOCTYPE html><title>Kibana</title>";
    for (status, headers, content, words) in [
        (200, "", page, "web page"),
        (404, "", page, "web page"),
        (200, "", "{\"name\": \"something\"}", "not Elasticsearch or OpenSearch"),
        (200, "", "", "not Elasticsearch or OpenSearch"),
        (
            302,
            "Location: https://login.example.com/x?token=s3cr3t-value\r\n",
            "",
            "(https://login.example.com)",
        ),
        (307, elsewhere, "", "sends Samlight to another one"),
        (308, "", "", "sends Samlight to another one"),
        (200, "", "{\"version\": {\"number\": \"6.8.23\"}}", "Elasticsearch 6.8"),
        (401, "", "{}", "(401)"),
    ] {
        for at in ["GET /", "POST /logs-*/_pit", "POST /_search"] {
            let is_root = at == "GET /";
            // An engine that hides what it is, and one that has no point in time, are asked on.
            if !is_root && (status == 404 || content.starts_with('{') || content.is_empty() && status == 200)
            {
                continue;
            }
            if is_root && status == 404 {
                continue;
            }
            let events =
                (1..=2).map(|number| (at, number, Event::Status(status, headers, content.to_owned())));
            let events = events.collect();
            let engine = Engine::start(Setting { events, ..Setting::new(Kind::Elasticsearch, entries(2)) });
            let (code, out, errors) = samlight(&from(&engine, &[]), &[("SAMLIGHT_API_KEY", KEY)]);
            assert!(code == Some(2) && out.is_empty() && errors.contains(words), "{at} {status}: {errors}");
            engine.requests();
        }
    }
    // Nobody came to where the redirect leads.
    other.set_nonblocking(true).unwrap();
    assert!(other.accept().is_err());
}

#[test]
fn a_key_for_nothing_but_searching_is_enough() {
    let no = |reason: &str| json!({"error": {"type": "security_exception", "reason": reason}}).to_string();
    for kind in [Kind::Elasticsearch, Kind::FirstOpenSearch] {
        let events = vec![("GET /", 1, Event::Status(403, "", no("action [main] is unauthorized")))];
        let index = "logs-*";
        let engine = Engine::start(Setting { events, index, ..Setting::new(kind, entries(2)) });
        let (code, out, errors) = samlight(&from(&engine, &[]), &[]);
        assert!(out.contains("2 of 2"), "{kind:?}: {code:?}: {out}\n{errors}");
        if kind == Kind::Elasticsearch {
            engine.requests();
        }
    }
    let events = vec![("POST /_search", 1, Event::Status(403, "", no("not for [logs-1]")))];
    let engine = Engine::start(Setting { events, ..Setting::new(Kind::Elasticsearch, entries(2)) });
    let (code, _, errors) = samlight(&from(&engine, &[]), &[]);
    assert!(code == Some(2) && errors.contains("(403)") && errors.contains("not for [logs-1]"), "{errors}");
    engine.requests();
}

#[test]
fn an_index_that_is_not_there_is_named() {
    let engine = Engine::start(Setting::new(Kind::Elasticsearch, entries(2)));
    let (code, _, errors) = samlight(&["--from", &engine.url, "--index", "nothing", "--group", "acme"], &[]);
    assert!(code == Some(2) && errors.contains("no such index") && errors.contains("--index"), "{errors}");
    engine.requests();
}

#[test]
fn a_page_that_is_too_large_is_asked_for_in_parts() {
    // Blanks between the values of an entry are no line of a log, however many there are.
    let page = format!("{{\"hits\": {}", " ".repeat(25 * 1024 * 1024));
    let events = vec![("POST /_search", 2, Event::Status(200, "", page))];
    let engine =
        Engine::start(Setting { events, is_packed: true, ..Setting::new(Kind::Elasticsearch, entries(8)) });
    let arguments = from(&engine, &["--timeout", "300"]);
    let (code, out, errors) = samlight(&arguments, &[]);
    assert!(code == Some(0) && out.contains("8 of 8"), "{code:?}: {out}\n{errors}");
    // Three, none for they are too large, then one by one, and the end.
    assert_eq!(engine.requests().iter().filter(|it| *it == "POST /_search").count(), 8);
}

#[test]
fn a_connection_that_cannot_be_is_explained() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    // A server without TLS answers as this one does.
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let with_tls = format!("https://{}", plain.local_addr().unwrap());
    thread::spawn(move || {
        for stream in plain.incoming() {
            stream.unwrap().write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").unwrap();
        }
    });
    for (url, words) in [
        (format!("http://{closed}"), "refused"),
        ("http://nothing.invalid:9200".to_owned(), "--allow-http"),
        ("https://nothing.invalid:9200".to_owned(), "No machine with this name"),
        (with_tls, "no safe connection (TLS)"),
        ("https://elastic:s3cr3t-value@127.0.0.1".to_owned(), "SAMLIGHT_BASIC_AUTH"),
        ("logs.example.com".to_owned(), "not the address"),
    ] {
        let (code, out, errors) = samlight(&["--from", &url, "--group", "acme", "--timeout", "5"], &[]);
        assert!(code == Some(2) && out.is_empty() && errors.contains(words), "{url}: {errors}");
    }
}

/// A server with TLS that answers each connection with a web page, and its certificate in PEM form.
fn web_site() -> (String, String) {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap());
    let config = Arc::new(config.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            // One that does not believe in the certificate sends nothing.
            if stream.read(&mut [0; 4096]).is_ok() {
                let page = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Type: text/html\r\n\r\n<html>";
                let _ = stream.write_all(page.as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    let pem = STANDARD.encode(certificate.der());
    (url, format!("-----BEGIN CERTIFICATE-----\n{pem}\n-----END CERTIFICATE-----\n"))
}

#[test]
fn a_server_is_believed_if_the_system_or_the_person_trusts_it() {
    let (url, certificate) = web_site();
    let folder = tempfile::tempdir().unwrap();
    let (own, empty) = (folder.path().join("own.pem"), folder.path().join("empty.pem"));
    std::fs::write(&own, certificate).unwrap();
    std::fs::write(&empty, "").unwrap();
    let (_, other) = web_site();
    let stranger = folder.path().join("other.pem");
    std::fs::write(&stranger, other).unwrap();
    for (trusted, words) in
        [(own, "is a web page"), (stranger, "no safe connection (TLS)"), (empty, "no certificates")]
    {
        let trusted = trusted.to_str().unwrap();
        let arguments = ["--from", &url, "--group", "acme", "--timeout", "5"];
        let (code, out, errors) =
            samlight(&arguments, &[("SSL_CERT_FILE", trusted), ("SAMLIGHT_API_KEY", KEY)]);
        assert!(code == Some(2) && out.is_empty() && errors.contains(words), "{trusted}: {errors}");
    }
}

#[test]
fn the_query_is_printed_and_nothing_else() {
    let asked =
        ["--group", "acme", "--value", "a\"b", "--since", "2026-11-20", "--until", "2026-11-21T12:00:00Z"];
    for (language, words) in [
        ("kql", r#"json.params.value: ("a\"b" or *a\"b*)"#),
        ("lucene", r#"json.params.value:("a\"b" OR *a\"b*)"#),
        ("dsl", r#""query": "a\"b""#),
    ] {
        let (code, out, errors) = samlight(&[&["--query", language][..], &asked].concat(), &[]);
        assert!(code == Some(0) && errors.is_empty() && out.contains(words), "{language}: {out}\n{errors}");
        assert!(out.contains("2026-11-20T00:00:00Z") && out.contains("2026-11-21T12:00:00Z"), "{out}");
        assert_eq!(out.lines().count() == 1, language != "dsl", "{out}");
        let (_, json, _) = samlight(&[&["--query", language, "--json"][..], &asked].concat(), &[]);
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            (json["language"].as_str(), json["index"].as_str()),
            (Some(language), Some("pubsub-rails-inf-gprd-*"))
        );
        match language {
            "dsl" => assert_eq!(json["query"], serde_json::from_str::<Value>(&out).unwrap()),
            _ => assert_eq!(json["query"], out.trim_end()),
        }
    }
    let (_, out, _) = samlight(&["--query", "kql", "--fields", "plain", "--group", "acme"], &[]);
    assert!(out.starts_with("path: ("), "{out}");
    for (arguments, words) in [
        (&["--query", "kql"][..], "Nothing was asked for"),
        (&["--query", "kql", "--group", "/"], "Nothing was asked for"),
        (&["--query", "sql", "--group", "acme"], "sql"),
        (&["--query", "kql", "--since", "yesterday"], "--since yesterday is not a time"),
        (&["--query", "kql", "--group", "acme", "file"], "cannot be used with"),
        (&["--from", "https://logs.example.com"], "Nothing was asked for"),
        (&["--from", "https://logs.example.com", "--query", "kql"], "cannot be used with"),
        (&["--from", "https://logs.example.com", "--group", "acme", "--page-size", "0"], "page-size"),
        (&["--since", "tomorrow", "file"], "--since tomorrow is not a time"),
    ] {
        let (code, out, errors) = samlight(arguments, &[]);
        assert!(code == Some(2) && out.is_empty() && errors.contains(words), "{arguments:?}: {errors}");
    }
}
