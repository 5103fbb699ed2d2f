//! Waiting on a condition with a deadline: the only place of the harness where time passes on purpose.
//!
//! Nothing here waits for a fixed time and hopes. A condition is asked again and again, a few milliseconds
//! apart, until it holds; a failure says what was waited for, how long, and why it did not hold the last
//! time.

use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Error, Result};

/// The time that a condition may take before it counts as failed. Generous on purpose: a loaded two-core
/// machine runs Chromium ten times slower than an idle one, and a condition that holds costs none of it.
pub const DEADLINE: Duration = Duration::from_secs(40);

/// Between two tries.
const INTERVAL: Duration = Duration::from_millis(20);

/// Asks `condition` until it answers `Ok`, at most [`DEADLINE`] long. `what` completes "waiting for".
///
/// # Errors
/// The last answer, with what was waited for; at once when it is [`Hopeless`].
pub fn until<T>(what: &str, condition: impl FnMut() -> Result<T>) -> Result<T> {
    until_within(DEADLINE, what, condition)
}

/// [`until`] with a deadline of one's own.
///
/// # Errors
/// As [`until`].
pub fn until_within<T>(
    deadline: Duration,
    what: &str,
    mut condition: impl FnMut() -> Result<T>,
) -> Result<T> {
    let begin = Instant::now();
    loop {
        match condition() {
            Ok(value) => return Ok(value),
            Err(error) if error.is::<Hopeless>() => return Err(error.context(format!("waiting for {what}"))),
            Err(error) if begin.elapsed() >= deadline => {
                let seconds = begin.elapsed().as_secs_f32();
                return Err(error.context(format!("waited {seconds:.1} s for {what}, in vain")));
            }
            Err(_) => thread::sleep(INTERVAL),
        }
    }
}

/// An error that no waiting will fix, such as a browser that is gone.
#[derive(Debug)]
pub struct Hopeless(pub String);

impl fmt::Display for Hopeless {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Hopeless {}

impl Hopeless {
    /// The error, ready to be returned.
    pub fn error(text: impl Into<String>) -> Error {
        Error::new(Hopeless(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::{anyhow, ensure};

    #[test]
    fn asks_until_the_condition_holds() -> Result<()> {
        let mut tries = 0;
        let answer = until("the third try", || {
            tries += 1;
            ensure!(tries == 3, "try {tries}");
            Ok("here")
        })?;
        assert_eq!((answer, tries), ("here", 3));
        Ok(())
    }

    #[test]
    fn a_failure_says_what_was_waited_for_and_the_last_reason() -> Result<()> {
        let result: Result<()> = until_within(Duration::ZERO, "a door", || Err(anyhow!("it is shut")));
        let text = format!("{:#}", result.err().ok_or_else(|| anyhow!("it held"))?);
        assert!(text.contains("a door") && text.contains("it is shut"), "{text}");
        Ok(())
    }

    #[test]
    fn gives_up_at_once_when_waiting_is_hopeless() {
        let mut tries = 0;
        let result: Result<()> = until("nothing", || {
            tries += 1;
            Err(Hopeless::error("gone"))
        });
        assert!(result.is_err());
        assert_eq!(tries, 1);
    }
}
