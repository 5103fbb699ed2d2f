//! The Chrome DevTools Protocol over `--remote-debugging-pipe`: commands with sessions, answers, events.
//!
//! Messages are JSON, each ended by one zero byte. A command carries a number and comes back under it;
//! anything without a number is an event. One thread reads; any thread may send. Left out: binary (CBOR)
//! mode.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};

use super::journal::{ConsoleLine, Journal};
use crate::wait::Hopeless;

/// The time that the browser may take to answer one command. The longest are heap snapshots on a loaded
/// machine.
const ANSWER_DEADLINE: Duration = Duration::from_secs(90);

/// The line to one browser.
#[derive(Debug)]
pub(crate) struct Connection {
    to_browser: Mutex<PipeWriter>,
    shared: Arc<Mutex<Shared>>,
}

/// The state that the sending threads and the reading thread share.
#[derive(Debug, Default)]
struct Shared {
    last_number: u64,
    waiting: HashMap<u64, Sender<Value>>,
    listeners: Vec<Listener>,
    journal: Journal,
    ended: bool,
}

/// Somebody who wants each event of one method of one session.
#[derive(Debug)]
struct Listener {
    session: String,
    method: &'static str,
    events: Sender<Value>,
}

impl Connection {
    /// Takes over the two pipe ends and starts to read.
    pub(crate) fn new(to_browser: PipeWriter, from_browser: PipeReader) -> Arc<Self> {
        let shared = Arc::new(Mutex::new(Shared::default()));
        let reading = Arc::clone(&shared);
        thread::spawn(move || {
            let mut messages = BufReader::new(from_browser).split(0);
            while let Some(Ok(message)) = messages.next() {
                if let Ok(message) = serde_json::from_slice(&message) {
                    lock(&reading).take_in(message);
                }
            }
            let mut shared = lock(&reading);
            shared.ended = true;
            shared.waiting.clear(); // drops the senders: whoever waits for an answer learns that none comes
            shared.listeners.clear();
        });
        Arc::new(Connection { to_browser: Mutex::new(to_browser), shared })
    }

    /// Sends one command to the browser, or to the target behind `session`, and waits for its answer.
    ///
    /// # Errors
    /// The error that the browser answered with, under the method's name; [`Hopeless`] when the browser is
    /// gone.
    pub(crate) fn command(&self, session: Option<&str>, method: &str, parameters: &Value) -> Result<Value> {
        self.command_within(ANSWER_DEADLINE, session, method, parameters)
    }

    /// [`Connection::command`] with a deadline of one's own.
    pub(crate) fn command_within(
        &self,
        deadline: Duration,
        session: Option<&str>,
        method: &str,
        parameters: &Value,
    ) -> Result<Value> {
        let (number, answer) = lock(&self.shared).expect_answer(method)?;
        let mut message = json!({ "id": number, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        lock(&self.to_browser)
            .write_all(&bytes)
            .map_err(|error| Hopeless::error(format!("{method}: the browser takes no commands: {error}")))?;
        let mut answer = match answer.recv_timeout(deadline) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Disconnected) => return Err(ended(method)),
            Err(RecvTimeoutError::Timeout) => {
                lock(&self.shared).waiting.remove(&number);
                bail!("{method}: no answer from the browser within {} s", deadline.as_secs())
            }
        };
        match answer.get("error") {
            Some(error) => {
                Err(anyhow!("{method}: {}", error["message"].as_str().unwrap_or("an error without words")))
            }
            None => Ok(answer["result"].take()),
        }
    }

    /// Every event of `method` in `session` from now on. What arrived before the answer to a command is there
    /// when the command returns.
    pub(crate) fn listen(&self, session: &str, method: &'static str) -> Receiver<Value> {
        let (sender, receiver) = channel();
        lock(&self.shared).listeners.push(Listener { session: session.to_owned(), method, events: sender });
        receiver
    }

    /// The lines that the target behind `session` wrote to its console so far, exceptions included.
    pub(crate) fn console(&self, session: &str) -> Vec<ConsoleLine> {
        lock(&self.shared).journal.lines(session)
    }

