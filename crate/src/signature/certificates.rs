//! The certificates in a message (XML Signature 1.0, clause 4.4.4, X509Certificate): fingerprints, and what
//! RFC 5280 says of subject, validity and key.
//!
//! GitLab trusts by fingerprint: the SHA-1 or SHA-256 digest of the DER octets, written as pairs of
//! hexadecimal digits joined by colons. Leaves out: extensions, chains, and the signature of the certificate
//! itself, which no service provider checks.

use crate::{
    base::{
        flaw::{Flaw, Span},
        instant::Timestamp,
        limits::LIMITS,
    },
    encoding::{base64::LENIENT_BASE64, text::text_of},
    saml::uri,
    text,
    xml::{Document, Element, FlawList},
};
use base64::Engine;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::{borrow::Cow, collections::HashSet};
use x509_cert::{
    der::{Decode, Encode, Tag, Tagged},
    name::Name,
    time::Time,
};

use super::{
    distinguished_name,
    key::{KeyProblem, PublicKey},
};

/// One certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificate {
    /// Its octets.
    pub der: Vec<u8>,
    /// SHA-1 fingerprint in GitLab's notation: `AA:BB:…`.
    pub sha1: String,
    /// SHA-256 fingerprint in GitLab's notation.
    pub sha256: String,
    /// The content of the certificate; absent where it is no X.509 certificate.
    pub says: Option<Says>,
    /// The place where the message first has it.
    pub span: Span,
}

/// The content of a certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct Says {
    /// The name of the key's owner, as RFC 4514 writes names: `CN=idp.example.com,O=Example`.
    pub subject: String,
    /// The name of the party that says so.
    pub issuer: String,
    /// When it begins to be valid.
    pub not_before: Timestamp,
    /// When it ends to be valid.
    pub not_after: Timestamp,
    /// SubjectPublicKeyInfo in DER.
    spki: Vec<u8>,
}

/// The certificates of `document`, each once, in document order (GitLab takes the first), and the flaws of
/// those that cannot be read, as many as are kept for a message.
pub fn certificates(document: &Document) -> (Vec<Certificate>, Vec<Flaw>) {
    let mut found: Vec<Certificate> = Vec::new();
    let mut flaws = FlawList::new(LIMITS.flaws);
    let mut seen = HashSet::new();
    for element in document.elements().filter(|element| element.is(uri::XML_SIGNATURE, "X509Certificate")) {
        match read(element) {
            Some(certificate) => {
                if seen.insert(certificate.sha256.clone()) {
                    found.push(certificate);
                }
            }
            None => {
                let at = element.span();
                flaws.push(Flaw::in_xml("bad-certificate", at, text!("flaw.bad-certificate", at = at.start)));
            }
        }
    }
    (found, flaws.into_vec())
}

impl Certificate {
    /// The certificate whose octets are `der`; it stands at `span`.
    pub fn new(der: Vec<u8>, span: Span) -> Self {
        let (sha1, sha256) = (fingerprint(&Sha1::digest(&der)), fingerprint(&Sha256::digest(&der)));
        Certificate { says: Says::read(&der), der, sha1, sha256, span }
    }

    /// The certificate in a file: DER, PEM or its base64 alone.
    pub fn from_file(content: &[u8]) -> Option<Self> {
        let written = str::from_utf8(content).ok().and_then(octets_of);
        let der = written.unwrap_or_else(|| content.to_vec());
        let certificate = Certificate::new(der, Span::default());
        certificate.says.is_some().then_some(certificate)
    }

