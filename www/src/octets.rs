//! One message three ways, as tabs (WAI-ARIA): pretty, exact, and as received.

use crate::{
    app::App,
    controls::{self, copy_button},
    keys::{Axis, target},
    paint,
};
use samlight::{catalogue::Text, text, view::MessageView};
use std::cell::Cell;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, em, p, pre, span},
};
use wasm_bindgen::JsCast;

/// The ways, in the order of their tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Pretty,
    Exact,
    Received,
}

const FORMS: [Form; 3] = [Form::Pretty, Form::Exact, Form::Received];

impl Form {
    fn label(self) -> Text {
        match self {
            Form::Pretty => text!("ui.form.pretty"),
            Form::Exact => text!("ui.form.exact"),
            Form::Received => text!("ui.form.received"),
        }
    }

    fn explanation(self) -> Text {
        match self {
            Form::Pretty => text!("ui.form.pretty.explained"),
            Form::Exact => text!("ui.form.exact.explained"),
            Form::Received => text!("ui.form.received.explained"),
        }
    }

    fn of(self, message: &MessageView) -> String {
        match self {
            Form::Pretty => message.pretty.clone(),
            Form::Exact => message.exact.clone(),
            Form::Received => message.received.clone(),
        }
    }
}

/// The tabs with the text of the one that is selected.
pub(crate) fn octets(app: &App, message: ReadSignal<MessageView>) -> View {
    // The first that says anything: a message that could not be decoded has only what was received.
    let first = message.with_untracked(|message| FORMS.into_iter().find(|form| !form.of(message).is_empty()));
    let selected = create_signal(first.unwrap_or(Form::Received));
    let content = content_of(message, selected);
    let panel = unique_id();
    let tabs = FORMS.iter().map(|form| tab(*form, selected, &panel)).collect::<Vec<_>>();
    div()
        .class("octets")
        .children((
            div().class("octets-bar").children((
                div()
                    .class("tabs")
                    .attr("role", "tablist")
                    .attr("aria-label", text!("ui.form.choose").to_string())
                    .on(events::keydown, move |event| on_key(&event, selected))
                    .children(tabs),
                copy_button(app, &text!("ui.form.this").to_string(), move || content.get_clone()),
            )),
            div()
                .attr("role", "tabpanel")
                .attr("id", panel)
                .attr("aria-label", move || selected.get().label().to_string())
                .children((
                    p().class("quiet").children(move || selected.get().explanation().to_string()),
                    pre()
                        .attr("tabindex", "0")
                        .class("xml")
                        .attr("data-form", move || format!("{:?}", selected.get()).to_lowercase())
                        .children(move || painted(&content.get_clone(), selected.get())),
                )),
        ))
        .into()
}

fn content_of(message: ReadSignal<MessageView>, selected: Signal<Form>) -> ReadSignal<String> {
    create_selector(move || message.with(|message| selected.get().of(message)))
}

fn tab(form: Form, selected: Signal<Form>, panel: &str) -> View {
    button()
        .r#type("button")
        .attr("role", "tab")
        .attr("aria-controls", panel.to_owned())
        .attr("aria-selected", move || (selected.get() == form).to_string())
        .attr("tabindex", move || if selected.get() == form { "0" } else { "-1" })
        .on(events::click, move |_| selected.set(form))
        .children(form.label().to_string())
        .into()
}

fn on_key(event: &web_sys::KeyboardEvent, selected: Signal<Form>) {
    let at = FORMS.iter().position(|form| *form == selected.get());
    let Some(to) = target(Axis::Across, &event.key(), at, FORMS.len()) else { return };
    event.prevent_default();
    selected.set(FORMS[to]);
    let tab = event
        .current_target()
        .and_then(|tabs| tabs.dyn_into::<web_sys::Element>().ok())
        .and_then(|tabs| tabs.query_selector("[aria-selected=true]").ok().flatten());
    controls::focus(tab.map(Into::into));
}

/// XML in colours; what was received is not XML and stays plain.
fn painted(content: &str, form: Form) -> View {
    if content.is_empty() {
        return em().children(text!("ui.form.empty").to_string()).into();
    }
    if form == Form::Received {
        return content.to_owned().into();
    }
    let runs = paint::runs(content).into_iter();
    runs.map(|(paint, run)| match paint.class() {
        None => View::from(run.to_owned()),
        Some(class) => span().class(class).children(run.to_owned()).into(),
    })
    .collect::<Vec<_>>()
    .into()
}

/// An id that no other element of the page has.
fn unique_id() -> String {
    thread_local! {
        static LAST: Cell<usize> = const { Cell::new(0) };
    }
    LAST.with(|last| {
        last.set(last.get() + 1);
        format!("octets-{}", last.get())
    })
}
