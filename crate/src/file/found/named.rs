//! Values with a name: the parameters of the bindings wherever a text names one and gives its value.
//!
//! HTML has them in the attributes of `input`, in `textarea` and between tags; JSON, JavaScript, Ruby,
//! Python, PHP, PowerShell, Java and Go as a member with a quote or bracket around the value; Postman and
//! GitLab's logs as `key` and `value`; developer tools as a line each or two; multipart forms behind an empty
//! line; CSV and tables in the next cell. All of that is: the name, at most a few signs that join, the value.
//! What belongs to one request stands together. Leaves out: addresses and forms (`tokens.rs`), and values
//! without a name (`bare.rs`).

use super::bare;
use crate::{
    base::{counted::stepped, order},
    binding::PARAMETERS,
    encoding::{escape::without_references, tags::attributes},
};
use std::{borrow::Cow, ops::Range};

/// A parameter with its value.
#[derive(Debug, PartialEq)]
pub(super) struct Pair<'a> {
    /// The parameter's own name.
    pub(super) name: &'static str,
    pub(super) value: Cow<'a, str>,
    /// The part of the text from the name to the end of the value, in either order.
    pub(super) at: Range<usize>,
}

impl Pair<'_> {
    pub(super) fn is_bearing(&self) -> bool {
        PARAMETERS.bearing.contains(&self.name)
    }
}

/// The place of a name.
pub(super) struct Name {
    pub(super) name: &'static str,
    pub(super) at: Range<usize>,
}

/// Other spellings of the names, as programs write them that have names of their own.
const ALIASES: [(&str, &str); 4] = [
    ("saml_response", "SAMLResponse"),
    ("saml_request", "SAMLRequest"),
    ("relay_state", "RelayState"),
    ("samlartifact", "SAMLart"),
];

/// Names that are common words, too: only exactly as they are.
const EXACT: [&str; 4] = ["Signature", "SigAlg", "wresult", "wctx"];

/// Octets between the values of one request, at most: other fields, tags.
const APART: usize = 2_000;

/// Octets of a tag or of what joins a name with its value, at most.
const JOINT: usize = 400;

/// The names in `text`, in their order.
pub(super) fn names(text: &str) -> Vec<Name> {
    stepped(text.len());
    let lower = text.to_ascii_lowercase();
    let mut names = Vec::new();
    let known = PARAMETERS.bearing.iter().chain(&PARAMETERS.companions).map(|name| (*name, *name));
    for (written, name) in known.chain(ALIASES) {
        let is_exact = EXACT.contains(&name);
        let written = if is_exact { written.to_owned() } else { written.to_ascii_lowercase() };
        let within = if is_exact { text } else { &lower };
        names.extend(within.match_indices(&written).filter_map(|(start, _)| {
            let at = start..start + written.len();
            is_word(text, &at).then_some(Name { name, at })
        }));
    }
    order::sort_by_key(&mut names, |name| name.at.start);
    names
}

/// Whether the word at `at` is one by itself, and no part of the name of an element or a path.
fn is_word(text: &str, at: &Range<usize>) -> bool {
    let octets = text.as_bytes();
    let is_part = |octet: &u8| octet.is_ascii_alphanumeric() || b"_-".contains(octet);
    let before = at.start.checked_sub(1).and_then(|before| octets.get(before));
    !before.is_some_and(|octet| is_part(octet) || b":/".contains(octet))
        && !octets.get(at.end).is_some_and(is_part)
}

/// The values of the names in `text`, in their order.
pub(super) fn pairs<'a>(text: &'a str, names: &[Name]) -> Vec<Pair<'a>> {
    let mut pairs = fields(text, names);
    let mut taken = 0;
    let mut others = Vec::new();
    let mut next_field = pairs.iter().map(|pair| pair.at.clone()).peekable();
    for (index, name) in names.iter().enumerate() {
        while next_field.next_if(|field| field.end <= name.at.start).is_some() {}
        let is_in_field = next_field.peek().is_some_and(|field| field.start <= name.at.start);
        if is_in_field || name.at.start < taken {
            continue;
        }
        let next = names.get(index + 1).map_or(text.len(), |next| next.at.start);
        if let Some(value) = before(text, &name.at, taken).or_else(|| behind(text, name, next)) {
            let at = name.at.start.min(value.start)..name.at.end.max(value.end);
            taken = at.end;
            stepped(at.len());
            let value = text.get(value).unwrap_or_default();
            others.push(Pair { name: name.name, value: value.into(), at });
        }
    }
    pairs.extend(others);
    order::sort_by_key(&mut pairs, |pair| pair.at.start);
    pairs
}

