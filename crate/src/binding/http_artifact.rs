//! HTTP-Artifact (SAML Bindings 3.6): not the message, but a reference to it, in the parameter `SAMLart` of a
//! query or a form. The formats: type 4 of SAML 2.0 (3.6.4.2), types 1 and 2 of SAML 1.1 (Bindings and
//! Profiles 1.1, clause 8).

use super::{
    Binding, Carrier,
    carried::{BindingId, Payload},
    query,
};
use crate::{
    base::{
        flaw::{Flaw, Span},
        limits::Limits,
    },
    encoding::{base64, written::Written},
    saml::{Artifact, Message},
    text,
};

pub(super) const BINDING: Binding = Binding {
    id: BindingId::HttpArtifact,
    carriers: &[Carrier::Query, Carrier::Form],
    messages: &["SAMLart"],
    needs: &[],
    relay: "RelayState",
    decode,
};

fn decode(written: Written<'_>, _: &Limits) -> Payload {
    let mut flaws = Vec::new();
    let plain = written.read().without_needless_escapes(&mut flaws);
    let decoded = base64::decode(&plain);
    if decoded.octets.is_empty() && decoded.flaws.is_empty() {
        return Payload::nothing(vec![query::empty(written.whole())]);
    }
    flaws.extend(decoded.flaws);
    let artifact = Artifact::read(&decoded.octets);
    if artifact.length_due.is_none() {
        let text = text!("flaw.artifact-type", code = artifact.type_code.unwrap_or_default());
        flaws.push(Flaw::in_received("artifact-type", written.whole(), text));
    }
    if let Some(due) = artifact.length_due.filter(|due| *due != decoded.octets.len()) {
        let digit = due.min(decoded.octets.len()) * 4 / 3;
        let at = Span::new(base64::place_of_digit(&plain, digit).start, written.whole().end);
        let text = text!("flaw.artifact-length", size = decoded.octets.len(), due = due);
        flaws.push(Flaw::in_received("artifact-length", at, text));
    }
    Payload { octets: None, message: Some(Message::of_artifact(artifact)), flaws }
}
