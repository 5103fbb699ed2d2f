//! One door for whatever people have: dropped, chosen or pasted, several at once; and the place of all tools
//! for files.
//!
//! What is given is read in this page, by the core, and never leaves it; the events that it tells go to where
//! the trace is, and of an error text the clues go there that it has of sign-ins and members. What cannot be
//! read is said with its place, and the rest is shown. The answer stands beside the field, and the recent
//! ones below it; nothing of them is stored. Beside the answer to a log the story of one person can be asked
//! for.

mod answer;
mod door;
mod example;
mod progress;
mod saving;
mod story;
mod told_form;

use crate::{
    app::{
        App,
        files::{Answer, Tool},
    },
    base::{latest_call, signals::live},
    client::Unread,
    parts::{controls, file::of_text},
};
use js_sys::{Function, futures::spawn_local};
use samlight::{
    base::catalogue::Text,
    calls::protocol::{FileReply, OwnCall, OwnReply},
    text,
    view::at_hand::Opens,
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{HtmlButton, button, div, h2, p, section},
};
use wasm_bindgen::prelude::*;
use web_sys::{DataTransfer, File, FileList};

/// The name of what is given, and what follows it.
#[derive(Clone)]
struct Given {
    /// The file's name, or that it was pasted or dropped.
    name: String,
    /// The heading above the answer.
    heading: String,
    /// Whether the answer takes the focus.
    is_focused: bool,
}

impl Given {
    fn pasted() -> Self {
        let (name, heading) = (text!("ui.files.pasted"), text!("ui.files.says.pasted"));
        Given { name: name.to_string(), heading: heading.to_string(), is_focused: false }
    }

    fn dropped() -> Self {
        let (name, heading) = (text!("ui.files.dropped"), text!("ui.files.says.dropped"));
        Given { name: name.to_string(), heading: heading.to_string(), is_focused: false }
    }

    fn file(name: String) -> Self {
        let heading = text!("ui.files.says.file", file = name).to_string();
        Given { name, heading, is_focused: false }
    }

    fn story(heading: String) -> Self {
        Given { name: heading.clone(), heading, is_focused: true }
    }

    fn focused(self) -> Self {
        Given { is_focused: true, ..self }
    }

    fn answer(self) -> Answer {
        Answer { name: self.name, heading: self.heading, ..Answer::default() }
    }
}

/// Has what is at hand of the answer asked for again with all else that is shown. For as long as the page
/// lives.
pub(crate) fn follow(app: &App) {
    app.ask_also(ask_at_hand);
}

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
                    .for_each(|given| _ = take(&dropped, &given, Given::dropped()));
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
                        .for_each(|given| _ = take(&pasted, &given, Given::pasted()));
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

/// Takes files, or where there are none the text. Says whether there was anything.
fn take(app: &App, given: &DataTransfer, name: Given) -> bool {
    if let Some(files) = given.files().filter(|files| files.length() > 0) {
        take_files(app, &files);
        return true;
    }
    let text = given.get_data("text/plain").unwrap_or_default();
    let is_there = !text.trim().is_empty();
    if is_there {
        take_text(app, name, &text);
    }
    is_there
}

fn take_text(app: &App, given: Given, text: &str) {
    // It can fail only where the browser has no memory left.
    let file = of_text(&given.name, text).map_err(|_| Unread::Unreadable(given.name.clone()));
    read_all(app, vec![(given, file)]);
}

fn take_files(app: &App, files: &FileList) {
    let files = (0..files.length()).filter_map(|index| files.get(index));
    read_all(app, files.map(|file| (Given::file(file.name()), Ok(file))).collect());
}

/// Reads files one after the other, so that no two are in memory at once.
fn read_all(app: &App, list: Vec<(Given, Result<File, Unread>)>) {
    let app = app.clone();
    app.files.put_away();
    app.files.reading.update(|reading| *reading += list.len());
    spawn_local(async move {
        let mut left = list.len();
        for (given, file) in list {
            let name = given.name.clone();
            let read = match file {
                Ok(file) => import(&app, given.clone(), file).await,
                Err(unread) => Err(unread),
            };
            if read == Err(Unread::Stopped) {
                app.files.note.set(text!("ui.files.stopped", file = name).to_string());
                break;
            }
            match read {
                Err(Unread::Failed(failure)) => app.failure.set(Some(failure)),
                Err(_) => {
                    let problem = text!("ui.files.unreadable", file = name).to_string();
                    answered(&app, false, Answer { problems: vec![problem], ..given.answer() });
                }
                Ok(()) => {}
            }
            left -= 1;
            app.files.reading.update(|reading| *reading = reading.saturating_sub(1));
        }
        app.files.reading.update(|reading| *reading = reading.saturating_sub(left));
    });
}

