//! The clocks of a sign-in as people read them: how far they are apart, and when the Response is valid.
//!
//! Each window is drawn on a line of its own: they last from minutes to hours. Marks that lie outside stand
//! at the ends.

use crate::{
    base::{
        catalogue::Text,
        instant::{Timestamp, duration_text},
        severity::{Sentence, Severity},
    },
    case::Case,
    text,
    trace::clock::{Clocks, Window, WindowPart, WindowStanding},
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
    /// Its beginning, in units.
    pub start: u16,
    /// Its end, in units.
    pub end: u16,
    /// Whether it has a beginning and an end that are written.
    pub bounded: (bool, bool),
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

/// The beginning and the end of a window on its line.
const START: u16 = 200;
const END: u16 = 800;
/// The limits for marks outside of it, to the left and to the right.
const EDGE: (i64, i64) = (15, 985);

/// Milliseconds from which on clocks are said to differ: nobody notices less.
const NOTICED: i64 = 30_000;

/// The clocks of a case; it is looked at by the browser's clock.
pub(super) fn clock(case: &Case<'_>) -> Option<ClockView> {
    let clocks = case.clocks()?;
    let windows: Vec<_> = clocks.windows.iter().map(|window| window_view(window, clocks, case.now)).collect();
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

fn window_view(window: &Window, clocks: &Clocks, now: Timestamp) -> WindowView {
    let label = match window.part {
        WindowPart::Conditions => text!("clock.window.conditions"),
        WindowPart::Confirmation => text!("clock.window.confirmation"),
        WindowPart::Session => text!("clock.window.session"),
    };
    let arrived = clocks.arrived_at_gitlab().map(|(arrived, _)| arrived);
    let now = clocks.at_gitlab(now);
    // An end that is not written is drawn where the message came to be known.
    let known = arrived.or(clocks.issued).unwrap_or(now);
    let from =
        window.from.or(clocks.issued.filter(|issued| window.until.is_none_or(|until| *issued < until)));
    let from = from.unwrap_or(known);
    let until = window.until.unwrap_or(known).max(Timestamp(from.0.saturating_add(1)));
    let unit = |instant: Timestamp| {
        let (lasts, at) = (i128::from(until.since(from)), i128::from(instant.since(from)));
        let units = i128::from(START) + i128::from(END - START) * at / lasts;
        let bounded = units.clamp(i128::from(EDGE.0), i128::from(EDGE.1));
        u16::try_from(bounded).unwrap_or(START)
    };
    let mark = |label: Text, instant| TimeMark { label: label.to_string(), at: unit(instant) };
    let marks = arrived.map(|arrived| mark(text!("clock.mark.arrived"), arrived)).into_iter();
    WindowView {
        start: START,
        end: END,
        bounded: (window.from.is_some(), window.until.is_some()),
        marks: marks.chain([mark(text!("clock.mark.now"), now)]).collect(),
        sentence: in_words(window, &label, arrived, now),
        label: label.to_string(),
    }
}

fn in_words(window: &Window, label: &Text, arrived: Option<Timestamp>, now: Timestamp) -> Sentence {
    let instant =
        |instant: Option<Timestamp>| instant.map_or(text!("clock.open"), |at| text!("clock.at", time = at));
    let (from, until) = (instant(window.from), instant(window.until));
    let standing = |at: Timestamp| match window.standing(at) {
        WindowStanding::Open => text!("clock.standing.open"),
        WindowStanding::Early(by) => text!("clock.standing.early", by = duration_text(by)),
        WindowStanding::Late(by) => text!("clock.standing.late", by = duration_text(by)),
    };
    let severity = match arrived.map(|arrived| window.standing(arrived)) {
        Some(WindowStanding::Open) => Severity::Good,
        Some(_) => Severity::Warning,
        None => Severity::Neutral,
    };
    let text = match arrived {
        Some(arrived) => text!(
            "clock.window.arrived",
            label = label,
            from = from,
            until = until,
            arrived = standing(arrived),
            now = standing(now)
        ),
        None => text!("clock.window.only", label = label, from = from, until = until, now = standing(now)),
    };
    Sentence { severity, text: text.to_string() }
}
