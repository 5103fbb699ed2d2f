//! `setup`: makes the machine ready, and says each thing before it does it.
//!
//! The table of what is needed is in `setup/parts.rs`. A part that is there is named, with its version, and
//! left alone. What is missing or too old is installed where that is possible: Debian packages as root, the
//! Wasm target by rustup, programs from npm into `node_modules`, Python packages into `target/python`. What
//! cannot be installed ends in an error that names the exact thing, the command that installs it and the
//! variable that points to an installed one.
//!
//! The things that change outside: npm's and Python's packages and Rust's crates are those of the lock files,
//! by version and hash, whatever is newer; Rust is the version of `rust-toolchain.toml`; Debian's packages
//! move within the release of Debian, so their versions are printed and compared with the range that is known
//! to do.

mod debian;
mod found;
mod npm;
mod parts;
mod python;

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{run, step, succeeds};
use crate::toolchain::{self, Route};
use crate::workspace::Workspace;
use found::Found;
use parts::{Install, PARTS, Part};
pub(crate) use python::LIST as PYTHON_LIST;

pub(crate) const SUMMARY: &str = "Install what is missing to build, to show the demonstration and to test";
pub(crate) const HELP: &str = "\
Usage: cargo xtask setup [build|demo|test] [--record]

Without a name, sets up everything (as `test`). Does nothing that was done before. On Debian, as root or
with a sudo that asks for no password, it installs the missing packages; no service is started or enabled.
From npm, PyPI and crates.io comes what the lock files name, whatever is newer.

  --record   after a version in tests/lab/scim/requirements.txt was changed: install that list, and write into
             it what its packages need

Variables that point to something installed in another place:
  SAMLIGHT_CHROMIUM         Chromium's program
  SAMLIGHT_FIREFOX          Firefox's program
  SAMLIGHT_XMLSEC           xmlsec1
  SAMLIGHT_RUBY             ruby, with the gems omniauth-saml, ruby-saml, sinatra and puma
  SAMLIGHT_PHP              php, with the extensions curl, dom, mbstring, openssl and session
  SAMLIGHT_SIMPLESAMLPHP    the folder of SimpleSAMLphp
  SAMLIGHT_PYTHON           python3, with venv
  SAMLIGHT_SCIM_PYTHON      a Python that has the packages of tests/lab/scim/requirements.txt
  SAMLIGHT_WASM_OPT         wasm-opt
  SAMLIGHT_WASM_TOOLCHAIN   `rustup` or `debian`: which compiler makes the Wasm
";

/// The purpose that the machine is made ready for.
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
            Long("record") => return record(&Workspace::here()?),
            other => return Err(other.unexpected().into()),
        };
    }
    ensure(&Workspace::here()?, scope)?;
    println!("The machine is ready.");
    Ok(())
}

/// `--record`.
fn record(workspace: &Workspace) -> Result<()> {
    step(format!("record in {PYTHON_LIST} what its packages need"), || python::record(&workspace.root))
}

/// Makes the machine ready for `scope`.
///
/// # Errors
/// When a part is missing or does not do, and cannot be installed; the error names all such parts.
pub(crate) fn ensure(workspace: &Workspace, scope: Scope) -> Result<()> {
    step("look at what is installed, and install what is missing", || {
        let wanted = PARTS.iter().filter(|part| part.scopes.contains(&scope));
        let looked = wanted.map(|part| (part, report(part, workspace)));
        let lacking: Vec<(&Part, Found)> = looked.filter(|(_, found)| !found.is_there()).collect();
        let (misdirected, lacking): (Vec<_>, Vec<_>) = lacking
            .into_iter()
            .partition(|(part, _)| part.variable.is_some_and(|name| std::env::var_os(name).is_some()));
        let mut failures: Vec<String> =
            misdirected.iter().map(|(part, found)| misdirection(part, found)).collect();
        // Packages first and all at once: npm may be one of them.
        failures.extend(install_packages(&lacking));
        for (part, _) in lacking {
            let installed = install(part, workspace);
            let found = report(part, workspace);
            if let Err(error) = installed {
                failures.push(format!("{}: {error:#}", part.advice(&Found::Missing)));
            } else if !found.is_there() {
                failures.push(part.advice(&found));
            }
        }
        if failures.is_empty() {
            return Ok(());
        }
        bail!("the machine is not ready:\n  - {}", failures.join("\n  - "))
    })
}

/// Says whether a part is there, where and in which version.
fn report(part: &Part, workspace: &Workspace) -> Found {
    let found = (part.found)(workspace);
    match &found {
        Found::There(place) => println!("    there:   {} ({place})", part.what),
        Found::Missing => println!("    missing: {}", part.what),
        Found::Unfit(why) => println!("    unfit:   {} ({why})", part.what),
    }
    found
}

/// A variable leads to nothing that does: installing another one would not help, as the variable wins.
fn misdirection(part: &Part, found: &Found) -> String {
    let name = part.variable.unwrap_or_default();
    let place = std::env::var_os(name).unwrap_or_default();
    let why = match found {
        Found::Unfit(why) => format!("not as needed ({why})"),
        Found::There(_) | Found::Missing => "not there".to_owned(),
    };
    format!("{name} is `{}`, and {} is {why}: correct the variable or unset it", place.display(), part.what)
}

/// Installs the Debian packages of all such parts with one call; gives the reasons why not.
fn install_packages(lacking: &[(&Part, Found)]) -> Option<String> {
    let (mut new, mut newer) = (Vec::new(), Vec::new());
    for (part, found) in lacking {
        if let Install::Debian(packages) = part.install {
            let list = if *found == Found::Missing { &mut new } else { &mut newer };
            list.extend(packages);
        }
    }
    debian::install(&new, &newer).err().map(|error| format!("{error:#}"))
}

/// Installs one part that does not come from a Debian package alone.
fn install(part: &Part, workspace: &Workspace) -> Result<()> {
    match part.install {
        Install::Debian(_) => Ok(()),
        Install::WasmTarget => install_wasm_target(),
        Install::Npm => step("install the programs of package-lock.json into node_modules", || {
            npm::install(&workspace.root, &[])
        }),
        Install::Python => {
            step("install the SCIM client from PyPI into target/python", || python::install(&workspace.root))
        }
        Install::RustComponents => step("add rustfmt and clippy to the toolchain", || {
            run(Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]))
        }),
    }
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
    debian::install(toolchain::DEBIAN_PACKAGES, &[]).with_context(|| {
        format!(
            "no compiler for {0}: `rustup target add {0}` adds it to rustup's toolchain",
            toolchain::TARGET
        )
    })
}
