//! The licences of all dependencies, against a list of permissive ones.
//!
//! An expression is as in the SPDX specification, annex D: names joined by `OR`, `AND` and `WITH`, with
//! parentheses; old packages write `/` for `OR`. One allowed choice of an `OR` is enough.

use std::collections::BTreeSet;

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

/// Licences that are also good for what no release holds: their duties concern those who pass the package on.
/// NCSA is MIT with the clause that no name is used to promote.
const NOT_RELEASED: &[&str] = &["MPL-2.0", "NCSA"];

/// The manifest of the fuzzer, a workspace of its own.
const FUZZER: &str = "tests/fuzz/Cargo.toml";

/// The packages that a release is built from.
const RELEASED: &[&str] = &["samlight", "samlight-www"];

/// Looks at every package that Cargo.lock and that of the fuzzer can bring in, for all systems.
///
/// # Errors
/// When a licence is missing or not allowed; the error names all such packages.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let mut metadata = cargo();
    metadata.args(["metadata", "--format-version", "1", "--locked"]).current_dir(&workspace.root);
    let metadata: Value = serde_json::from_str(&output(&mut metadata)?)?;
    let packages = metadata["packages"].as_array().context("`cargo metadata` lists no packages")?;
    let released = released(&metadata)?;
    let is_released = |package: &Value| package["id"].as_str().is_none_or(|id| released.contains(id));
    let mut fuzzer = cargo();
    fuzzer.args(["metadata", "--format-version", "1", "--locked", "--manifest-path", FUZZER]);
    let fuzzer: Value = serde_json::from_str(&output(fuzzer.current_dir(&workspace.root))?)?;
    let fuzzers =
        fuzzer["packages"].as_array().context("`cargo metadata` lists no packages of the fuzzer")?;
    let known: BTreeSet<&str> = packages.iter().filter_map(|package| package["id"].as_str()).collect();
    let is_more = |package: &&Value| package["id"].as_str().is_none_or(|id| !known.contains(id));
    let more: Vec<&Value> = fuzzers.iter().filter(is_more).collect();
    let all = packages.iter().map(|package| (package, is_released(package)));
    let all = all.chain(more.iter().map(|package| (*package, false)));
    let refused: Vec<String> = all.filter_map(|(package, released)| refusal(package, released)).collect();
    if !refused.is_empty() {
        bail!("licences that are not on the list in xtask/src/licences.rs:\n  - {}", refused.join("\n  - "));
    }
    println!("    {} packages, all with allowed licences", packages.len() + more.len());
    Ok(())
}

/// The ids of the packages that a release is built from or with: all but what only tests and the build need.
fn released(metadata: &Value) -> Result<BTreeSet<&str>> {
    let nodes = metadata["resolve"]["nodes"].as_array().context("`cargo metadata` resolves nothing")?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut next: Vec<&str> = packages
        .filter(|package| package["name"].as_str().is_some_and(|name| RELEASED.contains(&name)))
        .filter_map(|package| package["id"].as_str())
        .collect();
    if next.len() != RELEASED.len() {
        bail!("the workspace has not each of {RELEASED:?} once");
    }
    while let Some(id) = next.pop() {
        if !found.insert(id) {
            continue;
        }
        let node =
            nodes.iter().find(|node| node["id"] == id).with_context(|| format!("{id} is not resolved"))?;
        let needed = node["deps"].as_array().into_iter().flatten().filter(|needed| {
            let kinds = needed["dep_kinds"].as_array().into_iter().flatten();
            kinds.into_iter().any(|kind| kind["kind"] != "dev")
        });
        next.extend(needed.filter_map(|needed| needed["pkg"].as_str()));
    }
    Ok(found)
}

/// The reason why a package is refused, if it is.
fn refusal(package: &Value, is_released: bool) -> Option<String> {
    let name = format!("{} {}", package["name"].as_str()?, package["version"].as_str()?);
    let more = if is_released { &[] } else { NOT_RELEASED };
    match package["license"].as_str() {
        None => Some(format!("{name} names no licence")),
        Some(expression) if allowed(expression, more) => None,
        Some(expression) => Some(format!("{name}: {expression}")),
    }
}

/// Whether an SPDX expression can be met with the allowed licences and these; an unreadable one cannot.
fn allowed(expression: &str, more: &[&str]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Expression { words: &words, more };
    reader.alternatives() == Some(true) && reader.words.is_empty()
}

/// The rest of an expression that is being read. Each function gives whether its part is allowed, or
/// nothing when the expression is malformed.
struct Expression<'a> {
    words: &'a [&'a str],
    more: &'a [&'a str],
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
        Some(ALLOWED.iter().chain(self.more).any(|good| *good == name))
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
            assert!(allowed(good, &[]), "{good}");
        }
        assert!(allowed("Apache-2.0 WITH LLVM-exception OR GPL-2.0", &[]));
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "GPL-3.0 OR AGPL-3.0", "GPL-2.0 WITH LLVM-exception"] {
            assert!(!allowed(bad, &[]), "{bad}");
        }
    }

    #[test]
    fn cargo_deny_has_the_same_list() {
        let file: toml_edit::DocumentMut = include_str!("../../deny.toml").parse().unwrap();
        let listed = file["licenses"]["allow"].as_array().unwrap().iter();
        assert_eq!(listed.filter_map(|name| name.as_str()).collect::<Vec<_>>(), ALLOWED);
    }

    #[test]
    fn a_malformed_expression_is_refused() {
        for bad in ["", "MIT OR", "(MIT", "MIT)", "MIT Apache-2.0", "AND MIT"] {
            assert!(!allowed(bad, &[]), "{bad}");
        }
    }

    #[test]
    fn a_refused_package_is_named() {
        let package = json!({"name": "a", "version": "1.0.0", "license": "GPL-3.0"});
        assert_eq!(refusal(&package, true).unwrap(), "a 1.0.0: GPL-3.0");
        let package = json!({"name": "a", "version": "1.0.0", "license": null});
        assert_eq!(refusal(&package, true).unwrap(), "a 1.0.0 names no licence");
    }
    #[test]
    fn what_no_release_holds_may_have_one_more_licence() {
        let package = json!({"name": "a", "version": "1.0.0", "license": "MPL-2.0"});
        assert_eq!(refusal(&package, true).unwrap(), "a 1.0.0: MPL-2.0");
        assert_eq!(refusal(&package, false), None);
    }

    #[test]
    fn a_release_holds_what_it_needs_at_any_depth_but_nothing_that_only_tests_need() {
        let needs = |pkg: &str, kind: Value| json!({"pkg": pkg, "dep_kinds": [{"kind": kind}]});
        let metadata = json!({
            "packages": [{"name": "samlight", "id": "samlight"}, {"name": "samlight-www", "id": "www"}],
            "resolve": {"nodes": [
                {"id": "samlight", "deps": [needs("a", Value::Null), needs("only-tests", json!("dev"))]},
                {"id": "www", "deps": [needs("b", json!("build"))]},
                {"id": "a", "deps": [needs("deep", Value::Null)]},
                {"id": "b", "deps": []},
                {"id": "deep", "deps": []},
                {"id": "only-tests", "deps": []},
            ]},
        });
        assert_eq!(released(&metadata).unwrap(), ["a", "b", "deep", "samlight", "www"].into());
    }
}
