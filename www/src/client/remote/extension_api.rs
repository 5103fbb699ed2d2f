//! The few functions of the browser's extension API that own pages call, typed.
//!
//! The API object is `browser` where it exists (Firefox), else `chrome`; both answer with promises. A missing
//! part of it fails with an error, it does not panic: each function that reaches for one is marked `catch`.

use js_sys::{Function, Promise, Reflect};
use serde_json::Value;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The API object.
    #[derive(Clone)]
    pub(super) type Api;
    #[wasm_bindgen(method, getter)]
    pub(super) fn runtime(this: &Api) -> Runtime;
    /// Not for pages among the developer tools, in either browser.
    #[wasm_bindgen(method, getter)]
    pub(super) fn permissions(this: &Api) -> Option<Permissions>;
    #[wasm_bindgen(method, getter)]
    pub(super) fn tabs(this: &Api) -> Tabs;
    #[wasm_bindgen(method, getter)]
    pub(super) fn windows(this: &Api) -> Windows;
    #[wasm_bindgen(method, getter, js_name = sidePanel)]
    pub(super) fn side_panel(this: &Api) -> SidePanel;
    #[wasm_bindgen(method, getter, js_name = sidebarAction)]
    pub(super) fn sidebar_action(this: &Api) -> Option<SidebarAction>;

    /// `runtime`: messages between the extension's parts.
    pub(super) type Runtime;
    #[wasm_bindgen(method, catch, js_name = sendMessage)]
    pub(super) fn send_message(this: &Runtime, message: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getURL)]
    pub(super) fn get_url(this: &Runtime, path: &str) -> Result<String, JsValue>;
    #[wasm_bindgen(method, getter, js_name = onMessage)]
    pub(super) fn on_message(this: &Runtime) -> Listeners;

    /// `permissions`: which sites may be seen.
    pub(super) type Permissions;
    #[wasm_bindgen(method, catch)]
    pub(super) fn contains(this: &Permissions, wanted: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn request(this: &Permissions, wanted: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getAll)]
    pub(super) fn get_all(this: &Permissions) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, getter, js_name = onAdded)]
    pub(super) fn on_added(this: &Permissions) -> Listeners;
    #[wasm_bindgen(method, getter, js_name = onRemoved)]
    pub(super) fn on_removed(this: &Permissions) -> Listeners;

    /// `tabs`.
    pub(super) type Tabs;
    #[wasm_bindgen(method, catch)]
    pub(super) fn create(this: &Tabs, properties: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(super) fn query(this: &Tabs, wanted: &JsValue) -> Result<Promise, JsValue>;

    /// `windows`.
    pub(super) type Windows;
    #[wasm_bindgen(method, catch, js_name = getCurrent)]
    pub(super) fn get_current(this: &Windows) -> Result<Promise, JsValue>;

    /// `sidePanel` (Chromium).
    pub(super) type SidePanel;
    #[wasm_bindgen(method, catch)]
    pub(super) fn open(this: &SidePanel, options: &JsValue) -> Result<Promise, JsValue>;

    /// `sidebarAction` (Firefox).
    pub(super) type SidebarAction;
    #[wasm_bindgen(method, catch)]
    pub(super) fn open(this: &SidebarAction) -> Result<Promise, JsValue>;

    /// One of the API's events.
    pub(super) type Listeners;
    #[wasm_bindgen(method, catch, js_name = addListener)]
    pub(super) fn add_listener(this: &Listeners, listener: &Function) -> Result<(), JsValue>;
}

/// The API object of this browser; absent on a page that is not the extension's own. Other extensions can
/// give any page a `runtime`, but one without an id.
pub(super) fn api() -> Option<Api> {
    ["browser", "chrome"]
        .iter()
        .filter_map(|name| Reflect::get(&js_sys::global(), &(*name).into()).ok())
        .find(|found| {
            found.is_object()
                && member(found, "runtime").is_object()
                && text_member(&member(found, "runtime"), "id").is_some()
        })
        .map(JsCast::unchecked_into)
}

/// A JavaScript object made of JSON.
pub(super) fn object(value: &Value) -> Result<JsValue, JsValue> {
    js_sys::JSON::parse(&value.to_string())
}

/// A JavaScript object made of JSON, with one more member.
pub(super) fn with_member(value: &Value, name: &str, member: &JsValue) -> Result<JsValue, JsValue> {
    let object = object(value)?;
    Reflect::set(&object, &name.into(), member)?;
    Ok(object)
}

/// The member `name` of `object`, when it is a text.
pub(super) fn text_member(object: &JsValue, name: &str) -> Option<String> {
    member(object, name).as_string()
}

/// The member `name` of `object`; `undefined` when there is none.
pub(super) fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The reason that a thrown value gives.
pub(super) fn reason(thrown: &JsValue) -> String {
    text_member(thrown, "message").or_else(|| thrown.as_string()).unwrap_or_else(|| format!("{thrown:?}"))
}
