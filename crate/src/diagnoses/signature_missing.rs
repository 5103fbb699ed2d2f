//! Nothing in the Response is signed: anybody can have written it.
//!
//! gitlab-facts 4.6 step 5. GitLab reads the NameID from what is signed, so it finds none.

use super::{AtFault, Case, Diagnosis, Finding};
use crate::{attack::Kind, base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis =
    Diagnosis { id: "signature-missing", short: |_| text!("short.signature-missing"), find };

fn find(case: &Case<'_>) -> Option<Finding> {
    let finding =
        case.attack_finding(DIAGNOSIS.id, Kind::Unsigned, Severity::Error, AtFault::IdentityProvider)?;
    Some(finding.remedy(text!("remedy.sign"), Some(docs::SET_UP)))
}
