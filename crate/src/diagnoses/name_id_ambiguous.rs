//! Readers differ in what the NameID is (CVE-2017-11428 and its kin).
//!
//! GitLab joins the parts of its text; markup in a NameID has no honest use.

use super::{AtFault, Diagnosis};
use crate::{attack::AttackKind, base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis::attack(
    "name-id-ambiguous",
    |_| text!("short.name-id-ambiguous"),
    AttackKind::NameId,
    (Severity::Warning, AtFault::IdentityProvider),
    &[(|| text!("remedy.attack-stop"), None), (|| text!("remedy.plain-name-id"), Some(docs::SET_UP))],
);
