//! Rules about the form of files: heads, lengths, marks of unfinished work, machine paths, the licence.

use super::{File, Finding, Tree};

const LONGEST: usize = 500;
/// The width of the code in rustfmt.toml.
const WIDEST: usize = 110;

/// Code that people write and read; saved pages and traces may be as long as they are.
const WRITTEN: &[&str] = &["rs", "js", "mjs", "css", "rb", "ru", "php", "sh", "toml"];

/// Every Rust file begins with `//!`, every JavaScript file with `/**`.
pub(super) fn heads(tree: &Tree) -> Vec<Finding> {
    let lacks = |file: &&File| match file.extension() {
        "rs" => !file.text.starts_with("//!"),
        "js" | "mjs" => !file.text.starts_with("/**"),
        _ => false,
    };
    let finding = |file: &File| {
        let head = if file.extension() == "rs" { "//!" } else { "/**" };
        Finding::new(&file.path, 1, format!("begins without `{head}`: say what this file is"))
    };
    tree.files.iter().filter(lacks).map(finding).collect()
}

/// No file is too long to read.
pub(super) fn lengths(tree: &Tree) -> Vec<Finding> {
    let written = tree.files.iter().filter(|file| WRITTEN.contains(&file.extension()));
    let long = written.filter(|file| file.text.lines().count() > LONGEST);
    long.map(|file| {
        let text = format!("{} lines, more than {LONGEST}: split it", file.text.lines().count());
        Finding::new(&file.path, LONGEST + 1, text)
    })
    .collect()
}

/// The signs that a line of a comment begins with, by the kind of file.
const COMMENTS: &[(&str, &[&str])] = &[
    ("rs", &["//"]),
    ("js", &["//", "*", "/*"]),
    ("mjs", &["//", "*", "/*"]),
    ("css", &["*", "/*"]),
    ("php", &["//", "*", "#"]),
    ("rb", &["#"]),
    ("ru", &["#"]),
    ("py", &["#"]),
    ("sh", &["#"]),
];

/// Comments keep to the width of the code (rustfmt.toml), which rustfmt does not see to. A row of a table and
/// a type in JSDoc cannot be broken.
pub(super) fn comment_widths(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let Some((_, marks)) = COMMENTS.iter().find(|(extension, _)| *extension == file.extension()) else {
            continue;
        };
        for (index, line) in file.text.lines().enumerate() {
            let width = line.chars().count();
            let Some(said) = marks.iter().find_map(|mark| line.trim_start().strip_prefix(mark)) else {
                continue;
            };
            let said = said.trim_start_matches(['/', '!', '*']).trim_start();
            if width > WIDEST && !said.starts_with(['|', '@']) {
                let text = format!("a comment of {width} characters, more than {WIDEST}: break the line");
                findings.push(Finding::new(&file.path, index + 1, text));
            }
        }
    }
    findings
}

/// A doc comment says more than one word: a plain field whose name says all has none, and its type allows
/// that.
pub(super) fn one_word_docs(tree: &Tree) -> Vec<Finding> {
    let is_one_word = |said: &str| said.trim_end_matches('.').chars().all(char::is_alphanumeric);
    docs(tree, is_one_word, "a doc comment of one word: say what the name does not, or leave it out")
}

/// Words that ask for the thing instead of naming it.
const QUESTIONS: [&str; 7] = ["What", "How", "Who", "Whose", "Which", "Where", "Why"];

/// A doc comment begins with what the thing is, so that a list of them can be read down.
pub(super) fn docs_that_ask(tree: &Tree) -> Vec<Finding> {
    let asks = |said: &str| said.split(' ').next().is_some_and(|first| QUESTIONS.contains(&first));
    docs(tree, asks, "a doc comment that begins with a question word: begin with what the thing is")
}

/// The doc comments whose first line `is_meant`.
fn docs(tree: &Tree, is_meant: impl Fn(&str) -> bool, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.with_extension("rs") {
        let mut before = "";
        for (index, line) in file.text.lines().map(str::trim).enumerate() {
            let said = ["/// ", "//! "].into_iter().find_map(|mark| line.strip_prefix(mark));
            let is_first = !before.starts_with("///") && !before.starts_with("//!");
            if is_first && said.is_some_and(&is_meant) {
                findings.push(Finding::new(&file.path, index + 1, text));
            }
            before = line;
        }
    }
    findings
}

/// Nothing is left for later, and no test is switched off.
pub(super) fn unfinished(tree: &Tree) -> Vec<Finding> {
    // Written in two parts, so that this file does not find itself.
    let marks =
        [concat!("to", "do!"), concat!("unimpl", "emented!"), concat!("#[ig", "nore"), concat!("FIX", "ME")];
    let xs = "X".repeat(3);
    let marks: Vec<&str> = marks.into_iter().chain([xs.as_str()]).collect();
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| WRITTEN.contains(&file.extension())) {
        for (index, line) in file.text.lines().enumerate() {
            for mark in marks.iter().filter(|mark| has_word(line, mark)) {
                findings.push(Finding::new(
                    &file.path,
                    index + 1,
                    format!("`{mark}`: finish it or take it out"),
                ));
            }
        }
    }
    findings
}

