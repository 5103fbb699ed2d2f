//! The controls: copying, recording, clearing, access to GitLab.com, opening the panel elsewhere.

use crate::{
    app::App,
    base::signals::live,
    client::{PanelPlace, RecorderCommand},
};
use js_sys::{Reflect, futures::spawn_local};
use samlight::{base::catalogue::Text, text};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{HtmlButton, button, div, h2, p, path, section, span, svg},
};
use wasm_bindgen::JsCast;

/// Copies what `value` gives; `what` names it for those who do not see where the button stands.
pub(crate) fn copy_button(app: &App, what: &str, value: impl Fn() -> String + 'static) -> View {
    let label = text!("ui.copy.what", what = what).to_string();
    copying(app, value).class("small").attr("aria-label", label).children(text!("ui.copy").to_string()).into()
}

/// Copies what `value` gives, by a button that says so itself.
pub(crate) fn copy_as(
    app: &App,
    class: &'static str,
    label: &Text,
    value: impl Fn() -> String + 'static,
) -> View {
    copying(app, value).class(class).children(label.to_string()).into()
}

/// The button that copies what `value` gives, without its words.
pub(crate) fn copying(app: &App, value: impl Fn() -> String + 'static) -> HtmlButton {
    let app = app.clone();
    button().r#type("button").on(events::click, move |_| {
        let app = app.clone();
        let copied = clipboard().map(|clipboard| clipboard.write_text(&value()));
        spawn_local(async move {
            let done = match copied {
                Some(copied) => copied.await.is_ok(),
                None => false,
            };
            app.say(if done { text!("ui.copy.done") } else { text!("ui.copy.failed") }.to_string());
        });
    })
}

/// Whether sign-ins are recorded, and the button that pauses or resumes. Without access nothing can be.
pub(crate) fn recording(app: &App) -> View {
    let (overview, sees_any) = (app.overview, app.sees_any);
    let recording = create_selector(move || {
        let sees = sees_any.get() != Some(false);
        overview.with(|overview| overview.as_ref().map(|o| (o.recording, sees)))
    });
    let app = app.clone();
    div()
        .class("recording")
        .attr("data-recording", move || recording.get().map(|(on, sees)| (on && sees).to_string()))
        .children(live(move || {
            recording.get().map(|(on, sees)| {
                let state = match (on, sees) {
                    (true, true) => text!("ui.recording.on"),
                    (true, false) => text!("ui.recording.blind"),
                    (false, _) => text!("ui.recording.off"),
                };
                let (order, command) = if on {
                    (text!("ui.recording.pause"), RecorderCommand::Pause)
                } else {
                    (text!("ui.recording.resume"), RecorderCommand::Resume)
                };
                let app = app.clone();
                View::from((
                    span().class("recording-sign").attr("aria-hidden", "true"),
                    span().class("recording-state").children(state.to_string()),
                    button()
                        .r#type("button")
                        .class("small")
                        .on(events::click, move |_| app.command(command))
                        .children(order.to_string()),
                ))
            })
        }))
        .into()
}

/// The words of something that is done only after it was asked once more.
pub(crate) struct Confirmation {
    /// On the button that asks.
    pub(crate) order: Text,
    /// Of that button, for those who do not see where it stands.
    pub(crate) order_label: Text,
    /// The question that is asked.
    pub(crate) question: Text,
    /// On the button that does it.
    pub(crate) yes: Text,
    /// On the harmless button.
    pub(crate) no: Text,
}

/// Forgets everything, after it asked once more in its own place.
pub(crate) fn clear(app: &App) -> View {
    let overview = app.overview;
    let empty = create_selector(move || overview.with(|o| o.as_ref().is_none_or(|o| o.total == 0)));
    let question = Confirmation {
        order: text!("ui.clear"),
        order_label: text!("ui.clear"),
        question: text!("ui.clear.question"),
        yes: text!("ui.clear.yes"),
        no: text!("ui.clear.no"),
    };
    let app = app.clone();
    confirmed(question, move || empty.get(), move || app.command(RecorderCommand::Clear))
}

