//! [`Directory`]: the people that an identity provider knows, as a list of theirs has them: a table (RFC
//! 4180; `;`, tabs and `|` too) or JSON.
//!
//! A list is known by the names of its columns (`columns.rs`, each kind with its public page), and its
//! columns by their names or, where nobody knows those, by what is in them. Nothing of it is an event, and
//! nothing is stored. Leaves out: which column is the NameID, which sign-ins and GitLab tell
//! ([`crate::group::expected`]); and groups.

mod columns;
mod people;
mod rows;

use crate::{
    base::{catalogue::Text, limits::DIRECTORY_COLUMNS, redact},
    text,
};
use columns::{KINDS, role};
pub use columns::{Kind, Role};
use csv::{ReaderBuilder, StringRecord, Trim};
pub use rows::Rows;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Characters between the cells of a row.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// Rows whose cells say what a column is where its name does not.
const LOOKED_AT: usize = 200;
/// Levels of a JSON object that become columns: `profile.login` of Okta, `attributes.uid` of Keycloak.
const LEVELS: usize = 3;

/// Cells of a list that are handed on at once, and rows that are. So no part takes long, however wide it is.
const PART_CELLS: usize = 40_000;
const PART_ROWS: usize = 4_000;

/// A list of people.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    /// The export that it is; `None` for a table of nobody's in particular.
    pub kind: Option<&'static Kind>,
    /// Its columns, in their order.
    pub columns: Vec<Column>,
    /// A row a person, with a cell for each column; empty where there is none.
    pub rows: Rows,
    /// Rows that could not be read.
    pub unreadable: usize,
    /// Rows for which there was no room.
    pub left_out: usize,
    /// That the file is damaged, and from which row on it was not read.
    pub damage: Option<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name, as the list has it; its number where it has none.
    pub name: String,
    /// The thing that it holds, where that is known, and how that is known.
    pub role: Option<(Role, Ground)>,
}

/// The way in which it is known what a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// By its name, which the page of the list's kind documents.
    Documented,
    /// By its name, which looks like it: a guess.
    Name,
    /// By what is in it: a guess.
    Contents,
}

impl Directory {
    /// Reads a list; or why it is none.
    ///
    /// # Errors
    /// A sentence for people: it has no columns, or no rows.
    pub fn read(content: &str) -> Result<Self, Text> {
        let content = content.trim_start_matches('\u{feff}').trim_start();
        let mut list = match content.starts_with(['{', '[']) {
            true => of_json(content)?,
            false => of_table(content)?,
        };
        if list.rows.is_empty() {
            return Err(list.damage.take().map_or_else(
                || text!("directory.empty"),
                |damage| text!("directory.none-before", damage = damage),
            ));
        }
        list.recognise();
        Ok(list)
    }

    /// Knows the kind of the list, and its columns by their names and by what is in them.
    pub fn recognise(&mut self) {
        let names: Vec<String> = self.columns.iter().map(|column| plain(&column.name)).collect();
        self.kind = KINDS.iter().find(|kind| kind.fits(&names));
        for (at, name) in names.iter().enumerate() {
            let said = role(name).map(|role| {
                let is_documented = self.kind.is_some_and(|kind| kind.documents(name));
                (role, if is_documented { Ground::Documented } else { Ground::Name })
            });
            let role = said.or_else(|| self.holds_addresses(at).then_some((Role::Email, Ground::Contents)));
            if let Some(column) = self.columns.get_mut(at) {
                column.role = role;
            }
        }
    }

    /// The rows from `start` on, as many as are handed on at once; and where the next ones begin.
    pub fn part(&self, start: usize) -> (Rows, Option<usize>) {
        let most = (PART_CELLS / self.columns.len().max(1)).clamp(1, PART_ROWS);
        let end = start.saturating_add(most).min(self.rows.len());
        let mut part = Rows::default();
        (start..end).for_each(|row| _ = part.push(self.rows.row(row)));
        (part, (end < self.rows.len()).then_some(end))
    }

