//! A sign-in as a sequence diagram: a picture where there is room, a list of sentences where there is none.
//!
//! Either of them is there, never both; the style sheet chooses by the room. In the picture each arrow has a
//! name for those who do not see it, and an arrow with a message is a button that leads to the message. How
//! an arrow is drawn is told by its line, the sign at its middle and its words; colour comes on top. Three
//! buttons copy the diagram for a ticket: the core's text for Mermaid, and the picture as SVG and as PNG.

use super::{
    drawing::{self, Shape},
    message,
    sequence_picture::{self, Drawn, WIDTH},
};
use crate::{
    app::{App, DetailTab},
    base::signals::{each, live, part},
    parts::{
        controls::{self, copy_as},
        section::section_of,
    },
};
use samlight::{
    base::instant::duration_text,
    text,
    view::{ArrowState, ArrowView, LegendView, SequenceView},
};
use sycamore::prelude::*;
use sycamore::web::{
    events,
    tags::{button, div, g, li, ol, span, svg, ul},
};

/// The section; nothing while there is nothing to draw.
pub(crate) fn sequence(app: &App, sequence: ReadSignal<SequenceView>) -> View {
    let arrows = part(sequence, |sequence| sequence.arrows.clone());
    let legend = part(sequence, |sequence| sequence.legend.clone());
    let app = app.clone();
    section_of("sequence", &text!("ui.sequence.heading"), arrows, move || {
        let (shown, listed) = (app.clone(), app.clone());
        div()
            .class("sequence-parts")
            .children((
                live(move || picture(&shown, &sequence.get_clone())),
                ol().class("sequence-steps").children(each(
                    arrows,
                    |at, _| at,
                    move |arrow| in_words(&listed, arrow),
                )),
                ul().class("sequence-legend quiet").children(each(legend, |at, _| at, meaning)),
                copies(&app, sequence),
            ))
            .into()
    })
}

/// One arrow where there is no room for the picture.
fn in_words(app: &App, arrow: ReadSignal<ArrowView>) -> View {
    let text = part(arrow, |arrow| arrow.text.clone());
    let message = part(arrow, |arrow| arrow.message);
    let app = app.clone();
    let under = |pick: fn(&ArrowView) -> Option<String>| {
        live(move || arrow.with(pick).map(|words| View::from(span().class("under").children(words))))
    };
    li().attr("data-state", move || state_name(arrow.with(|arrow| arrow.state)))
        .children((
            live(move || {
                let pause = arrow.with(|arrow| arrow.pause.clone());
                pause.map(|pause| View::from(span().class("pause").children(pause)))
            }),
            live(move || match message.get() {
                None => View::from(span().class("what").children(live(move || text.get_clone()))),
                Some(at) => {
                    let app = app.clone();
                    button()
                        .r#type("button")
                        .class("what")
                        .on(events::click, move |_| lead_to(&app, at))
                        .children(live(move || text.get_clone()))
                        .into()
                }
            }),
            span().class("quiet when").children(live(move || arrow.with(times).join(", "))),
            under(|arrow| arrow.place.clone()),
            under(|arrow| arrow.note.clone()),
        ))
        .into()
}

/// One line of the legend; the picture has its own.
fn meaning(legend: ReadSignal<LegendView>) -> View {
    li().attr("data-state", move || state_name(legend.with(|legend| legend.state)))
        .children(live(move || legend.with(|legend| legend.text.clone())))
        .into()
}

/// When, and how long after the arrow before.
pub(super) fn times(arrow: &ArrowView) -> Vec<String> {
    let since =
        arrow.since.map(|since| text!("ui.sequence.since", duration = duration_text(since)).to_string());
    arrow.time.clone().into_iter().chain(since).collect()
}

pub(super) fn state_name(state: ArrowState) -> &'static str {
    match state {
        ArrowState::Seen => "seen",
        ArrowState::Failed => "failed",
        ArrowState::NotSeen => "not-seen",
        ArrowState::Waiting => "waiting",
    }
}

