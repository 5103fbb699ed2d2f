//! Pieces of a page around its values: a section with its heading, a verdict, what to do, where a sign-in was
//! captured, and that something is on its way.

use super::severity;
use crate::base::signals::{each, live, part, while_any};
use samlight::{
    base::{
        catalogue::Text,
        severity::{Sentence, Step},
    },
    gitlab::docs,
    scim::Statement,
    text,
    view::FlowLine,
};
use sycamore::prelude::*;
use sycamore::web::tags::{a, div, h3, li, ol, p, section, span};

/// A section with a heading that is there only while `list` has entries.
pub(crate) fn section_of<T: Clone + PartialEq + 'static>(
    class: &'static str,
    heading: &Text,
    list: ReadSignal<Vec<T>>,
    content: impl Fn() -> View + 'static,
) -> View {
    let heading = heading.to_string();
    while_any(list, move || {
        section().class(class).children((h3().children(heading.clone()), content())).into()
    })
}

/// The verdict, large, with what belongs right under it.
pub(crate) fn verdict(verdict: ReadSignal<Sentence>, under: View) -> View {
    let severity = part(verdict, |verdict| verdict.severity);
    div()
        .class("verdict")
        .attr("data-severity", move || severity::name(severity.get()))
        .children((
            severity::badge(move || severity.get()),
            p().class("verdict-text").children(live(move || verdict.with(|verdict| verdict.text.clone()))),
            under,
        ))
        .into()
}

/// The steps to take, in order.
pub(crate) fn steps(steps: ReadSignal<Vec<Step>>) -> View {
    ol().class("steps").children(each(steps, |at, _| at, step)).into()
}

/// One statement of an answer, in a list of them.
pub(crate) fn statement(Statement { heading, sentences, steps: to_do }: Statement) -> View {
    let sentences = sentences.into_iter().map(|it| severity::sentence(*create_signal(it)));
    li().children((
        heading.map(|heading| View::from(h3().children(heading))),
        sentences.collect::<Vec<_>>(),
        (!to_do.is_empty()).then(|| steps(*create_signal(to_do))),
    ))
    .into()
}

fn step(step: ReadSignal<Step>) -> View {
    li().children(step_words(step)).into()
}

/// The words of a step: by whom, what is done, and the page that says more.
pub(crate) fn step_words(step: ReadSignal<Step>) -> View {
    let by = part(step, |step| step.by);
    View::from((
        live(move || {
            by.get().map(|by| View::from((span().class("actor").children(by.text().to_string()), " ")))
        }),
        span().children(live(move || step.with(|step| step.text.clone()))),
        live(move || {
            let Step { text, link: address, .. } = step.get_clone();
            address.and_then(|address| link(address, &text))
        }),
    ))
}

/// A link to public documentation, or to the page that `text` names; nothing unless it leads to an https
/// page.
fn link(address: String, text: &str) -> Option<View> {
    let place = address.strip_prefix("https://")?.split('/').next()?;
    let label = match docs::title(&address) {
        Some(title) => text!("ui.link.titled", title = title),
        None if text.contains(&address) => text!("ui.link.open"),
        None => text!("ui.link", place = place),
    };
    let label = label.to_string();
    Some(View::from((
        " ",
        a().class("more").href(address).target("_blank").rel("noreferrer").children(label),
    )))
}

/// Says where a sign-in was captured when that was no ordinary window of this browser: a private one, a
/// container, a file.
pub(crate) fn private_badge(line: ReadSignal<FlowLine>) -> View {
    let labels = part(line, |line| {
        let private = line.private.then(|| text!("ui.private").to_string());
        private.into_iter().chain(line.container.clone()).chain(line.file.clone()).collect::<Vec<_>>()
    });
    each(labels, |at, _| at, |label| span().class("private").children(live(move || label.get_clone())).into())
}

/// Seen only when an answer takes long (the style sheet waits before it shows it).
pub(crate) fn loading() -> View {
    p().class("loading").attr("role", "status").children(text!("ui.loading").to_string()).into()
}
