//! Marionette's protocol: each message is its length in decimal digits, a colon, and JSON; a command is
//! `[0, number, name, parameters]` and its answer `[1, number, error, result]`. One command at a time.

use std::fs;
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Value, json};

use crate::browser::{ConsoleLine, Level};
use crate::wait::Hopeless;

/// The time that the browser may take to answer one command. Longer than any script may run.
const ANSWER_DEADLINE: Duration = Duration::from_secs(100);
/// The time that a script may run, in milliseconds.
const SCRIPT_DEADLINE: u32 = 90_000;
/// A message that claims to be longer is none: pictures are the largest.
const MESSAGE_BYTES: usize = 100_000_000;

/// The functions that [`Connection::call`] calls.
const INSIDE: &str = include_str!("inside.js");

/// The line to one browser.
#[derive(Debug)]
pub(super) struct Connection {
    line: Mutex<Line>,
    log: PathBuf,
    /// The number of bytes of the log that are forgotten.
    forgotten: AtomicUsize,
}

#[derive(Debug)]
struct Line {
    stream: BufReader<TcpStream>,
    last_number: u64,
}

impl Connection {
    /// Begins a session and puts the harness's functions into the browser's window. `log` is where Firefox
    /// writes.
    pub(super) fn new(stream: TcpStream, log: PathBuf) -> Result<Self> {
        stream.set_read_timeout(Some(ANSWER_DEADLINE))?;
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        let hello = read(&mut stream)?;
        ensure!(hello["marionetteProtocol"] == 3, "Firefox speaks another Marionette: {hello}");
        let line = Mutex::new(Line { stream, last_number: 0 });
        let connection = Connection { line, log, forgotten: AtomicUsize::new(0) };
        let wanted = json!({ "acceptInsecureCerts": true, "timeouts": { "script": SCRIPT_DEADLINE } });
        connection.command("WebDriver:NewSession", &wanted)?;
        connection.command("Marionette:SetContext", &json!({ "value": "chrome" }))?;
        connection.script(INSIDE, &[])?;
        Ok(connection)
    }

    /// Sends one command and waits for its answer.
    ///
    /// # Errors
    /// The error that the browser answered with, under the command's name; [`Hopeless`] when the browser is
    /// gone.
    pub(super) fn command(&self, name: &str, parameters: &Value) -> Result<Value> {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.last_number += 1;
        let number = line.last_number;
        let mut exchange = || -> Result<Value> {
            let message = json!([0, number, name, parameters]).to_string();
            write!(line.stream.get_mut(), "{}:{message}", message.len())?;
            read(&mut line.stream)
        };
        let mut answer = exchange().map_err(|error| Hopeless::error(format!("{name}: {error:#}")))?;
        if answer[1] != number {
            return Err(Hopeless::error(format!("{name}: the answer to another command came: {answer}")));
        }
        match answer[2].as_object() {
            Some(error) => Err(anyhow!("{}", error["message"].as_str().unwrap_or("an error without words"))),
            None => Ok(answer[3].take()),
        }
    }

    /// Calls one of the harness's functions in the browser's window.
    ///
    /// # Errors
    /// The error that it threw.
    pub(super) fn call(&self, function: &str, arguments: &[Value]) -> Result<Value> {
        self.script(&format!("return samlightHarness.{function}(...arguments)"), arguments)
            .with_context(|| format!("{function} in Firefox"))
    }

    /// The complaints of scripts and styles from below `origin`, and those of all pages by `console.error`
    /// and `warn`.
    pub(super) fn console(&self, origin: &str) -> Vec<ConsoleLine> {
        let complaints = self.call("complaints", &[origin.into()]).unwrap_or_default();
        let complaint = |it: &Value| ConsoleLine {
            level: if it["warning"] == true { Level::Warning } else { Level::Error },
            text: it["text"].as_str().unwrap_or_default().to_owned(),
            target: String::new(),
        };
        let mut lines: Vec<_> = complaints.as_array().into_iter().flatten().map(complaint).collect();
        let log = fs::read(&self.log).unwrap_or_default();
        let log = log.get(self.forgotten.load(Ordering::Acquire)..).unwrap_or_default();
        lines.extend(String::from_utf8_lossy(log).lines().filter_map(printed));
        lines
    }

    /// Drops what pages have printed so far; the list of complaints is `inside.js`'s to empty.
    pub(super) fn forget_console(&self) {
        let length = fs::read(&self.log).map_or(0, |log| log.len());
        self.forgotten.store(length, Ordering::Release);
    }

    fn script(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let parameters = json!({ "script": script, "args": arguments, "sandbox": null });
        Ok(self.command("WebDriver:ExecuteScript", &parameters)?["value"].take())
    }
}

/// A line of a page's console as Firefox prints it to its log. Its own parts begin with their names instead
/// of a quotation mark.
fn printed(line: &str) -> Option<ConsoleLine> {
    const BEGINNINGS: &[(&str, Level)] =
        &[("console.error: \"", Level::Error), ("console.warn: \"", Level::Warning)];
    let (beginning, level) = BEGINNINGS.iter().find(|(beginning, _)| line.starts_with(beginning))?;
    let text = line.trim_start_matches(beginning).to_owned();
    Some(ConsoleLine { level: *level, text, target: String::new() })
}

fn read(stream: &mut impl Read) -> Result<Value> {
    let mut length = 0_usize;
    loop {
        let mut byte = [0];
        stream.read_exact(&mut byte).context("Firefox has ended, or does not answer")?;
        match byte[0] {
            b':' => break,
            digit @ b'0'..=b'9' if length < MESSAGE_BYTES => length = length * 10 + usize::from(digit - b'0'),
            other => bail!("Firefox sent no message but the byte {other}"),
        }
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message).context("Firefox ended in the middle of a message")?;
    Ok(serde_json::from_slice(&message)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_its_length_and_json() -> Result<()> {
        let mut bytes = &b"7:[1,2,3]2:{}"[..];
        assert_eq!(read(&mut bytes)?, json!([1, 2, 3]));
        assert_eq!(read(&mut bytes)?, json!({}));
        assert!(read(&mut bytes).is_err());
        assert!(read(&mut &b"x:1"[..]).is_err());
        assert!(read(&mut &b"9999999999:1"[..]).is_err());
        Ok(())
    }
}