    /// The first `most` different values in a column.
    pub fn examples(&self, column: usize, most: usize) -> Vec<&str> {
        let mut examples: Vec<&str> = Vec::new();
        for row in 0..self.rows.len().min(LOOKED_AT) {
            let cell = self.cell(row, column);
            if examples.len() < most && !cell.is_empty() && !examples.contains(&cell) {
                examples.push(cell);
            }
        }
        examples
    }

    /// The place of the column of this name, whatever its case and punctuation.
    pub fn column(&self, name: &str) -> Option<usize> {
        let wanted = plain(name);
        let exactly = self.columns.iter().position(|column| column.name == name);
        exactly.or_else(|| self.columns.iter().position(|column| plain(&column.name) == wanted))
    }

    /// The cell of a row in a column; empty where there is none.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.cell(row, column)
    }

    /// The columns of e-mail addresses, the surest first: those that say so by their names, then user names
    /// that are addresses, then what is only filled with addresses.
    pub fn emails(&self) -> Vec<usize> {
        let with = |wanted: fn(&(Role, Ground)) -> bool| {
            let columns = self.columns.iter().enumerate();
            columns.filter(move |(_, column)| column.role.as_ref().is_some_and(wanted)).map(|(at, _)| at)
        };
        let named = with(|(role, ground)| *role == Role::Email && *ground != Ground::Contents);
        let logins = with(|(role, _)| *role == Role::Login).filter(|at| self.holds_addresses(*at));
        let filled = with(|(role, ground)| *role == Role::Email && *ground == Ground::Contents);
        named.chain(logins).chain(filled).collect()
    }

    /// The person of a row, for people: the e-mail address, or what else tells who it is.
    pub fn label(&self, row: usize) -> &str {
        let of = |wanted: Role| {
            let columns = self.columns.iter().enumerate();
            let mut columns = columns.filter(move |(_, it)| it.role.is_some_and(|(role, _)| role == wanted));
            columns.find_map(|(at, _)| Some(self.cell(row, at)).filter(|cell| !cell.is_empty()))
        };
        let first = || self.rows.row(row).find(|cell| !cell.is_empty());
        of(Role::Email).or_else(|| of(Role::Login)).or_else(|| of(Role::Name)).or_else(first).unwrap_or("")
    }

    fn add(&mut self, row: &[String]) {
        self.left_out += usize::from(!self.rows.push(row.iter()));
    }

    /// Whether nearly all of a column's first cells are e-mail addresses.
    fn holds_addresses(&self, column: usize) -> bool {
        let cells = (0..self.rows.len().min(LOOKED_AT)).map(|row| self.cell(row, column));
        let filled: Vec<&str> = cells.filter(|cell| !cell.is_empty()).collect();
        let addresses = filled.iter().filter(|cell| is_address(cell)).count();
        !filled.is_empty() && addresses * 10 >= filled.len() * 9
    }
}

/// Whether a text looks like one e-mail address.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let is_of = |c: char| !c.is_whitespace() && !['@', ',', ';', '<', '>'].contains(&c);
    !local.is_empty() && domain.contains('.') && local.chars().chain(domain.chars()).all(is_of)
}

