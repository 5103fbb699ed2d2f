//! Readers of the three languages, written from their documentation and of nothing that writes queries; and
//! what a query finds in a document of a text or a keyword field.
//!
//! KQL: Kibana's grammar of it; Lucene: `QueryParser.jj` and the page "Query string query"; DSL: the pages of
//! `bool`, `multi_match`, `query_string` and `range`. Leaves out what no query of Samlight's has: nested
//! fields, `not`, regular expressions, boosts, fuzzy terms.

use serde_json::Value;

/// A document: names and values of its fields.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) fields: Vec<(String, String)>,
    /// Whether they are analysed into words.
    pub(super) is_text: bool,
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Is(char),
    One,
    Any,
}

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    All(Vec<Tree>),
    Some(Vec<Tree>),
    Phrase(String, String),
    Pattern(String, Vec<Piece>),
    /// The field, and the first time and the first that is too late.
    Span(String, Option<String>, Option<String>),
}

impl Tree {
    /// Whether the document is found.
    pub(super) fn matches(&self, document: &Document) -> bool {
        let values = |field: &str| {
            document
                .fields
                .iter()
                .filter(|(name, _)| name == field)
                .map(|(_, value)| value.clone())
                .collect::<Vec<_>>()
        };
        match self {
            Tree::All(all) => all.iter().all(|it| it.matches(document)),
            Tree::Some(some) => some.iter().any(|it| it.matches(document)),
            Tree::Phrase(field, phrase) if document.is_text => {
                let phrase = words(phrase);
                let has = |value: String| words(&value).windows(phrase.len().max(1)).any(|it| it == phrase);
                values(field).into_iter().any(has)
            }
            Tree::Phrase(field, phrase) => values(field).contains(phrase),
            Tree::Pattern(field, pattern) => values(field).into_iter().any(|value| {
                let parts = if document.is_text { words(&value) } else { vec![value] };
                parts.iter().any(|part| fits(pattern, &part.chars().collect::<Vec<_>>()))
            }),
            Tree::Span(field, since, until) => values(field).into_iter().any(|value| {
                since.as_ref().is_none_or(|it| value >= *it) && until.as_ref().is_none_or(|it| value < *it)
            }),
        }
    }

    /// The same with lists of one as what is in them, lists in lists of their kind as one, and spans of two
    /// ends as one.
    pub(super) fn flat(self) -> Tree {
        let flat = |parts: Vec<Tree>, is_all: bool| {
            let parts = parts.into_iter().map(Tree::flat).flat_map(move |part| match part {
                Tree::All(inner) if is_all => inner,
                Tree::Some(inner) if !is_all => inner,
                other => vec![other],
            });
            parts.collect::<Vec<_>>()
        };
        let (mut parts, make): (_, fn(Vec<Tree>) -> Tree) = match self {
            Tree::All(parts) => (flat(parts, true), Tree::All),
            Tree::Some(parts) => (flat(parts, false), Tree::Some),
            other => return other,
        };
        if parts.len() == 1 { parts.remove(0) } else { make(parts) }
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn fits(pattern: &[Piece], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, rest) => rest.is_none(),
        (Some((Piece::Any, behind)), None) => fits(behind, text),
        (Some((Piece::Any, behind)), Some((_, rest))) => fits(behind, text) || fits(pattern, rest),
        (Some((Piece::Is(c), behind)), Some((first, rest))) => c == first && fits(behind, rest),
        (Some((Piece::One, behind)), Some((_, rest))) => fits(behind, rest),
        (Some(_), None) => false,
    }
}

type Read<T> = Result<T, String>;

/// A text that is read from its beginning.
struct Reader {
    text: Vec<char>,
    at: usize,
}

impl Reader {
    fn new(text: &str) -> Self {
        Reader { text: text.chars().collect(), at: 0 }
    }

    fn next(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let length = word.chars().count();
        let is_there =
            self.text.get(self.at..self.at + length).is_some_and(|it| it.iter().copied().eq(word.chars()));
        self.at += if is_there { length } else { 0 };
        is_there
    }

    fn must(&mut self, word: &str) -> Read<()> {
        if self.take(word) { Ok(()) } else { Err(format!("no {word} at {}", self.at)) }
    }

