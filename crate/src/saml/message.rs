//! The kind of message that a document is (SAML Core 3): by the namespace and the local name of its root, or
//! of what is in the body of its SOAP envelope.

use super::{
    Artifact, Assertion, AuthnRequest, Head, LogoutRequest, LogoutResponse, Metadata, NameId, OtherResponse,
    Query, Response, Status, Subject,
    envelope::Envelope,
    kinds::{self, MessageKind},
    reading::Reading,
};
use crate::{
    base::{flaw::Decoded, limits::LIMITS},
    text,
    xml::{Document, Element, FlawList},
};
use std::collections::HashSet;

/// One SAML protocol message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The kind of message it is.
    pub kind: MessageKind,
    /// The part that all messages have.
    pub head: Head,
    /// The part that only messages of its kind have.
    pub body: Body,
}

/// The part that is particular to a message of one kind.
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
    /// Of another request.
    Query(Query),
    /// Of another answer.
    Answer(OtherResponse),
    /// An artifact, which stands for a message.
    Artifact(Artifact),
    /// The things that parties say of themselves.
    Metadata(Metadata),
    /// Of anything else: not read.
    Other,
}

/// Reads the message that `document` is, or that is in its SOAP envelope. A root that is no message that is
/// known here is still one, of kind [`MessageKind::Other`], with a flaw. Without a root there is none.
pub fn read(document: &Document) -> Decoded<Message> {
    let mut reading = Reading { flaws: FlawList::new(LIMITS.flaws) };
    let value = document.root().map(|root| {
        check_ids(root, &mut reading);
        let message = Envelope::of(root).map_or(Some(root), |envelope| content(envelope, root, &mut reading));
        Message::read(message.unwrap_or(root), &mut reading)
    });
    Decoded { value, flaws: reading.flaws.into_vec() }
}

/// The message in `envelope`.
fn content<'a>(envelope: Envelope<'a>, root: Element<'a>, reading: &mut Reading) -> Option<Element<'a>> {
    let content = reading.only("several-messages", envelope.contents());
    match content {
        None => reading.flaw("empty-envelope", root.start_tag(), text!("flaw.empty-envelope")),
        Some(fault) if Envelope::is_fault(fault) => {
            let words: Vec<String> =
                fault.all_text().split_whitespace().take(FAULT_WORDS).map(str::to_owned).collect();
            let text =
                text!("flaw.soap-fault", at = fault.span().start, fault = shown_name(&words.join(" ")));
            reading.flaw("soap-fault", fault.start_tag(), text);
        }
        Some(_) => {}
    }
    content
}

/// Words of a SOAP fault that are shown.
const FAULT_WORDS: usize = 20;

impl Message {
    /// The NameID that the message speaks of: of the first assertion, of the request's Subject, or of the
    /// LogoutRequest.
    pub fn name_id(&self) -> Option<&NameId> {
        match &self.body {
            Body::LogoutRequest(request) => request.name_id.as_ref(),
            Body::Query(query) if query.name_id.is_some() => query.name_id.as_ref(),
            Body::Answer(answer) if answer.name_id.is_some() => answer.name_id.as_ref(),
            _ => self.subject()?.name_id.as_ref(),
        }
    }

    /// The Subject of the first assertion or of the request.
    pub fn subject(&self) -> Option<&Subject> {
        match &self.body {
            Body::AuthnRequest(request) => request.subject.as_ref(),
            Body::Query(query) => query.subject.as_ref(),
            _ => self.assertions().first()?.subject.as_ref(),
        }
    }

    /// The assertions of a Response that can be read, in their order; of a bare assertion itself.
    pub fn assertions(&self) -> &[Assertion] {
        self.response().map_or(&[], |response| &response.assertions)
    }

    /// The Status of a Response or another answer.
    pub fn status(&self) -> Option<&Status> {
        match &self.body {
            Body::Response(response) => response.status.as_ref(),
            Body::LogoutResponse(response) => response.status.as_ref(),
            Body::Answer(answer) => answer.status.as_ref(),
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
            Body::Query(Query { encrypted_id: true, .. })
            | Body::Answer(OtherResponse { encrypted_id: true, .. }) => true,
            _ => self.subject().is_some_and(|subject| subject.encrypted_id),
        }
    }

    /// The AuthnRequest's own part.
    pub fn authn_request(&self) -> Option<&AuthnRequest> {
        if let Body::AuthnRequest(request) = &self.body { Some(request) } else { None }
    }

    /// The own part of a Response, of the one in an ArtifactResponse too; the assertion of a bare one.
    pub fn response(&self) -> Option<&Response> {
        match &self.body {
            Body::Response(response) => Some(response),
            Body::Answer(answer) => answer.message.as_ref()?.response(),
            _ => None,
        }
    }

    /// The LogoutRequest's own part.
    pub fn logout_request(&self) -> Option<&LogoutRequest> {
        if let Body::LogoutRequest(request) = &self.body { Some(request) } else { None }
    }

    /// The artifact, where the message is one.
    pub fn artifact(&self) -> Option<&Artifact> {
        if let Body::Artifact(artifact) = &self.body { Some(artifact) } else { None }
    }

    /// The metadata, where the message is some.
    pub fn metadata(&self) -> Option<&Metadata> {
        if let Body::Metadata(metadata) = &self.body { Some(metadata) } else { None }
    }

    /// The message for `artifact`: what that stands for is not known; it is listed like a message.
    pub(crate) fn of_artifact(artifact: Artifact) -> Message {
        Message { kind: MessageKind::Artifact, head: Head::default(), body: Body::Artifact(artifact) }
    }

    /// Whether `element` is a message that can be read.
    pub(super) fn is_known(element: Element<'_>) -> bool {
        kinds::of(element).is_some()
    }

    pub(super) fn read(root: Element<'_>, reading: &mut Reading) -> Self {
        let Some(row) = kinds::of(root) else {
            // The meaning of a fault has been reported already.
            if !Envelope::is_fault(root) && Envelope::of(root).is_none() {
                let at = root.start_tag();
                reading.flaw("not-saml", at, text!("flaw.not-saml", name = shown_name(root.local())));
            }
            let head = Head::read(root, reading);
            return Message { kind: MessageKind::Other(root.local().to_owned()), head, body: Body::Other };
        };
        let (head, body) = (row.read)(root, reading);
        Message { kind: row.kind.clone(), head, body }
    }
}

/// Reports each ID that an element before had (SAML Core 1.3.4: an ID is unique).
fn check_ids(root: Element<'_>, reading: &mut Reading) {
    let mut seen = HashSet::new();
    for attribute in std::iter::once(root).chain(root.descendants()).filter_map(|e| e.attribute_node("ID")) {
        if reading.flaws.is_full() {
            return;
        }
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
