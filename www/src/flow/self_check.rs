//! The checks that whoever signs in can make by themselves, or what is needed for them; and the message to
//! whoever can fix it.

use crate::{
    app::App,
    base::signals::{each, live, part},
    parts::{controls, section::steps, severity, value},
};
use samlight::{
    text,
    view::{
        owner_message::OwnerMessage,
        self_check::{OwnIdentity, SelfCheck},
    },
};
use sycamore::prelude::*;
use sycamore::web::tags::{details, div, dl, h3, p, pre, section, summary};

/// The self-check; nothing while there is none.
pub(crate) fn self_check(app: &App, check: ReadSignal<Option<SelfCheck>>) -> View {
    let app = app.clone();
    let there = part(check, Option::is_some);
    live(move || {
        let app = app.clone();
        there.get().then(|| {
            let state = part(check, |check| check.as_ref().map(|it| it.state.clone()).unwrap_or_default());
            let needed = part(check, |check| check.as_ref().map(|it| it.needed.clone()).unwrap_or_default());
            let own = part(check, |check| check.as_ref().map(|it| it.identities.clone()).unwrap_or_default());
            View::from(section().class("self-check").children((
                h3().children(text!("ui.self-check.heading").to_string()),
                p().children(live(move || state.with(|state| state.text.clone()))),
                div().class("own-identities").children(each(own, |at, _| at, move |it| identity(&app, it))),
                steps(needed),
            )))
        })
    })
}

fn identity(app: &App, own: ReadSignal<OwnIdentity>) -> View {
    let level = part(own, |own| own.sentence.severity);
    div()
        .class("card compared")
        .attr("data-severity", move || severity::name(level.get()))
        .children((
            dl().class("values").children(value::value(app, part(own, |own| own.value.clone()))),
            severity::sentence(part(own, |own| own.sentence.clone())),
        ))
        .into()
}

/// The message to the owner, ready to be copied; nothing where there is nothing to send.
pub(crate) fn for_owner(app: &App, message: ReadSignal<Option<OwnerMessage>>) -> View {
    let app = app.clone();
    let there = part(message, Option::is_some);
    live(move || {
        let app = app.clone();
        there.get().then(|| {
            let heading = part(message, |it| it.as_ref().map(|it| it.heading.clone()).unwrap_or_default());
            let content = part(message, |it| it.as_ref().map(|it| it.text.clone()).unwrap_or_default());
            View::from(section().class("for-owner").children((
                h3().children(live(move || heading.get_clone())),
                p().class("quiet").children(text!("ui.for-owner.why").to_string()),
                div().class("card").children((
                    copy_message(&app, message, "copy-message primary"),
                    details().children((
                        summary().children(text!("ui.for-owner.read").to_string()),
                        pre().attr("tabindex", "0").children(live(move || content.get_clone())),
                    )),
                )),
            )))
        })
    })
}

/// The button that copies the message.
pub(crate) fn copy_message(
    app: &App,
    message: ReadSignal<Option<OwnerMessage>>,
    class: &'static str,
) -> View {
    let text = move || message.with(|it| it.as_ref().map(|it| it.text.clone()).unwrap_or_default());
    let label = part(message, |it| it.as_ref().map(|it| it.copy.clone()).unwrap_or_default());
    controls::copying(app, text).class(class).children(live(move || label.get_clone())).into()
}
