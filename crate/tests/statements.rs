//! Statements that must be true of any message: which version of SAML it is, how many there are of what must
//! be there once, and what a signature is made of. Each is generated with everything that could be said of
//! it, and what `check` and `inspect` print must fit.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accepted;
mod signer;

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::{instant::Timestamp, limits::LIMITS},
    binding::{Carried, from_octets, from_query},
    case::Case,
    encryption::PrivateKey,
    event::{
        Body, Event, EventId,
        settings::{ProviderSettings, Settings},
    },
    file::import,
    gitlab::{instance::Instance, routes::Provider},
    signature::{GivenKeys, certificates::Certificate},
    trace::tracer::Tracer,
    view::{
        FlowView,
        acceptance::acceptance_view,
        flow::flow_view,
        print::{Given, check, inspect, inspect_text, terminal},
    },
};
use serde_json::Value;

/// 9 o'clock on the first of January 2026.
const AT: Timestamp = Timestamp(1_767_258_000_000);

const VERSIONS: [&str; 7] = ["1.0", "1.1", "2.0", "2.1", "", " 2.0", "2"];

/// All that `inspect` prints of a message.
fn inspected(carried: &Carried, given: &Given) -> String {
    let json = inspect::inspect("message", carried, given);
    // What the message holds is no statement of ours.
    let told: Vec<String> = ["signatures", "attacks", "flaws"].map(|key| json[key].to_string()).into();
    format!("{}\n{}", inspect_text::render("message", carried, given), told.join("\n"))
}

/// The output of `check` for a Response in a file to the group `acme` whose settings have the certificate, as
/// JSON and as text.
fn checked(xml: &str) -> (Value, String) {
    let mut tracer = Tracer::replay(import::file("response.xml", xml.as_bytes(), AT).events);
    let group = Provider::Group { path: "acme".into() };
    let told = ProviderSettings {
        fingerprint: Some("6A:07:F1:3B:23:61:9E:15:09:6C:77:68:89:33:44:77:1E:97:DA:6D".into()),
        ..ProviderSettings::new(Instance::gitlab_com(), group)
    };
    let body = Body::Settings(Settings { provider: Some(told), ..tracer.settings().clone() });
    tracer.observe(&Event::new(EventId::new(AT, "given", 1), body));
    let flow = tracer.flows().last().unwrap();
    let case = Case::new(&tracer, flow, AT).received_at(AT);
    (check::check(&case), terminal::render(&flow_view(&case)))
}

fn check_of<'v>(json: &'v Value, id: &str) -> &'v Value {
    json["checks"].as_array().unwrap().iter().find(|check| check["id"] == id).unwrap()
}

#[test]
fn a_message_of_saml_1_is_called_what_it_says_it_is() {
    for (namespace, name) in [("protocol", "Response"), ("protocol", "Request"), ("assertion", "Assertion")] {
        for minor in [Some("0"), Some("1"), Some("2"), Some("01"), Some(""), None] {
            let minor_version = minor.map(|minor| format!(" MinorVersion=\"{minor}\"")).unwrap_or_default();
            let xml = format!(
                "<{name} xmlns=\"urn:oasis:names:tc:SAML:1.0:{namespace}\" MajorVersion=\"1\"{minor_version}/>"
            );
            let said = inspected(&from_octets(xml.as_bytes(), &LIMITS), &Given::default());
            let of = |version: &str| said.contains(&format!("This is SAML {version}."));
            assert_eq!((of("1.0"), of("1.1")), (minor == Some("0"), minor == Some("1")), "{xml}: {said}");
            let is_open = !matches!(minor, Some("0" | "1"));
            assert_eq!(said.contains("whether of 1.0 or 1.1"), is_open, "{xml}: {said}");
            assert!(said.contains("GitLab reads only SAML 2.0"), "{xml}: {said}");
        }
    }
}

