//! The join: every user of a roll with what was captured for them, judged once.
//!
//! One pass over the users with two indexes by identifier, so that 100,000 members take no longer than
//! reading their answers. A [`Line`] holds numbers alone; words are made for what is looked at.

use super::{
    captured::{Captured, Captures},
    expected::{Matched, MemberStanding},
    member_class::MemberClass,
    member_verdict::{MEMBER_VERDICTS, MemberValues, MemberVerdict},
    members::{Email, Identity, Person, Roll, is_same_email},
};
use crate::{comparison::attribution::Reason, gitlab::stored::StoredValue};
use std::collections::HashMap;

/// The standing of one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The user's number.
    pub id: u64,
    /// The verdict.
    pub standing: MemberVerdict,
    /// The other user whom the verdict is about.
    pub other: Option<u64>,
    /// Another user of the same display name: perhaps one person with two accounts (R31).
    pub namesake: Option<u64>,
}

/// All users, judged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Joined {
    /// By number.
    pub lines: Vec<Line>,
    /// The number of users of each standing, in the order of [`MEMBER_VERDICTS`].
    pub counts: [usize; MEMBER_VERDICTS.len()],
    /// The number of users who have the display name of another one.
    pub namesakes: usize,
    uses_scim: bool,
}

/// Joins what was read with what was captured.
pub fn join(roll: &Roll, captures: &Captures) -> Joined {
    let (owners, names) = (Owners::of(roll), names(roll));
    let mut joined = Joined { uses_scim: roll.uses_scim(), ..Joined::default() };
    joined.lines.reserve(roll.people().len());
    for (id, person) in roll.people().filter(|(_, person)| person.is_of_group()) {
        let captured = captures.of_user(id);
        let wrong = captured.and_then(|captured| wrong_account(id, captured));
        let sent_for = || captures.also_sent_for(&captured.filter(|it| it.is_named())?.name_id, id);
        let other = wrong.or_else(sent_for).or_else(|| owners.other(id, person));
        let values = values_of(roll, (id, person), captures, other, joined.uses_scim);
        let standing = values.standing();
        if let Some(count) = joined.counts.get_mut(standing.place()) {
            *count += 1;
        }
        let namesake = name(person).and_then(|name| names.get(&name)?.other_than(id));
        joined.namesakes += usize::from(namesake.is_some());
        joined.lines.push(Line { id, standing, other, namesake });
    }
    joined
}

impl Joined {
    /// The number of users of a class.
    pub fn count(&self, class: MemberClass) -> usize {
        let counted = MEMBER_VERDICTS.iter().zip(self.counts).filter(|(kind, _)| kind.class == class);
        counted.map(|(_, count)| count).sum()
    }

    /// Judges those by a list of people of whom nothing else is to be said; by no list as before.
    pub(super) fn expect(&mut self, matched: Option<&Matched>) {
        for line in &mut self.lines {
            let is_open = matches!(
                line.standing,
                MemberVerdict::Agree | MemberVerdict::AsExpected | MemberVerdict::NotAsExpected
            );
            if !is_open {
                continue;
            }
            let now = match matched.and_then(|matched| matched.standing(line.id)) {
                Some(MemberStanding::Fits) => MemberVerdict::AsExpected,
                Some(MemberStanding::Refused) => MemberVerdict::NotAsExpected,
                _ => MemberVerdict::Agree,
            };
            for (standing, change) in [(line.standing, -1), (now, 1)] {
                let count = self.counts.get_mut(standing.place());
                count.into_iter().for_each(|count| *count = count.saturating_add_signed(change));
            }
            line.standing = now;
        }
    }

    /// The line of a user.
    pub fn line(&self, id: u64) -> Option<&Line> {
        self.lines.binary_search_by_key(&id, |line| line.id).ok().and_then(|at| self.lines.get(at))
    }

    /// The values that a line was judged by.
    pub fn values(&self, roll: &Roll, captures: &Captures, line: &Line) -> MemberValues {
        let person = roll.person(line.id).unwrap_or_default();
        values_of(roll, (line.id, &person), captures, line.other, self.uses_scim)
    }
}

/// The other user for whom GitLab has stored the NameID that was sent for `id`.
fn wrong_account(id: u64, captured: &Captured) -> Option<u64> {
    // A user name may be another person's at the identity provider.
    let is_named = matches!(captured.reason, Reason::Email | Reason::SignedIn);
    captured.stored_for.filter(|owner| is_named && *owner != id)
}

