//! Files in and out: recordings of other software, whole and damaged, through the library and the command
//! line.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod program;

use base64::{Engine, prelude::BASE64_STANDARD};
use program::samlight;
use samlight::{
    base::{instant::Timestamp, pseudonym::Salt},
    binding::{BindingId, Carried},
    event::{Body, EventId},
    file::{
        export::{self, Secrecy},
        import::{self, Imported},
    },
    trace::tracer::Tracer,
};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

const NOW: Timestamp = Timestamp(1_767_862_800_000);
const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
/// An AuthnRequest with the ID `_q1`, deflated, in base64, escaped.
const REQUEST: &str =
    "symwciwtycgLSi0sTS0uUajIzckrtiqwVSotyrPKTyzOLLbKS8xNLbYqSbYKdvT1sTLSM7AqKMovyU%2FOz1FS8HSxVYovNFTStwMA";
const RESPONSE: &str = r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" InResponseTo="_q1"><a:Assertion><a:Subject><a:NameID>Ådå+ü</a:NameID></a:Subject></a:Assertion></p:Response>"#;

fn encoded() -> String {
    BASE64_STANDARD.encode(RESPONSE)
}

fn body() -> String {
    let value = encoded().replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    format!("utf8=%E2%9C%93&SAMLResponse={value}&RelayState=%2Facme+a&password=s3cr3t")
}

/// A sign-in as a browser's developer tools save it; `post_data` is the browser's way.
fn har(post_data: &Value) -> Value {
    let location = format!("https://idp.example.com/sso?SAMLRequest={REQUEST}&RelayState=r");
    json!({"log": {"version": "1.2", "pages": [{"title": "]}\""}], "entries": [
        {"startedDateTime": "2026-01-01T10:00:00.5+01:00", "time": 3,
            "request": {"method": "POST", "url": format!("{ACS}?x=1"), "headers": []},
            "response": {"status": 0, "headers": [], "_error": "net::ERR_FAILED"}},
        {"startedDateTime": "2026-01-01T10:00:00.000+01:00", "time": 12.7,
            "request": {"method": "GET", "url": "https://gitlab.com/assets/app.js", "headers": []},
            "response": {"status": 200, "headers": [], "content": {"text": "SAMLResponse"}}},
        {"startedDateTime": "2026-01-01T10:00:01.500+01:00", "time": 30, "timings": {"send": 1, "wait": 20},
            "request": {"method": "POST", "url": "https://gitlab.com/users/auth/group_saml?group_path=acme", "headers": []},
            "response": {"status": 302, "headers": [{"name": "location", "value": location}], "redirectURL": location}},
        {"startedDateTime": "2026-01-01T10:00:02+01:00", "time": 9,
            "request": {"method": "GET", "url": location, "headers": []}, "response": {"status": 200, "headers": []}},
        {"startedDateTime": "2026-01-01T10:00:05+01:00", "time": 40,
            "request": {"method": "POST", "url": ACS, "postData": post_data, "headers": [
                {"name": "Cookie", "value": "s3cr3t"}, {"name": "Origin", "value": "https://idp.example.com"}]},
            "response": {"status": 302, "redirectURL": "https://gitlab.com/acme", "headers": [
                {"name": "Set-Cookie", "value": "s3cr3t"}, {"name": "Date", "value": "Thu, 01 Jan 2026 09:00:05 GMT"}]}},
    ]}})
}

fn chromium() -> Value {
    har(&json!({"mimeType": "application/x-www-form-urlencoded", "text": body(),
        "params": [{"name": "SAMLResponse", "value": "not looked at"}]}))
}

fn read(file: &Value) -> Imported {
    import::file("a.har", file.to_string().as_bytes(), NOW)
}

fn messages(imported: Imported) -> Vec<Carried> {
    import::messages(imported).collect()
}

fn names(carried: &[Carried]) -> Vec<(BindingId, Option<&str>)> {
    carried.iter().map(|it| (it.binding, it.message.as_ref().map(|message| message.kind.name()))).collect()
}

const SIGN_IN: [(BindingId, Option<&str>); 2] =
    [(BindingId::HttpRedirect, Some("AuthnRequest")), (BindingId::HttpPost, Some("Response"))];

