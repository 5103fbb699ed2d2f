//! The contract between the extension's JavaScript and the core, proved by running both: JavaScript runs in
//! Node.js against a browser that is not there, the core reads what it says.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod allow_list;
mod bodies;
mod capture;
mod cost;
mod handle;
mod order;
mod page;
mod scanner;
mod second;

use samlight_tests::lab::program::Program;
use serde_json::Value;
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

const NODE: Program = Program { name: "node", variable: "SAMLIGHT_NODE", package: "nodejs" };

/// Runs `script` beside `core.js` with `core` in place of the Wasm: the parts of `stand_in.mjs`, whose
/// `Worker` is `Nothing` there, except for those that it replaces.
fn run_with_core(script: &str, core: &str, input: &Value) -> Value {
    let beside = |file: &str| {
        let file = file.replace("../panel/core/samlight.js", "./samlight.js");
        let file = file.replace("../panel/language.js", "./language.js");
        file.replace("../panel/second.js", "./second.js")
    };
    // A browser says the person's language; here nobody does.
    let english = "export const spoken = async () => ({ language: \"en\", texts: \"\" });";
    let stand_in = r#"
        export * from "./stand_in.js";
        export { default } from "./stand_in.js";
        import { Worker as Nothing } from "./stand_in.js";
    "#;
    let written = [
        ("core.js", beside(include_str!("../../extension/background/core.js"))),
        ("instance.js", beside(include_str!("../../extension/background/instance.js"))),
        ("language.js", english.to_owned()),
        ("samlight.js", format!("{stand_in}{core}")),
        // Nor is there a second part: whatever needs it is replaced with the rest.
        ("second.js", "export const second = async () => globalThis.looked?.();".to_owned()),
        ("stand_in.js", include_str!("stand_in.mjs").to_owned()),
    ];
    run(script, &["background/browser.js", "background/ids.js", "background/store.js"], &written, input)
}

/// Runs `script` of this folder beside `files` of the extension and those written out, and reads what it
/// prints.
fn run(script: &str, files: &[&str], written: &[(&str, String)], input: &Value) -> Value {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &Path| {
        let name = from.file_name().unwrap();
        std::fs::copy(from, folder.path().join(name)).unwrap_or_else(|e| panic!("{}: {e}", from.display()));
    };
    copy(&tests.join("contract").join(script));
    files.iter().for_each(|file| copy(&tests.join("../extension").join(file)));
    let modules = ("package.json", r#"{"type": "module"}"#.to_owned());
    for (name, text) in written.iter().chain([&modules]) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut node = Command::new(NODE.find().unwrap());
    node.arg(folder.path().join(script)).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = node.spawn().unwrap();
    running.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = running.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{script}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}