    /// The certificates in a file, in its order: one in DER or base64, some in PEM, or those in a provider's
    /// metadata; text in UTF-8 or UTF-16.
    pub fn all_from_file(content: &[u8]) -> Vec<Self> {
        let is_one = |certificate: &Certificate| certificate.says.is_some();
        let der = Some(Certificate::new(content.to_vec(), Span::default())).filter(is_one);
        let (text, _) = text_of(content);
        let mut found: Vec<Certificate> = match (der, text.trim_start().starts_with('<')) {
            (Some(der), _) => vec![der],
            (None, true) => certificates(&Document::parse(text.as_bytes(), &LIMITS).0).0,
            (None, false) => {
                let parts = text.split_inclusive(END);
                parts.filter_map(octets_of).map(|der| Certificate::new(der, Span::default())).collect()
            }
        };
        found.retain(is_one);
        found
    }

    /// Its SubjectPublicKeyInfo in DER.
    pub fn spki(&self) -> Option<&[u8]> {
        self.says.as_ref().map(|says| says.spki.as_slice())
    }

    /// The public key in it.
    ///
    /// # Errors
    /// If there is none that can be used.
    pub fn public_key(&self) -> Result<PublicKey, KeyProblem> {
        PublicKey::from_spki(self.spki().unwrap_or_default())
    }
}

impl Says {
    fn read(der: &[u8]) -> Option<Self> {
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let said = certificate.tbs_certificate();
        if ![said.subject(), said.issuer()].into_iter().all(is_text) {
            return None;
        }
        let instant =
            |time: &Time| Timestamp(i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX));
        Some(Says {
            subject: distinguished_name::written(said.subject()),
            issuer: distinguished_name::written(said.issuer()),
            not_before: instant(&said.validity().not_before),
            not_after: instant(&said.validity().not_after),
            spki: said.subject_public_key_info().to_der().ok()?,
        })
    }
}

/// Whether the parts of a name are the text that they claim to be. OpenSSL, and with it GitLab, reads no
/// certificate with another name; the library here leaves the texts as they are.
fn is_text(name: &Name) -> bool {
    name.iter().all(|part| match part.value.tag() {
        Tag::Utf8String => str::from_utf8(part.value.value()).is_ok(),
        Tag::BmpString => part.value.value().len().is_multiple_of(2),
        _ => true,
    })
}

/// The certificate in an X509Certificate.
pub(super) fn read(element: Element<'_>) -> Option<Certificate> {
    octets_of(&element.own_text()).map(|der| Certificate::new(der, element.span()))
}

/// A digest as GitLab writes it.
pub fn fingerprint(digest: &[u8]) -> String {
    digest.iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().join(":")
}

/// The line below a certificate in PEM form (RFC 7468).
const END: &str = "-----END CERTIFICATE-----";

/// The octets of a certificate in base64. Messages in the field have line breaks, spaces, even the lines of a
/// PEM file in it.
pub(crate) fn octets_of(text: &str) -> Option<Vec<u8>> {
    armoured(text, "CERTIFICATE")
}

