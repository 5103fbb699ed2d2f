//! Addresses and forms in a text: what has no blank in it and names a parameter in front of a value.
//!
//! An address stands between quotes, brackets or blanks (RFC 3986, appendix C), in a request line (RFC 9112,
//! 3), in a `Location` header, or inside of another address that leads on to it. A form is the same without
//! an address before it, as `curl`, `fetch` and raw requests hold it. Their octets stay as they are, for a
//! detached signature covers them. Leaves out: single values (`named.rs`).

use super::named::Name;
use crate::{base::counted::stepped, binding::PARAMETERS};
use std::ops::Range;

/// An address or a form with a message in it.
pub(super) struct Token {
    pub(super) at: Range<usize>,
    /// Whether it is an address.
    pub(super) is_address: bool,
    /// The end of the lines that are a part of it, as mail folds long ones.
    pub(super) folded: Option<usize>,
}

/// The addresses and forms that the `names` in `text` are parameters of.
pub(super) fn tokens(text: &str, names: &[Name]) -> Vec<Token> {
    let octets = text.as_bytes();
    let mut tokens = Vec::new();
    let mut last = 0;
    for name in names.iter().filter(|name| PARAMETERS.bearing.contains(&name.name)) {
        let is_value = |octet: &u8| octet.is_ascii_alphanumeric() || b"%+/-_".contains(octet);
        let is_assigned =
            octets.get(name.at.end) == Some(&b'=') && octets.get(name.at.end + 1).is_some_and(is_value);
        // Only the exact name is one of the binding.
        if name.at.start < last || !is_assigned || text.get(name.at.clone()) != Some(name.name) {
            continue;
        }
        let start = text.get(last..name.at.start).and_then(|before| before.rfind(is_boundary_before));
        let start = start.map_or(last, |start| last + start);
        let start = (start..name.at.start)
            .find(|at| !text.get(*at..).is_none_or(|rest| rest.starts_with(is_boundary_before)));
        let start = start.unwrap_or(name.at.start);
        let end = end(text, name.at.end);
        stepped(end - start);
        let head = text.get(start..name.at.start).unwrap_or_default();
        let scheme = ["https://", "http://"].iter().filter_map(|scheme| within(head, scheme)).max();
        let query = || head.rfind('?').map(|query| (query, query));
        let from = match scheme {
            Some(at) => start + at,
            None => start + query().map_or(0, |(query, _)| query),
        };
        let is_address = scheme.is_some() || head.contains('?');
        last = end;
        // A single value is no form: what belongs to it may stand around.
        if !is_address && !text.get(from..end).is_some_and(|token| token.contains('&')) {
            continue;
        }
        tokens.push(Token { at: from..end, is_address, folded: folded(text, end) });
    }
    tokens
}

/// The last place of `scheme` in `head` with a query or a fragment behind it.
fn within(head: &str, scheme: &str) -> Option<usize> {
    let query = head.rfind(['?', '#'])?;
    head.get(..query)?.rfind(scheme)
}

fn is_boundary(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"'`<>{}\\^|\u{201c}\u{201d}\u{2018}\u{2019}".contains(c)
}

fn is_boundary_before(c: char) -> bool {
    is_boundary(c) || "()[],;".contains(c)
}

/// The end of the address or form that goes on at `at`, without the signs of the sentence around it.
fn end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let rest = rest.get(..rest.find(is_boundary).unwrap_or(rest.len())).unwrap_or_default();
    let length = rest.trim_end_matches(['.', ',', ';', ')', ']', '!', '?', '\u{2026}']).len();
    at + length
}

/// The end of what ends at `end` with the lines that it is folded into.
fn folded(text: &str, end: usize) -> Option<usize> {
    const WIDTH: usize = 60;
    let mut at = end;
    let mut folded = None;
    let line = text.get(..end).and_then(|text| text.rsplit('\n').next()).map_or(0, str::len);
    stepped(line);
    loop {
        let rest = text.get(at..)?;
        let next = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'));
        let Some(next) = next else { return folded };
        let start = text.len() - next.len();
        let length = next.find(is_boundary).unwrap_or(next.len());
        let is_line = next.get(length..).is_none_or(|rest| rest.is_empty() || rest.starts_with(['\r', '\n']));
        // Nothing is a part of two addresses: a line with a parameter of its own begins another one.
        let line_itself = next.get(..length).unwrap_or_default();
        let is_other = PARAMETERS.bearing.iter().any(|name| line_itself.contains(name));
        if length == 0 || is_other || !is_line || line < WIDTH || length > line {
            return folded;
        }
        at = start + length;
        stepped(length);
        folded = Some(at);
    }
}
