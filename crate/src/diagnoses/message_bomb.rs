//! A message of the sign-in grows beyond what any real one needs.
//!
//! It was cut at a limit (limits.rs); what was read of it is shown.

use super::{AtFault, Case, Diagnosis, Finding};
use crate::{attack::Kind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis =
    Diagnosis { id: "message-bomb", short: |_| text!("short.bomb"), find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let finding = case.attack_finding(DIAGNOSIS.id, Kind::Bomb, Severity::Error, AtFault::Network)?;
    Some(finding.remedy(text!("remedy.attack-stop"), None))
}
