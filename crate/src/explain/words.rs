//! The words of a text, and the messages that begin at one of them.
//!
//! A message is found by whole words in their order, in upper or lower case and however they are wrapped.
//! Leaves out: whether what stands there is the message ([`context`](super::context)), and its meaning
//! ([`known`](super::known)).

use crate::base::counted::stepped;
use std::collections::{HashMap, HashSet};

/// One word of a text.
pub(super) struct Word {
    /// In lower case, without apostrophes.
    pub(super) folded: String,
    /// Its place in the text.
    pub(super) start: usize,
    /// The place behind it.
    pub(super) end: usize,
}

/// The words of `text`.
pub(super) fn words(text: &str) -> Vec<Word> {
    stepped(text.len());
    let mut words: Vec<Word> = Vec::new();
    let mut characters = text.char_indices().peekable();
    let mut last: Option<char> = None;
    while let Some((at, c)) = characters.next() {
        let is_inside = last.is_some_and(|last| is_letter(last) && is_together(last, c));
        if is_letter(c) {
            let end = at + c.len_utf8();
            match words.last_mut().filter(|word| is_inside && word.end == at) {
                Some(word) => {
                    word.folded.extend(c.to_lowercase());
                    word.end = end;
                }
                None => words.push(Word { folded: c.to_lowercase().collect(), start: at, end }),
            }
        } else if matches!(c, '\'' | '`' | '\u{fffd}') && last.is_some_and(is_letter) {
            // "can't" is one word; so is what stands between two apostrophes, with a space before the first.
            if let (Some(word), Some((_, next))) = (words.last_mut(), characters.peek())
                && word.end == at
                && is_letter(*next)
                && is_contracted(&word.folded, *next)
            {
                word.end = at + c.len_utf8();
                continue;
            }
        }
        last = Some(c);
    }
    join_mail(&mut words, text);
    words
}

/// Whether an apostrophe behind `word` and before `next` is inside of a word: "can't", "user's", "l'accès".
fn is_contracted(word: &str, next: char) -> bool {
    matches!(next.to_ascii_lowercase(), 't' | 's' | 'm' | 'r' | 'l' | 'v' | 'd') || word.chars().count() < 3
}

/// "e-mail" as "email".
fn join_mail(words: &mut Vec<Word>, text: &str) {
    let is_mail = |pair: &[Word]| match pair {
        [e, mail] => {
            e.folded == "e"
                && matches!(mail.folded.as_str(), "mail" | "mails")
                && text.get(e.end..mail.start) == Some("-")
        }
        _ => false,
    };
    if !words.windows(2).any(is_mail) {
        return;
    }
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    for word in words.drain(..) {
        match joined.last_mut() {
            Some(before)
                if before.folded == "e"
                    && matches!(word.folded.as_str(), "mail" | "mails")
                    && text.get(before.end..word.start) == Some("-") =>
            {
                before.folded.push_str(&word.folded);
                before.end = word.end;
            }
            _ => joined.push(word),
        }
    }
    *words = joined;
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
}

/// Whether two letters can stand in one word: not where a script without spaces meets another.
fn is_together(one: char, two: char) -> bool {
    let is_dense = |c: char| ('\u{2e80}'..='\u{d7ff}').contains(&c);
    is_dense(one) == is_dense(two)
}

/// One word of a pattern.
#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    /// This word.
    Word {
        folded: String,
        /// Whether punctuation may stand before it.
        loose: bool,
    },
    /// Anything without white space.
    Any,
}

/// The words of one message, in their parts.
pub(super) struct Pattern {
    parts: Vec<Vec<Wanted>>,
    /// Whether nothing else says it: long, or with a word of SAML's or SCIM's own.
    pub(super) is_distinct: bool,
    /// Whether a sentence may begin with other words: `…` stands before it.
    pub(super) begins_anywhere: bool,
}

/// Words that stand between two parts of a pattern, at most.
const BETWEEN: usize = 30;

/// The words that a message needs to be told from all others without what stands beside it.
const LONG: usize = 7;

impl Pattern {
    /// The pattern of a message's parts, in which `*` is any one word.
    pub(super) fn new(parts: &[&str]) -> Self {
        let begins_anywhere = parts.first().is_some_and(|first| first.starts_with('…'));
        let parts: Vec<Vec<Wanted>> = parts.iter().map(|part| wanted(part)).collect();
        let literal = || {
            parts.iter().flatten().filter_map(|wanted| match wanted {
                Wanted::Word { folded, .. } => Some(folded.as_str()),
                Wanted::Any => None,
            })
        };
        let is_distinct = literal().count() >= LONG || literal().any(is_own);
        Pattern { parts, is_distinct, begins_anywhere }
    }

    /// Its first word.
    pub(super) fn first(&self) -> Option<&str> {
        match self.parts.first()?.first()? {
            Wanted::Word { folded, .. } => Some(folded),
            Wanted::Any => None,
        }
    }

