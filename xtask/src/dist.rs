//! `dist`: the released extension, the same bytes from every checkout.
//!
//! The compiler's paths are remapped (see `toolchain.rs`), wasm-opt is a fixed version, the zip has fixed
//! times. `--verify` proves it: it clones the repository to another place, builds there from nothing and
//! compares every file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::advisories;
use crate::bindings::{Profile, WASM_FILES, WASM_OPT_VARIABLE};
use crate::build::assemble;
use crate::manifest::{BROWSERS, missing_files};
use crate::package::{Package, hex, write_if_changed};
use crate::parts::Parts;
use crate::run::{output, run, step};
use crate::sbom;
use crate::sizes::{Budget, gzipped_size};
use crate::workspace::Workspace;
use crate::zip::pack;

pub(crate) const SUMMARY: &str = "Build the release: target/dist/<browser> and its zip, reproducible";
pub(crate) const HELP: &str = "\
Usage: cargo xtask dist [--release] [--verify]

Builds with the release profile, makes the Wasm small with wasm-opt, writes the unpacked extension and the
zip, and prints the size of each file, and of what is in the Wasm by crate and room; what is larger than
.ci/sizes.json allows is an error. Beside the zips it writes samlight.cdx.json (CycloneDX: what the Wasm is
made from) and REBUILD.md (how to build the same zips again). Then it asks cargo-deny for advisories about the
dependencies, where the database can be reached.

  --release  fail where the advisories cannot be checked
  --verify   also build in a second checkout, in another folder, and compare all bytes

Variables:
  SAMLIGHT_WASM_OPT                       wasm-opt (default: the one in node_modules)
  SAMLIGHT_WASM_TOOLCHAIN=rustup|debian   which compiler makes the Wasm (default: the first one found)
";

/// The text that only a build with faults holds: `samlight::fault::BUILD`.
const FAULTS: &str = "built with faults on purpose";

/// The files that were built for one browser.
struct Release {
    folder: PathBuf,
    zip: PathBuf,
    package: Package,
}

/// `cargo xtask dist`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    use lexopt::prelude::*;
    let (mut check, mut is_release) = (false, false);
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("verify") => check = true,
            Long("release") => is_release = true,
            other => return Err(other.unexpected().into()),
        }
    }
    let workspace = Workspace::here()?;
    build(&workspace)?;
    advisories::check(&workspace, is_release)?;
    if check { verify(&workspace) } else { Ok(()) }
}

/// Builds and writes the release of every browser, and prints the sizes.
///
/// # Errors
/// When a part cannot be built, or a file that a manifest names is missing.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let packages = assemble(workspace, Profile::Release)?;
    for file in WASM_FILES {
        let compiled = file.compiled(workspace, Profile::Release);
        let wasm = std::fs::read(&compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
        println!("{:>10}  part of the {} before wasm-opt: crate, or room of ours", "bytes", file.what);
        Parts::of(&wasm)?.lines().iter().for_each(|line| println!("{line}"));
    }
    for (id, package) in packages {
        let missing = missing_files(&package)?;
        if !missing.is_empty() {
            bail!("the manifest for {id} names files that are not there: {}", missing.join(", "));
        }
        refuse_faults(&package)?;
        let folder = workspace.output("dist").join(id);
        let zip = workspace.output("dist").join(zip_name(workspace, id));
        let release = Release { folder, zip, package };
        release.write(workspace)?;
    }
    let folder = workspace.output("dist");
    write_if_changed(&folder.join(sbom::BILL), sbom::bill(workspace)?.as_bytes())?;
    let zips = BROWSERS.iter().map(|browser| zip_name(workspace, browser.id));
    let zips = zips.map(|name| {
        let bytes = std::fs::read(folder.join(&name)).with_context(|| format!("cannot read {name}"))?;
        Ok((name, bytes))
    });
    let recipe = sbom::recipe(workspace, &zips.collect::<Result<Vec<_>>>()?)?;
    write_if_changed(&folder.join(sbom::RECIPE), recipe.as_bytes())?;
    println!("What is in it: {}", workspace.shown(&folder.join(sbom::BILL)));
    println!("How to build it again: {}", workspace.shown(&folder.join(sbom::RECIPE)));
    Ok(())
}