/// Whether a line holds the mark, not as a part of a longer word.
fn has_word(line: &str, mark: &str) -> bool {
    let in_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(mark).any(|(at, _)| {
        let open_end =
            mark.ends_with(|c: char| c.is_alphanumeric()) && in_word(line[at + mark.len()..].chars().next());
        !in_word(line[..at].chars().last()) && !open_end
    })
}

/// No file names a folder that only one machine has.
pub(super) fn machine_paths(tree: &Tree) -> Vec<Finding> {
    let folders = ["home", "root", "tmp", "work"].map(|name| format!("/{name}/"));
    let mut findings = Vec::new();
    for file in &tree.files {
        for (index, line) in file.text.lines().enumerate() {
            for folder in folders.iter().filter(|folder| begins_path(line, folder)) {
                findings.push(Finding::new(
                    &file.path,
                    index + 1,
                    format!("a path of one machine: `{folder}`"),
                ));
            }
        }
    }
    findings
}

/// Whether a path begins with this folder, rather than holding it somewhere inside.
fn begins_path(line: &str, folder: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "._-~}>)]*".contains(c);
    line.match_indices(folder).any(|(at, _)| !line[..at].chars().last().is_some_and(inside))
}

/// The licence lies in the root.
pub(super) fn licence(tree: &Tree) -> Vec<Finding> {
    match tree.file("LICENSE") {
        Some(file) if file.text.contains("MIT License") => Vec::new(),
        Some(_) => vec![Finding::new("LICENSE", 1, "is not the MIT licence that Cargo.toml names")],
        None => vec![Finding::new("LICENSE", 1, "is missing")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_head_is_found() {
        let tree =
            Tree::of(&[("a.rs", "fn f() {}"), ("b.rs", "//! B."), ("c.js", "// C."), ("d.js", "/** D. */")]);
        let paths: Vec<String> = heads(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["a.rs", "c.js"]);
    }

    #[test]
    fn a_long_file_is_found() {
        let long = "x\n".repeat(LONGEST + 1);
        let tree = Tree::of(&[("a.rs", &long), ("b.rs", "x\n"), ("page.html", &long)]);
        assert_eq!(lengths(&tree), [Finding::new("a.rs", 501, "501 lines, more than 500: split it")]);
    }

    #[test]
    fn a_comment_that_is_wider_than_the_code_is_found() {
        let long = "x".repeat(WIDEST);
        let lines = |path: &str, text: String| -> Vec<usize> {
            comment_widths(&Tree::of(&[(path, &text)])).into_iter().map(|finding| finding.line).collect()
        };
        let rust = format!("//! {long}\n    /// {long}\nlet a = \"{long}\"; // code\n//! | {long} |\n// x");
        assert_eq!(lines("a.rs", rust), [1, 2]);
        assert_eq!(
            lines("a.js", format!("/** {long}\n * {long}\n * @type {{{long}}}\n */\n// {long}")),
            [1, 2, 5]
        );
        assert_eq!(lines("a.rb", format!("# {long}\n")), [1]);
        assert!(lines("a.md", format!("# {long}\n")).is_empty());
        let widest = include_str!("../../../rustfmt.toml");
        assert!(widest.contains(&format!("max_width = {WIDEST}")), "{widest}");
    }

    #[test]
    fn a_doc_comment_of_one_word_is_found() {
        let text = "/// Where.\nplace: Place,\n/// Where it\n/// happened.\nat: Place,\n// Why.\n";
        let lines: Vec<usize> =
            one_word_docs(&Tree::of(&[("a.rs", text)])).iter().map(|it| it.line).collect();
        assert_eq!(lines, [1]);
    }

    #[test]
    fn marks_of_unfinished_work_are_found() {
        for bad in [
            concat!("to", "do!()"),
            concat!("#[ig", "nore]"),
            concat!("// FIX", "ME: x"),
            &format!("// {}", "X".repeat(3)),
        ] {
            let tree = Tree::of(&[("a.rs", &format!("fine\n{bad}"))]);
            assert_eq!(
                unfinished(&tree).iter().map(|finding| finding.line).collect::<Vec<_>>(),
                [2],
                "{bad}"
            );
        }
        let tree =
            Tree::of(&[("a.rs", &format!("\"a{0}b\" not{1}()", "X".repeat(3), concat!("_to", "do!")))]);
        assert!(unfinished(&tree).is_empty());
    }

    #[test]
    fn a_machine_path_is_found_and_an_address_is_not() {
        let bad = format!("see \"/{}/somebody/x\"", "home");
        let tree = Tree::of(&[("a.md", &bad)]);
        assert_eq!(machine_paths(&tree).len(), 1);
        let good = format!("https://gitlab.example.com/{}/x and ${{folder}}/{}/x", "work", "tmp");
        assert!(machine_paths(&Tree::of(&[("a.md", &good)])).is_empty());
    }

    #[test]
    fn a_missing_licence_is_found() {
        assert_eq!(licence(&Tree::default()).len(), 1);
        assert_eq!(licence(&Tree::of(&[("LICENSE", "Another")])).len(), 1);
        assert!(licence(&Tree::of(&[("LICENSE", "MIT License")])).is_empty());
    }
}
