//! GitLab's answer to a read, and what that means before it is known for which read.
//!
//! gitlab-facts 3.1: an ended SSO session hides the group (`404 Group Not Found`); an endpoint that a version
//! lacks is another 404.

use crate::base::{instant::Timestamp, limits::GROUP_ANSWER_BYTES};
use std::collections::BTreeMap;

/// GitLab's words where it does not show a group to the person.
pub const NO_GROUP: &str = "404 Group Not Found";

/// The headers of an answer that the plan looks at, in lower case; no other leaves the page.
pub const HEADERS: [&str; 4] = ["retry-after", "date", "x-next-page", "x-total"];

/// GitLab's answer to a read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadAnswer {
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    /// The answer was a redirect, which was not followed.
    pub redirected: bool,
    /// Those of [`HEADERS`] that it had.
    pub headers: BTreeMap<String, String>,
    /// Its text.
    pub body: String,
}

/// The meaning of an answer, before it is known for which read.
pub(super) enum AnswerKind {
    Success,
    Busy,
    SignedOut,
    Refused,
    Missing,
    /// The group is not shown: the SAML session has ended, or the person left the group.
    Hidden,
    BadRequest,
    Broken,
}

impl ReadAnswer {
    pub(super) fn kind(&self) -> AnswerKind {
        match self.status {
            _ if self.redirected => AnswerKind::SignedOut,
            200..300 if self.body.len() <= GROUP_ANSWER_BYTES => AnswerKind::Success,
            429 => AnswerKind::Busy,
            401 => AnswerKind::SignedOut,
            403 => AnswerKind::Refused,
            404 if self.body.contains(NO_GROUP) => AnswerKind::Hidden,
            404 => AnswerKind::Missing,
            400 => AnswerKind::BadRequest,
            _ => AnswerKind::Broken,
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.trim())
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.header(name)?.parse().ok()
    }

    /// The time in milliseconds that GitLab wants to be left alone.
    pub(super) fn retry_after(&self, now: Timestamp) -> Option<i64> {
        let value = self.header("retry-after")?;
        if let Ok(seconds) = value.parse::<u32>() {
            return Some(i64::from(seconds) * 1_000);
        }
        // By GitLab's own clock where it tells it; the browser's may be wrong.
        let clock = self.header("date").and_then(Timestamp::parse_http).unwrap_or(now);
        Some(Timestamp::parse_http(value)?.since(clock).max(0))
    }
}
