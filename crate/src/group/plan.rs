//! [`Plan`]: which read of a group comes next, given the answers so far. A state machine without a clock or a
//! network.
//!
//! Its [`Cursor`], which is stored, is all that it is to know of a stopped worker's check: how far each read
//! came, and why the check stands still if it does. What the answers told is not stored; after a start the
//! plan reads on from the cursor and then reads again what the memory has lost.
//!
//! gitlab-facts 3.1 and 3.3: 429 with `Retry-After` in seconds or as a date (RFC 9110, 10.2.3), 401 and
//! redirects when the session has ended, 403 and 404 for who does not own the group or may not see it, offset
//! pagination without totals above 10,000 rows.

use super::{
    members::{GroupDetails, Identity, Roll},
    reads::{PER_PAGE, READS, Read, ReadKind, Without},
};
use crate::{
    base::{instant::Timestamp, limits::GROUP_BYTES, order::inserted, place::Place},
    gitlab::instance::Instance,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

mod answer;

use answer::AnswerKind;
pub use answer::{HEADERS, NO_GROUP, ReadAnswer};

/// The number of times that a read is tried again after an answer that is no answer (500, a broken
/// connection).
const TRIES: u32 = 3;
/// The number of times that GitLab may say "too many requests" to one read.
const BUSY_TRIES: u32 = 8;
/// The longest time, in milliseconds, that the plan waits by itself. Beyond, the person is told and goes on
/// later.
const LONGEST_WAIT: i64 = 10 * 60 * 1_000;

/// Pages of 100 that are read again without asking after the browser has stopped the worker, which it does
/// after half a minute of rest. A larger group is read again when its page is opened anew, or when the person
/// wants it.
const AGAIN_PAGES: u32 = 20;

/// Milliseconds that what was read is taken to hold. When the page is opened anew later, it is read again.
const FRESH: i64 = 5 * 60 * 1_000;

/// The progress of a check. This is all of it that is stored: numbers and states, nothing of any answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// The GitLab.
    pub instance: Instance,
    /// The group's path.
    pub group: String,
    /// The page that performs the reads: tab, private or not, cookie jar.
    pub place: Place,
    /// The progress of each read.
    pub reads: BTreeMap<Read, Position>,
    /// Whether it goes on.
    pub state: PlanState,
    /// The next read is not made before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The number of times that the next read was tried in vain.
    #[serde(default)]
    pub tries: u32,
    /// The number of times that GitLab said "too many requests" to it.
    #[serde(default)]
    pub busy: u32,
    /// When all of it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// The change that a page was told to send, and of which nothing was heard yet: the user's number, and
    /// which identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<(u64, Identity)>,
}

/// The progress of one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// This page comes next, from 1.
    At(u32),
    /// It has so many pages, all of which were read; and whether there are more than are read.
    Done {
        /// The last page.
        pages: u32,
        /// Whether the rest was left.
        cut: bool,
    },
    /// It gave nothing: the status that GitLab answered with.
    Lacking(u16),
}

impl Position {
    /// Whether it gave nothing, and may do so another time: 404 is an endpoint that this GitLab does not
    /// have.
    fn may_change(&self) -> bool {
        matches!(self, Position::Lacking(status) if *status != 404)
    }
}

/// Whether a check goes on, and why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanState {
    /// It reads.
    #[default]
    Running,
    /// The person stopped it.
    Cancelled,
    /// Everything was read.
    Done,
    /// Everything was read, and lost when the browser stopped the worker; it is too much to be read again
    /// each time.
    Forgotten,
    /// Nobody is signed in any more.
    SignedOut,
    /// The person does not own the group.
    NotOwner,
    /// GitLab shows the person no such group: they are no member, or their SSO session has ended.
    NotVisible,
    /// The group has no SAML.
    NoProvider,
    /// GitLab's API takes the group's path for the number of another group.
    OtherGroup,
    /// The tab of the page that performed the reads was closed.
    Closed,
    /// GitLab wants no requests for longer than the plan waits.
    Busy,
    /// GitLab did not answer as expected, again and again.
    Broken(u16),
}

impl Cursor {
    /// The number of pages that it has, as far as that is known.
    fn pages(&self) -> u32 {
        let pages = self.reads.values().map(|position| match position {
            Position::Done { pages, .. } => *pages,
            Position::At(_) | Position::Lacking(_) => 1,
        });
        pages.sum()
    }
}

