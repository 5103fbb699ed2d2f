//! `new`: the files of a new diagnosis, GitLab page or binding, and their two lines in the table.
//!
//! A kind is one row of [`KINDS`]. The skeletons are in `xtask/templates/`; they compile and say what to
//! fill in. `cargo xtask tidy` and the tests name what was left as it was.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

pub(crate) const SUMMARY: &str = "Write the skeleton of a diagnosis, a GitLab page or a binding";
pub(crate) const HELP: &str = "\
Usage: cargo xtask new diagnosis|page|binding <id>

The id is in kebab-case: `clock-skew`. Writes the files, adds the two lines to the table in mod.rs and
says what to do next. Existing files are never overwritten.
";

/// Something that is one file and one row of a table.
struct Kind {
    name: &'static str,
    /// The folder with the table's `mod.rs`.
    folder: &'static str,
    /// The name of the table, and of the row inside each file.
    table: &'static str,
    row: &'static str,
    /// The last row stays the last one: it is what is taken when no other fits.
    keeps_last: bool,
    code: &'static str,
    /// Further files: path, text, and whether the text is added to a file that exists.
    further: &'static [Further],
    next: &'static [&'static str],
}

/// A file besides the code.
struct Further {
    path: &'static str,
    text: &'static str,
    appended: bool,
}

const KINDS: &[Kind] = &[
    Kind {
        name: "diagnosis",
        folder: "crate/src/diagnoses",
        table: "ALL",
        row: "DIAGNOSIS",
        keeps_last: false,
        code: include_str!("../templates/diagnosis.rs.txt"),
        further: &[
            Further {
                path: "tests/diagnoses/{id}.md",
                text: include_str!("../templates/diagnosis.md.txt"),
                appended: false,
            },
            Further {
                path: "crate/src/base/catalogue/en.txt",
                text: include_str!("../templates/diagnosis.txt.txt"),
                appended: true,
            },
        ],
        next: &[
            "write the cases in tests/diagnoses/{id}.md: they are the test and the help text",
            "write the condition in crate/src/diagnoses/{module}.rs",
            "write the texts at the end of crate/src/base/catalogue/en.txt",
        ],
    },
    Kind {
        name: "page",
        folder: "crate/src/gitlab/pages",
        table: "ALL",
        row: "PAGE",
        keeps_last: true,
        code: include_str!("../templates/page.rs.txt"),
        further: &[],
        next: &[
            "save the page as tests/gitlab/<version>/{id}.html, with the expected readings as {id}.json beside it",
            "write the route and the selectors in crate/src/gitlab/pages/{module}.rs",
        ],
    },
    Kind {
        name: "binding",
        folder: "crate/src/binding",
        table: "BINDINGS",
        row: "BINDING",
        keeps_last: false,
        code: include_str!("../templates/binding.rs.txt"),
        further: &[],
        next: &[
            "add the variant {variant} to BindingId in crate/src/binding/carried.rs, with its name",
            "write the decoding in crate/src/binding/{module}.rs, with a fixture for its test",
        ],
    },
];

/// `cargo xtask new`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    use lexopt::prelude::*;
    let mut words = Vec::new();
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected().into()),
        }
    }
    let [kind, id] = words.as_slice() else {
        bail!("say what is new and its id: `cargo xtask new diagnosis clock-skew`");
    };
    let Some(kind) = KINDS.iter().find(|known| known.name == kind) else {
        let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
        bail!("there is no `{kind}` to make; there are {}", names.join(", "));
    };
    let id = Id::new(id)?;
    for path in write(&Workspace::here()?.root, kind, &id)? {
        println!("wrote {path}");
    }
    println!("Next:");
    kind.next.iter().for_each(|step| println!("  - {}", id.fill(step)));
    println!("  - run `cargo fmt`, then `cargo xtask test core tidy`");
    Ok(())
}

/// The name of a new thing, in the spellings that files and code need.
struct Id {
    kebab: String,
    module: String,
    variant: String,
}

impl Id {
    fn new(kebab: &str) -> Result<Self> {
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        if !kebab.split('-').all(is_word) {
            bail!("`{kebab}` is no id: write lower-case words joined by `-`, such as `clock-skew`");
        }
        let capital = |word: &str| word[..1].to_ascii_uppercase() + &word[1..];
        let variant = kebab.split('-').map(capital).collect();
        Ok(Self { kebab: kebab.to_owned(), module: kebab.replace('-', "_"), variant })
    }