/// Takes in one thing, answers it, and shows the newest sign-in in it.
async fn import(app: &App, given: Given, file: File) -> Result<(), Unread> {
    let read = app.client.read(&file, progress::heard(app)).await;
    app.files.progress.set(None);
    let FileReply { events, statements, clues, flaws, left_out, is_of_people, corrected } = read?;
    let is_focused = given.is_focused;
    let name = given.name.clone();
    let problem = |flaw: String| text!("ui.files.problem", file = name, problem = flaw).to_string();
    let problems: Vec<String> = flaws.into_iter().map(problem).collect();
    if is_of_people {
        app.files.keep_log(file);
    }
    if !statements.is_empty() {
        let corrected = corrected.map(Rc::from);
        let answer =
            Answer { statements, clues, left_out, is_of_people, problems, corrected, ..given.answer() };
        answered(app, is_focused, answer);
        return Ok(());
    }
    let mut answer = Answer { problems, ..given.answer() };
    match app.client.call(&OwnCall::Newest { of: events }).await {
        Ok(OwnReply::Newest(newest)) => {
            if newest.is_some() {
                let said = match answer.problems.is_empty() {
                    true => text!("ui.files.read", file = name),
                    false => text!("ui.files.in-part", file = name),
                };
                app.say(said.to_string());
                if is_first(app) {
                    app.files.open.set(None);
                }
                // A file's sign-ins are of no tab.
                app.query.update(|query| query.tab = None);
            }
            app.chosen.set(newest.clone());
            answer.newest = newest;
            app.ask();
        }
        Ok(OwnReply::Refused(reason)) | Err(reason) => app.failure.set(Some(reason)),
        Ok(_) => app.ask(),
    }
    answered(app, is_focused, answer);
    Ok(())
}

/// Keeps an answer and shows it. Of several things that were given at once the first that says more than that
/// it was read stays; and what was only read is shown where all tools are.
fn answered(app: &App, is_focused: bool, answer: Answer) {
    let is_plain = answer.statements.is_empty() && answer.problems.is_empty();
    let number = app.files.keep(answer);
    let is_free = app.files.shown.get_untracked().is_none();
    if !is_plain || (is_free && app.files.open.get_untracked() == Some(Tool::All)) {
        app.files.wants_focus.set_silent(is_focused);
        show(app, number);
    }
}

/// Shows the answer with this number.
fn show(app: &App, number: u64) {
    app.files.at_hand.set(Vec::new());
    app.files.shown.set(Some(number));
    ask_at_hand(app);
}

/// Asks for the sign-ins and the members that the answer that is shown is about.
fn ask_at_hand(app: &App) {
    let answer = app.files.answer_now().filter(|answer| !answer.clues.is_empty());
    let Some(answer) = answer else { return };
    let app = app.clone();
    latest_call::ask(&app.files.calls.clone(), answer, move |answer| {
        let app = app.clone();
        async move {
            // Without it nothing is said of the page.
            let page = app.client.page().await.ok().flatten();
            let call = OwnCall::AtHand { clues: answer.clues.clone(), page };
            match app.client.call(&call).await {
                Ok(OwnReply::AtHand(found)) if app.files.shown.get_untracked() == Some(answer.number) => {
                    app.files.at_hand.set(found);
                }
                Ok(OwnReply::Refused(reason)) | Err(reason) => app.failure.set(Some(reason)),
                Ok(_) => {}
            }
        }
    });
}

/// Opens what is at hand, and reading goes on there. The answer stays where it is.
fn open(app: &App, opens: &Opens) {
    app.group.shown.set(!matches!(opens, Opens::SignIn(_)));
    match opens {
        Opens::SignIn(id) => app.choose(id.clone()),
        Opens::Member(user) => app.group.query.update(|query| query.chosen = Some(*user)),
        Opens::Group => {}
    }
    app.ask();
    let document = web_sys::window().and_then(|window| window.document());
    let main = document.and_then(|document| document.query_selector("main").ok().flatten());
    if let Some(main) = main {
        main.scroll_into_view();
        // It can fail only for a malformed name, which this is not.
        let _ = main.set_attribute("tabindex", "-1");
        controls::focus(Some(main.into()));
    }
}

