//! Messages without a name: runs of base64 that hold one, and elements of XML that are one, wherever they
//! stand in a text.
//!
//! Base64 is a run of its digits, folded or not; whether it holds a message is seen when it is read. An
//! element is one by its name, and goes to its own end. Leaves out: digits with anything else between them,
//! which `layers.rs` takes away before.

use crate::{base::counted::stepped, binding::PARAMETERS, saml::kinds};
use std::ops::Range;

/// Digits of the shortest message, at least: an element with a namespace has more.
pub(super) const SHORTEST: usize = 64;

/// Octets of what may stand before the element of a document: its declaration, its document type.
const PROLOGUE: usize = 4_096;

/// Elements that do not end, of which the next one of the same name is told apart.
const UNCLOSED: usize = 8;

/// The longest run of base64 at octet `at`: its first line, and all the lines into which it is folded.
pub(super) struct Run {
    pub(super) first: usize,
    pub(super) end: usize,
}

/// The run of base64 at octet `at`.
pub(super) fn run(text: &str, at: usize) -> Run {
    let octets = text.as_bytes();
    let first = line(octets, at);
    let (mut end, width) = (first, first - at);
    // Folded lines have one width, but for the last, which is shorter.
    while octets.get(end.wrapping_sub(1)) != Some(&b'=') && width >= 40 {
        let Some(next) = next_line(octets, end) else { break };
        let stop = line(octets, next);
        // The name of what comes next is made of digits, too.
        let names = PARAMETERS.bearing.iter().chain(&PARAMETERS.companions);
        let is_name = names.into_iter().any(|name| octets.get(next..stop) == Some(name.as_bytes()));
        let is_all = !is_name && octets.get(stop).is_none_or(|octet| b"\r\n \t\"'<`,;)&".contains(octet));
        if !is_all || stop == next || stop - next > width {
            break;
        }
        end = stop;
        if stop - next < width {
            break;
        }
    }
    stepped(end - at);
    Run { first, end }
}

/// The run of base64 at octet `at`, which is not folded.
pub(super) fn first_line(text: &str, at: usize) -> Run {
    let end = line(text.as_bytes(), at);
    stepped(end - at);
    Run { first: end, end }
}

/// The end of the digits at `at`, with their escapes in addresses.
fn line(octets: &[u8], at: usize) -> usize {
    let mut at = at;
    let mut is_padded = false;
    while let Some(octet) = octets.get(at) {
        match octet {
            b'=' => is_padded = true,
            _ if is_padded => break,
            b'+' | b'/' | b'-' | b'_' => {}
            b'%' => match octets.get(at + 1..at + 3) {
                Some(
                    [b'2', b'B' | b'b' | b'F' | b'f']
                    | [b'3', b'D' | b'd']
                    | [b'0', b'A' | b'D' | b'a' | b'd'],
                ) => {
                    at += 2;
                }
                _ => break,
            },
            octet if octet.is_ascii_alphanumeric() => {}
            _ => break,
        }
        at += 1;
    }
    at
}

/// The first digit of the line behind the one that ends at `at`, without its indent.
fn next_line(octets: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    while octets.get(at).is_some_and(|octet| b" \t".contains(octet)) {
        at += 1;
    }
    if octets.get(at) == Some(&b'\r') {
        at += 1;
    }
    if octets.get(at) != Some(&b'\n') {
        return None;
    }
    at += 1;
    while octets.get(at).is_some_and(|octet| b" \t".contains(octet)) {
        at += 1;
    }
    Some(at)
}

/// The place of the first digit at `at` or behind it.
pub(super) fn next_digit(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    let start = rest.iter().position(u8::is_ascii_alphanumeric);
    stepped(start.unwrap_or(rest.len()));
    start.map(|start| at + start)
}

/// The local names of elements that are messages or hold one.
fn local_names() -> impl Iterator<Item = &'static str> {
    kinds::protocol_names().chain([
        "Assertion",
        "EncryptedAssertion",
        "EntityDescriptor",
        "EntitiesDescriptor",
        "RequestSecurityTokenResponse",
        "RequestSecurityTokenResponseCollection",
        "Envelope",
    ])
}

