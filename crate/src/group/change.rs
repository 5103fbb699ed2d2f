//! One confirmed change: sent once, read back, told as it is.
//!
//! gitlab-facts 3.1, 3.4, 3.5: `PATCH /groups/:id/saml/:uid` (or `scim`) with the one field `extern_uid`, in the person's
//! session, with the page's CSRF token. Whatever GitLab answers, the stored value is read back before anything is said:
//! by the new value, then by the old one (16.1), then in the list of all (15.5). Nothing is ever sent twice.

use super::{
    path,
    plan::ReadAnswer,
    repair::{Identity, Offer, RepairPlan, identity_path},
};
use crate::{
    catalogue::Text,
    gitlab::instance::Instance,
    instant::Timestamp,
    protocol::Sender,
    text,
    view::{Sentence, Severity},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the person has said yes to. All of it must be what the plan offers at that moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Whose identity.
    pub user: u64,
    /// Which.
    pub identity: Identity,
    /// The stored value that they saw.
    pub old: String,
    /// The value that they want.
    pub new: String,
    /// The sentences that they said yes to.
    pub consents: Vec<String>,
}

/// A change under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    instance: Instance,
    group: String,
    member: String,
    confirmed: Confirmed,
    state: ChangeState,
    /// When it was confirmed, or handed out.
    since: Timestamp,
    /// The page that it was handed to.
    handed_to: Option<Sender>,
}

/// Milliseconds that a page has for its part of a change.
const PATIENCE: i64 = 60_000;

#[derive(Clone, Debug, PartialEq)]
enum ChangeState {
    Confirmed,
    /// A page was told to send it, and has not said what came of it.
    HandedOut,
    Reading(Reading, Said),
    Over(Outcome),
}

/// Where the value is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    New,
    Old,
    List,
}

/// What GitLab answered to the change.
#[derive(Clone, Debug, Default, PartialEq)]
struct Said {
    status: u16,
    message: String,
}

/// What the page is to do for a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Send this, once, with the page's own CSRF token.
    Send {
        /// `PATCH`.
        method: &'static str,
        /// Where to.
        path: String,
        /// The form's one field.
        field: (&'static str, String),
    },
    /// Read this path.
    Read(String),
    /// Nothing.
    Nothing,
}

/// What came of a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The value that GitLab has now, where it could be read.
    pub stored: Option<String>,
    /// What to say about it.
    pub sentence: Sentence,
}

impl Change {
    /// The change that `plan` offers and the person has confirmed at `now`.
    ///
    /// # Errors
    /// Why it is not made: the plan does not offer it, or not as it was confirmed.
    pub fn confirm(
        plan: &RepairPlan,
        (instance, group): (&Instance, &str),
        confirmed: Confirmed,
        now: Timestamp,
    ) -> Result<Self, Text> {
        let consents = match &plan.offer {
            Offer::Change { consents } => consents,
            Offer::Refused { .. } | Offer::CommandOnly { .. } => return Err(text!("change.refused.stale")),
        };
        let offered = Confirmed {
            user: plan.user,
            identity: plan.identity,
            old: plan.current.clone().unwrap_or_default(),
            new: plan.wanted.clone().unwrap_or_default(),
            consents: consents.clone(),
        };
        if confirmed != offered {
            return Err(text!("change.refused.stale"));
        }
        Ok(Change {
            instance: instance.clone(),
            group: group.to_owned(),
            member: plan.member.clone(),
            confirmed,
            state: ChangeState::Confirmed,
            since: now,
            handed_to: None,
        })
    }

    /// What is to be done now.
    pub fn next(&self) -> Deed {
        match &self.state {
            ChangeState::Confirmed => match self.path(&self.confirmed.old) {
                Some(path) => {
                    Deed::Send { method: "PATCH", path, field: ("extern_uid", self.confirmed.new.clone()) }
                }
                None => Deed::Nothing,
            },
            ChangeState::Reading(reading, _) => match self.reading_path(*reading) {
                Some(path) => Deed::Read(path),
                None => Deed::Nothing,
            },
            ChangeState::HandedOut | ChangeState::Over(_) => Deed::Nothing,
        }
    }

    /// The page `to` was told to send the change. It is not told again, nor is another, whatever becomes of the page.
    pub fn hand_out(&mut self, to: &Sender, now: Timestamp) {
        if self.state == ChangeState::Confirmed {
            self.state = ChangeState::HandedOut;
            self.since = now;
            self.handed_to = Some(to.clone());
        }
    }

    /// Whether this page was told to send it.
    pub fn was_handed_to(&self, page: &Sender) -> bool {
        self.handed_to.as_ref() == Some(page)
    }

