//! The message has an ID (`validate_id`).

use super::{Check, CheckResult, received::Received};
use crate::text;

pub(super) const CHECK: Check = Check {
    id: "response-id",
    title: || text!("accept.response-id"),
    messages: &[&["Missing ID attribute on SAML Response"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    let has_id = received.message_attribute("ID").is_some();
    CheckResult::passes_if(has_id, || "Missing ID attribute on SAML Response".to_owned())
}
