//! [`Roll`]: what the reads told of a group, reduced to what is compared, in memory and nowhere else.
//!
//! It is never an event and never stored: a group can have more members than the browser's store has room
//! for. It has a budget of its own ([`limits::GROUP_BYTES`]); who does not fit is counted, so that the check
//! can say so.

use crate::{
    base::{catalogue::Text, instant::Timestamp, limits},
    comparison::{self, Rule},
    gitlab::stored::{Member, StoredValue},
    text,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, mem,
};

/// One user of the group, by the number that all of GitLab's lists share. Prints as its number.
#[derive(Clone, Default, PartialEq)]
pub struct Person {
    /// Without `@`.
    pub username: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// The e-mail addresses that are known, the primary one first. GitLab shows an owner those of the group's
    /// enterprise users and of users with an identity (18.1 and newer).
    pub emails: Vec<Email>,
    /// `extern_uid` of the SAML identity.
    pub saml: StoredValue,
    /// `extern_uid` of the SCIM identity.
    pub scim: StoredValue,
    /// Whether the SCIM identity is active.
    pub scim_active: Option<bool>,
    /// The role in the group, as GitLab counts it: 50 is an owner. `None` for who is no direct member.
    pub access_level: Option<u64>,
    /// Whether the members list has their e-mail address: see [`Roll::is_enterprise_user`].
    pub(super) is_listed_with_email: bool,
}

/// An e-mail address of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// As GitLab has it.
    pub address: String,
    /// Whether it was confirmed, as far as GitLab says.
    pub confirmed: bool,
}

/// GitLab's number for the role of an owner.
pub const OWNER: u64 = 50;

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person[{} octets]", self.octets())
    }
}

impl Person {
    /// As a member, with its number.
    pub fn member(&self, id: u64) -> Member {
        Member { id: Some(id), username: self.username.clone(), name: self.name.clone() }
    }

    /// The primary e-mail address.
    pub fn primary(&self) -> Option<&Email> {
        self.emails.first()
    }

    /// Whether an e-mail address is theirs and confirmed; `None` when none of theirs is known. GitLab
    /// compares addresses in lower case.
    pub fn has_email(&self, address: &str) -> Option<bool> {
        let is_it = |email: &&Email| email.confirmed && is_same_email(&email.address, address);
        (!self.emails.is_empty()).then(|| self.emails.iter().find(is_it).is_some())
    }

    /// Whether they belong to the group: as a direct member, or by an identity. The reader may do so in no
    /// way.
    pub fn is_of_group(&self) -> bool {
        self.access_level.is_some() || self.saml.known().is_some() || self.scim.known().is_some()
    }

    /// Whether they own the group.
    pub fn is_owner(&self) -> bool {
        self.access_level == Some(OWNER)
    }

    /// Whether it is an account that GitLab made for an access key or a service, which signs in by no SAML
    /// (gitlab-facts 4.3; names: `app/models/concerns/has_user_type.rb`).
    pub fn is_bot(&self) -> bool {
        let name = self.username.as_deref().unwrap_or_default();
        let made_for = |kind: &str| {
            name.strip_prefix(kind)
                .and_then(|rest| rest.split_once("_bot"))
                .is_some_and(|(id, _)| !id.is_empty() && id.bytes().all(|octet| octet.is_ascii_digit()))
        };
        made_for("project_") || made_for("group_") || name.starts_with("service_account_")
    }

    fn octets(&self) -> usize {
        let of = |value: &Option<String>| value.as_ref().map_or(0, String::len);
        let stored = |value: &StoredValue| value.known().map_or(0, str::len);
        let emails: usize =
            self.emails.iter().map(|email| email.address.len() + mem::size_of::<Email>()).sum();
        mem::size_of::<(u64, Person)>()
            + of(&self.username)
            + of(&self.name)
            + emails
            + stored(&self.saml)
            + stored(&self.scim)
    }
}

/// Whether two e-mail addresses are the same to GitLab.
pub fn is_same_email(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// The settings of the group itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupDetails {
    /// Its number.
    pub id: Option<u64>,
    /// Its full path, as GitLab says it.
    pub path: Option<String>,
    /// Addresses that may reach it; empty when all may.
    pub ip_ranges: Vec<String>,
    /// Domains that e-mail addresses must have; empty when any may.
    pub email_domains: Vec<String>,
}

impl GroupDetails {
    /// Whether GitLab takes this e-mail address of a member (`ee/app/models/allowed_email_domain.rb`). Case
    /// does not count here, so that nobody is warned of for it.
    pub fn takes(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
        self.email_domains.is_empty() || self.email_domains.iter().any(|it| it.eq_ignore_ascii_case(domain))
    }