    fn spaces(&mut self) {
        while self.next().is_some_and(|c| " \t\r\n\u{a0}".contains(c)) {
            self.at += 1;
        }
    }

    /// `word` in any case (or in this one), with white space before it where `spaced`, and behind it.
    fn keyword(&mut self, word: &str, spaced: bool, any_case: bool) -> bool {
        let start = self.at;
        self.spaces();
        let is_apart = self.at > start || !spaced;
        let length = word.len();
        let found: String = self.text.iter().skip(self.at).take(length).collect();
        let is_it = if any_case { found.eq_ignore_ascii_case(word) } else { found == word };
        let behind = self.text.get(self.at + length).is_some_and(|c| c.is_whitespace());
        if is_apart && is_it && behind {
            self.at += length;
            self.spaces();
            return true;
        }
        self.at = start;
        false
    }

    /// The character of `\u` and four digits, of which the `u` is next; of two such, where one is half a
    /// character.
    fn unicode(&mut self) -> Option<char> {
        let unit = |reader: &Self, at: usize| {
            let digits: String = reader.text.get(at..at + 5)?.iter().collect();
            u16::from_str_radix(digits.strip_prefix('u')?, 16).ok()
        };
        let first = unit(self, self.at)?;
        self.at += 5;
        if let Some(Ok(c)) = char::decode_utf16([first]).next() {
            return Some(c);
        }
        let second = (self.next()? == '\\').then(|| unit(self, self.at + 1)).flatten()?;
        self.at += 6;
        char::decode_utf16([first, second]).next()?.ok()
    }

    fn ended(&self, tree: Tree) -> Read<Tree> {
        if self.next().is_none() { Ok(tree) } else { Err(format!("more at {}", self.at)) }
    }
}

/// Reads KQL.
pub(super) fn kql(text: &str) -> Read<Tree> {
    let mut reader = Reader::new(text);
    reader.spaces();
    let tree = kql_or(&mut reader)?;
    reader.spaces();
    reader.ended(tree)
}

fn kql_or(reader: &mut Reader) -> Read<Tree> {
    let mut some = vec![kql_and(reader)?];
    while reader.keyword("or", true, true) {
        some.push(kql_and(reader)?);
    }
    Ok(Tree::Some(some))
}

fn kql_and(reader: &mut Reader) -> Read<Tree> {
    let mut all = vec![kql_one(reader)?];
    while reader.keyword("and", true, true) {
        all.push(kql_one(reader)?);
    }
    // Two ends of one span stand apart.
    if let [.., Tree::Span(a, since, None), Tree::Span(b, None, until)] = &all[..]
        && a == b
    {
        let span = Tree::Span(a.clone(), since.clone(), until.clone());
        all.truncate(all.len() - 2);
        all.push(span);
    }
    Ok(Tree::All(all))
}

fn kql_one(reader: &mut Reader) -> Read<Tree> {
    if reader.take("(") {
        let tree = kql_or(reader)?;
        reader.must(")")?;
        return Ok(tree);
    }
    let field = kql_bare(reader)?;
    let field: String = field.iter().map(|it| if let Piece::Is(c) = it { *c } else { '*' }).collect();
    let field = field.trim().to_owned();
    for (sign, is_since) in [(">=", true), ("<", false)] {
        if reader.take(sign) {
            reader.spaces();
            let at = kql_quoted(reader)?;
            return Ok(if is_since {
                Tree::Span(field, Some(at), None)
            } else {
                Tree::Span(field, None, Some(at))
            });
        }
    }
    reader.must(":")?;
    reader.spaces();
    if !reader.take("(") {
        return kql_value(reader, &field);
    }
    let mut some = vec![kql_value(reader, &field)?];
    while reader.keyword("or", true, true) {
        some.push(kql_value(reader, &field)?);
    }
    reader.must(")")?;
    Ok(Tree::Some(some))
}