#[test]
fn of_a_response_of_saml_2_no_version_is_told_but_its_own() {
    for version in VERSIONS.map(Some).into_iter().chain([None]) {
        let own = version.map(|version| format!("Version=\"{version}\"")).unwrap_or_default();
        let plain = accepted::response().replacen("Version=\"2.0\"", &own, 1);
        let xml = signer::certified(&signer::signed(&plain).unwrap());
        let (json, text) = checked(&xml);
        let state = &check_of(&json, "version")["state"];
        assert_eq!(state == "passed", version == Some("2.0"), "{version:?}: {json}");
        let is_told = json["message"] == "Unsupported SAML version";
        assert_eq!(is_told, version != Some("2.0"), "{version:?}: {json}");
        let inspected = inspected(&from_octets(xml.as_bytes(), &LIMITS), &Given::default());
        for said in [&text, &inspected, &json.to_string()] {
            for other in ["1.0", "1.1", "2.1"].into_iter().filter(|other| version != Some(*other)) {
                assert!(!said.contains(&format!("SAML {other}")), "{version:?} is called {other}: {said}");
            }
        }
    }
}

/// Elements that must be there once: the name, where one begins and ends in the Response, and the check.
const ONCE: [(&str, &str, &str, &str); 3] = [
    ("Conditions", "<a:Conditions", "</a:Conditions>", "one-conditions"),
    ("AuthnStatement", "<a:AuthnStatement", "</a:AuthnStatement>", "one-authn-statement"),
    ("assertions", "<a:Assertion", "</a:Assertion>", "one-assertion"),
];

#[test]
fn several_are_not_called_none_and_none_is_not_called_several() {
    for (element, start, end, id) in ONCE {
        for count in 0..=3 {
            let plain = accepted::response();
            let from = plain.find(start).unwrap();
            let to = plain.find(end).unwrap() + end.len();
            let changed = format!("{}{}{}", &plain[..from], plain[from..to].repeat(count), &plain[to..]);
            let xml = signer::certified(&signer::signed(&changed).unwrap());
            let (json, text) = checked(&xml);
            let check = check_of(&json, id);
            assert_eq!(check["state"] == "passed", count == 1, "{count} {element}: {check}");
            let said = check["text"].as_str().unwrap_or_default();
            let number = format!("Number of {element}");
            assert_eq!(said.contains(&number), count != 1, "{count} {element}: {said}");
            assert!(count == 1 || said.contains(&format!(": {count}. ")), "{count} {element}: {said}");
            // Whoever explains GitLab's words says both, or what it is.
            for line in text.lines().chain([said]).filter(|line| line.contains(element)) {
                let none = ["has no ", "It has none.", "there is no ", "is missing"];
                let is_none = none.iter().any(|none| line.contains(none)) && !line.contains("or ");
                assert!(count < 2 || !is_none, "{count} {element}: {line}");
            }
        }
    }
}

#[test]
fn of_signatures_it_is_said_how_many_there_are() {
    let signed = signer::certified(&signer::signed(&accepted::response()).unwrap());
    let from = signed.find("<ds:Signature ").unwrap();
    let to = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    for count in 0..=3 {
        // Each has an element of its own, so that the number alone is wrong.
        let inner = |number: usize| {
            let other = signed[from..to].replace("URI=\"#_r\"", &format!("URI=\"#_x{number}\""));
            format!("<p:Extensions><a:Assertion ID=\"_x{number}\">{other}</a:Assertion></p:Extensions>")
        };
        let own = if count == 0 { "" } else { &signed[from..to] };
        let others: String = (1..count).map(inner).collect();
        let xml = format!("{}{own}{others}{}", &signed[..from], &signed[to..]);
        let (json, _) = checked(&xml);
        let check = check_of(&json, "signed-elements");
        assert_eq!(check["state"] == "passed", (1..3).contains(&count), "{count}: {check}");
        let said = check["text"].as_str().unwrap_or_default();
        let number = format!("Number of signatures in the Response: {count}.");
        assert_eq!(said.contains(&number), !(1..3).contains(&count), "{said}");
    }
}

