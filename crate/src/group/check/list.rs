//! The identity provider's list of people beside the group that is checked: taken in part by part, matched a
//! piece at a time, and seen by the person who corrects its columns.
//!
//! It is in memory alone and goes with the check; nothing of it is an event, stored or sent. Each part and
//! each piece is small, for in one of the browsers the page that asks stands still meanwhile. Leaves out: how
//! a file becomes a list ([`Directory`]) and what is expected by it ([`super::super::expected`]).

use super::{
    GroupCheck, Snapshot,
    planning::{PlannedChange, Planning},
    settings::of,
};
use crate::{
    base::{catalogue::Text, instant::Timestamp, redact},
    group::{
        expected::{Expectation, Field, Made, Matched, Matching, NamedColumns, Shape, StandingCount},
        members::Roll,
        settings::{For, Settings},
    },
    idp::directory::{Column, Directory, Ground, Role, Rows},
    scim::Statement,
    text,
    trace::tracer::Tracer,
    view::value::visible,
};
use serde::{Deserialize, Serialize};

/// Looks of one piece of the matching.
pub const PIECE: usize = 50_000;
/// Values of a column that are shown as examples.
const EXAMPLES: usize = 3;

/// A list of people of which the rows are still to come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NewList {
    /// The name of the file.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Rows that could not be read.
    pub unreadable: usize,
    /// Rows for which there was no room.
    pub left_out: usize,
    /// That the file is damaged.
    pub damage: Option<String>,
}

/// The list as it stands beside the table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListState {
    /// The name of the file.
    pub name: String,
    /// Another one when anything that [`ListView`] says may have changed.
    pub serial: u64,
    /// Rows that have come.
    pub rows: usize,
    /// The looks that the matching has made, and nearly all that it makes; absent once it is done.
    pub progress: Option<(usize, usize)>,
    /// The members by what the list tells of them, once it is matched.
    pub counts: Vec<StandingCount>,
    /// The change that is planned with it.
    pub planned: Option<PlannedChange>,
}

/// The list as the person sees it who corrects its columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListView {
    /// The columns, in their order.
    pub columns: Vec<ColumnView>,
    /// The columns that hold, as they were found or named.
    pub holds: NamedColumns,
    /// The columns that the person has named.
    pub named: NamedColumns,
    /// The list, the fields and the members, in words.
    pub statements: Vec<Statement>,
    /// The change that is planned: who matches and the steps, then what is new at the other side.
    pub planned: Vec<Statement>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnView {
    /// Its name.
    pub name: String,
    /// The thing that it seems to hold, and how that is known.
    pub role: Option<String>,
    /// Some values in it.
    pub examples: Vec<String>,
}

/// See the module's head.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct List {
    pub(super) directory: Directory,
    name: String,
    named: NamedColumns,
    /// Whether all rows have come.
    is_whole: bool,
    matching: Option<Matching>,
    serial: u64,
    /// The things that the settings say, and no column has.
    unclear: Vec<Statement>,
    /// The change that is planned with it.
    pub(super) planning: Option<Planning>,
}

impl List {
    /// Begins to match: what was matched is none any longer.
    fn begin(&mut self, (settings, of): (&Settings, For<'_>)) {
        self.serial += 1;
        let (columns, unclear) = settings.columns(of, &self.directory, self.named.into());
        self.unclear = unclear;
        let directory = Some(&self.directory).filter(|_| self.is_whole);
        if let Some(planning) = &mut self.planning {
            planning.matching = directory.and_then(|list| planning.chosen.begin(list, &columns));
        }
        self.matching = directory.map(|list| Matching::new(list, columns));
    }

    /// The matchings that are not done: that of today, and that of what is planned.
    pub(super) fn unmatched(&self) -> impl Iterator<Item = &Matching> {
        self.matching.iter().chain(self.planning.iter().filter_map(|planning| planning.matching.as_ref()))
    }
}

impl Snapshot {
    /// Begins to match the list, if there is one: a small one is matched at once.
    pub(super) fn expect_anew(
        &mut self,
        roll: &Roll,
        list: Option<&mut List>,
        settings: (&Settings, For<'_>),
    ) {
        (self.matched, self.planned) = (None, None);
        self.table.expect(None);
        if let Some(list) = list {
            list.begin(settings);
            self.step(roll, list);
            self.step(roll, list);
        }
    }

    /// Matches one more piece: of today, then of what is planned.
    fn step(&mut self, roll: &Roll, list: &mut List) {
        let of = (&list.directory, roll, &self.captures);
        let planned = list.planning.as_mut().map(|planning| &mut planning.matching);
        let (matching, matched) = match (&mut list.matching, planned) {
            (Some(_), _) | (None, None) => (&mut list.matching, &mut self.matched),
            (None, Some(planned)) => (planned, &mut self.planned),
        };
        if let Some(all) = matching.as_mut().and_then(|matching| matching.step(of, PIECE)) {
            (*matching, *matched) = (None, Some(all));
            list.serial += 1;
            self.table.expect(self.matched.as_ref());
        }
    }

    /// The expectation by the list, once it is matched.
    pub(super) fn expectation<'a>(
        &'a self,
        roll: &'a Roll,
        list: Option<&'a List>,
    ) -> Option<Expectation<'a>> {
        let matched = self.matched.as_ref()?;
        Some(Expectation::matched(&list?.directory, roll, &self.captures, matched))
    }
}

