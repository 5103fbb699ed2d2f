//! A message of the sign-in has a document type declaration (XXE, billion laughs; CVE-2025-25291 and 25292
//! need one).
//!
//! SAML Bindings 3.4.5 and GitLab refuse it; Samlight never reads it.

use super::{AtFault, Diagnosis};
use crate::{attack::AttackKind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis::attack(
    "doctype",
    |_| text!("short.doctype"),
    AttackKind::Doctype,
    (Severity::Error, AtFault::Network),
    &[(|| text!("remedy.attack-stop"), None)],
);
