//! An encrypted assertion needs a key on GitLab's side. Group SAML has none: it can never take one.

use super::{Check, CheckResult, Failure, received::Received};
use crate::text;

pub(super) const CHECK: Check = Check {
    id: "encrypted-assertion",
    title: || text!("accept.encrypted-assertion"),
    messages: &[&["An EncryptedAssertion found and no SP private key found"]],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    if received.stays_closed() {
        return CheckResult::Failed(Failure::with_other_words(text!("accept.stays-closed")));
    }
    let needs_key = received.encrypted_assertion().is_some();
    CheckResult::passes_if(!needs_key || received.sp.has_key, || {
        "An EncryptedAssertion found and no SP private key found on the settings to decrypt it. Be sure you provided \
         the :settings parameter at the initialize method"
            .to_owned()
    })
}
