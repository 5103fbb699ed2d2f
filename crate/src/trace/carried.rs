//! The content of a flow's messages: the part of [`Flow`] that needs the whole [`Tracer`].

use super::{
    exchange::Exchange,
    flow::{Flow, FlowKind},
    tracer::Tracer,
};
use crate::{
    attack,
    event::EventId,
    idp::vendor::Vendor,
    saml::{self, Assertion, Message, NameId},
};

impl Flow {
    /// The exchange in which the Response reached GitLab; the last one that GitLab answered.
    pub fn received<'a>(&self, tracer: &'a Tracer) -> Option<&'a Exchange> {
        let first = self.response?.exchange;
        tracer.exchanges().get(self.answered.unwrap_or(first))
    }

    /// The flow's response message, as far as it could be read.
    pub fn response_message<'a>(&self, tracer: &'a Tracer) -> Option<&'a Message> {
        tracer.seen(self.response?)?.carried().message.as_ref()
    }

    /// The flow's request message, as far as it could be read.
    pub fn request_message<'a>(&self, tracer: &'a Tracer) -> Option<&'a Message> {
        tracer.seen(self.request?)?.carried().message.as_ref()
    }

    /// The NameID that the identity provider sent, and the event that showed it: of the Response, or of the
    /// LogoutRequest. The Subject of an AuthnRequest is only what GitLab hopes for. Where a valid signature
    /// covers another assertion than the first one, nobody vouches for the first, and it is not what GitLab
    /// reads: that of the signed one.
    pub fn name_id(&self, tracer: &Tracer) -> Option<(NameId, EventId)> {
        let reference = if self.kind == FlowKind::SignOut { self.request } else { self.response }?;
        let seen = tracer.seen(reference)?;
        let message = seen.carried().message.as_ref()?;
        let name_id = match seen.vouched_assertion() {
            Some(vouched) => attack::name_id_in(vouched),
            None => message.name_id().cloned(),
        };
        Some((name_id?, seen.event.clone()))
    }

    /// The assertion of the Response whose NameID is taken.
    pub fn assertion<'a>(&self, tracer: &'a Tracer) -> Option<&'a Assertion> {
        tracer.seen(self.response?)?.assertion()
    }

    /// The identity provider, where its Issuer or the address of its single sign-on tells which one it is.
    pub fn vendor(&self, tracer: &Tracer) -> Option<Vendor> {
        let response = self.response_message(tracer);
        let issuer = response.and_then(|message| message.head.issuer.as_deref());
        let of_assertion = || self.assertion(tracer)?.issuer.as_deref();
        let sent_to = || self.request_message(tracer)?.head.destination.as_deref();
        issuer.or_else(of_assertion).and_then(Vendor::of).or_else(|| Vendor::of(sent_to()?))
    }

    /// The value that GitLab takes for the first of these names that has one. It is of the assertion whose
    /// NameID is taken: what another one says is said of somebody else, and perhaps by somebody else.
    pub fn attribute(&self, tracer: &Tracer, names: &[&str]) -> Option<String> {
        saml::value_as_read(&self.assertion(tracer)?.attributes, names)
    }
}
