//! The requests in a log that were refused with an answer that somebody has, so that the answer and the log
//! are read together.
//!
//! gitlab-facts 3.7 and 5.4, one row of `ANSWERS` each; rows S01 to S13. GitLab's log has the status of an
//! answer and not its words (6.1), so that a request there can have had it; an identity provider's log quotes
//! it. Leaves out: sign-ins, which [`view::at_hand`](crate::view::at_hand) finds.

use super::{
    Statement, events,
    filters::Filters,
    log,
    records::{Flat, Sieve, Stream, Take},
    requests::Request,
    story::Again,
};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        order::sort_by_key,
        severity::{Sentence, Severity},
    },
    encoding::text::Pieces,
    text,
};
use std::cmp::Reverse;

/// Requests that are named.
const MOST: usize = 3;

/// A message of GitLab's by the key of its meaning, and the answers that can have it.
type Answer = (&'static str, &'static [u16], &'static [&'static str]);

const SENDS: &[&str] = &["POST"];
const CHANGES: &[&str] = &["PATCH", "DELETE"];
const ANY: &[&str] = &[];

const ANSWERS: [Answer; 17] = [
    ("scim-said.user-taken", &[409], SENDS),
    ("scim-said.uid-taken", &[409, 412], &["POST", "PATCH"]),
    ("scim-said.name-taken", &[409], SENDS),
    ("scim-said.domain", &[412], SENDS),
    ("scim-said.not-linked", &[412], SENDS),
    ("scim-said.unverified", &[412], SENDS),
    ("scim-said.missing", &[412], SENDS),
    ("scim-said.blank", &[412], SENDS),
    ("scim-said.filter", &[412], &["GET"]),
    ("scim-said.no-saml", &[404], ANY),
    ("scim-said.no-group", &[404], ANY),
    ("scim-said.no-user", &[404], ANY),
    ("scim-said.401", &[401], ANY),
    ("scim-said.not-enabled", &[403], ANY),
    ("scim-said.403", &[403], ANY),
    ("scim-said.last-owner", &[412], CHANGES),
    ("scim-said.405", &[405], ANY),
];

/// The parts of an answer by which its request is found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The keys of its meanings.
    pub keys: &'a [&'static str],
    /// Values of the user whom it names; any request where it names none.
    pub users: &'a [&'a str],
    /// Paths of the groups that it names; any where it names none.
    pub groups: &'a [String],
}

impl Asked<'_> {
    fn is_of(&self, group: Option<&str>) -> bool {
        let is = |group: &str| self.groups.iter().any(|it| it.eq_ignore_ascii_case(group));
        self.groups.is_empty() || group.is_none_or(is)
    }

    fn is_request(&self, request: &Request) -> bool {
        let can_be = |(key, statuses, methods): &Answer| {
            self.keys.contains(key)
                && request.status.is_some_and(|status| statuses.contains(&status))
                && (methods.is_empty() || methods.contains(&request.method.as_str()))
        };
        let has = |user: &&str| request.is_wanted(Filters { value: Some(user), ..Filters::default() });
        let is_of_user = self.users.is_empty() || self.users.iter().any(has);
        is_of_user && self.is_of(request.group.as_deref()) && ANSWERS.iter().any(can_be)
    }

    fn is_event(&self, event: &events::Event, record: &Flat) -> bool {
        let is_of_user = self.users.is_empty() || self.users.iter().any(|user| record.has(user));
        is_of_user
            && self.is_of(event.named().group.as_deref())
            && event.answer().is_some_and(|key| self.keys.contains(&key))
    }
}

/// The newest requests that were refused so in the log `file`, whose octets `read` gives.
pub fn refused(file: &str, read: Again<'_>, asked: &Asked<'_>) -> Vec<Statement> {
    let mut newest: Vec<(Option<Timestamp>, usize, Statement)> = Vec::new();
    let mut keep = |at: Option<Timestamp>, line: usize, statement: &dyn Fn() -> Statement| {
        newest.push((at, line, statement()));
        sort_by_key(&mut newest, |(at, line, _)| Reverse((*at, *line)));
        newest.truncate(MOST);
    };
    let said = |text: Text, mut statement: Statement| {
        statement.sentences.insert(0, Sentence { severity: Severity::Neutral, text: text.to_string() });
        statement.redacted()
    };
    let take: Take<'_> = &mut |line, fields, raw| {
        if let Some(request) = Request::of(line, fields, raw) {
            if asked.is_request(&request) {
                let statement =
                    || said(text!("answered.request", file = file), log::of_request_alone(&request));
                keep(request.at, line, &statement);
            }
            return true;
        }
        let record = Flat::of(fields);
        let event = events::event(line, &record);
        if let Some(event) = event.as_ref().filter(|event| asked.is_event(event, &record)) {
            keep(event.first(), line, &|| said(text!("answered.event", file = file), event.statement()));
        }
        event.is_some()
    };
    let (mut pieces, mut stream) = (Pieces::default(), Stream::new(Sieve::default()));
    read(&mut |octets| pieces.read(octets, &mut |text| stream.read(text, take)));
    pieces.end(&mut |text| stream.read(text, take));
    stream.end(take);
    newest.into_iter().map(|(.., statement)| statement).collect()
}

#[cfg(test)]
mod tests;
