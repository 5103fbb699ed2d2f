//! [`People`]: the values by which people are known, joined to people.
//!
//! gitlab-facts 4.2: identifiers of SCIM are the same in any case, those of SAML are not, e-mail addresses
//! are. What stands in one record is of one person. Identifiers and user numbers are joined first, then
//! addresses, and never so that one person has two numbers of users: such an address is shared, and is of
//! each. So is an identifier with which different people were sent, and which GitLab did not take for all of
//! them. By a name alone nobody is joined; what has nothing else is of the one person who has that name. A
//! SAML identifier is that of SCIM in the same spelling, or in another one where no second SAML identifier
//! differs from it in case alone. Memory grows with the number of different values, not with that of records,
//! and is bounded.
//! Leaves out: what happened to them.

use crate::{
    base::{characters::folded, counted::stepped, order::sort_by_key},
    scim::{kept::Room, record::KnownBy},
};
use std::collections::{BTreeMap, BTreeSet};

/// Values that are named where nobody has the one that is asked for.
const NEAREST: usize = 3;

/// Octets that all values take, about: those of some 50,000 people. A log of a large group has a few
/// thousand.
const MOST: usize = 48 * 1024 * 1024;
/// Octets that a value takes besides its letters, which are held twice.
const VALUE: usize = 160;
/// Octets of two values that may be of one person.
const PAIR: usize = 32;

/// The people of some files.
#[derive(Default)]
pub(super) struct People {
    at: BTreeMap<(KnownBy, String), usize>,
    /// The values, as they are shown.
    nodes: Vec<(KnownBy, String)>,
    parents: Vec<usize>,
    /// The number of the user, at the root of each person.
    users: Vec<Option<usize>>,
    /// The spellings of SCIM's identifiers.
    spellings: BTreeSet<String>,
    /// Whether GitLab has taken it, or an identity provider has it, for somebody.
    owned: Vec<bool>,
    /// Identifiers that a change gave.
    renamed: BTreeSet<usize>,
    /// Whether the person has an address or a number, at the root of each.
    addressed: Vec<bool>,
    /// Addresses, claims and names, with something else of the same record.
    weak: BTreeSet<(usize, usize)>,
    /// Values that would make one of two people, with something of the other one.
    shared: BTreeMap<usize, BTreeSet<usize>>,
    room: Room,
    /// Whether the record that is taken in has room in any case.
    is_asked: bool,
}

impl People {
    /// Takes in the values of one record. There is always room for those of one that `is_asked` for.
    pub(super) fn add(&mut self, who: &[(KnownBy, String)], is_asked: &dyn Fn() -> bool) {
        self.is_asked = self.room.left_out > 0 && is_asked();
        // The number of the user first, so that a conflict is seen where it is; names last.
        let mut who: Vec<&(KnownBy, String)> = who.iter().collect();
        sort_by_key(&mut who, |(by, _)| (*by != KnownBy::UserId, *by));
        let mut first = None;
        for value in who {
            let Some(node) = self.node(value) else { continue };
            if let Some(owned) = self.owned.get_mut(node).filter(|_| !is_claim(value.0)) {
                *owned = true;
            }
            if value.0 == KnownBy::Renamed {
                self.renamed.insert(node);
            }
            match first {
                None => first = Some(node),
                Some(first) if value.0 < KnownBy::Email => self.unite(node, first),
                Some(first) if self.weak.contains(&(node, first)) || !self.has_room(PAIR) => {}
                Some(first) => drop(self.weak.insert((node, first))),
            }
        }
    }

    fn has_room(&mut self, size: usize) -> bool {
        self.is_asked || self.room.has(MOST, size)
    }

    /// The number of times that a value was not taken in, for there were too many.
    pub(super) fn left_out(&self) -> usize {
        self.room.left_out
    }

