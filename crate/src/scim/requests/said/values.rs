//! The values of a user as they are told, and what of them makes no good account.
//!
//! gitlab-facts 3.7 and 5.4 (S05); rows R78 to R80. Leaves out: whether they are those of an account that
//! exists, which no log says.

use super::super::SentUser;
use crate::{
    base::{catalogue::Text, severity::Severity},
    comparison::is_email,
    text,
};

/// Whether GitLab takes it for no identifier of a group: it takes a UUID (RFC 9562, 4) alone
/// (`ee/lib/gitlab/scim/group_sync_provisioning_service.rb`).
pub(super) fn is_no_uuid(id: &str) -> bool {
    const PARTS: [usize; 5] = [8, 4, 4, 4, 12];
    let is_hexadecimal = |part: &str| part.bytes().all(|octet| octet.is_ascii_hexdigit());
    !id.split('-').map(str::len).eq(PARTS) || !id.split('-').all(is_hexadecimal)
}

impl SentUser {
    /// Its values in words.
    pub(super) fn text(&self) -> String {
        let values = [
            ("externalId", self.external_id.as_deref()),
            ("userName", self.user_name.as_deref()),
            ("emails", self.emails.first().map(String::as_str)),
            ("name.formatted", self.formatted.as_deref()),
            ("displayName", self.display_name.as_deref()),
        ];
        let present = values.iter().filter_map(|(name, value)| Some(format!("{name} “{}”", (*value)?)));
        present.collect::<Vec<_>>().join(", ")
    }

    /// The attributes that GitLab needs and that were not sent (S05).
    pub(super) fn lacks(&self) -> Vec<&'static str> {
        let needed = [
            ("externalId", self.external_id.is_none()),
            ("userName", self.user_name.is_none()),
            ("emails", self.emails.is_empty()),
        ];
        needed.into_iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| name).collect()
    }

    /// The faults for which GitLab refuses to create the user, then those that make no good account.
    pub fn faults(&self) -> Vec<(Severity, Text)> {
        let lacks = self.lacks();
        let lacks = (!lacks.is_empty()).then(|| text!("scim-said.missing", fields = lacks.join(", ")));
        let is_nameless =
            self.has_no_name() && self.display_name.as_deref().is_none_or(|name| name.trim().is_empty());
        let blank = is_nameless.then(|| text!("scim-said.blank"));
        let refused = lacks.into_iter().chain(blank).map(|text| (Severity::Error, text));
        refused.chain(self.remarks().into_iter().map(|text| (Severity::Warning, text))).collect()
    }

    pub(super) fn has_no_name(&self) -> bool {
        let is_empty = |name: &Option<String>| name.as_deref().unwrap_or_default().trim().is_empty();
        is_empty(&self.formatted) && (is_empty(&self.given_name) || is_empty(&self.family_name))
    }

    pub(super) fn remarks(&self) -> Vec<Text> {
        let user_name = self.user_name.as_deref().filter(|name| {
            name.trim().is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control())
        });
        let email = self.emails.first().filter(|email| !is_email(email));
        let empty = self.display_name.as_deref().is_some_and(|name| name.trim().is_empty());
        [
            user_name.map(|name| text!("scim-log.user-name", name = name)),
            email.map(|email| text!("scim-log.email", email = email)),
            empty.then(|| text!("scim-log.display-name")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
