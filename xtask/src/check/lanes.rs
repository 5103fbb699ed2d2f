//! Runs steps, some of them beside each other, and says at the end what each one took.
//!
//! Steps of one [`Lane`] run one after the other; the lanes of a stretch of steps run beside each other. What
//! such a step prints is kept and printed whole when it ends, so a log never mixes two steps. Left out:
//! ending a step of another lane when one fails; it runs to its end.

use std::fs::File;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::Step;
use crate::run::step;
use crate::workspace::Workspace;

/// The lane that a step runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Nothing runs beside it: it measures, or it needs the whole machine.
    Alone,
    /// The code as it is developed: everything that Cargo's `dev` profile is enough for.
    Code,
    /// The release, from its build to its proof.
    Release,
}

/// The lanes that may run beside each other.
const BESIDE: [Lane; 2] = [Lane::Code, Lane::Release];

/// The state in which a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It held.
    Passed,
    /// It did not hold.
    Failed,
    /// A step before it failed, so it did not begin.
    NotRun,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::NotRun => "not run",
        }
    }
}

/// The outcome of one step.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) name: String,
    pub(super) state: State,
    pub(super) took: Duration,
}

/// The way in which a step is run: in this process, or in one of its own whose output goes to a file.
pub(super) trait Runner: Sync {
    /// Runs the step here; what it prints is seen at once.
    ///
    /// # Errors
    /// The error of the step.
    fn here(&self, step: &Step) -> Result<()>;

    /// Runs the step beside another one; gives what it printed as well.
    fn beside(&self, step: &Step) -> (String, Result<()>);
}

/// Runs all steps in order, the lanes of each stretch beside each other. The outcomes are in the order of
/// `steps`.
pub(super) fn run(steps: &[Step], keep_going: bool, runner: &dyn Runner) -> Vec<Outcome> {
    let run = Run {
        runner,
        keep_going,
        failed: AtomicBool::new(false),
        outcomes: Mutex::new(Vec::new()),
        count: steps.len(),
    };
    let numbered: Vec<(usize, &Step)> = steps.iter().enumerate().collect();
    for stretch in
        numbered.chunk_by(|(_, one), (_, next)| one.lane != Lane::Alone && next.lane != Lane::Alone)
    {
        let lanes: Vec<Vec<(usize, &Step)>> = BESIDE
            .iter()
            .map(|lane| stretch.iter().filter(|(_, step)| step.lane == *lane).copied().collect::<Vec<_>>())
            .filter(|lane| !lane.is_empty())
            .collect();
        if lanes.len() < 2 {
            stretch.iter().for_each(|(index, step)| run.one(*index, step, false));
            continue;
        }
        thread::scope(|scope| {
            for lane in &lanes {
                scope.spawn(|| lane.iter().for_each(|(index, step)| run.one(*index, step, true)));
            }
        });
    }
    let mut outcomes = run.outcomes.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// The state that all lanes of a run share.
struct Run<'run> {
    runner: &'run dyn Runner,
    keep_going: bool,
    failed: AtomicBool,
    outcomes: Mutex<Vec<(usize, Outcome)>>,
    count: usize,
}

impl Run<'_> {
    fn one(&self, index: usize, it: &Step, beside: bool) {
        let begin = Instant::now();
        let state = if self.failed.load(Ordering::Acquire) && !self.keep_going {
            State::NotRun
        } else {
            let title = format!("[{}/{}] {}: {}", index + 1, self.count, it.name, it.what);
            match if beside { self.beside(&title, it) } else { step(title, || self.runner.here(it)) } {
                Ok(()) => State::Passed,
                Err(error) => {
                    println!("FAILED {}: {error:#}", it.name);
                    self.failed.store(true, Ordering::Release);
                    State::Failed
                }
            }
        };
        let outcome = Outcome { name: it.name.clone(), state, took: begin.elapsed() };
        self.outcomes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, outcome));
    }

    /// Runs the step beside others. Its output comes in one piece, between a line that names it and a line
    /// that says how long it took.
    fn beside(&self, title: &str, it: &Step) -> Result<()> {
        println!("==> {title} (begins; what it prints follows at its end)");
        let begin = Instant::now();
        let (printed, result) = self.runner.beside(it);
        let how = if result.is_ok() { "done in" } else { "failed after" };
        let seconds = begin.elapsed().as_secs_f32();
        let text = format!("==> {title}\n{}\n    {how} {seconds:.1} s: {title}\n", printed.trim_end());
        // Nothing can be done about a closed standard output.
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
        result
    }
}

/// The runner of the real steps.
pub(super) struct Real<'run> {
    pub(super) workspace: &'run Workspace,
    pub(super) for_tests: &'run [std::ffi::OsString],
}

impl Real<'_> {
    fn in_a_process(&self, it: &Step, log: &std::path::Path) -> Result<()> {
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        let output = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Command::new(program);
        command.args(["check", "--step", &it.name, "--"]).args(self.for_tests);
        command.current_dir(&self.workspace.root).stdin(Stdio::null());
        command.stdout(output.try_clone()?).stderr(output);
        let status = command.status().with_context(|| format!("cannot start the step {}", it.name))?;
        if !status.success() {
            bail!("it ended with {status}; why stands above");
        }
        Ok(())
    }
}