impl PlanState {
    /// Whether the person can have it go on, once they have done something about it.
    pub fn can_resume(self) -> bool {
        !matches!(self, PlanState::Running | PlanState::Done | PlanState::OtherGroup | PlanState::Closed)
    }
}

/// The step that is to be taken now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// This path is to be read.
    Read(String),
    /// Nothing, until then.
    Wait(Timestamp),
    /// Nothing is left to do.
    Nothing,
}

/// The progress of a check, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The read that is made now.
    pub read: Option<Read>,
    /// The page of it that is read, where it has several.
    pub page: Option<u32>,
    /// Members that were read.
    pub members: usize,
    /// Members that there are, where GitLab says so.
    pub of: Option<usize>,
    /// Whether it reads again what was lost when the browser stopped the worker.
    pub again: bool,
}

/// A check's reads.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    cursor: Cursor,
    /// The pages whose rows are in memory.
    held: BTreeMap<Read, BTreeSet<u32>>,
    members: usize,
    total: Option<usize>,
}

impl Plan {
    /// A new check of the group at `group`, whose reads the page at `place` performs.
    pub fn new(instance: Instance, group: String, place: Place) -> Self {
        let reads = inserted(READS.iter().map(|kind| (kind.read, Position::At(1))));
        let (state, not_before) = (PlanState::Running, None);
        Plan::resume(Cursor {
            instance,
            group,
            place,
            reads,
            state,
            not_before,
            tries: 0,
            busy: 0,
            read_at: None,
            sent: None,
        })
    }

    /// The check that `cursor` is of, with nothing in memory.
    pub fn resume(mut cursor: Cursor) -> Self {
        for kind in &READS {
            cursor.reads.entry(kind.read).or_insert(Position::At(1));
        }
        let is_read = !cursor.reads.values().any(|position| matches!(position, Position::At(_)));
        if cursor.state == PlanState::Done || (cursor.state == PlanState::Running && is_read) {
            let is_large = cursor.pages() > AGAIN_PAGES;
            cursor.state = if is_large { PlanState::Forgotten } else { PlanState::Running };
        }
        Plan { cursor, held: BTreeMap::new(), members: 0, total: None }
    }

    /// The part of it that is to be stored.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// Whether it goes on.
    pub fn state(&self) -> PlanState {
        self.cursor.state
    }

    /// Notes in what is stored whose change was sent, or (`None`) that what came of it is known.
    pub(super) fn note_sent(&mut self, sent: Option<(u64, Identity)>) {
        self.cursor.sent = sent;
    }

    /// The step that is to be taken at `now`.
    pub fn next(&self, now: Timestamp) -> Next {
        if self.cursor.state != PlanState::Running {
            return Next::Nothing;
        }
        let Some((kind, page)) = self.awaited() else { return Next::Nothing };
        match (self.cursor.not_before, kind.path(&self.cursor.instance.root, &self.cursor.group, page)) {
            (_, None) => Next::Nothing,
            (Some(time), Some(_)) if time > now => Next::Wait(time),
            (_, Some(path)) => Next::Read(path),
        }
    }

    /// Takes in the answer to the read of `path`, and what it told into `roll`. Another answer than the one
    /// that is waited for is none: it came late, came twice, or nobody asked. Says whether it was taken.
    pub fn take(&mut self, roll: &mut Roll, path: &str, answer: &ReadAnswer, now: Timestamp) -> bool {
        let Some((kind, page)) = self.awaited().filter(|_| self.cursor.state == PlanState::Running) else {
            return false;
        };
        if kind.path(&self.cursor.instance.root, &self.cursor.group, page).as_deref() != Some(path) {
            return false;
        }
        match answer.kind() {
            AnswerKind::Success => match (kind.take)(roll, &answer.body) {
                // A path of digits alone is a number to GitLab's API.
                Some(_) if roll.group.is_of_other_than(&self.cursor.group) => {
                    roll.group = GroupDetails::default();
                    self.stop(PlanState::OtherGroup);
                }
                Some(rows) => self.read(roll, kind, page, rows, answer),
                None => self.try_again(kind, answer, now),
            },
            AnswerKind::Busy => self.wait(answer, now),
            AnswerKind::SignedOut => self.stop(PlanState::SignedOut),
            AnswerKind::Refused => self.refused(kind, answer.status, true),
            AnswerKind::Missing => self.refused(kind, answer.status, false),
            AnswerKind::Hidden => self.stop(PlanState::NotVisible),
            AnswerKind::BadRequest if kind.without == Without::NotOwner => self.stop(PlanState::NoProvider),
            AnswerKind::BadRequest => self.go_without(kind, answer.status),
            AnswerKind::Broken => self.try_again(kind, answer, now),
        }
        if self.cursor.state == PlanState::Running && self.awaited().is_none() {
            self.cursor.state = PlanState::Done;
            self.cursor.read_at = Some(now);
        }
        true
    }

