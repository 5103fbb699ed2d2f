//! `samlight inspect`: the JSON object's shape and values, and how the program ends.

#![allow(clippy::unwrap_used)] // a test stops where it fails, the functions that it shares too

mod program;

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use program::samlight;
use samlight::{
    base::limits::LIMITS,
    binding::{Carried, from_octets, from_query},
    view::print::{Given, inspect::inspect},
};
use serde_json::{Value, json};
use std::io::Write;

const RESPONSE: &str = r##"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r" Version="2.0"
 IssueInstant="2026-01-01T00:00:00Z" Destination="https://gitlab.com/groups/acme/-/saml/callback"><Issuer
 xmlns="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example.com/</Issuer><p:Status><p:StatusCode
 Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><Assertion
 xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a"><Issuer>https://idp.example.com/</Issuer><Signature
 xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><Reference URI="#_a"/></SignedInfo><KeyInfo><X509Data
 ><X509Certificate>YWJj</X509Certificate></X509Data></KeyInfo></Signature><Subject><NameID
 Format="urn:f">ada<!-- --></NameID><SubjectConfirmation><SubjectConfirmationData Recipient="https://r.example.com"
 NotOnOrAfter="2026-01-01T00:05:00Z"/></SubjectConfirmation></Subject><Conditions
 ><AudienceRestriction><Audience>https://gitlab.com/groups/acme</Audience></AudienceRestriction></Conditions
 ><AuthnStatement AuthnInstant="2026-01-01T00:00:00Z" SessionIndex="i"/><AttributeStatement><Attribute Name="email"
 ><AttributeValue>ada@example.com</AttributeValue></Attribute></AttributeStatement></Assertion></p:Response>"##;

fn object(carried: &Carried) -> Value {
    inspect("file.xml", carried, &Given::default())
}

#[test]
fn has_every_key_of_a_response() {
    let mut found = object(&from_octets(RESPONSE.as_bytes(), &LIMITS));
    let at = RESPONSE.find("<!--").unwrap();
    assert_eq!(found["flaws"][0]["code"], "comment-in-name-id");
    assert_eq!(found["flaws"][0]["at"], json!({ "start": at, "end": at + 8 }));
    assert_eq!(found["flaws"].as_array().map(Vec::len), Some(1));
    assert!(found["flaws"][0]["text"].as_str().unwrap().contains("comment"));
    assert!(found["signatures"][0]["reason"].as_str().unwrap().contains("Signature has no SignatureValue"));
    found["flaws"] = json!([]);
    found["signatures"][0]["reason"] = Value::Null;
    let expected = json!({
        "source": "file.xml", "reading": "standards", "binding": "none", "message": "Response", "version": "2.0",
        "id": "_r", "in_response_to": null, "issue_instant": "2026-01-01T00:00:00Z",
        "issuer": "https://idp.example.com/", "destination": "https://gitlab.com/groups/acme/-/saml/callback",
        "status": { "code": "urn:oasis:names:tc:SAML:2.0:status:Success", "subcode": null, "message": null },
        "request": { "acs_url": null, "name_id_policy_format": null, "force_authn": null },
        "metadata": { "entity_ids": [], "acs_urls": [] },
        "artifact": null,
        "assertions": 1, "encrypted": false,
        "assertion": { "id": "_a", "issuer": "https://idp.example.com/" },
        "subject": {
            "name_id": "ada", "other_readings": [], "format": "urn:f", "name_qualifier": null, "sp_name_qualifier": null,
            "encrypted_id": false, "recipients": ["https://r.example.com"], "in_response_to": null,
            "not_on_or_after": "2026-01-01T00:05:00Z",
        },
        "name_id_gitlab_reads": null,
        "conditions": { "not_before": null, "not_on_or_after": null, "audiences": ["https://gitlab.com/groups/acme"] },
        "authn": { "instant": "2026-01-01T00:00:00Z", "session_index": "i", "context": null },
        "attributes": [
            { "name": "email", "friendly_name": null, "name_format": null, "values": ["ada@example.com"] },
        ],
        "signatures": [{
            "on": "Assertion", "covers": ["#_a"], "first_assertion_covered": false, "state": "unverifiable",
            "reason": null, "algorithm": null, "canonicalization": null, "digest": null,
        }],
        "redacted_copy": null, "attacks": [], "certificates": [{
            "sha1": "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D",
            "sha256": "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD",
            "subject": null, "not_before": null, "not_after": null,
        }],
        "decryption": [],
        "relay_state": null,
        "flaws": [],
    });
    assert_eq!(found, expected);
}

