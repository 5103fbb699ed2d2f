//! Attacks that a tracer must not hide: each sample is told of by its diagnosis, and no valid message is.
//!
//! The samples are made in `samples.rs` or stand in the corpus of `tests`. With `SAMLIGHT_CORPUS`, all its
//! messages that are valid and that ruby-saml accepts are looked at, too.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops where it fails, the functions that it shares too

mod samples;

use samlight::{
    attack::{self, AttackKind, SideBySide},
    base::instant::Timestamp,
    base::limits::LIMITS,
    binding::{self, Carried, raw_message},
    case::Case,
    file::import,
    signature::{GivenKeys, certificates::Certificate},
    trace::tracer::Tracer,
};
use samples::{Sample, file, signed_response};
use serde_json::Value;
use std::{path::Path, time::Instant};

fn causes(carried: &Carried) -> Vec<&'static str> {
    attack::attacks(carried, &GivenKeys::default()).into_iter().map(|attack| attack.cause).collect()
}

fn read(xml: &str) -> Carried {
    binding::from_octets(xml.as_bytes(), &LIMITS)
}

/// The diagnoses that are told of a file with this content.
fn diagnoses(content: &str) -> Vec<&'static str> {
    let imported = import::file("message.xml", content.as_bytes(), Timestamp(0));
    let tracer = Tracer::replay(imported.events);
    let case = |flow| Case::new(&tracer, flow, Timestamp(1_767_258_000_000));
    let cases: Vec<Case<'_>> = tracer.flows().iter().map(case).collect();
    cases.iter().flat_map(Case::findings).map(|finding| finding.diagnosis.id).collect()
}

/// Each cause's diagnosis.
fn diagnosis_of(kind: AttackKind) -> &'static str {
    match kind {
        AttackKind::Unsigned => "signature-missing",
        AttackKind::Changed => "signature-invalid",
        AttackKind::Wrapped => "signature-wrapped",
        AttackKind::Ambiguous => "signature-ambiguous",
        AttackKind::UnsafeMethod => "signature-method",
        AttackKind::Doctype => "doctype",
        AttackKind::NameId => "name-id-ambiguous",
        AttackKind::Redirect => "redirect-altered",
        AttackKind::Bomb => "message-bomb",
    }
}

#[test]
fn the_message_that_the_samples_are_made_of_is_no_attack() {
    assert_eq!(causes(&read(&Sample::signed_assertion().xml)), [] as [&str; 0]);
    assert_eq!(causes(&read(&file("generated/algs/both-signed.rsa-sha256.xml"))), [] as [&str; 0]);
}

#[test]
fn each_wrapped_signature_is_told_and_its_forged_name_is_nobodys() {
    for (name, xml) in signed_response().into_iter().chain(Sample::signed_assertion().wrapped()) {
        let carried = read(&xml);
        let found = attack::attacks(&carried, &GivenKeys::default());
        assert!(found.iter().any(|attack| attack.kind == AttackKind::Wrapped), "{name}: {found:?}");
        assert!(diagnoses(&xml).contains(&"signature-wrapped"), "{name}: {:?}", diagnoses(&xml));
        let SideBySide { signed, unsigned } = attack::look(&carried, &GivenKeys::default()).beside;
        assert!(unsigned.is_some_and(|unsigned| unsigned.starts_with("eve@")), "{name}");
        let tracer = Tracer::replay(import::file("x.xml", xml.as_bytes(), Timestamp(0)).events);
        let taken = tracer.flows().first().unwrap().name_id(&tracer).map(|(name_id, _)| name_id.value);
        // Where the signature is valid, its NameID is the user's; else nobody vouches for any.
        if let Some(signed) = signed {
            assert!(!signed.starts_with("eve@"), "{name}: {signed}");
            assert_eq!(taken, Some(signed), "{name}");
        }
    }
}

#[test]
fn each_tampered_message_is_told_with_its_cause() {
    for (name, xml, cause) in Sample::signed_assertion().tampered() {
        let found = attack::attacks(&read(&xml), &GivenKeys::default());
        let told = found.iter().find(|attack| attack.cause == cause);
        let told = told.unwrap_or_else(|| panic!("{name}: {found:?}"));
        let diagnosis = diagnosis_of(told.kind);
        assert!(diagnoses(&xml).contains(&diagnosis), "{name}: {:?}, not {diagnosis}", diagnoses(&xml));
        let text = told.text.to_string();
        assert!(text.contains(". ") && !text.contains('{'), "{name}: {text}");
    }
}

