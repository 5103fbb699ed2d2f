//! `setup`: makes the machine ready, and says each thing before it does it.
//!
//! What is needed is the table in `setup/parts.rs`. A part that is there is named and left alone. What is
//! missing is installed where that is possible: Debian packages as root, the Wasm target by rustup,
//! programs from npm into `node_modules`, Python packages into `target/python`. What cannot be installed ends in an error that names the exact
//! thing, the command that installs it and the variable that points to an installed one.

mod debian;
mod parts;

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{run, step, succeeds};
use crate::toolchain::{self, Route};
use crate::workspace::Workspace;
use parts::{Install, PARTS, Part};

pub(crate) const SUMMARY: &str = "Install what is missing to build, to show the demonstration and to test";
pub(crate) const HELP: &str = "\
Usage: cargo xtask setup [build|demo|test]

Without a name, sets up everything (as `test`). Does nothing that was done before. On Debian, as root or
with a sudo that asks for no password, it installs the missing packages; no service is started or enabled.

Variables that point to something installed in another place:
  SAMLIGHT_CHROMIUM         Chromium's program
  SAMLIGHT_FIREFOX          Firefox's program
  SAMLIGHT_RUBY             ruby, with the gems omniauth-saml, ruby-saml, sinatra and puma
  SAMLIGHT_PHP              php, with the extensions curl, dom, mbstring, openssl and session
  SAMLIGHT_SIMPLESAMLPHP    the folder of SimpleSAMLphp
  SAMLIGHT_WASM_OPT         wasm-opt
  SAMLIGHT_WASM_TOOLCHAIN   `rustup` or `debian`: which compiler makes the Wasm
";

/// What the machine is made ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// `build`.
    Build,
    /// `demo`: a build and a browser.
    Demo,
    /// `test`, `check` and `dist`: everything.
    Test,
}

/// `cargo xtask setup`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    use lexopt::prelude::*;
    let mut scope = Scope::Test;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        scope = match argument {
            Value(name) if name == "build" => Scope::Build,
            Value(name) if name == "demo" => Scope::Demo,
            Value(name) if name == "test" => Scope::Test,
            other => return Err(other.unexpected().into()),
        };
    }
    ensure(&Workspace::here()?, scope)?;
    println!("The machine is ready.");
    Ok(())
}

/// Makes the machine ready for `scope`.
///
/// # Errors
/// When a part is missing and cannot be installed; the error names all such parts.
pub(crate) fn ensure(workspace: &Workspace, scope: Scope) -> Result<()> {
    step("look at what is installed, and install what is missing", || {
        let wanted: Vec<&Part> = PARTS.iter().filter(|part| part.scopes.contains(&scope)).collect();
        let missing: Vec<&Part> = wanted.into_iter().filter(|part| !report(part, workspace)).collect();
        let (misdirected, missing): (Vec<&Part>, Vec<&Part>) = missing
            .into_iter()
            .partition(|part| part.variable.is_some_and(|name| std::env::var_os(name).is_some()));
        let mut failures: Vec<String> = misdirected.iter().map(|part| misdirection(part)).collect();
        // Packages first and all at once: npm may be one of them.
        failures.extend(install_packages(&missing));
        for part in missing {
            if let Err(error) = install(part, workspace) {
                failures.push(format!("{error:#}"));
            } else if (part.found)(workspace).is_none() {
                failures.push(part.advice());
            }
        }
        if failures.is_empty() {
            return Ok(());
        }
        bail!("the machine is not ready:\n  - {}", failures.join("\n  - "))
    })
}

/// Says whether a part is there, and where.
fn report(part: &Part, workspace: &Workspace) -> bool {
    let found = (part.found)(workspace);
    match &found {
        Some(place) => println!("    there:   {} ({place})", part.what),
        None => println!("    missing: {}", part.what),
    }
    found.is_some()
}

/// A variable leads to nothing: installing another one would not help, as the variable wins.
fn misdirection(part: &Part) -> String {
    let name = part.variable.unwrap_or_default();
    let place = std::env::var_os(name).unwrap_or_default();
    format!(
        "{name} is `{}`, and {} is not there: correct the variable or unset it",
        place.display(),
        part.what
    )
}

/// Installs the Debian packages of all missing parts with one call; gives the reasons why not.
fn install_packages(missing: &[&Part]) -> Option<String> {
    let packages = missing.iter().flat_map(|part| match part.install {
        Install::Debian(packages) => packages,
        Install::WasmTarget | Install::Npm | Install::Python | Install::RustComponents => &[],
    });
    let packages: Vec<&str> = packages.copied().collect();
    if packages.is_empty() {
        return None;
    }
    debian::install(&packages).err().map(|error| format!("{error:#}"))
}

/// Installs one part that does not come from a Debian package alone.
fn install(part: &Part, workspace: &Workspace) -> Result<()> {
    match part.install {
        Install::Debian(_) => Ok(()),
        Install::WasmTarget => install_wasm_target(),
        Install::Npm => step("install the programs of package-lock.json into node_modules", || {
            let mut npm = Command::new("npm");
            run(npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&workspace.root))
                .with_context(|| part.advice())
        }),
        Install::Python => step("install the SCIM client from PyPI into target/python", || {
            install_python(workspace).with_context(|| part.advice())
        }),
        Install::RustComponents => {
            step("add rustfmt and clippy to the toolchain", || {
                run(Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]))
            })
        }
        .with_context(|| part.advice()),
    }
}

/// Only what the list names, with the hashes that it names; nothing is built.
fn install_python(workspace: &Workspace) -> Result<()> {
    let (folder, list) = (workspace.root.join(parts::PYTHON), workspace.root.join(parts::REQUIREMENTS));
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--require-hashes"]);
    run(pip.args(["--only-binary", ":all:", "--requirement"]).arg(&list))?;
    std::fs::copy(&list, folder.join("requirements.txt")).map(drop).context("noting what was installed")
}

/// By rustup where that works, else by Debian's compiler.
fn install_wasm_target() -> Result<()> {
    let forced = Route::forced()?;
    if forced != Some(Route::Debian) && succeeds(Command::new("rustup").arg("--version")) {
        let added = step("add the Wasm target to rustup's toolchain", || {
            run(Command::new("rustup").args(["target", "add", toolchain::TARGET]))
        });
        match added {
            Ok(()) => return Ok(()),
            Err(error) if forced.is_some() => return Err(error),
            Err(error) => println!("    {error:#}; Debian's compiler is tried instead"),
        }
    }
    debian::install(toolchain::DEBIAN_PACKAGES).with_context(|| {
        format!(
            "no compiler for {0}: `rustup target add {0}` adds it to rustup's toolchain",
            toolchain::TARGET
        )
    })
}
