//! The lab: a real identity provider (SimpleSAMLphp) and a real service provider on the SAML stack that
//! GitLab itself uses (omniauth-saml and ruby-saml), started on free loopback ports for one test run.
//!
//! Both read the [`LabState`] anew for each request, so a test changes NameIDs and stored identities with
//! [`Lab::set_state`]. Keys, ports, folders and identities are made anew in each run; nothing is left behind.
//! They speak plain HTTP and expect a front that ends TLS and sends `Host` and `X-Forwarded-Proto: https`.
//!
//! Left out: TLS, encrypted assertions. What is real and what is a stand-in: `tests/lab/README.md`.

mod poses;
pub mod program;
mod server;
mod state;
pub mod wire;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tempfile::TempDir;

pub use poses::{Marks, Pose, Posed, pose};
use program::{OPENSSL, PHP, PUMA, RUBY, SIMPLESAMLPHP};
use server::{Launch, Server};
pub use state::{
    Generation, Hindrance, InstanceRefusal, LabEvent, LabGroup, LabProvider, LabState, LabUser,
    name_id_format, with_other_case,
};

/// A running identity provider and GitLab. Dropping it stops both and removes their folder.
#[derive(Debug)]
pub struct Lab {
    idp: Server,
    gitlab: Server,
    state: Mutex<LabState>,
    // Last: the servers write into it until they are stopped.
    folder: TempDir,
}

impl Lab {
    /// Starts both servers with random identities and waits until they answer.
    ///
    /// The seed is printed; `SAMLIGHT_LAB_SEED` repeats it.
    ///
    /// # Errors
    /// A program that is missing (named with its Debian package and the variable that points to another), or
    /// a server that does not come up (with the end of its log).
    pub fn start() -> Result<Self> {
        let seed = match std::env::var("SAMLIGHT_LAB_SEED") {
            Ok(seed) => seed.parse().context("SAMLIGHT_LAB_SEED is not a whole number")?,
            Err(_) => fastrand::u64(..),
        };
        eprintln!("lab: identities from SAMLIGHT_LAB_SEED={seed}");
        Self::start_with(LabState::random(seed))
    }

    /// Starts both servers with these identities.
    ///
    /// # Errors
    /// As [`Lab::start`].
    pub fn start_with(state: LabState) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("samlight-lab-").tempdir()?;
        prepare(folder.path()).context("preparing the lab's folder")?;
        write_state(folder.path(), &state)?;
        let idp = Server::start(&idp_launch(folder.path())?)?;
        let gitlab = Server::start(&gitlab_launch(folder.path())?)?;
        Ok(Self { idp, gitlab, state: Mutex::new(state), folder })
    }

    /// The loopback port of GitLab, to be reached as `https://gitlab.com` through a front.
    #[must_use]
    pub fn gitlab_port(&self) -> u16 {
        self.gitlab.port()
    }

    /// The loopback port of the identity provider, to be reached as `https://idp.example.com` through a
    /// front.
    #[must_use]
    pub fn idp_port(&self) -> u16 {
        self.idp.port()
    }

    /// The state as it was last set, without what GitLab has changed since.
    #[must_use]
    pub fn state(&self) -> LabState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the state, and with it everything that GitLab had changed. Sessions stay.
    ///
    /// # Errors
    /// When the state file cannot be written.
    pub fn set_state(&self, state: &LabState) -> Result<()> {
        let mut current = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = state.clone();
        next.revision = current.revision + 1;
        write_state(self.folder.path(), &next)?;
        *current = next;
        Ok(())
    }

    /// The `extern_uid` that GitLab has stored for this user now: from the state, or what GitLab changed
    /// since.
    ///
    /// # Errors
    /// When GitLab's changes cannot be read.
    pub fn saml_extern_uid(&self, user_id: u64) -> Result<Option<String>> {
        let state = self.state();
        let changed = read_changes(self.folder.path(), state.revision)?
            .and_then(|changes| changes.updated.get(&user_id.to_string())?.get("saml_extern_uid").cloned());
        Ok(match changed {
            Some(value) => value,
            None => state
                .users
                .iter()
                .find(|user| user.id == user_id)
                .and_then(|user| user.saml_extern_uid.clone()),
        })
    }

    /// The file that both servers read for each request.
    #[must_use]
    pub fn state_file(&self) -> PathBuf {
        self.folder.path().join(STATE_FILE)
    }

    /// The folder with the identity provider's key and certificate: `idp.key` and `idp.pem`.
    #[must_use]
    pub fn idp_key(&self) -> PathBuf {
        self.folder.path().join("certificate")
    }

    /// The log files of GitLab and of the identity provider's two logs, for artefacts of a failed test.
    #[must_use]
    pub fn logs(&self) -> [PathBuf; 3] {
        [GITLAB_LOG, IDP_LOG, IDP_SAML_LOG].map(|name| self.folder.path().join(name))
    }
}

