//! The known messages that have most of their words in a text which holds none of them.
//!
//! A word counts the more, the fewer messages have it; one letter that is missing, too many or another one is
//! forgiven, since a person may have typed the text from a picture. Leaves out: their meaning, which would be
//! taken for an answer.

use super::{
    known::TABLE,
    words::{self, Word},
};
use crate::base::{counted::stepped, order::sort_by};
use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

/// Messages that are shown.
const SHOWN: usize = 3;

/// Thousandths of a message's weight that a text must have.
const ENOUGH: usize = 600;

/// The number of messages that have a word, made when the first text is not known.
static HAVING: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let mut having = HashMap::new();
    for message in &TABLE.messages {
        let own: HashSet<&str> = message.pattern.literals().collect();
        own.into_iter().for_each(|word| *having.entry(word).or_default() += 1);
    }
    having
});

/// The messages nearest to a text, as they are written.
pub(super) fn nearest(words: &[Word]) -> Vec<String> {
    let text = words::vocabulary(words);
    let in_text: HashSet<&str> = HAVING
        .keys()
        .copied()
        .filter(|word| text.contains(word) || text.iter().any(|other| is_misspelled(word, other)))
        .collect();
    // A word that many messages have says little.
    let weight = |word: &str| 1000 / (1 + HAVING.get(word).copied().unwrap_or_default());
    let mut scored: Vec<(usize, &str)> = Vec::new();
    for message in TABLE.messages.iter().filter(|message| !message.wraps) {
        let all: usize = message.pattern.literals().map(weight).sum();
        let there: usize = message.pattern.literals().filter(|word| in_text.contains(word)).map(weight).sum();
        let share = there * 1000 / all.max(1);
        if share >= ENOUGH && message.pattern.literals().count() > 1 {
            scored.push((share, message.written.as_str()));
        }
    }
    sort_by(&mut scored, |one, other| other.0.cmp(&one.0));
    let mut shown: Vec<String> = Vec::new();
    for (_, written) in scored {
        if shown.len() < SHOWN && !shown.iter().any(|it| it == written) {
            shown.push(written.to_owned());
        }
    }
    shown
}

/// Whether two longer words differ in one letter.
fn is_misspelled(one: &str, other: &str) -> bool {
    const LONG: usize = 4;
    if one.len().abs_diff(other.len()) > 1 || one.len().max(other.len()) < LONG {
        return false;
    }
    stepped(1);
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let ends = |one_skip: usize, other_skip: usize| {
        one.as_bytes().get(same + one_skip..) == other.as_bytes().get(same + other_skip..)
    };
    ends(1, 1) || ends(1, 0) || ends(0, 1)
}
