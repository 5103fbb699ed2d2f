//! Things of a log that say the same, told once: how often, and from when to when.
//!
//! Leaves out: what makes two of them the same, which each kind of record knows.

use crate::{
    base::{catalogue::Text, instant::Timestamp},
    text,
};

/// The number of things that say the same, and their times.
#[derive(Clone, Copy, Debug)]
pub(super) struct Repeats {
    times: usize,
    /// The first time and the last one; absent where none is known.
    span: Option<(Timestamp, Timestamp)>,
}

impl Repeats {
    /// One thing, with its time where that is known.
    pub(super) fn once(at: Option<Timestamp>) -> Self {
        Repeats { times: 1, span: at.map(|at| (at, at)) }
    }

    /// Takes in others that say the same.
    pub(super) fn fold(&mut self, other: Self) {
        self.times += other.times;
        self.span = match (self.span, other.span) {
            (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
            (span, other) => span.or(other),
        };
    }

    /// Their number.
    pub(super) fn times(self) -> usize {
        self.times
    }

    /// The first time.
    pub(super) fn first(self) -> Option<Timestamp> {
        self.span.map(|(first, _)| first)
    }

    /// The sentence on their number, where there is more than one.
    pub(super) fn often(self) -> Option<Text> {
        (self.times > 1).then(|| match self.span {
            Some((first, last)) => {
                let (first, last) = (first.day_and_time(), last.day_and_time());
                text!("provider-log.often", times = self.times, first = first, last = last)
            }
            None => text!("logged.often", times = self.times),
        })
    }
}
