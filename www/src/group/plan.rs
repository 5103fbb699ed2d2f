//! The plan of a change: what changes, what is asked because it is not known, who matches before and after,
//! and the steps in their order, which the person ticks off.
//!
//! The plan itself is where the group is, and stays there while the group is read again; the ticks are kept
//! in this page. It can be left and taken up again. Leaves out the model
//! ([`samlight::group::planned`]) and the files (`scripts.rs`).

use super::{
    columns::{option_words, shape_field},
    giving::{Words, giving, pasted_name},
    people,
    provider::text_of,
    scripts::scripts,
    tell,
};
use crate::{
    app::{App, group::PlanKnown},
    base::signals::{live, part},
    parts::{controls, field::set_value, field::value, section, severity},
};
use js_sys::futures::spawn_local;
use samlight::{
    base::{catalogue::Text, severity::Step},
    calls::protocol::{GroupCall, ListCall, OwnReply},
    group::{
        check::{ColumnView, PlannedChange},
        expected::Shape,
        planned::Change,
    },
    scim::Statement,
    text,
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, details, div, h3, input, label, li, ol, option, p, select, span, summary, ul},
};
use web_sys::File;

/// A kind of changes, with its name in the page and its words.
type ChangeKind = (Change, &'static str, fn() -> Text);

/// All of them.
const CHANGES: [ChangeKind; 3] = [
    (Change::Field, "field", || text!("ui.plan.field")),
    (Change::Provider, "provider", || text!("ui.plan.provider")),
    (Change::ScimApp, "scim-app", || text!("ui.plan.scim-app")),
];

/// All of it, folded until it is wanted.
pub(super) fn plan(app: &App) -> View {
    let list = app.group.list.clone();
    let chosen = part(*list.state, |state| state.as_ref().and_then(|state| state.planned));
    let has_list = part(*list.state, Option::is_some);
    let of_plan = app.clone();
    details()
        .class("group-people group-plan")
        .children((
            summary().children(text!("ui.plan").to_string()),
            div().class("people").children((
                p().class("quiet").children(text!("ui.plan.about").to_string()),
                live(move || match has_list.get() {
                    false => p().children(text!("ui.plan.needs-list").to_string()).into(),
                    true => View::from((kinds(&of_plan, chosen), asked(&of_plan, chosen), result(&of_plan))),
                }),
                scripts(app),
            )),
        ))
        .into()
}

/// Plans something else from now on.
fn choose(app: &App, chosen: Option<PlannedChange>) {
    app.group.plan.problem.set(String::new());
    people::change(app, ListCall::Plan { chosen });
}

/// A button for each kind of change.
fn kinds(app: &App, chosen: ReadSignal<Option<PlannedChange>>) -> View {
    let buttons = CHANGES.map(|(change, name, words)| {
        let app = app.clone();
        let is_chosen = part(chosen, move |chosen| chosen.is_some_and(|it| it.change == change));
        View::from(
            button()
                .r#type("button")
                .class("small")
                .attr("data-change", name)
                .attr("aria-pressed", move || is_chosen.get().to_string())
                .on(events::click, move |_| {
                    let new = PlannedChange { change, to: None, shape: Shape::AsItIs };
                    choose(&app, Some(new).filter(|_| !is_chosen.get_untracked()));
                })
                .children(words().to_string()),
        )
    });
    div()
        .class("plan-kinds")
        .attr("role", "group")
        .attr("aria-label", text!("ui.plan.kinds").to_string())
        .children(Vec::from(buttons))
        .into()
}

/// The things that are asked because nothing says them: the new field, and of a new provider its side.
fn asked(app: &App, chosen: ReadSignal<Option<PlannedChange>>) -> View {
    let change = part(chosen, |chosen| chosen.map(|chosen| chosen.change));
    let columns =
        part(*app.group.list.view, |view| view.as_ref().map(|view| view.columns.clone()).unwrap_or_default());
    let app = app.clone();
    live(move || match change.get() {
        None => View::new(),
        Some(change) => View::from((
            (change != Change::ScimApp).then(|| new_field(&app, chosen, columns)),
            (change == Change::Provider).then(|| new_side(&app)),
        )),
    })
}

/// The column of the new NameID, and the way in which it is made of it.
fn new_field(
    app: &App,
    chosen: ReadSignal<Option<PlannedChange>>,
    columns: ReadSignal<Vec<ColumnView>>,
) -> View {
    let of_column = app.clone();
    let options = live(move || {
        let columns = columns.get_clone().into_iter().enumerate();
        let option = |(at, column): (usize, ColumnView)| {
            View::from(option().attr("value", at.to_string()).children(option_words(&column)))
        };
        View::from(columns.map(option).collect::<Vec<_>>())
    });
    let column = create_node_ref();
    on_mount(move || {
        create_effect(move || {
            // Options that are new choose the first one.
            columns.track();
            let to = chosen.get().and_then(|chosen| chosen.to);
            set_value(column.try_get(), &to.map(|to| to.to_string()).unwrap_or_default());
        });
    });
    let none = option().attr("value", "").children(text!("ui.plan.column.none").to_string());
    div()
        .class("people-fields")
        .children((
            label().children((
                span().children(text!("ui.plan.column").to_string()),
                select()
                    .attr("name", "plan-column")
                    .r#ref(column)
                    .on(events::change, move |event: web_sys::Event| {
                        let to = value(&event).parse().ok();
                        let new = chosen.get_untracked().map(|chosen| PlannedChange { to, ..chosen });
                        choose(&of_column, new);
                    })
                    .children((none, options)),
            )),
            shape_field(
                "plan-shape",
                move || chosen.get().map(|chosen| chosen.shape).unwrap_or_default(),
                move || chosen.get().is_none_or(|chosen| chosen.to.is_none()),
                {
                    let app = app.clone();
                    move |shape| {
                        let new = chosen.get_untracked().map(|chosen| PlannedChange { shape, ..chosen });
                        choose(&app, new);
                    }
                },
            ),
        ))
        .into()
}

/// The ways to give what is known of the new identity provider, which is compared with recorded sign-ins.
fn new_side(app: &App) -> View {
    let words = Words {
        choose: text!("ui.plan.side.choose"),
        paste: text!("ui.plan.side.paste"),
        label: text!("ui.plan.side.paste.label"),
        order: text!("ui.plan.side.paste.do"),
        is_several: true,
    };
    let (app, pasted) = (app.clone(), app.group.plan.pasted);
    giving(&words, move || pasted_name(pasted), move |file| take(&app, file))
}

fn take(app: &App, file: File) {
    let app = app.clone();
    app.group.plan.problem.set(String::new());
    spawn_local(async move {
        let content = match text_of(&file).await {
            Ok(content) => content,
            Err(problem) => return app.group.plan.problem.set(problem),
        };
        let call = ListCall::NewSide { file: file.name(), content };
        match tell(&app, GroupCall::List(call)).await {
            Ok(OwnReply::List(reply)) => people::follow(&app, reply.state),
            Ok(_) => {}
            Err(problem) => app.group.plan.problem.set(problem),
        }
    });
}

/// The plan, or what is still missing for one.
fn result(app: &App) -> View {
    let PlanKnown { problem, .. } = app.group.plan.clone();
    let list = app.group.list.clone();
    let said = part(*list.view, |view| view.as_ref().map(|view| view.planned.clone()).unwrap_or_default());
    let is_chosen = part(*list.state, |state| state.as_ref().is_some_and(|state| state.planned.is_some()));
    let app = app.clone();
    View::from((
        live(move || {
            let problem = problem.get_clone();
            (!problem.is_empty())
                .then(|| View::from(p().class("warning").attr("role", "alert").children(problem)))
        }),
        live(move || {
            if !is_chosen.get() {
                return View::new();
            }
            let mut said = said.get_clone().into_iter();
            match said.next() {
                None => p().class("quiet").children(text!("ui.plan.choose").to_string()).into(),
                Some(first) => View::from((of_change(&app, first), others(said.collect()), put_away(&app))),
            }
        }),
    ))
}

/// The numbers of members, and the steps.
fn of_change(app: &App, Statement { heading, sentences, steps }: Statement) -> View {
    let sentences = sentences.into_iter().map(|it| severity::sentence(*create_signal(it)));
    let done = app.group.plan.done;
    let texts: Rc<Vec<String>> = Rc::new(steps.iter().map(|step| step.text.clone()).collect());
    let count = move || {
        let (all, done) =
            (texts.len(), done.with(|done| texts.iter().filter(|it| done.contains(it)).count()));
        text!("ui.plan.done", done = done, all = all).to_string()
    };
    View::from((
        heading.map(|heading| View::from(h3().children(heading))),
        div().class("plan-said").children(sentences.collect::<Vec<_>>()),
        h3().children(text!("ui.steps.heading").to_string()),
        p().class("quiet plan-done").attr("role", "status").children(live(count)),
        ol().class("steps plan-steps")
            .children(steps.into_iter().map(|it| step(app, it)).collect::<Vec<_>>()),
    ))
}

/// A step with its tick.
fn step(app: &App, step: Step) -> View {
    let done = app.group.plan.done;
    let words = step.text.clone();
    let ticked = create_signal(done.with_untracked(|done| done.contains(&words)));
    let label = text!("ui.plan.step.done").to_string();
    li().children((
        input()
            .r#type("checkbox")
            .attr("aria-label", label)
            // First, so that what hears of the change sees it.
            .bind(bind::checked, ticked)
            .on(events::change, move |_| {
                let is_done = ticked.get_untracked();
                done.update(|done| {
                    done.retain(|it| *it != words);
                    done.extend(is_done.then(|| words.clone()));
                });
            }),
        " ",
        section::step_words(*create_signal(step)),
    ))
    .into()
}

/// The new things at the other side.
fn others(said: Vec<Statement>) -> View {
    let said = said.into_iter().map(section::statement).collect::<Vec<_>>();
    ul().class("people-said plan-side").children(said).into()
}

fn put_away(app: &App) -> View {
    let app = app.clone();
    button()
        .r#type("button")
        .class("small people-away plan-away")
        .on(events::click, move |_| {
            app.group.plan.done.set(Vec::new());
            choose(&app, None);
            app.say(text!("ui.plan.away.said").to_string());
            // The button goes with what it puts away.
            controls::focus(app.group.search.try_get());
        })
        .children(text!("ui.plan.away").to_string())
        .into()
}

#[cfg(test)]
mod tests;
