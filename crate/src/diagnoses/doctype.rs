//! A message of the sign-in has a document type declaration (XXE, billion laughs; CVE-2025-25291 and 25292 need one).
//!
//! SAML Bindings 3.4.5 and GitLab refuse it; Samlight never reads it.

use super::{AtFault, Case, Diagnosis, Finding};
use crate::{attack::Kind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis { id: "doctype", short: |_| text!("short.doctype"), find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let finding = case.attack_finding(DIAGNOSIS.id, Kind::Doctype, Severity::Error, AtFault::Network)?;
    Some(finding.remedy(text!("remedy.attack-stop"), None))
}
