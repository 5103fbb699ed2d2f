//! [`Older`]: how many of the sign-ins that are over have a problem, so that a starting worker can leave them
//! unread.
//!
//! The toolbar shows how many sign-ins have a problem, and a worker that is woken must show it again. To find
//! it out anew, each sign-in of the trace would have to be read and each signature be verified. So what was
//! found in the ones that are over is counted, and the count is kept beside the events that it follows from,
//! with what tells whether it is still theirs ([`Closed`]). That is the one thing derived that is stored. It
//! is made by this version of Samlight, of exactly these events, with nothing else known beside them, or it
//! is thrown away and everything is read. Whoever looks at a sign-in reads it; nothing but the count is ever
//! taken from here.

use super::lines::{Lines, WAITING};
use crate::{
    base::instant::Timestamp,
    event::Event,
    trace::{closed::Closed, tracer::Tracer},
};
/// The number of sign-ins from which on those that are over are counted for the next worker.
const MANY: usize = 12;

/// The sign-ins that are over, with what was found in them.
#[derive(Clone, Debug, PartialEq)]
struct Counted {
    closed: Closed,
    /// The number of those that have a warning or an error.
    problems: usize,
    /// The newest sign-ins, which are read, and what was found in them: whether it is a problem.
    open: Vec<(u64, bool)>,
}

impl Counted {
    /// The version of Samlight, the two events of the closed part, and numbers.
    fn written(&self) -> String {
        let (until, last, numbers) = self.closed.written();
        let sizes = [self.problems as u64, self.open.len() as u64];
        let open = self.open.iter().flat_map(|(mark, is)| [*mark, u64::from(*is)]);
        let mut text = format!("{} {until} {last}", env!("CARGO_PKG_VERSION"));
        for number in sizes.into_iter().chain(open).chain(numbers) {
            text.push(' ');
            text.push_str(&number.to_string());
        }
        text
    }

    /// The one that was written so; absent where it was not, or by another version.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        parts.next().filter(|version| *version == env!("CARGO_PKG_VERSION"))?;
        let (until, last) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let numbers: Vec<u64> = parts.map(|number| number.parse().ok()).collect::<Option<_>>()?;
        let [problems, count, rest @ ..] = numbers.as_slice() else { return None };
        let (open, rest) = rest.split_at_checked(usize::try_from(*count).ok()?.checked_mul(2)?)?;
        let open = open.chunks_exact(2).filter_map(|of| match of {
            [mark, is] => Some((*mark, *is != 0)),
            _ => None,
        });
        let problems = usize::try_from(*problems).ok()?;
        Some(Counted { problems, open: open.collect(), closed: Closed::read(until, last, rest)? })
    }
}

/// The older part of a worker's trace, as far as it is counted.
#[derive(Clone, Debug, Default)]
pub struct Older {
    counted: Option<Counted>,
    /// Whether the trace was replayed without it.
    is_unread: bool,
    /// Something does not fit what was counted: nothing may be said before all is read.
    is_met: bool,
    /// The count changed since it was last taken to be stored.
    is_news: bool,
}

impl Older {
    /// The count that an earlier worker stored, where it is of these events: each is told by its id and
    /// kind, in order.
    pub fn kept<'a>(
        stored: &str,
        events: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> (Self, Option<Vec<usize>>) {
        // Anything that cannot be read was written by another version.
        let counted = Counted::read(stored);
        let left = counted.as_ref().and_then(|it| it.closed.left(events));
        let counted = counted.filter(|_| left.is_some());
        // What is of no use goes.
        let is_news = counted.is_none() && !stored.is_empty();
        (Older { counted, is_news, ..Older::default() }, left)
    }

    /// The trace of `events`, those that [`kept`](Self::kept) said must be read.
    pub fn replay_open(&mut self, events: impl IntoIterator<Item = (Event, usize)>) -> Tracer {
        let Some(counted) = &self.counted else { return Tracer::replay_stored(events) };
        let events: Vec<(Event, usize)> = events.into_iter().collect();
        let tracer = Tracer::replay_open(events.iter().cloned(), &counted.closed);
        self.is_unread = true;
        self.is_met = events.iter().any(|(event, _)| counted.closed.is_met_by(&tracer, event));
        tracer
    }

    /// Notes that `tracer` is the trace of all the events.
    pub fn all_read(&mut self, tracer: &Tracer) {
        self.is_unread = false;
        if std::mem::take(&mut self.is_met) || self.counted.as_ref().is_some_and(|it| !it.closed.fits(tracer))
        {
            self.forget();
        }
    }

    /// Notes that the trace has just taken in `event`.
    pub fn observed(&mut self, tracer: &Tracer, event: &Event) {
        let Some(Counted { closed, .. }) = &self.counted else { return };
        if closed.is_met_by(tracer, event) {
            self.doubt();
        }
    }

    /// Whether everything must be read before anything is said.
    pub fn must_read(&self) -> bool {
        self.is_met
    }

    /// Whether a part of the trace is not read.
    pub fn is_unread(&self) -> bool {
        self.is_unread
    }

