//! The rule about what reads octets from outside: each has a target of the fuzzer and a limit, today's and
//! whatever is added.
//!
//! The list is `tests/fuzz/covered.rs`. Leaves out whether a target reaches what it is named for: the edges
//! that `cargo xtask fuzz` tells show that.

use super::source::{Language, line_of, without_comments};
use super::{File, Finding, Tree};
use crate::fuzz;

const LIST: &str = "tests/fuzz/covered.rs";
const TARGETS: &str = "tests/fuzz/targets/mod.rs";
const LIMITS: &str = "crate/src/base/limits.rs";

/// The folders in which each file reads what comes from outside, or writes it for others: importers,
/// exporters, bindings, wrappings, readers of logs and of exports, readings of pages.
const FOLDERS: &[&str] = &[
    "crate/src/file/import",
    "crate/src/file/found",
    "crate/src/file/export",
    "crate/src/binding",
    "crate/src/encoding",
    "crate/src/scim",
    "crate/src/idp",
    "crate/src/gitlab/pages",
];

/// A table of readers that are a line each: the file, what stands before its rows and behind them, and what
/// stands before and behind the name of each.
struct Table {
    path: &'static str,
    between: (&'static str, &'static str),
    name: (&'static str, &'static str),
}

const TABLES: &[Table] = &[
    Table { path: "crate/src/binding/packing.rs", between: ("enum Packing {", "}"), name: ("    ", ",") },
    Table {
        path: "crate/src/binding/raw_message.rs",
        between: ("const FORMATS:", "\n];"),
        name: ("id: \"", "\""),
    },
    Table {
        path: "extension/background/scanner.js",
        between: ("const READERS = [", "];"),
        name: ("[\"", "\""),
    },
];

/// One line of the list.
struct Row<'a> {
    reads: &'a str,
    target: &'a str,
    limit: &'a str,
    line: usize,
}

/// Each reader is in the list once, with a target and a limit that exist, and nothing else is.
pub(super) fn readers(tree: &Tree) -> Vec<Finding> {
    let wanted = wanted(tree);
    let Some(list) = tree.file(LIST) else {
        let lost = |(file, _): &(&File, String)| Finding::new(&file.path, 1, format!("there is no {LIST}"));
        return wanted.first().map(lost).into_iter().collect();
    };
    let text = without_comments(&list.text, Language::Rust);
    let rows = rows(&text);
    let targets = fuzz::targets(tree.file(TARGETS).map_or("", |file| &file.text));
    let limits =
        tree.file(LIMITS).map(|file| without_comments(&file.text, Language::Rust)).unwrap_or_default();
    let mut findings = Vec::new();
    for (file, name) in &wanted {
        match rows.iter().filter(|row| row.reads == name).count() {
            0 => findings.push(Finding::new(
                &file.path,
                1,
                format!("{name} has no target of the fuzzer and no limit: put it into {LIST}"),
            )),
            1 => {}
            _ => findings.push(Finding::new(&file.path, 1, format!("{name} is more than once in {LIST}"))),
        }
    }
    for row in &rows {
        let mut wrong = |what: String| findings.push(Finding::new(LIST, row.line, what));
        let path = row.reads.split('#').next().unwrap_or_default();
        let is_row = row.reads.contains('#') && !wanted.iter().any(|(_, name)| name == row.reads);
        if tree.file(path).is_none() || is_row {
            wrong(format!("there is no {}", row.reads));
        }
        if !targets.iter().any(|target| target == row.target) {
            wrong(format!("{} is no target in {TARGETS}", row.target));
        }
        if row.limit.is_empty() || !limits.contains(&format!("{}:", row.limit)) {
            wrong(format!("{} is no limit in {LIMITS}", row.limit));
        }
    }
    findings
}

/// The readers that must be in the list, each with its file.
fn wanted(tree: &Tree) -> Vec<(&File, String)> {
    let is_of_table = |file: &File| TABLES.iter().any(|table| table.path == file.path);
    let is_reader = |file: &&File| {
        FOLDERS.iter().any(|folder| file.is_in(folder)) && !["mod", "tests"].contains(&file.stem())
    };
    let files = tree.with_extension("rs").filter(is_reader).filter(|file| !is_of_table(file));
    let mut wanted: Vec<(&File, String)> = files.map(|file| (file, file.path.clone())).collect();
    for table in TABLES {
        let Some(file) = tree.file(table.path) else { continue };
        wanted.extend(table.names(file).into_iter().map(|name| (file, format!("{}#{name}", file.path))));
    }
    wanted
}

