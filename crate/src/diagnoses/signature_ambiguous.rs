//! Readers differ in what is signed: duplicate IDs, digests and SignedInfo where none belong (CVE-2024-45409, CVE-2025-29774, CVE-2025-29775).
//!
//! What the signature does cover is shown with the message.

use super::{AtFault, Case, Diagnosis, Finding};
use crate::{attack::Kind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis =
    Diagnosis { id: "signature-ambiguous", short: |_| text!("short.signature-ambiguous"), find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let finding = case.attack_finding(DIAGNOSIS.id, Kind::Ambiguous, Severity::Error, AtFault::Network)?;
    Some(finding.remedy(text!("remedy.attack-stop"), None).remedy(text!("remedy.update-gitlab"), None))
}
