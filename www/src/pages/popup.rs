//! The popup of the toolbar's button: what the newest sign-in came to in everyday words, the one thing to do
//! now, and the way to the rest.

use super::{instances, panel};
use crate::{
    app::App,
    base::{
        local_time::{self, LocalTime},
        signals::{each, live, while_any},
    },
    client::PanelPlace,
    flow::self_check,
    parts::{
        controls,
        section::{loading, steps, verdict},
        severity, value,
    },
};
use samlight::{
    base::severity::{Severity, Step},
    text,
    view::{ComparisonRow, ComparisonView, ValueView, owner_message::OwnerMessage},
};
use sycamore::prelude::*;
use sycamore::web::tags::{dd, div, dl, dt, footer, h1, h2, header, main, p, section};

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
            controls::open_button(app, PanelPlace::SidePanel, "", close),
            controls::open_button(app, PanelPlace::Tab, "", close),
            controls::clear(app),
        )),
    ))
}

/// The result of the newest sign-in, and the one thing to do now; or why there is none.
fn summary(app: &App) -> View {
    let overview = app.overview;
    let is_empty =
        create_selector(move || overview.with(|overview| overview.as_ref().is_none_or(|o| o.total == 0)));
    let notices = panel::notices(app);
    let app = app.clone();
    div()
        .class("popup-summary")
        .children((
            live(move || if is_empty.get() { nothing_yet(&app) } else { newest(&app) }),
            each(notices, |at, _| at, severity::sentence),
        ))
        .into()
}

/// Says that there is no sign-in, or that none can be recorded now, and which GitLabs are watched.
fn nothing_yet(app: &App) -> View {
    let (overview, sees_any) = (app.overview, app.sees_any);
    let said = create_selector(move || {
        let recording = overview.with(|overview| overview.as_ref().is_some_and(|o| o.recording));
        // Without access the card above has said so, and nothing will appear by itself.
        let is_blind = recording && sees_any.get() == Some(false);
        overview.with(|overview| overview.as_ref().map(|o| o.headline.text.clone())).filter(|_| !is_blind)
    });
    View::from((
        live(move || said.get_clone().map(|said| View::from(p().class("popup-state").children(said)))),
        instances::elsewhere(app),
    ))
}

fn newest(app: &App) -> View {
    let (overview, newest) = (app.overview, app.flow);
    let headline = create_selector(move || {
        overview.with(|overview| overview.as_ref().map(|o| o.headline.clone()).unwrap_or_default())
    });
    let problems =
        create_selector(move || overview.with(|overview| overview.as_ref().map_or(0, |o| o.problems)));
    let title = create_selector(move || {
        newest.with(|flow| {
            let line = &flow.as_ref()?.line;
            let LocalTime { time, zone, .. } = local_time::at(&line.started);
            Some(text!("ui.popup.title", title = line.title, time = format!("{time} {zone}")).to_string())
        })
    });
    let differing = create_selector(move || {
        newest.with(|flow| flow.as_ref().and_then(|flow| differing(&flow.comparison))).into_iter().collect()
    });
    let for_owner =
        create_selector(move || newest.with(|flow| flow.as_ref().and_then(|flow| flow.for_owner.clone())));
    let to_send = create_selector(move || for_owner.with(Option::is_some));
    // Who can send a message has nothing else to do now; the panel has the steps of all others.
    let first: ReadSignal<Vec<Step>> = create_selector(move || {
        let steps = newest.with(|flow| flow.as_ref().map(|flow| flow.steps.clone()).unwrap_or_default());
        steps.into_iter().take(usize::from(!to_send.get())).collect()
    });
    let app = app.clone();
    View::from((
        live(move || title.get_clone().map(|title| View::from(p().class("quiet").children(title)))),
        verdict(headline, each(differing, |at, _| at, difference)),
        live(move || to_send.get().then(|| to_send_now(&app, for_owner))),
        while_any(first, move || {
            section()
                .class("todo")
                .children((h2().children(text!("ui.popup.first").to_string()), steps(first)))
                .into()
        }),
        // Of one sign-in all has been said.
        live(move || {
            (problems.get() > 1).then(|| {
                let count = text!("ui.popup.problems", count = problems.get());
                View::from(p().class("quiet").children(count.to_string()))
            })
        }),
    ))
}

/// The first two values that GitLab does not take for the same: the one that was sent, and its own.
fn differing(comparison: &ComparisonView) -> Option<[ValueView; 2]> {
    let mut rows = comparison.rows.iter();
    let differs = |row: &&ComparisonRow| {
        row.severity == Severity::Error && row.left.value.is_some() && row.right.value.is_some()
    };
    rows.find(differs).map(|row| [row.left.clone(), row.right.clone()])
}

/// The two values, one below the other, with what differs marked.
fn difference(values: ReadSignal<[ValueView; 2]>) -> View {
    dl().class("values difference")
        .children(live(move || {
            let [sent, stored] = values.get_clone();
            View::from((
                dt().children(text!("ui.popup.sent").to_string()),
                dd().children(value::of_runs(sent.runs)),
                dt().children(text!("ui.popup.stored").to_string()),
                dd().children(value::of_runs(stored.runs)),
            ))
        }))
        .into()
}

/// The message to whoever can fix it: the button that copies it, and whom to send it to.
fn to_send_now(app: &App, message: ReadSignal<Option<OwnerMessage>>) -> View {
    section()
        .class("to-send")
        .children((
            self_check::copy_message(app, message, "copy-message primary"),
            p().class("quiet").children(text!("ui.popup.send").to_string()),
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
