//! Verifying one XML signature: XML Signature 1.1, clause 3.2 ("Core Validation").
//!
//! Every Reference is compared, and the SignatureValue is tried with every key, even where the first thing
//! found is wrong already: what is right tells as much about the cause as what is wrong. Leaves out, on
//! purpose: whether a key is to be trusted. A signature that is valid for a key in the message proves only
//! that nobody without that key changed what it covers.

use super::{
    Reason, SignatureState, Work, algorithm,
    key::{EcdsaForm, KeyProblem, SignatureMethod},
    reading::{self, Candidate, Keys, Parts, algorithm_of},
    reference::{self, ReferenceOutcome, Target},
};
use crate::xml::{
    Element,
    c14n::{Method, Obstacle},
};

/// The result of verifying.
pub(super) struct Verified<'a> {
    pub(super) state: SignatureState,
    /// The reasons why it is not valid, most important first.
    pub(super) reasons: Vec<Reason>,
    /// The parts that its References refer to.
    pub(super) targets: Vec<Target<'a>>,
    /// The key that verifies it.
    pub(super) key: Option<Candidate>,
    /// Whether there is a key in it that is not that of its first certificate.
    pub(super) has_other_key: bool,
}

impl<'a> Verified<'a> {
    fn unverifiable(reasons: Vec<Reason>, targets: Vec<Target<'a>>) -> Self {
        let state = SignatureState::Unverifiable;
        Verified { state, reasons, targets, key: None, has_other_key: false }
    }
}

/// Verifies `signature` with the keys in it and those `given`.
pub(super) fn verify<'a>(work: &Work<'a>, signature: Element<'a>, given: &[Candidate]) -> Verified<'a> {
    match parts(work, signature) {
        Ok(parts) => verify_parts(work, signature, &parts, given),
        Err(reason) => {
            let targets = meant(work, signature, &reason);
            Verified::unverifiable(vec![reason], targets)
        }
    }
}

fn parts<'a>(work: &Work<'a>, signature: Element<'a>) -> Result<Parts<'a>, Reason> {
    if !work.begin() {
        return Err(Reason::TooManySignatures { limit: work.limits.signatures });
    }
    match work.document.flaw() {
        Some("encoding-unsupported" | "encoding-mismatch" | "not-utf-8") => return Err(Reason::Encoding),
        Some(code) => return Err(Reason::NotWellFormed { code }),
        None if work.document.has_doctype() => return Err(Reason::Doctype),
        None => {}
    }
    Parts::read(signature, work.limits)
}

/// The parts that `signature` means although it is not verified for `reason`.
fn meant<'a>(work: &Work<'a>, signature: Element<'a>, reason: &Reason) -> Vec<Target<'a>> {
    if reason.is_structure() { reference::targets(work, signature) } else { Vec::new() }
}

fn verify_parts<'a>(
    work: &Work<'a>,
    signature: Element<'a>,
    parts: &Parts<'a>,
    given: &[Candidate],
) -> Verified<'a> {
    let Keys { placed, first, has_other } =
        Keys::of(signature, work.first_certificate(signature), work.limits, |element| work.key(element));
    let candidates: Vec<_> = placed.into_iter().chain(given.iter().cloned()).collect();
    let value = check_value(work, parts, candidates, first.as_ref());
    let (mut wrong, mut unknown, mut targets) = (Vec::new(), Vec::new(), Vec::new());
    // Whether white space between elements explains all that is wrong.
    let mut reformatted = matches!(value, Value::Fits(_) | Value::FitsReformatted);
    // Software that takes the first certificate refuses it, and other software does not.
    let other_key = matches!(value, Value::FitsOther).then_some(Reason::OtherKey);
    for reference in &parts.references {
        let uri = || reference.uri.as_deref().unwrap_or("").to_owned();
        match reference::check(work, signature, reference) {
            ReferenceOutcome::Matches(target) => targets.push(target),
            ReferenceOutcome::Reformatted(target) => {
                targets.push(target);
                wrong.push(Reason::Digest { uri: uri() });
            }
            ReferenceOutcome::Differs(target) => {
                targets.push(target);
                wrong.push(Reason::Digest { uri: uri() });
                reformatted = false;
            }
            ReferenceOutcome::Missing => {
                wrong.push(Reason::Missing { uri: uri() });
                reformatted = false;
            }
            ReferenceOutcome::Unknown(target, reason) => {
                targets.extend(target);
                unknown.push(reason);
                reformatted = false;
            }
        }
    }
    let (fits, key) = match value {
        Value::Fits(key) => (true, Some(key)),
        Value::FitsReformatted | Value::FitsOther | Value::Differs => (false, None),
        // Without a key a digest that differs is known all the same (XML Signature 1.1, clause 3.2.1):
        // whoever signed it, this content is not what was signed.
        Value::Unknown(reason) => {
            let differs = wrong.iter().any(|reason| matches!(reason, Reason::Digest { .. }));
            let (first, last) = if differs { (wrong, vec![reason]) } else { (vec![reason], wrong) };
            let reasons = first.into_iter().chain(last).chain(unknown).collect();
            let verified = Verified { has_other_key: has_other, ..Verified::unverifiable(reasons, targets) };
            let state = if differs { SignatureState::Invalid } else { verified.state };
            return Verified { state, ..verified };
        }
    };
    let state = match (wrong.is_empty() && fits, unknown.is_empty()) {
        (true, true) => SignatureState::Valid,
        (true, false) => SignatureState::Unverifiable,
        (false, _) => SignatureState::Invalid,
    };
    if let Some(reason) = other_key {
        wrong.insert(0, reason);
    } else if state == SignatureState::Invalid {
        let says_more = match (fits, wrong.is_empty(), reformatted) {
            (_, _, true) => Reason::Reformatted,
            (true, ..) => Reason::ValueFits,
            (false, true, _) => Reason::DigestsFit,
            (false, false, _) => Reason::Value,
        };
        wrong.push(says_more);
    }
    wrong.extend(unknown);
    let is_of_another = key.as_ref().is_some_and(|key| !work.is_of_first_certificate(key));
    let has_other_key = has_other || is_of_another || matches!(wrong.first(), Some(Reason::OtherKey));
    Verified { state, reasons: wrong, targets, key, has_other_key }
}