/// Whether there was no sign-in before, where nothing is recorded: the list and the sign-in then take the
/// room of the field.
fn is_first(app: &App) -> bool {
    let none = app.overview.with_untracked(|overview| overview.as_ref().is_none_or(|it| it.total == 0));
    none && !app.client.records()
}

/// Shows or hides all tools, where sign-ins are recorded.
pub(crate) fn toggle(app: &App) -> View {
    if !app.client.records() {
        return View::new();
    }
    tool(app, Tool::All, "all", text!("ui.files")).class("files-toggle").into()
}

/// The button that shows or hides a tool.
fn tool(app: &App, tool: Tool, name: &'static str, label: Text) -> HtmlButton {
    let (pressed, files) = (app.files.clone(), app.files.clone());
    button()
        .r#type("button")
        .attr("data-tool", name)
        .attr("aria-expanded", move || (files.open.get() == Some(tool)).to_string())
        .on(events::click, move |_| pressed.toggle(tool))
        .children(label.to_string())
}

/// Whether there is nothing yet, where nothing is recorded: the page then asks for something to read.
pub(crate) fn is_blank(app: &App) -> ReadSignal<bool> {
    let (overview, answers, records) = (app.overview, app.files.answers, app.client.records());
    create_selector(move || {
        let none = overview.with(|overview| overview.as_ref().is_none_or(|overview| overview.total == 0));
        !records && none && answers.with(Vec::is_empty)
    })
}

/// The tools where nothing is recorded, as soon as something is there.
pub(crate) fn tool_bar(app: &App) -> View {
    let (app, blank) = (app.clone(), is_blank(app));
    live(move || {
        (!blank.get()).then(|| {
            let bar =
                div().class("tools").attr("role", "group").attr("aria-label", text!("ui.files").to_string());
            View::from(bar.children((
                door::choose(&app, "choose", text!("ui.files.open")),
                tool(&app, Tool::Give, "give", text!("ui.files.tool.paste")),
                tool(&app, Tool::Compare, "compare", text!("ui.stored")),
                tool(&app, Tool::Save, "save", text!("ui.files.tool.save")),
                controls::clear(&app),
            )))
        })
    })
}

/// The field and the answer beside it, and the tools to write files.
pub(crate) fn tools(app: &App) -> View {
    let (shown, blank) = (app.files.shown, is_blank(app));
    let (of_field, of_answer, of_saving, of_form) = (app.clone(), app.clone(), app.clone(), app.clone());
    let shows = |tool: Tool| {
        let files = app.files.clone();
        create_selector(move || files.shows(tool) && !blank.get())
    };
    let (asks, saves, compares) = (shows(Tool::Give), shows(Tool::Save), shows(Tool::Compare));
    View::from((
        progress::shown(app),
        div().class("door").children((
            live(move || asks.get().then(|| door::field(&of_field))),
            answer::shown(&of_answer),
            live(move || {
                let is_empty = asks.get() && shown.get().is_none();
                is_empty
                    .then(|| View::from(p().class("quiet").children(text!("ui.files.no-answer").to_string())))
            }),
        )),
        live(move || saves.get().then(|| card(saving::saving(&of_saving)))),
        live(move || compares.get().then(|| card(told_form::told_form(&of_form)))),
    ))
}

fn card(content: View) -> View {
    div().class("card files").children(content).into()
}

/// The view where nothing is recorded and there is no sign-in: at first the field in the middle of the page;
/// always what can be given.
pub(crate) fn empty(app: &App) -> View {
    let (app, blank) = (app.clone(), is_blank(app));
    section()
        .class("empty start")
        .children((
            live(move || {
                let app = app.clone();
                blank.get().then(|| {
                    let field = app.files.field;
                    on_mount(move || controls::focus(field.try_get()));
                    View::from((
                        h2().children(text!("ui.files.empty").to_string()),
                        p().children(text!("ui.files.empty.kinds").to_string()),
                        door::field(&app),
                        p().class("quiet").children(text!("ui.files.keys").to_string()),
                        example::button_of(&app),
                    ))
                })
            }),
            p().class("quiet").children(text!("ui.files.empty.saml").to_string()),
            p().class("quiet").children(text!("ui.files.empty.scim").to_string()),
            p().class("quiet").children(text!("ui.files.empty.private").to_string()),
        ))
        .into()
}
