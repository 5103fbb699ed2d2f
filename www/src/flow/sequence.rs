//! A sign-in as a sequence diagram: an SVG picture, and the same as a list of sentences.
//!
//! The list is what screen readers get; the picture is one image to them. Where there is no room for words
//! beside the arrows (side panel), the style sheet drops them and shows the list below, with the same
//! numbers. How an arrow is drawn is told by its line, the sign at its point and its words; colour comes on
//! top.

use crate::{
    base::signals::{each, live, part},
    parts::section::section_of,
};
use samlight::{
    base::instant::duration_text,
    text,
    view::{ArrowState, ArrowView, Participant, SequenceView},
};
use sycamore::prelude::*;
use sycamore::web::tags::{circle, div, g, li, line, ol, path, rect, span, svg};

/// Units of the drawing: about one pixel where there is room.
const WIDTH: usize = 740;
const FIRST_LANE: usize = 170;
const BETWEEN_LANES: usize = 245;
const HEAD: usize = 58;
const ROW: usize = 58;
/// Characters of a text that have room in the drawing; the list has it in full.
const ROOM: usize = 30;

/// The section; nothing while there is nothing to draw.
pub(crate) fn sequence(sequence: ReadSignal<SequenceView>) -> View {
    let arrows = part(sequence, |sequence| sequence.arrows.clone());
    section_of("sequence", &text!("ui.sequence.heading"), arrows, move || {
        div()
            .class("sequence-parts")
            .children((
                live(move || picture(&sequence.get_clone())),
                ol().class("sequence-steps").children(each(arrows, |at, _| at, in_words)),
            ))
            .into()
    })
}

fn in_words(arrow: ReadSignal<ArrowView>) -> View {
    li().attr("data-state", move || state_name(arrow.with(|arrow| arrow.state)))
        .children((
            span().children(live(move || arrow.with(|arrow| arrow.text.clone()))),
            span().class("note").children(live(move || {
                arrow.with(|arrow| arrow.note.as_ref().map(|note| format!(" {note}.")).unwrap_or_default())
            })),
            span()
                .class("quiet")
                .children(live(move || arrow.with(|arrow| format!(" {}", times(arrow).join(", "))))),
        ))
        .into()
}

/// When, and how long after the arrow before.
fn times(arrow: &ArrowView) -> Vec<String> {
    let since =
        arrow.since.map(|since| text!("ui.sequence.since", duration = duration_text(since)).to_string());
    arrow.time.clone().into_iter().chain(since).collect()
}

fn picture(sequence: &SequenceView) -> View {
    let height = HEAD + ROW * sequence.arrows.len() + 12;
    let lanes = sequence.participants.iter().enumerate().map(|(at, it)| participant(at, it, height));
    let arrows = sequence.arrows.iter().enumerate().map(|(at, it)| arrow(at, it));
    svg()
        .attr("viewBox", format!("0 0 {WIDTH} {height}"))
        .attr("role", "img")
        .attr("aria-label", text!("ui.sequence.label").to_string())
        .children((lanes.collect::<Vec<_>>(), arrows.collect::<Vec<_>>()))
        .into()
}

fn lane(at: usize) -> usize {
    FIRST_LANE + at * BETWEEN_LANES
}

fn participant(at: usize, participant: &Participant, height: usize) -> View {
    let x = lane(at);
    let place = participant.place.as_deref().unwrap_or_default();
    g().class("lane")
        .children((
            line()
                .attr("x1", x.to_string())
                .attr("x2", x.to_string())
                .attr("y1", "46")
                .attr("y2", height.to_string()),
            rect()
                .attr("x", (x - 70).to_string())
                .attr("y", "2")
                .attr("width", "140")
                .attr("height", "44")
                .attr("rx", "8"),
            match place.is_empty() {
                true => words("name alone", x, 29, &participant.name),
                false => words("name", x, 21, &participant.name),
            },
            words("place", x, 38, place),
        ))
        .into()
}

fn arrow(at: usize, arrow: &ArrowView) -> View {
    let y = HEAD + ROW * at + 32;
    let (from, to) = (lane(arrow.from), lane(arrow.to));
    let middle = from.midpoint(to);
    // The arrow ends a little before the line it leads to, so that its point is seen whole.
    let (tip, back) = if to > from { (to - 3, to - 12) } else { (to + 3, to + 12) };
    let note = arrow.note.as_deref().unwrap_or_default();
    g().class("arrow")
        .attr("data-state", state_name(arrow.state))
        .children((
            line()
                .class("shaft")
                .attr("x1", from.to_string())
                .attr("x2", back.to_string())
                .attr("y1", y.to_string())
                .attr("y2", y.to_string()),
            path().class("point").attr("d", format!("M{tip} {y} {back} {} {back} {}z", y - 6, y + 6)),
            sign(arrow.state, middle, y),
            circle().attr("cx", from.to_string()).attr("cy", y.to_string()).attr("r", "11"),
            words("number", from, y + 4, &(at + 1).to_string()),
            words("label", middle, y - 9, &arrow.label),
            words("note", middle, y + 22, note),
            words("when", 4, y - 1, arrow.time.as_deref().unwrap_or_default()),
            words("when", 4, y + 14, times(arrow).get(1).map_or("", String::as_str)),
        ))
        .into()
}

/// A cross on the arrow that failed, for those who do not see colours.
fn sign(state: ArrowState, x: usize, y: usize) -> View {
    let cross = format!("M{} {}l14 14m0-14l-14 14", x - 7, y - 7);
    if state == ArrowState::Failed { path().class("cross").attr("d", cross).into() } else { View::new() }
}

/// A text of the drawing, shortened to what has room.
fn words(class: &'static str, x: usize, y: usize, content: &str) -> View {
    let shown = match content.char_indices().nth(ROOM) {
        Some((end, _)) => format!("{}…", &content[..end]),
        None => content.to_owned(),
    };
    sycamore::web::tags::text()
        .class(class)
        .attr("x", x.to_string())
        .attr("y", y.to_string())
        .children(shown)
        .into()
}

fn state_name(state: ArrowState) -> &'static str {
    match state {
        ArrowState::Seen => "seen",
        ArrowState::Failed => "failed",
        ArrowState::NotSeen => "not-seen",
        ArrowState::Waiting => "waiting",
    }
}
