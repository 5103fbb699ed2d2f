//! The one dialog at a time: the browser's own modal dialog, which holds the focus, closes by Escape, and
//! gives the focus back to the button that opened it. It begins at its heading, and says by itself what is
//! said meanwhile.

use super::{reactivation, repair};
use crate::{
    app::{App, group::DialogContent},
    base::signals::live,
    parts::controls,
};
use js_sys::{Function, Reflect};
use samlight::{base::catalogue::Text, text};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, dialog, div, h2, p},
};
use wasm_bindgen::prelude::*;

/// The handle by which a dialog's content closes it.
#[derive(Clone, Copy)]
pub(super) struct Dialog {
    element: NodeRef,
}

impl Dialog {
    /// Closes it.
    pub(super) fn close(self) {
        self.call("close");
    }

    /// The button that closes it, with `words` on it.
    pub(super) fn way_out(self, words: &Text) -> View {
        button()
            .r#type("button")
            .class("dialog-close")
            .on(events::click, move |_| self.close())
            .children(words.to_string())
            .into()
    }

    fn call(self, name: &str) {
        let Some(element) = self.element.try_get() else { return };
        let method = Reflect::get(&element, &name.into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
        // A dialog that is open already, or closed, stays as it is.
        method.into_iter().for_each(|method| drop(method.call0(&element)));
    }
}

/// The dialog that is open.
pub(super) fn dialogs(app: &App) -> View {
    let subject = app.group.dialog;
    let app = app.clone();
    live(move || subject.get_clone().map(|subject| one(&app, &subject)))
}

fn one(app: &App, subject: &Rc<DialogContent>) -> View {
    let (element, heading) = (create_node_ref(), create_node_ref());
    let this = Dialog { element };
    let (said, failure) = (app.said, app.failure);
    said.set(String::new());
    on_mount(move || {
        this.call("showModal");
        controls::focus(heading.try_get());
    });
    let (words, values, content, foot) = match &**subject {
        DialogContent::Repair(plan) => (
            text!("ui.group.repair.heading", what = plan.identity.text(), member = plan.member),
            repair::values(plan),
            repair::plan(app, plan),
            repair::change(app, plan, this),
        ),
        DialogContent::Reactivation(label, view) => {
            let words = text!("ui.group.reactivate.heading", member = label);
            (words, View::new(), reactivation::requests(app, view), None)
        }
    };
    let open = app.group.dialog;
    dialog()
        .class("group-dialog")
        .attr("aria-labelledby", "dialog-heading")
        .r#ref(element)
        .on(events::close, move |_: web_sys::Event| open.set(None))
        .children((
            div().class("dialog-head").children((
                h2().attr("id", "dialog-heading")
                    .attr("tabindex", "-1")
                    .r#ref(heading)
                    .children(words.to_string()),
                values,
            )),
            div().class("dialog-body").children(content),
            // Words that are said elsewhere are behind the dialog.
            div().class("dialog-status").attr("role", "status").children(live(move || {
                let said = failure.get_clone().unwrap_or_else(|| said.get_clone());
                (!said.is_empty()).then(|| View::from(p().children(said)))
            })),
            foot.unwrap_or_else(|| {
                div().class("dialog-end").children(this.way_out(&text!("ui.group.close"))).into()
            }),
        ))
        .into()
}
