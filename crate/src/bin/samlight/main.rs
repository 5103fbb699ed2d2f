//! The command line of Samlight. It reads the arguments, runs one command and exits with 0, with 1 when the
//! command found a warning or an error, with 2 when it could not run.
//!
//! A command is one row of [`COMMANDS`] and one file.

mod check;
mod export;
mod input;
mod inspect;
mod scim;
mod serve;

use lexopt::{Arg, Parser, ValueExt};
use samlight::{base::catalogue::Text, text};
use std::{io::Write, process::ExitCode};

/// One command.
struct Command {
    name: &'static str,
    /// Its purpose, with its options.
    summary: fn() -> Text,
    /// Reads its options and runs.
    run: fn(&mut Parser, &mut dyn Write) -> Result<ExitOutcome, Problem>,
}

/// The commands.
const COMMANDS: [Command; 5] =
    [inspect::COMMAND, check::COMMAND, scim::COMMAND, export::COMMAND, serve::COMMAND];

/// The outcome of a command that could run.
enum ExitOutcome {
    /// Nothing to complain of.
    Good,
    /// There is a warning or an error in what was looked at.
    Found,
}

/// The reason why a command could not run, or not on everything; a sentence for people.
struct Problem(String);

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let outcome = run(&mut Parser::from_env(), &mut out).and_then(|outcome| {
        out.flush()?;
        Ok(outcome)
    });
    match outcome {
        Ok(ExitOutcome::Good) => ExitCode::SUCCESS,
        Ok(ExitOutcome::Found) => ExitCode::from(1),
        Err(Problem(problem)) => {
            report(&problem);
            ExitCode::from(2)
        }
    }
}

fn run(parser: &mut Parser, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    match parser.next()? {
        Some(Arg::Long("help") | Arg::Short('h')) => {
            writeln!(out, "{}\n\n{}", text!("cli.usage"), text!("cli.commands"))?;
            for command in &COMMANDS {
                writeln!(out, "  {}", (command.summary)())?;
            }
            writeln!(out, "\n{}\n{}", text!("cli.help-option"), text!("cli.exit-codes"))?;
            Ok(ExitOutcome::Good)
        }
        Some(Arg::Long("version") | Arg::Short('V')) => {
            writeln!(out, "samlight {}", env!("CARGO_PKG_VERSION"))?;
            Ok(ExitOutcome::Good)
        }
        Some(Arg::Value(name)) => {
            let name = name.string()?;
            let command = COMMANDS.iter().find(|command| command.name == name);
            let command =
                command.ok_or_else(|| Problem::from(text!("cli.unknown-command", command = name)))?;
            (command.run)(parser, out)
        }
        Some(argument) => Err(argument.unexpected().into()),
        None => Err(text!("cli.no-command").into()),
    }
}

/// Writes a problem to standard error.
fn report(problem: &str) {
    eprintln!("{}", text!("cli.problem", problem = problem));
}

impl From<Text> for Problem {
    fn from(text: Text) -> Self {
        Problem(text.to_string())
    }
}

impl From<lexopt::Error> for Problem {
    fn from(error: lexopt::Error) -> Self {
        Problem(error.to_string())
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Problem(error.to_string())
    }
}
