//! Destination is GitLab's assertion consumer service (`validate_destination`). Without a Destination the
//! check passes.

use super::{
    Check, CheckResult,
    received::{Received, attribute},
};
use crate::{comparison::address, text};

pub(super) const CHECK: Check = Check {
    id: "destination",
    title: || text!("accept.destination"),
    messages: &[&["The response was received at"], &["The response has an empty Destination value"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    let Some(destination) = received.response().and_then(|response| attribute(response, "Destination"))
    else {
        return CheckResult::Passed;
    };
    let acs = &received.sp.acs;
    if destination.is_empty() {
        return CheckResult::fails("The response has an empty Destination value");
    }
    CheckResult::passes_if(acs.is_empty() || address::is_same(&destination, acs), || {
        format!("The response was received at {destination} instead of {acs}")
    })
}
