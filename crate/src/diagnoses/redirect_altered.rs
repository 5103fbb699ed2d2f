//! The query of a redirect is not what was signed, or its parameters stand there twice.
//!
//! SAML Bindings 3.4.4.1. Whether the signature itself is valid is known only with the certificate of who signed.

use super::{AtFault, Case, Diagnosis, Finding};
use crate::{attack::Kind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis =
    Diagnosis { id: "redirect-altered", short: |_| text!("short.redirect"), find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let finding = case.attack_finding(DIAGNOSIS.id, Kind::Redirect, Severity::Error, AtFault::Network)?;
    Some(finding.remedy(text!("remedy.attack-stop"), None))
}
