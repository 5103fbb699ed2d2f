//! The text that a person means in what they pasted: without the escapes, marks and tags that a log, a page,
//! a mail or a table put round it.
//!
//! Undone: escapes of JSON, Ruby and JavaScript (once or several times), `%xx` and `+` of addresses,
//! character references and tags of HTML, quoted-printable, marks of quoted mail, colours of terminals,
//! characters that nobody sees. Texts in a tag's attributes stay, since GitLab draws some messages from
//! them. Leaves out: the marks of Markdown, quotation marks and brackets, which tell where a message ends
//! ([`words`](super::words)), and base64.

use crate::base::counted::stepped;

/// Times that a text is unwrapped: JSON in JSON in an address is two wrappings, and nobody has more than
/// four.
const ROUNDS: usize = 4;

/// The text in `pasted`.
pub(super) fn plain(pasted: &str) -> String {
    let mut text = quoted_printable(pasted);
    for _ in 0..ROUNDS {
        let next = unwrapped(&text);
        if next == text {
            break;
        }
        text = next;
    }
    without_margins(&text)
}

/// Each line without the signs that quote it: of a mail, of a comment, of a table.
fn without_margins(text: &str) -> String {
    stepped(text.len());
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let mut rest = line.trim_start_matches([' ', '\t']);
        while let Some(inner) = ["> ", ">", "| ", "// ", "# "].iter().find_map(|mark| rest.strip_prefix(mark))
        {
            rest = inner.trim_start_matches([' ', '\t']);
        }
        out.push_str(rest);
    }
    out
}

/// One wrapping less, in one pass.
fn unwrapped(text: &str) -> String {
    stepped(text.len());
    let mut scan =
        Scan { text, at: 0, next_end: None, ends_comments: true, out: String::with_capacity(text.len()) };
    while let Some(c) = scan.rest().chars().next() {
        let taken = match c {
            '\\' => scan.escape(),
            '%' => scan.percent(),
            '&' => scan.reference(),
            '<' => scan.tag(),
            '+' => scan.plus(),
            '\'' => scan.doubled(),
            '\u{1b}' => scan.colour(),
            _ => None,
        };
        let length = taken.unwrap_or_else(|| {
            scan.push(c);
            c.len_utf8()
        });
        scan.at += length.max(1);
    }
    scan.out
}

/// The place in a text that is unwrapped, and what was read before it.
struct Scan<'t> {
    text: &'t str,
    at: usize,
    /// The next `>`, from where it was looked for last.
    next_end: Option<usize>,
    /// Whether a comment may still end: where one does not, none behind it does.
    ends_comments: bool,
    out: String,
}

