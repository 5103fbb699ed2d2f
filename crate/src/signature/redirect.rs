//! The detached signature of a redirect: SAML Bindings 3.4.4.1.
//!
//! It covers the octets of the query as they were escaped by who signed: SAMLRequest or SAMLResponse,
//! RelayState (where there is one) and SigAlg, in this order, whatever the order in the query is. Where a
//! parameter stands there twice, the signature is compared with the very message that it is shown with, and
//! with the first of the others. Some software signs its own form of the escapes; that is not tried, since
//! GitLab would not either. Leaves out the signature of a form (HTTP-POST-SimpleSign).

use super::{
    Coverage, Reason, Signature, SignatureState, SignedPart, algorithm,
    key::EcdsaForm,
    reading::{self, Candidate},
    verify::usable,
};
use crate::binding::{Carried, PARAMETERS};

/// The detached signature of `carried`, where it has one, verified with the keys `given`: the message holds
/// none.
pub(super) fn verify(carried: &Carried, given: &[Candidate]) -> Option<Signature> {
    if carried.signature.is_none() && carried.sig_alg.is_none() {
        return None;
    }
    let (state, reasons, key) = match check(carried, given) {
        Ok(key) => (SignatureState::Valid, Vec::new(), Some(key)),
        Err((state, reason)) => (state, vec![reason], None),
    };
    let holds_assertion = carried.message.as_ref().is_some_and(|message| !message.assertions().is_empty());
    Some(Signature {
        on: SignedPart::Query,
        covers: Vec::new(),
        first_assertion_covered: holds_assertion.then_some(state == SignatureState::Valid),
        state,
        reasons,
        algorithm: carried.sig_alg.clone(),
        canonicalization: None,
        digest: None,
        coverage: Coverage::Message,
        key: key.as_ref().map(super::KeyUse::of),
        has_other_key: false,
        span: None,
        parent: None,
        targets: Vec::new(),
    })
}

fn check(carried: &Carried, given: &[Candidate]) -> Result<Candidate, (SignatureState, Reason)> {
    let unverifiable = |reason| (SignatureState::Unverifiable, reason);
    let query = carried.query.as_ref().ok_or(unverifiable(Reason::SimpleSign))?;
    let (Some(uri), Some(signature)) = (&carried.sig_alg, &carried.signature) else {
        return Err(unverifiable(Reason::NoSigAlg));
    };
    let method =
        algorithm::method(uri).ok_or_else(|| unverifiable(Reason::Algorithm { uri: uri.clone() }))?;
    let keys = usable(given.to_vec(), method).map_err(unverifiable)?;
    let octets = signed_octets(carried, query.expose());
    let value = reading::decoded(signature.expose()).unwrap_or_default();
    let verifies = |candidate: &Candidate| {
        let key = candidate.key.as_ref();
        key.is_ok_and(|key| key.verifies(method, octets.as_bytes(), &value, EcdsaForm::FixedOrDer))
    };
    keys.into_iter().find(verifies).ok_or((SignatureState::Invalid, Reason::QueryValue))
}

/// The octets of `query` that the signature of the message in it covers.
fn signed_octets(carried: &Carried, query: &str) -> String {
    let [relay_state, sig_alg, ..] = PARAMETERS.companions;
    let pair = |name: &str| {
        query.split('&').find(|pair| pair.split_once('=').is_some_and(|(written, _)| written == name))
    };
    let message = format!("{}={}", carried.parameter, carried.value.expose());
    let companions = [relay_state, sig_alg].into_iter().filter_map(pair);
    let pairs: Vec<_> = std::iter::once(message.as_str()).chain(companions).collect();
    pairs.join("&")
}
