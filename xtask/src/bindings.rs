//! From Rust to a Wasm file with its JavaScript: the compiler, the split of the core, wasm-bindgen and, for a
//! release, wasm-opt.
//!
//! wasm-bindgen runs as a library, so that no program of the same version has to be installed. The worker
//! and the panel are compiled by separate calls, because one call would give both the features of both.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::package::{Package, hex, write_if_changed};
use crate::run::{run, step};
use crate::split::{LINK_FLAG, split};
use crate::toolchain::{Route, TARGET};
use crate::workspace::Workspace;
use sha2::{Digest, Sha256};

/// Points to a wasm-opt that is not the one in `node_modules`.
pub(crate) const WASM_OPT_VARIABLE: &str = "SAMLIGHT_WASM_OPT";

/// As small as possible; the compiler has already told wasm-opt which features it uses. The first 1,024
/// octets of memory are the last that the stack would come to (the linker puts it first), so no value is
/// there, and a place in memory can be named by a start and an offset, which is shorter.
const WASM_OPT_FLAGS: &[&str] =
    &["-Oz", "--low-memory-unused", "--strip-debug", "--strip-producers", "--strip-target-features"];

/// The released Wasm computes 16 octets at once where it can, which makes it smaller. Chromium can since 91,
/// Firefox since 89: both older than what the manifest asks for. AES is compiled in its short form: it opens
/// one message, when a person gives the key. The names of functions say what types they are made for, for
/// `sizes.rs`; wasm-opt takes them out. Cargo wants a unit separator between flags.
const RELEASE_FLAGS: &str = "\u{1f}-Ctarget-feature=+simd128\u{1f}--cfg=aes_backend_soft=\"compact\"\
                             \u{1f}-Csymbol-mangling-version=v0";

/// The threshold of inlining, which is 5 for what is made small. With 40 a message is read in six tenths of
/// the time, and the core is larger by three hundredths, since what is inlined is simplified where it is; the
/// panel, which has no such work, would be larger by a tenth. All code is put together where the file itself
/// is compiled, so it is said there alone.
const QUICK_FLAG: &str = "-Cllvm-args=-inline-threshold=40";

/// The amount of work that goes into the Wasm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Cargo's `dev` profile, nothing after it: seconds after a change.
    Quick,
    /// As quick; the worker traps on what asks for it (`samlight::fault`).
    Fault,
    /// Cargo's `release` profile, then wasm-opt; the same bytes on every machine.
    Release,
}

impl Profile {
    /// The word for people, and the name of Cargo's output folder.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Quick => ("quick", "debug"),
            Self::Fault => ("fault", "debug"),
            Self::Release => ("release", "release"),
        }
    }
}

/// A Wasm file of the extension.
pub(crate) struct WasmFile {
    /// Its name for people.
    pub(crate) what: &'static str,
    /// The Cargo package whose library it is, with the features it is compiled with.
    package: &'static str,
    features: &'static [&'static str],
    /// The name of the library; also of the files that wasm-bindgen writes.
    stem: &'static str,
    /// The folder inside the extension, ending in `/`.
    folder: &'static str,
    /// Whether it is split where its door is, and what is behind that is a file of its own.
    is_split: bool,
    /// Whether it reads messages, and is to do so quickly ([`QUICK_FLAG`]).
    is_quick: bool,
}

/// The folder of the core's Wasm. The background worker runs it, and the panel loads it for files, also where
/// its folder is served without the extension.
const WORKER_FOLDER: &str = "panel/core/";

/// Both Wasm files.
pub(crate) const WASM_FILES: &[WasmFile] = &[
    WasmFile {
        what: "core",
        package: "samlight",
        features: &["wasm"],
        stem: "samlight",
        folder: WORKER_FOLDER,
        is_split: true,
        is_quick: true,
    },
    WasmFile {
        what: "panel",
        package: "samlight-www",
        features: &[],
        stem: "samlight_www",
        folder: "panel/",
        is_split: true,
        is_quick: false,
    },
];

/// The core's single works for the pages of `cargo xtask bench`. Never in the extension.
pub(crate) const BENCH: WasmFile = WasmFile {
    what: "core's single works",
    package: "samlight-bench",
    features: &[],
    stem: "samlight_bench",
    folder: "bench/",
    is_split: false,
    is_quick: true,
};

impl WasmFile {
    /// Compiles this file and adds it with its JavaScript to `package`, and its types to `types`.
    ///
    /// # Errors
    /// When a compiler or a tool fails; each error names the program.
    pub(crate) fn add(
        &self,
        workspace: &Workspace,
        profile: Profile,
        package: &mut Package,
        types: &mut Package,
    ) -> Result<()> {
        let (word, _) = profile.names();
        let wasm =
            step(format!("compile the {} to Wasm ({word})", self.what), || self.compile(workspace, profile))?;
        let bindings = self.bind(workspace, profile, &wasm)?;
        package.add_folder(&bindings, self.folder, &["js", "wasm"])?;
        types.add_folder(&bindings, self.folder, &["ts"])
    }

