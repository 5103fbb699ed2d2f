//! The budget of sizes: how many bytes the large files of the release may have.
//!
//! `.ci/sizes.json` has a line for each; `dist` refuses a release that is larger. Who raises a number says in
//! the commit why it is worth that.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::package::Package;
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
        let sizes: BTreeMap<&str, usize> =
            package.files().map(|(path, bytes)| (path, bytes.len())).chain([(ZIP, zip)]).collect();
        let told = self.0.iter().filter_map(|(path, most)| match sizes.get(path.as_str()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_larger_than_its_budget_or_missing_is_named() {
        let mut package = Package::default();
        package.add("a.wasm", "12345").unwrap();
        let budget = |numbers: &[(&str, usize)]| {
            Budget(numbers.iter().map(|(path, most)| ((*path).to_owned(), *most)).collect())
        };
        assert!(budget(&[("a.wasm", 5), (ZIP, 9)]).check(&package, 9).is_ok());
        let refused = budget(&[("a.wasm", 4), ("b.wasm", 7), (ZIP, 9)]).check(&package, 10).unwrap_err();
        let said = refused.to_string();
        for part in
            ["a.wasm has 5 bytes, 1 more than 4", "b.wasm is not there", "zip has 10 bytes, 1 more than 9"]
        {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn the_budget_can_be_read_and_names_both_wasm_files() {
        let budget = Budget::read(&Workspace::here().unwrap()).unwrap();
        assert_eq!(budget.0.keys().filter(|path| path.ends_with(".wasm")).count(), 2);
    }
}
