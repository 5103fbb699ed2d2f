//! [`Expectation`]: the NameID that the identity provider will send for each member, by its list of people,
//! and whether GitLab will know it.
//!
//! Rows R22, R24 and R75. The column of which the NameID is made is found by evidence: what sign-ins sent and
//! what GitLab has stored, with the count for and against; or a person names it; or the settings of the app
//! do ([`super::settings`]), and what speaks against them is said beside. A member is the person of the one
//! row that has their confirmed e-mail address. What is expected is never taken as captured: the table's
//! verdicts stay what they are. Leaves out: the plan of a change.

mod report;

use super::{captured::Captures, members::Roll};
use crate::{
    comparison::{Verdict, verdict},
    gitlab::stored::StoredValue,
    idp::{directory::Directory, expression::Bound},
};
pub(in crate::group) use report::Standing;
pub use report::{Report, names};
use serde::Serialize;
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

/// The way in which a value is made of a column's cell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
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

/// A group as a list of people tells it.
#[derive(Debug)]
pub struct Expectation<'a> {
    /// The list.
    pub directory: &'a Directory,
    roll: &'a Roll,
    captures: &'a Captures,
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
    /// Members whose address no row has.
    pub missing: Vec<u64>,
    /// Members whose address several rows have.
    pub ambiguous: Vec<u64>,
    /// Members of whom no confirmed address is known.
    pub without_address: Vec<u64>,
    /// Rows that are of no member.
    pub others: Vec<usize>,
    /// Values of the NameID's field that several rows have, each with the rows: GitLab keeps identifiers
    /// unique without regard to case.
    pub same_value: Vec<(String, Vec<usize>)>,
    /// Rows that are of several members: one person with two accounts.
    pub same_person: Vec<(usize, Vec<u64>)>,
}

/// The columns that a person or the settings name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// That of the NameID, by the person.
    pub name_id: Option<usize>,
    /// That of the e-mail address.
    pub email: Option<usize>,
    /// Those of the NameID, by the settings of the SAML app.
    pub configured: Option<Formula>,
    /// Those of externalId, by the settings of the SCIM app.
    pub configured_external_id: Option<Formula>,
}

impl<'a> Expectation<'a> {
    /// Joins a group with a list of people. Takes time in proportion to both.
    pub fn of(
        directory: &'a Directory,
        roll: &'a Roll,
        captures: &'a Captures,
        named: Columns,
    ) -> Expectation<'a> {
        let columns = named.email.map_or_else(|| directory.emails(), |column| vec![column]);
        let found = Found::among(directory, roll, &columns);
        let pairs: Vec<(u64, usize)> = found.rows.iter().map(|(id, row)| (*id, *row)).collect();
        let seen = Seen::of(directory, roll, captures, &pairs);
        let fields = seen.fields();
        let shown = seen.choose(&fields, &[Evidence::Sent, Evidence::Told, Evidence::Saml]);
        let (name_id, shown) = match (named.name_id, named.configured) {
            (Some(column), _) => (Chosen::Named(seen.field(Made::Of(column, Shape::AsItIs))), Some(shown)),
            (None, Some(formula)) => (Chosen::Configured(seen.field(Made::By(formula))), Some(shown)),
            (None, None) => (shown, None),
        };
        let external_id = match named.configured_external_id {
            Some(formula) => Chosen::Configured(seen.field(Made::By(formula))),
            None => seen.choose(&fields, &[Evidence::Scim]),
        };
        let mut of_row: BTreeMap<usize, Vec<u64>> = BTreeMap::new();
        pairs.iter().for_each(|(id, row)| of_row.entry(*row).or_default().push(*id));
        let expected = |(id, row): &(u64, usize)| {
            let value = name_id.field().map(|field| field.value(directory, *row).into_owned());
            let value = value.filter(|value| !value.is_empty());
            let stored = |of: &StoredValue| match (&value, of) {
                (None, _) => Verdict::NoNameId,
                (Some(value), StoredValue::Known(stored)) => verdict(value, stored),
                (Some(_), StoredValue::Absent) => Verdict::NotStored,
                (Some(_), StoredValue::Unseen) => Verdict::Unknown,
            };
            let person = roll.borrowed(*id);
            let [saml, scim] = [Roll::saml, Roll::scim]
                .map(|of| person.map_or(Verdict::Unknown, |person| stored(of(roll, person))));
            (*id, Expected { row: *row, name_id: value, saml, scim })
        };
        Expectation {
            directory,
            roll,
            captures,
            email: found.column,
            members: pairs.iter().map(expected).collect(),
            missing: found.missing,
            ambiguous: found.ambiguous,
            without_address: found.without_address,
            others: (0..directory.rows.len()).filter(|row| !of_row.contains_key(row)).collect(),
            same_value: name_id.field().map(|field| same_values(directory, field)).unwrap_or_default(),
            same_person: of_row.into_iter().filter(|(_, members)| members.len() > 1).collect(),
            name_id,
            shown,
            external_id,
        }
    }
}

/// The members by what the list has of their addresses.
#[derive(Debug, Default)]
struct Found {
    column: Option<usize>,
    rows: BTreeMap<u64, usize>,
    missing: Vec<u64>,
    ambiguous: Vec<u64>,
    without_address: Vec<u64>,
}

