//! One message as tabs (WAI-ARIA): pretty, exact, as received, and pretty beside exact.
//!
//! Characters that cannot be seen (spaces, tabs, line ends, characters without width) are made visible on
//! demand. How a text is shown is in `one_text`; copying always takes all of it.

use super::one_text::one_text;
use crate::{
    app::App,
    base::{
        keys::{Axis, target},
        signals::live,
    },
    parts::controls::{self, copy_button},
};
use samlight::{base::catalogue::Text, text, view::MessageView};
use std::cell::Cell;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, p},
};

/// The ways, in the order of their tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MessageForm {
    Pretty,
    Exact,
    Received,
    Beside,
}

const FORMS: [MessageForm; 4] =
    [MessageForm::Pretty, MessageForm::Exact, MessageForm::Received, MessageForm::Beside];

impl MessageForm {
    pub(super) fn label(self) -> Text {
        match self {
            MessageForm::Pretty => text!("ui.form.pretty"),
            MessageForm::Exact => text!("ui.form.exact"),
            MessageForm::Received => text!("ui.form.received"),
            MessageForm::Beside => text!("ui.form.beside"),
        }
    }

    fn explanation(self) -> Text {
        match self {
            MessageForm::Pretty => text!("ui.form.pretty.explained"),
            MessageForm::Exact => text!("ui.form.exact.explained"),
            MessageForm::Received => text!("ui.form.received.explained"),
            MessageForm::Beside => text!("ui.form.beside.explained"),
        }
    }

    pub(super) fn of(self, message: &MessageView) -> String {
        match self {
            MessageForm::Pretty => message.pretty.clone(),
            // Of the two, the message itself is copied.
            MessageForm::Exact | MessageForm::Beside => message.exact.clone(),
            MessageForm::Received => message.received.clone(),
        }
    }
}

/// The tabs with the text of the one that is selected.
pub(crate) fn octets(app: &App, message: ReadSignal<MessageView>) -> View {
    // The first that says anything: a message that could not be decoded has only what was received.
    let first = message.with_untracked(|message| FORMS.into_iter().find(|form| !form.of(message).is_empty()));
    let selected = create_signal(first.unwrap_or(MessageForm::Received));
    let content = content_of(message, selected);
    let (invisible, wrapped) = (create_signal(false), create_signal(false));
    let wanted = create_signal(String::new());
    let toggle = |of: Signal<bool>, label: Text| {
        button()
            .r#type("button")
            .class("small")
            .attr("aria-pressed", move || of.get().to_string())
            .on(events::click, move |_| of.set(!of.get()))
            .children(label.to_string())
    };
    let panel = unique_id();
    let tabs = FORMS.iter().map(|form| tab(*form, selected, &panel)).collect::<Vec<_>>();
    div()
        .class("octets")
        .attr("data-wrapped", move || wrapped.get().to_string())
        .children((
            div().class("octets-bar").children((
                div()
                    .class("tabs")
                    .attr("role", "tablist")
                    .attr("aria-label", text!("ui.form.choose").to_string())
                    .on(events::keydown, move |event| on_key(&event, selected))
                    .children(tabs),
                toggle(invisible, text!("ui.form.invisible")),
                toggle(wrapped, text!("ui.form.wrap")),
                copy_button(app, &text!("ui.form.this").to_string(), move || content.get_clone()),
            )),
            div()
                .attr("role", "tabpanel")
                .attr("id", panel)
                .attr("aria-label", move || selected.get().label().to_string())
                .children((
                    p().class("quiet").children(live(move || selected.get().explanation().to_string())),
                    live(move || {
                        let forms = match selected.get() {
                            MessageForm::Beside => vec![MessageForm::Pretty, MessageForm::Exact],
                            one => vec![one],
                        };
                        let texts = forms.into_iter().map(|form| one_text(message, form, *invisible, wanted));
                        View::from(div().class("texts").children(texts.collect::<Vec<_>>()))
                    }),
                )),
        ))
        .into()
}

fn content_of(message: ReadSignal<MessageView>, selected: Signal<MessageForm>) -> ReadSignal<String> {
    create_selector(move || message.with(|message| selected.get().of(message)))
}

fn tab(form: MessageForm, selected: Signal<MessageForm>, panel: &str) -> View {
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

fn on_key(event: &web_sys::KeyboardEvent, selected: Signal<MessageForm>) {
    let at = FORMS.iter().position(|form| *form == selected.get());
    let Some(to) = target(Axis::Across, &event.key(), at, FORMS.len()) else { return };
    event.prevent_default();
    selected.set(FORMS[to]);
    controls::focus_selected_tab(event);
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
