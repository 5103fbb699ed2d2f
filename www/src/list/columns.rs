//! The compact list: one line a sign-in, in columns that can be chosen and sorted by.
//!
//! The choice stays until the page is closed. The list is a listbox, whose lines have no cells for a
//! screen reader: each line reads as one sentence, and the heads are buttons that say how the lines are
//! sorted. Where there is no room, the style sheet leaves out the columns at the end.

use crate::{
    app::App,
    base::{
        local_time,
        signals::{each, live, part},
    },
    parts::{section::private_badge, severity},
};
use samlight::{
    base::catalogue::Text,
    text,
    view::{
        FlowLine,
        search::{Column, Query, Sort},
    },
};
use std::collections::BTreeSet;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, details, div, input, label, span, summary},
};

/// All columns, in their order.
const COLUMNS: [Column; 6] =
    [Column::Time, Column::Verdict, Column::Who, Column::Group, Column::Host, Column::Tab];

fn name(column: Column) -> &'static str {
    match column {
        Column::Time => "time",
        Column::Verdict => "verdict",
        Column::Who => "who",
        Column::Group => "group",
        Column::Host => "host",
        Column::Tab => "tab",
    }
}

fn heading(column: Column) -> Text {
    match column {
        Column::Time => text!("ui.column.time"),
        Column::Verdict => text!("ui.column.verdict"),
        Column::Who => text!("ui.column.who"),
        Column::Group => text!("ui.column.group"),
        Column::Host => text!("ui.column.host"),
        Column::Tab => text!("ui.column.tab"),
    }
}

/// The switch between two lines a sign-in and one.
pub(super) fn switch(app: &App) -> View {
    let compact = app.compact;
    button()
        .r#type("button")
        .class("small compact")
        .attr("aria-pressed", move || compact.get().to_string())
        .on(events::click, move |_| compact.set(!compact.get()))
        .children(text!("ui.list.compact").to_string())
        .into()
}

/// The names of the columns that are left out, for the style sheet.
pub(super) fn left_out(app: &App) -> ReadSignal<String> {
    part(*app.left_out, |left_out| left_out.iter().map(|column| name(*column)).collect::<Vec<_>>().join(" "))
}

/// The heads of the columns, by which the list is sorted. Only of the compact list.
pub(super) fn heads(app: &App) -> View {
    let app = app.clone();
    live(move || {
        let app = app.clone();
        app.compact.get().then(|| {
            let heads = COLUMNS.into_iter().map(|column| head(&app, column)).collect::<Vec<_>>();
            View::from(
                div()
                    .class("sorting")
                    .attr("role", "group")
                    .attr("aria-label", text!("ui.column.sort").to_string())
                    .children(heads),
            )
        })
    })
}

fn head(app: &App, column: Column) -> View {
    let sort = part(*app.query, |query| query.sort);
    let mine = create_selector(move || sort.get().filter(|sort| sort.by == column));
    let order = move || match mine.get() {
        None => "",
        Some(Sort { is_ascending: true, .. }) => " ▲",
        Some(_) => " ▼",
    };
    let app = app.clone();
    button()
        .r#type("button")
        .class("cell")
        .attr("data-column", name(column))
        .attr("aria-pressed", move || mine.get().is_some().to_string())
        .on(events::click, move |_| app.filter(|query| sort_by(query, column)))
        .children((heading(column).to_string(), live(move || span().children(order()))))
        .into()
}

/// Sorts by `column`; by the one that it is sorted by already the other way round.
fn sort_by(query: &mut Query, column: Column) {
    // What people look for first: the newest, the worst, and names from A.
    let first = !matches!(column, Column::Time | Column::Verdict);
    let is_ascending = match query.sort {
        Some(sort) if sort.by == column => !sort.is_ascending,
        _ => first,
    };
    query.sort = Some(Sort { by: column, is_ascending });
}

