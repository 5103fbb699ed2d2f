//! The ground that the whole user interface stands on: what changes, when to ask, keys, times, XML
//! colours.
//!
//! Nothing here knows the application. Leaves out the elements that several rooms show: those are `parts`.

pub(crate) mod keys;
pub(crate) mod latest_call;
pub(crate) mod local_time;
pub(crate) mod signals;
pub(crate) mod xml_colours;
pub(crate) mod xml_lines;
