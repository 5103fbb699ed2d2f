//! [`Matching`]: a group joined with a list of people, a piece at a time. The work is counted in looks at a
//! cell or a member, and a piece makes no more of them than it is given.
//!
//! First each column of e-mail addresses is tried, and the one that finds most members holds. Then every
//! column in every shape is compared with what was seen of these members, the fields are chosen, and each
//! member gets what is expected of them. At last it is seen who is on one side only, and who is there twice.

use super::{
    Captures, Chosen, Columns, EVIDENCE, Evidence, Expected, Field, Formula, Made, Matched, SHAPES, Shape,
    Tally,
};
use crate::{
    group::members::{Person, Roll},
    idp::directory::Directory,
};
use std::collections::{BTreeMap, HashMap, hash_map::Entry};

/// The things that are matched; they must stay the same from the first piece to the last.
type Of<'a> = (&'a Directory, &'a Roll, &'a Captures);

/// A group that is being matched with a list. See the module's head.
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    named: Columns,
    /// The columns of e-mail addresses that are tried, and the number of the one whose turn it is.
    columns: Vec<usize>,
    column: usize,
    stage: Stage,
    /// The place in the rows, or in the members, where the next piece begins.
    at: usize,
    /// The number of the first member who was not looked at.
    member: u64,
    /// The rows of each address in the column.
    index: Index,
    found: Found,
    best: Found,
    /// The members who were found, each with the row.
    pairs: Vec<(u64, usize)>,
    /// Every column in every shape.
    fields: Vec<Field>,
    /// The fields that the settings name: of the NameID, of externalId.
    configured: [Option<Field>; 2],
    /// The kinds of evidence that there are.
    is_there: [bool; EVIDENCE],
    /// The fields between which is chosen by evidence: of the NameID, of externalId.
    shown: Choice,
    external_id: Choice,
    /// Whether a row is of a member.
    is_of_member: Vec<bool>,
    /// The first row of each value, whatever its case.
    values: HashMap<String, usize>,
    /// The member of each row.
    member_of: HashMap<usize, u64>,
    matched: Option<Matched>,
    looks: usize,
}

/// The rows of each address: the first, and the others.
type Index = HashMap<String, (usize, Vec<usize>)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Index,
    Find,
    Count,
    NameId,
    ExternalId,
    Expect,
    Rows,
    Done,
}

/// The members by what the list has of their addresses.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    column: Option<usize>,
    rows: Vec<(u64, usize)>,
    missing: Vec<u64>,
    ambiguous: Vec<u64>,
    without_address: Vec<u64>,
}

/// A choice between fields.
#[derive(Clone, Debug, PartialEq)]
enum Choice {
    /// These fit equally well: it is not known yet if they give the same for everybody.
    Open(Vec<Field>, Evidence),
    Made(Chosen),
}

impl Matching {
    /// Of nothing yet.
    pub fn new(directory: &Directory, named: Columns) -> Self {
        let configured = [&named.configured, &named.configured_external_id]
            .map(|formula| formula.clone().map(|formula: Formula| Field::new(Made::By(formula))));
        Matching {
            columns: named.email.map_or_else(|| directory.emails(), |column| vec![column]),
            named,
            column: 0,
            stage: Stage::Index,
            at: 0,
            member: 0,
            index: Index::new(),
            found: Found::default(),
            best: Found::default(),
            pairs: Vec::new(),
            fields: Vec::new(),
            configured,
            is_there: [false; EVIDENCE],
            shown: Choice::Made(Chosen::None(None)),
            external_id: Choice::Made(Chosen::None(None)),
            is_of_member: Vec::new(),
            values: HashMap::new(),
            member_of: HashMap::new(),
            matched: None,
            looks: 0,
        }
    }

    /// All of it at once.
    pub(super) fn finished(mut self, directory: &Directory, roll: &Roll, captures: &Captures) -> Matched {
        loop {
            if let Some(matched) = self.step((directory, roll, captures), usize::MAX) {
                return matched;
            }
        }
    }

