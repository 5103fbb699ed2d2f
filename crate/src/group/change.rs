//! One confirmed change: looked at once more, sent once, read back, told as it is.
//!
//! gitlab-facts 3.1, 3.4, 3.5: `PATCH /groups/:id/saml/:uid` (or `scim`) with the one field `extern_uid`, in
//! the person's session, with the page's CSRF token. GitLab finds the identity by `:uid` alone, whosever it
//! is by now; so it is asked first whose it is, by the old value (16.1), then in the list of all (15.5), and
//! a change that no page has asked for within a minute is dropped. Whatever GitLab answers, the stored value
//! is read back before anything is said: by the new value, by the old one, in the list. Nothing is ever sent
//! twice.

use super::{
    members::Identity,
    plan::{NO_GROUP, ReadAnswer},
    repair::{Offer, RepairPlan, command, identity_path},
};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        place::Sender,
        severity::{Sentence, Severity},
    },
    comparison,
    gitlab::{instance::Instance, path},
    text,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The change that the person has said yes to. All of it must be what the plan offers at that moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The number of the user whose identity it is.
    pub user: u64,
    /// The one of their identities that is changed.
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
    /// GitLab is asked whose the old value is now.
    Asking(Reading),
    /// It is theirs.
    Ready,
    /// A page was told to send it, and has not said what came of it.
    HandedOut,
    Reading(Reading, Said),
    Over(ChangeOutcome),
}

/// The place where the value is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    New,
    Old,
    List,
}

/// GitLab's answer to the change.
#[derive(Clone, Debug, Default, PartialEq)]
struct Said {
    status: u16,
    message: String,
}

/// The step that the page is to take for a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Send this, once, with the page's own CSRF token.
    Send {
        /// `PATCH`.
        method: &'static str,
        /// The path that it is sent to.
        path: String,
        /// The form's one field.
        field: (&'static str, String),
    },
    /// Read this path.
    Read(String),
    /// There is nothing to send.
    Nothing,
}

/// The outcome of a change.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeOutcome {
    /// The value that GitLab has now, where it could be read.
    pub stored: Option<String>,
    /// The sentence to say about it.
    pub sentence: Sentence,
    /// The command that gives the identity its old value again, where it has the new one.
    pub way_back: Option<String>,
}

