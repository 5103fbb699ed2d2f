//! Samlight: a SAML tracer for GitLab single sign-on.

pub mod catalogue;
pub mod flaw;
pub mod instant;
pub mod limits;
pub mod redact;
