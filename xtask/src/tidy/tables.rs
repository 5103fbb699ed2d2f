//! Rules about tables: one thing is one file and one row, and nothing is forgotten on either side.

use super::source::{Language, line_of, without_comments};
use super::{File, Finding, Tree};
use crate::kinds::{KINDS, Kind, Need, PROMPT};

const DIAGNOSES: &str = "crate/src/diagnoses";
const DIAGNOSIS_PAGES: &str = "tests/diagnoses";
const FIXTURES: &str = "tests/gitlab/";

/// Every file of a table is named in the file with the table, and so is its row. Every row there has its
/// file.
pub(super) fn rows(tree: &Tree) -> Vec<Finding> {
    KINDS.iter().flat_map(|kind| rows_of(tree, kind)).collect()
}

fn rows_of(tree: &Tree, kind: &Kind) -> Vec<Finding> {
    let door = kind.door();
    let files: Vec<&File> = files(tree, kind).collect();
    let Some(text) = tree.file(&door).map(|file| without_comments(&file.text, Language::Rust)) else {
        let lost = |file: &&File| Finding::new(&file.path, 1, format!("there is no {door}"));
        return files.iter().map(lost).collect();
    };
    let mut findings = Vec::new();
    for file in &files {
        let row = format!("{}::{}", file.stem(), kind.row);
        if !text.contains(&format!("mod {};", file.stem())) {
            findings.push(Finding::new(&file.path, 1, format!("is not named in {door}")));
        } else if Row::of(file, kind).is_some() && !has_word(&text, &row) {
            findings.push(Finding::new(
                &file.path,
                1,
                format!("its row {row} is not in {} of {door}", kind.table),
            ));
        }
    }
    let mark = format!("::{}", kind.row);
    for (at, _) in text.match_indices(&mark) {
        let name = text[..at].rsplit(|c: char| !is_in_word(c)).next().unwrap_or_default();
        if !text[at + mark.len()..].starts_with(is_in_word) && !files.iter().any(|file| file.stem() == name) {
            let what = format!("the row {name}{mark} has no file {}/{name}.rs", kind.folder);
            findings.push(Finding::new(&door, line_of(&text, at), what));
        }
    }
    findings
}

/// Every thing of a kind stands where its kind must be found besides.
pub(super) fn needs(tree: &Tree) -> Vec<Finding> {
    let of_kind = |kind: &'static Kind| {
        let rows = files(tree, kind).filter_map(move |file| Row::of(file, kind));
        rows.flat_map(|row| kind.needs.iter().filter_map(move |need| row.lacks(tree, need)))
    };
    KINDS.iter().flat_map(of_kind).collect()
}

/// Nothing of a skeleton is left as `new` wrote it.
pub(super) fn prompts(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|file| !file.path.starts_with("xtask/"));
    let prompt = |(number, line): (usize, &str)| {
        Some((number + 1, line.split_once(PROMPT)?.1.split('"').next()?.trim().to_owned()))
    };
    let of_file = |file: &File| {
        let prompts: Vec<_> = file.text.lines().enumerate().filter_map(prompt).collect();
        let finding = |(line, what)| Finding::new(&file.path, line, format!("is to be written: {what}"));
        prompts.into_iter().map(finding).collect::<Vec<_>>()
    };
    files.flat_map(of_file).collect()
}

/// Every page of a diagnosis has its diagnosis. The page is test and help text.
pub(super) fn diagnosis_pages(tree: &Tree) -> Vec<Finding> {
    let pages =
        tree.with_extension("md").filter(|page| page.is_in(DIAGNOSIS_PAGES) && page.stem() != "README");
    let lacks = |page: &File| {
        let file = format!("{DIAGNOSES}/{}.rs", page.stem().replace('-', "_"));
        let finding = Finding::new(&page.path, 1, format!("there is no diagnosis {file}"));
        tree.file(&file).is_none().then_some(finding)
    };
    pages.filter_map(lacks).collect()
}

/// Every saved page of GitLab has its expected readings beside it, or is named by a test.
pub(super) fn fixtures(tree: &Tree) -> Vec<Finding> {
    let saved = tree.with_extension("html").filter(|file| file.path.starts_with(FIXTURES));
    let unused = saved.filter(|file| {
        let readings = file.path.trim_end_matches("html").to_owned() + "json";
        let from_version = file.path.trim_start_matches(FIXTURES);
        tree.file(&readings).is_none()
            && !tree.with_extension("rs").any(|code| code.text.contains(from_version))
    });
    let text = "no test reads this page: put the expected readings beside it";
    unused.map(|file| Finding::new(&file.path, 1, text)).collect()
}

/// The files beside a table, without that of their tests.
fn files<'a>(tree: &'a Tree, kind: &'a Kind) -> impl Iterator<Item = &'a File> {
    let door = kind.door();
    let beside = move |file: &&File| file.is_in(kind.folder) && file.path != door && file.stem() != "tests";
    tree.with_extension("rs").filter(beside)
}

/// The row in a file.
struct Row<'a> {
    file: &'a File,
    /// From its name on.
    code: &'a str,
}

impl<'a> Row<'a> {
    fn of(file: &'a File, kind: &Kind) -> Option<Self> {
        let at = file.text.find(&format!("const {}:", kind.row))?;
        Some(Row { file, code: &file.text[at..] })
    }

