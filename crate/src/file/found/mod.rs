//! Messages in whatever surrounds them: pages, commands, logs, mails, dumps, other documents.
//!
//! A text is looked through for addresses and forms (`tokens.rs`), values with a name (`named.rs`), elements
//! and base64 (`bare.rs`); then the same again with one layer more undone ([`layers::LAYERS`]), and inside of
//! base64 that holds a text. What is found is cut out as the octets of a message by itself, and counts only
//! if it is one when it is read (`judged.rs`). Of several readings of one place the best stays: the one that
//! keeps the most of what travelled beside the message, has the fewest flaws, and needed the fewest layers.
//!
//! Leaves out: files that are no text (`packed.rs`, `foreign.rs`), recordings (`import`).

mod bare;
mod guarded;
mod judged;
mod layers;
mod named;
mod tokens;

pub(crate) use judged::{FOUND_MAX, companions, damage, is_message};

use crate::{
    base::{counted::stepped, limits::LIMITS, order},
    encoding::{base64::LENIENT_BASE64, text::text_of},
    event::Found,
};
use base64::Engine;
use judged::{Budget, Judged};
use layers::{LAYERS, LINE_MARKS, PERCENT, Undone};
use named::Pair;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    iter::repeat_n,
    ops::Range,
};

/// Rounds in which each layer is undone: an address in a page in JSON needs two.
const ROUNDS: usize = 3;

/// Texts inside of base64 inside of a text, at most.
const DEPTH: usize = 2;

/// A message that was found: its octets, as they would be in a file of their own, and the place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FoundMessage {
    pub(crate) octets: Vec<u8>,
    pub(crate) found: Found,
    /// Parameters that were read beside it.
    pub(crate) companions: usize,
    /// Flaws of the message.
    pub(crate) flaws: usize,
}

/// The messages of a text.
#[derive(Debug, Default)]
pub(crate) struct FoundMessages {
    /// In their order, at most [`FOUND_MAX`].
    pub(crate) messages: Vec<FoundMessage>,
    /// Whether there is more than was looked at.
    pub(crate) is_more: bool,
}

/// The messages in `content`.
pub(crate) fn find(content: &[u8]) -> FoundMessages {
    let all = content.len();
    let content = content.get(..LIMITS.parameter_bytes).unwrap_or(content);
    let (text, width) = text_of(content);
    let mut budget = Budget::of(text.len());
    let mut candidates = within(&text, &mut budget, DEPTH);
    order::sort_by_key(&mut candidates, |candidate| candidate.at.start);
    let is_more = budget.is_spent || candidates.len() > FOUND_MAX || all > content.len();
    candidates.truncate(FOUND_MAX);
    let (mut line, mut last) = (1, 0);
    stepped(text.len());
    let messages = candidates
        .into_iter()
        .map(|candidate| {
            let passed = text.get(last..candidate.at.start).unwrap_or_default();
            line += passed.matches('\n').count();
            last = candidate.at.start.max(last);
            let at = candidate.at.start.saturating_mul(width);
            let Candidate { octets, holder, undone, cut, judged, .. } = candidate;
            let undone = undone.into_iter().map(str::to_owned).collect();
            let found = Found { file: None, line, at, holder: holder.to_owned(), undone, cut };
            FoundMessage { octets, found, companions: judged.companions, flaws: judged.flaws }
        })
        .collect();
    FoundMessages { messages, is_more }
}

/// A message at a place of the text.
struct Candidate {
    /// In the text as it came.
    at: Range<usize>,
    octets: Vec<u8>,
    holder: &'static str,
    /// The layers that were undone there.
    undone: Vec<&'static str>,
    cut: bool,
    judged: Judged,
}

/// The messages in `text` and in what it is without its layers.
fn within(text: &str, budget: &mut Budget, depth: usize) -> Vec<Candidate> {
    if !is_worth_a_look(text) || !budget.take(text.len()) {
        return Vec::new();
    }
    let mut found = Search::of(text, budget, depth).all();
    let mut undone: Vec<Undone> = Vec::new();
    for _ in 0..ROUNDS {
        let before = undone.len();
        for layer in LAYERS.iter().flat_map(|layer| repeat_n(layer, layer.times)) {
            let current = undone.last().map_or(text, |last| &last.text);
            let Some(next) = layer.undo(current) else { continue };
            if !budget.take(next.text.len()) {
                return found;
            }
            let candidates = Search::of(&next.text, budget, depth).all();
            undone.push(next);
            for candidate in candidates {
                keep(&mut found, placed(candidate, &undone));
            }
            // Only the newest text is read again; of the others the places are asked for.
            if let Some(older) = undone.len().checked_sub(2).and_then(|index| undone.get_mut(index)) {
                older.text = String::new();
            }
        }
        if undone.len() == before {
            break;
        }
    }
    found
}

/// Whether there can be a message: its parameters, its namespace, or base64 that is long enough.
fn is_worth_a_look(text: &str) -> bool {
    stepped(text.len());
    let is_digit = |octet: &u8| octet.is_ascii_alphanumeric() || b"+/-_=%\\".contains(octet);
    text.contains("SAML") || text.as_bytes().split(|octet| !is_digit(octet)).any(|word| word.len() >= 40)
}

