//! The parts of a Signature element as they are written: XML Signature 1.1, chapter 4.
//!
//! Leaves out: Manifest and the rest of Object, KeyName, RetrievalMethod and whatever else points to a key
//! elsewhere.

use super::{
    Reason,
    algorithm::{self, EXCLUSIVE},
    certificates,
    key::{KeyProblem, PublicKey},
};
use crate::{
    base::limits::Limits,
    encoding::base64::LENIENT_BASE64,
    saml::uri,
    xml::{
        Element,
        c14n::{Method, Variant},
    },
};
use base64::Engine;
use std::borrow::Cow;

/// The Type of a Reference to a Manifest (clause 4.4.3.1).
const MANIFEST: &str = "http://www.w3.org/2000/09/xmldsig#Manifest";

/// A Signature with everything that verifying needs.
pub(super) struct Parts<'a> {
    pub(super) signed_info: Element<'a>,
    pub(super) canonicalization: Element<'a>,
    pub(super) method: Element<'a>,
    pub(super) references: Vec<Reference<'a>>,
    /// `None` where it is no base64.
    pub(super) value: Option<Vec<u8>>,
}

/// A Reference.
pub(super) struct Reference<'a> {
    /// As it is written; absent where it is omitted.
    pub(super) uri: Option<Cow<'a, str>>,
    /// Whether it says that it refers to a list of further References.
    pub(super) is_manifest: bool,
    pub(super) transforms: Vec<Element<'a>>,
    pub(super) digest_method: Element<'a>,
    /// `None` where it is no base64.
    pub(super) digest: Option<Vec<u8>>,
}

/// A key that a signature may have been made with.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) key: Result<PublicKey, KeyProblem>,
    /// SHA-256 fingerprint of the certificate that it is in, if it is in one.
    pub(super) fingerprint: Option<String>,
}

impl<'a> Parts<'a> {
    /// The parts of `signature`.
    ///
    /// # Errors
    /// If a part is absent or there are several of one: then readers differ in what is signed
    /// (CVE-2025-29774).
    pub(super) fn read(signature: Element<'a>, limits: &Limits) -> Result<Self, Reason> {
        let signed_info = only(signature, "SignedInfo")?;
        let references: Vec<_> = named(signed_info, "Reference").take(limits.references + 1).collect();
        if references.is_empty() {
            return Err(Reason::Incomplete { element: "Reference" });
        }
        if references.len() > limits.references {
            return Err(Reason::TooManyReferences { limit: limits.references });
        }
        Ok(Parts {
            signed_info,
            canonicalization: only(signed_info, "CanonicalizationMethod")?,
            method: only(signed_info, "SignatureMethod")?,
            references: references.into_iter().map(Reference::read).collect::<Result<_, _>>()?,
            value: base64_of(only(signature, "SignatureValue")?),
        })
    }
}

impl<'a> Reference<'a> {
    fn read(reference: Element<'a>) -> Result<Self, Reason> {
        let transforms = named(reference, "Transforms").flat_map(|list| named(list, "Transform"));
        Ok(Reference {
            uri: reference.attribute("URI"),
            is_manifest: reference.attribute("Type").is_some_and(|kind| kind == MANIFEST),
            transforms: transforms.collect(),
            digest_method: only(reference, "DigestMethod")?,
            digest: base64_of(only(reference, "DigestValue")?),
        })
    }
}

/// The value of `Algorithm`; empty where there is none.
pub(super) fn algorithm_of(element: Element<'_>) -> String {
    element.attribute("Algorithm").unwrap_or_default().into_owned()
}

/// The canonicalization that `element` (CanonicalizationMethod or Transform) asks for, with its PrefixList.
pub(super) fn canonicalization(element: Element<'_>) -> Option<Method> {
    let mut method = algorithm::canonicalization(&algorithm_of(element))?;
    if let Variant::Exclusive { prefixes } = &mut method.variant {
        let list = element.child(EXCLUSIVE, "InclusiveNamespaces").and_then(|e| e.attribute("PrefixList"));
        let names = list.as_deref().unwrap_or("").split_ascii_whitespace();
        prefixes.extend(names.map(|name| if name == "#default" { "" } else { name }.to_owned()));
    }
    Some(method)
}

/// The keys in the KeyInfo of `signature`, in their order, at most as many as the limit.
pub(super) fn keys_in(signature: Element<'_>, limits: &Limits) -> Vec<Candidate> {
    let key_infos = named(signature, "KeyInfo");
    let inside = key_infos.flat_map(|key_info| key_info.descendants());
    inside.filter_map(candidate).take(limits.keys).collect()
}

impl Candidate {
    /// The key of a certificate.
    pub(super) fn of_certificate(certificate: &certificates::Certificate) -> Self {
        Candidate { key: certificate.public_key(), fingerprint: Some(certificate.sha256.clone()) }
    }
}

/// The key that `element` is, if it is one.
fn candidate(element: Element<'_>) -> Option<Candidate> {
    let without_certificate = |key| Some(Candidate { key, fingerprint: None });
    match (element.namespace(), element.local()) {
        (uri::XML_SIGNATURE, "X509Certificate") => Some(match certificates::read(element) {
            Some(certificate) => Candidate::of_certificate(&certificate),
            None => Candidate { key: Err(KeyProblem::Unreadable), fingerprint: None },
        }),
        (uri::XML_SIGNATURE, "RSAKeyValue") => {
            let number = |local| element.child(uri::XML_SIGNATURE, local).and_then(base64_of);
            let numbers = number("Modulus").zip(number("Exponent"));
            let key = numbers.map(|(modulus, exponent)| PublicKey::rsa(&modulus, &exponent));
            without_certificate(key.unwrap_or(Err(KeyProblem::Unreadable)))
        }
        (uri::XML_SIGNATURE_11, "ECKeyValue") => {
            let curve = element.child(uri::XML_SIGNATURE_11, "NamedCurve").and_then(|c| c.attribute("URI"));
            let curve = curve.as_deref().and_then(|uri| uri.strip_prefix("urn:oid:"));
            let point = element.child(uri::XML_SIGNATURE_11, "PublicKey").and_then(base64_of);
            without_certificate(PublicKey::on_named_curve(curve, &point.unwrap_or_default()))
        }
        (uri::XML_SIGNATURE_11, "DEREncodedKeyValue") => {
            without_certificate(PublicKey::from_spki(&base64_of(element).unwrap_or_default()))
        }
        _ => None,
    }
}

/// The octets that are written in `element` in base64, comments and white space left out.
pub(crate) fn base64_of(element: Element<'_>) -> Option<Vec<u8>> {
    decoded(&element.own_text())
}

/// The octets of `base64`, white space left out.
pub(super) fn decoded(base64: &str) -> Option<Vec<u8>> {
    let digits: String = base64.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    LENIENT_BASE64.decode(digits).ok()
}

fn named<'a>(parent: Element<'a>, local: &'static str) -> impl Iterator<Item = Element<'a>> {
    parent.elements().filter(move |element| element.is(uri::XML_SIGNATURE, local))
}

fn only<'a>(parent: Element<'a>, element: &'static str) -> Result<Element<'a>, Reason> {
    let mut found = named(parent, element);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Reason::Incomplete { element }),
        (Some(_), Some(_)) => Err(Reason::Several { element }),
    }
}
