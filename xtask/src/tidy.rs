//! `tidy`: the rules of this repository that no compiler knows.
//!
//! A rule is one row of [`RULES`] and one function from the tree of files to findings, each with a test on a
//! small bad sample. The rules also run as a test of this package, so `cargo test` finds what was forgotten.

mod coverage;
mod forms;
mod fuzzed;
mod javascript;
mod languages;
mod locks;
mod prose;
mod rooms;
mod source;
mod tables;
mod texts;

use std::ffi::OsString;
use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::AlreadyReported;
use crate::run::output;
use crate::workspace::Workspace;

pub(crate) const SUMMARY: &str = "Check the rules of this repository and name what was forgotten";
pub(crate) const HELP: &str = "\
Usage: cargo xtask tidy [--list]

Prints each finding as `file:line: what is wrong`. Looks at all files that git knows or would add.

  --list   print the rules
";

/// One rule.
struct Rule {
    /// The statement that must hold.
    what: &'static str,
    find: fn(&Tree) -> Vec<Finding>,
}

const RULES: &[Rule] = &[
    Rule { what: "every Rust and JavaScript file says at its head what it is", find: forms::heads },
    Rule { what: "no file is longer than 500 lines", find: forms::lengths },
    Rule { what: "no comment is wider than the code", find: forms::comment_widths },
    Rule { what: "no doc comment is one word", find: forms::one_word_docs },
    Rule { what: "each doc comment begins with what the thing is", find: forms::docs_that_ask },
    Rule { what: "nothing is marked as unfinished or left out", find: forms::unfinished },
    Rule { what: "no path of somebody's machine is in a file", find: forms::machine_paths },
    Rule { what: "the licence is there", find: forms::licence },
    Rule { what: "imports run the way of the rooms that lib.rs lists", find: rooms::imports },
    Rule { what: "the README shows the rooms that lib.rs lists", find: rooms::readme },
    Rule { what: "JavaScript knows no SAML, no GitLab and no HTML", find: javascript::words },
    Rule { what: "every text exists, with the placeholders it is given", find: texts::exist },
    Rule { what: "every text is used", find: texts::used },
    Rule { what: "every translation has every text, with its placeholders", find: languages::whole },
    Rule { what: "every language is listed where pages look for it", find: languages::listed },
    Rule { what: "the words for people are plain English, in short paragraphs", find: prose::plain },
    Rule {
        what: "every file of a table is named beside the table, and every row has its file",
        find: tables::rows,
    },
    Rule {
        what: "every thing is found where its kind must be: page, sample, test, README",
        find: tables::needs,
    },
    Rule { what: "nothing of a skeleton is left as it was", find: tables::prompts },
    Rule { what: "every page in tests/diagnoses has its diagnosis", find: tables::diagnosis_pages },
    Rule { what: "every saved GitLab page is used by a test", find: tables::fixtures },
    Rule { what: "each row of tests/coverage.md names tests that exist", find: coverage::rows },
    Rule {
        what: "each reader of what comes from outside has a fuzz target and a limit",
        find: fuzzed::readers,
    },
    Rule { what: "the list of Python packages is complete", find: locks::python },
    Rule { what: "npm's lock is complete, and for exact versions", find: locks::npm },
    Rule { what: "Cargo's lock is complete, and cargo takes it as it is", find: locks::cargo },
];

/// `cargo xtask tidy`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    use lexopt::prelude::*;
    match lexopt::Parser::from_args(arguments).next()? {
        None => check(&Workspace::here()?),
        Some(Long("list")) => {
            RULES.iter().for_each(|rule| println!("{}", rule.what));
            Ok(())
        }
        Some(other) => Err(other.unexpected().into()),
    }
}

/// Prints all findings.
///
/// # Errors
/// When there is a finding, or git cannot list the files.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let tree = Tree::read(&workspace.root)?;
    let findings = findings(&tree);
    findings.iter().for_each(|finding| println!("{finding}"));
    println!("    {} rules, {} files, {} findings", RULES.len(), tree.files.len(), findings.len());
    if findings.is_empty() { Ok(()) } else { Err(AlreadyReported.into()) }
}

fn findings(tree: &Tree) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| (rule.find)(tree)).collect()
}

/// A place where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    path: String,
    /// Counted from 1.
    line: usize,
    text: String,
}

impl Finding {
    fn new(path: &str, line: usize, text: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.path, self.line, self.text)
    }
}

/// A file of the repository.
#[derive(Debug, Clone)]
struct File {
    /// From the root, with `/`.
    path: String,
    text: String,
}

impl File {
    /// The part of the name after the last dot.
    fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The name without folders and without what follows the first dot.
    fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split('.').next().unwrap_or_default()
    }

    /// Whether it lies in this very folder.
    fn is_in(&self, folder: &str) -> bool {
        self.path.rsplit_once('/').is_some_and(|(parent, _)| parent == folder)
    }
}

/// The text files of the repository, sorted by path. Files that are not UTF-8 are left out.
#[derive(Debug, Clone, Default)]
struct Tree {
    files: Vec<File>,
}

impl Tree {
    /// The files that git knows, or would add.
    fn read(root: &Path) -> Result<Self> {
        let mut git = Command::new("git");
        git.args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"]).current_dir(root);
        let names = output(&mut git)?;
        let mut files = Vec::new();
        for path in names.split('\0').filter(|path| !path.is_empty()) {
            // A deleted file is still listed until the deletion is committed.
            if let Some(text) =
                std::fs::read(root.join(path)).ok().and_then(|bytes| String::from_utf8(bytes).ok())
            {
                files.push(File { path: path.to_owned(), text });
            }
        }
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(Self { files })
    }

    fn with_extension(&self, extension: &str) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| file.extension() == extension)
    }

    fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    #[cfg(test)]
    fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        Self { files: files.iter().map(file).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_repository_is_tidy() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let findings = findings(&Tree::read(root).unwrap());
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        assert!(lines.is_empty(), "\n{}", lines.join("\n"));
    }

    #[test]
    fn a_finding_reads_as_a_place_that_editors_open() {
        assert_eq!(Finding::new("a/b.rs", 3, "no head").to_string(), "a/b.rs:3: no head");
    }
}
