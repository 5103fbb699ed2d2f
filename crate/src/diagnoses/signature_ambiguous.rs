//! Readers differ in what is signed, or by whom: duplicate IDs, digests and SignedInfo where none belong
//! (CVE-2024-45409, CVE-2025-29774, CVE-2025-29775), parts that XML Signature does not allow, further keys.
//!
//! The part that the signature does cover is shown with the message.

use super::{AtFault, Diagnosis};
use crate::{attack::AttackKind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis::attack(
    "signature-ambiguous",
    |_| text!("short.signature-ambiguous"),
    AttackKind::Ambiguous,
    (Severity::Error, AtFault::Network),
    &[(|| text!("remedy.attack-stop"), None), (|| text!("remedy.update-gitlab"), None)],
);
