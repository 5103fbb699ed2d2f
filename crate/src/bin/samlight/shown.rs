//! `samlight FILE…`, without the name of a command: what is in the files, by what they are.
//!
//! A file is read once, by its content: SAML messages are shown as `samlight inspect` shows them, a log, an
//! export, an address or an error text as `samlight explain` says it.

use crate::{
    ExitOutcome, Problem, arguments, input,
    inspect::{self, Look},
    no_such_command, scim,
};
use clap::ArgMatches;
use samlight::{file::FileRead, text};
use std::{ffi::OsStr, io::Write};

pub(crate) fn arguments(program: clap::Command) -> clap::Command {
    program
        .arg(arguments::files(&text!("cli.shown.file")))
        .arg(arguments::flag("json", &text!("cli.json")))
        .override_usage("samlight [--json] FILE...\n       samlight COMMAND ...")
        .subcommand_value_name("COMMAND")
}

pub(crate) fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    let look = Look { json: given.get_flag("json"), ..Look::default() };
    input::each(&arguments::paths_of(given, arguments::FILES), |file| {
        let read = input::read_file(file)?;
        match read {
            FileRead { statements, .. } if !statements.is_empty() => scim::print(&statements, look.json, out),
            read => inspect::print(&input::shown(file), read, &look, out),
        }
    })
}

/// The words for a file that is not there, where its name looks like that of a command.
pub(crate) fn no_such(file: &OsStr) -> Option<Problem> {
    file.to_str().filter(|name| name.chars().all(|c| c.is_ascii_alphabetic())).map(no_such_command)
}
