//! Faults on purpose, for the end-to-end tests: the core traps on what holds [`TRAP`].
//!
//! Compiled with the feature `fault` alone, which no release has; the release's build refuses a file that
//! holds [`BUILD`]. What is proved with it: whatever the core traps on, the rest of the trace goes on.

/// An event or a call that holds this makes the core trap.
const TRAP: &str = "samlight-fault-trap";

/// Stands in the Wasm file of every build with faults, and in no other.
pub const BUILD: &str = "built with faults on purpose";

/// Traps when `text` asks for it.
#[allow(clippy::panic)] // the one thing that it is for
pub fn strike(text: &str) {
    if text.contains(TRAP) {
        panic!("{BUILD}");
    }
}
