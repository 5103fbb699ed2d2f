//! XML signature wrapping: the signature covers something else than what is read first (Somorovsky et al.,
//! 2012; XSW 1 to 9).
//!
//! The signed and the unsigned NameID stand side by side; only the signed one is ever taken for the user's.

use super::{AtFault, Diagnosis};
use crate::{attack::AttackKind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis::attack(
    "signature-wrapped",
    |_| text!("short.signature-wrapped"),
    AttackKind::Wrapped,
    (Severity::Error, AtFault::Network),
    &[(|| text!("remedy.attack-stop"), None)],
);
