//! `new`: the files of a new diagnosis, check, import … and their two lines in the table.
//!
//! The kinds of things to make are [`KINDS`]. `cargo xtask tidy` names what was left as it was, or forgotten.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::kinds::{How, KINDS, Kind, Place};
use crate::run::{output, run};
use crate::workspace::{Workspace, cargo};

pub(crate) const SUMMARY: &str = "Write the skeleton of a diagnosis, a check, an import, a command …";
pub(crate) const HELP: &str = "\
Usage: cargo xtask new <kind> <id>

  diagnosis   what can be wrong with a sign-in
  page        a page of GitLab that is read
  binding     how a message travels
  check       a check that GitLab makes of a Response
  import      a format of files that hold a recording
  idp         an export of an identity provider
  scim        what an administrator has of SCIM
  command     a command of the command line

The id is in kebab-case: `clock-skew`. Writes the files, adds the two lines to the table and says what to
do next. Existing files are never overwritten.
";

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
    let root = Workspace::here()?.root;
    for (path, text) in made(&|path| std::fs::read_to_string(root.join(path)).ok(), kind, &id)? {
        crate::package::write_if_changed(&root.join(&path), text.as_bytes())?;
        println!("wrote {path}");
    }
    println!("Next:");
    kind.next.iter().for_each(|step| println!("  - {}", id.fill(step)));
    println!("  - run `cargo fmt`, then `cargo xtask test core tidy`");
    Ok(())
}

