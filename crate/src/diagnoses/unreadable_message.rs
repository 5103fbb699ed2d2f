//! Something that should be a SAML message could not be read as one, or is of a standard that GitLab does not
//! read.
//!
//! It is listed all the same, with what is wrong and where.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, saml::MessageKind, text, trace::seen::Rode};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "unreadable-message",
    short: |_| text!("short.unreadable"),
    ask: &[Ask::Do(|| text!("owner.ask.unreadable"))],
    blames: Blames::Unreadable,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let references = [case.flow.request, case.flow.response].into_iter().flatten();
    let unreadable = references.filter_map(|reference| case.tracer.seen(reference)).find(|seen| {
        let is_unread = |kind: &MessageKind| matches!(kind, MessageKind::Other(_) | MessageKind::Foreign(_));
        seen.carried().message.as_ref().is_none_or(|message| is_unread(&message.kind))
    })?;
    let flaw = unreadable.carried().flaws.first();
    let text = match flaw {
        Some(flaw) => text!("unreadable.because", flaw = flaw.text),
        None => text!("unreadable"),
    };
    let seen = match unreadable.carried().parameter.as_str() {
        "" => text!("evidence.unreadable-file"),
        parameter => text!("evidence.unreadable", parameter = parameter),
    };
    let evidence = Evidence::of(&unreadable.event, seen);
    // XML of another kind in a file is what the person gave, not what the identity provider sent.
    let is_other = unreadable.carried().document.as_ref().is_some_and(|document| document.root().is_some());
    let (at_fault, step) = match unreadable.rode == Rode::File && is_other {
        true => (AtFault::File, text!("remedy.give-response")),
        false => (AtFault::IdentityProvider, text!("remedy.unreadable")),
    };
    Some(Found::new(Severity::Error, at_fault, text, evidence).remedy(step, None))
}