/// The signature of a redirect stands beside the message: it has no SignedInfo, no Reference, no digest.
#[test]
fn of_a_detached_signature_nothing_is_said_that_only_one_in_xml_has() {
    let certificate = {
        let signed = signer::certified(&signer::signed(&accepted::response()).unwrap());
        let digits = signed.split("X509Certificate>").nth(1).unwrap().split('<').next().unwrap();
        Certificate::from_file(digits.as_bytes()).unwrap()
    };
    let algorithms = [
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "urn:example:unknown",
    ];
    let (mut valid, mut all) = (0, 0);
    for (parameter, name) in [
        ("SAMLRequest", "AuthnRequest"),
        ("SAMLRequest", "LogoutRequest"),
        ("SAMLResponse", "LogoutResponse"),
    ] {
        let xml =
            format!("<p:{name} xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_q\" Version=\"2.0\"/>");
        let message = escaped(&BASE64_STANDARD.encode(deflated(xml.as_bytes())));
        for algorithm in algorithms {
            let signed = format!("{parameter}={message}&RelayState=x&SigAlg={}", escaped(algorithm));
            let right = signer::value(signed.as_bytes());
            let cut = &right[..right.len() - 8];
            let values = [right.as_str(), cut, "AAAA", "", "%", &signer::value(b"another")];
            for value in values {
                for query in [
                    format!("{signed}&Signature={}", escaped(value)),
                    format!(
                        "{}&Signature={}",
                        signed.replace("RelayState=x", "RelayState=y"),
                        escaped(value)
                    ),
                    signed.clone(),
                    format!("{parameter}={message}&Signature={}", escaped(value)),
                ] {
                    for given in [GivenKeys::default(), GivenKeys::new(std::slice::from_ref(&certificate))] {
                        let carried = from_query(&query, &LIMITS).pop().unwrap();
                        let said = inspected(&carried, &Given { certificates: given, keys: Vec::new() });
                        // The key is there of every signature, and says that there is none.
                        let said = said.replace("\"digest\":null", "");
                        for part in
                            ["SignedInfo", "Reference", "digest", "DigestValue", "SignatureValue", "KeyInfo"]
                        {
                            assert!(!said.contains(part), "{part} of {query}: {said}");
                        }
                        valid += usize::from(said.contains("\"valid\""));
                        all += 1;
                    }
                }
            }
        }
    }
    assert!(valid >= 3 && all > 500, "{valid} of {all} are valid");
}

