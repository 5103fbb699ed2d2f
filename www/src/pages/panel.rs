//! The panel, beside the page, in a tab or among the developer tools: the sign-ins and the one that is
//! selected.

use super::{instances, layout::Layout, second::later, welcome};
use crate::{
    app::{App, guide::Check},
    base::signals::{each, live, part},
    client::PanelPlace,
    files, flow, group,
    list::{self, search},
    parts::{controls, scroll, section::loading, severity},
};
use samlight::{base::severity::Sentence, text};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{a, details, div, h1, h2, header, li, main, nav, ol, p, section, summary},
};

/// The panel. In a tab there is no button that opens a tab; the developer tools let no page open one.
pub(crate) fn panel(app: &App, layout: Layout) -> View {
    let heading = create_node_ref();
    let (stage, of_group, checks) = (stage(app), app.group.clone(), app.guide);
    let records = app.client.records();
    View::from((
        header().class("bar").children((
            live(move || {
                let has_list = !of_group.is_shown() && !checks.is_open(Check::SignIn);
                (stage.get() == Stage::Flows && has_list).then(|| skip(heading))
            }),
            controls::mark(),
            h1().children(text!("ui.name").to_string()),
            search::only_this_tab(app),
            if records { controls::recording(app) } else { View::new() },
            (group::toggle(app), files::toggle(app)),
            if records { menu(app, layout, stage) } else { files::tool_bar(app) },
        )),
        above(app),
        body(app, stage, heading),
    ))
}

/// The things that are seldom wanted: the panel elsewhere, clearing, the GitLab instances, the welcome page.
fn menu(app: &App, layout: Layout, stage: ReadSignal<Stage>) -> View {
    let elsewhere = match layout {
        Layout::Side => controls::open_button(app, PanelPlace::Tab, "", || {}),
        _ => View::new(),
    };
    details()
        .class("menu")
        .children((
            summary().attr("aria-label", text!("ui.menu").to_string()).children("⋯"),
            div().children((
                elsewhere,
                controls::clear(app),
                if layout == Layout::DevTools { View::new() } else { instances::link() },
                live(move || (stage.get() == Stage::Flows).then(welcome::link)),
            )),
        ))
        .into()
}

/// Leads those who use the keyboard past the list.
fn skip(heading: NodeRef) -> View {
    a().class("skip")
        .href("#flow-heading")
        .on(events::click, move |event: web_sys::MouseEvent| {
            event.prevent_default();
            controls::focus(heading.try_get());
        })
        .children(text!("ui.skip").to_string())
        .into()
}

/// The problems of the panel itself and of the recording.
fn above(app: &App) -> View {
    section()
        .class("above")
        .attr("aria-label", text!("ui.above").to_string())
        .children((
            controls::failure(app),
            access(app),
            files::tools(app),
            each(notices(app), |at, _| at, severity::sentence),
        ))
        .into()
}

/// The offer of access to GitLab.com; an open check asks for it in its turn.
fn access(app: &App) -> View {
    let app = app.clone();
    let is_checking = create_selector({
        let (guide, group) = (app.guide, app.group.clone());
        move || match group.is_shown() {
            true => guide.is_open(Check::Members),
            false => guide.is_open(Check::SignIn),
        }
    });
    live(move || (!is_checking.get()).then(|| controls::access(&app)))
}

/// Things to say about the recording itself.
pub(crate) fn notices(app: &App) -> ReadSignal<Vec<Sentence>> {
    let overview = app.overview;
    create_selector(move || overview.with(|o| o.as_ref().map(|o| o.notices.clone()).unwrap_or_default()))
}

/// The stage that the body shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Loading,
    Empty,
    Flows,
}

fn stage(app: &App) -> ReadSignal<Stage> {
    let overview = app.overview;
    create_selector(move || {
        overview.with(|overview| match overview {
            None => Stage::Loading,
            Some(overview) if overview.total == 0 => Stage::Empty,
            Some(_) => Stage::Flows,
        })
    })
}

