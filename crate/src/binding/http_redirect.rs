//! HTTP-Redirect (SAML Bindings 3.4): DEFLATE, then base64, then URL escapes.
//!
//! Leaves out: encodings other than DEFLATE (3.4.4 lets SAMLEncoding name them; nobody does), the check of the
//! detached signature (3.4.4.1).

use super::{
    Binding,
    base64::{self, place_of_digit},
    carried::{BindingId, Payload},
    inflate::{End, Inflated, inflate},
    query::Written,
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
    let inflated = inflate(&octets, LIMITS.inflated_bytes);
    // A stream of DEFLATE can begin like XML: it is tried first.
    if matches!(inflated.end, End::Broken | End::CutOff) && looks_like_xml(&octets) {
        let whole = Span::new(0, written.as_received().len());
        flaws.push(Flaw::in_received("not-deflated", whole, text!("flaw.not-deflated")));
        return Payload { octets: Some(octets), flaws };
    }
    flaws.extend(flaw_of(&inflated, octets.len(), written));
    let kept = (!inflated.octets.is_empty()).then_some(inflated.octets);
    Payload { octets: kept, flaws }
}

/// Whether `octets` begin like an XML document, perhaps with a byte order mark or white space.
pub(super) fn looks_like_xml(octets: &[u8]) -> bool {
    let octets = octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(octets);
    octets.trim_ascii_start().starts_with(b"<")
}

/// What is to be said about how inflating ended, with the place where it did.
fn flaw_of(inflated: &Inflated, length: usize, written: &Written<'_>) -> Option<Flaw> {
    let bytes = inflated.octets.len();
    let (code, text) = match inflated.end {
        End::Whole if inflated.used >= length => return None,
        End::Whole => ("octets-behind-deflate", text!("flaw.octets-behind-deflate", count = length - inflated.used)),
        End::CutOff => ("deflate-cut-off", text!("flaw.deflate-cut-off", bytes = bytes)),
        End::Broken => ("not-deflate", text!("flaw.not-deflate", bytes = bytes)),
        End::Limit => ("inflate-limit", text!("flaw.inflate-limit", limit = LIMITS.inflated_bytes)),
    };
    // Three octets are four digits.
    let start = place_of_digit(written, inflated.used.saturating_mul(4) / 3).start;
    Some(Flaw::in_received(code, Span::new(start, written.as_received().len()), text))
}
