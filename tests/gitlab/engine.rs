//! Applies a recipe to a saved page, as the extension's `content/read.js` does, with Servo's selector engine.

use anyhow::{Context, Result, anyhow};
use samlight::gitlab::pages::{Field, Page, Rows, Take, Variant};
use scraper::{ElementRef, Html, Selector};
use std::{collections::BTreeMap, path::Path};

/// The content that was read of a page.
pub(super) struct Reading {
    /// The generation whose marker matched first.
    pub(super) variant: &'static Variant,
    /// Key and value of each match.
    pub(super) fields: BTreeMap<String, Vec<String>>,
    /// Key and value of each cell.
    pub(super) rows: Vec<BTreeMap<String, String>>,
    /// Fields and cells that matched more or less often than their recipe expects.
    pub(super) miscounted: Vec<String>,
}

/// Reads the page at `path`.
pub(super) fn read(path: &Path, page: &'static Page) -> Result<Reading> {
    let html = Html::parse_document(&std::fs::read_to_string(path)?);
    let root = html.root_element();
    let mut chosen = None;
    for variant in page.variants {
        if chosen.is_none() && matches(root, variant.marker)?.next().is_some() {
            chosen = Some(variant);
        }
    }
    let variant = chosen.context("no variant's marker matches")?;
    let mut reading = Reading { variant, fields: BTreeMap::new(), rows: Vec::new(), miscounted: Vec::new() };
    for field in variant.fields {
        let values = reading.values(root, field)?;
        if !values.is_empty() {
            reading.fields.insert(field.key.to_owned(), values);
        }
    }
    if let Some(rows) = &variant.rows {
        for row in matches(root, rows.row)? {
            let cells = reading.cells(row, rows)?;
            reading.rows.push(cells);
        }
    }
    reading.count_anchors(root)?;
    Ok(reading)
}

/// The place where the content script puts a note that is on more than one value.
pub(super) struct NotePlace {
    /// The heading of the section that it is in.
    pub(super) heading: String,
    /// Whether all tables of that section are in it.
    pub(super) holds_table: bool,
}

/// The first place on the page at `path` that `variant` has for `key`, as `content/notes.js` takes it.
pub(super) fn place_of(path: &Path, variant: &Variant, key: &str) -> Result<Option<NotePlace>> {
    let html = Html::parse_document(&std::fs::read_to_string(path)?);
    for (_, selector) in variant.anchors.iter().filter(|(anchor, _)| *anchor == key) {
        let Some(place) = matches(html.root_element(), selector)?.next() else { continue };
        let mut above = place.ancestors().filter_map(ElementRef::wrap);
        let section = above.find(|element| element.value().name() == "section").context("a section")?;
        let heading =
            matches(section, ".page-title")?.next().map(|heading| heading.text().collect::<String>());
        let mut tables = matches(section, "table")?;
        let holds_table = tables.all(|table| table.ancestors().any(|above| above.id() == place.id()));
        let heading = heading.unwrap_or_default().trim().to_owned();
        return Ok(Some(NotePlace { heading, holds_table }));
    }
    Ok(None)
}

/// The page's own text in the element that a note of `row` on `cell` is put into; `None` where there is none.
pub(super) fn text_at(
    path: &Path,
    variant: &Variant,
    row: Option<usize>,
    cell: &str,
) -> Result<Option<String>> {
    let html = Html::parse_document(&std::fs::read_to_string(path)?);
    let root = html.root_element();
    let (below, anchors) = match (row, &variant.rows) {
        (None, _) => (Some(root), variant.anchors),
        (Some(row), Some(rows)) => (matches(root, rows.row)?.nth(row), rows.anchors),
        (Some(_), None) => (None, &[][..]),
    };
    let Some(below) = below else { return Ok(None) };
    for (_, selector) in anchors.iter().filter(|(anchor, _)| *anchor == cell) {
        if let Some(place) = matches(below, selector)?.next() {
            return Ok(Some(place.text().collect()));
        }
    }
    Ok(None)
}

impl Reading {
    fn cells(&mut self, row: ElementRef<'_>, rows: &Rows) -> Result<BTreeMap<String, String>> {
        let mut cells = BTreeMap::new();
        for cell in rows.cells {
            let values = self.values(row, cell)?;
            if !values.is_empty() {
                cells.insert(cell.key.to_owned(), values.join("\n"));
            }
        }
        Ok(cells)
    }

    /// The matches of the first selector that has any.
    fn values(&mut self, below: ElementRef<'_>, field: &Field) -> Result<Vec<String>> {
        let mut values = Vec::new();
        for selector in field.selectors {
            let found: Vec<String> =
                matches(below, selector)?.filter_map(|element| taken(element, field.take)).collect();
            if values.is_empty() {
                values = found;
            }
        }
        self.count(field.key, field.expected.allows(values.len()));
        Ok(values)
    }

    /// Notes on what was read have one place each; a page may show several messages, and the first gets the
    /// note.
    fn count_anchors(&mut self, root: ElementRef<'_>) -> Result<()> {
        for (key, selector) in self.variant.anchors {
            let read = self.fields.get(*key).map_or(0, Vec::len);
            let places = matches(root, selector)?.count();
            self.count(
                &format!("anchor of {key}"),
                if read == 1 { places == 1 } else { places >= read.min(1) },
            );
        }
        let Some(rows) = &self.variant.rows else { return Ok(()) };
        for row in matches(root, rows.row)? {
            for (key, selector) in rows.anchors {
                let places = matches(row, selector)?.count();
                self.count(&format!("anchor of {key}"), places == 1);
            }
        }
        Ok(())
    }

    fn count(&mut self, what: &str, as_expected: bool) {
        if !as_expected {
            self.miscounted.push(what.to_owned());
        }
    }
}

/// The elements below `below` that a selector matches, in document order.
fn matches<'a>(below: ElementRef<'a>, selector: &str) -> Result<impl Iterator<Item = ElementRef<'a>>> {
    let parsed = Selector::parse(selector).map_err(|error| anyhow!("{selector}: {error:?}"))?;
    Ok(below
        .descendent_elements()
        .filter(move |element| parsed.matches(element))
        .skip_while(move |element| element.id() == below.id()))
}

fn taken(element: ElementRef<'_>, take: Take) -> Option<String> {
    Some(match take {
        Take::Text => element.text().collect(),
        Take::Value => element.attr("value").unwrap_or_default().to_owned(),
        Take::Attribute(name) => element.attr(name).unwrap_or_default().to_owned(),
        Take::Between(start, end) => {
            let text: String = element.text().collect();
            text.split_once(start)?.1.split_once(end).map(|(between, _)| between.to_owned())?
        }
    })
}
