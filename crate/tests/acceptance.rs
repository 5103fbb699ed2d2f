//! GitLab's decision on a Response that really is signed: accepted as it is, refused at the check that one
//! setting breaks, skipped where a setting is not known, and decided by the account behind the checks.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight::{
    acceptance::{self, rules},
    base::instant::Timestamp,
    case::{
        Case,
        acceptance::{Acceptance, CheckState, Checked},
    },
    comparison::Verdict,
    event::{
        Body, Event, EventId, Told,
        settings::{ProviderSettings, Settings},
    },
    file::import,
    gitlab::{instance::Instance, outcome::Outcome, routes::Provider},
    signature::certificates::certificates,
    trace::tracer::Tracer,
    view,
};
use serde_json::json;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/corpus/generated/");

/// When the samples are valid.
fn at() -> Timestamp {
    Timestamp::parse("2026-01-02T03:04:06Z").unwrap()
}

fn group() -> Provider {
    Provider::Group { path: "acme".into() }
}

fn settings(provider: Provider) -> ProviderSettings {
    ProviderSettings::new(Instance::at("https://gitlab.example").unwrap(), provider)
}

struct Sample {
    tracer: Tracer,
}

impl Sample {
    fn new(file: &str, told: Option<ProviderSettings>, stored: Option<Option<&str>>) -> Self {
        let content = std::fs::read(format!("{FOLDER}{file}")).unwrap();
        let mut tracer = Tracer::replay(import::file(file, &content, at()).events);
        let stored = Told { saml_extern_uid: stored.map(|uid| uid.map(str::to_owned)), ..Told::default() };
        let provider = told.map(|mut told| {
            if told.fingerprint.as_deref() == Some("own") {
                let (found, _) =
                    certificates(tracer.exchanges()[0].messages[0].carried().document.as_ref().unwrap());
                told.fingerprint = found.first().map(|certificate| certificate.sha256.clone());
            }
            told
        });
        let bodies = [
            provider
                .map(|provider| Body::Settings(Settings { provider: Some(provider), ..Settings::default() })),
            Some(Body::Told(stored)),
        ];
        for (number, body) in (1..).zip(bodies.into_iter().flatten()) {
            tracer.observe(&Event::new(EventId::new(at(), "given", number), body));
        }
        Sample { tracer }
    }

    fn case(&self) -> Case<'_> {
        Case::new(&self.tracer, &self.tracer.flows()[0], at()).received_at(at())
    }

    fn acceptance(&self) -> Acceptance {
        self.case().acceptance().unwrap().clone()
    }

    fn flash(&self) -> Option<String> {
        self.acceptance().flash(&self.tracer.flows()[0])
    }
}

const PLAIN: &str = "nameid/plain.xml";

fn own(change: impl FnOnce(&mut ProviderSettings)) -> ProviderSettings {
    let mut told = settings(group());
    told.fingerprint = Some("own".into());
    change(&mut told);
    told
}

fn state(acceptance: &Acceptance, id: &str) -> CheckState {
    acceptance.checks.iter().find(|checked| checked.id == id).unwrap().state
}

#[test]
fn a_good_response_is_accepted_with_the_signed_name_id() {
    let accepted = Sample::new(PLAIN, Some(own(|_| ())), Some(Some("user@user.com.evil.com"))).acceptance();
    let failed: Vec<_> =
        accepted.checks.iter().filter(|checked| checked.state != CheckState::Passed).collect();
    assert_eq!(failed, [] as [&Checked; 0]);
    assert_eq!((accepted.accepted, accepted.outcome), (Some(true), Some(Outcome::SignedIn)));
    assert_eq!(accepted.name_id.as_deref(), Some("user@user.com.evil.com"));
}

