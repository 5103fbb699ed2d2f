//! Rules about rooms: the folders of a package stand in one order, and imports run one way.
//!
//! The order is the list under `# Rooms` at the head of the package's `lib.rs`: a line names a room, or
//! several that stand beside each other. A file may name, behind `crate::`, its own room and the rooms of the
//! lines above its own. The readers' map in the README names the core's rooms too. Test modules are left out:
//! they may look from above.

use std::collections::BTreeSet;

use super::source::{Language, line_of, without_comments};
use super::{File, Finding, Tree};

/// The packages with rooms: their sources.
const PACKAGES: &[&str] = &[CORE, "www/src"];
const CORE: &str = "crate/src";

/// The README, and how a row of its map names a room of the core.
const README: &str = "README.md";
const ROOM_IN_README: &str = "| `crate/src/";

/// Every import runs the way of the rooms.
pub(super) fn imports(tree: &Tree) -> Vec<Finding> {
    PACKAGES.iter().flat_map(|package| in_package(tree, package)).collect()
}

/// The README's map and the list in the core's `lib.rs` name the same rooms.
pub(super) fn readme(tree: &Tree) -> Vec<Finding> {
    let (Some(rooms), Some(readme)) = (Rooms::of(tree, CORE), tree.file(README)) else {
        return Vec::new();
    };
    let shown: BTreeSet<&str> = readme.text.lines().flat_map(rooms_in_row).collect();
    let known: BTreeSet<&str> = rooms.names().collect();
    let missing = known.difference(&shown).map(|room| format!("the map does not show the room `{room}`"));
    let gone = shown.difference(&known).map(|room| format!("there is no room `{room}` in {}", rooms.list));
    missing.chain(gone).map(|text| Finding::new(README, 1, text)).collect()
}

/// The rooms that a row of the README's map names: `crate/src/<room>`, several of them in one row.
fn rooms_in_row(line: &str) -> Vec<&str> {
    let Some(cell) = line.starts_with(ROOM_IN_README).then(|| line.split('|').nth(1)).flatten() else {
        return Vec::new();
    };
    let names = cell.split('`').skip(1).step_by(2).filter_map(|path| path.strip_prefix("crate/src/"));
    names.filter(|name| !name.contains('/') && !name.contains('.')).collect()
}

/// The rooms of a package, in their order.
struct Rooms<'a> {
    /// The file with the list.
    list: String,
    /// Line by line; those of one line stand beside each other.
    lines: Vec<Vec<&'a str>>,
}

impl<'a> Rooms<'a> {
    /// Reads the list; nothing where there is none.
    fn of(tree: &'a Tree, package: &str) -> Option<Self> {
        let list = format!("{package}/lib.rs");
        let text = &tree.file(&list)?.text;
        let block = text.split_once("//! # Rooms\n")?.1.split_once("//! ```text\n")?.1;
        let rows = block.lines().take_while(|line| *line != "//! ```");
        let lines = rows.map(|row| {
            let words = row.trim_start_matches("//!").split_whitespace();
            // A name that a comma follows has another one beside it.
            let mut names = Vec::new();
            for word in words {
                names.push(word.trim_end_matches(','));
                if !word.ends_with(',') {
                    break;
                }
            }
            names
        });
        Some(Rooms { list, lines: lines.collect() })
    }

    fn level(&self, room: &str) -> Option<usize> {
        self.lines.iter().position(|line| line.contains(&room))
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.lines.iter().flatten().copied()
    }
}

fn in_package(tree: &Tree, package: &str) -> Vec<Finding> {
    let sources = format!("{package}/");
    let files: Vec<&File> =
        tree.with_extension("rs").filter(|file| file.path.starts_with(&sources)).collect();
    let Some(rooms) = Rooms::of(tree, package) else {
        let text = "has no list of rooms under `# Rooms`";
        let list = format!("{package}/lib.rs");
        return if files.is_empty() { Vec::new() } else { vec![Finding::new(&list, 1, text)] };
    };
    let mut findings = Vec::new();
    for room in rooms.names() {
        let (folder, file) = (format!("{sources}{room}/"), format!("{sources}{room}.rs"));
        if !files.iter().any(|it| it.path.starts_with(&folder) || it.path == file) {
            findings.push(Finding::new(
                &rooms.list,
                1,
                format!("the list names `{room}`, which is not there"),
            ));
        }
    }
    for file in files {
        let inside = &file.path[sources.len()..];
        // `lib.rs` names all rooms; programs use the library like any other package.
        if inside == "lib.rs" || inside.starts_with("bin/") || is_test(inside) {
            continue;
        }
        let own = inside.split(['/', '.']).next().unwrap_or_default();
        match rooms.level(own) {
            Some(level) => findings.extend(wrong(file, &rooms, own, level)),
            None => {
                let text = format!("belongs to no room of the list in {}", rooms.list);
                findings.push(Finding::new(&file.path, 1, text));
            }
        }
    }
    findings
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/") || path == "tests.rs"
}

/// The imports of `file`, which is in the room `own`, that do not run upwards.
fn wrong(file: &File, rooms: &Rooms<'_>, own: &str, level: usize) -> Vec<Finding> {
    let code = without_comments(&file.text, Language::Rust);
    let code = code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let mut findings = Vec::new();
    for (at, name) in named(code) {
        let is_right = name == own || rooms.level(name).is_none_or(|other| other < level);
        if !is_right {
            let text = format!(
                "{own} imports {name}, which does not stand above it; see the list in {}",
                rooms.list
            );
            findings.push(Finding::new(&file.path, line_of(code, at), text));
        }
    }
    findings
}

