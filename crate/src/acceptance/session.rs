//! SessionNotOnOrAfter of the first AuthnStatement is not over (`validate_session_expiration`).

use super::{
    Check, CheckResult, clock,
    received::{Received, attribute},
};
use crate::{base::instant::Timestamp, text};

pub(super) const CHECK: Check = Check {
    id: "session",
    title: || text!("accept.session"),
    messages: &[&["The attributes have expired, based on the SessionNotOnOrAfter"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let statement = received.at_path(&["AuthnStatement"]).into_iter().next();
    let Some(written) = statement.and_then(|statement| attribute(statement, "SessionNotOnOrAfter")) else {
        return CheckResult::Passed;
    };
    let Some(end) = Timestamp::parse(&written) else {
        return CheckResult::Unknown(text!("accept.bad-instant"));
    };
    if !clock::is_after(received.at, end, received.sp.clock_drift) {
        return CheckResult::Passed;
    }
    received.fails_by_clock(
        "The attributes have expired, based on the SessionNotOnOrAfter of the AuthnStatement of this Response",
    )
}
