//! The files that a command reads.

use crate::Problem;
use samlight::{limits::LIMITS, text};
use std::{
    ffi::OsStr,
    fs::File,
    io::{Read, stdin},
};

/// The content of `file`, `-` being standard input; no more of it than is looked at.
pub(crate) fn read(file: &OsStr) -> Result<Vec<u8>, Problem> {
    // One octet more, so that the core sees that the limit is passed.
    let octets_max = LIMITS.parameter_bytes as u64 + 1;
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
