//! GitLab has stored no SAML identity for this person: the account was never linked, or the link is gone.
//!
//! gitlab-facts 4.3, 4.7; rows R08, R12, E40: the way out is to link SAML to the account that exists.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, comparison::Verdict, gitlab::stored::StoredValue, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "name-id-not-stored",
    short: |_| text!("short.not-stored"),
    ask: &[Ask::Link],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let row = case.comparison().row("name-id-with-saml")?;
    let stored = row.right.as_ref().filter(|stored| stored.value == StoredValue::Absent)?;
    // GitLab may just have linked the account, after this was read.
    let linked_since = case.flow.succeeded() == Some(true) && stored.provenance.time() < case.flow.last;
    if row.verdict != Verdict::NotStored || row.is_taken_over() || linked_since {
        return None;
    }
    let evidence = Evidence {
        provenance: stored.provenance.clone(),
        text: text!("evidence.not-stored", source = stored.source.text()),
    };
    let finding = Found::new(Severity::Warning, AtFault::GitlabConfiguration, text!("not-stored"), evidence);
    Some(finding.link(case))
}
