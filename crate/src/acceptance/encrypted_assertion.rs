//! An encrypted assertion needs a key on GitLab's side. Group SAML has none: it can never take one.

use super::{Answer, received::Received};

pub(super) const MESSAGES: &[&[&str]] = &[&["An EncryptedAssertion found and no SP private key found"]];

pub(super) fn look(received: &Received<'_>) -> Answer {
    let needs_key = received.encrypted_assertion().is_some();
    Answer::passes_if(!needs_key || received.sp.has_key, || {
        "An EncryptedAssertion found and no SP private key found on the settings to decrypt it. Be sure you provided \
         the :settings parameter at the initialize method"
            .to_owned()
    })
}
