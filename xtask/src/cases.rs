//! `cases`: what people really have in hand when a sign-in fails, and what they should get from the command
//! line.
//!
//! The cases come from public reports and lie outside of this repository: a folder with `run.py`, which
//! starts the program once for each case of a class. A class is asked for here as soon as all of its cases
//! pass; from then on none of them may fail. Left out: the classes that are still to be done.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::run::run;
use crate::workspace::{Workspace, locked_cargo};

/// Names the folder with the cases.
pub(crate) const VARIABLE: &str = "SAMLIGHT_CASES";

/// The classes of which every case passes, and what each is about.
const FINISHED: &[(&str, &str)] = &[
    ("REG", "what was right before the cases were collected"),
    ("F3", "what is no Response is not judged as one"),
    ("F4", "decryption as ruby-saml does it"),
    ("F5", "the first sentence agrees with GitLab's checks"),
    ("F7", "what GitLab refuses has a finding and steps"),
    ("F8", "ECDSA signatures in DER"),
    ("F9", "the size of a message as it travels"),
    ("F14", "a digest that does not fit, without a key"),
    ("F15", "statements that are true"),
    ("F19", "the time of a message alone"),
    ("K1", "attacks: what a small input costs"),
    ("K2", "attacks: structures of a Signature that its schema forbids"),
    ("K3", "attacks: a key that is not the first certificate's"),
    ("K4", "attacks: coverage of another assertion than the one that is shown"),
    ("K5", "attacks: secrets in a redacted export"),
];

/// The file that the folder must hold.
const RUNNER: &str = "run.py";

/// Runs the cases of all finished classes, if [`VARIABLE`] names a folder.
///
/// # Errors
/// A case that fails (its line is printed), a folder without cases, a program that does not build.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let Some(folder) = std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) else {
        println!("    {VARIABLE} names no folder: no case was run");
        return Ok(());
    };
    let runner = runner(Path::new(&folder))?;
    let program = program(workspace)?;
    let failed: Vec<&str> = FINISHED
        .iter()
        .filter(|(class, about)| {
            println!("    {class}: {about}");
            let mut cases = Command::new("python3");
            // Without this Python would write beside the cases.
            cases.env("PYTHONDONTWRITEBYTECODE", "1").arg(&runner).arg(&program);
            run(cases.args(["--class", class])).map_err(|error| println!("{error:#}")).is_err()
        })
        .map(|(class, _)| *class)
        .collect();
    if !failed.is_empty() {
        bail!("cases of a finished class fail: {}", failed.join(", "));
    }
    Ok(())
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

    #[test]
    fn each_class_is_asked_for_once() {
        let mut classes: Vec<&str> = FINISHED.iter().map(|(class, _)| *class).collect();
        classes.dedup();
        assert_eq!(classes.len(), FINISHED.len());
        assert!(classes.contains(&"REG"), "a finished class stays finished");
    }
}