/// A name as it is compared: small letters and digits alone.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A table. Lines before its head that are none of it are passed: PowerShell's `#TYPE`, the version of a
/// template of Entra ID.
fn of_table(content: &str) -> Result<Directory, Text> {
    let is_before = |line: &str| line.starts_with("#TYPE") || line.to_lowercase().starts_with("version:");
    let mut content = content;
    while let Some((_, rest)) = content.split_once('\n').filter(|(line, _)| is_before(line)) {
        content = rest;
    }
    let head = content.lines().next().unwrap_or_default();
    let count = |delimiter: &char| head.matches(*delimiter).count();
    let delimiter = DELIMITERS.into_iter().rev().max_by_key(count).filter(|it| count(it) > 0);
    let delimiter = delimiter.ok_or_else(|| text!("directory.no-columns"))?;
    let mut reader = ReaderBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(content.as_bytes());
    let mut records = reader.records();
    let first = records.next().and_then(Result::ok).ok_or_else(|| text!("directory.no-columns"))?;
    // A Markdown table begins and ends with its delimiter.
    let (edge, until) = match delimiter {
        '|' => (usize::from(first.get(0) == Some("")), usize::from(first.iter().next_back() == Some(""))),
        _ => (0, 0),
    };
    let width = first.len().saturating_sub(edge + until).min(DIRECTORY_COLUMNS);
    let cells = |record: &StringRecord| -> Vec<String> {
        record.iter().skip(edge).chain(std::iter::repeat("")).take(width).map(str::to_owned).collect()
    };
    let head = cells(&first);
    let is_head = !head.iter().any(|cell| is_address(cell));
    let numbered = (1..=width).map(|number| text!("directory.column", number = number).to_string());
    let names: Vec<String> = if is_head { head.clone() } else { numbered.collect() };
    let mut list = Directory {
        columns: names.into_iter().map(|name| Column { name, role: None }).collect(),
        ..Directory::default()
    };
    if !is_head {
        list.add(&head);
    }
    let is_unclosed = content.matches('"').count() % 2 == 1;
    for record in records {
        match record.map(|record| cells(&record)) {
            // The line under the head of a Markdown table, or a row of nothing.
            Ok(row) if row.iter().all(|cell| cell.chars().all(|c| matches!(c, '-' | ':'))) => {}
            // Behind a quotation mark that nothing closes all rows are one cell.
            Ok(row) if is_unclosed && row.iter().any(|cell| cell.matches('\n').count() > 1) => {
                list.unreadable += 1;
                list.damage = Some(text!("directory.unclosed", rows = list.rows.len()).to_string());
            }
            Ok(row) => list.add(&row),
            Err(_) => list.unreadable += 1,
        }
    }
    Ok(list)
}

/// A list in JSON.
fn of_json(content: &str) -> Result<Directory, Text> {
    let mut list = Directory::default();
    let (mut places, mut row) = (HashMap::new(), Vec::new());
    let mut is_any = false;
    let read = people::each(content, &mut |person| {
        is_any = true;
        let Value::Object(fields) = person else {
            list.unreadable += 1;
            return;
        };
        row.clear();
        take(&mut list.columns, &mut places, &mut row, "", fields, LEVELS);
        list.add(&row);
    });
    match read {
        Ok(()) if !is_any => Err(text!("directory.no-columns")),
        Ok(()) => Ok(list),
        Err(error) if list.rows.is_empty() => {
            Err(text!("directory.no-json", error = redact::json_error(&error)))
        }
        Err(error) => {
            let error = redact::json_error(&error);
            list.damage = Some(text!("directory.damaged", rows = list.rows.len(), error = error).to_string());
            Ok(list)
        }
    }
}

/// Puts the texts, numbers and truth values of an object into its row, each into the column of its name.
fn take(
    columns: &mut Vec<Column>,
    places: &mut HashMap<String, usize>,
    row: &mut Vec<String>,
    before: &str,
    fields: Map<String, Value>,
    levels: usize,
) {
    for (name, value) in fields {
        let name = if before.is_empty() { name } else { format!("{before}.{name}") };
        // Keycloak has a list of each attribute.
        let value = match value {
            Value::Array(list) if list.len() == 1 => list.into_iter().next().unwrap_or_default(),
            value => value,
        };
        let cell = match value {
            Value::String(text) => text,
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            Value::Object(fields) if levels > 1 => {
                take(columns, places, row, &name, fields, levels - 1);
                continue;
            }
            _ => continue,
        };
        let at = match places.get(&name) {
            Some(at) => *at,
            None if columns.len() < DIRECTORY_COLUMNS => {
                let at = columns.len();
                places.insert(name.clone(), at);
                columns.push(Column { name, role: None });
                at
            }
            None => continue,
        };
        if row.len() <= at {
            row.resize(at + 1, String::new());
        }
        if let Some(place) = row.get_mut(at) {
            *place = cell;
        }
    }
}

#[cfg(test)]
mod tests;