    /// Its words.
    pub(super) fn literals(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().flatten().filter_map(|wanted| match wanted {
            Wanted::Word { folded, .. } => Some(folded.as_str()),
            Wanted::Any => None,
        })
    }

    /// The words that it takes from the one at `at` on: the number of the one behind its last. `None` where
    /// it does not stand there.
    pub(super) fn end(&self, text: &str, words: &[Word], at: usize) -> Option<usize> {
        let (first, others) = self.parts.split_first()?;
        let mut end = part_end(first, text, words, at)?;
        for part in others {
            end = (end..=end + BETWEEN).find_map(|start| part_end(part, text, words, start))?;
        }
        Some(end)
    }
}

/// The number of the word behind `part`, which begins at `at`.
fn part_end(part: &[Wanted], text: &str, words: &[Word], at: usize) -> Option<usize> {
    let mut next = at;
    for (position, wanted) in part.iter().enumerate() {
        stepped(1);
        let word = words.get(next)?;
        let gap = words
            .get(next.wrapping_sub(1))
            .filter(|_| position > 0)
            .and_then(|before| text.get(before.end..word.start));
        match wanted {
            Wanted::Word { folded, loose } => {
                let fits = word.folded == *folded && gap.is_none_or(|gap| *loose || is_soft(gap));
                if !fits {
                    return None;
                }
                next += 1;
            }
            Wanted::Any => next = any_end(text, words, next),
        }
    }
    Some(next)
}

/// The number of the word behind any one word: what has no white space in it, or what stands in quotation
/// marks.
fn any_end(text: &str, words: &[Word], at: usize) -> usize {
    let gap = |at: usize| match (at.checked_sub(1).and_then(|at| words.get(at)), words.get(at)) {
        (Some(before), Some(word)) => text.get(before.end..word.start).unwrap_or_default(),
        (Some(before), None) => text.get(before.end..).unwrap_or_default().get(..1).unwrap_or_default(),
        (None, _) => "",
    };
    let quote = gap(at).chars().next_back().filter(|c| matches!(c, '"' | '\''));
    let is_end = |gap: &str| match quote {
        Some(quote) => gap.contains(quote),
        None => gap.contains(char::is_whitespace),
    };
    let most = at + BETWEEN;
    let mut next = at + 1;
    while next < most && next < words.len() && !is_end(gap(next)) {
        stepped(1);
        next += 1;
    }
    next
}

/// Whether nothing ends between two words: white space, a hyphen, marks of Markdown, and what is between the
/// words of a name in code.
fn is_soft(gap: &str) -> bool {
    gap.chars().all(|c| c.is_whitespace() || matches!(c, '_' | '-' | '*' | '`' | '~' | '\u{ad}'))
}

fn wanted(part: &str) -> Vec<Wanted> {
    let found = words(part);
    let mut all = Vec::new();
    let mut end = 0;
    let push_any = |all: &mut Vec<Wanted>, gap: &str| {
        if gap.contains('*') {
            all.push(Wanted::Any);
        }
    };
    for word in found {
        let gap = part.get(end..word.start).unwrap_or_default();
        push_any(&mut all, gap);
        let loose = gap.chars().any(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '*'))
            || matches!(all.last(), Some(Wanted::Any));
        end = word.end;
        all.push(Wanted::Word { folded: word.folded, loose });
    }
    all
}

/// Whether a word is of SAML or SCIM alone, or is a code of an identity provider.
fn is_own(word: &str) -> bool {
    const OWN: &[&str] = &[
        "saml",
        "scim",
        "nameid",
        "authnstatement",
        "subjectconfirmation",
        "notbefore",
        "notonorafter",
        "sessionnotonorafter",
        "encryptedassertion",
        "encryptedid",
        "encryptedattribute",
        "spnamequalifier",
        "x509certificate",
        "logoutrequest",
        "logoutresponse",
        "invalidnameidpolicy",
        "authnfailed",
        "noauthncontext",
        "invalidauthenticitytoken",
        "unsupportednameidformatmessage",
        "glsoat",
        "glpat",
        "gloas",
        "nameidformat",
    ];
    let is_code = |prefix: &str| word.strip_prefix(prefix).is_some_and(|rest| rest.len() >= 3);
    // A name of code in one word, as SystemForCrossDomainIdentityManagementServiceIncompatible.
    OWN.contains(&word) || is_code("aadsts") || is_code("msis") || word.len() >= 14
}

/// The words in a text, each once, as they are compared: at most so many as a message can have.
pub(super) fn vocabulary(words: &[Word]) -> HashSet<&str> {
    const MOST: usize = 400;
    words.iter().take(MOST).map(|word| word.folded.as_str()).collect()
}

/// Numbers of patterns by their first word.
pub(super) type Index = HashMap<String, Vec<usize>>;