    /// Joins what needs all records to be known.
    pub(super) fn join(&mut self) {
        let mut by_case: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for ((by, value), node) in &self.at {
            if *by == KnownBy::Saml {
                by_case.entry(value.to_lowercase()).or_default().push(*node);
            }
        }
        for (small, saml) in by_case {
            let is_spelled = |node: &&usize| {
                self.nodes.get(**node).is_some_and(|(_, value)| self.spellings.contains(value))
            };
            let same = saml.iter().find(is_spelled).or(saml.first().filter(|_| saml.len() == 1)).copied();
            let scim = self.at.get(&(KnownBy::Scim, small)).copied();
            if let (Some(same), Some(scim)) = (same, scim) {
                self.unite(same, scim);
            }
        }
        let weak = std::mem::take(&mut self.weak);
        let of = |people: &Self, is: &dyn Fn(KnownBy) -> bool| -> Vec<(usize, usize)> {
            let kind = |node: &usize| people.nodes.get(*node).map(|it| it.0);
            let is_meant = |(node, other): &&(usize, usize)| {
                kind(node).is_some_and(is) && kind(other) != Some(KnownBy::Name)
            };
            weak.iter().filter(is_meant).copied().collect()
        };
        for (node, other) in of(self, &|by| by == KnownBy::Email) {
            self.unite(node, other);
        }
        let mut claims: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (node, other) in of(self, &|by| by == KnownBy::Scim) {
            claims.entry(node).or_default().insert(self.root(other));
        }
        for (node, claimants) in claims {
            let own = self.root(node);
            let is_owned = self.owned.get(node).is_some_and(|owned| *owned) && !claimants.contains(&own);
            // Whoever has an address of their own is somebody else, unless the change was made.
            let is_other = is_owned
                && !self.renamed.contains(&node)
                && self.addressed.get(own).is_some_and(|addressed| *addressed);
            match claimants.first().copied() {
                Some(only) if claimants.len() == 1 && !is_other => self.unite(node, only),
                _ => self.shared.entry(node).or_default().extend(claimants),
            }
        }
        // A name is of everybody who has it.
        for (node, other) in of(self, &|by| by == KnownBy::Name) {
            let root = self.root(other);
            self.shared.entry(node).or_default().insert(root);
        }
    }

    /// The people whom a record with these values is of: one, unless all that it has is shared.
    pub(super) fn of(&self, who: &[(KnownBy, String)]) -> Vec<usize> {
        let nodes = who.iter().filter_map(|(by, value)| self.at.get(&key(*by, value)).copied());
        let (names, known): (Vec<usize>, Vec<usize>) =
            nodes.partition(|node| self.nodes.get(*node).is_some_and(|it| it.0 == KnownBy::Name));
        let sure = |node: &&usize| !self.shared.contains_key(node);
        match (known.iter().find(sure), known.first()) {
            (Some(node), _) => vec![self.root(*node)],
            (None, Some(node)) => self.all(*node),
            (None, None) => {
                let mut all = names.iter().map(|name| self.all(*name));
                all.find(|all| all.len() == 1).unwrap_or_default()
            }
        }
    }

