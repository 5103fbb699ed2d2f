//! A part of the Response is encrypted: the assertion, its NameID, an attribute.
//!
//! gitlab-facts 4.6: group SAML has no private key, so an EncryptedAssertion or an EncryptedID always fails,
//! with an error before the first check; an encrypted attribute is not read. A whole instance can have a key
//! in its settings.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{
    base::severity::Severity,
    encryption::{self, EncryptedPart},
    gitlab::docs,
    saml::uri,
    text,
};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "message-encrypted",
    short: |_| text!("short.encrypted"),
    ask: &[Ask::CompareNameId],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let seen = case.tracer.seen(case.flow.response?)?;
    let document = seen.carried().document.as_ref()?;
    let parts = encryption::parts(document);
    // Nobody looks into the value of an attribute for an EncryptedID.
    let values = document.elements().filter(|element| element.is(uri::ASSERTION, "AttributeValue"));
    // By their starts, each with the furthest end so far: one can stand in another.
    let mut reach = 0;
    let values: Vec<(usize, usize)> = values
        .map(|value| {
            reach = value.span().end.max(reach);
            (value.span().start, reach)
        })
        .collect();
    let is_read = |part: &&EncryptedPart| {
        let before = values.partition_point(|(start, _)| *start <= part.span.start);
        before.checked_sub(1).and_then(|at| values.get(at)).is_none_or(|(_, end)| *end < part.span.end)
    };
    let first = parts.iter().find(is_read).filter(|_| !case.took_response())?;
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
