//! Kibana Query Language (elastic.co: "Kibana Query Language"; escapes: its grammar in Kibana,
//! `kbn-es-query`).
//!
//! Between quotes only `"` and `\` are special, and outside them `\():<>"*{}` and the words `and`, `or` and
//! `not` between spaces; a space can be written as `\u0020`, and is no such space then. Leaves out nested
//! fields.

use super::{Has, Query, escaped, is_hidden, joined, quoted};

const SPECIAL: &str = "\\():<>\"*{}";

impl Query {
    /// The query in KQL.
    pub(in crate::scim) fn kql(&self) -> String {
        let of = |group: &Vec<Has>| joined(&group.iter().map(has).collect::<Vec<_>>(), " or ");
        let time = unquoted(&self.time);
        let ends = [(">=", self.since), ("<", self.until)];
        let ends = ends.into_iter().filter_map(|(sign, at)| Some(format!("{time} {sign} \"{}\"", at?)));
        self.all.iter().map(of).chain(ends).collect::<Vec<_>>().join(" and ")
    }
}

fn has(Has { field, texts }: &Has) -> String {
    let ways: Vec<String> =
        texts.iter().flat_map(|text| [quoted(text), format!("*{}*", unquoted(text))]).collect();
    format!("{}: {}", unquoted(field), joined(&ways, " or "))
}

fn unquoted(text: &str) -> String {
    let one = |c: char| match c {
        c if SPECIAL.contains(c) => format!("\\{c}"),
        c if c.is_whitespace() || is_hidden(c) => escaped(c),
        c => c.to_string(),
    };
    text.chars().map(one).collect()
}
