//! One verdict: whatever was seen of a sign-in, no two renderings of it contradict each other.
//!
//! Each kind of Response is combined with each stored value, each fingerprint in GitLab's settings and each
//! answer of GitLab, and is rendered for the panel (line, view, owner's message), for GitLab's page (marks),
//! for the badge and for the command line (text and JSON). [`CONTRADICTIONS`] lists what must never stand
//! beside each other. Leaves out: whole groups, and files beside a recording.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod signer;

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::{instant::Timestamp, severity::Severity},
    case::Case,
    event::Event,
    gitlab::{instance::Instance, pages, routes},
    notes::{self, SignIns},
    trace::{flow::FlowKind, tracer::Tracer},
    view::{
        FlowLine, FlowView,
        flow::{flow_view, line},
        lines::Lines,
        print::{check, terminal},
    },
};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_258_010_000);
const SETTINGS: &str = "https://gitlab.com/groups/acme/-/saml";
const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
const TIMES: &str = "Version=\"2.0\" IssueInstant=\"2026-01-01T09:00:00Z\"";

/// A Response to the group, before `change`.
fn response(change: fn(String) -> String) -> String {
    let xml = format!(
        "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"_r\" {TIMES} Destination=\"{ACS}\"><p:Status><p:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></p:Status><a:Assertion ID=\"_a\" {TIMES}>\
         <a:Issuer>https://idp.example.com</a:Issuer><a:Subject><a:NameID>Alex-1</a:NameID><a:SubjectConfirmation \
         Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><a:SubjectConfirmationData Recipient=\"{ACS}\" \
         NotOnOrAfter=\"2026-01-01T09:10:00Z\"/></a:SubjectConfirmation></a:Subject><a:Conditions \
         NotOnOrAfter=\"2026-01-01T09:10:00Z\"><a:AudienceRestriction><a:Audience>https://gitlab.com/groups/acme\
         </a:Audience></a:AudienceRestriction></a:Conditions><a:AuthnStatement AuthnInstant=\"2026-01-01T09:00:00Z\">\
         <a:AuthnContext><a:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password\
         </a:AuthnContextClassRef></a:AuthnContext></a:AuthnStatement><a:AttributeStatement><a:Attribute \
         Name=\"username\"><a:AttributeValue>alex</a:AttributeValue></a:Attribute><a:Attribute Name=\"email\">\
         <a:AttributeValue>alex@example.com</a:AttributeValue></a:Attribute></a:AttributeStatement></a:Assertion>\
         </p:Response>"
    );
    change(xml)
}

type Change = fn(String) -> String;

/// The kinds of Responses; all but the last are signed.
const RESPONSES: [(&str, Change); 14] = [
    ("good", |xml| xml),
    ("another audience", |xml| {
        xml.replace("<a:Audience>https://gitlab.com/groups/acme", "<a:Audience>https://x")
    }),
    ("a port in Destination", |xml| {
        xml.replacen("https://gitlab.com/groups", "https://gitlab.com:443/groups", 1)
    }),
    ("another Destination", |xml| xml.replacen("https://gitlab.com/groups", "https://gitlab.com/other", 1)),
    ("another Recipient", |xml| {
        xml.replace("Recipient=\"https://gitlab.com/", "Recipient=\"https://gitlab.net/")
    }),
    ("expired", |xml| xml.replace("T09:10:00Z", "T08:00:00Z")),
    ("two AuthnStatements", |xml| {
        let start = xml.find("<a:AuthnStatement").unwrap();
        let end = xml.find("<a:AttributeStatement").unwrap();
        let statement = xml[start..end].to_owned();
        xml.replace("<a:AttributeStatement", &format!("{statement}<a:AttributeStatement"))
    }),
    ("SAML 1.1", |xml| xml.replacen("Version=\"2.0\"", "Version=\"1.1\"", 1)),
    ("no NameID", |xml| xml.replace("<a:NameID>Alex-1</a:NameID>", "")),
    ("refused by the identity provider", |xml| xml.replace("status:Success", "status:Responder")),
    ("another service in SPNameQualifier", |xml| {
        xml.replace("<a:NameID>", "<a:NameID SPNameQualifier=\"x\">")
    }),
    ("something encrypted in a value", |xml| xml.replace(">alex@example.com<", "><a:EncryptedID/><")),
    ("transient", |xml| {
        xml.replace("<a:NameID>", "<a:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\">")
    }),
    ("unsigned", |xml| xml),
];

