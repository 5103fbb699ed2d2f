//! The content of the repository's lock files, and whether each is complete: everything that something in it
//! needs is in it too, in a version that fits.
//!
//! `tidy` asks without a network whether a lock is complete; `setup` asks whether what is installed is what
//! the lock says. Left out: whether a registry still has what is locked; that shows when it is fetched.

pub(crate) mod npm;
pub(crate) mod python;
pub(crate) mod release;
pub(crate) mod requirement;
pub(crate) mod rust;

/// Something that is wrong in a lock file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) text: String,
}

impl Flaw {
    fn new(line: usize, text: impl Into<String>) -> Self {
        Self { line, text: text.into() }
    }
}
