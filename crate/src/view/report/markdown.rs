//! A report as Markdown (CommonMark 0.31), for a ticket: headings and lists alone.
//!
//! Every text goes through [`escaped`], so that it makes no markup, no HTML, no link and mentions nobody
//! where a forge shows it. Leaves out: tables and pictures.

use super::{Block, link_of, one_line, said_step};
use crate::view::print::terminal::sign;
use std::fmt::Write;

/// The file.
pub(super) fn write(blocks: &[Block]) -> String {
    let mut page = String::new();
    for block in blocks {
        // Writing to a string cannot fail.
        let _ = add(&mut page, block);
    }
    page
}

fn add(page: &mut String, block: &Block) -> std::fmt::Result {
    match block {
        Block::Heading(level, text) => {
            writeln!(page, "{} {}", "#".repeat(usize::from(*level)), escaped(text))?;
        }
        Block::Said(said) => {
            for said in said {
                writeln!(page, "- {} {}", sign(said.severity), escaped(&said.text))?;
            }
        }
        Block::Steps(steps) => {
            for (number, step) in (1..).zip(steps) {
                write!(page, "{number}. {}", escaped(&said_step(step)))?;
                match link_of(step) {
                    Some(link) => writeln!(page, " <{}>", address(link))?,
                    None => writeln!(page)?,
                }
            }
        }
        Block::Facts(facts) => {
            for (label, value) in facts {
                writeln!(page, "- **{}**: {}", escaped(label), escaped(value))?;
            }
        }
        Block::Course(course) => {
            for (number, arrow) in (1..).zip(course) {
                writeln!(page, "{number}. {}", escaped(arrow))?;
            }
        }
    }
    writeln!(page)
}

/// An address between `<` and `>`, which it cannot leave.
fn address(link: &str) -> String {
    link.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '<' | '>')).collect()
}

/// `text` in which nothing is Markdown's own (CommonMark 2.4): all ASCII punctuation that can begin something
/// has a backslash in front, and HTML's signs are entities.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    // A number at the beginning would begin a list.
    let mut is_number = true;
    let text = one_line(text.trim());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // A forge makes links of addresses.
            ':' if characters.peek() == Some(&'/') => escaped.push_str("\\:"),
            '.' if is_number || escaped.ends_with("www") => escaped.push_str("\\."),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '+' | '-' | '!' | '|' | '~' | '$'
            | '@' | '^' | '=' | '%' => escaped.extend(['\\', character]),
            character => escaped.push(character),
        }
        is_number &= character.is_ascii_digit();
    }
    escaped
}
