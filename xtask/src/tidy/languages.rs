//! Rules about the translations: files beside `en.txt` with the same keys and placeholders.
//!
//! The command line speaks English alone, so its texts have no translation.

use std::collections::BTreeSet;

use samlight::base::catalogue::{TERMINAL_PART, part_of};

use super::texts::{CATALOGUE, entries};
use super::{File, Finding, Tree};

/// The list of the languages that a page may load.
const LIST: &str = "www/language.js";

/// Every translation has every text but those of the command line, with its placeholders, and no other.
pub(super) fn whole(tree: &Tree) -> Vec<Finding> {
    let Some(catalogue) = tree.file(CATALOGUE) else { return Vec::new() };
    let mut english = entries(&catalogue.text);
    english.retain(|key, _| part_of(key) != TERMINAL_PART);
    let mut findings = Vec::new();
    for (_, file) in translations(tree) {
        let translated = entries(&file.text);
        let mut find = |line, text| findings.push(Finding::new(&file.path, line, text));
        for (key, entry) in &english {
            match translated.get(key) {
                None => find(1, format!("the text `{key}` is not translated")),
                Some(same) if same.placeholders != entry.placeholders => find(
                    same.line,
                    format!(
                        "the text `{key}` has the placeholders {:?}, in English {:?}",
                        same.placeholders, entry.placeholders
                    ),
                ),
                Some(_) => {}
            }
        }
        for (key, entry) in translated.iter().filter(|(key, _)| !english.contains_key(*key)) {
            find(entry.line, format!("the text `{key}` is not one of those that are translated"));
        }
    }
    findings
}

/// Each translation is listed where pages look for it, and each that is listed is there.
pub(super) fn listed(tree: &Tree) -> Vec<Finding> {
    let Some(list) = tree.file(LIST) else { return Vec::new() };
    let line = list.text.lines().position(|line| line.starts_with("export const LANGUAGES"));
    let names = line.and_then(|at| list.text.lines().nth(at)).unwrap_or_default();
    let named: BTreeSet<&str> = names.split('\'').skip(1).step_by(2).collect();
    let there: BTreeSet<&str> = translations(tree).map(|(name, _)| name).collect();
    let wrong = named.symmetric_difference(&there);
    wrong
        .map(|name| {
            let text =
                format!("the language `{name}` must be in LANGUAGES and have its file beside {CATALOGUE}");
            Finding::new(LIST, line.unwrap_or_default() + 1, text)
        })
        .collect()
}

/// The files beside the English one, with their languages.
fn translations(tree: &Tree) -> impl Iterator<Item = (&str, &File)> {
    let folder = CATALOGUE.strip_suffix("en.txt").unwrap_or(CATALOGUE);
    tree.with_extension("txt")
        .filter(|file| file.path != CATALOGUE)
        .filter_map(move |file| Some((file.path.strip_prefix(folder)?.strip_suffix(".txt")?, file)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: &str = "cli.a = A\nverdict.a = From {from} to {to}.\nverdict.b = B\n";
    const GERMAN: &str = "crate/src/base/catalogue/de.txt";

    fn findings(german: &str) -> Vec<String> {
        let tree = Tree::of(&[(CATALOGUE, ENGLISH), (GERMAN, german)]);
        whole(&tree).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_text_that_is_missing_changed_or_of_no_use_is_found() {
        assert!(findings("verdict.a = Bis {to}, ab {from}.\nverdict.b = B\n").is_empty());
        for (german, at, word) in [
            ("verdict.b = B\n", 1, "`verdict.a` is not translated"),
            ("verdict.b = B\nverdict.a = Bis {to}.\n", 2, "`verdict.a` has the placeholders"),
            ("verdict.a = {from} {to}\nverdict.b = {c}\n", 2, "`verdict.b` has the placeholders"),
            ("verdict.a = {from} {to}\nverdict.b = B\ncli.a = A\n", 3, "`cli.a` is not one"),
            ("verdict.a = {from} {to}\nverdict.b = B\nverdict.c = C\n", 3, "`verdict.c` is not one"),
        ] {
            let found = findings(german);
            assert!(
                found.len() == 1 && found[0].starts_with(&format!("{GERMAN}:{at}:")),
                "{german}: {found:?}"
            );
            assert!(found[0].contains(word), "{german}: {found:?}");
        }
    }

    #[test]
    fn a_language_that_is_only_listed_or_only_there_is_found() {
        let found = |list: &str| {
            let tree = Tree::of(&[(CATALOGUE, ENGLISH), (GERMAN, ""), (LIST, list)]);
            listed(&tree).iter().map(Finding::to_string).collect::<Vec<_>>()
        };
        assert!(found("x\nexport const LANGUAGES = ['de'];\n").is_empty());
        assert_eq!(found("x\nexport const LANGUAGES = ['de', 'fr'];\n").len(), 1);
        assert_eq!(found("export const LANGUAGES = [];\n").len(), 1);
    }
}
