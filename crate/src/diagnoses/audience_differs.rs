//! The assertion is meant for another service provider than this GitLab.
//!
//! gitlab-facts 5.1 E07: "Invalid Audience. The audience A, did not match the expected audience B"; 4.6 step
//! 12: an Audience must equal GitLab's entityID byte for byte, and no AudienceRestriction passes.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "audience-differs",
    short: |_| text!("short.audience"),
    ask: &[Ask::Do(|| text!("owner.ask.settings"))],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let (_, sent, entity_id) = case.refused_row(&["audience-with-entity-id"])?;
    let (value, expected) = (sent.value.known()?, entity_id.value.known()?);
    let text = text!("audience-differs", sent = value, expected = expected);
    Some(
        Found::new(Severity::Error, AtFault::IdentityProvider, text, Evidence::seen(sent))
            .and([Evidence::seen(entity_id)])
            .remedy(text!("remedy.paste-entity-id", expected = expected), Some(docs::SET_UP)),
    )
}
