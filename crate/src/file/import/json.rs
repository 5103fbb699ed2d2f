//! The elements of a list in a large JSON file, one by one, as far as the file goes.
//!
//! A capture can be cut off (the tab was closed while it was saved) or have one damaged element. A parser of
//! the whole would lose all of it. So brackets and strings alone are followed to cut the list into its
//! elements, and each element is parsed on its own; of one that is cut off, the members that are whole are
//! read. Memory is taken for one element at a time, and nesting takes none.

use crate::base::{characters, redact};
use serde_json::Value;
use std::{borrow::Cow, ops::Range};

/// The elements of a list.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Elements {
    /// Their places, in octets of the file. The last one can be cut off.
    pub(super) places: Vec<Range<usize>>,
    /// The place where the file breaks off, in the list or behind it.
    pub(super) broken: Option<usize>,
}

/// The elements of the list at `path`, a name for each object on the way; `None` when there is no such list.
pub(super) fn elements(content: &[u8], path: &[&str]) -> Option<Elements> {
    let mut scanner = Scanner { content, at: 0 };
    if content.starts_with(b"\xEF\xBB\xBF") {
        scanner.at = 3;
    }
    for name in path {
        scanner.member(name)?;
    }
    if !scanner.next_is(b'[') {
        return None;
    }
    let mut list = scanner.list();
    if list.broken.is_none() && !scanner.closes(path.len()) {
        list.broken = Some(content.len());
    }
    Some(list)
}

/// The value of the member `name` of the outermost object, when it is a text.
pub(super) fn text_member(content: &[u8], name: &str) -> Option<String> {
    let mut scanner = Scanner { content, at: 0 };
    scanner.member(name)?;
    let start = scanner.at;
    scanner.value()?;
    let value = parse(content.get(start..scanner.at)?).ok()?;
    value.as_str().map(str::to_owned)
}

/// The element at `place`. Of one that is cut off, what is whole of it; the error names no value.
pub(super) fn element(content: &[u8], place: &Range<usize>) -> Result<Value, String> {
    let octets = content.get(place.clone()).unwrap_or_default();
    parse(octets).or_else(|error| match completed(octets) {
        Some(completed) => parse(&completed),
        None => Err(error),
    })
}

fn parse(octets: &[u8]) -> Result<Value, String> {
    let text = characters::text_of(octets);
    crate::base::counted::stepped(octets.len());
    serde_json::from_str(&text)
        // A browser writes half of a surrogate pair where a body was cut; no Unicode text can hold it.
        .or_else(|error| match without_lone_surrogates(&text) {
            Cow::Borrowed(_) => Err(error),
            Cow::Owned(text) => serde_json::from_str(&text),
        })
        .map_err(|error| redact::json_error(&error))
}

/// `octets` cut behind the last whole member and closed; `None` when nothing is left open.
fn completed(octets: &[u8]) -> Option<Vec<u8>> {
    let mut scanner = Scanner { content: octets, at: 0 };
    let (mut open, mut whole) = (Vec::new(), 0);
    while let Some(octet) = scanner.peek() {
        match octet {
            b'"' => {
                if scanner.string().is_none() {
                    break;
                }
                continue;
            }
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
        // Before a comma everything is whole; so it is behind a bracket.
        match octet {
            b',' => whole = scanner.at,
            b'{' | b'[' | b'}' | b']' => whole = scanner.at + 1,
            _ => {}
        }
        scanner.at += 1;
    }
    let kept = octets.get(..whole).filter(|_| !open.is_empty())?;
    Some(kept.iter().chain(open.iter().rev()).copied().collect())
}

/// `json` with U+FFFD for each escape of half a surrogate pair.
fn without_lone_surrogates(json: &str) -> Cow<'_, str> {
    let mut fixed: Option<String> = None;
    let mut rest = json;
    let mut copied = 0;
    while let Some(at) = rest.find('\\') {
        crate::base::counted::stepped(at + 1);
        let escape = rest.get(at..).unwrap_or_default();
        let here = json.len() - escape.len();
        let length = match (surrogate(escape), surrogate(escape.get(6..).unwrap_or_default())) {
            (Some(Half::High), Some(Half::Low)) => 12,
            (Some(_), _) => {
                let fixed = fixed.get_or_insert_default();
                fixed.push_str(json.get(copied..here).unwrap_or_default());
                fixed.push_str("\\uFFFD");
                copied = here + 6;
                6
            }
            // An escape of one character; what follows it is found by the next search.
            (None, _) => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        rest = escape.get(length..).unwrap_or_default();
    }
    match fixed {
        Some(fixed) => Cow::Owned(fixed + json.get(copied..).unwrap_or_default()),
        None => Cow::Borrowed(json),
    }
}

enum Half {
    High,
    Low,
}

fn surrogate(escape: &str) -> Option<Half> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    match u32::from_str_radix(digits, 16).ok()? {
        0xD800..=0xDBFF => Some(Half::High),
        0xDC00..=0xDFFF => Some(Half::Low),
        _ => None,
    }
}

