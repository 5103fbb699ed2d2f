//! The capture's scanner of bodies, in Rust. That it is the one in JavaScript is for the contract tests to
//! prove.

use crate::scanner::{Listed, decoded, read};
use samlight::{binding::raw_body, event::capture};
use std::sync::LazyLock;

static LISTED: LazyLock<Listed> = LazyLock::new(|| Listed::of(&capture::table()));

/// A body. What is taken stands in it, one behind the other, and no octet is looked at often.
pub(super) fn scanner(octets: &[u8]) {
    let text = decoded(octets);
    let scanned = read(&text, &LISTED);
    assert!(scanned.look.is_some() || scanned.taken.is_empty());
    assert!(scanned.looks <= 40 * text.len() + 500, "{} looks at {} octets", scanned.looks, text.len());
    let mut last = text.as_ptr() as usize;
    for (name, value) in &scanned.taken {
        let start = value.as_ptr() as usize;
        // The parts of an envelope have no name.
        assert_eq!(name.is_empty(), scanned.look == Some("envelope"));
        assert!(
            start >= last && start + value.len() <= text.as_ptr() as usize + text.len(),
            "{name}: {value}"
        );
        last = start + value.len();
    }
    // What it takes can be read.
    let form = match scanned.look {
        Some("envelope") => "envelope",
        Some("multipart") => "multipart",
        Some("json") => "json",
        Some("text") => "text",
        _ => "urlencoded",
    };
    let pieces: Vec<_> =
        scanned.taken.iter().map(|(name, value)| serde_json::json!([form, name, value])).collect();
    let pieces: Vec<raw_body::Piece> =
        serde_json::from_value(pieces.into()).expect("a piece as JavaScript gives it");
    if form == "envelope" {
        let whole: usize = scanned.taken.iter().map(|(_, value)| value.len()).sum();
        assert_eq!(raw_body::envelope(&pieces).map_or(0, |it| it.expose().len()), whole);
    } else {
        assert_eq!(raw_body::fields(&pieces).count(), pieces.len());
    }
}