/// The pairs in groups, each with what belongs to one request: not twice the same name, not two messages, not
/// two forms, nothing far away.
pub(super) fn groups<'p, 'a>(text: &str, pairs: &'p [Pair<'a>]) -> Vec<&'p [Pair<'a>]> {
    let mut groups = Vec::new();
    let mut start = 0;
    for (index, pair) in pairs.iter().enumerate() {
        let group = pairs.get(start..index).unwrap_or_default();
        let Some(last) = group.last() else { continue };
        let between = text.get(last.at.end..pair.at.start).unwrap_or_default();
        let is_other = between.len() > APART
            || group
                .iter()
                .any(|before| before.name == pair.name || (before.is_bearing() && pair.is_bearing()))
            || ["</form", "</FORM", "<form", "<FORM"].iter().any(|tag| between.contains(tag));
        if is_other {
            groups.push(group);
            start = index;
        }
    }
    groups.extend(pairs.get(start..).filter(|group| !group.is_empty()));
    groups
}

/// The fields of HTML forms: tags in whose attributes name and value stand in any order.
fn fields<'a>(text: &'a str, names: &[Name]) -> Vec<Pair<'a>> {
    let mut fields = Vec::new();
    let mut at = 0;
    stepped(text.len());
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('<')).map(|start| at + start) {
        at = start + 1;
        let is_tag = |wanted: &&&str| {
            let end = at + wanted.len();
            text.get(at..end).is_some_and(|start| start.eq_ignore_ascii_case(wanted))
                && text.as_bytes().get(end).is_some_and(u8::is_ascii_whitespace)
        };
        let Some(tag) = ["input", "textarea", "param"].iter().find(is_tag) else { continue };
        let Some((attributes, end)) = attributes(text, at + tag.len()) else { continue };
        at = end;
        let named = |wanted: &str| attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        let known = named("name").or_else(|| named("id")).and_then(|(_, range)| {
            let index = names.binary_search_by_key(&range.start, |name| name.at.start).ok()?;
            names.get(index).filter(|name| name.at == *range)
        });
        let Some(known) = known else { continue };
        let content = || Some(end..end + text.get(end..)?.find('<')?);
        let Some(value) = named("value").map(|(_, range)| range.clone()).or_else(content) else { continue };
        at = at.max(value.end);
        let value = without_references(text.get(value).unwrap_or_default().as_bytes());
        let value = String::from_utf8_lossy(&value).into_owned();
        fields.push(Pair { name: known.name, value: value.into(), at: start..at });
    }
    fields
}

/// The place of a value that stands before its name: `"value": "…", "key": "SAMLResponse"`.
fn before(text: &str, name: &Range<usize>, taken: usize) -> Option<Range<usize>> {
    let head = text.get(taken..name.start)?.strip_suffix(['"', '\''])?;
    let key = ["key", "name"].iter().find_map(|key| member_before(head, key))?;
    let head = key.trim_end().strip_suffix(',')?.trim_end();
    let quoted = head.strip_suffix(['"', '\''])?;
    let start = quoted.rfind(['"', '\''])?;
    stepped(quoted.len() - start);
    member_before(quoted.get(..start)?, "value")?;
    Some(taken + start + 1..taken + quoted.len())
}

/// The part of `head` before the name of the member `name`, which it ends with.
fn member_before<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let head = head.trim_end().strip_suffix([':', '='])?.trim_end();
    let head = head.strip_suffix(['"', '\'']).unwrap_or(head).strip_suffix(name)?;
    Some(head.strip_suffix(['"', '\'']).unwrap_or(head))
}

/// The place of the value behind `name`, before the name at `next`.
fn behind(text: &str, name: &Name, next: usize) -> Option<Range<usize>> {
    let mut at = Reader { text, at: name.at.end };
    let start = at.at;
    at.pass(|octet| b"\"'`]*)".contains(&octet), 4);
    let lines = at.space();
    let is_joined = at.pass_one(&["=>", "->", ":=", "==", "=", ":", ",", ">", "|", ";"]);
    if !is_joined && !at.tags() && lines == 0 && !at.passed_tab(start) {
        return None;
    }
    at.space();
    // A text of YAML that goes over several lines.
    if at.rest().bytes().take(3).take_while(|octet| b"|>-+".contains(octet)).count() > 0 {
        at.pass(|octet| b"|>-+".contains(&octet), 2);
        at.space();
    }
    for _ in 0..6 {
        let is_more = at.member("value") || at.typed() || at.tags() || at.head() || at.other_member();
        at.space();
        if !is_more || at.at > start + JOINT {
            break;
        }
    }
    at.pass(|octet| b"[({@".contains(&octet), 2);
    let is_message = PARAMETERS.bearing.contains(&name.name);
    let opener = text.get(at.at..).and_then(|rest| rest.chars().next())?;
    let content = at.at + opener.len_utf8();
    let closer: Option<&[char]> = match opener {
        '"' => Some(&['"']),
        '\'' => Some(&['\'']),
        '`' => Some(&['`']),
        '\u{201c}' | '\u{201d}' | '\u{201e}' => Some(&['\u{201c}', '\u{201d}']),
        _ => None,
    };
    let value = match closer {
        Some(closer) => {
            let length = text.get(content..)?.find(closer);
            content..length.map_or(text.len(), |length| content + length)
        }
        None if is_message => {
            let digits = bare::run(text, at.at);
            at.at..digits.end
        }
        None => {
            let line = text.get(at.at..)?.split(['\r', '\n', '<', '"', '\'', '&']).next()?;
            let line = line.split([',', ';', ']', '}']).next()?;
            at.at..at.at + line.trim_end_matches([' ', '\t', '|']).len()
        }
    };
    stepped(value.len());
    // A value that goes over the next name is none.
    (value.start <= next && !value.is_empty() && (closer.is_some() || value.end <= next || is_message))
        .then_some(value)
}

