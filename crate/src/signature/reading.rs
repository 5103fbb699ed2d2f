//! The parts of a Signature element as they are written: XML Signature 1.1, chapter 4.
//!
//! Leaves out: Manifest and the rest of Object, KeyName, RetrievalMethod and whatever else points to a key
//! elsewhere.

use super::{
    Reason,
    algorithm::{self, EXCLUSIVE},
    certificates::{self, Certificate},
    key::{KeyProblem, PublicKey},
    structure,
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
    /// Whether it is in a certificate.
    pub(super) is_certified: bool,
    /// That certificate, where it can be read.
    certificate: Option<Certificate>,
}

impl<'a> Parts<'a> {
    /// The parts of `signature`, once its structure was looked at.
    ///
    /// # Errors
    /// If its structure is not that of XML Signature: then readers differ in what is signed (CVE-2025-29774).
    pub(super) fn read(signature: Element<'a>, limits: &Limits) -> Result<Self, Reason> {
        structure::check(signature)?;
        let signed_info = part(signature, "SignedInfo")?;
        let references: Vec<_> = named(signed_info, "Reference").take(limits.references + 1).collect();
        if references.len() > limits.references {
            return Err(Reason::TooManyReferences { limit: limits.references });
        }
        Ok(Parts {
            signed_info,
            canonicalization: part(signed_info, "CanonicalizationMethod")?,
            method: part(signed_info, "SignatureMethod")?,
            references: references.into_iter().map(Reference::read).collect::<Result<_, _>>()?,
            value: base64_of(part(signature, "SignatureValue")?),
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
            digest_method: part(reference, "DigestMethod")?,
            digest: base64_of(part(reference, "DigestValue")?),
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

/// The keys that a message brings for one signature.
pub(super) struct Keys {
    /// The keys in their places in KeyInfo, in their order, at most as many as the limit.
    pub(super) placed: Vec<Candidate>,
    /// The key that readers take: that of the first certificate, or the first one without one.
    pub(super) first: Option<Candidate>,
    /// Whether there is a key beside it, in its place or hidden, that is another one and no part of its
    /// certificate's chain.
    pub(super) has_other: bool,
}

impl Keys {
    /// The keys in the KeyInfo of `signature`: X509Data/X509Certificate, KeyValue/RSAKeyValue,
    /// KeyValue/ECKeyValue and DEREncodedKeyValue; `read` gives the key of an element. `first` is the first
    /// certificate of the message, where that is the one to take.
    pub(super) fn of<'a>(
        signature: Element<'a>,
        first: Option<&Candidate>,
        limits: &Limits,
        read: impl Fn(Element<'a>) -> Option<Candidate>,
    ) -> Self {
        let key_info = || named(signature, "KeyInfo").take(1);
        let children = key_info().flat_map(Element::elements).flat_map(|child| {
            let inside = child.elements().filter(move |inner| is_place(child, *inner));
            let is_key = |child: &Element<'_>| child.is(uri::XML_SIGNATURE_11, "DEREncodedKeyValue");
            std::iter::once(child).filter(is_key).chain(inside)
        });
        let placed: Vec<_> = children.filter_map(&read).take(limits.keys).collect();
        let first = first.or_else(|| placed.iter().find(|key| key.is_certified));
        let first = first.or(placed.first()).cloned();
        let hidden = key_info().flat_map(|key_info| key_info.descendants()).filter_map(&read);
        let all: Vec<_> = hidden.take(2 * limits.keys).collect();
        let is_other = |other: &Candidate| {
            let differs = first.as_ref().is_some_and(|first| !first.is_same_key(other));
            other.key.is_ok() && differs && !all.iter().any(|issued| other.issued(issued))
        };
        let has_other = all.iter().any(is_other);
        Keys { placed, first, has_other }
    }
}

/// Whether keys are read from `inner` in `outer`, which is in KeyInfo.
fn is_place(outer: Element<'_>, inner: Element<'_>) -> bool {
    let places: &[(&str, &str)] = match outer.local() {
        "X509Data" => &[(uri::XML_SIGNATURE, "X509Certificate")],
        "KeyValue" => &[(uri::XML_SIGNATURE, "RSAKeyValue"), (uri::XML_SIGNATURE_11, "ECKeyValue")],
        _ => &[],
    };
    outer.namespace() == uri::XML_SIGNATURE
        && places.iter().any(|(namespace, local)| inner.is(namespace, local))
}

impl Candidate {
    /// The key of a certificate.
    pub(super) fn of_certificate(certificate: &Certificate) -> Self {
        Candidate {
            key: certificate.public_key(),
            is_certified: true,
            certificate: Some(certificate.clone()),
        }
    }

    /// SHA-256 fingerprint of the certificate that it is in, if it is in one.
    pub(super) fn fingerprint(&self) -> Option<String> {
        self.certificate.as_ref().map(|certificate| certificate.sha256.clone())
    }

    /// Whether both are the same key.
    pub(super) fn is_same_key(&self, other: &Candidate) -> bool {
        matches!((&self.key, &other.key), (Ok(own), Ok(other)) if own == other)
    }

    /// Whether its certificate says that it made the other one: then it is part of a chain.
    fn issued(&self, other: &Candidate) -> bool {
        let own = self.certificate.as_ref().and_then(|certificate| certificate.says.as_ref());
        let other = other.certificate.as_ref().and_then(|certificate| certificate.says.as_ref());
        own.zip(other).is_some_and(|(own, other)| own != other && own.subject == other.issuer)
    }
}

/// Whether `element` is one that holds a key.
pub(super) fn is_key(element: Element<'_>) -> bool {
    match element.namespace() {
        uri::XML_SIGNATURE => matches!(element.local(), "X509Certificate" | "RSAKeyValue"),
        uri::XML_SIGNATURE_11 => matches!(element.local(), "ECKeyValue" | "DEREncodedKeyValue"),
        _ => false,
    }
}

/// The key that `element` is, if it is one.
pub(super) fn candidate(element: Element<'_>) -> Option<Candidate> {
    let without_certificate = |key| Some(Candidate { key, is_certified: false, certificate: None });
    match (element.namespace(), element.local()) {
        (uri::XML_SIGNATURE, "X509Certificate") => Some(match certificates::read(element) {
            Some(certificate) => Candidate::of_certificate(&certificate),
            None => Candidate { key: Err(KeyProblem::Unreadable), is_certified: true, certificate: None },
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
    let digits: String = base64.split_ascii_whitespace().collect();
    LENIENT_BASE64.decode(digits).ok()
}

fn named<'a>(parent: Element<'a>, local: &'static str) -> impl Iterator<Item = Element<'a>> {
    parent.elements().filter(move |element| element.is(uri::XML_SIGNATURE, local))
}

/// The part of `parent` that the table says is there once.
fn part<'a>(parent: Element<'a>, element: &'static str) -> Result<Element<'a>, Reason> {
    let missing = || Reason::Incomplete { element: element.to_owned(), parent: parent.local().to_owned() };
    named(parent, element).next().ok_or_else(missing)
}
