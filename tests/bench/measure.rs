//! The measurement of time, and the figure: a time beside that of a named peer of the same run, so that the
//! speed of the machine falls out. Leaves out what is measured.

use nix::time::{ClockId, clock_gettime};
use std::{fmt, time::Duration};

/// The number of runs of something whose quickest run counts.
pub(crate) const RUNS: usize = 7;

/// Work whose time counts, beside other work of the same run.
pub(crate) struct Figure {
    /// The work that is done.
    pub(crate) what: String,
    /// The amount of it.
    pub(crate) work: String,
    /// The time that it takes.
    pub(crate) time: Duration,
    /// The work that is done beside it.
    pub(crate) peer: String,
    /// The time that the peer takes.
    pub(crate) peer_time: Duration,
}

impl Figure {
    /// The ratio of its time to the peer's.
    pub(crate) fn ratio(&self) -> f64 {
        self.time.as_secs_f64() / self.peer_time.as_secs_f64()
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figure { what, work, time, peer, peer_time } = self;
        write!(f, "{what} ({work}): {time:?}, {:.4} of {peer_time:?} for {peer}", self.ratio())
    }
}

/// The least time that the processor was at `work`. What else the machine does only ever adds to it.
pub(crate) fn quickest_of(runs: usize, mut work: impl FnMut()) -> Duration {
    quickest_after(runs, || (), |()| work())
}

/// The least time that the processor was at `work`, without that for making what it begins with and for
/// dropping what it leaves.
pub(crate) fn quickest_after<T, R>(
    runs: usize,
    mut before: impl FnMut() -> T,
    mut work: impl FnMut(T) -> R,
) -> Duration {
    let run = |_| {
        let begins_with = before();
        let begin = processor_time();
        let left = work(begins_with);
        let took = processor_time() - begin;
        drop(left);
        took
    };
    (0..runs).map(run).min().unwrap()
}

/// The time that the processor was at this thread.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap().into()
}
