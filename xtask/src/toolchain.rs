//! The compiler that makes the Wasm: the one place that chooses and knows the two routes.
//!
//! Route one is the usual one: rustup's toolchain with the target `wasm32-unknown-unknown`. Route two is
//! for a Debian machine where rustup or its server is missing: Debian's `rustc-web` and `cargo-web`, which
//! carry no standard library for Wasm, so it is built from `rust-web-src`. Only there, and only for the
//! Wasm build, `RUSTC_BOOTSTRAP` opens the unstable `-Zbuild-std`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run;
use crate::workspace::{Workspace, cargo};

/// The target triple of both Wasm files.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Forces a route: `rustup` or `debian`.
pub(crate) const VARIABLE: &str = "SAMLIGHT_WASM_TOOLCHAIN";

/// The Debian packages of the second route.
///
/// Debian's compiler gets newer within a release of Debian, and its linker with it, under another name.
pub(crate) const DEBIAN_PACKAGES: &[&str] = &["rustc-web", "cargo-web", "rust-web-src", "lld-*"];

const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKERS: &str = "/usr/bin/wasm-ld-";
const DEBIAN_STD: &str = "/usr/lib/rustlib/src/rust/library/std/Cargo.toml";

/// A way to compile Rust to Wasm on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// The toolchain of the workspace, with rustup's standard library for the target.
    Rustup,
    /// Debian's compiler, which builds the standard library too.
    Debian,
}

impl Route {
    /// The route that [`VARIABLE`] asks for, if it asks.
    ///
    /// # Errors
    /// When the variable holds anything but the two names.
    pub(crate) fn forced() -> Result<Option<Self>> {
        match std::env::var(VARIABLE) {
            Err(_) => Ok(None),
            Ok(name) => Self::named(&name).map(Some),
        }
    }

    fn named(name: &str) -> Result<Self> {
        match name {
            "rustup" => Ok(Self::Rustup),
            "debian" => Ok(Self::Debian),
            other => bail!("{VARIABLE} is `{other}`; it may be `rustup` or `debian`, or not set"),
        }
    }

    /// The route to build with: the forced one, else the first one that is installed.
    ///
    /// # Errors
    /// When none is installed.
    pub(crate) fn choose() -> Result<Self> {
        let wanted = Self::forced()?;
        let candidates = wanted.map_or(vec![Self::Rustup, Self::Debian], |route| vec![route]);
        let Some(route) = candidates.into_iter().find(|route| route.installed()) else {
            bail!("no compiler for {TARGET} was found: run `cargo xtask setup build`");
        };
        Ok(route)
    }

    /// Whether everything this route needs is on the machine.
    pub(crate) fn installed(self) -> bool {
        match self {
            Self::Rustup => {
                let mut rustc = Command::new("rustc");
                rustc.args(["--print", "target-libdir", "--target", TARGET]);
                run::output(&mut rustc).is_ok_and(|folder| Path::new(folder.trim()).is_dir())
            }
            Self::Debian => {
                let there = |path: &&str| Path::new(path).exists();
                debian_linker().is_some() && [DEBIAN_CARGO, DEBIAN_RUSTC, DEBIAN_STD].iter().all(there)
            }
        }
    }

