//! Samlight: a SAML tracer for GitLab single sign-on.

pub mod binding;
pub mod catalogue;
pub mod flaw;
pub mod import;
pub mod instant;
pub mod limits;
pub mod redact;
pub mod saml;
pub mod signature;
/// View models.
pub mod view {
    pub mod inspect;
    pub mod inspect_text;
}
pub mod xml;
