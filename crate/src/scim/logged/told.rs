//! The lines of GitLab's other logs as records, of which the story of a person is made.
//!
//! What happened follows from what a line is said to mean ([`HAPPENED`]); all else is [`What::Other`]. Leaves
//! out: lines that name nobody, and those that are about SAML or SCIM only by the request they belong to.

use super::{AT, KINDS, VALUES};
use crate::{
    base::{catalogue::Text, instant::logged::Logged},
    scim::{
        record::{KnownBy, NAME_ID, Record, Source, Valued, What, name_or_email},
        records::Flat,
    },
};

/// The sentences that say how a sign-in ended, or that an account was made, and what that is.
const HAPPENED: [(&str, What); 13] = [
    ("logged.accepted", What::SignedIn),
    ("logged.audit-signed-in", What::SignedIn),
    ("logged.refused", What::SignInRefused),
    ("logged.refused-because", What::SignInRefused),
    ("logged.unprocessable", What::SignInRefused),
    ("logged.not-allowed", What::SignInRefused),
    ("logged.to-sign-in", What::SignInRefused),
    ("logged.to-sso", What::SignInRefused),
    ("logged.not-saved", What::SignInRefused),
    ("logged.audit-failed", What::SignInRefused),
    ("said.no-account", What::SignInRefused),
    ("said.blocked", What::SignInRefused),
    ("logged.audit-provisioned", What::Provisioned),
];

/// The thing that happened, where this sentence says so.
pub(super) fn happened(text: &Text) -> Option<What> {
    HAPPENED.iter().find(|(key, _)| *key == text.key()).map(|(_, what)| *what)
}

/// A line as a record of a person; nothing where it is none of these logs, or names nobody.
pub(in crate::scim) fn record(line: usize, record: &Flat) -> Option<Record> {
    let found = KINDS.iter().find_map(|row| Some((row, (row.read)(record)?)));
    let (kind, said) = found.filter(|(_, said)| !said.needs_request && !said.who.is_empty())?;
    let known_by = |value: &String| match value {
        value if said.name_id.as_ref() == Some(value) => KnownBy::Saml,
        value if value.bytes().all(|octet| octet.is_ascii_digit()) => KnownBy::UserId,
        value => name_or_email(value),
    };
    let who = said.who.iter().take(VALUES).map(|value| (known_by(value), value.clone())).collect();
    let first = said.sentences.into_iter().next().unwrap_or_default();
    Some(Record {
        source: Source::GitlabLog,
        line,
        at: record.first(AT).and_then(Logged::parse).map(|at| at.at),
        who,
        what: said.happened,
        action: format!("{} {}", (kind.called)(), said.what).trim_end().to_owned(),
        group: said.group,
        values: said.name_id.iter().map(|name_id| Valued::new(NAME_ID, name_id)).collect(),
        status: record.first(&["status"]).and_then(|status| status.parse().ok()),
        severity: first.severity,
        meaning: first.text,
        steps: said.steps,
        ..Record::default()
    })
}
