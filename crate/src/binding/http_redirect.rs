//! HTTP-Redirect (SAML Bindings 3.4): DEFLATE, then base64, then URL escapes.
//!
//! Leaves out: encodings other than DEFLATE (3.4.4 lets SAMLEncoding name them; nobody does), the check of the
//! detached signature (3.4.4.1).

use super::{
    Binding, base64,
    carried::{BindingId, Payload},
    inflate::{End, inflate, looks_like_xml},
    query::{self, Written},
};
use crate::{
    flaw::{Flaw, Span},
    limits::LIMITS,
    text,
};

pub(super) const BINDING: Binding =
    Binding { id: BindingId::HttpRedirect, messages: ["SAMLRequest", "SAMLResponse"], decode };

fn decode(written: &Written<'_>) -> Payload {
    let base64::Decoded { octets, mut flaws } = base64::decode(written);
    if octets.is_empty() {
        flaws.push(query::empty(written));
        return Payload { octets: None, flaws };
    }
    let inflated = inflate(&octets, LIMITS.inflated_bytes);
    // A stream of DEFLATE can begin like XML: it is tried first.
    if matches!(inflated.end, End::Broken | End::CutOff) && looks_like_xml(&octets) {
        let whole = Span::new(0, written.as_received().len());
        flaws.push(Flaw::in_received("not-deflated", whole, text!("flaw.not-deflated")));
        return Payload { octets: Some(octets), flaws };
    }
    flaws.extend(inflated.flaw(octets.len(), written));
    let kept = (!inflated.octets.is_empty()).then_some(inflated.octets);
    Payload { octets: kept, flaws }
}
