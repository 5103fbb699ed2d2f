//! `check` and `test`: everything that CI runs, in CI's order.
//!
//! A step is one row of [`steps`]. The test targets of the package `samlight-tests` become steps by
//! themselves; those in [`AFTER_DIST`] run after the release is built, because they test it.

use std::ffi::OsString;
use std::process::Command;

use anyhow::{Result, bail};

use crate::bindings::Profile;
use crate::run::{run, step};
use crate::setup::{self, Scope};
use crate::toolchain::Route;
use crate::workspace::{Workspace, cargo};
use crate::{AlreadyReported, build, corpus, dist, licences, new, tidy, web_ext};

pub(crate) const SUMMARY: &str = "Run everything that CI runs, in CI's order";
pub(crate) const HELP: &str = "\
Usage: cargo xtask check [--keep-going] [--list]

Stops at the first step that fails. The last line is `N passed, N failed`, counted in steps.

  --keep-going   run the other steps after a failure
  --list         print the names of the steps, in order
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
";

/// Test targets that test the release in browsers.
const AFTER_DIST: &[&str] = &["e2e"];

/// The package with the tests over data and in browsers.
const TESTS: &str = "samlight-tests";

/// What a step does, with the arguments for the test programs.
type Work = Box<dyn Fn(&Workspace, &[OsString]) -> Result<()>>;

/// One step of the check.
struct Step {
    name: String,
    what: String,
    work: Work,
}

impl Step {
    fn new(name: &str, what: &str, work: impl Fn(&Workspace, &[OsString]) -> Result<()> + 'static) -> Self {
        Self { name: name.to_owned(), what: what.to_owned(), work: Box::new(work) }
    }

    /// A test target of the package `samlight-tests`.
    fn test_target(name: &str) -> Self {
        let target = name.to_owned();
        Self::new(name, "the tests of this name in tests/", move |workspace, arguments| {
            test(workspace, &["--package", TESTS, "--test", &target], arguments)
        })
    }
}

/// All steps, in the order in which CI runs them.
fn steps(workspace: &Workspace) -> Vec<Step> {
    let targets = |late: bool| {
        let chosen = workspace.tests.iter().filter(move |name| AFTER_DIST.contains(&name.as_str()) == late);
        chosen.map(|name| Step::test_target(name))
    };
    let mut steps = vec![
        Step::new("fmt", "the form of the Rust code", |workspace, _| {
            cargo_run(workspace, &["fmt", "--all", "--", "--check"])
        }),
        Step::new("clippy", "the Rust code, for this machine", |workspace, _| {
            cargo_run(workspace, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
        }),
        Step::new("clippy-wasm", "the Rust code, for Wasm", |workspace, _| clippy_wasm(workspace)),
        Step::new("core", "the unit tests of all packages", |workspace, arguments| {
            test(workspace, &["--workspace", "--exclude", TESTS], arguments)?;
            test(workspace, &["--package", TESTS, "--lib", "--bins"], arguments)
        }),
    ];
    steps.extend(targets(false));
    steps.extend([
        Step::new("corpus", "what other software reads in messages, field by field", |workspace, _| {
            corpus::check(workspace)
        }),
        Step::new("dist", "the release", |workspace, _| dist::build(workspace)),
        Step::new(
            "faults",
            "an extension that traps on what asks for it, for the browser tests",
            |workspace, _| build::extension(workspace, Profile::Fault).map(drop),
        ),
        Step::new("web-ext", "the release for Firefox, by the rules of Firefox's store", |workspace, _| {
            web_ext::lint(workspace)
        }),
    ]);
    steps.extend(targets(true));
    steps.extend([
        Step::new("tidy", "the rules of this repository", |workspace, _| tidy::check(workspace)),
        Step::new("new", "what `cargo xtask new` writes, by the compiler", |workspace, _| {
            new::check(workspace)
        }),
        Step::new("tsc", "the JavaScript, by its types", |workspace, _| tsc(workspace)),
        Step::new("doc", "the documentation and its links", |workspace, _| doc(workspace)),
        Step::new("licences", "the licences of all dependencies", |workspace, _| licences::check(workspace)),
        Step::new("reproducible", "the release from a second checkout", |workspace, _| {
            dist::build(workspace)?;
            dist::verify(workspace)
        }),
    ]);
    steps
}

/// `cargo xtask check`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    let request = Request::read(arguments)?;
    if !request.parts.is_empty() || !request.for_tests.is_empty() {
        bail!("`check` runs everything; name parts to `cargo xtask test`");
    }
    let workspace = Workspace::here()?;
    run_steps(&workspace, steps(&workspace), &request)
}

/// `cargo xtask test`.
pub(crate) fn test_command(arguments: Vec<OsString>) -> Result<()> {
    let request = Request::read(arguments)?;
    let workspace = Workspace::here()?;
    let mut chosen = choose(steps(&workspace), &request.parts)?;
    let set_up =
        Step::new("setup", "what the tests need", |workspace, _| setup::ensure(workspace, Scope::Test));
    chosen.insert(0, set_up);
    run_steps(&workspace, chosen, &request)
}

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    parts: Vec<String>,
    keep_going: bool,
    list: bool,
    /// What comes after `--`.
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

