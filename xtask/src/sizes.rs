//! The budget of sizes: how many bytes the large files of the release may have.
//!
//! `.ci/sizes.json` has a line for each, and for a Wasm file also one for what gzip makes of it and one for
//! its data (texts and tables); `dist` refuses a release that is larger. Who raises a number says in the
//! commit why it is worth that.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::package::Package;
use crate::parts::Parts;
use crate::workspace::Workspace;

/// The path of the budget.
const BUDGET: &str = ".ci/sizes.json";
/// The name that stands for the whole zip.
const ZIP: &str = "zip";

/// The bytes that each file may have, by its path in the extension.
pub(crate) struct Budget(BTreeMap<String, usize>);

impl Budget {
    /// Reads it.
    ///
    /// # Errors
    /// When it is not there, or is no object of numbers.
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let text = fs::read_to_string(workspace.root.join(BUDGET))
            .with_context(|| format!("cannot read {BUDGET}"))?;
        Ok(Budget(serde_json::from_str(&text).with_context(|| format!("{BUDGET} cannot be read"))?))
    }

    /// Checks the files of a package and its zip of `zip` bytes.
    ///
    /// # Errors
    /// Names each file that is larger than it may be, and each of the budget that is not there.
    pub(crate) fn check(&self, package: &Package, zip: usize) -> Result<()> {
        let mut sizes: BTreeMap<String, usize> = BTreeMap::from([(ZIP.to_owned(), zip)]);
        for (path, bytes) in package.files() {
            sizes.insert(path.to_owned(), bytes.len());
            if path.ends_with(".wasm") {
                sizes.insert(format!("{path}, gzip"), gzipped_size(bytes)?);
                sizes.insert(format!("{path}, data"), Parts::of(bytes)?.data);
            }
        }
        let told = self.0.iter().filter_map(|(path, most)| match sizes.get(path) {
            Some(size) if size <= most => None,
            Some(size) => Some(format!("{path} has {size} bytes, {} more than {most}", size - most)),
            None => Some(format!("{path} is not there")),
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() {
            return Ok(());
        }
        bail!(
            "{}. Make it smaller, or raise the number in {BUDGET} and say in the commit why",
            told.join("; ")
        )
    }
}

/// The bytes that gzip makes of `bytes`.
///
/// # Errors
/// None that is known: it writes to memory.
pub(crate) fn gzipped_size(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_larger_than_its_budget_or_missing_is_named() {
        let mut package = Package::default();
        package.add("a.file", "12345").unwrap();
        package.add("c.wasm", *b"\0asm\x01\0\0\0").unwrap();
        let budget = |numbers: &[(&str, usize)]| {
            Budget(numbers.iter().map(|(path, most)| ((*path).to_owned(), *most)).collect())
        };
        assert!(
            budget(&[("a.file", 5), (ZIP, 9), ("c.wasm", 8), ("c.wasm, gzip", 40), ("c.wasm, data", 0)])
                .check(&package, 9)
                .is_ok()
        );
        let refused = budget(&[("a.file", 4), ("b.wasm", 7), (ZIP, 9), ("c.wasm, gzip", 1)])
            .check(&package, 10)
            .unwrap_err();
        let said = refused.to_string();
        for part in [
            "a.file has 5 bytes, 1 more than 4",
            "b.wasm is not there",
            "zip has 10 bytes, 1 more than 9",
            "c.wasm, gzip has",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn the_budget_can_be_read_and_names_each_wasm_file() {
        let budget = Budget::read(&Workspace::here().unwrap()).unwrap();
        assert_eq!(budget.0.keys().filter(|path| path.ends_with(".wasm")).count(), 4);
    }
}