impl GroupCheck {
    /// Begins with another list.
    pub fn begin_list(&mut self, new: NewList) {
        let serial = self.list.as_ref().map_or(0, |list| list.serial);
        self.put_list_away();
        let columns = new.columns.into_iter().map(|name| Column { name, role: None }).collect();
        let NewList { name, unreadable, left_out, damage, .. } = new;
        let directory = Directory { columns, unreadable, left_out, damage, ..Directory::default() };
        self.list = Some(List {
            directory,
            name,
            named: NamedColumns::default(),
            is_whole: false,
            matching: None,
            serial: serial + 1,
            unclear: Vec::new(),
            planning: None,
        });
    }

    /// Takes in rows (their JSON text) of the list that was begun.
    ///
    /// # Errors
    /// The background part was stopped since, and the list is gone; or these are no rows.
    pub fn add_rows(&mut self, rows: &str) -> Result<(), Text> {
        let list = self.list.as_mut().filter(|list| !list.is_whole);
        let list = list.ok_or_else(|| text!("expected.gone"))?;
        let rows: &Rows = &serde_json::from_str(rows)
            .map_err(|error| text!("call.unknown", error = redact::json_error(&error)))?;
        list.directory.left_out += list.directory.rows.append(rows);
        Ok(())
    }

    /// All rows have come.
    ///
    /// # Errors
    /// As of [`add_rows`](Self::add_rows).
    pub fn end_list(&mut self) -> Result<(), Text> {
        let list = self.list.as_mut().ok_or_else(|| text!("expected.gone"))?;
        list.directory.recognise();
        list.is_whole = true;
        self.match_anew();
        Ok(())
    }

    /// Matches one more piece.
    pub fn match_list(&mut self, tracer: &Tracer) {
        self.joined(tracer);
        let GroupCheck { roll, joined: Some(snapshot), list: Some(list), .. } = self else { return };
        snapshot.step(roll, list);
    }

    /// Takes the columns that the person names.
    pub fn name_columns(&mut self, named: NamedColumns) {
        let Some(list) = &mut self.list else { return };
        let columns = list.directory.columns.len();
        let known = |column: Option<usize>| column.filter(|column| *column < columns);
        let NamedColumns { email, name_id, external_id, shape } = named;
        list.named = NamedColumns {
            email: known(email),
            name_id: known(name_id),
            external_id: known(external_id),
            shape,
        };
        self.match_anew();
    }

    /// Puts the list away: nothing of it is left.
    pub fn put_list_away(&mut self) {
        self.list = None;
        self.match_anew();
    }

    pub(super) fn match_anew(&mut self) {
        let GroupCheck { plan, roll, joined, list, given, .. } = self;
        let settings = (&given.settings, of(plan));
        match joined {
            Some(snapshot) => snapshot.expect_anew(roll, list.as_mut(), settings),
            // The next look begins.
            None => list.iter_mut().for_each(|list| list.begin(settings)),
        }
    }

    /// The list as it stands beside the table.
    pub fn list_state(&self) -> Option<ListState> {
        let list = self.list.as_ref()?;
        let matched = self.joined.as_ref().and_then(|snapshot| snapshot.matched.as_ref());
        let sum = |all: Option<(usize, usize)>, it: &Matching| {
            let (looks, most) = all.unwrap_or_default();
            Some((looks + it.looks(), most + it.all(&list.directory, &self.roll)))
        };
        let progress = list.unmatched().fold(None, sum);
        Some(ListState {
            name: visible(&list.name, None).to_string(),
            serial: list.serial,
            rows: list.directory.rows.len(),
            progress: progress.or((!list.is_whole).then_some((0, 1))),
            counts: matched.map(Matched::counts).unwrap_or_default(),
            planned: list.planning.as_ref().map(|planning| planning.chosen),
        })
    }

    /// The list as the person sees it who corrects its columns; nothing where there is none, or it is not
    /// matched yet.
    pub fn list_view(&mut self, tracer: &Tracer, now: Timestamp) -> Option<ListView> {
        self.joined(tracer);
        let planned = self.said_of_plan(tracer, now);
        let GroupCheck { roll, joined: Some(snapshot), list, .. } = self else { return None };
        let list = list.as_ref()?;
        let expectation = snapshot.expectation(roll, Some(list))?;
        let columns = list.directory.columns.iter().enumerate();
        let columns = columns.map(|(at, column)| ColumnView::new(&list.directory, at, column)).collect();
        let name_id = expectation.name_id.field().map(|field| &field.made);
        let shape = match name_id {
            Some(Made::Of(_, shape)) => *shape,
            Some(Made::By(_)) | None => Shape::AsItIs,
        };
        let holds = NamedColumns {
            email: expectation.email,
            name_id: expectation.name_id.field().and_then(Field::column),
            shape,
            external_id: expectation.external_id.field().and_then(Field::column),
        };
        let statements = expectation.statements().into_iter().chain(list.unclear.clone()).collect();
        Some(ListView { columns, holds, named: list.named, statements, planned })
    }
}

impl ColumnView {
    fn new(directory: &Directory, at: usize, column: &Column) -> Self {
        let role = column.role.map(|(role, ground)| {
            let role = match role {
                Role::Email => text!("directory.role.email"),
                Role::Login => text!("directory.role.login"),
                Role::Name => text!("directory.role.name"),
                Role::Id => text!("directory.role.id"),
            };
            match ground {
                Ground::Documented => text!("directory.known.documented", role = role),
                Ground::Name => text!("directory.known.name", role = role),
                Ground::Contents => text!("directory.known.contents", role = role),
            }
            .to_string()
        });
        let shown = |value: &str| visible(value, None).to_string();
        let examples = directory.examples(at, EXAMPLES).into_iter().map(shown).collect();
        ColumnView { name: shown(&column.name), role, examples }
    }
}

#[cfg(test)]
pub(super) mod tests;
