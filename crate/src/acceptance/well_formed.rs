//! The Response is XML. REXML reads it first and lets some errors pass; libxml2 finds those at the schema
//! gate. Both refuse, each in words of its own that are not predicted.

use super::{Answer, Check, Failure, received::Received};
use crate::text;

pub(super) const CHECK: Check =
    Check { id: "well-formed", title: || text!("accept.well-formed"), messages: &[], look };

fn look(received: &Received<'_>) -> Answer {
    if received.rules.refuses_utf_16 && is_utf_16(received) {
        return Answer::Failed(Failure::with_other_words(text!("accept.utf-16")));
    }
    match received.document.flaw() {
        None => Answer::Passed,
        Some(code) => Answer::Failed(Failure::with_other_words(text!("accept.not-well-formed", code = code))),
    }
}

fn is_utf_16(received: &Received<'_>) -> bool {
    let octets =
        received.carried.octets.as_ref().map(|octets| octets.expose().as_slice()).unwrap_or_default();
    matches!(octets, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..])
}
