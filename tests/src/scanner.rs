//! The capture's scanner of bodies (`extension/background/scanner.js`) in Rust, step by step as it stands
//! there, so that the fuzzer can look for bodies that it takes badly.
//!
//! The contract tests compare both over generated bodies; whoever changes one changes the other. It counts
//! what it looks at. Leaves out: the search of octets for marks before anything is decoded, which is one step
//! an octet by its form; the bounds on what is kept (`body.js`).

use std::cell::Cell;

const LINE_END: &str = "\r\n";

/// The names that a body is looked through for, as the capture's table gives them.
#[derive(Clone, Debug)]
pub struct Listed {
    fields: Vec<String>,
    envelope: EnvelopeNames,
}

#[derive(Clone, Debug)]
struct EnvelopeNames {
    root: String,
    header: String,
    kept: Vec<String>,
    body: String,
    messages: Vec<String>,
    mark: String,
}

impl Listed {
    /// The names in the capture's table ([`samlight::event::capture::table`]).
    pub fn of(table: &serde_json::Value) -> Self {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &serde_json::Value| {
            value.as_array().map(|all| all.iter().map(text).collect()).unwrap_or_default()
        };
        let envelope = &table["envelope"];
        Listed {
            fields: list(&table["fields"]),
            envelope: EnvelopeNames {
                root: text(&envelope["root"]),
                header: text(&envelope["header"]),
                kept: list(&envelope["kept"]),
                body: text(&envelope["body"]),
                messages: list(&envelope["messages"]),
                mark: text(&envelope["mark"]),
            },
        }
    }
}

/// The result of looking through a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned<'a> {
    /// The look of the body, if it has one.
    pub look: Option<&'static str>,
    /// The listed fields, in their order, as they stand there. Parts of an envelope have no name.
    pub taken: Vec<(String, &'a str)>,
    /// Octets that were looked at.
    pub looks: usize,
}

type Reader = for<'a> fn(&Body<'a>, &Listed, &mut Vec<(String, &'a str)>) -> bool;

/// Each look of a body; the first that fits holds.
const READERS: [(&str, Reader); 5] = [
    ("envelope", envelope),
    ("multipart", multipart),
    ("json", json),
    ("text", lines),
    ("urlencoded", escaped),
];

/// Looks through the octets of a body, decoded as a browser decodes them.
pub fn decoded(octets: &[u8]) -> String {
    // TextDecoder takes one byte order mark off.
    String::from_utf8_lossy(octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(octets)).into_owned()
}

/// Takes the listed fields out of a body.
pub fn read<'a>(text: &'a str, listed: &Listed) -> Scanned<'a> {
    let body = Body { text, looks: Cell::new(0) };
    let mut taken = Vec::new();
    let fits = |(_, reader): &&(&str, Reader)| reader(&body, listed, &mut taken);
    let mut readers = READERS.iter();
    let look = readers.find(fits).map(|(look, _)| *look);
    Scanned { look, taken, looks: body.looks.get() }
}

/// A text whose looks are counted.
struct Body<'a> {
    text: &'a str,
    looks: Cell<usize>,
}

impl<'a> Body<'a> {
    fn count(&self, octets: usize) {
        self.looks.set(self.looks.get() + octets);
    }

    fn len(&self) -> usize {
        self.text.len()
    }

    fn octet(&self, at: usize) -> Option<u8> {
        self.count(1);
        self.text.as_bytes().get(at).copied()
    }

    fn starts_with(&self, word: &str, at: usize) -> bool {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        self.count(rest.iter().zip(word.as_bytes()).take_while(|(one, other)| one == other).count() + 1);
        rest.starts_with(word.as_bytes())
    }

    /// The place of `word` from `from` on. All words begin with ASCII, so that each place is one of a
    /// character.
    fn find(&self, word: &str, from: usize) -> Option<usize> {
        let found = self.text.get(from..)?.find(word).map(|at| from + at);
        self.count(found.map_or(self.len(), |at| at + word.len()) - from);
        found
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        let part = self.text.get(from..to).unwrap_or_default();
        self.count(part.len());
        part
    }

    fn behind_space(&self, at: usize) -> usize {
        let mut next = at;
        while self.octet(next).is_some_and(is_space) {
            next += 1;
        }
        next
    }

    /// The place where the content begins: a byte order mark may stand before it.
    fn start(&self) -> usize {
        self.behind_space(if self.text.starts_with('\u{feff}') { 3 } else { 0 })
    }

