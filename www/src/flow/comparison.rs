//! The comparisons: two values one above the other, character by character, and GitLab's verdict.
//!
//! The values stand in a fixed-width face under each other, so that the eye finds the place where they part
//! ([`value`](crate::parts::value)).

use crate::{
    app::App,
    base::signals::{each, live, part},
    parts::{section::section_of, severity, value::value},
};
use samlight::{
    comparison::Verdict,
    text,
    view::{ComparisonRow, ComparisonView},
};
use sycamore::prelude::*;
use sycamore::web::tags::{article, div, dl, h4, p, span};

/// The section; nothing while nothing was compared.
pub(crate) fn comparison(app: &App, comparison: ReadSignal<ComparisonView>) -> View {
    let rows = part(comparison, |comparison| {
        comparison.rows.iter().filter(|row| says_something(row)).cloned().collect()
    });
    let app = app.clone();
    section_of("comparison", &text!("ui.comparison.heading"), rows, move || {
        let app = app.clone();
        View::from((
            p().class("attribution")
                .children(live(move || comparison.with(|comparison| comparison.attribution.clone()))),
            div().children(each(rows, |at, _| at, move |one| row(&app, one))),
        ))
    })
}

/// Whether anything was compared.
pub(super) fn has_rows(comparison: &ComparisonView) -> bool {
    comparison.rows.iter().any(says_something)
}

/// A row of which neither side was seen is left out.
fn says_something(row: &ComparisonRow) -> bool {
    row.verdict != Verdict::Unknown || row.left.value.is_some() || row.right.value.is_some()
}

fn row(app: &App, row: ReadSignal<ComparisonRow>) -> View {
    let severity = part(row, |row| row.severity);
    article()
        .class("card compared")
        .attr("data-severity", move || severity::name(severity.get()))
        .attr("data-verdict", move || verdict_name(row))
        .children((
            h4().children(live(move || row.with(|row| row.label.clone()))),
            dl().class("values").children((
                value(app, part(row, |row| row.left.clone())),
                value(app, part(row, |row| row.right.clone())),
            )),
            p().class("row-verdict").children((
                severity::badge(move || severity.get()),
                " ",
                span().children(live(move || row.with(|row| row.text.clone()))),
            )),
            p().class("quiet").children(live(move || row.with(|row| row.rule.clone()))),
        ))
        .into()
}

/// The verdict's name as in every output of Samlight: `case-only`.
fn verdict_name(row: ReadSignal<ComparisonRow>) -> Option<String> {
    serde_json::to_value(row.with(|row| row.verdict)).ok()?.as_str().map(str::to_owned)
}
