//! The output of the command line: the panel's models as text, and the JSON of `check` and `inspect`.
//!
//! Leaves out reading the command line, which is the program's (`bin/samlight`).

use crate::{encryption::PrivateKey, signature::GivenKeys};

pub mod check;
pub mod inspect;
pub mod inspect_text;
pub mod terminal;

/// The keys and certificates that a person gave to look into messages with.
#[derive(Debug, Default)]
pub struct Given {
    /// Certificates to verify with, besides those in the message.
    pub certificates: GivenKeys,
    /// Private keys to open encrypted parts with.
    pub keys: Vec<PrivateKey>,
}
