//! The table of members: a grid (WAI-ARIA) whose selection follows the arrow keys, sorted by its column
//! headings.
//!
//! Only the part that the answer brought is in the page ([`scroll`](crate::parts::scroll)). The focus stays
//! on the grid itself (`aria-activedescendant`), because a row that has the focus could scroll away and take
//! it along.

use super::{bring, choose, choose_at, filter, tools::show_all};
use crate::{
    app::{App, group::GroupState},
    base::{
        keys::{Axis, target},
        signals::{each, live, part},
    },
    parts::{
        scroll::{LineSelectors, ListPart, leave_room},
        severity, value,
    },
};
use samlight::{
    base::catalogue::Text,
    group::{
        check::GroupView,
        members::Identity,
        table::{Column, Query, RowView, WINDOW},
    },
    text,
    view::alike,
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, p, span},
};

/// The content of a column's cell; absent where nothing is known.
type Cell = fn(&RowView) -> Option<&str>;

/// By what a column is sorted, its heading, its cells.
type Shown = (Column, fn() -> Text, Cell);

/// The columns after the verdict; that of what is expected where there is a list of people.
const COLUMNS: [Shown; 6] = [
    (Column::Name, || text!("ui.group.column.member"), |row| Some(&row.label)),
    (Column::Email, || text!("ui.group.column.email"), |row| row.email.as_deref()),
    (Column::NameId, || text!("ui.group.column.name-id"), |row| row.name_id.as_deref()),
    (Column::Expected, || text!("ui.group.column.expected"), |row| row.expected.as_ref()?.value.as_deref()),
    (Column::Saml, || text!("ui.group.column.saml"), |row| row.saml.as_deref()),
    (Column::Scim, || text!("ui.group.column.scim"), |row| row.scim.as_deref()),
];

const LINES: LineSelectors =
    LineSelectors { line: ".grid-body > [role=row]", heading: ".grid-head", id: "member-" };

fn columns(has_list: bool) -> Vec<Shown> {
    COLUMNS.into_iter().filter(|(column, ..)| has_list || *column != Column::Expected).collect()
}

/// A row with its position among all that were found.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    row: RowView,
    position: usize,
}

/// The table; with a column for what is expected where there is a list of people. `opened` is called when a
/// member is opened, by Enter, and the focus should go there.
pub(super) fn grid(app: &App, has_list: bool, opened: impl Fn() + 'static) -> View {
    let group = app.group.clone();
    let view = create_selector(move || group.view());
    let of = move |pick: fn(&GroupView) -> ListPart| {
        create_selector(move || view.with(|view| view.as_ref().map(|view| pick(view)).unwrap_or_default()))
    };
    let here = of(part_of);
    let entries = create_selector(move || view.with(|view| view.as_ref().map(entries).unwrap_or_default()));
    let chosen = part(view, |view| {
        let chosen = view.as_ref()?.table.chosen.as_ref()?;
        Some((chosen.row.id, chosen.position))
    });
    let position = part(chosen, |chosen| chosen.and_then(|(_, position)| position));
    let shown = create_selector(move || position.get().filter(|at| here.get().holds(*at)));
    let GroupState { grid: region, is_before, .. } = app.group;
    on_mount(move || {
        create_effect(move || leave_room(region, here.get()));
        create_effect(move || LINES.show(region, position.get()));
    });
    let (keys, scrolls, rows) = (app.clone(), app.clone(), app.clone());
    div()
        .class("grid-place")
        .children((
            live(move || {
                let words = || p().class("grid-before").children(text!("ui.group.before").to_string());
                is_before.get().then(|| View::from(words()))
            }),
            div()
                .attr("role", "grid")
                .attr("aria-busy", move || is_before.get().to_string())
                .attr("tabindex", "0")
                .attr("aria-label", text!("ui.group.table").to_string())
                .attr("aria-rowcount", move || (here.get().found + 1).to_string())
                .attr("aria-colcount", (columns(has_list).len() + 1).to_string())
                .attr("data-list", has_list.to_string())
                .attr("aria-activedescendant", move || shown.get().map(row_id))
                .class("grid")
                .r#ref(region)
                .on(events::keydown, move |event: web_sys::KeyboardEvent| {
                    on_key(&keys, &event, position.get_untracked(), here.get_untracked(), &opened);
                })
                .on(events::scroll, move |_: web_sys::Event| {
                    let wanted = LINES.wanted(region, here.get_untracked(), WINDOW);
                    wanted.into_iter().for_each(|at| bring(&scrolls, at));
                })
                .children((
                    div().attr("role", "rowgroup").class("grid-head").children(head(app, has_list)),
                    div().attr("role", "rowgroup").class("grid-body").children(each(
                        entries,
                        |_, entry| entry.row.id,
                        move |entry| row(&rows, has_list, entry, chosen),
                    )),
                )),
            nothing_found(app, part(here, |here| here.found == 0)),
        ))
        .into()
}

