//! The controls: copying, recording, clearing, access to GitLab.com, opening the panel elsewhere.

use crate::{
    app::{App, guide::Check},
    base::signals::live,
    client::{PanelPlace, RecorderCommand},
};
use js_sys::{Array, Object, Promise, Reflect, futures::spawn_local};
use samlight::{base::catalogue::Text, text};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{HtmlButton, button, div, h2, p, path, section, span, svg},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ClipboardItem, HtmlCanvasElement};

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
        let copied = clipboard().map(|clipboard| clipboard.write_text(&value()));
        say_copied(&app, copied, text!("ui.copy.failed"));
    })
}

/// Copies the picture that `canvas` gives, as PNG.
pub(crate) fn copy_picture(
    app: &App,
    class: &'static str,
    label: &Text,
    canvas: impl Fn() -> Result<HtmlCanvasElement, JsValue> + 'static,
) -> View {
    let app = app.clone();
    let copy = move |_| {
        let copied = canvas().and_then(|canvas| write_picture(&canvas));
        say_copied(&app, copied.ok(), text!("ui.copy.no-picture"));
    };
    button().r#type("button").class(class).on(events::click, copy).children(label.to_string()).into()
}

fn write_picture(canvas: &HtmlCanvasElement) -> Result<Promise, JsValue> {
    // The clipboard is asked at once: later the browser would not take it for what the person wanted.
    let picture = Promise::new(&mut |done, failed| {
        if let Err(error) = canvas.to_blob(&done) {
            // Whoever waits for the picture is told; the call itself cannot fail.
            let _ = failed.call1(&JsValue::NULL, &error);
        }
    });
    let kinds = Object::new();
    Reflect::set(&kinds, &"image/png".into(), &picture)?;
    let item = ClipboardItem::new_with_record_from_str_to_blob_promise(&kinds)?;
    Ok(clipboard().ok_or(JsValue::NULL)?.write(&Array::of1(&item)))
}

/// Says whether what was given to the clipboard has come there; `failed` where it has not.
fn say_copied(app: &App, copied: Option<Promise>, failed: Text) {
    let app = app.clone();
    spawn_local(async move {
        let done = match copied {
            Some(copied) => copied.await.is_ok(),
            None => false,
        };
        app.say(if done { text!("ui.copy.done") } else { failed }.to_string());
    });
}

/// The one switch of the recording: it says whether sign-ins are recorded, and pauses or resumes. Without
/// access nothing can be recorded, and it asks for that.
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
            let app = app.clone();
            recording.get().map(|(on, sees)| {
                let (state, order) = match (on, sees) {
                    (true, true) => (text!("ui.recording.on"), text!("ui.recording.pause")),
                    (true, false) => (text!("ui.recording.blind"), text!("ui.access.allow")),
                    (false, _) => (text!("ui.recording.off"), text!("ui.recording.resume")),
                };
                let change = move |_| match (on, sees) {
                    (true, true) => app.command(RecorderCommand::Pause),
                    (true, false) => app.request_access(),
                    (false, _) => app.command(RecorderCommand::Resume),
                };
                View::from(
                    button()
                        .r#type("button")
                        .attr("role", "switch")
                        .attr("aria-checked", (on && sees).to_string())
                        .attr("title", order.to_string())
                        .on(events::click, change)
                        .children((
                            span().class("recording-sign").attr("aria-hidden", "true"),
                            span().class("recording-state").children(state.to_string()),
                        )),
                )
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
                    .r#ref(cancel)
                    .on(events::click, move |_| asking.set(false))
                    .children(words.no.to_string()),
                button()
                    .r#type("button")
                    .class("danger")
                    .on(events::click, move |_| {
                        asking.set(false);
                        confirmed();
                    })
                    .children(words.yes.to_string()),
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

/// Opens a check that asks for one thing at a time; nothing where nothing is recorded.
pub(crate) fn check_offer(app: &App, check: Check, class: &'static str) -> View {
    if !app.client.records() {
        return View::new();
    }
    let app = app.clone();
    button()
        .r#type("button")
        .class(class)
        .on(events::click, move |_| app.open_check(check))
        .children(check.question().to_string())
        .into()
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

/// Puts the focus on `node` where nothing has it: what had it is gone.
pub(crate) fn focus_if_lost(node: Option<web_sys::Node>) {
    let active = web_sys::window().and_then(|window| window.document()?.active_element());
    if active.is_none_or(|active| active.tag_name() == "BODY") {
        focus(node);
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
