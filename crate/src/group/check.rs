//! [`GroupCheck`]: the whole-group check as the rest of the program sees it: plan, roll, table and change in
//! one place.
//!
//! One group is checked at a time, so that the memory's budget is one. What is stored of a check is its
//! [`Cursor`]; everything else is read or joined again. Of a change that was sent the cursor says whose it
//! is, so that it can be said that nobody knows what came of it.

use super::{
    captured::Captures,
    change::{self, Change, ChangeOutcome, Confirmed},
    expected::{Expectation, Matched},
    export::{self, FilePart, Format},
    for_members::{self, WantedForMembers},
    join::{Joined, Line, join},
    member_verdict::{MEMBER_VERDICTS, MemberVerdict},
    members::{Identity, Roll},
    plan::{Cursor, Plan, PlanState, Progress},
    repair::{self, RepairPlan},
    table::{self, Count, Known, Query, RowView, Table},
};
use crate::{
    base::{catalogue::Text, instant::Timestamp, place::Place, pseudonym::Salt},
    file::export::Secrecy,
    gitlab::{
        instance::Instance,
        stored::{StoredIdentity, StoredValue},
    },
    group::reactivation::{IdpValues, Reactivation},
    text,
    trace::{
        managed::Managed,
        tracer::{Revision, Tracer},
    },
};
mod at_hand;
mod list;
mod message;
mod planning;
mod sentences;
mod settings;
mod wanted;

use list::List;
pub use list::{ColumnView, ListState, ListView, NewList, PIECE};
pub use planning::PlannedChange;
pub use sentences::{GroupView, RepairAt};
use settings::Given;
pub use settings::SettingsState;
pub use wanted::{Wanted, answer};

/// A whole-group check.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupCheck {
    plan: Plan,
    roll: Roll,
    joined: Option<Snapshot>,
    change: Option<Change>,
    /// The outcomes of changes, newest last.
    outcomes: Vec<ChangeOutcome>,
    /// Whether the trace was told which accounts the group manages.
    is_told: bool,
    /// The identity provider's list of people.
    list: Option<List>,
    /// The files of its settings.
    given: Given,
}

/// The last join, and what it was made of.
#[derive(Clone, Debug, PartialEq)]
struct Snapshot {
    revision: Revision,
    state: PlanState,
    people: usize,
    outcomes: usize,
    captures: Captures,
    table: Table,
    /// The list of people, once all of it is matched.
    matched: Option<Matched>,
    /// The same with the field that is planned.
    planned: Option<Matched>,
}

impl GroupCheck {
    /// A check of the group at `group`, whose reads the page at `place` performs.
    pub fn new(instance: Instance, group: String, place: Place) -> Self {
        GroupCheck::with(Plan::new(instance, group, place))
    }

    /// The check that a stopped worker left; it reads on, and tells of a change of which nothing was heard.
    pub fn resume(mut cursor: Cursor) -> Self {
        let lost = cursor.sent.take().map(|sent| change::lost(sent, &cursor.group));
        let mut check = GroupCheck::with(Plan::resume(cursor));
        check.outcomes.extend(lost);
        check
    }

    /// This check in place of `before`, of another group; it tells of a change there of which nothing was
    /// heard.
    pub fn instead_of(mut self, before: Option<GroupCheck>) -> Self {
        let lost = before.and_then(|mut before| {
            let sent = before.plan.cursor().sent?;
            before.change.take().map(|_| change::lost(sent, &before.cursor().group))
        });
        self.outcomes.extend(lost);
        self
    }

    /// The same check beside another trace; none where that does not know its GitLab.
    pub fn replayed(mut self, tracer: &Tracer) -> Option<Self> {
        // Two traces can have one revision.
        (self.joined, self.is_told) = (None, false);
        tracer.instances().contains(&self.cursor().instance).then_some(self)
    }

