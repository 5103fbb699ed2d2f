//! WS-Federation 1.2, 13.2.3 (passive requestor profile): the XML itself in the field `wresult` of a form.
//!
//! GitLab does not read it; identity providers send it where an application was set up for WS-Federation.
//! Leaves out: `wresultptr`, requests (`wa=wsignin1.0` carries no message).

use super::{
    Binding, Carrier,
    carried::{BindingId, Payload},
    packing, query,
};
use crate::{
    base::limits::{LIMITS, Limits},
    encoding::written::Written,
};

pub(super) const BINDING: Binding = Binding {
    id: BindingId::WsFederation,
    carriers: &[Carrier::Form, Carrier::Query],
    messages: &["wresult"],
    needs: &[],
    relay: "wctx",
    decode,
};

fn decode(written: Written<'_>, limits: &Limits) -> Payload {
    let mut flaws = Vec::new();
    let plain = written.read().without_needless_escapes(&mut flaws);
    let kept = plain.octets().get(..LIMITS.parameter_bytes).unwrap_or(plain.octets());
    if kept.trim_ascii().is_empty() {
        return Payload::nothing(vec![query::empty(plain.whole())]);
    }
    if packing::looks_like_xml(kept) {
        return Payload { flaws, ..Payload::xml(plain.into_octets(LIMITS.parameter_bytes)) };
    }
    // Base64 has no place here; what holds XML all the same is read.
    let payload = packing::decode_plain(plain, &packing::PLAIN, limits);
    flaws.extend(payload.flaws);
    Payload { flaws, ..payload }
}
