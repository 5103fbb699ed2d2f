//! The picture of a sequence diagram as shapes ([`Drawn`]): the parties, a row for each arrow, the legend.
//!
//! Method and status are beside the name of what an arrow carries, the path or its fault below it. A wait has
//! a band of its own, as high as any other: how long it was is said in words.

use super::{
    drawing::{Anchor, Paint, Shape},
    sequence::times,
};
use samlight::view::{ArrowState, ArrowView, LegendView, Participant, SequenceView};

/// Units of the drawing: about one pixel where there is room.
pub(super) const WIDTH: usize = 640;
const FIRST_LANE: usize = 128;
const BETWEEN_LANES: usize = 208;
const BOX: usize = 190;
const HEAD: usize = 54;
const ROW: usize = 60;
const PAUSE: usize = 36;
const LEGEND: usize = 22;
/// Characters of a text that have room beside an arrow.
const ROOM: usize = 27;

/// The shapes of the picture, by what they belong to.
pub(super) struct Drawn {
    pub(super) heads: Vec<Shape>,
    pub(super) lanes: Vec<Shape>,
    pub(super) rows: Vec<Vec<Shape>>,
    pub(super) legend: Vec<Shape>,
    /// The end of the heads.
    pub(super) top: usize,
    pub(super) height: usize,
}

impl Drawn {
    /// All shapes, from back to front.
    pub(super) fn all(self) -> Vec<Shape> {
        let rows = self.rows.into_iter().flatten();
        self.heads.into_iter().chain(self.lanes).chain(rows).chain(self.legend).collect()
    }
}

/// The picture of `sequence`.
pub(super) fn drawn(sequence: &SequenceView) -> Drawn {
    let mut y = HEAD;
    let mut rows = Vec::new();
    for (at, arrow) in sequence.arrows.iter().enumerate() {
        let mut shapes = Vec::new();
        if let Some(pause) = &arrow.pause {
            shapes.extend(band(pause, y));
            y += PAUSE;
        }
        shapes.extend(row(at, arrow, y));
        y += ROW;
        rows.push(shapes);
    }
    let end = y;
    let legend: Vec<Shape> =
        sequence.legend.iter().enumerate().flat_map(|(at, it)| meaning(it, end + 24 + at * LEGEND)).collect();
    let height = end + 12 + sequence.legend.len() * LEGEND + if legend.is_empty() { 0 } else { 12 };
    let lanes = (0..sequence.participants.len()).map(|at| {
        let lane = lane(at);
        line("lane", (lane, HEAD - 8), (lane, end), Paint::Line, 2.0, &[])
    });
    Drawn {
        heads: sequence.participants.iter().enumerate().flat_map(|(at, it)| head(at, it)).collect(),
        lanes: lanes.collect(),
        rows,
        legend,
        top: HEAD,
        height,
    }
}

fn lane(at: usize) -> usize {
    FIRST_LANE + at * BETWEEN_LANES
}

fn head(at: usize, participant: &Participant) -> Vec<Shape> {
    let x = lane(at);
    let left = x - BOX / 2;
    let place = participant.place.as_deref().unwrap_or_default();
    let y = if place.is_empty() { 29 } else { 21 };
    vec![
        path("head", format!("M{left} 2h{BOX}v44h-{BOX}z"), Paint::Sunken, Paint::Line, 1.0),
        words("name", (x, y), 13.0, true, Paint::Ink, Anchor::Middle, &participant.name),
        words("place", (x, 38), 11.5, false, Paint::Quiet, Anchor::Middle, place),
    ]
}

/// A wait, across all lanes.
fn band(pause: &str, y: usize) -> [Shape; 2] {
    let middle = lane(1);
    [
        path(
            "pause",
            format!("M4 {}h{}v26h-{}z", y + 4, WIDTH - 8, WIDTH - 8),
            Paint::Sunken,
            Paint::Line,
            1.0,
        ),
        words("pause", (middle, y + 21), 12.0, false, Paint::Quiet, Anchor::Middle, pause),
    ]
}

fn colour(state: ArrowState) -> Paint {
    match state {
        ArrowState::Seen => Paint::Accent,
        ArrowState::Failed => Paint::Error,
        ArrowState::NotSeen | ArrowState::Waiting => Paint::Quiet,
    }
}

