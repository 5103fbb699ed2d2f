//! The messages of GitLab's SCIM API and of the SCIM apps of Entra ID and Okta when provisioning fails, and
//! what they mean.
//!
//! One table ([`MEANINGS`]): gitlab-facts 5.4, S01 to S18; rows R04, R12, R29, R32, R44 to R49, R57 to R62,
//! R72 to R74, R81, R84, R85, R89 to R93, R97 and R98. The texts come pasted from a provisioning log, wrapped
//! over lines, as JSON, or within another message, so every meaning that is in a text is told. Leaves out:
//! what a message says of one user, which is compared where that user is known.

use super::{EvidenceReader, Statement};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    gitlab::{docs, messages},
    text,
};

pub(super) const READER: EvidenceReader =
    EvidenceReader { recognises: |_| true, can_be_other: false, read: |content, _| said(content) };

/// Characters of a pasted text that are looked at. One message has some hundred, a page of HTML around it
/// some thousand.
const PASTED: usize = 256 * 1024;

/// The meaning of one message.
pub struct Meaning {
    /// Any of them is it; each is parts in their order ([`messages::is`]).
    patterns: &'static [&'static [&'static str]],
    /// The severity of the problem.
    severity: Severity,
    /// The meaning in words, from the message.
    means: fn(&str) -> Text,
    /// GitLab's documentation on it; it stands at the first step.
    docs: &'static str,
    /// The steps to take, the safest first.
    steps: &'static [fn() -> Text],
}

/// The messages. A text can hold several; one that is contained in another's words is below it and names more
/// of them.
pub const MEANINGS: &[Meaning] = &[
    Meaning {
        patterns: &[&["User has already been taken"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.user-taken"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[
            || text!("scim-said.user-taken.compare"),
            || text!("scim-said.user-taken.resync"),
            || text!("scim-said.user-taken.update"),
        ],
    },
    Meaning {
        patterns: &[&["Extern uid has already been taken"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.uid-taken"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[|| text!("scim-said.uid-taken.find"), || text!("scim-said.user-taken.update")],
    },
    Meaning {
        patterns: &[&["Email has already been taken"], &["Username has already been taken"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.name-taken"),
        docs: docs::SCIM_LINK,
        steps: &[|| text!("scim-said.name-taken.do")],
    },
    Meaning {
        patterns: &[&["email address is not allowed for this group"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.domain"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[|| text!("scim-said.domain.do"), || text!("scim-said.domain.or")],
    },
    Meaning {
        patterns: &[
            &["email address is not linked to a SAML account"],
            &["User is not linked to a SAML account"],
        ],
        severity: Severity::Error,
        means: |_| text!("scim-said.not-linked"),
        docs: docs::SCIM_LINK,
        steps: &[
            || text!("scim-said.not-linked.link"),
            || text!("scim-said.not-linked.sync"),
            || text!("scim-said.not-linked.reactivate"),
        ],
    },
    Meaning {
        patterns: &[&["email address is not verified"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.unverified"),
        docs: docs::SCIM_LINK,
        steps: &[|| text!("scim-said.unverified.do")],
    },
    Meaning {
        patterns: &[&["Missing params"]],
        severity: Severity::Error,
        means: |said| text!("scim-said.missing", fields = between(said, "[", "]").unwrap_or_default()),
        docs: docs::SCIM_MAPPING,
        steps: &[|| text!("scim-said.missing.do")],
    },
    Meaning {
        patterns: &[&["Unsupported Filter"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.filter"),
        docs: docs::SCIM_MAPPING,
        steps: &[|| text!("scim-said.filter.do")],
    },
    Meaning {
        patterns: &[&["Group", "does not have SAML SSO configured"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.no-saml"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.no-saml.do")],
    },
    Meaning {
        patterns: &[&["\"detail\"", "Group", "not found"], &["404 Group Not Found"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.no-group"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.no-group.do")],
    },
    Meaning {
        patterns: &[&["Resource", "not found"]],
        severity: Severity::Error,
        means: |said| {
            text!("scim-said.no-user", id = between(said, "Resource ", " not found").unwrap_or_default())
        },
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[|| text!("scim-said.no-user.resync"), || text!("scim-said.user-taken.update")],
    },
    Meaning {
        patterns: &[&["401 Unauthorized"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.401"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.401.do")],
    },
    Meaning {
        patterns: &[&["Group SAML not enabled"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.not-enabled"),
        docs: docs::INSTANCE,
        steps: &[|| text!("scim-said.not-enabled.do")],
    },
    Meaning {
        patterns: &[&["\"message\"", "\"403 Forbidden\""]],
        severity: Severity::Error,
        means: |_| text!("scim-said.403"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[|| text!("scim-said.403.api"), || text!("scim-said.403.ranges")],
    },
    Meaning {
        patterns: &[&["Cannot remove last group owner"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.last-owner"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.last-owner.do")],
    },
    Meaning {
        patterns: &[&["405 Not Allowed"], &["405 Method Not Allowed"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.405"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.405.do")],
    },
    Meaning {
        patterns: &[&["You appear to have entered invalid credentials"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.entra-credentials"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[|| text!("scim-said.entra-credentials.check"), || text!("scim-said.entra-credentials.path")],
    },
    Meaning {
        patterns: &[&["Namespace can't be blank"], &["Name can't be blank, and User can't be blank"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.blank"),
        docs: docs::SCIM_MAPPING,
        steps: &[
            || text!("scim-said.blank.names"),
            || text!("scim-said.blank.mapping"),
            || text!("scim-said.blank.formatted"),
        ],
    },
    Meaning {
        patterns: &[&["Failed to match an entry in the source and target systems Group"]],
        severity: Severity::Info,
        means: |said| text!("scim-said.entra-group", group = group(said)),
        docs: docs::SCIM_MAPPING,
        steps: &[|| text!("scim-said.entra-group.do")],
    },
    Meaning {
        patterns: &[&["Error authenticating: null"]],
        severity: Severity::Error,
        means: |_| text!("scim-said.okta-null"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[
            || text!("scim-said.okta-null.url"),
            || text!("scim-said.okta-null.reach"),
            || text!("scim-said.okta-null.firewall"),
        ],
    },
];

/// Every message that is in `pasted`, in the order of the table. Nothing where none is known.
pub fn said(pasted: &str) -> Vec<Statement> {
    let text: String = straight(pasted.chars().take(PASTED));
    let found = MEANINGS.iter().filter(|meaning| meaning.patterns.iter().any(|it| messages::is(it, &text)));
    found.map(|meaning| meaning.of(&text)).collect()
}

impl Meaning {
    fn of(&self, text: &str) -> Statement {
        let links = std::iter::once(Some(self.docs.to_owned())).chain(std::iter::repeat(None));
        let step = |(step, link): (&fn() -> Text, _)| Step { text: step().to_string(), link };
        let sentence = Sentence { severity: self.severity, text: (self.means)(text).to_string() };
        Statement {
            sentences: vec![sentence],
            steps: self.steps.iter().zip(links).map(step).collect(),
            ..Statement::default()
        }
    }
}

/// On one line, with straight quotation marks and no escapes of them: as GitLab wrote it, before a log took
/// it.
fn straight(text: impl Iterator<Item = char>) -> String {
    let plain: String = text
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            c if c.is_whitespace() => ' ',
            c => c,
        })
        .collect();
    plain.replace("\\\"", "\"").replace("&#39;", "'").replace("&quot;", "\"")
}

/// The text between two marks, cut off where it is long.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<String> {
    const MOST: usize = 200;
    let (_, after): (&'a str, &'a str) = text.split_once(start)?;
    let (inner, _) = after.split_once(end)?;
    Some(inner.trim().chars().take(MOST).collect())
}

/// The group that Entra ID names.
fn group(text: &str) -> String {
    let after = text.split_once("systems Group").map_or("", |(_, after)| after);
    between(after, "'", "'").unwrap_or_default()
}

#[cfg(test)]
mod tests;