    /// Stops it, until it is resumed.
    pub fn cancel(&mut self) {
        if self.cursor.state == PlanState::Running {
            self.cursor.state = PlanState::Cancelled;
        }
    }

    /// The page that performs the reads is gone, and no other one has come.
    pub fn page_closed(&mut self) {
        if self.cursor.state == PlanState::Running {
            self.cursor.state = PlanState::Closed;
        }
    }

    /// Whether the person can have it go on: it stands still, or something that was not answered may be by
    /// now.
    pub fn can_go_on(&self) -> bool {
        let state = self.cursor.state;
        state.can_resume()
            || (state == PlanState::Done && self.cursor.reads.values().any(Position::may_change))
    }

    /// Has it go on where it stopped, at the page at `place`: the person signed in again, or wants it after
    /// all. What gave no answer is asked for once more.
    pub fn go_on(&mut self, place: Place) {
        if !self.can_go_on() {
            return;
        }
        for (read, position) in self.cursor.reads.iter_mut().filter(|(_, position)| position.may_change()) {
            let held = self.held.get(read);
            let page = (1..).find(|page| held.is_none_or(|held| !held.contains(page)));
            *position = Position::At(page.unwrap_or(1));
        }
        self.cursor.state = PlanState::Running;
        self.cursor.place = place;
        self.begin_read();
    }

    /// Whether all was read so long ago that it may not hold any more. A large group is read again when the
    /// person wants it, not by itself.
    pub fn is_old(&self, now: Timestamp) -> bool {
        let is_past = |read_at: Timestamp| now.since(read_at) >= FRESH;
        self.cursor.state == PlanState::Done
            && self.cursor.read_at.is_some_and(is_past)
            && self.cursor.pages() <= AGAIN_PAGES
    }

    /// Reads all of it again.
    pub fn read_again(&mut self) {
        let Cursor { instance, group, place, .. } = self.cursor.clone();
        *self = Plan::new(instance, group, place);
    }

    /// The page at `place` was opened, or (`again`) asks once more what there is: it performs the reads from
    /// now on. That page being there, the session may be, too, and what the group was not set to, or the
    /// person not allowed, may have changed since it was opened last; what the person stopped stays stopped.
    pub fn move_to(&mut self, place: Place, again: bool) {
        match self.cursor.state {
            PlanState::Closed => {
                self.cursor.state = PlanState::Running;
                self.cursor.place = place;
            }
            PlanState::SignedOut | PlanState::Broken(_) | PlanState::NotVisible => self.go_on(place),
            PlanState::Forgotten | PlanState::NotOwner | PlanState::NoProvider if !again => self.go_on(place),
            _ => self.cursor.place = place,
        }
    }

    /// Its progress so far.
    pub fn progress(&self) -> Progress {
        let again = self.first_unread().is_none();
        let read = self.awaited().map(|(kind, _)| kind.read).filter(|_| self.state() == PlanState::Running);
        let page = self.awaited().filter(|(kind, _)| kind.is_paged()).map(|(_, page)| page);
        Progress { read, page, members: self.members, of: self.total, again: again && read.is_some() }
    }

    /// The reads that gave nothing, each with the status that GitLab answered with; and those of which only a
    /// part was read.
    pub fn gaps(&self) -> Vec<(&'static ReadKind, Option<u16>)> {
        let gap = |(read, position): (&Read, &Position)| match position {
            Position::Lacking(status) => Some((read.kind(), Some(*status))),
            Position::Done { cut: true, .. } => Some((read.kind(), None)),
            _ => None,
        };
        self.cursor.reads.iter().filter_map(gap).collect()
    }

