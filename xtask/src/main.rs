//! `cargo xtask`: the single door to Samlight's set-up, builds, tests and releases.
//!
//! Each command is one row of [`COMMANDS`] and one file. This file only reads the command line; the
//! commands say on standard output what they do before they do it, and errors say what to do next.

mod advisories;
mod bench;
mod bindings;
mod build;
mod cases;
mod check;
mod cli;
mod corpus;
mod demo;
mod dist;
mod fuzz;
mod icons;
mod kinds;
mod languages;
mod licences;
mod locks;
mod long;
mod manifest;
mod new;
mod package;
mod parts;
mod run;
mod sbom;
mod setup;
mod sizes;
mod split;
mod tidy;
mod toolchain;
mod web_ext;
mod workspace;
mod zip;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

/// One command of `cargo xtask`.
struct Command {
    name: &'static str,
    summary: &'static str,
    /// The text that `--help` prints after the summary: usage, options, variables.
    help: &'static str,
    run: fn(Vec<OsString>) -> Result<()>,
}

/// The command has failed and has said so; nothing is left to print.
#[derive(Debug)]
pub(crate) struct AlreadyReported;

impl std::fmt::Display for AlreadyReported {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("failed, as reported above")
    }
}

impl std::error::Error for AlreadyReported {}

const COMMANDS: &[Command] = &[
    Command { name: "setup", summary: setup::SUMMARY, help: setup::HELP, run: setup::main },
    Command { name: "build", summary: build::SUMMARY, help: build::HELP, run: build::main },
    Command { name: "demo", summary: demo::SUMMARY, help: demo::HELP, run: demo::main },
    Command { name: "test", summary: check::TEST_SUMMARY, help: check::TEST_HELP, run: check::test_command },
    Command { name: "check", summary: check::SUMMARY, help: check::HELP, run: check::main },
    Command { name: "bench", summary: bench::SUMMARY, help: bench::HELP, run: bench::main },
    Command { name: "fuzz", summary: fuzz::SUMMARY, help: fuzz::HELP, run: fuzz::main },
    Command { name: "long", summary: long::SUMMARY, help: long::HELP, run: long::main },
    Command { name: "tidy", summary: tidy::SUMMARY, help: tidy::HELP, run: tidy::main },
    Command { name: "corpus", summary: corpus::SUMMARY, help: corpus::HELP, run: corpus::main },
    Command { name: "new", summary: new::SUMMARY, help: new::HELP, run: new::main },
    Command { name: "cli", summary: cli::SUMMARY, help: cli::HELP, run: cli::main },
    Command { name: "dist", summary: dist::SUMMARY, help: dist::HELP, run: dist::main },
];

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let name = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    if name.is_empty() || name == "--help" || name == "-h" || name == "help" {
        print!("{}", overview());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| name == command.name) else {
        eprintln!("error: there is no command `{}`\n\n{}", name.to_string_lossy(), overview());
        return ExitCode::from(2);
    };
    if asks_for_help(&rest) {
        println!("{}.\n\n{}", command.summary, command.help.trim_end());
        return ExitCode::SUCCESS;
    }
    match (command.run)(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<AlreadyReported>() => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The list of commands, for `--help` and after a wrong name.
fn overview() -> String {
    let mut text = String::from("Usage: cargo xtask <command> [options]\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<6} {}\n", command.name, command.summary));
    }
    text.push_str("\n`cargo xtask <command> --help` says more about one command.\n");
    text
}

/// Whether help is asked for; what comes after `--` belongs to another program.
fn asks_for_help(arguments: &[OsString]) -> bool {
    arguments.iter().take_while(|argument| *argument != "--").any(|a| a == "--help" || a == "-h")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_listed_once_with_its_help() {
        let text = overview();
        for command in COMMANDS {
            assert_eq!(text.matches(&format!("\n  {:<6} ", command.name)).count(), 1, "{}", command.name);
            assert!(command.help.starts_with("Usage: cargo xtask "), "{}", command.name);
        }
    }

    #[test]
    fn help_behind_the_dashes_is_for_the_other_program() {
        let arguments = |list: &[&str]| list.iter().map(OsString::from).collect::<Vec<_>>();
        assert!(asks_for_help(&arguments(&["core", "--help"])));
        assert!(!asks_for_help(&arguments(&["core", "--", "--help"])));
    }
}
