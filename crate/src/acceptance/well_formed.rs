//! The Response is XML. REXML reads it first and lets some errors pass; libxml2 finds those at the schema
//! gate. Both refuse, each in words of its own that are not predicted.

use super::{Check, CheckResult, Failure, received::Received};
use crate::text;

pub(super) const CHECK: Check =
    Check { id: "well-formed", title: || text!("accept.well-formed"), messages: &[], look };

fn look(received: &Received<'_>) -> CheckResult {
    if received.rules.refuses_utf_16 && is_utf_16(received) {
        return CheckResult::Failed(Failure::with_other_words(text!("accept.utf-16")));
    }
    match received.document.flaw() {
        None => CheckResult::Passed,
        Some(code) => {
            CheckResult::Failed(Failure::with_other_words(text!("accept.not-well-formed", code = code)))
        }
    }
}

fn is_utf_16(received: &Received<'_>) -> bool {
    let octets = received.carried.octets();
    matches!(
        octets.map_or(&[][..], |octets| octets.into_exposed()),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..]
    )
}
