//! The assertion has one AuthnStatement (`validate_one_authnstatement`).

use super::{Check, CheckResult, received::Received};
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
    CheckResult::passes_if(count == 1, || "The Assertion must include one AuthnStatement element".to_owned())
}
