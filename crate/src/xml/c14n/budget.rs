//! Steps that canonical forms may take, so that a small message cannot ask for a large one.
//!
//! One step is a node, an attribute or a declaration that is visited, or an octet that is written. An
//! exclusive form can grow with the square of the document (each element writes a declaration anew), and a
//! message can ask for many forms; so all forms of one message share one budget that grows with its octets.

use super::Obstacle;
use std::cell::Cell;

/// Steps that are left.
#[derive(Debug)]
pub struct Budget(Cell<usize>);

/// Steps for each octet of a message. A form of a whole message takes one to three for each of its octets.
/// Real messages ask for four of them: two signatures, each once more without white space where it does not
/// fit.
const STEPS_PER_OCTET: usize = 32;

/// Steps that the smallest message may take.
const STEPS_AT_LEAST: usize = 64 * 1024;

impl Budget {
    /// A budget of `steps`.
    pub fn new(steps: usize) -> Self {
        Budget(Cell::new(steps))
    }

    /// The budget for all forms of one message of `octets`, never more than `most`.
    pub fn for_message(octets: usize, most: usize) -> Self {
        Budget::new(octets.saturating_mul(STEPS_PER_OCTET).max(STEPS_AT_LEAST).min(most))
    }

    /// The steps that are left.
    pub(super) fn left(&self) -> usize {
        self.0.get()
    }

    /// Takes `steps`.
    ///
    /// # Errors
    /// If fewer are left; then none is left for others either.
    pub(super) fn spend(&self, steps: usize) -> Result<(), Obstacle> {
        crate::base::counted::stepped(steps);
        let left = self.0.get().checked_sub(steps);
        self.0.set(left.unwrap_or_default());
        left.map(|_| ()).ok_or(Obstacle::TooLarge)
    }
}
