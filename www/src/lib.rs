//! The user interface of Samlight.
