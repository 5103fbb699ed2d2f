//! `samlight man`: the manual page of the program or of one command, in roff; or all of them, in a folder.

use crate::{COMMANDS, Command, ExitOutcome, Problem, arguments, program};
use clap::{Arg, ArgMatches, builder::PossibleValuesParser};
use clap_mangen::Man;
use samlight::text;
use std::io::Write;

pub(crate) const COMMAND: Command = Command { name: "man", about: || text!("cli.man"), arguments, run };

const OF: &str = "COMMAND";

fn arguments(command: clap::Command) -> clap::Command {
    let names = PossibleValuesParser::new(COMMANDS.iter().map(|command| command.name));
    command
        .arg(Arg::new(OF).value_parser(names).help(text!("cli.man.command").to_string()))
        .arg(arguments::folder("all", &text!("cli.man.all")).conflicts_with(OF))
}

fn run(given: &ArgMatches, out: &mut dyn Write) -> Result<ExitOutcome, Problem> {
    if let Some(folder) = arguments::path_of(given, "all") {
        clap_mangen::generate_to(program(), folder)?;
        return Ok(ExitOutcome::Good);
    }
    let mut program = program();
    program.build();
    let of = given.get_one::<String>(OF).and_then(|name| program.find_subcommand(name)).unwrap_or(&program);
    let mut page = Vec::new();
    Man::new(of.clone()).render(&mut page)?;
    out.write_all(&page)?;
    Ok(ExitOutcome::Good)
}
