//! The assertion has one Conditions (`validate_one_conditions`).

use super::{Check, CheckResult, Failure, received::Received};
use crate::text;

pub(super) const CHECK: Check = Check {
    id: "one-conditions",
    title: || text!("accept.one-conditions"),
    messages: &[&["The Assertion must include one Conditions element"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let count = received.at_path(&["Conditions"]).len();
    if count == 1 {
        return CheckResult::Passed;
    }
    let failure = Failure::saying("The Assertion must include one Conditions element");
    CheckResult::Failed(failure.because(text!("accept.not-one", count = count, element = "Conditions")))
}
