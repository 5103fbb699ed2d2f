//! A message of the sign-in grows beyond what any real one needs.
//!
//! It was cut at a limit (limits.rs); what was read of it is shown.

use super::{AtFault, Diagnosis};
use crate::{attack::AttackKind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis::attack(
    "message-bomb",
    |_| text!("short.bomb"),
    AttackKind::Bomb,
    (Severity::Error, AtFault::Network),
    &[(|| text!("remedy.attack-stop"), None)],
);
