//! GitLab has a fingerprint or a certificate of the identity provider.

use super::{Check, CheckResult, received::Received};
use crate::text;

pub(super) const CHECK: Check = Check {
    id: "configured",
    title: || text!("accept.configured"),
    messages: &[
        &["No fingerprint or certificate on settings"],
        &["Blank response"],
        &["No settings on response"],
    ],
    look,
};

fn look(received: &Received<'_>) -> CheckResult {
    let has_none = received.sp.fingerprint.as_deref() == Some("") && received.sp.certificate.is_none();
    CheckResult::passes_if(!has_none, || "No fingerprint or certificate on settings".to_owned())
}
