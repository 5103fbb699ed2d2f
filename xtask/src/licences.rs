//! The licences of all dependencies, against a list of permissive ones.
//!
//! An expression is as in the SPDX specification, annex D: names joined by `OR`, `AND` and `WITH`, with
//! parentheses; old packages write `/` for `OR`. One allowed choice of an `OR` is enough.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run::output;
use crate::workspace::{Workspace, cargo};

/// Licences under which a dependency may be used. All of them allow the use in an MIT-licensed program
/// without a duty to publish sources.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Looks at every package that Cargo.lock can bring in, for all systems.
///
/// # Errors
/// When a licence is missing or not allowed; the error names all such packages.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut metadata = cargo();
    metadata.args(["metadata", "--format-version", "1", "--locked"]).current_dir(&workspace.root);
    let metadata: Value = serde_json::from_str(&output(&mut metadata)?)?;
    let packages = metadata["packages"].as_array().context("`cargo metadata` lists no packages")?;
    let refused: Vec<String> = packages.iter().filter_map(refusal).collect();
    if !refused.is_empty() {
        bail!("licences that are not on the list in xtask/src/licences.rs:\n  - {}", refused.join("\n  - "));
    }
    println!("    {} packages, all with allowed licences", packages.len());
    Ok(())
}

/// Why a package is refused, if it is.
fn refusal(package: &Value) -> Option<String> {
    let name = format!("{} {}", package["name"].as_str()?, package["version"].as_str()?);
    match package["license"].as_str() {
        None => Some(format!("{name} names no licence")),
        Some(expression) if allowed(expression) => None,
        Some(expression) => Some(format!("{name}: {expression}")),
    }
}

/// Whether an SPDX expression can be met with the allowed licences; an unreadable one cannot.
fn allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Expression { words: &words };
    reader.alternatives() == Some(true) && reader.words.is_empty()
}

/// The rest of an expression that is being read. Each function gives whether its part is allowed, or
/// nothing when the expression is malformed.
struct Expression<'a> {
    words: &'a [&'a str],
}

impl<'a> Expression<'a> {
    fn alternatives(&mut self) -> Option<bool> {
        let mut allowed = self.all()?;
        while self.take("OR") {
            allowed |= self.all()?;
        }
        Some(allowed)
    }

    fn all(&mut self) -> Option<bool> {
        let mut allowed = self.one()?;
        while self.take("AND") {
            allowed &= self.one()?;
        }
        Some(allowed)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let allowed = self.alternatives()?;
            return self.take(")").then_some(allowed);
        }
        let mut name = self.word()?.to_owned();
        if self.take("WITH") {
            name = format!("{name} WITH {}", self.word()?);
        }
        Some(ALLOWED.contains(&name.as_str()))
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn word(&mut self) -> Option<&'a str> {
        let (first, rest) = self.words.split_first()?;
        self.words = rest;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_allowed_alternative_is_enough_and_every_part_counts() {
        for good in ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "(MIT OR GPL-2.0) AND Unicode-3.0"] {
            assert!(allowed(good), "{good}");
        }
        assert!(allowed("Apache-2.0 WITH LLVM-exception OR GPL-2.0"));
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "GPL-3.0 OR AGPL-3.0", "GPL-2.0 WITH LLVM-exception"] {
            assert!(!allowed(bad), "{bad}");
        }
    }

    #[test]
    fn a_malformed_expression_is_refused() {
        for bad in ["", "MIT OR", "(MIT", "MIT)", "MIT Apache-2.0", "AND MIT"] {
            assert!(!allowed(bad), "{bad}");
        }
    }

    #[test]
    fn a_refused_package_is_named() {
        let package = json!({"name": "a", "version": "1.0.0", "license": "GPL-3.0"});
        assert_eq!(refusal(&package).unwrap(), "a 1.0.0: GPL-3.0");
        let package = json!({"name": "a", "version": "1.0.0", "license": null});
        assert_eq!(refusal(&package).unwrap(), "a 1.0.0 names no licence");
    }
}
