//! One verdict: whatever was seen of a sign-in, no two renderings of it contradict each other.
//!
//! Each kind of Response is combined with each stored value, each fingerprint in GitLab's settings and each
//! answer of GitLab, and is rendered for the panel (line, view, owner's message), for GitLab's page (marks),
//! for the badge and for the command line (text and JSON). [`CONTRADICTIONS`] lists what must never stand
//! beside each other. Leaves out: whole groups, and files beside a recording.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accepted;
mod signer;
mod verdict_inputs;

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::{instant::Timestamp, severity::Severity},
    case::Case,
    event::Event,
    gitlab::{instance::Instance, outcome::Outcome, pages, routes},
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
use verdict_inputs::{ANSWERS, CHECKED, FINGERPRINTS, RESPONSES, STORED};

const NOW: Timestamp = Timestamp(1_767_258_010_000);
const SETTINGS: &str = "https://gitlab.com/groups/acme/-/saml";
const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";

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
        let mut answered = json!({"kind": "response", "request": "1", "tab": 7, "method": "POST", "url": ACS,
            "status": 200});
        if !location.is_empty() {
            (answered["status"], answered["location"]) = (json!(302), json!(location));
        }
        events.push(answered);
        let location = if location.is_empty() { ACS } else { location };
        let said = flash.map(|flash| match flash.starts_with('"') {
            true => format!("Unable to sign in to group with SAML: {flash}"),
            false => flash.to_owned(),
        });
        let (page, fields) = match (location, said) {
            (CHECKED, Some(error)) => {
                let errors: Vec<String> = Some(error).into_iter().filter(|error| !error.is_empty()).collect();
                let read = pages::group_saml_settings::VERIFY_NAME_ID;
                (pages::SETTINGS, json!({read: ["Alex-1"], pages::VERIFY_ERRORS: errors}))
            }
            (_, said) => ("any", json!({"flash": said.into_iter().collect::<Vec<_>>()})),
        };
        let rows = if page == pages::SETTINGS { rows } else { Vec::new() };
        let url = location.trim_end_matches("#response");
        events.push(
            json!({"kind": "page", "tab": 7, "url": url, "page": page, "rows": rows, "fields": fields}),
        );
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
    /// The note at GitLab's message on the page that followed.
    explained: Vec<(Severity, String)>,
    checked: bool,
    problems: usize,
    seen: Option<bool>,
    let_in: bool,
    has_message: bool,
    took: bool,
    has_account: bool,
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
        let sign_ins = SignIns::of(&tracer, &instance, NOW);
        let of_answer = tracer.pages().iter().find(|(_, page)| page.place == flow.place).map(|read| {
            let route = routes::route(&instance, read.1.url.expose()).unwrap();
            notes::with_own(&sign_ins, &route, read)
        });
        let at_message = of_answer
            .into_iter()
            .flatten()
            .filter(|note| ["flash", pages::VERIFY_ERRORS].contains(&note.cell));
        let of_row = noted.into_iter().filter(|note| note.row.is_some() && note.cell == "saml");
        let view = flow_view(&case);
        Said {
            line: line(&case),
            json: check::check(&case),
            text: terminal::render(&view),
            view,
            marks: of_row.map(|it| (it.severity, it.word.to_string(), it.text.to_string())).collect(),
            explained: at_message.map(|it| (it.severity, it.text.to_string())).collect(),
            checked: flow.outcomes.contains(&Outcome::Verified)
                || flow.outcomes.contains(&Outcome::VerifyFailed),
            problems,
            seen: flow.succeeded(),
            let_in: flow.let_in(),
            has_message: flow.flash.iter().flatten().next().is_some(),
            took: flow.took_response(),
            has_account: flow.has_account(),
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

    /// Whether an error is of the Response itself, not of the account that it leads to.
    fn has_error_of_response(&self) -> bool {
        let of_account = [
            "name-id-mismatch",
            "name-id-not-stored",
            "name-id-transient",
            "name-id-missing",
            "stored-for-other-user",
        ];
        let findings = self.json["findings"].as_array().unwrap();
        let is_other = |id: &Value| !of_account.iter().any(|it| id == it);
        findings.iter().any(|finding| finding["severity"] == "error" && is_other(&finding["id"]))
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
    ("GitLab took the Response, and an error of it is told", |s| s.took && s.has_error_of_response()),
    ("GitLab took the Response, and the view says that it refuses it", |s| {
        s.took && s.text.contains("GitLab refuses this Response")
    }),
    ("GitLab found the account, and its NameID is said to differ", |s| {
        s.has_account && (s.has_error("name-id-mismatch") || s.has_error("name-id-not-stored"))
    }),
    ("GitLab found the account, and the owner is asked to compare", |s| {
        s.has_account
            && s.view.for_owner.as_ref().is_some_and(|owner| owner.text.contains("the NameID above"))
    }),
    ("GitLab refused, and the verdict is a warning", |s| {
        s.seen == Some(false) && (s.view.verdict.severity != ERROR || s.line.verdict.severity != ERROR)
    }),
    ("accepted and refused in one text", |s| {
        s.text.contains("✓ GitLab accepts this Response.") && s.text.contains("✗ GitLab refuse")
    }),
    ("the JSON knows and rests on nothing", |s| s.accepted().is_some() != s.json["rests_on"].is_string()),
    ("the JSON says otherwise than GitLab did", |s| s.seen.is_some() && s.seen != s.accepted()),
    ("refused, without a finding that says why", |s| {
        s.accepted() == Some(false) && s.json["rests_on"] == "checks" && !s.has_any_error()
    }),
    ("refused, without a step", |s| s.accepted() == Some(false) && s.view.steps.is_empty()),
    // Whoever checks the settings is the owner.
    ("refused, without a message for the owner", |s| {
        s.accepted() == Some(false) && s.view.for_owner.is_none() && !s.checked
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
    ("GitLab's message is explained otherwise than the view says it", |s| {
        let steps = s.view.steps.iter().map(|step| step.text.as_str());
        let said = std::iter::once(s.view.verdict.text.as_str()).chain(steps).collect::<Vec<_>>().join(" ");
        s.seen == Some(false)
            && s.explained
                .iter()
                .any(|(severity, text)| *severity != s.view.verdict.severity || !text.ends_with(&said))
    }),
    ("GitLab's message of a refusal is not explained", |s| {
        s.seen == Some(false) && s.has_message && s.explained.len() != 1
    }),
    ("GitLab let the person in, and its page explains a refusal", |s| {
        s.let_in && s.explained.iter().any(|(severity, _)| *severity == ERROR)
    }),
    ("nobody was signed in, and it is called a sign-in that works", |s| {
        let arrows = serde_json::to_string(&s.view.sequence).unwrap();
        s.checked
            && (s.text.contains("GitLab accepted this sign-in")
                || s.line.verdict.text == "Signed in"
                || arrows.contains("Signed in"))
    }),
    ("the account is blocked and deactivated", |s| {
        s.text.contains("account was deactivated") && s.text.contains("it is blocked")
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
        let plain = change(accepted::response());
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
    contradictions.sort();
    // The first of each kind is enough to find it by.
    contradictions.dedup_by(|next, kept| next.split(':').next() == kept.split(':').next());
    assert!(contradictions.is_empty(), "{count}, among them:\n{}", contradictions.join("\n"));
}

/// All that people are told to do about one sign-in, wherever it is said.
fn advised(tracer: &Tracer) -> Vec<String> {
    let flow = tracer.flows().iter().find(|flow| flow.kind == FlowKind::SignIn).unwrap();
    let view = flow_view(&Case::new(tracer, flow, NOW));
    let instance = Instance::gitlab_com();
    let sign_ins = SignIns::of(tracer, &instance, NOW);
    let noted = tracer.pages().iter().flat_map(|read| {
        let (_, page) = read;
        let route = routes::route(&instance, page.url.expose()).unwrap();
        let own = notes::with_own(&sign_ins, &route, read);
        notes::compared(&sign_ins, &route, page).into_iter().chain(own)
    });
    let noted = noted.map(|note| note.text.to_string());
    let needed = view.self_check.iter().flat_map(|check| &check.needed);
    let steps = view.findings.iter().flat_map(|finding| &finding.steps).chain(&view.steps).chain(needed);
    let steps = steps.map(|step| step.text.clone());
    steps.chain(view.for_owner.map(|owner| owner.text)).chain(noted).collect()
}

/// Whoever has no password is not told to sign in with one (gitlab-facts G12); whoever has one is.
#[test]
fn where_passwords_are_switched_off_nobody_is_advised_to_use_one() {
    let takes_password = |text: &&String| {
        let off = "his group has switched off passwords for its enterprise users";
        text.replace(off, "").to_lowercase().contains("password")
    };
    let mut told = [0, 0];
    for (what, change) in RESPONSES {
        let xml = signer::certified(&signer::signed(&change(accepted::response())).unwrap());
        for stored in STORED {
            for answer in ANSWERS {
                for (off, count) in told.iter_mut().enumerate() {
                    let mut events: Vec<Value> = events(&xml, stored, FINGERPRINTS[0], answer)
                        .iter()
                        .map(|event| serde_json::to_value(event).unwrap())
                        .collect();
                    events[0]["fields"]["passwords-off"] = [["", "checked"][off]].into();
                    let events =
                        events.into_iter().map(|event| serde_json::from_value::<Event>(event).unwrap());
                    let advised = advised(&Tracer::replay(events));
                    let taking: Vec<_> = advised.iter().filter(takes_password).collect();
                    assert!(off == 0 || taking.is_empty(), "{what}, {stored:?}, {answer:?}: {taking:?}");
                    *count += taking.len();
                }
            }
        }
    }
    assert!(told[0] > 100, "{told:?}");
}

/// The ids of the errors of a sign-in that a file tells beside what this browser recorded.
fn errors_of_file(mut events: Vec<Event>) -> Vec<String> {
    for event in events.iter_mut().skip(1) {
        event.id = event.id.clone().imported();
        event.file = Some("from-a-colleague.har".to_owned());
    }
    let json = Said::of(Tracer::replay(events)).json;
    let errors = json["findings"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error");
    errors.map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
}

/// That GitLab took a Response hides nothing that is wrong with it where a file says so.
#[test]
fn an_answer_in_a_file_hides_no_error() {
    let mut count = 0;
    for (what, change) in RESPONSES {
        let xml = signer::certified(&signer::signed(&change(accepted::response())).unwrap());
        for stored in STORED {
            for fingerprint in FINGERPRINTS {
                let of = |answer| errors_of_file(events(&xml, stored, fingerprint, answer));
                let (plain, let_in) = (of(None), of(Some(("https://gitlab.com/acme", None))));
                assert_eq!(plain, let_in, "{what}, {stored:?}, {fingerprint:?}");
                count += plain.len();
            }
        }
    }
    assert!(count > 100, "{count}");
}

/// An answer of GitLab that a file tells, beside what this browser recorded, is nobody's observation.
#[test]
fn an_answer_in_a_file_was_not_seen() {
    let xml = signer::certified(&signer::signed(&accepted::response()).unwrap());
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