    fn with(plan: Plan) -> Self {
        GroupCheck {
            plan,
            roll: Roll::default(),
            joined: None,
            change: None,
            outcomes: Vec::new(),
            is_told: false,
            list: None,
            given: Given::default(),
        }
    }

    /// The part of it that is to be stored.
    pub fn cursor(&self) -> &Cursor {
        self.plan.cursor()
    }

    /// Whether it goes on.
    pub fn state(&self) -> PlanState {
        self.plan.state()
    }

    /// Its progress so far.
    pub fn progress(&self) -> Progress {
        self.plan.progress()
    }

    /// Whether it is of this group, in this cookie jar.
    pub fn is_of(&self, instance: &Instance, group: &str, place: &Place) -> bool {
        let cursor = self.cursor();
        cursor.instance == *instance && cursor.group == group && cursor.place.shares_cookies(place)
    }

    /// The page at `place` was opened anew, or (`again`) asks once more: it performs the reads from now on,
    /// and goes on where the session had ended. While another page makes a change, it does not.
    pub fn move_to(&mut self, place: Place, again: bool, now: Timestamp) {
        let is_elsewhere = self.cursor().place != place;
        if self.change.is_some() && is_elsewhere && (again || self.is_changing(now)) {
            return;
        }
        if !again {
            self.page_gone();
        }
        self.plan.move_to(place, again);
        if !again && self.plan.is_old(now) {
            self.read_again();
        }
    }

    /// Reads all of it again, where all was read and no change is under way.
    pub fn read_again(&mut self) {
        if self.can_read_again() {
            self.plan.read_again();
            (self.roll, self.joined, self.is_told) = (Roll::default(), None, false);
        }
    }

    fn can_read_again(&self) -> bool {
        self.state() == PlanState::Done && self.change.is_none()
    }

    /// The page that worked for it is gone: another was opened in its tab. Who asks once more is still there,
    /// and tells what came of the change.
    pub fn page_gone(&mut self) {
        self.change.iter_mut().for_each(Change::page_opened);
        self.settle();
    }

    /// The tab of the page that worked for it was closed.
    pub fn page_closed(&mut self) {
        self.page_gone();
        self.plan.page_closed();
    }

    /// Whether a page may be about to make a change, or to tell what came of it.
    pub fn is_changing(&self, now: Timestamp) -> bool {
        self.change.as_ref().is_some_and(|change| change.is_recent(now))
    }

    /// Stops it, and a change that no page was told to send yet.
    pub fn cancel(&mut self) {
        self.change.iter_mut().for_each(Change::drop_unsent);
        self.settle();
        self.plan.cancel();
    }

    /// Drops a change that no page was told to send in time.
    pub fn expire(&mut self, now: Timestamp) {
        self.change.iter_mut().filter(|change| !change.is_recent(now)).for_each(Change::drop_unsent);
        self.settle();
    }

    /// Takes in what came of a change, once that is known.
    fn settle(&mut self) {
        let Some((change, outcome)) =
            self.change.as_ref().and_then(|change| Some((change, change.outcome()?.clone())))
        else {
            return;
        };
        if let Some(stored) = &outcome.stored {
            let Confirmed { user, identity, .. } = change.confirmed();
            self.roll.store(*user, *identity, stored);
        }
        self.outcomes.push(outcome);
        self.change = None;
        self.plan.note_sent(None);
    }

    /// Has it go on.
    pub fn go_on(&mut self) {
        let place = self.cursor().place.clone();
        self.plan.go_on(place);
    }

    /// Tells the trace which accounts the group manages, once all is read: a single sign-in is judged by it,
    /// too.
    pub fn tell(&mut self, tracer: &mut Tracer) {
        if self.is_told || self.state() != PlanState::Done {
            return;
        }
        let managed = self.roll.people().filter(|(_, person)| self.roll.is_enterprise_user(person));
        let emails = managed.filter_map(|(id, person)| Some((id, person.primary()?.address.clone())));
        let Cursor { instance, group, place, .. } = self.plan.cursor();
        let (instance, group, place) = (instance.clone(), group.clone(), place.clone());
        tracer.manage(Managed { emails: emails.collect(), instance, group, place });
        self.is_told = true;
    }

