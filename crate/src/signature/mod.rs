//! The signatures of a message, as they are written (XML Signature 1.0, chapter 4), and its certificates.
//!
//! Leaves out for now: verifying. Every signature is listed as [`State::Unverifiable`] with that reason; nothing here
//! ever says that a value is signed.

pub mod certificates;

use crate::{
    catalogue::Text,
    flaw::Span,
    saml::uri,
    text,
    xml::{Document, Element},
};
use serde::Serialize;

/// One signature.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Signature {
    /// What it stands in, and so what it should cover.
    pub on: SignedPart,
    /// The URIs of its References, exactly; an omitted URI is left out.
    pub covers: Vec<String>,
    /// Whether it covers the first assertion; `None` while that is not known.
    pub first_assertion_covered: Option<bool>,
    /// Whether it is valid.
    pub state: State,
    /// Why it is not valid or could not be verified.
    pub reason: Option<Text>,
    /// SignatureMethod.
    pub algorithm: Option<String>,
    /// CanonicalizationMethod.
    pub canonicalization: Option<String>,
    /// DigestMethod of the first Reference.
    pub digest: Option<String>,
    /// Where it stands; absent for the detached signature of a redirect.
    #[serde(skip)]
    pub span: Option<Span>,
}

/// What a signature stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SignedPart {
    /// A Response.
    Response,
    /// An Assertion.
    Assertion,
    /// Another element.
    #[serde(rename = "other")]
    Other,
    /// The query of a redirect (SAML Bindings 3.4.4.1).
    #[serde(rename = "query")]
    Query,
}

/// Whether a signature is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It could not be found out.
    Unverifiable,
}

/// The XML signatures of `document`, in document order.
pub fn signatures(document: &Document) -> Vec<Signature> {
    let Some(root) = document.root() else { return Vec::new() };
    let elements = std::iter::once(root).chain(root.descendants());
    elements.filter(|element| element.is(uri::XML_SIGNATURE, "Signature")).map(read).collect()
}

/// The detached signature of a redirect whose SigAlg is `algorithm`.
pub fn of_query(algorithm: Option<&str>) -> Signature {
    Signature { on: SignedPart::Query, algorithm: algorithm.map(str::to_owned), ..unverified() }
}

fn read(signature: Element<'_>) -> Signature {
    let signed_info = child(signature, "SignedInfo");
    let references = || {
        signed_info.into_iter().flat_map(|e| e.elements()).filter(|e| e.is(uri::XML_SIGNATURE, "Reference"))
    };
    let method = |parent: Option<Element<'_>>, local| {
        child(parent?, local)?.attribute("Algorithm").map(|algorithm| algorithm.into_owned())
    };
    Signature {
        on: part(signature.parent()),
        covers: references()
            .filter_map(|reference| reference.attribute("URI"))
            .map(|uri| uri.into_owned())
            .collect(),
        algorithm: method(signed_info, "SignatureMethod"),
        canonicalization: method(signed_info, "CanonicalizationMethod"),
        digest: method(references().next(), "DigestMethod"),
        span: Some(signature.span()),
        ..unverified()
    }
}

fn unverified() -> Signature {
    Signature {
        on: SignedPart::Other,
        covers: Vec::new(),
        first_assertion_covered: None,
        state: State::Unverifiable,
        reason: Some(text!("signature.not-verified-yet")),
        algorithm: None,
        canonicalization: None,
        digest: None,
        span: None,
    }
}

fn part(parent: Option<Element<'_>>) -> SignedPart {
    match parent {
        Some(parent) if parent.is(uri::PROTOCOL, "Response") => SignedPart::Response,
        Some(parent) if parent.is(uri::ASSERTION, "Assertion") => SignedPart::Assertion,
        _ => SignedPart::Other,
    }
}

fn child<'a>(parent: Element<'a>, local: &str) -> Option<Element<'a>> {
    parent.child(uri::XML_SIGNATURE, local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::LIMITS;

    #[test]
    fn lists_what_a_signature_says_and_never_calls_it_valid() {
        let xml = br##"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol">
            <a:Assertion xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a">
            <ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>
            <ds:CanonicalizationMethod Algorithm="urn:c"/><ds:SignatureMethod Algorithm="urn:s"/>
            <ds:Reference URI="#_a"><ds:DigestMethod Algorithm="urn:d"/></ds:Reference>
            </ds:SignedInfo></ds:Signature></a:Assertion></p:Response>"##;
        let (document, flaws) = Document::parse(xml, &LIMITS);
        assert_eq!(flaws, []);
        let found = signatures(&document);
        let [signature] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((signature.on, signature.state), (SignedPart::Assertion, State::Unverifiable));
        assert_eq!(signature.covers, ["#_a"]);
        let methods = [&signature.canonicalization, &signature.algorithm, &signature.digest];
        assert_eq!(methods.map(|method| method.as_deref()), [Some("urn:c"), Some("urn:s"), Some("urn:d")]);
        assert!(signature.reason.is_some() && signature.first_assertion_covered.is_none());
    }
}
