//! The command line of Samlight.
fn main() {}
