//! The Response is XML. REXML reads it first and lets some errors pass; libxml2 finds those at the schema gate. Both
//! refuse, each in words of its own that are not predicted.

use super::{Answer, Failure, received::Received};
use crate::text;

pub(super) fn look(received: &Received<'_>) -> Answer {
    match received.document.flaw() {
        None => Answer::Passed,
        Some("encoding-unsupported") if !received.rules.refuses_utf_16 => {
            Answer::Unknown(text!("accept.encoding-unknown"))
        }
        Some(code) => Answer::Failed(Failure::with_other_words(text!("accept.not-well-formed", code = code))),
    }
}