#[test]
fn each_setting_refuses_at_its_check_with_gitlabs_own_words() {
    type Change = fn(&mut ProviderSettings);
    let rows: [(Change, &str, &str); 6] = [
        (|s| s.fingerprint = Some("00:11".into()), "signature", "Fingerprint mismatch"),
        (
            |s| s.size_limit = Some(10),
            "message-size",
            "Encoded saml message exceeds 10 bytes, so was rejected",
        ),
        (
            |s| s.entity_id = Some("https://other.example.com".into()),
            "audience",
            "Invalid audience. the audience https://gitlab.example/groups/acme, did not match the expected audience https://other.example.com",
        ),
        (
            |s| s.acs = Some("https://gitlab.example/x_y".into()),
            "destination",
            "The response was received at https://gitlab.example/groups/acme/-/saml/callback instead of https://gitlab.example/x y",
        ),
        (|s| s.fingerprint = Some(String::new()), "configured", "No fingerprint or certificate on settings"),
        (|s| s.leave_out = vec!["signature".into()], "", ""),
    ];
    for (change, step, words) in rows {
        let sample = Sample::new(PLAIN, Some(own(change)), Some(Some("user@user.com.evil.com")));
        let answer = sample.acceptance();
        if step.is_empty() {
            assert_eq!((answer.accepted, state(&answer, "signature")), (Some(true), CheckState::Skipped));
            continue;
        }
        assert_eq!((answer.accepted, answer.step), (Some(false), Some(step)));
        assert_eq!(sample.flash().unwrap(), format!("Unable to sign in to group with SAML: \"{words}\""));
        assert_eq!(acceptance::check_of(&sample.flash().unwrap()).map(|check| check.id), Some(step));
    }
}

#[test]
fn what_was_not_seen_is_skipped_and_never_guessed() {
    let without =
        Sample::new(PLAIN, Some(own(|s| s.fingerprint = None)), Some(Some("user@user.com.evil.com")))
            .acceptance();
    assert_eq!((without.accepted, state(&without, "signature")), (None, CheckState::Skipped));
    let text =
        without.checks.iter().find(|checked| checked.id == "signature").unwrap().sentence().to_string();
    assert!(text.contains("SAML SSO settings page"), "{text}");
    let depends: Vec<_> = without.depends_on.iter().map(|what| what.key()).collect();
    assert_eq!(depends, ["accept.signature"]);
    // A signature that is wrong is refused with any fingerprint, but in words that depend on it.
    let tampered =
        Sample::new("attacks/tampered-nameid.xml", Some(own(|s| s.fingerprint = None)), None).acceptance();
    assert_eq!(
        (tampered.accepted, tampered.step, &tampered.message),
        (Some(false), Some("signature"), &None)
    );
    let known = Sample::new("attacks/tampered-nameid.xml", Some(own(|_| ())), None);
    assert_eq!(known.acceptance().message.unwrap().text, "Digest mismatch");
}

#[test]
fn the_account_decides_behind_the_checks() {
    let signed_in = |s: &mut ProviderSettings| s.signed_in_as = Some("alex".into());
    let same = Some(Some("user@user.com.evil.com"));
    // Where it depends on what is not seen, the Response is accepted and says on what.
    for (told, stored, outcome, depends) in [
        (own(|_| ()), same, Some(Outcome::SignedIn), &[][..]),
        (own(signed_in), same, Some(Outcome::AlreadyLinked), &[]),
        (own(|_| ()), None, None, &["depends.stored"]),
        (own(|_| ()), Some(Some("other")), None, &["depends.email-taken", "depends.enterprise"]),
        (
            own(|_| ()),
            Some(Some("User@user.com.evil.com")),
            None,
            &["depends.email-taken", "depends.enterprise"],
        ),
        (own(signed_in), Some(Some("other")), None, &["depends.verified-email"]),
        (own(signed_in), Some(None), None, &["depends.request", "depends.uid-free"]),
    ] {
        let name = format!("{:?} {stored:?}", told.signed_in_as);
        let answer = Sample::new(PLAIN, Some(told), stored).acceptance();
        assert_eq!((answer.accepted, answer.outcome), (Some(true), outcome), "{name}");
        let keys: Vec<_> = answer.depends_on.iter().map(|what| what.key()).collect();
        assert_eq!(keys, depends, "{name}");
    }
}

