//! The popup of the toolbar's button: the newest sign-in in three lines, and the way to the rest.

use super::panel;
use crate::{
    app::App,
    base::signals::{each, live, part, while_any},
    client::PanelPlace,
    flow::self_check,
    parts::{
        controls,
        section::{loading, steps, verdict},
        severity,
    },
};
use samlight::{
    base::severity::{Sentence, Step},
    text,
    view::{Overview, owner_message::OwnerMessage},
};
use sycamore::prelude::*;
use sycamore::web::tags::{div, footer, h1, h2, header, main, p, section};

/// The popup.
pub(crate) fn popup(app: &App) -> View {
    let known = create_selector({
        let overview = app.overview;
        move || overview.with(Option::is_some)
    });
    let loaded = {
        let app = app.clone();
        live(move || if known.get() { summary(&app) } else { loading() })
    };
    View::from((
        header().class("bar").children((
            controls::mark(),
            h1().children(text!("ui.name").to_string()),
            controls::recording(app),
        )),
        main().attr("aria-label", text!("ui.popup.main").to_string()).children((
            controls::failure(app),
            controls::access(app),
            loaded,
        )),
        footer().class("actions").children((
            controls::open_button(app, PanelPlace::SidePanel, "primary", close),
            controls::open_button(app, PanelPlace::Tab, "", close),
            controls::clear(app),
        )),
    ))
}

/// The headline, what to do first, and how many sign-ins have a problem.
fn summary(app: &App) -> View {
    let overview = app.overview;
    let newest = app.flow;
    let of_overview = move |pick: fn(&Overview) -> Sentence| {
        create_selector(move || overview.with(|overview| overview.as_ref().map(pick).unwrap_or_default()))
    };
    let first: ReadSignal<Vec<Step>> = create_selector(move || {
        newest.with(|flow| flow.as_ref().and_then(|f| f.steps.first().cloned()).into_iter().collect())
    });
    let problems =
        create_selector(move || overview.with(|overview| overview.as_ref().map_or(0, |o| o.problems)));
    let for_owner =
        create_selector(move || newest.with(|flow| flow.as_ref().and_then(|flow| flow.for_owner.clone())));
    let to_send = create_selector(move || for_owner.with(Option::is_some));
    let notices = panel::notices(app);
    let app = app.clone();
    let title =
        create_selector(move || newest.with(|flow| flow.as_ref().map(|flow| flow.line.title.clone())));
    div()
        .class("popup-summary")
        .children((
            live(move || title.get_clone().map(|title| View::from(p().class("quiet").children(title)))),
            verdict(of_overview(|overview| overview.headline.clone()), View::new()),
            while_any(first, move || {
                section()
                    .class("todo")
                    .children((h2().children(text!("ui.popup.first").to_string()), steps(first)))
                    .into()
            }),
            live(move || to_send.get().then(|| to_send_now(&app, for_owner))),
            p().class("quiet").children(live(move || match problems.get() {
                0 => text!("ui.popup.no-problems").to_string(),
                count => text!("ui.popup.problems", count = count).to_string(),
            })),
            each(notices, |at, _| at, severity::sentence),
        ))
        .into()
}

/// The message to whoever can fix it: for whom it is, and the button that copies it.
fn to_send_now(app: &App, message: ReadSignal<Option<OwnerMessage>>) -> View {
    let heading = part(message, |it| it.as_ref().map(|it| it.heading.clone()).unwrap_or_default());
    section()
        .class("to-send")
        .children((
            h2().children(live(move || heading.get_clone())),
            self_check::copy_message(app, message, "copy-message"),
        ))
        .into()
}

/// The popup has done its work once the panel is open elsewhere.
fn close() {
    if let Some(window) = web_sys::window() {
        // A page that was not opened by script stays open; that does no harm.
        let _ = window.close();
    }
}
