//! The list of sign-ins, newest first: a listbox (WAI-ARIA) whose selection follows the arrow keys.
//!
//! Lines of more than one day stand below the day, which stays in view; it is the reader's. For a screen
//! reader a day is a group. Sorted by anything else than the time there are no days.
//!
//! It can be thousands of lines long. Only the part that the overview brought is in the page
//! ([`scroll`](crate::parts::scroll)). The focus stays on the list itself (`aria-activedescendant`), because
//! a line that has the focus could scroll away and take it along.

mod columns;
pub(crate) mod search;

use crate::{
    app::App,
    base::{
        keys::{Axis, target},
        local_time,
        signals::{each, live, part},
    },
    parts::{
        controls::focus_if_lost,
        scroll::{LineSelectors, ListPart, leave_room},
        section::private_badge,
        severity,
    },
};
use samlight::{
    base::severity::Sentence,
    text,
    view::{FlowLine, Overview, search::WINDOW},
};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, h2, li, p, span, time, ul},
};

/// A line with its position among all that were found.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    line: FlowLine,
    position: usize,
    found: usize,
}

/// The lines of one day; of no day where all are of one, or in another order.
#[derive(Clone, Debug, PartialEq)]
struct Day {
    /// `2026-01-31`.
    day: Option<String>,
    /// It differs for each that is shown.
    key: String,
    entries: Vec<Entry>,
}

const LINES: LineSelectors = LineSelectors { line: "[role=option]", heading: ".day-heading", id: "entry-" };

/// The list. `opened` is called when a sign-in is opened, by Enter, and the focus should go to it.
pub(crate) fn list(app: &App, opened: impl Fn() + Copy + 'static) -> View {
    let overview = app.overview;
    let days = create_selector(move || overview.with(|o| o.as_ref().map(days).unwrap_or_default()));
    let has_days = part(days, |days| days.iter().any(|day| day.day.is_some()));
    let here = create_selector(move || overview.with(|o| o.as_ref().map(part_of).unwrap_or_default()));
    let selected = create_selector({
        let app = app.clone();
        move || app.selected()
    });
    let position = create_selector({
        let app = app.clone();
        move || app.position()
    });
    let shown = create_selector(move || position.get().filter(|at| here.get().holds(*at)));
    let region = create_node_ref();
    if !app.client.records() {
        // The field that a file was given to has left its place to the list.
        on_mount(move || focus_if_lost(region.try_get()));
    }
    on_mount(move || {
        create_effect(move || leave_room(region, here.get()));
        create_effect(move || LINES.show(region, position.get()));
    });
    let (compact, left_out) = (app.compact, columns::left_out(app));
    // The lines have another height then.
    on_mount(move || {
        create_effect(on(compact, move || LINES.show(region, position.get_untracked())));
    });
    div()
        .class("list")
        .attr("data-compact", move || compact.get().to_string())
        .attr("data-without", move || left_out.get_clone())
        .attr("data-days", move || has_days.get().to_string())
        .children((
            columns::heads(app),
            h2().class("unseen").attr("id", "list-heading").children(text!("ui.list.heading").to_string()),
            div()
                .attr("role", "listbox")
                .attr("tabindex", "0")
                .attr("aria-labelledby", "list-heading")
                .attr("aria-activedescendant", move || shown.get().map(entry_id))
                .r#ref(region)
                .on(events::keydown, {
                    let app = app.clone();
                    move |event| on_key(&app, here, position, &event, opened)
                })
                .on(events::scroll, {
                    let app = app.clone();
                    move |_: web_sys::Event| {
                        LINES.wanted(region, here.get(), WINDOW).into_iter().for_each(|at| app.bring(at));
                    }
                })
                .children({
                    let app = app.clone();
                    each(days, |_, day| day.key.clone(), move |it| day(&app, it, selected))
                }),
            nothing_found(app, part(here, |here| here.found == 0)),
        ))
        .into()
}

fn days(overview: &Overview) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for (at, line) in overview.flows.iter().cloned().enumerate() {
        let day = overview.other_days.map(|_| local_time::at(&line.started).day);
        let entry = Entry { line, position: overview.start + at, found: overview.found };
        match days.last_mut().filter(|last| last.day == day) {
            Some(last) => last.entries.push(entry),
            None => {
                // Where clocks are set back at midnight a day comes twice.
                let times = days.iter().filter(|known| known.day == day).count();
                let key = format!("{times} {}", day.as_deref().unwrap_or_default());
                days.push(Day { day, key, entries: vec![entry] });
            }
        }
    }
    days
}

fn part_of(overview: &Overview) -> ListPart {
    ListPart {
        start: overview.start,
        length: overview.flows.len(),
        found: overview.found,
        headings: overview.other_days.unwrap_or_default(),
    }
}

