//! The ways to give something of the identity provider's beside the group: a file to choose or to drop, or a
//! text that is pasted. What becomes of it is up to who asks for it.

use crate::parts::file::of_text;
use samlight::{base::catalogue::Text, text};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, details, div, input, label, span, summary, textarea},
};
use wasm_bindgen::JsCast;
use web_sys::{File, FileList};

/// The words for the ways.
pub(super) struct Words {
    /// Beside the button of the browser.
    pub(super) choose: Text,
    /// That it can be pasted instead.
    pub(super) paste: Text,
    /// The label of the field for it.
    pub(super) label: Text,
    /// The button that takes what was pasted.
    pub(super) order: Text,
    /// Whether several files belong together.
    pub(super) is_several: bool,
}

/// The ways. `take` gets each file; what was pasted gets the name that `pasted` gives.
pub(super) fn giving(
    words: &Words,
    pasted: impl Fn() -> String + 'static,
    take: impl Fn(File) + 'static,
) -> View {
    let written = create_signal(String::new());
    let take: Rc<dyn Fn(File)> = Rc::new(take);
    let (dropped, chosen) = (Rc::clone(&take), Rc::clone(&take));
    let is_several = words.is_several;
    let all = move |take: &dyn Fn(File), files: Option<FileList>| {
        let files =
            files.into_iter().flat_map(|files| (0..files.length()).filter_map(move |at| files.get(at)));
        files.take(if is_several { usize::MAX } else { 1 }).for_each(take);
    };
    div()
        .class("giving")
        .on(events::drop, move |event: web_sys::DragEvent| {
            let files = event.data_transfer().and_then(|given| given.files());
            if files.as_ref().is_some_and(|files| files.length() > 0) {
                event.prevent_default();
                // Elsewhere on the page it would be a file to be shown.
                event.stop_propagation();
                all(&*dropped, files);
            }
        })
        .children((
            label().class("file-choice").children((
                span().children(words.choose.to_string()),
                input().r#type("file").multiple(is_several).on(
                    events::change,
                    move |event: web_sys::Event| {
                        let field = event
                            .target()
                            .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
                        all(&*chosen, field.as_ref().and_then(web_sys::HtmlInputElement::files));
                        // So that the same file can be chosen again.
                        field.into_iter().for_each(|field| field.set_value(""));
                    },
                ),
            )),
            details().class("people-paste").children((
                summary().children(words.paste.to_string()),
                label().class("paste").children((
                    span().children(words.label.to_string()),
                    textarea().rows("3").attr("spellcheck", "false").bind(bind::value, written),
                )),
                button()
                    .r#type("button")
                    .class("small")
                    .disabled(move || written.with(|text| text.trim().is_empty()))
                    .on(events::click, move |_| {
                        if let Ok(file) = of_text(&pasted(), &written.get_clone()) {
                            written.set(String::new());
                            take(file);
                        }
                    })
                    .children(words.order.to_string()),
            )),
        ))
        .into()
}

/// The name of a text that was pasted, where several can be there; `pasted` counts them.
pub(super) fn pasted_name(pasted: Signal<usize>) -> String {
    pasted.update(|pasted| *pasted += 1);
    let (name, number) = (text!("ui.files.pasted"), pasted.get_untracked());
    match number {
        1 => name.to_string(),
        number => format!("{name} {number}"),
    }
}
