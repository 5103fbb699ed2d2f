//! From one linked Wasm file to its two parts: what is reached from the entries, and what is reached from the
//! door (`crate/src/wasm/second.rs`) alone.
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
mod probe {
    #[test]
    fn probe() {
        let Ok(path) = std::env::var("PROBE") else { return };
        let out = std::path::PathBuf::from(std::env::var("PROBE_OUT").unwrap());
        std::fs::create_dir_all(&out).unwrap();
        let t = std::time::Instant::now();
        let parts = super::split(&std::fs::read(path).unwrap()).unwrap();
        println!("split {:?} {} {}", t.elapsed(), parts.first.len(), parts.second.len());
        std::fs::write(out.join("first.wasm"), &parts.first).unwrap();
        std::fs::write(out.join("samlight_second.wasm"), &parts.second).unwrap();
        let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
        bindgen.input_bytes("samlight", parts.first).out_name("samlight").typescript(true).web(true).unwrap();
        bindgen.omit_default_module_path(false).reset_state_function(true).keep_lld_exports(true);
        bindgen.generate(&out).unwrap();
    }
}
