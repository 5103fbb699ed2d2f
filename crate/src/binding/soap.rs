//! SOAP (SAML Bindings 3.2) and PAOS (3.3), the latter as the ECP profile uses it (Profiles 4.2): the message
//! is in the body of an envelope, the RelayState in its header.
//!
//! A person at a browser seldom sends these; they come in captures, in logs, and from ECP clients. Leaves
//! out: the headers' `mustUnderstand` and `actor`.

use super::carried::{BindingId, Carried};
use crate::{
    base::{redact::Secret, shared::Shared},
    saml::{envelope::Envelope, uri},
};

/// Tells that `carried` travelled in an envelope, if its XML is one.
pub(super) fn tell(carried: &mut Carried) {
    let Some(document) = &carried.document else { return };
    let Some(envelope) = document.root().and_then(Envelope::of) else { return };
    let mut headers = envelope.headers();
    let relay_state = envelope.headers().find(|header| header.is(uri::ECP, "RelayState"));
    carried.relay_state = relay_state.map(|header| Shared::from(Secret::new(header.own_text())));
    let is_paos = headers.any(|header| [uri::PAOS, uri::ECP].contains(&header.namespace()));
    carried.binding = if is_paos { BindingId::Paos } else { BindingId::Soap };
}
