//! Runs `samlight` as a person does.

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// The program with `arguments` and `input`: exit code, output, errors.
pub(crate) fn samlight(
    arguments: &[&str],
    input: &(impl AsRef<[u8]> + ?Sized),
) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_samlight"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    // A program that refuses its arguments does not read its input.
    let _ = running.stdin.take().unwrap().write_all(input.as_ref());
    let output = running.wait_with_output().unwrap();
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}