/// Follows brackets and strings.
struct Scanner<'a> {
    content: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    /// Goes to the end. Whether the `open` brackets around and all that open on the way are closed there.
    fn closes(&mut self, mut open: usize) -> bool {
        while let Some(octet) = self.peek() {
            match octet {
                b'"' if self.string().is_none() => return false,
                b'"' => continue,
                b'{' | b'[' => open += 1,
                b'}' | b']' => open = open.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
        }
        open == 0
    }

    fn peek(&self) -> Option<u8> {
        crate::base::counted::stepped(1);
        self.content.get(self.at).copied()
    }

    /// The next octet that is no white space.
    fn next(&mut self) -> Option<u8> {
        while self.peek()?.is_ascii_whitespace() {
            self.at += 1;
        }
        self.peek()
    }

    fn next_is(&mut self, octet: u8) -> bool {
        self.next() == Some(octet)
    }

    /// Passes `octet` if it is next.
    fn pass(&mut self, octet: u8) -> Option<()> {
        (self.next() == Some(octet)).then(|| self.at += 1)
    }

    /// Goes to the value of the member `name` of the object that is next.
    fn member(&mut self, name: &str) -> Option<()> {
        self.pass(b'{')?;
        loop {
            let key = self.next().filter(|octet| *octet == b'"').and_then(|_| self.string())?;
            self.pass(b':')?;
            if self.content.get(key) == Some(name.as_bytes()) {
                self.next()?;
                return Some(());
            }
            self.value()?;
            self.pass(b',')?;
        }
    }

    /// Passes the string that is next; what stands between its quotes, or `None` when it does not end.
    fn string(&mut self) -> Option<Range<usize>> {
        let start = self.at + 1;
        self.at = start;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    return Some(start..self.at - 1);
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    /// Passes the value that is next; `None` when it does not end.
    fn value(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        self.next()?;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' if depth == 0 => return Some(()),
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                b',' if depth == 0 => return Some(()),
                _ => self.at += 1,
            }
            if depth == 0 && self.content.get(self.at.saturating_sub(1)).is_some_and(|o| b"\"}]".contains(o))
            {
                return Some(());
            }
        }
    }

    /// The elements of the list that is next.
    fn list(&mut self) -> Elements {
        let mut elements = Elements::default();
        self.at += 1;
        loop {
            match self.next() {
                Some(b']') => return elements,
                Some(b',') => self.at += 1,
                Some(_) => {
                    let start = self.at;
                    let whole = self.value().is_some();
                    let end = self.at.min(self.content.len());
                    if end > start {
                        elements.places.push(start..end);
                    }
                    // A bracket that closes nothing ends the list.
                    if !whole || end == start {
                        elements.broken = Some(end);
                        return elements;
                    }
                }
                None => {
                    elements.broken = Some(self.content.len());
                    return elements;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(content: &str) -> (Vec<Result<Value, String>>, Option<usize>) {
        let found = elements(content.as_bytes(), &["log", "entries"]).unwrap();
        (found.places.iter().map(|place| element(content.as_bytes(), place)).collect(), found.broken)
    }

    #[test]
    fn a_list_is_found_and_cut_into_its_elements() {
        let content =
            r#" {"a": [{"log": 1}, "}\""], "log": {"pages": [], "entries": [{"x": "]"}, 7, "a,b", [1]]}} "#;
        let expected = [json!({"x": "]"}), json!(7), json!("a,b"), json!([1])].map(Ok);
        assert_eq!(read(content), (expected.to_vec(), None));
        assert_eq!(elements(b"\xEF\xBB\xBF{\"a\":[]}", &["a"]), Some(Elements::default()));
        for other in ["", "{", "{}", "[]", "{\"log\":{\"entries\":{}}}", "{\"log\":[]}", "<log>"] {
            assert_eq!(elements(other.as_bytes(), &["log", "entries"]), None, "{other}");
        }
    }

    #[test]
    fn what_is_whole_of_a_cut_off_element_is_read() {
        let whole = r#"{"log":{"entries":[{"a":1},{"b":{"c":"d","e":["f","#;
        let (found, broken) = read(whole);
        assert_eq!(found, [Ok(json!({"a": 1})), Ok(json!({"b": {"c": "d", "e": ["f"]}}))]);
        assert_eq!(broken, Some(whole.len()));
    }

    #[test]
    fn a_damaged_element_leaves_the_others() {
        let (found, broken) = read(r#"{"log":{"entries":[{"a":1},{"b" "s3cr3t"},{"c":3}]}}"#);
        assert_eq!((found.len(), broken), (3, None));
        let error = found[1].clone().unwrap_err();
        assert!(!error.contains("s3cr3t"), "{error}");
        assert_eq!(found[2], Ok(json!({"c": 3})));
    }

    #[test]
    fn half_of_a_surrogate_pair_does_not_cost_the_element() {
        let (found, _) = read(r#"{"log":{"entries":[{"a":"\\ud83d \ud83d\ude00 \ud83d","b":"\uDE00"}]}}"#);
        assert_eq!(found, [Ok(json!({"a": "\\ud83d 😀 \u{FFFD}", "b": "\u{FFFD}"}))]);
    }

    proptest! {
        #[test]
        fn any_octets_are_scanned(content in prop::collection::vec(prop::sample::select(&b"{}[]\",:\\u \xC3aD8lo"[..]), 0..200)) {
            let content = [&b"{\"a\":["[..], &content].concat();
            let found = elements(&content, &["a"]).unwrap();
            let mut last = 0;
            for place in &found.places {
                prop_assert!(last <= place.start && place.start < place.end && place.end <= content.len());
                last = place.end;
                let _ = element(&content, place);
            }
        }
    }
}