fn shaft(state: ArrowState, from: usize, to: usize, y: usize) -> Shape {
    let (width, dash): (f64, &'static [f64]) = match state {
        ArrowState::Seen => (2.0, &[]),
        ArrowState::Failed => (3.5, &[]),
        ArrowState::NotSeen => (2.0, &[3.0, 5.0]),
        ArrowState::Waiting => (2.0, &[10.0, 6.0]),
    };
    line("shaft", (from, y), (to, y), colour(state), width, dash)
}

fn row(at: usize, arrow: &ArrowView, top: usize) -> Vec<Shape> {
    let y = top + 32;
    let (from, to) = (lane(arrow.from), lane(arrow.to));
    let middle = from.midpoint(to);
    let paint = colour(arrow.state);
    // The arrow ends a little before the line it leads to, so that its point is seen whole.
    let (tip, back) = if to > from { (to - 3, to - 12) } else { (to + 3, to + 12) };
    let failed = arrow.state == ArrowState::Failed;
    let (ink, quiet) = if failed { (Paint::Error, Paint::Error) } else { (Paint::Ink, Paint::Quiet) };
    let label = match &arrow.http {
        Some(http) => format!("{http} {}", arrow.label),
        None => arrow.label.clone(),
    };
    let under = arrow.note.as_ref().or(arrow.place.as_ref()).map_or("", String::as_str);
    let times = times(arrow);
    let time = |at: usize| times.get(at).map_or("", String::as_str);
    let (time, since) = if arrow.time.is_some() { (time(0), time(1)) } else { ("", time(0)) };
    let when =
        |y: usize, content: &str| words("when", (4, y), 11.5, false, Paint::Quiet, Anchor::Start, content);
    let mut shapes = vec![
        // The room that can be clicked, and the frame of the focus.
        path(
            "hit",
            format!("M1 {}h{}v{}h-{}z", top + 2, WIDTH - 2, ROW - 4, WIDTH - 2),
            Paint::Nothing,
            Paint::Nothing,
            2.0,
        ),
        shaft(arrow.state, from, back, y),
        path("point", format!("M{tip} {y} {back} {} {back} {}z", y - 6, y + 6), paint, Paint::Nothing, 0.0),
    ];
    if failed {
        // For those who do not see colours.
        let cross = format!("M{} {}l14 14m0-14l-14 14", middle - 7, y - 7);
        shapes.push(path("cross", cross, Paint::Nothing, paint, 3.5));
    }
    let circle = format!("M{} {y}a11 11 0 1 0 22 0a11 11 0 1 0-22 0z", from - 11);
    shapes.extend([
        path("number", circle, Paint::Surface, paint, 2.0),
        words("number", (from, y + 4), 12.0, true, Paint::Ink, Anchor::Middle, &(at + 1).to_string()),
        words("label", (middle, y - 10), 13.0, true, ink, Anchor::Middle, &label),
        words("note", (middle, y + 20), 11.5, false, quiet, Anchor::Middle, under),
        when(y - 1, time),
        when(y + 14, since),
    ]);
    shapes
}

fn meaning(legend: &LegendView, y: usize) -> [Shape; 2] {
    let content = legend.text.as_str();
    [
        shaft(legend.state, 12, 52, y - 4),
        Shape::Words {
            class: "meaning",
            x: 62,
            y,
            size: 12.0,
            is_bold: false,
            paint: Paint::Quiet,
            anchor: Anchor::Start,
            content: content.to_owned(),
        },
    ]
}

fn path(class: &'static str, d: String, fill: Paint, stroke: Paint, width: f64) -> Shape {
    Shape::Path { class, d, fill, stroke, width, dash: &[] }
}

fn line(
    class: &'static str,
    (x, y): (usize, usize),
    (to_x, to_y): (usize, usize),
    stroke: Paint,
    width: f64,
    dash: &'static [f64],
) -> Shape {
    let d = format!("M{x} {y}L{to_x} {to_y}");
    Shape::Path { class, d, fill: Paint::Nothing, stroke, width, dash }
}

/// A text, shortened to what has room.
fn words(
    class: &'static str,
    (x, y): (usize, usize),
    size: f64,
    is_bold: bool,
    paint: Paint,
    anchor: Anchor,
    content: &str,
) -> Shape {
    let content = match content.char_indices().nth(ROOM) {
        Some((end, _)) => format!("{}…", &content[..end]),
        None => content.to_owned(),
    };
    Shape::Words { class, x, y, size, is_bold, paint, anchor, content }
}
