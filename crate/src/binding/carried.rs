//! One message as a binding carried it, decoded as far as it goes.

use crate::{
    base::{flaw::Flaw, limits::Limits, redact::Secret, shared::Shared},
    saml::{self, Message},
    xml::{Document, FlawList},
};
use serde::{Serialize, Serializer};
use std::fmt;

/// The way a message travelled (SAML Bindings 2.0, chapter 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BindingId {
    /// In the query of a URL (3.4).
    HttpRedirect,
    /// In a form that the browser posts (3.5).
    HttpPost,
    /// In a form that the browser posts, with a detached signature (SimpleSign binding).
    HttpPostSimpleSign,
    /// As a reference that the receiver resolves (3.6).
    HttpArtifact,
    /// In a SOAP envelope (3.2).
    Soap,
    /// In a SOAP envelope, the other way round: the request is in the response (3.3).
    Paos,
    /// As the `wresult` of WS-Federation, which is no binding of SAML.
    WsFederation,
    /// Not at all: bare XML.
    None,
}

impl fmt::Display for BindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BindingId::HttpRedirect => "HTTP-Redirect",
            BindingId::HttpPost => "HTTP-POST",
            BindingId::HttpPostSimpleSign => "HTTP-POST-SimpleSign",
            BindingId::HttpArtifact => "HTTP-Artifact",
            BindingId::Soap => "SOAP",
            BindingId::Paos => "PAOS",
            BindingId::WsFederation => "WS-Federation",
            BindingId::None => "none",
        })
    }
}

impl Serialize for BindingId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One message as a binding carried it.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// The way it travelled.
    pub binding: BindingId,
    /// The parameter that held it: `SAMLRequest`, `SAMLResponse`, `SAMLart`, `wresult`, or nothing for bare
    /// XML.
    pub parameter: String,
    /// The parameter's value exactly as the browser gave it: for a redirect still escaped.
    pub value: Shared,
    /// For a redirect, the whole query as the browser gave it: what a detached signature covers is cut from
    /// it.
    pub query: Option<Shared>,
    /// RelayState, unescaped.
    pub relay_state: Option<Shared>,
    /// SigAlg, unescaped.
    pub sig_alg: Option<String>,
    /// Signature, unescaped, in base64.
    pub signature: Option<Shared>,
    octets: Octets,
    /// The XML as it was read.
    pub document: Option<Document>,
    /// The message in it.
    pub message: Option<Message>,
    /// The flaws in it, at most as many as the limit.
    pub flaws: Vec<Flaw>,
}

/// The XML of a message as it was sent.
#[derive(Clone, Debug, PartialEq)]
enum Octets {
    /// There is none.
    None,
    /// The source of the document: it was sent as it is read, as nearly all is.
    AsRead,
    /// Others: in another encoding, with a mark before it, damaged.
    Other(Secret<Vec<u8>>),
}

/// The result of a binding's decoder.
pub(super) struct Payload {
    /// The XML, as far as it could be decoded.
    pub(super) octets: Option<Vec<u8>>,
    /// The message that is said without any XML: an artifact.
    pub(super) message: Option<Message>,
    pub(super) flaws: Vec<Flaw>,
}

impl Payload {
    /// The XML `octets`, without flaws.
    pub(super) fn xml(octets: Vec<u8>) -> Self {
        Payload { octets: Some(octets), message: None, flaws: Vec::new() }
    }

    /// Nothing but flaws.
    pub(super) fn nothing(flaws: Vec<Flaw>) -> Self {
        Payload { octets: None, message: None, flaws }
    }
}

impl Carried {
    /// Reads the message in `payload`.
    pub(super) fn new(
        binding: BindingId,
        parameter: &str,
        value: Shared,
        payload: Payload,
        limits: &Limits,
    ) -> Self {
        let mut flaws = FlawList::new(limits.flaws);
        flaws.extend(payload.flaws);
        let mut document = None;
        let mut message = payload.message;
        let mut octets = Octets::None;
        if let Some(sent) = payload.octets {
            let (read, found, other) = Document::parse_owned(sent, limits);
            flaws.extend(found);
            let decoded = saml::read(&read);
            flaws.extend(decoded.flaws);
            message = decoded.value;
            document = Some(read);
            octets = other.map_or(Octets::AsRead, |other| Octets::Other(Secret::new(other)));
        }
        Carried {
            binding,
            parameter: parameter.to_owned(),
            value,
            query: None,
            relay_state: None,
            sig_alg: None,
            signature: None,
            octets,
            document,
            message,
            flaws: flaws.into_vec(),
        }
    }

    /// The XML exactly as it was sent, or what came out before decoding broke.
    pub fn octets(&self) -> Option<Secret<&[u8]>> {
        // Wrapped again at once.
        match &self.octets {
            Octets::None => None,
            Octets::AsRead => {
                self.document.as_ref().map(|document| Secret::new(document.source().as_bytes()))
            }
            Octets::Other(octets) => Some(Secret::new(octets.expose())),
        }
    }

    /// The octets of memory that its XML takes: as it was sent and as it was read, which is once where that
    /// is the same.
    pub fn held(&self) -> usize {
        let other = if let Octets::Other(octets) = &self.octets { octets.expose().capacity() } else { 0 };
        other + self.document.as_ref().map_or(0, Document::held)
    }

    /// The same message with its octets alone: they are nothing that could be read, as `flaw` says.
    pub(super) fn unread(mut self, flaw: Flaw) -> Self {
        if self.octets == Octets::AsRead {
            let source = self.document.take().map(Document::into_source);
            self.octets =
                source.map_or(Octets::None, |source| Octets::Other(Secret::new(source.into_bytes())));
        }
        Carried { document: None, message: None, flaws: vec![flaw], ..self }
    }
}
