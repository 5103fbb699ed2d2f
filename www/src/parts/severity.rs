//! The severity of something, shown three ways at once: colour, the shape of an icon, and a word.
//!
//! The colour comes from the style sheet by the attribute `data-severity`.

use crate::base::signals::live;
use samlight::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity},
    },
    text,
};
use sycamore::prelude::*;
use sycamore::web::tags::{p, path, span, svg};

/// The name in `data-severity`, which chooses the colour.
pub(crate) fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Neutral => "neutral",
        Severity::Good => "good",
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// The word.
pub(crate) fn word(severity: Severity) -> Text {
    match severity {
        Severity::Neutral => text!("ui.severity.neutral"),
        Severity::Good => text!("ui.severity.good"),
        Severity::Info => text!("ui.severity.info"),
        Severity::Warning => text!("ui.severity.warning"),
        Severity::Error => text!("ui.severity.error"),
    }
}

/// The icon, 20 by 20, in the colour of the text around it; the word stands beside it or in `label`.
pub(crate) fn icon(severity: impl Fn() -> Severity + 'static) -> View {
    svg()
        .class("icon")
        .attr("viewBox", "0 0 20 20")
        .attr("aria-hidden", "true")
        .children(path().attr("fill-rule", "evenodd").attr("d", move || shape(severity())))
        .into()
}

/// Icon and word.
pub(crate) fn badge(severity: impl Fn() -> Severity + Copy + 'static) -> View {
    span()
        .class("badge")
        .children((icon(severity), span().children(live(move || word(severity()).to_string()))))
        .into()
}

/// A sentence with its icon; the word is there for those who do not see the icon.
pub(crate) fn sentence(sentence: ReadSignal<Sentence>) -> View {
    p().class("sentence")
        .attr("data-severity", move || name(sentence.with(|sentence| sentence.severity)))
        .children((
            icon(move || sentence.with(|sentence| sentence.severity)),
            span().class("unseen").children(live(move || match sentence.with(|s| s.severity) {
                // Such a sentence judges nothing.
                Severity::Neutral => String::new(),
                severity => format!("{}: ", word(severity)),
            })),
            span().children(live(move || sentence.with(|sentence| sentence.text.clone()))),
        ))
        .into()
}

/// The outline of the icon. Each has its own silhouette, so that it is told from the others without colour.
fn shape(severity: Severity) -> &'static str {
    match severity {
        // A ring with a bar.
        Severity::Neutral => {
            "M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 1.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4zM6 9.1h8v1.8H6z"
        }
        // A disc with a tick.
        Severity::Good => {
            "M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.3 10.3l1.3-1.3 2.4 2.4 4.7-4.8L15 7.9l-6 6.1z"
        }
        // A disc with an i.
        Severity::Info => "M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9 8.6h2v6.2H9zM9 5.2h2v2.1H9z",
        // A triangle with an exclamation mark.
        Severity::Warning => {
            "M8.7 2.2a1.5 1.5 0 0 1 2.6 0l7.5 13.6a1.5 1.5 0 0 1-1.3 2.2h-15a1.5 1.5 0 0 1-1.3-2.2zM9 7h2v5.5H9zM9 14h2v2H9z"
        }
        // An octagon with a cross.
        Severity::Error => {
            "M6.2 1h7.6L19 6.2v7.6L13.8 19H6.2L1 13.8V6.2zM7.3 5.9 5.9 7.3 8.6 10l-2.7 2.7 1.4 1.4L10 11.4l2.7 2.7 1.4-1.4L11.4 10l2.7-2.7-1.4-1.4L10 8.6z"
        }
    }
}