    fn pairs(&self, end: usize, separator: &str, names: &[String], take: &mut dyn FnMut(&str, &'a str)) {
        let mut at = 0;
        while at < end {
            let to = self.find(separator, at).filter(|next| *next <= end).unwrap_or(end);
            let name = names
                .iter()
                .find(|name| self.starts_with(name, at) && self.octet(at + name.len()) == Some(b'='))
                .filter(|name| at + name.len() < to);
            if let Some(name) = name {
                take(name, self.slice(at + name.len() + 1, to));
            }
            at = to + separator.len();
        }
    }

    /// The end of a name that `=` follows; nothing where the body is something else.
    fn name_end(&self) -> Option<usize> {
        for at in 0..self.len() {
            match self.octet(at)? {
                b'=' => return Some(at).filter(|at| *at > 0),
                it if is_space(it) || b"&<\"".contains(&it) => return None,
                _ => {}
            }
        }
        None
    }

    /// The place of the quote that closes a string of JSON.
    fn string_end(&self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            match self.octet(at)? {
                b'"' => return Some(at),
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
    }
}

fn is_space(octet: u8) -> bool {
    octet <= b' '
}

/// White space as JavaScript trims it.
fn is_trimmed(character: char) -> bool {
    character == '\u{feff}' || (character.is_whitespace() && character != '\u{85}')
}

fn has_lone_line_end(line: &str) -> bool {
    line.contains(['\r', '\n'])
}

fn lines<'a>(body: &Body<'a>, listed: &Listed, taken: &mut Vec<(String, &'a str)>) -> bool {
    let Some(first) = body.find(LINE_END, 0) else { return false };
    if body.name_end().is_none() || has_lone_line_end(body.slice(0, first)) {
        return false;
    }
    let Some(end) = body.text.rfind(LINE_END) else { return false };
    body.count(body.len() - end);
    body.pairs(end, LINE_END, &listed.fields, &mut |name, value| {
        if !has_lone_line_end(value) {
            taken.push((name.to_owned(), value));
        }
    });
    true
}

fn escaped<'a>(body: &Body<'a>, listed: &Listed, taken: &mut Vec<(String, &'a str)>) -> bool {
    if body.name_end().is_none() {
        return false;
    }
    for at in 0..body.len() {
        if body.octet(at).is_some_and(|it| is_space(it) || b"<\"{".contains(&it)) {
            return false;
        }
    }
    body.pairs(body.len(), "&", &listed.fields, &mut |name, value| taken.push((name.to_owned(), value)));
    true
}

fn json<'a>(body: &Body<'a>, listed: &Listed, taken: &mut Vec<(String, &'a str)>) -> bool {
    if !body.octet(body.start()).is_some_and(|it| b"{[".contains(&it)) {
        return false;
    }
    // Ends at the first string that does not.
    let mut member = |at: usize| -> Option<usize> {
        let open = body.find("\"", at)?;
        let close = body.string_end(open + 1)?;
        let next = close + 1;
        let is_name = |name: &&String| name.len() == close - open - 1 && body.starts_with(name, open + 1);
        let Some(name) = listed.fields.iter().find(is_name) else { return Some(next) };
        let colon = body.behind_space(next);
        if body.octet(colon) != Some(b':') {
            return Some(next);
        }
        let value = body.behind_space(colon + 1);
        if body.octet(value) != Some(b'"') {
            return Some(next);
        }
        let end = body.string_end(value + 1)?;
        taken.push((name.clone(), body.slice(value + 1, end)));
        Some(end + 1)
    };
    let mut at = 0;
    while let Some(next) = member(at) {
        at = next;
    }
    true
}

fn multipart<'a>(body: &Body<'a>, listed: &Listed, taken: &mut Vec<(String, &'a str)>) -> bool {
    let Some(first) = body.find(LINE_END, 0).filter(|first| *first > 2) else { return false };
    if !body.starts_with("--", 0) || has_lone_line_end(body.slice(0, first)) {
        return false;
    }
    let boundary = body.slice(0, first).trim_end_matches(is_trimmed);
    let mut name: Option<&str> = None;
    let mut at = first + 2;
    loop {
        let Some(end) = body.find(LINE_END, at) else { return true };
        if end > at {
            name = if body.starts_with(boundary, at) {
                None
            } else {
                name.or_else(|| part_name(body.slice(at, end)))
            };
            at = end + 2;
            continue;
        }
        let content = end + 2;
        let mut next = body.find("\r\n--", content);
        while let Some(found) = next.filter(|next| !body.starts_with(boundary, next + 2)) {
            next = body.find("\r\n--", found + 4);
        }
        let Some(next) = next else { return true };
        if let Some(field) = name.and_then(|name| listed.fields.iter().find(|field| *field == name)) {
            taken.push((field.clone(), body.slice(content, next)));
        }
        name = None;
        match body.find(LINE_END, next + 2) {
            Some(behind) if !body.starts_with("--", next + 2 + boundary.len()) => at = behind + 2,
            _ => return true,
        }
    }
}

/// The name of the field, in a line of a part's head.
fn part_name(line: &str) -> Option<&str> {
    let mut rest = line;
    for word in ["content-disposition:", "form-data;", "name=\""] {
        let (start, behind) = rest.split_at_checked(word.len())?;
        if !start.eq_ignore_ascii_case(word) {
            return None;
        }
        rest = behind.trim_start_matches(is_trimmed);
    }
    rest.find('"').map(|end| &rest[..end])
}

fn envelope<'a>(body: &Body<'a>, listed: &Listed, taken: &mut Vec<(String, &'a str)>) -> bool {
    let names = &listed.envelope;
    let mut at = body.start();
    if body.starts_with("<?", at) {
        let Some(end) = body.find(">", at) else { return false };
        at = body.behind_space(end + 1);
    }
    let mut next = body.tag_at(at);
    if !next.as_ref().is_some_and(|tag| tag.local == names.root && !tag.closes) {
        return false;
    }
    let mut kept = Vec::new();
    let mut from: Option<usize> = None;
    while let Some(tag) = next {
        at = tag.end;
        if from.is_none()
            && let Some(end) = body.kept_from(&tag, names)
        {
            kept.push(body.slice(tag.start, end));
        }
        if tag.local == names.body && !tag.closes {
            let from = *from.get_or_insert(tag.start);
            let message = body.tag_at(body.behind_space(at));
            if let Some(message) =
                message.filter(|it| !it.closes && names.messages.iter().any(|m| m == it.local))
            {
                if body.find(&names.mark, message.start).is_none() {
                    return false;
                }
                taken.extend(kept.into_iter().map(|part| (String::new(), part)));
                taken.push((String::new(), body.slice(from, body.len())));
                return true;
            }
        }
        next = body.next_tag(at);
    }
    false
}

struct Tag<'a> {
    start: usize,
    end: usize,
    local: &'a str,
    closes: bool,
    is_empty: bool,
}

impl<'a> Body<'a> {
    /// The end of what is kept from this tag on, before the body; nothing if it is not kept.
    fn kept_from(&self, tag: &Tag<'_>, names: &EnvelopeNames) -> Option<usize> {
        if (tag.local == names.root && !tag.closes) || tag.local == names.header {
            return Some(tag.end);
        }
        if !names.kept.iter().any(|name| name == tag.local) || tag.closes {
            return None;
        }
        if tag.is_empty {
            return Some(tag.end);
        }
        let closing = self.tag_at(self.find("<", tag.end)?)?;
        (closing.closes && closing.local == tag.local).then_some(closing.end)
    }

    fn next_tag(&self, from: usize) -> Option<Tag<'a>> {
        let mut at = self.find("<", from)?;
        loop {
            if let Some(tag) = self.tag_at(at) {
                return Some(tag);
            }
            at = self.find("<", at + 1)?;
        }
    }

    /// The tag that begins there. It ends at its first `>`, and has no `<` before.
    fn tag_at(&self, start: usize) -> Option<Tag<'a>> {
        if self.octet(start) != Some(b'<') {
            return None;
        }
        let closes = self.octet(start + 1) == Some(b'/');
        let name = start + if closes { 2 } else { 1 };
        let mut local = name;
        let mut local_end = None;
        for end in name..self.len() {
            let it = self.octet(end)?;
            if it == b'<' {
                return None;
            }
            if local_end.is_none() && it == b':' {
                local = end + 1;
            }
            if local_end.is_none() && (is_space(it) || it == b'/' || it == b'>') {
                local_end = Some(end);
            }
            if it == b'>' {
                let is_empty = self.octet(end - 1) == Some(b'/');
                let local = self.slice(local, local_end.unwrap_or(end));
                return Some(Tag { start, end: end + 1, local, closes, is_empty });
            }
        }
        None
    }
}
