//! The SCIM client and all that it needs, from PyPI into `target/python`: what the list names, and nothing
//! else.
//!
//! pip alone would look for what a package needs anew, find what came out since, and stop; with `--no-deps`
//! it does not look. Whether something is missing then is asked twice: the list must be complete by its own
//! words before anything is fetched, and must say what the packages' own metadata says after it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use super::found::{Found, program};
use crate::locks::Flaw;
use crate::locks::python::List;
use crate::locks::release::Release;
use crate::run::{quiet_output, run, succeeds};

/// The list of what is installed, with versions and hashes.
pub(crate) const LIST: &str = "tests/lab/scim/requirements.txt";
/// The folder where the packages are installed.
const FOLDER: &str = "target/python";
/// A Python that has the packages already.
pub(super) const INSTALLED: &str = "SAMLIGHT_SCIM_PYTHON";
/// The Python that the folder is made with.
pub(super) const INTERPRETER: &str = "SAMLIGHT_PYTHON";

/// The metadata of what a Python can import, by name.
type Metadata = BTreeMap<String, String>;

/// A Python with venv that the list is for.
pub(super) fn interpreter(root: &Path) -> Found {
    let Some(python) = program(Some(INTERPRETER), &["python3"]) else { return Found::Missing };
    let list = match read(&root.join(LIST)) {
        Ok((list, _)) => list,
        Err(error) => return Found::Unfit(format!("{error:#}")),
    };
    let says = quiet_output(Command::new(&python).arg("--version")).unwrap_or_default();
    match Release::within(&says) {
        Some(release) if list.machines.pythons.holds(&release) => {
            let venv = succeeds(Command::new(&python).args(["-c", "import ensurepip, venv"]));
            if venv { Found::There(format!("{python} {release}")) } else { Found::Missing }
        }
        Some(release) => Found::Unfit(format!("{python} is {release}, and {LIST} says for which it is")),
        None => Found::Unfit(format!("{python} does not say its version")),
    }
}

/// Whether the packages are installed as the list says.
pub(super) fn found(root: &Path) -> Found {
    let given = std::env::var_os(INSTALLED).map(PathBuf::from);
    let python = given.clone().unwrap_or_else(|| root.join(FOLDER).join("bin/python"));
    if !python.is_file() {
        return Found::Missing;
    }
    // The copy of the list is put there last, so an installation that was stopped half-way is seen.
    let bytes = |path: PathBuf| std::fs::read(path).ok();
    if given.is_none() && bytes(root.join(LIST)) != bytes(root.join(FOLDER).join("requirements.txt")) {
        return Found::Unfit(format!("{FOLDER} was not filled to the end, or by another list"));
    }
    match verify(&python, &root.join(LIST)) {
        Ok(()) => Found::There(python.display().to_string()),
        Err(error) => Found::Unfit(format!("{error:#}")),
    }
}

/// Installs the list into the folder of the workspace.
///
/// # Errors
/// As [`fill`].
pub(super) fn install(root: &Path) -> Result<()> {
    fill(&root.join(FOLDER), &root.join(LIST), &[])
}

/// Makes `folder` a Python environment with what `list` names. `settings` are pip's own, by its variables;
/// set-up has none.
///
/// # Errors
/// When the list is not complete, something cannot be fetched, or what is fetched says something else.
fn fill(folder: &Path, list: &Path, settings: &[(&str, String)]) -> Result<()> {
    let (read, _) = read(list)?;
    refused(list, read.flaws())?;
    fetch(folder, list, settings)?;
    let python = folder.join("bin/python");
    verify(&python, list)?;
    // pip's own opinion on this very machine, beside ours for all machines.
    run(Command::new(&python).args(["-m", "pip", "--disable-pip-version-check", "check"]))?;
    std::fs::copy(list, folder.join("requirements.txt")).map(drop).context("noting what was installed")
}

/// Only what the list names, with the hashes that it names; nothing is built.
fn fetch(folder: &Path, list: &Path, settings: &[(&str, String)]) -> Result<()> {
    let python = program(Some(INTERPRETER), &["python3"]).context("there is no python3")?;
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(folder))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--quiet",
        "--no-deps",
        "--require-hashes",
    ]);
    pip.args(["--only-binary", ":all:", "--requirement"]).arg(list);
    run(pip.envs(settings.iter().map(|(name, value)| (name, value)))).with_context(|| {
        format!(
            "is the network there? If the index no longer has a version, or none for this machine, name \
             another one in {LIST}, with its hashes, and run `cargo xtask setup --record`; nothing else than \
             the list is installed"
        )
    })
}

/// Whether what a Python can import is what the list says, in versions and in what each package needs.
fn verify(python: &Path, list: &Path) -> Result<()> {
    let metadata = metadata(python)?;
    let (read, _) = read(list)?;
    refused(list, read.untrue(|name| metadata.get(name).cloned()))
        .context("`cargo xtask setup --record` writes into the list what its packages need")
}

/// Installs the list and writes into it what its packages need by their own metadata: for who changes a
/// version.
///
/// # Errors
/// When the list cannot be read, or is not complete afterwards.
pub(super) fn record(root: &Path) -> Result<()> {
    let (folder, path) = (root.join(FOLDER), root.join(LIST));
    fetch(&folder, &path, &[])?;
    let metadata = metadata(&folder.join("bin/python"))?;
    let (list, text) = read(&path)?;
    let written = list.recorded(&text, |name| metadata.get(name).cloned());
    std::fs::write(&path, written.map_err(|flaw| told(&path, &[flaw]))?)?;
    fill(&folder, &path, &[])
}

fn read(path: &Path) -> Result<(List, String)> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let list = List::read(&text).map_err(|flaw| told(path, &[flaw]))?;
    Ok((list, text))
}

fn refused(path: &Path, flaws: Vec<Flaw>) -> Result<()> {
    if flaws.is_empty() { Ok(()) } else { Err(told(path, &flaws)) }
}

fn told(path: &Path, flaws: &[Flaw]) -> anyhow::Error {
    let lines = flaws.iter().map(|flaw| format!("{}:{}: {}", path.display(), flaw.line, flaw.text));
    anyhow!(lines.collect::<Vec<_>>().join("; "))
}

/// Asked of Python itself, which knows its folders.
fn metadata(python: &Path) -> Result<Metadata> {
    let code = "import importlib.metadata, json\n\
                seen = reversed(list(importlib.metadata.distributions()))\n\
                print(json.dumps({str(it.metadata['Name']): it.read_text('METADATA') for it in seen}))";
    let Some(said) = quiet_output(Command::new(python).args(["-c", code])) else {
        bail!("{} does not say which packages it has", python.display());
    };
    let said: BTreeMap<String, Option<String>> = serde_json::from_str(&said)?;
    let named =
        said.into_iter().filter_map(|(name, text)| Some((crate::locks::requirement::normal(&name), text?)));
    Ok(named.collect())
}

#[cfg(test)]
mod tests;