/// The value that GitLab's page shows for the member; nothing was seen of the last.
const STORED: [Option<&str>; 4] = [Some("Alex-1"), Some("alex-1"), Some("Robin"), None];

/// The fingerprints in GitLab's settings; nothing was seen of the last.
const FINGERPRINTS: [Option<&str>; 3] = [
    Some("6A:07:F1:3B:23:61:9E:15:09:6C:77:68:89:33:44:77:1E:97:DA:6D"),
    Some("00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33"),
    None,
];

/// GitLab's answers: where it sends the browser, and the message on the page that follows.
const ANSWERS: [Option<(&str, Option<&str>)>; 7] = [
    None,
    Some(("https://gitlab.com/acme", None)),
    Some(("https://gitlab.com/groups/acme/-/saml/sso", None)),
    Some(("https://gitlab.com/groups/acme/-/saml/sso", Some("\"Fingerprint mismatch\""))),
    Some((
        "https://gitlab.com/groups/acme/-/saml/sso",
        Some("\"The assertion must include one authnstatement element\""),
    )),
    Some((
        "https://gitlab.com/users/sign_in",
        Some("There is already a GitLab account associated with this email address."),
    )),
    Some((
        "https://gitlab.com/users/sign_in",
        Some("Your account has been blocked. Please contact your GitLab administrator."),
    )),
];

fn events(
    xml: &str,
    stored: Option<&str>,
    fingerprint: Option<&str>,
    answer: Option<(&str, Option<&str>)>,
) -> Vec<Event> {
    let mut events = Vec::new();
    let rows: Vec<Value> =
        stored.iter().map(|stored| json!({"user": "1", "username": "alex", "saml": stored})).collect();
    let fields = fingerprint.map_or(json!({}), |fingerprint| json!({"fingerprint": [fingerprint]}));
    events.push(json!({"kind": "page", "tab": 8, "url": SETTINGS, "page": pages::SETTINGS, "fields": fields, "rows": rows}));
    events.push(
        json!({"kind": "request", "request": "1", "tab": 7, "method": "POST", "body": "form", "url": ACS,
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]}),
    );
    if let Some((location, flash)) = answer {
        events.push(
            json!({"kind": "response", "request": "1", "tab": 7, "method": "POST", "url": ACS, "status": 302,
            "location": location}),
        );
        let said = flash.map(|flash| match flash.starts_with('"') {
            true => format!("Unable to sign in to group with SAML: {flash}"),
            false => flash.to_owned(),
        });
        let flashes: Vec<String> = said.into_iter().collect();
        events.push(json!({"kind": "page", "tab": 7, "url": location, "page": "any", "rows": [],
            "fields": {"flash": flashes}}));
    }
    events
        .into_iter()
        .enumerate()
        .map(|(at, mut event)| {
            event["id"] = json!(format!("{:013}-one-{at:06}", 1_767_258_000_000 + at));
            serde_json::from_value::<Event>(event).unwrap()
        })
        .collect()
}

/// All renderings of one sign-in.
struct Said {
    line: FlowLine,
    view: FlowView,
    json: Value,
    text: String,
    marks: Vec<(Severity, String, String)>,
    problems: usize,
    seen: Option<bool>,
    let_in: bool,
}

impl Said {
    fn of(mut tracer: Tracer) -> Self {
        let problems = Lines::default().problems(&mut tracer, NOW);
        let flow = tracer.flows().iter().find(|flow| flow.kind == FlowKind::SignIn).unwrap();
        let case = Case::new(&tracer, flow, NOW);
        let instance = Instance::gitlab_com();
        let route = routes::route(&instance, SETTINGS).unwrap();
        let (_, reading) = tracer.pages().iter().find(|(_, page)| page.page == pages::SETTINGS).unwrap();
        let noted = notes::compared(&SignIns::of(&tracer, &instance, NOW), &route, reading);
        let of_row = noted.into_iter().filter(|note| note.row.is_some() && note.cell == "saml");
        let view = flow_view(&case);
        Said {
            line: line(&case),
            json: check::check(&case),
            text: terminal::render(&view),
            view,
            marks: of_row.map(|it| (it.severity, it.word.to_string(), it.text.to_string())).collect(),
            problems,
            seen: flow.succeeded(),
            let_in: flow.let_in(),
        }
    }

