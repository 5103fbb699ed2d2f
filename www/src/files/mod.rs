//! Files in: dropped, chosen or pasted, several at once; and the place of all tools for files.
//!
//! A file is read in this page, by the core, and never leaves it; the events that it tells go to where the
//! trace is. What cannot be read is said with its place, and the rest is shown. A file about SCIM has no
//! sign-in in it: what it says is shown here, and nothing of it is kept.

mod saving;
mod scim;
mod told_form;

use crate::{
    app::{
        App,
        files::{FilesState, ScimFile},
    },
    parts::file::content,
};
use js_sys::{Function, futures::spawn_local};
use samlight::{
    calls::protocol::{FileReply, OwnCall, OwnReply},
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, div, h2, input, label, li, p, section, span, textarea, ul},
};
use wasm_bindgen::prelude::*;
use web_sys::{DataTransfer, File, FileList};

/// Takes in what is dropped on the page or pasted into it, but not into a field. For as long as the page
/// lives.
pub(crate) fn listen(app: &App) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let (dropped, pasted) = (app.clone(), app.clone());
    let listeners = [
        // Without this the browser would leave the page and show the file.
        ("dragover", listener(|event: web_sys::DragEvent| event.prevent_default())),
        (
            "drop",
            listener(move |event: web_sys::DragEvent| {
                event.prevent_default();
                event
                    .data_transfer()
                    .into_iter()
                    .for_each(|given| take(&dropped, &given, &text!("ui.files.dropped").to_string()));
            }),
        ),
        (
            "paste",
            listener(move |event: web_sys::ClipboardEvent| {
                let field = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                if !field.is_some_and(|field| field.matches("input, textarea").unwrap_or(false)) {
                    event
                        .clipboard_data()
                        .into_iter()
                        .for_each(|given| take(&pasted, &given, &text!("ui.files.pasted").to_string()));
                }
            }),
        ),
    ];
    for (name, listener) in &listeners {
        // It can fail only for a missing listener, which is there.
        let _ = document.add_event_listener_with_callback(name, listener);
    }
}

fn listener<E: JsCast + 'static>(heard: impl Fn(E) + 'static) -> Function {
    Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| heard(event.unchecked_into()))
        .into_js_value()
        .unchecked_into()
}

/// Files, or where there are none the text.
fn take(app: &App, given: &DataTransfer, name: &str) {
    let files = given.files().filter(|files| files.length() > 0);
    match files {
        Some(files) => take_files(app, &files),
        None => {
            let text = given.get_data("text/plain").unwrap_or_default();
            if !text.trim().is_empty() {
                take_text(app, name, text);
            }
        }
    }
}

fn take_text(app: &App, name: &str, text: String) {
    let (app, name) = (app.clone(), name.to_owned());
    app.files.forget();
    spawn_local(async move { import(&app, &name, text.into_bytes()).await });
}

/// Reads files one after the other, so that no two are in memory at once.
fn take_files(app: &App, files: &FileList) {
    let list: Vec<File> = (0..files.length()).filter_map(|index| files.get(index)).collect();
    let app = app.clone();
    app.files.forget();
    app.files.reading.update(|reading| *reading += list.len());
    spawn_local(async move {
        for file in list {
            match content(&file).await {
                Ok(content) => import(&app, &file.name(), content).await,
                Err(_) => problem(&app, text!("ui.files.unreadable", file = file.name()).to_string()),
            }
            app.files.reading.update(|reading| *reading = reading.saturating_sub(1));
        }
    });
}

/// Takes in one file, and shows the newest sign-in in it.
async fn import(app: &App, name: &str, content: Vec<u8>) {
    let FileReply { events, statements, flaws } = match app.client.read(name, content).await {
        Ok(read) => read,
        Err(failure) => return app.failure.set(Some(failure)),
    };
    if !statements.is_empty() {
        app.files.scim.update(|files| files.push(ScimFile { name: name.to_owned(), said: statements }));
        return;
    }
    for flaw in flaws {
        problem(app, text!("ui.files.problem", file = name, problem = flaw).to_string());
    }
    match app.client.call(&OwnCall::Newest { of: events }).await {
        Ok(OwnReply::Newest(newest)) => {
            if newest.is_some() {
                app.say(text!("ui.files.read", file = name).to_string());
            }
            app.chosen.set(newest);
            app.ask();
        }
        Ok(OwnReply::Refused(reason)) | Err(reason) => app.failure.set(Some(reason)),
        Ok(_) => app.ask(),
    }
}

