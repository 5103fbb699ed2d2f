//! A drawing of paths and words: one model, put into the page, written as SVG, or painted on a canvas.
//!
//! In the page it has the colours of the style sheet, light or dark; a file has those of the light one, so
//! that it is legible on a ticket. A file names no other: no fonts, no style sheet, no picture.

use std::fmt::Write;
use sycamore::prelude::*;
use sycamore::web::tags::path;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, Path2d};

/// A colour of the style sheet, and its value in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Ink,
    Quiet,
    Line,
    Sunken,
    Surface,
    Accent,
    Error,
    Nothing,
}

impl Paint {
    fn in_page(self) -> &'static str {
        match self {
            Paint::Ink => "var(--ink)",
            Paint::Quiet => "var(--quiet)",
            Paint::Line => "var(--line)",
            Paint::Sunken => "var(--sunken)",
            Paint::Surface => "var(--surface)",
            Paint::Accent => "var(--accent)",
            Paint::Error => "var(--error)",
            Paint::Nothing => "none",
        }
    }

    fn in_file(self) -> &'static str {
        match self {
            Paint::Ink => "#1c1b22",
            Paint::Quiet => "#5a5966",
            Paint::Line => "#dcdce5",
            Paint::Sunken => "#f1f1f6",
            Paint::Surface => "#ffffff",
            Paint::Accent => "#5b3fc4",
            Paint::Error => "#a81e1e",
            Paint::Nothing => "none",
        }
    }
}

/// The point of a text that stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
}

impl Anchor {
    fn in_svg(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
        }
    }

    fn on_canvas(self) -> &'static str {
        match self {
            Anchor::Start => "start",
            Anchor::Middle => "center",
        }
    }
}

/// A piece of a drawing. Lengths are units, about a pixel each.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Path {
        class: &'static str,
        d: String,
        fill: Paint,
        stroke: Paint,
        width: f64,
        dash: &'static [f64],
    },
    Words {
        class: &'static str,
        x: usize,
        y: usize,
        size: f64,
        is_bold: bool,
        paint: Paint,
        anchor: Anchor,
        content: String,
    },
}

impl Shape {
    /// The shape for the page.
    pub(super) fn view(&self) -> View {
        match self {
            Shape::Path { class, d, fill, stroke, width, dash } => path()
                .class(*class)
                .attr("d", d.clone())
                .attr("fill", fill.in_page())
                .attr("stroke", stroke.in_page())
                .attr("stroke-width", width.to_string())
                .attr("stroke-dasharray", dashes(dash))
                .into(),
            Shape::Words { class, x, y, size, is_bold, paint, anchor, content } => {
                sycamore::web::tags::text()
                    .class(*class)
                    .attr("x", x.to_string())
                    .attr("y", y.to_string())
                    .attr("fill", paint.in_page())
                    .attr("font-size", size.to_string())
                    .attr("font-weight", weight(*is_bold))
                    .attr("text-anchor", anchor.in_svg())
                    .children(content.clone())
                    .into()
            }
        }
    }

    fn write(&self, svg: &mut String) {
        // Writing to a text cannot fail.
        let _ = match self {
            Shape::Path { d, fill, stroke, width, dash, .. } => write!(
                svg,
                "<path d=\"{d}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"{width}\" stroke-dasharray=\"{}\"/>",
                fill.in_file(),
                stroke.in_file(),
                dashes(dash)
            ),
            Shape::Words { x, y, size, is_bold, paint, anchor, content, .. } => write!(
                svg,
                "<text x=\"{x}\" y=\"{y}\" fill=\"{}\" font-size=\"{size}\" font-weight=\"{}\" \
                 text-anchor=\"{}\">{}</text>",
                paint.in_file(),
                weight(*is_bold),
                anchor.in_svg(),
                escaped(content)
            ),
        };
    }

