//! One Audience is GitLab's entityID, byte for byte (`validate_audience`). Without any Audience the check
//! passes.

use super::{Check, CheckResult, received::Received};
use crate::{text, xml::Element};

pub(super) const CHECK: Check =
    Check { id: "audience", title: || text!("accept.audience"), messages: &[&["Invalid Audience"]], look };

fn look(received: &Received<'_>) -> CheckResult {
    if received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let elements = received.at_path(&["Conditions", "AudienceRestriction", "Audience"]);
    let audiences: Vec<_> =
        elements.into_iter().map(Element::own_text).filter(|text| !text.is_empty()).collect();
    if audiences.is_empty() {
        return CheckResult::Passed;
    }
    let Some(expected) = &received.sp.entity_id else {
        return CheckResult::Unknown(text!("accept.entity-id-unknown"));
    };
    let plural = if audiences.len() > 1 { "s" } else { "" };
    CheckResult::passes_if(expected.is_empty() || audiences.contains(expected), || {
        let all = audiences.join(",");
        format!(
            "Invalid Audience{plural}. The audience{plural} {all}, did not match the expected audience {expected}"
        )
    })
}