/// The samples of the corpus, file and cause.
const FILED: [(&str, &str); 10] = [
    ("attacks/digestvalue-comment.xml", "comment-in-digest"),
    ("attacks/duplicate-id.xml", "duplicate-id"),
    ("attacks/nameid-second-subject.xml", "changed"),
    ("attacks/sig-over-issuer-only.xml", "covers-nothing"),
    ("attacks/signature-stripped.xml", "unsigned"),
    ("attacks/tampered-nameid.xml", "changed"),
    ("attacks/tampered-signaturevalue.xml", "changed"),
    ("attacks/xsw3-evil-assertion-before.xml", "other-assertion"),
    ("attacks/xsw8-object.xml", "signature-elsewhere"),
    ("attacks/xxe-external.xml", "doctype"),
];

#[test]
fn each_filed_sample_is_told_with_its_cause() {
    for (name, cause) in FILED {
        let found = causes(&read(&file(&format!("generated/{name}"))));
        assert!(found.contains(&cause), "{name}: {found:?}");
    }
}

#[test]
fn redirects_that_were_altered_are_told() {
    let certificate = Certificate::from_file(file("generated/keys/idp.crt").as_bytes()).unwrap();
    let given = GivenKeys::new(&[certificate]);
    let query = |name: &str| file(&format!("generated/redirect/{name}.txt")).trim().to_owned();
    let causes = |query: &str| -> Vec<&'static str> {
        let messages = binding::from_query(query, &LIMITS);
        let found = messages.iter().flat_map(|carried| attack::attacks(carried, &given));
        found.filter(|attack| attack.kind == AttackKind::Redirect).map(|attack| attack.cause).collect()
    };
    let valid = query("valid.rsa-sha512");
    assert_eq!(causes(&valid), [] as [&str; 0]);
    assert_eq!(causes(&query("valid.lowercase-percent")), [] as [&str; 0]);
    let (before, _) = valid.split_once("&RelayState=").unwrap();
    let after = valid.split_once("&SigAlg=").unwrap().1;
    let removed = format!("{before}&SigAlg={after}");
    assert_eq!(causes(&removed), ["query-changed"]);
    assert_eq!(causes(&format!("{before}&RelayState=other&SigAlg={after}")), ["query-changed"]);
    assert!(causes(&valid.replace("rsa-sha512", "rsa-sha256")).contains(&"query-changed"));
    assert_eq!(causes(&query("invalid.sigalg-missing")), ["query-half-signed"]);
    assert!(causes(&query("duplicate-param")).contains(&"parameter-twice"));
}

/// Each is made to take minutes or gigabytes where nobody counts.
#[test]
fn bombs_end_soon() {
    let attributes: String = (0..20_000).map(|at| format!(" a{at}=\"\"")).collect();
    let namespaces: String = (0..5_000).map(|at| format!(" xmlns:n{at}=\"urn:{at}\"")).collect();
    let sample = Sample::signed_assertion();
    let laughs = "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
    for (name, xml) in [
        ("attributes", sample.changed("<saml:Subject>", &format!("<saml:Subject{attributes}>"))),
        ("namespaces", sample.changed("<samlp:Response ", &format!("<samlp:Response{namespaces} "))),
        ("depth", sample.changed("<saml:Subject>", &format!("{}<saml:Subject>", "<b>".repeat(20_000)))),
        ("laughs", format!("{laughs}{}", sample.changed("ada@example.com", "&b;&b;&b;"))),
        (
            "assertions",
            sample.changed(
                "<samlp:Status ",
                &format!(
                    "{}<samlp:Status ",
                    "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/>".repeat(20_000)
                ),
            ),
        ),
    ] {
        let before = Instant::now();
        let found = causes(&read(&xml));
        let seconds = before.elapsed().as_secs();
        assert!(seconds < 20, "{name}: {seconds} s, {found:?}");
    }
}

#[test]
fn no_valid_message_of_a_given_corpus_is_an_attack() {
    let Some(folder) = std::env::var_os("SAMLIGHT_CORPUS") else { return };
    let folder = Path::new(&folder);
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    let (mut looked_at, mut wrongly) = (0, Vec::new());
    for line in manifest.lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let expected = &message["expected"];
        let is_valid = expected["signature"] == "valid" && expected["ruby_saml_1_18_1"]["valid"] == true;
        let name = message["file"].as_str().unwrap();
        // A name can be hostile and signed all the same.
        let is_ambiguous =
            expected["name_id_variants"].as_object().is_some_and(|variants| !variants.is_empty());
        if !is_valid || is_ambiguous || message["kind"] != "Response" {
            continue;
        }
        let carried = raw_message::read(&std::fs::read(folder.join(name)).unwrap(), &LIMITS).remove(0);
        looked_at += 1;
        let found = causes(&carried);
        if !found.is_empty() {
            wrongly.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrongly.is_empty(), "{wrongly:#?}");
    assert!(looked_at > 30, "{looked_at}");
}
