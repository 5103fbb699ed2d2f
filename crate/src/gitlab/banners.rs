//! GitLab's flash messages, matched back to what they mean.
//!
//! gitlab-facts 0.1 item 6 and section 5: messages of failed SAML callbacks go through Rails' `humanize`, which lower-cases them and turns
//! `_` into a space. So both sides are folded before they are compared: lower case, `_` as a space, white space
//! collapsed. URLs in such messages are damaged; they are never read back.

/// A flash message in the form in which it is compared.
pub fn folded(text: &str) -> String {
    text.to_lowercase().replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the flash message `shown` is the one described by `pattern`: its parts, in this order, with anything
/// between them. A part is compared folded.
pub fn is(pattern: &[&str], shown: &str) -> bool {
    let shown = folded(shown);
    let mut rest = shown.as_str();
    pattern.iter().all(|part| match rest.split_once(folded(part).as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

/// GitLab's reason inside a flash message that wraps one, without the wrapping.
pub fn reason(shown: &str) -> Option<&str> {
    const WRAPPINGS: [(&str, &str); 2] =
        [("Unable to sign in to group with SAML: \"", "\""), ("because \"", "\".")];
    WRAPPINGS.iter().find_map(|(before, after)| {
        let inner = shown.split_once(before)?.1;
        Some(inner.rsplit_once(after).map_or(inner, |(inner, _)| inner))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_humanised_message_is_recognised() {
        let shown = "Unable to sign in to group with saml: \"Invalid signature on saml response\"";
        assert!(is(&["unable to sign in to group with SAML:", "Invalid_Signature on SAML Response"], shown));
        assert!(!is(&["saml response", "unable to sign in"], shown), "the order counts");
        assert_eq!(
            reason("Unable to sign in to group with SAML: \"Fingerprint mismatch\""),
            Some("Fingerprint mismatch")
        );
    }
}
