//! A report as one HTML file (HTML Living Standard): its style is in it, it asks for no other file and has no
//! script, which its Content Security Policy says, too.
//!
//! Every text goes through [`escaped`]; the tags are constants. Leaves out: links, other than to
//! documentation.

use super::{Block, link_of, one_line, said_step};
use crate::{
    base::{catalogue::language::Language, severity::Sentence},
    text,
    view::print::terminal::sign,
};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem;\
    color-scheme:light dark}dt{font-weight:bold}dd{margin:0 0 .5rem 1rem}li,dd{overflow-wrap:anywhere}\
    ul{list-style:none;padding-left:0}";

/// The file.
pub(super) fn write(blocks: &[Block]) -> String {
    let mut page = String::from("<!DOCTYPE html>\n<html");
    attribute(&mut page, "lang", Language::default().name());
    page.push_str(">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" ");
    page.push_str("content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width\">\n");
    element(&mut page, "title", &text!("report.title").to_string());
    page.push_str("<style>");
    page.push_str(STYLE);
    page.push_str("</style>\n</head>\n<body>\n<main>\n");
    blocks.iter().for_each(|block| add(&mut page, block));
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

fn add(page: &mut String, block: &Block) {
    match block {
        Block::Heading(level, text) => {
            let tag = match level {
                1 => "h1",
                2 => "h2",
                3 => "h3",
                _ => "h4",
            };
            element(page, tag, text);
        }
        Block::Said(said) => list(page, "ul", said, |page, said| page.push_str(&escaped(&signed(said)))),
        Block::Steps(steps) => list(page, "ol", steps, |page, step| {
            page.push_str(&escaped(&said_step(step)));
            if let Some(link) = link_of(step) {
                page.push_str(" <a rel=\"noreferrer\"");
                attribute(page, "href", link);
                page.push('>');
                page.push_str(&escaped(link));
                page.push_str("</a>");
            }
        }),
        Block::Facts(facts) => {
            page.push_str("<dl>\n");
            for (label, value) in facts {
                element(page, "dt", label);
                element(page, "dd", value);
            }
            page.push_str("</dl>\n");
        }
        Block::Course(course) => {
            list(page, "ol", course, |page, arrow| page.push_str(&escaped(arrow)));
        }
    }
}

fn list<T>(page: &mut String, tag: &'static str, items: &[T], add: impl Fn(&mut String, &T)) {
    page.push_str(&format!("<{tag}>\n"));
    for item in items {
        page.push_str("<li>");
        add(page, item);
        page.push_str("</li>\n");
    }
    page.push_str(&format!("</{tag}>\n"));
}

/// A sentence with its sign.
fn signed(said: &Sentence) -> String {
    format!("{} {}", sign(said.severity), said.text)
}

fn element(page: &mut String, tag: &'static str, text: &str) {
    page.push_str(&format!("<{tag}>{}</{tag}>\n", escaped(text)));
}

fn attribute(page: &mut String, name: &'static str, value: &str) {
    page.push_str(&format!(" {name}=\"{}\"", escaped(value)));
}

/// `text` as the content of an element or of an attribute in double quotes: nothing in it is HTML's own.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in one_line(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
    }
    escaped
}
