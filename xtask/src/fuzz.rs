//! `fuzz`: gives the targets of `tests/fuzz` inputs that nobody thought of, for a given time.
//!
//! The fuzzer is libFuzzer, built by cargo-fuzz with the compiler of the workspace. It goes on from the
//! inputs that are kept in `tests/fuzz/corpus`, and keeps the few new ones that reach what the others do
//! not (`fuzz/corpus.rs`). The test `fuzz` runs those without any of this. Leaves out a record: who wants
//! one copies the table into `tests/fuzz/RESULTS.md`.

mod corpus;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::AlreadyReported;
use crate::run::{quiet_output, run, step};
use crate::workspace::{Workspace, cargo};

pub(crate) const SUMMARY: &str = "Look for inputs that break a reader, and keep those that reach further";
pub(crate) const HELP: &str = "\
Usage: cargo xtask fuzz [--seconds N] [<target>...]

Runs each target for N seconds (60), all of them where none is named, one after the other. Goes on from the
inputs in tests/fuzz/corpus and keeps new ones there, few and small. Prints for each target how many inputs it
ran, how many edges of the code they reached, and what was found; an input that breaks something is kept in
target/fuzz/found. Installs cargo-fuzz if it is not there.

  --seconds N   the time for each target
  --list        print the names of the targets
";

/// The version of cargo-fuzz that is installed; another one does as well.
const VERSION: &str = "0.13.2";

/// The folder of the fuzzer's workspace.
const FOLDER: &str = "tests/fuzz";
/// The list of the targets.
const LIST: &str = "tests/fuzz/targets/mod.rs";

/// The bounds of one input, in time, memory and size. `-fork=0`: one process, so that the figures are of all
/// of it.
const OPTIONS: [&str; 6] = [
    "-fork=0",
    "-timeout=20",
    "-rss_limit_mb=2048",
    "-malloc_limit_mb=512",
    "-max_len=16384",
    "-print_final_stats=1",
];
/// All that the address sanitizer remembers of each piece of memory would take most of the time.
const SANITIZER: &str = "malloc_context_size=2:detect_stack_use_after_return=0:detect_leaks=0";

/// `cargo xtask fuzz`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    let workspace = Workspace::here()?;
    let list =
        fs::read_to_string(workspace.root.join(LIST)).with_context(|| format!("cannot read {LIST}"))?;
    let all = targets(&list);
    let request = Request::read(arguments)?;
    if request.list {
        all.iter().for_each(|name| println!("{name}"));
        return Ok(());
    }
    let chosen = choose(&all, &request.targets)?;
    let found = workspace.cargo_target.join("fuzz/found");
    install()?;
    let program = step("compile the fuzzer", || build(&workspace))?;
    let fuzzer = Fuzzer { workspace: &workspace, program, found };
    let mut rows = Vec::new();
    for target in chosen {
        rows.push(step(format!("fuzz {target} for {} s", request.seconds), || {
            fuzzer.fuzz(target, request.seconds)
        })?);
    }
    println!("{}", table(&rows));
    let broken: Vec<&str> = rows.iter().flat_map(|row| &row.found).map(String::as_str).collect();
    if broken.is_empty() {
        return Ok(());
    }
    println!("Found: {}", broken.join(", "));
    println!("Make a test of each where its kind belongs, then mend it. To run one again:");
    println!("    SAMLIGHT_FUZZ_TARGET=<target> {} <input>", workspace.shown(&fuzzer.program));
    Err(AlreadyReported.into())
}

/// The request that the command line makes.
#[derive(Debug, PartialEq, Eq)]
struct Request {
    seconds: u32,
    list: bool,
    targets: Vec<String>,
}

impl Request {
    fn read(arguments: Vec<OsString>) -> Result<Self> {
        use lexopt::prelude::*;
        let mut request = Request { seconds: 60, list: false, targets: Vec::new() };
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("seconds") => request.seconds = parser.value()?.parse()?,
                Long("list") => request.list = true,
                Value(target) => request.targets.push(target.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        if request.seconds == 0 {
            bail!("`--seconds 0` would run nothing");
        }
        Ok(request)
    }
}

/// The names of the targets, out of the table that lists them.
pub(crate) fn targets(list: &str) -> Vec<String> {
    let named = list.split("Target { name: \"").skip(1).filter_map(|rest| rest.split('"').next());
    named.map(str::to_owned).collect()
}

/// The targets with these names, in the order of the table; all of them where no name is given.
fn choose<'a>(all: &'a [String], named: &[String]) -> Result<Vec<&'a str>> {
    if let Some(unknown) = named.iter().find(|name| !all.contains(name)) {
        bail!("there is no target `{unknown}`; there are {}", all.join(", "));
    }
    Ok(all.iter().filter(|name| named.is_empty() || named.contains(name)).map(String::as_str).collect())
}

