//! Sign-ins that a browser recorded, in the story of a person: each end beside each way of naming the person,
//! joined with logs by what GitLab compares, and given to the command line in each kind of file.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod program;

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use program::samlight;
use samlight::{
    base::{instant::Timestamp, severity::Severity},
    case::Case,
    event::Event,
    scim::{
        evidence::Asked,
        record::{Source, What},
        story::{self, Content, StoryFile, Told},
    },
    trace::tracer::Tracer,
    view::{sign_ins, verdict},
};
use serde_json::{Value, json};
use std::io::Write;

/// 2026-01-01T09:00:00Z.
const START: i64 = 1_767_258_000_000;
const NOW: Timestamp = Timestamp(START + 90_000_000);
const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";

/// The end of a sign-in: GitLab's answer, where it was seen, and the page that followed.
struct End {
    called: &'static str,
    answer: Option<(u16, &'static str)>,
    shown: Option<&'static str>,
    what: What,
}

const ENDS: [End; 6] = [
    End {
        called: "let in",
        answer: Some((302, "https://gitlab.com/acme")),
        shown: Some("Signed in with SAML for Acme"),
        what: What::SignedIn,
    },
    End {
        called: "let in, page not seen",
        answer: Some((302, "https://gitlab.com/acme")),
        shown: None,
        what: What::SignedIn,
    },
    End {
        called: "refused",
        answer: Some((302, "https://gitlab.com/groups/acme/-/saml/sso")),
        shown: Some("Unable to sign in to group with SAML: \"Digest mismatch\""),
        what: What::SignInRefused,
    },
    End { called: "no such group", answer: Some((404, "")), shown: None, what: What::SignInRefused },
    End { called: "failed", answer: Some((500, "")), shown: None, what: What::SignInRefused },
    End { called: "not answered", answer: None, shown: None, what: What::SignInOpen },
];

/// The values by which a Response names the person.
#[derive(Clone, Copy)]
struct Names {
    name_id: Option<&'static str>,
    format: &'static str,
    email: Option<&'static str>,
}

const PERSISTENT: &str = "persistent";
const TRANSIENT: &str = "transient";

fn response(number: usize, names: Names) -> String {
    let name_id = names.name_id.map_or_else(String::new, |it| {
        format!(
            "<a:NameID Format='urn:oasis:names:tc:SAML:2.0:nameid-format:{}'>{it}</a:NameID>",
            names.format
        )
    });
    let email = names.email.map_or_else(String::new, |it| {
        format!(
            "<a:AttributeStatement><a:Attribute Name='email'><a:AttributeValue>{it}</a:AttributeValue>\
             </a:Attribute></a:AttributeStatement>"
        )
    });
    format!(
        "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' xmlns:a='urn:oasis:names:tc:SAML:2.0:assertion' \
         ID='_r{number}'><p:Status><p:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Success'/></p:Status>\
         <a:Assertion ID='_a'><a:Subject>{name_id}</a:Subject>{email}</a:Assertion></p:Response>"
    )
}

/// The events of a sign-in that begins `minute` minutes after the start.
fn events(minute: usize, names: Names, end: &End) -> Vec<Event> {
    let (tab, request) = (10 + minute, format!("r{minute}"));
    let sent = json!({"kind": "request", "request": request, "tab": tab, "method": "POST", "body": "form",
        "url": ACS, "form": [["SAMLResponse", [BASE64_STANDARD.encode(response(minute, names))]]]});
    let answered = end.answer.map(|(status, location)| {
        let mut answered = json!({"kind": "response", "request": request, "tab": tab, "method": "POST",
            "url": ACS, "status": status});
        if !location.is_empty() {
            answered["location"] = json!(location);
        }
        answered
    });
    let shown = end.shown.map(|shown| {
        json!({"kind": "page", "tab": tab, "url": end.answer.unwrap().1, "page": "any", "rows": [],
            "fields": {"flash": [shown]}})
    });
    let all = std::iter::once(sent).chain(answered).chain(shown).enumerate();
    let with_id = |(at, mut event): (usize, Value)| {
        event["id"] = json!(format!("{:013}-story-{at:06}", START + 60_000 * minute as i64));
        serde_json::from_value(event).unwrap()
    };
    all.map(with_id).collect()
}

/// A line of GitLab's log: the SCIM app sends `id` for `email`, at this time.
fn post(time: &str, status: u16, id: &str, email: &str) -> String {
    json!({"time": format!("2026-01-01T{time}Z"), "method": "POST", "path": "/api/scim/v2/groups/acme/Users",
        "status": status, "host": "gitlab.com", "params": [{"key": "externalId", "value": id},
            {"key": "emails", "value": [{"type": "work", "value": email}]}]})
    .to_string()
}

/// A line of Okta's log: a sign-in with `name_id`.
fn logged(name_id: &str) -> String {
    json!({"published": "2026-01-01T08:59:00Z", "eventType": "user.authentication.sso",
        "outcome": {"result": "SUCCESS"},
        "actor": {"id": "uu", "type": "User", "alternateId": "ada@example.com", "displayName": "Ada Low"},
        "target": [{"id": "0oa1", "type": "AppInstance", "alternateId": "GitLab", "displayName": "GitLab"},
            {"id": "0ua1", "type": "AppUser", "alternateId": name_id, "displayName": "Ada Low"}]})
    .to_string()
}

fn told(log: &str, tracer: &Tracer, person: &str) -> Told {
    let records = sign_ins::records(tracer, NOW);
    let files = [
        StoryFile::of("api_json.log", log),
        StoryFile { name: "ada.har", content: Content::Records(&records) },
    ];
    story::told(&files, &Asked { person: Some(person.to_owned()), ..Asked::default() })
}

fn conclusions(told: &Told) -> String {
    let all = told.people.iter().flat_map(|story| &story.conclusions);
    all.map(|it| format!("{:?} {:?}\n", it.sentences, it.steps)).collect()
}

#[test]
fn each_sign_in_is_in_the_story_of_whom_it_names_with_gitlabs_verdict_at_its_time() {
    let ids = [
        (None, PERSISTENT),
        (Some("id-1"), PERSISTENT),
        (Some("id-2"), PERSISTENT),
        (Some("id-1"), TRANSIENT),
    ];
    let emails = [None, Some("ada@example.com"), Some("ADA@example.com"), Some("bob@example.com")];
    // The person is provisioned before the sign-in, and removed after it.
    let removed = json!({"time": "2026-01-01T10:00:00Z", "method": "DELETE", "status": 204,
        "path": "/api/scim/v2/groups/acme/Users/id-1", "params": []});
    let log = [post("08:00:00", 201, "id-1", "ada@example.com"), removed.to_string()];
    let log = log.join("\n");
    let (mut joined, mut apart) = (0, 0);
    for end in &ENDS {
        for (name_id, format) in ids {
            for email in emails {
                let names = Names { name_id, format, email };
                let tracer = Tracer::replay(events(0, names, end));
                let named = format!("{}, {name_id:?} {format} {email:?}", end.called);
                let by_id = name_id == Some("id-1") && format == PERSISTENT;
                let by_email = email.is_some_and(|it| it.eq_ignore_ascii_case("ada@example.com"));
                let told = told(&log, &tracer, "id-1");
                let story = &told.people[0];
                let sources: Vec<Source> = story.entries.iter().map(|entry| entry.source).collect();
                if !by_id && !by_email {
                    assert!(!sources.contains(&Source::Recording), "{named}: {story:#?}");
                    apart += 1;
                    continue;
                }
                joined += 1;
                assert_eq!(sources, [Source::GitlabLog, Source::Recording, Source::GitlabLog], "{named}");
                let entry = &story.entries[1];
                let flow = &tracer.flows()[0];
                let (verdict, _) = verdict::verdict(&Case::new(&tracer, flow, NOW));
                assert_eq!((entry.what, &entry.meaning), (end.what, &verdict.text), "{named}");
                assert_eq!(entry.severity, verdict.severity, "{named}");
                assert_eq!(entry.status, end.answer.map(|it| it.0), "{named}");
                assert_eq!((entry.line, entry.group.as_deref()), (1, Some("acme")), "{named}");
                assert!(entry.at.as_ref().unwrap().starts_with("2026-01-01T09:00:00"), "{named}: {entry:?}");
                let sent: Vec<(&str, &str)> =
                    entry.values.iter().map(|it| (it.name.as_str(), it.value.as_str())).collect();
                let meant: Vec<(&str, &str)> = name_id.map(|it| ("NameID", it)).into_iter().collect();
                assert_eq!(sent, meant, "{named}");
                assert_eq!(entry.said.as_deref(), end.shown, "{named}");
                let text = format!("{:?}", told.statements());
                assert!(
                    text.contains("sign-in 1 of ada.har") && text.contains("group acme on gitlab.com"),
                    "{text}"
                );
            }
        }
    }
    assert!(joined > 50 && apart > 20, "{joined} {apart}");
}

#[test]
fn the_name_id_of_a_recording_is_compared_and_alone_never_gives_a_command() {
    let log = [
        post("08:00:00", 201, "stored", "ada@example.com"),
        post("08:30:00", 409, "sent", "ada@example.com"),
    ];
    let log = log.join("\n");
    for end in &ENDS {
        for (recorded, logs, is_given, words) in [
            ("sent", None, false, "does not prove the NameID"),
            ("stored", None, false, "does not prove the NameID"),
            ("sent", Some("sent"), true, "which is the NameID of the person's last sign-in"),
            ("stored", Some("sent"), false, "another identifier than the NameID"),
            ("sent", Some("stored"), false, "another identifier than the NameID"),
        ] {
            let names = Names { name_id: Some(recorded), format: PERSISTENT, email: Some("ada@example.com") };
            let tracer = Tracer::replay(events(0, names, end));
            let log = format!("{log}\n{}", logs.map(logged).unwrap_or_default());
            let said = conclusions(&told(&log, &tracer, "ada@example.com"));
            let named = format!("{}, {recorded} {logs:?}", end.called);
            assert!(said.contains(words), "{named}: {said}");
            assert_eq!(said.contains("curl --request PATCH"), is_given, "{named}: {said}");
            let differs = "the NameID of the last sign-in is “sent”, the stored SCIM identifier is “stored”";
            assert_eq!(said.contains(differs), recorded == "sent", "{named}: {said}");
        }
    }
}

#[test]
fn several_sign_ins_are_told_in_the_order_of_time_and_by_their_numbers() {
    let names = Names { name_id: Some("id-1"), format: PERSISTENT, email: None };
    let other = Names { name_id: Some("id-9"), format: PERSISTENT, email: Some("bob@example.com") };
    // What says the same again is one entry.
    let ends: Vec<&End> = ENDS.iter().filter(|end| end.called != "let in, page not seen").collect();
    let of =
        |(at, end): (usize, &&End)| [events(2 * at, names, end), events(2 * at + 1, other, end)].concat();
    let all = ends.iter().enumerate().flat_map(of);
    let tracer = Tracer::replay(all);
    let told = told(&post("08:00:00", 201, "id-1", "ada@example.com"), &tracer, "ada@example.com");
    let whats: Vec<(What, usize)> = told.people[0].entries.iter().map(|it| (it.what, it.line)).collect();
    let meant = (0..).zip(&ends).map(|(at, end)| (end.what, 2 * at + 1));
    let meant: Vec<(What, usize)> = std::iter::once((What::Provisioned, 1)).chain(meant).collect();
    assert_eq!(whats, meant);
    assert_eq!((told.known, told.records), (2, 1 + 2 * ends.len()));
    assert!(told.people[0].entries.iter().any(|entry| entry.severity == Severity::Error));
}

fn har(padding: usize) -> String {
    let names = Names { name_id: Some("id-1"), format: PERSISTENT, email: Some("ada@example.com") };
    json!({"log": {"version": "1.2", "creator": {"name": "x"}, "pages": [], "entries": [{
        "startedDateTime": "2026-01-01T09:00:00Z", "time": 5,
        "request": {"method": "POST", "url": ACS, "headers": [],
            "postData": {"mimeType": "application/x-www-form-urlencoded",
                "params": [{"name": "SAMLResponse", "value": BASE64_STANDARD.encode(response(0, names))}]}},
        "response": {"status": 302, "headers": [], "redirectURL": "https://gitlab.com/acme"}},
        {"startedDateTime": "2026-01-01T09:00:09Z", "time": 5,
        "request": {"method": "GET", "url": "https://gitlab.com/assets/a.js", "headers": []},
        "response": {"status": 200, "headers": [], "content": {"text": "x".repeat(padding)}}}]}})
    .to_string()
}

#[test]
fn the_command_line_takes_recordings_beside_logs() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_string_lossy().into_owned()
    };
    let packed = |content: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    let log = file("api_json.log", post("08:00:00", 201, "id-1", "ada@example.com").as_bytes());
    let trace = samlight(&["export", "--clear", "-"], &har(0)).1;
    let long = har(5 * 1024 * 1024);
    for (name, content) in [
        ("ada.har", har(0).into_bytes()),
        ("ada.trace.jsonl", trace.into_bytes()),
        ("long.har", long.clone().into_bytes()),
        ("ada.har.gz", packed(&har(0))),
        ("long.har.gz", packed(&long)),
    ] {
        let recording = file(name, &content);
        for files in [[&log, &recording], [&recording, &log]] {
            let (code, out, errors) = samlight(&["scim", files[0], files[1], "--person", "id-1"], "");
            assert_eq!((code.is_some_and(|code| code < 2), errors.as_str()), (true, ""), "{name}: {out}");
            assert!(out.contains("2026-01-01 09:00:00 UTC  signed in (Recording: "), "{name}:\n{out}");
            assert!(out.contains("NameID “id-1”"), "{name}:\n{out}");
        }
    }
}