    fn accepted(&self) -> Option<bool> {
        self.json["accepted"].as_bool()
    }

    fn has_error(&self, id: &str) -> bool {
        let findings = self.json["findings"].as_array().unwrap();
        findings.iter().any(|finding| finding["id"] == id && finding["severity"] == "error")
    }

    /// Whether GitLab was seen to let the person in, or takes the Response and nothing is known of the
    /// account that stands against it. A Response can be accepted whose NameID no account has.
    fn works(&self) -> bool {
        let of_account = [
            "case-only",
            "whitespace-only",
            "unicode-only",
            "different",
            "not-stored",
            "transient",
            "no-name-id",
            "stored-for-other-user",
        ];
        let is_against = of_account.iter().any(|verdict| self.json["saml_verdict"] == *verdict);
        self.accepted() == Some(true) && (self.json["rests_on"] == "outcome" || !is_against)
    }

    fn has_any_error(&self) -> bool {
        self.json["findings"].as_array().unwrap().iter().any(|finding| finding["severity"] == "error")
    }

    fn passed(&self, id: &str) -> bool {
        let checks = self.json["checks"].as_array().unwrap();
        checks.iter().any(|check| check["id"] == id && check["state"] == "passed")
    }

    fn judged(&self) -> Option<Severity> {
        self.view.acceptance.as_ref().map(|acceptance| acceptance.verdict.severity)
    }

    fn mark(&self) -> Option<Severity> {
        self.marks.first().map(|(severity, ..)| *severity)
    }
}

const GOOD: Severity = Severity::Good;
const ERROR: Severity = Severity::Error;