    /// The people who have `value`, whatever it is; as it is written, if somebody has it so.
    pub(super) fn with(&self, value: &str) -> Vec<usize> {
        stepped(self.nodes.len());
        let small = value.trim().to_lowercase();
        let any = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
            let nodes = (0..).zip(&self.nodes).filter(|(_, (_, known))| is(known));
            let mut all = BTreeSet::new();
            nodes.for_each(|(node, _)| all.extend(self.all(node)));
            all.into_iter().collect()
        };
        let exact = any(&|known| known == value.trim());
        if exact.is_empty() { any(&|known| known.to_lowercase() == small) } else { exact }
    }

    /// The known values that are most like `value`.
    pub(super) fn nearest(&self, value: &str) -> Vec<String> {
        let of = |text: &str| {
            let small: Vec<usize> = folded(text).unwrap_or_default().chars().map(|c| c as usize).collect();
            let mut pairs = BTreeSet::new();
            pairs.extend(small.iter().copied().zip(small.iter().copied().skip(1)));
            pairs
        };
        let wanted = of(value);
        let like = |known: &str| {
            stepped(known.len());
            let pairs = of(known);
            let both = pairs.intersection(&wanted).count();
            (200 * both).checked_div(pairs.len() + wanted.len()).unwrap_or(0)
        };
        let scored = self.nodes.iter().map(|(_, known)| (like(known), known));
        let mut scored: Vec<(usize, &String)> = scored.filter(|(score, _)| *score >= 50).collect();
        sort_by_key(&mut scored, |(score, known)| (std::cmp::Reverse(*score), (*known).clone()));
        let mut nearest: Vec<String> = scored.into_iter().map(|(_, known)| known.clone()).collect();
        nearest.dedup();
        nearest.truncate(NEAREST);
        nearest
    }

    /// Whether `value` is an identifier of somebody else, too.
    pub(super) fn is_shared(&self, by: KnownBy, value: &str) -> bool {
        self.at.get(&key(by, value)).is_some_and(|node| self.shared.contains_key(node))
    }

    /// The number of people.
    pub(super) fn count(&self) -> usize {
        let is_root = |node: &usize| self.root(*node) == *node;
        let is_person = |node: &usize| self.all(*node).contains(node);
        (0..self.nodes.len()).filter(is_root).filter(is_person).count()
    }

    fn all(&self, node: usize) -> Vec<usize> {
        // What is only shared makes no person of its own.
        let is_own = |(owned, (by, _)): (&bool, &(KnownBy, String))| {
            *by != KnownBy::Name && (*owned || !self.shared.contains_key(&node))
        };
        let own = self.owned.get(node).zip(self.nodes.get(node)).filter(|it| is_own(*it));
        let own = own.map(|_| self.root(node));
        let others = self.shared.get(&node).into_iter().flatten().map(|other| self.root(*other));
        let mut all = BTreeSet::new();
        all.extend(own);
        all.extend(others);
        all.into_iter().collect()
    }

    /// The place of a value; nothing where there is no room for another one.
    fn node(&mut self, (by, value): &(KnownBy, String)) -> Option<usize> {
        let key = key(*by, value);
        if key.0 == KnownBy::Scim && !self.spellings.contains(value) {
            if !self.has_room(VALUE / 2 + value.len()) {
                return self.at.get(&key).copied();
            }
            self.spellings.insert(value.clone());
        }
        if let Some(node) = self.at.get(&key) {
            return Some(*node);
        }
        if !self.has_room(VALUE + 2 * value.len()) {
            return None;
        }
        let node = self.nodes.len();
        self.at.insert(key, node);
        let by = if is_claim(*by) { KnownBy::Scim } else { *by };
        self.nodes.push((by, value.clone()));
        self.parents.push(node);
        self.users.push((by == KnownBy::UserId).then_some(node));
        self.owned.push(false);
        self.addressed.push(matches!(by, KnownBy::UserId | KnownBy::Email));
        Some(node)
    }

    fn root(&self, node: usize) -> usize {
        let mut at = node;
        while let Some(parent) = self.parents.get(at).copied().filter(|parent| *parent != at) {
            at = parent;
        }
        at
    }

    /// Makes one person of two, unless both have a number of a user: then the value is of both.
    fn unite(&mut self, node: usize, other: usize) {
        let (one, two) = (self.root(node), self.root(other));
        let user = |root: usize| self.users.get(root).copied().flatten();
        let (of_one, of_two) = (user(one), user(two));
        if one == two {
            return;
        }
        if of_one.is_some() && of_two.is_some() {
            self.shared.entry(node).or_default().insert(two);
            return;
        }
        // The paths stay short where the younger goes below the older.
        let (root, below) = (one.min(two), one.max(two));
        if let Some(parent) = self.parents.get_mut(below) {
            *parent = root;
        }
        if let Some(user) = self.users.get_mut(root) {
            *user = of_one.or(of_two);
        }
        let is_addressed = [one, two].iter().any(|it| self.addressed.get(*it).is_some_and(|it| *it));
        if let Some(addressed) = self.addressed.get_mut(root) {
            *addressed = is_addressed;
        }
        self.shorten(node, root);
        self.shorten(other, root);
    }

    fn shorten(&mut self, node: usize, root: usize) {
        let mut at = node;
        while let Some(parent) = self.parents.get_mut(at).filter(|parent| **parent != root && at != root) {
            at = std::mem::replace(parent, root);
        }
    }
}

/// Whether an identifier can be anybody's, or GitLab can have ignored it.
fn is_claim(by: KnownBy) -> bool {
    matches!(by, KnownBy::Renamed | KnownBy::Claimed)
}

/// The value by which two are the same.
fn key(by: KnownBy, value: &str) -> (KnownBy, String) {
    match by {
        KnownBy::Saml | KnownBy::UserId => (by, value.to_owned()),
        KnownBy::Claimed | KnownBy::Renamed => (KnownBy::Scim, value.to_lowercase()),
        KnownBy::Scim | KnownBy::Email | KnownBy::Name => (by, value.to_lowercase()),
    }
}
