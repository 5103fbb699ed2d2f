//! The folder that the pages of the bench come from: their own files, the release of this checkout and that
//! of an earlier commit, the core's single works, and the JavaScript that is measured beside them.
//!
//! Nothing of it is part of the extension, and only this command makes it. The earlier release and the
//! packages from npm are kept under `target/peers` for the next run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::bindings::{BENCH, Profile, WASM_OPT_VARIABLE};
use crate::dist;
use crate::package::{Package, write_if_changed};
use crate::run::{run, step};
use crate::workspace::{Workspace, cargo};

/// The commit that stands where there is no other peer: the last one before anything was made quicker.
const BEFORE: &str = "beb18d4";

/// The folder of the pages.
const PAGES: &str = "tests/bench/page";
/// The folder of the other JavaScript.
const PEERS: &str = "tests/bench/peers";

/// Node's own modules by those that stand for them in a page.
const STAND_INS: [&str; 3] =
    ["--alias:crypto=crypto-browserify", "--alias:stream=stream-browserify", "--alias:vm=vm-browserify"];

/// The kinds of files that a page can ask for.
const SERVED: &[&str] = &["js", "css", "html", "svg", "txt", "wasm"];

/// Makes the folder and gives its path.
///
/// # Errors
/// When a part cannot be built.
pub(super) fn prepare(workspace: &Workspace) -> Result<PathBuf> {
    step("build the release", || dist::build(workspace))?;
    let before = step("build the release of an earlier commit", || before(workspace))?;
    let peers = step("get the JavaScript that is measured beside it", || peers(workspace))?;
    let mut site = Package::default();
    BENCH.add(workspace, Profile::Release, &mut site, &mut Package::default())?;
    site.add_folder(&workspace.root.join(PAGES), "", SERVED)?;
    site.add_folder(&workspace.output("dist/chromium"), "now/", SERVED)?;
    site.add_folder(&before, "before/", SERVED)?;
    site.add("peers.js", std::fs::read(&peers).with_context(|| format!("cannot read {}", peers.display()))?)?;
    for (name, dist) in [("now.zip", workspace.output("dist")), ("before.zip", before.with_file_name(""))] {
        let zip = zip_of_chromium(&dist)?;
        site.add(name, std::fs::read(&zip).with_context(|| format!("cannot read {}", zip.display()))?)?;
    }
    let folder = workspace.output("bench");
    site.write(&folder)?;
    Ok(folder)
}

/// The release of [`BEFORE`], by its own command in a checkout of its own.
fn before(workspace: &Workspace) -> Result<PathBuf> {
    let checkout = workspace.output("peers").join(BEFORE);
    let release = checkout.join("target/dist/chromium");
    // The manifest is written last but for the zip: what is there is whole.
    if checkout.join("target/dist").read_dir().is_ok_and(|files| files.flatten().any(|it| is_zip(&it.path())))
    {
        println!("    {} is kept from an earlier run", workspace.shown(&release));
        return Ok(release);
    }
    if !checkout.join("Cargo.toml").is_file() {
        run(Command::new("git")
            .args(["clone", "--quiet", "--no-checkout"])
            .arg(&workspace.root)
            .arg(&checkout))?;
        run(Command::new("git").args(["checkout", "--quiet", "--detach", BEFORE]).current_dir(&checkout))
            .with_context(|| format!("{BEFORE} is not in this clone: fetch the whole history"))?;
    }
    let mut dist = cargo();
    dist.args(["xtask", "dist"]).current_dir(&checkout).env("CARGO_TARGET_DIR", checkout.join("target"));
    run(dist.env(WASM_OPT_VARIABLE, workspace.npm_program("wasm-opt")))?;
    Ok(release)
}

/// The zip of the release in this folder.
fn zip_of_chromium(dist: &Path) -> Result<PathBuf> {
    let files = dist.read_dir().with_context(|| format!("cannot read {}", dist.display()))?.flatten();
    let mut zips = files.map(|file| file.path()).filter(|path| is_zip(path));
    zips.find(|path| path.to_string_lossy().contains("chromium")).context("there is no zip for Chromium")
}

fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "zip")
}

/// The packages of [`PEERS`] and what calls them, as one file.
fn peers(workspace: &Workspace) -> Result<PathBuf> {
    let (from, folder) = (workspace.root.join(PEERS), workspace.output("peers/npm"));
    let mut changed = !folder.join("node_modules/.package-lock.json").is_file();
    for name in ["package.json", "package-lock.json", "page.js", "node.js"] {
        let (source, copy) = (from.join(name), folder.join(name));
        let bytes = std::fs::read(&source).with_context(|| format!("cannot read {}", source.display()))?;
        changed |= name.starts_with("package") && std::fs::read(&copy).ok().as_ref() != Some(&bytes);
        write_if_changed(&copy, &bytes)?;
    }
    if changed {
        let mut npm = Command::new("npm");
        run(npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    }
    let bundle = folder.join("peers.js");
    let mut esbuild = Command::new(folder.join("node_modules/.bin/esbuild"));
    esbuild.args(["page.js", "--bundle", "--format=esm", "--minify", "--log-level=warning"]).args(STAND_INS);
    run(esbuild.arg("--outfile=peers.js").current_dir(&folder))?;
    Ok(bundle)
}
