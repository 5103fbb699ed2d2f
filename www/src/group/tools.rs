//! Above the table: how far the check came and what it found, and what the table leaves out.

use super::{
    filter,
    filters::{filters, show_class},
    found::found,
    order,
    people::people,
    plan::plan,
    provider::provider,
    repair::command,
    toggle_shown,
};
use crate::{
    app::{App, group::GroupState, guide::Check},
    base::signals::{each, live, part, while_any},
    parts::{
        controls,
        field::{SEARCH_KEY, focus_on_key, value},
        severity,
    },
};
use samlight::{
    base::{
        catalogue::Text,
        number::thousands,
        severity::{Sentence, Severity},
    },
    calls::protocol::GroupCall,
    group::{check::GroupView, member_class::MemberClass},
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, details, div, h2, input, li, p, section, summary, ul},
};

/// All of it; what works on the table only where there is one.
pub(super) fn tools(app: &App, has_table: ReadSignal<bool>) -> View {
    let of_table = app.clone();
    section()
        .class("group-tools")
        .attr("aria-labelledby", "group-heading")
        .children((
            state(app),
            live(move || {
                let app = &of_table;
                has_table
                    .get()
                    .then(|| View::from((search(app), found(app), people(app), provider(app), plan(app))))
            }),
        ))
        .into()
}

/// The part of what is known that `pick` takes.
pub(super) fn of<T: PartialEq + Default + 'static>(
    group: &GroupState,
    pick: impl Fn(&GroupView) -> T + 'static,
) -> ReadSignal<T> {
    let group = group.clone();
    create_selector(move || group.view().map(|view| pick(&view)).unwrap_or_default())
}

/// The group, the state of its check, the counts in one sentence, what could not be checked, and the last
/// change.
fn state(app: &App) -> View {
    let group = &app.group;
    let name = of(group, |view| view.group.clone());
    let state = of(group, |view| view.state.clone());
    let is_reading = of(group, |view| view.can_cancel);
    let sums = of(group, |view| match view.table.total {
        0 => Vec::new(),
        _ => vec![view.table.summary.clone()],
    });
    let changed = of(group, |view| view.changed.clone());
    let (way_back, changing) = (of(group, |view| view.way_back.clone()), app.clone());
    let remarks = of(group, |view| view.remarks.clone());
    // Anything that could not be checked makes the counts wrong, so it is not folded.
    let is_warning = |sentence: &&Sentence| sentence.severity >= Severity::Warning;
    let warnings = part(remarks, move |all| all.iter().filter(is_warning).cloned().collect::<Vec<_>>());
    let others =
        part(remarks, move |all| all.iter().filter(|it| !is_warning(it)).cloned().collect::<Vec<_>>());
    div()
        .class("group-state")
        .children((
            h2().attr("id", "group-heading")
                .children(live(move || text!("ui.group.heading", group = name.get_clone()).to_string())),
            div().class("group-line").children((
                severity::sentence(state),
                orders(app),
                controls::check_offer(app, Check::Members, "small guide-offer"),
            )),
            // Progress is not read out; that it ended is.
            p().class("unseen").attr("role", "status").children(live(move || {
                if is_reading.get() { String::new() } else { state.with(|state| state.text.clone()) }
            })),
            each(sums, |at, _| at, severity::sentence),
            enforcement(app),
            div().class("group-changed").attr("role", "status").children(live(move || {
                changed.get_clone().map(|sentence: Sentence| severity::sentence(*create_signal(sentence)))
            })),
            live(move || way_back.get_clone().map(|it| command(&changing, &text!("ui.group.way-back"), &it))),
            while_any(warnings, move || ul().class("group-remarks").children(list(warnings)).into()),
            while_any(others, move || {
                let count = part(others, Vec::len);
                let words = move || text!("ui.group.remarks", count = count.get()).to_string();
                details()
                    .class("group-remarks")
                    .children((summary().children(words), ul().children(list(others))))
                    .into()
            }),
        ))
        .into()
}

/// The number of those who lose access where SSO is enforced, and the button that shows them.
fn enforcement(app: &App) -> View {
    let said = of(&app.group, |view| view.enforcement.clone());
    let has_any = of(&app.group, |view| {
        view.table.classes.iter().any(|count| count.class == MemberClass::CannotSignIn)
    });
    let app = app.clone();
    live(move || {
        let (said, app) = (said.get_clone()?, app.clone());
        let show = move || {
            let app = app.clone();
            button()
                .r#type("button")
                .class("small group-losing")
                .on(events::click, move |_| show_class(&app, MemberClass::CannotSignIn))
                .children(text!("ui.group.losing").to_string())
        };
        let show = live(move || has_any.get().then(|| View::from(show())));
        Some(View::from(div().class("group-line").children((severity::sentence(*create_signal(said)), show))))
    })
}

