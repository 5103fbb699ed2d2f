//! [`Expectation`]: the NameID that the identity provider will send for each member, by its list of people,
//! and whether GitLab will know it.
//!
//! Rows R22, R24 and R75. The column of which the NameID is made is found by evidence: what sign-ins sent and
//! what GitLab has stored, with the count for and against; or a person names it; or the settings of the app
//! do ([`super::settings`]), and what speaks against them is said beside. A member is the person of the one
//! row that has their confirmed e-mail address. What is expected is never taken as captured: the
//! table's verdicts stay what they are. A browser matches a piece at a time ([`Matching`]), so that nothing
//! waits for a large list; the command line does the same pieces at once. Leaves out: the plan of a
//! change.

mod matching;
mod member;
mod report;

use super::{captured::Captures, members::Roll};
use crate::{
    comparison::{self, Verdict},
    gitlab::stored::StoredValue,
    idp::{directory::Directory, expression::Bound},
};
pub use matching::Matching;
pub use member::{ExpectedView, MemberStanding, StandingCount};
pub use report::{Reader, Report, names};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap, ops::Deref};

/// The way in which a value is made of a column's cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// As it is.
    #[default]
    AsItIs,
    /// In small letters (`ToLower`).
    Small,
    /// The part of an e-mail address before the `@` (`ExtractMailPrefix`).
    BeforeAt,
}

/// The shapes, the plainest first.
const SHAPES: [Shape; 3] = [Shape::AsItIs, Shape::Small, Shape::BeforeAt];

impl Shape {
    /// The value of a cell.
    pub fn of(self, cell: &str) -> Cow<'_, str> {
        match self {
            Shape::AsItIs => cell.into(),
            Shape::Small => cell.to_lowercase().into(),
            Shape::BeforeAt => cell.split_once('@').map_or(cell, |(before, _)| before).into(),
        }
    }

    /// Whether a cell gives this value: the same as of [`of`](Self::of), mostly without a copy.
    fn gives(self, cell: &str, value: &str) -> bool {
        match self {
            Shape::Small if cell.is_ascii() => {
                let small = cell.bytes().map(|octet| octet.to_ascii_lowercase());
                cell.len() == value.len() && small.eq(value.bytes())
            }
            _ => self.of(cell) == value,
        }
    }
}

/// The values of a field that were equal to others, and those that were not, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Equal, octet by octet.
    pub equal: usize,
    /// Other values.
    pub other: usize,
}

impl Tally {
    fn count(&mut self, is_equal: bool) {
        *if is_equal { &mut self.equal } else { &mut self.other } += 1;
    }
}

/// The things that a field is compared with, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// NameIDs that were captured, and proven to come from the identity provider.
    Sent,
    /// NameIDs that files tell and nothing proves.
    Told,
    /// SAML identifiers that GitLab has stored.
    Saml,
    /// SCIM identifiers that GitLab has stored.
    Scim,
}

/// The number of kinds of [`Evidence`].
const EVIDENCE: usize = 4;

/// An expression of the settings over the columns of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// The expression.
    pub bound: Bound,
    /// The same as the settings have it.
    pub written: String,
}

/// The columns of which a value is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// One column in one shape.
    Of(usize, Shape),
    /// Those of an expression.
    By(Formula),
}

/// A way to make a value of a row, with what speaks for and against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The columns of which it is made.
    pub made: Made,
    /// The counts of what was compared, by [`Evidence`].
    tallies: [Tally; EVIDENCE],
}

impl Field {
    /// The count of what was compared with values of this kind.
    pub fn tally(&self, by: Evidence) -> Tally {
        self.tallies.get(by as usize).copied().unwrap_or_default()
    }

    /// The value that it gives for a row.
    pub fn value<'d>(&self, directory: &'d Directory, row: usize) -> Cow<'d, str> {
        match &self.made {
            Made::Of(column, shape) => shape.of(directory.cell(row, *column)),
            Made::By(formula) => formula.bound.value(directory, row).unwrap_or_default().into(),
        }
    }

    /// The one column that it is made of, in whatever shape.
    pub fn column(&self) -> Option<usize> {
        match &self.made {
            Made::Of(column, _) => Some(*column),
            Made::By(_) => None,
        }
    }
}

/// The field of which a value is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// A person named it.
    Named(Field),
    /// The settings of the app name it.
    Configured(Field),
    /// Found by evidence of this kind.
    Found(Field, Evidence),
    /// These fit alike, and give different values.
    Several(Vec<Field>, Evidence),
    /// None fits; the one that comes nearest, where one fits at all.
    None(Option<(Field, Evidence)>),
}

impl Chosen {
    /// The field, where it is known.
    pub fn field(&self) -> Option<&Field> {
        match self {
            Chosen::Named(field) | Chosen::Configured(field) | Chosen::Found(field, _) => Some(field),
            Chosen::Several(..) | Chosen::None(_) => None,
        }
    }
}

