//! The request that the arguments of a test target make, in the words that `cargo test` uses.

use anyhow::{Context, Result, bail, ensure};

/// The scenarios to run, and how often.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selection {
    /// Only print the names.
    pub(super) list: bool,
    /// The number of rounds.
    pub(super) repeat: usize,
    exact: bool,
    names: Vec<String>,
}

/// The arguments that cargo or a person may pass on and that change nothing here.
const WITHOUT_EFFECT: &[&str] = &["-q", "--quiet", "--nocapture", "--no-capture", "--show-output"];

impl Selection {
    pub(super) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut selection = Selection { list: false, repeat: 1, exact: false, names: Vec::new() };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--list" => selection.list = true,
                "--exact" => selection.exact = true,
                "--repeat" => {
                    let rounds = arguments.next().context("--repeat wants a number of rounds")?;
                    selection.repeat =
                        rounds.parse().with_context(|| format!("--repeat {rounds}: no number"))?;
                    ensure!(selection.repeat > 0, "--repeat 0 would test nothing");
                }
                known if WITHOUT_EFFECT.contains(&known) => {}
                unknown if unknown.starts_with('-') => {
                    bail!("unknown option {unknown}; known: --list, --exact, --repeat N, and parts of names")
                }
                _ => selection.names.push(argument),
            }
        }
        Ok(selection)
    }

    pub(super) fn chooses(&self, name: &str) -> bool {
        let fits = |wanted: &String| if self.exact { name == wanted } else { name.contains(wanted.as_str()) };
        self.names.is_empty() || self.names.iter().any(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Selection> {
        Selection::parse(arguments.iter().map(|it| (*it).to_owned()))
    }

    #[test]
    fn chooses_by_part_of_the_name_or_exactly() -> Result<()> {
        assert!(parse(&[])?.chooses("anything"));
        let parts = parse(&["worker", "popup"])?;
        assert!(parts.chooses("the worker stops") && parts.chooses("a popup") && !parts.chooses("a page"));
        let exact = parse(&["--exact", "a page"])?;
        assert!(exact.chooses("a page") && !exact.chooses("a page opens"));
        Ok(())
    }

    #[test]
    fn refuses_what_it_does_not_know() -> Result<()> {
        assert_eq!(parse(&["--repeat", "20", "--nocapture"])?.repeat, 20);
        assert!(parse(&["--repeat", "0"]).is_err());
        assert!(parse(&["--repeat"]).is_err());
        assert!(parse(&["--shuffle"]).is_err());
        Ok(())
    }
}
