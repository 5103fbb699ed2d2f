//! `corpus`: what Samlight reads in messages of other software, compared field by field with what other
//! software reads.
//!
//! A corpus is a folder with files and a `manifest.jsonl`: a JSON object a file, with `file` (its path),
//! `kind` (the message's name, or `capture`) and `expected` (what the reference reads, a value a field).
//! If it has test vectors for XML signatures, a `vectors.manifest.json` lists them in the same shape, as one
//! JSON array. The file is read as `samlight inspect --json` reads it. Every field of `expected` is a row of
//! [`FIELDS`] or of [`LEFT_OUT`].
//!
//! A difference must be listed with its reason in `tests/corpus.md`, and a line there that no longer differs
//! must go.

mod acceptance;
mod fields;
mod listed;
mod signed;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use samlight::{
    base::instant::Timestamp,
    encryption::PrivateKey,
    file::import,
    signature::GivenKeys,
    view::print::{Given, inspect::inspect},
};
use serde_json::Value;

use crate::{AlreadyReported, workspace::Workspace};
use fields::{FIELDS, LEFT_OUT};
use listed::Listed;

pub(crate) const SUMMARY: &str =
    "Compare what is read in a folder of messages with what other software reads";
pub(crate) const HELP: &str = "\
Usage: cargo xtask corpus [FOLDER]

FOLDER holds a manifest.jsonl and the files that it names; without it, the corpus of this repository is
compared, and the one that SAMLIGHT_CORPUS names. Each difference must be listed, with its reason, in
tests/corpus.md; a line there that no longer differs is an error too.

Variables:
  SAMLIGHT_CORPUS   a folder to compare as well
";

/// Names a further corpus.
pub(crate) const VARIABLE: &str = "SAMLIGHT_CORPUS";

/// The corpus of this repository.
const OWN: &str = "tests/corpus";

/// The list of differences and their reasons.
const LIST: &str = "tests/corpus.md";

/// A file that a manifest names is read at this time; no field depends on it.
const NOW: Timestamp = Timestamp(0);

/// `cargo xtask corpus`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    use lexopt::prelude::*;
    let mut folder = None;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Value(path) if folder.is_none() => folder = Some(PathBuf::from(path)),
            other => return Err(other.unexpected().into()),
        }
    }
    let workspace = Workspace::here()?;
    match folder {
        Some(folder) => compare(&workspace, &folder),
        None => check(&workspace),
    }
}

/// Compares this repository's corpus, and the one that [`VARIABLE`] names.
///
/// # Errors
/// A difference that is not listed, a line of the list that does not differ, a folder that cannot be read.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    compare(workspace, &workspace.root.join(OWN))?;
    match std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
        Some(folder) => compare(workspace, &PathBuf::from(folder)),
        None => {
            println!("    {VARIABLE} names no folder: only the corpus of this repository was compared");
            Ok(())
        }
    }
}

fn compare(workspace: &Workspace, folder: &Path) -> Result<()> {
    let list = workspace.root.join(LIST);
    let text = std::fs::read_to_string(&list).with_context(|| format!("cannot read {}", list.display()))?;
    let corpus = Corpus::read(folder)?;
    let complaints = corpus.complaints(&listed::read(&text)?);
    complaints.iter().for_each(|complaint| println!("{complaint}"));
    println!(
        "    {}: {} files, {} values compared, {} complaints",
        workspace.shown(folder),
        corpus.files.len(),
        corpus.compared,
        complaints.len()
    );
    if complaints.is_empty() { Ok(()) } else { Err(AlreadyReported.into()) }
}

/// One value that is read in another way.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Difference {
    file: String,
    field: String,
    theirs: String,
    ours: String,
}

/// The content of a corpus, as far as it was read.
#[derive(Debug, Default)]
struct Corpus {
    folder: PathBuf,
    files: BTreeSet<String>,
    compared: usize,
    differences: Vec<Difference>,
}

