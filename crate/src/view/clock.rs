//! The clocks of a sign-in as people read them: how far they are apart, and when the Response is valid.
//!
//! Each window is drawn on a line of its own: they last from minutes to hours. The picture says what the
//! sentence says: an end that is not written is at the edge, and a mark is inside of the bar if the instant
//! is within the time. Marks that lie far outside stand at the edges. The present is of interest only while
//! the sign-in is under way.

use crate::{
    base::{
        catalogue::Text,
        instant::{Timestamp, Zone, duration_text},
        severity::{Sentence, Severity},
    },
    case::Case,
    text,
    trace::{
        clock::{Clocks, Window, WindowPart, WindowStanding},
        exchange::Exchange,
    },
};
use serde::{Deserialize, Serialize};

/// The clocks of one sign-in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClockView {
    /// The differences between the clocks.
    pub skews: Vec<Sentence>,
    /// When the parts of the assertion are valid.
    pub windows: Vec<WindowView>,
}

/// When a part of the assertion is valid, drawn on a line of 1000 units.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WindowView {
    /// The name of the part.
    pub label: String,
    /// Its beginning, in units; at the edge where none is written.
    pub start: u16,
    /// Its end, in units; at the edge where none is written.
    pub end: u16,
    /// The times of its beginning and of its end, where they are written.
    pub ends: (Option<String>, Option<String>),
    /// The time that it lasts, where both are written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasts: Option<String>,
    /// The instants that are marked on the line.
    pub marks: Vec<TimeMark>,
    /// All of it in words, with how it lay when the Response arrived.
    pub sentence: Sentence,
}

/// An instant on the line of a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeMark {
    /// Its name: "Arrived", "Now".
    pub label: String,
    /// Its place, in units.
    pub at: u16,
}

/// The beginning and the end of a window on its line, where they are written.
const WRITTEN: (u16, u16) = (200, 800);
/// The same where they are not.
const OPEN: (u16, u16) = (0, 1000);
/// The limits for marks outside of it, to the left and to the right.
const EDGE: (i64, i64) = (15, 985);

/// Milliseconds from which on clocks are said to differ: nobody notices less.
const NOTICED: i64 = 30_000;

/// The clocks of a case; it is looked at by the browser's clock.
pub(super) fn clock(case: &Case<'_>) -> Option<ClockView> {
    let clocks = case.clocks()?;
    // Once GitLab has answered, nothing hangs on the present any more.
    let is_open = |exchange: &Exchange| exchange.response.is_none() && exchange.end.is_none();
    let is_under_way = case.flow.received(case.tracer).is_some_and(is_open) && clocks.arrived.is_some();
    let now = is_under_way.then(|| clocks.at_gitlab(case.now));
    let windows: Vec<_> =
        clocks.windows.iter().map(|window| window_view(window, clocks, now, case.zone)).collect();
    let skews = skews(clocks);
    (!windows.is_empty() || !skews.is_empty()).then_some(ClockView { skews, windows })
}

fn skews(clocks: &Clocks) -> Vec<Sentence> {
    let gitlab = clocks.gitlab.map(|skew| {
        let by = duration_text(skew.ahead.saturating_abs());
        let uncertain = duration_text(skew.uncertain);
        let (severity, text) = match skew.ahead {
            ahead if ahead.saturating_abs() <= skew.uncertain => {
                (Severity::Good, text!("clock.gitlab.same", uncertain = uncertain))
            }
            ahead if ahead > 0 => {
                (weight(ahead), text!("clock.gitlab.ahead", by = by, uncertain = uncertain))
            }
            behind => (weight(behind), text!("clock.gitlab.behind", by = by, uncertain = uncertain)),
        };
        Sentence { severity, text: text.to_string() }
    });
    let unseen = clocks.arrived.filter(|_| clocks.gitlab.is_none());
    let unseen = unseen
        .map(|_| Sentence { severity: Severity::Neutral, text: text!("clock.gitlab.unseen").to_string() });
    let issued = clocks.issued.zip(clocks.arrived_at_gitlab()).map(|(issued, (arrived, uncertain))| {
        let after = arrived.since(issued);
        let (severity, text) = if after < -uncertain.unwrap_or(1_000) {
            (Severity::Warning, text!("clock.issued.future", by = duration_text(after.saturating_abs())))
        } else {
            (Severity::Neutral, text!("clock.issued.past", by = duration_text(after.max(0))))
        };
        Sentence { severity, text: text.to_string() }
    });
    gitlab.into_iter().chain(unseen).chain(issued).collect()
}

