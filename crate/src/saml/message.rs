//! Which message a document is (SAML Core 3): by the namespace and the local name of its root.

use super::{
    Assertion, AuthnRequest, Head, LogoutRequest, LogoutResponse, NameId, Response, Status, Subject,
    reading::Reading, uri,
};
use crate::{
    flaw::Decoded,
    limits::LIMITS,
    text,
    xml::{Document, Element, FlawList},
};
use std::{collections::HashSet, fmt};

/// One SAML protocol message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Which message it is.
    pub kind: MessageKind,
    /// What all messages have.
    pub head: Head,
    /// What only messages of its kind have.
    pub body: Body,
}

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
    /// Some other root element, by its local name.
    Other(String),
}

/// What is particular to a message of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Of an AuthnRequest.
    AuthnRequest(AuthnRequest),
    /// Of a Response.
    Response(Response),
    /// Of a LogoutRequest.
    LogoutRequest(LogoutRequest),
    /// Of a LogoutResponse.
    LogoutResponse(LogoutResponse),
    /// Of anything else: not read.
    Other,
}

/// Reads the message that `document` is. A root that is no SAML 2.0 message that is known here is still one, of kind
/// [`MessageKind::Other`], with a flaw. Without a root there is none.
pub fn read(document: &Document) -> Decoded<Message> {
    let mut reading = Reading { flaws: FlawList::new(LIMITS.flaws) };
    let value = document.root().map(|root| {
        check_ids(root, &mut reading);
        Message::read(root, &mut reading)
    });
    Decoded { value, flaws: reading.flaws.into_vec() }
}

type ReadBody = fn(Element<'_>, &mut Reading) -> Body;

/// The messages that are read: local name, kind, how.
const KINDS: [(&str, MessageKind, ReadBody); 4] = [
    ("AuthnRequest", MessageKind::AuthnRequest, |e, r| Body::AuthnRequest(AuthnRequest::read(e, r))),
    ("Response", MessageKind::Response, |e, r| Body::Response(Response::read(e, r))),
    ("LogoutRequest", MessageKind::LogoutRequest, |e, r| Body::LogoutRequest(LogoutRequest::read(e, r))),
    ("LogoutResponse", MessageKind::LogoutResponse, |e, _| Body::LogoutResponse(LogoutResponse::read(e))),
];

impl Message {
    /// The NameID that the message speaks of: of the first assertion, of the request's Subject, or of the
    /// LogoutRequest.
    pub fn name_id(&self) -> Option<&NameId> {
        match &self.body {
            Body::LogoutRequest(request) => request.name_id.as_ref(),
            _ => self.subject()?.name_id.as_ref(),
        }
    }

    /// The Subject of the first assertion or of the AuthnRequest.
    pub fn subject(&self) -> Option<&Subject> {
        match &self.body {
            Body::AuthnRequest(request) => request.subject.as_ref(),
            _ => self.assertions().first()?.subject.as_ref(),
        }
    }

    /// The assertions of a Response that can be read, in their order.
    pub fn assertions(&self) -> &[Assertion] {
        self.response().map_or(&[], |response| &response.assertions)
    }

    /// The Status of a Response or LogoutResponse.
    pub fn status(&self) -> Option<&Status> {
        match &self.body {
            Body::Response(response) => response.status.as_ref(),
            Body::LogoutResponse(response) => response.status.as_ref(),
            _ => None,
        }
    }

    /// Whether any part that could be read is encrypted: an assertion, the subject's name, an attribute.
    pub fn is_encrypted(&self) -> bool {
        let hidden = |assertion: &Assertion| assertion.encrypted_attributes > 0;
        self.encrypted_id()
            || self.response().is_some_and(|response| !response.encrypted_assertions.is_empty())
            || self.assertions().iter().any(hidden)
    }

    /// Whether the subject's name is an EncryptedID.
    pub fn encrypted_id(&self) -> bool {
        match &self.body {
            Body::LogoutRequest(request) => request.encrypted_id,
            _ => self.subject().is_some_and(|subject| subject.encrypted_id),
        }
    }

    /// The AuthnRequest's own part.
    pub fn authn_request(&self) -> Option<&AuthnRequest> {
        if let Body::AuthnRequest(request) = &self.body { Some(request) } else { None }
    }

    /// The Response's own part.
    pub fn response(&self) -> Option<&Response> {
        if let Body::Response(response) = &self.body { Some(response) } else { None }
    }

    /// The LogoutRequest's own part.
    pub fn logout_request(&self) -> Option<&LogoutRequest> {
        if let Body::LogoutRequest(request) = &self.body { Some(request) } else { None }
    }

    fn read(root: Element<'_>, reading: &mut Reading) -> Self {
        let head = Head::read(root, reading);
        let known = KINDS.iter().find(|(local, ..)| root.is(uri::PROTOCOL, local));
        let Some((_, kind, read_body)) = known else {
            let at = root.start_tag();
            reading.flaw("not-saml", at, text!("flaw.not-saml", name = shown_name(root.local())));
            return Message { kind: MessageKind::Other(root.local().to_owned()), head, body: Body::Other };
        };
        Message { kind: kind.clone(), head, body: read_body(root, reading) }
    }
}

impl MessageKind {
    /// The root element's local name.
    pub fn name(&self) -> &str {
        if let MessageKind::Other(name) = self {
            return name;
        }
        KINDS.iter().find(|(_, kind, _)| kind == self).map_or("", |(local, ..)| local)
    }
}

impl fmt::Display for MessageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Reports each ID that an element before had (SAML Core 1.3.4: an ID is unique).
fn check_ids(root: Element<'_>, reading: &mut Reading) {
    let mut seen = HashSet::new();
    for attribute in std::iter::once(root).chain(root.descendants()).filter_map(|e| e.attribute_node("ID")) {
        if !seen.insert(attribute.value()) {
            let at = attribute.span();
            reading.flaw("duplicate-id", at, text!("flaw.duplicate-id", at = at.start));
        }
    }
}

/// A root's name for people; a hostile one can be as long as the message.
fn shown_name(name: &str) -> String {
    name.chars().take(60).collect()
}
