//! Rules about tables: one thing is one file and one row, and nothing is forgotten on either side.

use super::{File, Finding, Tree};

/// Folders in which each file is a row of the table in `mod.rs`.
const TABLES: &[&str] = &["crate/src/diagnoses", "crate/src/binding", "crate/src/gitlab/pages"];

const DIAGNOSES: &str = "crate/src/diagnoses";
const DIAGNOSIS_PAGES: &str = "tests/diagnoses";
const FIXTURES: &str = "tests/gitlab/";

/// Every file of a table is named in its `mod.rs`.
pub(super) fn modules(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in TABLES {
        let path = format!("{folder}/mod.rs");
        let table = tree.file(&path).map_or("", |file| file.text.as_str());
        let files = rows(tree, folder).filter(|file| !table.contains(&format!("mod {};", file.stem())));
        findings.extend(files.map(|file| Finding::new(&file.path, 1, format!("is not named in {path}"))));
    }
    findings
}

/// Every diagnosis has a page, and every page a diagnosis. The page is test and help text.
pub(super) fn diagnosis_pages(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in rows(tree, DIAGNOSES).filter(|file| file.stem() != "tests") {
        let page = format!("{DIAGNOSIS_PAGES}/{}.md", file.stem().replace('_', "-"));
        if tree.file(&page).is_none() {
            findings.push(Finding::new(&file.path, 1, format!("has no page {page}")));
        }
    }
    for page in
        tree.with_extension("md").filter(|page| page.is_in(DIAGNOSIS_PAGES) && page.stem() != "README")
    {
        let file = format!("{DIAGNOSES}/{}.rs", page.stem().replace('-', "_"));
        if tree.file(&file).is_none() {
            findings.push(Finding::new(&page.path, 1, format!("there is no diagnosis {file}")));
        }
    }
    findings
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

/// The files of a table but for the table itself.
fn rows<'a>(tree: &'a Tree, folder: &'a str) -> impl Iterator<Item = &'a File> {
    tree.with_extension("rs").filter(move |file| file.is_in(folder) && file.stem() != "mod")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_its_table_does_not_name_is_found() {
        let tree = Tree::of(&[
            ("crate/src/binding/mod.rs", "mod http_post;"),
            ("crate/src/binding/http_post.rs", ""),
            ("crate/src/binding/soap.rs", ""),
        ]);
        let expected =
            Finding::new("crate/src/binding/soap.rs", 1, "is not named in crate/src/binding/mod.rs");
        assert_eq!(modules(&tree), [expected]);
    }

    #[test]
    fn diagnoses_and_pages_come_in_pairs() {
        let tree = Tree::of(&[
            ("crate/src/diagnoses/clock_skew.rs", ""),
            ("crate/src/diagnoses/no_page.rs", ""),
            ("tests/diagnoses/clock-skew.md", ""),
            ("tests/diagnoses/no-file.md", ""),
        ]);
        let paths: Vec<String> = diagnosis_pages(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["crate/src/diagnoses/no_page.rs", "tests/diagnoses/no-file.md"]);
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
