//! The assertion has one AuthnStatement (`validate_one_authnstatement`).

use super::{Check, CheckResult, Failure, received::Received};
use crate::text;

pub(super) const CHECK: Check = Check {
    id: "one-authn-statement",
    title: || text!("accept.one-authn-statement"),
    messages: &[&["The Assertion must include one AuthnStatement element"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.is_hidden() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let count = received.at_path(&["AuthnStatement"]).len();
    if count == 1 {
        return CheckResult::Passed;
    }
    let failure = Failure::saying("The Assertion must include one AuthnStatement element");
    CheckResult::Failed(failure.because(text!("accept.not-one", count = count, element = "AuthnStatement")))
}
