//! The message has an ID (`validate_id`).

use super::{Answer, Check, received::Received};
use crate::text;

pub(super) const CHECK: Check = Check {
    id: "response-id",
    title: || text!("accept.response-id"),
    messages: &[&["Missing ID attribute on SAML Response"]],
    look,
};

fn look(received: &Received<'_>) -> Answer {
    let has_id = received.message_attribute("ID").is_some();
    Answer::passes_if(has_id, || "Missing ID attribute on SAML Response".to_owned())
}
