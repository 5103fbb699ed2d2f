//! The signature is made in a way that proves nothing, or less than it seems: HMAC, XPath and XSLT, relative names of namespaces (CVE-2025-66568).
//!
//! Such transforms are never executed.

use super::{AtFault, Case, Diagnosis, Finding};
use crate::{attack::Kind, base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis =
    Diagnosis { id: "signature-method", short: |_| text!("short.signature-method"), find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let finding = case.attack_finding(DIAGNOSIS.id, Kind::UnsafeMethod, Severity::Error, AtFault::Network)?;
    Some(finding.remedy(text!("remedy.attack-stop"), None).remedy(text!("remedy.sha256"), Some(docs::SET_UP)))
}
