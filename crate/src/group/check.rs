//! [`Check`]: the whole-group check as the rest of the program sees it: plan, roll, table and change in one place.
//!
//! One group is checked at a time, so that the memory's budget is one. What is stored of a check is its
//! [`Cursor`]; everything else is read or joined again. Of a change that was sent the cursor says whose it is, so that
//! it can be said that nobody knows what came of it.

use super::{
    captured::Captures,
    change::{self, Change, Confirmed, Outcome},
    export::{self, Format},
    join::join,
    plan::{Cursor, Plan, State},
    repair::{self, Identity, RepairPlan},
    roll::Roll,
    standing::{STANDINGS, Standing},
    table::{self, Count, RowView, Table},
};
use crate::{
    catalogue::Text,
    event::Place,
    export::Secrecy,
    fact::{StoredIdentity, StoredValue},
    gitlab::instance::Instance,
    instant::Timestamp,
    scim::reactivation::Reactivation,
    text,
    tracer::{Revision, Tracer},
};
mod sentences;
mod wanted;

pub use sentences::GroupView;
pub use wanted::{Wanted, answer};

/// A whole-group check.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    plan: Plan,
    roll: Roll,
    joined: Option<Snapshot>,
    change: Option<Change>,
    /// What came of changes, newest last.
    outcomes: Vec<Outcome>,
}

/// What was joined last, and of what.
#[derive(Clone, Debug, PartialEq)]
struct Snapshot {
    revision: Revision,
    state: State,
    people: usize,
    outcomes: usize,
    captures: Captures,
    table: Table,
}

impl Check {
    /// A check of the group at `group`, whose reads the page at `place` performs.
    pub fn new(instance: Instance, group: String, place: Place) -> Self {
        Check::with(Plan::new(instance, group, place))
    }

    /// The check that a stopped worker left; it reads on, and tells of a change of which nothing was heard.
    pub fn resume(mut cursor: Cursor) -> Self {
        let lost = cursor.sent.take().map(|sent| change::lost(sent, &cursor.group));
        let mut check = Check::with(Plan::resume(cursor));
        check.outcomes.extend(lost);
        check
    }

    /// This check in place of `before`, of another group; it tells of a change there of which nothing was heard.
    pub fn instead_of(mut self, before: Option<Check>) -> Self {
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
        self.joined = None;
        tracer.instances().contains(&self.cursor().instance).then_some(self)
    }

    fn with(plan: Plan) -> Self {
        Check { plan, roll: Roll::default(), joined: None, change: None, outcomes: Vec::new() }
    }

    /// What is to be stored.
    pub fn cursor(&self) -> &Cursor {
        self.plan.cursor()
    }

    /// Whether it goes on.
    pub fn state(&self) -> State {
        self.plan.state()
    }

    /// Whether it is of this group, in this cookie jar.
    pub fn is_of(&self, instance: &Instance, group: &str, place: &Place) -> bool {
        let cursor = self.cursor();
        cursor.instance == *instance && cursor.group == group && cursor.place.shares_cookies(place)
    }

