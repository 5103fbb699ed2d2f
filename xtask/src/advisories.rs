//! Known weaknesses of the dependencies, by cargo-deny and the RustSec database.
//!
//! The database is on the network, so a check can be impossible. That is said aloud, and a release is refused
//! then; another build goes on. What is known and accepted stands in `deny.toml`, each with a reason. Leaves
//! out licences and sources: CI checks them without the network (`licences`, `tidy`).

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::{Workspace, cargo};

/// The result of the check.
#[derive(Debug, PartialEq, Eq)]
enum Checked {
    /// Nothing that is not in `deny.toml`.
    Clean,
    /// An advisory that is not there, or an entry there that fits none.
    Found,
    /// It could not be done, for this reason.
    Not(&'static str),
}

/// Checks the advisories. Where that cannot be done, it is said; for a release it is an error.
///
/// # Errors
/// When an advisory is not in `deny.toml`, or when nothing could be checked for a release.
pub(crate) fn check(workspace: &Workspace, is_release: bool) -> Result<()> {
    let deny = |arguments: &[&str]| -> Result<bool> {
        let mut command: Command = cargo();
        command.arg("deny").args(arguments).current_dir(&workspace.root);
        Ok(command.status().context("cannot start cargo")?.success())
    };
    let checked = look(deny)?;
    report(&checked, is_release)
}

fn look(deny: impl Fn(&[&str]) -> Result<bool>) -> Result<Checked> {
    if !deny(&["--version"])? {
        return Ok(Checked::Not(
            "cargo-deny is not installed. Install it: cargo install --locked cargo-deny",
        ));
    }
    if !deny(&["fetch", "db"])? {
        return Ok(Checked::Not("the database of advisories cannot be reached"));
    }
    // Just fetched, so that a failure now is about the dependencies.
    let is_clean = deny(&["--locked", "check", "--disable-fetch", "advisories"])?;
    Ok(if is_clean { Checked::Clean } else { Checked::Found })
}

fn report(checked: &Checked, is_release: bool) -> Result<()> {
    match checked {
        Checked::Clean => println!("Advisories: nothing but what deny.toml names."),
        Checked::Found => bail!("a dependency has an advisory that deny.toml does not name; see above"),
        Checked::Not(why) if is_release => bail!("advisories NOT CHECKED: {why}. A release needs the check"),
        Checked::Not(why) => println!("ADVISORIES NOT CHECKED: {why}. This is no release."),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers of cargo-deny to its version, the fetch and the check.
    fn looked(answers: [bool; 3]) -> Checked {
        look(|arguments| {
            Ok(match arguments {
                ["--version"] => answers[0],
                ["fetch", ..] => answers[1],
                _ => answers[2],
            })
        })
        .unwrap()
    }

    #[test]
    fn a_release_needs_the_check_and_another_build_says_that_there_was_none() {
        assert!(matches!(looked([false, true, true]), Checked::Not(_)));
        assert!(matches!(looked([true, false, true]), Checked::Not(_)));
        assert_eq!(looked([true, true, true]), Checked::Clean);
        assert_eq!(looked([true, true, false]), Checked::Found);
        let not = Checked::Not("no network");
        assert!(report(&not, false).is_ok());
        assert!(report(&not, true).unwrap_err().to_string().contains("NOT CHECKED: no network"));
        for is_release in [false, true] {
            assert!(
                report(&Checked::Clean, is_release).is_ok() && report(&Checked::Found, is_release).is_err()
            );
        }
    }

    #[test]
    fn every_accepted_advisory_has_a_reason() {
        let file: toml_edit::DocumentMut = include_str!("../../deny.toml").parse().unwrap();
        let ignored = file["advisories"]["ignore"].as_array().unwrap();
        let ids: Vec<_> = ignored
            .iter()
            .map(|entry| {
                let entry = entry.as_inline_table().unwrap();
                assert!(entry.get("reason").and_then(|reason| reason.as_str()).unwrap().len() > 40);
                entry.get("id").and_then(|id| id.as_str()).unwrap()
            })
            .collect();
        assert_eq!(ids, ["RUSTSEC-2023-0071", "RUSTSEC-2024-0436"]);
    }
}
