//! There is one assertion, wherever in the message, encrypted or not (`validate_num_assertion`).

use super::{Check, CheckResult, received::Received};
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
    let is_one = assertions.count() == 1
        && (!received.is_decrypted() || received.all_decrypted().filter(is_open).count() == 1);
    CheckResult::passes_if(is_one, || "SAML Response must contain 1 assertion".to_owned())
}
