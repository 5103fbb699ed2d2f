//! GitLab's clock is inside NotBefore and NotOnOrAfter of the Conditions (`validate_conditions`). The words
//! carry GitLab's clock; predicted is the time at which the Response was seen.

use super::{
    Check, CheckResult, clock,
    received::{Received, attribute},
};
use crate::{base::instant::Timestamp, text};

pub(super) const CHECK: Check = Check {
    id: "validity",
    title: || text!("accept.validity"),
    messages: &[
        &["Current time is earlier than NotBefore condition"],
        &["Current time is on or after NotOnOrAfter condition"],
    ],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let Some(conditions) = received.at_path(&["Conditions"]).into_iter().next() else {
        return CheckResult::Passed;
    };
    let (at, drift) = (received.at, received.sp.clock_drift);
    let (now, allowed) = (clock::in_ruby(at, "TZ"), clock::written(drift));
    if let Some(written) = attribute(conditions, "NotBefore") {
        let Some(not_before) = Timestamp::parse(&written) else {
            return CheckResult::Unknown(text!("accept.bad-instant"));
        };
        if clock::is_before(at, not_before, drift) {
            let limit = clock::in_ruby(not_before, &written);
            return received.fails_by_clock(format!(
                "Current time is earlier than NotBefore condition ({now} < {limit} - {allowed})"
            ));
        }
    }
    if let Some(written) = attribute(conditions, "NotOnOrAfter") {
        let Some(end) = Timestamp::parse(&written) else {
            return CheckResult::Unknown(text!("accept.bad-instant"));
        };
        if clock::is_after(at, end, drift) {
            let limit = clock::in_ruby(end, &written);
            return received.fails_by_clock(format!(
                "Current time is on or after NotOnOrAfter condition ({now} >= {limit} + {allowed})"
            ));
        }
    }
    CheckResult::Passed
}
