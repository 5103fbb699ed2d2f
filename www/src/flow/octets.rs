//! One message as tabs (WAI-ARIA): pretty, exact, as received, and pretty beside exact.
//!
//! Characters that cannot be seen (spaces, tabs, line ends, characters without width) are made visible on
//! demand. Of a long message only the beginning is put into the page until the rest is asked for; copying
//! always takes all of it.

use super::unhidden;
use crate::{
    app::App,
    base::{
        keys::{Axis, target},
        signals::live,
        xml_colours::{self, Colour},
    },
    parts::controls::{self, copy_button},
};
use samlight::{base::catalogue::Text, text, view::MessageView};
use std::cell::Cell;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, em, p, pre, span},
};

/// The ways, in the order of their tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MessageForm {
    Pretty,
    Exact,
    Received,
    Beside,
}

const FORMS: [MessageForm; 4] =
    [MessageForm::Pretty, MessageForm::Exact, MessageForm::Received, MessageForm::Beside];

/// Octets of a form that are put into the page at first.
const BEGINNING: usize = 48 * 1024;

impl MessageForm {
    fn label(self) -> Text {
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

    fn of(self, message: &MessageView) -> String {
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
                        let texts = forms.into_iter().map(|form| one_text(message, form, *invisible));
                        View::from(div().class("texts").children(texts.collect::<Vec<_>>()))
                    }),
                )),
        ))
        .into()
}

/// One form of the message: its beginning, and a button for the rest where there is one.
fn one_text(message: ReadSignal<MessageView>, form: MessageForm, invisible: ReadSignal<bool>) -> View {
    let whole = create_signal(false);
    let content = create_selector(move || message.with(|message| form.of(message)));
    let length = create_selector(move || content.with(|content| content.len()));
    let cut = create_selector(move || !whole.get() && length.get() > BEGINNING);
    div()
        .class("one-text")
        .children((
            pre()
                .attr("tabindex", "0")
                .attr("aria-label", form.label().to_string())
                .attr("role", "group")
                .class("xml")
                .attr("data-form", format!("{form:?}").to_lowercase())
                .children(live(move || {
                    let content = content.get_clone();
                    let shown = if cut.get() { beginning(&content) } else { &content };
                    painted(shown, form, invisible.get())
                })),
            live(move || {
                cut.get().then(|| {
                    let kilobytes = length.get() / 1024;
                    View::from(
                        button()
                            .r#type("button")
                            .class("whole")
                            .on(events::click, move |_| whole.set(true))
                            .children(text!("ui.form.whole", kilobytes = kilobytes).to_string()),
                    )
                })
            }),
        ))
        .into()
}

/// The beginning of a long text, up to a whole character.
fn beginning(content: &str) -> &str {
    let end = (0..=BEGINNING.min(content.len())).rev().find(|end| content.is_char_boundary(*end));
    &content[..end.unwrap_or_default()]
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

/// XML in colours; what was received is not XML and stays plain.
fn painted(content: &str, form: MessageForm, invisible: bool) -> View {
    if content.is_empty() {
        return em().children(text!("ui.form.empty").to_string()).into();
    }
    let runs = if form == MessageForm::Received {
        vec![(Colour::Text, content)]
    } else {
        xml_colours::runs(content)
    };
    let shown = |colour: Colour, run: &str| match invisible && !is_added(form, colour, run) {
        true => unhidden::view(run),
        false => run.to_owned().into(),
    };
    runs.into_iter()
        .map(|(colour, run)| match colour.class() {
            None => shown(colour, run),
            Some(class) => span().class(class).children(shown(colour, run)).into(),
        })
        .collect::<Vec<_>>()
        .into()
}

/// Whether nothing of `run` need be in the message: white space between elements is added for reading.
fn is_added(form: MessageForm, colour: Colour, run: &str) -> bool {
    form == MessageForm::Pretty && colour == Colour::Text && run.trim().is_empty()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_white_space_between_elements_can_be_added_for_reading() {
        for (form, colour, run, added) in [
            (MessageForm::Pretty, Colour::Text, "\n  ", true),
            (MessageForm::Pretty, Colour::Text, " ada ", false),
            (MessageForm::Pretty, Colour::Punctuation, " ", false),
            (MessageForm::Exact, Colour::Text, "\n  ", false),
            (MessageForm::Received, Colour::Text, " ", false),
        ] {
            assert_eq!(is_added(form, colour, run), added, "{form:?} {colour:?} {run:?}");
        }
    }
}