    /// Whether the page that has a part in it may still be at it.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        now.since(self.since) < PATIENCE
    }

    /// The page is opened anew. What it was told to send may have been sent or not: the value is read back.
    pub fn page_opened(&mut self) {
        if self.state == ChangeState::HandedOut {
            self.state = ChangeState::Reading(self.first_reading(), Said::default());
        }
    }

    /// Takes in the answer to what [`next`](Self::next) wanted. Another answer is none.
    pub fn take(&mut self, path: &str, answer: &ReadAnswer) {
        let state = match (&self.state, self.next()) {
            (ChangeState::HandedOut, _) if self.path(&self.confirmed.old).as_deref() == Some(path) => {
                ChangeState::Reading(self.first_reading(), Said::of(answer))
            }
            (ChangeState::Reading(reading, said), Deed::Read(read)) if read == path => {
                self.read(*reading, said.clone(), answer)
            }
            // The page that was taken for gone has sent it after all.
            (ChangeState::Reading(reading, Said { status: 0, .. }), _)
                if self.path(&self.confirmed.old).as_deref() == Some(path) =>
            {
                ChangeState::Reading(*reading, Said::of(answer))
            }
            _ => return,
        };
        self.state = state;
    }

    /// Whom it is about.
    pub fn confirmed(&self) -> &Confirmed {
        &self.confirmed
    }

    /// What came of it, once that is known.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            ChangeState::Over(outcome) => Some(outcome),
            ChangeState::Confirmed | ChangeState::HandedOut | ChangeState::Reading(..) => None,
        }
    }

    fn path(&self, value: &str) -> Option<String> {
        Some(format!("{}{}", self.instance.root, identity_path(&self.group, self.confirmed.identity, value)?))
    }

    fn reading_path(&self, reading: Reading) -> Option<String> {
        match reading {
            Reading::New => self.path(&self.confirmed.new),
            Reading::Old => self.path(&self.confirmed.old),
            Reading::List => {
                let (root, group) = (&self.instance.root, path::segment(&self.group)?);
                let identity = self.confirmed.identity.segment();
                Some(format!("{root}/api/v4/groups/{group}/{identity}/identities"))
            }
        }
    }

    /// A value with a slash may be found by nobody although it is there.
    fn first_reading(&self) -> Reading {
        let both = [&self.confirmed.new, &self.confirmed.old];
        if both.iter().all(|value| path::is_addressable(value)) { Reading::New } else { Reading::List }
    }

    fn read(&self, reading: Reading, said: Said, answer: &ReadAnswer) -> ChangeState {
        let is_success = (200..300).contains(&answer.status) && !answer.redirected;
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let theirs = |row: &Value| {
            (row.get("user_id")?.as_u64()? == self.confirmed.user)
                .then(|| row.get("extern_uid").and_then(Value::as_str).map(str::to_owned))
                .flatten()
        };
        let found = match (&body, is_success) {
            (_, false) => None,
            (Value::Array(rows), true) => rows.iter().find_map(theirs),
            (row, true) => theirs(row),
        };
        match (found, reading) {
            (Some(stored), _) => ChangeState::Over(self.outcome_of(Some(stored), &said)),
            (None, Reading::New) => ChangeState::Reading(Reading::Old, said),
            (None, Reading::Old) => ChangeState::Reading(Reading::List, said),
            (None, Reading::List) => ChangeState::Over(self.outcome_of(None, &said)),
        }
    }

    fn outcome_of(&self, stored: Option<String>, said: &Said) -> Outcome {
        let Confirmed { old, new, identity, .. } = &self.confirmed;
        let reason = said.text();
        let (severity, text) = match stored.as_deref() {
            Some(value) if value == new => (
                Severity::Good,
                text!("change.changed", what = identity.text(), member = self.member, new = new),
            ),
            Some(value) if value == old => {
                (Severity::Error, text!("change.unchanged", old = old, reason = reason))
            }
            Some(_) => (Severity::Warning, text!("change.other", member = self.member, reason = reason)),
            None => (Severity::Warning, text!("change.not-known", reason = reason)),
        };
        Outcome { stored, sentence: Sentence { severity, text: text.to_string() } }
    }
}

/// Characters of a message of GitLab's that are shown.
const MESSAGE_CHARS: usize = 300;

impl Said {
    fn of(answer: &ReadAnswer) -> Self {
        let status = if answer.redirected { 401 } else { answer.status };
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let message = ["message", "error", "detail"].into_iter().find_map(|key| body.get(key));
        let message = match message {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let message = message.chars().filter(|c| !c.is_control()).take(MESSAGE_CHARS).collect();
        Said { status, message }
    }

    /// GitLab's words, and what they mean.
    fn text(&self) -> String {
        if self.status == 0 {
            return text!("change.said.nothing").to_string();
        }
        let said = text!("change.said", status = self.status, message = self.message);
        let meaning = match self.status {
            200..300 => None,
            401 => Some(text!("change.why.signed-out")),
            403 => Some(text!("change.why.forbidden")),
            404 => Some(text!("change.why.missing")),
            400 if self.message.contains("taken") => Some(text!("change.why.taken")),
            _ => Some(text!("change.why.other")),
        };
        meaning.map_or_else(|| said.to_string(), |meaning| format!("{said} {meaning}"))
    }
}
