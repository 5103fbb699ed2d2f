//! Advice for people of a group that has switched off passwords for its enterprise users.
//!
//! gitlab-facts G12: "sign in with your password" is no way out for them. A table has, for each text that
//! advises it of a group's SAML, the one to say instead; whoever advises asks [`advice`]. Leaves out: SAML of
//! the whole instance, which has no such setting, and where it was seen; that is `trace`.

use crate::{base::catalogue::Text, text};

/// The key of a text, and the text that stands for it.
type Instead = (&'static str, fn() -> Text);

/// The keys of texts that advise to sign in with the password, and what is advised without one.
const WITHOUT: [Instead; 7] = [
    ("remedy.link", || text!("remedy.link-no-password")),
    ("remedy.relink", || text!("remedy.relink-no-password")),
    ("repair.way.sign-in", || text!("repair.way.sign-in-no-password")),
    ("said.email-taken.do", || text!("remedy.link-no-password")),
    ("standing.link-saml.repair", || text!("standing.link-saml.no-password")),
    ("standing.saml-stale.repair", || text!("standing.saml-stale.no-password")),
    ("step.email-taken", || text!("remedy.link-no-password")),
];

/// The advice `text`, or what stands for it where passwords were seen to be switched off; whether they were
/// is asked only of advice that takes one.
pub fn advice(text: Text, are_off: impl FnOnce() -> bool) -> Text {
    let instead = WITHOUT.iter().find(|(key, _)| *key == text.key());
    instead.filter(|_| are_off()).map_or(text, |(_, instead)| instead())
}

/// Whether this is advice that takes a password; that the group has switched passwords off is none.
#[cfg(test)]
pub(crate) fn needs_password(text: &str) -> bool {
    let off = "his group has switched off passwords for its enterprise users";
    text.replace(off, "").to_lowercase().contains("password")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gitlab::messages::{MEANINGS, REFUSALS};

    const CATALOGUE: &str = include_str!("../base/catalogue/en.txt");

    /// Beginnings of the keys of texts that name a password and are not said of a group's sign-in, or not
    /// where passwords are seen to be off.
    const OTHERS: [&str; 10] = [
        "instance.refused.credentials",
        "key-file.password",
        "ui.welcome.not-recorded.secrets",
        // Left out by the self-check itself.
        "self-check.sign-in",
        "self-check.reset",
        // Pasted messages, and of the identity provider's own password.
        "explain.login-or-password",
        "explain.method",
        "explain.password",
        // Of a search engine.
        "cli.from.",
        "cli.scim.from",
    ];

    /// Texts of which nothing tells whether passwords are off: pasted messages name no group, and the
    /// setting of a whole instance is on no page that is read. They say what to do in both cases.
    const EITHER: [&str; 3] =
        ["remedy.link-instance", "scim-said.name-taken.do", "scim-said.not-linked.link"];

    #[test]
    fn each_text_that_takes_a_password_has_one_that_does_not() {
        let lines = CATALOGUE.lines().filter_map(|line| line.split_once(" = "));
        let taking: Vec<_> = lines
            .filter(|(key, text)| needs_password(text) && !OTHERS.iter().any(|it| key.starts_with(it)))
            .filter(|(key, _)| !EITHER.contains(key))
            .map(|(key, _)| key)
            .collect();
        let mut known = WITHOUT.map(|(key, _)| key).to_vec();
        let mut sorted = taking.clone();
        known.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(sorted, known);
        for key in taking {
            let kept = advice(Text::new(WITHOUT.iter().find(|(it, _)| *it == key).unwrap().0), || false);
            assert_eq!(kept.key(), key);
            let instead = advice(kept, || true).to_string();
            assert!(!needs_password(&instead) && instead.contains("switched off passwords"), "{instead}");
        }
    }

    #[test]
    fn where_nothing_tells_whether_passwords_are_off_the_text_holds_in_both_cases() {
        for key in EITHER {
            let text = Text::new(key).to_string();
            let (before, condition) =
                text.split_once(" allows passwords, ").unwrap_or_else(|| panic!("{text}"));
            assert!(!needs_password(before) && before.contains("f th"), "{text}");
            let (_, otherwise) = condition.split_once("; otherwise ").unwrap_or_else(|| panic!("{text}"));
            assert!(otherwise.contains("still signed in") && !needs_password(otherwise), "{text}");
        }
    }

    #[test]
    fn no_message_of_gitlab_leads_to_a_password_where_there_is_none() {
        let mut took = 0;
        for meaning in REFUSALS.iter().chain(MEANINGS) {
            took += usize::from(needs_password(&(meaning.steps)().to_string()));
            for text in [(meaning.means)(), advice((meaning.steps)(), || true)] {
                assert!(!needs_password(&text.to_string()), "{text}");
            }
        }
        assert_eq!(took, 1);
    }
}
