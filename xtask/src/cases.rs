//! `cases`: what people really have in hand when a sign-in fails, and what they should get from the command
//! line.
//!
//! The cases come from public reports and lie outside of this repository: a folder with `run.py`, which
//! starts the program once for each. None may fail. Left out: what a case is about, which the folder says.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::run::run;
use crate::workspace::{Workspace, locked_cargo};

/// Names the folder with the cases.
pub(crate) const VARIABLE: &str = "SAMLIGHT_CASES";

/// The file that the folder must hold.
const RUNNER: &str = "run.py";

/// Runs all cases, if [`VARIABLE`] names a folder.
///
/// # Errors
/// A case that fails (its line is printed), a folder without cases, a program that does not build.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) else {
        println!("    {VARIABLE} names no folder: no case was run");
        return Ok(());
    };
    let runner = runner(Path::new(&folder))?;
    let mut cases = Command::new("python3");
    // Without this Python would write beside the cases.
    run(cases.env("PYTHONDONTWRITEBYTECODE", "1").arg(&runner).arg(program(workspace)?))
}

fn runner(folder: &Path) -> Result<PathBuf> {
    let runner = folder.join(RUNNER);
    if !runner.is_file() {
        bail!("{VARIABLE} names {}, where there is no {RUNNER}", folder.display());
    }
    Ok(runner)
}

/// The command-line program, as the tests of the command line build it: not once more with other features.
///
/// # Errors
/// It does not build.
fn program(workspace: &Workspace) -> Result<PathBuf> {
    let mut build = locked_cargo("test");
    build.args(["--quiet", "--workspace", "--test", "cli", "--no-run"]);
    run(build.current_dir(&workspace.root))?;
    Ok(workspace.cargo_target.join("debug/samlight"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_cases_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = runner(folder.path()).unwrap_err().to_string();
        assert!(error.contains(VARIABLE) && error.contains(RUNNER), "{error}");
        std::fs::write(folder.path().join(RUNNER), "").unwrap();
        assert_eq!(runner(folder.path()).unwrap(), folder.path().join(RUNNER));
    }
}
