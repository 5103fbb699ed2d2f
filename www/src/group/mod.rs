//! The group that is checked: its members in a table, what is wrong with each, and the safe repair of one.
//!
//! All that is shown comes from the core by [`GroupCall`]s. The table can have 100,000 rows; an answer brings
//! a part of it. Nothing of it is kept here but what is on the screen; that stays while the worker reads
//! again what it lost.
//!
//! | file | what it shows |
//! |---|---|
//! | `tools.rs` | how far the check came; search |
//! | `found.rs` | what can be done with those who are found: a file, addresses, a message |
//! | `filters.rs` | the filters with their numbers |
//! | `grid.rs` | the table |
//! | `member.rs`, `receives.rs` | the member who is chosen, and what GitLab will receive of them |
//! | `people.rs`, `columns.rs` | the identity provider's list of people, and its columns |
//! | `provider.rs` | its settings |
//! | `plan.rs`, `scripts.rs` | the plan of a change, and the corrections as scripts |
//! | `giving.rs` | how a file is given to these |
//! | `dialog.rs`, `repair.rs`, `reactivation.rs` | what is asked before anything is changed |

mod columns;
mod dialog;
mod filters;
mod found;
mod giving;
mod grid;
mod member;
mod people;
mod plan;
mod provider;
mod reactivation;
mod receives;
mod repair;
mod scripts;
#[cfg(test)]
mod tests;
mod tools;

use crate::{
    app::{
        App,
        group::{DialogContent, GroupState, KnownGroup},
        guide::Check,
    },
    base::{latest_call, signals::live},
    parts::{controls, scroll, section::loading},
};
use js_sys::futures::spawn_local;
use samlight::{
    calls::protocol::{GroupCall, OwnCall, OwnReply},
    group::{
        check::GroupView,
        member_verdict::MemberVerdict,
        members::Identity,
        opening::Opening,
        table::{Chosen, Query, TableView, WINDOW},
    },
    text,
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, h2, li, main, ol, p, section},
};

/// Has the group asked for again with all else that is shown. For as long as the page lives.
pub(crate) fn listen(app: &App) {
    app.ask_also(ask);
}

/// Asks again for what is shown; nothing while the group is not.
fn ask(app: &App) {
    if app.group.shown.get_untracked() {
        let app = app.clone();
        latest_call::ask(&app.group.calls.clone(), (), move |()| {
            let app = app.clone();
            async move {
                let query = app.group.query.get_clone_untracked();
                if let Some(OwnReply::Group(view)) = call(&app, GroupCall::View(query)).await {
                    show(&app, view.map(|view| *view));
                }
            }
        });
    }
}

/// Has the core answer; a failure is shown.
async fn call(app: &App, call: GroupCall) -> Option<OwnReply> {
    match tell(app, call).await {
        Ok(reply) => Some(reply),
        Err(reason) => {
            app.failure.set(Some(reason));
            None
        }
    }
}

/// Has the core answer, or gives the reason why it does not: it is shown where it was asked.
async fn tell(app: &App, call: GroupCall) -> Result<OwnReply, String> {
    match app.client.call(&OwnCall::Group(call)).await {
        Ok(OwnReply::Refused(reason)) | Err(reason) => Err(reason),
        Ok(reply) => Ok(reply),
    }
}

fn show(app: &App, view: Option<GroupView>) {
    let group = &app.group;
    let last = group.known.with_untracked(KnownGroup::view);
    let before = view.as_ref().zip(last.as_deref()).and_then(|(view, last)| {
        is_lost(view, last).then(|| kept(&last.table, group.query.with_untracked(|query| query.chosen)))
    });
    group.is_before.set(before.is_some());
    people::follow(app, view.as_ref().and_then(|view| view.list.clone()));
    provider::follow(app, view.as_ref().map(|view| view.settings.clone()).unwrap_or_default());
    let view = view.map(|view| match before {
        Some(table) => GroupView { table, ..view },
        None => view,
    });
    group.known.set(Some(view.map_or(KnownGroup::Nothing, |view| KnownGroup::View(Rc::new(view)))));
    if let Some(position) = group.wanted.get_untracked() {
        choose_at(app, position);
    }
}

/// Whether the worker lost members that are on the screen, and reads them again or waits until it may.
fn is_lost(now: &GroupView, last: &GroupView) -> bool {
    let waits = now.can_resume && !now.has_own_only && now.table.total == 0;
    now.group == last.group && now.table.total < last.table.total && (now.can_cancel || waits)
}

/// The table as it was, with the member who is chosen now.
fn kept(last: &TableView, chosen: Option<u64>) -> TableView {
    let at = last.rows.iter().position(|row| Some(row.id) == chosen);
    let chosen =
        at.and_then(|at| Some(Chosen { row: last.rows.get(at)?.clone(), position: Some(last.start + at) }));
    TableView { chosen: chosen.or_else(|| last.chosen.clone()), ..last.clone() }
}

/// Orders something of the check, and looks again.
fn order(app: &App, order: GroupCall) {
    let app = app.clone();
    spawn_local(async move {
        call(&app, order).await;
        ask(&app);
    });
}

/// Shows this member from now on.
fn choose(app: &App, user: u64) {
    if app.group.query.with_untracked(|query| query.chosen != Some(user)) {
        app.group.query.update_silent(|query| query.chosen = Some(user));
        ask(app);
    }
}

/// Shows no member any longer; the table has the room.
fn close_member(app: &App) {
    app.group.query.update_silent(|query| query.chosen = None);
    controls::focus(app.group.grid.try_get());
    ask(app);
}