/// An order that a person can give, as the check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CheckOrder {
    Stop,
    GoOn,
    ReadAgain,
    ShowSignIns,
}

impl CheckOrder {
    fn of(view: &GroupView) -> Option<Self> {
        match (view.can_cancel, view.has_own_only, view.can_resume) {
            (true, ..) => Some(CheckOrder::Stop),
            // A person who does not own the group would be told the same again.
            (_, true, _) => Some(CheckOrder::ShowSignIns),
            (_, _, true) => Some(CheckOrder::GoOn),
            (false, false, false) => view.can_read_again.then_some(CheckOrder::ReadAgain),
        }
    }

    fn words(self) -> Text {
        match self {
            CheckOrder::Stop => text!("ui.group.cancel"),
            CheckOrder::GoOn => text!("ui.group.resume"),
            CheckOrder::ReadAgain => text!("ui.group.again"),
            CheckOrder::ShowSignIns => text!("ui.group.own"),
        }
    }

    fn give(self, app: &App) {
        match self {
            CheckOrder::Stop => order(app, GroupCall::Cancel),
            CheckOrder::GoOn => order(app, GroupCall::Resume),
            CheckOrder::ReadAgain => order(app, GroupCall::Again),
            CheckOrder::ShowSignIns => toggle_shown(app),
        }
    }
}

/// One button, whose words change: another one in its place would not have the focus.
fn orders(app: &App) -> View {
    let possible = of(&app.group, CheckOrder::of);
    let is_any = part(possible, Option::is_some);
    let app = app.clone();
    live(move || {
        let app = app.clone();
        is_any.get().then(|| {
            View::from(
                button()
                    .r#type("button")
                    .class("small group-order")
                    .on(events::click, move |_| {
                        possible.get_untracked().into_iter().for_each(|order| order.give(&app));
                    })
                    .children(live(move || {
                        possible.get().map(|order| order.words().to_string()).unwrap_or_default()
                    })),
            )
        })
    })
}

fn list(sentences: ReadSignal<Vec<Sentence>>) -> View {
    each(sentences, |at, _| at, |sentence| li().children(severity::sentence(sentence)).into())
}

/// The search, and the filters.
fn search(app: &App) -> View {
    let query = app.group.query;
    let found = of(&app.group, |view| (view.table.found, view.table.total));
    let is_all = part(*query, |query| !query.narrows());
    // The field may be made anew while the table is already searched.
    let text = create_signal(query.with_untracked(|query| query.text.clone()));
    create_effect(move || {
        if is_all.get() {
            text.set(String::new());
        }
    });
    let (typed, all) = (app.clone(), app.clone());
    let words = app.group.search;
    on_mount(move || focus_on_key(words));
    div()
        .class("search group-search")
        .attr("role", "search")
        .children((
            input()
                .r#type("search")
                .r#ref(words)
                .attr("aria-keyshortcuts", SEARCH_KEY)
                .attr("aria-label", text!("ui.group.search").to_string())
                .placeholder(text!("ui.group.search.placeholder").to_string())
                .bind(bind::value, text)
                .on(events::input, move |event: web_sys::Event| {
                    let words = value(&event);
                    filter(&typed, |query| query.text = words);
                }),
            filters(app),
            div().class("group-found").children((
                live(move || {
                    let all = all.clone();
                    (!is_all.get()).then(|| {
                        View::from(
                            button()
                                .r#type("button")
                                .class("small group-all")
                                .on(events::click, move |_| show_all(&all))
                                .children(text!("ui.search.all").to_string()),
                        )
                    })
                }),
                p().class("quiet count").attr("role", "status").children(live(move || {
                    // By what the table shows: an answer to the newest filters may be on its way.
                    let (found, total) = found.get();
                    match found == total {
                        true => text!("ui.group.total", total = thousands(total)),
                        false => {
                            text!("ui.group.found", found = thousands(found), total = thousands(total))
                        }
                    }
                    .to_string()
                })),
            )),
        ))
        .into()
}

/// Drops what was typed and chosen; the order and the member stay. The button that was pressed is gone then,
/// and the search takes over its focus.
pub(super) fn show_all(app: &App) {
    controls::focus(app.group.search.try_get());
    filter(app, |query| {
        query.text.clear();
        query.classes.clear();
        query.standings.clear();
        query.expected.clear();
    });
}