fn problem(app: &App, sentence: String) {
    app.files.problems.update(|problems| problems.push(sentence));
}

/// Shows or hides the tools; where nothing is recorded they are always shown.
pub(crate) fn toggle(app: &App) -> View {
    let open = app.files.open;
    if !app.client.records() {
        return View::new();
    }
    button()
        .r#type("button")
        .class("files-toggle")
        .attr("aria-expanded", move || open.get().to_string())
        .on(events::click, move |_| open.set(!open.get()))
        .children(text!("ui.files").to_string())
        .into()
}

/// The problems with the files, and the tools to read and to write files.
pub(crate) fn tools(app: &App) -> View {
    let FilesState { open, problems, scim: said_of_scim, reading } = app.files;
    let app = app.clone();
    View::from((
        move || {
            (reading.get() > 0).then(|| {
                View::from(
                    p().class("quiet").attr("role", "status").children(text!("ui.files.reading").to_string()),
                )
            })
        },
        move || {
            let problems = problems.get_clone();
            (!problems.is_empty()).then(|| {
                let lines = problems
                    .into_iter()
                    .map(|problem| View::from(li().children(problem)))
                    .collect::<Vec<_>>();
                View::from(
                    section()
                        .class("card file-problems")
                        .attr("role", "alert")
                        .attr("data-severity", "warning")
                        .children((
                            p().children(text!("ui.files.problems").to_string()),
                            ul().children(lines),
                        )),
                )
            })
        },
        scim::said(said_of_scim),
        move || {
            let app = app.clone();
            open.get().then(|| {
                View::from(
                    section()
                        .class("card files")
                        .attr("aria-label", text!("ui.files").to_string())
                        .children((reader(&app), saving::saving(&app), said_by_hand(&app))),
                )
            })
        },
    ))
}

/// The form for what GitLab has stored, which has to be said by hand where no GitLab is seen.
fn said_by_hand(app: &App) -> View {
    if app.client.records() { View::new() } else { told_form::told_form(app) }
}

/// The view while there is nothing but the tools.
pub(crate) fn empty() -> View {
    section()
        .class("empty")
        .children((
            h2().children(text!("ui.files.empty").to_string()),
            p().children(text!("ui.files.empty.kinds").to_string()),
            p().class("quiet").children(text!("ui.files.empty.private").to_string()),
        ))
        .into()
}

fn reader(app: &App) -> View {
    let (chosen, pasted) = (app.clone(), app.clone());
    let written = create_signal(String::new());
    div()
        .class("files-in")
        .children((
            h2().children(text!("ui.files.in").to_string()),
            label().class("file-choice").children((
                span().children(text!("ui.files.choose").to_string()),
                input().r#type("file").multiple(true).on(events::change, move |event: web_sys::Event| {
                    let field =
                        event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
                    if let Some(files) = field.as_ref().and_then(web_sys::HtmlInputElement::files) {
                        take_files(&chosen, &files);
                    }
                    // So that the same file can be chosen again.
                    field.into_iter().for_each(|field| field.set_value(""));
                }),
            )),
            label().class("paste").children((
                span().children(text!("ui.files.paste").to_string()),
                textarea().rows("3").attr("spellcheck", "false").bind(bind::value, written),
            )),
            button()
                .r#type("button")
                .disabled(move || written.with(|text| text.trim().is_empty()))
                .on(events::click, move |_| {
                    let text = written.get_clone();
                    written.set(String::new());
                    take_text(&pasted, &text!("ui.files.pasted").to_string(), text);
                })
                .children(text!("ui.files.show").to_string()),
        ))
        .into()
}