impl Found {
    /// By the first of `columns` in which members are found.
    fn among(directory: &Directory, roll: &Roll, columns: &[usize]) -> Self {
        let mut best = Found::default();
        for column in columns {
            let found = Found::by(directory, roll, *column);
            if best.column.is_none() || found.rows.len() > best.rows.len() {
                best = found;
            }
        }
        best
    }

    fn by(directory: &Directory, roll: &Roll, column: usize) -> Self {
        let mut index: HashMap<String, Vec<usize>> = HashMap::new();
        for row in 0..directory.rows.len() {
            let cell = directory.cell(row, column);
            if !cell.is_empty() {
                index.entry(cell.to_lowercase()).or_default().push(row);
            }
        }
        let mut found = Found { column: Some(column), ..Found::default() };
        for (id, person) in roll.people().filter(|(_, it)| it.is_of_group() && !it.is_bot()) {
            let addresses: Vec<String> =
                person.emails.iter().filter(|it| it.confirmed).map(|it| it.address.to_lowercase()).collect();
            let mut rows: Vec<usize> =
                addresses.iter().filter_map(|it| index.get(it)).flatten().copied().collect();
            rows.sort_unstable();
            rows.dedup();
            match (&rows[..], addresses.is_empty()) {
                (_, true) => found.without_address.push(id),
                ([], _) => found.missing.push(id),
                ([row], _) => _ = found.rows.insert(id, *row),
                _ => found.ambiguous.push(id),
            }
        }
        found
    }
}

/// The members who are in the list, with what was seen of them.
struct Seen<'a> {
    directory: &'a Directory,
    /// The row of each, with the values by [`Evidence`].
    members: Vec<(usize, [Option<&'a str>; EVIDENCE])>,
}

impl<'a> Seen<'a> {
    fn of(directory: &'a Directory, roll: &'a Roll, captures: &'a Captures, pairs: &[(u64, usize)]) -> Self {
        let values = |id: u64| {
            let captured = captures.of_user(id).filter(|it| it.is_named() && !it.transient);
            let told = captures.claim_of(id).filter(|claim| claim.is_signed());
            let person = roll.borrowed(id);
            [
                captured.map(|it| it.name_id.as_str()),
                told.map(|claim| claim.name_id.as_str()),
                person.and_then(|person| person.saml.known()),
                person.and_then(|person| person.scim.known()),
            ]
        };
        Seen { directory, members: pairs.iter().map(|(id, row)| (*row, values(*id))).collect() }
    }

    fn field(&self, made: Made) -> Field {
        let mut field = Field { made, tallies: [Tally::default(); EVIDENCE] };
        let mut tallies = field.tallies;
        for (row, seen) in &self.members {
            let value = field.value(self.directory, *row);
            // Of whom the settings let expect nothing, nothing speaks for or against them.
            if value.is_empty() && field.column().is_none() {
                continue;
            }
            for (seen, tally) in seen.iter().zip(&mut tallies) {
                seen.iter().for_each(|seen| tally.count(*seen == value));
            }
        }
        field.tallies = tallies;
        field
    }

    /// The columns as they are, and in the other shapes where something differs.
    fn fields(&self) -> Vec<Field> {
        let of = |column| {
            let plain = self.field(Made::Of(column, Shape::AsItIs));
            let others = if plain.tallies.iter().any(|it| it.other > 0) { SHAPES.as_slice() } else { &[] };
            let others = others.iter().skip(1).map(move |shape| self.field(Made::Of(column, *shape)));
            std::iter::once(plain).chain(others)
        };
        (0..self.directory.columns.len()).flat_map(of).collect()
    }

    /// The field that the first kind of evidence shows of which there is any.
    fn choose(&self, fields: &[Field], by: &[Evidence]) -> Chosen {
        let there = |by: &&Evidence| {
            self.members.iter().any(|(_, seen)| seen.get(**by as usize).is_some_and(Option::is_some))
        };
        let Some(by) = by.iter().find(there).copied() else { return Chosen::None(None) };
        let most = fields.iter().map(|field| field.tally(by).equal).max().unwrap_or_default();
        // Equal for most, in its plainest shape: another one would be equal of it, too.
        let mut best: Vec<&Field> = Vec::new();
        for field in fields.iter().filter(|field| most > 0 && field.tally(by).equal == most) {
            if best.iter().all(|known| known.column() != field.column()) {
                best.push(field);
            }
        }
        let Some(first) = best.first().copied() else { return Chosen::None(None) };
        // What was sent has no exceptions: a field that misses one is not it.
        let other = first.tally(by).other;
        let is_it = match by {
            Evidence::Sent => other == 0,
            Evidence::Told | Evidence::Saml | Evidence::Scim => most > other,
        };
        if !is_it {
            return Chosen::None(Some((first.clone(), by)));
        }
        let is_alike = |field: &&Field| {
            let mut rows = 0..self.directory.rows.len();
            rows.all(|row| field.value(self.directory, row) == first.value(self.directory, row))
        };
        if best.iter().all(is_alike) {
            return Chosen::Found(first.clone(), by);
        }
        Chosen::Several(best.into_iter().cloned().collect(), by)
    }
}

/// Values that several rows have, whatever their case.
fn same_values(directory: &Directory, field: &Field) -> Vec<(String, Vec<usize>)> {
    let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in 0..directory.rows.len() {
        let value = field.value(directory, row);
        if !value.is_empty() {
            rows.entry(value.to_lowercase()).or_default().push(row);
        }
    }
    rows.into_iter().filter(|(_, rows)| rows.len() > 1).collect()
}

#[cfg(test)]
pub(super) mod tests;
