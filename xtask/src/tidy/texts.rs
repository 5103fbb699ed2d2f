//! Rules about the message catalogue: `key = text with {placeholder}` a line, `#` for comments.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Language, line_of, without_comments};
use super::{File, Finding, Tree};

pub(super) const CATALOGUE: &str = "crate/src/base/catalogue/en.txt";

/// Folders with code that shows texts to people.
const USERS: &[&str] = &["crate/", "www/"];

/// Every `text!("key", name = …)` names a text that exists, with exactly its placeholders.
pub(super) fn exist(tree: &Tree) -> Vec<Finding> {
    let entries = tree.file(CATALOGUE).map(|file| entries(&file.text)).unwrap_or_default();
    let mut findings = Vec::new();
    for file in users(tree) {
        let code = without_comments(&file.text, Language::Rust);
        for usage in usages(&code) {
            let line = line_of(&code, usage.at);
            match entries.get(usage.key) {
                None => {
                    let text = format!("the text `{}` is not in {CATALOGUE}", usage.key);
                    findings.push(Finding::new(&file.path, line, text));
                }
                Some(entry) if entry.placeholders != usage.names => {
                    let text = format!(
                        "the text `{}` has the placeholders {:?} and is given {:?}",
                        usage.key, entry.placeholders, usage.names
                    );
                    findings.push(Finding::new(&file.path, line, text));
                }
                Some(_) => {}
            }
        }
    }
    findings
}

/// Every text of the catalogue is named somewhere as a string. A table may name it far from its use.
pub(super) fn used(tree: &Tree) -> Vec<Finding> {
    let Some(catalogue) = tree.file(CATALOGUE) else { return Vec::new() };
    let codes: Vec<String> = users(tree).map(|file| without_comments(&file.text, Language::Rust)).collect();
    let unused = entries(&catalogue.text).into_iter().filter(|(key, _)| {
        let literal = format!("\"{key}\"");
        !codes.iter().any(|code| code.contains(&literal))
    });
    unused
        .map(|(key, entry)| Finding::new(CATALOGUE, entry.line, format!("the text `{key}` is not used")))
        .collect()
}

fn users(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.with_extension("rs").filter(|file| USERS.iter().any(|folder| file.path.starts_with(folder)))
}

/// A line of the catalogue.
pub(super) struct Entry<'a> {
    pub(super) line: usize,
    pub(super) placeholders: BTreeSet<&'a str>,
}

/// The texts of a catalogue's file, by their keys.
pub(super) fn entries(catalogue: &str) -> BTreeMap<&str, Entry<'_>> {
    let lines = catalogue.lines().enumerate().filter(|(_, line)| !line.starts_with('#'));
    let entry = |(index, line)| {
        let (key, text): (&str, &str) = str::split_once(line, '=')?;
        Some((key.trim(), Entry { line: index + 1, placeholders: placeholders(text) }))
    };
    lines.filter_map(entry).collect()
}

/// The names in braces.
fn placeholders(text: &str) -> BTreeSet<&str> {
    let inner = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    inner.map(|(name, _)| name).filter(|name| is_name(name)).collect()
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A use of the macro `text!`.
struct Usage<'a> {
    at: usize,
    key: &'a str,
    names: BTreeSet<&'a str>,
}

/// Every use of `text!` with the key written out; the macro's own definition has none.
fn usages(code: &str) -> Vec<Usage<'_>> {
    let usage = |(at, opening): (usize, &str)| {
        let in_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let arguments = arguments(&code[at + opening.len()..]);
        let (key, values) = arguments.split_first()?;
        let key = key.trim().strip_prefix('"')?.strip_suffix('"')?;
        let names = values.iter().filter_map(|value| Some(value.split_once('=')?.0.trim()));
        (!in_word).then(|| Usage { at, key, names: names.filter(|name| is_name(name)).collect() })
    };
    code.match_indices("text!(").filter_map(usage).collect()
}

/// The arguments up to the closing parenthesis, split at the commas that are not inside anything.
fn arguments(code: &str) -> Vec<&str> {
    let (mut depth, mut start, mut in_string, mut escaped) = (0_usize, 0, false, false);
    let mut found = Vec::new();
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            _ if in_string => {}
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                found.push(&code[start..at]);
                return found;
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(&code[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &str = "# A comment = no {text}\nplain = Nothing to fill.\nfilled = From {from} to {to}.\n";

    fn findings(code: &str) -> Vec<String> {
        let tree = Tree::of(&[(CATALOGUE, TEXTS), ("crate/src/a.rs", code)]);
        exist(&tree).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn right_uses_are_right() {
        assert!(findings(r#"text!("plain"); crate::text!("filled", from = f(a, "x,)"), to = b)"#).is_empty());
        assert!(findings("text!(\n    \"filled\",\n    from = [1, 2],\n    to = 3,\n)").is_empty());
        assert!(findings("// text!(\"unknown\")\nother_text!(\"unknown\")").is_empty());
    }

    #[test]
    fn an_unknown_text_is_found() {
        assert_eq!(
            findings("\ntext!(\"unknown\")"),
            [format!("crate/src/a.rs:2: the text `unknown` is not in {CATALOGUE}")]
        );
    }

    #[test]
    fn a_missing_and_a_superfluous_placeholder_are_found() {
        assert_eq!(findings(r#"text!("filled", from = 1)"#).len(), 1);
        assert_eq!(findings(r#"text!("plain", from = 1)"#).len(), 1);
    }

    #[test]
    fn a_text_that_nothing_names_is_found() {
        let tree = Tree::of(&[
            (CATALOGUE, TEXTS),
            ("www/src/a.rs", "const KEYS: &[&str] = &[\"filled\"]; // \"plain\""),
        ]);
        assert_eq!(used(&tree), [Finding::new(CATALOGUE, 2, "the text `plain` is not used")]);
    }
}
