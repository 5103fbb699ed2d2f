//! [`Diagnosis`]: one thing that can be wrong, as a row: what it is called, what it asks of the owner, which
//! arrow it blames, and how it is found.
//!
//! Leaves out the rows and what finds them; that is `diagnoses`.

use super::{
    Case,
    finding::{AtFault, Found},
};
use crate::{
    attack::AttackKind,
    base::{catalogue::Text, severity::Severity},
    comparison::Comparison,
};
use std::fmt;

/// One thing that can be wrong.
pub struct Diagnosis {
    /// Kebab-case name; the file's name.
    pub id: &'static str,
    /// The finding in a few words, for lists.
    pub short: fn(&Comparison) -> Text,
    /// The steps that the message to the owner asks for.
    pub ask: &'static [Ask],
    /// The arrow of the sequence diagram at which the sign-in failed.
    pub blames: Blames,
    /// The way in which it is found.
    pub(crate) find: Find,
}

/// One thing that the owner is asked to do.
#[derive(Clone, Copy)]
pub enum Ask {
    /// To compare the NameID with what is stored; where that is to be seen follows from the sign-in.
    CompareNameId,
    /// To let the person link their account; of a whole GitLab an administrator can add the identity.
    Link,
    /// To do this.
    Do(fn() -> Text),
    /// To do what usually helps with GitLab's own words.
    Usual,
}

/// The arrow of the sequence diagram that a diagnosis blames: the first cause, not what followed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blames {
    /// GitLab's answer, when it was a refusal.
    Refusal,
    /// The Response.
    Response,
    /// The parameter that could not be read.
    Unreadable,
}

/// The way in which a diagnosis is found.
pub(crate) enum Find {
    /// By a look of its own at the sign-in.
    Look(fn(&Case<'_>) -> Option<Found>),
    /// By the first sign of an attack of this kind, with how bad that is, who can fix it, and what to do.
    Attack(AttackKind, (Severity, AtFault), &'static [AttackStep]),
}

/// A step of what to do about an attack, and the documentation on it.
pub(crate) type AttackStep = (fn() -> Text, Option<&'static str>);

impl PartialEq for Diagnosis {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}
