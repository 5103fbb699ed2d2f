//! The group that is checked: its members in a table, what is wrong with each, and the safe repair of one.
//!
//! All that is shown comes from the core by [`GroupCall`]s. The table can have 100,000 rows; an answer brings a part of
//! it. Nothing of it is kept here but what is on the screen; that stays while the worker reads again what it lost.
//!
//! | file | what it shows |
//! |---|---|
//! | `tools.rs` | how far the check came; search, filters with counts, files |
//! | `grid.rs` | the table |
//! | `member.rs` | the member who is chosen |
//! | `dialog.rs`, `repair.rs`, `reactivation.rs` | what is asked before anything is changed |

mod dialog;
mod grid;
mod member;
mod reactivation;
mod repair;
#[cfg(test)]
mod tests;
mod tools;

use crate::{
    app::App,
    asks::{self, Asks},
    controls,
    panel::loading,
    scroll,
};
use js_sys::futures::spawn_local;
use samlight::{
    calls::protocol::{GroupCall, OwnCall, OwnReply, ReactivationView},
    group::{
        check::GroupView,
        members::Identity,
        repair::RepairPlan,
        table::{Chosen, Query, RowView, TableView, WINDOW},
    },
    text,
};
use std::{cell::RefCell, rc::Rc};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, h2, li, main, ol, p, section},
};

/// What is known of the group that is checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Known {
    /// No group is checked.
    Nothing,
    /// This is how it stands.
    View(Rc<GroupView>),
}

impl Known {
    /// What is shown; nothing while that is not known, or no group is checked.
    fn view(known: &Option<Known>) -> Option<Rc<GroupView>> {
        match known {
            Some(Known::View(view)) => Some(Rc::clone(view)),
            Some(Known::Nothing) | None => None,
        }
    }
}

/// What a dialog is about.
#[derive(Clone, Debug, PartialEq)]
enum Subject {
    /// The repair of one identity.
    Repair(RepairPlan),
    /// The reactivation of a SCIM identity: the user's label, the requests.
    Reactivation(String, ReactivationView),
}

/// What the parts of the group's view share. Cheap to clone: all clones are one.
#[derive(Clone)]
pub(crate) struct Group {
    /// Whether the group is shown, in place of the sign-ins.
    shown: Signal<bool>,
    /// Absent until the first answer.
    pub(crate) known: Signal<Option<Known>>,
    /// The members that are shown were lost by the worker; others are not known yet.
    is_before: Signal<bool>,
    /// What the table is to show.
    query: Signal<Query>,
    /// Position of a row that is to be chosen as soon as its part of the table is here.
    wanted: Signal<Option<usize>>,
    /// The dialog that is open.
    subject: Signal<Option<Rc<Subject>>>,
    /// The button that shows the group.
    toggle: NodeRef,
    /// Where words to search are typed.
    search: NodeRef,
    /// The table.
    grid: NodeRef,
    asks: Rc<RefCell<Asks<()>>>,
}

impl Group {
    /// Nothing known yet. To be made inside a reactive scope.
    pub(crate) fn new() -> Self {
        Group {
            shown: create_signal(false),
            known: create_signal(None),
            is_before: create_signal(false),
            query: create_signal(Query::default()),
            wanted: create_signal(None),
            subject: create_signal(None),
            toggle: create_node_ref(),
            search: create_node_ref(),
            grid: create_node_ref(),
            asks: Rc::default(),
        }
    }

    /// Whether the group is shown, in place of the sign-ins.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.get()
    }

    /// What is shown of the group; nothing while there is none.
    fn view(&self) -> Option<Rc<GroupView>> {
        self.known.with(Known::view)
    }

    /// The row of the member who is chosen.
    fn chosen(&self) -> Option<RowView> {
        self.view().and_then(|view| view.table.chosen.as_ref().map(|chosen| chosen.row.clone()))
    }
}

/// Asks again for what is shown; nothing while the group is not.
pub(crate) fn ask(app: &App) {
    if app.group.shown.get_untracked() {
        let app = app.clone();
        asks::ask(&app.group.asks.clone(), (), move |()| {
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
    match app.client.call(&OwnCall::Group(call)).await {
        Ok(OwnReply::Refused(reason)) | Err(reason) => {
            app.failure.set(Some(reason));
            None
        }
        Ok(reply) => Some(reply),
    }
}

fn show(app: &App, view: Option<GroupView>) {
    let group = &app.group;
    let last = group.known.with_untracked(Known::view);
    let before = view.as_ref().zip(last.as_deref()).and_then(|(view, last)| {
        is_lost(view, last).then(|| kept(&last.table, group.query.with_untracked(|query| query.chosen)))
    });
    group.is_before.set(before.is_some());
    let view = view.map(|view| match before {
        Some(table) => GroupView { table, ..view },
        None => view,
    });
    group.known.set(Some(view.map_or(Known::Nothing, |view| Known::View(Rc::new(view)))));
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

/// Shows the member at `position` of the table; at once, or when that part of the table has come.
fn choose_at(app: &App, position: usize) {
    let view = app.group.known.with_untracked(Known::view);
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
                app.group.subject.set(Some(Rc::new(Subject::Repair(*plan))));
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
                app.group.subject.set(Some(Rc::new(Subject::Reactivation(label, view))));
            }
            Some(_) => app.say(text!("ui.group.not-read").to_string()),
            None => {}
        }
    });
}

/// Shows the group, or the sign-ins again; where nothing is recorded no group is checked.
pub(crate) fn toggle(app: &App) -> View {
    if !app.client.records() {
        return View::new();
    }
    let Group { shown, toggle, .. } = app.group;
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

/// Shows the one in place of the other. The focus goes to the button that leads back: the one that was pressed may be
/// gone with what was shown.
fn toggle_shown(app: &App) {
    app.group.shown.set(!app.group.shown.get_untracked());
    controls::focus(app.group.toggle.try_get());
    ask(app);
}

/// The group, or how one is checked.
pub(crate) fn group(app: &App) -> View {
    let known = app.group.known;
    let stage = create_selector(move || {
        known.with(|known| known.as_ref().map(|known| matches!(known, Known::View(_))))
    });
    let app = app.clone();
    View::from(move || match stage.get() {
        None => main().children(loading()).into(),
        Some(false) => main().children(nothing()).into(),
        Some(true) => checked(&app),
    })
}

fn nothing() -> View {
    let steps =
        [text!("ui.group.empty.first"), text!("ui.group.empty.second"), text!("ui.group.empty.third")];
    let steps = steps.map(|step| View::from(li().children(step.to_string())));
    section()
        .class("empty")
        .children((
            controls::mark(),
            h2().children(text!("ui.group.empty").to_string()),
            ol().class("steps").children(Vec::from(steps)),
            p().class("quiet").children(text!("ui.group.empty.kept").to_string()),
        ))
        .into()
}

fn checked(app: &App) -> View {
    let app = app.clone();
    // Where there is nobody, and will be nobody, a table says nothing that the sentence above it does not.
    let has_table = tools::of(&app.group, |view| view.can_cancel || view.table.total > 0);
    main()
        .class("group")
        .children((tools::tools(&app, has_table), dialog::dialogs(&app), move || {
            has_table.get().then(|| columns(&app))
        }))
        .into()
}

fn columns(app: &App) -> View {
    let heading = create_node_ref();
    div()
        .class("group-columns")
        .children((grid::grid(app, move || controls::focus(heading.try_get())), member::member(app, heading)))
        .into()
}