    /// A template with its placeholders filled.
    fn fill(&self, template: &str) -> String {
        let pairs = [("{id}", &self.kebab), ("{module}", &self.module), ("{variant}", &self.variant)];
        pairs.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

/// Writes everything and gives the paths. Looks at all of it first, so that a failure leaves nothing half done.
fn write(root: &Path, kind: &Kind, id: &Id) -> Result<Vec<String>> {
    let table_path = format!("{}/mod.rs", kind.folder);
    let read =
        |path: &str| std::fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"));
    let table =
        with_rows(&read(&table_path)?, kind, &id.module).with_context(|| format!("in {table_path}"))?;
    let mut files = vec![(format!("{}/{}.rs", kind.folder, id.module), id.fill(kind.code), false)];
    for further in kind.further {
        let path = id.fill(further.path);
        let before = if further.appended { read(&path)? } else { String::new() };
        files.push((path, before + &id.fill(further.text), further.appended));
    }
    if let Some((path, ..)) = files.iter().find(|(path, _, replaces)| !replaces && root.join(path).exists()) {
        bail!("{path} is there already; choose another id");
    }
    files.push((table_path, table, true));
    for (path, text, _) in &files {
        crate::package::write_if_changed(&root.join(path), text.as_bytes())?;
    }
    Ok(files.into_iter().map(|(path, ..)| path).collect())
}

/// The text of a `mod.rs` with the new module and its row, both at their places by name.
fn with_rows(text: &str, kind: &Kind, module: &str) -> Result<String> {
    with_row(&with_module(text, module)?, kind, module)
}

/// Adds `mod name;` to the first block of such lines, sorted. Later ones stand apart for a reason, as the
/// module of the tests does.
fn with_module(text: &str, module: &str) -> Result<String> {
    let name = |line: &str| Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned());
    let mut lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|line| name(line).is_some());
    let first = first.context("no line `mod name;` shows where modules go")?;
    let block: Vec<String> = lines[first..].iter().map_while(|line| name(line)).collect();
    if block.iter().any(|known| known == module) {
        bail!("the module {module} is there already");
    }
    let offset = block.iter().position(|known| known.as_str() > module).unwrap_or(block.len());
    let line = format!("mod {module};");
    lines.insert(first + offset, &line);
    Ok(lines.join("\n") + "\n")
}

