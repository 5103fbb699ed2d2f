//! The signature is made in a way that proves nothing, or less than it seems: HMAC, XPath and XSLT, relative
//! names of namespaces (CVE-2025-66568).
//!
//! Such transforms are never executed.

use super::{AtFault, Diagnosis};
use crate::{attack::AttackKind, base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis::attack(
    "signature-method",
    |_| text!("short.signature-method"),
    AttackKind::UnsafeMethod,
    (Severity::Error, AtFault::Network),
    &[(|| text!("remedy.attack-stop"), None), (|| text!("remedy.sha256"), Some(docs::SET_UP))],
);