impl Corpus {
    fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("manifest.jsonl");
        let manifest =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut corpus = Corpus { folder: folder.to_owned(), ..Corpus::default() };
        for (index, line) in manifest.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let entry: Value = serde_json::from_str(line)
                .with_context(|| format!("line {} of {} is not JSON", index + 1, path.display()))?;
            corpus.add_file(folder, &entry)?;
        }
        let path = folder.join("vectors.manifest.json");
        if path.exists() {
            let vectors: Vec<Value> = serde_json::from_slice(&std::fs::read(&path)?)
                .with_context(|| format!("{} is not a JSON array", path.display()))?;
            vectors.iter().try_for_each(|entry| corpus.add_file(folder, entry))?;
        }
        Ok(corpus)
    }

    fn add_file(&mut self, folder: &Path, entry: &Value) -> Result<()> {
        let name = entry["file"].as_str().context("an entry of the manifest has no file")?;
        let content = std::fs::read(folder.join(name)).with_context(|| format!("cannot read {name}"))?;
        let given =
            signed::given(folder, &entry["expected"]).with_context(|| format!("the keys of {name}"))?;
        self.add(name, &content, entry, given, private_keys(folder, entry)?)
    }

    fn add(
        &mut self,
        name: &str,
        content: &[u8],
        entry: &Value,
        certificates: GivenKeys,
        keys: Vec<PrivateKey>,
    ) -> Result<()> {
        let messages: Vec<_> = import::messages(import::file(name, content, NOW)).collect();
        let support_files = entry["support_files"].as_array().into_iter().flatten();
        let inspected =
            |given: &Given| messages.iter().map(|message| inspect(name, message, given)).collect();
        let given = Given { certificates, keys: Vec::new() };
        let opening = Given { certificates: GivenKeys::default(), keys };
        let read = fields::Read {
            kind: entry["kind"].as_str().unwrap_or_default(),
            objects: inspected(&given),
            opened: inspected(&opening),
            name,
            content,
            folder: &self.folder.clone(),
            support_files: support_files.filter_map(Value::as_str).collect(),
            has_key: entry["expected"]["decryption"].as_array().is_some_and(|parts| !parts.is_empty()),
            private: &opening.keys,
        };
        let expected = entry["expected"].as_object().with_context(|| format!("{name} has no expected"))?;
        for (field, theirs) in expected {
            let Some(row) = FIELDS.iter().find(|row| row.name == field) else {
                if !LEFT_OUT.contains(&field.as_str()) {
                    bail!("{name}: the field {field} is neither compared nor left out on purpose");
                }
                continue;
            };
            let ours = (row.ours)(&read, theirs);
            self.compared += 1;
            if ours != *theirs {
                self.differences.push(Difference {
                    file: name.to_owned(),
                    field: field.clone(),
                    theirs: theirs.to_string(),
                    ours: ours.to_string(),
                });
            }
        }
        self.files.insert(name.to_owned());
        Ok(())
    }

    /// Lists what is not as the list says. A line of the list must differ somewhere where one of its files is
    /// in the corpus.
    fn complaints(&self, list: &[Listed]) -> Vec<String> {
        let unlisted =
            self.differences.iter().filter(|d| !list.iter().any(|line| line.covers(&d.file, &d.field)));
        let mut complaints: Vec<String> = unlisted
            .map(|d| {
                format!(
                    "{}: {}: the reference reads {}, Samlight reads {}",
                    d.file, d.field, d.theirs, d.ours
                )
            })
            .collect();
        for line in list {
            let is_there = self.files.iter().any(|file| line.is_of(file));
            if is_there && !self.differences.iter().any(|d| line.covers(&d.file, &d.field)) {
                complaints.push(format!("{LIST}:{}: {line} no longer differs; remove the line", line.number));
            }
        }
        complaints
    }
}

/// The private keys that `entry` says open its encrypted parts.
fn private_keys(folder: &Path, entry: &Value) -> Result<Vec<PrivateKey>> {
    let parts = entry["expected"]["decryption"].as_array().into_iter().flatten();
    let key = |name: &str| {
        let content = std::fs::read(folder.join(name)).with_context(|| format!("cannot read {name}"))?;
        PrivateKey::from_file(&content).map_err(|problem| anyhow::anyhow!("{name}: {}", problem.text()))
    };
    parts.filter_map(|part| part["key"].as_str()).map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const REQUEST: &str = r#"<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1"/>"#;

    fn corpus(expected: Value) -> Corpus {
        let mut corpus = Corpus::default();
        let entry = json!({"kind": "AuthnRequest", "expected": expected});
        corpus.add("a/b.xml", REQUEST.as_bytes(), &entry, GivenKeys::default(), Vec::new()).unwrap();
        corpus
    }

    #[test]
    fn a_difference_is_listed_or_complained_of() {
        let corpus =
            corpus(json!({"id": "_2", "root": "AuthnRequest", "destination": null, "note": "not compared"}));
        assert_eq!((corpus.compared, corpus.differences.len()), (3, 1));
        let complaints = corpus.complaints(&[]);
        assert_eq!(complaints, ["a/b.xml: id: the reference reads \"_2\", Samlight reads \"_1\""]);
        let list = listed::read("# x\n\n| file | field | why |\n|---|---|---|\n| a/* | id | another ID |\n")
            .unwrap();
        assert_eq!(corpus.complaints(&list), [] as [String; 0]);
    }

    #[test]
    fn a_line_that_no_longer_differs_is_complained_of_where_its_file_is_there() {
        let list = listed::read("| a/b.xml | id | x |\n| c/d.xml | id | x |\n").unwrap();
        let complaints = corpus(json!({"id": "_1"})).complaints(&list);
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].starts_with("tests/corpus.md:1: id of a/b.xml"), "{complaints:?}");
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let entry = json!({"kind": "x", "expected": {"colour": "red"}});

        let error = Corpus::default()
            .add("a", b"", &entry, GivenKeys::default(), Vec::new())
            .unwrap_err()
            .to_string();
        assert!(error.contains("colour"), "{error}");
    }
}
