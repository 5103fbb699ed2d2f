//! A finding as somebody else may read it: its sentence without what only the message says.
//!
//! A message can say anything, also a secret, and also a sentence that sends its reader somewhere. Of what an
//! identity provider says of a refusal the codes are shown that are known: those of SAML (Core 3.2.2.2) and
//! the numbers of Entra ID (`AADSTS50105`), which its documentation explains. Identifiers that are compared
//! stay; they are the subject of the message to the owner.

use crate::{
    base::{catalogue::Text, redact},
    saml::uri,
};

/// `text` with the arguments that a message can fill with anything replaced.
pub(super) fn text(text: &Text) -> Text {
    text.replacing(|name, value| match name {
        "code" => Some(codes(value)),
        "message" => Some(numbers(value)),
        "error" => Some(if is_browser_error(value) { value.to_owned() } else { redact::placeholder(value) }),
        "id" | "uri" | "why" | "flaw" => Some(redact::placeholder(value)),
        _ => None,
    })
}

/// The status codes in `value` that SAML has.
fn codes(value: &str) -> String {
    let is_known = |code: &str| uri::is_known(&format!("urn:oasis:names:tc:SAML:2.0:status:{code}"));
    let shown = |code: &str| if is_known(code) { code.to_owned() } else { redact::placeholder(code) };
    value.split(", ").map(shown).collect::<Vec<_>>().join(", ")
}

/// The numbers of Entra ID in `said`; where there is none, its length.
fn numbers(said: &str) -> String {
    const PREFIX: &str = "AADSTS";
    const MOST: usize = 3;
    let is_number = |word: &&str| {
        let digits = word.strip_prefix(PREFIX).unwrap_or_default();
        (4..=7).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    let words = said.split(|c: char| !c.is_alphanumeric()).filter(is_number).take(MOST);
    let found: Vec<&str> = words.collect();
    if found.is_empty() { redact::placeholder(said) } else { format!("{} …", found.join(" … ")) }
}

/// `net::ERR_FAILED` of Chromium, `NS_ERROR_ABORT` of Firefox.
fn is_browser_error(text: &str) -> bool {
    let word = text.strip_prefix("net::ERR").or_else(|| text.strip_prefix("NS_"));
    word.is_some_and(|word| word.len() <= 48 && word.bytes().all(|c| c.is_ascii_uppercase() || c == b'_'))
}

#[cfg(test)]
mod tests {
    use crate::text;

    #[test]
    fn of_a_refusal_only_known_codes_are_shown() {
        let shown = |code: &str, message: &str| {
            super::text(&text!("status.refused-because", code = code, message = message)).to_string()
        };
        for (code, message, words) in [
            (
                "Responder, AuthnFailed",
                "s3cr3t",
                "refused the sign-in: Responder, AuthnFailed. It says: “[redacted, 6 bytes]”",
            ),
            ("Responder", "AADSTS50105: Ada s3cr3t is not assigned", "It says: “AADSTS50105 …”"),
            ("Responder", "AADSTS50105s3cr3t AADSTS123456789 xAADSTS50105", "[redacted, 46 bytes]"),
            ("s3cr3t, AuthnFailed", "", "refused the sign-in: [redacted, 6 bytes], AuthnFailed"),
        ] {
            let shown = shown(code, message);
            assert!(shown.contains(words) && !shown.contains("s3cr3t"), "{shown}");
        }
        let kept = text!("mismatch.case", sent = "Ada", stored = "ada");
        assert_eq!(super::text(&kept), kept);
    }
}
