//! A value character by character: what differs is marked, and what cannot be seen is a boxed sign with its
//! name.

use super::controls::copy_button;
use crate::{
    app::App,
    base::signals::{live, part},
};
use samlight::{
    text,
    view::{Mark, Run, ValueView, runs},
};
use sycamore::prelude::*;
use sycamore::web::tags::{code, dd, div, dt, em, mark, span};

/// One value: its name, the value with its marks, where it was seen. For a `dl`.
pub(crate) fn value(app: &App, value: ReadSignal<ValueView>) -> View {
    let shown = part(value, |value| (value.value.clone(), value.runs.clone()));
    let app = app.clone();
    View::from((
        dt().children(live(move || value.with(|value| value.label.clone()))),
        dd().children((
            div().class("value").children(live(move || {
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
            })),
            div().class("quiet").children(live(move || value.with(|value| value.seen.clone()))),
        )),
    ))
}

/// A value by itself, its invisible characters with their marks; compared with `other` where there is one.
pub(crate) fn exact(value: &str, other: Option<&str>) -> View {
    of_runs(runs(value, other))
}

/// A value with its marks.
pub(crate) fn of_runs(runs: Vec<Run>) -> View {
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
