//! The Chromium process: which binary, which arguments, its debugging pipe, its profile, and its end.
//!
//! The pipe is `--remote-debugging-pipe`: Chromium reads commands from file descriptor 3 and writes to 4, so
//! no port is open and no driver is needed (and `Extensions.loadUnpacked` is allowed only this way). Nothing
//! of a run is left behind: the profile is a folder of its own that goes when the process has gone.

use std::fs::File;
use std::io::{PipeReader, PipeWriter, pipe};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};
use command_fds::{CommandFdExt, FdMapping};
use nix::unistd::geteuid;
use tempfile::TempDir;

use crate::browser::LaunchOptions;
use crate::browser::program::{Program, end, last_lines, remove};

const PROGRAM: Program = Program {
    name: "Chromium",
    variable: "SAMLIGHT_CHROMIUM",
    places: &["/usr/bin/chromium", "chromium", "google-chrome"],
    package: "chromium",
};

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
    // Chromium's own questions to its makers: none of a test's business.
    "--disable-features=OptimizationHints,OptimizationGuideModelDownloading,AutofillServerCommunication",
    // Heap snapshots cut strings at 1024 characters unless told otherwise; the search for secrets needs them
    // whole.
    "--js-flags=--heap-snapshot-string-limit=100000000",
];

/// A running Chromium and what it writes to.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Goes with the process: the log, and the profile unless it was given.
    folder: Option<TempDir>,
    /// The file with what Chromium wrote to its standard error.
    log: PathBuf,
}

impl Process {
    /// Starts Chromium with a fresh profile, or the given one; gives the ends of the pipe that are ours:
    /// commands in, answers out.
    pub(super) fn start(options: &LaunchOptions) -> Result<(Self, PipeWriter, PipeReader)> {
        let binary = PROGRAM.find()?;
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
        last_lines(&self.log)
    }

    /// Whether the process has ended.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Process {
    /// Waits for the end that the caller asked for, forces it when it does not come, and removes its folder.
    fn drop(&mut self) {
        end(&mut self.child);
        if let Some(folder) = self.folder.take() {
            remove(folder);
        }
    }
}

fn arguments(options: &LaunchOptions) -> Vec<String> {
    let mut arguments = vec![
        format!("--window-size={},{}", options.window.0, options.window.1),
        format!("--lang={}", options.language),
        format!("--accept-lang={}", options.language),
    ];
    if options.headless {
        arguments.extend(
            ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--mute-audio"].map(String::from),
        );
    }
    if let Some(front) = &options.front {
        arguments.extend(front.chromium_arguments());
    }
    if let Some(folder) = &options.installed {
        arguments.push(format!("--load-extension={}", folder.display()));
    }
    if geteuid().is_root() {
        // Chromium refuses to run as root with its sandbox; everyone else keeps the sandbox.
        arguments.push("--no-sandbox".to_owned());
    }
    arguments
}