/// A release must not hold the faults of the browser tests.
///
/// # Errors
/// Names the file that holds them.
fn refuse_faults(package: &Package) -> Result<()> {
    let holds = |bytes: &[u8]| bytes.windows(FAULTS.len()).any(|window| window == FAULTS.as_bytes());
    match package.files().find(|(_, bytes)| holds(bytes)) {
        Some((path, _)) => bail!("{path} was compiled with the feature `fault`, which no release may have"),
        None => Ok(()),
    }
}

fn zip_name(workspace: &Workspace, id: &str) -> String {
    format!("samlight-{}-{id}.zip", workspace.version)
}

impl Release {
    fn write(&self, workspace: &Workspace) -> Result<()> {
        self.package.write(&self.folder)?;
        let packed = pack(&self.package)?;
        write_if_changed(&self.zip, &packed)?;
        println!("{:>10} {:>10}  file in {}", "bytes", "gzip", workspace.shown(&self.folder));
        let (mut raw, mut gzip) = (0, 0);
        for (path, bytes) in self.package.files() {
            let small = gzipped_size(bytes)?;
            println!("{:>10} {small:>10}  {path}", bytes.len());
            raw += bytes.len();
            gzip += small;
        }
        println!("{raw:>10} {gzip:>10}  total");
        println!("{:>10} {:>10}  {}", packed.len(), "", workspace.shown(&self.zip));
        println!("sha256 of the zip: {}", hex(&Sha256::digest(&packed)));
        Budget::read(workspace)?.check(&self.package, packed.len())
    }
}

/// Builds in a second checkout and compares it with what [`build`] wrote.
///
/// # Errors
/// When the second build fails or differs; the error names the files that differ.
pub(crate) fn verify(workspace: &Workspace) -> Result<()> {
    // A name of another length: a path that got into the output shifts everything after it.
    let folder = tempfile::Builder::new().prefix("samlight-second-checkout-").tempdir()?;
    let checkout = folder.path().join("checkout");
    step("make a second checkout", || clone(workspace, &checkout))?;
    let wasm_opt = std::env::var_os(WASM_OPT_VARIABLE).map(PathBuf::from);
    let wasm_opt = wasm_opt.unwrap_or_else(|| workspace.npm_program("wasm-opt"));
    step("build the second checkout from nothing", || {
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        let mut second = Command::new(program);
        second.arg("dist").current_dir(&checkout).env(WASM_OPT_VARIABLE, wasm_opt);
        run(second.env("CARGO_TARGET_DIR", folder.path().join("made")))
    })?;
    let other = Workspace { root: checkout, ..workspace.clone() };
    let differences = differences(&written(workspace)?, &written(&other)?);
    if !differences.is_empty() {
        bail!("the second checkout gave other bytes: {}", differences.join(", "));
    }
    println!("Both checkouts gave the same bytes.");
    Ok(())
}

/// A clone of HEAD. Changes that are not committed are copied over it, or they would be compared with
/// files that do not have them.
fn clone(workspace: &Workspace, checkout: &Path) -> Result<()> {
    let mut git = Command::new("git");
    run(git.args(["clone", "--quiet", "--no-hardlinks"]).arg(&workspace.root).arg(checkout))?;
    let mut status = Command::new("git");
    status.args(["status", "--porcelain", "--untracked-files=all", "--no-renames", "-z"]);
    let status = output(status.current_dir(&workspace.root))?;
    let changed: Vec<&str> = status.split('\0').filter_map(|line| line.get(3..)).collect();
    if !changed.is_empty() {
        println!("    {} files differ from HEAD and are copied: {}", changed.len(), changed.join(", "));
    }
    for path in changed {
        let (from, to) = (workspace.root.join(path), checkout.join(path));
        if from.exists() {
            let bytes = std::fs::read(&from).with_context(|| format!("cannot read {path}"))?;
            write_if_changed(&to, &bytes)?;
        } else {
            std::fs::remove_file(&to).with_context(|| format!("cannot remove {path} in the checkout"))?;
        }
    }
    Ok(())
}

