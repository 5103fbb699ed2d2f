//! Signatures, signs of an attack and certificates, beside what xmlsec1 says of them.

use super::{bounded, chooses, peers, shape};
use samlight::{
    attack,
    base::limits::LIMITS,
    binding,
    signature::{
        self, GivenKeys, Signature, SignatureState, SignedPart,
        certificates::{Certificate, certificates},
    },
    xml::Document,
};
use std::{collections::BTreeSet, sync::LazyLock};

static PROVIDERS: LazyLock<GivenKeys> = LazyLock::new(|| {
    const FILES: [&[u8]; 2] = [
        include_bytes!("../../corpus/generated/keys/idp.crt"),
        include_bytes!("../../corpus/generated/keys/ec256.crt"),
    ];
    let certificates: Vec<_> = FILES.iter().filter_map(|file| Certificate::from_file(file)).collect();
    GivenKeys::new(&certificates)
});

/// A message as octets, or a signed one with its parts moved about. A look twice is the same and costs no
/// more than the budget of a message; what is valid here is valid for xmlsec1. The octets are read as a
/// query and as a certificate as well.
pub(super) fn signature(octets: &[u8]) {
    let made = chooses(octets).map(shape::signed);
    let octets = made.as_deref().map_or(octets, str::as_bytes);
    let carried = binding::from_octets(octets, &LIMITS);
    // The budget of all canonical forms (32 for an octet), and the walks beside it.
    let look = || attack::look(&carried, &GivenKeys::default());
    let looked = bounded(octets.len(), 256, 512 * 1024, look);
    assert_eq!(looked, look(), "the second time it is another look");
    assert!(looked.keys.is_empty() || carried.document.is_some());
    let valid = looked.signatures.iter().filter(|signature| signature.state == SignatureState::Valid);
    assert!(valid.clone().count() <= LIMITS.signatures, "more are verified than the limit allows");
    for signature in &looked.signatures {
        let is_valid = signature.state == SignatureState::Valid;
        assert_eq!(is_valid, signature.reasons.is_empty(), "{:?}", signature.reasons);
        assert!(
            is_valid || signature.first_assertion_covered != Some(true),
            "what is not valid covers nothing"
        );
    }
    let ids = carried.document.as_ref().map(ids).unwrap_or_default();
    for (number, signature) in looked.signatures.iter().enumerate() {
        if signature.state == SignatureState::Valid && signature.span.is_some() {
            let says = peers::xmlsec1(octets, number + 1, &ids);
            // It loads no file in which an ID is there twice, also one that nothing refers to.
            let is_other = |why: &String| {
                let twice = why.split("duplicate ID attribute \"").nth(1).and_then(|it| it.split('"').next());
                twice.is_some_and(|id| !signature.covers.iter().any(|uri| uri.strip_prefix('#') == Some(id)))
            };
            if !says.as_ref().is_err_and(is_other) {
                assert_eq!(says, Ok(()), "valid here: {}", String::from_utf8_lossy(octets));
            }
        }
    }
    if let Some(document) = &carried.document {
        let (found, _) = certificates(document);
        found.iter().for_each(is_sound);
        assert!(signature::algorithms(&carried).len() <= octets.len());
    }
    Certificate::from_file(octets).iter().for_each(is_sound);
    Certificate::all_from_file(octets).iter().for_each(is_sound);
    if made.is_none() {
        redirect(&String::from_utf8_lossy(octets));
    }
}

/// The octets as a query, whose signature is detached (SAML Bindings 3.4.4.1), with the key of an identity
/// provider. A valid one is valid no more when what it covers is another message.
fn redirect(query: &str) {
    let read = |query: &str| binding::from_url(&format!("https://gitlab.example.com/x?{query}"), &LIMITS);
    let is_valid = |query: &str| {
        let look = |carried| attack::look(carried, &PROVIDERS).signatures;
        let of_query = |it: &Signature| it.on == SignedPart::Query && it.state == SignatureState::Valid;
        read(query).first().is_some_and(|carried| {
            assert_eq!(look(carried), look(carried), "the second time it is another look");
            look(carried).iter().any(of_query)
        })
    };
    if is_valid(query) {
        for name in ["SAMLRequest=", "SAMLResponse="] {
            let changed = query.replacen(name, &format!("{name}A"), 1);
            assert!(changed == query || !is_valid(&changed), "{query}");
        }
    }
}

/// The elements with IDs, as `xmlsec1` wants them named: it reads no schema.
fn ids(document: &Document) -> Vec<(String, String)> {
    let mut found = BTreeSet::new();
    for element in document.elements() {
        for name in ["ID", "Id", "id", "AssertionID", "ResponseID", "RequestID"] {
            if element.attribute_node(name).is_some_and(|attribute| attribute.namespace().is_empty()) {
                let around = if element.namespace().is_empty() {
                    String::new()
                } else {
                    format!("{}:", element.namespace())
                };
                found.insert((format!("{around}{}", element.local()), name.to_owned()));
            }
        }
    }
    found.into_iter().collect()
}

fn is_sound(certificate: &Certificate) {
    assert_eq!(certificate.sha1.len(), 59, "{}", certificate.sha1);
    assert_eq!(certificate.sha256.len(), 95, "{}", certificate.sha256);
    if let Ok(key) = certificate.public_key() {
        assert!((1..=LONGEST_KEY).contains(&key.bits), "{} bits", key.bits);
    }
}

/// Bits of the longest key that is used.
const LONGEST_KEY: u32 = 8192;
