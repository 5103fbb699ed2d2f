//! The identity provider's list of people beside the group: the file, its columns with examples and what they
//! hold, the members by what the list tells of them, and what is to be said of all.
//!
//! The file is read by the worker of this page and handed on in parts; it is matched piece by piece where the
//! group is. Nothing of it is kept here but what is on the screen. Leaves out the table's column and the
//! member's: `grid.rs`, `member.rs`.

use super::{
    ask, call, filter,
    filters::{counted, filter_button, toggle},
};
use crate::{
    app::{App, group::ListKnown},
    base::signals::{each, live, part, while_any},
    client::Unread,
    parts::{
        controls,
        field::{set_value, value},
        file::of_text,
        section,
    },
};
use js_sys::futures::spawn_local;
use samlight::{
    base::catalogue::Text,
    calls::protocol::{GroupCall, ListCall, ListReply, OwnReply},
    group::{
        check::{ColumnView, ListState},
        expected::{NamedColumns, Shape, StandingCount},
    },
    scim::Statement,
    text,
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, details, div, input, label, li, option, p, select, span, strong, summary, textarea, ul},
};
use wasm_bindgen::JsCast;
use web_sys::File;

/// A column that the person can name: its words, and its place among the named ones.
type Named = (&'static str, fn() -> Text, fn(&mut NamedColumns) -> &mut Option<usize>);

const NAMED: [Named; 3] = [
    ("email", || text!("ui.list.email"), |columns| &mut columns.email),
    ("name-id", || text!("ui.list.name-id"), |columns| &mut columns.name_id),
    ("external-id", || text!("ui.list.external-id"), |columns| &mut columns.external_id),
];

/// The shapes, by their names in the field.
const SHAPES: [(Shape, fn() -> Text); 3] = [
    (Shape::AsItIs, || text!("ui.list.shape.plain")),
    (Shape::Small, || text!("ui.list.shape.small")),
    (Shape::BeforeAt, || text!("ui.list.shape.before-at")),
];

/// Examples in an option are cut off behind so many characters.
const LONGEST: usize = 40;

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
    let ListKnown { state, view, is_reading, problem, .. } = app.group.list.clone();
    let is_there = part(*state, Option::is_some);
    let has_view = part(*view, Option::is_some);
    let (taking, seen) = (app.clone(), app.clone());
    details()
        .class("group-people")
        .children((
            summary().children(text!("ui.list").to_string()),
            div().class("people").children((
                p().class("quiet").children(text!("ui.list.private").to_string()),
                given(&taking),
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
                live(move || {
                    let app = seen.clone();
                    (is_there.get() && has_view.get()).then(|| compared(&app))
                }),
            )),
        ))
        .into()
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

/// The two ways to give a list: a file, or a table that is pasted.
fn given(app: &App) -> View {
    let written = create_signal(String::new());
    let (chosen, pasted) = (app.clone(), app.clone());
    View::from((
        label().class("file-choice").children((
            span().children(text!("ui.list.choose").to_string()),
            input().r#type("file").on(events::change, move |event: web_sys::Event| {
                let field =
                    event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
                let files = field.as_ref().and_then(web_sys::HtmlInputElement::files);
                files.and_then(|files| files.get(0)).into_iter().for_each(|file| take(&chosen, file));
                // So that the same file can be chosen again.
                field.into_iter().for_each(|field| field.set_value(""));
            }),
        )),
        details().class("people-paste").children((
            summary().children(text!("ui.list.paste").to_string()),
            label().class("paste").children((
                span().children(text!("ui.list.paste.label").to_string()),
                textarea().rows("3").attr("spellcheck", "false").bind(bind::value, written),
            )),
            button()
                .r#type("button")
                .class("small")
                .disabled(move || written.with(|text| text.trim().is_empty()))
                .on(events::click, move |_| {
                    let name = text!("ui.files.pasted").to_string();
                    if let Ok(file) = of_text(&name, &written.get_clone()) {
                        written.set(String::new());
                        take(&pasted, file);
                    }
                })
                .children(text!("ui.list.paste.do").to_string()),
        )),
    ))
}