/// The octets of what `text` has in base64; `label` is what the lines around it in a PEM file call it, if it
/// has some.
pub(crate) fn armoured(text: &str, label: &str) -> Option<Vec<u8>> {
    let base64 = match text.split_once(&format!("-----BEGIN {label}-----")) {
        Some((_, armoured)) => armoured.split("-----END").next().unwrap_or(armoured),
        None => text,
    };
    let digits: Cow<'_, str> = if base64.bytes().all(|octet| octet.is_ascii_graphic()) {
        Cow::Borrowed(base64)
    } else {
        base64.chars().filter(|c| !c.is_whitespace()).collect()
    };
    LENIENT_BASE64.decode(digits.as_bytes()).ok().filter(|der| !der.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(certificate: &str) -> (Vec<Certificate>, Vec<Flaw>) {
        let open = r#"<X509Data xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Certificate>"#;
        let xml = format!(
            "{open}{certificate}</X509Certificate><X509Certificate>YWJj</X509Certificate></X509Data>"
        );
        certificates(&Document::parse(xml.as_bytes(), &LIMITS).0)
    }

    #[test]
    fn writes_fingerprints_as_gitlab_does() {
        // The digests of "abc", FIPS 180-4.
        let (certificates, flaws) = found("YWJj");
        let [certificate] = certificates.as_slice() else { panic!("{certificates:?}") };
        assert_eq!(flaws, []);
        assert_eq!(certificate.sha1, "A9:99:3E:36:47:06:81:6A:BA:3E:25:71:78:50:C2:6C:9C:D0:D8:9D");
        assert!(
            certificate.sha256.starts_with("BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3")
        );
    }

    #[test]
    fn a_certificate_whose_names_are_no_text_is_none() {
        let file = include_bytes!("../../../tests/corpus/generated/keys/idp.crt");
        let der = Certificate::from_file(file).unwrap().der;
        let is_read = |der: &[u8]| Certificate::new(der.to_vec(), Span::default()).says.is_some();
        // The parts of both names, each a UTF8String (RFC 5280, 4.1.2.4).
        // Each has a type (an OID of the arc 2.5.4) before it.
        let types = der.windows(6).zip(0..).filter(|(octets, _)| octets[..4] == [6, 3, 85, 4]);
        let starts: Vec<usize> =
            types.filter(|(octets, _)| octets[5] == 0x0C).map(|(_, at)| at + 5).collect();
        assert!(is_read(&der) && starts.len() >= 2, "{starts:?}");
        for start in starts {
            let mut changed = der.clone();
            changed[start + 2] = 0xFF;
            assert!(!is_read(&changed), "octet {start}");
            // A BMPString has two octets a character.
            changed[start] = 0x1E;
            assert_eq!(is_read(&changed), changed[start + 1].is_multiple_of(2), "octet {start}");
        }
    }

    #[test]
    fn a_file_of_certificates_is_read_in_each_form_that_people_have() {
        let pem = include_str!("../../../tests/corpus/generated/keys/idp.crt");
        let own = Certificate::from_file(pem.as_bytes()).unwrap();
        let base64 = base64::prelude::BASE64_STANDARD.encode(&own.der);
        let metadata = format!(
            "<md:EntityDescriptor xmlns:md='urn:oasis:names:tc:SAML:2.0:metadata'>\
             <ds:X509Certificate xmlns:ds='http://www.w3.org/2000/09/xmldsig#'>{base64}</ds:X509Certificate></md:EntityDescriptor>"
        );
        let windows = |text: &str| {
            [&[0xFF, 0xFE][..], &text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat()
        };
        for (form, file, count) in [
            ("DER", own.der.clone(), 1),
            ("PEM", pem.as_bytes().to_vec(), 1),
            ("PEM with a mark", format!("\u{feff}{pem}").into_bytes(), 1),
            ("two in PEM, with words before", format!("subject=CN\n{pem}\n{pem}\n").into_bytes(), 2),
            ("base64", base64.clone().into_bytes(), 1),
            ("metadata", metadata.clone().into_bytes(), 1),
            ("PEM in UTF-16", windows(pem), 1),
            ("base64 in UTF-16", windows(&base64), 1),
            ("metadata in UTF-16", windows(&metadata), 1),
            ("nothing", Vec::new(), 0),
            ("another text", b"ssh-rsa AAAAB3NzaC1yc2E alex@example.com".to_vec(), 0),
            ("a page", b"<html></html>".to_vec(), 0),
        ] {
            let found = Certificate::all_from_file(&file);
            assert_eq!(found.len(), count, "{form}");
            assert!(found.iter().all(|certificate| certificate.sha256 == own.sha256), "{form}");
        }
    }

    #[test]
    fn reads_certificates_with_line_breaks_and_armour() {
        for text in
            [" YW\n Jj\r\n", "-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----\n", "YW<!-- -->Jj"]
        {
            assert_eq!(found(text).0.len(), 1, "{text}");
        }
        // One flaw for each, up to the limit.
        let many = "!</X509Certificate><X509Certificate>".repeat(500);
        assert_eq!(found(&many).1.len(), LIMITS.flaws);
        let (certificates, flaws) = found("not base64!");
        assert_eq!((certificates.len(), flaws[0].code), (1, "bad-certificate"));
    }
}