type Contradiction = (&'static str, fn(&Said) -> bool);

/// The statements that must never stand beside each other.
const CONTRADICTIONS: &[Contradiction] = &[
    ("the line is green, the view red", |s| {
        s.line.verdict.severity == GOOD && s.view.verdict.severity == ERROR
    }),
    ("the line is red, the view green", |s| {
        s.line.verdict.severity == ERROR && s.view.verdict.severity == GOOD
    }),
    ("the view's own line is another one", |s| s.line != s.view.line),
    ("the view is green, the JSON refuses", |s| {
        s.view.verdict.severity == GOOD && s.accepted() == Some(false)
    }),
    ("the view is red, the JSON accepts", |s| s.view.verdict.severity == ERROR && s.works()),
    ("the line is green, the JSON refuses", |s| {
        s.line.verdict.severity == GOOD && s.accepted() == Some(false)
    }),
    ("the line is red, the JSON accepts", |s| s.line.verdict.severity == ERROR && s.works()),
    ("the checks accept, and GitLab was seen to refuse", |s| {
        s.judged() == Some(GOOD) && s.seen == Some(false)
    }),
    ("the checks refuse, and GitLab was seen to let in", |s| s.judged() == Some(ERROR) && s.let_in),
    ("accepted and refused in one text", |s| {
        s.text.contains("✓ GitLab accepts this Response.") && s.text.contains("✗ GitLab refuse")
    }),
    ("the JSON knows and rests on nothing", |s| s.accepted().is_some() != s.json["rests_on"].is_string()),
    ("the JSON says otherwise than GitLab did", |s| s.seen.is_some() && s.seen != s.accepted()),
    ("refused, without a finding that says why", |s| {
        s.accepted() == Some(false) && s.json["rests_on"] == "checks" && !s.has_any_error()
    }),
    ("refused, without a step", |s| s.accepted() == Some(false) && s.view.steps.is_empty()),
    ("refused, without a message for the owner", |s| {
        s.accepted() == Some(false) && s.view.for_owner.is_none()
    }),
    ("refused, and the first sign is a check mark", |s| {
        let first = s.text.chars().find(|c| ['✓', '✗', '!', '·'].contains(c));
        s.accepted() == Some(false) && first == Some('✓')
    }),
    ("refused, and the badge counts no problem", |s| s.accepted() == Some(false) && s.problems == 0),
    ("green, and the badge counts a problem", |s| s.line.verdict.severity == GOOD && s.problems > 0),
    ("an error of an accepted Response", |s| s.works() && s.has_any_error()),
    ("the mark is green, the Response refused by its checks", |s| {
        s.mark() == Some(GOOD) && s.json["rests_on"] == "checks" && s.accepted() == Some(false)
    }),
    ("the mark says that it works, and it was refused", |s| {
        s.accepted() == Some(false) && s.marks.iter().any(|(.., text)| text.contains("Sign-in works"))
    }),
    ("the mark says that it was refused, and it was let in", |s| {
        s.let_in && s.marks.iter().any(|(_, word, _)| word == "Refused")
    }),
    ("the mark is green, and the verdict that the NameID differs", |s| {
        s.mark() == Some(GOOD) && s.has_error("name-id-mismatch")
    }),
    ("the audience is wrong and right", |s| s.has_error("audience-differs") && s.passed("audience")),
    ("the address is wrong and right", |s| {
        s.has_error("acs-differs") && s.passed("destination") && s.passed("subject-confirmation")
    }),
    ("the certificate is wrong and right", |s| s.has_error("fingerprint-differs") && s.passed("signature")),
    ("the signature is missing and right", |s| s.has_error("signature-missing") && s.passed("signature")),
    ("it came too late and in time", |s| {
        let parts = ["validity", "session", "subject-confirmation"];
        s.has_error("clock-skew") && parts.iter().all(|part| s.passed(part))
    }),
    ("there is no NameID, and GitLab reads one", |s| {
        s.has_error("name-id-missing") && s.json["name_id_read"].is_string()
    }),
    ("encrypted, and nothing of it stands against GitLab", |s| {
        s.has_error("message-encrypted")
            && s.passed("encrypted-assertion")
            && s.passed("attributes")
            && s.passed("name-id")
    }),
];

#[test]
fn no_two_renderings_of_a_sign_in_contradict_each_other() {
    let mut contradictions = Vec::new();
    let mut kinds = std::collections::BTreeMap::<Option<bool>, usize>::new();
    for (what, change) in RESPONSES {
        let plain = response(change);
        let xml = match what {
            "unsigned" => plain,
            _ => signer::certified(&signer::signed(&plain).unwrap()),
        };
        for stored in STORED {
            for fingerprint in FINGERPRINTS {
                for answer in ANSWERS {
                    let said = Said::of(Tracer::replay(events(&xml, stored, fingerprint, answer)));
                    *kinds.entry(said.accepted()).or_default() += 1;
                    let found = CONTRADICTIONS.iter().filter(|(_, holds)| holds(&said));
                    contradictions.extend(found.map(|(name, _)| {
                        format!("{name}: {what}, stored {stored:?}, fingerprint {fingerprint:?}, {answer:?}")
                    }));
                }
            }
        }
    }
    assert!(kinds.values().all(|count| *count > 10) && kinds.len() == 3, "{kinds:?}");
    assert!(CONTRADICTIONS.len() >= 20);
    let count = contradictions.len();
    contradictions.truncate(40);
    assert!(contradictions.is_empty(), "{count}:\n{}", contradictions.join("\n"));
}

/// An answer of GitLab that a file tells, beside what this browser recorded, is nobody's observation.
#[test]
fn an_answer_in_a_file_was_not_seen() {
    let xml = signer::certified(&signer::signed(&response(|xml| xml)).unwrap());
    for answer in ANSWERS {
        let mut events = events(&xml, STORED[0], FINGERPRINTS[0], answer);
        for event in events.iter_mut().skip(1) {
            event.id = event.id.clone().imported();
            event.file = Some("from-a-colleague.har".to_owned());
        }
        let said = Said::of(Tracer::replay(events));
        assert_ne!(said.json["rests_on"], "outcome", "{answer:?}");
        let by_checks = said.json["rests_on"] == "checks" && said.accepted() == Some(true);
        assert!(by_checks, "{answer:?}: {}", said.json);
        assert!(said.marks.iter().all(|(_, word, _)| word != "Refused"), "{answer:?}: {:?}", said.marks);
    }
}
