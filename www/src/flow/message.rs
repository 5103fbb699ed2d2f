//! The SAML messages of a sign-in: one that opens for each, with its summary, XML, attributes, certificates,
//! flaws.

use super::{
    decryption, octets,
    tables::{attribute_table, signature, summary_table},
};
use crate::{
    app::App,
    base::signals::{each, live, part, while_any},
    parts::{controls::copy_button, section::section_of, severity},
};
use samlight::{
    base::{catalogue::Text, severity::Severity},
    text,
    view::{CertificateView, FlawView, MessageView},
};
use sycamore::prelude::*;
use sycamore::web::{
    View, events,
    tags::{code, dd, details, div, dl, dt, h4, li, section, span, summary, ul},
};
use wasm_bindgen::JsCast;

/// The section; nothing while there is no message.
pub(crate) fn messages(app: &App, messages: ReadSignal<Vec<MessageView>>) -> View {
    let app = app.clone();
    section_of("messages", &text!("ui.messages.heading"), messages, move || {
        let app = app.clone();
        div().children(each(messages, |at, _| at, move |one| message(&app, one))).into()
    })
}

fn message(app: &App, message: ReadSignal<MessageView>) -> View {
    // The inside is made when it is opened for the first time: a Response is long.
    let opened = create_signal(false);
    let flawed = part(message, |message| !message.flaws.is_empty());
    let app = app.clone();
    details()
        .class("card message")
        .on(events::toggle, move |event: web_sys::Event| {
            if is_open(&event) && !opened.get() {
                opened.set(true);
            }
        })
        .children((
            summary().children((
                span()
                    .class("message-name")
                    .children(live(move || message.with(|message| message.name.clone()))),
                span()
                    .class("binding")
                    .children(live(move || message.with(|message| message.binding.clone()))),
                live(move || {
                    flawed.get().then(|| {
                        View::from(span().class("flawed").attr("data-severity", "warning").children((
                            severity::icon(|| Severity::Warning),
                            span().children(text!("ui.message.flawed").to_string()),
                        )))
                    })
                }),
                span()
                    .class("quiet seen")
                    .children(live(move || message.with(|message| message.seen.clone()))),
            )),
            live(move || opened.get().then(|| inside(&app, message))),
        ))
        .into()
}

fn is_open(event: &web_sys::Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.has_attribute("open"))
}

fn inside(app: &App, message: ReadSignal<MessageView>) -> View {
    let attributes = part(message, |message| message.attributes.clone());
    let signatures = part(message, |message| message.signatures.clone());
    let certificates = part(message, |message| message.certificates.clone());
    let app = app.clone();
    View::from((
        flaws(part(message, |message| message.flaws.clone())),
        summary_table(part(message, |message| message.summary.clone())),
        subsection(&text!("ui.signatures.heading"), signatures, move || {
            div().children(each(signatures, |at, _| at, signature)).into()
        }),
        decryption::decryption(&app, message),
        octets::octets(&app, message),
        subsection(&text!("ui.attributes.heading"), attributes, move || attribute_table(attributes)),
        subsection(&text!("ui.certificates.heading"), certificates, move || {
            let app = app.clone();
            div().children(each(certificates, |at, _| at, move |one| certificate(&app, one))).into()
        }),
    ))
}

fn subsection<T: Clone + PartialEq + 'static>(
    heading: &Text,
    list: ReadSignal<Vec<T>>,
    content: impl Fn() -> View + 'static,
) -> View {
    let heading = heading.to_string();
    while_any(list, move || section().children((h4().children(heading.clone()), content())).into())
}

fn flaws(flaws: ReadSignal<Vec<FlawView>>) -> View {
    subsection(&text!("ui.flaws.heading"), flaws, move || {
        ul().class("flaws")
            .attr("data-severity", "warning")
            .children(each(
                flaws,
                |at, _| at,
                |flaw| {
                    li().children((
                        span().children(live(move || flaw.with(|flaw| flaw.text.clone()))),
                        " ",
                        code().class("quiet").children(live(move || flaw.with(|flaw| flaw.code.clone()))),
                    ))
                    .into()
                },
            ))
            .into()
    })
}

fn certificate(app: &App, certificate: ReadSignal<CertificateView>) -> View {
    let line = |label: Text, pick: fn(&CertificateView) -> String| {
        let label = label.to_string();
        let fingerprint = part(certificate, pick);
        View::from((
            dt().children(label.clone()),
            dd().class("fingerprint").children((
                code().children(live(move || fingerprint.get_clone())),
                copy_button(app, &label, move || fingerprint.get_clone()),
            )),
        ))
    };
    let fingerprints = dl().class("certificate").children((
        line(text!("ui.certificate.sha1"), |certificate| certificate.sha1.clone()),
        line(text!("ui.certificate.sha256"), |certificate| certificate.sha256.clone()),
    ));
    View::from((summary_table(part(certificate, |certificate| certificate.rows.clone())), fingerprints))
}
