//! A part of the Response is encrypted: the assertion, its NameID, an attribute.
//!
//! gitlab-facts 4.6: group SAML has no private key, so an EncryptedAssertion or an EncryptedID always fails,
//! with an error before the first check; an encrypted attribute is not read. A whole instance can have a key
//! in its settings.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, encryption, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "message-encrypted",
    short: |_| text!("short.encrypted"),
    ask: &[Ask::CompareNameId],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let seen = case.tracer.seen(case.flow.response?)?;
    let parts = encryption::parts(seen.carried().document.as_ref()?);
    let first = parts.first().filter(|_| !case.flow.let_in())?;
    let (severity, text) = if case.is_group() {
        (Severity::Error, text!("message-encrypted.group", part = first.name))
    } else {
        (Severity::Info, text!("message-encrypted.instance", part = first.name))
    };
    let algorithm = first.data_algorithm.as_deref().unwrap_or("?");
    let shown = text!("evidence.encrypted", part = first.name, algorithm = algorithm);
    let evidence = Evidence::of(&seen.event, shown);
    Some(
        Found::new(severity, AtFault::IdentityProvider, text, evidence)
            .remedy(text!("remedy.no-encryption"), Some(docs::SET_UP)),
    )
}