#[test]
fn the_clock_that_counts_is_gitlabs() {
    // The browser's is fifteen minutes behind: by itself the Response came too early.
    let content = std::fs::read(format!("{FOLDER}{PLAIN}")).unwrap();
    let acs = "https://gitlab.example/groups/acme/-/saml/callback";
    let post = |date: Option<&str>| {
        let response = STANDARD.encode(&content);
        let events = [
            json!({"id": "1767322146000-a-000001", "kind": "request", "request": "1", "tab": 1, "method": "POST",
                   "url": acs, "form": [["SAMLResponse", [response]]], "body": "form"}),
            json!({"id": "1767322146200-a-000002", "kind": "response", "request": "1", "tab": 1, "method": "POST",
                   "url": acs, "status": 302, "location": "/groups/acme/-/saml/sso", "date": date}),
        ];
        let events = events.map(|event| serde_json::from_value::<Event>(event).unwrap());
        let named = Settings { provider: Some(own(|_| ())), ..Settings::default() };
        let named = Event::new(EventId::new(Timestamp(0), "given", 1), Body::Settings(named));
        let tracer = Tracer::replay([named].into_iter().chain(events));
        let case = Case::new(&tracer, &tracer.flows()[0], at());
        (case.arrival().unwrap().to_string(), state(case.acceptance().unwrap(), "validity"))
    };
    assert_eq!(post(None), ("2026-01-02T02:49:06Z".into(), CheckState::Failed));
    // In the middle of the exchange and of the second.
    let gitlabs = ("2026-01-02T03:04:06.4Z".into(), CheckState::Passed);
    assert_eq!(post(Some("Fri, 02 Jan 2026 03:04:06 GMT")), gitlabs);
    // What the whole seconds leave open is no difference.
    assert_eq!(post(Some("Fri, 02 Jan 2026 02:49:06 GMT")).0, "2026-01-02T02:49:06Z");
}

#[test]
fn a_difference_of_versions_is_a_difference_of_rules() {
    let [gitlab, older] = rules::ALL;
    assert!(gitlab.reads_signed_part && !older.reads_signed_part);
    for rules in rules::ALL {
        let told = own(|s| s.rules_version = Some(rules.version.into()));
        let answer = Sample::new(PLAIN, Some(told), Some(Some("user@user.com.evil.com"))).acceptance();
        assert_eq!(answer.accepted, Some(true), "{}", rules.version);
    }
    assert_eq!(rules::Rules::of(Some("0.1")), None);
}

#[test]
fn the_view_says_it_in_words() {
    let sample = Sample::new(PLAIN, Some(own(|s| s.fingerprint = Some("00:11".into()))), None);
    let shown = view::acceptance::acceptance_view(&sample.case()).unwrap();
    assert!(shown.verdict.text.contains("Unable to sign in to group with SAML: \"Fingerprint mismatch\""));
    let failed: Vec<_> = shown.checks.iter().filter(|check| check.state == CheckState::Failed).collect();
    assert_eq!(failed.len(), 1);
    assert!(failed[0].text.as_ref().unwrap().contains("Fingerprint mismatch"), "{failed:?}");
}

/// The measure is what was sent: the message in base64.
#[test]
fn a_response_over_the_limit_of_its_size_is_refused_and_one_at_the_limit_is_not() {
    let xml = std::fs::read_to_string(format!("{FOLDER}{PLAIN}")).unwrap();
    let posted = |response: &str, limit: Option<u64>| {
        let event = json!({"id": "1767323046000-a-000001", "kind": "request", "request": "1", "tab": 1,
            "method": "POST", "url": "https://gitlab.example/groups/acme/-/saml/callback",
            "form": [["SAMLResponse", [response]]], "body": "form"});
        let named = Settings { provider: Some(own(|s| s.size_limit = limit)), ..Settings::default() };
        let named = Event::new(EventId::new(Timestamp(0), "given", 1), Body::Settings(named));
        let tracer = Tracer::replay([named, serde_json::from_value(event).unwrap()]);
        let case = Case::new(&tracer, &tracer.flows()[0], at()).received_at(at());
        let answer = case.acceptance().unwrap();
        let flash = (answer.step == Some("message-size")).then(|| answer.flash(&tracer.flows()[0]).unwrap());
        (state(answer, "message-size"), flash)
    };
    let refused = |size: &str| {
        let flash = format!("Unable to sign in to group with SAML: \"{size} bytes, so was rejected\"");
        (CheckState::Failed, Some(flash))
    };
    let sent = STANDARD.encode(&xml);
    let size = sent.len() as u64;
    assert_eq!(posted(&sent, Some(size)), (CheckState::Passed, None));
    assert_eq!(posted(&sent, Some(size - 1)), refused(&format!("Encoded saml message exceeds {}", size - 1)));
    // The limit that nobody changed. White space at the end changes nothing but the size.
    let padded = |size: usize| STANDARD.encode(format!("{xml}{}", " ".repeat(size - xml.len())));
    assert_eq!(posted(&padded(187_500), None), (CheckState::Passed, None));
    assert_eq!(posted(&padded(187_501), None), refused("Encoded saml message exceeds 250000"));
}