    /// The row of one user, once they were read.
    pub fn row(&mut self, tracer: &Tracer, user: u64) -> Option<RowView> {
        let (roll, snapshot, list) = self.joined(tracer);
        let (joined, expected) = (snapshot.table.joined(), snapshot.expectation(roll, list));
        let known = (roll, &snapshot.captures, expected.as_ref());
        joined.line(user).map(|line| table::expected_row(joined, known, line))
    }

    /// The reason for the verdict on a user, with the values that it names, once they were read. Where a list
    /// of people says more, [`row`](Self::row) has that.
    pub fn reason(&mut self, tracer: &Tracer, user: u64) -> Option<Text> {
        let (roll, snapshot, _) = self.joined(tracer);
        let joined = snapshot.table.joined();
        let line = joined.line(user)?;
        Some(line.standing.kind().why(&joined.values(roll, &snapshot.captures, line)))
    }

    /// Whether a page shows another identifier of a user than was read: one of the two is older, and it is
    /// not the page.
    pub fn is_older_than(&self, shown: &StoredIdentity) -> bool {
        let Some(person) = shown.member.id.and_then(|id| self.roll.borrowed(id)) else { return false };
        let pairs = [(self.roll.saml(person), &shown.saml), (self.roll.scim(person), &shown.scim)];
        // A page shows no white space at the ends, and of more only one.
        let words = |value: &StoredValue| {
            value.known().unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        pairs.into_iter().any(|(read, shown)| {
            *read != StoredValue::Unseen && *shown != StoredValue::Unseen && words(read) != words(shown)
        })
    }

    /// Counts the users of each standing that there is, worst first, and lists the first `most` who have it.
    pub fn listed(&mut self, tracer: &Tracer, most: usize) -> Vec<(Count, Vec<RowView>)> {
        let (roll, snapshot, list) = self.joined(tracer);
        let expected = snapshot.expectation(roll, list);
        table::listed(snapshot.table.joined(), (roll, &snapshot.captures, expected.as_ref()), most)
    }

    /// The plan of what can be done about one identity of a user; nothing before all is read.
    pub fn repair(&mut self, tracer: &Tracer, user: u64, identity: Identity) -> Option<RepairPlan> {
        if self.state() != PlanState::Done {
            return None;
        }
        let (instance, group) = (self.cursor().instance.clone(), self.cursor().group.clone());
        let (roll, snapshot, _) = self.joined(tracer);
        const DIFFERING: [MemberVerdict; 4] = [
            MemberVerdict::AllDiffer,
            MemberVerdict::SamlStale,
            MemberVerdict::ScimDrift,
            MemberVerdict::SamlScimDiffer,
        ];
        let counts = MEMBER_VERDICTS.iter().zip(snapshot.table.joined().counts);
        let differing = counts.filter(|(kind, _)| DIFFERING.contains(&kind.standing)).map(|(_, n)| n).sum();
        repair::plan(roll, &snapshot.captures, (&instance, &group), user, identity, differing)
    }

    /// Makes a change that the person has confirmed, once nothing else is under way.
    ///
    /// # Errors
    /// The reason why it is not made.
    pub fn confirm(&mut self, tracer: &Tracer, confirmed: Confirmed, now: Timestamp) -> Result<(), Text> {
        self.expire(now);
        if self.change.is_some() {
            return Err(text!("change.refused.busy"));
        }
        let plan = self.repair(tracer, confirmed.user, confirmed.identity);
        let plan = plan.ok_or_else(|| text!("change.refused.not-read"))?;
        let cursor = self.cursor();
        self.change = Some(Change::confirm(&plan, (&cursor.instance, &cursor.group), confirmed, now)?);
        Ok(())
    }

    /// The part of what the query finds as a file that begins with the user at `start` of it.
    pub fn export(
        &mut self,
        tracer: &Tracer,
        format: Format,
        secrecy: (Secrecy, Salt),
        of: (&Query, usize),
    ) -> FilePart {
        self.part(tracer, of, |joined, known, lines, ends| {
            export::export((joined, lines), known, format, secrecy, ends)
        })
    }

    /// The same part as it goes to the members.
    pub fn for_members(&mut self, tracer: &Tracer, wanted: &WantedForMembers) -> FilePart {
        let WantedForMembers { what, of, start } = wanted;
        let Cursor { instance, group, .. } = self.cursor();
        let (sso, group) = (instance.url(&format!("/groups/{group}/-/saml/sso")), group.clone());
        self.part(tracer, (of, *start), |joined, known, lines, (is_first, _)| {
            let said = for_members::for_members(*what, joined, known, lines, (&group, &sso));
            if is_first { said } else { format!("{}{said}", what.between()) }
        })
    }

    fn part(
        &mut self,
        tracer: &Tracer,
        (query, start): (&Query, usize),
        write: impl FnOnce(&Joined, Known<'_>, &[Line], (bool, bool)) -> String,
    ) -> FilePart {
        let is_whole = self.state() == PlanState::Done;
        self.joined(tracer);
        let GroupCheck { roll, joined: Some(snapshot), list, .. } = self else { return FilePart::default() };
        let Snapshot { captures, table, matched, .. } = snapshot;
        let expected = matched.as_ref().zip(list.as_ref());
        let expected =
            expected.map(|(matched, list)| Expectation::matched(&list.directory, roll, captures, matched));
        let known: Known<'_> = (roll, captures, expected.as_ref());
        let (lines, next) = table.part(known, query, (start, export::PART));
        let content = write(table.joined(), known, &lines, (start == 0, next.is_none()));
        FilePart { is_whole, content, next }
    }

    /// The two requests that reactivate a user's SCIM identity; absent where it is not inactive.
    pub fn reactivation(&mut self, tracer: &Tracer, user: u64) -> Option<Reactivation> {
        let (instance, group) = (self.cursor().instance.clone(), self.cursor().group.clone());
        let (roll, snapshot, _) = self.joined(tracer);
        let person = roll.person(user).filter(|person| person.scim_active == Some(false))?;
        let sent = IdpValues::of(snapshot.captures.of_user(user));
        Reactivation::new(&instance, &group, person.scim.known()?, sent)
    }

    /// The roll that was read and its join, which is made anew when it may have changed. While members are
    /// still being read that is each time when there are twice as many.
    fn joined(&mut self, tracer: &Tracer) -> (&Roll, &mut Snapshot, Option<&List>) {
        let (state, people, outcomes) = (self.state(), self.roll.people().len(), self.outcomes.len());
        let revision = tracer.revision();
        let is_new = |old: &Snapshot| {
            old.revision == revision
                && old.outcomes == outcomes
                && old.state == state
                && (old.people == people || (state == PlanState::Running && people < 2 * old.people))
        };
        if !self.joined.as_ref().is_some_and(is_new) {
            self.joined = None;
        }
        let GroupCheck { plan, roll, joined, list, given, .. } = self;
        let snapshot = joined.get_or_insert_with(|| {
            let captures = Captures::of(tracer, roll, &plan.cursor().instance, &plan.cursor().group);
            let table = Table::new(join(roll, &captures));
            let mut snapshot =
                Snapshot { revision, state, people, outcomes, captures, table, matched: None, planned: None };
            snapshot.expect_anew(roll, list.as_mut(), (&given.settings, settings::of(plan)));
            snapshot
        });
        (roll, snapshot, list.as_ref())
    }
}

#[cfg(test)]
mod tests;