/// The list that is compared, with the button that puts it away.
fn compared(app: &App) -> View {
    let view = app.group.list.view;
    let names = part(*view, |view| {
        let columns = view.as_ref().map(|view| view.columns.iter().map(|column| column.name.clone()));
        columns.map(Iterator::collect::<Vec<_>>).unwrap_or_default()
    });
    let columns = part(*view, |view| view.as_ref().map(|view| view.columns.clone()).unwrap_or_default());
    let holds = part(*view, |view| view.as_ref().map(|view| view.holds).unwrap_or_default());
    let named = part(*view, |view| view.as_ref().map(|view| view.named).unwrap_or_default());
    let statements =
        part(*view, |view| view.as_ref().map(|view| view.statements.clone()).unwrap_or_default());
    let (choosing, away) = (app.clone(), app.clone());
    View::from((
        counts(app),
        div()
            .class("people-fields")
            .attr("role", "group")
            .attr("aria-label", text!("ui.list.fields").to_string())
            .children(
                // Other columns are another list: the fields of the one before would not fit.
                live(move || {
                    names.track();
                    let columns = columns.get_clone_untracked();
                    let fields = NAMED.iter().map(|kind| field(&choosing, *kind, &columns, holds, named));
                    let fields = fields.collect::<Vec<_>>();
                    View::from((fields, shape(&choosing, holds, named)))
                }),
            ),
        details().class("people-columns").children((
            summary()
                .children(live(move || text!("ui.list.columns", count = columns.with(Vec::len)).to_string())),
            ul().children(each(columns, |at, _| at, move |column| one_column(column, columns, holds))),
        )),
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

/// The name of a column with the first of its examples.
fn option_words(column: &ColumnView) -> String {
    let Some(example) = column.examples.first() else { return column.name.clone() };
    let example: String = match example.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", example.get(..end).unwrap_or_default()),
        None => example.clone(),
    };
    text!("ui.list.option", column = column.name, example = example).to_string()
}

/// The column that holds one thing: found by Samlight, or named by the person. What was named wrongly is
/// taken back by choosing the first option.
fn field(
    app: &App,
    (name, words, of): Named,
    columns: &[ColumnView],
    holds: ReadSignal<NamedColumns>,
    named: ReadSignal<NamedColumns>,
) -> View {
    let element = create_node_ref();
    let names: Rc<Vec<String>> = Rc::new(columns.iter().map(|column| column.name.clone()).collect());
    let found = move || {
        let column = of(&mut holds.get()).filter(|_| of(&mut named.get()).is_none());
        let column = column.and_then(|column| names.get(column));
        match column {
            Some(column) => text!("ui.list.found", column = column),
            None => text!("ui.list.find"),
        }
        .to_string()
    };
    let options = columns.iter().enumerate().map(|(at, column)| {
        View::from(option().attr("value", at.to_string()).children(option_words(column)))
    });
    let options = options.collect::<Vec<_>>();
    on_mount(move || {
        create_effect(move || {
            let column = *of(&mut named.get());
            set_value(element.try_get(), &column.map(|column| column.to_string()).unwrap_or_default());
        });
    });
    let app = app.clone();
    label()
        .children((
            span().children(words().to_string()),
            select()
                .attr("name", name)
                .r#ref(element)
                .on(events::change, move |event: web_sys::Event| {
                    let chosen = value(&event).parse().ok();
                    rename(&app, named, |columns| *of(columns) = chosen);
                })
                .children((option().attr("value", "").children(live(found)), options)),
        ))
        .into()
}

/// The way in which the NameID is made of the column that the person names.
fn shape(app: &App, holds: ReadSignal<NamedColumns>, named: ReadSignal<NamedColumns>) -> View {
    let element = create_node_ref();
    let options = SHAPES.iter().enumerate().map(|(at, (_, words))| {
        View::from(option().attr("value", at.to_string()).children(words().to_string()))
    });
    let options = options.collect::<Vec<_>>();
    on_mount(move || {
        create_effect(move || {
            let shape = holds.get().shape;
            let at = SHAPES.iter().position(|(known, _)| *known == shape).unwrap_or_default();
            set_value(element.try_get(), &at.to_string());
        });
    });
    let app = app.clone();
    label()
        .children((
            span().children(text!("ui.list.shape").to_string()),
            select()
                .attr("name", "shape")
                .disabled(move || named.get().name_id.is_none())
                .r#ref(element)
                .on(events::change, move |event: web_sys::Event| {
                    let at: usize = value(&event).parse().unwrap_or_default();
                    let shape = SHAPES.get(at).map(|(shape, _)| *shape).unwrap_or_default();
                    rename(&app, named, |columns| columns.shape = shape);
                })
                .children(options),
        ))
        .into()
}

/// Tells which columns the person names, and looks again.
fn rename(app: &App, named: ReadSignal<NamedColumns>, name: impl FnOnce(&mut NamedColumns)) {
    let mut columns = named.get_untracked();
    name(&mut columns);
    change(app, ListCall::Name(columns));
}

/// Changes something of the list, and shows how it stands then.
fn change(app: &App, order: ListCall) {
    let app = app.clone();
    spawn_local(async move {
        if let Some(reply) = list_call(&app, order).await {
            app.group.list.problem.set(String::new());
            show(&app, reply.state);
            ask(&app);
        }
    });
}

/// A column with its examples, what it seems to hold, and what it is taken for.
fn one_column(
    column: ReadSignal<ColumnView>,
    columns: ReadSignal<Vec<ColumnView>>,
    holds: ReadSignal<NamedColumns>,
) -> View {
    let used = create_selector(move || {
        let (name, holds) = (column.with(|column| column.name.clone()), holds.get());
        let at = columns.with(|columns| columns.iter().position(|it| it.name == name));
        let of = |(_, words, of): &Named| (*of(&mut holds.clone()) == at).then(|| words().to_string());
        NAMED.iter().filter(|_| at.is_some()).filter_map(of).collect::<Vec<_>>().join(", ")
    });
    li().children((
        strong().children(live(move || column.with(|column| column.name.clone()))),
        live(move || {
            let used = used.get_clone();
            (!used.is_empty()).then(|| View::from(span().class("people-used").children(used)))
        }),
        span().children(live(move || column.with(|column| column.examples.join(", ")))),
        live(move || {
            let role = column.with(|column| column.role.clone());
            role.map(|role| View::from(span().class("quiet").children(role)))
        }),
    ))
    .into()
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