    fn paint(&self, on: &CanvasRenderingContext2d) -> Result<(), JsValue> {
        match self {
            Shape::Path { d, fill, stroke, width, dash, .. } => {
                let path = Path2d::new_with_path_string(d)?;
                if *fill != Paint::Nothing {
                    on.set_fill_style_str(fill.in_file());
                    on.fill_with_path_2d(&path);
                }
                if *stroke != Paint::Nothing {
                    let dash: js_sys::Array = dash.iter().map(|it| JsValue::from_f64(*it)).collect();
                    on.set_line_dash(&dash)?;
                    on.set_line_width(*width);
                    on.set_stroke_style_str(stroke.in_file());
                    on.stroke_with_path(&path);
                }
                Ok(())
            }
            Shape::Words { x, y, size, is_bold, paint, anchor, content, .. } => {
                on.set_font(&format!("{} {size}px {FONT}", weight(*is_bold)));
                on.set_text_align(anchor.on_canvas());
                on.set_fill_style_str(paint.in_file());
                on.fill_text(content, *x as f64, *y as f64)
            }
        }
    }
}

/// The typeface of a file: whatever the reader's computer has.
const FONT: &str = "system-ui, sans-serif";
/// Pixels of a picture for a unit, so that it is sharp on every screen.
const SHARPNESS: usize = 2;

fn weight(is_bold: bool) -> &'static str {
    if is_bold { "650" } else { "400" }
}

fn dashes(dash: &[f64]) -> String {
    if dash.is_empty() {
        return "none".to_owned();
    }
    dash.iter().map(f64::to_string).collect::<Vec<_>>().join(" ")
}

/// A text between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A file in SVG 1.1 with these shapes.
pub(super) fn to_svg(width: usize, height: usize, shapes: &[Shape]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONT}\">"
    );
    ground(width, height).write(&mut svg);
    shapes.iter().for_each(|shape| shape.write(&mut svg));
    svg.push_str("</svg>\n");
    svg
}

/// A canvas with these shapes.
pub(super) fn to_canvas(width: usize, height: usize, shapes: &[Shape]) -> Result<HtmlCanvasElement, JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.dyn_into()?;
    canvas.set_width(u32::try_from(width * SHARPNESS).unwrap_or(u32::MAX));
    canvas.set_height(u32::try_from(height * SHARPNESS).unwrap_or(u32::MAX));
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.dyn_into()?;
    context.scale(SHARPNESS as f64, SHARPNESS as f64)?;
    ground(width, height).paint(&context)?;
    shapes.iter().try_for_each(|shape| shape.paint(&context))?;
    Ok(canvas)
}

fn ground(width: usize, height: usize) -> Shape {
    Shape::Path {
        class: "ground",
        d: format!("M0 0h{width}v{height}h-{width}z"),
        fill: Paint::Surface,
        stroke: Paint::Nothing,
        width: 0.0,
        dash: &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_light_colours_of_the_style_sheet() {
        let sheet = include_str!("../../css/parts.css");
        let light = sheet.split("@media").next().unwrap();
        for paint in [
            Paint::Ink,
            Paint::Quiet,
            Paint::Line,
            Paint::Sunken,
            Paint::Surface,
            Paint::Accent,
            Paint::Error,
        ] {
            let name = paint.in_page().trim_start_matches("var(").trim_end_matches(')');
            assert!(light.contains(&format!("{name}: {};", paint.in_file())), "{paint:?}");
        }
    }

    #[test]
    fn a_file_stands_by_itself_and_hostile_words_stay_words() {
        let words = Shape::Words {
            class: "label",
            x: 1,
            y: 2,
            size: 13.0,
            is_bold: true,
            paint: Paint::Ink,
            anchor: Anchor::Middle,
            content: "<script>&".into(),
        };
        let svg = to_svg(10, 20, &[words]);
        assert!(svg.contains(">&lt;script&gt;&amp;</text></svg>"), "{svg}");
        let outside: Vec<_> = svg.match_indices("http").map(|(at, _)| &svg[at..at + 26]).collect();
        assert_eq!(outside, ["http://www.w3.org/2000/svg"], "only the name of its language: {svg}");
        for sign in ["href", "url(", "var(", "class="] {
            assert!(!svg.contains(sign), "{sign}: {svg}");
        }
    }
}
