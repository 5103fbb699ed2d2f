//! The identity provider's list of people beside the group: the file, the members by what the list tells of
//! them, and what is to be said of all.
//!
//! The file is read by the worker of this page and handed on in parts; it is matched piece by piece where the
//! group is. Nothing of it is kept here but what is on the screen. Leaves out its columns (`columns.rs`), the
//! table's column and the member's (`grid.rs`, `member.rs`).

use super::{
    ask, call, columns, filter,
    filters::{counted, filter_button, toggle},
    giving::{Words, giving},
};
use crate::{
    app::{App, group::ListKnown},
    base::signals::{each, live, part, while_any},
    client::Unread,
    parts::{controls, section},
};
use js_sys::futures::spawn_local;
use samlight::{
    calls::protocol::{GroupCall, ListCall, ListReply, OwnReply},
    group::{check::ListState, expected::StandingCount},
    scim::Statement,
    text,
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, details, div, p, summary, ul},
};
use web_sys::File;

/// Takes in how the list stands; has it matched on, and asks for its words where they may have changed.
pub(super) fn follow(app: &App, state: Option<ListState>) {
    let list = &app.group.list;
    if list.is_reading.get_untracked() {
        return;
    }
    if state.is_none() && list.state.with_untracked(Option::is_some) {
        list.problem.set(text!("ui.list.gone").to_string());
    }
    show(app, state);
}

fn show(app: &App, state: Option<ListState>) {
    let list = &app.group.list;
    let serial = state.as_ref().filter(|state| state.progress.is_none()).map(|state| state.serial);
    let is_unmatched = state.as_ref().is_some_and(|state| state.progress.is_some());
    let is_gone = state.is_none();
    list.state.set(state);
    if is_gone {
        list.view.set(None);
        list.seen.set_silent(None);
        if app.group.query.with_untracked(|query| !query.expected.is_empty()) {
            filter(app, |query| query.expected.clear());
        }
    } else if is_unmatched {
        match_on(app);
    } else if list.seen.get_untracked() != serial {
        list.seen.set_silent(serial);
        let app = app.clone();
        spawn_local(async move {
            let reply = list_call(&app, ListCall::View).await;
            if let Some(view) = reply.and_then(|reply| reply.view) {
                app.group.list.view.set(Some(Rc::new(view)));
            }
        });
    }
}

async fn list_call(app: &App, given: ListCall) -> Option<ListReply> {
    match call(app, GroupCall::List(given)).await? {
        OwnReply::List(reply) => Some(*reply),
        _ => None,
    }
}

/// Has the list matched piece by piece until all is. Between two pieces the page and the worker do what else
/// there is to do.
fn match_on(app: &App) {
    let list = app.group.list.clone();
    if list.is_matching.get_untracked() {
        return;
    }
    list.is_matching.set(true);
    let app = app.clone();
    spawn_local(async move {
        while let Some(reply) = list_call(&app, ListCall::Match).await {
            let is_done = reply.state.as_ref().is_none_or(|state| state.progress.is_none());
            list.state.set(reply.state);
            if is_done {
                break;
            }
        }
        list.is_matching.set(false);
        ask(&app);
    });
}

/// Reads a file, and compares the group with it.
fn take(app: &App, file: File) {
    let list = app.group.list.clone();
    if list.is_reading.get_untracked() {
        return;
    }
    list.is_reading.set(true);
    list.problem.set(String::new());
    let app = app.clone();
    spawn_local(async move {
        let read = app.client.list(&file, Rc::new(|_, _| {})).await;
        list.is_reading.set(false);
        match read {
            Ok(()) => {
                list.seen.set_silent(None);
                match_on(&app);
            }
            Err(Unread::Failed(reason)) => list.problem.set(reason),
            Err(_) => list.problem.set(text!("ui.files.unreadable", file = file.name()).to_string()),
        }
        ask(&app);
    });
}

/// All of it, folded until it is wanted.
pub(super) fn people(app: &App) -> View {
    let ListKnown { state, view, .. } = app.group.list.clone();
    let is_there = part(*state, Option::is_some);
    let has_view = part(*view, Option::is_some);
    let seen = app.clone();
    details()
        .class("group-people")
        .children((
            summary().children(text!("ui.list").to_string()),
            div().class("people").children((
                p().class("quiet").children(text!("ui.list.private").to_string()),
                given(app),
                live(move || {
                    let app = seen.clone();
                    (is_there.get() && has_view.get()).then(|| compared(&app))
                }),
            )),
        ))
        .into()
}