    /// Every console line of every session so far.
    pub(crate) fn whole_console(&self) -> Vec<ConsoleLine> {
        lock(&self.shared).journal.all()
    }

    /// Drops every console line so far.
    pub(crate) fn forget_console(&self) {
        lock(&self.shared).journal = Journal::default();
    }

    /// Whether the browser has closed its end.
    pub(crate) fn has_ended(&self) -> bool {
        lock(&self.shared).ended
    }

    /// Attaches to a target and gives the session.
    pub(crate) fn attach(&self, target: &str) -> Result<String> {
        let answer =
            self.command(None, "Target.attachToTarget", &json!({ "targetId": target, "flatten": true }))?;
        let session = answer["sessionId"].as_str().context("Target.attachToTarget: no sessionId")?.to_owned();
        lock(&self.shared).journal.name(&session, target);
        Ok(session)
    }
}

impl Shared {
    fn expect_answer(&mut self, method: &str) -> Result<(u64, Receiver<Value>)> {
        if self.ended {
            return Err(ended(method));
        }
        self.last_number += 1;
        let (sender, receiver) = channel();
        self.waiting.insert(self.last_number, sender);
        Ok((self.last_number, receiver))
    }

    fn take_in(&mut self, message: Value) {
        if let Some(number) = message["id"].as_u64() {
            if let Some(waiting) = self.waiting.remove(&number) {
                let _ = waiting.send(message); // whoever asked may have stopped waiting
            }
            return;
        }
        let session = message["sessionId"].as_str().unwrap_or_default();
        let method = message["method"].as_str().unwrap_or_default();
        self.journal.take_in(session, method, &message["params"]);
        self.listeners.retain(|listener| {
            listener.session != session
                || listener.method != method
                || listener.events.send(message["params"].clone()).is_ok()
        });
    }
}

fn ended(method: &str) -> anyhow::Error {
    Hopeless::error(format!("{method}: the browser has ended"))
}

/// A thread that panicked while it held the lock left nothing half done here, so its poison is ignored.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::pipe;

    /// A connection whose browser end is in the test's hands.
    fn connection() -> Result<(Arc<Connection>, BufReader<PipeReader>, PipeWriter)> {
        let (commands_out, commands_in) = pipe()?;
        let (answers_out, answers_in) = pipe()?;
        Ok((Connection::new(commands_in, answers_out), BufReader::new(commands_out), answers_in))
    }

    fn read(commands: &mut BufReader<PipeReader>) -> Result<Value> {
        let mut bytes = Vec::new();
        commands.read_until(0, &mut bytes)?;
        Ok(serde_json::from_slice(bytes.strip_suffix(&[0]).context("no zero byte")?)?)
    }

    #[test]
    fn pairs_answers_with_commands_and_keeps_events_apart() -> Result<()> {
        let (connection, mut commands, mut answers) = connection()?;
        let heard = connection.listen("S1", "Page.loaded");
        let browser = thread::spawn(move || -> Result<Value> {
            let command = read(&mut commands)?;
            answers.write_all(b"{\"method\":\"Page.loaded\",\"sessionId\":\"S2\",\"params\":{\"n\":1}}\0")?;
            answers.write_all(b"{\"method\":\"Page.loaded\",\"sessionId\":\"S1\",\"params\":{\"n\":2}}\0")?;
            answers.write_all(b"{\"id\":1,\"result\":{\"ok\":true}}\0")?;
            Ok(command)
        });
        let answer = connection.command(Some("S1"), "Page.enable", &json!({}))?;
        let command = browser.join().map_err(|_| anyhow!("the browser thread panicked"))??;
        assert_eq!(command["sessionId"], "S1");
        assert_eq!(answer, json!({ "ok": true }));
        assert_eq!(heard.try_iter().collect::<Vec<_>>(), [json!({ "n": 2 })]);
        Ok(())
    }

    #[test]
    fn a_browser_that_ends_is_said_at_once() -> Result<()> {
        let (connection, commands, answers) = connection()?;
        drop(answers);
        let error =
            connection.command(None, "Browser.getVersion", &json!({})).err().context("it answered")?;
        assert!(error.is::<Hopeless>(), "{error:#}");
        drop(commands);
        Ok(())
    }
}