/// The lines of a day, below it.
fn day(app: &App, day: ReadSignal<Day>, selected: ReadSignal<Option<String>>) -> View {
    let (name, entries) = (part(day, |day| day.day.clone()), part(day, |day| day.entries.clone()));
    let app = app.clone();
    div()
        .class("day")
        .attr("role", move || if name.with(Option::is_some) { "group" } else { "none" })
        .attr("aria-label", move || name.get_clone())
        .children((
            live(move || {
                let heading =
                    |day| View::from(p().class("day-heading").attr("aria-hidden", "true").children(day));
                name.get_clone().map(heading)
            }),
            ul().attr("role", "none").children(each(
                entries,
                |_, entry| entry.line.id.clone(),
                move |it| entry(&app, it, selected),
            )),
        ))
        .into()
}

fn entry_id(position: usize) -> String {
    format!("entry-{position}")
}

/// Says that the filters leave nothing, and offers to drop them.
fn nothing_found(app: &App, nothing: ReadSignal<bool>) -> View {
    let app = app.clone();
    live(move || {
        let app = app.clone();
        nothing.get().then(|| {
            View::from(
                div().class("nothing-found").children((
                    p().children(text!("ui.search.nothing").to_string()),
                    button()
                        .r#type("button")
                        .on(events::click, move |_| app.filter(search::drop_filters))
                        .children(text!("ui.search.all").to_string()),
                )),
            )
        })
    })
}

fn on_key(
    app: &App,
    here: ReadSignal<ListPart>,
    position: ReadSignal<Option<usize>>,
    event: &web_sys::KeyboardEvent,
    opened: impl Fn(),
) {
    let key = event.key();
    if key == "Enter" {
        event.prevent_default();
        app.hold();
        opened();
    } else if let Some(to) = target(Axis::Down, &key, position.get(), here.get().found) {
        event.prevent_default();
        app.choose_at(to);
    }
}

fn entry(app: &App, entry: ReadSignal<Entry>, selected: ReadSignal<Option<String>>) -> View {
    let line = part(entry, |entry| entry.line.clone());
    let is_selected =
        create_selector(move || selected.with(|id| line.with(|line| id.as_ref() == Some(&line.id))));
    let verdict = part(line, |line| line.verdict.clone());
    let (app, compact) = (app.clone(), app.compact);
    li().attr("role", "option")
        .attr("id", move || entry_id(entry.with(|entry| entry.position)))
        .class("entry")
        .attr("aria-selected", move || is_selected.get().to_string())
        .attr("aria-setsize", move || entry.with(|entry| entry.found).to_string())
        .attr("aria-posinset", move || (entry.with(|entry| entry.position) + 1).to_string())
        .attr("data-severity", move || severity::name(verdict.with(|verdict| verdict.severity)))
        .on(events::click, move |_| app.choose(line.with(|line| line.id.clone())))
        .children(live(move || match compact.get() {
            true => columns::cells(line),
            false => two_lines(line, verdict),
        }))
        .into()
}

fn two_lines(line: ReadSignal<FlowLine>, verdict: ReadSignal<Sentence>) -> View {
    View::from((
        span().class("entry-verdict").children((
            severity::icon(move || verdict.with(|verdict| verdict.severity)),
            span().class("unseen").children(live(move || {
                format!("{}: ", severity::word(verdict.with(|verdict| verdict.severity)))
            })),
            span().class("entry-words").children(live(move || verdict.with(|verdict| verdict.text.clone()))),
        )),
        time()
            .class("entry-time")
            .datetime(move || line.with(|line| line.started.clone()))
            .attr("title", move || line.with(|line| line.started.clone()))
            .children(live(move || line.with(|line| local_time::at(&line.started).time))),
        span()
            .class("entry-title")
            .attr("title", move || line.with(|line| line.title.clone()))
            .children(live(move || line.with(whose))),
        private_badge(line),
        span().class("entry-day").children(live(move || line.with(|line| local_time::at(&line.started).day))),
    ))
}

/// The person, and what they signed in to; the title where nobody is named.
fn whose(line: &FlowLine) -> String {
    let to = line.group.as_ref().unwrap_or(&line.title);
    match &line.who {
        Some(who) => text!("ui.list.whose", who = who, group = to).to_string(),
        None => line.title.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{line, shown};

    #[test]
    fn lines_stand_below_their_day_where_there_are_several() {
        let html = |other_days| {
            shown(|app| {
                let of = |(id, started): (&str, &str)| FlowLine { started: started.into(), ..line(id) };
                let lines = [
                    ("c", "2026-01-31T09:00:00Z"),
                    ("b", "2026-01-31T08:00:00Z"),
                    ("a", "2026-01-30T23:59:59Z"),
                ];
                let flows: Vec<FlowLine> = lines.into_iter().map(of).collect();
                app.overview.set(Some(Overview {
                    total: 3,
                    found: 3,
                    flows,
                    other_days,
                    ..Overview::default()
                }));
                list(app, || ())
            })
        };
        let several = html(Some((0, 0)));
        assert_eq!(several.matches("role=\"group\"").count(), 2, "{several}");
        for day in ["2026-01-31", "2026-01-30"] {
            assert_eq!(several.matches(&format!("aria-label=\"{day}\"")).count(), 1, "{several}");
        }
        assert_eq!(several.matches("role=\"option\"").count(), 3, "{several}");
        let one = html(None);
        assert!(one.contains("role=\"option\"") && !one.contains("role=\"group\""), "{one}");
    }
}
