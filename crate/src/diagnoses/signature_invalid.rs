//! What was signed was changed afterwards, or the signature was.
//!
//! gitlab-facts 5.1 E02 and E03. Samlight verifies with the certificate in the message and does not know whether that is the right one.

use super::{AtFault, Case, Diagnosis, Finding};
use crate::{attack::Kind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis =
    Diagnosis { id: "signature-invalid", short: |_| text!("short.signature-invalid"), find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let finding = case.attack_finding(DIAGNOSIS.id, Kind::Changed, Severity::Error, AtFault::Network)?;
    Some(finding.remedy(text!("remedy.attack-proxy"), None).remedy(text!("remedy.attack-stop"), None))
}
