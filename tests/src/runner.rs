//! Runs scenarios in real browsers, and keeps what is needed to understand a failure.
//!
//! A test target that uses it has `harness = false` and a table of [`Scenario`]s. Each runs once in each
//! browser it is for, under the browser's name: `firefox: a matching NameID is called a match`. It
//! understands what `cargo test` passes on: `--list`, `--exact`, parts of names; and `--repeat N`, which runs
//! everything N times to find flakes. A failure leaves a folder with a screenshot of every page, the
//! consoles, the targets and the logs of the world's parts.
//!
//! A browser serves several scenarios and is tidied up between them; see [`Scenario::in_a_fresh_browser`].
//! One in which a scenario has failed is not used again, and no scenario is tried twice.
//!
//! Chromium's scenarios run beside Firefox's, each in a world of its own. Left out: scenarios of one browser
//! beside each other (they would need more worlds, and two processors have enough to do).

mod evidence;
mod selection;

use std::any::Any;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Error, Result, anyhow};

use crate::browser::{Browser, Kind, LaunchOptions};
use evidence::chain;
pub use evidence::keep_evidence;
use selection::Selection;

/// The work of a scenario. It fails by an error or a panic.
pub type Run<W> = fn(&W, &Browser) -> Result<()>;

/// One test: a name that says what is true when it passes, what to do, and in which browsers.
pub struct Scenario<W> {
    name: &'static str,
    run: Run<W>,
    kinds: &'static [Kind],
    start: Start,
}

/// The browser that a scenario gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// One that other scenarios have used and will use.
    Shared,
    /// One that was started for it, and ends with it.
    Fresh,
}

impl<W> Scenario<W> {
    /// A scenario for every browser. The name is a short sentence.
    #[must_use]
    pub const fn everywhere(name: &'static str, run: Run<W>) -> Self {
        Scenario { name, run, kinds: Kind::ALL, start: Start::Shared }
    }

    /// A scenario for Firefox alone, because it is about what only Firefox has. Its file says what.
    #[must_use]
    pub const fn in_firefox(name: &'static str, run: Run<W>) -> Self {
        Scenario { name, run, kinds: &[Kind::Firefox], start: Start::Shared }
    }

    /// A scenario for Chromium alone, because it needs what only Chromium's client can do. Its file says
    /// what.
    #[must_use]
    pub const fn in_chromium(name: &'static str, run: Run<W>) -> Self {
        Scenario { name, run, kinds: &[Kind::Chromium], start: Start::Shared }
    }

    /// The same in a browser that was started for it: because it is about the start, about what is left
    /// behind (memory, disk, consoles), about time, or because it changes what tidying up does not change
    /// back (permissions, windows).
    #[must_use]
    pub const fn in_a_fresh_browser(self) -> Self {
        Scenario { start: Start::Fresh, ..self }
    }
}

/// The world that all scenarios of one browser share: servers, folders, the extension.
pub trait World: Sized {
    /// Starts everything.
    ///
    /// # Errors
    /// Something is missing; says what, and what to do.
    fn start() -> Result<Self>;
    /// The way in which each scenario's browser is started; the scenario decides which browser it is.
    fn launch_options(&self) -> LaunchOptions;
    /// Logs worth reading after a failure: a name and the last lines.
    fn log_tails(&self) -> Vec<(String, String)>;
}

