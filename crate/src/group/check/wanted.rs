//! The work that a page of GitLab does for a group's check, and its report of what came of it.
//!
//! A read or a change goes to one GitLab, with the cookies of one person: the page that is told to make it is
//! the check's own, in its tab, with its cookies, and of its instance's origin. A tab can show another GitLab
//! by now, which must neither learn what is read, nor answer for it, nor get a change.

use super::GroupCheck;
use crate::{
    base::{instant::Timestamp, place::Sender},
    gitlab::path,
    group::{
        change::{Change, Deed},
        plan::{HEADERS, Next, PlanState, ReadAnswer},
    },
};
use serde::Serialize;
use std::collections::BTreeMap;

/// The task that the page is to do next. The page knows nothing of what that means.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Wanted {
    /// Milliseconds to wait before asking again; nothing else is to be done then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<i64>,
    /// `GET`, `PATCH`.
    pub method: &'static str,
    /// Path and query on the page's own origin.
    pub path: String,
    /// The content to send, with its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<(&'static str, String)>,
    /// Headers to send, each with the selector and the attribute of the page that hold its value.
    pub from_page: Vec<(&'static str, &'static str, &'static str)>,
    /// The headers of the answer that are wanted.
    pub headers: Vec<&'static str>,
}

/// The place of the CSRF token in a page of GitLab, and the header that it goes into (gitlab-facts 3.1).
pub(super) const CSRF: (&str, &str, &str) = ("X-CSRF-Token", "meta[name='csrf-token']", "content");

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

impl GroupCheck {
    /// Whether it is this page that works for it.
    pub fn is_at(&self, sender: &Sender) -> bool {
        let cursor = self.cursor();
        cursor.place == sender.place && cursor.instance.origin.eq_ignore_ascii_case(&sender.origin)
    }

    /// The task that the calling page is to do now. Another page than the check's own gets nothing. A change
    /// is told once.
    pub fn wanted(&mut self, sender: &Sender, now: Timestamp) -> Option<Wanted> {
        self.expire(now);
        if !self.is_at(sender) {
            return None;
        }
        let headers = HEADERS.to_vec();
        let get = |path| Wanted { method: "GET", path, headers: headers.clone(), ..Wanted::default() };
        match self.change.as_ref().map(Change::next) {
            Some(Deed::Send { method, path, field }) => {
                self.change.iter_mut().for_each(|change| change.hand_out(sender, now));
                let sent = self.change.as_ref().map(Change::confirmed);
                self.plan.note_sent(sent.map(|change| (change.user, change.identity)));
                let content = Some((FORM, path::form_field(field.0, &field.1)));
                return Some(Wanted { wait: None, method, path, content, from_page: vec![CSRF], headers });
            }
            Some(Deed::Read(path)) => return Some(get(path)),
            Some(Deed::Nothing) | None => {}
        }
        match self.plan.next(now) {
            Next::Read(path) => Some(get(path)),
            Next::Wait(until) => Some(Wanted { wait: Some(until.since(now)), ..Wanted::default() }),
            Next::Nothing => None,
        }
    }

    /// Whether there is something for a page to do.
    pub fn wants_page(&self) -> bool {
        self.state() == PlanState::Running
            || self.change.as_ref().is_some_and(|change| change.next() != Deed::Nothing)
    }

    /// Takes in the answer to what was wanted of the page that calls. Says whether anything changed.
    pub fn take(&mut self, sender: &Sender, path: &str, answer: &ReadAnswer, now: Timestamp) -> bool {
        // The page that sends a change tells of it, though another one may have taken over meanwhile.
        let sends = self.change.as_ref().is_some_and(|change| change.was_handed_to(sender));
        if !self.is_at(sender) && !sends {
            return false;
        }
        let Some(change) = self.change.as_mut().filter(|change| change.outcome().is_none()) else {
            return self.plan.take(&mut self.roll, path, answer, now);
        };
        let before = change.next();
        change.take(path, answer);
        let is_news = change.next() != before;
        self.settle();
        is_news
    }
}

/// Bounds what a page says that GitLab answered: only the headers that were asked for.
pub fn answer(
    status: u16,
    redirected: bool,
    mut headers: BTreeMap<String, String>,
    body: String,
) -> ReadAnswer {
    headers.retain(|name, value| HEADERS.contains(&name.as_str()) && value.len() < 100);
    ReadAnswer { status, redirected, headers, body }
}