/// Installs cargo-fuzz, where it is not there.
fn install() -> Result<()> {
    let installed = quiet_output(cargo().args(["fuzz", "--version"]));
    match installed.as_deref().map(|said| said.trim().trim_start_matches("cargo-fuzz ").to_owned()) {
        Some(version) if version == VERSION => println!("==> cargo-fuzz {version} is there"),
        Some(version) => println!("==> cargo-fuzz {version} is there, and used; tried was {VERSION}"),
        None => step(format!("install cargo-fuzz {VERSION} from crates.io"), || {
            run(cargo().args(["install", "--locked", "cargo-fuzz", "--version", &format!("={VERSION}")]))
        })?,
    }
    Ok(())
}

/// Builds the fuzzer; the path of its program. libFuzzer's counters are an unstable option of the compiler,
/// which the variable opens. Compares are not traced: it halves the speed, and the dictionary has the words.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    let target = workspace.cargo_target.join("fuzz/build");
    let folder = workspace.root.join(FOLDER);
    // Before it builds: cargo-fuzz has no option for it.
    let mut locked = cargo();
    locked.args(["metadata", "--locked", "--format-version", "1", "--manifest-path"]);
    quiet_output(locked.arg(folder.join("Cargo.toml")))
        .with_context(|| format!("{FOLDER}/Cargo.lock does not go with {FOLDER}/Cargo.toml"))?;
    let mut build = cargo();
    build.args(["fuzz", "build", "--no-trace-compares", "--fuzz-dir"]).arg(&folder);
    build.arg("--target-dir").arg(&target).arg("any").env("RUSTC_BOOTSTRAP", "1");
    // The outer cargo's own settings are for the workspace.
    run(build.env_remove("CARGO_TARGET_DIR").current_dir(&workspace.root))?;
    // Of the folders of a build one is named by the machine's triple.
    let folders = fs::read_dir(&target).with_context(|| format!("cannot read {}", target.display()))?;
    let programs = folders.flatten().map(|folder| folder.path().join("release/any"));
    programs.filter(|program| program.is_file()).max().context("cargo-fuzz has built no program `any`")
}

/// The fuzzer's program and where its inputs are.
struct Fuzzer<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    found: PathBuf,
}

/// The result of a run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Row {
    target: String,
    seconds: u32,
    runs: u64,
    edges: u64,
    inputs: usize,
    octets: u64,
    found: Vec<String>,
}

impl Fuzzer<'_> {
    fn fuzz(&self, target: &str, seconds: u32) -> Result<Row> {
        let kept = self.workspace.root.join(FOLDER).join("corpus").join(target);
        let at_work = self.workspace.cargo_target.join("fuzz/corpus").join(target);
        let found = self.found.join(target);
        for folder in [&kept, &at_work, &found] {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let before = corpus::files(&found)?;
        let mut fuzz = self.command(target);
        fuzz.args(OPTIONS).arg(format!("-max_total_time={seconds}"));
        fuzz.arg(format!("-artifact_prefix={}/", found.display()));
        fuzz.arg(format!("-dict={}", self.workspace.root.join(FOLDER).join("dictionary.txt").display()));
        // New inputs go to the first folder.
        let output = fuzz.args([&at_work, &kept]).output().context("cannot start the fuzzer")?;
        let said = String::from_utf8_lossy(&output.stderr);
        let new: Vec<PathBuf> =
            corpus::files(&found)?.into_iter().filter(|file| !before.contains(file)).collect();
        if !output.status.success() && new.is_empty() {
            let lines: Vec<&str> = said.lines().rev().take(20).collect();
            bail!(
                "the fuzzer ended with {}:\n{}",
                output.status,
                lines.into_iter().rev().collect::<Vec<_>>().join("\n")
            );
        }
        if let Some(panic) = said.split("panicked at ").nth(1) {
            println!("    {}", panic.lines().take(3).collect::<Vec<_>>().join("\n    "));
        }
        let (runs, edges) = figures(&said).context("the fuzzer has told no figures")?;
        self.keep(target, &at_work, &kept)?;
        let files = corpus::files(&kept)?;
        let row = Row {
            target: target.to_owned(),
            seconds,
            runs,
            edges,
            inputs: files.len(),
            octets: files.iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum(),
            found: new.iter().map(|file| self.workspace.shown(file).to_string()).collect(),
        };
        println!("    {} runs, {} edges, {} found", row.runs, row.edges, row.found.len());
        Ok(row)
    }

    fn command(&self, target: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.env("SAMLIGHT_FUZZ_TARGET", target).env("ASAN_OPTIONS", SANITIZER);
        command.current_dir(&self.workspace.root);
        command
    }

    /// Puts the inputs that are worth it into the folder that is kept, and takes the others out of it.
    fn keep(&self, target: &str, at_work: &Path, kept: &Path) -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (merged, control) = (folder.path().join("merged"), folder.path().join("control"));
        fs::create_dir(&merged)?;
        let mut merge = self.command(target);
        merge.args(["-merge=1", "-timeout=20", "-rss_limit_mb=2048", "-malloc_limit_mb=512"]);
        merge.arg(format!("-artifact_prefix={}/", folder.path().display()));
        merge.arg(format!("-merge_control_file={}", control.display()));
        let output =
            merge.args([merged.as_path(), kept, at_work]).output().context("cannot start the fuzzer")?;
        let told = fs::read_to_string(&control)
            .with_context(|| format!("the fuzzer has not measured the inputs: {}", output.status))?;
        corpus::replace(kept, &corpus::chosen(&corpus::measured(&told)))
    }
}

