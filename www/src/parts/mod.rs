//! Elements that more than one room shows.
//!
//! Leaves out what a single room shows: it stays there.

pub(crate) mod controls;
pub(crate) mod field;
pub(crate) mod file;
pub(crate) mod scroll;
pub(crate) mod section;
pub(crate) mod severity;
pub(crate) mod value;
