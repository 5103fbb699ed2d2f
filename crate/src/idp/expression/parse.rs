//! The parser of expressions: one for all languages, of which each uses a part.
//!
//! `[field]`, `"text"` and `Name(…)` are Entra ID's; `user.field`, `+`, `==`, `!=`, `? :` and `${…}` within a
//! text are Okta's, and `user.field` also that of Entra ID's claims. Leaves out: comparisons in Entra ID's
//! `IIF`, whose name is then told, and what only other parts of Okta have (`?.`, lists, dates).

use super::{Function, Language, Node, Unclear, functions::Does, plain_field};
use crate::base::limits::{EXPRESSION_BYTES, EXPRESSION_DEPTH, EXPRESSION_PARTS};

/// Letters of a name that is told, at most.
const NAME: usize = 100;

/// Reads all of a text.
pub(super) fn read(language: Language, text: &str) -> Result<Node, Unclear> {
    if text.len() > EXPRESSION_BYTES {
        return Err(Unclear::Large);
    }
    let text = text.trim();
    match text.contains("${") && language == Language::Okta {
        true => template(text),
        false => whole(language, text),
    }
}

/// One expression, and nothing behind it.
fn whole(language: Language, text: &str) -> Result<Node, Unclear> {
    let mut parser = Parser { language, rest: text, depth: 0, parts: 0 };
    let node = parser.expression()?;
    parser.skip();
    if parser.rest.is_empty() { Ok(node) } else { Err(Unclear::Syntax) }
}

/// A text with expressions in it: `${source.userName}-x`.
fn template(text: &str) -> Result<Node, Unclear> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some((before, inner)) = rest.split_once("${") {
        let (inner, after) = inner.split_once('}').ok_or(Unclear::Syntax)?;
        if !before.is_empty() {
            parts.push(Node::Text(before.to_owned()));
        }
        parts.push(whole(Language::Okta, inner)?);
        if parts.len() > EXPRESSION_PARTS {
            return Err(Unclear::Large);
        }
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Node::Text(rest.to_owned()));
    }
    match (parts.pop(), parts.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some(last), false) => {
            parts.push(last);
            Ok(Node::Call(Does::Concat, parts))
        }
        (None, _) => Err(Unclear::Syntax),
    }
}

struct Parser<'t> {
    language: Language,
    rest: &'t str,
    depth: usize,
    parts: usize,
}

impl<'t> Parser<'t> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes `word` where it is next.
    fn takes(&mut self, word: &str) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'t str {
        let at = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// `a == b ? c : d`; only Okta has more than one part.
    fn expression(&mut self) -> Result<Node, Unclear> {
        self.depth += 1;
        self.parts += 1;
        if self.depth > EXPRESSION_DEPTH || self.parts > EXPRESSION_PARTS {
            return Err(Unclear::Large);
        }
        let mut node = self.sum()?;
        if self.language == Language::Okta {
            for (word, does) in [("==", Does::Equal), ("!=", Does::Unequal)] {
                if self.takes(word) {
                    node = Node::Call(does, vec![node, self.sum()?]);
                }
            }
            if self.takes("?") {
                let yes = self.expression()?;
                if !self.takes(":") {
                    return Err(Unclear::Syntax);
                }
                node = Node::Call(Does::Either, vec![node, yes, self.expression()?]);
            }
        }
        self.depth -= 1;
        Ok(node)
    }

    fn sum(&mut self) -> Result<Node, Unclear> {
        let first = self.primary()?;
        let mut parts = vec![first];
        while self.language == Language::Okta && self.takes("+") {
            self.parts += 1;
            if self.parts > EXPRESSION_PARTS {
                return Err(Unclear::Large);
            }
            parts.push(self.primary()?);
        }
        match parts.len() {
            1 => parts.pop().ok_or(Unclear::Syntax),
            _ => Ok(Node::Call(Does::Concat, parts)),
        }
    }

    fn primary(&mut self) -> Result<Node, Unclear> {
        self.skip();
        if self.takes("[") {
            let name = self.until(|c| c == ']').trim();
            return match self.takes("]") && !name.is_empty() {
                true => Ok(Node::Field(plain_field(name))),
                false => Err(Unclear::Syntax),
            };
        }
        if self.takes("(") {
            let inner = self.expression()?;
            return if self.takes(")") { Ok(inner) } else { Err(Unclear::Syntax) };
        }
        for quote in ['"', '\''] {
            if self.rest.starts_with(quote) {
                return self.string(quote);
            }
        }
        self.named()
    }

    fn string(&mut self, quote: char) -> Result<Node, Unclear> {
        let mut letters = self.rest.char_indices().skip(1);
        let mut text = String::new();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => text.extend(letters.next().map(|(_, escaped)| escaped)),
                letter if letter == quote => {
                    self.rest = self.rest.get(at + letter.len_utf8()..).unwrap_or_default();
                    return Ok(Node::Text(text));
                }
                letter => text.push(letter),
            }
        }
        Err(Unclear::Syntax)
    }

    /// A number, a field, or a function with its arguments.
    fn named(&mut self) -> Result<Node, Unclear> {
        let start = self.rest;
        let before = if self.takes("fn:") { "fn:".len() } else { 0 };
        let name = self.until(|c| !(c.is_ascii_alphanumeric() || "_.-".contains(c)));
        let name = start.get(..before + name.len()).unwrap_or_default();
        if name.is_empty() || name.len() > NAME {
            return Err(Unclear::Syntax);
        }
        if !self.takes("(") {
            return match name.parse::<i64>() {
                Ok(_) => Ok(Node::Text(name.to_owned())),
                Err(_) if self.language == Language::Provisioning => Err(Unclear::Syntax),
                Err(_) => Ok(Node::Field(plain_field(name))),
            };
        }
        // The name is told even where its arguments cannot be read.
        let function = Function::named(self.language, name)?;
        function.of(self.arguments()?)
    }

    fn arguments(&mut self) -> Result<Vec<Node>, Unclear> {
        let mut all = Vec::new();
        if self.takes(")") {
            return Ok(all);
        }
        loop {
            self.skip();
            // `Switch([a], , "b")`: what is not there is left out.
            let is_left_out = self.rest.starts_with([',', ')']);
            all.push(if is_left_out { Node::Nothing } else { self.expression()? });
            if self.takes(")") {
                return Ok(all);
            }
            if !self.takes(",") || all.len() > EXPRESSION_PARTS {
                return Err(Unclear::Syntax);
            }
        }
    }
}
