//! Fields to type into: what is in one, and the key that leads to the search.

use super::controls;
use js_sys::Reflect;
use sycamore::prelude::*;
use wasm_bindgen::prelude::*;

/// The key that leads to the search from anywhere on the page.
pub(crate) const SEARCH_KEY: &str = "/";

/// The elements in which a key is text.
const TYPED_INTO: [&str; 3] = ["INPUT", "SELECT", "TEXTAREA"];

/// Has the key lead to the search, unless it is being typed into something.
pub(crate) fn focus_on_key(words: NodeRef) {
    on_key(move |key| {
        let is_it = key == SEARCH_KEY;
        if is_it {
            controls::focus(words.try_get());
        }
        is_it
    });
}

/// Has `meant` hear of each key that is pressed anywhere on the page and typed into nothing, for as long as
/// the scope lives; it says whether the key was meant for it.
pub(crate) fn on_key(meant: impl Fn(&str) -> bool + 'static) {
    let meant: Box<dyn Fn(&str) -> bool> = Box::new(meant);
    let pressed = Closure::<dyn Fn(web_sys::KeyboardEvent)>::new(move |event: web_sys::KeyboardEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let typing = target.is_some_and(|target| TYPED_INTO.contains(&target.tag_name().as_str()));
        let is_plain = !typing && !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        if is_plain && meant(&event.key()) {
            event.prevent_default();
        }
    });
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let listener: js_sys::Function = pressed.into_js_value().unchecked_into();
    // Neither can fail for a listener that is a function.
    let _ = document.add_event_listener_with_callback("keydown", &listener);
    on_cleanup(move || {
        let _ = document.remove_event_listener_with_callback("keydown", &listener);
    });
}

/// The content of the field that the event is about.
pub(crate) fn value(event: &web_sys::Event) -> String {
    let field = event.current_target().map(JsValue::from).unwrap_or_default();
    Reflect::get(&field, &"value".into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
}

/// Puts `text` into the field, when there is such a field.
pub(crate) fn set_value(field: Option<web_sys::Node>, text: &str) {
    if let Some(field) = field {
        // A field takes any text.
        let _ = Reflect::set(&field, &"value".into(), &text.into());
    }
}