    /// Whether they are of another group than the one at `path`. GitLab finds paths whatever their case.
    pub fn is_of_other_than(&self, path: &str) -> bool {
        self.path.as_deref().is_some_and(|own| !own.eq_ignore_ascii_case(path))
    }
}

/// One change of an identity, from the group's audit events.
#[derive(Clone, Debug, PartialEq)]
pub struct IdentityChange {
    /// The number of the user whose identity it is; `None` for the group's own settings.
    pub user: Option<u64>,
    /// GitLab's name of the event.
    pub event: &'static str,
    /// When, RFC 3339.
    pub at: String,
}

impl IdentityChange {
    /// In words.
    pub fn text(&self) -> Text {
        let at = Timestamp::parse(&self.at).map_or_else(|| self.at.clone(), Timestamp::day_and_time);
        match self.event {
            "update_mismatched_group_saml_extern_uid" => text!("group.event.overwritten", time = at),
            "inactive_scim_user_cannot_be_added" => text!("group.event.not-added", time = at),
            "user_provisioned_by_scim" => text!("group.event.provisioned", time = at),
            "group_saml_member_added" => text!("group.event.member-added", time = at),
            _ => text!("group.provider-changed", time = at),
        }
    }
}

/// All that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Roll {
    people: BTreeMap<u64, Person>,
    octets: usize,
    /// The person whose session it is.
    pub reader: Option<u64>,
    /// Whether that person administers the GitLab.
    pub(super) reader_is_admin: bool,
    /// The group's settings.
    pub group: GroupDetails,
    /// Newest first, as GitLab gives them.
    pub changes: Vec<IdentityChange>,
    /// Whether the list of all SAML identities was read: who is not in it has none.
    pub(super) lists_saml: bool,
    /// The same of SCIM.
    pub(super) lists_scim: bool,
    /// Whether a member's entry told of a SAML identity or of its absence, which GitLab does to owners alone.
    pub(super) shows_identities: bool,
    /// Users that did not fit, each once however many lists have them.
    left_out: BTreeSet<u64>,
    /// Rows that were no such rows.
    pub unreadable: usize,
}

impl Roll {
    /// Changes the entry of `id`, a new one where there is none. Not beyond the budget.
    pub(super) fn change(&mut self, id: u64, change: impl FnOnce(&mut Person)) {
        let known = self.people.contains_key(&id);
        if !known && self.octets >= limits::GROUP_BYTES {
            self.left_out.insert(id);
            return;
        }
        let person = self.people.entry(id).or_default();
        let before = if known { person.octets() } else { 0 };
        change(person);
        self.octets = self.octets.saturating_sub(before) + person.octets();
    }

    /// Stores what was read back of one identity.
    pub(super) fn store(&mut self, id: u64, identity: Identity, value: &str) {
        let stored = StoredValue::from(Some(value.to_owned()));
        self.change(id, |person| match identity {
            Identity::Saml => person.saml = stored,
            Identity::Scim => person.scim = stored,
        });
    }

    /// The user with this number, with what a missing entry says filled in.
    pub fn person(&self, id: u64) -> Option<Person> {
        self.people.get(&id).map(|person| self.filled(person.clone()))
    }

    /// The same without a copy, as it was read: see [`saml`](Self::saml) and [`scim`](Self::scim).
    pub(super) fn borrowed(&self, id: u64) -> Option<&Person> {
        self.people.get(&id)
    }

    /// The stored SAML identifier of a user.
    pub fn saml<'a>(&self, person: &'a Person) -> &'a StoredValue {
        or_absent(&person.saml, self.lists_saml)
    }

    /// The stored SCIM identifier of a user.
    pub fn scim<'a>(&self, person: &'a Person) -> &'a StoredValue {
        or_absent(&person.scim, self.lists_scim)
    }

    /// Everybody, by number, as read: see [`saml`](Self::saml) and [`scim`](Self::scim) for what is not
    /// listed.
    pub fn people(&self) -> impl ExactSizeIterator<Item = (u64, &Person)> {
        self.people.iter().map(|(id, person)| (*id, person))
    }

    /// The same from the user with this number on.
    pub(super) fn people_from(&self, first: u64) -> impl Iterator<Item = (u64, &Person)> {
        self.people.range(first..).map(|(id, person)| (*id, person))
    }

    /// Whether all identities are here, so that it is known who else has a value.
    pub fn is_whole(&self) -> bool {
        self.lists_saml && self.lists_scim && self.left_out.is_empty() && self.unreadable == 0
    }

    /// The number of users who did not fit.
    pub fn left_out(&self) -> usize {
        self.left_out.len()
    }

    /// Whether anybody has a SCIM identity here.
    pub fn uses_scim(&self) -> bool {
        self.people.values().any(|person| person.scim.known().is_some())
    }

    /// Whether it is known that the group manages the account. GitLab shows an owner the e-mail addresses of
    /// these members alone, and an administrator, to whom nothing tells them apart, those of all
    /// (gitlab-facts 3.3).
    pub fn is_enterprise_user(&self, person: &Person) -> bool {
        person.is_listed_with_email && self.reader.is_some() && !self.reader_is_admin
    }

    /// Whether they are the only owner that is known.
    pub fn is_last_owner(&self, id: u64) -> bool {
        let mut owners = self.people().filter(|(_, person)| person.is_owner()).map(|(id, _)| id);
        owners.next() == Some(id) && owners.next().is_none()
    }

    /// Octets in memory, nearly.
    pub fn octets(&self) -> usize {
        self.octets
    }

    fn filled(&self, mut person: Person) -> Person {
        person.saml = self.saml(&person).clone();
        person.scim = self.scim(&person).clone();
        person
    }
}

