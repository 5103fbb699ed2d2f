//! Rules about `tests/coverage.md`: what Samlight should do, row by row, with the tests that show it.
//!
//! A test is named in one of three ways: `path/to/file.rs::function`, `path/to/story.md#heading of a section`
//! and `e2e: name of the scenario`. Leaves out whether a test shows what its row says: only a person can
//! tell.

use std::ops::RangeInclusive;

use super::{File, Finding, Tree};

/// The table.
const TABLE: &str = "tests/coverage.md";
/// The table of the scenarios in browsers.
const SCENARIOS: &str = "tests/e2e/main.rs";
/// Folders whose pages are stories: each section is a test.
const STORIES: [&str; 3] = ["tests/diagnoses", "tests/end_user", "tests/flows"];

/// Rows that must be there: a letter, how many digits its numbers have at least, and the numbers.
const ROWS: [(&str, usize, &[RangeInclusive<u8>]); 7] = [
    ("R", 2, &[1..=98]),
    ("E", 2, &[1..=23, 30..=51, 60..=67]),
    ("S", 2, &[1..=18]),
    ("V", 1, &[1..=11]),
    ("O", 1, &[1..=6]),
    ("F", 1, &[1..=113]),
    ("C", 1, &[1..=13]),
];

/// The demands of a state on its row.
struct State {
    word: &'static str,
    /// Tests must be named; where not, none may be.
    has_tests: bool,
    /// The row must say what is missing.
    lacks: bool,
}

const STATES: [State; 4] = [
    State { word: "runs", has_tests: true, lacks: false },
    State { word: "partly", has_tests: true, lacks: true },
    State { word: "no", has_tests: false, lacks: true },
    State { word: "not applicable", has_tests: false, lacks: true },
];

/// A row as it is written.
struct Row<'a> {
    line: usize,
    cells: Vec<&'a str>,
}

impl Row<'_> {
    fn id(&self) -> &str {
        self.cells.first().copied().unwrap_or_default()
    }
}

/// The rows of the table that are missing, and what is wrong with those that are there.
pub(super) fn rows(tree: &Tree) -> Vec<Finding> {
    let Some(file) = tree.file(TABLE) else {
        return vec![Finding::new(TABLE, 1, "the table of what Samlight does is missing")];
    };
    let written: Vec<Row<'_>> = written(&file.text).collect();
    let missing = ids().filter(|id| !written.iter().any(|row| row.id() == id));
    let missing = missing.map(|id| Finding::new(TABLE, 1, format!("the row {id} is missing")));
    let wrong = written.iter().enumerate().flat_map(|(place, row)| {
        let is_second = written.iter().take(place).any(|before| before.id() == row.id());
        let second = is_second.then(|| format!("the row {} is there twice", row.id()));
        let wrong = second.into_iter().chain(wrong(tree, row));
        wrong.map(|text| Finding::new(TABLE, row.line, text)).collect::<Vec<_>>()
    });
    missing.chain(wrong).collect()
}

/// Each id that the table must have.
fn ids() -> impl Iterator<Item = String> {
    ROWS.iter().flat_map(|(letter, digits, ranges)| {
        let numbers = ranges.iter().cloned().flatten();
        numbers.map(move |number| format!("{letter}{number:0digits$}"))
    })
}

/// The lines of all tables, without their heads.
fn written(text: &str) -> impl Iterator<Item = Row<'_>> {
    text.lines().enumerate().filter_map(|(place, line)| {
        let cells = line.trim().strip_prefix('|')?.strip_suffix('|')?;
        let cells: Vec<&str> = cells.split('|').map(str::trim).collect();
        let is_head = cells.first().is_some_and(|first| *first == "row" || first.starts_with('-'));
        (!is_head).then_some(Row { line: place + 1, cells })
    })
}

fn wrong(tree: &Tree, row: &Row<'_>) -> Vec<String> {
    let [id, what, state, tests, lacks] = row.cells[..] else {
        return vec![format!("the row {} does not have five cells", row.id())];
    };
    let mut wrong = Vec::new();
    if !ids().any(|known| known == id) {
        wrong.push(format!("`{id}` is no row of this table"));
    }
    if what.is_empty() {
        wrong.push(format!("{id} does not say what it is about"));
    }
    let Some(state) = STATES.iter().find(|known| known.word == state) else {
        wrong.push(format!("{id}: `{state}` is no state"));
        return wrong;
    };
    if state.lacks && lacks.is_empty() {
        wrong.push(format!("{id} does not say what is missing"));
    }
    let Some(tests) = named(tests) else {
        wrong.push(format!("{id}: tests are written as `…`, `…`"));
        return wrong;
    };
    if state.has_tests && tests.is_empty() {
        wrong.push(format!("{id} names no test"));
    }
    if !state.has_tests && !tests.is_empty() {
        wrong.push(format!("{id} names a test, and its state is `{}`", state.word));
    }
    let absent = tests.iter().filter(|test| !exists(tree, test));
    wrong.extend(absent.map(|test| format!("{id}: there is no test `{test}`")));
    wrong
}

