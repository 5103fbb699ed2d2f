//! Counts of work that must not be done twice, or must not grow faster than what comes in. Tests count it,
//! for time depends on the machine; so this is there in test builds only, and with the feature `counted`
//! for tests of other packages.

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

thread_local! {
    static DONE: Cell<Counts> = const { Cell::new(Counts { compared: 0, judged: 0, verified: 0 }) };
}

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// A flow is compared.
pub fn compared() {
    DONE.set(Counts { compared: DONE.get().compared + 1, ..DONE.get() });
}

/// A Response is judged.
pub fn judged() {
    DONE.set(Counts { judged: DONE.get().judged + 1, ..DONE.get() });
}

/// The signatures of a message are verified.
pub fn verified() {
    DONE.set(Counts { verified: DONE.get().verified + 1, ..DONE.get() });
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

/// So many nodes or attributes of XML are looked at, or octets of its text.
pub fn stepped(steps: usize) {
    STEPS.set(STEPS.get() + steps);
}

/// The steps that `look` takes.
pub fn steps_of(look: impl FnOnce()) -> usize {
    let before = STEPS.get();
    look();
    STEPS.get() - before
}
