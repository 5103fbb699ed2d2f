//! Files of other software and our own, in and out.
//!
//! [`import`] reads what people have, [`export`] writes what they send on, [`recorded`] is the shape of an exchange in
//! files of other software. Leaves out what a file is taken for once it is read: its events are events like others.

pub mod export;
pub mod import;
pub mod recorded;
