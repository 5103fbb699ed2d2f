//! The questions before one identity is changed: the values, the evidence, the risks, the safer ways; then
//! the command to copy, or the change itself, once the person has said yes to each sentence.

use super::{ask, dialog::Dialog};
use crate::{
    app::App,
    base::signals::live,
    parts::{controls, section, severity, value},
};
use js_sys::futures::spawn_local;
use samlight::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity},
    },
    calls::protocol::{GroupCall, OwnCall, OwnReply},
    group::{
        change::Confirmed,
        repair::{Offer, RepairPlan},
    },
    text,
};
use sycamore::prelude::*;
use sycamore::web::{
    bind, events,
    tags::{button, dd, details, div, dl, dt, h3, input, label, li, p, pre, section, span, summary, ul},
};

/// The two values. They stay in view while all else is read.
pub(super) fn values(plan: &RepairPlan) -> View {
    let value = |words: Text, value: &Option<String>, other: &Option<String>| {
        let value = value.as_deref().map_or_else(
            || View::from(text!("ui.group.none").to_string()),
            |value| value::exact(value, other.as_deref()),
        );
        View::from((dt().children(words.to_string()), dd().children(value)))
    };
    dl().class("values")
        .children((
            value(text!("ui.group.repair.current"), &plan.current, &plan.wanted),
            value(text!("ui.group.repair.wanted"), &plan.wanted, &plan.current),
        ))
        .into()
}

/// The rest of the plan, except for the change itself.
pub(super) fn plan(app: &App, plan: &RepairPlan) -> View {
    View::from((
        sentences(&text!("ui.group.repair.evidence"), &plan.evidence),
        sentences(&text!("ui.group.repair.risks"), &plan.risks),
        details().children((
            summary().children(text!("ui.group.repair.ways").to_string()),
            section::steps(*create_signal(plan.ways.clone())),
        )),
        refusal(&plan.offer),
        plan.command.as_deref().map(|it| command(app, &text!("ui.group.repair.command"), it)),
    ))
}

fn sentences(heading: &Text, sentences: &[String]) -> View {
    if sentences.is_empty() {
        return View::new();
    }
    let list = sentences.iter().map(|sentence| View::from(li().children(sentence.clone())));
    section()
        .children((
            h3().children(heading.to_string()),
            ul().class("points").children(list.collect::<Vec<_>>()),
        ))
        .into()
}

/// A change as a command, for who has access of their own, folded under `words`.
pub(super) fn command(app: &App, words: &Text, command: &str) -> View {
    let (shown, copied) = (command.to_owned(), command.to_owned());
    details()
        .class("dialog-command")
        .children((
            summary().children(words.to_string()),
            pre().attr("tabindex", "0").children(shown),
            controls::copy_as(app, "small", &text!("ui.group.command.copy"), move || copied.clone()),
        ))
        .into()
}

/// The reasons for which the change is not offered here.
fn refusal(offer: &Offer) -> View {
    match offer {
        Offer::Refused { because } => refused(Severity::Error, &text!("ui.group.repair.refused"), because),
        Offer::CommandOnly { because } => {
            refused(Severity::Warning, &text!("ui.group.repair.command-only"), because)
        }
        Offer::Change { .. } => View::new(),
    }
}

fn refused(severity: Severity, words: &Text, because: &[String]) -> View {
    let sentence = Sentence { severity, text: words.to_string() };
    let list = because.iter().map(|reason| View::from(li().children(reason.clone())));
    section()
        .class("card dialog-refused")
        .attr("data-severity", severity::name(severity))
        .children((
            severity::sentence(*create_signal(sentence)),
            ul().class("points").children(list.collect::<Vec<_>>()),
        ))
        .into()
}

/// The sentences to say yes to, and the buttons that make the change and that make none; nothing where it is
/// not offered. They stay in view while all else is read.
pub(super) fn change(app: &App, plan: &RepairPlan, dialog: Dialog) -> Option<View> {
    let Offer::Change { consents } = &plan.offer else { return None };
    let given: Vec<Signal<bool>> = consents.iter().map(|_| create_signal(false)).collect();
    let refusal: Signal<Option<String>> = create_signal(None);
    let is_sent = create_signal(false);
    let boxes = consents.iter().zip(&given).map(|(sentence, given)| {
        View::from(label().class("consent").children((
            input().r#type("checkbox").bind(bind::checked, *given),
            span().class("exact").children(sentence.clone()),
        )))
    });
    let boxes = boxes.collect::<Vec<_>>();
    let all = create_selector(move || given.iter().all(|given| given.get()));
    let confirmed = Confirmed {
        user: plan.user,
        identity: plan.identity,
        old: plan.current.clone().unwrap_or_default(),
        new: plan.wanted.clone().unwrap_or_default(),
        consents: consents.to_vec(),
    };
    let app = app.clone();
    let change = button()
        .r#type("button")
        .class("danger")
        .disabled(move || !all.get())
        // Not disabled in full, which would take the focus away.
        .attr("aria-disabled", move || is_sent.get().then_some("true"))
        .on(events::click, move |_| {
            if is_sent.replace(true) {
                return;
            }
            refusal.set(None);
            let (app, confirmed) = (app.clone(), confirmed.clone());
            spawn_local(async move {
                let call = OwnCall::Group(GroupCall::Confirm(confirmed));
                match app.client.call(&call).await {
                    Ok(OwnReply::Refused(reason)) | Err(reason) => {
                        refusal.set(Some(reason));
                        is_sent.set(false);
                    }
                    Ok(_) => {
                        dialog.close();
                        ask(&app);
                    }
                }
            });
        })
        .children(text!("ui.group.repair.do").to_string());
    let foot = section().class("dialog-change").children((
        h3().children(text!("ui.group.repair.confirm").to_string()),
        boxes,
        live(move || {
            let reason = refusal.get_clone();
            reason.map(|reason| View::from(p().class("refusal").attr("role", "alert").children(reason)))
        }),
        div().class("dialog-end").children((dialog.way_out(&text!("ui.clear.no")), View::from(change))),
    ));
    Some(foot.into())
}
