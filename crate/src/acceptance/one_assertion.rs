//! There is one assertion, wherever in the message, encrypted or not (`validate_num_assertion`).

use super::{Check, CheckResult, Failure, received::Received};
use crate::{saml::uri, text};

pub(super) const CHECK: Check = Check {
    id: "one-assertion",
    title: || text!("accept.one-assertion"),
    messages: &[&["SAML Response must contain 1 assertion"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    let is_named = |local: &&str| matches!(*local, "Assertion" | "EncryptedAssertion");
    let inside = received.root.descendants().chain(std::iter::once(received.root));
    let assertions =
        inside.filter(|element| element.namespace() == uri::ASSERTION && is_named(&element.local()));
    let is_open = |element: &crate::xml::Element<'_>| element.is(uri::ASSERTION, "Assertion");
    let sent = assertions.count();
    let open = if received.is_decrypted() { received.all_decrypted().filter(is_open).count() } else { 1 };
    if (sent, open) == (1, 1) {
        return CheckResult::Passed;
    }
    let count = if sent == 1 { open } else { sent };
    let failure = Failure::saying("SAML Response must contain 1 assertion");
    CheckResult::Failed(failure.because(text!("accept.not-one-assertion", count = count)))
}
