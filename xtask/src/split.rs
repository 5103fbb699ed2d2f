//! From one linked Wasm file to its two parts: what is reached from the entries, and what is reached from the
//! door (`second.rs` of the core and of the panel) alone.
//!
//! The linker leaves its relocations in the file ([`LINK_FLAG`]): they say of each function and each piece of
//! data what it names. So the methods of a trait whose table only the second part names are in the second
//! part, too. The parts share memory and table; `www/second.js` puts them together.

use std::fs;

use anyhow::{Context, Result, anyhow, bail};
use wasm_split_cli_support::{Options, transform};

/// Has the compiler's linker keep its relocations.
pub(crate) const LINK_FLAG: &str = "-Clink-arg=--emit-relocs";

/// The parts of one file.
pub(crate) struct Split {
    /// The part with the entries, of which the bindings are made.
    pub(crate) first: Vec<u8>,
    /// The part behind the door.
    pub(crate) second: Vec<u8>,
}

/// Splits a file that was linked with [`LINK_FLAG`].
///
/// # Errors
/// When it has no relocations, or the door leads to no part or to several.
pub(crate) fn split(linked: &[u8]) -> Result<Split> {
    let folder = tempfile::tempdir()?;
    let first = folder.path().join("first.wasm");
    let mut options = Options::new(linked);
    options.output_dir = folder.path();
    options.main_out_path = &first;
    let made = transform(options).map_err(|error| anyhow!("cannot split the Wasm: {error:#}"))?;
    let [second] = made.split_modules.as_slice() else {
        bail!("the Wasm was split into {} parts behind the first, not into one", made.split_modules.len());
    };
    let read = |path| fs::read(path).context("cannot read a part of the Wasm");
    Ok(Split { first: read(&first)?, second: read(second)? })
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_split_is_refused() {
        let without_door = b"\0asm\x01\0\0\0";
        for file in [without_door.as_slice(), b"no Wasm"] {
            assert!(split(file).is_err());
        }
    }

    /// The names of both sides of the door are what the library looks for.
    #[test]
    fn the_doors_have_the_names_that_are_split_at() {
        let core = include_str!("../../crate/src/wasm/second.rs");
        let panel = include_str!("../../www/src/pages/second.rs");
        for door in [core, panel] {
            for side in ["import", "export"] {
                let name = format!("\"__wasm_split_00second00_{side}_{}\"", "0".repeat(32));
                assert!(door.contains(&name), "{name}");
            }
            assert!(door.contains("wasm_import_module = \"__wasm_split_placeholder__\""));
        }
    }
}