/// Shows the member at `position` of the table; at once, or when that part of the table has come.
fn choose_at(app: &App, position: usize) {
    let view = app.group.known.with_untracked(KnownGroup::view);
    let here = view.and_then(|view| Some(view.table.rows.get(position.checked_sub(view.table.start)?)?.id));
    match here {
        Some(user) => {
            app.group.wanted.set_silent(None);
            choose(app, user);
        }
        None => {
            app.group.wanted.set_silent(Some(position));
            bring(app, position);
        }
    }
}

/// Asks for the part of the table around `position`.
fn bring(app: &App, position: usize) {
    let start = position.saturating_sub(WINDOW / 2);
    if app.group.query.with_untracked(|query| query.start != start) {
        app.group.query.update_silent(|query| query.start = start);
        ask(app);
    }
}

/// Changes what the table is to show; it begins at its first row again.
fn filter(app: &App, change: impl FnOnce(&mut Query)) {
    app.group.query.update(|query| {
        change(query);
        query.start = 0;
    });
    app.group.wanted.set_silent(None);
    scroll::to_top(app.group.grid);
    ask(app);
}

/// Opens the dialog for the repair of one identity.
fn open_repair(app: &App, user: u64, identity: Identity) {
    let app = app.clone();
    spawn_local(async move {
        match call(&app, GroupCall::Repair { user, identity }).await {
            Some(OwnReply::Repair(Some(plan))) => {
                app.group.dialog.set(Some(Rc::new(DialogContent::Repair(*plan))));
            }
            Some(_) => app.say(text!("ui.group.not-read").to_string()),
            None => {}
        }
    });
}

/// Opens the dialog for the reactivation of a SCIM identity.
fn open_reactivation(app: &App, user: u64, label: String) {
    let app = app.clone();
    spawn_local(async move {
        match call(&app, GroupCall::Reactivation { user }).await {
            Some(OwnReply::Reactivation(Some(view))) => {
                app.group.dialog.set(Some(Rc::new(DialogContent::Reactivation(label, view))));
            }
            Some(_) => app.say(text!("ui.group.not-read").to_string()),
            None => {}
        }
    });
}

/// The ways to give the identity provider's list of people.
pub(crate) fn list_given(app: &App) -> View {
    people::given(app)
}

/// The columns of that list that are used, to be corrected.
pub(crate) fn list_fields(app: &App) -> View {
    columns::fields(app)
}

/// Has the check read on.
pub(crate) fn read_on(app: &App) {
    order(app, GroupCall::Resume);
}

/// Shows the members of this verdict alone.
pub(crate) fn show_verdict(app: &App, standing: MemberVerdict) {
    filter(app, |query| {
        *query = Query { standings: vec![standing], sort: query.sort, ..Query::default() };
    });
}

/// Shows these members of the group first.
pub(crate) fn open(app: &App, opening: Opening) {
    app.guide.open(Check::Members, false);
    app.group.shown.set(true);
    filter(app, |query| *query = Query { classes: opening.classes(), sort: query.sort, ..Query::default() });
}

/// Shows the group, or the sign-ins again; where nothing is recorded no group is checked.
pub(crate) fn toggle(app: &App) -> View {
    if !app.client.records() {
        return View::new();
    }
    let GroupState { shown, toggle, .. } = app.group;
    let app = app.clone();
    button()
        .r#type("button")
        .class("group-toggle")
        .attr("aria-pressed", move || shown.get().to_string())
        .r#ref(toggle)
        .on(events::click, move |_| toggle_shown(&app))
        .children(text!("ui.group").to_string())
        .into()
}

/// Shows the one in place of the other. The focus goes to the button that leads back: the one that was
/// pressed may be gone with what was shown.
fn toggle_shown(app: &App) {
    app.group.shown.set(!app.group.shown.get_untracked());
    controls::focus(app.group.toggle.try_get());
    ask(app);
}

/// The group, or how one is checked.
pub(crate) fn group(app: &App) -> View {
    let known = app.group.known;
    let stage = create_selector(move || {
        known.with(|known| known.as_ref().map(|known| matches!(known, KnownGroup::View(_))))
    });
    let app = app.clone();
    live(move || match stage.get() {
        None => main().children(loading()).into(),
        Some(false) => main().children(nothing(&app)).into(),
        Some(true) => checked(&app),
    })
}

fn nothing(app: &App) -> View {
    let steps =
        [text!("ui.group.empty.first"), text!("ui.group.empty.second"), text!("ui.group.empty.third")];
    let steps = steps.map(|step| View::from(li().children(step.to_string())));
    section()
        .class("empty")
        .children((
            controls::mark(),
            h2().children(text!("ui.group.empty").to_string()),
            ol().class("steps").children(Vec::from(steps)),
            controls::check_offer(app, Check::Members, "primary guide-offer"),
            p().class("quiet").children(text!("ui.group.empty.kept").to_string()),
        ))
        .into()
}

fn checked(app: &App) -> View {
    let app = app.clone();
    // If there is nobody, and will be nobody, a table says nothing that the sentence above it does not.
    let has_table = tools::of(&app.group, |view| view.can_cancel || view.table.total > 0);
    let has_list = tools::of(&app.group, |view| view.list.is_some());
    main()
        .class("group")
        .children((
            tools::tools(&app, has_table),
            dialog::dialogs(&app),
            // With a list of people the table has a column more.
            live(move || {
                let has_list = has_list.get();
                has_table.get().then(|| columns(&app, has_list))
            }),
        ))
        .into()
}

fn columns(app: &App, has_list: bool) -> View {
    let heading = create_node_ref();
    div()
        .class("group-columns")
        .children((
            grid::grid(app, has_list, move || controls::focus(heading.try_get())),
            member::member(app, heading),
        ))
        .into()
}
