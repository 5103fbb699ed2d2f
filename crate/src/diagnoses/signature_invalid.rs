//! The part that was signed was changed afterwards, or the signature was.
//!
//! gitlab-facts 5.1 E02 and E03. Samlight verifies with the certificate in the message and does not know
//! whether that is the right one.

use super::{AtFault, Diagnosis};
use crate::{attack::AttackKind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis::attack(
    "signature-invalid",
    |_| text!("short.signature-invalid"),
    AttackKind::Changed,
    (Severity::Error, AtFault::Network),
    &[(|| text!("remedy.attack-proxy"), None), (|| text!("remedy.attack-stop"), None)],
);
