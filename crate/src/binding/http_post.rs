//! HTTP-POST (SAML Bindings 3.5): base64 in the hidden field of a form.

use super::{
    Binding, Carrier,
    carried::BindingId,
    packing::{self, PLAIN},
};

pub(super) const BINDING: Binding = Binding {
    id: BindingId::HttpPost,
    carriers: &[Carrier::Form],
    messages: &["SAMLRequest", "SAMLResponse"],
    needs: &[],
    relay: "RelayState",
    decode: |written, limits| packing::decode(written, &PLAIN, limits),
};
