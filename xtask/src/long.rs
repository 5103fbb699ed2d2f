//! `long`: the tests that take too long for each run, in the profile that is made for speed.
//!
//! A test is one row of [`TESTS`]; in its file it has `#[ignore]`, and a smaller one beside it that runs with
//! all others. Leaves out: inputs that nobody thought of, which are `fuzz`'s.

use std::ffi::OsString;

use anyhow::{Result, bail};

use crate::run::{run, step};
use crate::workspace::{Workspace, locked_cargo};

pub(crate) const SUMMARY: &str = "Run the tests that take too long for each run";
pub(crate) const HELP: &str = "\
Usage: cargo xtask long

Runs each test that `cargo xtask test` leaves out because of its size: a year of logs of SCIM, two million lines.
Takes minutes, and 3 GB of memory.
";

/// The package and the file of each.
const TESTS: [(&str, &str); 1] = [("samlight", "year")];

/// `cargo xtask long`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    if let Some(unknown) = arguments.first() {
        bail!("`long` takes no arguments, and got `{}`", unknown.to_string_lossy());
    }
    let workspace = Workspace::here()?;
    for (package, test) in TESTS {
        step(format!("{package}: {test}"), || {
            let mut cargo = locked_cargo("test");
            cargo.current_dir(&workspace.root).args(["--profile", "bench", "--package", package]);
            run(cargo.args(["--test", test, "--", "--ignored"]))
        })?;
    }
    Ok(())
}
