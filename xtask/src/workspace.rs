//! The workspace of the current folder: what `cargo metadata` says about it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run;

/// The workspace that the command was called in.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// The folder where Cargo puts what it makes; moved by `CARGO_TARGET_DIR`.
    pub(crate) cargo_target: PathBuf,
    /// The version of Samlight, as in `[workspace.package]`.
    pub(crate) version: String,
    /// The test targets of the package `samlight-tests`, sorted by name.
    pub(crate) tests: Vec<String>,
    /// The test targets of all other packages, sorted by name.
    pub(crate) own_tests: Vec<String>,
}

impl Workspace {
    /// The workspace around the current folder.
    ///
    /// # Errors
    /// When `cargo metadata` fails or does not know the package `samlight`.
    pub(crate) fn here() -> Result<Self> {
        let mut cargo = cargo();
        cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: Value = serde_json::from_str(&run::output(&mut cargo)?)?;
        Self::from_metadata(&metadata).context("`cargo metadata` does not describe Samlight's workspace")
    }

    fn from_metadata(metadata: &Value) -> Option<Self> {
        let packages = metadata["packages"].as_array()?;
        let package = |name: &str| packages.iter().find(|package| package["name"] == name);
        let (tests, own_tests): (Vec<&Value>, _) =
            packages.iter().partition(|package| package["name"] == "samlight-tests");
        Some(Self {
            root: metadata["workspace_root"].as_str()?.into(),
            cargo_target: metadata["target_directory"].as_str()?.into(),
            version: package("samlight")?["version"].as_str()?.to_owned(),
            tests: test_targets(&tests),
            own_tests: test_targets(&own_tests),
        })
    }

    /// The folder for what people and tests look for by a fixed path, whatever `CARGO_TARGET_DIR` says:
    /// unpacked extensions, packed ones, the types for tsc.
    pub(crate) fn output(&self, path: &str) -> PathBuf {
        self.root.join("target").join(path)
    }

    /// A program that npm put into `node_modules`.
    ///
    /// # Errors
    /// It is not there; says how to get it.
    pub(crate) fn npm_program_there(&self, name: &str) -> Result<PathBuf> {
        let program = self.npm_program(name);
        if !program.exists() {
            bail!("{} is missing: run `cargo xtask setup`", self.shown(&program));
        }
        Ok(program)
    }

    /// The path where npm puts a program, in `node_modules`.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        self.root.join("node_modules/.bin").join(name)
    }

    /// A path as people should read it: relative to the workspace where it lies inside.
    pub(crate) fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// The names of the test targets of these packages, sorted.
fn test_targets(packages: &[&Value]) -> Vec<String> {
    let targets = packages.iter().filter_map(|package| package["targets"].as_array()).flatten();
    let tests = targets.filter(|target| target["kind"][0] == "test");
    let mut names: Vec<String> = tests.filter_map(|test| Some(test["name"].as_str()?.to_owned())).collect();
    names.sort();
    names
}

/// The cargo that runs us, so that a `+toolchain` given to the outer call holds for the inner ones.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A call of cargo that takes the lock as it is: with another one it would test what nobody has looked at.
pub(crate) fn locked_cargo(subcommand: &str) -> Command {
    let mut cargo = cargo();
    cargo.args([subcommand, "--locked"]);
    cargo
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_root_version_and_test_targets() {
        let metadata = json!({
            "workspace_root": "/a", "target_directory": "/b",
            "packages": [
                {"name": "samlight", "version": "1.2.3", "targets": [{"kind": ["test"], "name": "cli"}]},
                {"name": "samlight-tests", "version": "1.2.3", "targets": [
                    {"kind": ["lib"], "name": "samlight_tests"},
                    {"kind": ["test"], "name": "lab"},
                    {"kind": ["test"], "name": "e2e"},
                ]},
            ],
        });
        let workspace = Workspace::from_metadata(&metadata).unwrap();
        assert_eq!(workspace.version, "1.2.3");
        assert_eq!(workspace.tests, ["e2e", "lab"]);
        assert_eq!(workspace.own_tests, ["cli"]);
        assert_eq!(workspace.output("dist"), Path::new("/a/target/dist"));
        assert_eq!(workspace.shown(Path::new("/a/target/x")).to_string(), "target/x");
    }

    #[test]
    fn another_workspace_is_refused() {
        assert!(Workspace::from_metadata(&json!({"packages": []})).is_none());
    }
}
