//! `check` and `test`: everything that CI runs, in CI's order.
//!
//! A step is one row of [`steps`], with the lane that it runs in. The test targets of the package
//! `samlight-tests` become steps by themselves; those in [`LATE`] run when nothing else does, after the
//! release is built. Running them, beside each other where that is possible, and the table of what each took:
//! `check/lanes.rs`.
//!
//! All tests are selected out of the whole workspace: another selection of packages is another set of
//! features for what they depend on, and compiles all of it once more.

mod lanes;

use std::ffi::OsString;
use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::bindings::Profile;
use crate::run::run;
use crate::setup::{self, Scope};
use crate::toolchain::Route;
use crate::workspace::{Workspace, cargo, locked_cargo};
use crate::{AlreadyReported, build, cases, corpus, dist, licences, new, tidy, web_ext};
use lanes::{Lane, Outcome, Real, Runner, State};

pub(crate) const SUMMARY: &str = "Run everything that CI runs, in CI's order";
pub(crate) const HELP: &str = "\
Usage: cargo xtask check [--keep-going] [--list]

Stops at the first step that fails. At the end stands a table of what each step took; the last line is
`N passed, N failed`, counted in steps. Steps that do not get in each other's way run beside each other; what
they print is shown when they end, and kept in target/check.

  --keep-going   run the other steps after a failure
  --list         print the names of the steps, in order
  --step NAME    run this step only, without the table (this is how a step is run beside another one)
";

pub(crate) const TEST_SUMMARY: &str = "Set up, then check everything, or only the named parts";
pub(crate) const TEST_HELP: &str = "\
Usage: cargo xtask test [<part>...] [--keep-going] [--list] [-- <arguments for the tests>]

Without parts, sets up the machine and runs every step of `cargo xtask check`. A part is the name of a
step: `core`, `e2e`, `tidy` ... What comes after `--` is passed on to the test programs.

  --keep-going   run the other steps after a failure
  --list         print the names of the steps, in order

Variables:
  SAMLIGHT_CORPUS   a folder of messages to compare as well (see `cargo xtask corpus --help`)
  SAMLIGHT_CASES    a folder of cases for the command line, with their run.py
";

/// Test targets that nothing may run beside: one measures times, the other tests the release in two browsers.
const LATE: &[&str] = &["bench", "e2e"];

/// The package with the tests over data and in browsers.
const TESTS: &str = "samlight-tests";

/// The work of a step, with the arguments for the test programs.
type Work = Box<dyn Fn(&Workspace, &[OsString]) -> Result<()> + Send + Sync>;

/// One step of the check.
struct Step {
    lane: Lane,
    name: String,
    what: String,
    work: Work,
}

impl Step {
    fn new(
        lane: Lane,
        name: &str,
        what: &str,
        work: impl Fn(&Workspace, &[OsString]) -> Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self { lane, name: name.to_owned(), what: what.to_owned(), work: Box::new(work) }
    }

    /// A test target of the package `samlight-tests`.
    fn test_target(name: &str) -> Self {
        let lane = if LATE.contains(&name) { Lane::Alone } else { Lane::Code };
        let target = name.to_owned();
        Self::new(lane, name, "the tests of this name in tests/", move |workspace, arguments| {
            test(workspace, &["--test", &target], arguments)
        })
    }
}

/// All steps, in the order in which CI runs them; those of two lanes in a row run beside each other.
fn steps(workspace: &Workspace) -> Vec<Step> {
    let targets = |late: bool| {
        let chosen = workspace.tests.iter().filter(move |name| LATE.contains(&name.as_str()) == late);
        chosen.map(|name| Step::test_target(name))
    };
    let code = |name, what, work: fn(&Workspace) -> Result<()>| {
        Step::new(Lane::Code, name, what, move |workspace, _| work(workspace))
    };
    let release = |name, what, work: fn(&Workspace) -> Result<()>| {
        Step::new(Lane::Release, name, what, move |workspace, _| work(workspace))
    };
    let mut steps = vec![
        code("fmt", "the form of the Rust code", |workspace| {
            run(cargo().args(["fmt", "--all", "--", "--check"]).current_dir(&workspace.root))
        }),
        code("tidy", "the rules of this repository", tidy::check),
        code("licences", "the licences of all dependencies", licences::check),
        release("dist", "the release", dist::build),
        release("web-ext", "the release for Firefox, by the rules of Firefox's store", web_ext::lint),
        release("reproducible", "the release from a second checkout", |workspace| {
            dist::build(workspace)?;
            dist::verify(workspace)
        }),
        code("clippy", "the Rust code, for this machine", |workspace| {
            let mut clippy = locked_cargo("clippy");
            clippy.args(["--workspace", "--all-targets", "--", "-D", "warnings"]);
            run(clippy.current_dir(&workspace.root))
        }),
        Step::new(Lane::Code, "core", "the unit tests of all packages", core),
    ];
    steps.extend(targets(false));
    steps.extend([
        code("corpus", "what other software reads in messages, field by field", corpus::check),
        code("cases", "what the command line says of cases from public reports", cases::check),
        code("clippy-wasm", "the Rust code, for Wasm", clippy_wasm),
        code("faults", "an extension that traps on what asks for it, for the browser tests", |workspace| {
            build::extension(workspace, Profile::Fault).map(drop)
        }),
        code("new", "what `cargo xtask new` writes, by the compiler", new::check),
        code("tsc", "the JavaScript, by its types", tsc),
        code("doc", "the documentation and its links", doc),
    ]);
    steps.extend(targets(true));
    steps
}

