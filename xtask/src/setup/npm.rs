//! The programs from npm: `npm ci` installs what `package-lock.json` names, and nothing else.
//!
//! npm calls an installation a success when an optional package could not be fetched, and a compiler may be
//! one. So a package for this system must be there, optional or not.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::found::{Found, program};
use crate::locks::npm::Lock;
use crate::run::{quiet_output, run};

const LOCK: &str = "package-lock.json";
const FOLDER: &str = "node_modules";

/// Node.js with npm, new enough for all packages of the lock.
pub(super) fn node(root: &Path) -> Found {
    let (Some(node), Some(npm)) = (program(None, &["node"]), program(None, &["npm"])) else {
        return Found::Missing;
    };
    let version = |program: &str| quiet_output(Command::new(program).arg("--version")).unwrap_or_default();
    let (of_node, of_npm) = (version(&node), version(&npm));
    let unfit = match locked(root, |lock| lock.unfit_for(of_node.trim())) {
        Ok(unfit) => unfit,
        Err(error) => return Found::Unfit(format!("{error:#}")),
    };
    match unfit.as_slice() {
        [] => Found::There(format!("{node} {}, npm {}", of_node.trim(), of_npm.trim())),
        [first, rest @ ..] => Found::Unfit(format!(
            "{node} is {}, and {first} (as do {} more packages of {LOCK}): put a newer one first on the \
             search path",
            of_node.trim(),
            rest.len()
        )),
    }
}

/// Asks the lock.
fn locked<T>(root: &Path, ask: impl FnOnce(&Lock) -> T) -> Result<T> {
    let text = std::fs::read_to_string(root.join(LOCK)).with_context(|| format!("cannot read {LOCK}"))?;
    match Lock::read(&text) {
        Ok(lock) => Ok(ask(&lock)),
        Err(flaw) => bail!("{LOCK}:{}: {}", flaw.line, flaw.text),
    }
}

/// Whether `node_modules` holds what the lock names. npm writes what it installed into a lock of its own, at
/// the end; so an installation that was stopped half-way is seen.
pub(super) fn found(root: &Path) -> Found {
    let installed = std::fs::read_to_string(root.join(FOLDER).join(".package-lock.json"));
    let Some(installed) = installed.ok().and_then(|text| serde_json::from_str::<Value>(&text).ok()) else {
        return Found::Missing;
    };
    let differs = locked(root, |lock| {
        lock.packages()
            .find_map(|(place, package)| differs(root, place, package, &installed["packages"][place]))
    });
    match differs {
        Ok(None) => Found::There(FOLDER.to_owned()),
        Ok(Some(text)) => Found::Unfit(text),
        Err(error) => Found::Unfit(format!("{error:#}")),
    }
}

/// The reason why what is installed at a place is not what is locked.
fn differs(root: &Path, place: &str, locked: &Value, installed: &Value) -> Option<String> {
    if installed.is_null() || !root.join(place).join("package.json").is_file() {
        let may_be_missing = locked["optional"] == true && !is_for_this_system(locked);
        return (!may_be_missing).then(|| format!("{place} is missing"));
    }
    let same = |member: &str| installed[member] == locked[member];
    let text = || format!("{place} is {}, and {LOCK} names {}", installed["version"], locked["version"]);
    (!same("version") || !same("integrity")).then(text)
}

/// Whether a package names this system among those that it is for.
fn is_for_this_system(package: &Value) -> bool {
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    let library = if cfg!(target_env = "musl") { "musl" } else { "glibc" };
    let own = [("os", std::env::consts::OS), ("cpu", processor), ("libc", library)];
    own.iter().any(|(kind, _)| package[*kind].is_array())
        && own.iter().all(|(kind, own)| package[*kind].is_null() || names(&package[*kind], own))
}

/// Whether a list of systems has this one: some name what it is for, some (with `!`) what it is not for.
fn names(list: &Value, own: &str) -> bool {
    let names: Vec<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (not, only): (Vec<&str>, Vec<&str>) = names.into_iter().partition(|name| name.starts_with('!'));
    !not.iter().any(|name| name.trim_start_matches('!') == own) && (only.is_empty() || only.contains(&own))
}

/// Installs what the lock names. `settings` are npm's own, by its variables; set-up has none.
///
/// # Errors
/// When npm refuses: the lock does not go with `package.json`, or something cannot be fetched.
pub(super) fn install(root: &Path, settings: &[(&str, String)]) -> Result<()> {
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(root);
    run(npm.envs(settings.iter().map(|(name, value)| (name, value)))).with_context(|| {
        format!(
            "is the network there? If the registry no longer has a version, name another one in package.json \
             and run `npm install --package-lock-only`; nothing else than {LOCK} names is installed"
        )
    })
}

#[cfg(test)]
mod tests;