    /// Makes at most `looks` more looks, a few more where one thing takes several; and gives what was matched
    /// once all is.
    pub fn step(&mut self, of: Of<'_>, looks: usize) -> Option<Matched> {
        let until = self.looks.saturating_add(looks);
        while self.looks < until && self.stage != Stage::Done {
            match self.stage {
                Stage::Index => self.index(of.0, until),
                Stage::Find => self.find(of.1, until),
                Stage::Count => self.count(of, until),
                Stage::NameId | Stage::ExternalId => self.choose(of.0, until),
                Stage::Expect => self.expect(of, until),
                Stage::Rows => self.rows(of.0, until),
                Stage::Done => {}
            }
        }
        self.matched.take_if(|_| self.stage == Stage::Done)
    }

    /// The looks that were made.
    pub fn looks(&self) -> usize {
        self.looks
    }

    /// The looks that all of it takes, nearly.
    pub fn all(&self, directory: &Directory, roll: &Roll) -> usize {
        let (rows, members) = (directory.rows.len(), roll.people().len());
        let addresses = 2 * members;
        self.columns.len() * (rows + addresses) + members * (directory.columns.len() + 2) + rows
    }

    fn go_on(&mut self, stage: Stage) {
        (self.stage, self.at, self.member) = (stage, 0, 0);
    }

    fn index(&mut self, directory: &Directory, until: usize) {
        let Some(column) = self.columns.get(self.column).copied() else {
            self.begin_counting(directory);
            return;
        };
        while self.at < directory.rows.len() {
            if self.looks >= until {
                return;
            }
            let cell = directory.cell(self.at, column);
            if !cell.is_empty() {
                match self.index.entry(cell.to_lowercase()) {
                    Entry::Occupied(mut rows) => rows.get_mut().1.push(self.at),
                    Entry::Vacant(place) => _ = place.insert((self.at, Vec::new())),
                }
            }
            self.looks += 1;
            self.at += 1;
        }
        self.found = Found { column: Some(column), ..Found::default() };
        self.go_on(Stage::Find);
    }

    fn find(&mut self, roll: &Roll, until: usize) {
        for (id, person) in roll.people_from(self.member) {
            if self.looks >= until {
                self.member = id;
                return;
            }
            self.looks += 1 + person.emails.len();
            if person.is_of_group() && !person.is_bot() {
                self.find_one(id, person);
            }
        }
        let found = std::mem::take(&mut self.found);
        if self.best.column.is_none() || found.rows.len() > self.best.rows.len() {
            self.best = found;
        }
        self.index = Index::new();
        self.column += 1;
        if self.best.missing.is_empty() && self.best.ambiguous.is_empty() {
            // No other column could find more.
            self.column = self.columns.len();
        }
        self.go_on(Stage::Index);
    }

    fn find_one(&mut self, id: u64, person: &Person) {
        let addresses = || person.emails.iter().filter(|it| it.confirmed);
        let rows = addresses().filter_map(|it| self.index.get(&it.address.to_lowercase()));
        let mut rows: Vec<usize> =
            rows.flat_map(|(first, others)| std::iter::once(first).chain(others)).copied().collect();
        rows.sort_unstable();
        rows.dedup();
        match (&rows[..], addresses().next().is_none()) {
            (_, true) => self.found.without_address.push(id),
            ([], _) => self.found.missing.push(id),
            ([row], _) => self.found.rows.push((id, *row)),
            _ => self.found.ambiguous.push(id),
        }
    }

    fn begin_counting(&mut self, directory: &Directory) {
        self.pairs = std::mem::take(&mut self.best.rows);
        let of = |column| SHAPES.map(|shape| Field::new(Made::Of(column, shape)));
        self.fields = (0..directory.columns.len()).flat_map(of).collect();
        self.go_on(Stage::Count);
    }

