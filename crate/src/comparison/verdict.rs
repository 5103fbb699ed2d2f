//! [`Verdict`]: what comparing two values gave. The closed list of gitlab-facts 4.7. Leaves out whose rule
//! accepts which difference: that is the [rule](super::Rule)'s.

use crate::base::characters::{folded, visible_form, without_space};
use serde::{Deserialize, Serialize};

/// The result of comparing two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Equal, byte for byte.
    Exact,
    /// Equal except for upper and lower case.
    CaseOnly,
    /// Equal except for white space.
    WhitespaceOnly,
    /// Equal except for Unicode form, invisible characters or percent-encoding.
    UnicodeOnly,
    /// Different values.
    Different,
    /// Nothing is stored.
    NotStored,
    /// The message has no NameID.
    NoNameId,
    /// The NameID is another one at each sign-in.
    Transient,
    /// Equal to what is stored for another user: the sign-in goes to the wrong account.
    StoredForOtherUser,
    /// The stored value was not seen.
    Unknown,
}

/// Compares two values. The first kind of difference that explains all of it is the verdict.
pub fn verdict(a: &str, b: &str) -> Verdict {
    if a == b {
        Verdict::Exact
    } else if a.to_lowercase() == b.to_lowercase() {
        Verdict::CaseOnly
    } else if without_space(a) == without_space(b) {
        Verdict::WhitespaceOnly
    } else if visible_form(a) == visible_form(b) {
        Verdict::UnicodeOnly
    } else {
        Verdict::Different
    }
}

/// Whether two values would be taken for the same by a person: equal except for case, white space and
/// Unicode form.
pub fn is_near_miss(a: &str, b: &str) -> bool {
    folded(a).is_some_and(|a| Some(a) == folded(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_name_the_kind_of_difference() {
        for (a, b, expected) in [
            ("Alex-1", "Alex-1", Verdict::Exact),
            ("Alex-1", "alex-1", Verdict::CaseOnly),
            ("ÄRGER", "ärger", Verdict::CaseOnly),
            (" alex\n", "alex", Verdict::WhitespaceOnly),
            ("al\u{200b}ex", "alex", Verdict::UnicodeOnly),
            ("alex\u{a0}", "alex", Verdict::UnicodeOnly),
            ("\u{200e}alex", "alex", Verdict::UnicodeOnly),
            ("caf\u{e9}", "cafe\u{301}", Verdict::UnicodeOnly),
            ("a%40b", "a@b", Verdict::UnicodeOnly),
            ("alex", "alexa", Verdict::Different),
            (" Alex", "alex", Verdict::Different),
            ("", "alex", Verdict::Different),
        ] {
            assert_eq!(verdict(a, b), expected, "{a:?} {b:?}");
            assert_eq!(verdict(b, a), expected, "{b:?} {a:?}");
        }
        assert!(is_near_miss(" Alex", "alex"));
        assert!(!is_near_miss("", " "));
    }
}
