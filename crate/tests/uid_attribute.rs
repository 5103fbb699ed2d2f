//! A GitLab that looks for an attribute in place of the NameID (`uid_attribute` of omniauth-saml): whatever
//! is sent and stored, each rendering of the sign-in is of the attribute, and names it.
//!
//! Every attribute name is combined with every pair of a sent and a stored value, with every NameID beside
//! it, and with every answer of GitLab. Leaves out groups, which always look for the NameID.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accepted;
mod signer;

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::instant::Timestamp,
    case::Case,
    event::{
        Body, Event, EventId, Told,
        settings::{ProviderSettings, Settings},
    },
    gitlab::{instance::Instance, pages, routes, routes::Provider},
    notes::{self, SignIns},
    trace::tracer::Tracer,
    view::{
        flow::flow_view,
        print::{check, terminal},
    },
};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_258_010_000);
const ACS: &str = "https://gitlab.example.com/users/auth/saml/callback";
const IDENTITIES: &str = "https://gitlab.example.com/admin/users/alex/identities";

/// Names of attributes, with what is special in a catalogue, in XML or in a sentence.
const ATTRIBUTES: [&str; 5] = ["email", "uid", "urn:oid:0.9.2342.19200300.100.1.1", "{sent}", "NameID"];

/// The value that is sent in the attribute, the one that is stored, and the verdict.
const VALUES: [(&str, Option<&str>, &str); 6] = [
    ("alex", Some("alex"), "exact"),
    ("Alex", Some("alex"), "case-only"),
    ("alex ", Some("alex"), "whitespace-only"),
    ("al\u{200b}ex", Some("alex"), "unicode-only"),
    ("robin", Some("alex"), "different"),
    ("alex", None, "not-stored"),
];

/// NameIDs that are sent beside it, which say nothing.
const NAME_IDS: [&str; 4] = [
    "<a:NameID>alex</a:NameID>",
    "<a:NameID>nobody</a:NameID>",
    "<a:NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:transient\">_1</a:NameID>",
    "",
];

/// GitLab's answers: where it sends the browser, and what it says there.
const ANSWERS: [Option<(&str, &str)>; 5] = [
    None,
    Some(("/dashboard", "")),
    Some(("/users/sign_in", "Extern uid has already been taken")),
    Some(("/users/sign_in", "User has already been taken")),
    Some(("/users/sign_in", "Could not authenticate you from SAML because \"Fingerprint mismatch\".")),
];

fn response(name_id: &str, attribute: &str, value: &str) -> String {
    let uid = format!(
        "<a:Attribute Name=\"{attribute}\"><a:AttributeValue>{value}</a:AttributeValue></a:Attribute>"
    );
    let username = "<a:Attribute Name=\"username\">";
    let xml = accepted::response()
        .replace("https://gitlab.com/groups/acme/-/saml/callback", ACS)
        .replace("<a:NameID>Alex-1</a:NameID>", name_id)
        .replace("Name=\"email\"", "Name=\"other\"")
        .replace(username, &format!("{uid}{username}"));
    signer::certified(&signer::signed(&xml).unwrap())
}

/// The sign-in, with what a person told of it and what the page of the Admin area shows.
fn traced(
    xml: &str,
    attribute: &str,
    stored: Option<&str>,
    answer: Option<(&str, &str)>,
    told: bool,
) -> Tracer {
    let post = json!({"kind": "request", "request": "1", "tab": 7, "method": "POST", "body": "form", "url": ACS,
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]});
    let rows: Vec<Value> = stored
        .iter()
        .map(|stored| json!({"provider": "SAML (saml)", "identifier": stored, "active": "-"}))
        .collect();
    let page = json!({"kind": "page", "tab": 8, "url": IDENTITIES, "page": pages::USER_IDENTITIES, "fields": {}, "rows": rows});
    let mut events = vec![page, post];
    if let Some((location, said)) = answer {
        let location = format!("https://gitlab.example.com{location}");
        let flashes: Vec<&str> = [said].into_iter().filter(|said| !said.is_empty()).collect();
        events.push(json!({"kind": "response", "request": "1", "tab": 7, "method": "POST", "url": ACS,
            "status": 302, "location": location}));
        events.push(json!({"kind": "page", "tab": 7, "url": location, "page": "any", "rows": [],
            "fields": {"flash": flashes}}));
    }
    let numbered = events.into_iter().enumerate().map(|(at, mut event)| {
        event["id"] = json!(format!("{:013}-uid-{at:06}", 1_767_258_000_000 + at));
        serde_json::from_value::<Event>(event).unwrap()
    });
    let mut tracer = Tracer::replay(numbered);
    let instance = Instance::at("https://gitlab.example.com").unwrap();
    let provider = ProviderSettings {
        uid_attribute: Some(attribute.to_owned()),
        entity_id: Some("https://gitlab.com/groups/acme".to_owned()),
        ..ProviderSettings::new(instance, Provider::Instance { name: "saml".into() })
    };
    let settings = Settings { provider: Some(provider), ..tracer.settings().clone() };
    let value = Told { saml_extern_uid: Some(stored.map(str::to_owned)), ..Told::default() };
    let told = told.then_some(Body::Told(value));
    for (number, body) in (1..).zip([Some(Body::Settings(settings)), told].into_iter().flatten()) {
        tracer.observe(&Event::new(EventId::new(Timestamp(1_767_258_000_900), "given", number), body));
    }
    tracer
}