/// The whole of a test target's `main`. `target` names the folder for what failures leave behind.
pub fn main<W: World>(target: &str, scenarios: &[Scenario<W>]) -> ExitCode {
    match run::<W>(target, scenarios, env::args().skip(1)) {
        Ok(code) => code,
        Err(error) => {
            println!("\ntest result: FAILED. {target} could not run: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The folder for what is made: `target` beside the workspace's `Cargo.toml`, where `cargo xtask` puts the
/// extension.
#[must_use]
pub fn target_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).join("target")
}

fn run<W: World>(
    target: &str,
    scenarios: &[Scenario<W>],
    arguments: impl Iterator<Item = String>,
) -> Result<ExitCode> {
    let selection = Selection::parse(arguments)?;
    let lanes: Vec<Vec<Test<'_, W>>> =
        Kind::ALL.iter().map(|kind| tests_in(*kind, scenarios).collect()).collect();
    let count: usize = lanes.iter().map(Vec::len).sum();
    let chosen: Vec<Vec<_>> = lanes
        .into_iter()
        .map(|lane| lane.into_iter().filter(|it| selection.chooses(&it.name)).collect::<Vec<_>>())
        .filter(|lane| !lane.is_empty())
        .collect();
    let chosen_count: usize = chosen.iter().map(Vec::len).sum();
    if selection.list {
        chosen.iter().flatten().for_each(|it| println!("{}: test", it.name));
        return Ok(ExitCode::SUCCESS);
    }
    let begin = Instant::now();
    println!("\nrunning {} tests", chosen_count * selection.repeat);
    let ended: Vec<Result<Ended>> = thread::scope(|scope| {
        let lanes: Vec<_> =
            chosen.iter().map(|lane| scope.spawn(|| run_lane(target, lane, selection.repeat))).collect();
        let ended =
            lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|it| Err(panic_error(it.as_ref()))));
        ended.collect()
    });
    let (mut passed, mut failures) = (0, Vec::new());
    for lane in ended {
        let lane = lane?;
        passed += lane.passed;
        failures.extend(lane.failures);
    }
    if !failures.is_empty() {
        // With their reasons once more: who reads the end of a long log needs no other part of it.
        println!("\nfailures:");
        failures.iter().for_each(|it| println!("    {}\n{}", it.name, indented(&it.reason)));
    }
    println!(
        "\ntest result: {}. {passed} passed; {} failed; 0 ignored; 0 measured; {} filtered out; finished in {:.2}s\n",
        if failures.is_empty() { "ok" } else { "FAILED" },
        failures.len(),
        count - chosen_count,
        begin.elapsed().as_secs_f32()
    );
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The outcome of the scenarios of one browser.
#[derive(Default)]
struct Ended {
    passed: usize,
    failures: Vec<Failure>,
}

/// All rounds of one browser's scenarios, in a world of their own.
fn run_lane<W: World>(target: &str, tests: &[Test<'_, W>], rounds: usize) -> Result<Ended> {
    let world = W::start()?;
    let mut ended = Ended::default();
    let mut shared = None;
    for round in 1..=rounds {
        for test in tests {
            let name = match rounds {
                1 => test.name.clone(),
                rounds => format!("{} (round {round} of {rounds})", test.name),
            };
            let folder = target_folder().join(target).join(folder_name(&name));
            match run_one(&world, test, &mut shared, &name, &folder) {
                None => ended.passed += 1,
                Some(failure) => ended.failures.push(failure),
            }
        }
    }
    Ok(ended)
}

/// A scenario in one browser.
struct Test<'scenario, W> {
    name: String,
    kind: Kind,
    scenario: &'scenario Scenario<W>,
}

fn tests_in<W>(kind: Kind, scenarios: &[Scenario<W>]) -> impl Iterator<Item = Test<'_, W>> {
    let here = scenarios.iter().filter(move |it| it.kinds.contains(&kind));
    here.map(move |scenario| Test { name: format!("{kind}: {}", scenario.name), kind, scenario })
}

/// A test that failed, and why: an error and its causes, one a line.
struct Failure {
    name: String,
    reason: String,
}

/// Runs one scenario and prints its line; gives the failure, if it failed. Takes the shared browser or leaves
/// one, if the scenario shares.
fn run_one<W: World>(
    world: &W,
    test: &Test<'_, W>,
    shared: &mut Option<Browser>,
    name: &str,
    folder: &Path,
) -> Option<Failure> {
    let begin = Instant::now();
    let shares = test.scenario.start == Start::Shared;
    let launch = || Browser::launch(&LaunchOptions { kind: test.kind, ..world.launch_options() });
    let used = if shares { shared.take() } else { None };
    let outcome = used.map_or_else(launch, Ok).and_then(|browser| {
        let outcome = catch_unwind(AssertUnwindSafe(|| (test.scenario.run)(world, &browser)));
        let outcome = outcome.unwrap_or_else(|panic| Err(panic_error(panic.as_ref())));
        if let Err(error) = outcome {
            let kept = keep_evidence(folder, &browser, &error, &world.log_tails());
            return Err(
                match kept.with_context(|| format!("could not keep evidence in {}", folder.display())) {
                    Ok(()) => error.context(format!("see {}", folder.display())),
                    Err(trouble) => error.context(format!("{trouble:#}")),
                },
            );
        }
        if shares {
            browser.tidy().context("tidying up the browser behind it")?;
            *shared = Some(browser);
        }
        Ok(())
    });
    let seconds = begin.elapsed().as_secs_f32();
    let Err(error) = outcome else {
        println!("test {name} ... ok ({seconds:.1} s)");
        return None;
    };
    let reason = chain(&error);
    println!("test {name} ... FAILED ({seconds:.1} s)\n{reason}");
    Some(Failure { name: name.to_owned(), reason })
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("        {line}\n")).collect()
}

fn panic_error(panic: &(dyn Any + Send)) -> Error {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    anyhow!("{}", text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words"))
}

/// A name as a folder.
fn folder_name(name: &str) -> String {
    let letters = name.chars().map(|it| if it.is_alphanumeric() { it.to_ascii_lowercase() } else { ' ' });
    letters.collect::<String>().split_whitespace().collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_a_test_in_each_browser_it_is_for() {
        let run: Run<()> = |(), _| Ok(());
        let scenarios = [Scenario::everywhere("both", run), Scenario::in_chromium("one", run)];
        let names = |kind| tests_in(kind, &scenarios).map(|it| it.name).collect::<Vec<_>>();
        assert_eq!(names(Kind::Chromium), ["chromium: both", "chromium: one"]);
        assert_eq!(names(Kind::Firefox), ["firefox: both"]);
    }

    #[test]
    fn folder_names_are_plain() {
        assert_eq!(folder_name("GitLab.com: the page (round 2 of 20)"), "gitlab-com-the-page-round-2-of-20");
    }
}
