//! HTTP-Redirect (SAML Bindings 3.4): DEFLATE, then base64, then URL escapes.
//!
//! Leaves out: encodings other than DEFLATE (3.4.4 lets SAMLEncoding name them; nobody does), the check of
//! the detached signature (3.4.4.1).

use super::{
    Binding, Carrier,
    carried::BindingId,
    packing::{self, DEFLATED},
};

pub(super) const BINDING: Binding = Binding {
    id: BindingId::HttpRedirect,
    carriers: &[Carrier::Query],
    messages: &["SAMLRequest", "SAMLResponse"],
    needs: &[],
    relay: "RelayState",
    decode: |written, limits| packing::decode(written, &DEFLATED, limits),
};