    fn count(&mut self, of: Of<'_>, until: usize) {
        while let Some((id, row)) = self.pairs.get(self.at).copied() {
            if self.looks >= until {
                return;
            }
            self.at += 1;
            self.looks += 1;
            let seen = seen_of(of, id);
            for (is_there, seen) in self.is_there.iter_mut().zip(&seen) {
                *is_there |= seen.is_some();
            }
            if seen.iter().all(Option::is_none) {
                continue;
            }
            // A cell is compared in all shapes at one look.
            self.looks += of.0.columns.len();
            let mut cells = of.0.rows.row(row);
            for shapes in self.fields.chunks_mut(SHAPES.len()) {
                let cell = cells.next().unwrap_or_default();
                for (field, shape) in shapes.iter_mut().zip(SHAPES) {
                    field.count(&seen, |seen| shape.gives(cell, seen));
                }
            }
            for field in self.configured.iter_mut().flatten() {
                self.looks += 1;
                let value = field.value(of.0, row).into_owned();
                field.count(&seen, |seen| value == seen);
            }
        }
        self.shown = self.candidates(&[Evidence::Sent, Evidence::Told, Evidence::Saml]);
        self.external_id = self.candidates(&[Evidence::Scim]);
        self.go_on(Stage::NameId);
    }

    /// The field that a person names, or the settings; a person's word counts before theirs.
    fn given(&self, column: Option<usize>, shape: Shape, configured: Option<&Field>) -> Option<Chosen> {
        let made = column.map(|column| Made::Of(column, shape));
        let named = made.and_then(|made| self.fields.iter().find(|field| field.made == made));
        let named = named.cloned().map(Chosen::Named);
        named.or_else(|| configured.cloned().map(Chosen::Configured))
    }

    /// The fields that the first kind of evidence shows of which there is any.
    fn candidates(&self, by: &[Evidence]) -> Choice {
        let there = |by: &&Evidence| self.is_there.get(**by as usize) == Some(&true);
        let Some(by) = by.iter().find(there).copied() else { return Choice::Made(Chosen::None(None)) };
        let most = self.fields.iter().map(|field| field.tally(by).equal).max().unwrap_or_default();
        // Equal for most, in its plainest shape: another one would be equal of it, too.
        let mut best: Vec<&Field> = Vec::new();
        for field in self.fields.iter().filter(|field| most > 0 && field.tally(by).equal == most) {
            if best.iter().all(|known| known.column() != field.column()) {
                best.push(field);
            }
        }
        let Some(first) = best.first().copied() else { return Choice::Made(Chosen::None(None)) };
        // What was sent has no exceptions: a field that misses one is not it.
        let other = first.tally(by).other;
        let is_it = match by {
            Evidence::Sent => other == 0,
            Evidence::Told | Evidence::Saml | Evidence::Scim => most > other,
        };
        match is_it {
            true => Choice::Open(best.into_iter().cloned().collect(), by),
            false => Choice::Made(Chosen::None(Some((first.clone(), by)))),
        }
    }

    /// Makes a choice: fields that give the same for everybody are one.
    fn choose(&mut self, directory: &Directory, until: usize) {
        let (choice, next) = match self.stage {
            Stage::NameId => (&mut self.shown, Stage::ExternalId),
            _ => (&mut self.external_id, Stage::Expect),
        };
        if let Choice::Open(best, by) = choice {
            let mut is_alike = true;
            while best.len() > 1 && is_alike && self.at < directory.rows.len() {
                if self.looks >= until {
                    return;
                }
                self.looks += best.len();
                let values = best.iter().map(|field| field.value(directory, self.at));
                let mut values = values.collect::<Vec<_>>().into_iter();
                let first = values.next();
                is_alike = values.all(|value| Some(value) == first);
                self.at += 1;
            }
            let fields = std::mem::take(best);
            let chosen = match (fields.first(), is_alike) {
                (Some(first), true) => Chosen::Found(first.clone(), *by),
                _ => Chosen::Several(fields, *by),
            };
            *choice = Choice::Made(chosen);
        }
        self.go_on(next);
        if next == Stage::Expect {
            self.begin_expecting(directory);
        }
    }

