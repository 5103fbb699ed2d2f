//! Whether octets that were cut out of a text are a message, and how good a reading of it they are.
//!
//! They are read as the same octets would be in a file of their own (`binding/raw_message.rs`): what is no
//! message there is none here. All that is judged in one text unfolds within one limit.

use crate::{
    base::limits::{LIMITS, Limits},
    binding::{Carried, raw_message},
    saml::MessageKind,
};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// Messages that are found in one text, at most.
pub(crate) const FOUND_MAX: usize = 1_000;

/// Times that a text is gone through, its layers and what is inside of it taken together.
const PASSES: usize = 64;

/// The work that is left for one text, and what was judged in it.
pub(super) struct Budget {
    /// Octets that inflating may produce.
    inflated: usize,
    /// Octets of texts that may still be looked through.
    octets: usize,
    /// Whether something was left out.
    pub(super) is_spent: bool,
    judged: HashMap<[u8; 32], Option<Judged>>,
    opened: HashSet<[u8; 32]>,
}

/// A message that octets are.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    /// Stands for the XML: equal for the same message, however it is carried.
    pub(super) content: [u8; 32],
    /// The parameters that were read beside it.
    pub(super) companions: usize,
    /// The flaws of the way it is written; what is in it is no matter of where it stands.
    pub(super) flaws: usize,
}

/// Whether `carried` is a message of SAML, of any kind, and no other document.
pub(crate) fn is_message(carried: &Carried) -> bool {
    match carried.message.as_ref().map(|message| &message.kind) {
        None | Some(MessageKind::Other(_)) => false,
        // Any short base64 could be one.
        Some(MessageKind::Artifact) => carried.flaws.is_empty(),
        Some(_) => true,
    }
}

/// The number of parameters that were read beside `carried`.
pub(crate) fn companions(carried: &Carried) -> usize {
    let Carried { relay_state, sig_alg, signature, .. } = carried;
    [relay_state.is_some(), sig_alg.is_some(), signature.is_some()].into_iter().filter(|is| *is).count()
}

/// The number of flaws of the way `carried` is written: not those of what it says.
pub(crate) fn damage(carried: &Carried) -> usize {
    const OF_CONTENT: [&str; 9] = [
        "bad-instant",
        "doctype",
        "duplicate-id",
        "empty-envelope",
        "entity-declaration",
        "not-saml",
        "saml-1-1",
        "soap-fault",
        "ws-federation",
    ];
    let is_damage = |code: &str| !code.contains("name-id") && !OF_CONTENT.contains(&code);
    carried.flaws.iter().filter(|flaw| is_damage(flaw.code)).count()
}

impl Budget {
    /// The room for a text of `length` octets.
    pub(super) fn of(length: usize) -> Self {
        Budget {
            inflated: LIMITS.whole().inflated_bytes,
            octets: length.saturating_mul(PASSES),
            is_spent: false,
            judged: HashMap::new(),
            opened: HashSet::new(),
        }
    }

    /// Takes the work for a text of `length` octets; whether there was enough.
    pub(super) fn take(&mut self, length: usize) -> bool {
        let left = self.octets.checked_sub(length);
        self.octets = left.unwrap_or(self.octets);
        self.is_spent |= left.is_none();
        left.is_some()
    }

    /// Whether what these digits stand for was not opened before.
    pub(super) fn opens(&mut self, digits: &str) -> bool {
        self.opened.insert(Sha256::digest(digits).into())
    }

    /// The message that `octets` are, if they are one.
    pub(super) fn judge(&mut self, octets: &[u8]) -> Option<Judged> {
        // The layers of a text have mostly the same in them.
        let key: [u8; 32] = Sha256::digest(octets).into();
        if let Some(known) = self.judged.get(&key) {
            return known.clone();
        }
        let judged = self.judge_anew(octets);
        self.judged.insert(key, judged.clone());
        judged
    }

    fn judge_anew(&mut self, octets: &[u8]) -> Option<Judged> {
        let limits = Limits { inflated_bytes: self.inflated.min(LIMITS.inflated_bytes), ..LIMITS };
        let all = raw_message::read(octets, &limits);
        let unfolded: usize =
            all.iter().filter_map(Carried::octets).map(|octets| octets.expose().len()).sum();
        self.inflated = self.inflated.saturating_sub(unfolded.saturating_sub(octets.len()));
        let first = all.iter().find(|carried| is_message(carried))?;
        // An artifact has no XML; its value stands for it.
        let content = match first.octets() {
            Some(octets) => Sha256::digest(octets.expose()),
            None => Sha256::digest(first.value.expose()),
        };
        Some(Judged { content: content.into(), companions: companions(first), flaws: damage(first) })
    }
}
