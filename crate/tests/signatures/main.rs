//! Signatures: what they rest on, why they are not valid, and the canonical forms that they sign.
//!
//! The messages are those of `tests/corpus`; with `SAMLIGHT_CORPUS` naming another folder of its shape, those
//! too. What other software says of their signatures is compared by `cargo xtask corpus`, where a difference
//! can be listed with its reason; that nothing is valid which was found invalid has no exception, and is
//! tested here.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops where it fails, the functions that it shares too

mod c14n;
mod corpus;
mod keys;
mod mutation;
mod reasons;
#[path = "../signer/mod.rs"]
mod signer;

use corpus::Corpus;
use samlight::signature::{self, GivenKeys, SignatureState};

#[test]
fn nothing_that_was_found_invalid_is_valid() {
    for corpus in Corpus::all() {
        let mut invalid = 0;
        for message in &corpus.messages {
            let Some(document) = corpus.carried(message).and_then(|carried| carried.document) else {
                continue;
            };
            let theirs = message["expected"]["signatures"].as_array().into_iter().flatten();
            for (ours, theirs) in signature::signatures(&document, &GivenKeys::default()).iter().zip(theirs) {
                let is_invalid = theirs["result"] == "invalid";
                assert!(!is_invalid || ours.state != SignatureState::Valid, "{}: {ours:?}", message["file"]);
                invalid += usize::from(is_invalid);
            }
        }
        assert!(invalid > 5, "{invalid}");
    }
}