fn body(app: &App, stage: ReadSignal<Stage>, heading: NodeRef) -> View {
    let app = app.clone();
    live(move || {
        // Asked first: a group is not made anew, with what is typed into its search, when a sign-in comes.
        if app.group.is_shown() {
            return match app.guide.is_open(Check::Members) {
                true => later(&app, |second, app| second.guide(app, Check::Members)),
                false => later(&app, |second, app| second.group(app)),
            };
        }
        if app.guide.is_open(Check::SignIn) {
            return later(&app, |second, app| second.guide(app, Check::SignIn));
        }
        match stage.get() {
            Stage::Loading => main().children(loading()).into(),
            Stage::Empty => main().children(empty(&app)).into(),
            Stage::Flows => flows(&app, heading),
        }
    })
}

fn flows(app: &App, heading: NodeRef) -> View {
    let shown = create_selector({
        let flow = app.flow;
        move || flow.with(|flow| flow.as_ref().map(|flow| flow.line.id.clone()))
    });
    let late = create_selector({
        let app = app.clone();
        move || app.selected() != shown.get_clone()
    });
    let region = create_node_ref();
    let selected = {
        let app = app.clone();
        live(move || match shown.get_clone() {
            None => loading(),
            Some(_) => {
                on_mount(move || scroll::to_top(region));
                one_flow(&app, heading)
            }
        })
    };
    // Whoever clicks or moves the focus in here is reading.
    let (clicked, focused) = (app.clone(), app.clone());
    let compact = app.compact;
    div()
        .class("columns")
        .attr("data-compact", move || compact.get().to_string())
        .children((
            nav().attr("aria-labelledby", "list-heading").children((
                search::search(app),
                controls::check_offer(app, Check::SignIn, "small guide-offer"),
                list::list(app, move || controls::focus(heading.try_get())),
            )),
            main()
                .r#ref(region)
                .attr("aria-busy", move || late.get().to_string())
                .on(events::click, move |_| clicked.hold())
                .on(events::focusin, move |_| focused.hold())
                .children(selected),
        ))
        .into()
}

/// The sign-in that is shown, as long as it is the same one.
fn one_flow(app: &App, heading: NodeRef) -> View {
    let flow = app.flow;
    let Some(mut last) = flow.get_clone_untracked() else { return View::new() };
    let id = last.line.id.clone();
    let live = create_selector(move || {
        if let Some(now) = flow.with(|flow| flow.clone().filter(|flow| flow.line.id == id)) {
            last = now;
        }
        Rc::clone(&last)
    });
    flow::flow(app, live, heading)
}

/// The steps to take while there is no sign-in: the three steps, or that recording is paused.
fn empty(app: &App) -> View {
    if !app.client.records() {
        return files::empty(app);
    }
    let (overview, sees_any) = (app.overview, app.sees_any);
    let recording = create_selector(move || overview.with(|o| o.as_ref().is_none_or(|o| o.recording)));
    let is_blind = create_selector(move || sees_any.get() == Some(false));
    let elsewhere = instances::elsewhere(app);
    let here = part(*app.query, |query| query.tab.is_some());
    section()
        .class("empty")
        .children((
            controls::mark(),
            h2().children(live(move || {
                match (recording.get(), here.get()) {
                    (false, _) => text!("ui.empty.paused"),
                    _ if is_blind.get() => text!("ui.empty.blind"),
                    (true, true) => text!("ui.empty.this-tab"),
                    (true, false) => text!("ui.empty.heading"),
                }
                .to_string()
            })),
            live(move || {
                if !recording.get() {
                    return p().children(text!("ui.empty.paused.do").to_string()).into();
                }
                if is_blind.get() {
                    return p().children(text!("ui.empty.blind.do").to_string()).into();
                }
                let steps = match here.get() {
                    true => {
                        [text!("ui.empty.first"), text!("ui.empty.this-tab.second"), text!("ui.empty.third")]
                    }
                    false => [text!("ui.empty.first"), text!("ui.empty.second"), text!("ui.empty.third")],
                };
                let steps = steps.map(|step| View::from(li().children(step.to_string())));
                View::from(ol().class("steps").children(Vec::from(steps)))
            }),
            controls::check_offer(app, Check::SignIn, "primary guide-offer"),
            elsewhere,
            p().class("quiet").children(text!("ui.empty.private").to_string()),
            welcome::link(),
        ))
        .into()
}