/// `candidate` with its place in the text as it came, before all of `undone`, and those of them that were
/// undone there.
fn placed(candidate: Candidate, undone: &[Undone]) -> Candidate {
    let mut at = candidate.at.clone();
    let mut touched = Vec::new();
    for layer in undone.iter().rev() {
        if layer.touches(&at) {
            touched.push(layer.id);
        }
        at = layer.before(at.start)..layer.before(at.end.saturating_sub(1)) + 1;
    }
    touched.reverse();
    touched.dedup();
    touched.extend(candidate.undone);
    Candidate { at, undone: touched, ..candidate }
}

/// Takes in a candidate of a layer, or leaves it where the same place is read better already.
fn keep(found: &mut Vec<Candidate>, candidate: Candidate) {
    let is_token = |it: &Candidate| ["url", "form"].contains(&it.holder);
    let is_held = |it: &Candidate| is_token(it) || it.holder == "named-value";
    // An address or a form as it was sent says more than values without their escapes.
    let rank = |it: &Candidate| (it.judged.companions, is_token(it), Reverse(it.judged.flaws));
    let is_beside =
        |other: &Candidate| other.at.end <= candidate.at.start || candidate.at.end <= other.at.start;
    let is_worse = |other: &Candidate| {
        if other.judged.content == candidate.judged.content {
            // In an address that was opened another one's parameters can appear.
            let is_opened = is_held(other) && candidate.undone.contains(&PERCENT);
            return !is_opened && rank(other) < rank(&candidate);
        }
        // XML with marks before its lines can be read, too, but is not what was sent.
        let rank = |it: &Candidate| (it.undone.contains(&LINE_MARKS), Reverse(it.judged.flaws));
        rank(other) < rank(&candidate)
    };
    if found.iter().all(is_beside) {
        if found.len() <= FOUND_MAX {
            found.push(candidate);
        }
    } else if found.iter().filter(|other| !is_beside(other)).all(is_worse) {
        found.retain(is_beside);
        found.push(candidate);
    }
}

/// A text that is looked through as it is.
struct Search<'a, 'b> {
    text: &'a str,
    budget: &'b mut Budget,
    depth: usize,
    candidates: Vec<Candidate>,
    /// The ends of the parts that are read, by where they start.
    taken: BTreeMap<usize, usize>,
}

impl<'a, 'b> Search<'a, 'b> {
    fn of(text: &'a str, budget: &'b mut Budget, depth: usize) -> Self {
        Search { text, budget, depth, candidates: Vec::new(), taken: BTreeMap::new() }
    }

    fn add(&mut self, candidate: Candidate) {
        self.taken.insert(candidate.at.start, candidate.at.end);
        self.candidates.push(candidate);
    }

    fn all(mut self) -> Vec<Candidate> {
        let names = named::names(self.text);
        for token in tokens::tokens(self.text, &names) {
            let holder = if token.is_address { "url" } else { "form" };
            let read = self.read(token.at.clone(), holder);
            // What is folded is better read in full; what only looks so is not.
            let longer = token.folded.map(|end| token.at.start..end).and_then(|at| self.read(at, holder));
            let better = longer.filter(|longer| {
                let rank = |it: &Candidate| (it.judged.companions, Reverse(it.judged.flaws));
                read.as_ref().is_none_or(|read| rank(read) < rank(longer))
            });
            better.or(read).into_iter().for_each(|read| self.add(read));
        }
        let names: Vec<_> = names.into_iter().filter(|name| !self.is_taken(&name.at)).collect();
        let pairs = named::pairs(self.text, &names);
        for group in named::groups(self.text, &pairs) {
            self.group(group);
        }
        for element in bare::elements(self.text) {
            if !self.is_taken(&element) && self.has_room() {
                let read = self.read(element, "xml");
                read.into_iter().for_each(|read| self.add(read));
            }
        }
        self.base64();
        // The same message once more without a name is a copy of it that some programs show.
        let mut seen = HashSet::new();
        order::sort_by_key(&mut self.candidates, |candidate| candidate.at.start);
        let is_named = |holder: &str| ["url", "form", "named-value"].contains(&holder);
        let named = self.candidates.iter().filter(|candidate| is_named(candidate.holder));
        seen.extend(named.map(|candidate| candidate.judged.content));
        self.candidates
            .retain(|candidate| is_named(candidate.holder) || seen.insert(candidate.judged.content));
        self.candidates
    }

    fn has_room(&self) -> bool {
        self.candidates.len() <= FOUND_MAX
    }

    fn is_taken(&self, at: &Range<usize>) -> bool {
        self.taken_to(at).is_some()
    }

    /// The end of what is read already of the part at `at`.
    fn taken_to(&self, at: &Range<usize>) -> Option<usize> {
        self.taken.range(..at.end).next_back().map(|(_, end)| *end).filter(|end| at.start < *end)
    }

    /// The part at `at` as a message by itself.
    fn read(&mut self, at: Range<usize>, holder: &'static str) -> Option<Candidate> {
        let octets = self.text.get(at.clone())?.as_bytes().to_vec();
        self.judged(at, holder, octets)
    }

