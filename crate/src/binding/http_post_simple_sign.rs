//! HTTP-POST-SimpleSign (SAML 2.0 SimpleSign binding, 2.4 and 2.5): HTTP-POST with a detached signature in
//! fields of its own.
//!
//! Leaves out: the check of the signature (2.5). Its field and its algorithm are kept.

use super::{Binding, carried::BindingId, http_post};

pub(super) const BINDING: Binding =
    Binding { id: BindingId::HttpPostSimpleSign, needs: &["SigAlg", "Signature"], ..http_post::BINDING };
