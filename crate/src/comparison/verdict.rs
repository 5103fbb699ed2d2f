//! [`Verdict`]: what comparing two values gave. The closed list of gitlab-facts 4.7. Leaves out whose rule
//! accepts which difference: that is the [rule](super::Rule)'s.

use crate::base::characters::{folded, visible_form, without_space};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

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

/// A value that is compared with many: each of its forms is made once, for it can be as long as a message.
pub struct Compared<'a> {
    value: &'a str,
    small: OnceCell<String>,
    without_space: OnceCell<String>,
    visible: OnceCell<String>,
    folded: OnceCell<Option<String>>,
}

impl<'a> Compared<'a> {
    /// To compare `value`.
    pub fn new(value: &'a str) -> Self {
        Compared {
            value,
            small: OnceCell::new(),
            without_space: OnceCell::new(),
            visible: OnceCell::new(),
            folded: OnceCell::new(),
        }
    }

    /// Compares it with `other`. The first kind of difference that explains all of it is the verdict.
    pub fn verdict(&self, other: &str) -> Verdict {
        if self.value == other {
            Verdict::Exact
        } else if *self.small.get_or_init(|| small(self.value)) == small(other) {
            Verdict::CaseOnly
        } else if *self.without_space.get_or_init(|| without_space(self.value)) == without_space(other) {
            Verdict::WhitespaceOnly
        } else if *self.visible.get_or_init(|| visible_form(self.value)) == visible_form(other) {
            Verdict::UnicodeOnly
        } else {
            Verdict::Different
        }
    }

    /// Whether a person would take both for the same: equal except for case, white space and Unicode form.
    pub fn is_near_miss(&self, other: &str) -> bool {
        let own = self.folded.get_or_init(|| folded(self.value));
        own.is_some() && *own == folded(other)
    }
}

fn small(text: &str) -> String {
    crate::base::counted::stepped(text.len());
    text.to_lowercase()
}

/// Compares two values. The first kind of difference that explains all of it is the verdict.
pub fn verdict(a: &str, b: &str) -> Verdict {
    Compared::new(a).verdict(b)
}

/// Whether two values would be taken for the same by a person: equal except for case, white space and
/// Unicode form.
pub fn is_near_miss(a: &str, b: &str) -> bool {
    Compared::new(a).is_near_miss(b)
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
