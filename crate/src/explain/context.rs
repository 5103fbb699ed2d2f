//! The words beside a message, which tell whether it is one.
//!
//! Of a message that consists of everyday words it counts what stands beside it: it must be a whole message,
//! between quotation marks, brackets, punctuation or line ends, or in a sentence that only says that there is
//! an error. What a colon, a comma or a dash joins to it must say no more than that, either: "SSH key
//! fingerprint mismatch" and "Door: fingerprint mismatch" hold all words of one of GitLab's messages, and are
//! none; a label that says whose account it is stands before one. Nor is one of GitLab's validations of
//! something else: "Path has already been taken, Name can't be blank" is about a project. Leaves out: which
//! of two readings is meant ([`explain`](super::explain())).

mod vocabulary;

use super::words::{Pattern, Word};
use crate::base::counted::stepped;
use vocabulary::{
    ACCOUNTS, FOREIGN, GOES_ON, INTRODUCES, LEVELS, NEUTRAL, OF_USERS, OTHER_LANGUAGES, OURS, OWNED_BY,
    OWNERS, PERSONS, REPORTS, SEEN, SHOWN_TO, VALIDATES,
};

/// The certainty that the words from one number up to another are a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stands {
    /// They are part of something else.
    Within,
    /// They stand in a sentence that says that there is an error.
    InSentence,
    /// They are a whole message.
    Alone,
}

/// A text, its words, and which of them are of a known message, whatever stands beside it.
#[derive(Clone, Copy)]
pub(super) struct Place<'t> {
    pub(super) text: &'t str,
    pub(super) words: &'t [Word],
    pub(super) known: &'t [bool],
}

/// The certainty that the words of `range` are the message.
pub(super) fn stands(pattern: &Pattern, place: Place<'_>, range: (usize, usize)) -> Stands {
    let Place { text, words, .. } = place;
    let (start, end) = range;
    let (Some(first), Some(last)) = (words.get(start), end.checked_sub(1).and_then(|last| words.get(last)))
    else {
        return Stands::Within;
    };
    if pattern.is_distinct {
        return Stands::Alone;
    }
    let around = around(words, text, range);
    if !around.ours && (around.foreign || place.is_among_others(range)) {
        return Stands::Within;
    }
    let before = start.checked_sub(1).and_then(|before| words.get(before));
    let left = match before {
        None => Stands::Alone,
        Some(_) if pattern.begins_anywhere || is_labelled(text, words, start) => Stands::Alone,
        Some(_) if place.is_time(start - 1) => Stands::Alone,
        Some(word) if is_join(text.get(word.end..first.start).unwrap_or_default()) => {
            let is_joined = around.ours || place.is_introduction(start) || place.is_of_somebody(start);
            if is_joined { Stands::Alone } else { Stands::Within }
        }
        Some(word) if is_edge(text.get(word.end..first.start).unwrap_or_default()) => Stands::Alone,
        Some(word) if is_introduced(&word.folded) && (around.ours || place.is_introduction(start)) => {
            Stands::InSentence
        }
        Some(_) => Stands::Within,
    };
    let right = match words.get(end) {
        None => Stands::Alone,
        Some(word) if is_edge(text.get(last.end..word.start).unwrap_or_default()) => Stands::Alone,
        Some(word) if GOES_ON.contains(&word.folded.as_str()) => Stands::InSentence,
        Some(_) => Stands::Within,
    };
    match left.min(right) {
        Stands::InSentence if !around.ours && !around.reported => Stands::Within,
        stands => stands,
    }
}

/// Whether a message can end or begin in `gap`: punctuation that is not inside of a word, or a line's end.
fn is_edge(gap: &str) -> bool {
    let has_space = gap.contains(char::is_whitespace);
    gap.chars().any(|c| match c {
        '\n' => true,
        // Inside of a name, an address or a path these end nothing.
        '-' | '.' | '/' | '@' | '#' | '+' | '~' | '*' | '\'' => has_space,
        '_' => false,
        c => !c.is_whitespace(),
    }) || gap.contains("**")
}