    /// The page at `place` was opened anew, or (`again`) asks once more: it performs the reads from now on, and goes on
    /// where the session had ended. While another page makes a change, it does not.
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
            (self.roll, self.joined) = (Roll::default(), None);
        }
    }

    fn can_read_again(&self) -> bool {
        self.state() == State::Done && self.change.is_none()
    }

    /// The page that worked for it is gone: another was opened in its tab. Who asks once more is still there, and
    /// tells what came of the change.
    pub fn page_gone(&mut self) {
        self.change.iter_mut().for_each(Change::page_opened);
        self.settle();
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

    /// How it stands with one user, once they were read.
    pub fn row(&mut self, tracer: &Tracer, user: u64) -> Option<RowView> {
        let (roll, snapshot) = self.joined(tracer);
        let joined = snapshot.table.joined();
        joined.line(user).map(|line| table::row(joined, roll, &snapshot.captures, line))
    }

    /// Whether a page shows another identifier of a user than was read: one of the two is older, and it is not the page.
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

    /// How many have each standing that there is, worst first, and the first `most` who have it.
    pub fn listed(&mut self, tracer: &Tracer, most: usize) -> Vec<(Count, Vec<RowView>)> {
        let (roll, snapshot) = self.joined(tracer);
        table::listed(snapshot.table.joined(), roll, &snapshot.captures, most)
    }

    /// What can be done about one identity of a user; nothing before all is read.
    pub fn repair(&mut self, tracer: &Tracer, user: u64, identity: Identity) -> Option<RepairPlan> {
        if self.state() != State::Done {
            return None;
        }
        let (instance, group) = (self.cursor().instance.clone(), self.cursor().group.clone());
        let (roll, snapshot) = self.joined(tracer);
        const DIFFERING: [Standing; 4] =
            [Standing::AllDiffer, Standing::SamlStale, Standing::ScimDrift, Standing::SamlScimDiffer];
        let counts = STANDINGS.iter().zip(snapshot.table.joined().counts);
        let differing = counts.filter(|(kind, _)| DIFFERING.contains(&kind.standing)).map(|(_, n)| n).sum();
        repair::plan(roll, &snapshot.captures, (&instance, &group), user, identity, differing)
    }

    /// Makes a change that the person has confirmed, once nothing else is under way.
    ///
    /// # Errors
    /// Why it is not made.
    pub fn confirm(&mut self, tracer: &Tracer, confirmed: Confirmed, now: Timestamp) -> Result<(), Text> {
        self.expire(now);
        if self.change.is_some() {
            return Err(text!("change.refused.busy"));
        }
        let plan = self.repair(tracer, confirmed.user, confirmed.identity);
        let plan = plan.ok_or_else(|| text!("change.refused.stale"))?;
        let cursor = self.cursor();
        self.change = Some(Change::confirm(&plan, (&cursor.instance, &cursor.group), confirmed, now)?);
        Ok(())
    }

    /// The table as a file.
    pub fn export(&mut self, tracer: &Tracer, format: Format, secrecy: Secrecy) -> String {
        let (roll, snapshot) = self.joined(tracer);
        export::export(snapshot.table.joined(), roll, &snapshot.captures, format, secrecy)
    }

    /// The two requests that reactivate a user's SCIM identity; absent where it is not inactive.
    pub fn reactivation(&mut self, tracer: &Tracer, user: u64) -> Option<Reactivation> {
        let (instance, group) = (self.cursor().instance.clone(), self.cursor().group.clone());
        let (roll, snapshot) = self.joined(tracer);
        let person = roll.person(user).filter(|person| person.scim_active == Some(false))?;
        let sent = snapshot.captures.of_user(user).and_then(|captured| captured.email.as_deref());
        let known = person.primary().map(|email| email.address.as_str());
        Reactivation::new(&instance, &group, person.scim.known()?, sent.or(known))
    }

    /// What was read and its join, which is made anew when it may have changed. While members are still being read
    /// that is each time when there are twice as many.
    fn joined(&mut self, tracer: &Tracer) -> (&Roll, &mut Snapshot) {
        let (state, people, outcomes) = (self.state(), self.roll.people().len(), self.outcomes.len());
        let revision = tracer.revision();
        let is_new = |old: &Snapshot| {
            old.revision == revision
                && old.outcomes == outcomes
                && old.state == state
                && (old.people == people || (state == State::Running && people < 2 * old.people))
        };
        if !self.joined.as_ref().is_some_and(is_new) {
            self.joined = None;
        }
        let Check { plan, roll, joined, .. } = self;
        let snapshot = joined.get_or_insert_with(|| {
            let captures = Captures::of(tracer, roll, &plan.cursor().instance, &plan.cursor().group);
            let table = Table::new(join(roll, &captures));
            Snapshot { revision, state, people, outcomes, captures, table }
        });
        (roll, snapshot)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        wanted::{CSRF, FORM},
        *,
    };
    use crate::group::tests::{USERS, answer as gitlab, sign_in};
    use crate::{
        group::{plan::ReadAnswer, table::Query},
        protocol::Sender,
    };
    use serde_json::json;
    use std::collections::BTreeMap;

    const NOW: Timestamp = Timestamp(1_767_603_600_000);

    fn place(tab: i64) -> Place {
        Place { tab, ..Place::default() }
    }

    /// The check's GitLab in this tab.
    fn page(tab: i64) -> Sender {
        Sender { origin: "https://gitlab.com".into(), place: place(tab) }
    }

    fn check() -> Check {
        Check::new(Instance::gitlab_com(), "acme".into(), place(7))
    }

    fn success(body: serde_json::Value) -> ReadAnswer {
        answer(200, false, BTreeMap::new(), body.to_string())
    }

    fn finish(check: &mut Check) {
        while let Some(wanted) = check.wanted(&page(7), NOW) {
            assert_eq!((wanted.method, &wanted.content, wanted.from_page.len()), ("GET", &None, 0));
            assert!(check.take(&page(7), &wanted.path, &success(gitlab(&USERS, &wanted.path)), NOW));
        }
    }

    fn tracer(events: Vec<serde_json::Value>) -> Tracer {
        Tracer::replay(events.into_iter().map(|event| serde_json::from_value(event).unwrap()))
    }

    #[test]
    fn a_group_is_read_shown_and_read_on_after_a_stop() {
        let tracer = tracer(Vec::new());
        let mut check = check();
        let view = check.view(&tracer, &Query::default());
        assert!(view.can_cancel && view.state.text.contains("who is signed in"), "{}", view.state.text);
        assert_eq!(check.wanted(&page(8), NOW), None, "another page has no part in it");
        finish(&mut check);
        let view = check.view(&tracer, &Query::default());
        assert_eq!((view.table.total, view.can_cancel, view.can_resume), (USERS.len(), false, false));
        assert!(view.state.text.contains("17"), "{}", view.state.text);
        assert_eq!(check.row(&tracer, 12).unwrap().standing, Standing::NeverLinked);
        assert_eq!(check.row(&tracer, 99), None);
        let stored = serde_json::to_string(check.cursor()).unwrap();
        let mut again = Check::resume(serde_json::from_str(&stored).unwrap());
        assert!(again.view(&tracer, &Query::default()).state.text.contains("again"));
        finish(&mut again);
        assert_eq!(again.view(&tracer, &Query::default()).table, view.table);
        again.cancel();
        assert_eq!(again.state(), State::Done);
    }

    #[test]
    fn an_ended_session_is_said_and_goes_on_from_a_page_that_is_opened_anew() {
        let (tracer, mut check) = (tracer(Vec::new()), check());
        let first = check.wanted(&page(7), NOW).unwrap();
        check.take(&page(7), &first.path, &answer(0, true, BTreeMap::new(), String::new()), NOW);
        let view = check.view(&tracer, &Query::default());
        assert!(view.can_resume && view.state.text.contains("signed out"), "{}", view.state.text);
        check.move_to(place(8), false, NOW);
        assert_eq!(check.wanted(&page(7), NOW), None);
        assert_eq!(check.wanted(&page(8), NOW).map(|wanted| wanted.path), Some(first.path));
        check.move_to(place(7), false, NOW);
        check.cancel();
        check.move_to(place(7), false, NOW);
        assert_eq!(check.state(), State::Cancelled, "what the person stopped stays stopped");
        check.go_on();
        finish(&mut check);
        assert_eq!(check.state(), State::Done);
    }

    #[test]
    fn what_is_missing_is_said_by_what_gitlab_answered() {
        let said = |status: u16, body: &str| {
            let (tracer, mut check) = (tracer(Vec::new()), check());
            let mut now = NOW;
            while let Some(wanted) = check.wanted(&page(7), now) {
                now.0 += wanted.wait.unwrap_or_default();
                if wanted.wait.is_some() {
                    continue;
                }
                let answer = match wanted.path.contains("/saml_users") {
                    true => answer(status, false, BTreeMap::new(), body.to_owned()),
                    false => success(gitlab(&USERS, &wanted.path)),
                };
                check.take(&page(7), &wanted.path, &answer, now);
            }
            let view = check.view(&tracer, &Query::default());
            assert_eq!((check.state(), view.remarks.len()), (State::Done, 1));
            (view.remarks[0].text.clone(), view.can_resume)
        };
        for (status, body, words, can_resume) in [
            (404, "", "It came with version 18.1", false),
            (502, "", "GitLab answered 502", true),
            (0, "", "GitLab did not answer", true),
            (200, "<html>", "could not be read", true),
        ] {
            let (text, can) = said(status, body);
            assert!(text.contains(words) && can == can_resume, "{status}: {text}");
        }
    }

    #[test]
    fn one_confirmed_change_goes_out_with_the_pages_own_csrf_and_is_shown_when_it_was_read_back() {
        let tracer = tracer(vec![sign_in(1, "w0rk", "new-value", "stale@example.com")]);
        let mut check = check();
        assert_eq!(check.repair(&tracer, 7, Identity::Saml), None, "not before all is read");
        finish(&mut check);
        assert_eq!(check.row(&tracer, 7).unwrap().standing, Standing::AllDiffer);
        let plan = check.repair(&tracer, 7, Identity::Saml).unwrap();
        let repair::Offer::Change { consents } = plan.offer.clone() else { panic!("{:?}", plan.offer) };
        let yes = Confirmed {
            user: 7,
            identity: Identity::Saml,
            old: "old-link".into(),
            new: "new-value".into(),
            consents,
        };
        assert!(check.confirm(&tracer, Confirmed { consents: Vec::new(), ..yes.clone() }, NOW).is_err());
        assert_eq!(check.wanted(&page(7), NOW), None);
        check.confirm(&tracer, yes.clone(), NOW).unwrap();
        assert!(check.confirm(&tracer, yes, NOW).is_err(), "one at a time");
        let stored = |value: &str| success(json!({"extern_uid": value, "user_id": 7}));
        let asked = check.wanted(&page(7), NOW).unwrap();
        assert_eq!((asked.method, asked.path.as_str()), ("GET", "/api/v4/groups/acme/saml/old-link"));
        assert!(check.take(&page(7), &asked.path, &stored("old-link"), NOW));
        let patch = check.wanted(&page(7), NOW).unwrap();
        assert_eq!((patch.method, patch.path.as_str()), ("PATCH", "/api/v4/groups/acme/saml/old-link"));
        assert_eq!(
            (patch.content, patch.from_page),
            (Some((FORM, "extern_uid=new-value".to_owned())), vec![CSRF])
        );
        assert_eq!(check.wanted(&page(7), NOW), None, "a change goes out once");
        assert!(check.take(&page(7), &patch.path, &stored("new-value"), NOW));
        let read = check.wanted(&page(7), NOW).unwrap();
        assert_eq!((read.method, read.path.as_str()), ("GET", "/api/v4/groups/acme/saml/new-value"));
        assert!(check.take(&page(7), &read.path, &stored("new-value"), NOW));
        assert_eq!(check.wanted(&page(7), NOW), None);
        let view = check.view(&tracer, &Query::default());
        assert!(view.changed.unwrap().text.contains("is “new-value”"));
        let row = check.row(&tracer, 7).unwrap();
        assert_eq!((row.saml.as_deref(), row.standing), (Some("new-value"), Standing::ScimDrift));
    }

    #[test]
    fn an_inactive_scim_identity_gets_its_requests_and_no_other_does() {
        let tracer = tracer(Vec::new());
        let mut check = check();
        finish(&mut check);
        let found = check.reactivation(&tracer, 10).unwrap();
        assert_eq!((found.id.as_str(), found.email.as_deref()), ("in", Some("inactive@example.com")));
        assert_eq!(check.reactivation(&tracer, 11), None);
    }
}
