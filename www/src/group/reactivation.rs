//! Reactivating a SCIM identity: two requests to copy, each with a place for its answer. The SCIM token is
//! filled in by the person, elsewhere; it is not asked for here. What is pasted is read once, by the core,
//! and not kept. Until it was read it stays in its box.

use crate::{
    app::App,
    base::signals::live,
    parts::{controls, severity},
};
use js_sys::futures::spawn_local;
use samlight::{
    base::{
        catalogue::Text,
        redact::Secret,
        severity::{Sentence, Severity},
    },
    calls::protocol::{GroupCall, OwnCall, OwnReply, ReactivationView},
    group::reactivation::{Reactivation, Request},
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, div, h3, label, p, pre, section, span, textarea},
};

/// Both requests.
pub(super) fn requests(app: &App, view: &ReactivationView) -> View {
    let warning = view
        .warning
        .clone()
        .map(|text| severity::sentence(*create_signal(Sentence { severity: Severity::Warning, text })));
    View::from((
        p().children(text!("ui.group.reactivate.what").to_string()),
        warning,
        request(app, &view.of, Request::Look, &text!("ui.group.reactivate.look"), &view.look),
        request(app, &view.of, Request::Activate, &text!("ui.group.reactivate.activate"), &view.activate),
    ))
}

/// One request, and what its answer means.
fn request(app: &App, of: &Reactivation, request: Request, heading: &Text, command: &str) -> View {
    let pasted = create_signal(String::new());
    let said: Signal<Option<Sentence>> = create_signal(None);
    let copied = command.to_owned();
    let (checking, of) = (app.clone(), of.clone());
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
                            of: of.clone(),
                            request,
                            pasted: Secret::new(pasted.get_clone_untracked()),
                        };
                        let app = checking.clone();
                        spawn_local(async move {
                            let failure = |text| Sentence { severity: Severity::Error, text };
                            said.set(Some(match app.client.call(&OwnCall::Group(asked)).await {
                                Ok(OwnReply::Said(sentence)) => {
                                    pasted.set(String::new());
                                    sentence
                                }
                                Ok(OwnReply::Refused(reason)) | Err(reason) => failure(reason),
                                Ok(_) => failure(text!("ui.group.not-read").to_string()),
                            }));
                        });
                    })
                    .children(text!("ui.group.reactivate.check").to_string()),
                div().attr("role", "status").children(live(move || {
                    said.get_clone().map(|said| severity::sentence(*create_signal(said)))
                })),
            )),
        ))
        .into()
}
