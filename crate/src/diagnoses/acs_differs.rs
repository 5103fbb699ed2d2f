//! The Response is addressed to another place than GitLab's assertion consumer service.
//!
//! gitlab-facts 5.1 E08 (Destination: "The response was received at A instead of B") and E09 (Recipient: "A
//! valid SubjectConfirmation was not found on this Response"); 4.6 steps 13 and 16.

use super::{Ask, AtFault, Blames, Case, Diagnosis, Evidence, Find, Found};
use crate::{base::severity::Severity, gitlab::docs, text};

pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {
    id: "acs-differs",
    short: |_| text!("short.acs"),
    ask: &[Ask::Do(|| text!("owner.ask.settings"))],
    blames: Blames::Refusal,
    find: Find::Look(find),
};

fn find(case: &Case<'_>) -> Option<Found> {
    let (_, sent, acs) = case.refused_row(&["destination-with-acs", "recipient-with-acs"])?;
    let (value, expected) = (sent.value.known()?, acs.value.known()?);
    let text = text!("acs-differs", what = sent.fact.text(), sent = value, expected = expected);
    Some(
        Found::new(Severity::Error, AtFault::IdentityProvider, text, Evidence::seen(sent))
            .and([Evidence::seen(acs)])
            .remedy(text!("remedy.paste-acs", expected = expected), Some(docs::SET_UP)),
    )
}