    /// The number of sign-ins that have a warning or an error, as it is counted; absent where one must be
    /// looked at.
    pub fn counted(&self, tracer: &Tracer) -> Option<usize> {
        let Some(Counted { closed, problems, open }) = &self.counted else {
            return tracer.flows().is_empty().then_some(0);
        };
        if self.is_met || knows_people(tracer) || !closed.holds(tracer) || open.len() > MANY {
            return None;
        }
        let left = tracer.flows().iter().filter(|flow| !closed.has(tracer, flow));
        let marks = left.map(|flow| closed.mark(tracer, flow));
        let is_told = marks.eq(open.iter().map(|(mark, _)| Some(*mark)));
        is_told.then(|| problems + open.iter().filter(|(_, is)| *is).count())
    }

    /// The number of sign-ins that have a warning or an error; absent where everything must be read first.
    pub fn problems(&mut self, lines: &mut Lines, tracer: &mut Tracer, now: Timestamp) -> Option<usize> {
        let is_of_worker = knows_people(tracer);
        if self.counted.as_ref().is_some_and(|counted| is_of_worker || !counted.closed.holds(tracer)) {
            self.doubt();
        }
        if self.is_met {
            return None;
        }
        let counted = self.counted.take();
        let found = lines.found(tracer, now, counted.as_ref().map(|it| (&it.closed, it.open.as_slice())));
        let problems = found.problems + counted.as_ref().map_or(0, |counted| counted.problems);
        let before = counted.map(|before| {
            self.is_news |= before.open != found.open;
            Counted { open: found.open, ..before }
        });
        self.counted = match found.flows {
            ..=MANY => before,
            _ if is_of_worker => before,
            _ => self.counted_anew(before, lines, tracer, now, problems),
        };
        Some(problems)
    }

    /// The text to be stored for the next worker: JSON, or empty where nothing was counted. Absent where that
    /// is what it was.
    pub fn take_news(&mut self) -> Option<String> {
        std::mem::take(&mut self.is_news)
            .then(|| self.counted.as_ref().map(Counted::written).unwrap_or_default())
    }

    /// The count of what is over by now, of so many problems of all; what was counted before, where that is
    /// all.
    fn counted_anew(
        &mut self,
        before: Option<Counted>,
        lines: &mut Lines,
        tracer: &mut Tracer,
        now: Timestamp,
        problems: usize,
    ) -> Option<Counted> {
        let Some(closed) = Closed::of(tracer, before.as_ref().map(|it| &it.closed), now, WAITING) else {
            return before;
        };
        let found = lines.found(tracer, now, Some((&closed, &[])));
        self.is_news = true;
        Some(Counted { closed, problems: problems.saturating_sub(found.problems), open: found.open })
    }

    /// Notes that the count may be wrong.
    fn doubt(&mut self) {
        if self.is_unread {
            self.is_met = true;
        } else {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.is_news |= self.counted.take().is_some();
    }
}

/// Whether it knows what a group's members are known by, which this worker alone does.
fn knows_people(tracer: &Tracer) -> bool {
    tracer.managed().is_some_and(|managed| !managed.emails.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::counted::{Counts, counted};
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::json;

    const BEGIN: i64 = 1_767_258_000_000;

    /// Responses of their own, each posted in one event.
    fn posted(count: usize) -> Vec<(Event, usize)> {
        let event = |number: usize| {
            let xml = format!("<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_r{number}'/>");
            let json = json!({
                "id": format!("{:013}-older-000001", BEGIN + 60_000 * number as i64), "kind": "request",
                "request": number.to_string(), "tab": 1, "method": "POST",
                "url": "https://gitlab.com/groups/acme/-/saml/callback", "body": "form",
                "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]],
            });
            (serde_json::from_value(json.clone()).unwrap(), json.to_string().len())
        };
        (0..count).map(event).collect()
    }

    /// However many sign-ins are stored, the first badge looks at none, and one after a new event at that
    /// event's.
    #[test]
    fn the_first_badge_verifies_nothing_and_the_next_one_what_is_new() {
        for count in [40, 400] {
            let mut events = posted(count + 1);
            let new = events.pop().unwrap();
            let now = new.0.id.time;
            let mut tracer = Tracer::replay_stored(events.clone());
            let (mut older, mut lines) = (Older::default(), Lines::default());
            let said = older.problems(&mut lines, &mut tracer, now);
            assert_eq!(said, Some(count));
            let stored = older.take_news().unwrap();
            let ids: Vec<String> = events.iter().map(|(event, _)| event.id.to_string()).collect();
            let (mut older, left) = Older::kept(&stored, ids.iter().map(|id| (id.as_str(), "request")));
            let left = left.unwrap();
            assert!(left.len() < 5, "{left:?}");
            let mut tracer = older.replay_open(left.iter().map(|at| events[*at].clone()));
            let mut lines = Lines::default();
            let (first, work) = counted(|| older.problems(&mut lines, &mut tracer, now));
            assert_eq!((first, work), (said, Counts { compared: 0, judged: 0, verified: 0 }));
            tracer.observe_stored(&new.0, new.1);
            older.observed(&tracer, &new.0);
            let (next, work) = counted(|| older.problems(&mut lines, &mut tracer, now));
            assert_eq!((next, work.compared, work.verified), (Some(count + 1), 1, 1));
        }
    }
}
