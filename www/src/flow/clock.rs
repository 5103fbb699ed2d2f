//! The clocks of a sign-in: how far they are apart in words, and when the Response is valid as bars with
//! "now" on them.
//!
//! To screen readers each bar is an image, and the sentence below it says the same. Where a bar has no end
//! that is written, it fades out by a dashed line.

use crate::{
    base::signals::{each, live, part, while_any},
    parts::severity,
};
use samlight::{
    text,
    view::{
        FlowView,
        clock::{ClockView, TimeMark, WindowView},
    },
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::tags::{div, g, h3, line, rect, section, svg};

/// The section; nothing while no times are known.
pub(crate) fn clock(flow: ReadSignal<Rc<FlowView>>) -> View {
    let shown = part(flow, |flow| flow.clock.clone().into_iter().collect::<Vec<ClockView>>());
    while_any(shown, move || {
        let skews = part(shown, |shown| shown.iter().flat_map(|clock| clock.skews.clone()).collect());
        let windows = part(shown, |shown| shown.iter().flat_map(|clock| clock.windows.clone()).collect());
        section()
            .class("clock")
            .children((
                h3().children(text!("ui.clock.heading").to_string()),
                div().children(each(skews, |at, _| at, severity::sentence)),
                div().children(each(windows, |at, _| at, window)),
            ))
            .into()
    })
}

fn window(window: ReadSignal<WindowView>) -> View {
    div()
        .class("window")
        .children((
            live(move || picture(&window.get_clone())),
            severity::sentence(part(window, |window| window.sentence.clone())),
        ))
        .into()
}

fn picture(window: &WindowView) -> View {
    let marks = window.marks.iter().enumerate().map(|(at, it)| mark(at, it)).collect::<Vec<_>>();
    let edge = |x: u16, written: bool| {
        let class = if written { "edge" } else { "edge open" };
        line()
            .class(class)
            .attr("x1", x.to_string())
            .attr("x2", x.to_string())
            .attr("y1", "22")
            .attr("y2", "50")
    };
    svg()
        .class("window-line")
        .attr("viewBox", "0 0 1000 72")
        .attr("role", "img")
        .attr("aria-label", text!("ui.clock.picture", label = window.label).to_string())
        .children((
            line().class("line").attr("x1", "0").attr("x2", "1000").attr("y1", "36").attr("y2", "36"),
            rect()
                .class("valid")
                .attr("x", window.start.to_string())
                .attr("y", "26")
                .attr("width", (window.end.saturating_sub(window.start)).to_string())
                .attr("height", "20"),
            edge(window.start, window.bounded.0),
            edge(window.end, window.bounded.1),
            marks,
        ))
        .into()
}

/// A line across, its name above or, every other one, below.
fn mark(number: usize, mark: &TimeMark) -> View {
    let y = if number.is_multiple_of(2) { "16" } else { "68" };
    let anchor = match mark.at {
        0..150 => "start",
        150..850 => "middle",
        _ => "end",
    };
    g().class("time-mark")
        .children((
            line()
                .attr("x1", mark.at.to_string())
                .attr("x2", mark.at.to_string())
                .attr("y1", "20")
                .attr("y2", "52"),
            sycamore::web::tags::text()
                .attr("x", mark.at.to_string())
                .attr("y", y)
                .attr("text-anchor", anchor)
                .children(mark.label.clone()),
        ))
        .into()
}