fn kql_value(reader: &mut Reader, field: &str) -> Read<Tree> {
    if reader.next() == Some('"') {
        return Ok(Tree::Phrase(field.to_owned(), kql_quoted(reader)?));
    }
    let pieces = kql_bare(reader)?;
    if !pieces.contains(&Piece::Any) {
        return Err("a term without a wildcard".to_owned());
    }
    Ok(Tree::Pattern(field.to_owned(), pieces))
}

fn kql_white(c: char) -> Option<char> {
    [('t', '\t'), ('r', '\r'), ('n', '\n')].into_iter().find(|(name, _)| *name == c).map(|(_, is)| is)
}

fn kql_quoted(reader: &mut Reader) -> Read<String> {
    reader.must("\"")?;
    let mut text = String::new();
    loop {
        let c = reader.next().ok_or("no end of a quotation")?;
        reader.at += 1;
        let behind = reader.next();
        match (c, behind) {
            ('"', _) => return Ok(text),
            ('\\', Some(next)) if kql_white(next).is_some() => {
                text.extend(kql_white(next));
                reader.at += 1;
            }
            ('\\', Some('\\' | '"')) => {
                text.extend(behind);
                reader.at += 1;
            }
            ('\\', Some('u')) => match reader.unicode() {
                Some(c) => text.push(c),
                None => text.push('\\'),
            },
            (c, _) => text.push(c),
        }
    }
}

fn kql_bare(reader: &mut Reader) -> Read<Vec<Piece>> {
    const SPECIAL: &str = "\\():<>\"*{}";
    let mut pieces = Vec::new();
    while let Some(c) = reader.next() {
        let here = reader.at;
        if c == '\\' {
            reader.at += 1;
            let next = reader.next().ok_or("a backslash at the end")?;
            let words = ["or", "and", "not"].into_iter().find(|word| {
                let found: String = reader.text.iter().skip(reader.at).take(word.len()).collect();
                found.eq_ignore_ascii_case(word)
            });
            if let Some(white) = kql_white(next).filter(|_| words.is_none() || next != 'n') {
                pieces.push(Piece::Is(white));
                reader.at += 1;
            } else if SPECIAL.contains(next) {
                pieces.push(Piece::Is(next));
                reader.at += 1;
            } else if next == 'u' {
                pieces.push(Piece::Is(reader.unicode().ok_or("no Unicode")?));
            } else {
                let word = words.ok_or(format!("a backslash before {next}"))?;
                pieces.extend(reader.text.iter().skip(reader.at).take(word.len()).map(|c| Piece::Is(*c)));
                reader.at += word.len();
            }
            continue;
        }
        let is_word = reader.keyword("or", true, true) || reader.keyword("and", true, true) || {
            !c.is_whitespace() && reader.keyword("not", false, true)
        };
        reader.at = here;
        if is_word || (SPECIAL.contains(c) && c != '*') {
            break;
        }
        reader.at += 1;
        pieces.push(if c == '*' { Piece::Any } else { Piece::Is(c) });
    }
    if pieces.is_empty() { Err(format!("nothing at {}", reader.at)) } else { Ok(pieces) }
}

/// Reads a query string.
pub(super) fn lucene(text: &str) -> Read<Tree> {
    let mut reader = Reader::new(text);
    let tree = lucene_or(&mut reader, None)?;
    reader.ended(tree)
}

/// Without precedence in Lucene itself: no query may have both words in one pair of parentheses.
fn lucene_or(reader: &mut Reader, field: Option<&str>) -> Read<Tree> {
    let mut parts = vec![lucene_one(reader, field)?];
    let mut word = None;
    while let Some(found) = ["OR", "AND"].into_iter().find(|word| reader.keyword(word, true, false)) {
        if word.is_some_and(|word| word != found) {
            return Err("AND beside OR".to_owned());
        }
        word = Some(found);
        parts.push(lucene_one(reader, field)?);
    }
    Ok(if word == Some("OR") { Tree::Some(parts) } else { Tree::All(parts) })
}

