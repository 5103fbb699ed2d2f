//! [`Proof`]: that a NameID is what the identity provider sent. A repair towards a forged one opens an
//! account to somebody else.
//!
//! That a signature is valid proves nothing, since a message brings its own key, and any page can have the
//! browser post one to GitLab. So of a sign-in that this browser saw one of two: GitLab found the Response
//! valid (gitlab-facts 4.3), or the certificate of the key that verifies it is the one whose fingerprint the
//! group's settings have (4.6, step 18). What GitLab refused, and what shows any sign of an attack, proves
//! nothing.
//!
//! Anybody can write a file. So of a file's Response only what the identity provider itself says counts: the
//! assertion that the key of this group signed, as this browser saw its fingerprint on the settings page, and
//! at the instant that stands in it. Where the file says that it went, and what it says that GitLab answered,
//! proves nothing.

use super::Case;
use crate::{
    attack::Look,
    base::instant::Timestamp,
    comparison::{self, Rule},
    gitlab::stored::Fact,
    saml::Assertion,
    signature::KeyUse,
    trace::{flow::Flow, seen::Seen, tracer::Tracer},
};

/// The proof of a NameID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// This browser saw the sign-in.
    Seen,
    /// A file holds a Response that the key of the group signed: that this was sent at its IssueInstant, and
    /// nothing else.
    Signed(Timestamp),
}

/// The reason why a Response proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// There is none, or GitLab refused it.
    Refused,
    /// No valid signature covers it, or it shows a sign of an attack.
    NotSigned,
    /// Another key than that of the group signed it. Of a file's Response that is a sign of forgery.
    OtherKey,
    /// The key of the group was not seen in this browser.
    KeyUnknown,
    /// A file's, whose assertion was made for somebody else than this group, or says no time.
    OtherPurpose,
}

/// The proof of the NameID of the Response of `flow`.
///
/// # Errors
/// The reason why it proves nothing.
pub fn of(tracer: &Tracer, flow: &Flow) -> Result<Proof, Unproven> {
    judged(tracer, flow, response(tracer, flow)?)
}

impl Case<'_> {
    /// The proof of the NameID of the Response.
    ///
    /// # Errors
    /// The reason why it proves nothing.
    pub fn proof(&self) -> Result<Proof, Unproven> {
        of(self.tracer, self.flow)
    }
}

/// The Response, where GitLab did not refuse it. To verify takes time, so what GitLab refused is not. What a
/// file says that GitLab answered counts neither way: a refusal in it would hide a forgery.
fn response<'a>(tracer: &'a Tracer, flow: &Flow) -> Result<&'a Seen, Unproven> {
    let is_refused = flow.outcomes.iter().any(|outcome| outcome.found_valid() == Some(false));
    let seen = flow
        .response
        .filter(|_| flow.place.of_file || !is_refused)
        .and_then(|response| tracer.seen(response));
    seen.ok_or(Unproven::Refused)
}

fn judged(tracer: &Tracer, flow: &Flow, seen: &Seen) -> Result<Proof, Unproven> {
    let Look { attacks, keys, .. } = seen.look();
    if keys.is_empty() || !attacks.is_empty() {
        return Err(Unproven::NotSigned);
    }
    if !flow.place.of_file && flow.accepted(tracer).is_some() {
        return Ok(Proof::Seen);
    }
    match is_by_group(tracer, flow, seen, keys) {
        None => Err(Unproven::KeyUnknown),
        Some(false) => Err(Unproven::OtherKey),
        Some(true) if !flow.place.of_file => Ok(Proof::Seen),
        Some(true) => {
            let assertion = flow.assertion(tracer).filter(|assertion| is_for(flow, assertion));
            let at = assertion.and_then(|assertion| Timestamp::parse(assertion.issue_instant.as_deref()?));
            at.map(Proof::Signed).ok_or(Unproven::OtherPurpose)
        }
    }
}

/// Whether the fingerprint in the settings, as this browser saw it, is that of a certificate of `keys`;
/// nothing where it was not seen.
fn is_by_group(tracer: &Tracer, flow: &Flow, seen: &Seen, keys: &[KeyUse]) -> Option<bool> {
    let setting = comparison::setting(tracer, flow, Fact::Fingerprint)?;
    let expected = setting.value.known().filter(|_| !setting.provenance.is_imported())?;
    let is_set = |fingerprint: &str| Rule::Digits.accepts(Rule::Digits.compare(fingerprint, expected));
    let (found, _) = seen.certificates();
    let verifies = |sha256: &str| keys.iter().any(|key| key.fingerprint.as_deref() == Some(sha256));
    let mut of_keys = found.iter().filter(|certificate| verifies(&certificate.sha256));
    Some(of_keys.any(|certificate| is_set(&certificate.sha1) || is_set(&certificate.sha256)))
}

/// Whether an assertion says of itself that it is for the group of `flow`: the same key can sign for other
/// groups and other applications, with other NameIDs.
fn is_for(flow: &Flow, assertion: &Assertion) -> bool {
    let (Some(instance), Some(provider)) = (&flow.instance, &flow.provider) else { return false };
    let acs = provider.acs(instance);
    let mut audiences = assertion.conditions.iter().flat_map(|conditions| conditions.audiences());
    let mut confirmed = assertion.subject.iter().flat_map(|subject| &subject.confirmations);
    provider.entity_id(instance).is_some_and(|entity_id| audiences.any(|audience| audience == entity_id))
        || confirmed.any(|confirmation| confirmation.recipient.as_deref() == Some(&*acs))
}
