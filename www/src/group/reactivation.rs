//! Reactivating a SCIM identity: two requests to copy, each with a place for its answer. The SCIM token is filled in by
//! the person, elsewhere; it is not asked for here. What is pasted is read once, by the core, and not kept.

use super::call;
use crate::{app::App, controls, severity};
use js_sys::futures::spawn_local;
use samlight::{
    catalogue::Text,
    protocol::{GroupCall, OwnReply, ReactivationView},
    redact::Secret,
    scim::reactivation::Request,
    text,
    view::{Sentence, Severity},
};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, div, h3, label, p, pre, section, span, textarea},
};

/// Both requests.
pub(super) fn requests(app: &App, user: u64, view: &ReactivationView) -> View {
    let warning = view
        .warning
        .clone()
        .map(|text| severity::sentence(*create_signal(Sentence { severity: Severity::Warning, text })));
    View::from((
        p().children(text!("ui.group.reactivate.what").to_string()),
        warning,
        request(app, user, Request::Look, &text!("ui.group.reactivate.look"), &view.look),
        request(app, user, Request::Activate, &text!("ui.group.reactivate.activate"), &view.activate),
    ))
}

/// One request, and what its answer means.
fn request(app: &App, user: u64, request: Request, heading: &Text, command: &str) -> View {
    let pasted = create_signal(String::new());
    let said: Signal<Option<Sentence>> = create_signal(None);
    let copied = command.to_owned();
    let checking = app.clone();
    let name = match request {
        Request::Look => "look",
        Request::Activate => "activate",
    };
    section()
        .class("dialog-command")
        .attr("data-request", name)
        .children((
            h3().children(heading.to_string()),
            pre().attr("tabindex", "0").children(command.to_owned()),
            controls::copy_as(app, "small", &text!("ui.group.command.copy"), move || copied.clone()),
            label().class("paste").children((
                span().children(text!("ui.group.reactivate.paste").to_string()),
                textarea()
                    .rows("3")
                    .attr("spellcheck", "false")
                    .attr("autocomplete", "off")
                    .bind(bind::value, pasted),
            )),
            div().class("dialog-said").children((
                button()
                    .r#type("button")
                    .class("small")
                    .disabled(move || pasted.with(|pasted| pasted.trim().is_empty()))
                    .on(events::click, move |_| {
                        let asked = GroupCall::CheckScim {
                            user,
                            request,
                            pasted: Secret::new(pasted.get_clone_untracked()),
                        };
                        pasted.set(String::new());
                        let app = checking.clone();
                        spawn_local(async move {
                            match call(&app, asked).await {
                                Some(OwnReply::Said(sentence)) => said.set(Some(sentence)),
                                Some(_) => app.say(text!("ui.group.not-read").to_string()),
                                None => {}
                            }
                        });
                    })
                    .children(text!("ui.group.reactivate.check").to_string()),
                div()
                    .attr("role", "status")
                    .children(move || said.get_clone().map(|said| severity::sentence(*create_signal(said)))),
            )),
        ))
        .into()
}
