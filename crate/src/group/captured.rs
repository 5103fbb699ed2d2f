//! The NameIDs of the trace, each given to the user of a group's roll whose it was.
//!
//! The table of [`attribution`], with the roll in place of what pages showed: the user whose confirmed e-mail
//! address the assertion carries; the user in whose session it ended; the one for whom it is stored; the user
//! whose user name it carries, unless the address is not theirs; as a suggestion only, one whose stored value
//! looks the same. An address and a session come before for whom it is stored: where they differ, the sign-in
//! goes to the wrong account. A user name does not, since GitLab's may be another than the identity
//! provider's (gitlab-facts 3.7). What is not proven to come from the identity provider (`proof.rs`) is
//! nobody's: a repair towards it would open the account.

use super::{
    members::{Roll, is_same_email},
    proof,
};
use crate::{
    base::{characters, instant::Timestamp},
    comparison::{
        self,
        attribution::{self, Attribution, Reason},
    },
    event::EventId,
    gitlab::{instance::Instance, outcome::Outcome, routes::Provider, stored::StoredValue},
    trace::{
        flow::{Flow, FlowKind},
        tracer::Tracer,
    },
};
use std::collections::{HashMap, HashSet};

/// A NameID that was sent for one user.
#[derive(Clone, Debug, PartialEq)]
pub struct Captured {
    /// The NameID.
    pub name_id: String,
    /// Whether it is another one at each sign-in.
    pub transient: bool,
    /// The event that showed it.
    pub event: EventId,
    /// The reason why it is this user's.
    pub reason: Reason,
    /// It, or what makes it this user's, comes from a file that was imported: nobody saw this browser receive
    /// it.
    pub imported: bool,
    /// The e-mail address that the assertion carries.
    pub email: Option<String>,
    /// The user for whom GitLab has stored exactly this value, whoever that is.
    pub stored_for: Option<u64>,
}

impl Captured {
    /// Whether the sign-in itself says that it is this user's. What is stored, or looks like it, proves
    /// nothing of who sent it.
    pub fn is_named(&self) -> bool {
        matches!(self.reason, Reason::Email | Reason::SignedIn | Reason::Username)
    }

    /// Whether it is this user's only because theirs looks the same.
    pub fn is_guess(&self) -> bool {
        self.reason == Reason::NearMiss
    }
}

/// The newest NameID of each user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Captures {
    by_user: HashMap<u64, Captured>,
    /// The users for whom each NameID was sent at any time, in lower case: GitLab has no identifier twice
    /// except for case.
    sent_for: HashMap<String, Vec<u64>>,
}

impl Captures {
    /// Of the sign-ins to `group` on `instance`.
    pub fn of(tracer: &Tracer, roll: &Roll, instance: &Instance, group: &str) -> Self {
        let provider = Provider::Group { path: group.to_owned() };
        let is_here = |flow: &&Flow| {
            flow.kind == FlowKind::SignIn
                && flow.response.is_some()
                && flow.instance.as_ref() == Some(instance)
                && flow.provider.as_ref() == Some(&provider)
        };
        let mut flows: Vec<&Flow> = tracer.flows().iter().rev().filter(is_here).collect();
        let mut captures = Captures::default();
        if flows.is_empty() {
            return captures;
        }
        // An imported sign-in of the time to come must not outrank what this browser will see.
        let until = last_seen(tracer);
        flows.sort_by_key(|flow| {
            let event = &flow.id.event;
            event.is_imported() && until.is_some_and(|until| event.time > until)
        });
        let index = Index::of(roll);
        let mut folded = None;
        let mut without_name_id = HashSet::new();
        for flow in flows {
            let sent = Sent { tracer, flow, instance };
            let Some((user, captured)) = sent.attribute(roll, &index, &mut folded) else { continue };
            let is_newest = !captures.by_user.contains_key(&user) && !without_name_id.contains(&user);
            let is_new = captured.as_ref().is_some_and(|captured| captures.is_new_for(user, captured));
            // To verify takes time, so only what would be taken is.
            if !is_newest && !is_new {
                continue;
            }
            let Some(proof) = proof::of(tracer, flow) else { continue };
            let Some(mut captured) = captured else {
                // An older one is no longer what is sent.
                without_name_id.insert(user);
                continue;
            };
            captured.imported |= proof.imported;
            if is_new {
                captures.sent_for.entry(captured.name_id.to_lowercase()).or_default().push(user);
            }
            if is_newest {
                captures.by_user.insert(user, captured);
            }
        }
        captures
    }

    /// Whether it was not known that this NameID was sent for `user`.
    fn is_new_for(&self, user: u64, captured: &Captured) -> bool {
        let known = self.sent_for.get(&captured.name_id.to_lowercase());
        captured.is_named() && known.is_none_or(|users| !users.contains(&user))
    }

    /// Another user than `not` for whom `name_id` was sent, in whatever case.
    pub fn also_sent_for(&self, name_id: &str, not: u64) -> Option<u64> {
        self.sent_for.get(&name_id.to_lowercase())?.iter().copied().find(|user| *user != not)
    }

    /// The NameID that was captured last for this user.
    pub fn of_user(&self, id: u64) -> Option<&Captured> {
        self.by_user.get(&id)
    }

    /// The number of users for whom something was captured.
    pub fn count(&self) -> usize {
        self.by_user.len()
    }
}

