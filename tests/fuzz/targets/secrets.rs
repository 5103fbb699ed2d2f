//! Encrypted parts, and files with a private key.

use super::chooses;
use samlight::{
    base::limits::LIMITS,
    encryption::{self, Manner, PrivateKey},
    xml::Document,
};
use std::sync::LazyLock;

const KEY: &[u8] = include_bytes!("../../../crate/tests/encryption/samples/keys/sp.key");

static KEYS: LazyLock<Vec<PrivateKey>> = LazyLock::new(|| PrivateKey::from_file(KEY).into_iter().collect());

/// XML with encrypted parts, or behind a NUL a file with a key. Without a key nothing opens; with one it
/// opens the same each time, and each part either is opened or says why not.
pub(super) fn encryption(octets: &[u8]) {
    if let Some(file) = chooses(octets) {
        let read = PrivateKey::from_file(file);
        assert_eq!(format!("{read:?}"), format!("{:?}", PrivateKey::from_file(file)));
        return;
    }
    let (document, _) = Document::parse(octets, &LIMITS);
    let closed = encryption::open(&document, &[], Manner::Standard);
    assert!(closed.document.is_none() && closed.parts.iter().all(|part| part.outcome.is_err()));
    assert_eq!(encryption::parts(&document), closed.parts);
    let opened = encryption::open(&document, &KEYS, Manner::Standard);
    assert_eq!(
        opened,
        encryption::open(&document, &KEYS, Manner::Standard),
        "the second time it opens otherwise"
    );
    let by_ruby_saml = encryption::open(&document, &KEYS, Manner::RubySaml);
    assert!(by_ruby_saml.parts.len() <= octets.len());
    assert!(opened.parts.len() <= octets.len());
    let is_open = opened.parts.iter().any(|part| part.outcome.is_ok());
    assert_eq!(is_open, opened.document.is_some(), "{:?}", opened.parts);
    let opened_parts = opened.parts.iter().filter(|part| part.outcome.is_ok()).count();
    assert!(opened_parts <= LIMITS.encrypted_parts, "{opened_parts} parts");
    // What was encrypted is smaller than its base64.
    let length = opened.document.as_ref().map_or(0, |document| document.source().len());
    assert!(length <= document.source().len() + 64, "{length} octets out of {}", document.source().len());
    if let Some(read) = &opened.document {
        let within = opened
            .regions
            .iter()
            .all(|at| at.start <= at.end && read.source().get(at.start..at.end).is_some());
        assert!(within, "{:?}", opened.regions);
    }
    assert!(
        opened.flaws().iter().chain(&opened.flaws_inside()).all(|flaw| !flaw.text.to_string().is_empty())
    );
}