/// `cargo xtask check`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    let request = Request::read(arguments)?;
    let workspace = Workspace::here()?;
    if let Some(name) = &request.step {
        let step = choose(steps(&workspace), std::slice::from_ref(name))?;
        return step.iter().try_for_each(|step| (step.work)(&workspace, &request.for_tests));
    }
    if !request.parts.is_empty() || !request.for_tests.is_empty() {
        bail!("`check` runs everything; name parts to `cargo xtask test`");
    }
    run_steps(&workspace, steps(&workspace), &request)
}

/// `cargo xtask test`.
pub(crate) fn test_command(arguments: Vec<OsString>) -> Result<()> {
    let request = Request::read(arguments)?;
    let workspace = Workspace::here()?;
    let mut chosen = choose(steps(&workspace), &request.parts)?;
    let set_up = Step::new(Lane::Alone, "setup", "what the tests need", |workspace, _| {
        setup::ensure(workspace, Scope::Test)
    });
    chosen.insert(0, set_up);
    run_steps(&workspace, chosen, &request)
}

/// The request that the command line makes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    parts: Vec<String>,
    keep_going: bool,
    list: bool,
    /// The one step to run, without anything around it.
    step: Option<String>,
    /// The arguments after `--`.
    for_tests: Vec<OsString>,
}

