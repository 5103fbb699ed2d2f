//! GitLab's checks of the Response, in its order: a list with what is checked, how it went, and why.
//!
//! Each state is shown as the shape of an icon, a colour and a word. Checks that passed take one line.

use crate::{
    base::signals::{each, live, part},
    parts::{section::section_of, severity},
};
use samlight::{
    base::severity::Severity,
    text,
    view::acceptance::{AcceptanceView, CheckView},
};
use sycamore::prelude::*;
use sycamore::web::tags::{div, li, ol, p, span};

/// The section; nothing where no Response was seen.
pub(crate) fn acceptance(acceptance: ReadSignal<Option<AcceptanceView>>) -> View {
    let shown = part(acceptance, |acceptance| acceptance.clone().into_iter().collect::<Vec<_>>());
    section_of("acceptance", &text!("acceptance.heading"), shown, move || {
        div().children(each(shown, |at, _| at, content)).into()
    })
}

fn content(acceptance: ReadSignal<AcceptanceView>) -> View {
    let more = part(acceptance, |acceptance| acceptance.more.clone());
    let checks = part(acceptance, |acceptance| acceptance.checks.clone());
    View::from((
        severity::sentence(part(acceptance, |acceptance| acceptance.verdict.clone())),
        div().children(each(more, |at, _| at, |line| p().children(live(move || line.get_clone())).into())),
        ol().class("checks").children(each(checks, |at, _| at, check)),
    ))
}

fn check(check: ReadSignal<CheckView>) -> View {
    let severity = part(check, |check| check.severity);
    let why = part(check, |check| check.text.clone().into_iter().collect::<Vec<_>>());
    let is_fine = move || severity.get() == Severity::Good;
    li().attr("data-severity", move || severity::name(severity.get()))
        .attr("data-check", move || check.with(|check| check.id.clone()))
        .children((
            severity::icon(move || severity.get()),
            // That it passed is seen by the icon; what did not is said aloud for everybody.
            span()
                .class(move || if is_fine() { "unseen" } else { "state" })
                .children(live(move || check.with(|check| format!("{}: ", check.word)))),
            span().children(live(move || check.with(|check| check.title.clone()))),
            div().children(each(
                why,
                |at, _| at,
                |line| p().class("quiet").children(live(move || line.get_clone())).into(),
            )),
        ))
        .into()
}