/// A change of the good Response, what `inspect` says of it by the standard, the check, whether GitLab passes
/// it, and what `check` says of it.
type Differing = (fn(String) -> String, &'static str, &'static str, bool, &'static str);

const DIFFERING: [Differing; 6] = [
    (
        |xml| xml.replacen("Version=\"2.0\"", "Version=\"1.1\"", 1),
        "valid",
        "version",
        false,
        "GitLab says: Unsupported SAML version",
    ),
    (
        |xml| xml.replace("T09:10:00Z", "T08:00:00Z"),
        "valid",
        "validity",
        false,
        "GitLab says: Current time is on or after",
    ),
    (
        |xml| xml.replace("</p:Response>", "<a:Assertion ID=\"_b\" Version=\"2.0\"/></p:Response>"),
        "valid",
        "one-assertion",
        false,
        "GitLab takes exactly one.",
    ),
    (
        |xml| xml.replacen("https://gitlab.com/groups", "https://gitlab.com:8443/groups", 1),
        "Destination: https://gitlab.com:8443/groups",
        "destination",
        true,
        "GitLab compares the address byte for byte, except for the port",
    ),
    (
        |xml| xml.replace("https://gitlab.com/groups/acme</a:Audience>", "</a:Audience>"),
        "Audience: ",
        "audience",
        true,
        "as GitLab's library reads the message",
    ),
    (
        |xml| xml.replace(">alex<", ">t<x:y xmlns:x=\"urn:x\">z</x:y>t<"),
        "username, as GitLab reads it: ",
        "attributes",
        true,
        "as GitLab's library reads the message",
    ),
];

/// The standard speaks in `inspect`, ruby-saml in `check`, and both say so.
#[test]
fn where_the_standard_and_gitlab_differ_both_say_whose_reading_it_is() {
    for (change, by_standard, id, passes, by_gitlab) in DIFFERING {
        let xml = signer::certified(&signer::signed(&change(accepted::response())).unwrap());
        let (json, text) = checked(&xml);
        let state = &check_of(&json, id)["state"];
        assert_eq!(state == "passed", passes, "{id}: {json}");
        let carried = from_octets(xml.as_bytes(), &LIMITS);
        let inspected = inspect_text::render("message", &carried, &Given::default());
        assert_both(id, &inspected, by_standard, &text, by_gitlab);
        assert_eq!(inspect::inspect("message", &carried, &Given::default())["reading"], "standards");
        assert_eq!(json["reading"], "ruby-saml 1.18.1");
    }
}

/// The same of what is encrypted in ways that XML Encryption has and GitLab's library does not.
#[test]
fn of_what_only_the_standard_opens_both_say_whose_reading_it_is() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/encryption/samples");
    let key = || PrivateKey::from_file(&std::fs::read(format!("{folder}/keys/sp.key")).unwrap()).unwrap();
    for sample in ["key-oaep-sha224-sha256", "key-oaep-sha512-sha384", "key-mgf1p-sha256", "key-mgf1p-label"]
    {
        let xml = std::fs::read(format!("{folder}/{sample}.xml")).unwrap();
        let carried = from_octets(&xml, &LIMITS);
        let given = Given { certificates: GivenKeys::default(), keys: vec![key()] };
        let inspected = inspect_text::render("message", &carried, &given);
        let mut tracer = Tracer::replay(import::file("response.xml", &xml, AT).events);
        let told = ProviderSettings {
            has_sp_key: true,
            ..ProviderSettings::new(Instance::gitlab_com(), Provider::Instance { name: "saml".into() })
        };
        let body = Body::Settings(Settings { provider: Some(told), ..tracer.settings().clone() });
        tracer.observe(&Event::new(EventId::new(AT, "given", 1), body));
        let keys = [key()];
        let case = Case::new(&tracer, tracer.flows().last().unwrap(), AT).received_at(AT).with_keys(&keys);
        let view = FlowView { acceptance: acceptance_view(&case), ..flow_view(&case) };
        let said = "GitLab's library cannot open the assertion with this key";
        assert_both(sample, &inspected, "opened with your key", &terminal::render(&view), said);
    }
}

fn assert_both(what: &str, inspected: &str, by_standard: &str, checked: &str, by_gitlab: &str) {
    assert!(inspected.contains(by_standard) && checked.contains(by_gitlab), "{what}: {inspected}\n{checked}");
    let last = inspected.lines().last().unwrap();
    assert!(last.contains("as the standards have it") && last.contains("samlight check"), "{what}: {last}");
    let is_verdict =
        |line: &&str| line.contains("valid for the key") || line.contains("opened with your key");
    for line in inspected.lines().chain(checked.lines()).filter(is_verdict) {
        assert!(line.ends_with("(as the standard has it)"), "{what}: {line}");
    }
    let mut lines = checked.lines().skip_while(|line| *line != "What GitLab checks, in its order");
    assert!(lines.nth(1).unwrap().contains("as GitLab's library reads the message"), "{what}: {checked}");
}

/// `octets` in one stored block of DEFLATE (RFC 1951, 3.2.4).
fn deflated(octets: &[u8]) -> Vec<u8> {
    let length = u16::try_from(octets.len()).unwrap();
    [&[1], &length.to_le_bytes()[..], &(!length).to_le_bytes()[..], octets].concat()
}

fn escaped(value: &str) -> String {
    let one = |octet: u8| match octet {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(octet).to_string(),
        other => format!("%{other:02X}"),
    };
    value.bytes().map(one).collect()
}