/// The elements in `text` that are messages by their name, none within another. One that does not end goes as
/// far as the text.
pub(super) fn elements(text: &str) -> Vec<Range<usize>> {
    let mut elements: Vec<Range<usize>> = Vec::new();
    let mut unclosed = 0;
    let names: Vec<&str> = local_names().collect();
    let mut at = 0;
    stepped(text.len());
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('<')).map(|start| at + start) {
        at = start + 1;
        let Some((name, local)) = element_name(text, start + 1) else { continue };
        if !names.contains(&local) {
            continue;
        }
        let end = element_end(text, start, name).unwrap_or_else(|| {
            unclosed += 1;
            // The next one begins anew, as long as few do so: each was followed to the end of the text.
            let next = text.get(at..).and_then(|rest| rest.find(&format!("<{name}")));
            next.filter(|_| unclosed <= UNCLOSED).map_or(text.len(), |next| at + next)
        });
        let before = elements.last().map_or(0, |element| element.end);
        elements.push(prologue(text, before, start)..end);
        at = end.max(at);
    }
    elements
}

/// The name of the element whose tag goes on at `at`, and the part of it behind the colon.
fn element_name(text: &str, at: usize) -> Option<(&str, &str)> {
    const LONGEST: usize = 120;
    let octets = text.as_bytes().get(at..)?;
    let is_name = |octet: &u8| octet.is_ascii_alphanumeric() || b"_.-:".contains(octet);
    let length = octets.iter().take(LONGEST).take_while(|octet| is_name(octet)).count();
    let name = text.get(at..at + length)?;
    Some((name, name.split_once(':').map_or(name, |(_, local)| local)))
}

/// The end of the element `name` that starts at `start`: behind its end tag, those of the elements with the
/// same name in it passed. Absent where it does not end.
fn element_end(text: &str, start: usize, name: &str) -> Option<usize> {
    let octets = text.as_bytes();
    let mut at = start;
    let mut depth = 0_usize;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        at = found + 1;
        let is_end = octets.get(at) == Some(&b'/');
        at += usize::from(is_end);
        let is_named = text.get(at..).is_some_and(|rest| rest.starts_with(name))
            && octets
                .get(at + name.len())
                .is_none_or(|octet| octet.is_ascii_whitespace() || b"/>".contains(octet));
        if !is_named {
            continue;
        }
        let close = text.get(at..).and_then(|rest| rest.find(['>', '<']));
        let close = close.map(|close| at + close).filter(|close| octets.get(*close) == Some(&b'>'));
        let Some(close) = close else { continue };
        let is_empty = !is_end && octets.get(close - 1) == Some(&b'/');
        at = close + 1;
        match (is_end, is_empty) {
            (false, false) => depth += 1,
            (false, true) if depth > 0 => {}
            (true, _) if depth > 1 => depth -= 1,
            _ => {
                stepped(at - start);
                return Some(at);
            }
        }
    }
    stepped(text.len() - start);
    None
}

/// The start of the document whose element starts at `start`: that of its declaration and document type,
/// where nothing else stands between.
fn prologue(text: &str, before: usize, start: usize) -> usize {
    let from = start.saturating_sub(PROLOGUE).max(before);
    let head = (from..start).find_map(|from| text.get(from..start)).unwrap_or_default();
    if !head.trim_end().ends_with('>') {
        return start;
    }
    let is_element = |at: usize| {
        let behind = head.as_bytes().get(at + 1).copied().unwrap_or_default();
        behind == b'/' || behind.is_ascii_alphabetic()
    };
    let last_element = head.match_indices('<').rfind(|(at, _)| is_element(*at)).map_or(0, |(at, _)| at);
    stepped(head.len());
    let tail = head.get(last_element..).unwrap_or_default();
    let found = ["<?xml ", "<!DOCTYPE"].iter().filter_map(|sign| tail.find(sign)).min();
    let is_alone = |at: &usize| tail.get(*at..).is_some_and(|rest| rest.trim_end().ends_with('>'));
    found.filter(is_alone).map_or(start, |at| start - head.len() + last_element + at)
}