/// The picture in two parts, so that the names of the parties stay in view.
fn picture(app: &App, sequence: &SequenceView) -> View {
    let Drawn { heads, lanes, rows, legend, top, height } = sequence_picture::drawn(sequence);
    let arrows = rows.iter().zip(&sequence.arrows).map(|(shapes, it)| arrow(app, it, shapes));
    let names = sequence.participants.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
    View::from((
        svg()
            .class("sequence-heads")
            .attr("viewBox", format!("0 0 {WIDTH} {top}"))
            .attr("role", "img")
            .attr("aria-label", names)
            .children(views(&heads)),
        svg()
            .class("sequence-picture")
            .attr("viewBox", format!("0 {top} {WIDTH} {}", height - top))
            .attr("role", "group")
            .attr("aria-label", text!("ui.sequence.label").to_string())
            .children((views(&lanes), arrows.collect::<Vec<_>>(), views(&legend))),
    ))
}

fn views(shapes: &[Shape]) -> Vec<View> {
    shapes.iter().map(Shape::view).collect()
}

fn arrow(app: &App, arrow: &ArrowView, shapes: &[Shape]) -> View {
    let said = [Some(&arrow.text), arrow.pause.as_ref(), arrow.note.as_ref()];
    let said = said.into_iter().flatten().cloned().chain(times(arrow)).collect::<Vec<_>>().join(", ");
    let group = g().class("arrow").attr("data-state", state_name(arrow.state));
    let Some(at) = arrow.message else {
        return group.attr("role", "img").attr("aria-label", said).children(views(shapes)).into();
    };
    // A button is named by what is in it: who sends it to whom is there for those who do not see the lines.
    let said = sycamore::web::tags::text().attr("opacity", "0").attr("font-size", "1").children(said);
    let (clicked, pressed) = (app.clone(), app.clone());
    group
        .children((said, views(shapes)))
        .attr("role", "button")
        .attr("tabindex", "0")
        .on(events::click, move |_: web_sys::MouseEvent| lead_to(&clicked, at))
        .on(events::keydown, move |event: web_sys::KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                lead_to(&pressed, at);
            }
        })
        .into()
}

/// Shows the message at `at`, opened.
fn lead_to(app: &App, at: usize) {
    app.tab.set(DetailTab::Messages);
    message::open(at);
}

/// The buttons that copy the diagram.
fn copies(app: &App, sequence: ReadSignal<SequenceView>) -> View {
    let file = move || {
        let drawn = sequence.with(sequence_picture::drawn);
        (drawn.height, drawn.all())
    };
    div()
        .class("sequence-copies")
        .children((
            copy_as(app, "small", &text!("ui.sequence.mermaid"), move || {
                sequence.with(|sequence| sequence.mermaid.clone())
            }),
            copy_as(app, "small", &text!("ui.sequence.svg"), move || {
                let (height, shapes) = file();
                drawing::to_svg(WIDTH, height, &shapes)
            }),
            controls::copy_picture(app, "small", &text!("ui.sequence.png"), move || {
                let (height, shapes) = file();
                drawing::to_canvas(WIDTH, height, &shapes)
            }),
        ))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{full_flow, shown};
    use samlight::view::FlowView;

    fn of(view: &FlowView) -> String {
        let view = view.sequence.clone();
        shown(|app| sequence(app, *create_signal(view)))
    }

    #[test]
    fn an_arrow_says_method_wait_and_fault_and_is_a_button_where_it_has_a_message() {
        let mut view = full_flow();
        let html = of(&view);
        let picture = html.split_once("sequence-picture").map(|(_, rest)| rest).unwrap_or_default();
        let picture = picture.split("</svg>").next().unwrap_or_default();
        for part in [">POST Response<", ">THE WAIT<", ">why<", ">THE LEGEND<", "THE SEQUENCE, THE WAIT, why"]
        {
            assert!(picture.contains(part), "{part}: {picture}");
        }
        assert!(picture.contains("role=\"button\"") && picture.contains("tabindex=\"0\""), "{picture}");
        view.sequence.arrows[0].message = None;
        view.sequence.arrows[0].note = None;
        let html = of(&view);
        let picture = html.split_once("sequence-picture").map(|(_, rest)| rest).unwrap_or_default();
        let arrow = picture.split("class=\"arrow\"").nth(1).and_then(|it| it.split('>').next());
        assert!(arrow.is_some_and(|it| it.contains("role=\"img\"") && !it.contains("tabindex")), "{arrow:?}");
        assert!(picture.contains(">/THE-PATH<"), "where it failed, the fault has its place: {picture}");
    }
}
