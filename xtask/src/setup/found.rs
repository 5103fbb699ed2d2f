//! Looking for what is on the machine: where it is, in which version, and whether that version does.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::locks::release::{Range, Release};
use crate::run::quiet_output;

/// The result of looking for a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// It is there: where, and in which version.
    There(String),
    Missing,
    /// It is there and does not do: why.
    Unfit(String),
}

impl Found {
    pub(crate) fn is_there(&self) -> bool {
        matches!(self, Self::There(_))
    }
}

/// Something installed whose version matters.
pub(crate) struct Versioned {
    pub(crate) name: String,
    /// Its own words about itself, with a release in them.
    pub(crate) says: String,
    /// The range that the release must be in; empty when any will do.
    pub(crate) range: &'static str,
}

impl Versioned {
    /// Its name and release; or, as an error, why it does not do.
    fn judged(&self) -> Result<String, String> {
        let Self { name, says, range } = self;
        let release = Release::within(says).ok_or_else(|| format!("{name} does not say its version"))?;
        // A range that cannot be read is a fault of the table; its test finds it.
        let does = Range::read(range).is_ok_and(|range| range.holds(&release));
        if does {
            Ok(format!("{name} {release}"))
        } else {
            Err(format!("{name} is {release}; needed is {range}"))
        }
    }
}

/// All of them must do.
pub(crate) fn judged(all: &[Versioned]) -> Found {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for one in all {
        match one.judged() {
            Ok(text) => good.push(text),
            Err(text) => bad.push(text),
        }
    }
    if bad.is_empty() { Found::There(good.join(", ")) } else { Found::Unfit(bad.join(", ")) }
}

/// A program, by what it says of its version.
pub(crate) fn versioned(place: Option<String>, argument: &str, range: &'static str) -> Found {
    let Some(name) = place else { return Found::Missing };
    let says = quiet_output(Command::new(&name).arg(argument)).unwrap_or_default();
    judged(&[Versioned { name, says, range }])
}

/// The program that a variable names, else the first of `names` on the search path.
pub(crate) fn program(variable: Option<&str>, names: &[&str]) -> Option<String> {
    if let Some(given) = variable.and_then(std::env::var_os) {
        return resolve(Path::new(&given));
    }
    names.iter().find_map(|name| resolve(Path::new(name)))
}

/// A program as the shell would find it: a path with a folder as it is, a bare name on the search path.
fn resolve(program: &Path) -> Option<String> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let bare = program.components().count() == 1;
    let mut candidates = std::env::split_paths(&folders).map(|folder| folder.join(program));
    let found: Option<PathBuf> =
        if bare { candidates.find(|path| path.is_file()) } else { Some(program.to_owned()) };
    found.filter(|path| path.is_file()).map(|path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_looked_for_and_a_path_is_taken_as_it_is() {
        assert!(resolve(Path::new("sh")).is_some_and(|path| path.ends_with("/sh")));
        assert_eq!(resolve(Path::new("no-such-program-here")), None);
        assert_eq!(resolve(Path::new("/no/such/program")), None);
    }

    #[test]
    fn a_version_does_or_does_not_and_both_are_said() {
        let one = |says: &str, range| Versioned { name: "x".into(), says: says.into(), range };
        assert_eq!(judged(&[one("x 140.2 (built)", ">=140")]), Found::There("x 140.2".into()));
        let told = "x is 2.0.1; needed is >=1.13,<2".to_owned();
        assert_eq!(judged(&[one("1.0", ""), one("2.0.1", ">=1.13,<2")]), Found::Unfit(told));
        assert_eq!(judged(&[one("?", "")]), Found::Unfit("x does not say its version".into()));
        assert_eq!(versioned(None, "--version", ""), Found::Missing);
        assert!(matches!(versioned(Some("false".into()), "", ""), Found::Unfit(_)));
    }
}