fn weight(skew: i64) -> Severity {
    if skew.saturating_abs() > NOTICED { Severity::Warning } else { Severity::Info }
}

fn window_view(window: &Window, clocks: &Clocks, now: Option<Timestamp>, zone: Zone) -> WindowView {
    let label = match window.part {
        WindowPart::Conditions => text!("clock.window.conditions"),
        WindowPart::Confirmation => text!("clock.window.confirmation"),
        WindowPart::Session => text!("clock.window.session"),
    };
    let arrived = clocks.arrived_at_gitlab().map(|(arrived, _)| arrived);
    let line = TimeLine::of(window, arrived.or(clocks.issued));
    let mark = |label: Text, instant| TimeMark { label: label.to_string(), at: line.units(instant) };
    let marks = arrived.map(|arrived| mark(text!("clock.mark.arrived"), arrived)).into_iter();
    let lasts = window.from.zip(window.until).map(|(from, until)| duration_text(until.since(from)));
    let time = |at: Option<Timestamp>| at.map(|at| zone.time_of_day(at));
    WindowView {
        start: if window.from.is_some() { WRITTEN.0 } else { OPEN.0 },
        end: if window.until.is_some() { WRITTEN.1 } else { OPEN.1 },
        ends: (time(window.from), time(window.until)),
        marks: marks.chain(now.map(|now| mark(text!("clock.mark.now"), now))).collect(),
        sentence: in_words(window, &label, arrived, now, zone),
        lasts: lasts.map(|lasts| lasts.to_string()),
        label: label.to_string(),
    }
}

/// Milliseconds that a line with one written end shows at least on either side of it.
const SHORTEST: i64 = 60_000;

/// The instants that stand at [`WRITTEN`]; one that is not written is taken so that what is known has room.
struct TimeLine {
    from: Timestamp,
    until: Timestamp,
}

impl TimeLine {
    /// The line of `window`, with room for `known`.
    fn of(window: &Window, known: Option<Timestamp>) -> Self {
        let known = known.or(window.from).or(window.until).unwrap_or(Timestamp(0));
        let away = |end: Timestamp| known.since(end).saturating_abs().max(SHORTEST);
        let before = |until: Timestamp| Timestamp(until.0.saturating_sub(away(until)));
        let after = |from: Timestamp| Timestamp(from.0.saturating_add(away(from)));
        let from = window.from.or(window.until.map(before)).unwrap_or(known);
        let until = window.until.unwrap_or_else(|| after(from));
        TimeLine { from, until: until.max(Timestamp(from.0.saturating_add(1))) }
    }

    fn units(&self, instant: Timestamp) -> u16 {
        let (start, end) = (i128::from(WRITTEN.0), i128::from(WRITTEN.1));
        let (lasts, at) = (i128::from(self.until.since(self.from)), i128::from(instant.since(self.from)));
        let units = (start + (end - start) * at / lasts).clamp(i128::from(EDGE.0), i128::from(EDGE.1));
        u16::try_from(units).unwrap_or(WRITTEN.0)
    }
}

