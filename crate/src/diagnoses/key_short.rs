//! The RSA key in the Response's certificate has fewer than 2048 bits: it can be broken, or soon will be.
//!
//! NIST SP 800-131A revision 2, clause 3: fewer than 2048 bits are disallowed. GitLab takes such keys. Leaves
//! out: curves, of which none that is known here is too small.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, gitlab::docs, signature::KeyProblem, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "key-short",
    short: |_| text!("short.key"),
    ask: &[Ask::CompareNameId],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

/// Bits that an RSA key should have.
const ENOUGH: u32 = 2048;

fn find(case: &Case<'_>) -> Option<Found> {
    let (certificate, event) = case.certificate()?;
    let bits = match certificate.public_key() {
        Ok(key) if key.is_rsa() => key.bits,
        Err(KeyProblem::Size(bits)) => bits,
        _ => return None,
    };
    let evidence = Evidence::of(&event, text!("evidence.key", bits = bits));
    let text = text!("key-short", bits = bits);
    (bits < ENOUGH).then(|| {
        Found::new(Severity::Warning, AtFault::IdentityProvider, text, evidence)
            .remedy(text!("remedy.longer-key"), Some(docs::SET_UP))
    })
}