    /// The read that comes next: what was never read, then what was and is no longer in memory.
    fn awaited(&self) -> Option<(&'static ReadKind, u32)> {
        self.first_unread().or_else(|| self.first_lost())
    }

    fn first_unread(&self) -> Option<(&'static ReadKind, u32)> {
        READS.iter().map(|kind| kind.read.kind()).find_map(|kind| {
            match self.cursor.reads.get(&kind.read)? {
                Position::At(page) => Some((kind, *page)),
                _ => None,
            }
        })
    }

    fn first_lost(&self) -> Option<(&'static ReadKind, u32)> {
        READS.iter().map(|kind| kind.read.kind()).find_map(|kind| {
            let Position::Done { pages, .. } = self.cursor.reads.get(&kind.read)? else { return None };
            let held = self.held.get(&kind.read);
            (1..=*pages).find(|page| held.is_none_or(|held| !held.contains(page))).map(|page| (kind, page))
        })
    }

    fn read(&mut self, roll: &Roll, kind: &ReadKind, page: u32, rows: usize, answer: &ReadAnswer) {
        // GitLab tells an owner of each member whether they have an identity, and nobody else.
        if kind.read == Read::Members && rows > 0 && !roll.lists_saml && !roll.shows_identities {
            return self.stop(PlanState::NotOwner);
        }
        self.begin_read();
        self.held.entry(kind.read).or_default().insert(page);
        if kind.read == Read::Members {
            self.members += rows;
            self.total = answer.number("x-total").map(|total| total as usize).or(self.total);
        }
        if let Some(Position::At(at)) = self.cursor.reads.get(&kind.read)
            && *at == page
        {
            let next = self.page_after(kind, page, rows, answer);
            let full = roll.octets() >= GROUP_BYTES;
            let position = match next {
                Some(next) if next <= kind.most_pages && !full => Position::At(next),
                next => Position::Done { pages: page, cut: next.is_some() },
            };
            self.cursor.reads.insert(kind.read, position);
        }
    }

    /// The page after `page`. GitLab says which; where a proxy has taken that away, a full page has one.
    fn page_after(&self, kind: &ReadKind, page: u32, rows: usize, answer: &ReadAnswer) -> Option<u32> {
        if !kind.is_paged() || rows == 0 {
            return None;
        }
        match answer.header("x-next-page") {
            // Never backwards: that would be without end.
            Some(_) => answer.number("x-next-page").filter(|next| *next == page + 1),
            None => (rows >= PER_PAGE).then_some(page + 1),
        }
    }

    fn wait(&mut self, answer: &ReadAnswer, now: Timestamp) {
        let doubled = 1_000 << self.cursor.busy.min(6);
        let wait = answer.retry_after(now).unwrap_or(doubled).max(1_000);
        self.cursor.busy += 1;
        self.cursor.not_before = Some(Timestamp(now.0.saturating_add(wait)));
        if wait > LONGEST_WAIT || self.cursor.busy > BUSY_TRIES {
            self.cursor.state = PlanState::Busy;
        }
    }

    fn refused(&mut self, kind: &ReadKind, status: u16, is_forbidden: bool) {
        match kind.without {
            Without::NotVisible => self.stop(PlanState::NotVisible),
            Without::NotOwner if is_forbidden => self.stop(PlanState::NotOwner),
            // The group was seen before, so it is the endpoint that is missing: GitLab before 15.5.
            Without::NotOwner | Without::Goes => self.go_without(kind, status),
        }
    }

    fn try_again(&mut self, kind: &ReadKind, answer: &ReadAnswer, now: Timestamp) {
        self.cursor.tries += 1;
        if self.cursor.tries < TRIES {
            self.cursor.not_before = Some(Timestamp(now.0.saturating_add(1_000 << self.cursor.tries)));
        } else if kind.without == Without::Goes {
            self.go_without(kind, answer.status);
        } else {
            self.stop(PlanState::Broken(answer.status));
        }
    }

    fn go_without(&mut self, kind: &ReadKind, status: u16) {
        self.begin_read();
        self.cursor.reads.insert(kind.read, Position::Lacking(status));
    }

    /// The next read was not tried yet.
    fn begin_read(&mut self) {
        (self.cursor.tries, self.cursor.busy, self.cursor.not_before) = (0, 0, None);
    }

    fn stop(&mut self, state: PlanState) {
        self.cursor.state = state;
    }
}

#[cfg(test)]
mod tests;
