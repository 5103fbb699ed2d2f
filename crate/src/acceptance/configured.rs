//! GitLab has a fingerprint or a certificate of the identity provider.

use super::{Answer, received::Received};

pub(super) const MESSAGES: &[&[&str]] =
    &[&["No fingerprint or certificate on settings"], &["Blank response"], &["No settings on response"]];

pub(super) fn look(received: &Received<'_>) -> Answer {
    let has_none = received.sp.fingerprint.as_deref() == Some("") && received.sp.certificate.is_none();
    Answer::passes_if(!has_none, || "No fingerprint or certificate on settings".to_owned())
}
