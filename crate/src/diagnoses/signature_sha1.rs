//! The Response is signed with SHA-1, for which collisions can be made (<https://shattered.io>, 2017).
//!
//! GitLab still takes it (its library verifies rsa-sha1); other software refuses it. Leaves out: whether the
//! signature is valid.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, gitlab::docs, signature, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "signature-sha1",
    short: |_| text!("short.sha1"),
    ask: &[Ask::CompareNameId],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let seen = case.tracer.seen(case.flow.response?)?;
    let algorithm = signature::algorithms(seen.carried()).into_iter().find(|uri| signature::is_sha1(uri))?;
    let evidence = Evidence {
        provenance: (&seen.event).into(),
        text: text!("evidence.algorithm", algorithm = algorithm),
    };
    Some(
        Found::new(Severity::Warning, AtFault::IdentityProvider, text!("sha1"), evidence)
            .remedy(text!("remedy.sha256"), Some(docs::SET_UP)),
    )
}