/// A Response to an instance with these attributes, with what is stored, where `uid_attribute` is set.
fn with_uid_attribute(attributes: &str, uid_attribute: Option<&str>, stored: &str) -> Tracer {
    let xml = format!(
        r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="2026-01-02T03:04:05Z"><p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><Assertion ID="_a" Version="2.0" IssueInstant="2026-01-02T03:04:05Z"><Issuer>x</Issuer><Subject><NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">_f1</NameID></Subject><AttributeStatement>{attributes}</AttributeStatement></Assertion></p:Response>"#
    );
    let mut told = settings(Provider::Instance { name: "saml".into() });
    told.uid_attribute = uid_attribute.map(str::to_owned);
    let stored = Told { saml_extern_uid: Some(Some(stored.to_owned())), ..Told::default() };
    let bodies =
        [Body::Settings(Settings { provider: Some(told), ..Settings::default() }), Body::Told(stored)];
    let mut tracer = Tracer::replay(import::file("sample.xml", xml.as_bytes(), at()).events);
    for (number, body) in (1..).zip(bodies) {
        tracer.observe(&Event::new(EventId::new(at(), "given", number), body));
    }
    tracer
}

#[test]
fn the_attribute_that_stands_for_the_name_id_is_compared_with_what_is_stored() {
    let value = |name: &str, inside: &str| format!("<Attribute Name=\"{name}\">{inside}</Attribute>");
    let plain = |text: &str| format!("<AttributeValue>{text}</AttributeValue>");
    let nil = "<AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"1\"/>";
    let qualified = "<AttributeValue><NameID NameQualifier=\"https://idp\">Alex</NameID></AttributeValue>";
    let other = "<AttributeValue><x:y xmlns:x=\"urn:x\">alex</x:y></AttributeValue>";
    let uid = Some("uid");
    for (attributes, uid_attribute, stored, expected) in [
        (value("uid", &plain("alex")), uid, "alex", (Verdict::Exact, Some("alex"))),
        // An instance looks it up whatever its case.
        (value("uid", &plain("Alex")), uid, "alex", (Verdict::CaseOnly, Some("Alex"))),
        (value("uid", &plain(" alex")), uid, "alex", (Verdict::WhitespaceOnly, Some(" alex"))),
        (value("uid", &(plain("alex") + &plain("eve"))), uid, "alex", (Verdict::Exact, Some("alex"))),
        // Elements of one name are one attribute; one without values gives none.
        (value("uid", "") + &value("uid", &plain("alex")), uid, "alex", (Verdict::Exact, Some("alex"))),
        (value("UID", &plain("alex")), uid, "alex", (Verdict::Unknown, None)),
        (
            "<Attribute Name=\"x\" FriendlyName=\"uid\"><AttributeValue>alex</AttributeValue></Attribute>"
                .into(),
            uid,
            "alex",
            (Verdict::Unknown, None),
        ),
        (value("uid", &(nil.to_owned() + &plain("alex"))), uid, "alex", (Verdict::Unknown, None)),
        (value("uid", qualified), uid, "https://idp/Alex", (Verdict::Exact, Some("https://idp/Alex"))),
        (value("uid", &(other.to_owned() + &plain("alex"))), uid, "alex", (Verdict::Exact, Some("alex"))),
        (value("uid", other), uid, "alex", (Verdict::Unknown, None)),
        (value("uid", &plain("alex")), None, "alex", (Verdict::Transient, Some("_f1"))),
    ] {
        let tracer = with_uid_attribute(&attributes, uid_attribute, stored);
        let case = Case::new(&tracer, &tracer.flows()[0], at());
        let row = case.comparison().row("name-id-with-saml").unwrap();
        let left = row.left.as_ref().and_then(|left| left.value.known());
        assert_eq!((row.verdict, left), expected, "{attributes}");
        let is_uid = uid_attribute.is_some() && left.is_some();
        assert_eq!(row.label().to_string().contains("Attribute"), is_uid, "{}", row.label());
    }
}
