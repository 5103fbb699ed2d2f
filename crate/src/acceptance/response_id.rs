//! The message has an ID (`validate_id`).

use super::{Answer, received::Received};

pub(super) const MESSAGES: &[&[&str]] = &[&["Missing ID attribute on SAML Response"]];

pub(super) fn look(received: &Received<'_>) -> Answer {
    let has_id = received.message_attribute("ID").is_some();
    Answer::passes_if(has_id, || "Missing ID attribute on SAML Response".to_owned())
}
