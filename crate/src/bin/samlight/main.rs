//! The command line of Samlight. It reads the arguments, runs one command and exits with 0, with 1 when the
//! command found a warning or an error, with 2 when it could not run.
//!
//! A command is one row of [`COMMANDS`] and one file. Without the name of a command the files are shown by
//! what they are ([`shown`]).

mod arguments;
mod check;
mod compare;
mod completions;
mod explain;
mod export;
mod group;
mod input;
mod inspect;
mod log_file;
mod man;
mod scim;
mod serve;
mod shown;

use clap::{ArgMatches, error::ErrorKind};
use samlight::{base::catalogue::Text, text};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// One command.
struct Command {
    name: &'static str,
    /// Its purpose, and who needs it.
    about: fn() -> Text,
    /// Adds its arguments.
    arguments: fn(clap::Command) -> clap::Command,
    /// Runs with its arguments as they were given.
    run: fn(&ArgMatches, &mut dyn Write) -> Result<ExitOutcome, Problem>,
}

/// The commands.
const COMMANDS: [Command; 10] = [
    explain::COMMAND,
    inspect::COMMAND,
    check::COMMAND,
    compare::COMMAND,
    scim::COMMAND,
    group::COMMAND,
    export::COMMAND,
    serve::COMMAND,
    completions::COMMAND,
    man::COMMAND,
];

/// The outcome of a command that could run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExitOutcome {
    /// Nothing to complain of.
    Good,
    /// There is a warning or an error in what was looked at.
    Found,
}

impl ExitOutcome {
    /// The outcome where it is known whether there is a warning or an error.
    fn wrong(is_wrong: bool) -> Self {
        if is_wrong { ExitOutcome::Found } else { ExitOutcome::Good }
    }
}

/// The reason why a command could not run, or not on everything.
enum Problem {
    /// A sentence for people.
    Said(String),
    /// Nobody reads the output any more, as behind `head`: nothing is wrong.
    Unread,
}

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    let outcome = run(&mut out).and_then(|outcome| {
        out.flush()?;
        Ok(outcome)
    });
    match outcome {
        Ok(ExitOutcome::Good) | Err(Problem::Unread) => ExitCode::SUCCESS,
        Ok(ExitOutcome::Found) => ExitCode::from(1),
        Err(Problem::Said(problem)) => {
            report(&problem);
            ExitCode::from(2)
        }
    }
}

fn run(out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let matches = match program().try_get_matches() {
        Ok(matches) => matches,
        Err(asked) if matches!(asked.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            write!(out, "{}", asked.render())?;
            return Ok(ExitOutcome::Good);
        }
        Err(wrong) => return Err(Problem::Said(in_own_words(&wrong))),
    };
    match matches.subcommand() {
        Some((name, given)) => {
            let command = COMMANDS.iter().find(|command| command.name == name);
            (command.ok_or_else(|| no_such_command(name))?.run)(given, out)
        }
        None => shown::run(&matches, out),
    }
}

/// The whole command line.
fn program() -> clap::Command {
    let commands = COMMANDS.iter().map(|command| {
        (command.arguments)(clap::Command::new(command.name).about((command.about)().to_string()))
    });
    shown::arguments(clap::Command::new("samlight"))
        .about(text!("cli.about").to_string())
        .after_help(text!("cli.exit-codes").to_string())
        .version(VERSION)
        .disable_help_subcommand(true)
        .args_conflicts_with_subcommands(true)
        .subcommands(commands)
}

/// The words for a name that is neither that of a command nor of a file.
fn no_such_command(name: &str) -> Problem {
    let known: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
    text!("cli.unknown-command", command = name, known = known.join(", ")).into()
}

/// The version with the commit that it was built of, as `cargo xtask cli` tells both; a build that is not
/// told knows the version alone.
const VERSION: &str = match option_env!("SAMLIGHT_VERSION") {
    Some(version) => version,
    None => env!("CARGO_PKG_VERSION"),
};

/// The words of an error of the command line without their "error: ", which [`report`] says in its way.
fn in_own_words(error: &clap::Error) -> String {
    let said = error.render().to_string();
    said.strip_prefix("error: ").unwrap_or(&said).trim_end().to_owned()
}

/// Writes a problem to standard error.
fn report(problem: &str) {
    eprintln!("{}", text!("cli.problem", problem = problem));
}

impl From<Text> for Problem {
    fn from(text: Text) -> Self {
        Problem::Said(text.to_string())
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Problem::Unread,
            _ => Problem::Said(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clap checks of a command line: no name twice, no argument that cannot be given.
    #[test]
    fn the_command_line_holds_together() {
        program().debug_assert();
    }
}