#[test]
fn a_har_gives_the_sign_in_as_the_browser_would_have_shown_it() {
    let firefox = json!({"mimeType": "application/x-www-form-urlencoded", "params": [],
        "text": format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n{}", body())});
    let parts = json!({"mimeType": "multipart/form-data; boundary=x", "text": "--x…",
        "params": [{"name": "SAMLResponse", "value": encoded()}, {"name": "RelayState", "value": "/acme a"}]});
    let listed = json!({"mimeType": "application/x-www-form-urlencoded", "params": [
        {"name": "SAMLResponse", "value": encoded()}, {"name": "RelayState", "value": "%2Facme+a"}]});
    for file in [chromium(), har(&firefox), har(&parts), har(&listed)] {
        let imported = read(&file);
        assert_eq!(imported.flaws, []);
        let text = json!(imported.events).to_string();
        assert!(!text.contains("s3cr3t") && !text.contains("utf8"), "only fields of SAML are kept: {text}");
        let tracer = Tracer::replay(imported.events.clone());
        let (failed, flow) = (&tracer.flows()[0], &tracer.flows()[1]);
        assert_eq!((tracer.flows().len(), failed.response), (2, None));
        let (name_id, _) = flow.name_id(&tracer).unwrap();
        assert_eq!(name_id.value, "Ådå+ü");
        let acs = tracer.exchanges().iter().find(|exchange| exchange.url.expose() == ACS).unwrap();
        assert_eq!(acs.id.time, Timestamp::parse("2026-01-01T09:00:05Z").unwrap());
        assert_eq!((acs.origin.as_deref(), acs.duration()), (Some("https://idp.example.com"), Some(40)));
        assert_eq!(acs.messages[0].carried().relay_state.as_ref().unwrap().expose(), "/acme a");
        let failed = imported
            .events
            .iter()
            .any(|event| matches!(&event.body, Body::Failed(end) if end.error == "net::ERR_FAILED"));
        assert!(failed, "the failed request");
        assert_eq!(names(&messages(imported)), SIGN_IN, "the redirect and its request are one message");
    }
}

/// The HAR of a sign-in with the page that GitLab showed: in the redirect's target, or as the answer itself.
fn har_with_page(status: u16, page: &str, is_answer: bool) -> Value {
    let mut file = chromium();
    let entries = file["log"]["entries"].as_array_mut().unwrap();
    let encoded = BASE64_STANDARD.encode(page);
    let content = json!({"mimeType": "text/html", "text": encoded, "encoding": "base64"});
    let callback = &mut entries.last_mut().unwrap()["response"];
    if is_answer {
        *callback = json!({"status": status, "headers": [], "content": content});
        return file;
    }
    callback["redirectURL"] = json!("https://gitlab.com/groups/acme/-/saml/sso");
    entries.push(json!({"startedDateTime": "2026-01-01T10:00:06+01:00", "time": 30,
        "request": {"method": "GET", "url": "https://gitlab.com/groups/acme/-/saml/sso", "headers": []},
        "response": {"status": status, "headers": [], "content": content}}));
    file
}

#[test]
fn a_har_tells_the_end_of_a_sign_in_by_the_message_on_its_page() {
    let alert = r#"<body><div class="flash-container flash-container-page"><div class="gl-alert flash-alert">
        <div class="gl-alert-body">Unable to sign in to group with SAML: &quot;Fingerprint mismatch&quot;</div></div></div>"#;
    let none = r#"<body><div class="flash-container"></div></body>"#;
    let rejected = "<body><h1>422: The change you requested was rejected</h1></body>";
    let expected = [
        (
            har_with_page(200, alert, false),
            Some("Unable to sign in to group with SAML: \"Fingerprint mismatch\""),
        ),
        (har_with_page(200, none, false), Some("")),
        (har_with_page(422, rejected, true), Some("422: The change you requested was rejected")),
        (chromium(), None),
    ];
    for (file, said) in expected {
        let tracer = Tracer::replay(read(&file).events);
        let flow = tracer.flows().last().unwrap();
        assert_eq!(flow.flash.as_ref().map(|shown| shown.join(" ")).as_deref(), said);
        // It is the file that says so.
        assert!(flow.flash_event.as_ref().is_none_or(EventId::is_imported));
    }
}

/// The answer to an image is a page of an error too, and comes before the page: nobody sees it.
#[test]
fn a_page_that_nobody_sees_does_not_tell_the_end() {
    let page = har_with_page(200, r#"<body><div class="flash-container"></div></body>"#, false);
    let unseen = [
        json!({"_resourceType": "image"}),
        json!({"_resourceType": "xhr"}),
        json!({"headers": [{"name": "Sec-Fetch-Dest", "value": "image"}]}),
        json!({"headers": [{"name": "sec-fetch-dest", "value": "empty"}]}),
    ];
    let seen = [
        json!({"_resourceType": "document"}),
        json!({"headers": [{"name": "Sec-Fetch-Dest", "value": "document"}]}),
    ];
    let ends = |marks: &Value| {
        let mut file = page.clone();
        let entries = file["log"]["entries"].as_array_mut().unwrap();
        let headers = marks.get("headers").cloned().unwrap_or_else(|| json!([]));
        let mut entry = json!({"startedDateTime": "2026-01-01T10:00:05.900+01:00", "time": 30,
            "request": {"method": "GET", "url": "https://gitlab.com/missing", "headers": headers},
            "response": {"status": 404, "headers": [], "content": {"mimeType": "text/html",
                "text": "<body><h1>404: Page not found</h1></body>"}}});
        if let Some(kind) = marks.get("_resourceType") {
            entry["_resourceType"] = kind.clone();
        }
        entries.insert(entries.len() - 1, entry);
        let tracer = Tracer::replay(read(&file).events);
        tracer.flows().last().unwrap().flash.as_ref().map(|shown| shown.join(" "))
    };
    for marks in unseen {
        assert_eq!(ends(&marks).as_deref(), Some(""), "{marks}");
    }
    for marks in seen {
        assert_eq!(ends(&marks).as_deref(), Some("404: Page not found"), "{marks}");
    }
}

#[test]
fn what_was_not_cut_off_is_read_and_the_place_is_said() {
    let whole = serde_json::to_string_pretty(&chromium()).unwrap();
    let at = whole.rfind("Set-Cookie").unwrap();
    let imported = import::file("a.har", &whole.as_bytes()[..at], NOW);
    let [flaw] = imported.flaws.as_slice() else { panic!("{:?}", imported.flaws) };
    assert_eq!((flaw.code, flaw.at.unwrap().start), ("file-cut-off", at));
    let line = whole[..at].lines().count();
    assert!(flaw.text.to_string().contains(&format!("byte {at} (line {line})")), "{}", flaw.text);
    let found = messages(imported);
    // The entry that carries the Response is cut off behind its form.
    assert_eq!(names(&found)[..2], SIGN_IN);
    assert_eq!((found[2].flaws[0].code, found[2].message.is_none()), ("file-cut-off", true));
    // One entry is damaged: the others are read.
    let damaged = whole.replacen("\"time\": 9", "\"time\" 9", 1);
    let imported = import::file("a.har", damaged.as_bytes(), NOW);
    assert_eq!(imported.flaws.iter().map(|flaw| flaw.code).collect::<Vec<_>>(), ["damaged-entry"]);
    assert_eq!(names(&messages(imported))[..2], SIGN_IN);
}

#[test]
fn a_har_without_saml_says_so_and_a_soap_body_is_kept() {
    let entry = |request: Value, content: Value| json!({"log": {"entries": [{"request": request, "response": {"status": 200, "headers": [], "content": content}}]}});
    let page = entry(
        json!({"method": "GET", "url": "https://gitlab.com/"}),
        json!({"mimeType": "text/html", "text": "x"}),
    );
    let imported = read(&page);
    assert_eq!((imported.events.len(), imported.flaws[0].code), (0, "no-saml"));
    let soap = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>{RESPONSE}</e:Body></e:Envelope>"
    );
    let request = json!({"method": "POST", "url": "https://idp.example.com/soap?token=s3cr3t",
        "postData": {"mimeType": "text/xml", "text": soap}});
    let answer =
        json!({"mimeType": "application/xml", "encoding": "base64", "text": BASE64_STANDARD.encode(&soap)});
    let imported = read(&entry(request, answer));
    assert_eq!((imported.events.len(), imported.flaws.len()), (2, 0));
    for event in &imported.events {
        let Body::Message(message) = &event.body else { panic!("{event:?}") };
        assert_eq!(message.octets.expose(), &BASE64_STANDARD.encode(&soap));
        assert!(
            !message.source.contains("s3cr3t") && message.source.starts_with("a.har: https://idp"),
            "{}",
            message.source
        );
    }
}

#[test]
fn a_message_in_the_query_of_a_post_is_read() {
    let entry = json!({"startedDateTime": "2026-01-01T10:00:00+01:00", "time": 9, "response": {"status": 200, "headers": []},
        "request": {"method": "POST", "url": format!("https://idp.example.com/sso?SAMLRequest={REQUEST}"), "headers": [],
            "postData": {"mimeType": "application/x-www-form-urlencoded", "text": "user=ada"}}});
    let imported = read(&json!({"log": {"entries": [entry]}}));
    assert_eq!(names(&messages(imported)), SIGN_IN[..1]);
}

/// The export of SAML-tracer; `mask` is its way of masking.
fn saml_tracer(mask: impl Fn(&str) -> String, saml: Option<&str>) -> Value {
    let url = format!("https://idp.example.com/sso?SAMLRequest={REQUEST}");
    let headers = |date: &str| json!([{"name": "Date", "value": date}]);
    json!({"timestamp": "2026-01-01T12:00:00.000Z", "requests": [
        {"method": "GET", "url": url, "requestId": "7", "requestHeaders": [], "get": [["SAMLRequest", REQUEST]],
            "responseStatus": 200, "responseStatusText": "HTTP/1.1 200", "responseHeaders": headers("Thu, 01 Jan 2026 09:00:00 GMT")},
        {"method": "POST", "url": ACS, "requestId": "8", "requestHeaders": [{"name": "origin", "value": "https://idp.example.com"}],
            "post": [["SAMLResponse", mask(&encoded())], ["RelayState", mask("/acme")]], "saml": saml, "protocol": "SAML-P",
            "postData": "{overwritten}", "responseStatus": 302, "responseStatusText": "", "responseHeaders": [
                {"name": "Location", "value": "https://gitlab.com/acme"}]},
    ]})
}

#[test]
fn saml_tracers_json_is_read_plain_and_masked() {
    let plain = read(&saml_tracer(str::to_owned, None));
    assert_eq!(plain.flaws, []);
    let tracer = Tracer::replay(plain.events.clone());
    assert_eq!(tracer.flows().len(), 1, "request and Response are one sign-in");
    assert_eq!(tracer.exchanges()[0].id.time, Timestamp::parse("2026-01-01T09:00:00Z").unwrap());
    assert_eq!(names(&messages(plain)), SIGN_IN);
    for mask in ["{hash:0f}", "{obf:alternative_0}", "{overwritten}"] {
        let masked = read(&saml_tracer(|_| mask.into(), Some(RESPONSE)));
        assert_eq!(masked.flaws[0].code, "masked");
        assert!(masked.flaws[0].text.to_string().contains("copy"), "{}", masked.flaws[0].text);
        assert_eq!(names(&messages(masked))[..2], SIGN_IN, "{mask}");
        let lost = read(&saml_tracer(|_| mask.into(), None));
        assert_eq!((lost.flaws.len(), names(&messages(lost))[1]), (1, (BindingId::HttpPost, None)));
    }
    let old = json!({"requests": [{"method": "POST", "url": ACS, "id": "1", "requestHeaders": [["Origin", "x"]],
        "post": [["SAMLResponse", encoded()]], "responseStatus": "302", "responseHeaders": [["Date", "x"]]},
        {"method": "GET", "url": "https://sts.example.com/", "saml": RESPONSE}]});
    let found = messages(read(&old));
    assert_eq!(names(&found), [SIGN_IN[1], (BindingId::None, Some("Response"))]);
}

#[test]
fn the_same_file_tells_nothing_twice() {
    let (one, other) = (read(&chromium()), read(&chromium()));
    let ids = |imported: &Imported| imported.events.iter().map(|event| event.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&one), ids(&other));
    assert_eq!(one, other);
}

#[test]
fn an_export_is_redacted_unless_it_is_asked_for_in_clear() {
    let events = read(&chromium()).events;
    for format in &export::FORMATS {
        let redacted = format.export(&events, Secrecy::default(), Salt::default());
        assert!(
            redacted.name.contains("-redacted.") && redacted.name.ends_with(format.extension),
            "{}",
            redacted.name
        );
        for secret in [&encoded()[..40], &REQUEST[..40], "acme a", "acme%20a"] {
            assert!(!redacted.content.contains(secret), "{} holds {secret}", format.id);
        }
        let clear = format.export(&events, Secrecy::Clear, Salt::default());
        let read = import::file("x", clear.content.as_bytes(), NOW);
        assert_eq!(names(&messages(read)), SIGN_IN, "{}", format.id);
    }
    let imported = import::file("a.xml", RESPONSE.as_bytes(), NOW).events;
    assert_eq!(export::format("har").unwrap().export(&imported, Secrecy::Clear, Salt::default()).left_out, 1);
    assert_eq!(
        export::format("trace").unwrap().export(&imported, Secrecy::Clear, Salt::default()).left_out,
        0
    );
}

#[test]
fn a_file_of_nothing_but_damage_is_bounded() {
    let file = format!("{{\"log\":{{\"entries\":[{}]}}}}", "{x},\n".repeat(200_000));
    let imported = import::file("a.har", file.as_bytes(), NOW);
    assert_eq!(imported.flaws.len(), 100);
    assert_eq!(imported.flaws.last().map(|flaw| flaw.code), Some("too-many-flaws"));
    // Deeper than anything is nested, and never closed.
    let deep = format!("{{\"log\":{{\"entries\":[{}", "[".repeat(1_000_000));
    let codes: Vec<_> =
        import::file("a.har", deep.as_bytes(), NOW).flaws.iter().map(|flaw| flaw.code).collect();
    assert_eq!(codes, ["damaged-entry", "file-cut-off", "no-saml"]);
}

#[test]
fn the_static_page_is_served_on_loopback_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "the page").unwrap();
    std::fs::write(folder.path().join("secret.txt"), "s3cr3t").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_samlight"))
        .arg("serve")
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap().to_owned();
    let ask = |path: &str| {
        let mut connection = TcpStream::connect(&address).unwrap();
        write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    };
    // A browser opens connections in advance. Nobody waits until they are given up.
    let mut silent = TcpStream::connect(&address).unwrap();
    let answers = [ask("/"), ask("/secret.txt"), ask("/../Cargo.toml")];
    silent.set_nonblocking(true).unwrap();
    let is_open = silent.read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(is_open, "the silent connection was given up before the others were answered");
    assert!(answers[0].starts_with("HTTP/1.1 200") && answers[0].ends_with("the page"), "{}", answers[0]);
    assert!(answers[0].contains("Content-Security-Policy: default-src 'none'"), "{}", answers[0]);
    assert!(answers[1..].iter().all(|answer| answer.starts_with("HTTP/1.1 404")), "{answers:?}");
    let (code, _, error) = samlight(&["serve", "no-such-folder"], "");
    assert!(code == Some(2) && error.contains("no-such-folder"), "{error}");
}