/// One member who is in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The row of the list.
    pub row: usize,
    /// The NameID that will be sent; `None` where the field is not known, or the cell is empty.
    pub name_id: Option<String>,
    /// Its comparison with the stored SAML identifier.
    pub saml: Verdict,
    /// Its comparison with the stored SCIM identifier.
    pub scim: Verdict,
}

/// A group matched with a list of people.
#[derive(Clone, Debug, PartialEq)]
pub struct Matched {
    /// The column in which the members' addresses were found.
    pub email: Option<usize>,
    /// The field of the NameID.
    pub name_id: Chosen,
    /// The field that evidence shows, where something else names one.
    pub shown: Option<Chosen>,
    /// The field of externalId, by the settings or by the stored SCIM identifiers.
    pub external_id: Chosen,
    /// Members who are in the list, by number.
    pub members: BTreeMap<u64, Expected>,
    /// The number of these of each standing.
    found: [usize; MemberStanding::Fits as usize + 1],
    /// Members whose address no row has, by number.
    pub missing: Vec<u64>,
    /// Members whose address several rows have, by number.
    pub ambiguous: Vec<u64>,
    /// Members of whom no confirmed address is known, by number.
    pub without_address: Vec<u64>,
    /// Rows that are of no member.
    pub others: Vec<usize>,
    /// Values of the NameID's field that several rows have, each with the rows: GitLab keeps identifiers
    /// unique without regard to case.
    pub same_value: BTreeMap<String, Vec<usize>>,
    /// Rows that are of several members: one person with two accounts.
    pub same_person: BTreeMap<usize, Vec<u64>>,
}

/// A group as a list of people tells it.
#[derive(Debug)]
pub struct Expectation<'a> {
    /// The list.
    pub directory: &'a Directory,
    roll: &'a Roll,
    captures: &'a Captures,
    matched: Cow<'a, Matched>,
    pub(super) reader: Reader,
}

impl Deref for Expectation<'_> {
    type Target = Matched;

    fn deref(&self) -> &Matched {
        &self.matched
    }
}

/// The columns that a person or the settings name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// That of the e-mail address.
    pub email: Option<usize>,
    /// That of the NameID, by the person.
    pub name_id: Option<usize>,
    /// The way in which the NameID is made of it.
    pub shape: Shape,
    /// That of externalId, by the person.
    pub external_id: Option<usize>,
    /// Those of the NameID, by the settings of the SAML app.
    pub configured: Option<Formula>,
    /// Those of externalId, by the settings of the SCIM app.
    pub configured_external_id: Option<Formula>,
}

/// The columns that a person names in the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedColumns {
    /// That of the e-mail address.
    pub email: Option<usize>,
    /// That of the NameID.
    pub name_id: Option<usize>,
    /// The way in which the NameID is made of it.
    pub shape: Shape,
    /// That of externalId.
    pub external_id: Option<usize>,
}

impl From<NamedColumns> for Columns {
    fn from(NamedColumns { email, name_id, shape, external_id }: NamedColumns) -> Self {
        Columns { email, name_id, shape, external_id, ..Columns::default() }
    }
}

impl<'a> Expectation<'a> {
    /// Joins a group with a list of people. Takes time in proportion to both.
    pub fn of(
        directory: &'a Directory,
        roll: &'a Roll,
        captures: &'a Captures,
        named: Columns,
    ) -> Expectation<'a> {
        let matched = Matching::new(directory, named).finished(directory, roll, captures);
        let matched = Cow::Owned(matched);
        Expectation { directory, roll, captures, matched, reader: Reader::CommandLine }
    }

    /// The same, as it was matched before, for the panel.
    pub fn matched(
        directory: &'a Directory,
        roll: &'a Roll,
        captures: &'a Captures,
        matched: &'a Matched,
    ) -> Self {
        Expectation { directory, roll, captures, matched: Cow::Borrowed(matched), reader: Reader::Panel }
    }
}

impl Expected {
    /// Of the member `id`, by their row of the list.
    fn new(directory: &Directory, roll: &Roll, (id, row): (u64, usize), field: Option<&Field>) -> Self {
        let value = field.map(|field| field.value(directory, row).into_owned());
        let value = value.filter(|value| !value.is_empty());
        let verdict = |stored: &StoredValue| match (&value, stored) {
            (None, _) => Verdict::NoNameId,
            (Some(value), StoredValue::Known(stored)) => comparison::verdict(value, stored),
            (Some(_), StoredValue::Absent) => Verdict::NotStored,
            (Some(_), StoredValue::Unseen) => Verdict::Unknown,
        };
        let person = roll.borrowed(id);
        let [saml, scim] = [Roll::saml, Roll::scim]
            .map(|of| person.map_or(Verdict::Unknown, |person| verdict(of(roll, person))));
        Expected { row, name_id: value, saml, scim }
    }
}

#[cfg(test)]
pub(super) mod tests;
