//! HTTP-POST (SAML Bindings 3.5): base64 in the hidden field of a form.

use super::{
    Binding, base64,
    carried::{BindingId, Payload},
    inflate::{inflate, looks_like_xml},
    query::{self, Written},
};
use crate::{
    flaw::{Flaw, Span},
    limits::LIMITS,
    text,
};

pub(super) const BINDING: Binding =
    Binding { id: BindingId::HttpPost, messages: ["SAMLRequest", "SAMLResponse"], decode };

fn decode(written: &Written<'_>) -> Payload {
    let whole = Span::new(0, written.as_received().len());
    if written.octets().map(|octet| octet.octet).find(|octet| !octet.is_ascii_whitespace()) == Some(b'<') {
        let octets = written.octets().map(|octet| octet.octet).take(LIMITS.parameter_bytes).collect();
        let flaws = vec![Flaw::in_received("not-encoded", whole, text!("flaw.not-encoded"))];
        return Payload { octets: Some(octets), flaws };
    }
    let base64::Decoded { octets, mut flaws } = base64::decode(written);
    if !looks_like_xml(&octets) {
        let inflated = inflate(&octets, LIMITS.inflated_bytes);
        if looks_like_xml(&inflated.octets) {
            flaws.push(Flaw::in_received("deflated", whole, text!("flaw.deflated")));
            flaws.extend(inflated.flaw(octets.len(), written));
            return Payload { octets: Some(inflated.octets), flaws };
        }
    }
    if octets.is_empty() {
        flaws.push(query::empty(written));
    }
    Payload { octets: (!octets.is_empty()).then_some(octets), flaws }
}