/// The result of comparing the SignatureValue with SignedInfo.
enum Value {
    /// It is the signature of SignedInfo by this key.
    Fits(Candidate),
    /// It is that by a key in the message, but not by its first one.
    FitsOther,
    /// It would be without the white space between the elements of SignedInfo.
    FitsReformatted,
    /// It is not.
    Differs,
    /// It cannot be found out.
    Unknown(Reason),
}

/// Compares the SignatureValue with SignedInfo. Where the message brings keys, only `first` can make it fit.
fn check_value<'a>(
    work: &Work<'a>,
    parts: &Parts<'a>,
    candidates: Vec<Candidate>,
    first: Option<&Candidate>,
) -> Value {
    let uri = algorithm_of(parts.method);
    // RSA-PSS can have parameters; other methods have none that matter here.
    let known = algorithm::method(&uri).filter(|_| parts.method.elements().next().is_none());
    let Some(method) = known else { return Value::Unknown(Reason::Algorithm { uri }) };
    let Some(canonicalization) = reading::canonicalization(parts.canonicalization) else {
        return Value::Unknown(Reason::Algorithm { uri: algorithm_of(parts.canonicalization) });
    };
    let keys = match usable(candidates, method) {
        Ok(keys) => keys,
        Err(reason) => return Value::Unknown(reason),
    };
    let Some(value) = &parts.value else { return Value::Differs };
    let fitting = |canonicalization: &Method| {
        let octets = work.canonical(Some(parts.signed_info), None, canonicalization)?;
        Ok::<_, Obstacle>(keys.iter().find(|candidate| {
            candidate.key.as_ref().is_ok_and(|key| key.verifies(method, &octets, value, EcdsaForm::Fixed))
        }))
    };
    let is_first = |key: &Candidate| first.is_none_or(|first| first.is_same_key(key));
    match fitting(&canonicalization) {
        Ok(Some(key)) if is_first(key) => Value::Fits(first.unwrap_or(key).clone()),
        Ok(Some(_)) => Value::FitsOther,
        Ok(None) => match fitting(&Method { space_between_elements: false, ..canonicalization }) {
            Ok(Some(_)) => Value::FitsReformatted,
            _ => Value::Differs,
        },
        Err(obstacle) => Value::Unknown(Reason::Obstacle(obstacle)),
    }
}

/// The keys among `candidates` that `method` can have signed with; there is at least one.
///
/// # Errors
/// The reason, if there is none.
pub(super) fn usable(candidates: Vec<Candidate>, method: SignatureMethod) -> Result<Vec<Candidate>, Reason> {
    let problem = match candidates.first() {
        None => Reason::NoKey,
        Some(candidate) => match &candidate.key {
            Err(problem) => Reason::Key(*problem),
            Ok(_) => Reason::Key(KeyProblem::Unsuitable),
        },
    };
    let suits = |candidate: &Candidate| candidate.key.as_ref().is_ok_and(|key| key.suits(method));
    let keys: Vec<_> = candidates.into_iter().filter(suits).collect();
    if keys.is_empty() { Err(problem) } else { Ok(keys) }
}