/// Each first name behind `crate::`, and each top-level name in `crate::{…}`, with its place.
fn named(code: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, start) in code.match_indices("crate::") {
        let from = at + start.len();
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        match code[from..].strip_prefix('{') {
            None => found.push((at, word_at(code, from))),
            Some(list) => {
                let (mut depth, mut begins) = (0_usize, true);
                for (offset, c) in list.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => begins = true,
                        c if c.is_whitespace() => {}
                        _ if depth == 0 && begins => {
                            let place = from + 1 + offset;
                            found.push((place, word_at(code, place)));
                            begins = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    found
}

/// The name that begins at this place.
fn word_at(code: &str, from: usize) -> &str {
    let rest = &code[from..];
    &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "//! Head.\n//!\n//! # Rooms\n//!\n//! ```text\n//! base          words\n\
                        //! xml, idp      a tree\n//! view          what people see\n//! ```\n";

    fn tree(files: &[(&str, &str)]) -> Vec<String> {
        let rooms = [("crate/src/base/mod.rs", ""), ("crate/src/xml.rs", ""), ("crate/src/idp/a.rs", "")];
        let all: Vec<_> = [("crate/src/lib.rs", LIST), ("crate/src/view/mod.rs", "")]
            .into_iter()
            .chain(rooms.into_iter().filter(|(path, _)| !files.iter().any(|(other, _)| path == other)))
            .chain(files.iter().copied())
            .collect();
        imports(&Tree::of(&all)).iter().map(Finding::to_string).collect()
    }

    #[test]
    fn imports_of_rooms_above_and_of_the_own_room_are_right() {
        let code = "use crate::{\n    base::{a, view::b},\n    text,\n    xml::Tree,\n};\nfn f() -> crate::view::V {}";
        assert!(tree(&[("crate/src/view/a.rs", code)]).is_empty());
        assert!(tree(&[("crate/src/bin/x/main.rs", "use crate::view;")]).is_empty());
    }

    #[test]
    fn an_import_of_a_room_below_is_found_in_every_form() {
        for code in [
            "use crate::view::V;",
            "use crate::{base::B, view::V};",
            "pub use crate::{\n    base::{B, C},\n    view,\n};",
            "fn f() -> crate::view::V {}",
        ] {
            let found = tree(&[("crate/src/base/a.rs", code)]);
            assert_eq!(found.len(), 1, "{code}: {found:?}");
            assert!(found[0].contains("base imports view, which does not stand above it"), "{}", found[0]);
        }
        let found = tree(&[("crate/src/base/a.rs", "//! Head.\n\nuse crate::xml;")]);
        assert!(found[0].starts_with("crate/src/base/a.rs:3: "), "{}", found[0]);
    }

    #[test]
    fn rooms_of_one_line_do_not_import_each_other() {
        assert_eq!(tree(&[("crate/src/xml.rs", "use crate::idp::a;")]).len(), 1);
    }

    #[test]
    fn comments_and_tests_may_name_any_room() {
        let code = "// crate::view\nfn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::view;\n}\n";
        assert!(
            tree(&[("crate/src/base/a.rs", code), ("crate/src/base/tests.rs", "use crate::view;")])
                .is_empty()
        );
    }

    #[test]
    fn a_file_without_a_room_and_a_room_without_a_file_are_found() {
        assert_eq!(tree(&[("crate/src/tracer.rs", "")]).len(), 1);
        let list = LIST.replace("view ", "view, gone ");
        let tree =
            Tree::of(&[("crate/src/lib.rs", &list), ("crate/src/base.rs", ""), ("crate/src/xml.rs", "")]);
        let texts: Vec<String> = imports(&tree).iter().map(|finding| finding.text.clone()).collect();
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert!(texts.iter().all(|text| text.starts_with("the list names `")), "{texts:?}");
    }

    #[test]
    fn a_package_without_a_list_is_found() {
        for package in PACKAGES {
            let list = format!("{package}/lib.rs");
            let files = [(list.as_str(), "//! Head."), (&format!("{package}/a.rs"), "")];
            let found = imports(&Tree::of(&files));
            assert_eq!(found, [Finding::new(&list, 1, "has no list of rooms under `# Rooms`")]);
        }
    }

    #[test]
    fn each_package_is_read_by_its_own_list() {
        let core = [("crate/src/lib.rs", LIST), ("crate/src/base.rs", ""), ("crate/src/xml.rs", "")];
        let core = core.into_iter().chain([("crate/src/idp.rs", ""), ("crate/src/view.rs", "")]);
        let own = "//! # Rooms\n//!\n//! ```text\n//! view   above\n//! base   below\n//! ```\n";
        let www = [("www/src/lib.rs", own), ("www/src/view.rs", "use crate::base;"), ("www/src/base.rs", "")];
        let all: Vec<_> = core.chain(www).collect();
        let text = "view imports base, which does not stand above it; see the list in www/src/lib.rs";
        assert_eq!(imports(&Tree::of(&all)), [Finding::new("www/src/view.rs", 1, text)]);
    }

    #[test]
    fn the_readme_shows_the_rooms_of_the_list() {
        let rows = |text: &str| Tree::of(&[("crate/src/lib.rs", LIST), ("README.md", text)]);
        let right = "| `crate/src/base`, `crate/src/xml` | x |\n| `crate/src/idp` | x |\n| `crate/src/view`, `en.txt` | x |";
        assert!(readme(&rows(right)).is_empty());
        let wrong = right.replace("crate/src/idp", "crate/src/import");
        let texts: Vec<String> = readme(&rows(&wrong)).into_iter().map(|finding| finding.text).collect();
        let missing = "the map does not show the room `idp`";
        assert_eq!(texts, [missing, "there is no room `import` in crate/src/lib.rs"]);
    }
}
