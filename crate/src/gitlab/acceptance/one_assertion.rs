//! There is one assertion, wherever in the message, encrypted or not (`validate_num_assertion`).

use super::{Answer, received::Received};
use crate::saml::uri;

pub(super) const MESSAGES: &[&[&str]] = &[&["SAML Response must contain 1 assertion"]];

pub(super) fn look(received: &Received<'_>) -> Answer {
    let is_one = |local: &&str| matches!(*local, "Assertion" | "EncryptedAssertion");
    let inside = received.root.descendants().chain(std::iter::once(received.root));
    let assertions =
        inside.filter(|element| element.namespace() == uri::ASSERTION && is_one(&element.local()));
    Answer::passes_if(assertions.count() == 1, || "SAML Response must contain 1 assertion".to_owned())
}
