//! Something that should be a SAML message could not be read as one, or is of a standard that GitLab does not
//! read.
//!
//! It is listed all the same, with what is wrong and where.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, saml::MessageKind, text};

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
    Some(
        Found::new(Severity::Error, AtFault::IdentityProvider, text, evidence)
            .remedy(text!("remedy.unreadable"), None),
    )
}
