//! The NameIDs of the trace, each given to the user of a group's roll whose it was.
//!
//! The table of [`attribution`], with the roll in place of what pages showed: the user whose confirmed e-mail
//! address the assertion carries; the user in whose session it ended; the one for whom it is stored; the user
//! whose user name it carries, unless the address is not theirs; as a suggestion only, one whose stored value
//! looks the same. An address and a session come before for whom it is stored: where they differ, the sign-in
//! goes to the wrong account. A user name does not, since GitLab's may be another than the identity
//! provider's (gitlab-facts 3.7). What is not proven to come from the identity provider ([`Proof`]) is
//! nobody's: a repair towards it would open the account. What a file says counts by the instant that is
//! signed in it, and never against what this browser saw later; what nothing proves is kept as a [`Claim`],
//! to be shown as one.

use super::members::{Roll, is_same_email};
use crate::{
    base::{
        catalogue::Text,
        characters,
        instant::Timestamp,
        limits::CANDIDATES,
        severity::{Sentence, Severity},
    },
    case::proof::{self, Proof, Unproven},
    comparison::{
        self,
        attribution::{self, Attribution, Reason},
    },
    event::EventId,
    gitlab::{instance::Instance, outcome::Outcome, routes::Provider, stored::StoredValue, version::Version},
    idp::vendor::Vendor,
    text,
    trace::{
        flow::{Flow, FlowKind},
        tracer::Tracer,
    },
    view::value,
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
    /// When it was sent: by the clock of this browser, or, of a file's, by the instant that is signed.
    pub at: Timestamp,
    /// The reason why it is this user's.
    pub reason: Reason,
    /// The proof that the identity provider sent it.
    pub proof: Proof,
    /// The name of the file that tells it; absent of what this browser saw.
    pub file: Option<String>,
    /// This browser saw a newer sign-in of the same user with another NameID, whatever became of that.
    pub is_overtaken: bool,
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

/// A NameID that a file names for a user, and that nothing proves: it is shown as what it is, and nothing is
/// judged or changed by it.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The NameID.
    pub name_id: String,
    /// When it was sent, as the file says.
    pub at: Timestamp,
    /// The name of the file.
    pub file: String,
    /// The reason why it proves nothing.
    pub why: Unproven,
}

impl Claim {
    /// Whether somebody else than the group's identity provider signed it.
    pub fn is_forged(&self) -> bool {
        self.why == Unproven::OtherKey
    }

    /// Whether somebody signed it whose key is not known: the group's identity provider, perhaps.
    pub fn is_signed(&self) -> bool {
        self.why == Unproven::KeyUnknown
    }

    /// The claim in words, with its severity.
    pub fn sentence(&self) -> Sentence {
        let severity = if self.is_forged() { Severity::Error } else { Severity::Info };
        Sentence { severity, text: self.text().to_string() }
    }

    /// The claim in words.
    pub fn text(&self) -> Text {
        let (file, sent) = (value::visible(&self.file, None), value::visible(&self.name_id, None));
        let time = self.at.day_and_time();
        let why = match self.why {
            Unproven::OtherKey => text!("group.claim.forged"),
            Unproven::KeyUnknown => text!("group.claim.key-unknown"),
            Unproven::NotSigned => text!("group.claim.not-signed"),
            Unproven::OtherPurpose => text!("group.claim.other-purpose"),
            Unproven::Refused => text!("group.claim.refused"),
        };
        text!("group.claim", file = file, sent = sent, time = time, why = why)
    }
}

/// The newest NameID of each user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Captures {
    by_user: HashMap<u64, Captured>,
    /// The users for whom each NameID was sent at any time, in lower case: GitLab has no identifier twice
    /// except for case.
    sent_for: HashMap<String, Vec<u64>>,
    /// The newest claim of each user; a sign of forgery before all else.
    claims: HashMap<u64, Claim>,
    /// The users whose newest sign-in that this browser saw was refused, though not for want of an account.
    refused: HashMap<u64, Refused>,
    /// The rules of the group, whoever signs in.
    pub rules: Rules,
}

/// Sign-ins that are asked which identity provider they are of.
const LOOKED_INTO: usize = 20;

