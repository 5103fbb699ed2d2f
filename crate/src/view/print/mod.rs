//! The output of the command line: the panel's models as text, and the JSON of `check`, `compare` and
//! `inspect`.
//!
//! Leaves out reading the command line, which is the program's (`bin/samlight`).

use crate::{
    attack,
    binding::Carried,
    encryption::{self, Manner, PrivateKey},
    saml::Message,
    signature::{GivenKeys, SignatureState},
};

pub mod brief;
pub mod check;
pub mod compare;
pub mod inspect;
pub mod inspect_text;
pub mod terminal;

/// The keys and certificates that a person gave to look into messages with.
#[derive(Debug, Default)]
pub struct Given {
    /// Certificates to verify with, besides those in the message.
    pub certificates: GivenKeys,
    /// Private keys to open encrypted parts with.
    pub keys: Vec<PrivateKey>,
}

/// Whether something is wrong with a message, as far as it shows by itself: it cannot be read, has a flaw or
/// the sign of an attack, tells that something failed, has an invalid signature, or no key that was given
/// opens what is encrypted in it. That a signature could not be verified is nothing wrong.
pub fn is_wrong(carried: &Carried, given: &Given, is_imported: bool) -> bool {
    let look = if is_imported { attack::look_at_imported } else { attack::look };
    let look = look(carried, &given.certificates);
    let opened = carried.document.as_ref().filter(|_| !given.keys.is_empty());
    let opened = opened.map(|document| encryption::open(document, &given.keys, Manner::Standard));
    let mut signatures = look.signatures;
    signatures.extend(opened.iter().flat_map(|opened| opened.signatures(&given.certificates)));
    let is_failed = |message: &Message| message.status().is_some_and(|status| !status.is_success());
    carried.message.as_ref().is_none_or(is_failed)
        || !carried.flaws.is_empty()
        || !look.attacks.is_empty()
        || signatures.iter().any(|signature| signature.state == SignatureState::Invalid)
        || opened.iter().flat_map(|opened| &opened.parts).any(|part| part.outcome.is_err())
}
