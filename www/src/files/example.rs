//! A sign-in to look at for who has none at hand: a file that lies beside the page, read as any other.
//!
//! It is made up: GitLab refuses its NameID because of its capital letters. Without the file server there is
//! none, and that is said as of any file that cannot be read.

use super::{Given, read_all};
use crate::{app::App, client::Unread, parts::file::of_text};
use js_sys::futures::spawn_local;
use samlight::text;
use sycamore::prelude::*;
use sycamore::web::{events, tags::button};
use wasm_bindgen::prelude::*;
use web_sys::{File, Response};

/// The name of the file.
const EXAMPLE: &str = "example.jsonl";

/// The button that opens it.
pub(super) fn button_of(app: &App) -> View {
    let app = app.clone();
    button()
        .r#type("button")
        .class("open-example")
        .on(events::click, move |_| {
            let app = app.clone();
            spawn_local(async move {
                let file = example().await.map_err(|_| Unread::Unreadable(EXAMPLE.to_owned()));
                read_all(&app, vec![(Given::file(EXAMPLE.to_owned()), file)]);
            });
        })
        .children(text!("ui.files.example").to_string())
        .into()
}

async fn example() -> Result<File, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = window.fetch_with_str(EXAMPLE).await?.dyn_into()?;
    let text = response.text()?.await?;
    match response.ok() {
        true => of_text(EXAMPLE, &text.as_string().unwrap_or_default()),
        false => Err(JsValue::NULL),
    }
}