/// The group's own settings that advice depends on, as its settings page was seen to say them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Whether it enforces SSO; `None` where no page said so.
    pub enforces_sso: Option<bool>,
    /// Whether it was seen to have switched off passwords for its enterprise users.
    pub passwords_off: bool,
    /// The version of its GitLab; `None` where no page said it.
    pub version: Option<Version>,
    /// Its identity provider, where its settings or the newest sign-ins tell which one it is.
    pub vendor: Option<Vendor>,
}

/// A sign-in that GitLab was seen to refuse for another reason than that it found no account. What was sent
/// in it proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its beginning.
    pub at: Timestamp,
    /// The thing that GitLab did; the first where several can be.
    pub outcome: Outcome,
}

impl Refused {
    fn of(flow: &Flow) -> Option<Self> {
        let is_other =
            flow.succeeded() == Some(false) && !flow.outcomes.iter().any(|it| it.found_no_account());
        let outcome = flow.outcomes.first().copied().filter(|_| is_other)?;
        Some(Refused { at: flow.id.event.time, outcome })
    }
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
        let (of_files, seen): (Vec<&Flow>, Vec<&Flow>) =
            tracer.flows().iter().rev().filter(is_here).partition(|flow| flow.place.of_file);
        let rules = Rules {
            enforces_sso: tracer.enforces_sso(instance, &provider),
            passwords_off: tracer.has_passwords_off(instance, &provider),
            version: tracer.gitlab_version(instance),
            vendor: tracer.vendor_in_settings(instance, &provider).or_else(|| {
                let newest = seen.iter().chain(&of_files).take(LOOKED_INTO);
                newest.filter_map(|flow| flow.vendor(tracer)).next()
            }),
        };
        let mut captures = Captures { rules, ..Captures::default() };
        if seen.is_empty() && of_files.is_empty() {
            return captures;
        }
        let index = Index::of(roll);
        let mut folded = None;
        let mut of = |flow| {
            let sent = Sent { tracer, flow, instance };
            sent.attribute(roll, &index, &mut folded)
        };
        let seen_for = captures.take_seen(tracer, &seen, &mut of);
        captures.take_files(tracer, &of_files, &seen_for, &mut of);
        captures
    }

    /// Takes in what this browser saw, the newest first. Gives what was sent for each user, and when,
    /// whatever proves it.
    fn take_seen<'a>(
        &mut self,
        tracer: &Tracer,
        flows: &[&'a Flow],
        attribute: &mut impl FnMut(&'a Flow) -> Option<(u64, Option<Captured>)>,
    ) -> SentFor {
        let mut sent = SentFor::new();
        let mut without_name_id = HashSet::new();
        for flow in flows {
            let Some((user, captured)) = attribute(flow) else { continue };
            if let Some(refused) = Refused::of(flow).filter(|_| !sent.contains_key(&user)) {
                self.refused.insert(user, refused);
            }
            let name_id = captured.as_ref().map(|captured| captured.name_id.clone());
            sent.entry(user).or_default().push((flow.id.event.time, name_id));
            let is_newest = !self.by_user.contains_key(&user) && !without_name_id.contains(&user);
            let is_new = captured.as_ref().is_some_and(|captured| self.is_new_for(user, captured));
            // To verify takes time, so only what would be taken is.
            if (!is_newest && !is_new) || proof::of(tracer, flow).is_err() {
                continue;
            }
            match captured {
                Some(captured) => self.take(user, captured, is_newest),
                // An older one is no longer what is sent.
                None => _ = without_name_id.insert(user),
            }
        }
        sent
    }

    /// Takes in what files tell; `seen` is what this browser saw.
    fn take_files<'a>(
        &mut self,
        tracer: &Tracer,
        flows: &[&'a Flow],
        seen: &SentFor,
        attribute: &mut impl FnMut(&'a Flow) -> Option<(u64, Option<Captured>)>,
    ) {
        let mut looked_at: HashMap<u64, usize> = HashMap::new();
        for flow in flows {
            let Some((user, Some(mut captured))) = attribute(flow) else { continue };
            // To verify takes time, and a file can hold any number.
            let count = looked_at.entry(user).or_default();
            if *count >= CANDIDATES {
                continue;
            }
            *count += 1;
            let file = tracer.file_of(&captured.event).unwrap_or_default().to_owned();
            let at = match proof::of(tracer, flow) {
                Ok(proof @ Proof::Signed(at)) => {
                    (captured.proof, captured.at) = (proof, at);
                    at
                }
                // No file's is seen.
                Ok(Proof::Seen) => continue,
                Err(why) => {
                    let claim = Claim { name_id: captured.name_id, at: captured.at, file, why };
                    let known = self.claims.get(&user);
                    if known.is_none_or(|known| claim.is_forged() && !known.is_forged()) {
                        self.claims.insert(user, claim);
                    }
                    continue;
                }
            };
            let is_later_and_differs = |(time, name_id): &(Timestamp, Option<String>)| {
                *time > at && name_id.as_ref() != Some(&captured.name_id)
            };
            captured.is_overtaken = seen.get(&user).into_iter().flatten().any(is_later_and_differs);
            captured.file = Some(file);
            let is_newest = match self.by_user.get(&user) {
                Some(known) => known.at < at,
                None => !captured.is_overtaken,
            };
            self.take(user, captured, is_newest);
        }
    }

    fn take(&mut self, user: u64, captured: Captured, is_newest: bool) {
        if self.is_new_for(user, &captured) {
            self.sent_for.entry(captured.name_id.to_lowercase()).or_default().push(user);
        }
        if is_newest {
            self.by_user.insert(user, captured);
        }
    }

    /// The claim that a file makes of this user, where nothing proves it.
    pub fn claim_of(&self, user: u64) -> Option<&Claim> {
        self.claims.get(&user)
    }

    /// The number of users of whom a file holds a Response that somebody else than the identity provider
    /// signed.
    pub fn forged(&self) -> usize {
        self.claims.values().filter(|claim| claim.is_forged()).count()
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

    /// That the newest sign-in of this user was refused, though not for want of an account.
    pub fn refused(&self, id: u64) -> Option<Refused> {
        self.refused.get(&id).copied()
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

/// The NameIDs that were sent for each user, and when; none where a sign-in had no NameID.
type SentFor = HashMap<u64, Vec<(Timestamp, Option<String>)>>;

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
        let in_session = || self.signed_in(roll, email.as_deref()).map(|user| (user, Reason::SignedIn));
        let named = by_email().map(|user| (user, Reason::Email)).or_else(in_session);
        let stored = named.or_else(|| stored_for.map(|user| (user, Reason::Stored)));
        let found = stored.or_else(|| by_username().map(|user| (user, Reason::Username))).or_else(|| {
            let folded = folded.get_or_insert_with(|| near_misses(roll));
            let near = characters::folded(name_id?).and_then(|folded_id| folded.get(&folded_id).copied());
            near.map(|user| (user, Reason::NearMiss))
        });
        let (user, reason) = found?;
        let captured = sent.map(|(name_id, event)| {
            let transient = comparison::is_transient(&name_id);
            let at = event.time;
            Captured {
                name_id: name_id.value,
                transient,
                event,
                at,
                reason,
                proof: Proof::Seen,
                file: None,
                is_overtaken: false,
                email,
                stored_for,
            }
        });
        Some((user, captured))
    }

    /// Whether the e-mail address that was sent is one of this user; `None` where that cannot be known.
    fn email_is_of(&self, roll: &Roll, user: u64, email: Option<&str>) -> Option<bool> {
        roll.person(user)?.has_email(email?)
    }

    /// The user in whose session the sign-in ended: who was signed in after it and before the next one of
    /// that place. No file tells that.
    fn signed_in(&self, roll: &Roll, email: Option<&str>) -> Option<u64> {
        if self.flow.place.of_file {
            return None;
        }
        let Attribution::Of { member, reason: Reason::SignedIn, .. } =
            attribution::attribute(self.tracer, self.flow)
        else {
            return None;
        };
        let answer = self.tracer.identities().signed_in(self.instance, &self.flow.place)?;
        let (id, user) = (member.id?, answer.user.as_ref()?);
        let own = || Some(is_same_email(user.email.as_ref()?, email?));
        let is_of_other = self.email_is_of(roll, id, email).or_else(own) == Some(false);
        (!is_of_other && self.is_of_its_session(answer.provenance.event())).then_some(id)
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

/// The stored values as people read them.
fn near_misses(roll: &Roll) -> HashMap<String, u64> {
    let known =
        roll.people().filter_map(|(id, person)| Some((characters::folded(person.saml.known()?)?, id)));
    known.collect()
}

#[cfg(test)]
mod tests;
