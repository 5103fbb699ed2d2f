//! The proof that a NameID is what the identity provider sent: a repair towards a forged one opens an
//! account.
//!
//! That a signature is valid proves nothing, since a message brings its own key, and any page can have the
//! browser post one to GitLab. So one of two: GitLab found the Response valid (gitlab-facts 4.3), or the
//! certificate of the key that verifies it is the one whose fingerprint the group's settings have (4.6, step
//! 18). What GitLab refused, and what shows any sign of an attack, proves nothing either way.

use crate::{
    attack::{self, Look},
    binding::Carried,
    comparison::{self, Rule},
    event::EventId,
    gitlab::stored::Fact,
    signature::{GivenKeys, KeyUse, certificates::certificates},
    trace::{flow::Flow, tracer::Tracer},
};

/// The proof of a NameID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Proof {
    /// A file that was imported tells of it, so it holds as far as the file does.
    pub(super) imported: bool,
}

/// The proof of the NameID of the Response of `flow`.
pub(super) fn of(tracer: &Tracer, flow: &Flow) -> Option<Proof> {
    if flow.outcomes.iter().any(|outcome| outcome.found_valid() == Some(false)) {
        return None;
    }
    let carried = &tracer.seen(flow.response?)?.carried;
    let Look { attacks, keys, .. } = attack::look(carried, &GivenKeys::default());
    if keys.is_empty() || !attacks.is_empty() {
        return None;
    }
    let imported = match flow.accepted(tracer) {
        Some(exchange) => {
            let answer = exchange.response.as_ref();
            exchange.id.is_imported() || answer.is_some_and(|answer| answer.event.is_imported())
        }
        None => setting_of(tracer, flow, carried, &keys)?.is_imported(),
    };
    Some(Proof { imported })
}

/// The event that told the fingerprint in the settings, where it is that of a certificate of `keys`.
fn setting_of(tracer: &Tracer, flow: &Flow, carried: &Carried, keys: &[KeyUse]) -> Option<EventId> {
    let setting = comparison::setting(tracer, flow, Fact::Fingerprint)?;
    let expected = setting.value.known()?;
    let is_set = |fingerprint: &str| Rule::Digits.accepts(Rule::Digits.compare(fingerprint, expected));
    let (found, _) = certificates(carried.document.as_ref()?);
    let verifies = |sha256: &str| keys.iter().any(|key| key.fingerprint.as_deref() == Some(sha256));
    let mut of_keys = found.iter().filter(|certificate| verifies(&certificate.sha256));
    of_keys
        .any(|certificate| is_set(&certificate.sha1) || is_set(&certificate.sha256))
        .then_some(setting.event)
}