impl Change {
    /// The change that `plan` offers and the person has confirmed at `now`.
    ///
    /// # Errors
    /// The reason why it is not made: the plan does not offer it, or not as it was confirmed.
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
            state: ChangeState::Asking(Reading::Old),
            since: now,
            handed_to: None,
        })
    }

    /// The step that is to be taken now.
    pub fn next(&self) -> Deed {
        match &self.state {
            ChangeState::Ready => match self.path(&self.confirmed.old) {
                Some(path) => {
                    Deed::Send { method: "PATCH", path, field: ("extern_uid", self.confirmed.new.clone()) }
                }
                None => Deed::Nothing,
            },
            ChangeState::Asking(reading) | ChangeState::Reading(reading, _) => {
                match self.reading_path(*reading) {
                    Some(path) => Deed::Read(path),
                    None => Deed::Nothing,
                }
            }
            ChangeState::HandedOut | ChangeState::Over(_) => Deed::Nothing,
        }
    }

    /// The page `to` was told to send the change. It is not told again, nor is another, whatever becomes of
    /// the page.
    pub fn hand_out(&mut self, to: &Sender, now: Timestamp) {
        if self.state == ChangeState::Ready {
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
    /// What it was not told to send is dropped.
    pub fn page_opened(&mut self) {
        if self.state == ChangeState::HandedOut {
            self.state = ChangeState::Reading(self.first_reading(), Said::default());
        }
        self.drop_unsent();
    }

    /// Whether no page was told to send it yet.
    pub fn is_unsent(&self) -> bool {
        matches!(self.state, ChangeState::Asking(_) | ChangeState::Ready)
    }

    /// Drops it where no page was told to send it: what was confirmed is not sent when nobody thinks of it
    /// any more.
    pub fn drop_unsent(&mut self) {
        if self.is_unsent() {
            self.state = over(Severity::Warning, None, text!("change.not-sent.dropped"));
        }
    }

    /// Takes in the answer to what [`next`](Self::next) wanted. Another answer is none.
    pub fn take(&mut self, path: &str, answer: &ReadAnswer) {
        let state = match (&self.state, self.next()) {
            (ChangeState::Asking(reading), Deed::Read(read)) if read == path => self.asked(*reading, answer),
            (ChangeState::HandedOut, _) if self.path(&self.confirmed.old).as_deref() == Some(path) => {
                self.sent(self.first_reading(), answer)
            }
            (ChangeState::Reading(reading, said), Deed::Read(read)) if read == path => {
                self.read(*reading, said.clone(), answer)
            }
            // The page that was taken for gone has sent it after all.
            (ChangeState::Reading(reading, Said { status: 0, .. }), _)
                if self.path(&self.confirmed.old).as_deref() == Some(path) =>
            {
                self.sent(*reading, answer)
            }
            _ => return,
        };
        self.state = state;
    }

    /// Whom it is about.
    pub fn confirmed(&self) -> &Confirmed {
        &self.confirmed
    }

    /// Its outcome, once that is known.
    pub fn outcome(&self) -> Option<&ChangeOutcome> {
        match &self.state {
            ChangeState::Over(outcome) => Some(outcome),
            ChangeState::Asking(_)
            | ChangeState::Ready
            | ChangeState::HandedOut
            | ChangeState::Reading(..) => None,
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

    /// GitLab was asked whose the old value is.
    fn asked(&self, reading: Reading, answer: &ReadAnswer) -> ChangeState {
        let Confirmed { user, identity, old, .. } = &self.confirmed;
        let rows = rows(answer);
        let found = |row: &&ApiIdentity| identity.rule().accepts(comparison::verdict(&row.extern_uid, old));
        let has_it: Vec<&ApiIdentity> = rows.iter().flatten().filter(found).collect();
        let not_sent = |stored, text| over(Severity::Error, stored, text);
        if has_it.iter().any(|row| row.user_id != *user) {
            return not_sent(None, text!("change.not-sent.other-user", old = old));
        }
        if has_it.iter().any(|row| row.extern_uid == *old) {
            return ChangeState::Ready;
        }
        match (reading, &rows) {
            (Reading::New | Reading::Old, _) => ChangeState::Asking(Reading::List),
            (Reading::List, None) => {
                let reason = Said::of(answer).text();
                not_sent(None, text!("change.not-sent.not-read", old = old, reason = reason))
            }
            (Reading::List, Some(rows)) => {
                let theirs = rows.iter().find(|row| row.user_id == *user).map(|row| row.extern_uid.clone());
                not_sent(theirs, text!("change.not-sent.moved", member = self.member, old = old))
            }
        }
    }

    /// GitLab has answered to the change itself.
    fn sent(&self, reading: Reading, answer: &ReadAnswer) -> ChangeState {
        let Confirmed { user, old, new, .. } = &self.confirmed;
        match rows(answer).iter().flatten().find(|row| row.user_id != *user) {
            Some(ApiIdentity { user_id, .. }) => {
                let text =
                    text!("change.wrong-user", user = user_id, member = self.member, old = old, new = new);
                with_way_back(Severity::Error, None, text, self.way_back())
            }
            None => ChangeState::Reading(reading, Said::of(answer)),
        }
    }

    fn read(&self, reading: Reading, said: Said, answer: &ReadAnswer) -> ChangeState {
        let rows = rows(answer).unwrap_or_default();
        let theirs = rows.into_iter().find(|row| row.user_id == self.confirmed.user);
        let found = theirs.map(|row| row.extern_uid);
        match (found, reading) {
            (Some(stored), _) => self.outcome_of(Some(stored), &said),
            (None, Reading::New) => ChangeState::Reading(Reading::Old, said),
            (None, Reading::Old) => ChangeState::Reading(Reading::List, said),
            (None, Reading::List) => self.outcome_of(None, &said),
        }
    }

    fn outcome_of(&self, stored: Option<String>, said: &Said) -> ChangeState {
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
        let way_back = stored.as_ref().filter(|stored| *stored == new).and_then(|_| self.way_back());
        with_way_back(severity, stored, text, way_back)
    }

    fn way_back(&self) -> Option<String> {
        let Confirmed { old, new, identity, .. } = &self.confirmed;
        command((&self.instance, &self.group), *identity, (new, old)).map(|command| command.shell())
    }
}

fn over(severity: Severity, stored: Option<String>, text: Text) -> ChangeState {
    with_way_back(severity, stored, text, None)
}

fn with_way_back(
    severity: Severity,
    stored: Option<String>,
    text: Text,
    way_back: Option<String>,
) -> ChangeState {
    let sentence = Sentence { severity, text: text.to_string() };
    ChangeState::Over(ChangeOutcome { stored, sentence, way_back })
}

/// The outcome of a change that was sent, when nothing more can be heard of it: the browser stopped the
/// worker.
pub(super) fn lost((user, identity): (u64, Identity), group: &str) -> ChangeOutcome {
    let text = text!("change.lost", what = identity.text(), user = user, group = group);
    let sentence = Sentence { severity: Severity::Warning, text: text.to_string() };
    ChangeOutcome { stored: None, sentence, way_back: None }
}

/// An identity as GitLab's API tells it.
#[derive(Deserialize)]
struct ApiIdentity {
    user_id: u64,
    extern_uid: String,
}

/// The identities of an answer, which is one or a list; `None` where it is none. What is no identity is left
/// out.
fn rows(answer: &ReadAnswer) -> Option<Vec<ApiIdentity>> {
    let is_success = (200..300).contains(&answer.status) && !answer.redirected;
    let rows = match serde_json::from_str(&answer.body).ok().filter(|_| is_success)? {
        Value::Array(rows) => rows,
        row => vec![row],
    };
    Some(rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect())
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
            404 if self.message == NO_GROUP => Some(text!("change.why.hidden")),
            404 => Some(text!("change.why.missing")),
            400 if self.message.contains("taken") => Some(text!("change.why.taken")),
            _ => Some(text!("change.why.other")),
        };
        meaning.map_or_else(|| said.to_string(), |meaning| format!("{said} {meaning}"))
    }
}
