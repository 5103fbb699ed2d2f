//! The list of sign-ins, newest first: a listbox (WAI-ARIA) whose selection follows the arrow keys.

use crate::{
    app::App,
    controls,
    keys::{Axis, target},
    live::{each, part},
    severity,
};
use samlight::{text, view::FlowLine};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{div, h2, li, span, time, ul},
};
use wasm_bindgen::JsCast;

/// The list. `opened` is called when a sign-in is opened, by Enter, and the focus should go to it.
pub(crate) fn list(app: &App, opened: impl Fn() + Copy + 'static) -> View {
    let overview = app.overview;
    let lines =
        create_selector(move || overview.with(|o| o.as_ref().map(|o| o.flows.clone()).unwrap_or_default()));
    let selected = create_selector({
        let app = app.clone();
        move || app.selected()
    });
    let heading = text!("ui.list.heading").to_string();
    div()
        .class("list")
        .children((
            h2().attr("id", "list-heading").children(heading),
            ul().attr("role", "listbox")
                .attr("aria-labelledby", "list-heading")
                .on(events::keydown, {
                    let app = app.clone();
                    move |event| on_key(&app, lines, selected, &event, opened)
                })
                .children({
                    let app = app.clone();
                    each(lines, |_, line| line.id.clone(), move |line| entry(&app, line, selected))
                }),
        ))
        .into()
}

fn on_key(
    app: &App,
    lines: ReadSignal<Vec<FlowLine>>,
    selected: ReadSignal<Option<String>>,
    event: &web_sys::KeyboardEvent,
    opened: impl Fn(),
) {
    let key = event.key();
    if key == "Enter" {
        event.prevent_default();
        app.hold();
        opened();
        return;
    }
    let moved = lines.with(|lines| {
        let at = selected.with(|selected| lines.iter().position(|line| Some(&line.id) == selected.as_ref()));
        target(Axis::Down, &key, at, lines.len()).and_then(|to| Some((to, lines.get(to)?.id.clone())))
    });
    if let Some((to, id)) = moved {
        event.prevent_default();
        app.choose(id);
        focus_entry(event, to);
    }
}

/// The entries are the list's children in the order of the lines, with comments of the library between them.
fn focus_entry(event: &web_sys::KeyboardEvent, at: usize) {
    let entry = event
        .current_target()
        .and_then(|list| list.dyn_into::<web_sys::Element>().ok())
        .and_then(|list| list.query_selector_all("[role=option]").ok())
        .and_then(|entries| entries.item(u32::try_from(at).ok()?));
    controls::focus(entry);
}

fn entry(app: &App, line: ReadSignal<FlowLine>, selected: ReadSignal<Option<String>>) -> View {
    let is_selected =
        create_selector(move || selected.with(|id| line.with(|line| id.as_ref() == Some(&line.id))));
    let verdict = part(line, |line| line.verdict.clone());
    let app = app.clone();
    li().attr("role", "option")
        .class("entry")
        .attr("aria-selected", move || is_selected.get().to_string())
        .attr("tabindex", move || if is_selected.get() { "0" } else { "-1" })
        .attr("data-severity", move || severity::name(verdict.with(|verdict| verdict.severity)))
        .on(events::click, move |_| app.choose(line.with(|line| line.id.clone())))
        .children((
            span().class("entry-title").children(move || line.with(|line| line.title.clone())),
            span().class("entry-verdict").children((
                severity::icon(move || verdict.with(|verdict| verdict.severity)),
                span().class("unseen").children(move || {
                    format!("{}: ", severity::word(verdict.with(|verdict| verdict.severity)))
                }),
                span().children(move || verdict.with(|verdict| verdict.text.clone())),
            )),
            time()
                .class("entry-time")
                .datetime(move || line.with(|line| line.started.clone()))
                .children(move || line.with(|line| line.time.clone())),
            private_badge(line),
        ))
        .into()
}

/// Says that a sign-in was captured in a private window.
pub(crate) fn private_badge(line: ReadSignal<FlowLine>) -> View {
    let private = part(line, |line| line.private);
    View::from(move || {
        private.get().then(|| View::from(span().class("private").children(text!("ui.private").to_string())))
    })
}
