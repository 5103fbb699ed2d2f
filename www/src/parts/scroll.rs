//! The part of a long list that is in the page. Room above and below stands for the rest, so the scroll bar
//! is true; scrolling near the end of a part asks for the next. All lines are equally high, and so are all
//! headings among them. A heading that sticks to the top of the list covers lines, and is counted.

use sycamore::prelude::*;
use wasm_bindgen::JsCast;

/// The part of a list that is here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListPart {
    /// Position of its first line among those found.
    pub(crate) start: usize,
    /// The number of its lines.
    pub(crate) length: usize,
    /// The number of lines that were found.
    pub(crate) found: usize,
    /// The headings that are not in the page: before the first of this part, and after its last.
    pub(crate) headings: (usize, usize),
}

impl ListPart {
    /// Whether the line at `position` is in it.
    pub(crate) fn holds(self, position: usize) -> bool {
        (self.start..self.start + self.length).contains(&position)
    }
}

/// The selectors of a list's lines and of its sticking heading.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineSelectors {
    /// Any line.
    pub(crate) line: &'static str,
    /// The heading; may be none.
    pub(crate) heading: &'static str,
    /// The beginning of a line's id, before its position.
    pub(crate) id: &'static str,
}

/// The measures of a list, in pixels. A line's height has a fraction: rounded, it would be wrong by a
/// thousand lines at the end of a list of 100,000.
struct Measured {
    list: web_sys::HtmlElement,
    line: f64,
    heading: f64,
}

impl LineSelectors {
    /// The position around which another part is to be brought before the end of this one comes into view.
    /// `window` is how many lines a part has.
    pub(crate) fn wanted(self, region: NodeRef, here: ListPart, window: usize) -> Option<usize> {
        let Measured { list, line, heading } = self.measured(region)?;
        let top = f64::from(list.scroll_top());
        // The first and the last line of the part. Between them, and on both sides, lines are spread evenly,
        // with their headings.
        let (above, end) = (self.offset(&list, here.start)?, here.start + here.length);
        let below = self.offset(&list, end.checked_sub(1)?)? + line;
        let position = |pixels: f64| match pixels {
            _ if pixels < above => position_at(pixels, above / here.start.max(1) as f64),
            _ if pixels < below => {
                here.start + position_at(pixels - above, (below - above) / here.length as f64)
            }
            _ => end + position_at(pixels - below, line),
        };
        let first = position(top + heading);
        let last = position(top + f64::from(list.client_height()));
        let margin = window / 6;
        let missing_above = here.start > 0 && first < here.start + margin;
        let missing_below = here.start + here.length < here.found && last + margin > here.start + here.length;
        (missing_above || missing_below).then(|| first.midpoint(last))
    }

    /// Scrolls as little as needed to have the line at `position` in view.
    pub(crate) fn show(self, region: NodeRef, position: Option<usize>) {
        let (Some(Measured { list, line, heading }), Some(at)) = (self.measured(region), position) else {
            return;
        };
        let top = self.offset(&list, at).map_or(line * at as f64, |offset| offset - heading);
        let lowest = top + line + heading - f64::from(list.client_height());
        let now = f64::from(list.scroll_top());
        if now > top {
            list.set_scroll_top(top.floor() as i32);
        } else if now < lowest {
            list.set_scroll_top(lowest.ceil() as i32);
        }
    }

    /// The pixels from the top of the list's content to the line at `position`. Nothing while that is not in
    /// the page.
    fn offset(self, list: &web_sys::HtmlElement, position: usize) -> Option<f64> {
        let line = list.query_selector(&format!("#{}{position}", self.id)).ok()??;
        let top = line.get_bounding_client_rect().top() - list.get_bounding_client_rect().top();
        Some(top - f64::from(list.client_top()) + f64::from(list.scroll_top()))
    }

    /// Nothing while there is no line.
    fn measured(self, region: NodeRef) -> Option<Measured> {
        let list = element(region)?;
        let height = |selector: &str| {
            let found = (!selector.is_empty()).then(|| list.query_selector(selector).ok()?).flatten();
            found.map(|found| found.get_bounding_client_rect().height())
        };
        let line = height(self.line).filter(|height| *height > 0.0)?;
        Some(Measured { line, heading: height(self.heading).unwrap_or_default(), list })
    }
}

/// Room above and below for the lines that are not in the page. By the style object: a style attribute would
/// be against the page's content security policy.
pub(crate) fn leave_room(region: NodeRef, here: ListPart) {
    let Some(list) = element(region) else { return };
    let after = here.found.saturating_sub(here.start + here.length);
    let (headings_before, headings_after) = here.headings;
    for (name, lines) in [
        ("--before", here.start),
        ("--after", after),
        ("--headings-before", headings_before),
        ("--headings-after", headings_after),
    ] {
        // A custom property takes any number.
        let _ = list.style().set_property(name, &lines.to_string());
    }
}

/// Another content begins at its top, not where the one before was left.
pub(crate) fn to_top(region: NodeRef) {
    if let Some(region) = element(region) {
        region.set_scroll_top(0);
    }
}

fn element(region: NodeRef) -> Option<web_sys::HtmlElement> {
    region.try_get()?.dyn_into::<web_sys::HtmlElement>().ok()
}

fn position_at(pixels: f64, height: f64) -> usize {
    (pixels / height).max(0.0) as usize
}