/// All files that [`build`] wrote for this version, with the zips and what is said of them.
fn written(workspace: &Workspace) -> Result<Package> {
    let mut package = Package::default();
    for browser in BROWSERS {
        let folder = workspace.output("dist").join(browser.id);
        let kinds = ["js", "css", "html", "svg", "json", "png", "txt", "wasm"];
        package.add_folder(&folder, &format!("{}/", browser.id), &kinds)?;
        let zip = zip_name(workspace, browser.id);
        let bytes = std::fs::read(workspace.output("dist").join(&zip));
        package.add(&zip, bytes.with_context(|| format!("cannot read {zip}"))?)?;
    }
    for name in [sbom::BILL, sbom::RECIPE] {
        let bytes = std::fs::read(workspace.output("dist").join(name));
        package.add(name, bytes.with_context(|| format!("cannot read {name}"))?)?;
    }
    Ok(package)
}

/// The paths that are not the same on both sides.
fn differences(one: &Package, other: &Package) -> Vec<String> {
    let only = |here: &Package, there: &Package, text: &str| -> Vec<String> {
        let missing = here.files().filter(|(path, _)| !there.contains(path));
        missing.map(|(path, _)| format!("{path} ({text})")).collect()
    };
    let changed = one.files().filter(|(path, bytes)| other.file(path).is_some_and(|there| there != *bytes));
    let mut list: Vec<String> = changed.map(|(path, _)| path.to_owned()).collect();
    list.extend(only(one, other, "only here"));
    list.extend(only(other, one, "only in the second checkout"));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_with_faults_is_refused() {
        let source = include_str!("../../crate/src/fault.rs");
        assert!(source.contains(&format!("BUILD: &str = \"{FAULTS}\"")), "{source}");
        let mut package = Package::default();
        package.add("wasm/a_bg.wasm", format!("\0asm {FAULTS}")).unwrap();
        assert!(refuse_faults(&package).unwrap_err().to_string().starts_with("wasm/a_bg.wasm"));
        assert!(refuse_faults(&Package::default()).is_ok());
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let package = |files: &[(&str, &str)]| {
            let mut package = Package::default();
            for (path, text) in files {
                package.add(*path, *text).unwrap();
            }
            package
        };
        let one = package(&[("same", "1"), ("changed", "1"), ("here", "1")]);
        let other = package(&[("same", "1"), ("changed", "2"), ("there", "1")]);
        let found = differences(&one, &other);
        assert_eq!(found, ["changed", "here (only here)", "there (only in the second checkout)"]);
        assert!(differences(&one, &one).is_empty());
    }

    #[test]
    fn changes_that_are_not_committed_are_part_of_the_second_checkout() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("first");
        let checkout = folder.path().join("second");
        let git = |arguments: &[&str]| {
            let author = ["-c", "user.name=Alex Doe", "-c", "user.email=alex.doe@example.com"];
            let mut git = Command::new("git");
            assert!(git.args(author).args(arguments).current_dir(&root).status().unwrap().success());
        };
        write_if_changed(&root.join("kept"), b"1").unwrap();
        write_if_changed(&root.join("gone"), b"1").unwrap();
        git(&["init", "--quiet"]);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", "First"]);
        write_if_changed(&root.join("kept"), b"2").unwrap();
        write_if_changed(&root.join("new"), b"3").unwrap();
        std::fs::remove_file(root.join("gone")).unwrap();
        let (tests, own_tests) = (Vec::new(), Vec::new());
        let cargo_target = root.join("target");
        let workspace = Workspace { cargo_target, root, version: "1".into(), tests, own_tests };
        clone(&workspace, &checkout).unwrap();
        assert_eq!(std::fs::read(checkout.join("kept")).unwrap(), b"2");
        assert_eq!(std::fs::read(checkout.join("new")).unwrap(), b"3");
        assert!(!checkout.join("gone").exists());
    }
}
