//! The key that makes a signature valid: the first certificate's, from its place in KeyInfo.

use crate::signer;
use samlight::{
    attack,
    base::limits::LIMITS,
    binding::from_octets,
    signature::{GivenKeys, Signature, SignatureState, certificates::Certificate},
    view::print::{Given, inspect::inspect},
};

/// The key that signs is in the first two, the second certified by the third; that has another key.
const OWN: &str = include_str!("../signer/sp.crt");
const LEAF: &str = include_str!("keys/leaf.crt");
const OTHER: &str = include_str!("keys/ca.crt");

const RESPONSE: &str = r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r"><Issuer>https://idp.example.com</Issuer><Assertion ID="_a"><Subject><NameID>ada@example.com</NameID></Subject></Assertion></p:Response>"#;

fn certificate(pem: &str) -> String {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    format!("<ds:X509Certificate>{base64}</ds:X509Certificate>")
}

fn x509_data(pems: &[&str]) -> String {
    let certificates: String = pems.iter().map(|pem| certificate(pem)).collect();
    format!("<ds:X509Data>{certificates}</ds:X509Data>")
}

fn value(numbers: (String, String)) -> String {
    let (modulus, exponent) = numbers;
    format!(
        "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>{exponent}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
    )
}

/// The numbers of another key.
fn other_numbers() -> (String, String) {
    let (modulus, exponent) = signer::numbers();
    (modulus.replacen('A', "B", 1), exponent)
}

/// The signed Response with this KeyInfo.
fn response(key_info: &str) -> String {
    let xml = signer::signed(RESPONSE).unwrap();
    let (start, rest) = xml.split_once("<ds:KeyInfo>").unwrap();
    let (_, end) = rest.split_once("</ds:KeyInfo>").unwrap();
    format!("{start}<ds:KeyInfo>{key_info}</ds:KeyInfo>{end}")
}

/// Its signature with these keys given, and the causes of signs of an attack.
fn read(xml: &str, given: &GivenKeys) -> (Signature, Vec<&'static str>) {
    let look = attack::look(&from_octets(xml.as_bytes(), &LIMITS), given);
    (look.signatures[0].clone(), look.attacks.iter().map(|attack| attack.cause).collect())
}

#[test]
fn the_first_key_must_have_made_the_signature() {
    let own = || value(signer::numbers());
    let other = || value(other_numbers());
    let name = "<ds:KeyName>idp</ds:KeyName>";
    for (what, key_info, is_valid, has_other) in [
        ("its certificate", x509_data(&[OWN]), true, false),
        ("its key alone", own(), true, false),
        ("its certificate and its key", x509_data(&[OWN]) + &own(), true, false),
        ("its key before its certificate", own() + &x509_data(&[OWN]), true, false),
        ("its certificate twice", x509_data(&[OWN, OWN]), true, false),
        ("a name before its certificate", name.to_owned() + &x509_data(&[OWN]), true, false),
        ("its chain", x509_data(&[LEAF, OTHER]), true, false),
        ("its chain in two parts", x509_data(&[LEAF]) + &x509_data(&[OTHER]), true, false),
        ("another certificate behind it", x509_data(&[OWN, OTHER]), true, true),
        ("another key behind it", x509_data(&[OWN]) + &other(), true, true),
        ("another key behind its key", own() + &other(), true, true),
        ("its chain from the top", x509_data(&[OTHER, LEAF]), false, true),
        ("another certificate first", x509_data(&[OTHER]) + &x509_data(&[OWN]), false, true),
        ("its key behind another certificate", x509_data(&[OTHER]) + &own(), false, true),
        ("its key before another certificate", own() + &x509_data(&[OTHER]), false, true),
        ("its key behind another key", other() + &own(), false, true),
    ] {
        let (signature, causes) = read(&response(&key_info), &GivenKeys::default());
        assert_eq!(signature.state == SignatureState::Valid, is_valid, "{what}: {signature:?}");
        assert_eq!(causes.contains(&"other-key"), has_other, "{what}: {causes:?}");
        assert!(!causes.contains(&"changed"), "{what}: nothing was changed");
        if !is_valid {
            assert_eq!(signature.reasons.first().map(|reason| reason.code()), Some("other-key"), "{what}");
        }
    }
}

#[test]
fn a_certificate_that_was_given_does_not_stand_for_the_first_one() {
    let given = GivenKeys::new(&[Certificate::from_file(OWN.as_bytes()).unwrap()]);
    let state = |key_info: &str| read(&response(key_info), &given).0.state;
    assert_eq!(state("<ds:KeyName>idp</ds:KeyName>"), SignatureState::Valid);
    assert_eq!(state(&x509_data(&[OWN])), SignatureState::Valid);
    assert_eq!(state(&x509_data(&[OTHER])), SignatureState::Invalid);
    let unreadable = "<ds:X509Data><ds:X509Certificate>YWJj</ds:X509Certificate></ds:X509Data>";
    assert_ne!(state(unreadable), SignatureState::Valid);
}

