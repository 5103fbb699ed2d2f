//! `bench`: how long things take, as ratios to named peers of the same run, written down with the machine.
//!
//! The figures come from the program `tests/bench/figures.rs`; this file runs it and writes what it says.
//! What it shows in browsers is put together by `bench/site.rs`. Nothing is judged here: what must hold on
//! any machine is counted by tests.

mod site;

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use samlight::base::instant::Timestamp;
use serde_json::Value;

use crate::run::{output, run, step};
use crate::workspace::{Workspace, cargo};

pub(crate) const SUMMARY: &str = "Measure how long things take and write it to tests/bench/RESULTS.md";
pub(crate) const HELP: &str = "\
Usage: cargo xtask bench

Builds and runs the benches, and writes times and ratios to tests/bench/RESULTS.md, with the machine,
the versions and the command. Each time stands beside that of a named peer of the same run; only the
ratio can be compared between machines. Takes some minutes; best when the machine does nothing else.

For the figures in browsers it builds the release, and the release of an earlier commit once, and gets the
packages that tests/bench/peers/package-lock.json names from npm. All of it goes below target/.

  SAMLIGHT_BENCH_LOG   the size in MiB of the log in which a group is looked for; 64 without it. What is promised
                       holds for 1024.
";

/// The file that is written.
const RESULTS: &str = "tests/bench/RESULTS.md";

/// The command that is run, as arguments for cargo.
const BENCHES: [&str; 6] = ["bench", "--locked", "--package", "samlight-tests", "--bench", "figures"];

/// The variable that tells the benches of the folder for browsers (`tests/bench/browsers.rs`).
const FOLDER_VARIABLE: &str = "SAMLIGHT_BENCH";

/// The command line that is measured, and the variable that tells the benches where it is
/// (`tests/bench/logs.rs`).
const PROGRAM: [&str; 6] = ["build", "--locked", "--profile", "cli", "--package", "samlight"];
const PROGRAM_VARIABLE: &str = "SAMLIGHT_BENCH_PROGRAM";

/// The text before the facts.
const ABOUT: &str = "\
# How long things take

Written by `cargo xtask bench`, which runs the program `tests/bench/figures.rs`; do not edit it by hand. Each time stands
beside that of a named peer in the same run. The ratio says how many times as long as the peer: compare ratios between
machines, not times. What must hold on any machine is not judged by these times: the tests count what is looked at
(`crate/src/trace/tests.rs`).

- A native time is the least that the processor took in several runs of the same work.
- A time in a browser is by the page's clock, in rounds in which the peers take turns: the least of nine for single
  messages and requests, the middle one for a start and a paint. What else the machine does adds to it.
- In a browser the released Wasm and JavaScript run. Only the works on single messages are those of a Wasm file of
  their own (`tests/bench/wasm`), which is compiled as the release is: the released core does them only together.
- A start is that of a worker of a page over HTTP, without the browser's store. An earlier worker has counted what it
  found in the sign-ins that are over, as it does whenever the badge is shown; the start takes that up and reads the
  newest sign-ins. The earlier commit reads all. What reading all takes stands among the others.
- A request goes through the listeners in such a worker.
- A log is read by programs: the command line as it is released, and the peers as Debian has them. Their time is that of
  the processor, on all cores, with the system's. A browser has the log from the disk and reads it in the worker of a
  page; its time is by the page's clock, the least of two, beside that of jq's processor.
- No JavaScript gives GitLab's verdict; xml-crypto's check of the signature stands for it.
";

/// The text before the remarks on rows whose aim is not met (`tests/bench/remarks.rs`).
const IN_THE_WAY: &str = "\
## What stands in the way

Of the rows whose aim is not met.
";

/// The text before the other figures.
const OTHERS: &str = "\
## Others

Nothing is promised of these.
";

/// The text behind the figures.
const BEFORE: &str = "\
## Before

