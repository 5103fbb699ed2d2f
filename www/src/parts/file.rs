//! One file, in and out of this page: that of a text, the octets of a short one, and the browser's own
//! download.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, Url};

/// A file with this text.
pub(crate) fn of_text(name: &str, text: &str) -> Result<File, JsValue> {
    File::new_with_str_sequence(&Array::of1(&text.into()), name)
}

/// The octets of `file`: one more than the `most` that are looked at, so that the core sees that there are
/// more.
pub(crate) async fn content(file: &File, most: usize) -> Result<Vec<u8>, JsValue> {
    let part = file.slice_with_f64_and_f64(0.0, (most + 1) as f64)?;
    Ok(Uint8Array::new(&part.array_buffer().await?).to_vec())
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
