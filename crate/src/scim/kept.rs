//! The room for what is kept of a log of any size, and what did not fit.
//!
//! Sizes are those of what is kept in memory, about; what is not asked for takes none. Leaves out: what is
//! read at the moment ([`records`](super::records)).

/// Octets that are taken, and the number of things that did not fit.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Room {
    taken: usize,
    pub(super) left_out: usize,
}

impl Room {
    /// Takes room for a thing of `size`, where not yet `most` is taken; else counts it.
    pub(super) fn has(&mut self, most: usize, size: usize) -> bool {
        let is_there = self.taken < most;
        if is_there {
            self.taken += size;
        } else {
            self.left_out += 1;
        }
        is_there
    }
}

/// The size of texts in memory, each with what its place takes.
pub(super) fn size_of_texts<'t>(texts: impl IntoIterator<Item = &'t String>) -> usize {
    const PLACE: usize = size_of::<String>() + 16;
    texts.into_iter().map(|text| text.len() + PLACE).sum()
}
