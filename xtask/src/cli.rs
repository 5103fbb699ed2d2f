//! `cli`: the command-line program with what goes beside it: completions for shells and manual pages, which
//! the program writes itself.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::{output, quiet_output, run, step};
use crate::workspace::{Workspace, locked_cargo};

pub(crate) const SUMMARY: &str =
    "Build the command-line program with completions and manual pages, into target/cli";
pub(crate) const HELP: &str = "\
Usage: cargo xtask cli

Builds target/cli/samlight, made for speed, and writes beside it completions/ and man/. The version that it
shows names the commit.
";

/// The shells that people use, and the names that each gives a file of completions.
const SHELLS: &[(&str, &str)] = &[
    ("bash", "samlight.bash"),
    ("zsh", "_samlight"),
    ("fish", "samlight.fish"),
    ("powershell", "samlight.ps1"),
];

/// `cargo xtask cli`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    if let Some(argument) = lexopt::Parser::from_args(arguments).next()? {
        return Err(argument.unexpected().into());
    }
    let workspace = Workspace::here()?;
    let folder = workspace.output("cli");
    let program = folder.join("samlight");
    step("compile the command-line program", || {
        let mut build = locked_cargo("build");
        build
            .args(["--profile", "cli", "--package", "samlight", "--bin", "samlight"])
            .current_dir(&workspace.root);
        run(build.env("SAMLIGHT_VERSION", version(&workspace)))
    })?;
    step("write completions and manual pages", || {
        for (shell, name) in SHELLS {
            let script = output(Command::new(&program).args(["completions", shell]))?;
            let file = made(&folder, "completions")?.join(name);
            fs::write(&file, script).with_context(|| format!("cannot write {}", file.display()))?;
        }
        run(Command::new(&program).args(["man", "--all"]).arg(made(&folder, "man")?))
    })?;
    println!("The program is {}", workspace.shown(&program));
    Ok(())
}

/// The version with the commit, where this is a checkout.
fn version(workspace: &Workspace) -> String {
    let mut git = Command::new("git");
    let commit = quiet_output(git.args(["rev-parse", "--short=12", "HEAD"]).current_dir(&workspace.root));
    let commit = commit.map(|commit| format!(" ({})", commit.trim())).unwrap_or_default();
    format!("{}{commit}", workspace.version)
}

/// The folder of this name, which is there then.
fn made(below: &Path, name: &str) -> Result<PathBuf> {
    let folder = below.join(name);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}
