//! Tags of HTML in a text: their attributes, and the text of the few elements that somebody looks for.
//!
//! Source: the HTML Living Standard, 13.1.2 and 13.2.5, as far as server-written pages go. An element is
//! found by its classes or its id, and ends with the end tag that closes as many of its name as were opened.
//! Leaves out: the tree, implied end tags, and everything that scripts do to a page.

use super::escape::without_references;
use crate::base::counted::stepped;
use std::ops::Range;

/// Attributes of a tag, with the place of their values, and where the tag ends.
pub(crate) type Attributes<'a> = (Vec<(&'a str, Range<usize>)>, usize);

/// The attributes of the tag that goes on at `at`; absent where it does not end.
pub(crate) fn attributes(text: &str, at: usize) -> Option<Attributes<'_>> {
    let octets = text.as_bytes();
    let mut attributes = Vec::new();
    let skip = |mut at: usize, of: &[u8]| {
        while octets.get(at).is_some_and(|octet| of.contains(octet)) {
            at += 1;
        }
        at
    };
    let until = |mut at: usize, of: &[u8]| {
        while octets.get(at).is_some_and(|octet| !of.contains(octet)) {
            at += 1;
        }
        at
    };
    let (start, mut at) = (at, at);
    loop {
        at = skip(at, b" \t\r\n/");
        if *octets.get(at)? == b'>' {
            stepped(at - start);
            return Some((attributes, at + 1));
        }
        // A tag within a tag: this one does not end.
        if *octets.get(at)? == b'<' {
            return None;
        }
        let end = until(at, b" \t\r\n/>=<").max(at + 1);
        let name = text.get(at..end)?;
        at = skip(end, b" \t\r\n");
        if octets.get(at) != Some(&b'=') {
            continue;
        }
        at = skip(at + 1, b" \t\r\n");
        let value = match octets.get(at)? {
            quote @ (b'"' | b'\'') => {
                // A quote that does not end goes as far as the next tag.
                let end = until(at + 1, &[*quote, b'<']);
                let value = at + 1..end;
                at = if octets.get(end) == Some(quote) { end + 1 } else { end };
                value
            }
            _ => {
                let end = until(at, b" \t\r\n>");
                let value = at..end;
                at = end;
                value
            }
        };
        attributes.push((name, value));
    }
}

/// A tag where an element begins.
pub(crate) struct Tag<'a> {
    /// The element's name, as it is written.
    pub(crate) name: &'a str,
    text: &'a str,
    attributes: Vec<(&'a str, Range<usize>)>,
}

impl Tag<'_> {
    /// The value of an attribute, without references; absent where the tag has none.
    pub(crate) fn value(&self, wanted: &str) -> Option<String> {
        let (_, at) = self.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        let value = without_references(self.text.get(at.clone())?.as_bytes());
        Some(String::from_utf8_lossy(&value).into_owned())
    }

    /// Whether the element is of this class.
    pub(crate) fn is_of(&self, class: &str) -> bool {
        self.value("class").is_some_and(|classes| classes.split_ascii_whitespace().any(|it| it == class))
    }
}

/// An element that is looked through.
pub(crate) struct Element<'a> {
    /// The tag with which it begins.
    pub(crate) tag: Tag<'a>,
    /// Between its tags, as it is written.
    pub(crate) content: &'a str,
}

impl Element<'_> {
    /// Its text, without tags and references; the white space is as it is written.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut from = 0;
        for piece in (Tags { text: self.content, at: 0 }) {
            text.push_str(self.content.get(from..piece.at.start).unwrap_or_default());
            from = piece.at.end;
        }
        text.push_str(self.content.get(from..).unwrap_or_default());
        String::from_utf8_lossy(&without_references(text.as_bytes())).into_owned()
    }
}

/// The elements of `text` that are `wanted`, in their order. What is in one of them is not looked through for
/// another. One that does not end goes as far as the text does.
pub(crate) fn elements<'a>(text: &'a str, wanted: impl Fn(&Tag<'a>) -> bool) -> Vec<Element<'a>> {
    let mut found = Vec::new();
    let mut open: Option<(Tag<'a>, usize, usize)> = None;
    for piece in (Tags { text, at: 0 }) {
        match (&mut open, piece.kind) {
            (None, Kind::Start(tag)) if wanted(&tag) => open = Some((tag, piece.at.end, 1)),
            (Some((of, _, depth)), Kind::Start(tag)) if tag.name.eq_ignore_ascii_case(of.name) => *depth += 1,
            (Some((of, _, depth)), Kind::End(name)) if name.eq_ignore_ascii_case(of.name) => {
                *depth -= 1;
                if *depth == 0
                    && let Some((tag, from, _)) = open.take()
                {
                    found.push(Element { tag, content: text.get(from..piece.at.start).unwrap_or_default() });
                }
            }
            _ => {}
        }
    }
    let unended = open.map(|(tag, from, _)| Element { tag, content: text.get(from..).unwrap_or_default() });
    found.extend(unended);
    found
}

/// A tag or a comment, between two pieces of text.
struct Piece<'a> {
    kind: Kind<'a>,
    at: Range<usize>,
}

enum Kind<'a> {
    Start(Tag<'a>),
    End(&'a str),
    /// A comment, or a script or style with what is in it.
    Other,
}

/// The tags of a text, in their order.
struct Tags<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Tags<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            let start = self.at + self.text.get(self.at..)?.find('<')?;
            stepped(start - self.at);
            let rest = self.text.get(start + 1..)?;
            self.at = start + 1;
            let ends = |mark: &str| rest.find(mark).map_or(self.text.len(), |at| start + 1 + at + mark.len());
            let (kind, end) = if rest.starts_with("!--") {
                (Kind::Other, ends("-->"))
            } else if let Some(closing) = rest.strip_prefix('/') {
                (Kind::End(name_of(closing)), ends(">"))
            } else {
                let name = name_of(rest);
                let tag = (!name.is_empty()).then(|| attributes(self.text, start + 1 + name.len())).flatten();
                let Some((attributes, end)) = tag else { continue };
                let is_code = ["script", "style"].iter().any(|it| name.eq_ignore_ascii_case(it));
                match is_code {
                    true => (Kind::Other, self.after_code(name, end)),
                    false => (Kind::Start(Tag { name, text: self.text, attributes }), end),
                }
            };
            self.at = end.max(self.at);
            stepped(self.at - start);
            return Some(Piece { kind, at: start..self.at });
        }
    }
}

impl Tags<'_> {
    /// The place behind the script or style whose content begins at `from`.
    fn after_code(&self, name: &str, from: usize) -> usize {
        let rest = self.text.get(from..).unwrap_or_default();
        let is_end = |(at, _): &(usize, &str)| {
            let name_at = rest.get(at + 2..at + 2 + name.len());
            name_at.is_some_and(|it| it.eq_ignore_ascii_case(name))
        };
        let end = rest.match_indices("</").find(is_end).map_or(rest.len(), |(at, _)| at);
        from + end
    }
}

/// The name of an element with which `text` begins.
fn name_of(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
