//! Readers differ in what the NameID is (CVE-2017-11428 and its kin).
//!
//! GitLab joins the parts of its text; markup in a NameID has no honest use.

use super::{AtFault, Case, Diagnosis, Finding};
use crate::{attack::Kind, base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis =
    Diagnosis { id: "name-id-ambiguous", short: |_| text!("short.name-id-ambiguous"), find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let finding =
        case.attack_finding(DIAGNOSIS.id, Kind::NameId, Severity::Warning, AtFault::IdentityProvider)?;
    Some(
        finding
            .remedy(text!("remedy.attack-stop"), None)
            .remedy(text!("remedy.plain-name-id"), Some(docs::SET_UP)),
    )
}
