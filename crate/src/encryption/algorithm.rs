//! The algorithms of XML encryption, by their URIs: XML Encryption 1.1 clause 5.
//!
//! These lists are closed: what is not on them is named and stays encrypted. Left out: key wrapping with a
//! shared key and key agreement, which no identity provider uses with a service provider's certificate; AES
//! in other modes.

use crate::signature::Digest;

/// The way the content is encrypted (5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DataCipher {
    Aes128Cbc,
    Aes192Cbc,
    Aes256Cbc,
    Aes128Gcm,
    Aes192Gcm,
    Aes256Gcm,
    TripleDesCbc,
}

/// The way the content's key is encrypted (5.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyTransport {
    /// RSA with the padding of PKCS #1 1.5.
    RsaPkcs1,
    /// RSA-OAEP whose mask is made with SHA-1.
    RsaOaepMgf1p,
    /// RSA-OAEP that says how its mask is made.
    RsaOaep,
}

const DATA: [(&str, DataCipher); 7] = [
    ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", DataCipher::Aes128Cbc),
    ("http://www.w3.org/2001/04/xmlenc#aes192-cbc", DataCipher::Aes192Cbc),
    ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", DataCipher::Aes256Cbc),
    ("http://www.w3.org/2009/xmlenc11#aes128-gcm", DataCipher::Aes128Gcm),
    ("http://www.w3.org/2009/xmlenc11#aes192-gcm", DataCipher::Aes192Gcm),
    ("http://www.w3.org/2009/xmlenc11#aes256-gcm", DataCipher::Aes256Gcm),
    ("http://www.w3.org/2001/04/xmlenc#tripledes-cbc", DataCipher::TripleDesCbc),
];

const TRANSPORT: [(&str, KeyTransport); 3] = [
    ("http://www.w3.org/2001/04/xmlenc#rsa-1_5", KeyTransport::RsaPkcs1),
    ("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", KeyTransport::RsaOaepMgf1p),
    ("http://www.w3.org/2009/xmlenc11#rsa-oaep", KeyTransport::RsaOaep),
];

/// DigestMethod of RSA-OAEP; some software writes the name of a signature's digest.
const DIGESTS: [(&str, Digest); 6] = [
    ("http://www.w3.org/2000/09/xmldsig#sha1", Digest::Sha1),
    ("http://www.w3.org/2001/04/xmldsig-more#sha224", Digest::Sha224),
    ("http://www.w3.org/2001/04/xmlenc#sha256", Digest::Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#sha384", Digest::Sha384),
    ("http://www.w3.org/2001/04/xmlenc#sha384", Digest::Sha384),
    ("http://www.w3.org/2001/04/xmlenc#sha512", Digest::Sha512),
];

/// MGF of RSA-OAEP.
const MASKS: [(&str, Digest); 5] = [
    ("http://www.w3.org/2009/xmlenc11#mgf1sha1", Digest::Sha1),
    ("http://www.w3.org/2009/xmlenc11#mgf1sha224", Digest::Sha224),
    ("http://www.w3.org/2009/xmlenc11#mgf1sha256", Digest::Sha256),
    ("http://www.w3.org/2009/xmlenc11#mgf1sha384", Digest::Sha384),
    ("http://www.w3.org/2009/xmlenc11#mgf1sha512", Digest::Sha512),
];

/// The EncryptionMethod `uri` of an EncryptedData.
pub(super) fn data(uri: &str) -> Option<DataCipher> {
    find(&DATA, uri)
}

/// The EncryptionMethod `uri` of an EncryptedKey.
pub(super) fn transport(uri: &str) -> Option<KeyTransport> {
    find(&TRANSPORT, uri)
}

/// The DigestMethod `uri`; SHA-1 where there is none.
pub(super) fn digest(uri: Option<&str>) -> Option<Digest> {
    uri.map_or(Some(Digest::Sha1), |uri| find(&DIGESTS, uri))
}

/// The MGF `uri`; that with SHA-1 where there is none.
pub(super) fn mask(uri: Option<&str>) -> Option<Digest> {
    uri.map_or(Some(Digest::Sha1), |uri| find(&MASKS, uri))
}

fn find<T: Copy>(table: &[(&str, T)], uri: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == uri).map(|(_, found)| *found)
}
