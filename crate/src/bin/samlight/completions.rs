//! `samlight completions`: a script with which a shell completes the command line.

use crate::{Command, ExitOutcome, Problem, program};
use clap::{Arg, ArgMatches, value_parser};
use clap_complete::Shell;
use samlight::text;
use std::io::Write;

pub(crate) const COMMAND: Command =
    Command { name: "completions", about: || text!("cli.completions"), arguments, run };

const SHELL: &str = "SHELL";

fn arguments(command: clap::Command) -> clap::Command {
    let shell = Arg::new(SHELL).required(true).value_parser(value_parser!(Shell));
    command.arg(shell.help(text!("cli.completions.shell").to_string()))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let mut script = Vec::new();
    if let Some(shell) = given.get_one::<Shell>(SHELL) {
        clap_complete::generate(*shell, &mut program(), "samlight", &mut script);
    }
    out.write_all(&script)?;
    Ok(ExitOutcome::Good)
}