/// A place in a text, while what joins a name with its value is passed.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn pass(&mut self, is_passed: impl Fn(u8) -> bool, most: usize) {
        self.at += self.rest().bytes().take(most).take_while(|octet| is_passed(*octet)).count();
    }

    fn pass_one(&mut self, signs: &[&str]) -> bool {
        let sign = signs.iter().find(|sign| self.rest().starts_with(**sign));
        self.at += sign.map_or(0, |sign| sign.len());
        sign.is_some()
    }

    /// Passes white space; the number of lines in it.
    fn space(&mut self) -> usize {
        let start = self.at;
        self.pass(|octet| octet.is_ascii_whitespace(), JOINT);
        self.text.get(start..self.at).unwrap_or_default().matches('\n').count()
    }

    fn passed_tab(&self, start: usize) -> bool {
        self.text.get(start..self.at).is_some_and(|passed| passed.contains('\t'))
    }

    /// Passes tags, as they stand between cells.
    fn tags(&mut self) -> bool {
        let start = self.at;
        for _ in 0..6 {
            let is_tag = self.rest().starts_with('<')
                && self
                    .rest()
                    .as_bytes()
                    .get(1)
                    .is_some_and(|octet| octet.is_ascii_alphabetic() || *octet == b'/');
            let end = self.rest().bytes().take(JOINT).position(|octet| octet == b'>');
            let Some(end) = end.filter(|_| is_tag) else { break };
            self.at += end + 1;
            self.space();
        }
        self.at > start
    }

    /// Passes `"value":` and the like.
    fn member(&mut self, name: &str) -> bool {
        let start = self.at;
        self.pass(|octet| b"\"'{".contains(&octet), 2);
        let is_named = self.rest().get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        if is_named {
            self.at += name.len();
            self.pass(|octet| b"\"'".contains(&octet), 1);
            self.space();
            if self.pass_one(&["=>", ":", "="]) {
                return true;
            }
        }
        self.at = start;
        false
    }

    /// Passes a member that stands between the name and the value: `"type": "text",`.
    fn other_member(&mut self) -> bool {
        const LONGEST: usize = 60;
        let start = self.at;
        let passes = |it: &mut Self| {
            it.pass_one(&["\""]).then_some(())?;
            it.pass(|octet| octet.is_ascii_alphanumeric() || octet == b'_', LONGEST);
            it.pass_one(&["\""]).then_some(())?;
            it.space();
            it.pass_one(&[":", "=>"]).then_some(())?;
            it.space();
            it.pass(|octet| octet == b'"', 1);
            it.pass(|octet| octet.is_ascii_alphanumeric() || b"_-./ ".contains(&octet), LONGEST);
            it.pass(|octet| octet == b'"', 1);
            it.pass_one(&[","]).then_some(())
        };
        let is_passed = passes(self).is_some();
        if !is_passed {
            self.at = start;
        }
        is_passed
    }

    /// Passes the type that PHP and Python write before a text: `string(12) `, `b`.
    fn typed(&mut self) -> bool {
        let start = self.at;
        if self.rest().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("string(")) {
            self.at += 7;
            self.pass(|octet| octet.is_ascii_digit(), 12);
            if self.pass_one(&[")"]) {
                return true;
            }
        } else if matches!(self.rest().as_bytes(), [b'b' | b'u' | b'r' | b'$', b'"' | b'\'', ..]) {
            self.at += 1;
            return true;
        }
        self.at = start;
        false
    }

    /// Passes a line of a part's head: `Content-Type: text/plain`.
    fn head(&mut self) -> bool {
        let is_head = self.rest().get(..8).is_some_and(|start| start.eq_ignore_ascii_case("content-"));
        let end = self.rest().bytes().take(JOINT).position(|octet| octet == b'\n');
        self.at += end.filter(|_| is_head).map_or(0, |end| end + 1);
        is_head && end.is_some()
    }
}