impl Runner for Real<'_> {
    fn here(&self, step: &Step) -> Result<()> {
        (step.work)(self.workspace, self.for_tests)
    }

    fn beside(&self, step: &Step) -> (String, Result<()>) {
        let folder = self.workspace.output("check");
        let log = folder.join(&step.name).with_extension("log");
        let result = std::fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))
            .and_then(|()| self.in_a_process(step, &log));
        let printed = std::fs::read(&log).unwrap_or_default();
        (String::from_utf8_lossy(&printed).into_owned(), result)
    }
}

/// The time that each step took, one a line, in the order of CI. Steps that ran beside each other count in
/// full.
pub(super) fn table(outcomes: &[Outcome], took: Duration) -> String {
    let width = outcomes.iter().map(|outcome| outcome.name.len()).chain([4]).max().unwrap_or_default();
    let mut text = format!("\n{:<width$}  seconds\n", "step");
    for Outcome { name, state, took } in outcomes {
        text.push_str(&format!("{name:<width$}  {:>7.1}  {}\n", took.as_secs_f32(), state.word()));
    }
    text.push_str(&format!("{:<width$}  {:>7.1}\n", "all", took.as_secs_f32()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Notes what runs, in order, and how: `a` here, `(a)` beside another one. A step called `bad` fails.
    #[derive(Default)]
    struct Noted(Mutex<Vec<String>>);

    impl Noted {
        fn note(&self, step: &Step, text: String) -> Result<()> {
            self.0.lock().unwrap().push(text);
            if step.name == "bad" { bail!("it is bad") } else { Ok(()) }
        }
    }

    impl Runner for Noted {
        fn here(&self, step: &Step) -> Result<()> {
            self.note(step, step.name.clone())
        }

        fn beside(&self, step: &Step) -> (String, Result<()>) {
            (String::new(), self.note(step, format!("({})", step.name)))
        }
    }

    /// The steps that ran, and how each step ended.
    fn ran(steps: &[(&str, Lane)], keep_going: bool) -> (Vec<String>, Vec<(String, State)>) {
        let steps: Vec<Step> =
            steps.iter().map(|(name, lane)| Step::new(*lane, name, "a step", |_, _| Ok(()))).collect();
        let noted = Noted::default();
        let outcomes = run(&steps, keep_going, &noted);
        (noted.0.into_inner().unwrap(), outcomes.into_iter().map(|it| (it.name, it.state)).collect())
    }

    #[test]
    fn a_failure_stops_the_steps_unless_told_otherwise() {
        let steps = [("good", Lane::Alone), ("bad", Lane::Alone), ("later", Lane::Code)];
        let (order, states) = ran(&steps, false);
        assert_eq!(order, ["good", "bad"]);
        let states: Vec<State> = states.into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, [State::Passed, State::Failed, State::NotRun]);
        assert_eq!(ran(&steps, true).0, ["good", "bad", "later"]);
    }

    #[test]
    fn lanes_run_beside_each_other_and_what_is_alone_waits_for_both() {
        let steps = [
            ("first", Lane::Alone),
            ("code", Lane::Code),
            ("release", Lane::Release),
            ("more", Lane::Code),
            ("last", Lane::Alone),
        ];
        let (mut order, states) = ran(&steps, false);
        assert_eq!((order.remove(0), order.pop()), ("first".to_owned(), Some("last".to_owned())));
        let at = |name: &str| order.iter().position(|it| it == name).unwrap();
        assert!(at("(code)") < at("(more)") && order.contains(&"(release)".to_owned()), "{order:?}");
        let names: Vec<String> = states.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, steps.map(|(name, _)| name), "the table is in the order of the steps");
    }

    #[test]
    fn one_lane_alone_is_seen_while_it_runs() {
        assert_eq!(ran(&[("a", Lane::Code), ("b", Lane::Code)], false).0, ["a", "b"]);
    }

    #[test]
    fn a_step_that_fails_beside_another_one_ends_its_lane() {
        let steps =
            [("bad", Lane::Code), ("after", Lane::Code), ("other", Lane::Release), ("end", Lane::Alone)];
        let (order, states) = ran(&steps, false);
        assert!(!order.contains(&"(after)".to_owned()) && !order.contains(&"end".to_owned()), "{order:?}");
        assert_eq!(states[3], ("end".to_owned(), State::NotRun));
    }

    #[test]
    fn the_table_names_every_step_with_its_time() {
        let outcome = |name: &str, state, took| Outcome { name: name.to_owned(), state, took };
        let outcomes = [
            outcome("fmt", State::Passed, Duration::from_millis(1_500)),
            outcome("reproducible", State::NotRun, Duration::ZERO),
        ];
        let text = table(&outcomes, Duration::from_secs(2));
        let lines: Vec<&str> = text.trim().lines().collect();
        assert_eq!(lines[1], "fmt               1.5  passed");
        assert_eq!(lines[2], "reproducible      0.0  not run");
        assert_eq!(lines[3], "all               2.0");
    }
}
