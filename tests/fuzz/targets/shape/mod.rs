//! Shapes: what the fuzzer's octets choose, so that it need not find out first how XML, a recording or a
//! signature is written.
//!
//! Whatever the octets are, they give a shape; when they end, the rest of it is as small as it can be.

mod document;
mod recorded;
mod signed;
mod wrapped;

pub(super) use document::xml;
pub(super) use recorded::{reading, recording, trace};
pub(super) use signed::signed;
pub(super) use wrapped::{Wrapped, wrapped};

use arbitrary::Unstructured;

/// The choices that are left.
struct Choices<'a>(Unstructured<'a>);

impl<'a> Choices<'a> {
    fn new(octets: &'a [u8]) -> Self {
        Choices(Unstructured::new(octets))
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0.int_in_range(0..=end.saturating_sub(1)).unwrap_or_default()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn yes(&mut self) -> bool {
        !self.0.is_empty() && self.below(2) == 1
    }

    fn is_over(&self) -> bool {
        self.0.is_empty()
    }
}
