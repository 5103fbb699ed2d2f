//! The ways in which a text is written inside of another one, each of which can be undone: a row of
//! [`LAYERS`] for each.
//!
//! Mail quotes lines (RFC 3676, 4.5) and folds them (quoted-printable, RFC 2045, 6.7); JSON, JavaScript, PHP
//! and shells escape with backslashes, cmd with carets, PowerShell with backticks, HTML with character
//! references, addresses with percent signs. A layer is undone in the whole text at once, and each octet of
//! what comes out knows where it stood, so that people are told the line of their own text. Leaves out: what
//! the text means; a layer that was none does no harm, for the text was looked through before.

use super::guarded;
use crate::{
    base::{characters::is_invisible, counted::stepped},
    encoding::escape::Escape,
};
use std::ops::Range;

/// One way of writing.
pub(super) struct Layer {
    /// Kebab-case name.
    pub(super) id: &'static str,
    /// The number of times that it is undone before the next one: JSON in JSON holds pages as they are.
    pub(super) times: usize,
    /// Writes the text without it.
    undo: fn(&mut Undoing<'_>),
}

/// The ways of writing, in the order in which they are undone.
pub(super) const LAYERS: [Layer; 9] = [
    layer("invisible", invisible),
    layer(LINE_MARKS, line_marks),
    layer("quoted-printable", quoted_printable),
    layer("carets", carets),
    layer("backticks", backticks),
    Layer { times: 3, ..layer("backslashes", backslashes) },
    layer(REFERENCES, references),
    layer("link-guard", guarded::undo),
    layer(PERCENT, percent),
];

const fn layer(id: &'static str, undo: fn(&mut Undoing<'_>)) -> Layer {
    Layer { id, times: 1, undo }
}

/// The name of the marks that stand before lines.
pub(super) const LINE_MARKS: &str = "line-marks";
/// The name of the character references of HTML.
pub(super) const REFERENCES: &str = "references";
/// The name of the escapes of addresses.
pub(super) const PERCENT: &str = "percent";

/// One change of a text: a part of what came out, and what it was before.
struct Edit {
    out: Range<usize>,
    before: Range<usize>,
}

/// A text with a layer undone.
pub(super) struct Undone {
    /// Its name.
    pub(super) id: &'static str,
    pub(super) text: String,
    edits: Vec<Edit>,
}

impl Undone {
    /// The place before of octet `at`.
    pub(super) fn before(&self, at: usize) -> usize {
        let index = self.edits.partition_point(|edit| edit.out.start <= at);
        match index.checked_sub(1).and_then(|index| self.edits.get(index)) {
            Some(edit) if at < edit.out.end => edit.before.start,
            Some(edit) => edit.before.end + (at - edit.out.end),
            None => at,
        }
    }

    /// Whether something in `range` was changed.
    pub(super) fn touches(&self, range: &Range<usize>) -> bool {
        let index = self.edits.partition_point(|edit| edit.out.end < range.start);
        self.edits[index..].iter().take(4).any(|edit| {
            let is_inside = edit.out.start > range.start || !edit.out.is_empty();
            is_inside && edit.out.start < range.end && edit.out.end >= range.start
        })
    }
}

impl Layer {
    /// `text` without this layer; absent where there is nothing of it.
    pub(super) fn undo(&self, text: &str) -> Option<Undone> {
        stepped(text.len());
        let mut undoing = Undoing { text, copied: 0, out: String::new(), edits: Vec::new() };
        (self.undo)(&mut undoing);
        if undoing.edits.is_empty() {
            return None;
        }
        undoing.out.push_str(text.get(undoing.copied..).unwrap_or_default());
        Some(Undone { id: self.id, text: undoing.out, edits: undoing.edits })
    }
}

/// A text while a layer is undone.
pub(super) struct Undoing<'a> {
    pub(super) text: &'a str,
    /// The octets of it that are dealt with.
    copied: usize,
    out: String,
    edits: Vec<Edit>,
}

impl<'a> Undoing<'a> {
    /// Writes `with` for the part at `before`, which lies behind all that was replaced.
    pub(super) fn replace(&mut self, before: Range<usize>, with: &str) {
        self.out.push_str(self.text.get(self.copied..before.start).unwrap_or_default());
        let start = self.out.len();
        self.out.push_str(with);
        self.copied = before.end;
        self.edits.push(Edit { out: start..self.out.len(), before });
    }

    /// The text from octet `at` on.
    fn from(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// The places of the octets among `starts`, each behind what is replaced before it.
    fn each(&mut self, starts: &[u8], replace: impl Fn(&mut Self, usize)) {
        let text = self.text;
        for (at, octet) in text.bytes().enumerate() {
            if starts.contains(&octet) && at >= self.copied {
                replace(self, at);
            }
        }
    }
}

/// Characters that show nothing: byte order marks, joiners, soft hyphens. Spaces of another width become
/// blanks.
fn invisible(undoing: &mut Undoing<'_>) {
    let text = undoing.text;
    if text.is_ascii() {
        return;
    }
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match c {
            _ if c.is_whitespace() && !c.is_ascii() => undoing.replace(at..end, " "),
            _ if is_invisible(c) && !c.is_ascii() => undoing.replace(at..end, ""),
            _ => {}
        }
    }
}