#[test]
fn has_the_same_keys_when_nothing_could_be_read() {
    let whole = object(&from_octets(RESPONSE.as_bytes(), &LIMITS));
    let carried = from_query("SAMLRequest=%21&RelayState=%2fx&Signature=QQ&SigAlg=urn:s", &LIMITS);
    let nothing = object(&carried[0]);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&nothing), keys(&whole));
    for part in ["status", "request", "metadata", "assertion", "subject", "conditions", "authn"] {
        assert_eq!(keys(&nothing[part]), keys(&whole[part]), "{part}");
    }
    assert_eq!((&nothing["message"], &nothing["binding"]), (&Value::Null, &json!("HTTP-Redirect")));
    assert_eq!((&nothing["relay_state"], &nothing["flaws"][0]["code"]), (&json!("/x"), &json!("not-base64")));
    assert_eq!(
        (&nothing["signatures"][0]["on"], &nothing["signatures"][0]["algorithm"]),
        (&json!("query"), &json!("urn:s"))
    );
}

#[test]
fn prints_one_object_a_line_and_says_whether_something_is_wrong() {
    let request = "<p:AuthnRequest xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_q'/>";
    let (code, _, error) = samlight(&["inspect", "--json", "-"], request);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    let (code, out, error) = samlight(&["inspect", "--json", "-", "-"], RESPONSE);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // The second reading of standard input finds nothing.
    assert_eq!((code, error.as_str(), lines.len()), (Some(1), "", 2));
    assert_eq!((&lines[0]["source"], &lines[0]["message"]), (&json!("-"), &json!("Response")));
    assert_eq!((&lines[1]["message"], &lines[1]["flaws"][0]["code"]), (&Value::Null, &json!("empty")));
    let (_, out, _) = samlight(&["inspect", "-"], RESPONSE);
    assert!(out.starts_with("Response (none) in -\n") && out.contains("\n  NameID: ada\n"), "{out}");
}

#[test]
fn says_what_is_wrong_and_exits_with_2() {
    for (arguments, expected) in [
        (vec![], "No FILE"),
        (vec!["dance"], "“dance”"),
        (vec!["--dance"], "--dance"),
        (vec!["inspect"], "No FILE"),
        (vec!["inspect", "--dance", "-"], "--dance"),
        (vec!["inspect", "/no/such/file", "-"], "/no/such/file"),
    ] {
        let (code, _, error) = samlight(&arguments, "");
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(error.starts_with("samlight: ") && error.contains(expected), "{arguments:?}: {error}");
    }
    // The files that can be read are still shown.
    let (_, out, _) = samlight(&["inspect", "/no/such/file", "-"], RESPONSE);
    assert!(out.starts_with("Response"), "{out}");
}

#[test]
fn shows_help_and_version() {
    let (code, out, _) = samlight(&["--help"], "");
    assert!(code == Some(0) && out.contains("\n  inspect "), "{out}");
    let (code, out, _) = samlight(&["inspect", "--help"], "");
    assert!(code == Some(0) && out.contains("--cert <FILE>"), "{out}");
    let (_, out, _) = samlight(&["--version"], "");
    assert_eq!(out, concat!("samlight ", env!("CARGO_PKG_VERSION"), "\n"));
}

/// Of a compressed message of 3 MB the first of them is read, and with `--whole` all.
#[test]
fn reads_the_whole_of_a_compressed_message_when_asked() {
    let filling = format!("<a>{}</a>", "text ".repeat(200)).repeat(3 * 1024);
    let xml = format!("<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">{filling}</p:Response>");
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(xml.as_bytes()).unwrap();
    let value =
        utf8_percent_encode(&BASE64_STANDARD.encode(encoder.finish().unwrap()), NON_ALPHANUMERIC).to_string();
    let address = format!("https://gitlab.com/x?SAMLResponse={value}");
    let (code, out, _) = samlight(&["inspect", "-"], &address);
    assert!(code == Some(1) && out.contains("inflate-limit") && out.contains("--whole"), "{out}");
    let (code, out, _) = samlight(&["inspect", "--whole", "-"], &address);
    assert!(code == Some(0) && !out.contains("inflate-limit"), "{out}");
}
