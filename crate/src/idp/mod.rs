//! Identity providers: what their own exports say, in the names of their screens.

pub mod entra_schema;
