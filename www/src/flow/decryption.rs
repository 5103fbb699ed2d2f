//! Opening encrypted parts with a private key that the person gives: chosen as a file or pasted.
//!
//! The key and what it opens are held by this page alone, while the message is shown: neither is sent to the
//! recorder, stored, or part of any file that is saved. The key's field is emptied as soon as it was used.

use super::tables::{attribute_table, signature, summary_table};
use crate::{
    app::App,
    base::signals::{each, live, part, while_any},
    parts::{file::content, severity},
};
use js_sys::futures::spawn_local;
use samlight::{
    base::limits::FILE_BYTES,
    calls::protocol::DecryptedReply,
    text,
    view::{
        MessageView,
        encrypted::{DecryptedView, EncryptedView},
    },
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, code, details, div, h4, h5, input, label, p, pre, section, span, summary, textarea},
};
use wasm_bindgen::JsCast;

/// The encrypted parts of `message`, with the way to open them; nothing where there are none.
pub(crate) fn decryption(app: &App, message: ReadSignal<MessageView>) -> View {
    let app = app.clone();
    let parts = part(message, |message| message.encrypted.clone());
    let opened: Signal<Option<DecryptedView>> = create_signal(None);
    // The view of a message may come to show another one.
    let exact = part(message, |message| message.exact.clone());
    create_effect(move || {
        exact.track();
        opened.set(None);
    });
    while_any(parts, move || {
        section()
            .class("encrypted")
            .children((
                h4().children(text!("ui.encrypted.heading").to_string()),
                p().class("quiet").children(text!("message.encrypted.why").to_string()),
                div().children(each(parts, |at, _| at, encrypted_part)),
                key_form(&app, message, opened),
                live({
                    let app = app.clone();
                    move || opened.get_clone().map(|view| opened_view(&app, view))
                }),
            ))
            .into()
    })
}

fn encrypted_part(part_view: ReadSignal<EncryptedView>) -> View {
    div()
        .class("encrypted-part")
        .children((
            severity::sentence(part(part_view, |part| part.sentence.clone())),
            summary_table(part(part_view, |part| part.rows.clone())),
        ))
        .into()
}

fn key_form(app: &App, message: ReadSignal<MessageView>, opened: Signal<Option<DecryptedView>>) -> View {
    let pasted = create_signal(String::new());
    let wrong: Signal<Option<String>> = create_signal(None);
    let client = app.client.clone();
    let open = Rc::new(move |key: &[u8]| {
        let exact = message.with_untracked(|message| message.exact.clone());
        let reply = client.decrypted(&exact, key);
        pasted.set(String::new());
        spawn_local(async move {
            let reply = reply.await;
            // The view may show another message by now.
            if !message.is_alive() || message.with_untracked(|message| message.exact != exact) {
                return;
            }
            match reply {
                Ok(DecryptedReply::Opened(view)) => {
                    wrong.set(None);
                    opened.set(Some(*view));
                }
                Ok(DecryptedReply::NoKey(problem)) | Err(problem) => wrong.set(Some(problem)),
            }
        });
    });
    let of_file = open.clone();
    details()
        .class("key")
        .children((
            summary().children(text!("ui.encrypted.key").to_string()),
            p().class("quiet").children(text!("ui.encrypted.key.why").to_string()),
            label().children((
                span().children(text!("ui.encrypted.key.file").to_string()),
                input().r#type("file").attr("name", "key-file").on(
                    events::change,
                    move |event: web_sys::Event| {
                        read_file(&event, of_file.clone());
                    },
                ),
            )),
            label().children((
                span().children(text!("ui.encrypted.key.paste").to_string()),
                textarea()
                    .attr("name", "key")
                    .attr("rows", "3")
                    .attr("spellcheck", "false")
                    .attr("autocomplete", "off")
                    .bind(bind::value, pasted),
            )),
            button()
                .r#type("button")
                .on(events::click, move |_| open(pasted.get_clone().as_bytes()))
                .children(text!("ui.encrypted.open").to_string()),
            live(move || {
                wrong
                    .get_clone()
                    .map(|wrong| View::from(p().class("warning").attr("role", "alert").children(wrong)))
            }),
        ))
        .into()
}

/// Reads the chosen file; the field forgets it.
fn read_file(event: &web_sys::Event, open: Rc<impl Fn(&[u8]) + 'static>) {
    let field = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
    let Some(field) = field else { return };
    let Some(file) = field.files().and_then(|files| files.get(0)) else { return };
    spawn_local(async move {
        // A file that cannot be read is no key, which is said.
        open(&content(&file, FILE_BYTES).await.unwrap_or_default());
        field.set_value("");
    });
}

fn opened_view(app: &App, view: DecryptedView) -> View {
    let app = app.clone();
    let shown = create_signal(view);
    let parts = part(*shown, |view| view.parts.clone());
    let lines = part(*shown, |view| view.summary.clone());
    let attributes = part(*shown, |view| view.attributes.clone());
    let signatures = part(*shown, |view| view.signatures.clone());
    let flaws = part(*shown, |view| view.flaws.iter().map(|flaw| flaw.text.clone()).collect::<Vec<_>>());
    let pretty = part(*shown, |view| view.pretty.clone());
    section()
        .class("decrypted")
        .attr("aria-live", "polite")
        .children((
            h5().children(text!("ui.encrypted.opened").to_string()),
            p().class("quiet").children(text!("ui.encrypted.opened.why").to_string()),
            div().children(each(parts, |at, _| at, encrypted_part)),
            summary_table(lines),
            div().children(each(signatures, |at, _| at, signature)),
            while_any(attributes, move || attribute_table(&app, attributes)),
            div().children(each(
                flaws,
                |at, _| at,
                |flaw| p().class("warning").children(live(move || flaw.get_clone())).into(),
            )),
            pre().children(code().children(live(move || pretty.get_clone()))),
        ))
        .into()
}
