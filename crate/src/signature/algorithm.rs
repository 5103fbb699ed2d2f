//! The algorithms of XML signatures, by their URIs: XML Signature 1.1 clause 6, RFC 9231 (formerly RFC 6931).
//!
//! These lists are closed: what is not on them is named and left unverified. Left out on purpose: HMAC (with
//! a certificate as its key anybody can sign), MD5, RIPEMD-160, DSA, EdDSA, RSA-PSS with parameters of its
//! own.

use super::key::{Digest, SignatureMethod};
use crate::xml::c14n::{Method, Variant};

/// The algorithms of a Reference's DigestMethod.
const DIGESTS: [(&str, Digest); 5] = [
    ("http://www.w3.org/2000/09/xmldsig#sha1", Digest::Sha1),
    ("http://www.w3.org/2001/04/xmldsig-more#sha224", Digest::Sha224),
    ("http://www.w3.org/2001/04/xmlenc#sha256", Digest::Sha256),
    ("http://www.w3.org/2001/04/xmldsig-more#sha384", Digest::Sha384),
    ("http://www.w3.org/2001/04/xmlenc#sha512", Digest::Sha512),
];

/// SignatureMethod and SigAlg.
const METHODS: [(&str, SignatureMethod); 16] = [
    ("http://www.w3.org/2000/09/xmldsig#rsa-sha1", SignatureMethod::RsaPkcs1(Digest::Sha1)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha224", SignatureMethod::RsaPkcs1(Digest::Sha224)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", SignatureMethod::RsaPkcs1(Digest::Sha256)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", SignatureMethod::RsaPkcs1(Digest::Sha384)),
    ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", SignatureMethod::RsaPkcs1(Digest::Sha512)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1", SignatureMethod::RsaPss(Digest::Sha1)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha224-rsa-MGF1", SignatureMethod::RsaPss(Digest::Sha224)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", SignatureMethod::RsaPss(Digest::Sha256)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1", SignatureMethod::RsaPss(Digest::Sha384)),
    ("http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1", SignatureMethod::RsaPss(Digest::Sha512)),
    // Without parameters it means SHA-256 (RFC 9231, clause 2.3.9).
    ("http://www.w3.org/2007/05/xmldsig-more#rsa-pss", SignatureMethod::RsaPss(Digest::Sha256)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1", SignatureMethod::Ecdsa(Digest::Sha1)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224", SignatureMethod::Ecdsa(Digest::Sha224)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", SignatureMethod::Ecdsa(Digest::Sha256)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", SignatureMethod::Ecdsa(Digest::Sha384)),
    ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", SignatureMethod::Ecdsa(Digest::Sha512)),
];

/// CanonicalizationMethod and Transform; with `#WithComments` at its end each also writes comments.
const CANONICALIZATIONS: [(&str, Variant); 3] = [
    ("http://www.w3.org/TR/2001/REC-xml-c14n-20010315", Variant::Inclusive10),
    ("http://www.w3.org/2006/12/xml-c14n11", Variant::Inclusive11),
    (EXCLUSIVE, Variant::Exclusive { prefixes: std::collections::BTreeSet::new() }),
];

/// Exclusive canonicalization; also the namespace of its PrefixList.
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// The transform that leaves out the signature itself.
pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// The DigestMethod `uri`.
pub(super) fn digest(uri: &str) -> Option<Digest> {
    find(&DIGESTS, uri)
}

/// The SignatureMethod or SigAlg `uri`.
pub(crate) fn method(uri: &str) -> Option<SignatureMethod> {
    find(&METHODS, uri)
}

/// The canonicalization `uri`, its PrefixList empty.
pub(super) fn canonicalization(uri: &str) -> Option<Method> {
    // Exclusive canonicalization has the `#` in its name already.
    let (name, comments) = match uri.strip_suffix("WithComments") {
        Some(EXCLUSIVE) => (EXCLUSIVE, true),
        Some(name) => (name.strip_suffix('#')?, true),
        None => (uri, false),
    };
    let variant = find(&CANONICALIZATIONS, name)?;
    Some(Method { comments, ..Method::new(variant) })
}

/// Whether `uri` is a signature or a digest with SHA-1.
pub fn is_sha1(uri: &str) -> bool {
    digest(uri) == Some(Digest::Sha1) || method(uri).is_some_and(|method| method.digest() == Digest::Sha1)
}

/// Whether `value` is the digest of no octets at all, by the DigestMethod `uri`.
pub(crate) fn is_digest_of_nothing(uri: &str, value: &[u8]) -> bool {
    digest(uri).is_some_and(|digest| digest.of(&[]) == value)
}

fn find<T: Clone>(table: &[(&str, T)], uri: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == uri).map(|(_, found)| found.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonicalizations_are_known_with_and_without_comments() {
        for (uri, _) in CANONICALIZATIONS {
            let hash = if uri == EXCLUSIVE { "" } else { "#" };
            assert_eq!(canonicalization(uri).map(|method| method.comments), Some(false), "{uri}");
            let with_comments = format!("{uri}{hash}WithComments");
            assert_eq!(canonicalization(&with_comments).map(|method| method.comments), Some(true), "{uri}");
        }
        for uri in ["", "WithComments", "http://www.w3.org/TR/1999/REC-xpath-19991116"] {
            assert_eq!(canonicalization(uri), None, "{uri}");
        }
    }

    #[test]
    fn only_sha_1_is_sha_1() {
        let uris = DIGESTS.iter().map(|(uri, _)| *uri).chain(METHODS.iter().map(|(uri, _)| *uri));
        let sha1: Vec<_> = uris.filter(|uri| is_sha1(uri)).collect();
        assert_eq!(sha1.len(), 4, "{sha1:?}");
        assert!(sha1.iter().all(|uri| uri.contains("sha1")));
    }
}
