//! The parts of EncryptedData and EncryptedKey as they are written: XML Encryption 1.1 chapter 3.
//!
//! Leaves out: CipherReference (nothing outside of the message is fetched), KeyName, AgreementMethod.

use super::{
    Problem,
    algorithm::{self, DataCipher, KeyTransport},
    key::Padding,
};
use crate::{
    base::limits::Limits,
    saml::uri,
    signature::{Digest, base64_of},
    xml::Element,
};

/// The namespace of XML encryption.
const NAMESPACE: &str = "http://www.w3.org/2001/04/xmlenc#";
/// The namespace of what XML Encryption 1.1 added.
const NAMESPACE_11: &str = "http://www.w3.org/2009/xmlenc11#";

/// The names of the parts that can be encrypted (SAML Core 2.2.4, 2.3.4, 2.7.3.2, 3.6.1).
const CONTAINERS: [(&str, &str); 4] = [
    (uri::ASSERTION, "EncryptedAssertion"),
    (uri::ASSERTION, "EncryptedID"),
    (uri::ASSERTION, "EncryptedAttribute"),
    (uri::PROTOCOL, "NewEncryptedID"),
];

/// Whether `element` is a part of a message that is encrypted.
pub(super) fn is_container(element: &Element<'_>) -> bool {
    CONTAINERS.iter().any(|(namespace, local)| element.is(namespace, local))
}

/// Whether ruby-saml looks into `container` at the place where it is.
pub(super) fn is_opened_by_ruby_saml(container: Element<'_>) -> bool {
    let parent = container.parent().map_or("", Element::local);
    matches!(
        (parent, container.local()),
        ("Response", "EncryptedAssertion")
            | ("Subject", "EncryptedID")
            | ("AttributeStatement", "EncryptedAttribute")
    )
}