/// The roll by what an assertion says.
struct Index {
    by_email: HashMap<String, u64>,
    by_username: HashMap<String, u64>,
    /// Byte for byte, as group SAML looks it up.
    by_saml: HashMap<String, u64>,
}

impl Index {
    fn of(roll: &Roll) -> Self {
        let mut index =
            Index { by_email: HashMap::new(), by_username: HashMap::new(), by_saml: HashMap::new() };
        for (id, person) in roll.people() {
            for email in person.emails.iter().filter(|email| email.confirmed) {
                index.by_email.insert(email.address.to_lowercase(), id);
            }
            if let Some(username) = &person.username {
                index.by_username.insert(username.to_lowercase(), id);
            }
            if let StoredValue::Known(saml) = &person.saml {
                index.by_saml.insert(saml.clone(), id);
            }
        }
        index
    }
}

struct Sent<'a> {
    tracer: &'a Tracer,
    flow: &'a Flow,
    instance: &'a Instance,
}

impl Sent<'_> {
    /// Finds the user whose sign-in it is, and its NameID, where it has one.
    fn attribute(
        &self,
        roll: &Roll,
        index: &Index,
        folded: &mut Option<HashMap<String, u64>>,
    ) -> Option<(u64, Option<Captured>)> {
        let sent = self.flow.name_id(self.tracer);
        let name_id = sent.as_ref().map(|(name_id, _)| name_id.value.as_str());
        let email = attribution::email_sent(self.tracer, self.flow);
        let stored_for = name_id.and_then(|name_id| index.by_saml.get(name_id).copied());
        let by_email = || index.by_email.get(&email.as_ref()?.to_lowercase()).copied();
        let by_username = || {
            let username = attribution::username_sent(self.tracer, self.flow)?;
            let user = index.by_username.get(&username.to_lowercase()).copied()?;
            (self.email_is_of(roll, user, email.as_deref()) != Some(false)).then_some(user)
        };
        let mut imported = sent.as_ref().is_some_and(|(_, event)| event.is_imported());
        let named = by_email().map(|user| (user, Reason::Email)).or_else(|| {
            let (user, is_imported) = self.signed_in(roll, email.as_deref())?;
            imported |= is_imported;
            Some((user, Reason::SignedIn))
        });
        let stored = named.or_else(|| stored_for.map(|user| (user, Reason::Stored)));
        let found = stored.or_else(|| by_username().map(|user| (user, Reason::Username))).or_else(|| {
            let folded = folded.get_or_insert_with(|| near_misses(roll));
            let near = characters::folded(name_id?).and_then(|folded_id| folded.get(&folded_id).copied());
            near.map(|user| (user, Reason::NearMiss))
        });
        let (user, reason) = found?;
        let captured = sent.map(|(name_id, event)| {
            let transient = comparison::is_transient(&name_id);
            Captured { name_id: name_id.value, transient, event, reason, imported, email, stored_for }
        });
        Some((user, captured))
    }

    /// Whether the e-mail address that was sent is one of this user; `None` where that cannot be known.
    fn email_is_of(&self, roll: &Roll, user: u64, email: Option<&str>) -> Option<bool> {
        roll.person(user)?.has_email(email?)
    }

    /// The user in whose session the sign-in ended: who was signed in after it and before the next one of
    /// that place. And whether an imported file says who that was.
    fn signed_in(&self, roll: &Roll, email: Option<&str>) -> Option<(u64, bool)> {
        let Attribution::Of { member, reason: Reason::SignedIn, .. } =
            attribution::attribute(self.tracer, self.flow)
        else {
            return None;
        };
        let answer = self.tracer.identities().signed_in(self.instance, &self.flow.place)?;
        let (id, user) = (member.id?, answer.user.as_ref()?);
        let own = || Some(is_same_email(user.email.as_ref()?, email?));
        let is_of_other = self.email_is_of(roll, id, email).or_else(own) == Some(false);
        (!is_of_other && self.is_of_its_session(&answer.event)).then(|| (id, answer.event.is_imported()))
    }

    /// Whether `event` happened in the session that the sign-in left.
    fn is_of_its_session(&self, event: &EventId) -> bool {
        let Sent { tracer, flow, instance } = self;
        let left_one = |outcome: &Outcome| {
            outcome.is_success() || matches!(outcome, Outcome::LinkFailed | Outcome::LinkNeedsRequest)
        };
        let is_between = |other: &Flow| {
            other.instance.as_ref() == Some(instance)
                && other.place.shares_cookies(&flow.place)
                && other.id > flow.id
                && other.id.event < *event
        };
        event.time >= flow.last
            && flow.outcomes.iter().all(left_one)
            && !tracer.flows().iter().any(is_between)
    }
}

/// When this browser saw something last.
fn last_seen(tracer: &Tracer) -> Option<Timestamp> {
    let pages = tracer.pages().iter().map(|(event, _)| event);
    let seen = pages.chain(tracer.exchanges().iter().map(|exchange| &exchange.id));
    seen.filter(|event| !event.is_imported()).map(|event| event.time).max()
}

/// The stored values as people read them.
fn near_misses(roll: &Roll) -> HashMap<String, u64> {
    let known =
        roll.people().filter_map(|(id, person)| Some((characters::folded(person.saml.known()?)?, id)));
    known.collect()
}

#[cfg(test)]
mod tests;