Until flows were kept with indexes of where to look, each event joined all flows anew. Measured then, on another machine:
10 ms an event after 250 sign-ins, 29 ms after 500, 567 ms after 5,000; reading a HAR of 10,000 exchanges took more than
14 s. These times have no peer, so there is no ratio to them.
";

/// `cargo xtask bench`.
pub(crate) fn main(arguments: Vec<OsString>) -> Result<()> {
    if let Some(argument) = lexopt::Parser::from_args(arguments).next()? {
        return Err(argument.unexpected().into());
    }
    let workspace = Workspace::here()?;
    step("compile the benches", || run(cargo().args(BENCHES).arg("--no-run").current_dir(&workspace.root)))?;
    step("compile the command line", || run(cargo().args(PROGRAM).current_dir(&workspace.root)))?;
    let folder = site::prepare(&workspace)?;
    let facts = facts(&workspace)?;
    let mut benches = cargo();
    benches.args(BENCHES).current_dir(&workspace.root).env(FOLDER_VARIABLE, folder);
    benches.env(PROGRAM_VARIABLE, workspace.cargo_target.join("cli/samlight"));
    let figures = step("measure", || output(&mut benches))?;
    let text = rendered(&facts, &figures)?;
    let path = workspace.root.join(RESULTS);
    std::fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    println!("{text}\nwritten to {RESULTS}");
    Ok(())
}

/// Something to know about a run: its name and what it is.
type Fact = (&'static str, String);

/// The facts that the run depends on, besides the code: where, when and with what.
fn facts(workspace: &Workspace) -> Result<Vec<Fact>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?;
    let now = Timestamp(i64::try_from(now.as_millis())?);
    let read = |path: &str| std::fs::read_to_string(Path::new(path)).unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or_else(|_| UNKNOWN.into(), |n| n.to_string());
    let system = format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH);
    Ok(vec![
        ("command", "`cargo xtask bench`".into()),
        ("runs", format!("`cargo {}`", BENCHES.join(" "))),
        (
            "profile",
            "`bench` of `Cargo.toml`: `opt-level = 3`, thin LTO; the release is made small instead".into(),
        ),
        ("time", now.day_and_time()),
        ("commit", commit(workspace)?),
        ("Samlight", workspace.version.clone()),
        ("compiler", output(Command::new("rustc").arg("--version"))?.trim().into()),
        ("system", system),
        ("processor", field(&read("/proc/cpuinfo"), "model name")),
        ("cores", cores),
        ("memory", memory(&read("/proc/meminfo"))),
        ("load before", load(&read("/proc/loadavg"))),
    ])
}

const UNKNOWN: &str = "not known";

/// The commit that is measured, and whether there is more than it.
fn commit(workspace: &Workspace) -> Result<String> {
    let git = |arguments: &[&str]| output(Command::new("git").args(arguments).current_dir(&workspace.root));
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let others = format!(":!{RESULTS}");
    let changed = git(&["status", "--porcelain", "--", ".", &others])?;
    let more = if changed.is_empty() { "" } else { ", and changes that are not committed" };
    Ok(format!("{}{more}", commit.trim()))
}

/// The value of the first line `name : value` in a file of Linux about the machine.
fn field(text: &str, name: &str) -> String {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.trim() == name).map_or_else(|| UNKNOWN.into(), |(_, value)| value.trim().into())
}

/// The size of the memory, as `/proc/meminfo` says.
fn memory(text: &str) -> String {
    let kilobytes = field(text, "MemTotal").split(' ').next().and_then(|number| number.parse::<f64>().ok());
    kilobytes.map_or_else(|| UNKNOWN.into(), |it| format!("{:.1} GiB", it / 1024.0 / 1024.0))
}

/// The load of the machine, as `/proc/loadavg` says.
fn load(text: &str) -> String {
    let minute = text.split(' ').next().filter(|it| !it.is_empty());
    minute.map_or_else(|| UNKNOWN.into(), |it| format!("{it} (programs that want a core, mean of a minute)"))
}