/// The marks before lines: `> ` of a quoted mail, of `curl -v` and of Markdown, `| ` of a table, and the `-`
/// that a browser shows before an element that can be folded.
fn line_marks(undoing: &mut Undoing<'_>) {
    let mut start = 0;
    let text = undoing.text;
    for line in text.split_inclusive('\n') {
        let inner = line.trim_start_matches([' ', '\t']);
        let indent = line.len() - inner.len();
        let behind = inner.trim_start_matches(['>', '|', ' ']);
        let marks = inner.len() - behind.len();
        if inner.starts_with(['>', '|']) {
            // White space behind the mark belongs to the line, but for one blank.
            let last = inner.get(..marks).and_then(|marks| marks.rfind(['>', '|'])).unwrap_or(0) + 1;
            let blank = usize::from(inner.get(last..).is_some_and(|rest| rest.starts_with(' ')));
            undoing.replace(start..start + indent + last + blank, "");
        } else if let Some(behind) = inner.strip_prefix(['-', '+']) {
            let element = behind.trim_start_matches(' ');
            if element.starts_with('<') {
                let length = inner.len() - element.len();
                undoing.replace(start + indent..start + indent + length, "");
            }
        }
        start += line.len();
    }
}

fn quoted_printable(undoing: &mut Undoing<'_>) {
    // Base64 ends with the same sign, so that at least one escape must be there.
    let text = undoing.text;
    if !["=3D", "=0D", "=\n", "=\r\n"].iter().any(|sign| text.contains(sign)) {
        return;
    }
    undoing.each(b"=", |undoing, at| {
        let behind = undoing.from(at + 1);
        let line_end = behind.trim_start_matches([' ', '\t', '\r']);
        if line_end.starts_with('\n') {
            undoing.replace(at..at + 2 + (behind.len() - line_end.len()), "");
            return;
        }
        let (end, decoded) = hexadecimal(undoing.text, at, b'=', false);
        if let Some(decoded) = decoded {
            undoing.replace(at..end, &decoded);
        }
    });
}

/// `^` of cmd, before a character that it is to leave alone or before the end of a line.
fn carets(undoing: &mut Undoing<'_>) {
    let text = undoing.text;
    if !["^\"", "^&", "^%", "^\r\n", "^\n"].iter().any(|sign| text.contains(sign)) {
        return;
    }
    undoing.each(b"^", |undoing, at| {
        let behind = undoing.from(at + 1);
        let line_end = if behind.starts_with("\r\n") { 2 } else { usize::from(behind.starts_with('\n')) };
        undoing.replace(at..at + 1 + line_end, "");
        // What a caret stands before is no caret itself.
        if behind.starts_with('^') {
            undoing.out.push('^');
            undoing.copied += 1;
            if let Some(edit) = undoing.edits.last_mut() {
                edit.out.end += 1;
                edit.before.end += 1;
            }
        }
    });
}

/// `` ` `` of PowerShell, before a quote or a dollar sign or at the end of a line.
fn backticks(undoing: &mut Undoing<'_>) {
    undoing.each(b"`", |undoing, at| match undoing.from(at + 1).as_bytes() {
        [b'"' | b'$' | b'\'' | b'`', ..] => undoing.replace(at..at + 1, ""),
        [b'\n', ..] => undoing.replace(at..at + 2, ""),
        [b'\r', b'\n', ..] => undoing.replace(at..at + 3, ""),
        _ => {}
    });
}

fn backslashes(undoing: &mut Undoing<'_>) {
    undoing.each(b"\\", |undoing, at| {
        let behind = undoing.from(at + 1);
        let with = match behind.as_bytes().first() {
            Some(b'"') => "\"",
            Some(b'\'') => "'",
            Some(b'/') => "/",
            Some(b'\\') => "\\",
            Some(b'&') => "&",
            Some(b'=') => "=",
            Some(b'`') => "`",
            Some(b'<') => "<",
            Some(b'>') => ">",
            Some(b'n') => "\n",
            Some(b'r') => "\r",
            Some(b't') => "\t",
            Some(b'\n') => "",
            Some(b'\r') if behind.starts_with("\r\n") => return undoing.replace(at..at + 3, ""),
            Some(b'u') => return code_point(undoing, at, 4),
            Some(b'x') => return code_point(undoing, at, 2),
            _ => return,
        };
        undoing.replace(at..at + 2, with);
    });
}