    fn begin_expecting(&mut self, directory: &Directory) {
        let Found { column, missing, ambiguous, without_address, .. } = std::mem::take(&mut self.best);
        self.is_of_member = vec![false; directory.rows.len()];
        let [configured, configured_external_id] = &self.configured;
        let name_id = self.given(self.named.name_id, self.named.shape, configured.as_ref());
        let (name_id, shown) = match name_id {
            Some(given) => (given, Some(self.shown.made())),
            None => (self.shown.made(), None),
        };
        let external_id = self.given(self.named.external_id, Shape::AsItIs, configured_external_id.as_ref());
        self.matched = Some(Matched {
            email: column,
            name_id,
            shown,
            external_id: external_id.unwrap_or_else(|| self.external_id.made()),
            members: BTreeMap::new(),
            found: Default::default(),
            missing,
            ambiguous,
            without_address,
            others: Vec::new(),
            same_value: BTreeMap::new(),
            same_person: BTreeMap::new(),
        });
    }

    fn expect(&mut self, of: Of<'_>, until: usize) {
        let Some(matched) = &mut self.matched else { return };
        while let Some((id, row)) = self.pairs.get(self.at).copied() {
            if self.looks >= until {
                return;
            }
            let expected = Expected::new(of.0, of.1, (id, row), matched.name_id.field());
            if let Some(count) = matched.found.get_mut(expected.standing() as usize) {
                *count += 1;
            }
            matched.members.insert(id, expected);
            match self.member_of.entry(row) {
                Entry::Vacant(place) => _ = place.insert(id),
                Entry::Occupied(first) => {
                    matched.same_person.entry(row).or_insert_with(|| vec![*first.get()]).push(id);
                }
            }
            if let Some(is_of_member) = self.is_of_member.get_mut(row) {
                *is_of_member = true;
            }
            self.looks += 1;
            self.at += 1;
        }
        self.go_on(Stage::Rows);
    }

    fn rows(&mut self, directory: &Directory, until: usize) {
        let Some(matched) = &mut self.matched else { return };
        while let Some(is_of_member) = self.is_of_member.get(self.at) {
            if self.looks >= until {
                return;
            }
            if !is_of_member {
                matched.others.push(self.at);
            }
            let value = matched.name_id.field().map(|field| field.value(directory, self.at).to_lowercase());
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                match self.values.entry(value) {
                    Entry::Vacant(place) => _ = place.insert(self.at),
                    Entry::Occupied(first) => {
                        let rows = matched.same_value.entry(first.key().clone());
                        rows.or_insert_with(|| vec![*first.get()]).push(self.at);
                    }
                }
            }
            self.looks += 1;
            self.at += 1;
        }
        self.go_on(Stage::Done);
    }
}

impl Field {
    fn new(made: Made) -> Self {
        Field { made, tallies: [Tally::default(); EVIDENCE] }
    }

    fn count(&mut self, seen: &[Option<&str>; EVIDENCE], is_equal: impl Fn(&str) -> bool) {
        for (seen, tally) in seen.iter().zip(&mut self.tallies) {
            seen.iter().for_each(|seen| tally.count(is_equal(seen)));
        }
    }
}

impl Choice {
    fn made(&self) -> Chosen {
        match self {
            Choice::Made(chosen) => chosen.clone(),
            Choice::Open(..) => Chosen::None(None),
        }
    }
}

/// The values of a member by [`Evidence`].
fn seen_of<'a>((_, roll, captures): Of<'a>, id: u64) -> [Option<&'a str>; EVIDENCE] {
    let captured = captures.of_user(id).filter(|it| it.is_named() && !it.transient);
    let told = captures.claim_of(id).filter(|claim| claim.is_signed());
    let person = roll.borrowed(id);
    [
        captured.map(|it| it.name_id.as_str()),
        told.map(|claim| claim.name_id.as_str()),
        person.and_then(|person| person.saml.known()),
        person.and_then(|person| person.scim.known()),
    ]
}
