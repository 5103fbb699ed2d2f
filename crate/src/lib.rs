//! Samlight: a SAML tracer for GitLab single sign-on.

pub mod catalogue;
pub mod comparison;
pub mod flaw;
pub mod instant;
pub mod limits;
pub mod protocol;
pub mod redact;
pub mod view;