fn lucene_one(reader: &mut Reader, field: Option<&str>) -> Read<Tree> {
    if reader.take("(") {
        let tree = lucene_or(reader, field)?;
        reader.must(")")?;
        return Ok(tree);
    }
    if reader.next() == Some('"') {
        let field = field.ok_or("a phrase without a field")?;
        return Ok(Tree::Phrase(field.to_owned(), lucene_quoted(reader)?));
    }
    let pieces = lucene_bare(reader)?;
    if let Some(field) = field {
        return Ok(Tree::Pattern(field.to_owned(), pieces));
    }
    let name: String = pieces.iter().map(|it| if let Piece::Is(c) = it { *c } else { '*' }).collect();
    reader.must(":")?;
    if !reader.take("[") {
        return lucene_one(reader, Some(&name));
    }
    let since = lucene_end(reader)?;
    if !reader.keyword("TO", true, false) {
        return Err("no TO".to_owned());
    }
    let until = lucene_end(reader)?;
    reader.must("}")?;
    Ok(Tree::Span(name, since, until))
}

fn lucene_end(reader: &mut Reader) -> Read<Option<String>> {
    if reader.take("*") { Ok(None) } else { lucene_quoted(reader).map(Some) }
}

fn lucene_quoted(reader: &mut Reader) -> Read<String> {
    reader.must("\"")?;
    let mut text = String::new();
    loop {
        let c = reader.next().ok_or("no end of a quotation")?;
        reader.at += 1;
        match c {
            '"' => return Ok(text),
            '\\' if reader.next() == Some('u') => text.push(reader.unicode().ok_or("no Unicode")?),
            '\\' => {
                text.extend(reader.next());
                reader.at += 1;
            }
            c => text.push(c),
        }
    }
}

/// A term: in it a backslash takes the meaning from any character.
fn lucene_bare(reader: &mut Reader) -> Read<Vec<Piece>> {
    const NO_TERM: &str = "!():^[]\"{}~\\/ \t\n\r\u{3000}";
    let mut pieces = Vec::new();
    while let Some(c) = reader.next() {
        let is_start = pieces.is_empty();
        if c == '\\' {
            reader.at += 1;
            pieces.push(Piece::Is(reader.next().ok_or("a backslash at the end")?));
        } else if NO_TERM.contains(c) || (is_start && "+-".contains(c)) {
            break;
        } else {
            pieces.push(match c {
                '*' => Piece::Any,
                '?' => Piece::One,
                c => Piece::Is(c),
            });
        }
        reader.at += 1;
    }
    if pieces.is_empty() { Err(format!("nothing at {}", reader.at)) } else { Ok(pieces) }
}

/// Reads a search request.
pub(super) fn dsl(text: &str) -> Read<Tree> {
    let request: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    dsl_of(request.get("query").ok_or("no query")?)
}

fn dsl_of(query: &Value) -> Read<Tree> {
    let fields = query.as_object().filter(|it| it.len() == 1).ok_or("not one kind of query")?;
    let (kind, body) = fields.iter().next().ok_or("no kind")?;
    let text =
        |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(format!("no {name}"));
    let list = |name: &str| body.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let field = || match &list("fields")[..] {
        [Value::String(one)] => Ok(one.clone()),
        other => Err(format!("fields {other:?}")),
    };
    match kind.as_str() {
        "bool" => {
            let all = list("filter").iter().map(dsl_of).collect::<Read<Vec<_>>>()?;
            let some = list("should").iter().map(dsl_of).collect::<Read<Vec<_>>>()?;
            match (all.is_empty(), some.is_empty(), body.get("minimum_should_match")) {
                (false, true, None) => Ok(Tree::All(all)),
                (true, false, Some(least)) if *least == 1 => Ok(Tree::Some(some)),
                _ => Err(format!("bool {body}")),
            }
        }
        "multi_match" if text("type")? == "phrase" => Ok(Tree::Phrase(field()?, text("query")?)),
        "query_string" => {
            let mut reader = Reader::new(&text("query")?);
            let pieces = lucene_bare(&mut reader)?;
            reader.ended(Tree::Pattern(field()?, pieces))
        }
        "range" => {
            let (field, ends) = body.as_object().and_then(|it| it.iter().next()).ok_or("no field")?;
            let end = |name: &str| ends.get(name).and_then(Value::as_str).map(str::to_owned);
            Ok(Tree::Span(field.clone(), end("gte"), end("lt")))
        }
        other => Err(format!("unknown {other}")),
    }
}
