//! One SAML message as people read it: [`MessageView`].

use super::{AttributeView, FlawView, MessageView, encrypted, other_message, signed};
use crate::{
    base::{catalogue::Text, flaw::Flaw, instant::Zone, redact},
    case::Looked,
    encryption,
    saml::{Attribute, Message, MessageKind},
    text,
    trace::{
        exchange::Exchange,
        seen::{Rode, Seen},
    },
};

/// One message of a flow.
pub(super) fn message_view(message: &Looked<'_>, zone: Zone) -> MessageView {
    let (exchange, seen) = (message.exchange, message.seen);
    let carried = seen.carried();
    let document = carried.document.as_ref();
    let (found, certificate_flaws) = seen.certificates();
    let name = match &carried.message {
        Some(message) => message.kind.name().to_owned(),
        None => text!("message.unreadable").to_string(),
    };
    MessageView {
        name,
        binding: carried.binding.to_string(),
        seen: place(exchange, seen, zone).to_string(),
        summary: carried.message.as_ref().map(|read| marked(summary(read), message)).unwrap_or_default(),
        relay_state: carried.relay_state.as_ref().map(|state| state.expose().to_owned()),
        attributes: carried.message.as_ref().map(attributes).unwrap_or_default(),
        signatures: signed::signature_views(message.look()),
        certificates: found.iter().map(signed::certificate_view).collect(),
        encrypted: document
            .map(|document| encryption::parts(document).iter().map(encrypted::encrypted_view).collect())
            .unwrap_or_default(),
        flaws: carried.flaws.iter().chain(certificate_flaws).map(flaw_view).collect(),
        // Shown on the person's own screen, which is what the trace is for.
        pretty: document.map(|document| document.pretty()).unwrap_or_default(),
        exact: carried
            .octets()
            .map(|octets| String::from_utf8_lossy(octets.expose()).into_owned())
            .unwrap_or_default(),
        received: carried.value.expose().to_owned(),
    }
}

/// The summary of `message`, with a line below a NameID that nobody signed.
fn marked(mut summary: Vec<(String, String)>, message: &Looked<'_>) -> Vec<(String, String)> {
    let at = summary.iter().position(|(label, _)| label == "NameID");
    let is_response =
        message.seen.carried().message.as_ref().is_some_and(|m| m.kind == MessageKind::Response);
    if let Some(at) = at.filter(|_| is_response && !message.look().is_vouched_for()) {
        let (label, why) = match message.look().is_signature_taken_out() {
            true => (text!("message.copy"), text!("message.copy.why")),
            false => (text!("message.unsigned"), text!("message.unsigned.why")),
        };
        summary.insert(at + 1, (label.to_string(), why.to_string()));
    }
    summary
}

/// The attributes of its assertions.
pub(super) fn attributes(message: &Message) -> Vec<AttributeView> {
    let attributes = message.assertions().iter().flat_map(|assertion| &assertion.attributes);
    let shown = |attribute: &Attribute| AttributeView {
        name: attribute.name.clone().unwrap_or_default(),
        friendly_name: attribute.friendly_name.clone(),
        values: attribute.values.clone(),
    };
    attributes.map(shown).collect()
}

/// A flaw as it is shown.
pub(super) fn flaw_view(flaw: &Flaw) -> FlawView {
    let text = match flaw.at {
        Some(at) => text!("flaw.at", flaw = flaw.text, start = at.start, end = at.end),
        None => flaw.text.clone(),
    };
    FlawView { code: flaw.code.to_owned(), text: text.to_string() }
}

/// The place where it was seen; a message that is a file names it anyway.
fn place(exchange: &Exchange, seen: &Seen, zone: Zone) -> Text {
    let time = zone.time_of_day(seen.event.time);
    match seen.rode {
        Rode::File => text!("message.seen.file", file = exchange.url.expose()),
        Rode::Page => text!("message.seen.page", url = location(exchange), time = time),
        Rode::Query => text!("message.seen.query", url = location(exchange), time = time),
        Rode::Form => text!("message.seen.form", url = location(exchange), time = time),
        Rode::Redirect => text!("message.seen.redirect", url = location(exchange), time = time),
    }
}

/// The address without its query.
fn location(exchange: &Exchange) -> String {
    // A query can be long, and is looked through for what must not be shown: it is left out first.
    let url = exchange.url.expose();
    redact::url(url.split('?').next().unwrap_or_default())
}

