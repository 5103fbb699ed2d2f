//! Signs the Responses of tests, so that a test about something else is not one about a missing signature.
//!
//! Enveloped, over the whole message, RSA-SHA256 with a test key; an Assertion is signed by its ID, so that
//! it can be put into a Response. The key is given by its numbers and no certificate is there: tests about
//! certificates bring their own, or put `sp.crt` in (`openssl ca -selfsign -keyfile sp.key -startdate
//! 20250101000000Z -enddate 21250101000000Z`, CN=idp.example.com: valid at the times of the tests). The
//! stories of the package of tests use it, too.

use base64::{Engine, prelude::BASE64_STANDARD};
use rsa::{Pkcs1v15Sign, RsaPrivateKey, pkcs8::DecodePrivateKey, traits::PublicKeyParts};
use samlight::{
    base::limits::LIMITS,
    xml::{
        Document, Element,
        c14n::{self, Budget, Method, Part, Variant},
    },
};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

const KEY: &str = include_str!("../encryption/samples/keys/sp.key");
const CERTIFICATE: &str = include_str!("sp.crt");
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

/// `xml` with a signature; `None` where it is no Response or Assertion that is well-formed and has none.
pub(super) fn signed(xml: &str) -> Option<String> {
    let (document, _) = Document::parse(xml.as_bytes(), &LIMITS);
    let is_signable = |root: &Element<'_>| ["Response", "Assertion"].contains(&root.local());
    let root = document.root().filter(|root| is_signable(root) && root.end_tag().is_some())?;
    let uri = match (root.local(), root.attribute("ID")) {
        ("Assertion", Some(id)) => format!("#{id}"),
        _ => String::new(),
    };
    let is_signature = |element: Element<'_>| element.is(DS, "Signature");
    if document.flaw().is_some() || document.has_doctype() || root.descendants().any(is_signature) {
        return None;
    }
    let method = Method::new(Variant::Exclusive { prefixes: BTreeSet::new() });
    let whole = Part { document: &document, apex: None, without: None };
    let octets = c14n::canonical(whole, &method, &Budget::new(LIMITS.canonical_steps)).ok()?;
    let digest = BASE64_STANDARD.encode(Sha256::digest(&octets));
    // As its canonical form is, but for the declaration of the prefix.
    let content = format!(
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
         <ds:Reference URI=\"{uri}\"><ds:Transforms>\
         <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>\
         <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
         <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    );
    let canonical = format!("<ds:SignedInfo xmlns:ds=\"{DS}\">{content}</ds:SignedInfo>");
    let (modulus, exponent) = numbers();
    let signature = format!(
        "<ds:Signature xmlns:ds=\"{DS}\"><ds:SignedInfo>{content}</ds:SignedInfo><ds:SignatureValue>{}</ds:SignatureValue>\
         <ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{modulus}</ds:Modulus><ds:Exponent>{exponent}</ds:Exponent></ds:RSAKeyValue>\
         </ds:KeyValue></ds:KeyInfo></ds:Signature>",
        value(canonical.as_bytes()),
    );
    // Behind the Issuer, where the schema has it.
    let issuer = root.elements().next().filter(|first| first.local() == "Issuer");
    let at = issuer.map_or(root.start_tag().end, |issuer| issuer.span().end);
    let (before, after) = xml.split_at_checked(at)?;
    Some(format!("{before}{signature}{after}"))
}

/// A message that [`signed`] made, with the certificate in it.
#[allow(dead_code)] // not every package of tests is about certificates
pub(super) fn certified(signed: &str) -> String {
    let digits: String = CERTIFICATE.lines().filter(|line| !line.starts_with("-----")).collect();
    let key_info =
        format!("<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{digits}</ds:X509Certificate></ds:X509Data>");
    signed.replace("<ds:KeyInfo>", &key_info)
}

/// The SignatureValue of `octets`.
pub(super) fn value(octets: &[u8]) -> String {
    let value = key().sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(octets));
    BASE64_STANDARD.encode(value.unwrap_or_default())
}

/// Modulus and exponent of the key.
pub(super) fn numbers() -> (String, String) {
    let key = key();
    (BASE64_STANDARD.encode(key.n_bytes()), BASE64_STANDARD.encode(key.e_bytes()))
}

#[allow(clippy::unwrap_used)] // the key is a file of the tests
fn key() -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs8_pem(KEY).unwrap()
}
