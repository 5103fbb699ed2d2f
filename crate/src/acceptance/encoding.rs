//! ruby-saml can decode the parameter (`decode_raw_saml`): base64 with its padding, white space anywhere.
//! Deflated or not, both are taken. What is no base64 is read as XML as it is.

use super::{Check, CheckResult, Failure, received::Received};
use crate::text;
use std::borrow::Cow;

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
            || (self.carried.value.expose().is_empty() && self.carried.octets().is_some())
    }

    /// Whether ruby-saml does not decode the value, because it is no base64 as ruby-saml wants it; what
    /// Samlight makes of it does not matter then.
    pub(super) fn is_taken_as_it_is(&self) -> bool {
        let is_no_base64 = || !is_base64(self.carried.value.expose());
        *self.is_taken_as_it_is.get_or_init(|| self.is_bare() || is_no_base64())
    }
}

fn is_base64(value: &str) -> bool {
    // ruby-saml also takes a line break that is written as `\n`.
    let value = if value.contains('\\') {
        Cow::Owned(value.replace("\\r", "").replace("\\n", ""))
    } else {
        Cow::Borrowed(value)
    };
    // Arithmetic alone, so that many octets are taken at once below. White space is 9 to 13, and the space.
    let is_space = |c: u8| (c.wrapping_sub(9) < 5) | (c == b' ');
    let is_letter = |c: u8| (c | 0x20).wrapping_sub(b'a') < 26;
    let is_digit = |c: u8| is_letter(c) | (c.wrapping_sub(b'0') < 10) | (c == b'+') | (c == b'/');
    let is_end = |c: &u8| *c == b'=' || is_space(*c);
    let end = value.bytes().rev().take_while(is_end).count();
    let (body, end) = value.as_bytes().split_at(value.len() - end);
    let padding = end.iter().filter(|c| **c == b'=').count();
    let (mut known, mut spaces) = (0, 0);
    // Counted in octets, in runs that are no longer than those can count.
    for run in body.chunks(128) {
        let (some_known, some_spaces) = run.iter().fold((0_u8, 0_u8), |(known, spaces), c| {
            (known + u8::from(is_digit(*c) | is_space(*c)), spaces + u8::from(is_space(*c)))
        });
        known += usize::from(some_known);
        spaces += usize::from(some_spaces);
    }
    let digits = body.len() - spaces + padding;
    padding <= 2 && digits.is_multiple_of(4) && known == body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_padding_and_white_space_are_base64() {
        for good in ["", "AAAA", "AAA=", "AA==", " AA\n\\r\\nA=\t", "AA= = ", "A\u{b}AAA", "\\nAAAA", "ab+/"]
        {
            assert!(is_base64(good), "{good:?}");
        }
        for c in (0..128_u8).map(char::from) {
            let is_known = c.is_ascii_alphanumeric() || "+/".contains(c);
            let is_space = c.is_ascii_whitespace() || c == '\u{b}';
            assert_eq!(is_base64(&format!("AA{c}A")), is_known, "{c:?}");
            assert_eq!(is_base64(&format!("AA{c}AA")), is_space, "{c:?}");
        }
        for bad in ["A", "AAAAA", "A===", "A=AA", "AA=A=", "====", "AA-_", "AAA\\", "AAé=", "A,AA", "AAAA%3D"]
        {
            assert!(!is_base64(bad), "{bad:?}");
        }
    }
}