fn entries(view: &Rc<GroupView>) -> Vec<Entry> {
    let rows = view.table.rows.iter().cloned().enumerate();
    rows.map(|(at, row)| Entry { row, position: view.table.start + at }).collect()
}

fn part_of(view: &GroupView) -> ListPart {
    let table = &view.table;
    ListPart { start: table.start, length: table.rows.len(), found: table.found, headings: (0, 0) }
}

fn row_id(position: usize) -> String {
    format!("member-{position}")
}

/// Enter opens only from the grid itself: in it are buttons that have an Enter of their own.
fn on_key(
    app: &App,
    event: &web_sys::KeyboardEvent,
    position: Option<usize>,
    here: ListPart,
    opened: &impl Fn(),
) {
    let key = event.key();
    if event.target() != event.current_target() {
        return;
    }
    if key == "Enter" {
        event.prevent_default();
        opened();
    } else if let Some(to) = target(Axis::Down, &key, position, here.found) {
        event.prevent_default();
        choose_at(app, to);
    }
}

fn head(app: &App, has_list: bool) -> View {
    let verdict = (Column::Standing, text!("ui.group.column.verdict"));
    let others = columns(has_list).into_iter().map(|(column, heading, _)| (column, heading()));
    let headings = std::iter::once(verdict).chain(others).enumerate();
    let headings = headings.map(|(at, (column, words))| heading(app, at, column, &words)).collect::<Vec<_>>();
    div().attr("role", "row").attr("aria-rowindex", "1").children(headings).into()
}

/// A column's heading: it sorts by that column, and at the second time the other way round.
fn heading(app: &App, at: usize, column: Column, words: &Text) -> View {
    let query = app.group.query;
    let sorted = part(*query, move |query| (query.sort == column).then_some(query.descending));
    let app = app.clone();
    div()
        .attr("role", "columnheader")
        .attr("aria-colindex", (at + 1).to_string())
        .attr("aria-sort", move || match sorted.get() {
            None => "none",
            Some(false) => "ascending",
            Some(true) => "descending",
        })
        .children(
            button()
                .r#type("button")
                .on(events::click, move |_| {
                    filter(&app, |query| {
                        query.descending = query.sort == column && !query.descending;
                        query.sort = column;
                    });
                })
                .children((
                    span().children(words.to_string()),
                    span().attr("aria-hidden", "true").children(live(move || match sorted.get() {
                        None => "",
                        Some(false) => "▲",
                        Some(true) => "▼",
                    })),
                )),
        )
        .into()
}

fn row(
    app: &App,
    has_list: bool,
    entry: ReadSignal<Entry>,
    chosen: ReadSignal<Option<(u64, Option<usize>)>>,
) -> View {
    let id = entry.with_untracked(|entry| entry.row.id);
    let is_chosen = part(chosen, move |chosen| chosen.is_some_and(|(user, _)| user == id));
    let row = part(entry, |entry| entry.row.clone());
    let app = app.clone();
    let cells = columns(has_list).into_iter().enumerate().map(|(at, (column, _, cell))| match column {
        Column::Expected => expected(at + 2, row),
        Column::Name => member(at + 2, row),
        Column::NameId | Column::Saml | Column::Scim => identifier(at + 2, row, column, cell),
        _ => text_cell(at + 2, row, cell),
    });
    div()
        .attr("role", "row")
        .attr("id", move || row_id(entry.with(|entry| entry.position)))
        .attr("aria-rowindex", move || (entry.with(|entry| entry.position) + 2).to_string())
        .attr("aria-selected", move || is_chosen.get().to_string())
        .attr("data-severity", move || severity::name(row.with(|row| row.severity)))
        .on(events::click, move |_| choose(&app, id))
        .children((
            div().attr("role", "gridcell").attr("aria-colindex", "1").class("grid-verdict").children((
                severity::icon(move || row.with(|row| row.severity)),
                span().children(live(move || row.with(|row| row.word.clone()))),
            )),
            cells.collect::<Vec<_>>(),
        ))
        .into()
}