    /// Runs the compiler and gives the path of what it wrote.
    fn compile(&self, workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
        let route = Route::choose()?;
        // `rustc --crate-type`: only here, and only this package, is made into a file of its own.
        let mut cargo = route.cargo("rustc");
        cargo.args(["--package", self.package, "--lib", "--crate-type", "cdylib"]);
        cargo.arg("--target-dir").arg(&workspace.cargo_target).current_dir(&workspace.root);
        let fault = (profile == Profile::Fault && self.folder == WORKER_FOLDER).then_some("fault");
        let features: Vec<_> = self.features.iter().copied().chain(fault).collect();
        if !features.is_empty() {
            cargo.args(["--features", &features.join(",")]);
        }
        if profile == Profile::Release {
            cargo.arg("--release");
            cargo.env("CARGO_ENCODED_RUSTFLAGS", route.remapping(workspace)? + RELEASE_FLAGS);
        }
        let split = self.is_split.then_some(LINK_FLAG);
        let quick = (self.is_quick && profile == Profile::Release).then_some(QUICK_FLAG);
        cargo.arg("--").args(split).args(quick);
        run(&mut cargo)?;
        Ok(self.compiled(workspace, profile))
    }

    /// The path of the compiler's output.
    pub(crate) fn compiled(&self, workspace: &Workspace, profile: Profile) -> PathBuf {
        let folder = workspace.cargo_target.join(TARGET).join(profile.names().1);
        folder.join(format!("{}.wasm", self.stem))
    }

    /// Makes the JavaScript side, unless the Wasm is the same as last time; gives the folder of the result.
    fn bind(&self, workspace: &Workspace, profile: Profile, wasm: &Path) -> Result<PathBuf> {
        let folder = workspace.cargo_target.join("samlight-bindings").join(profile.names().0).join(self.stem);
        let stamp = folder.join("made-from");
        let bytes = std::fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
        let made_from = format!("{} {}", hex(&Sha256::digest(&bytes)), self.recipe(profile));
        if std::fs::read_to_string(&stamp).is_ok_and(|old| old == made_from) {
            println!("    the Wasm of the {} did not change, its bindings are kept", self.what);
            return Ok(folder);
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        let (first, second) = if self.is_split {
            let parts = step(format!("split the {}", self.what), || split(&bytes))?;
            (parts.first, Some(parts.second))
        } else {
            (bytes, None)
        };
        step(format!("make the bindings of the {}", self.what), || {
            let mut bindgen = Bindgen::new();
            bindgen.input_bytes(self.stem, first).out_name(self.stem).typescript(true).web(true)?;
            // A page may start its Wasm without saying where it is: it lies beside the JavaScript.
            bindgen.omit_default_module_path(false);
            // After a trap the background script makes a new instance; the module keeps the old one
            // otherwise.
            bindgen.reset_state_function(self.folder == WORKER_FOLDER);
            // The second part takes the table of functions and the stack.
            bindgen.keep_lld_exports(self.is_split);
            bindgen.generate(&folder).context("wasm-bindgen failed")
        })?;
        let mut files = vec![folder.join(format!("{}_bg.wasm", self.stem))];
        if let Some(second) = second {
            let file = folder.join(format!("{}_second.wasm", self.stem));
            write_if_changed(&file, &second)?;
            files.push(file);
        }
        if profile == Profile::Release {
            step(format!("optimise the Wasm of the {}", self.what), || {
                files.iter().try_for_each(|file| optimise(workspace, file))
            })?;
        }
        write_if_changed(&stamp, made_from.as_bytes())?;
        Ok(folder)
    }

    /// The steps that are applied to the compiler's output, so that a change of it makes the bindings again.
    fn recipe(&self, profile: Profile) -> String {
        let split = if self.is_split { version("wasm_split_cli_support") } else { "none" };
        let bindgen = version("wasm-bindgen-cli-support");
        let bound = format!("split {split}, wasm-bindgen {bindgen}, reset");
        match profile {
            Profile::Quick | Profile::Fault => bound,
            Profile::Release => format!("{bound}, wasm-opt {}", WASM_OPT_FLAGS.join(" ")),
        }
    }
}

/// The version of `library` that this program carries, from the line that pins it.
fn version(library: &str) -> &'static str {
    let manifest = include_str!("../Cargo.toml");
    let line = manifest.lines().find(|line| line.starts_with(library));
    line.and_then(|line| line.split('"').nth(1)).unwrap_or("of unknown version")
}

/// Replaces a Wasm file by a smaller one that does the same.
fn optimise(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let given = std::env::var_os(WASM_OPT_VARIABLE).map(PathBuf::from);
    let program = given.unwrap_or_else(|| workspace.npm_program("wasm-opt"));
    if !program.exists() {
        bail!(
            "{} is missing: run `cargo xtask setup`, or set {WASM_OPT_VARIABLE} to an installed wasm-opt",
            program.display()
        );
    }
    let small = wasm.with_extension("small");
    run(Command::new(program).args(WASM_OPT_FLAGS).arg(wasm).arg("-o").arg(&small))?;
    std::fs::rename(&small, wasm).with_context(|| format!("cannot replace {}", wasm.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bindings_have_the_version_of_the_library() {
        let workspace = include_str!("../../Cargo.toml");
        let pinned = format!("\nwasm-bindgen = \"{}\"", version("wasm-bindgen-cli-support"));
        assert!(workspace.contains(&pinned), "the root Cargo.toml does not hold {pinned}");
    }

    /// A `cdylib` that is also a dependency has one file name for all its feature sets, so the panel's
    /// build would put a worker without its handle in the worker's place.
    #[test]
    fn no_package_is_always_a_file_of_its_own() {
        for manifest in [include_str!("../../crate/Cargo.toml"), include_str!("../../www/Cargo.toml")] {
            assert!(
                !manifest.contains("crate-type"),
                "take crate-type out; the build asks for it: {manifest}"
            );
        }
    }

    #[test]
    fn another_way_of_making_is_another_stamp() {
        let file = &WASM_FILES[0];
        assert_ne!(file.recipe(Profile::Quick), file.recipe(Profile::Release));
    }
}