/// `\u003d`, `\u{3d}`, `\x3d`; halves of a pair stay as they are, for no message needs one.
fn code_point(undoing: &mut Undoing<'_>, at: usize, digits: usize) {
    let behind = undoing.from(at + 2);
    let braced = behind.strip_prefix('{').and_then(|rest| {
        let length = rest.bytes().take(7).position(|octet| octet == b'}')?;
        Some((rest.get(..length)?, 2))
    });
    let Some((written, around)) = braced.or_else(|| Some((behind.get(..digits)?, 0))) else { return };
    let character = u32::from_str_radix(written, 16).ok().and_then(char::from_u32);
    if let Some(c) = character.filter(|_| written.bytes().all(|octet| octet.is_ascii_hexdigit())) {
        undoing.replace(at..at + 2 + written.len() + around, c.encode_utf8(&mut [0; 4]));
    }
}

fn references(undoing: &mut Undoing<'_>) {
    undoing.each(b"&", |undoing, at| {
        let Some(read) = Escape::Reference.read(b'&', undoing.from(at + 1).as_bytes()) else { return };
        if let Ok(character) = str::from_utf8(read.octets()) {
            undoing.replace(at..at + 1 + read.used, character);
        }
    });
}

fn percent(undoing: &mut Undoing<'_>) {
    undoing.each(b"%", |undoing, at| {
        let (end, decoded) = hexadecimal(undoing.text, at, b'%', true);
        if let Some(decoded) = decoded {
            undoing.replace(at..end, &decoded);
        }
    });
}

/// The characters that are written as `sign` and two digits each from octet `at` on, and where they end;
/// those of one character at a time.
pub(super) fn hexadecimal(text: &str, at: usize, sign: u8, lower: bool) -> (usize, Option<String>) {
    let octets = text.as_bytes();
    let digit = |octet: u8| {
        let taken =
            octet.is_ascii_digit() || (b'A'..=b'F').contains(&octet) || (lower && octet.is_ascii_hexdigit());
        taken.then(|| char::from(octet).to_digit(16)).flatten()
    };
    let mut decoded = Vec::new();
    for start in (at..).step_by(3).take(4) {
        let Some([first, high, low]) = octets.get(start..start + 3) else { break };
        let (Some(high), Some(low), true) = (digit(*high), digit(*low), *first == sign) else { break };
        decoded.push(u8::try_from(high << 4 | low).unwrap_or_default());
        if let Ok(character) = str::from_utf8(&decoded) {
            return (start + 3, Some(character.to_owned()));
        }
    }
    (at, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn undone(id: &str, text: &str) -> Option<String> {
        let layer = LAYERS.iter().find(|layer| layer.id == id).unwrap();
        layer.undo(text).map(|undone| undone.text)
    }

    #[test]
    fn each_way_of_writing_is_undone() {
        for (id, written, plain) in [
            ("invisible", "a\u{200b}b\u{feff}c\u{a0}d", "abc d"),
            ("line-marks", "> a\n>> b\n> > c\n  d\n", "a\nb\nc\n  d\n"),
            ("line-marks", "-<a>\n - <b/>\n-c\n", "<a>\n <b/>\n-c\n"),
            ("quoted-printable", "a=3Db=\nc=\r\nd=C3=A4", "a=bcd\u{e4}"),
            ("carets", "^\"a^%^2Fb^\" ^\r\n^^", "\"a%2Fb\" ^"),
            ("backticks", "`\"a`\n`$b", "\"a$b"),
            ("backslashes", "\\\"a\\/\\u003d\\x26\\u{3e}\\n", "\"a/=&>\n"),
            (REFERENCES, "&amp;&#43;&#x2b;&lt;&nope;", "&++<&nope;"),
            (PERCENT, "%3C%c3%a4%zz%E4", "<\u{e4}%zz%E4"),
        ] {
            assert_eq!(undone(id, written).as_deref(), Some(plain), "{id}");
        }
        for layer in &LAYERS {
            assert!(layer.undo("a plain text: 100 = 50 + 50\n").is_none(), "{}", layer.id);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_undone_and_each_place_is_known(text in "([a<>|\\-+=3D^\"%&;\\\\u0026x{}`\n\r \u{e4}\u{a0}\u{200b}]|&amp;|%3C|\\\\u003c|=\n){0,40}") {
            for layer in &LAYERS {
                let Some(undone) = layer.undo(&text) else { continue };
                let mut last = 0;
                for (at, c) in undone.text.char_indices() {
                    let before = undone.before(at);
                    prop_assert!(before >= last && before < text.len(), "{}", layer.id);
                    last = before;
                    let is_changed = undone.touches(&(at..at + c.len_utf8()));
                    prop_assert!(is_changed || text.get(before..).is_some_and(|rest| rest.starts_with(c)), "{}: {at}", layer.id);
                }
            }
        }
    }
}