    fn judged(&mut self, at: Range<usize>, holder: &'static str, octets: Vec<u8>) -> Option<Candidate> {
        if !self.has_room() {
            return None;
        }
        let judged = self.budget.judge(&octets)?;
        let cut = is_cut(self.text, at.end);
        Some(Candidate { at, octets, holder, undone: Vec::new(), cut, judged })
    }

    /// The message in `group`, with what stands beside it.
    fn group(&mut self, group: &[Pair<'_>]) {
        let Some(bearing) = group.iter().find(|pair| pair.is_bearing()) else { return };
        let written = |value: &str| {
            // A value out of an address keeps its escapes.
            let is_escaped = value.contains('%') && !value.contains(['+', '/', ' ', '<']);
            let value = if is_escaped { percent_decode_str(value).decode_utf8_lossy() } else { value.into() };
            utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string()
        };
        let field = |pair: &Pair<'_>| match pair.is_bearing() {
            true => format!("{}={}", pair.name, written(pair.value.trim())),
            false => format!("{}={}", pair.name, utf8_percent_encode(&pair.value, NON_ALPHANUMERIC)),
        };
        let form = group.iter().map(field).collect::<Vec<_>>().join("&");
        match self.judged(bearing.at.clone(), "named-value", form.into_bytes()) {
            Some(read) => self.add(read),
            None => self.inside(bearing.at.clone(), &bearing.value),
        }
    }

    /// Base64 without a name.
    fn base64(&mut self) {
        let mut at = 0;
        // The end of lines that were seen to be no folded value.
        let mut apart = 0;
        while let Some(start) = bare::next_digit(self.text, at) {
            let run =
                if start < apart { bare::first_line(self.text, start) } else { bare::run(self.text, start) };
            at = run.end.max(start + 1);
            if run.end - start < bare::SHORTEST || !self.has_room() {
                continue;
            }
            if let Some(end) = self.taken_to(&(start..run.end)) {
                at = end.max(at);
                continue;
            }
            if is_of_others(self.text, start) {
                continue;
            }
            let mut read = self.digits(start..run.end);
            // Lines that only look as if they went on.
            if run.first < run.end && read.as_ref().is_none_or(|read| read.judged.flaws > 0) {
                let first = self.digits(start..run.first);
                let is_better = first.as_ref().is_some_and(|first| {
                    read.as_ref().is_none_or(|read| first.judged.flaws < read.judged.flaws)
                });
                if is_better {
                    (read, at, apart) = (first, run.first, run.end);
                }
            }
            match read {
                Some(read) => self.add(read),
                None => {
                    let digits = self.text.get(start..run.end).unwrap_or_default().to_owned();
                    self.inside(start..run.end, &digits);
                }
            }
        }
    }

    /// The digits at `at` as a message, where their first octets can be those of one.
    fn digits(&mut self, at: Range<usize>) -> Option<Candidate> {
        let written = self.text.get(at.clone())?;
        stepped(written.len());
        // Certificates are the commonest base64 that is none.
        (!written.starts_with("MII") && !written.starts_with("eyJ"))
            .then(|| self.read(at, "base64"))
            .flatten()
    }

    /// The messages in the text that the base64 `digits` at `at` stand for.
    fn inside(&mut self, at: Range<usize>, digits: &str) {
        if self.depth == 0 {
            return;
        }
        let digits: String =
            percent_decode_str(digits).decode_utf8_lossy().split_ascii_whitespace().collect();
        let digits = digits.replace('-', "+").replace('_', "/");
        stepped(digits.len());
        if !self.budget.opens(&digits) {
            return;
        }
        let Ok(octets) = LENIENT_BASE64.decode(&digits) else { return };
        let (text, _) = text_of(&octets);
        if !["SAMLRe", "SAMLart", "names:tc:SAML"].iter().any(|sign| text.contains(sign)) {
            return;
        }
        let found = within(&text, self.budget, self.depth - 1);
        for candidate in found {
            let undone = [vec!["base64"], candidate.undone].concat();
            self.add(Candidate { at: at.clone(), undone, ..candidate });
        }
    }
}

/// Whether the base64 at `at` belongs to a protocol that is no SAML sign-in: the grant of OAuth that takes an
/// assertion (RFC 7522), or an exchange of tokens (RFC 8693).
fn is_of_others(text: &str, at: usize) -> bool {
    let head = text.get(..at).unwrap_or_default().trim_end_matches(['"', '\'', ' ', ':', '=', '\\']);
    ["assertion", "subject_token", "actor_token", "id_token", "access_token", "refresh_token"]
        .iter()
        .any(|name| head.ends_with(name))
}

/// Whether a program says behind octet `end` that it shows no more.
fn is_cut(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default().trim_start_matches(['"', '\'', ' ', '=']);
    let rest = rest.trim_start_matches(['[', '(', '<']);
    ["\u{2026}", "...", "truncated", "Truncated", "TRUNCATED", "snip"]
        .iter()
        .any(|sign| rest.starts_with(sign))
}

#[cfg(test)]
mod tests;