/// Makes one thing of each kind in a copy of the core, and lets the compiler look at all of them.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let copy = workspace.output("new");
    if copy.exists() {
        std::fs::remove_dir_all(&copy).with_context(|| format!("cannot empty {}", workspace.shown(&copy)))?;
    }
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--"]);
    git.args(["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "crate"]);
    let paths = output(git.current_dir(&workspace.root))?;
    for path in paths.split('\0').filter(|path| !path.is_empty()) {
        let Ok(bytes) = std::fs::read(workspace.root.join(path)) else { continue };
        crate::package::write_if_changed(&copy.join(path), &bytes)?;
    }
    alone(&copy.join("Cargo.toml"))?;
    let id = Id::new("brand-new")?;
    for kind in KINDS {
        let id = Id::new(&format!("{}-{}", id.kebab, kind.name))?;
        for (path, text) in made(&|path| std::fs::read_to_string(copy.join(path)).ok(), kind, &id)? {
            crate::package::write_if_changed(&copy.join(&path), text.as_bytes())?;
        }
    }
    let mut cargo = cargo();
    cargo.args(["check", "--package", "samlight", "--offline", "--quiet"]).current_dir(&copy);
    run(cargo.env("CARGO_TARGET_DIR", &workspace.cargo_target))
}

/// Leaves the core as the only member of the workspace, of a version of its own: the two share a folder of
/// build results, and cargo tells packages there apart by name and version, not by where they lie.
fn alone(manifest: &Path) -> Result<()> {
    let mut text = std::fs::read_to_string(manifest)?;
    for (start, instead) in
        [("members = [", "members = [\"crate\"]"), ("version = \"", "version = \"0.0.0\"")]
    {
        let line = text.lines().find(|line| line.starts_with(start));
        let line = line.with_context(|| format!("no line that begins with `{start}`"))?.to_owned();
        text = text.replacen(&line, instead, 1);
    }
    Ok(std::fs::write(manifest, text)?)
}

/// The name of a new thing, in the spellings that files and code need.
pub(crate) struct Id {
    kebab: String,
    module: String,
    variant: String,
}

impl Id {
    pub(crate) fn new(kebab: &str) -> Result<Self> {
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
    pub(crate) fn fill(&self, template: &str) -> String {
        let pairs = [("{id}", &self.kebab), ("{module}", &self.module), ("{variant}", &self.variant)];
        pairs.iter().fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
    }
}

/// The files that a new thing makes or changes, with their texts. `read` gives a file that is there.
pub(crate) fn made(
    read: &dyn Fn(&str) -> Option<String>,
    kind: &Kind,
    id: &Id,
) -> Result<BTreeMap<String, String>> {
    let code = format!("{}/{}.rs", kind.folder, id.module);
    let mut made: BTreeMap<String, String> = BTreeMap::new();
    let mut add = |path: String, text: String| {
        if read(&path).is_some() {
            bail!("{path} is there already; choose another id");
        }
        made.insert(path, text);
        Ok(())
    };
    add(code, id.fill(kind.code))?;
    for further in kind.further.iter().filter(|further| further.how == How::New) {
        add(id.fill(further.path), id.fill(further.text))?;
    }
    let mut change = |path: &str, change: &dyn Fn(&str) -> Result<String>| -> Result<()> {
        let before = made.get(path).cloned().or_else(|| read(path));
        let before = before.with_context(|| format!("cannot read {path}"))?;
        made.insert(path.to_owned(), change(&before).with_context(|| format!("in {path}"))?);
        Ok(())
    };
    for further in kind.further {
        let text = id.fill(further.text);
        match further.how {
            How::New => {}
            How::AtEnd => change(further.path, &|before| Ok(before.to_owned() + &text))?,
            How::Before(line) => change(further.path, &|before| with_text_before(before, line, &text))?,
        }
    }
    change(&kind.door(), &|before| with_rows(before, kind, &id.module))?;
    Ok(made)
}

/// The text with a further one before this line.
fn with_text_before(text: &str, line: &str, further: &str) -> Result<String> {
    let at = text.find(&format!("{line}\n")).with_context(|| format!("there is no line `{line}`"))?;
    Ok(format!("{}{further}{}", &text[..at], &text[at..]))
}

/// The text of a table's file with the new module and its row.
fn with_rows(text: &str, kind: &Kind, module: &str) -> Result<String> {
    with_row(&with_module(text, module)?, kind, module)
}

/// Adds `mod name;` to the first block of such lines, sorted. Later ones stand apart for a reason, as the
/// module of the tests does.
fn with_module(text: &str, module: &str) -> Result<String> {
    let name = |line: &str| {
        let private = line.strip_prefix("pub ").unwrap_or(line);
        Some(private.strip_prefix("mod ")?.strip_suffix(';')?.to_owned())
    };
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

/// Adds `name::ROW` to the table, at its place. The table is a constant slice, or an array whose length is
/// written before `=` and is counted up.
fn with_row(text: &str, kind: &Kind, module: &str) -> Result<String> {
    let missing = || format!("no table `const {}: … = [ … ];`", kind.table);
    let start = text.find(&format!("const {}:", kind.table)).with_context(missing)?;
    let open = start + text[start..].find('=').with_context(missing)?;
    let open = open + text[open..].find('[').with_context(missing)? + 1;
    let close = open + text[open..].find("];").with_context(missing)?;
    let inside = &text[open..close];
    let mut rows: Vec<&str> = inside.split(',').map(str::trim).filter(|row| !row.is_empty()).collect();
    let row = format!("{module}::{}", kind.row);
    let by_name =
        |among: usize| rows[..among].iter().position(|known| *known > row.as_str()).unwrap_or(among);
    let at = match kind.place {
        Place::ByName => by_name(rows.len()),
        Place::ByNameBeforeLast => by_name(rows.len().saturating_sub(1)),
        Place::Last => rows.len(),
    };
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
//! The head.

mod alpha;
mod gamma;

/// All of them.
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
        assert_eq!(text, "mod a;\nmod b;\nconst BINDINGS: [Binding; 2] = [b::BINDING, a::BINDING];\n");
    }

    #[test]
    fn a_module_that_stands_apart_stays_there() {
        let text = "mod a;\nconst BINDINGS: [Binding; 1] = [a::BINDING];\n#[cfg(test)]\nmod tests;\n";
        let text = with_rows(text, kind("binding"), "b").unwrap();
        assert!(text.starts_with("mod a;\nmod b;\n"), "{text}");
        assert!(text.ends_with("\n#[cfg(test)]\nmod tests;\n"), "{text}");
    }

    #[test]
    fn a_file_that_is_there_is_never_written_again() {
        let id = Id::new("clock-skew").unwrap();
        let read = |path: &str| match path {
            "crate/src/diagnoses/mod.rs" => Some(DIAGNOSES.to_owned()),
            "crate/src/base/catalogue/en.txt" => Some("a = A.\n".to_owned()),
            _ => None,
        };
        let files = made(&read, kind("diagnosis"), &id).unwrap();
        assert!(files["crate/src/diagnoses/clock_skew.rs"].contains("id: \"clock-skew\""));
        assert!(files["tests/diagnoses/clock-skew.md"].starts_with("# clock-skew\n"));
        let catalogue = &files["crate/src/base/catalogue/en.txt"];
        assert!(catalogue.starts_with("a = A.\n\n# clock-skew (diagnoses/clock_skew.rs)\n"), "{catalogue}");
        let table = &files["crate/src/diagnoses/mod.rs"];
        assert!(table.contains("mod clock_skew;") && table.contains("clock_skew::DIAGNOSIS,"), "{table}");
        for there in ["crate/src/diagnoses/clock_skew.rs", "tests/diagnoses/clock-skew.md"] {
            let read = |path: &str| if path == there { Some(String::new()) } else { read(path) };
            assert!(made(&read, kind("diagnosis"), &id).is_err(), "{there}");
        }
    }

    #[test]
    fn a_text_goes_before_its_line() {
        assert_eq!(with_text_before("a\nb\n", "b", "x\n").unwrap(), "a\nx\nb\n");
        assert!(with_text_before("a\n", "b", "x\n").is_err());
    }

    #[test]
    fn help_names_every_kind() {
        for kind in KINDS {
            assert!(HELP.contains(&format!("\n  {} ", kind.name)), "{}", kind.name);
        }
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