/// The whole page: what it is, the facts, and the figures that the program gave as JSON.
fn rendered(facts: &[Fact], figures: &str) -> Result<String> {
    let figures: Vec<Value> = serde_json::from_str(figures).context("the benches gave no JSON array")?;
    let rows = |promised: bool| {
        let chosen = figures.iter().filter(|figure| figure["goal"].is_object() == promised);
        chosen.map(row).collect::<Option<String>>().context("a figure of the benches lacks one of its parts")
    };
    let facts: String = facts.iter().map(|(name, fact)| format!("| {name} | {} |\n", cell(fact))).collect();
    Ok(format!(
        "{ABOUT}\n| fact | |\n|---|---|\n{facts}\n## What is promised\n\n\
         | figure | work | where | amount | peer | peer's amount | ratio | must | aim | |\n\
         |---|---|---|--:|---|--:|--:|--:|--:|---|\n{}\n{}{OTHERS}\n\
         | figure | work | where | amount | peer | peer's amount | ratio |\n\
         |---|---|---|--:|---|--:|--:|\n{}\n{BEFORE}",
        rows(true)?,
        in_the_way(&figures),
        rows(false)?,
    ))
}

/// The part that says of the rows whose aim is not met what stands in the way; nothing where none is.
fn in_the_way(figures: &[Value]) -> String {
    let mut remarks: Vec<(&str, Vec<String>)> = Vec::new();
    let is_open = |figure: &&Value| figure["goal"].is_object() && figure["goal"]["state"] != "aim met";
    for figure in figures.iter().filter(is_open) {
        let remark = figure["remark"].as_str().unwrap_or("nobody has looked into it");
        let [what, work, place] =
            ["what", "work", "where"].map(|name| figure[name].as_str().unwrap_or_default());
        let row = format!("{what} ({work}, {place})");
        match remarks.iter_mut().find(|(known, _)| *known == remark) {
            Some((_, rows)) => rows.push(row),
            None => remarks.push((remark, vec![row])),
        }
    }
    if remarks.is_empty() {
        return String::new();
    }
    let line = |(remark, rows): (&str, Vec<String>)| format!("- {}: {remark}.\n", rows.join("; "));
    format!("{IN_THE_WAY}\n{}\n", remarks.into_iter().map(line).collect::<String>())
}

fn row(figure: &Value) -> Option<String> {
    let text = |name: &str| figure[name].as_str().map(cell);
    let (amount, peer_amount) = (figure["amount"].as_u64()?, figure["peer_amount"].as_u64()?);
    let shown = |amount: u64| match figure["unit"].as_str()? {
        "ns" => Some(duration(amount)),
        "octets" => Some(format!("{} kB", significant(amount as f64 / 1e3))),
        "octets for one" => Some(format!("{} octets for one", significant(amount as f64 / 1e3))),
        _ => None,
    };
    let goal = match &figure["goal"] {
        Value::Null => String::new(),
        goal => ["must", "aim", "state"]
            .map(|name| Some(format!(" {} |", goal[name].as_str()?)))
            .into_iter()
            .collect::<Option<_>>()?,
    };
    Some(format!(
        "| {} | {} | {} | {} | {} | {} | {} |{goal}\n",
        text("what")?,
        text("work")?,
        text("where")?,
        shown(amount)?,
        text("peer")?,
        shown(peer_amount)?,
        significant(amount as f64 / peer_amount as f64)
    ))
}

/// A text that cannot end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Nanoseconds as people read them: `1.23 ms`.
fn duration(nanoseconds: u64) -> String {
    const UNITS: [(f64, &str); 3] = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];
    let time = nanoseconds as f64;
    let unit = UNITS.into_iter().find(|(size, _)| time >= *size);
    unit.map_or_else(
        || format!("{nanoseconds} ns"),
        |(size, unit)| format!("{} {unit}", significant(time / size)),
    )
}

