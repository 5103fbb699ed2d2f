//! The words of a page of GitLab to the person, in the HTML that a file has of it.
//!
//! The recipe is that of [`gitlab::pages`](crate::gitlab::pages) for any page (gitlab-facts 1.9), which the
//! extension applies to the page itself: flash messages with their headings, and the words of error pages.
//! Tests hold both against the same pages. Leaves out: what scripts write into a page, and all else that is
//! on it; a file has the page as GitLab sent it.

use crate::{
    base::{limits::PAGE_VALUE_CHARS, redact::Secret},
    encoding::tags::{Element, Tag, elements},
    gitlab::pages::{ANY, PageReading},
};
use std::collections::BTreeMap;

/// Messages of a page that are kept; GitLab shows one or two.
const MESSAGES: usize = 10;

/// The words of the page at `url`; absent where `html` is no page of GitLab.
pub(super) fn reading(url: &str, html: &str) -> Option<PageReading> {
    let holder = |tag: &Tag<'_>| {
        let id = tag.value("id");
        tag.is_of("flash-container")
            || tag.is_of("error-container")
            || id.as_deref() == Some("js-global-alerts")
    };
    let holders = elements(html, holder);
    let (errors, alerts): (Vec<_>, Vec<_>) =
        holders.iter().partition(|holder| holder.tag.is_of("error-container"));
    let mut fields = BTreeMap::new();
    let mut keep = |key: &str, texts: Vec<String>| {
        if !texts.is_empty() {
            fields.insert(key.to_owned(), texts);
        }
    };
    if let Some(error) = errors.first() {
        keep("error", texts(error.content, |tag| tag.name.eq_ignore_ascii_case("h1")));
        keep("error-text", texts(error.content, |tag| tag.name.eq_ignore_ascii_case("p")));
    } else if alerts.is_empty() {
        // The pages that the web server has at hand are without a container.
        let headings = texts(html, |tag| tag.name.eq_ignore_ascii_case("h1"));
        keep("error", headings.into_iter().filter(|it| is_status(it)).take(1).collect());
        if fields.is_empty() {
            return None;
        }
    } else {
        let of = |wanted: fn(&Tag<'_>) -> bool| {
            alerts.iter().flat_map(move |holder| elements(holder.content, wanted))
        };
        let is_new: fn(&Tag<'_>) -> bool = |tag| tag.is_of("gl-alert-body") || tag.is_of("js-vue-alert");
        let is_old: fn(&Tag<'_>) -> bool = |tag| tag.is_of("flash-alert") || tag.is_of("flash-notice");
        let mut messages: Vec<String> = of(is_new).map(|it| text(&it)).take(MESSAGES).collect();
        if messages.is_empty() {
            messages = of(is_old).map(|it| text(&it)).take(MESSAGES).collect();
        }
        keep("flash", messages);
        let titles = of(|tag| tag.is_of("js-vue-alert")).filter_map(|it| it.tag.value("data-title"));
        keep("flash-title", titles.map(|title| cut(&title)).take(MESSAGES).collect());
    }
    Some(PageReading { url: Secret::from(url), page: ANY.to_owned(), fields, ..PageReading::default() })
}

/// The texts of the elements of `html` that are `wanted`.
fn texts(html: &str, wanted: fn(&Tag<'_>) -> bool) -> Vec<String> {
    elements(html, wanted).iter().map(text).take(MESSAGES).collect()
}

/// The text of an element, white space folded as the browser does.
fn text(element: &Element<'_>) -> String {
    cut(&element.text().split_whitespace().collect::<Vec<_>>().join(" "))
}

fn cut(text: &str) -> String {
    text.chars().take(PAGE_VALUE_CHARS).collect()
}

/// Whether a heading is that of an error page: it begins with the status, or has nothing else.
fn is_status(heading: &str) -> bool {
    let status = heading.get(..3).is_some_and(|it| it.bytes().all(|octet| octet.is_ascii_digit()));
    status && !heading.as_bytes().get(3).is_some_and(u8::is_ascii_alphanumeric)
}
