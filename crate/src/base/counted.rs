//! Counts of work that must not be done twice, or must not grow faster than what comes in. Tests count it,
//! for time depends on the machine. Outside of test builds nothing is counted, unless the feature `counted`
//! asks for it, for tests of other packages.

#[cfg(any(test, feature = "counted"))]
pub use counts::{Counts, counted, steps_of};

/// A flow is compared.
pub fn compared() {
    #[cfg(any(test, feature = "counted"))]
    counts::add(counts::Counts { compared: 1, ..counts::NOTHING });
}

/// A Response is judged.
pub fn judged() {
    #[cfg(any(test, feature = "counted"))]
    counts::add(counts::Counts { judged: 1, ..counts::NOTHING });
}

/// The signatures of a message are verified.
pub fn verified() {
    #[cfg(any(test, feature = "counted"))]
    counts::add(counts::Counts { verified: 1, ..counts::NOTHING });
}

/// So many nodes or attributes of XML are looked at, or octets of its text.
pub fn stepped(_steps: usize) {
    #[cfg(any(test, feature = "counted"))]
    counts::step(_steps);
}

#[cfg(any(test, feature = "counted"))]
mod counts {
    use std::cell::Cell;

    /// The number of times that each work was done.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Counts {
        /// A flow was compared.
        pub compared: usize,
        /// A Response was run through GitLab's checks.
        pub judged: usize,
        /// The signatures of a message were verified, to see who signed what.
        pub verified: usize,
    }

    pub(super) const NOTHING: Counts = Counts { compared: 0, judged: 0, verified: 0 };

    thread_local! {
        static DONE: Cell<Counts> = const { Cell::new(NOTHING) };
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    pub(super) fn add(more: Counts) {
        let Counts { compared, judged, verified } = DONE.get();
        DONE.set(Counts {
            compared: compared + more.compared,
            judged: judged + more.judged,
            verified: verified + more.verified,
        });
    }

    pub(super) fn step(steps: usize) {
        STEPS.set(STEPS.get() + steps);
    }

    /// The result of `look`, and the work that was done for it.
    pub fn counted<T>(look: impl FnOnce() -> T) -> (T, Counts) {
        let before = DONE.get();
        let given = look();
        let after = DONE.get();
        let done = Counts {
            compared: after.compared - before.compared,
            judged: after.judged - before.judged,
            verified: after.verified - before.verified,
        };
        (given, done)
    }

    /// The steps that `look` takes.
    pub fn steps_of(look: impl FnOnce()) -> usize {
        let before = STEPS.get();
        look();
        STEPS.get() - before
    }
}
