//! All known messages in one list, and those of them that stand in a text.
//!
//! A row is one meaning with the messages that have it. The tables are GitLab's refusals and messages
//! ([`gitlab::messages`](crate::gitlab::messages)), those of provisioning
//! ([`scim::messages`](crate::scim::messages)), and those of this room. The messages are found by their
//! first word, so a text costs what its length is, however many are known. Leaves out: which reading of a
//! message is meant, where it has two ([`explain`](super::explain())).

use super::{
    Reading,
    context::{self, Place, Stands},
    entra, gitlab, provider,
    words::{Index, Pattern, Word},
};
use crate::{
    base::{
        catalogue::Text,
        order::sort_by_key,
        severity::{Severity, Step},
    },
    gitlab::{
        docs,
        messages::{self, Who},
    },
    scim,
};
use std::{cmp::Reverse, sync::LazyLock};

/// One meaning of this room, with the messages that have it.
#[derive(Clone, Copy)]
pub(super) struct Row {
    said: &'static [&'static [&'static str]],
    reading: Reading,
    severity: Severity,
    who: Who,
    means: fn(&str) -> Text,
    steps: &'static [fn() -> Text],
    docs: &'static str,
}

/// A row about an error.
pub(super) const fn row(
    said: &'static [&'static [&'static str]],
    reading: Reading,
    who: Who,
    means: fn(&str) -> Text,
    steps: &'static [fn() -> Text],
    docs: &'static str,
) -> Row {
    Row { said, reading, severity: Severity::Error, who, means, steps, docs }
}

impl Row {
    /// The row with another weight.
    pub(super) const fn weighing(self, severity: Severity) -> Self {
        Row { severity, ..self }
    }
}

/// A value of a message in a sentence: behind a space, or nothing where the message does not name it.
pub(super) fn quoted(value: Option<String>) -> String {
    value.filter(|value| !value.is_empty()).map(|value| format!(" “{value}”")).unwrap_or_default()
}

/// A meaning, whatever table it is in.
#[derive(Clone, Copy)]
pub(super) enum Meaning {
    /// Of a refused Response, or of GitLab's pages.
    Saml(&'static messages::Meaning),
    /// Of provisioning.
    Scim(&'static scim::messages::Meaning),
    /// Of a sign-in at Entra ID.
    Entra(&'static scim::messages::Meaning),
    /// Of this room.
    Own(Row),
}

impl Meaning {
    pub(super) fn reading(&self) -> Reading {
        match self {
            Meaning::Saml(_) => Reading::Saml,
            Meaning::Scim(_) => Reading::Scim,
            Meaning::Entra(_) => Reading::Provider,
            Meaning::Own(row) => row.reading,
        }
    }

    pub(super) fn severity(&self) -> Severity {
        match self {
            Meaning::Saml(meaning) if is_advice(meaning) => Severity::Warning,
            Meaning::Saml(_) => Severity::Error,
            Meaning::Scim(meaning) | Meaning::Entra(meaning) => meaning.severity,
            Meaning::Own(row) => row.severity,
        }
    }

    pub(super) fn who(&self) -> Who {
        match self {
            Meaning::Saml(meaning) => meaning.who,
            Meaning::Scim(meaning) | Meaning::Entra(meaning) => meaning.who,
            Meaning::Own(row) => row.who,
        }
    }

    /// The meaning in words; `said` is the message from its first word on.
    pub(super) fn means(&self, said: &str) -> Text {
        match self {
            Meaning::Saml(meaning) => (meaning.means)(),
            Meaning::Scim(meaning) | Meaning::Entra(meaning) => (meaning.means)(said),
            Meaning::Own(row) => (row.means)(said),
        }
    }

    /// The documentation of it; of SCIM that of a whole GitLab, where `text` names its address and no group's
    /// (row R96). GitLab.com has none.
    pub(super) fn link(&self, text: &str) -> &'static str {
        let link = match self {
            Meaning::Saml(_) => docs::TROUBLESHOOTING,
            Meaning::Scim(meaning) | Meaning::Entra(meaning) => meaning.docs,
            Meaning::Own(row) => row.docs,
        };
        let is_of_instance = text.contains("/scim/v2/application")
            && !["/scim/v2/groups", "//gitlab.com/"].iter().any(|other| text.contains(other));
        docs::of_offering(link, is_of_instance)
    }

    /// The steps to take, the link at the first.
    pub(super) fn steps(&self, text: &str) -> Vec<Step> {
        let link = self.link(text);
        let texts: Vec<Text> = match self {
            Meaning::Saml(meaning) => vec![(meaning.steps)()],
            Meaning::Scim(meaning) | Meaning::Entra(meaning) => return meaning.leading_to(link),
            Meaning::Own(row) => row.steps.iter().map(|step| step()).collect(),
        };
        let links = std::iter::once(Some(link.to_owned())).chain(std::iter::repeat(None));
        texts.iter().zip(links).map(|(text, link)| Step { text: text.to_string(), link, by: None }).collect()
    }
}

/// Whether "Verify SAML Configuration" only advises something.
fn is_advice(meaning: &messages::Meaning) -> bool {
    matches!((meaning.means)().key(), "said.persistent" | "said.format")
}

/// One message that is known.
pub(super) struct Known {
    /// Its words.
    pub(super) pattern: Pattern,
    /// The message as it is written, with `…` for what differs.
    pub(super) written: String,
    /// Its meaning, by its number.
    pub(super) meaning: usize,
    /// Whether it only wraps another message, whose meaning counts where it is known.
    pub(super) wraps: bool,
}

/// Everything that is known.
pub(super) struct Table {
    pub(super) meanings: Vec<Meaning>,
    pub(super) messages: Vec<Known>,
    index: Index,
}

/// The table, made when the first text is explained.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { meanings: Vec::new(), messages: Vec::new(), index: Index::new() };
    // GitLab's own pages tell an error page by its number alone; nothing else stands there. Here it may be
    // any number.
    let is_number = |part: &str| part.chars().all(|c| c.is_ascii_digit() || c == ':');
    for meaning in messages::REFUSALS.iter().chain(messages::MEANINGS) {
        if !meaning.pattern.iter().all(|part| is_number(part)) {
            table.add(Meaning::Saml(meaning), &[meaning.pattern], false);
        }
    }
    for meaning in scim::messages::MEANINGS {
        table.add(Meaning::Scim(meaning), meaning.patterns, false);
    }
    for meaning in scim::sign_in_codes::MEANINGS {
        table.add(Meaning::Entra(meaning), meaning.patterns, false);
    }
    for row in gitlab::ROWS.iter().chain(entra::ROWS).chain(provider::ROWS) {
        table.add(Meaning::Own(*row), row.said, false);
    }
    for row in gitlab::WRAPPED.iter().chain(provider::WRAPPED) {
        table.add(Meaning::Own(*row), row.said, true);
    }
    table
});

impl Table {
    fn add(&mut self, meaning: Meaning, said: &[&[&str]], wraps: bool) {
        let number = self.meanings.len();
        self.meanings.push(meaning);
        for parts in said {
            let pattern = Pattern::new(parts);
            let Some(first) = pattern.first().map(str::to_owned) else { continue };
            self.index.entry(first).or_default().push(self.messages.len());
            let written = parts.join(" … ").replace('*', "…");
            self.messages.push(Known { pattern, written, meaning: number, wraps });
        }
    }
}

/// Whether the meaning with this key is that of words round another message, which is not known.
pub(super) fn is_frame(key: &str) -> bool {
    gitlab::WRAPPED.iter().chain(provider::WRAPPED).any(|row| (row.means)("").key() == key)
}

/// A message that stands in a text.
pub(super) struct Found {
    /// Its meaning.
    pub(super) meaning: Meaning,
    /// Its first word, and the one behind its last.
    pub(super) range: (usize, usize),
    pub(super) stands: Stands,
    pub(super) wraps: bool,
}

/// The messages that stand in `text`, in the order in which they stand there.
pub(super) fn found(text: &str, words: &[Word]) -> Vec<Found> {
    let mut there: Vec<(&Known, (usize, usize))> = Vec::new();
    let mut known = vec![false; words.len()];
    let mut found: Vec<Found> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let code = entra_code(words, at);
        let first = code.as_ref().unwrap_or(&word.folded);
        let before = there.len();
        for message in TABLE.index.get(first).into_iter().flatten().filter_map(|it| TABLE.messages.get(*it)) {
            let Some(end) = message.pattern.end(text, words, at) else { continue };
            there.push((message, (at, end)));
            if (Place { text, words, known: &[] }).begins(at) {
                known.get_mut(at..end).into_iter().flatten().for_each(|word| *word = true);
            }
        }
        if there.len() == before
            && let Some(row) = provider::of_code(first)
        {
            let meaning = Meaning::Own(row);
            found.push(Found { meaning, range: (at, at + 1), stands: Stands::Alone, wraps: false });
        }
    }
    let place = Place { text, words, known: &known };
    found.extend(there.into_iter().filter_map(|(message, range)| {
        let stands = context::stands(&message.pattern, place, range);
        let meaning = *TABLE.meanings.get(message.meaning)?;
        (stands > Stands::Within).then_some(Found { meaning, range, stands, wraps: message.wraps })
    }));
    longest(found)
}

/// The code of Entra ID that word number `at` is, where the number stands apart from its name, as in the log
/// of sign-ins.
fn entra_code(words: &[Word], at: usize) -> Option<String> {
    let number = words.get(at).filter(|word| word.folded.len() >= 5)?;
    let before = at.checked_sub(1).and_then(|before| words.get(before))?;
    let is_code = matches!(before.folded.as_str(), "aadsts" | "errorcode" | "code");
    (is_code && number.folded.bytes().all(|c| c.is_ascii_digit()))
        .then(|| format!("aadsts{}", number.folded))
        .filter(|code| before.folded == "aadsts" || TABLE.index.contains_key(code))
}

/// Those that are not part of another one's words: "Name can't be blank" is part of a longer message.
fn longest(mut found: Vec<Found>) -> Vec<Found> {
    // The one that begins first and is longest covers what follows within it.
    sort_by_key(&mut found, |one| (one.range.0, Reverse(one.range.1)));
    let mut kept: Vec<Found> = Vec::new();
    let mut covered = (0, 0);
    for one in found {
        let is_inside = one.range.1 <= covered.1 && one.range != covered;
        if is_inside && !one.wraps {
            continue;
        }
        if !one.wraps && one.range.1 > covered.1 {
            covered = one.range;
        }
        kept.push(one);
    }
    kept
}
