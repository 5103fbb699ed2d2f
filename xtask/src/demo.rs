//! `demo`: a sign-in to look at, from a fresh clone.

use std::ffi::OsString;

use anyhow::{Context, Result};

use crate::bindings::Profile;
use crate::build;
use crate::run::{run, step};
use crate::setup::{self, Scope};
use crate::workspace::{Workspace, locked_cargo};

pub(crate) const SUMMARY: &str =
    "Show a traced sign-in in Chromium, against a demonstration IdP and GitLab stand-in";
pub(crate) const HELP: &str = "\
Usage: cargo xtask demo

Sets up what the demonstration needs, builds the extension and runs it on loopback. With a display a
browser opens; without one the same sign-in runs headless, and the verdict and the paths of the
screenshots are printed.

Variables:
  SAMLIGHT_CHROMIUM                       the browser to use (default: chromium from the PATH)
  SAMLIGHT_WASM_TOOLCHAIN=rustup|debian   which compiler makes the Wasm (default: the first one found)
";

/// `cargo xtask demo`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    if let Some(argument) = lexopt::Parser::from_args(arguments).next()? {
        return Err(argument.unexpected().into());
    }
    let workspace = Workspace::here()?;
    setup::ensure(&workspace, Scope::Demo)?;
    let folders = build::extension(&workspace, Profile::Quick)?;
    let folder = folders.into_iter().find(|(id, _)| *id == "chromium").context("Chromium was not built")?.1;
    let mut demo = locked_cargo("run");
    demo.args(["--package", "samlight-tests", "--bin", "demo"]).current_dir(&workspace.root);
    step("compile the demonstration", || {
        let mut build = locked_cargo("build");
        build.args(["--package", "samlight-tests", "--bin", "demo"]).current_dir(&workspace.root);
        run(&mut build)
    })?;
    run(demo.arg("--quiet").arg("--").arg(&folder))
}
