//! The NameID is transient: another one at each sign-in, so GitLab can never find it again.
//!
//! SAML Core 8.3.8; GitLab accepts "any format except Transient" (gitlab-facts 4.5).

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, comparison, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "name-id-transient",
    short: |_| text!("short.transient"),
    ask: &[Ask::Do(|| text!("owner.ask.transient"))],
    blames: Blames::Response,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    case.flow.response?;
    // An attribute stands for it.
    if comparison::uid_attribute(case.tracer, case.flow).is_some() {
        return None;
    }
    let (name_id, event) =
        case.flow.name_id(case.tracer).filter(|(name_id, _)| comparison::is_transient(name_id))?;
    let evidence = Evidence::of(&event, text!("evidence.format", value = name_id.format.unwrap_or_default()));
    let finding = Found::new(Severity::Error, AtFault::IdentityProvider, text!("transient"), evidence)
        .remedy(text!("remedy.persistent"), Some(docs::NAME_ID));
    Some(finding.link(case))
}
