//! `build`: the unpacked extension, quickly. Also the assembly that `dist` shares.
//!
//! The extension is: the folder `extension/`, the files of `www/`, two Wasm files with their bindings, the
//! icons, the manifest of the browser, and the one table that JavaScript must know before the Wasm is
//! loaded. Nothing is bundled or rewritten: what a person reads in `extension/` is what runs.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{
    bindings::{Profile, WASM_FILES},
    icons, languages,
    manifest::{BROWSERS, missing_files},
    package::Package,
    run::step,
    workspace::Workspace,
};

pub(crate) const SUMMARY: &str = "Build the unpacked extension quickly, into target/extension/<browser>";
pub(crate) const HELP: &str = "\
Usage: cargo xtask build [--fault]

Builds with the quick profile. Load the folder that it prints as an unpacked extension.

  --fault   build target/extension-fault, whose core traps on what asks for it (crate/src/fault.rs)

Variables:
  SAMLIGHT_WASM_TOOLCHAIN=rustup|debian   which compiler makes the Wasm (default: the first one found)
";

/// The path of the generated table of captured requests and fields.
const CAPTURE_TABLE: &str = "background/capture_table.js";

/// Kinds of files that are copied as they are.
const COPIED: &[&str] = &["js", "css", "html", "svg", "jsonl"];

/// `cargo xtask build`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    use lexopt::prelude::*;
    let mut profile = Profile::Quick;
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("fault") => profile = Profile::Fault,
            other => return Err(other.unexpected().into()),
        }
    }
    let workspace = Workspace::here()?;
    for (id, folder) in extension(&workspace, profile)? {
        println!("The extension for {id} is in {}", workspace.shown(&folder));
    }
    Ok(())
}

/// Builds the quick extension of every browser, or the one with faults, and gives the folders, by the
/// browser's id.
///
/// # Errors
/// When a part cannot be built or written.
pub(crate) fn extension(workspace: &Workspace, profile: Profile) -> Result<Vec<(&'static str, PathBuf)>> {
    let output = if profile == Profile::Fault { "extension-fault" } else { "extension" };
    let mut folders = Vec::new();
    for (id, package) in assemble(workspace, profile)? {
        let missing = missing_files(&package)?;
        if !missing.is_empty() {
            println!("warning: the manifest for {id} names files that are not there: {}", missing.join(", "));
        }
        let folder = workspace.output(output).join(id);
        package.write(&folder)?;
        folders.push((id, folder));
    }
    Ok(folders)
}

/// Builds all parts and gives the files for each browser. A quick build writes the types for `tsc` on the
/// way.
///
/// # Errors
/// When a part cannot be built, or two parts claim the same path.
pub(crate) fn assemble(workspace: &Workspace, profile: Profile) -> Result<Vec<(&'static str, Package)>> {
    let mut common = Package::default();
    let mut types = Package::default();
    for wasm_file in WASM_FILES {
        wasm_file.add(workspace, profile, &mut common, &mut types)?;
    }
    step("put the extension together", || {
        languages::add(workspace, &mut common)?;
        let table = capture_table()?;
        types.add(CAPTURE_TABLE, table.clone())?;
        // The background script imports it from where it is in the extension.
        types.add_folder(&workspace.root.join("www"), "panel/", &["js"])?;
        // The release is built beside the step that reads the types, and has no others.
        if profile != Profile::Release {
            types.write(&workspace.output("extension/types"))?;
        }
        common.add(CAPTURE_TABLE, table)?;
        common.add_folder(&workspace.root.join("extension"), "", COPIED)?;
        common.add_folder(&workspace.root.join("www"), "panel/", COPIED)?;
        common.join_style_sheets("panel/style.css")?;
        icons::add(&mut common)?;
        with_manifests(workspace, &common)
    })
}

fn with_manifests(workspace: &Workspace, common: &Package) -> Result<Vec<(&'static str, Package)>> {
    let path = workspace.root.join("extension/manifest.json");
    let source = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let package = |browser: &crate::manifest::Browser| {
        let mut package = common.clone();
        package.add("manifest.json", browser.manifest(&source, &workspace.version)?)?;
        Ok((browser.id, package))
    };
    BROWSERS.iter().map(package).collect()
}

/// The module with the capture table: the one thing that JavaScript must know before the Wasm is loaded.
fn capture_table() -> Result<String> {
    let table = samlight::event::capture::table();
    if !table.is_object() {
        bail!("samlight::event::capture::table() is not a JSON object");
    }
    let head = "/** The requests and fields that may be kept. Generated from samlight::event::capture; do not edit. */";
    Ok(format!("{head}\nexport const captureTable = {};\n", serde_json::to_string_pretty(&table)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capture_table_is_a_module_with_the_tables_own_json() {
        let module = capture_table().unwrap();
        let json =
            module.split_once("export const captureTable = ").unwrap().1.trim_end().trim_end_matches(';');
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(json).unwrap(),
            samlight::event::capture::table()
        );
        assert!(module.starts_with("/** "));
    }
}