/// A button that asks once more, in its own place, before it calls `confirmed`.
pub(crate) fn confirmed(
    words: Confirmation,
    disabled: impl Fn() -> bool + Clone + 'static,
    confirmed: impl Fn() + Clone + 'static,
) -> View {
    let asking = create_signal(false);
    div()
        .class("clear")
        .on(events::keydown, move |event: web_sys::KeyboardEvent| {
            if event.key() == "Escape" && asking.get() {
                event.stop_propagation();
                asking.set(false);
            }
        })
        .children(live(move || {
            if !asking.get() {
                return View::from(
                    button()
                        .r#type("button")
                        .attr("aria-label", words.order_label.to_string())
                        .disabled(disabled.clone())
                        .on(events::click, move |_| asking.set(true))
                        .children(words.order.to_string()),
                );
            }
            let confirmed = confirmed.clone();
            let cancel = create_node_ref();
            // The button that was pressed is gone; the harmless answer takes over its focus.
            on_mount(move || focus(cancel.try_get()));
            View::from((
                span().class("question").children(words.question.to_string()),
                button()
                    .r#type("button")
                    .class("danger")
                    .on(events::click, move |_| {
                        asking.set(false);
                        confirmed();
                    })
                    .children(words.yes.to_string()),
                button()
                    .r#type("button")
                    .r#ref(cancel)
                    .on(events::click, move |_| asking.set(false))
                    .children(words.no.to_string()),
            ))
        }))
        .into()
}

/// Says that GitLab.com cannot be seen and offers to change that; nothing while access is there or not known.
pub(crate) fn access(app: &App) -> View {
    let granted = create_selector({
        let access = app.access;
        move || access.get() != Some(false)
    });
    let app = app.clone();
    live(move || {
        let app = app.clone();
        (!granted.get()).then(|| {
            View::from(
                section().class("card access").attr("data-severity", "warning").children((
                    h2().children(text!("ui.access.heading").to_string()),
                    p().children(text!("ui.access.why").to_string()),
                    button()
                        .r#type("button")
                        .class("primary")
                        .on(events::click, move |_| app.request_access())
                        .children(text!("ui.access.allow").to_string()),
                )),
            )
        })
    })
}

/// Opens the panel at `place`; `opened` is called when that is done.
pub(crate) fn open_button(app: &App, place: PanelPlace, class: &'static str, opened: fn()) -> View {
    let label = match place {
        PanelPlace::SidePanel => text!("ui.open.side-panel"),
        PanelPlace::Tab => text!("ui.open.tab"),
    };
    let app = app.clone();
    button()
        .r#type("button")
        .class(class)
        .on(events::click, move |_| app.open(place, opened))
        .children(label.to_string())
        .into()
}

/// The reason why nothing new is shown, with a button that asks again; nothing while all is well.
pub(crate) fn failure(app: &App) -> View {
    let app = app.clone();
    live(move || {
        let app = app.clone();
        app.failure.get_clone().map(|reason| {
            View::from(
                section()
                    .class("card failure")
                    .attr("data-severity", "error")
                    .attr("role", "alert")
                    .children((
                        p().children(reason),
                        button()
                            .r#type("button")
                            .on(events::click, move |_| app.ask())
                            .children(text!("ui.retry").to_string()),
                    )),
            )
        })
    })
}

/// Samlight's sign: a light on the path between two parties.
pub(crate) fn mark() -> View {
    svg()
        .class("mark")
        .attr("viewBox", "0 0 24 24")
        .attr("aria-hidden", "true")
        .children((
            path()
                .class("mark-ground")
                .attr("d", "M6 1h12a5 5 0 0 1 5 5v12a5 5 0 0 1-5 5H6a5 5 0 0 1-5-5V6a5 5 0 0 1 5-5z"),
            path().class("mark-light").attr(
                "d",
                "M12 4c.7 4.9 3.1 7.3 8 8-4.9.7-7.3 3.1-8 8-.7-4.9-3.1-7.3-8-8 4.9-.7 7.3-3.1 8-8z",
            ),
        ))
        .into()
}

/// Puts the focus on `node`, when there is such a node.
pub(crate) fn focus(node: Option<web_sys::Node>) {
    let element = node.and_then(|node| node.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        // An element that cannot take the focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Puts the focus on the tab that is selected among those that `event` came to.
pub(crate) fn focus_selected_tab(event: &web_sys::KeyboardEvent) {
    let tab = event
        .current_target()
        .and_then(|tabs| tabs.dyn_into::<web_sys::Element>().ok())
        .and_then(|tabs| tabs.query_selector("[aria-selected=true]").ok().flatten());
    focus(tab.map(Into::into));
}

/// The clipboard; browsers hide it on pages that did not come over a safe way.
/// Copies `text`, and says whether that worked.
pub(crate) async fn copied(text: &str) -> bool {
    match clipboard().map(|clipboard| clipboard.write_text(text)) {
        Some(copied) => copied.await.is_ok(),
        None => false,
    }
}

fn clipboard() -> Option<web_sys::Clipboard> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"clipboard".into()).ok()?.dyn_into().ok()
}