fn values_of(
    roll: &Roll,
    (id, person): (u64, &Person),
    captures: &Captures,
    other: Option<u64>,
    uses_scim: bool,
) -> MemberValues {
    let proven = captures.of_user(id).filter(|captured| !captured.is_guess());
    let sent = proven.and_then(|captured| captured.email.as_deref());
    // A further address counts as the primary one does, once it is confirmed (4.2).
    let is_theirs = |sent: &str, known: &Email| {
        is_same_email(sent, &known.address) || person.has_email(sent) == Some(true)
    };
    let refused = person.primary().filter(|known| !person.is_bot() && !roll.group.takes(&known.address));
    let emails = sent.zip(person.primary()).filter(|(sent, known)| !is_theirs(sent, known));
    MemberValues {
        name_id: proven.map(|captured| captured.name_id.clone()),
        transient: proven.is_some_and(|captured| captured.transient),
        saml: roll.saml(person).clone(),
        scim: roll.scim(person).clone(),
        scim_active: person.scim_active,
        uses_scim,
        found_by_email: roll.is_enterprise_user(person)
            && sent.zip(person.primary()).is_some_and(|(sent, known)| is_same_email(sent, &known.address)),
        refused: captures.refused(id).map(|it| (it.at.day_and_time(), it.outcome.text())),
        refused_email: refused.map(|known| known.address.clone()),
        emails: emails.map(|(sent, known)| (sent.to_owned(), known.address.clone())),
        other: other.map(|other| roll.person(other).unwrap_or_default().member(other).label()),
        stored_for_other: proven.is_some_and(|captured| wrong_account(id, captured).is_some()),
        sent_for_other: proven
            .filter(|captured| captured.is_named())
            .is_some_and(|captured| captures.also_sent_for(&captured.name_id, id).is_some()),
        bot: person.is_bot(),
        rules: captures.rules,
    }
}

/// The owners of each identifier, whatever its case: GitLab keeps identifiers unique without regard to case
/// (4.2).
struct Owners {
    saml: HashMap<String, Pair>,
    scim: HashMap<String, Pair>,
}

/// The first user with a value, and the second where there is one.
struct Pair(u64, Option<u64>);

impl Pair {
    fn add(index: &mut HashMap<String, Pair>, value: String, id: u64) {
        index.entry(value).and_modify(|pair| pair.1 = Some(id)).or_insert(Pair(id, None));
    }

    fn other_than(&self, id: u64) -> Option<u64> {
        std::iter::once(self.0).chain(self.1).find(|other| *other != id)
    }
}

/// The users who have each display name, whatever its case.
fn names(roll: &Roll) -> HashMap<String, Pair> {
    let mut names = HashMap::new();
    for (id, person) in roll.people().filter(|(_, person)| person.is_of_group()) {
        if let Some(name) = name(person) {
            Pair::add(&mut names, name, id);
        }
    }
    names
}

/// A person's display name as it is compared. Accounts that GitLab made are often called alike.
fn name(person: &Person) -> Option<String> {
    let name = person.name.as_ref().filter(|_| !person.is_bot())?;
    Some(name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
}

impl Owners {
    fn of(roll: &Roll) -> Self {
        let mut owners = Owners { saml: HashMap::new(), scim: HashMap::new() };
        for (id, person) in roll.people() {
            for (index, value) in [(&mut owners.saml, &person.saml), (&mut owners.scim, &person.scim)] {
                let StoredValue::Known(value) = value else { continue };
                Pair::add(index, value.to_lowercase(), id);
            }
        }
        owners
    }

    /// Somebody else with an identifier of this user, stored for the same or for the other purpose.
    fn other(&self, id: u64, person: &Person) -> Option<u64> {
        let values = [&person.saml, &person.scim].into_iter().filter_map(StoredValue::known);
        values.into_iter().find_map(|value| self.owner(value, id))
    }

    fn owner(&self, value: &str, not: u64) -> Option<u64> {
        let value = value.to_lowercase();
        let pairs = [self.saml.get(&value), self.scim.get(&value)].into_iter().flatten();
        pairs.into_iter().find_map(|pair| pair.other_than(not))
    }
}

/// Another user of the roll than `not` who has `value` as an identifier, for SAML or for SCIM, in whatever
/// case.
pub fn other_owner(roll: &Roll, value: &str, not: u64) -> Option<u64> {
    other_owner_of(roll, &[Identity::Saml, Identity::Scim], value, not)
}

/// The same among these identities alone.
pub fn other_owner_of(roll: &Roll, identities: &[Identity], value: &str, not: u64) -> Option<u64> {
    let value = value.to_lowercase();
    let has = |stored: &StoredValue| stored.known().is_some_and(|stored| stored.to_lowercase() == value);
    let is_theirs = |person: &Person| identities.iter().any(|identity| has(identity.read(person)));
    let mut people = roll.people();
    people.find(|(id, person)| *id != not && is_theirs(person)).map(|(id, _)| id)
}
