//! Opening encrypted messages: samples that OpenSSL encrypted, and, with `SAMLIGHT_CORPUS`, all messages of
//! the corpus whose key is filed.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops where it fails, the functions that it shares too

mod corpus;

use samlight::{
    base::{instant::Timestamp, limits::LIMITS, pseudonym::Salt},
    binding,
    case::Case,
    encryption::{self, KeyFileProblem, Manner, Opened, PrivateKey},
    file::export::{self, Secrecy},
    signature::{GivenKeys, SignatureState},
    trace::tracer::Tracer,
    view::{
        self, encrypted,
        print::{Given, inspect::inspect, inspect_text},
    },
};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/encryption/samples")
}

fn key(name: &str) -> PrivateKey {
    PrivateKey::from_file(&std::fs::read(folder().join("keys").join(name)).unwrap()).unwrap()
}

fn sample(name: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{name}.xml"))).unwrap()
}

fn open(xml: &str, keys: &[PrivateKey]) -> Opened {
    let carried = binding::from_octets(xml.as_bytes(), &LIMITS);
    encryption::open(carried.document.as_ref().unwrap(), keys, Manner::Standard)
}

/// The content of the parts of `xml`, or why they stay closed.
fn outcomes(xml: &str, keys: &[PrivateKey]) -> Vec<String> {
    let parts = open(xml, keys).parts;
    parts
        .into_iter()
        .map(|part| match part.outcome {
            Ok(element) => element,
            Err(problem) => problem.code().to_owned(),
        })
        .collect()
}

/// The names of the samples that begin so.
fn samples(beginning: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let names = entries.filter(|path| path.extension().is_some_and(|extension| extension == "xml"));
    let names = names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    names.filter(|name| name.starts_with(beginning)).collect()
}

#[test]
fn every_cipher_and_every_form_of_its_key_opens() {
    let names = [samples("data-"), samples("key-")].concat();
    assert_eq!(names.len(), 14);
    for name in names {
        let opened = open(&sample(&name), &[key("atk.key"), key("sp.key")]);
        let message = opened.message().unwrap();
        assert_eq!(message.name_id().unwrap().value, "robin.field", "{name}");
        assert_eq!(opened.flaws(), [], "{name}");
    }
}

/// The flaw in each sample, by the code of its flaw.
const BROKEN: [(&str, &str); 20] = [
    ("algorithm", "decryption-algorithm"),
    ("authentication", "decryption-authentication"),
    ("base64", "decryption-base64"),
    ("closes-around", "decryption-not-xml"),
    ("content", "decryption-not-xml"),
    ("cut-off", "decryption-cut-off"),
    ("cut-off-gcm", "decryption-cut-off"),
    ("doctype", "decryption-not-xml"),
    ("elsewhere", "decryption-elsewhere"),
    ("key-algorithm", "decryption-algorithm"),
    ("key-length", "decryption-key-length"),
    ("no-blocks", "decryption-cut-off"),
    ("no-cipher-data", "decryption-incomplete"),
    ("no-encrypted-data", "decryption-incomplete"),
    ("no-key-info", "decryption-no-encrypted-key"),
    ("not-xml", "decryption-not-xml"),
    ("padding", "decryption-padding"),
    ("two-elements", "decryption-not-xml"),
    ("wrong-key", "decryption-wrong-key"),
    ("data-as-key", "decryption-wrong-key"),
];

#[test]
fn what_is_broken_is_a_flaw_and_opens_nothing() {
    for (name, code) in BROKEN {
        let xml = match name {
            // A key that is no RSA ciphertext at all.
            "data-as-key" => {
                let good = sample("data-aes128-cbc");
                let (before, rest) = good.split_once("<xenc:CipherValue>").unwrap();
                let (_, after) = rest.split_once("</xenc:CipherValue>").unwrap();
                format!("{before}<xenc:CipherValue>{}</xenc:CipherValue>{after}", "A".repeat(100_000))
            }
            _ => sample(&format!("broken-{name}")),
        };
        let opened = open(&xml, &[key("sp.key")]);
        let codes: Vec<_> = opened.flaws().iter().map(|flaw| flaw.code).collect();
        assert_eq!(codes, [code], "{name}");
        assert_eq!(opened.document, None, "{name}");
    }
    assert_eq!(samples("broken-").len(), BROKEN.len() - 1);
}

#[test]
fn parts_stand_where_their_encrypted_form_stood() {
    let keys = [key("sp.key")];
    assert_eq!(outcomes(&sample("encrypted-id"), &keys), ["NameID"]);
    assert_eq!(outcomes(&sample("encrypted-attributes"), &keys), ["Attribute", "Attribute"]);
    assert_eq!(outcomes(&sample("prefix-declared-around"), &keys), ["Assertion"]);
    assert_eq!(outcomes(&sample("id-in-assertion"), &keys), ["Assertion", "NameID"]);
    for name in ["encrypted-id", "encrypted-attributes", "prefix-declared-around", "id-in-assertion"] {
        let message = open(&sample(name), &keys).message().unwrap();
        assert_eq!(message.name_id().unwrap().value, "robin.field", "{name}");
        let attributes: Vec<_> = message.assertions().first().unwrap().attributes.iter().collect();
        assert_eq!(attributes.first().unwrap().values, ["robin@example.com"], "{name}");
    }
}

