//! Counts what joining looks at, in tests: exchanges and flows, never time. Outside of tests nothing is
//! counted.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static LOOKS: Cell<usize> = const { Cell::new(0) };
}

/// One exchange or one flow was looked at.
pub(super) fn look() {
    #[cfg(test)]
    LOOKS.with(|looks| looks.set(looks.get() + 1));
}

/// The number of exchanges and flows that `work` looks at.
#[cfg(test)]
pub(super) fn of(work: impl FnOnce()) -> usize {
    let before = LOOKS.with(Cell::get);
    work();
    LOOKS.with(Cell::get) - before
}
