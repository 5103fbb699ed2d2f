//! [`Rule`]: how GitLab compares two values, and the [`Verdict`] that follows.
//!
//! gitlab-facts 4.2 (NameID and stored identifiers) and 4.6 (what ruby-saml checks of a Response): Audience
//! and Recipient byte for byte; of Destination scheme and host in any case, the rest byte for byte; of a
//! fingerprint the hexadecimal digits alone, in any case.

use super::{Verdict, address, verdict};
use crate::{
    base::{address::Address, catalogue::Text},
    gitlab::routes::Provider,
    text,
};
use serde::{Deserialize, Serialize};

/// The way GitLab compares two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Byte for byte.
    Exact,
    /// Upper and lower case count as the same.
    IgnoringCase,
    /// As addresses: scheme and host in any case, the port not at all, the rest byte for byte.
    Address,
    /// The hexadecimal digits, in any case.
    Digits,
    /// Not at all: the group manages the account, finds it by its e-mail address, and stores the NameID.
    TakenOver,
}

impl Rule {
    /// The rule by which GitLab looks up a NameID for `provider`.
    pub fn of_sign_in(provider: &Provider) -> Rule {
        match provider {
            Provider::Group { .. } => Rule::Exact,
            Provider::Instance { .. } => Rule::IgnoringCase,
        }
    }

    /// Compares two values by it: [`Verdict::Exact`] where they are the same to GitLab except for the case
    /// that [`Rule::IgnoringCase`] leaves to be told.
    pub fn compare(self, a: &str, b: &str) -> Verdict {
        match self {
            Rule::Exact | Rule::IgnoringCase | Rule::TakenOver => verdict(a, b),
            Rule::Address if address::is_same(a, b) => Verdict::Exact,
            Rule::Address => verdict(&with_small_origin(a), &with_small_origin(b)),
            // Two certificates have nothing in common, however their fingerprints look.
            Rule::Digits if digits(a) == digits(b) => Verdict::Exact,
            Rule::Digits => Verdict::Different,
        }
    }

    /// Whether GitLab takes values with this verdict as the same.
    pub fn accepts(self, verdict: Verdict) -> bool {
        match verdict {
            Verdict::Exact => true,
            Verdict::CaseOnly => matches!(self, Rule::IgnoringCase | Rule::TakenOver),
            Verdict::WhitespaceOnly | Verdict::UnicodeOnly | Verdict::Different | Verdict::NotStored => {
                self == Rule::TakenOver
            }
            Verdict::NoNameId | Verdict::Transient | Verdict::StoredForOtherUser | Verdict::Unknown => false,
        }
    }

    /// The rule in words.
    pub fn text(self) -> Text {
        match self {
            Rule::Exact => text!("rule.exact"),
            Rule::IgnoringCase => text!("rule.ignoring-case"),
            Rule::Address => text!("rule.address"),
            Rule::Digits => text!("rule.digits"),
            Rule::TakenOver => text!("rule.taken-over"),
        }
    }
}

/// The hexadecimal digits of a fingerprint. Pasted ones bring colons, spaces and marks of direction (U+200E).
pub(super) fn digits(fingerprint: &str) -> String {
    fingerprint.chars().filter(char::is_ascii_hexdigit).map(|c| c.to_ascii_lowercase()).collect()
}

fn with_small_origin(url: &str) -> String {
    match Address::parse(url).and_then(|address| url.strip_prefix(address.origin)) {
        Some(rest) => url.strip_suffix(rest).unwrap_or_default().to_ascii_lowercase() + rest,
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_belongs_to_the_party_that_compares() {
        let group = Provider::Group { path: "acme".into() };
        let instance = Provider::Instance { name: "saml".into() };
        assert!(!Rule::of_sign_in(&group).accepts(Verdict::CaseOnly));
        assert!(Rule::of_sign_in(&instance).accepts(Verdict::CaseOnly));
        assert!(!Rule::of_sign_in(&instance).accepts(Verdict::WhitespaceOnly));
    }

    #[test]
    fn an_address_is_the_same_with_its_host_in_another_case_and_not_with_another_path() {
        let acs = "https://gitlab.example.com/groups/acme/-/saml/callback";
        for (sent, expected) in [
            (acs.to_owned(), Verdict::Exact),
            (acs.replace("https://gitlab", "HTTPS://GitLab"), Verdict::Exact),
            (acs.replace("acme", "Acme"), Verdict::CaseOnly),
            (format!("{acs} "), Verdict::WhitespaceOnly),
            (format!("{acs}/"), Verdict::Different),
            (String::new(), Verdict::Different),
        ] {
            let found = Rule::Address.compare(&sent, acs);
            assert_eq!(found, expected, "{sent}");
            assert_eq!(Rule::Address.accepts(found), expected == Verdict::Exact);
        }
    }

    #[test]
    fn of_a_fingerprint_the_digits_count() {
        assert_eq!(Rule::Digits.compare("0A:1B", "\u{200e}0a 1b"), Verdict::Exact);
        assert_eq!(Rule::Digits.compare("0A:1B", "0a:1c"), Verdict::Different);
    }
}
