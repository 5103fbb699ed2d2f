//! The cost of one group's requests in a generated `api_json.log`: `samlight scim --group` beside what people
//! use, ripgrep piped to jq, and jq alone. All three are programs that read the same file in the same run,
//! one after the other; what counts is the time of the processor, on all cores, with the system's. A browser
//! reads the same file beside jq alone (`browsers.rs`).
//!
//! The variable [`SIZE`] sets the size of the file in MiB. Leaves out: packed files.

use crate::{
    log_lines::{GROUP, write},
    rows::{Goal, Row},
};
use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// The variable that sets the size of the log in MiB.
const SIZE: &str = "SAMLIGHT_BENCH_LOG";
const SIZE_MIB: usize = 64;
/// The variable that names the program (`cargo xtask bench` sets it).
const PROGRAM: &str = "SAMLIGHT_BENCH_PROGRAM";
const RUNS: usize = 3;

/// The rows; none where no program was built for them.
pub(crate) fn rows() -> Vec<Row> {
    let Some(program) = std::env::var_os(PROGRAM) else { return Vec::new() };
    taken(Path::new(&program)).unwrap()
}

/// The generated log.
pub(crate) struct Log {
    folder: TempDir,
    /// The requests in it of the group.
    pub(crate) count: usize,
    lines: usize,
    mib: usize,
}

impl Log {
    /// Writes it.
    pub(crate) fn written() -> Result<Self> {
        let given = std::env::var(SIZE).ok().map(|size| size.parse()).transpose()?;
        let (folder, mib) = (tempfile::tempdir()?, given.unwrap_or(SIZE_MIB));
        let mut log = Log { folder, count: 0, lines: 0, mib };
        (log.lines, log.count) = write(BufWriter::new(File::create(log.file())?), mib << 20)?;
        Ok(log)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("api_json.log")
    }

    /// The work that is to find the group's requests in it.
    pub(crate) fn work(&self) -> String {
        format!("{} requests in a log of {} lines, {} MiB", self.count, self.lines, self.mib)
    }

    /// The name of jq alone, and the time that it takes.
    pub(crate) fn jq_alone(&self) -> Result<(String, Duration)> {
        let time = least(self.count, || Ok(output(jq().arg(self.file()), 0)?.lines().count()))?;
        Ok((format!("{} alone", says("jq")?), time))
    }
}

/// jq, told to find the group's requests.
fn jq() -> Command {
    let path = path();
    let mut jq = Command::new("jq");
    jq.arg("-c")
        .arg(format!("select(.path | startswith(\"{path}\")) | [.time, .method, .path, .status, .params]"));
    jq
}

fn path() -> String {
    format!("/api/scim/v2/groups/{GROUP}/")
}

/// The version of a program.
fn says(name: &str) -> Result<String> {
    let said = output(Command::new(name).arg("--version"), 0)?;
    Ok(said.lines().next().unwrap_or_default().to_owned())
}

fn taken(program: &Path) -> Result<Vec<Row>> {
    let log = Log::written()?;
    let (file, count, path) = (log.file(), log.count, path());
    let ours = || {
        let mut samlight = Command::new(program);
        samlight.args(["scim", "--json", "--group", GROUP]).arg(&file);
        // It exits with 1 where it found a failed request; behind a sum it says each request.
        Ok(output(&mut samlight, 1)?.lines().count() - 1)
    };
    let rg_jq = || {
        let mut rg = Command::new("rg");
        rg.args(["--no-config", "--fixed-strings", &path]).arg(&file);
        let mut rg = rg.stdout(Stdio::piped()).spawn().context("is ripgrep installed?")?;
        let found = rg.stdout.take().context("no output")?;
        let found = output(jq().stdin(found), 0)?.lines().count();
        ensure!(rg.wait()?.success(), "ripgrep failed");
        Ok(found)
    };
    let (samlight, rg_jq, (jq_alone_says, jq_alone)) =
        (least(count, ours)?, least(count, rg_jq)?, log.jq_alone()?);
    let row = |peer: String, time: Duration, goal| {
        let times = (samlight.as_nanos() as f64, time.as_nanos() as f64);
        let what = "samlight scim --group, processor time";
        Row { place: "native".into(), ..Row::time(what, log.work(), times, peer, Some(goal)) }
    };
    Ok(vec![
        row(format!("{} piped to {}", says("rg")?, says("jq")?), rg_jq, Goal::within(1.5, 1.0)),
        row(jq_alone_says, jq_alone, Goal::within(0.1, 0.05)),
    ])
}

/// The output of a program that must end with `code`.
fn output(command: &mut Command, code: i32) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(output.status.code() == Some(code), "{command:?}: {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

/// The least time that the processor was at the programs that `run` starts, each of which finds `count`.
fn least(count: usize, run: impl Fn() -> Result<usize>) -> Result<Duration> {
    let mut least = Duration::MAX;
    for _ in 0..RUNS {
        let before = children_time()?;
        let found = run()?;
        ensure!(found == count, "found {found} of {count}");
        least = least.min(children_time()? - before);
    }
    Ok(least)
}

/// The time that the processor was at programs that were started here and have ended.
fn children_time() -> Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = |time: nix::sys::time::TimeVal| (time.tv_sec() * 1_000_000 + time.tv_usec()) as u64;
    Ok(Duration::from_micros(micros(usage.user_time()) + micros(usage.system_time())))
}
