//! The one field for whatever a person has: to type or paste into, to drop on, or to choose files with.

use super::{Given, answer, take, take_files, take_text};
use crate::app::App;
use samlight::{base::catalogue::Text, text};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, h2, input, label, p, section, span, textarea},
};
use wasm_bindgen::prelude::*;

/// The field, with the recent answers below it.
pub(super) fn field(app: &App) -> View {
    let (pasted, asked, pressed) = (app.clone(), app.clone(), app.clone());
    let written = create_signal(String::new());
    section()
        .class("card files-in")
        .attr("aria-labelledby", "door-heading")
        .children((
            h2().attr("id", "door-heading").children(text!("ui.files.in").to_string()),
            label().class("paste").children((
                span().children(text!("ui.files.paste").to_string()),
                textarea()
                    .rows("4")
                    .attr("spellcheck", "false")
                    .r#ref(app.files.field)
                    .on(events::paste, move |event: web_sys::Event| {
                        // Where nothing was typed, what is pasted is the question. What is added to a text
                        // waits until that is whole.
                        let event: web_sys::ClipboardEvent = event.unchecked_into();
                        if written.with(String::is_empty)
                            && let Some(given) = event.clipboard_data()
                            && take(&pasted, &given, Given::pasted().focused())
                        {
                            event.prevent_default();
                        }
                    })
                    .on(events::keydown, move |event: web_sys::KeyboardEvent| {
                        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                            event.prevent_default();
                            ask(&pressed, written);
                        }
                    })
                    .bind(bind::value, written),
            )),
            button()
                .r#type("button")
                .class("primary")
                .disabled(move || written.with(|text| text.trim().is_empty()))
                .on(events::click, move |_| ask(&asked, written))
                .children(text!("ui.files.show").to_string()),
            choose(app, "file-choice", text!("ui.files.choose")),
            p().class("quiet").children(text!("ui.files.kinds").to_string()),
            answer::recent(app),
        ))
        .into()
}

/// The choice of files in the browser's own dialog.
pub(super) fn choose(app: &App, class: &'static str, words: Text) -> View {
    let app = app.clone();
    let file = input().r#type("file").multiple(true).on(events::change, move |event: web_sys::Event| {
        let field = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(files) = field.as_ref().and_then(web_sys::HtmlInputElement::files) {
            take_files(&app, &files);
        }
        // So that the same file can be chosen again.
        field.into_iter().for_each(|field| field.set_value(""));
    });
    label().class(class).children((span().children(words.to_string()), file)).into()
}

/// Answers what was typed.
fn ask(app: &App, written: Signal<String>) {
    let text = written.get_clone();
    if !text.trim().is_empty() {
        written.set(String::new());
        take_text(app, Given::pasted().focused(), &text);
    }
}
