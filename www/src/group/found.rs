//! The uses of the members whom the table shows: a file of them, their addresses, a message to them.
//!
//! The file is redacted unless it is asked for in clear. What goes to the members is in clear by nature, and
//! goes to the clipboard alone.

use super::{ask, call, tools::of};
use crate::{
    app::{App, group::KnownGroup},
    base::signals::{live, part},
    client::random::salt,
    parts::{controls, file::download},
};
use js_sys::{Date, futures::spawn_local};
use samlight::{
    base::{catalogue::Text, number::thousands},
    calls::protocol::{GroupCall, OwnReply},
    file::export::Secrecy,
    group::{
        export::{FilePart, Format},
        for_members::{ForMembers, WantedForMembers},
        table::Query,
    },
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, div, input, label, p, span},
};

const FORMATS: [(Format, &str); 2] = [(Format::Csv, "CSV"), (Format::Json, "JSON")];

/// A thing that goes to members: its name for scripts, and its words.
type ToMembers = (ForMembers, &'static str, fn() -> Text);

/// All of them.
const TO_MEMBERS: [ToMembers; 2] = [
    (ForMembers::Addresses, "addresses", || text!("ui.group.addresses")),
    (ForMembers::Message, "message", || text!("ui.group.message")),
];

/// All of it; what goes to members only where something narrows the table.
pub(super) fn found(app: &App) -> View {
    let clear = create_signal(false);
    let found = of(&app.group, |view| view.table.found);
    let is_narrow = part(*app.group.query, Query::narrows);
    // The worker would write what it has now.
    let is_before = app.group.is_before;
    let is_off = move || found.get() == 0 || is_before.get();
    let saving = FORMATS.map(|(format, name)| {
        let app = app.clone();
        let words = move || match is_narrow.get() {
            true => text!("ui.group.save.found", format = name, count = thousands(found.get())),
            false => text!("ui.group.save", format = name),
        };
        View::from(
            button()
                .r#type("button")
                .class("small")
                .attr("data-format", name)
                .disabled(is_off)
                .on(events::click, move |_| {
                    let secrecy = if clear.get_untracked() { Secrecy::Clear } else { Secrecy::Redacted };
                    save(&app, format, secrecy);
                })
                .children(live(move || words().to_string())),
        )
    });
    let writing = app.clone();
    div()
        .class("group-saving")
        .children((
            live(move || {
                let app = writing.clone();
                is_narrow.get().then(|| {
                    let all = TO_MEMBERS.map(|(what, name, words)| {
                        let app = app.clone();
                        View::from(
                            button()
                                .r#type("button")
                                .class("small")
                                .attr("data-for-members", name)
                                .disabled(is_off)
                                .on(events::click, move |_| copy(&app, what))
                                .children(words().to_string()),
                        )
                    });
                    View::from(Vec::from(all))
                })
            }),
            Vec::from(saving),
            label().class("clear-choice").children((
                input().r#type("checkbox").bind(bind::checked, clear),
                span().children(text!("ui.group.save.clear").to_string()),
            )),
            live(move || {
                clear.get().then(|| {
                    View::from(
                        p().class("warning")
                            .attr("role", "alert")
                            .children(text!("ui.group.save.clear.why").to_string()),
                    )
                })
            }),
        ))
        .into()
}

/// All parts of a file, one after the other; nothing where one is refused.
async fn whole(app: &App, part: impl Fn(usize) -> GroupCall) -> Option<FilePart> {
    let mut file = FilePart { next: Some(0), ..FilePart::default() };
    while let Some(start) = file.next {
        let Some(OwnReply::File(more)) = call(app, part(start)).await else { return None };
        file = FilePart { content: file.content + &more.content, ..more };
    }
    Some(file)
}

fn save(app: &App, format: Format, secrecy: Secrecy) {
    let app = app.clone();
    spawn_local(async move {
        let Some(salt) = salt() else { return app.say(text!("ui.files.not-saved").to_string()) };
        let query = app.group.query.get_clone_untracked();
        let export = |start| GroupCall::Export { format, secrecy, salt, of: query.clone(), start };
        let Some(file) = whole(&app, export).await else { return };
        let group = app.group.known.with_untracked(KnownGroup::view).map(|view| view.group.clone());
        let today = String::from(Date::new_0().to_iso_string());
        let day = today.split('T').next().unwrap_or_default();
        let name = format.file_name(&group.unwrap_or_default(), day, file.is_whole, secrecy);
        let said = match download(&name, format.media_type(), &file.content) {
            Ok(()) => text!("ui.files.saved", file = name),
            Err(_) => text!("ui.files.not-saved"),
        };
        app.say(said.to_string());
        ask(&app);
    });
}

fn copy(app: &App, what: ForMembers) {
    let app = app.clone();
    spawn_local(async move {
        let query = app.group.query.get_clone_untracked();
        let found = app.group.known.with_untracked(KnownGroup::view).map_or(0, |view| view.table.found);
        let part = |start| GroupCall::ForMembers(WantedForMembers { what, of: query.clone(), start });
        let Some(file) = whole(&app, part).await else { return };
        let said = match (controls::copied(&file.content).await, what) {
            (false, _) => text!("ui.copy.failed"),
            (true, ForMembers::Message) => text!("ui.copy.done"),
            (true, ForMembers::Addresses) => {
                let count = file.content.split(what.between()).filter(|it| !it.is_empty()).count();
                let unknown = thousands(found.saturating_sub(count));
                text!("ui.group.addresses.copied", count = thousands(count), unknown = unknown)
            }
        };
        app.say(said.to_string());
    });
}
