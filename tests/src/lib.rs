//! The harness of the tests.

pub mod lab;
pub mod story;