fn in_words(
    window: &Window,
    label: &Text,
    arrived: Option<Timestamp>,
    now: Option<Timestamp>,
    zone: Zone,
) -> Sentence {
    let time = |at: Timestamp| zone.day_and_time(at);
    let span = match (window.from, window.until) {
        (Some(from), Some(until)) => text!(
            "clock.span",
            from = time(from),
            until = time(until),
            duration = duration_text(until.since(from))
        ),
        (Some(from), None) => text!("clock.span.from", from = time(from)),
        (None, Some(until)) => text!("clock.span.until", until = time(until)),
        (None, None) => text!("clock.span.open"),
    };
    let standing = arrived.map(|arrived| window.standing(arrived));
    let (severity, came) = match standing {
        Some(WindowStanding::Open) => (Severity::Good, text!("clock.arrived.in-time")),
        Some(WindowStanding::Early(by)) => {
            (Severity::Warning, text!("clock.arrived.early", by = duration_text(by)))
        }
        Some(WindowStanding::Late(by)) => {
            (Severity::Warning, text!("clock.arrived.late", by = duration_text(by)))
        }
        None => (Severity::Neutral, text!("clock.arrived.unknown")),
    };
    // While GitLab has not answered, it can still become too late.
    let over = now.map(|now| window.standing(now)).filter(|now| Some(*now) != standing);
    let text = match over {
        Some(WindowStanding::Late(by)) => {
            text!("clock.window.over", label = label, span = span, came = came, by = duration_text(by))
        }
        _ => text!("clock.window", label = label, span = span, came = came),
    };
    Sentence { severity, text: text.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(from: Option<i64>, until: Option<i64>, arrived: Option<i64>, now: Option<i64>) -> WindowView {
        let instant = |at: Option<i64>| at.map(|at| Timestamp(at * 1_000));
        let window = Window { part: WindowPart::Conditions, from: instant(from), until: instant(until) };
        let clocks =
            Clocks { gitlab: None, arrived: instant(arrived), issued: Some(Timestamp(0)), windows: vec![] };
        window_view(&window, &clocks, instant(now), Zone::default())
    }

    #[test]
    fn a_mark_is_inside_of_the_bar_just_if_the_sentence_says_in_time() {
        for (from, until) in [(Some(0), Some(300)), (None, Some(300)), (Some(0), None)] {
            for arrived in [-900, -1, 0, 1, 299, 300, 301, 9_000] {
                let view = shown(from, until, Some(arrived), None);
                let at = view.marks[0].at;
                let is_inside = (view.start..view.end).contains(&at);
                let is_good = view.sentence.severity == Severity::Good;
                let is_close = [-1, 301].contains(&arrived);
                assert!(is_inside == is_good || is_close, "{from:?} {until:?} {arrived}: {view:?}");
                let says_so = view.sentence.text.contains("arrived in time");
                assert_eq!(says_so, is_good, "{view:?}");
            }
        }
    }

    #[test]
    fn an_end_that_is_not_written_is_at_the_edge_and_the_others_have_their_times() {
        let view = shown(None, Some(300), Some(10), None);
        assert_eq!((view.start, view.end), (0, 800));
        assert_eq!(view.ends, (None, Some("00:05:00 UTC".to_owned())));
        assert_eq!(view.lasts, None);
        let view = shown(Some(0), Some(330), Some(10), None);
        assert_eq!((view.start, view.end, view.lasts.as_deref()), (200, 800, Some("5 min 30 s")));
    }

    #[test]
    fn the_present_is_there_only_while_the_sign_in_is_under_way() {
        let labels = |view: &WindowView| view.marks.iter().map(|mark| mark.label.clone()).collect::<Vec<_>>();
        let over = shown(Some(0), Some(300), Some(10), None);
        assert_eq!(labels(&over), ["Arrived"]);
        assert!(!over.sentence.text.contains("now"), "{over:?}");
        let under_way = shown(Some(0), Some(300), Some(10), Some(400));
        assert_eq!(labels(&under_way), ["Arrived", "Now"]);
        assert!(under_way.sentence.text.contains("1 min 40 s ago"), "{under_way:?}");
    }
}
