//! One message as a binding carried it, decoded as far as it goes.

use crate::{
    base::{flaw::Flaw, limits::Limits, redact::Secret},
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
    pub value: Secret<String>,
    /// For a redirect, the whole query as the browser gave it: what a detached signature covers is cut from
    /// it.
    pub query: Option<Secret<String>>,
    /// RelayState, unescaped.
    pub relay_state: Option<Secret<String>>,
    /// SigAlg, unescaped.
    pub sig_alg: Option<String>,
    /// Signature, unescaped, in base64.
    pub signature: Option<Secret<String>>,
    /// The XML exactly as it was sent, or what came out before decoding broke.
    pub octets: Option<Secret<Vec<u8>>>,
    /// The XML as it was read.
    pub document: Option<Document>,
    /// The message in it.
    pub message: Option<Message>,
    /// The flaws in it, at most as many as the limit.
    pub flaws: Vec<Flaw>,
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
        value: Secret<String>,
        payload: Payload,
        limits: &Limits,
    ) -> Self {
        let mut flaws = FlawList::new(limits.flaws);
        flaws.extend(payload.flaws);
        let mut document = None;
        let mut message = payload.message;
        if let Some(octets) = &payload.octets {
            let (read, found) = Document::parse(octets, limits);
            flaws.extend(found);
            let decoded = saml::read(&read);
            flaws.extend(decoded.flaws);
            message = decoded.value;
            document = Some(read);
        }
        Carried {
            binding,
            parameter: parameter.to_owned(),
            value,
            query: None,
            relay_state: None,
            sig_alg: None,
            signature: None,
            octets: payload.octets.map(Secret::new),
            document,
            message,
            flaws: flaws.into_vec(),
        }
    }
}
