//! [`Opening`]: the members that the panel shows first, when it is opened from GitLab's page. Leaves out how
//! a page opens it: that is the extension's.

use super::member_class::MemberClass;
use serde::Serialize;

/// The members that the panel shows first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opening {
    /// All members of the group.
    Group,
    /// Those who cannot sign in.
    CannotSignIn,
}

impl Opening {
    /// The one of this name, as it is serialized.
    #[must_use]
    pub fn named(name: &str) -> Option<Opening> {
        match name {
            "group" => Some(Opening::Group),
            "cannot-sign-in" => Some(Opening::CannotSignIn),
            _ => None,
        }
    }

    /// The classes that it shows; all where it names none.
    #[must_use]
    pub fn classes(self) -> Vec<MemberClass> {
        match self {
            Opening::Group => Vec::new(),
            Opening::CannotSignIn => vec![MemberClass::CannotSignIn],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_found_by_its_serialized_name_and_no_other_name_is_one() {
        for opening in [Opening::Group, Opening::CannotSignIn] {
            let name = serde_json::to_value(opening).unwrap();
            assert_eq!(Opening::named(name.as_str().unwrap()), Some(opening));
        }
        assert_eq!(Opening::named("members"), None);
    }
}
