//! Samlight: a SAML tracer for GitLab single sign-on.

pub mod capture;
