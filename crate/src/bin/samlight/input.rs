//! The files that a command reads.

use crate::{ExitOutcome, Problem, arguments, report, shown};
use clap::ArgMatches;
use samlight::{
    base::{instant::Timestamp, limits::FILE_BYTES},
    encryption::PrivateKey,
    file::{self, Beside, FileRead, import::Imported},
    text,
    trace::{
        flow::{Flow, FlowKind},
        tracer::Tracer,
    },
};
use std::{
    ffi::OsStr,
    fs::File,
    io::{self, ErrorKind, Read, stdin},
    time::{SystemTime, UNIX_EPOCH},
};

/// The content of `file`, `-` being standard input; no more of it than is looked at.
pub(crate) fn read(file: &OsStr) -> Result<Vec<u8>, Problem> {
    let read = if file == "-" {
        whole(Vec::new(), stdin().lock())
    } else {
        File::open(file).and_then(|opened| whole(Vec::new(), opened))
    };
    read.map_err(|error| unread(file, &error))
}

/// That `file` can be read.
pub(crate) fn is_there(file: &OsStr) -> Result<(), Problem> {
    let opened = if file == "-" { Ok(()) } else { File::open(file).map(drop) };
    opened.map_err(|error| unread(file, &error))
}

/// The content that begins with `start`; no more of it than is looked at.
pub(crate) fn whole(start: Vec<u8>, rest: impl Read) -> io::Result<Vec<u8>> {
    // One octet more, so that the core sees that the limit is passed.
    let octets_max = (FILE_BYTES + 1).saturating_sub(start.len());
    let mut content = start;
    rest.take(octets_max as u64).read_to_end(&mut content)?;
    Ok(content)
}

/// The problem that `file` cannot be read.
pub(crate) fn unread(file: &OsStr, error: &io::Error) -> Problem {
    let no_such = (error.kind() == ErrorKind::NotFound).then(|| shown::no_such(file)).flatten();
    no_such.unwrap_or_else(|| text!("cli.cannot-read", file = file.to_string_lossy(), reason = error).into())
}

/// The content of `file` by what it is, read now.
pub(crate) fn read_file(file: &OsStr) -> Result<FileRead, Problem> {
    read_file_at(file, clock())
}

/// The same, read at `now`.
pub(crate) fn read_file_at(file: &OsStr, now: Timestamp) -> Result<FileRead, Problem> {
    Ok(file::read(&shown(file), &read(file)?, now, Beside::Files))
}

/// The recording or the message that a file is.
pub(crate) fn imported(FileRead { events, flaws, .. }: FileRead) -> Imported {
    Imported { events, flaws }
}

/// The sign-ins, the newest last; of a file that has none, all that there is.
pub(crate) fn sign_ins(tracer: &Tracer) -> Vec<&Flow> {
    let of = |is_wanted: fn(&Flow) -> bool| tracer.flows().iter().filter(|flow| is_wanted(flow)).collect();
    let sign_ins: Vec<&Flow> = of(|flow| flow.kind == FlowKind::SignIn);
    if sign_ins.is_empty() { of(|_| true) } else { sign_ins }
}

/// Does something with each of `files`. One that cannot be read keeps the others from nothing.
pub(crate) fn each(
    files: &[&OsStr],
    mut look: impl FnMut(&OsStr) -> Result<ExitOutcome, Problem>,
) -> Result<ExitOutcome, Problem> {
    let mut outcome = if files.is_empty() { Err(text!("cli.no-file").into()) } else { Ok(ExitOutcome::Good) };
    for file in files {
        outcome = match (look(file), outcome) {
            (Err(Problem::Unread), _) => return Err(Problem::Unread),
            (Err(problem), Err(Problem::Said(before))) => {
                report(&before);
                Err(problem)
            }
            (Err(problem), _) | (Ok(_), Err(problem)) => Err(problem),
            (Ok(now), Ok(before)) => Ok(ExitOutcome::wrong([now, before].contains(&ExitOutcome::Found))),
        };
    }
    outcome
}

/// The private keys in these files. They are in memory while the messages are read, and nowhere else.
pub(crate) fn private_keys(files: &[&OsStr]) -> Result<Vec<PrivateKey>, Problem> {
    let key = |file: &&OsStr| {
        let content = read(file)?;
        PrivateKey::from_file(&content).map_err(|problem| {
            Problem::from(text!("cli.bad-key", file = file.to_string_lossy(), problem = problem.text()))
        })
    };
    files.iter().map(key).collect()
}

/// The one FILE that a command reads.
pub(crate) fn only(given: &ArgMatches) -> Result<&OsStr, Problem> {
    arguments::path_of(given, arguments::FILES).ok_or_else(|| text!("cli.no-file").into())
}

/// The time that the clock shows.
pub(crate) fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The name of `file` for people.
pub(crate) fn shown(file: &OsStr) -> String {
    file.to_string_lossy().into_owned()
}