/// The tests in a cell; `None` where something else stands between the names.
fn named(cell: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = cell.split('`').collect();
    let (between, names): (Vec<_>, Vec<_>) = parts.iter().enumerate().partition(|(place, _)| place % 2 == 0);
    let last = between.len() - 1;
    let is_plain =
        |(place, part): (usize, &&str)| *part == if place == 0 || place == last { "" } else { ", " };
    let is_plain = parts.len() % 2 == 1 && between.iter().map(|(_, part)| *part).enumerate().all(is_plain);
    is_plain.then(|| names.into_iter().map(|(_, name)| *name).collect())
}

fn exists(tree: &Tree, test: &str) -> bool {
    let file = |path: &str| tree.file(path);
    if let Some(name) = test.strip_prefix("e2e: ") {
        return file(SCENARIOS).is_some_and(|file| file.text.contains(&format!("\"{name}\"")));
    }
    if let Some((path, name)) = test.split_once("::") {
        return file(path).is_some_and(|file| file.extension() == "rs" && has_test(&file.text, name));
    }
    let Some((path, heading)) = test.split_once('#') else { return false };
    let is_story = |file: &&File| STORIES.iter().any(|folder| file.is_in(folder)) && file.extension() == "md";
    file(path).filter(is_story).is_some_and(|file| has_section(&file.text, heading))
}

/// Whether there is a function `name` with `#[test]` above it.
fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let head = format!("fn {name}(");
    let is_test = |place: usize| {
        let above = lines.iter().take(place).rev();
        let mut above = above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        above.any(|line| *line == "#[test]")
    };
    lines.iter().enumerate().any(|(place, line)| line.starts_with(&head) && is_test(place))
}

/// Whether there is a section `heading` with a block in it.
fn has_section(text: &str, heading: &str) -> bool {
    text.split("\n## ").skip(1).any(|section| {
        let (title, content) = section.split_once('\n').unwrap_or((section, ""));
        title == heading && content.contains("\n```")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUST: &str = "fn helper() {}\n#[test]\n// Why.\nfn works() {}\n    #[test]\n    fn inside(\n";
    const STORY: &str = "# x\n\n## fires when a, b\n\n```json\n{}\n```\n\n## prose\n\nNothing.\n";

    /// The findings in a table with all rows, of which the first is as given.
    fn found(first: &str) -> Vec<String> {
        let others = ids().skip(1).map(|id| format!("| {id} | It | no |  | All |"));
        let lines =
            ["# Rows", "", "| row | what | state | tests | missing |", "|---|---|---|---|---|", first];
        let text = lines.map(str::to_owned).into_iter().chain(others).collect::<Vec<_>>().join("\n");
        let tree = Tree::of(&[
            (TABLE, &text),
            (SCENARIOS, "Scenario::everywhere(\"a, b\", c)"),
            ("a/b.rs", RUST),
            ("tests/flows/x.md", STORY),
            ("tests/x.md", STORY),
        ]);
        rows(&tree).into_iter().map(|finding| format!("{}: {}", finding.line, finding.text)).collect()
    }

    #[test]
    fn rows_that_say_what_they_must_are_right() {
        for first in [
            "| R01 | It | runs | `a/b.rs::works` |  |",
            "| R01 | It | partly | `a/b.rs::inside`, `e2e: a, b`, `tests/flows/x.md#fires when a, b` | A bit |",
            "| R01 | It | not applicable |  | Why |",
        ] {
            assert_eq!(found(first), [] as [&str; 0], "{first}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_row_is_found() {
        for (first, expected) in [
            ("", "1: the row R01 is missing"),
            ("| R02 | It | no |  | All |\n| R01 | It | no |  | All |", "7: the row R02 is there twice"),
            ("| R01 | It | no |  | All |\n| R99 | It | no |  | All |", "6: `R99` is no row of this table"),
            ("| R01 | It | no | All |", "5: the row R01 does not have five cells"),
            ("| R01 |  | no |  | All |", "5: R01 does not say what it is about"),
            ("| R01 | It | RUNS |  |  |", "5: R01: `RUNS` is no state"),
            ("| R01 | It | no |  |  |", "5: R01 does not say what is missing"),
            ("| R01 | It | partly | `a/b.rs::works` |  |", "5: R01 does not say what is missing"),
            ("| R01 | It | runs |  |  |", "5: R01 names no test"),
            ("| R01 | It | no | `a/b.rs::works` | All |", "5: R01 names a test, and its state is `no`"),
            ("| R01 | It | runs | a/b.rs::works |  |", "5: R01: tests are written as `…`, `…`"),
            ("| R01 | It | runs | `a/b.rs::works |  |", "5: R01: tests are written as `…`, `…`"),
        ] {
            assert_eq!(found(first), [expected], "{first}");
        }
    }

    #[test]
    fn a_test_that_is_not_there_is_found() {
        for test in [
            "a/c.rs::works",
            "a/b.rs::helper",
            "a/b.rs::work",
            "a/b.rs",
            "e2e: a",
            "tests/flows/x.md#fires",
            "tests/flows/x.md#prose",
            "tests/x.md#fires when a, b",
            "tests/flows/x.md",
        ] {
            let found = found(&format!("| R01 | It | runs | `{test}` |  |"));
            assert_eq!(found, [format!("5: R01: there is no test `{test}`")]);
        }
    }

    #[test]
    fn a_missing_table_is_found() {
        assert_eq!(rows(&Tree::default()).len(), 1);
    }
}
