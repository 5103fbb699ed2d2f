//! The fuzzer: gives libFuzzer's octets to the target that `SAMLIGHT_FUZZ_TARGET` names.
//!
//! Leaves out what is fuzzed; that is in `targets`, which the test `fuzz` runs without a fuzzer.

#![no_main]

#[path = "../../../crate/tests/other_reader/mod.rs"]
mod other_reader;
#[path = "../../src/scanner.rs"]
mod scanner;
#[path = "../targets/mod.rs"]
mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use targets::Target;

static TARGET: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("SAMLIGHT_FUZZ_TARGET").unwrap_or_default();
    let found = targets::TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("SAMLIGHT_FUZZ_TARGET is `{name}`, which is no target"))
});

fuzz_target!(|octets: &[u8]| (TARGET.run)(octets));
