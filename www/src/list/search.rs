//! The filters of the list: words to be found, each anywhere or in a place that it names; problems only; one
//! verdict; one host. The core searches, so that messages are searched without being sent here.

use super::columns;
use crate::{
    app::App,
    base::signals::{each, live, part},
    parts::field::{SEARCH_KEY, focus_on_key, set_value, value},
};
use samlight::{
    base::{catalogue::Text, number::thousands},
    text,
    view::search::Query,
};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, input, label, option, p, select, span},
};

/// The search and the filters, with how many sign-ins are left.
pub(crate) fn search(app: &App) -> View {
    let query = app.query;
    let words = create_node_ref();
    on_mount(move || focus_on_key(words));
    let problems = create_selector(move || query.with(|query| query.problems));
    // Dropping all filters empties the box, too.
    let empty = create_selector(move || query.with(|query| query.text.is_empty()));
    on_mount(move || {
        create_effect(move || {
            if empty.get() {
                set_value(words.try_get(), "");
            }
        });
    });
    let (typed, escaped, toggled) = (app.clone(), app.clone(), app.clone());
    div()
        .class("search")
        .attr("role", "search")
        .children((
            input()
                .r#type("search")
                .r#ref(words)
                .attr("aria-label", text!("ui.search.label").to_string())
                .attr("aria-keyshortcuts", SEARCH_KEY)
                .attr("title", text!("ui.search.help").to_string())
                .placeholder(text!("ui.search.placeholder").to_string())
                .on(events::input, move |event: web_sys::Event| {
                    let text = value(&event);
                    typed.filter(|query| query.text = text);
                })
                .on(events::keydown, move |event: web_sys::KeyboardEvent| {
                    if event.key() == "Escape" {
                        event.prevent_default();
                        escaped.filter(|query| query.text.clear());
                    }
                }),
            div().class("filters").children((
                button()
                    .r#type("button")
                    .class("small")
                    .attr("aria-pressed", move || problems.get().to_string())
                    .on(events::click, move |_| toggled.filter(|query| query.problems = !query.problems))
                    .children(text!("ui.search.problems").to_string()),
                columns::verdicts(app),
                hosts(app),
                columns::switch(app),
                columns::choice(app),
                count(app),
            )),
        ))
        .into()
}

/// Among the developer tools: whether only the inspected tab's sign-ins are shown. Nothing in other places.
pub(crate) fn only_this_tab(app: &App) -> View {
    let (inspected, query) = (app.inspected, app.query);
    let only = part(*query, |query| query.tab.is_some());
    let app = app.clone();
    live(move || {
        let app = app.clone();
        inspected.get().map(|tab| {
            View::from(
                button()
                    .r#type("button")
                    .class("small only-tab")
                    .attr("aria-pressed", move || only.get().to_string())
                    .on(events::click, move |_| {
                        app.filter(|query| query.tab = if query.tab.is_some() { None } else { Some(tab) });
                    })
                    .children(text!("ui.search.only-tab").to_string()),
            )
        })
    })
}

/// Drops what the person typed and chose; the tab and the order stay.
pub(crate) fn drop_filters(query: &mut Query) {
    *query = Query { tab: query.tab, sort: query.sort, ..Query::default() };
}

/// The choice of a host; nothing while there is none to choose.
fn hosts(app: &App) -> View {
    let overview = app.overview;
    let hosts =
        create_selector(move || overview.with(|o| o.as_ref().map(|o| o.hosts.clone()).unwrap_or_default()));
    let several = part(hosts, |hosts| hosts.len() > 1);
    let app = app.clone();
    live(move || {
        let app = app.clone();
        let chosen = app.query;
        several.get().then(|| {
            View::from(label().children((
                span().class("unseen").children(text!("ui.search.host").to_string()),
                choice_of(
                    move |host| app.filter(|query| query.host = host),
                    move || chosen.with(|query| query.host.is_none()),
                    text!("ui.search.any-host"),
                    each(hosts, |_, host| host.clone(), |host| one_of(host, host)),
                ),
            )))
        })
    })
}

/// A choice of one of `options`, or of `any`.
pub(super) fn choice_of(
    choose: impl Fn(Option<String>) + 'static,
    is_any: impl Fn() -> bool + 'static,
    any: Text,
    options: View,
) -> View {
    select()
        .on(events::change, move |event: web_sys::Event| {
            choose(Some(value(&event)).filter(|chosen| !chosen.is_empty()));
        })
        .children((option().value("").selected(is_any).children(any.to_string()), options))
        .into()
}

/// An option of a choice.
pub(super) fn one_of(value: ReadSignal<String>, words: ReadSignal<String>) -> View {
    option().value(move || value.get_clone()).children(live(move || words.get_clone())).into()
}

/// "3 of 40" while something is left out, else "40".
fn count(app: &App) -> View {
    let (overview, query) = (app.overview, app.query);
    let filtered = create_selector(move || query.with(|query| query.is_filter()));
    let counts = create_selector(move || {
        overview.with(|overview| overview.as_ref().map(|o| (o.found, o.total)).unwrap_or_default())
    });
    p().class("quiet count")
        .attr("role", "status")
        .children(live(move || match (filtered.get(), counts.get()) {
            (true, (found, total)) => {
                text!("ui.search.found", found = thousands(found), total = thousands(total)).to_string()
            }
            (false, (_, total)) => text!("ui.search.total", total = thousands(total)).to_string(),
        }))
        .into()
}