#[test]
fn keys_are_read_from_their_places_only() {
    let x = |inside: &str| format!("<x:x xmlns:x=\"urn:x\">{inside}</x:x>");
    let own = || value(signer::numbers());
    for hidden in [
        x(&x509_data(&[OWN])),
        x(&certificate(OWN)),
        x(&own()),
        format!("<ds:X509Data>{}</ds:X509Data>", x(&certificate(OWN))),
        format!("<ds:KeyValue>{}</ds:KeyValue>", x(&own())),
    ] {
        let (alone, _) = read(&response(&hidden), &GivenKeys::default());
        assert_ne!(alone.state, SignatureState::Valid, "{hidden}");
        let beside = response(&(x509_data(&[OTHER]) + &hidden));
        let (beside, causes) = read(&beside, &GivenKeys::default());
        assert_ne!(beside.state, SignatureState::Valid, "{hidden}");
        assert!(causes.contains(&"other-key"), "{hidden}: {causes:?}");
    }
    // In an Object, beside a KeyInfo without a key.
    let object = format!("</ds:KeyInfo><ds:Object>{}</ds:Object>", x509_data(&[OWN]));
    let xml = response("<ds:KeyName>idp</ds:KeyName>").replace("</ds:KeyInfo>", &object);
    assert_eq!(read(&xml, &GivenKeys::default()).0.state, SignatureState::Unverifiable);
}

#[test]
fn a_response_is_valid_by_its_first_certificate_wherever_that_stands() {
    let behind = |pem: &str| {
        format!(
            "<p:Extensions><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}</ds:KeyInfo></p:Extensions>",
            x509_data(&[pem])
        )
    };
    for (pem, expected) in [(OWN, SignatureState::Valid), (OTHER, SignatureState::Invalid)] {
        let signed = signer::signed(&RESPONSE.replacen("</Issuer>", &format!("</Issuer>{}", behind(pem)), 1));
        let signed = signed.unwrap();
        // ruby-saml takes the first certificate of the document; the signature stands before it, with a key.
        let (signature, causes) = read(&signed, &GivenKeys::default());
        assert_eq!(signature.state, expected, "{signature:?}");
        assert_eq!(causes.contains(&"other-key"), pem == OTHER, "{causes:?}");
    }
}

/// Eve signs for herself, behind something that the identity provider signed.
#[test]
fn a_second_signature_with_another_key_is_told() {
    let with =
        |pem: &str| signed_by_id("_a").replace("<ds:KeyInfo>", &format!("<ds:KeyInfo>{}", x509_data(&[pem])));
    let second = signed_by_id("_b");
    let holding = |first: &str| {
        let extensions = format!("</Issuer><p:Extensions>{first}</p:Extensions>");
        let (before, rest) = RESPONSE.split_once("<Assertion ").unwrap();
        let (_, end) = rest.split_once("</Assertion>").unwrap();
        format!("{before}{second}{end}").replacen("</Issuer>", &extensions, 1)
    };
    for (first, is_told) in [(with(OWN), false), (with(OTHER), true)] {
        let look = attack::look(&from_octets(holding(&first).as_bytes(), &LIMITS), &GivenKeys::default());
        let read = &look.signatures[1];
        assert_eq!((read.state, read.has_other_key), (SignatureState::Valid, is_told), "{read:?}");
        let told = look.attacks.iter().any(|attack| attack.cause == "other-key");
        assert_eq!(told, is_told, "{:?}", look.attacks);
        assert!(!is_told || !look.is_vouched_for());
    }
}

#[test]
fn coverage_is_that_of_the_assertion_whose_subject_is_shown() {
    let signed = signer::signed(RESPONSE).unwrap();
    let evil = RESPONSE.replace("ada@", "eve@").replace("\"_r\"", "\"_e\"").replace("\"_a\"", "\"_b\"");
    let inside = |extensions: &str| {
        evil.replacen("<Assertion ", &format!("<p:Extensions>{extensions}</p:Extensions><Assertion "), 1)
    };
    let said = |xml: &str| inspect("x", &from_octets(xml.as_bytes(), &LIMITS), &Given::default());
    let good = said(&signed);
    assert_eq!(good["subject"]["name_id"], "ada@example.com");
    assert_eq!(good["signatures"][0]["first_assertion_covered"], true);
    assert_eq!(good["attacks"].as_array().map(Vec::len), Some(0));
    // A whole signed Response stands before the assertion that is read.
    let by_id = signed_by_id("_a");
    let wrapped = said(&inside(&by_id));
    assert_eq!(wrapped["subject"]["name_id"], "eve@example.com");
    assert_eq!(wrapped["signatures"][0]["first_assertion_covered"], false);
    assert_eq!(wrapped["attacks"][0]["kind"], "wrapped");
    assert!(wrapped["attacks"][0]["text"].as_str().unwrap().contains("assertion"));
}

/// An Assertion, signed by its ID, as it stands in a message.
fn signed_by_id(id: &str) -> String {
    let (_, rest) = RESPONSE.split_once("<Assertion ").unwrap();
    let (assertion, _) = rest.split_once("</p:Response>").unwrap();
    let namespace = "xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
    let assertion = assertion.replace("\"_a\"", &format!("\"{id}\""));
    signer::signed(&format!("<Assertion {namespace} {assertion}")).unwrap()
}