impl Request {
    fn read(mut arguments: Vec<OsString>) -> Result<Self> {
        use lexopt::prelude::*;
        let mut request = Self::default();
        if let Some(at) = arguments.iter().position(|argument| argument == "--") {
            request.for_tests = arguments.split_off(at).into_iter().skip(1).collect();
        }
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("keep-going") => request.keep_going = true,
                Long("list") => request.list = true,
                Long("step") => request.step = Some(parser.value()?.string()?),
                Value(part) => request.parts.push(part.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(request)
    }
}

/// The steps with these names, in CI's order; all of them when no name is given.
fn choose(steps: Vec<Step>, parts: &[String]) -> Result<Vec<Step>> {
    if let Some(unknown) = parts.iter().find(|part| !steps.iter().any(|step| step.name == **part)) {
        let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
        bail!("there is no part `{unknown}`; there are {}", names.join(", "));
    }
    Ok(steps.into_iter().filter(|step| parts.is_empty() || parts.contains(&step.name)).collect())
}

/// Runs the steps, and says at the end what each one took and how many passed.
fn run_steps(workspace: &Workspace, steps: Vec<Step>, request: &Request) -> Result<()> {
    if request.list {
        steps.iter().for_each(|step| println!("{:<13} {}", step.name, step.what));
        return Ok(());
    }
    for absent in LATE.iter().filter(|name| !workspace.tests.iter().any(|test| test == *name)) {
        println!("note: the package {TESTS} has no test target `{absent}`, so there is no such step");
    }
    summary(&steps, request.keep_going, &Real { workspace, for_tests: &request.for_tests })
}

fn summary(steps: &[Step], keep_going: bool, runner: &dyn Runner) -> Result<()> {
    let begin = Instant::now();
    let outcomes = lanes::run(steps, keep_going, runner);
    println!("{}", lanes::table(&outcomes, begin.elapsed()));
    let count = |state: State| outcomes.iter().filter(|outcome: &&Outcome| outcome.state == state).count();
    let left = count(State::NotRun);
    if left > 0 {
        println!("{left} steps did not run, because one before them failed");
    }
    println!("{} passed, {} failed", count(State::Passed), count(State::Failed));
    if count(State::Failed) == 0 { Ok(()) } else { Err(AlreadyReported.into()) }
}

fn test(workspace: &Workspace, selection: &[&str], for_tests: &[OsString]) -> Result<()> {
    let mut test = locked_cargo("test");
    test.arg("--workspace").args(selection).arg("--").args(for_tests);
    run(test.current_dir(&workspace.root))
}

/// The tests that stand beside the code: in its files, in the packages' own `tests` folders, in its
/// documentation.
fn core(workspace: &Workspace, for_tests: &[OsString]) -> Result<()> {
    let own = workspace.own_tests.iter().flat_map(|name| ["--test", name]);
    let selection: Vec<&str> = ["--lib", "--bins"].into_iter().chain(own).collect();
    test(workspace, &selection, for_tests)?;
    test(workspace, &["--doc"], for_tests)
}

/// Clippy over what becomes Wasm. Debian's compiler has no clippy that knows its Wasm standard library, so
/// there the code is only compiled.
fn clippy_wasm(workspace: &Workspace) -> Result<()> {
    let route = Route::choose()?;
    let (subcommand, denied): (_, &[&str]) = match route {
        Route::Rustup => ("clippy", &["--", "-D", "warnings"]),
        Route::Debian => ("check", &[]),
    };
    for selection in
        [&["-p", "samlight", "--lib", "--features", "wasm"][..], &["-p", "samlight-www", "--lib"]]
    {
        run(route.cargo(subcommand).args(selection).args(denied).current_dir(&workspace.root))?;
    }
    Ok(())
}

/// The types of the generated modules come from a build; from that with faults, which is the quick one with
/// one feature more, because the browser tests need it as well.
fn tsc(workspace: &Workspace) -> Result<()> {
    let program = workspace.npm_program_there("tsc")?;
    build::extension(workspace, Profile::Fault)?;
    run(Command::new(program).args(["--project", "tsconfig.json"]).current_dir(&workspace.root))
}

fn doc(workspace: &Workspace) -> Result<()> {
    let mut doc = locked_cargo("doc");
    doc.args(["--no-deps", "--workspace"]).current_dir(&workspace.root);
    run(doc.env("RUSTDOCFLAGS", "-D rustdoc::broken_intra_doc_links -D warnings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(tests: &[&str]) -> Workspace {
        let tests = tests.iter().map(|name| (*name).to_owned()).collect();
        let (root, cargo_target) = (".".into(), "target".into());
        Workspace { root, cargo_target, version: "1".into(), tests, own_tests: Vec::new() }
    }

    fn names(steps: &[Step]) -> Vec<&str> {
        steps.iter().map(|step| step.name.as_str()).collect()
    }

    fn request(arguments: &[&str]) -> Request {
        Request::read(arguments.iter().map(OsString::from).collect()).unwrap()
    }

    #[test]
    fn what_measures_and_the_browsers_come_last_and_alone() {
        let steps = steps(&workspace(&["bench", "e2e", "lab"]));
        let late: Vec<&str> =
            steps.iter().skip_while(|it| it.lane != Lane::Alone).map(|it| it.name.as_str()).collect();
        assert_eq!(late, ["bench", "e2e"], "the release and the extension with faults are there by then");
        let at = |name: &str| names(&steps).iter().position(|step| *step == name).unwrap();
        assert!(at("core") < at("lab") && at("dist") < at("reproducible"));
    }

    #[test]
    fn parts_are_chosen_by_name_in_the_order_of_ci() {
        let all = || steps(&workspace(&[]));
        let chosen = choose(all(), &["tidy".into(), "core".into()]).unwrap();
        assert_eq!(names(&chosen), ["tidy", "core"]);
        let error = choose(all(), &["cor".into()]).err().unwrap().to_string();
        assert!(error.starts_with("there is no part `cor`; there are fmt, tidy,"), "{error}");
    }

    #[test]
    fn what_follows_the_dashes_is_for_the_tests() {
        let request = request(&["e2e", "--keep-going", "--", "--repeat", "20"]);
        assert_eq!(request.parts, ["e2e"]);
        assert!(request.keep_going);
        assert_eq!(request.for_tests, ["--repeat", "20"]);
    }

    #[test]
    fn one_step_is_asked_for_by_its_name() {
        assert_eq!(request(&["--step", "core", "--", "--exact"]).step.as_deref(), Some("core"));
        assert!(Request::read(vec!["--step".into()]).is_err());
    }
}