/// The ways to give a list, how far it is, and why the last file is none.
pub(super) fn given(app: &App) -> View {
    let ListKnown { state, is_reading, problem, .. } = app.group.list.clone();
    let words = Words {
        choose: text!("ui.list.choose"),
        paste: text!("ui.list.paste"),
        label: text!("ui.list.paste.label"),
        order: text!("ui.list.paste.do"),
        is_several: false,
    };
    let taking = app.clone();
    View::from((
        giving(&words, || text!("ui.files.pasted").to_string(), move |file| take(&taking, file)),
        p().class("people-state").attr("role", "status").children(live(move || {
            match (is_reading.get(), state.get_clone()) {
                (true, _) => text!("ui.list.reading").to_string(),
                (_, Some(state)) => standing(&state),
                _ => String::new(),
            }
        })),
        live(move || {
            let problem = problem.get_clone();
            (!problem.is_empty())
                .then(|| View::from(p().class("warning").attr("role", "alert").children(problem)))
        }),
    ))
}

fn standing(state: &ListState) -> String {
    match state.progress {
        None => text!("ui.list.compared", file = state.name, rows = state.rows),
        Some((done, all)) => {
            // It is read out: at each quarter, not at each piece.
            let share = (done * 100 / all.max(1)).min(99) / 25 * 25;
            text!("ui.list.matching", file = state.name, rows = state.rows, share = share)
        }
    }
    .to_string()
}

/// The list that is compared, with the button that puts it away.
fn compared(app: &App) -> View {
    let view = app.group.list.view;
    let statements =
        part(*view, |view| view.as_ref().map(|view| view.statements.clone()).unwrap_or_default());
    let away = app.clone();
    View::from((
        counts(app),
        columns::fields(app),
        said(statements),
        button()
            .r#type("button")
            .class("small people-away")
            .on(events::click, move |_| {
                change(&away, ListCall::PutAway);
                away.say(text!("ui.list.away.said").to_string());
                // The button goes with what it puts away.
                controls::focus(away.group.search.try_get());
            })
            .children(text!("ui.list.away").to_string()),
    ))
}

/// The members by what the list tells of them; each is a filter of the table.
fn counts(app: &App) -> View {
    let counts = part(*app.group.list.state, |state| {
        state.as_ref().map(|state| state.counts.clone()).unwrap_or_default()
    });
    let app = app.clone();
    while_any(counts, move || {
        let app = app.clone();
        div()
            .class("filters people-filters")
            .attr("role", "group")
            .attr("aria-label", text!("ui.list.filters").to_string())
            .children(each(counts, |at, _| at, move |count| one_count(&app, count)))
            .into()
    })
}

fn one_count(app: &App, count: ReadSignal<StandingCount>) -> View {
    let query = app.group.query;
    let is_pressed = create_selector(move || {
        let standing = count.with(|count| count.standing);
        query.with(|query| query.expected.contains(&standing))
    });
    let app = app.clone();
    filter_button(
        "small verdict-filter expected-filter",
        is_pressed,
        part(count, |count| count.severity),
        counted(part(count, |count| (count.word.clone(), count.count))),
        Box::new(move || {
            let standing = count.with_untracked(|count| count.standing);
            filter(&app, |query| toggle(&mut query.expected, standing));
        }),
    )
}

/// Changes something of the list, and shows how it stands then.
pub(super) fn change(app: &App, order: ListCall) {
    let app = app.clone();
    spawn_local(async move {
        if let Some(reply) = list_call(&app, order).await {
            app.group.list.problem.set(String::new());
            show(&app, reply.state);
            ask(&app);
        }
    });
}

/// The words: of the list and its fields at once, of the members folded.
fn said(statements: ReadSignal<Vec<Statement>>) -> View {
    live(move || {
        // The first is of the list itself; behind it those have a heading that are of members.
        let statements = statements.get_clone().into_iter().enumerate();
        let (folded, open): (Vec<_>, Vec<_>) =
            statements.partition(|(at, it)| *at > 0 && it.heading.is_some());
        let open = open.into_iter().map(|(_, it)| section::statement(Statement { heading: None, ..it }));
        let folded = folded.into_iter().map(|(_, it)| {
            let heading = it.heading.clone().unwrap_or_default();
            let count = it.sentences.len();
            let words = text!("ui.list.about", heading = heading, count = count).to_string();
            View::from(details().children((
                summary().children(words),
                ul().children(section::statement(Statement { heading: None, ..it })),
            )))
        });
        View::from((
            ul().class("people-said").children(open.collect::<Vec<_>>()),
            div().class("people-members").children(folded.collect::<Vec<_>>()),
        ))
    })
}

#[cfg(test)]
mod tests;
