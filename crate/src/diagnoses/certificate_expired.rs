//! The certificate in the Response is not valid any more, not yet, or not for long.
//!
//! GitLab compares fingerprints and does not look at the dates (its library can, and GitLab does not ask it
//! to); other service providers do, and identity providers renew a certificate about when it expires, which
//! changes the fingerprint.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "certificate-expired",
    short: |_| text!("short.expired"),
    ask: &[Ask::CompareNameId],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

/// Milliseconds before the end from which it is said: 30 days.
const SOON: i64 = 30 * 24 * 3600 * 1000;

fn find(case: &Case<'_>) -> Option<Found> {
    let (certificate, event) = case.certificate()?;
    let says = certificate.says.as_ref()?;
    let left = says.not_after.since(case.now);
    let (severity, text) = if left < 0 {
        (Severity::Warning, text!("certificate-expired", until = says.not_after))
    } else if case.now.since(says.not_before) < 0 {
        (Severity::Warning, text!("certificate-expired.not-yet", from = says.not_before))
    } else if left < SOON {
        (Severity::Info, text!("certificate-expired.soon", until = says.not_after))
    } else {
        return None;
    };
    let dates = text!("evidence.validity", from = says.not_before, until = says.not_after);
    Some(
        Found::new(severity, AtFault::IdentityProvider, text, Evidence::of(&event, dates))
            .remedy(text!("remedy.renew-certificate"), Some(docs::TROUBLESHOOTING)),
    )
}
