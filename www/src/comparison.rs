//! What was compared with what: two values one above the other, character by character, and GitLab's verdict.
//!
//! The values stand in a fixed-width face under each other, so that the eye finds the place where they part. What
//! differs is marked, and what cannot be seen is shown as a boxed sign that carries its name.

use crate::{app::App, controls::copy_button, flow::section_of, live::each, live::part, severity};
use samlight::{
    comparison::Verdict,
    text,
    view::{ComparisonRow, ComparisonView, Mark, Run, ValueView, runs},
};
use sycamore::prelude::*;
use sycamore::web::tags::{article, code, dd, div, dl, dt, em, h4, mark, p, span};

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
                .children(move || comparison.with(|comparison| comparison.attribution.clone())),
            div().children(each(rows, |at, _| at, move |one| row(&app, one))),
        ))
    })
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
            h4().children(move || row.with(|row| row.label.clone())),
            dl().class("values").children((
                value(app, part(row, |row| row.left.clone())),
                value(app, part(row, |row| row.right.clone())),
            )),
            p().class("row-verdict").children((
                severity::badge(move || severity.get()),
                " ",
                span().children(move || row.with(|row| row.text.clone())),
            )),
            p().class("quiet").children(move || row.with(|row| row.rule.clone())),
        ))
        .into()
}

/// The verdict's name as in every output of Samlight: `case-only`.
fn verdict_name(row: ReadSignal<ComparisonRow>) -> Option<String> {
    serde_json::to_value(row.with(|row| row.verdict)).ok()?.as_str().map(str::to_owned)
}

/// One value: its name, the value with its marks, where it was seen. For a `dl`.
pub(crate) fn value(app: &App, value: ReadSignal<ValueView>) -> View {
    let shown = part(value, |value| (value.value.clone(), value.runs.clone()));
    let app = app.clone();
    View::from((
        dt().children(move || value.with(|value| value.label.clone())),
        dd().children((
            div().class("value").children(move || {
                let (exact, runs) = shown.get_clone();
                match exact {
                    None => em().children(text!("ui.value.absent").to_string()).into(),
                    Some(exact) if exact.is_empty() => {
                        em().children(text!("ui.value.empty").to_string()).into()
                    }
                    Some(exact) => View::from((
                        of_runs(runs),
                        copy_button(&app, &value.with(|value| value.label.clone()), move || exact.clone()),
                    )),
                }
            }),
            div().class("quiet").children(move || value.with(|value| value.seen.clone())),
        )),
    ))
}

/// A value by itself, its invisible characters with their marks; compared with `other` where there is one.
pub(crate) fn exact(value: &str, other: Option<&str>) -> View {
    of_runs(runs(value, other))
}

fn of_runs(runs: Vec<Run>) -> View {
    code().class("exact").children(runs.into_iter().map(run).collect::<Vec<_>>()).into()
}

/// One run. An invisible character is an image with a name: read aloud, shown as a tip, and a boxed sign.
fn run(run: Run) -> View {
    match (run.mark, run.name) {
        (Mark::Plain, None) => run.text.into(),
        (Mark::Differs, None) => mark().class("differs").children(run.text).into(),
        (Mark::Invisible, None) => span().class("invisible").children(run.text).into(),
        (kind, Some(name)) => span()
            .class(if kind == Mark::Plain { "named" } else { "invisible" })
            .attr("role", "img")
            .attr("aria-label", name.clone())
            .title(name)
            .children(run.text)
            .into(),
    }
}
