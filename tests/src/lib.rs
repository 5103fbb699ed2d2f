//! The harness of the tests and the demonstration: a real browser, the parties of a sign-in, and a runner.

pub mod bombs;
pub mod browser;
pub mod draft;
pub mod front;
pub mod http;
pub mod installed;
pub mod lab;
pub mod malformed;
pub mod runner;
pub mod scanner;
#[path = "../../crate/tests/signer/mod.rs"]
mod signer;
pub mod stand_in;
pub mod story;
pub mod wait;
