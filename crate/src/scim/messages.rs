//! The messages of GitLab's SCIM API and of the SCIM apps of Entra ID and Okta when provisioning fails, and
//! what they mean.
//!
//! One table ([`MEANINGS`]): gitlab-facts 5.4, S01 to S17, and two of groups of a whole GitLab
//! (`ee/lib/gitlab/scim/group_sync_provisioning_service.rb`); rows R04, R12, R29, R32, R44 to R49, R57 to
//! R62, R72 to R74, R81, R84, R85, R89 to R93, R97 and R98. Leaves out: how a message is found in what was
//! pasted ([`explain`](crate::explain)), and what a message says of one user, which is compared where that
//! user is known.

use crate::{
    base::{
        catalogue::Text,
        severity::{Severity, Step},
    },
    gitlab::{docs, messages::Who},
    text,
};

/// The meaning of one message.
pub struct Meaning {
    /// Any of them is it; each is parts in their order, `*` being any one word.
    pub patterns: &'static [&'static [&'static str]],
    /// The severity of the problem.
    pub severity: Severity,
    /// The people who can fix it.
    pub who: Who,
    /// The meaning in words, from what the message says behind its first word.
    pub means: fn(&str) -> Text,
    /// GitLab's documentation on it, of a group.
    pub docs: &'static str,
    /// The steps to take, the safest first.
    pub steps: &'static [fn() -> Text],
}

impl Meaning {
    /// The steps to take, with the documentation at the first.
    pub fn with_link(&self) -> Vec<Step> {
        self.leading_to(self.docs)
    }