/// The number of runs and of edges, out of what libFuzzer prints.
fn figures(said: &str) -> Option<(u64, u64)> {
    let runs = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?;
    let edges = said.lines().filter_map(|line| line.split_once(" cov: ")?.1.split(' ').next()?.parse().ok());
    Some((runs.trim().parse().ok()?, edges.max()?))
}

/// The table of all runs, in Markdown.
fn table(rows: &[Row]) -> String {
    let mut text = "\n| target | seconds | executions | edges | inputs kept | octets kept | found |\n\
                    |---|--:|--:|--:|--:|--:|--:|\n"
        .to_owned();
    for Row { target, seconds, runs, edges, inputs, octets, found } in rows {
        let found = found.len();
        text.push_str(&format!(
            "| {target} | {seconds} | {runs} | {edges} | {inputs} | {octets} | {found} |\n"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(arguments: &[&str]) -> Result<Request> {
        Request::read(arguments.iter().map(OsString::from).collect())
    }

    #[test]
    fn targets_are_chosen_by_name_and_an_unknown_one_is_named() {
        let all = targets(include_str!("../../tests/fuzz/targets/mod.rs"));
        assert!(all.len() >= 10 && all.contains(&"signature".to_owned()), "{all:?}");
        assert_eq!(choose(&all, &["xml".into(), "import".into()]).unwrap(), ["import", "xml"]);
        assert_eq!(choose(&all, &[]).unwrap().len(), all.len());
        let error = choose(&all, &["xm".into()]).unwrap_err().to_string();
        assert!(error.starts_with("there is no target `xm`; there are import, "), "{error}");
    }

    #[test]
    fn the_time_is_given_in_seconds() {
        let read = request(&["--seconds", "600", "xml"]).unwrap();
        assert_eq!((read.seconds, read.targets), (600, vec!["xml".to_owned()]));
        assert_eq!(request(&[]).unwrap().seconds, 60);
        assert!(request(&["--seconds", "0"]).is_err() && request(&["--second", "1"]).is_err());
    }

    #[test]
    fn the_figures_are_those_that_libfuzzer_prints_last() {
        let said = "#2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 30Mb\n#9\tDONE   cov: 4968 ft: 2 corp: 3/4b\n\
                    stat::number_of_executed_units: 12398\nstat::average_exec_per_sec:     12398\n";
        assert_eq!(figures(said), Some((12_398, 4_968)));
        assert_eq!(figures("ERROR"), None);
    }

    #[test]
    fn the_table_has_a_line_for_each_target() {
        let row = Row {
            target: "xml".into(),
            seconds: 9,
            runs: 8,
            edges: 7,
            inputs: 6,
            octets: 5,
            found: vec!["x".into()],
        };
        assert!(table(&[row]).ends_with("|--:|\n| xml | 9 | 8 | 7 | 6 | 5 | 1 |\n"));
    }
}
