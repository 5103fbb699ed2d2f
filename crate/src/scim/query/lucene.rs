//! Lucene's query string (elastic.co: "Query string query", "Reserved characters"; Lucene's
//! `QueryParser.jj`).
//!
//! A backslash takes the meaning from the character behind it. Between quotes `\u` and four hexadecimal
//! digits are a character; in a term with wildcards they are not, and what cannot be seen is any one
//! character there. Leaves out all but terms, phrases, lists and one range.

use super::{Has, Query, is_hidden, joined, quoted};

const RESERVED: &str = "+-=&|><!(){}[]^\"~*?:\\/";

impl Query {
    pub(super) fn lucene(&self) -> String {
        let of = |group: &Vec<Has>| joined(&group.iter().map(has).collect::<Vec<_>>(), " OR ");
        let end = |at: Option<_>| at.map_or_else(|| "*".to_owned(), |at| format!("\"{at}\""));
        let (since, until) = (end(self.since), end(self.until));
        let span = self.since.or(self.until);
        let span = span.map(|_| format!("{}:[{since} TO {until}}}", term(&self.time)));
        self.all.iter().map(of).chain(span).collect::<Vec<_>>().join(" AND ")
    }
}

fn has(Has { field, texts }: &Has) -> String {
    let ways: Vec<String> = texts.iter().flat_map(|text| [quoted(text), within(text)]).collect();
    format!("{}:{}", term(field), joined(&ways, " OR "))
}

/// A value with `text` in it.
pub(super) fn within(text: &str) -> String {
    format!("*{}*", term(text))
}

fn term(text: &str) -> String {
    let one = |c: char| match c {
        c if is_hidden(c) => "?".to_owned(),
        c if RESERVED.contains(c) || c.is_whitespace() => format!("\\{c}"),
        c => c.to_string(),
    };
    text.chars().map(one).collect()
}