/// Whether what stands before a gap goes on behind it: a colon, a dash, or a comma that is none between the
/// cells of a table.
fn is_join(gap: &str) -> bool {
    let marks = gap.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | '~'));
    let is_colon = marks.chars().all(|c| c == ':');
    let is_mark = |c: char| matches!(c, ':' | ',' | ';' | '-' | '\u{2013}' | '\u{2014}');
    !marks.is_empty()
        && !gap.contains('\n')
        && marks.chars().all(is_mark)
        && (is_colon || gap.contains(char::is_whitespace))
}

impl Place<'_> {
    fn gap(&self, at: usize) -> Option<&str> {
        let (before, after) = (self.words.get(at.checked_sub(1)?)?, self.words.get(at)?);
        self.text.get(before.end..after.start)
    }

    fn is_one_of(&self, at: usize, list: &[&str]) -> bool {
        self.words.get(at).is_some_and(|word| list.contains(&word.folded.as_str()))
    }

    /// Whether word number `at` ends a time, as at the beginning of a log's line, or is the level behind it.
    fn is_time(&self, at: usize) -> bool {
        let is_number = |at: usize| {
            self.words.get(at).is_some_and(|word| word.folded.starts_with(|c: char| c.is_ascii_digit()))
        };
        let is_level = || self.is_one_of(at, LEVELS) && self.gap(at) == Some(" ");
        (is_number(at) && self.gap(at) == Some(":"))
            || (is_level() && at.checked_sub(1).is_some_and(is_number))
    }

    /// Whether a message that begins at word number `at` begins there for certain, so that it is another one
    /// than what stands before it.
    pub(super) fn begins(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.words.get(before));
        before.is_none_or(|word| is_introduced(&word.folded)) || self.gap(at).is_some_and(is_edge)
    }

    /// The words before number `end` that no punctuation parts from it.
    fn segment_before(&self, end: usize) -> std::ops::Range<usize> {
        let mut start = end.saturating_sub(1);
        while start > end.saturating_sub(SEGMENT) && self.gap(start).is_some_and(|gap| !is_edge(gap)) {
            stepped(1);
            start -= 1;
        }
        start..end
    }

    /// The same from number `start` on.
    fn segment_behind(&self, start: usize) -> std::ops::Range<usize> {
        let mut end = (start + 1).min(self.words.len());
        while end < start + SEGMENT && self.gap(end).is_some_and(|gap| !is_edge(gap)) {
            stepped(1);
            end += 1;
        }
        start..end
    }

    /// Whether what is joined to word number `at` only introduces it: words that say that something is said,
    /// a time or an address, another message, or words of another language, which cannot be judged. A whole
    /// sentence that names nothing else does so, too: "While updating the person in the target: …"; what else
    /// the message could be of is named in a word or two.
    fn is_introduction(&self, at: usize) -> bool {
        let segment = self.segment_before(at);
        let is_neutral =
            |word: &str| [INTRODUCES, REPORTS, GOES_ON, NEUTRAL].iter().any(|list| list.contains(&word));
        let decides = |at: usize| {
            self.known.get(at) == Some(&true)
                || self.gap(at).is_some_and(|gap| gap == "@")
                || self.words.get(at).is_some_and(|word| {
                    let folded = word.folded.as_str();
                    [OURS, OTHER_LANGUAGES].iter().any(|list| list.contains(&folded))
                        || folded.chars().any(|c| c.is_ascii_digit() || !c.is_ascii())
                })
        };
        let mut words = self.words.get(segment.clone()).unwrap_or_default().iter();
        let is_seen = at > 1 && self.is_one_of(at - 1, SEEN) && self.is_one_of(at - 2, SHOWN_TO);
        is_seen
            || segment.len() >= SENTENCE
            || segment.clone().any(decides)
            || words.all(|word| is_neutral(&word.folded))
    }

    /// Whether a label before word number `at` only says whose account the message is about: "Bob's account:
    /// …", "account of Ada: …", "user Bob: …". An account of something else is named without an owner: "Slack
    /// account: …".
    fn is_of_somebody(&self, at: usize) -> bool {
        let segment = self.segment_before(at);
        if segment.len() >= SENTENCE || self.gap(at).is_none_or(|gap| !gap.contains(':')) {
            return false;
        }
        let written = |at: usize| self.words.get(at).and_then(|word| self.text.get(word.start..word.end));
        let is_owner = |at: usize| {
            self.is_one_of(at, OWNERS)
                || written(at).is_some_and(|word| word.contains('\'') && word.ends_with('s'))
        };
        let is_name = |at: usize| {
            let begins = written(at).is_some_and(|word| word.starts_with(char::is_uppercase));
            begins && !self.is_one_of(at, OF_USERS)
        };
        segment.clone().filter(|at| self.is_one_of(*at, ACCOUNTS)).any(|account| {
            let mut behind = account + 1..segment.end;
            (segment.start..account).any(is_owner)
                || self.is_one_of(account + 1, OWNED_BY)
                || (!behind.is_empty() && self.is_one_of(account, PERSONS) && behind.all(is_name))
        })
    }

    /// Whether a validation stands beside validations of something else: their words end as its words do,
    /// and no such message is known.
    fn is_among_others(&self, (start, end): (usize, usize)) -> bool {
        let is_validation = |range: std::ops::Range<usize>| {
            let words = self.words.get(range).unwrap_or_default();
            words.iter().any(|word| VALIDATES.contains(&word.folded.as_str()))
        };
        let is_other = |range: std::ops::Range<usize>| {
            let known = self.known.get(range.clone()).unwrap_or_default();
            !known.contains(&true) && is_validation(range)
        };
        let is_near =
            |at: usize| self.gap(at).is_some_and(|gap| is_edge(gap) && gap.matches('\n').count() < 2);
        is_validation(start..end)
            && ((start > 0 && is_near(start) && is_other(self.segment_before(start)))
                || (is_near(end) && is_other(self.segment_behind(end))))
    }
}

