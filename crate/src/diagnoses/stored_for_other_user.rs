//! The NameID is stored for somebody else than the person who signed in: the sign-in goes to the wrong
//! account.
//!
//! gitlab-facts 4.3 (signed out, 2: exact identity, even if the e-mail address differs) and 4.7; rows R38,
//! E31.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{
    base::severity::Severity,
    comparison::{self, attribution::Attribution},
    gitlab::docs,
    text,
};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "stored-for-other-user",
    short: |_| text!("short.other-user"),
    ask: &[Ask::Do(|| text!("owner.ask.other-user"))],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let Attribution::Of { member, named: Some(named), .. } = &case.comparison().attribution else {
        return None;
    };
    let (name_id, event) = comparison::uid_sent(case.tracer, case.flow)?;
    let text = text!("other-user", owner = member.label(), named = named.label());
    let evidence = Evidence::of(&event, text!("evidence.name-id", value = name_id));
    let stored =
        case.comparison().row("name-id-with-saml").and_then(|row| row.right.as_ref()).map(|stored| {
            Evidence {
                provenance: stored.provenance.clone(),
                text: text!("evidence.stored-for", member = member.label(), source = stored.source.text()),
            }
        });
    Some(
        Found::new(Severity::Error, AtFault::IdentityProvider, text, evidence)
            .and(stored)
            .remedy(text!("remedy.unique-name-id"), Some(docs::NAME_ID))
            .remedy(text!("remedy.wrong-account"), Some(docs::TROUBLESHOOTING)),
    )
}