impl Table {
    /// The names of its rows; a table that is not found is found wanting by the rows of the list.
    fn names(&self, file: &File) -> Vec<String> {
        let language = if file.extension() == "js" { Language::JavaScript } else { Language::Rust };
        let text = without_comments(&file.text, language);
        let rows = text.split_once(self.between.0).and_then(|(_, rest)| rest.split_once(self.between.1));
        let rows = rows.map_or("", |(rows, _)| rows);
        let names = rows.split(self.name.0).skip(1).filter_map(|rest| rest.split_once(self.name.1));
        let names = names.map(|(name, _)| name.trim());
        names.filter(|name| !name.is_empty() && !name.contains(['\n', ' '])).map(str::to_owned).collect()
    }
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let calls = text.match_indices("covered(\"");
    let row = |(at, _): (usize, &str)| {
        let mut strings = text[at..].split('"').skip(1).step_by(2);
        let mut next = || strings.next().unwrap_or_default();
        let line = line_of(text, at);
        Row { reads: next(), target: next(), limit: next(), line }
    };
    calls.map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HAR: &str = "crate/src/file/import/har.rs";
    const PACKING: (&str, &str) =
        ("crate/src/binding/packing.rs", "enum Packing {\n    Plain,\n    /// RFC 1952, so.\n    Gzip,\n}\n");

    fn found(list: &str, files: &[(&str, &str)]) -> Vec<String> {
        let base = [
            (LIST, list),
            (TARGETS, "[Target { name: \"import\", run }, Target { name: \"binding\", run }]"),
            (LIMITS, "pub const FILE_BYTES: usize = 1;\n    inflated_bytes: 2,\n// other_bytes: 3\n"),
        ];
        let tree = Tree::of(&[&base, files].concat());
        readers(&tree).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_new_reader_without_a_target_and_a_limit_is_refused() {
        let files = [(HAR, ""), ("crate/src/file/import/mod.rs", ""), ("crate/src/binding/tests.rs", "")];
        let row = "covered(\"crate/src/file/import/har.rs\", \"import\", \"FILE_BYTES\"),\n";
        assert_eq!(found(row, &files), [""; 0]);
        let lacks = format!("{HAR}:1: {HAR} has no target of the fuzzer and no limit: put it into {LIST}");
        assert_eq!(found("", &files), std::slice::from_ref(&lacks));
        assert_eq!(found(&format!("// {row}"), &files), [lacks]);
        assert_eq!(found(&row.repeat(2), &files), [format!("{HAR}:1: {HAR} is more than once in {LIST}")]);
    }

    #[test]
    fn a_new_wrapping_is_refused_too() {
        let row = |name: &str| {
            format!("covered(\"crate/src/binding/packing.rs#{name}\", \"binding\", \"inflated_bytes\"),\n")
        };
        assert_eq!(found(&(row("Plain") + &row("Gzip")), &[PACKING]), [""; 0]);
        let [one] = &found(&row("Plain"), &[PACKING])[..] else { panic!("one is missing") };
        assert!(one.contains("packing.rs#Gzip has no target"), "{one}");
        let gone = format!("{LIST}:3: there is no crate/src/binding/packing.rs#Zlib");
        assert_eq!(found(&(row("Plain") + &row("Gzip") + &row("Zlib")), &[PACKING]), [gone]);
    }

    #[test]
    fn a_target_a_limit_and_a_file_that_are_none_are_named() {
        let rows = "covered(\"crate/src/file/import/har.rs\", \"imports\", \"other_bytes\"),\n\
                    covered(\"crate/src/lost.rs\", \"import\", \"FILE_BYTES\"),\n";
        let expected = [
            format!("{LIST}:1: imports is no target in {TARGETS}"),
            format!("{LIST}:1: other_bytes is no limit in {LIMITS}"),
            format!("{LIST}:2: there is no crate/src/lost.rs"),
        ];
        assert_eq!(found(rows, &[(HAR, "")]), expected);
    }

    #[test]
    fn the_tables_of_this_repository_are_found() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let tree = Tree::read(root).unwrap();
        let counts: Vec<usize> =
            TABLES.iter().map(|table| table.names(tree.file(table.path).unwrap()).len()).collect();
        assert!(counts.iter().all(|count| *count >= 5), "{counts:?}");
        assert!(wanted(&tree).len() > 40);
    }
}
