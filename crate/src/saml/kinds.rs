//! The kinds of messages: a row each, by namespace and local name (SAML Core 2 and 3, Metadata 2.3, SAML 1.1,
//! WS-Trust).

use super::{
    Assertion, AuthnRequest, Body, Head, LogoutRequest, LogoutResponse, Metadata, OtherResponse, Query,
    Response,
    reading::{Reading, attribute},
    saml_1_1, uri,
};
use crate::{text, xml::Element};
use std::fmt;

/// The kinds of messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// The SP asks the IdP to sign a user in.
    AuthnRequest,
    /// The IdP answers, or starts a sign-in.
    Response,
    /// One party asks the other to end a session.
    LogoutRequest,
    /// The answer to a LogoutRequest.
    LogoutResponse,
    /// Another request of SAML 2.0, by its name.
    Query(&'static str),
    /// Another answer of SAML 2.0, by its name.
    Answer(&'static str),
    /// A reference to a message.
    Artifact,
    /// An assertion alone, encrypted or not, by its name.
    Assertion(&'static str),
    /// Metadata, by the name of the root element.
    Metadata(&'static str),
    /// A message with assertions of an older or another standard, which GitLab does not read: SAML 1.1,
    /// WS-Federation.
    Foreign(&'static str),
    /// Some other root element, by its local name.
    Other(String),
}

/// One kind: where it is defined, and how it is read.
pub(super) struct MessageKindRow {
    namespace: &'static str,
    local: &'static str,
    pub(super) kind: MessageKind,
    pub(super) read: fn(Element<'_>, &mut Reading) -> (Head, Body),
}

/// The row of `element`, if it is a message that can be read.
pub(super) fn of(element: Element<'_>) -> Option<&'static MessageKindRow> {
    KINDS.iter().find(|row| element.is(row.namespace, row.local))
}

/// The local names of the requests and answers, of SAML 2.0 and 1.1.
pub(crate) fn protocol_names() -> impl Iterator<Item = &'static str> {
    let rows = KINDS.iter().filter(|row| [uri::PROTOCOL, uri::PROTOCOL_1_1].contains(&row.namespace));
    rows.map(|row| row.local)
}

static KINDS: [MessageKindRow; 25] = [
    row("AuthnRequest", MessageKind::AuthnRequest, |e, r| {
        (Head::read(e, r), Body::AuthnRequest(AuthnRequest::read(e, r)))
    }),
    row("Response", MessageKind::Response, |e, r| (Head::read(e, r), Body::Response(Response::read(e, r)))),
    row("LogoutRequest", MessageKind::LogoutRequest, |e, r| {
        (Head::read(e, r), Body::LogoutRequest(LogoutRequest::read(e, r)))
    }),
    row("LogoutResponse", MessageKind::LogoutResponse, |e, r| {
        (Head::read(e, r), Body::LogoutResponse(LogoutResponse::read(e)))
    }),
    query("ArtifactResolve"),
    query("AssertionIDRequest"),
    query("AttributeQuery"),
    query("AuthnQuery"),
    query("AuthzDecisionQuery"),
    query("ManageNameIDRequest"),
    query("NameIDMappingRequest"),
    answer("ArtifactResponse"),
    answer("ManageNameIDResponse"),
    answer("NameIDMappingResponse"),
    assertion("Assertion"),
    assertion("EncryptedAssertion"),
    metadata("EntityDescriptor"),
    metadata("EntitiesDescriptor"),
    foreign(uri::PROTOCOL_1_1, "Response", |e, r| {
        saml_1_1(e, r, |e, r| Body::Response(saml_1_1::response(e, r)))
    }),
    foreign(uri::PROTOCOL_1_1, "Request", |e, r| saml_1_1(e, r, |_, _| Body::Other)),
    foreign(uri::ASSERTION_1_1, "Assertion", |e, r| {
        saml_1_1(e, r, |e, r| {
            Body::Response(Response { assertions: vec![saml_1_1::assertion(e, r)], ..Response::default() })
        })
    }),
    foreign(uri::WS_TRUST[0], "RequestSecurityTokenResponse", ws_trust),
    foreign(uri::WS_TRUST[0], "RequestSecurityTokenResponseCollection", ws_trust),
    foreign(uri::WS_TRUST[1], "RequestSecurityTokenResponse", ws_trust),
    foreign(uri::WS_TRUST[1], "RequestSecurityTokenResponseCollection", ws_trust),
];

type Read = fn(Element<'_>, &mut Reading) -> (Head, Body);

const fn row(local: &'static str, kind: MessageKind, read: Read) -> MessageKindRow {
    MessageKindRow { namespace: uri::PROTOCOL, local, kind, read }
}

const fn query(local: &'static str) -> MessageKindRow {
    row(local, MessageKind::Query(local), |e, r| (Head::read(e, r), Body::Query(Query::read(e, r))))
}

const fn answer(local: &'static str) -> MessageKindRow {
    row(local, MessageKind::Answer(local), |e, r| (Head::read(e, r), Body::Answer(OtherResponse::read(e, r))))
}

const fn assertion(local: &'static str) -> MessageKindRow {
    let read: Read = |e, r| (Head::read(e, r), Body::Response(Response::of_assertion(e, r)));
    MessageKindRow { namespace: uri::ASSERTION, local, kind: MessageKind::Assertion(local), read }
}

const fn metadata(local: &'static str) -> MessageKindRow {
    let read: Read = |e, r| (Head::read(e, r), Body::Metadata(Metadata::read(e, r)));
    MessageKindRow { namespace: uri::METADATA, local, kind: MessageKind::Metadata(local), read }
}

const fn foreign(namespace: &'static str, local: &'static str, read: Read) -> MessageKindRow {
    MessageKindRow { namespace, local, kind: MessageKind::Foreign(local), read }
}

fn saml_1_1(
    message: Element<'_>,
    reading: &mut Reading,
    body: fn(Element<'_>, &mut Reading) -> Body,
) -> (Head, Body) {
    // Both versions have one namespace.
    let minor = message.attribute("MinorVersion").filter(|minor| matches!(&**minor, "0" | "1"));
    let text = minor.map_or_else(|| text!("flaw.saml-1"), |minor| text!("flaw.saml-1-1", minor = minor));
    reading.flaw("saml-1-1", message.start_tag(), text);
    (saml_1_1::head(message, reading), body(message, reading))
}

/// An answer of WS-Trust: the assertions anywhere in it, of SAML 2.0 or 1.1.
fn ws_trust(message: Element<'_>, reading: &mut Reading) -> (Head, Body) {
    reading.flaw("ws-federation", message.start_tag(), text!("flaw.ws-federation"));
    let mut response = Response::default();
    for element in message.descendants() {
        if element.is(uri::ASSERTION, "Assertion") {
            response.assertions.push(Assertion::read(element, reading));
        } else if element.is(uri::ASSERTION_1_1, "Assertion") {
            response.assertions.push(saml_1_1::assertion(element, reading));
        } else if element.is(uri::ASSERTION, "EncryptedAssertion") {
            response.encrypted_assertions.push(element.span());
        }
    }
    let issuer = response.assertions.first().and_then(|assertion| assertion.issuer.clone());
    let head = Head { id: attribute(message, "Context"), issuer, ..Head::default() };
    (head, Body::Response(response))
}

impl MessageKind {
    /// The name of the message's element.
    pub fn name(&self) -> &str {
        match self {
            MessageKind::AuthnRequest => "AuthnRequest",
            MessageKind::Response => "Response",
            MessageKind::LogoutRequest => "LogoutRequest",
            MessageKind::LogoutResponse => "LogoutResponse",
            MessageKind::Artifact => "Artifact",
            MessageKind::Query(name)
            | MessageKind::Answer(name)
            | MessageKind::Assertion(name)
            | MessageKind::Metadata(name)
            | MessageKind::Foreign(name) => name,
            MessageKind::Other(name) => name,
        }
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