/// Runs steps one after the other, and says at the end how many passed.
fn run_steps(workspace: &Workspace, steps: Vec<Step>, request: &Request) -> Result<()> {
    if request.list {
        steps.iter().for_each(|step| println!("{:<13} {}", step.name, step.what));
        return Ok(());
    }
    for absent in AFTER_DIST.iter().filter(|name| !workspace.tests.iter().any(|test| test == *name)) {
        println!("note: the package {TESTS} has no test target `{absent}`, so there is no such step");
    }
    let (count, mut passed, mut failed) = (steps.len(), 0, Vec::new());
    for (index, Step { name, what, work }) in steps.into_iter().enumerate() {
        let title = format!("[{}/{count}] {name}: {what}", index + 1);
        match step(title, || work(workspace, &request.for_tests)) {
            Ok(()) => passed += 1,
            Err(error) => {
                println!("FAILED {name}: {error:#}");
                failed.push(name);
                if !request.keep_going {
                    break;
                }
            }
        }
    }
    let left = count - passed - failed.len();
    if left > 0 {
        println!("{left} steps did not run, because one before them failed");
    }
    println!("{passed} passed, {} failed", failed.len());
    if failed.is_empty() { Ok(()) } else { Err(AlreadyReported.into()) }
}

fn cargo_run(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    run(cargo().args(arguments).current_dir(&workspace.root))
}

fn test(workspace: &Workspace, selection: &[&str], for_tests: &[OsString]) -> Result<()> {
    let mut test = cargo();
    test.arg("test").args(selection).arg("--").args(for_tests);
    run(test.current_dir(&workspace.root))
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

/// The types of the generated modules come from a build.
fn tsc(workspace: &Workspace) -> Result<()> {
    let program = workspace.npm_program_there("tsc")?;
    build::extension(workspace, Profile::Quick)?;
    run(Command::new(program).args(["--project", "tsconfig.json"]).current_dir(&workspace.root))
}

fn doc(workspace: &Workspace) -> Result<()> {
    let mut doc = cargo();
    doc.args(["doc", "--no-deps", "--workspace"]).current_dir(&workspace.root);
    run(doc.env("RUSTDOCFLAGS", "-D rustdoc::broken_intra_doc_links -D warnings"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(tests: &[&str]) -> Workspace {
        let tests = tests.iter().map(|name| (*name).to_owned()).collect();
        Workspace { root: ".".into(), cargo_target: "target".into(), version: "1".into(), tests }
    }

    fn names(steps: &[Step]) -> Vec<&str> {
        steps.iter().map(|step| step.name.as_str()).collect()
    }

    fn request(arguments: &[&str]) -> Request {
        Request::read(arguments.iter().map(OsString::from).collect()).unwrap()
    }

    #[test]
    fn browser_tests_come_after_the_release_and_the_others_before() {
        let steps = steps(&workspace(&["e2e", "lab"]));
        let at = |name: &str| names(&steps).iter().position(|step| *step == name).unwrap();
        assert!(at("core") < at("lab") && at("lab") < at("dist") && at("dist") < at("e2e"));
    }

    #[test]
    fn parts_are_chosen_by_name_in_the_order_of_ci() {
        let all = || steps(&workspace(&[]));
        let chosen = choose(all(), &["tidy".into(), "core".into()]).unwrap();
        assert_eq!(names(&chosen), ["core", "tidy"]);
        let error = choose(all(), &["cor".into()]).err().unwrap().to_string();
        assert!(error.starts_with("there is no part `cor`; there are fmt, clippy,"), "{error}");
    }

    #[test]
    fn what_follows_the_dashes_is_for_the_tests() {
        let request = request(&["e2e", "--keep-going", "--", "--repeat", "20"]);
        assert_eq!(request.parts, ["e2e"]);
        assert!(request.keep_going);
        assert_eq!(request.for_tests, ["--repeat", "20"]);
    }

    #[test]
    fn a_failure_stops_the_steps_unless_told_otherwise() {
        use std::rc::Rc;
        let ran = Rc::new(std::cell::RefCell::new(Vec::new()));
        let steps = || {
            ["good", "bad", "later"].map(|name| {
                let ran = Rc::clone(&ran);
                Step::new(name, "a step", move |_, _| {
                    ran.borrow_mut().push(name);
                    if name == "bad" { bail!("it is bad") } else { Ok(()) }
                })
            })
        };
        assert!(run_steps(&workspace(&[]), steps().into(), &request(&[])).is_err());
        assert_eq!(ran.take(), ["good", "bad"]);
        assert!(run_steps(&workspace(&[]), steps().into(), &request(&["--keep-going"])).is_err());
        assert_eq!(ran.take(), ["good", "bad", "later"]);
    }
}
