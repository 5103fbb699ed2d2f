//! One server of the lab: started on a free loopback port, awaited until it answers, and stopped with all its
//! children when it is dropped or when this process ends in whatever way.

use std::ffi::OsString;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::wire;

/// The way in which a server is started and known to be ready.
pub(super) struct Launch {
    /// Its name, for error texts.
    pub(super) name: &'static str,
    /// The Debian packages it needs, for error texts.
    pub(super) packages: &'static str,
    /// The file that its standard output and error go to.
    pub(super) log: PathBuf,
    /// The path that answers with `ready_text` in its body.
    pub(super) ready_path: &'static str,
    pub(super) ready_text: String,
    /// The command line for a port.
    pub(super) command: Box<dyn Fn(u16) -> Vec<OsString>>,
    pub(super) directory: PathBuf,
    pub(super) environment: Vec<(&'static str, PathBuf)>,
}

/// A running server.
#[derive(Debug)]
pub(super) struct Server {
    port: u16,
    keeper: Child,
}

/// The number of ports that are tried: between choosing one and listening on it another program may take it.
const PORTS_TRIED: usize = 5;
/// Far more than a start takes; only a machine that hangs reaches it.
const START_LIMIT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);

/// Runs the server in a group of its own and ends the group when standard input closes, which happens when
/// the owner drops it and also when the owner is killed. The exit status is the server's.
const KEEPER: &str = r#"
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ read -r _ <&3; kill -KILL 0; } &
wait "$server"
"#;

impl Server {
    pub(super) fn start(launch: &Launch) -> Result<Self> {
        for _ in 0..PORTS_TRIED {
            let mut server = Self::spawn(launch)?;
            if server.wait_until_ready(launch)? {
                return Ok(server);
            }
        }
        bail!("{} found no free port on 127.0.0.1 in {PORTS_TRIED} attempts", launch.name)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    fn spawn(launch: &Launch) -> Result<Self> {
        let port = free_port()?;
        let log = File::create(&launch.log)?;
        let keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, "sh"])
            .args((launch.command)(port))
            .current_dir(&launch.directory)
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()
            .with_context(|| format!("starting {}", launch.name))?;
        Ok(Self { port, keeper })
    }

    /// True when it answers, false when it stopped because another program has the port.
    fn wait_until_ready(&mut self, launch: &Launch) -> Result<bool> {
        let limit = Instant::now() + START_LIMIT;
        while Instant::now() < limit {
            if let Some(status) = self.keeper.try_wait()? {
                return if port_was_taken(&launch.log) { Ok(false) } else { Err(stopped(launch, status)) };
            }
            let request = wire::Request::get(launch.ready_path);
            if wire::send(self.port, &request).is_ok_and(|answer| answer.text().contains(&launch.ready_text))
            {
                return Ok(true);
            }
            sleep(POLL);
        }
        bail!("{} did not answer within {START_LIMIT:?}.\n{}", launch.name, tail(&launch.log))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input tells the keeper to end the group, itself included.
        drop(self.keeper.stdin.take());
        // Nothing can be done about a failure here, and the keeper ends on its own.
        let _ = self.keeper.wait();
    }
}

/// A port that nobody listens on at this moment.
fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no loopback port is free")?;
    Ok(listener.local_addr()?.port())
}

fn port_was_taken(log: &Path) -> bool {
    fs::read_to_string(log).is_ok_and(|text| text.contains("Address already in use"))
}

fn stopped(launch: &Launch, status: ExitStatus) -> anyhow::Error {
    let Launch { name, packages, log, .. } = launch;
    anyhow::anyhow!(
        "{name} stopped at its start ({status}). It needs the Debian packages {packages}.\n{}",
        tail(log)
    )
}

/// The last lines of a log, with its path.
fn tail(log: &Path) -> String {
    const LINES: usize = 25;
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    format!("The end of {}:\n{}", log.display(), lines[lines.len().saturating_sub(LINES)..].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server written in shell.
    fn launch(folder: &Path, script: &str) -> Launch {
        let script = script.to_owned();
        Launch {
            name: "the test's server",
            packages: "none",
            log: folder.join("log"),
            ready_path: "/",
            ready_text: "ready".to_owned(),
            command: Box::new(move |_| vec!["/bin/sh".into(), "-c".into(), script.clone().into()]),
            directory: folder.to_owned(),
            environment: Vec::new(),
        }
    }

    #[test]
    fn a_server_that_stops_is_an_error_with_its_log() {
        let folder = tempfile::tempdir().unwrap();
        let error = Server::start(&launch(folder.path(), "echo the reason; exit 3")).unwrap_err().to_string();
        assert!(error.contains("the reason") && error.contains("the test's server"), "{error}");
    }

    #[test]
    fn a_taken_port_is_tried_again_with_another() {
        let folder = tempfile::tempdir().unwrap();
        let script = "echo x >>starts; echo 'Address already in use'; exit 1";
        let error = Server::start(&launch(folder.path(), script)).unwrap_err().to_string();
        assert!(error.contains("no free port"), "{error}");
        let starts = fs::read_to_string(folder.path().join("starts")).unwrap();
        assert_eq!(starts.lines().count(), PORTS_TRIED);
    }

    #[test]
    fn dropping_ends_the_server_and_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let pid_file = folder.path().join("pid");
        // A child of the server writes its id; both would stay for good.
        let script = "sh -c 'echo $$ >pid; exec tail -f /dev/null' & exec tail -f /dev/null";
        let server = Server::spawn(&launch(folder.path(), script)).unwrap();
        let written = || fs::read_to_string(&pid_file).is_ok_and(|text| text.ends_with('\n'));
        assert!(comes_true(written));
        let child = fs::read_to_string(&pid_file).unwrap().trim().to_owned();
        assert!(runs(&child));
        drop(server);
        assert!(comes_true(|| !runs(&child)));
    }

    fn comes_true(condition: impl Fn() -> bool) -> bool {
        let limit = Instant::now() + Duration::from_secs(30);
        while !condition() {
            if Instant::now() > limit {
                return false;
            }
            sleep(POLL);
        }
        true
    }

    /// Is the process there, and not a zombie that nobody has waited for?
    fn runs(pid: &str) -> bool {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with('Z') && !rest.is_empty())
    }
}