/// A cell. What does not fit is in its title.
fn text_cell(column: usize, row: ReadSignal<RowView>, cell: Cell) -> View {
    let text = part(row, move |row| cell(row).map(str::to_owned));
    div()
        .attr("role", "gridcell")
        .attr("aria-colindex", column.to_string())
        .attr("title", move || text.get_clone())
        .children(live(move || text.get_clone().unwrap_or_else(|| "–".to_owned())))
        .into()
}

/// The cell of what is expected: the value where there is one, and the standing as an icon and for the ear.
fn expected(column: usize, row: ReadSignal<RowView>) -> View {
    let known = part(row, |row| row.expected.clone());
    div()
        .attr("role", "gridcell")
        .attr("aria-colindex", column.to_string())
        .attr("title", move || {
            known
                .get_clone()
                .map(|it| it.value.map_or(it.word.clone(), |value| format!("{value}: {}", it.word)))
        })
        .class("grid-expected")
        .children(live(move || match known.get_clone() {
            None => View::from("–"),
            Some(it) => {
                let severity = it.severity;
                let words = it.value.clone().unwrap_or_else(|| it.word.clone());
                let unseen = it.value.is_some().then(|| View::from(span().class("unseen").children(it.word)));
                View::from((
                    span()
                        .class("expected-mark")
                        .attr("data-severity", severity::name(severity))
                        .children(severity::icon(move || severity)),
                    span().children(words),
                    unseen,
                ))
            }
        }))
        .into()
}

/// The cell of an identifier, in which the characters are marked that differ from the one that it is compared
/// with. What does not fit is in its title.
fn identifier(column: usize, row: ReadSignal<RowView>, of: Column, cell: Cell) -> View {
    let shown = part(row, move |row| Some((cell(row)?.to_owned(), compared(row, of).map(str::to_owned))));
    div()
        .attr("role", "gridcell")
        .attr("aria-colindex", column.to_string())
        .attr("title", move || shown.get_clone().map(|(value, _)| value))
        .children(live(move || match shown.get_clone() {
            Some((text, other)) => value::exact(&text, other.as_deref()),
            None => View::from("–"),
        }))
        .into()
}

/// The value that this column's is compared with, where the two differ and have enough in common that the
/// difference can be seen.
fn compared(row: &RowView, column: Column) -> Option<&str> {
    let (name_id, saml, scim) = (row.name_id.as_deref(), row.saml.as_deref(), row.scim.as_deref());
    let (identity, value, other) = match (column, name_id) {
        (Column::NameId, _) => (Identity::Saml, name_id, saml),
        (Column::Saml, Some(_)) => (Identity::Saml, saml, name_id),
        (Column::Saml, None) => (Identity::Scim, saml, scim),
        (Column::Scim, _) => (Identity::Scim, scim, saml.or(name_id)),
        _ => return None,
    };
    let value = value?;
    other.filter(|other| !identity.accepts(other, value) && alike(value, other))
}

/// The cell of the member: the name, and below it the user name.
fn member(column: usize, row: ReadSignal<RowView>) -> View {
    div()
        .attr("role", "gridcell")
        .attr("aria-colindex", column.to_string())
        .attr("title", move || row.with(|row| row.label.clone()))
        .class("grid-member")
        .children((
            span().children(live(move || row.with(|row| row.name.clone()))),
            live(move || {
                let handle = row.with(|row| row.handle.clone());
                handle.map(|handle| View::from((" ", span().class("quiet").children(handle))))
            }),
        ))
        .into()
}

/// Says that the filters leave nothing, and offers to drop them.
fn nothing_found(app: &App, nothing: ReadSignal<bool>) -> View {
    let query = app.group.query;
    let is_filter = part(*query, Query::narrows);
    let app = app.clone();
    live(move || {
        let app = app.clone();
        (nothing.get() && is_filter.get()).then(|| {
            View::from(
                div().class("nothing-found").children((
                    p().children(text!("ui.group.nothing").to_string()),
                    button()
                        .r#type("button")
                        .on(events::click, move |_| show_all(&app))
                        .children(text!("ui.search.all").to_string()),
                )),
            )
        })
    })
}