const GITLAB_LOG: &str = "gitlab.log";
const IDP_LOG: &str = "idp.log";
const IDP_SAML_LOG: &str = "idp_saml.log";

/// The lab's own files in the repository.
fn lab_files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lab")
}

/// Makes what both servers find in the run's folder: the IdP's key and certificate, its folders and its
/// docroot.
fn prepare(folder: &Path) -> Result<()> {
    for name in ["certificate", "docroot", "idp_data", "idp_temp", "idp_sessions"] {
        fs::create_dir(folder.join(name))?;
    }
    let simplesamlphp = SIMPLESAMLPHP.find()?;
    symlink(simplesamlphp.join("www"), folder.join("docroot/simplesaml"))?;
    fs::write(folder.join("docroot/ready.txt"), run_name(folder))?;
    fs::write(folder.join("secretsalt"), format!("{:032x}", fastrand::u128(..)))?;

    let made = Command::new(OPENSSL.find()?)
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "365",
            "-subj",
            "/CN=idp.example.com",
        ])
        .arg("-keyout")
        .arg(folder.join("certificate/idp.key"))
        .arg("-out")
        .arg(folder.join("certificate/idp.pem"))
        .output()
        .context("running openssl")?;
    ensure!(made.status.success(), "openssl made no certificate: {}", String::from_utf8_lossy(&made.stderr));
    Ok(())
}

/// Says which run answers, since a free port may have been taken by somebody else in the meantime.
fn run_name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn idp_launch(folder: &Path) -> Result<Launch> {
    let php = PHP.find()?;
    let docroot = folder.join("docroot");
    let config = lab_files().join("idp/config");
    let state = folder.join(STATE_FILE);
    Ok(Launch {
        name: "the lab's identity provider",
        packages: "php-cli and simplesamlphp",
        log: folder.join(IDP_LOG),
        ready_path: "/ready.txt",
        ready_text: run_name(folder),
        command: Box::new(move |port| {
            let mut words = vec![php.clone().into_os_string(), "-d".into(), "display_errors=stderr".into()];
            words.extend([
                "-S".into(),
                format!("127.0.0.1:{port}").into(),
                "-t".into(),
                docroot.clone().into(),
            ]);
            words
        }),
        directory: folder.to_owned(),
        environment: vec![("SAMLIGHT_LAB_STATE", state), ("SIMPLESAMLPHP_CONFIG_DIR", config)],
    })
}

fn gitlab_launch(folder: &Path) -> Result<Launch> {
    let ruby = RUBY.find()?;
    let puma = PUMA.find()?;
    Ok(Launch {
        name: "the lab's GitLab",
        packages: "puma, ruby-sinatra and ruby-omniauth-saml",
        log: folder.join(GITLAB_LOG),
        ready_path: "/-/readiness",
        ready_text: run_name(folder),
        command: Box::new(move |port| {
            let mut words = vec![ruby.clone().into_os_string(), puma.clone().into_os_string()];
            words.extend(["-C", "-", "-e", "production", "-t", "4:16", "-b"].map(Into::into));
            words.extend([format!("tcp://127.0.0.1:{port}").into(), "config.ru".into()]);
            words
        }),
        directory: lab_files().join("gitlab"),
        environment: vec![("SAMLIGHT_LAB_STATE", folder.join(STATE_FILE))],
    })
}

const STATE_FILE: &str = "state.json";

/// Writes the state so that a reader sees the old or the new one, never a part.
fn write_state(folder: &Path, state: &LabState) -> Result<()> {
    let new = folder.join("state.json.new");
    fs::write(&new, serde_json::to_vec_pretty(state)?).context("writing the lab's state")?;
    fs::rename(&new, folder.join(STATE_FILE)).context("writing the lab's state")
}

/// The changes that GitLab itself has made; their writer is `tests/lab/gitlab/state.rb`.
#[derive(Deserialize)]
struct Changes {
    revision: u64,
    updated: std::collections::HashMap<String, std::collections::HashMap<String, Option<String>>>,
}

fn read_changes(folder: &Path, revision: u64) -> Result<Option<Changes>> {
    let path = folder.join("changes.json");
    if !path.exists() {
        return Ok(None);
    }
    let changes: Changes = serde_json::from_slice(&fs::read(path)?).context("reading GitLab's changes")?;
    Ok(Some(changes).filter(|changes| changes.revision == revision))
}
