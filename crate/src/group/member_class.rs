//! [`MemberClass`]: the few classes of members that an owner asks for first. Who cannot sign in, who will
//! fail later, of whom no problem is seen, whose sign-in is proved, and who uses no SAML.
//!
//! Each verdict belongs to one class, by the table of verdicts, and has the class's colour. So the numbers
//! of a summary are sums of what is shown in that colour, and together they are all members. Leaves out the
//! verdicts themselves: `member_verdict.rs`.

use crate::{
    base::{catalogue::Text, severity::Severity},
    text,
};
use serde::{Deserialize, Serialize};

/// A class of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberClass {
    /// A SAML sign-in of who is signed out of GitLab fails, or reaches another account.
    CannotSignIn,
    /// Sign-in works, or may; something else will fail later.
    NeedsCare,
    /// Nothing that is known differs, and no sign-in that proves it was recorded.
    NoProblemSeen,
    /// A sign-in was recorded, and all that is stored agrees with it.
    Proved,
    /// The account signs in by no SAML.
    NoSaml,
}

/// One row of the table of classes.
pub struct MemberClassKind {
    /// The class of this row.
    pub class: MemberClass,
    /// The colour of all its verdicts.
    pub severity: Severity,
    /// In two or three words, to be read after a number.
    pub word: fn() -> Text,
}

/// The table, worst first.
pub const MEMBER_CLASSES: [MemberClassKind; 5] = [
    MemberClassKind {
        class: MemberClass::CannotSignIn,
        severity: Severity::Error,
        word: || text!("member-class.cannot-sign-in"),
    },
    MemberClassKind {
        class: MemberClass::NeedsCare,
        severity: Severity::Warning,
        word: || text!("member-class.needs-care"),
    },
    MemberClassKind {
        class: MemberClass::NoProblemSeen,
        severity: Severity::Neutral,
        word: || text!("member-class.no-problem-seen"),
    },
    MemberClassKind {
        class: MemberClass::Proved,
        severity: Severity::Good,
        word: || text!("member-class.proved"),
    },
    MemberClassKind {
        class: MemberClass::NoSaml,
        severity: Severity::Neutral,
        word: || text!("member-class.no-saml"),
    },
];

impl MemberClass {
    /// Its row of the table.
    pub fn kind(self) -> &'static MemberClassKind {
        static ROWS: [MemberClassKind; MEMBER_CLASSES.len()] = MEMBER_CLASSES;
        // They are in the same order.
        &ROWS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::member_verdict::MEMBER_VERDICTS;

    #[test]
    fn each_class_has_one_row_and_verdicts_and_the_worst_is_first() {
        for (place, kind) in MEMBER_CLASSES.iter().enumerate() {
            assert_eq!((kind.class as usize, kind.class.kind().class), (place, kind.class));
            assert!(!(kind.word)().to_string().is_empty());
            assert!(MEMBER_VERDICTS.iter().any(|verdict| verdict.class == kind.class), "{:?}", kind.class);
        }
        // The list, which has the worst verdict first, has each class in one piece.
        let classes: Vec<MemberClass> = MEMBER_VERDICTS.iter().map(|kind| kind.class).collect();
        assert!(classes.is_sorted_by_key(|class| *class as usize), "{classes:?}");
    }
}
