//! Reading source text just closely enough for the rules: what is comment and what is not.

/// The language, which says how comments and strings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    JavaScript,
}

/// The text with every character of a comment replaced by a space, so that places stay the same.
pub(super) fn without_comments(text: &str, language: Language) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0, language, out: String::with_capacity(text.len()) };
    while reader.at < reader.chars.len() {
        let length = reader.piece();
        match length {
            Piece::Comment(end) => reader.blank_to(end),
            Piece::Code(end) => reader.copy_to(end),
        }
    }
    reader.out
}

/// The line of a position in the text, counted from 1.
pub(super) fn line_of(text: &str, position: usize) -> usize {
    1 + text.bytes().take(position).filter(|byte| *byte == b'\n').count()
}

/// The piece that begins at the reader's place, with the place behind it.
enum Piece {
    Comment(usize),
    Code(usize),
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    language: Language,
    out: String,
}

impl Reader<'_> {
    fn piece(&self) -> Piece {
        let at = self.at;
        match (self.chars[at], self.chars.get(at + 1)) {
            ('/', Some('/')) => Piece::Comment(self.find(at, |c| c == '\n')),
            ('/', Some('*')) => Piece::Comment(self.block_comment()),
            ('"', _) => Piece::Code(self.quoted('"')),
            ('\'' | '`', _) if self.language == Language::JavaScript => {
                Piece::Code(self.quoted(self.chars[at]))
            }
            ('/', _) if self.language == Language::JavaScript && self.regex_may_begin() => {
                Piece::Code(self.regex())
            }
            ('\'', _) => Piece::Code(self.character()),
            ('r', Some('"' | '#')) if self.language == Language::Rust => Piece::Code(self.raw_string()),
            _ => Piece::Code(at + 1),
        }
    }

    fn blank_to(&mut self, end: usize) {
        let blank = |c: &char| if *c == '\n' { '\n' } else { ' ' };
        self.out.extend(self.chars[self.at..end].iter().map(blank));
        self.at = end;
    }

    fn copy_to(&mut self, end: usize) {
        self.out.extend(&self.chars[self.at..end]);
        self.at = end;
    }

    /// The first place from `from` on where the test holds, else the end.
    fn find(&self, from: usize, test: impl Fn(char) -> bool) -> usize {
        self.chars[from..].iter().position(|c| test(*c)).map_or(self.chars.len(), |offset| from + offset)
    }

    /// Behind a block comment; those of Rust nest.
    fn block_comment(&self) -> usize {
        let (mut at, mut depth) = (self.at + 2, 1);
        while at < self.chars.len() && depth > 0 {
            match (self.chars[at], self.chars.get(at + 1)) {
                ('*', Some('/')) => (at, depth) = (at + 2, depth - 1),
                ('/', Some('*')) if self.language == Language::Rust => (at, depth) = (at + 2, depth + 1),
                _ => at += 1,
            }
        }
        at.min(self.chars.len())
    }

    /// Behind a string that ends with `quote`; a backslash protects the next character.
    fn quoted(&self, quote: char) -> usize {
        let mut at = self.at + 1;
        while at < self.chars.len() && self.chars[at] != quote {
            at += if self.chars[at] == '\\' { 2 } else { 1 };
        }
        (at + 1).min(self.chars.len())
    }

    /// Behind a character of Rust; a lifetime is one quote and then a name.
    fn character(&self) -> usize {
        let escaped = self.chars.get(self.at + 1) == Some(&'\\');
        let closed = self.chars.get(self.at + 2) == Some(&'\'');
        if escaped || closed { self.quoted('\'') } else { self.at + 1 }
    }

    /// Behind a raw string of Rust, such as `r#"…"#`; or behind the `r` when it is none.
    fn raw_string(&self) -> usize {
        let open = self.find(self.at + 1, |c| c != '#');
        let in_word =
            self.at > 0 && (self.chars[self.at - 1].is_alphanumeric() || self.chars[self.at - 1] == '_');
        // `br` and `cr` are prefixes too.
        let prefixed = self.at > 0 && matches!(self.chars[self.at - 1], 'b' | 'c');
        if self.chars.get(open) != Some(&'"') || (in_word && !prefixed) {
            return self.at + 1;
        }
        let closing: Vec<char> =
            std::iter::once('"').chain(std::iter::repeat_n('#', open - self.at - 1)).collect();
        let rest = &self.chars[open + 1..];
        let found = rest.windows(closing.len()).position(|window| window == closing);
        found.map_or(self.chars.len(), |offset| open + 1 + offset + closing.len())
    }

    /// Whether a slash here begins a regular expression of JavaScript and is no division: a division comes
    /// after a value.
    fn regex_may_begin(&self) -> bool {
        let before: String = self.chars[..self.at].iter().collect();
        let before = before.trim_end();
        let word_start =
            before.rfind(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').map_or(0, |at| at + 1);
        let word = before.get(word_start..).unwrap_or_default();
        match before.chars().last() {
            None => true,
            Some(')' | ']' | '}' | '"' | '\'' | '`') => false,
            Some(_) if !word.is_empty() => ["return", "typeof", "case", "of", "in"].contains(&word),
            Some(_) => true,
        }
    }

    /// Behind a regular expression; a slash inside brackets does not end it.
    fn regex(&self) -> usize {
        let (mut at, mut in_class) = (self.at + 1, false);
        while at < self.chars.len() && self.chars[at] != '\n' && (in_class || self.chars[at] != '/') {
            match self.chars[at] {
                '\\' => at += 1,
                '[' => in_class = true,
                ']' => in_class = false,
                _ => {}
            }
            at += 1;
        }
        (at + 1).min(self.chars.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> String {
        without_comments(text, Language::Rust).replace(' ', "")
    }

    fn javascript(text: &str) -> String {
        without_comments(text, Language::JavaScript).replace(' ', "")
    }

    #[test]
    fn comments_of_rust_go_and_strings_stay() {
        assert_eq!(rust("a // b\nc"), "a\nc");
        assert_eq!(rust("a /* b /* c */ d */ e"), "ae");
        assert_eq!(rust(r#"f("// no", '"', 'a', '\'') // yes"#), r#"f("//no",'"','a','\'')"#);
        assert_eq!(rust("r#\"// \" no\"# // yes"), "r#\"//\"no\"#");
        assert_eq!(rust("fn f<'a>(x: &'a str) // yes"), "fnf<'a>(x:&'astr)");
        assert_eq!(rust("bar // yes"), "bar");
    }

    #[test]
    fn comments_of_javascript_go_and_strings_and_expressions_stay() {
        assert_eq!(javascript("'// no' + `// ${no}` // yes"), "'//no'+`//${no}`");
        assert_eq!(javascript("x = /[/\"]\\//; // yes"), "x=/[/\"]\\//;");
        assert_eq!(javascript("a / b / c // yes"), "a/b/c");
        assert_eq!(javascript("return /'/.test(x); // yes"), "return/'/.test(x);");
        assert_eq!(javascript("/** it's */ a"), "a");
    }

    #[test]
    fn places_stay_the_same_and_open_ends_do_no_harm() {
        let text = "a /* x\ny */ b";
        let code = without_comments(text, Language::Rust);
        assert_eq!(code.find('b'), text.find('b'));
        assert_eq!(line_of(&code, code.find('b').unwrap()), 2);
        for open in ["/*", "\"", "'", "r#\"", "/", "\"\\", "'\\", "`"] {
            for language in [Language::Rust, Language::JavaScript] {
                assert_eq!(without_comments(open, language).len(), open.len(), "{open}");
            }
        }
    }
}
