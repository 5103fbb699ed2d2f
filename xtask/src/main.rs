//! The build of Samlight.
fn main() {}
