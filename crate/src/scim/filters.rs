//! [`Filters`]: the filters of a list of requests, lines and events.
//!
//! What has no group or no time cannot be asked for it: each reader says what becomes of that. Leaves out
//! the story of a person, which joins before it filters ([`story`](super::story)).

use super::{evidence::Asked, log::top_level};
use crate::base::instant::Timestamp;

/// The filters; the default is everything.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Filters<'a> {
    /// The top-level group.
    pub group: Option<&'a str>,
    /// A value of the person.
    pub value: Option<&'a str>,
    /// The time.
    pub period: Period,
}

/// A time from one instant to before another one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Period {
    /// Its beginning; without it, it has none.
    pub since: Option<Timestamp>,
    /// Its end; without it, it has none.
    pub until: Option<Timestamp>,
}

impl<'a> Filters<'a> {
    /// The filters among what is asked.
    pub(super) fn of(asked: &'a Asked) -> Self {
        Filters { group: top_level(asked), value: asked.value.as_deref(), period: asked.period() }
    }

    /// Whether the group is the one that is asked for; nothing where the thing names none.
    pub(super) fn is_group(self, group: Option<&str>) -> Option<bool> {
        let Some(wanted) = self.group else { return Some(true) };
        let top = group?.split('/').next().unwrap_or_default();
        Some(top.eq_ignore_ascii_case(wanted))
    }
}

impl Period {
    /// Whether it is any time.
    pub(super) fn is_any(self) -> bool {
        self == Period::default()
    }

    /// Whether an instant is in it. What has no time may be.
    pub(super) fn has(self, at: Option<Timestamp>) -> bool {
        let is_before = |at| self.until.is_none_or(|until| at < until);
        at.is_none_or(|at| self.since.is_none_or(|since| at >= since) && is_before(at))
    }
}
