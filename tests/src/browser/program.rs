//! A browser's program: finding it, its log, its end and what it leaves.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use tempfile::TempDir;

use crate::wait::until_within;

/// The time that a browser may take to end after it was asked to.
const END_DEADLINE: Duration = Duration::from_secs(10);

/// The way to find a browser.
pub(super) struct Program {
    /// For people.
    pub(super) name: &'static str,
    /// Names one to use instead of those that are looked for.
    pub(super) variable: &'static str,
    /// Looked for in this order: paths as they are, names in PATH.
    pub(super) places: &'static [&'static str],
    /// Debian's package.
    pub(super) package: &'static str,
}

impl Program {
    /// The program to start.
    ///
    /// # Errors
    /// There is none; says how to get one.
    pub(super) fn find(&self) -> Result<PathBuf> {
        self.find_in(env::var_os(self.variable), env::var_os("PATH").as_ref())
    }

    fn find_in(&self, named: Option<OsString>, path: Option<&OsString>) -> Result<PathBuf> {
        if let Some(named) = named {
            let named = PathBuf::from(named);
            ensure!(named.is_file(), "{} names {}, which is no file", self.variable, named.display());
            return Ok(named);
        }
        let folders: Vec<_> = path.into_iter().flat_map(env::split_paths).collect();
        for place in self.places {
            let place = Path::new(place);
            if place.is_absolute() && place.is_file() {
                return Ok(place.to_owned());
            }
            if let Some(found) = folders.iter().map(|folder| folder.join(place)).find(|file| file.is_file()) {
                return Ok(found);
            }
        }
        bail!(
            "no {} found (looked for {}). Install it (Debian: apt-get install {}) or name one in {}",
            self.name,
            self.places.join(", "),
            self.package,
            self.variable
        )
    }
}

/// The last lines of a browser's log.
pub(super) fn last_lines(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

/// Waits for the end that the browser was asked for, and forces it when it does not come.
pub(super) fn end(child: &mut Child) {
    let ended = until_within(END_DEADLINE, "the browser's end", || {
        ensure!(!matches!(child.try_wait(), Ok(None)), "it still runs");
        Ok(())
    });
    if ended.is_err() {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Removes a browser's folder. Its other processes may still write for a moment after the first one has
/// ended.
pub(super) fn remove(folder: TempDir) {
    let folder = folder.keep();
    let removed = until_within(END_DEADLINE, "the profile to go", || Ok(fs::remove_dir_all(&folder)?));
    if removed.is_err() {
        eprintln!("left behind: {}", folder.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;
    use std::fs::File;

    const PROGRAM: Program = Program {
        name: "Some browser",
        variable: "SOME_BROWSER",
        places: &["some-browser"],
        package: "some-package",
    };

    #[test]
    fn a_named_browser_wins_and_must_exist() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let browser = folder.path().join("my-browser");
        let named = Some(OsString::from(&browser));
        let error = PROGRAM.find_in(named.clone(), None).err().context("it was found")?;
        assert!(error.to_string().contains(PROGRAM.variable), "{error}");
        File::create(&browser)?;
        assert_eq!(PROGRAM.find_in(named, None)?, browser);
        Ok(())
    }

    #[test]
    fn looks_in_path_and_says_what_to_do_when_there_is_none() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = Some(OsString::from(folder.path()));
        let error = PROGRAM.find_in(None, path.as_ref()).err().context("it was found")?;
        assert!(error.to_string().contains("apt-get install some-package"), "{error}");
        File::create(folder.path().join("some-browser"))?;
        assert_eq!(PROGRAM.find_in(None, path.as_ref())?, folder.path().join("some-browser"));
        Ok(())
    }
}
