//! The Response is not larger than GitLab takes (gitlab-facts 4.6; `saml_message_max_byte_size`, 250,000
//! bytes).

use super::{Check, CheckResult, received::Received};
use crate::{binding::BindingId, text};

pub(super) const CHECK: Check = Check {
    id: "message-size",
    title: || text!("accept.message-size"),
    messages: &[
        &["Encoded SAML Message exceeds", "bytes, so was rejected"],
        &["SAML Message exceeds", "bytes, so was rejected"],
    ],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    let limit = received.sp.size_limit;
    let exceeds = |size: usize| u64::try_from(size).is_ok_and(|size| size > limit);
    let decoded = received.carried.octets().map_or(0, |octets| octets.expose().len());
    // The XML in a file or on a page travelled as base64.
    if received.carried.binding == BindingId::None && exceeds(decoded.div_ceil(3).saturating_mul(4)) {
        return CheckResult::fails(format!("Encoded SAML Message exceeds {limit} bytes, so was rejected"));
    }
    // An older version does not look at the size of a value that it does not decode.
    let is_decoded = !received.is_taken_as_it_is();
    let is_looked_at = is_decoded || received.rules.limits_each_size;
    if is_looked_at && exceeds(received.carried.value.expose().len()) {
        return CheckResult::fails(format!("Encoded SAML Message exceeds {limit} bytes, so was rejected"));
    }
    let is_too_large = is_decoded && received.rules.limits_each_size && exceeds(decoded);
    CheckResult::passes_if(!is_too_large, || format!("SAML Message exceeds {limit} bytes, so was rejected"))
}