    /// The finding that something is forgotten, if this need is not met.
    fn lacks(&self, tree: &Tree, need: &Need) -> Option<Finding> {
        let (path, text) = (self.filled(need.path), self.filled(need.text));
        if text.contains(PROMPT) {
            // It has no name yet, which is found by itself.
            return None;
        }
        let (before, after) = path.split_once('*').unwrap_or((&path, ""));
        let is_there = |file: &&File| file.path.strip_prefix(before).is_some_and(|rest| rest.contains(after));
        if tree.files.iter().filter(is_there).any(|file| file.text.contains(&text)) {
            return None;
        }
        let what = match text.as_str() {
            "" => format!("lacks its file {path}"),
            text => format!("lacks its place in {path}: nothing there says {text}"),
        };
        Some(Finding::new(&self.file.path, 1, what))
    }

    /// A text of [`Need`] with its placeholders filled.
    fn filled(&self, template: &str) -> String {
        let Some((before, (name, after))) =
            template.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        else {
            return template.to_owned();
        };
        let stem = self.file.stem();
        let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
        let value = match name {
            "file" => stem.replace('_', "-"),
            "module" => stem.to_owned(),
            "variant" => stem.split('_').map(capital).collect(),
            field => self.says(field).unwrap_or_else(|| format!("{{{field}}}")),
        };
        format!("{before}{value}{}", self.filled(after))
    }

    /// The text behind `field:`.
    fn says(&self, field: &str) -> Option<String> {
        let (_, rest) = self.code.split_once(&format!("{field}: \""))?;
        Some(rest.split_once('"')?.0.to_owned())
    }
}

/// Whether the text holds the name, not as a part of a longer one.
fn has_word(text: &str, name: &str) -> bool {
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_in_word) && !text[at + name.len()..].starts_with(is_in_word))
}

fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod forgotten;

#[cfg(test)]
mod tests {
    use super::*;

    const BINDING: &str = "pub(super) const BINDING: Binding = Binding {};";

    #[test]
    fn a_file_that_its_table_does_not_name_is_found() {
        let tree = Tree::of(&[
            ("crate/src/binding/mod.rs", "mod http_post;\nconst BINDINGS: &[B] = &[http_post::BINDING];"),
            ("crate/src/binding/http_post.rs", BINDING),
            ("crate/src/binding/soap.rs", ""),
        ]);
        let expected =
            Finding::new("crate/src/binding/soap.rs", 1, "is not named in crate/src/binding/mod.rs");
        assert_eq!(rows(&tree), [expected]);
    }

    #[test]
    fn a_forgotten_row_and_a_row_without_a_file_are_found() {
        let table =
            "mod http_post;\nmod soap;\n// soap::BINDING\nconst BINDINGS: &[B] = &[\n    lost::BINDING,\n];";
        let tree = Tree::of(&[
            ("crate/src/binding/mod.rs", table),
            ("crate/src/binding/http_post.rs", "// It has no row."),
            ("crate/src/binding/soap.rs", BINDING),
        ]);
        let found: Vec<String> = rows(&tree).iter().map(Finding::to_string).collect();
        assert_eq!(
            found,
            [
                "crate/src/binding/soap.rs:1: its row soap::BINDING is not in BINDINGS of crate/src/binding/mod.rs",
                "crate/src/binding/mod.rs:5: the row lost::BINDING has no file crate/src/binding/lost.rs",
            ]
        );
    }

    #[test]
    fn what_a_row_says_of_itself_is_looked_for() {
        let row = "pub(super) const CHECK: Check = Check { id: \"message-size\", look };";
        let file = ("crate/src/acceptance/size.rs", row);
        let lacking = Tree::of(&[file, ("tests/acceptance/faults.rs", "(\"size\", ways())")]);
        let found: Vec<String> = needs(&lacking).iter().map(Finding::to_string).collect();
        let expected = "crate/src/acceptance/size.rs:1: lacks its place in tests/acceptance/faults.rs: nothing there says \"message-size\"";
        assert_eq!(found, [expected]);
        let whole = Tree::of(&[file, ("tests/acceptance/faults.rs", "(\"message-size\", ways())")]);
        assert_eq!(needs(&whole), []);
    }

    #[test]
    fn diagnoses_and_pages_come_in_pairs() {
        let row = "pub(super) const DIAGNOSIS: Diagnosis = Diagnosis {};";
        let tree = Tree::of(&[
            ("crate/src/diagnoses/clock_skew.rs", row),
            ("crate/src/diagnoses/no_page.rs", row),
            ("tests/diagnoses/clock-skew.md", ""),
            ("tests/diagnoses/no-file.md", ""),
        ]);
        let found = [needs(&tree), diagnosis_pages(&tree)].concat();
        let paths: Vec<String> = found.into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["crate/src/diagnoses/no_page.rs", "tests/diagnoses/no-file.md"]);
    }

    #[test]
    fn what_a_skeleton_left_open_is_found() {
        let tree = Tree::of(&[
            ("crate/src/a.rs", "//! FILL IN: what it is.\n"),
            ("xtask/templates/a.rs.txt", "//! FILL IN: what it is.\n"),
        ]);
        assert_eq!(prompts(&tree), [Finding::new("crate/src/a.rs", 1, "is to be written: what it is.")]);
    }

    #[test]
    fn a_saved_page_without_a_reader_is_found() {
        let tree = Tree::of(&[
            ("tests/gitlab/18.11/beside.html", ""),
            ("tests/gitlab/18.11/beside.json", ""),
            ("tests/gitlab/18.11/named.html", ""),
            ("tests/gitlab/18.11/unused.html", ""),
            ("tests/src/pages.rs", "\"18.11/named.html\""),
        ]);
        let paths: Vec<String> = fixtures(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["tests/gitlab/18.11/unused.html"]);
    }
}