#[test]
fn the_command_line_reads_compares_and_writes_recordings() {
    let file = chromium().to_string();
    let (code, out, _) = samlight(&["inspect", "--json", "-"], &file);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((code, lines.len(), &lines[1]["subject"]["name_id"]), (Some(1), 2, &json!("Ådå+ü")));
    let check = [
        "check",
        "--json",
        "--gitlab",
        "https://gitlab.com",
        "--group",
        "acme",
        "--extern-uid",
        "ådå+ü",
        "-",
    ];
    let (code, out, _) = samlight(&check, &file);
    let checked: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &checked["saml_verdict"]), (Some(1), &json!("case-only")));
    for format in ["trace", "har", "saml-tracer"] {
        let (code, clear, _) = samlight(&["export", "--format", format, "--clear", "-"], &file);
        assert_eq!(code, Some(0));
        let (_, out, _) = samlight(&["inspect", "--json", "-"], &clear);
        assert_eq!(out.lines().count(), 2, "{format}");
        let (_, redacted, _) = samlight(&["export", "--format", format, "-"], &file);
        assert!(!redacted.contains(&encoded()[..40]), "{format}");
    }
    let (code, _, error) = samlight(&["export", "--format", "pdf", "-"], &file);
    assert_eq!(code, Some(2));
    assert!(error.contains("pdf") && error.contains("saml-tracer"), "{error}");
    let (code, _, error) = samlight(&["export", "--format", "har", "-"], RESPONSE);
    assert!(code == Some(0) && error.contains("things left out: 1"), "{error}");
}
