//! The files that a command reads.

use crate::Problem;
use samlight::{
    base::{instant::Timestamp, limits::FILE_BYTES},
    encryption::PrivateKey,
    file::{self, Beside, FileRead, import::Imported},
    text,
};
use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{Read, stdin},
    time::{SystemTime, UNIX_EPOCH},
};

/// The content of `file`, `-` being standard input; no more of it than is looked at.
pub(crate) fn read(file: &OsStr) -> Result<Vec<u8>, Problem> {
    // One octet more, so that the core sees that the limit is passed.
    let octets_max = FILE_BYTES as u64 + 1;
    let mut content = Vec::new();
    let read = if file == "-" {
        stdin().lock().take(octets_max).read_to_end(&mut content)
    } else {
        File::open(file).and_then(|opened| opened.take(octets_max).read_to_end(&mut content))
    };
    match read {
        Ok(_) => Ok(content),
        Err(error) => Err(text!("cli.cannot-read", file = file.to_string_lossy(), reason = error).into()),
    }
}

/// The content of `file`, read at `now`.
pub(crate) fn import(file: &OsStr, now: Timestamp) -> Result<Imported, Problem> {
    let FileRead { events, flaws, .. } = file::read(&shown(file), &read(file)?, now, Beside::Files);
    Ok(Imported { events, flaws })
}

/// The private keys in these files. They are in memory while the messages are read, and nowhere else.
pub(crate) fn private_keys(files: &[OsString]) -> Result<Vec<PrivateKey>, Problem> {
    let key = |file: &OsString| {
        let content = read(file)?;
        PrivateKey::from_file(&content).map_err(|problem| {
            Problem::from(text!("cli.bad-key", file = file.to_string_lossy(), problem = problem.text()))
        })
    };
    files.iter().map(key).collect()
}

/// Takes in the one FILE that a command reads.
pub(crate) fn take_only(slot: &mut Option<OsString>, file: OsString) -> Result<(), Problem> {
    match slot {
        None => {
            *slot = Some(file);
            Ok(())
        }
        Some(_) => Err(text!("cli.one-file", file = shown(&file)).into()),
    }
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
