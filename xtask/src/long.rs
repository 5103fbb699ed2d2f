//! `long`: the tests that take too long for each run, in the profile that is made for speed.
//!
//! A test is one row of [`TESTS`]; without the variable of its row it runs with all others, and is smaller.
//! Leaves out: inputs that nobody thought of, which are `fuzz`'s.

use std::ffi::OsString;

use anyhow::{Result, bail};

use crate::run::{run, step};
use crate::workspace::{Workspace, locked_cargo};

pub(crate) const SUMMARY: &str = "Run the tests that take too long for each run";
pub(crate) const HELP: &str = "\
Usage: cargo xtask long

Runs in their whole size the tests of which `cargo xtask test` runs a part: a year of logs of SCIM, two million
lines.
Takes minutes, and 3 GB of memory.
";

/// The package and the file of each, and the variable that makes it whole.
const TESTS: [(&str, &str, &str); 1] = [("samlight", "year", "SAMLIGHT_YEAR")];

/// `cargo xtask long`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("`long` takes no arguments, and got `{}`", unknown.to_string_lossy());
    }
    let workspace = Workspace::here()?;
    for (package, test, variable) in TESTS {
        step(format!("{package}: {test}"), || {
            let mut cargo = locked_cargo("test");
            cargo.current_dir(&workspace.root).args(["--profile", "bench", "--package", package]);
            run(cargo.args(["--test", test]).env(variable, "whole"))
        })?;
    }
    Ok(())
}