#[test]
fn a_signature_that_was_encrypted_is_verified_in_the_open() {
    let opened = open(&sample("signed-inside"), &[key("sp.key")]);
    let states: Vec<_> =
        opened.signatures(&GivenKeys::default()).iter().map(|signature| signature.state).collect();
    assert_eq!(states, [SignatureState::Valid]);
}

#[test]
fn without_a_key_parts_are_listed_and_nothing_is_wrong_with_them() {
    for name in [samples("data-"), samples("key-")].concat() {
        let opened = open(&sample(&name), &[]);
        assert_eq!(opened.flaws(), [], "{name}");
        assert_eq!(outcomes(&sample(&name), &[]), ["decryption-no-key"], "{name}");
    }
}

#[test]
fn no_octet_changed_makes_it_panic_or_open_to_something_else() {
    let (good, keys) = (sample("data-aes256-gcm"), [key("sp.key")]);
    let name_id = |xml: &str| open(xml, &keys).message().and_then(|m| Some(m.name_id()?.value.clone()));
    let places = (0..good.len()).step_by(29).filter(|at| good.is_char_boundary(*at));
    for at in places {
        let mut octets = good.clone().into_bytes();
        *octets.get_mut(at).unwrap() ^= 1;
        let Ok(changed) = String::from_utf8(octets) else { continue };
        if binding::from_octets(changed.as_bytes(), &LIMITS)
            .document
            .is_none_or(|document| document.root().is_none())
        {
            continue;
        }
        let read = name_id(&changed);
        assert!(read.is_none() || read.as_deref() == Some("robin.field"), "{at}: {read:?}");
    }
}

#[test]
fn many_parts_are_bounded() {
    let part = sample("data-aes128-cbc");
    let (start, rest) = part.split_once("<saml:EncryptedAssertion>").unwrap();
    let (one, end) = rest.split_once("</saml:EncryptedAssertion>").unwrap();
    let many = format!("<saml:EncryptedAssertion>{one}</saml:EncryptedAssertion>").repeat(40);
    let outcomes = outcomes(&format!("{start}{many}{end}"), &[key("sp.key")]);
    assert_eq!(outcomes.len(), 33);
    assert_eq!(outcomes.last().unwrap(), "decryption-too-many");
}

#[test]
fn key_files_are_read_in_every_usual_form() {
    let pem = std::fs::read_to_string(folder().join("keys/sp.key")).unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let beside = format!("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n{pem}");
    for file in [pem.clone(), base64, beside] {
        assert!(PrivateKey::from_file(file.as_bytes()).is_ok(), "{file}");
    }
    let protected = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
    assert_eq!(PrivateKey::from_file(protected.as_bytes()).unwrap_err(), KeyFileProblem::Password);
    for none in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "\u{0}\u{1}"] {
        assert_eq!(PrivateKey::from_file(none.as_bytes()).unwrap_err(), KeyFileProblem::None);
    }
    assert_eq!(format!("{:?}", key("sp.key")), "PrivateKey(2048 bits)");
}

/// Neither the trace nor anything made of it knows what a key opened.
#[test]
fn what_was_decrypted_is_nowhere_in_an_export() {
    let xml = sample("data-aes128-cbc");
    let shown = encrypted::decrypted(&xml, &std::fs::read(folder().join("keys/sp.key")).unwrap()).unwrap();
    assert!(
        shown.pretty.contains("robin.field")
            && shown.summary.contains(&("NameID".into(), "robin.field".into()))
    );
    let imported = samlight::file::import::file("message.xml", xml.as_bytes(), Timestamp(0));
    let tracer = Tracer::replay(imported.events.clone());
    let view = view::flow::flow_view(&Case::new(&tracer, tracer.flows().first().unwrap(), Timestamp(0)));
    assert!(!serde_json::to_string(&view).unwrap().contains("robin.field"));
    for format in &export::FORMATS {
        let written = format.export(&imported.events, Secrecy::Clear, Salt::default()).content;
        assert!(!written.contains("robin.field"), "{}", format.id);
    }
}

#[test]
fn inspect_reads_what_the_key_opens() {
    let carried = binding::from_octets(sample("id-in-assertion").as_bytes(), &LIMITS);
    let given = Given { keys: vec![key("sp.key")], ..Given::default() };
    let read = inspect("x", &carried, &given);
    assert_eq!(read["subject"]["name_id"], "robin.field");
    assert_eq!(read["encrypted"], true);
    assert_eq!(read["decryption"][0]["element"], "Assertion");
    assert!(inspect_text::render("x", &carried, &given).contains("robin.field"));
    let closed = inspect("x", &carried, &Given::default());
    assert_eq!(closed["subject"]["name_id"], serde_json::Value::Null);
    assert_eq!(closed["decryption"][0]["decrypted"], false);
}