/// Adds `name::ROW` to the table, sorted. The table is a constant slice, or an array whose length is
/// written before `=` and is counted up.
fn with_row(text: &str, kind: &Kind, module: &str) -> Result<String> {
    let missing = || format!("no table `const {}: … = [ … ];`", kind.table);
    let start = text.find(&format!("const {}:", kind.table)).with_context(missing)?;
    let open = start + text[start..].find("= ").with_context(missing)?;
    let open = open + text[open..].find('[').with_context(missing)? + 1;
    let close = open + text[open..].find("];").with_context(missing)?;
    let inside = &text[open..close];
    let mut rows: Vec<&str> = inside.split(',').map(str::trim).filter(|row| !row.is_empty()).collect();
    let row = format!("{module}::{}", kind.row);
    let movable = if kind.keeps_last { rows.len().saturating_sub(1) } else { rows.len() };
    let at = rows[..movable].iter().position(|known| *known > row.as_str()).unwrap_or(movable);
    rows.insert(at, &row);
    let list =
        if inside.contains('\n') { format!("\n    {},\n", rows.join(",\n    ")) } else { rows.join(", ") };
    let head = text[start..open].replace(&format!("; {}]", rows.len() - 1), &format!("; {}]", rows.len()));
    Ok(format!("{}{head}{list}{}", &text[..start], &text[close..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIAGNOSES: &str = "\
//! Head.

mod alpha;
mod gamma;

/// All.
pub const ALL: &[Diagnosis] = &[
    alpha::DIAGNOSIS,
    gamma::DIAGNOSIS,
];
";

    fn kind(name: &str) -> &'static Kind {
        KINDS.iter().find(|kind| kind.name == name).unwrap()
    }

    #[test]
    fn both_lines_go_where_their_names_belong() {
        let text = with_rows(DIAGNOSES, kind("diagnosis"), "beta").unwrap();
        assert!(text.contains("mod alpha;\nmod beta;\nmod gamma;\n"), "{text}");
        assert!(
            text.contains("alpha::DIAGNOSIS,\n    beta::DIAGNOSIS,\n    gamma::DIAGNOSIS,\n];"),
            "{text}"
        );
        let text = with_rows(DIAGNOSES, kind("diagnosis"), "omega").unwrap();
        assert!(text.contains("mod gamma;\nmod omega;\n\n"), "{text}");
        assert!(text.contains("gamma::DIAGNOSIS,\n    omega::DIAGNOSIS,\n];"), "{text}");
    }

    #[test]
    fn the_page_for_everything_else_stays_last() {
        let text = "mod account;\nmod flash;\npub const ALL: &[Page] = &[account::PAGE, flash::PAGE];\n";
        let text = with_rows(text, kind("page"), "settings").unwrap();
        assert!(text.contains("&[account::PAGE, settings::PAGE, flash::PAGE];"), "{text}");
    }

    #[test]
    fn the_length_of_an_array_is_counted_up() {
        let text = "mod b;\nconst BINDINGS: [Binding; 1] = [b::BINDING];\n";
        let text = with_rows(text, kind("binding"), "a").unwrap();
        assert_eq!(text, "mod a;\nmod b;\nconst BINDINGS: [Binding; 2] = [a::BINDING, b::BINDING];\n");
    }

    #[test]
    fn a_module_that_stands_apart_stays_there() {
        let text = "mod a;\nconst BINDINGS: [Binding; 1] = [a::BINDING];\n#[cfg(test)]\nmod tests;\n";
        let text = with_rows(text, kind("binding"), "b").unwrap();
        assert!(text.starts_with("mod a;\nmod b;\n"), "{text}");
        assert!(text.ends_with("\n#[cfg(test)]\nmod tests;\n"), "{text}");
    }

    #[test]
    fn files_are_written_once_and_all_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            crate::package::write_if_changed(&folder.path().join(path), text.as_bytes()).unwrap();
        };
        let read = |path: &str| std::fs::read_to_string(folder.path().join(path)).unwrap();
        put("crate/src/diagnoses/mod.rs", DIAGNOSES);
        put("crate/src/base/catalogue/en.txt", "a = A.\n");
        let id = Id::new("clock-skew").unwrap();
        write(folder.path(), kind("diagnosis"), &id).unwrap();
        assert!(read("crate/src/diagnoses/clock_skew.rs").contains("id: \"clock-skew\""));
        assert!(read("tests/diagnoses/clock-skew.md").starts_with("# clock-skew\n"));
        assert!(
            read("crate/src/base/catalogue/en.txt")
                .starts_with("a = A.\n\n# clock-skew (diagnoses/clock_skew.rs)\n")
        );
        let table = read("crate/src/diagnoses/mod.rs");
        assert!(table.contains("mod clock_skew;") && table.contains("clock_skew::DIAGNOSIS,"), "{table}");
        let catalogue = read("crate/src/base/catalogue/en.txt");
        assert!(write(folder.path(), kind("diagnosis"), &id).is_err());
        assert_eq!(read("crate/src/diagnoses/mod.rs"), table);
        assert_eq!(read("crate/src/base/catalogue/en.txt"), catalogue);
    }

    #[test]
    fn an_id_has_three_spellings_and_no_others_are_taken() {
        let id = Id::new("name-id-2").err();
        assert!(id.is_some(), "a word begins with a letter");
        let id = Id::new("clock-skew").unwrap();
        assert_eq!(id.fill("{id} {module} {variant}"), "clock-skew clock_skew ClockSkew");
        for bad in ["", "Clock", "a_b", "a--b", "-a", "é"] {
            assert!(Id::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_table_that_cannot_be_read_is_an_error() {
        assert!(with_rows("mod a;\n", kind("binding"), "b").is_err());
        assert!(with_rows("const BINDINGS: &[B] = &[];\n", kind("binding"), "b").is_err());
    }
}
