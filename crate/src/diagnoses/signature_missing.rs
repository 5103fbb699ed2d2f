//! Nothing in the Response is signed: anybody can have written it.
//!
//! gitlab-facts 4.6 step 5. GitLab reads the NameID from what is signed, so it finds none.

use super::{AtFault, Diagnosis};
use crate::{attack::AttackKind, base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis::attack(
    "signature-missing",
    |_| text!("short.signature-missing"),
    AttackKind::Unsigned,
    (Severity::Error, AtFault::IdentityProvider),
    &[(|| text!("remedy.sign"), Some(docs::SET_UP))],
);
