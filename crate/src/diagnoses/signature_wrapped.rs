//! XML signature wrapping: the signature covers something else than what is read first (Somorovsky et al., 2012; XSW 1 to 9).
//!
//! The signed and the unsigned NameID stand side by side; only the signed one is ever taken for the user's.

use super::{AtFault, Case, Diagnosis, Finding};
use crate::{attack::Kind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis =
    Diagnosis { id: "signature-wrapped", short: |_| text!("short.signature-wrapped"), find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let finding = case.attack_finding(DIAGNOSIS.id, Kind::Wrapped, Severity::Error, AtFault::Network)?;
    Some(finding.remedy(text!("remedy.attack-stop"), None))
}