/// A number with three digits that mean something, and at most six behind the point.
fn significant(number: f64) -> String {
    let before = number.abs().max(1e-9).log10().floor() as i32;
    format!("{number:.*}", (2 - before).clamp(0, 6) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_a_row_for_each_fact_and_each_figure() {
        let figures = r#"[
            {"what": "reading", "work": "9 a|b", "where": "native", "unit": "ns", "amount": 1234567,
             "peer": "writing", "peer_amount": 617283, "goal": null},
            {"what": "keeping", "work": "1 list", "where": "Firefox 1", "unit": "octets for one", "amount": 5000,
             "peer": "before", "peer_amount": 10000, "goal": {"must": "4", "aim": "5", "state": "aim met"}}
        ]"#;
        let page = rendered(&[("cores", "2".into()), ("commit", "abc".into())], figures).unwrap();
        assert!(page.starts_with("# How long things take\n"), "{page}");
        let table = "\
| fact | |
|---|---|
| cores | 2 |
| commit | abc |

## What is promised

| figure | work | where | amount | peer | peer's amount | ratio | must | aim | |
|---|---|---|--:|---|--:|--:|--:|--:|---|
| keeping | 1 list | Firefox 1 | 5.00 octets for one | before | 10.0 octets for one | 0.500 | 4 | 5 | aim met |

## Others

Nothing is promised of these.

| figure | work | where | amount | peer | peer's amount | ratio |
|---|---|---|--:|---|--:|--:|
| reading | 9 a\\|b | native | 1.23 ms | writing | 617 µs | 2.00 |

## Before
";
        assert!(page.contains(table), "{page}");
    }

    #[test]
    fn rows_whose_aim_is_not_met_say_what_stands_in_the_way() {
        let missed = |work: &str, remark: &str| {
            format!(
                r#"{{"what": "reading", "work": "{work}", "where": "Firefox 1", "unit": "ns", "amount": 2000, "peer": "writing",
                "peer_amount": 1000, "goal": {{"must": "1 µs", "aim": "1 µs", "state": "missed"}}, "remark": {remark}}}"#
            )
        };
        let figures = [("1 page", "\"it is slow\""), ("2 pages", "\"it is slow\""), ("3 pages", "null")];
        let figures = figures.map(|(work, remark)| missed(work, remark)).join(",");
        let page = rendered(&[], &format!("[{figures}]")).unwrap();
        let said = "\
## What stands in the way

Of the rows whose aim is not met.

- reading (1 page, Firefox 1); reading (2 pages, Firefox 1): it is slow.
- reading (3 pages, Firefox 1): nobody has looked into it.

## Others
";
        assert!(page.contains(said), "{page}");
    }

    #[test]
    fn what_the_benches_do_not_say_is_an_error_and_not_a_row() {
        let lacks = r#"[{"what": "reading", "work": "9", "where": "native", "unit": "ns", "amount": 1, "peer": "writing"}]"#;
        let error = |figures: &str| rendered(&[], figures).unwrap_err().to_string();
        assert_eq!(error(lacks), "a figure of the benches lacks one of its parts");
        assert_eq!(
            error(&lacks.replace("}]", r#", "peer_amount": 1, "goal": {"must": "1"}}]"#)),
            error(lacks)
        );
        assert_eq!(error("running"), "the benches gave no JSON array");
    }

    #[test]
    fn numbers_have_three_digits_that_mean_something() {
        let numbers = [0.0123456, 0.5, 1.0, 12.345, 123.456, 12345.6];
        assert_eq!(numbers.map(significant), ["0.0123", "0.500", "1.00", "12.3", "123", "12346"]);
    }

    #[test]
    fn the_machine_is_read_where_the_system_tells_it() {
        let cpu = "processor\t: 0\nmodel name\t: A Processor @ 2 GHz\nmodel name\t: Another\n";
        assert_eq!(field(cpu, "model name"), "A Processor @ 2 GHz");
        assert_eq!(memory("MemTotal:       16384000 kB\nMemFree: 1 kB\n"), "15.6 GiB");
        assert!(load("0.42 0.50 0.60 1/200 4242\n").starts_with("0.42 ("));
        assert_eq!([field("", "model name"), memory(""), load("")], [UNKNOWN; 3]);
    }
}
