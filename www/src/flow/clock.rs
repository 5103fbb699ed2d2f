//! The clocks of a sign-in: how far they are apart in words, and when the Response is valid as bars with
//! its arrival on them.
//!
//! To screen readers each bar is an image, and the sentence below it says the same. A bar whose end is not
//! written runs to the edge of the picture; an end that is written has a line and its time.

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
    let is_alone = window.marks.len() == 1;
    let marks = window.marks.iter().enumerate();
    let marks = marks.map(|(at, it)| mark(if is_alone { None } else { Some(at) }, it)).collect::<Vec<_>>();
    let edge = |x: u16, time: &Option<String>| {
        time.as_ref().map(|time| {
            View::from((
                line()
                    .class("edge")
                    .attr("x1", x.to_string())
                    .attr("x2", x.to_string())
                    .attr("y1", "24")
                    .attr("y2", "56"),
                words("end", x, "78", time.clone()),
            ))
        })
    };
    let middle = window.start.midpoint(window.end);
    let lasts = window.lasts.as_ref().map(|lasts| words("lasts", middle, "78", lasts.clone()));
    svg()
        .class("window-line")
        .attr("viewBox", "0 0 1000 84")
        .attr("role", "img")
        .attr("aria-label", text!("ui.clock.picture", label = window.label).to_string())
        .children((
            line().class("line").attr("x1", "0").attr("x2", "1000").attr("y1", "40").attr("y2", "40"),
            rect()
                .class("valid")
                .attr("x", window.start.to_string())
                .attr("y", "30")
                .attr("width", (window.end.saturating_sub(window.start)).to_string())
                .attr("height", "20"),
            edge(window.start, &window.ends.0),
            edge(window.end, &window.ends.1),
            lasts,
            marks,
        ))
        .into()
}

/// A line across with its name above. Of several (`number`) the first is the earliest: its name is on its
/// left side, so that the names do not lie on each other.
fn mark(number: Option<usize>, mark: &TimeMark) -> View {
    let x = mark.at.to_string();
    let anchor = match (number, mark.at) {
        (_, 0..80) => "start",
        (_, 920..) => "end",
        (None, _) => "middle",
        (Some(0), _) => "end",
        (Some(_), _) => "start",
    };
    g().class("time-mark")
        .children((
            line().attr("x1", x.clone()).attr("x2", x.clone()).attr("y1", "20").attr("y2", "56"),
            sycamore::web::tags::text()
                .attr("x", x)
                .attr("y", "16")
                .attr("text-anchor", anchor)
                .children(mark.label.clone()),
        ))
        .into()
}

fn words(class: &'static str, x: u16, y: &'static str, content: String) -> View {
    sycamore::web::tags::text()
        .class(class)
        .attr("x", x.to_string())
        .attr("y", y)
        .attr("text-anchor", "middle")
        .children(content)
        .into()
}
