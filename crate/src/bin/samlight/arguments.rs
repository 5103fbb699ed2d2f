//! Arguments that several commands have, as the command line describes them and as a command reads them.
//!
//! The names of values (FILE, URL …) are the same in every language; what is said of an argument is in the
//! catalogue.

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use samlight::base::catalogue::Text;
use std::ffi::{OsStr, OsString};

/// The name of the files that are looked at.
pub(crate) const FILES: &str = "FILE";

/// Any number of files to look at.
pub(crate) fn files(help: &Text) -> Arg {
    file(help).num_args(1..)
}

/// One file to look at.
pub(crate) fn file(help: &Text) -> Arg {
    Arg::new(FILES).value_parser(value_parser!(OsString)).help(help.to_string())
}

/// An option that is given or not.
pub(crate) fn flag(name: &'static str, help: &Text) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help.to_string())
}

/// An option with a text.
pub(crate) fn text(name: &'static str, value: &'static str, help: &Text) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help.to_string())
}

/// An option with a file.
pub(crate) fn path(name: &'static str, help: &Text) -> Arg {
    text(name, FILES, help).value_parser(value_parser!(OsString))
}

/// An option with a folder.
pub(crate) fn folder(name: &'static str, help: &Text) -> Arg {
    text(name, "FOLDER", help).value_parser(value_parser!(OsString))
}

/// An option with a file that can be given again.
pub(crate) fn paths(name: &'static str, help: &Text) -> Arg {
    path(name, help).action(ArgAction::Append)
}

/// The text given for an option.
pub(crate) fn text_of(given: &ArgMatches, name: &str) -> Option<String> {
    given.get_one::<String>(name).cloned()
}

/// The file given as argument or option.
pub(crate) fn path_of<'g>(given: &'g ArgMatches, name: &str) -> Option<&'g OsStr> {
    given.get_one::<OsString>(name).map(OsString::as_os_str)
}

/// The files given as arguments, or with an option that can be given again.
pub(crate) fn paths_of<'g>(given: &'g ArgMatches, name: &str) -> Vec<&'g OsStr> {
    given.get_many::<OsString>(name).into_iter().flatten().map(OsString::as_os_str).collect()
}
