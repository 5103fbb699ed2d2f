//! The query of a redirect is not what was signed, or its parameters stand there twice.
//!
//! SAML Bindings 3.4.4.1. Whether the signature itself is valid is known only with the certificate of who
//! signed.

use super::{AtFault, Diagnosis};
use crate::{attack::AttackKind, base::severity::Severity, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis::attack(
    "redirect-altered",
    |_| text!("short.redirect"),
    AttackKind::Redirect,
    (Severity::Error, AtFault::Network),
    &[(|| text!("remedy.attack-stop"), None)],
);
