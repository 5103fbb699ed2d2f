//! Filters of the table: a button that is pressed while it narrows the table, the classes of members as one
//! bar and large buttons, and the verdicts of these classes, folded.
//!
//! A class names the verdicts that are offered: with one pressed, only its own are. Leaves out the search and
//! the files: `tools.rs`.

use super::{filter, tools::of};
use crate::{
    app::{App, group::KnownGroup},
    base::signals::{each, live, part, while_any},
    parts::severity,
};
use samlight::{
    base::{number::thousands, severity::Severity},
    group::{
        check::GroupView,
        member_class::MemberClass,
        member_verdict::MemberVerdict,
        table::{ClassCount, Count, Query},
    },
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, details, div, rect, span, strong, summary, svg},
};

/// A button that narrows the table while it is pressed: its icon, and `content`.
pub(super) fn filter_button(
    class: &'static str,
    is_pressed: ReadSignal<bool>,
    severity: ReadSignal<Severity>,
    content: View,
    press: Box<dyn Fn()>,
) -> View {
    button()
        .r#type("button")
        .class(class)
        .attr("aria-pressed", move || is_pressed.get().to_string())
        .attr("data-severity", move || severity::name(severity.get()))
        .on(events::click, move |_| press())
        .children((severity::icon(move || severity.get()), content))
        .into()
}

/// A word with its number, as the small filters have it.
pub(super) fn counted(words: ReadSignal<(String, usize)>) -> View {
    let said = move || {
        words
            .with(|(word, count)| text!("ui.group.count", word = word, count = thousands(*count)).to_string())
    };
    span().children(live(said)).into()
}

/// Adds to the list what it lacks, and removes what it has.
pub(super) fn toggle<T: PartialEq>(list: &mut Vec<T>, one: T) {
    match list.iter().position(|known| *known == one) {
        Some(at) => drop(list.remove(at)),
        None => list.push(one),
    }
}

/// The classes, all members in one bar, each a filter; below them the verdicts.
pub(super) fn filters(app: &App) -> View {
    let classes = of(&app.group, |view| view.table.classes.clone());
    let counts = of(&app.group, |view| view.table.counts.clone());
    let query = app.group.query;
    let chosen = part(*query, |query| query.classes.clone());
    let offered = create_selector(move || {
        let chosen = chosen.get_clone();
        counts.with(|counts| {
            let is_offered = |count: &&Count| chosen.is_empty() || chosen.contains(&count.class);
            counts.iter().filter(is_offered).cloned().collect::<Vec<_>>()
        })
    });
    let (of_class, of_verdict) = (app.clone(), app.clone());
    View::from((
        while_any(classes, move || {
            let app = of_class.clone();
            View::from((
                bar(classes),
                div()
                    .class("class-filters")
                    .attr("role", "group")
                    .attr("aria-label", text!("ui.group.classes").to_string())
                    .children(each(
                        classes,
                        |_, count| count.class as usize,
                        move |count| class(&app, count),
                    )),
            ))
        }),
        while_any(offered, move || {
            let app = of_verdict.clone();
            details()
                .class("verdicts")
                .children((
                    summary().children(live(move || {
                        text!("ui.group.reasons", count = offered.with(Vec::len)).to_string()
                    })),
                    div()
                        .class("filters")
                        .attr("role", "group")
                        .attr("aria-label", text!("ui.group.filters").to_string())
                        .children(each(
                            offered,
                            |_, count| count.standing.place(),
                            move |count| verdict(&app, count),
                        )),
                ))
                .into()
        }),
    ))
}

/// All members in one line, as much of it in each colour as there are. The buttons below say the same in
/// words.
fn bar(classes: ReadSignal<Vec<ClassCount>>) -> View {
    let parts = part(classes, |classes| {
        let mut x = 0;
        let placed = classes.iter().map(|class| {
            let place = (x, class.count, class.severity);
            x += class.count;
            place
        });
        placed.collect::<Vec<_>>()
    });
    let total = part(classes, |classes| classes.iter().map(|class| class.count).sum::<usize>());
    svg()
        .class("class-bar")
        .attr("aria-hidden", "true")
        .attr("preserveAspectRatio", "none")
        .attr("viewBox", move || format!("0 0 {} 1", total.get().max(1)))
        .children(live(move || {
            let one = |(x, width, severity): (usize, usize, Severity)| {
                rect()
                    .attr("x", x.to_string())
                    .attr("width", width.to_string())
                    .attr("height", "1")
                    .attr("data-severity", severity::name(severity))
                    .into()
            };
            parts.get_clone().into_iter().map(one).collect::<Vec<View>>()
        }))
        .into()
}

/// The large filter of one class.
fn class(app: &App, count: ReadSignal<ClassCount>) -> View {
    let class = count.with_untracked(|count| count.class);
    let is_pressed = part(*app.group.query, move |query| query.classes.contains(&class));
    let content = View::from((
        strong().children(live(move || count.with(|count| thousands(count.count)))),
        span().children(live(move || count.with(|count| count.word.clone()))),
    ));
    let app = app.clone();
    filter_button(
        "class-filter",
        is_pressed,
        part(count, |count| count.severity),
        content,
        Box::new(move || {
            let view = KnownGroup::view(&app.group.known.get_clone_untracked());
            filter(&app, |query| {
                toggle(&mut query.classes, class);
                drop_others(query, view.as_deref());
            });
        }),
    )
}

/// Shows this class, and no other.
pub(super) fn show_class(app: &App, class: MemberClass) {
    filter(app, |query| {
        query.classes = vec![class];
        query.standings.clear();
    });
}

/// Drops the verdicts that are not offered any longer. Their classes are asked of the answer, so that the
/// panel has no copy of the table of verdicts.
fn drop_others(query: &mut Query, view: Option<&GroupView>) {
    let Query { classes, standings, .. } = query;
    let is_offered = |standing: &MemberVerdict| {
        let mut counts = view.iter().flat_map(|view| &view.table.counts);
        counts.any(|count| count.standing == *standing && classes.contains(&count.class))
    };
    standings.retain(|standing| classes.is_empty() || is_offered(standing));
}

/// The filter for one verdict.
fn verdict(app: &App, count: ReadSignal<Count>) -> View {
    let standing = count.with_untracked(|count| count.standing);
    let is_pressed = part(*app.group.query, move |query| query.standings.contains(&standing));
    let app = app.clone();
    filter_button(
        "small verdict-filter",
        is_pressed,
        part(count, |count| count.severity),
        counted(part(count, |count| (count.word.clone(), count.count))),
        Box::new(move || filter(&app, |query| toggle(&mut query.standings, standing))),
    )
}