    /// The compiler's program.
    pub(crate) fn compiler(self) -> &'static str {
        match self {
            Self::Rustup => "rustc",
            Self::Debian => DEBIAN_RUSTC,
        }
    }

    /// A cargo that compiles for Wasm, with `subcommand` and the route's own options already given.
    pub(crate) fn cargo(self, subcommand: &str) -> Command {
        match self {
            Self::Rustup => {
                let mut cargo = cargo();
                cargo.args([subcommand, "--locked", "--target", TARGET]);
                cargo
            }
            Self::Debian => {
                let mut cargo = Command::new(DEBIAN_CARGO);
                cargo.args([subcommand, "--locked", "--target", TARGET]);
                cargo.args(["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"]);
                cargo.env("RUSTC_BOOTSTRAP", "1");
                cargo.env("RUSTC", DEBIAN_RUSTC);
                let linker = debian_linker().unwrap_or_else(|| DEBIAN_LINKERS.into());
                cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                // The outer cargo put its own toolchain's libraries here; Debian's compiler has others.
                cargo.env_remove("LD_LIBRARY_PATH");
                cargo
            }
        }
    }

    /// The compiler flags that take this machine's paths out of the Wasm, in the form of
    /// `CARGO_ENCODED_RUSTFLAGS`. With them two checkouts, and two users, get the same bytes.
    ///
    /// # Errors
    /// When the compiler does not say where it is installed, or a folder's name is not UTF-8.
    pub(crate) fn remapping(self, workspace: &Workspace) -> Result<String> {
        let sysroot = run::output(Command::new(self.compiler()).args(["--print", "sysroot"]))?;
        let std_sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
        // The compiler uses the last prefix that fits, so the more exact ones come later.
        let mut prefixes = vec![(PathBuf::from(sysroot.trim()), "/rust")];
        if let Ok(resolved) = std_sources.canonicalize() {
            prefixes.push((resolved, "/rust-src"));
        }
        prefixes.push((std_sources, "/rust-src"));
        let cargo_home = cargo_home().context("neither CARGO_HOME nor HOME is set")?;
        prefixes.push((cargo_home.clone(), "/cargo"));
        // One folder for each registry; its name depends on where this machine downloads from.
        let registries = cargo_home.join("registry/src");
        for registry in std::fs::read_dir(registries).into_iter().flatten() {
            prefixes.push((registry?.path(), "/crates"));
        }
        prefixes.push((workspace.root.clone(), "/samlight"));
        prefixes.push((workspace.cargo_target.clone(), "/target"));
        encoded(&prefixes)
    }
}

/// The newest of Debian's linkers for Wasm: each has the number of its LLVM in its name.
fn debian_linker() -> Option<PathBuf> {
    let prefix = Path::new(DEBIAN_LINKERS);
    newest(prefix.parent()?, prefix.file_name()?.to_str()?)
}

/// The file of a folder whose name is `prefix` and the highest number.
fn newest(folder: &Path, prefix: &str) -> Option<PathBuf> {
    let numbered = |entry: std::fs::DirEntry| {
        let number: u32 = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
        Some((number, entry.path()))
    };
    let files = std::fs::read_dir(folder).ok()?.flatten().filter_map(numbered);
    files.max().map(|(_, path)| path)
}

/// Joins flags as Cargo wants them: with a unit separator, so that spaces in paths are safe.
fn encoded(prefixes: &[(PathBuf, &str)]) -> Result<String> {
    let flag = |(from, to): &(PathBuf, &str)| {
        let from = from.to_str().with_context(|| format!("the path {} is not UTF-8", from.display()))?;
        Ok(format!("--remap-path-prefix={from}={to}"))
    };
    Ok(prefixes.iter().map(flag).collect::<Result<Vec<_>>>()?.join("\u{1f}"))
}

/// Cargo's own folder, by its own rule.
fn cargo_home() -> Option<PathBuf> {
    let by_home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(by_home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_routes_have_names() {
        assert_eq!(Route::named("rustup").unwrap(), Route::Rustup);
        assert_eq!(Route::named("debian").unwrap(), Route::Debian);
        assert!(Route::named("other").unwrap_err().to_string().contains(VARIABLE));
    }

    #[test]
    fn unstable_features_are_opened_on_the_debian_route_only() {
        let opens = |route: Route| route.cargo("build").get_envs().any(|(name, _)| name == "RUSTC_BOOTSTRAP");
        assert!(opens(Route::Debian));
        assert!(!opens(Route::Rustup));
    }

    #[test]
    fn the_newest_linker_is_the_one_with_the_highest_number() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(newest(folder.path(), "wasm-ld-"), None);
        for name in ["wasm-ld-9", "wasm-ld-22", "wasm-ld", "wasm-ld-old", "lld-30"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(newest(folder.path(), "wasm-ld-"), Some(folder.path().join("wasm-ld-22")));
    }

    #[test]
    fn flags_are_joined_by_the_unit_separator() {
        let flags = encoded(&[("/a b".into(), "/x"), ("/c".into(), "/y")]).unwrap();
        assert_eq!(flags, "--remap-path-prefix=/a b=/x\u{1f}--remap-path-prefix=/c=/y");
    }
}