/// The important values in reading order; absent ones are left out.
pub(super) fn summary(message: &Message) -> Vec<(String, String)> {
    let head = &message.head;
    let name_id = message.name_id();
    let status = message.status();
    let request = message.authn_request();
    let assertion = message.assertions().first();
    let conditions = assertion.and_then(|assertion| assertion.conditions.as_ref());
    let statement = assertion.and_then(|assertion| assertion.authn_statements.first());
    let confirmation = message.subject().and_then(|subject| subject.confirmations.first());
    let joined = |texts: Vec<&str>| (!texts.is_empty()).then(|| texts.join(", "));
    let rows = [
        ("NameID", name_id.map(|name_id| name_id.value.clone())),
        ("NameID Format", name_id.and_then(|name_id| name_id.format.clone())),
        ("NameQualifier", name_id.and_then(|name_id| name_id.name_qualifier.clone())),
        ("SPNameQualifier", name_id.and_then(|name_id| name_id.sp_name_qualifier.clone())),
        ("StatusCode", status.and_then(|status| joined(status.codes.iter().map(String::as_str).collect()))),
        ("StatusMessage", status.and_then(|status| status.message.clone())),
        ("Issuer", head.issuer.clone()),
        ("Destination", head.destination.clone()),
        ("AssertionConsumerServiceURL", request.and_then(|request| request.acs_url.clone())),
        (
            "NameIDPolicy Format",
            request
                .and_then(|request| request.name_id_policy.as_ref())
                .and_then(|policy| policy.format.clone()),
        ),
        ("ID", head.id.clone()),
        ("InResponseTo", head.in_response_to.clone()),
        ("IssueInstant", head.issue_instant.clone()),
        ("Audience", conditions.and_then(|conditions| joined(conditions.audiences().collect()))),
        ("NotBefore", conditions.and_then(|conditions| conditions.not_before.clone())),
        ("NotOnOrAfter", conditions.and_then(|conditions| conditions.not_on_or_after.clone())),
        ("Recipient", confirmation.and_then(|confirmation| confirmation.recipient.clone())),
        ("AuthnInstant", statement.and_then(|statement| statement.authn_instant.clone())),
        ("AuthnContextClassRef", statement.and_then(|statement| statement.authn_context_class_ref.clone())),
        ("SessionNotOnOrAfter", statement.and_then(|statement| statement.session_not_on_or_after.clone())),
    ];
    let encrypted = message
        .is_encrypted()
        .then(|| (text!("message.encrypted").to_string(), text!("message.encrypted.why").to_string()));
    let present = rows.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?)));
    present.chain(further_assertions(message)).chain(other_message::rows(message)).chain(encrypted).collect()
}

/// Further assertions of which the values are listed; their attributes and the XML have all.
const FURTHER: usize = 20;

/// The values of the assertions after the first one: GitLab looks at that alone, and whoever reads the
/// message wants to know whose the others are.
fn further_assertions(message: &Message) -> Vec<(String, String)> {
    let further = message.assertions().iter().enumerate().skip(1).take(FURTHER);
    let rows = further.flat_map(|(at, assertion)| {
        let subject = assertion.subject.as_ref();
        let name_id = subject.and_then(|subject| subject.name_id.as_ref());
        let conditions = assertion.conditions.as_ref();
        let audiences: Vec<&str> = conditions.map(|it| it.audiences().collect()).unwrap_or_default();
        let rows = [
            ("NameID", name_id.map(|name_id| name_id.value.clone())),
            ("NameID Format", name_id.and_then(|name_id| name_id.format.clone())),
            ("Issuer", assertion.issuer.clone()),
            ("ID", assertion.id.clone()),
            ("Audience", (!audiences.is_empty()).then(|| audiences.join(", "))),
            ("NotBefore", conditions.and_then(|conditions| conditions.not_before.clone())),
            ("NotOnOrAfter", conditions.and_then(|conditions| conditions.not_on_or_after.clone())),
        ];
        let label = move |name: &str| text!("message.of-assertion", number = at + 1, name = name).to_string();
        rows.into_iter().filter_map(move |(name, value)| Some((label(name), value?)))
    });
    rows.collect()
}

#[cfg(test)]
pub(super) mod tests {
    use crate::{
        base::instant::Timestamp,
        case::Case,
        event::Event,
        trace::tracer::Tracer,
        view::{FlowView, flow::flow_view},
    };
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::json;

    /// A sign-in to which a Response was posted that holds this.
    pub(in crate::view) fn posted(inside: &str) -> FlowView {
        let response = format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r\">{inside}</samlp:Response>"
        );
        let event: Event =
            serde_json::from_value(json!({ "id": "1767258000000-test-000001", "kind": "request",
            "request": "1", "tab": 1, "method": "POST",
            "url": "https://gitlab.com/groups/acme/-/saml/callback", "body": "form",
            "form": [["SAMLResponse", [BASE64_STANDARD.encode(response)]]] }))
            .unwrap();
        let tracer = Tracer::replay(vec![event]);
        flow_view(&Case::new(&tracer, tracer.flows().last().unwrap(), Timestamp(1_767_258_010_000)))
    }

    #[test]
    fn each_assertion_says_whose_it_is() {
        let assertion = |name: &str| {
            format!(
                "<saml:Assertion ID=\"_{name}\"><saml:Subject><saml:NameID>{name}</saml:NameID></saml:Subject>\
                 <saml:Conditions NotOnOrAfter=\"2026-01-01T00:00:00Z\"/></saml:Assertion>"
            )
        };
        let summary = posted(&(assertion("ada") + &assertion("bob"))).messages.remove(0).summary;
        let of =
            |label: &str| summary.iter().find(|(name, _)| name == label).map(|(_, value)| value.as_str());
        assert_eq!(of("NameID"), Some("ada"), "{summary:?}");
        assert_eq!(of("Assertion 2: NameID"), Some("bob"), "{summary:?}");
        assert_eq!(of("Assertion 2: NotOnOrAfter"), Some("2026-01-01T00:00:00Z"), "{summary:?}");
        assert_eq!(of("Assertion 1: NameID"), None, "{summary:?}");
    }
}