/// The lines of `text` that call what GitLab looks for the NameID. The message's own NameID may be listed and
/// is checked by itself.
fn called_name_id<'t>(text: &'t str, attribute: &str) -> Vec<&'t str> {
    let of_its_own = ["NameID: ", "NameID of the assertion", "Format: "];
    let is_of_its_own = |line: &&str| of_its_own.iter().any(|own| line.contains(own));
    let lines = text.lines().filter(|line| !is_of_its_own(line));
    let called = |line: &&str| {
        let named = format!("“{attribute}”");
        let rest =
            line.replace(&named, "").replace("in place of the NameID", "").replace("used as the NameID", "");
        rest.contains("NameID")
    };
    lines.filter(called).collect()
}

#[test]
fn every_rendering_is_of_the_attribute_and_names_it() {
    let (mut named, mut marked) = (0, 0);
    for attribute in ATTRIBUTES {
        for (sent, stored, verdict) in VALUES {
            for name_id in NAME_IDS {
                let xml = response(name_id, attribute, sent);
                for answer in ANSWERS {
                    let what = format!("{attribute}, {sent:?}, {stored:?}, {name_id}, {answer:?}");
                    let tracer = traced(&xml, attribute, stored, answer, true);
                    let flow = tracer.flows().last().unwrap();
                    let case = Case::new(&tracer, flow, NOW);
                    let json = check::check(&case);
                    let uid = json!({"value": sent, "from": "attribute", "attribute": attribute});
                    assert_eq!((&json["uid"], &json["saml_verdict"]), (&uid, &json!(verdict)), "{what}");
                    let ids: Vec<&str> = json["findings"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|it| it["id"].as_str().unwrap())
                        .collect();
                    let of_name_id = ["name-id-missing", "name-id-transient"];
                    assert!(!ids.iter().any(|id| of_name_id.contains(id)), "{what}: {ids:?}");
                    let view = flow_view(&case);
                    let owner = view.for_owner.as_ref().map(|owner| owner.text.clone()).unwrap_or_default();
                    let text = terminal::render(&view);
                    for text in [&text, &owner, &view.line.verdict.text, &view.verdict.text] {
                        assert_eq!(called_name_id(text, attribute), [""; 0], "{what}:\n{text}");
                    }
                    if ids.contains(&"name-id-mismatch") {
                        let finding = json["findings"].as_array().unwrap().iter();
                        let mut said = finding
                            .filter(|it| it["id"] == "name-id-mismatch")
                            .map(|it| it["text"].to_string());
                        let is_named =
                            |said: String| said.contains("attribute “") && said.contains(attribute);
                        assert!(said.all(is_named), "{what}: {json}");
                        named += 1;
                    }
                    let tracer = traced(&xml, attribute, stored, answer, false);
                    let instance = Instance::at("https://gitlab.example.com").unwrap();
                    let sign_ins = SignIns::of(&tracer, &instance, NOW);
                    for read in tracer.pages() {
                        let (_, page) = read;
                        let Some(route) = routes::route(&instance, page.url.expose()) else { continue };
                        let own = notes::with_own(&sign_ins, &route, read);
                        for note in notes::compared(&sign_ins, &route, page).into_iter().chain(own) {
                            let text = note.text.to_string();
                            let is_general =
                                note.cell == "none" || text.contains("No sign-in of this member");
                            assert!(
                                is_general || called_name_id(&text, attribute).is_empty(),
                                "{what}: {text}"
                            );
                            marked += usize::from(!is_general && text.contains(attribute));
                        }
                    }
                }
            }
        }
    }
    assert!(named > 100 && marked > 50, "{named} findings, {marked} marks");
}

/// The counterpart: where nobody gave an attribute, the same Responses are looked for by the NameID.
#[test]
fn without_the_setting_the_same_responses_are_of_the_name_id() {
    for (sent, ..) in VALUES {
        let xml = response(NAME_IDS[0], "email", sent);
        let mut tracer = traced(&xml, "email", Some("alex"), None, true);
        let mut settings = tracer.settings().clone();
        settings.provider.as_mut().unwrap().uid_attribute = None;
        let id = EventId::new(Timestamp(1_767_258_000_901), "given", 9);
        tracer.observe(&Event::new(id, Body::Settings(settings)));
        let json = check::check(&Case::new(&tracer, tracer.flows().last().unwrap(), NOW));
        let uid = json!({"value": "alex", "from": "name-id", "attribute": null});
        assert_eq!((&json["uid"], &json["saml_verdict"]), (&uid, &json!("exact")), "{sent}");
    }
}
