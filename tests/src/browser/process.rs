//! The Chromium process: which binary, which arguments, its debugging pipe, its profile, and its end.
//!
//! The pipe is `--remote-debugging-pipe`: Chromium reads commands from file descriptor 3 and writes to 4, so no
//! port is open and no driver is needed (and `Extensions.loadUnpacked` is allowed only this way). Nothing of a
//! run is left behind: the profile is a folder of its own that goes when the process has gone.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter, pipe};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use command_fds::{CommandFdExt, FdMapping};
use nix::unistd::geteuid;
use tempfile::TempDir;

use super::LaunchOptions;
use crate::wait::until_within;

/// Names a browser the harness should use instead of the ones it looks for.
pub const BROWSER_VARIABLE: &str = "SAMLIGHT_CHROMIUM";

/// Looked for in this order: Debian's place, then these names in PATH.
const USUAL_PLACES: &[&str] = &["/usr/bin/chromium", "chromium", "google-chrome"];

/// Always given. Each keeps the browser quiet or the run repeatable.
const ARGUMENTS: &[&str] = &[
    "--remote-debugging-pipe",
    "--enable-unsafe-extension-debugging", // Extensions.loadUnpacked and Extensions.triggerAction
    "--enable-automation",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-search-engine-choice-screen",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--password-store=basic", // no question to the desktop's key ring
    "--use-mock-keychain",
    "--lang=en-US",
    // Chromium's own questions to its makers: none of a test's business.
    "--disable-features=OptimizationHints,OptimizationGuideModelDownloading,AutofillServerCommunication",
    // Heap snapshots cut strings at 1024 characters unless told otherwise; the search for secrets needs them whole.
    "--js-flags=--heap-snapshot-string-limit=100000000",
];

/// How long Chromium may take to end after it was asked to.
const END_DEADLINE: Duration = Duration::from_secs(10);

/// A running Chromium and what it writes to.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Goes with the process: the log, and the profile unless it was given.
    folder: Option<TempDir>,
    /// What Chromium wrote to its standard error.
    log: PathBuf,
}

impl Process {
    /// Starts Chromium with a fresh profile, or the given one; gives the ends of the pipe that are ours: commands in, answers out.
    pub(super) fn start(options: &LaunchOptions) -> Result<(Self, PipeWriter, PipeReader)> {
        let binary = find_browser()?;
        let folder = tempfile::Builder::new()
            .prefix("samlight-browser-")
            .tempdir()
            .context("could not make a folder for the browser's profile")?;
        let log = folder.path().join("stderr.log");
        let profile = options.profile.clone().unwrap_or_else(|| folder.path().join("profile"));
        let (commands_out, commands_in) = pipe().context("could not make the debugging pipe")?;
        let (answers_out, answers_in) = pipe().context("could not make the debugging pipe")?;

        let mut command = Command::new(&binary);
        command
            .args(ARGUMENTS)
            .args(arguments(options))
            .arg(format!("--user-data-dir={}", profile.display()))
            .args(&options.arguments)
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .fd_mappings(vec![
                FdMapping { parent_fd: commands_out.into(), child_fd: 3 },
                FdMapping { parent_fd: answers_in.into(), child_fd: 4 },
            ])
            .context("could not put the debugging pipe in place")?;
        let child = command.spawn().with_context(|| format!("could not start {}", binary.display()))?;
        Ok((Process { child, folder: Some(folder), log }, commands_in, answers_out))
    }

    /// The last lines Chromium wrote to its standard error.
    pub(super) fn log_tail(&self) -> String {
        let text =
            fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Whether the process has ended.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    /// Waits for the end that the caller asked for, forces it when it does not come, and removes its folder.
    fn drop(&mut self) {
        let ended = until_within(END_DEADLINE, "Chromium's end", || {
            ensure!(self.has_ended(), "it still runs");
            Ok(())
        });
        if ended.is_err() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        if let Some(folder) = self.folder.take() {
            let folder = folder.keep();
            // Chromium's other processes may still write for a moment after the first one has ended.
            let removed =
                until_within(END_DEADLINE, "the profile to go", || Ok(fs::remove_dir_all(&folder)?));
            if removed.is_err() {
                eprintln!("left behind: {}", folder.display());
            }
        }
    }
}

fn arguments(options: &LaunchOptions) -> Vec<String> {
    let mut arguments = vec![format!("--window-size={},{}", options.window.0, options.window.1)];
    if options.headless {
        arguments.extend(
            ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--mute-audio"].map(String::from),
        );
    }
    if geteuid().is_root() {
        // Chromium refuses to run as root with its sandbox; everyone else keeps the sandbox.
        arguments.push("--no-sandbox".to_owned());
    }
    arguments
}

/// The browser to use.
fn find_browser() -> Result<PathBuf> {
    find_browser_in(env::var_os(BROWSER_VARIABLE), env::var_os("PATH").as_ref(), USUAL_PLACES)
}

fn find_browser_in(named: Option<OsString>, path: Option<&OsString>, places: &[&str]) -> Result<PathBuf> {
    if let Some(named) = named {
        let named = PathBuf::from(named);
        ensure!(named.is_file(), "{BROWSER_VARIABLE} names {}, which is no file", named.display());
        return Ok(named);
    }
    let folders: Vec<_> = path.into_iter().flat_map(env::split_paths).collect();
    for place in places {
        let place = Path::new(place);
        if place.is_absolute() && place.is_file() {
            return Ok(place.to_owned());
        }
        if let Some(found) = folders.iter().map(|folder| folder.join(place)).find(|file| file.is_file()) {
            return Ok(found);
        }
    }
    bail!(
        "no Chromium found (looked for {}). Install it (Debian: apt-get install chromium) or name one in {BROWSER_VARIABLE}",
        places.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_browser_wins_and_must_exist() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let browser = folder.path().join("my-browser");
        let named = Some(OsString::from(&browser));
        let error = find_browser_in(named.clone(), None, USUAL_PLACES).err().context("it was found")?;
        assert!(error.to_string().contains(BROWSER_VARIABLE), "{error}");
        File::create(&browser)?;
        assert_eq!(find_browser_in(named, None, USUAL_PLACES)?, browser);
        Ok(())
    }

    #[test]
    fn looks_in_path_and_says_what_to_do_when_there_is_none() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = Some(OsString::from(folder.path()));
        let error = find_browser_in(None, path.as_ref(), &["some-browser"]).err().context("it was found")?;
        assert!(error.to_string().contains("apt-get install chromium"), "{error}");
        File::create(folder.path().join("some-browser"))?;
        assert_eq!(
            find_browser_in(None, path.as_ref(), &["some-browser"])?,
            folder.path().join("some-browser")
        );
        Ok(())
    }
}
