//! ruby-saml can decode the parameter (`decode_raw_saml`): base64 with its padding, white space anywhere.
//! Deflated or not, both are taken. What is no base64 is read as XML as it is.

use super::{Check, CheckResult, Failure, received::Received};
use crate::text;

pub(super) const CHECK: Check =
    Check { id: "encoding", title: || text!("accept.encoding"), messages: &[], look };

fn look(received: &Received<'_>) -> CheckResult {
    if received.is_bare() || !received.is_taken_as_it_is() {
        CheckResult::Passed
    } else {
        CheckResult::Failed(Failure::with_other_words(text!("accept.not-base64")))
    }
}

impl Received<'_> {
    /// Whether the value is no base64 but XML.
    pub(super) fn is_bare(&self) -> bool {
        self.carried.value.expose().trim_start().trim_start_matches('\u{feff}').starts_with('<')
            || (self.carried.value.expose().is_empty() && self.carried.octets.is_some())
    }

    /// Whether ruby-saml does not decode the value, because it is no base64 as ruby-saml wants it; what
    /// Samlight makes of it does not matter then.
    pub(super) fn is_taken_as_it_is(&self) -> bool {
        self.is_bare() || !is_base64(self.carried.value.expose())
    }
}

fn is_base64(value: &str) -> bool {
    // ruby-saml also takes a line break that is written as `\n`.
    let digits = value.replace("\\r", "").replace("\\n", "");
    let digits: Vec<u8> = digits.bytes().filter(|c| !c.is_ascii_whitespace() && *c != 0x0b).collect();
    let padding = digits.iter().rev().take_while(|c| **c == b'=').count();
    let body = digits.get(..digits.len() - padding).unwrap_or_default();
    padding <= 2
        && digits.len().is_multiple_of(4)
        && body.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/'))
}