fn or_absent(value: &StoredValue, is_listed: bool) -> &StoredValue {
    match value {
        StoredValue::Unseen if is_listed => &StoredValue::Absent,
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_budget_nobody_is_added_and_everybody_is_counted() {
        let mut roll = Roll::default();
        let megabyte = "x".repeat(1024 * 1024);
        let room = limits::GROUP_BYTES / megabyte.len();
        // Each user is in several lists.
        for id in (0..room as u64 + 10).chain(room as u64..room as u64 + 10) {
            roll.change(id, |person| person.name = Some(megabyte.clone()));
        }
        assert_eq!(roll.people().len() + roll.left_out(), room + 10);
        assert!(roll.left_out() >= 10 && roll.octets() <= limits::GROUP_BYTES + 2 * megabyte.len());
        roll.change(0, |person| person.name = None);
        roll.change(u64::MAX, |person| person.name = Some("Ada".into()));
        assert_eq!(roll.left_out(), 10 + room - (roll.people().len() - 1), "room was given back");
    }

    #[test]
    fn bots_are_told_by_their_names() {
        let person = |name: &str| Person { username: Some(name.into()), ..Person::default() };
        for bot in ["project_12_bot_ab12", "group_3_bot", "service_account_group_9_ab"] {
            assert!(person(bot).is_bot(), "{bot}");
        }
        for human in ["project_x_bot", "group_bot", "ada", "robot"] {
            assert!(!person(human).is_bot(), "{human}");
        }
    }

    #[test]
    fn an_email_counts_when_it_is_confirmed() {
        let email = |address: &str, confirmed| Email { address: address.into(), confirmed };
        let mut person = Person::default();
        assert_eq!(person.has_email("ada@example.com"), None);
        person.emails = vec![email("ada@example.com", true), email("a@example.com", false)];
        assert_eq!(person.has_email("ADA@example.com"), Some(true));
        assert_eq!(person.has_email("a@example.com"), Some(false));
        assert!(!format!("{person:?}").contains("ada"));
    }
}

/// One of a user's identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// The identity of SAML sign-ins.
    Saml,
    /// The identity of SCIM requests.
    Scim,
}

impl Identity {
    /// As the API's paths have it.
    pub fn segment(self) -> &'static str {
        match self {
            Identity::Saml => "saml",
            Identity::Scim => "scim",
        }
    }

    /// Its name in a sentence.
    pub fn text(self) -> Text {
        match self {
            Identity::Saml => text!("repair.identity.saml"),
            Identity::Scim => text!("repair.identity.scim"),
        }
    }

    /// The value that was read of it.
    pub(super) fn read(self, person: &Person) -> &StoredValue {
        match self {
            Identity::Saml => &person.saml,
            Identity::Scim => &person.scim,
        }
    }

    /// The value that is stored of it.
    pub(super) fn of(self, roll: &Roll, person: &Person) -> StoredValue {
        match self {
            Identity::Saml => roll.saml(person).clone(),
            Identity::Scim => roll.scim(person).clone(),
        }
    }

    /// Whether GitLab finds by `sent` what it has `stored`.
    pub fn accepts(self, sent: &str, stored: &str) -> bool {
        self.rule().accepts(comparison::verdict(sent, stored))
    }

    /// The rule by which GitLab compares it (gitlab-facts 4.2).
    pub(super) fn rule(self) -> Rule {
        match self {
            Identity::Saml => Rule::Exact,
            Identity::Scim => Rule::IgnoringCase,
        }
    }
}
