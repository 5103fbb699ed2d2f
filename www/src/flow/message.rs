//! The SAML messages of a sign-in: one that opens for each, with its flaws, whom it is about, attributes, the
//! other values, signatures, XML, certificates.

use super::{
    decryption, octets,
    tables::{attribute_table, copied_table, signature, summary_table},
};
use crate::{
    app::App,
    base::signals::{each, live, part, while_any},
    parts::{
        controls::{self, copy_button},
        section::section_of,
        severity,
    },
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

/// The message that is looked at first.
const RESPONSE: &str = "Response";

/// The section; nothing while there is no message. A Response opens by itself once the section is shown.
pub(crate) fn messages(
    app: &App,
    messages: ReadSignal<Vec<MessageView>>,
    is_shown: ReadSignal<bool>,
) -> View {
    let app = app.clone();
    section_of("messages", &text!("ui.messages.heading"), messages, move || {
        let app = app.clone();
        div().children(each(messages, |at, _| at, move |one| message(&app, one, is_shown))).into()
    })
}

fn message(app: &App, message: ReadSignal<MessageView>, is_shown: ReadSignal<bool>) -> View {
    // The inside is made when it is opened for the first time: a Response is long.
    let opened = create_signal(false);
    let opens = create_signal(false);
    create_effect(move || {
        if is_shown.get() && message.with(|message| message.name == RESPONSE) {
            opens.set(true);
        }
    });
    let flawed = part(message, |message| !message.flaws.is_empty());
    let app = app.clone();
    details()
        .class("card message")
        .attr("open", move || opens.get().then_some(""))
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

/// Opens the message at `at` of the sign-in that is shown, and leads the focus to it.
pub(super) fn open(at: usize) {
    let document = web_sys::window().and_then(|window| window.document());
    let all = document.and_then(|document| document.query_selector_all("details.message").ok());
    let place = u32::try_from(at).ok();
    let one = all.zip(place).and_then(|(all, at)| all.item(at)?.dyn_into::<web_sys::Element>().ok());
    let Some(one) = one else { return };
    // An element takes any attribute.
    let _ = one.set_attribute("open", "");
    controls::focus(one.query_selector("summary").ok().flatten().map(Into::into));
    one.scroll_into_view();
}

fn is_open(event: &web_sys::Event) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.has_attribute("open"))
}

fn inside(app: &App, message: ReadSignal<MessageView>) -> View {
    let attributes = part(message, |message| message.attributes.clone());
    let signatures = part(message, |message| message.signatures.clone());
    let certificates = part(message, |message| message.certificates.clone());
    let summary = part(message, |message| message.summary.clone());
    let subject =
        part(summary, |rows| rows.iter().take(length_of_subject(rows)).cloned().collect::<Vec<_>>());
    let relay_state = part(message, |message| message.relay_state.clone());
    let rest = create_selector(move || {
        let relay_state = relay_state.get_clone().map(|state| ("RelayState".to_owned(), state));
        let rows = summary.get_clone();
        let from = length_of_subject(&rows);
        rows.into_iter().skip(from).chain(relay_state).collect::<Vec<_>>()
    });
    let app = app.clone();
    let table_app = app.clone();
    View::from((
        flaws(part(message, |message| message.flaws.clone())),
        copied_table(&app, subject),
        subsection(&text!("ui.attributes.heading"), attributes, move || {
            attribute_table(&table_app, attributes)
        }),
        copied_table(&app, rest),
        subsection(&text!("ui.signatures.heading"), signatures, move || {
            div().children(each(signatures, |at, _| at, signature)).into()
        }),
        decryption::decryption(&app, message),
        octets::octets(&app, message),
        subsection(&text!("ui.certificates.heading"), certificates, move || {
            let app = app.clone();
            div().children(each(certificates, |at, _| at, move |one| certificate(&app, one))).into()
        }),
    ))
}

/// The rows at the beginning that say who the message is about: the NameID, and what belongs to it.
fn length_of_subject(rows: &[(String, String)]) -> usize {
    const AFTER: [&str; 3] = ["StatusCode", "StatusMessage", "Issuer"];
    rows.iter().position(|(label, _)| AFTER.contains(&label.as_str())).unwrap_or(rows.len())
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
    let pem = controls::copy_as(app, "small", &text!("ui.certificate.pem"), move || {
        certificate.with(|certificate| certificate.pem.clone())
    });
    View::from((summary_table(part(certificate, |certificate| certificate.rows.clone())), fingerprints, pem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{message, shown};
    use samlight::view::AttributeView;

    #[test]
    fn a_message_begins_with_whom_it_is_about_and_each_value_can_be_copied() {
        let attribute =
            AttributeView { name: "email".into(), friendly_name: None, values: vec!["THE ADDRESS".into()] };
        let certificate = CertificateView {
            rows: vec![],
            sha1: "THE PRINT".into(),
            sha256: String::new(),
            pem: String::new(),
        };
        let (attributes, certificates) = (vec![attribute], vec![certificate]);
        let view = MessageView { attributes, certificates, ..message() };
        let html = shown(|app| inside(app, *create_signal(view)));
        let order = ["THE NAME", "THE ADDRESS", "THE ISSUER", "THE RELAY STATE", "&lt;", "THE PRINT"];
        let places: Vec<_> = order.iter().map(|part| html.find(part)).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {html}");
        for label in ["NameID", "email", "Issuer", "RelayState"] {
            assert!(html.contains(&format!("aria-label=\"Copy: {label}\"")), "{label}: {html}");
        }
        assert!(html.contains("Copy as PEM"), "{html}");
    }
}