    /// The same, with the documentation `docs`.
    pub fn leading_to(&self, docs: &str) -> Vec<Step> {
        let links = std::iter::once(Some(docs)).chain(std::iter::repeat(None));
        let step = |(text, link): (&fn() -> Text, Option<&str>)| {
            let text = text();
            let own = PAGES.iter().find(|(key, _)| *key == text.key()).map(|(_, page)| *page);
            Step { text: text.to_string(), link: link.or(own).map(str::to_owned), by: None }
        };
        self.steps.iter().zip(links).map(step).collect()
    }
}

/// Steps with a page of their own, by their keys.
const PAGES: [(&str, &str); 1] = [("scim-said.okta-null.firewall", docs::OKTA_ADDRESSES)];

/// The messages. A text can hold several; one that is contained in another's words is below it and names more
/// of them.
pub const MEANINGS: &[Meaning] = &[
    Meaning {
        patterns: &[&["User has already been taken"]],
        severity: Severity::Error,
        who: Who::Owner,
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
        who: Who::Owner,
        means: |_| text!("scim-said.uid-taken"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[|| text!("scim-said.uid-taken.find"), || text!("scim-said.user-taken.update")],
    },
    Meaning {
        patterns: &[&["Email has already been taken"], &["Username has already been taken"]],
        severity: Severity::Error,
        who: Who::Person,
        means: |_| text!("scim-said.name-taken"),
        docs: docs::SCIM_LINK,
        steps: &[|| text!("scim-said.name-taken.do")],
    },
    Meaning {
        patterns: &[&["email address is not allowed for this group"]],
        severity: Severity::Error,
        who: Who::Owner,
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
        who: Who::Person,
        means: |_| text!("scim-said.not-linked"),
        docs: docs::SCIM_LINK,
        steps: &[
            || text!("scim-said.not-linked.link"),
            || text!("scim-said.not-linked.sync"),
            || text!("scim-said.not-linked.reactivate"),
        ],
    },
    Meaning {
        patterns: &[&["The member's email address is not verified"]],
        severity: Severity::Error,
        who: Who::Person,
        means: |_| text!("scim-said.unverified"),
        docs: docs::SCIM_LINK,
        steps: &[|| text!("scim-said.unverified.do")],
    },
    Meaning {
        patterns: &[&["Missing params"]],
        severity: Severity::Error,
        who: Who::Provider,
        means: |said| text!("scim-said.missing", fields = between(said, "[", "]").unwrap_or_default()),
        docs: docs::SCIM_MAPPING,
        steps: &[|| text!("scim-said.missing.do")],
    },
    Meaning {
        patterns: &[&["Unsupported Filter"]],
        severity: Severity::Error,
        who: Who::Provider,
        means: |_| text!("scim-said.filter"),
        docs: docs::SCIM_MAPPING,
        steps: &[|| text!("scim-said.filter.do")],
    },
    Meaning {
        patterns: &[&["No matching SAML group found with name"]],
        severity: Severity::Error,
        who: Who::Owner,
        means: |said| text!("scim-log.no-link", name = behind(said, "with name:")),
        docs: docs::INSTANCE,
        steps: &[|| text!("scim-log.no-link.do")],
    },
    Meaning {
        patterns: &[&["Invalid UUID for scim_group_uid"]],
        severity: Severity::Error,
        who: Who::Provider,
        means: |_| text!("scim-log.no-uuid"),
        docs: docs::INSTANCE,
        steps: &[|| text!("scim-log.no-uuid.do")],
    },
    Meaning {
        patterns: &[&["does not have SAML SSO configured"]],
        severity: Severity::Error,
        who: Who::Owner,
        means: |_| text!("scim-said.no-saml"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.no-saml.do")],
    },
    Meaning {
        patterns: &[&["Group * not found"], &["404 Group Not Found"]],
        severity: Severity::Error,
        who: Who::Provider,
        means: |_| text!("scim-said.no-group"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.no-group.do")],
    },
    Meaning {
        patterns: &[&["Resource * not found"]],
        severity: Severity::Error,
        who: Who::Provider,
        means: |said| {
            text!("scim-said.no-user", id = between(said, "Resource ", " not found").unwrap_or_default())
        },
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[|| text!("scim-said.no-user.resync"), || text!("scim-said.user-taken.update")],
    },
    Meaning {
        patterns: &[&["401 Unauthorized"]],
        severity: Severity::Error,
        who: Who::Owner,
        means: |_| text!("scim-said.401"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.401.do")],
    },
    Meaning {
        patterns: &[&["403 Forbidden - Group SAML not enabled"], &["Group SAML not enabled"]],
        severity: Severity::Error,
        who: Who::Administrator,
        means: |_| text!("scim-said.not-enabled"),
        docs: docs::INSTANCE,
        steps: &[|| text!("scim-said.not-enabled.do")],
    },
    Meaning {
        patterns: &[&["403 Forbidden"]],
        severity: Severity::Error,
        who: Who::Owner,
        means: |_| text!("scim-said.403"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[|| text!("scim-said.403.api"), || text!("scim-said.403.ranges")],
    },
    Meaning {
        patterns: &[&["Cannot remove last group owner"]],
        severity: Severity::Error,
        who: Who::Owner,
        means: |_| text!("scim-said.last-owner"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.last-owner.do")],
    },
    Meaning {
        patterns: &[&["405 Not Allowed"], &["405 Method Not Allowed"]],
        severity: Severity::Error,
        who: Who::Provider,
        means: |_| text!("scim-said.405"),
        docs: docs::SCIM,
        steps: &[|| text!("scim-said.405.do")],
    },
    Meaning {
        patterns: &[&["You appear to have entered invalid credentials"]],
        severity: Severity::Error,
        who: Who::Provider,
        means: |_| text!("scim-said.entra-credentials"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[|| text!("scim-said.entra-credentials.check"), || text!("scim-said.entra-credentials.path")],
    },
    Meaning {
        patterns: &[
            &["Namespace can't be blank, Name can't be blank, and User can't be blank"],
            &["Name can't be blank, and User can't be blank"],
            &["Namespace can't be blank"],
            &["Name can't be blank"],
        ],
        severity: Severity::Error,
        who: Who::Provider,
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
        who: Who::Nobody,
        means: |said| text!("scim-said.entra-group", group = group(said)),
        docs: docs::SCIM_MAPPING,
        steps: &[|| text!("scim-said.entra-group.do")],
    },
    Meaning {
        patterns: &[&["Error authenticating: null"]],
        severity: Severity::Error,
        who: Who::Provider,
        means: |_| text!("scim-said.okta-null"),
        docs: docs::TROUBLESHOOTING_SCIM,
        steps: &[
            || text!("scim-said.okta-null.url"),
            || text!("scim-said.okta-null.reach"),
            || text!("scim-said.okta-null.firewall"),
        ],
    },
];

/// Words for an answer of GitLab's without its message, and the meaning that is the likeliest.
const ANSWERS: [(&str, &str); 4] = [
    ("conflict", "scim-said.user-taken"),
    ("unauthorized", "scim-said.401"),
    ("forbidden", "scim-said.403"),
    ("method not allowed", "scim-said.405"),
];

/// The meaning of the first message of the table that is in `said`, which names a request and its answer.
pub(super) fn meaning_of(said: &str) -> Option<&'static Meaning> {
    known(said).or_else(|| {
        let said = said.to_ascii_lowercase();
        let (_, key) = ANSWERS.iter().find(|(words, _)| said.contains(words))?;
        MEANINGS.iter().find(|meaning| (meaning.means)("").key() == *key)
    })
}

/// The meaning of the first message of the table that is in `said`, by the words of the message alone.
pub(super) fn known(said: &str) -> Option<&'static Meaning> {
    let said = said.to_ascii_lowercase();
    let holds = |part: &&str| match part.split_once('*') {
        Some((before, behind)) => between(&said, before, behind).is_some_and(|it| !it.contains(' ')),
        None => said.contains(&part.to_ascii_lowercase()),
    };
    let is_said = |meaning: &&Meaning| meaning.patterns.iter().any(|parts| parts.iter().all(holds));
    MEANINGS.iter().find(is_said)
}

/// Letters of a value in a message.
const MOST: usize = 200;

/// The text between two marks, in upper or lower case, cut off where it is long.
pub fn between(text: &str, start: &str, end: &str) -> Option<String> {
    // Of ASCII, both cases have the same length.
    let lower = text.to_ascii_lowercase();
    let from = lower.find(&start.to_ascii_lowercase())? + start.len();
    let length = lower.get(from..)?.find(&end.to_ascii_lowercase())?;
    Some(text.get(from..from + length)?.trim().chars().take(MOST).collect())
}

/// The name that ends a line, or what stands between quotation marks.
fn behind(said: &str, mark: &str) -> String {
    let rest = said.split_once(mark).map(|(_, rest)| rest).unwrap_or_default();
    let name = rest.split(['\n', '"', '\\', ',']).next().unwrap_or_default();
    name.trim().chars().take(MOST).collect()
}

/// The group that Entra ID names.
fn group(said: &str) -> String {
    between(said, "systems Group '", "'").unwrap_or_default()
}