/// Words between two marks of punctuation that are looked at.
const SEGMENT: usize = 12;
/// So many of them are a sentence, and no name of something.
const SENTENCE: usize = 6;

/// Whether before word number `at` stands only what GitLab writes there: the attribute's name, where it
/// verifies a configuration, or the status of an answer.
fn is_labelled(text: &str, words: &[Word], at: usize) -> bool {
    let word = |back: usize| at.checked_sub(back).and_then(|at| words.get(at));
    let begins = |back: usize| match (word(back + 1), word(back)) {
        (Some(before), Some(word)) => text.get(before.end..word.start).is_some_and(is_edge),
        _ => true,
    };
    let is = |back: usize, folded: &str| word(back).is_some_and(|word| word.folded == folded);
    let is_status = |word: &Word| {
        word.folded.len() == 3 && word.folded.starts_with(['4', '5']) && word.folded.parse::<u16>().is_ok()
    };
    (is(1, "response") && is(2, "xml")) || (word(1).is_some_and(is_status) && begins(1))
}

/// Whether the word before a message only introduces it.
fn is_introduced(before: &str) -> bool {
    INTRODUCES.contains(&before)
}

/// The subject of the words around a message.
#[derive(Default)]
struct Around {
    /// They have a word of another subject.
    foreign: bool,
    /// They have a word of sign-in or provisioning.
    ours: bool,
    /// They say that something is an error, or is shown.
    reported: bool,
}

/// The subject of what stands around the words, within the same paragraph.
fn around(words: &[Word], text: &str, (start, end): (usize, usize)) -> Around {
    const AROUND: usize = 12;
    let mut around = Around::default();
    let mut scan = |word: &Word| {
        stepped(1);
        let word = word.folded.as_str();
        around.foreign |= FOREIGN.contains(&word);
        around.ours |= OURS.contains(&word);
        around.reported |= REPORTS.contains(&word);
    };
    let ends = |before: Option<&Word>, after: Option<&Word>| match (before, after) {
        (Some(before), Some(after)) => {
            text.get(before.end..after.start).is_none_or(|gap| gap.matches('\n').count() > 1)
        }
        _ => true,
    };
    for at in (start.saturating_sub(AROUND)..start).rev() {
        if ends(words.get(at), words.get(at + 1)) {
            break;
        }
        words.get(at).into_iter().for_each(&mut scan);
    }
    for at in end..end + AROUND {
        if ends(at.checked_sub(1).and_then(|last| words.get(last)), words.get(at)) {
            break;
        }
        words.get(at).into_iter().for_each(&mut scan);
    }
    around
}