/// The EncryptedData of `container`.
pub(super) fn data_of(container: Element<'_>) -> Option<Element<'_>> {
    container.child(NAMESPACE, "EncryptedData")
}

/// The URI of the EncryptionMethod of an EncryptedData or an EncryptedKey.
pub(super) fn method_of(encrypted: Element<'_>) -> Option<String> {
    Some(encrypted.child(NAMESPACE, "EncryptionMethod")?.attribute("Algorithm")?.into_owned())
}

/// The cipher that `data` is encrypted with.
pub(super) fn cipher_of(data: Element<'_>) -> Result<DataCipher, Problem> {
    let uri = method_of(data).ok_or(Problem::Incomplete { element: "EncryptionMethod" })?;
    algorithm::data(&uri).ok_or(Problem::Algorithm { uri })
}

/// The EncryptedKeys that may hold the key of `data`: those in its KeyInfo, those beside it, and those that a
/// RetrievalMethod points to.
pub(super) fn keys_of<'a>(container: Element<'a>, data: Element<'a>, limits: &Limits) -> Vec<Element<'a>> {
    let is_key = |element: &Element<'a>| element.is(NAMESPACE, "EncryptedKey");
    let key_info = || data.child(uri::XML_SIGNATURE, "KeyInfo").into_iter().flat_map(Element::descendants);
    let pointers: Vec<String> = key_info()
        .filter(|element| element.is(uri::XML_SIGNATURE, "RetrievalMethod"))
        .filter_map(|method| Some(method.attribute("URI")?.strip_prefix('#')?.to_owned()))
        .collect();
    let root = data.ancestors().last().unwrap_or(data);
    let pointed = root
        .descendants()
        .filter(is_key)
        .filter(|key| key.attribute("Id").is_some_and(|id| pointers.iter().any(|pointer| *pointer == id)));
    let mut keys: Vec<Element<'a>> = Vec::new();
    for key in key_info().filter(is_key).chain(container.elements().filter(is_key)).chain(pointed) {
        if !keys.contains(&key) && keys.len() < limits.keys {
            keys.push(key);
        }
    }
    keys
}

/// The padding of the EncryptedKey `key`.
pub(super) fn padding_of(key: Element<'_>) -> Result<Padding, Problem> {
    let uri = method_of(key).ok_or(Problem::Incomplete { element: "EncryptionMethod" })?;
    let transport = algorithm::transport(&uri).ok_or(Problem::Algorithm { uri })?;
    let method = key.child(NAMESPACE, "EncryptionMethod");
    let named = |namespace, local| {
        let element = method?.child(namespace, local)?;
        Some(element.attribute("Algorithm").unwrap_or_default().into_owned())
    };
    let (digest, mask) = (named(uri::XML_SIGNATURE, "DigestMethod"), named(NAMESPACE_11, "MGF"));
    let mask = mask.filter(|_| transport == KeyTransport::RsaOaep);
    let unknown = |uri: &Option<String>| Problem::Algorithm { uri: uri.clone().unwrap_or_default() };
    Ok(match transport {
        KeyTransport::RsaPkcs1 => Padding::Pkcs1,
        KeyTransport::RsaOaepMgf1p | KeyTransport::RsaOaep => Padding::Oaep {
            digest: algorithm::digest(digest.as_deref()).ok_or_else(|| unknown(&digest))?,
            mask: algorithm::mask(mask.as_deref()).ok_or_else(|| unknown(&mask))?,
            label: method
                .and_then(|method| method.child(NAMESPACE, "OAEPparams"))
                .and_then(base64_of)
                .unwrap_or_default(),
        },
    })
}

/// The EncryptedKey that ruby-saml takes for `data`: of those in its KeyInfo and the one that its
/// RetrievalMethod means, the first of the message.
pub(super) fn key_of_ruby_saml(data: Element<'_>) -> Option<Element<'_>> {
    let key_info = || data.elements().filter(|e| e.is(uri::XML_SIGNATURE, "KeyInfo") || e.is("", "KeyInfo"));
    let pointer = key_info()
        .filter(|element| element.is(uri::XML_SIGNATURE, "KeyInfo"))
        .flat_map(Element::elements)
        .find(|element| element.is(uri::XML_SIGNATURE, "RetrievalMethod"))
        .and_then(|method| Some(method.attribute("URI")?.split_once('#')?.1.to_owned()));
    let is_key = |element: &Element<'_>| element.is(NAMESPACE, "EncryptedKey");
    let inside = key_info().flat_map(Element::elements).filter(is_key);
    let root = data.ancestors().last().unwrap_or(data);
    let meant = |key: &Element<'_>| is_key(key) && key.attribute("Id").as_deref() == pointer.as_deref();
    let pointed = root.descendants().filter(|element| pointer.is_some() && meant(element));
    inside.chain(pointed).min_by_key(|key| key.span().start)
}

/// The padding with which ruby-saml opens the EncryptedKey `key`.
pub(super) fn padding_of_ruby_saml(key: Element<'_>) -> Result<Padding, Problem> {
    let uri = method_of(key).ok_or(Problem::Incomplete { element: "EncryptionMethod" })?;
    let (digest, mask) = (Digest::Sha1, Digest::Sha1);
    match algorithm::transport(&uri) {
        Some(KeyTransport::RsaPkcs1) => Ok(Padding::Pkcs1),
        Some(KeyTransport::RsaOaepMgf1p) => Ok(Padding::Oaep { digest, mask, label: Vec::new() }),
        Some(KeyTransport::RsaOaep) | None => Err(Problem::Algorithm { uri }),
    }
}

/// The encrypted octets of an EncryptedData or an EncryptedKey.
pub(super) fn octets_of(encrypted: Element<'_>) -> Result<Vec<u8>, Problem> {
    let cipher =
        encrypted.child(NAMESPACE, "CipherData").ok_or(Problem::Incomplete { element: "CipherData" })?;
    if cipher.child(NAMESPACE, "CipherReference").is_some() {
        return Err(Problem::Elsewhere);
    }
    let value =
        cipher.child(NAMESPACE, "CipherValue").ok_or(Problem::Incomplete { element: "CipherValue" })?;
    base64_of(value).filter(|octets| !octets.is_empty()).ok_or(Problem::Base64)
}
