//! When the interface itself fails: a plain message with a button that loads the page again.
//!
//! The panel's Wasm is its own instance, so the trace is not touched. After a panic no Rust code of this page
//! may run again; the button therefore calls the browser's own `location.reload`.

use js_sys::{Function, Reflect};
use samlight::text;
use std::panic::PanicHookInfo;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element};

/// Has every panic shown from now on.
pub(crate) fn show_panics() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&panic.to_string().into());
        if let Err(thrown) = show(panic) {
            web_sys::console::error_1(&thrown);
        }
    }));
}

fn show(panic: &PanicHookInfo<'_>) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or("no window")?;
    let document = window.document().ok_or("no document")?;
    let body = document.body().ok_or("no body")?;
    let message = element(&document, "section", "card crash", "")?;
    message.set_attribute("role", "alert")?;
    message.set_attribute("data-severity", "error")?;
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let reload: Function = Reflect::get(&window.location(), &"reload".into())?.dyn_into()?;
    let button = element(&document, "button", "primary", &text!("ui.crash.reload").to_string())?;
    button.add_event_listener_with_callback("click", &reload.bind0(&window.location()))?;
    for part in [
        element(&document, "h2", "", &text!("ui.crash.heading").to_string())?,
        element(&document, "p", "", &text!("ui.crash.trace-is-safe").to_string())?,
        element(&document, "p", "quiet", &place)?,
        button,
    ] {
        message.append_child(&part)?;
    }
    body.prepend_with_node_1(&message)
}

fn element(document: &Document, tag: &str, class: &str, content: &str) -> Result<Element, JsValue> {
    let element = document.create_element(tag)?;
    element.set_class_name(class);
    element.set_text_content(Some(content));
    Ok(element)
}
