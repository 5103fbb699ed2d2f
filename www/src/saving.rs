//! What is shown, saved as a file: redacted unless it is asked for in clear.
//!
//! The file is written in this page, by the core, and handed to the browser's own download.

use crate::app::App;
use js_sys::{Array, futures::spawn_local};
use samlight::{
    file::export::{FORMATS, Format, Secrecy},
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, div, h2, input, label, p, span},
};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// The buttons, one a format.
pub(crate) fn saving(app: &App) -> View {
    let clear = create_signal(false);
    let overview = app.overview;
    let nothing = create_selector(move || overview.with(|o| o.as_ref().is_none_or(|o| o.total == 0)));
    let buttons = FORMATS.iter().enumerate().map(|(at, format)| {
        let app = app.clone();
        View::from(
            button()
                .r#type("button")
                .attr("data-format", format.id)
                .disabled(nothing)
                .on(events::click, move |_| {
                    let secrecy = if clear.get() { Secrecy::Clear } else { Secrecy::Redacted };
                    FORMATS.get(at).into_iter().for_each(|format| save(&app, format, secrecy));
                })
                .children((format.name)().to_string()),
        )
    });
    div()
        .class("files-out")
        .children((
            h2().children(text!("ui.files.out").to_string()),
            label().class("clear-choice").children((
                input().r#type("checkbox").bind(bind::checked, clear),
                span().children(text!("ui.files.clear").to_string()),
            )),
            move || {
                clear.get().then(|| {
                    View::from(
                        p().class("warning")
                            .attr("role", "alert")
                            .children(text!("ui.files.clear.why").to_string()),
                    )
                })
            },
            div().class("formats").children(buttons.collect::<Vec<_>>()),
        ))
        .into()
}

/// Has the browser save everything in this format.
fn save(app: &App, format: &'static Format, secrecy: Secrecy) {
    let all = app.client.events();
    let app = app.clone();
    spawn_local(async move {
        match all.await {
            Ok(all) => {
                let exported = format.export(&all, secrecy);
                let said = match download(&exported.name, format.media_type, &exported.content) {
                    Ok(()) => text!("ui.files.saved", file = exported.name),
                    Err(_) => text!("ui.files.not-saved"),
                };
                let left_out = match exported.left_out {
                    0 => String::new(),
                    count => text!("export.left-out", count = count).to_string(),
                };
                app.say(format!("{said} {left_out}").trim().to_owned());
            }
            Err(failure) => app.failure.set(Some(failure)),
        }
    });
}

/// The browser's own download of something that is in this page; no permission is needed for it.
pub(crate) fn download(name: &str, media_type: &str, content: &str) -> Result<(), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let kind = BlobPropertyBag::new();
    kind.set_type(media_type);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&content.into()), &kind)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let link: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser reads it in a moment; then the memory is given back.
    let forget = Closure::once_into_js(move || Url::revoke_object_url(&address));
    if let Some(window) = web_sys::window() {
        window.set_timeout_with_callback_and_timeout_and_arguments_0(forget.unchecked_ref(), 60_000)?;
    }
    Ok(())
}