/// Each of these gives the length of what it took, or nothing where it is not what it seems.
impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, c: char) {
        match c {
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{ad}'
            | '\u{fe0f}' => {}
            '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{b4}' | '\u{2bc}' => self.out.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' => self.out.push('"'),
            '\u{2010}'..='\u{2012}' => self.out.push('-'),
            // The full width of East Asian screens.
            '\u{ff01}'..='\u{ff5e}' => self.out.extend(char::from_u32(u32::from(c) - 0xfee0)),
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => self.out.push('\n'),
            c if c.is_whitespace() && c != '\n' => self.out.push(' '),
            c => self.out.push(c),
        }
    }

    /// An escape, however many times it was escaped itself.
    fn escape(&mut self) -> Option<usize> {
        let rest = self.rest();
        let inner = rest.trim_start_matches('\\');
        let slashes = rest.len() - inner.len();
        let c = inner.chars().next()?;
        let code = |length: usize| {
            let digits = inner.get(1..=length)?;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)
        };
        let (meant, length) = match c {
            'u' => (code(4)?, 5),
            'x' => (code(2)?, 3),
            'n' | 'r' => ('\n', 1),
            't' => (' ', 1),
            c if c.is_ascii_punctuation() => (c, 1),
            _ => return None,
        };
        stepped(slashes);
        self.push(meant);
        Some(slashes + length)
    }

    /// One or more octets as `%xx`.
    fn percent(&mut self) -> Option<usize> {
        let rest = self.rest().as_bytes();
        let octets: Vec<u8> = rest.chunks_exact(3).map_while(octet).collect();
        let decoded = String::from_utf8_lossy(&octets);
        decoded.chars().for_each(|c| self.push(c));
        (!octets.is_empty()).then_some(octets.len() * 3)
    }

    /// A space in an address: between two characters that are none. An e-mail address keeps its own.
    fn plus(&mut self) -> Option<usize> {
        let before = self.text.get(..self.at)?.chars().next_back()?;
        let after = self.rest().get(1..)?;
        let is_space = !before.is_whitespace()
            && after.starts_with(|c: char| !c.is_whitespace() && c != '+')
            && !after.chars().take(100).take_while(|c| !c.is_whitespace() && *c != '+').any(|c| c == '@');
        is_space.then(|| {
            self.out.push(' ');
            1
        })
    }

    /// An apostrophe that YAML or SQL wrote twice.
    fn doubled(&mut self) -> Option<usize> {
        let before = self.text.get(..self.at)?.chars().next_back()?;
        let after = self.rest().strip_prefix("''")?.chars().next()?;
        (before.is_alphanumeric() && after.is_alphanumeric()).then(|| {
            self.out.push('\'');
            2
        })
    }

    /// A character reference.
    fn reference(&mut self) -> Option<usize> {
        let (name, _) = self
            .rest()
            .get(1..)?
            .char_indices()
            .take(10)
            .find(|(_, c)| *c == ';')
            .and_then(|(end, _)| self.rest().get(1..).map(|inner| inner.split_at(end)))?;
        let number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
        let meant = match name.strip_prefix('#') {
            Some(digits) => match digits.strip_prefix(['x', 'X']) {
                Some(digits) => number(digits, 16)?,
                None => number(digits, 10)?,
            },
            None => REFERENCES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known))?.1,
        };
        self.push(meant);
        Some(name.len() + 2)
    }

    /// A tag of HTML: nothing inside of a line, a line's end where a block begins or ends, and the values of
    /// its attributes on lines of their own. Scripts and styles are no text.
    fn tag(&mut self) -> Option<usize> {
        let rest = self.rest();
        if rest.starts_with("<!--") {
            if !self.ends_comments {
                return None;
            }
            let end = rest.find("-->");
            stepped(end.unwrap_or(rest.len()));
            self.ends_comments = end.is_some();
            return end.map(|end| end + 3);
        }
        let inner = rest.get(1..)?;
        let name_start = inner.strip_prefix(['/', '!']).unwrap_or(inner);
        let name_length = name_start.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name_start.len());
        let name = name_start.get(..name_length.min(12))?.to_ascii_lowercase();
        let is_inline = INLINE.contains(&name.as_str());
        if !is_inline && !BLOCKS.contains(&name.as_str()) {
            return None;
        }
        let end = self.end()?;
        let tag = self.text.get(self.at..end)?;
        if !is_inline {
            self.out.push('\n');
        }
        let mut pieces = tag.split(['"', '\'']);
        while let (Some(before), Some(value)) = (pieces.next(), pieces.next()) {
            let name = before.trim_end_matches('=').rsplit(char::is_whitespace).next().unwrap_or_default();
            if !UNREAD.contains(&name.to_ascii_lowercase().as_str()) {
                self.out.push('\n');
                value.chars().for_each(|c| self.push(c));
                self.out.push('\n');
            }
        }
        let tag_length = tag.len() + 1;
        if !tag.starts_with("</") && (name == "script" || name == "style") {
            let close = if name == "script" { "</script" } else { "</style" };
            return Some(rest.find(close).unwrap_or(rest.len()));
        }
        Some(tag_length)
    }

    /// The place of the next `>`. It is kept, so that many `<` before it cost no more than one.
    fn end(&mut self) -> Option<usize> {
        if self.next_end.is_none_or(|end| end < self.at) {
            let found = self.rest().find('>').map_or(usize::MAX, |end| self.at + end);
            stepped(found.min(self.text.len()) - self.at);
            self.next_end = Some(found);
        }
        self.next_end.filter(|end| *end != usize::MAX)
    }

    /// A colour of a terminal.
    fn colour(&mut self) -> Option<usize> {
        let inner = self.rest().get(1..)?.strip_prefix('[')?;
        let end = inner.char_indices().take(16).find(|(_, c)| c.is_ascii_alphabetic())?.0;
        Some(end + 3)
    }
}

fn octet(chunk: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(chunk.get(1..3)?).ok()?;
    (chunk.first() == Some(&b'%') && digits.bytes().all(|c| c.is_ascii_hexdigit()))
        .then(|| u8::from_str_radix(digits, 16).ok())?
}

/// A mail's body without its quoted-printable, which is known by its broken lines and escaped octets.
fn quoted_printable(text: &str) -> String {
    stepped(text.len());
    let is_broken = text.contains("=\n") || text.contains("=\r\n");
    if !is_broken && !["=20", "=3D", "=E2=80=", "=27", "=22"].iter().any(|sign| text.contains(sign)) {
        return text.to_owned();
    }
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let escaped = |digits: &[u8]| {
            let is_one = digits.iter().all(|c| c.is_ascii_digit() || (b'A'..=b'F').contains(c));
            is_one.then(|| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())?
        };
        match (first, after) {
            (b'=', [b'\n', after @ ..] | [b'\r', b'\n', after @ ..]) => rest = after,
            (b'=', [one, two, after @ ..]) => match escaped(&[*one, *two]) {
                Some(octet) => {
                    octets.push(octet);
                    rest = after;
                }
                None => octets.push(b'='),
            },
            (octet, _) => octets.push(*octet),
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

/// The references that stand in texts; numbers have no names.
const REFERENCES: [(&str, char); 24] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("rsquo", '\''),
    ("lsquo", '\''),
    ("sbquo", '\''),
    ("ldquo", '"'),
    ("rdquo", '"'),
    ("bdquo", '"'),
    ("laquo", '"'),
    ("raquo", '"'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("shy", '\u{ad}'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
    ("lowbar", '_'),
    ("colon", ':'),
    ("comma", ','),
    ("period", '.'),
];

/// Attributes in which no sentence stands.
const UNREAD: [&str; 12] =
    ["class", "id", "href", "src", "style", "action", "for", "rel", "type", "name", "method", "lang"];

/// The elements that stand inside of a line.
const INLINE: [&str; 20] = [
    "a", "abbr", "b", "bdi", "bdo", "code", "em", "font", "i", "kbd", "mark", "o", "s", "samp", "small",
    "span", "strong", "tt", "u", "wbr",
];

/// The elements that begin a line.
const BLOCKS: [&str; 52] = [
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "dd",
    "details",
    "div",
    "dl",
    "doctype",
    "dt",
    "fieldset",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "img",
    "input",
    "label",
    "legend",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "script",
    "section",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "textarea",
    "th",
    "title",
    "tr",
    "ul",
];
