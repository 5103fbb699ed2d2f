//! The ways values are written: percent-encoding, references, base64 and DEFLATE, undone with the place of
//! each octet.
//!
//! Knows no SAML: what a parameter is called and which of these a binding uses stands in
//! [`binding`](crate::binding). Leaves out encoding anything.

pub(crate) mod base64;
pub(crate) mod escape;
pub(crate) mod inflate;
pub(crate) mod tags;
pub(crate) mod text;
pub(crate) mod written;
