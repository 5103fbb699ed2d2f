//! The assertion has one Conditions (`validate_one_conditions`).

use super::{Check, CheckResult, received::Received};
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
    CheckResult::passes_if(count == 1, || "The Assertion must include one Conditions element".to_owned())
}