/// The choice of the columns. Only of the compact list.
pub(super) fn choice(app: &App) -> View {
    let (compact, left_out) = (app.compact, app.left_out);
    live(move || compact.get().then(|| choice_of(left_out)))
}

fn choice_of(left_out: Signal<BTreeSet<Column>>) -> View {
    let one = |column: Column| {
        let is_shown = move || left_out.with(|left_out| !left_out.contains(&column));
        View::from(label().children((
            input().r#type("checkbox").checked(is_shown).on(events::change, move |_| {
                left_out.update(|left_out| {
                    if !left_out.remove(&column) {
                        left_out.insert(column);
                    }
                });
            }),
            span().children(heading(column).to_string()),
        )))
    };
    details()
        .class("column-choice")
        .children((
            summary().children(text!("ui.column.choose").to_string()),
            div().children(COLUMNS.into_iter().map(one).collect::<Vec<_>>()),
        ))
        .into()
}

/// The cells of one line.
pub(super) fn cells(line: ReadSignal<FlowLine>) -> View {
    let cell = |column: Column, content: View| {
        View::from(span().class("cell").attr("data-column", name(column)).children(content))
    };
    let text = |pick: fn(&FlowLine) -> String| live(move || line.with(pick));
    let time = View::from((
        span().class("day").children(text(|line| format!("{} ", local_time::at(&line.started).day))),
        text(|line| local_time::at(&line.started).time),
    ));
    let verdict = View::from((
        severity::icon(move || line.with(|line| line.verdict.severity)),
        span().class("unseen").children(text(|line| format!("{}: ", severity::word(line.verdict.severity)))),
        text(|line| line.verdict.text.clone()),
    ));
    let who = View::from((text(|line| line.who.clone().unwrap_or_default()), private_badge(line)));
    View::from((
        cell(Column::Time, time),
        cell(Column::Verdict, verdict),
        cell(Column::Who, who),
        cell(Column::Group, text(|line| line.group.clone().unwrap_or_default())),
        cell(Column::Host, text(|line| line.host.clone().unwrap_or_default())),
        cell(Column::Tab, text(|line| line.tab.map(|tab| tab.to_string()).unwrap_or_default())),
    ))
}

/// The choice of a verdict, each with the number of sign-ins that have it; nothing while there is only one.
pub(super) fn verdicts(app: &App) -> View {
    let (overview, query) = (app.overview, app.query);
    let facets =
        create_selector(move || overview.with(|o| o.as_ref().map(|o| o.facets.clone()).unwrap_or_default()));
    let several = create_selector(move || {
        facets.with(|facets| facets.len() > 1) || query.with(|query| query.verdict.is_some())
    });
    let app = app.clone();
    live(move || {
        let app = app.clone();
        let chosen = app.query;
        several.get().then(|| {
            View::from(label().children((
                span().class("unseen").children(text!("ui.column.verdict").to_string()),
                super::search::choice_of(
                    move |verdict| app.filter(|query| query.verdict = verdict),
                    move || chosen.with(|query| query.verdict.is_none()),
                    text!("ui.search.any-verdict"),
                    each(
                        facets,
                        |_, facet| facet.verdict.text.clone(),
                        |facet| {
                            super::search::one_of(
                                part(facet, |facet| facet.verdict.text.clone()),
                                part(facet, |facet| {
                                    let verdict = &facet.verdict.text;
                                    text!("ui.search.verdict", verdict = verdict, count = facet.count)
                                        .to_string()
                                }),
                            )
                        },
                    ),
                ),
            )))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_sorts_as_people_look_first_and_then_the_other_way_round() {
        for (column, first) in [(Column::Time, false), (Column::Verdict, false), (Column::Who, true)] {
            let mut query = Query::default();
            for is_ascending in [first, !first, first] {
                sort_by(&mut query, column);
                assert_eq!(query.sort, Some(Sort { by: column, is_ascending }));
            }
            sort_by(&mut query, Column::Group);
            assert_eq!(query.sort, Some(Sort { by: Column::Group, is_ascending: true }));
        }
    }
}
