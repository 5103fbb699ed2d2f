//! The Firefox process: which program, which preferences, its port, its profile, and its end.

use std::fmt::Write;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::LaunchOptions;
use crate::browser::program::{Program, end, last_lines, remove};
use crate::wait::{Hopeless, until};

const PROGRAM: Program = Program {
    name: "Firefox",
    variable: "SAMLIGHT_FIREFOX",
    places: &["/usr/bin/firefox-esr", "firefox-esr", "firefox"],
    package: "firefox-esr",
};

/// A running Firefox and what it writes to.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// Goes with the process: the log, and the profile unless it was given.
    folder: Option<TempDir>,
    log: PathBuf,
}

impl Process {
    /// Starts Firefox with a fresh profile, or the given one, and connects to its port.
    pub(super) fn start(options: &LaunchOptions) -> Result<(Self, TcpStream)> {
        let binary = PROGRAM.find()?;
        let folder = tempfile::Builder::new()
            .prefix("samlight-browser-")
            .tempdir()
            .context("could not make a folder for the browser's profile")?;
        let log = folder.path().join("output.log");
        let profile = options.profile.clone().unwrap_or_else(|| folder.path().join("profile"));
        fs::create_dir_all(&profile)?;
        fs::write(profile.join("user.js"), preferences(options))?;
        let mut command = Command::new(&binary);
        // The second argument is what allows scripts in the browser's window.
        command.args(["--marionette", "--remote-allow-system-access", "--no-remote"]);
        if options.headless {
            command.arg("--headless");
        }
        let output = File::create(&log)?;
        command.arg("--profile").arg(&profile).stdin(Stdio::null());
        command.stdout(output.try_clone()?).stderr(output);
        let child = command.spawn().with_context(|| format!("could not start {}", binary.display()))?;
        let mut process = Process { child, folder: Some(folder), log };
        let stream = process.connect(&profile)?;
        Ok((process, stream))
    }

    /// Firefox takes a free port and writes it into the profile.
    fn connect(&mut self, profile: &Path) -> Result<TcpStream> {
        until("Firefox's port", || {
            if self.has_ended() {
                return Err(Hopeless::error(format!("Firefox ended at once:\n{}", self.log_tail())));
            }
            let port = fs::read_to_string(profile.join("MarionetteActivePort"))?;
            ensure!(!port.is_empty(), "no port yet");
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port.trim().parse()?))?)
        })
    }

    /// The file that Firefox writes to.
    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// The last lines Firefox wrote.
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

/// The preferences of a run, as the lines of `user.js`.
fn preferences(options: &LaunchOptions) -> String {
    let mut all: Vec<(&str, Value)> = vec![
        ("marionette.port", json!(0)), // a free one
        // Mozilla's own list for automated runs: no updates, no reports, no first-run pages.
        ("remote.prefs.recommended", json!(true)),
        // Events are made in the page's own process, so that popup and sidebar get them as tabs do.
        ("remote.events.async.enabled", json!(false)),
        // The consoles of pages go to the log, and nothing that Firefox says of itself.
        ("devtools.console.stdout.content", json!(true)),
        ("devtools.console.stdout.chrome", json!(false)),
        ("browser.startup.page", json!(0)),
        ("intl.accept_languages", json!(options.language)),
        // Firefox would ask its makers whether there is a network.
        ("network.captive-portal-service.enabled", json!(false)),
        ("network.connectivity-service.enabled", json!(false)),
        // The input of one scenario is not offered to the next one.
        ("browser.formfill.enable", json!(false)),
        ("signon.rememberSignons", json!(false)),
        // An extension that is packed for a test is signed by nobody.
        ("xpinstall.signatures.required", json!(false)),
        // A question may be answered at once.
        ("security.notification_enable_delay", json!(0)),
        // The event page is stopped by the tests, not by time: a slow machine must not decide.
        ("extensions.background.idle.timeout", json!(600_000)),
    ];
    if let Some(front) = &options.front {
        all.extend([
            ("network.proxy.type", json!(1)),
            ("network.proxy.ssl", json!("127.0.0.1")),
            ("network.proxy.ssl_port", json!(front.proxy())),
            ("network.proxy.http", json!("127.0.0.1")),
            ("network.proxy.http_port", json!(front.proxy())),
        ]);
    }
    let mut lines = String::new();
    for (name, value) in all {
        let _ = writeln!(lines, "user_pref({}, {value});", json!(name)); // a String takes everything
    }
    lines
}
