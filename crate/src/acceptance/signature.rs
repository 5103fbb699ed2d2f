//! The signature as ruby-saml verifies it (`validate_signature`, `validate_document`): not as XML Signature
//! says.
//!
//! It takes the first Signature and the first X509Certificate of the message, and trusts that certificate by
//! its fingerprint. It reads algorithms by the digits behind "sha", everything else as SHA-1; an unknown
//! canonicalization is the exclusive one; the first PrefixList counts for the signed element, none for
//! SignedInfo. It knows no RSA-PSS; of ECDSA it takes what OpenSSL takes, which is DER, and not the two
//! numbers that XML Signature writes.

use super::{
    Check, CheckResult, Failure, Said,
    received::{Received, signatures_in},
};
use crate::{
    base::{limits::LIMITS, order::inserted},
    encoding::base64::LENIENT_BASE64,
    saml::uri,
    signature::{
        Digest, EcdsaForm, SignatureMethod,
        certificates::{Certificate, octets_of},
        is_der, method_of,
    },
    text,
    xml::{
        Element,
        c14n::{self, Budget, Method, Part, Variant},
    },
};
use base64::Engine;

pub(super) const CHECK: Check = Check {
    id: "signature",
    title: || text!("accept.signature"),
    messages: &[
        &["Fingerprint mismatch"],
        &["Digest mismatch"],
        &["Key validation error"],
        &["Invalid Signature on SAML Response"],
        &["Signed element id", "is not found"],
        &["Signed element id", "is found more than once"],
        &["Certificate element missing in response"],
        &["Certificate of the Signature element does not match provided certificate"],
        &["Document Certificate Error"],
        &["IdP x509 certificate expired"],
    ],
    look,
};

/// The entry that ruby-saml lists where it collects errors, whatever is wrong with the signature.
const COLLECTED: &str = "Invalid Signature on SAML Response";

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// The reason why a signature is not taken.
enum Refusal {
    Words(String),
    /// GitLab's library takes the algorithm for another one.
    Method(String),
    /// Ruby fails in words that are not predicted.
    Fails,
}

/// Whether the certificate is one that GitLab trusts.
enum Trust {
    /// It is.
    Given(Certificate),
    /// The fingerprint in GitLab's settings was not seen.
    Unknown(Certificate),
    /// It is not: GitLab's words.
    Refused(&'static str),
}

fn look(received: &Received<'_>) -> CheckResult {
    if received.flaw().is_some() {
        return CheckResult::Unknown(text!("accept.nothing-to-read"));
    }
    if received.is_hidden() && !received.is_response_signed() {
        return CheckResult::Unknown(text!("accept.hidden"));
    }
    let id = received.signed_id().unwrap_or_default();
    let found = match signatures(received, "Response") {
        0 => signatures(received, "Assertion"),
        count => count,
    };
    if found != 1 {
        let how = if found == 0 { "not found" } else { "found more than once" };
        let words = format!("Signed element id #{id} is {how}");
        let errors = vec![words.clone(), COLLECTED.to_owned()];
        return CheckResult::Failed(Failure { errors, ..Failure::saying(words) });
    }
    let (certificate, is_known) = match trust(received) {
        Trust::Given(certificate) => (certificate, true),
        Trust::Unknown(certificate) => (certificate, false),
        Trust::Refused(words) => return refused(Refusal::Words(words.to_owned())),
    };
    match (verify(received, &certificate), is_known) {
        (Ok(()), true) => CheckResult::Passed,
        (Ok(()), false) => CheckResult::Unknown(text!("accept.fingerprint-unknown")),
        (Err(refusal), true) => refused(refusal),
        // Without the fingerprint either of the two may be said, but it is refused.
        (Err(_), false) => {
            let failure = Failure::with_other_words(text!("accept.signature-wrong"));
            CheckResult::Failed(Failure { errors: vec![COLLECTED.to_owned()], ..failure })
        }
    }
}

fn refused(refusal: Refusal) -> CheckResult {
    match refusal {
        Refusal::Fails => CheckResult::Failed(Failure::with_other_words(text!("accept.signature-fails"))),
        Refusal::Words(words) => {
            let said = Some(Said { text: words, is_whole: true });
            CheckResult::Failed(Failure { said, errors: vec![COLLECTED.to_owned()], text: None })
        }
        Refusal::Method(uri) => {
            let said = Some(Said { text: "Key validation error".to_owned(), is_whole: true });
            let text = Some(text!("accept.other-method", uri = uri));
            CheckResult::Failed(Failure { said, errors: vec![COLLECTED.to_owned()], text })
        }
    }
}

impl Received<'_> {
    fn is_response_signed(&self) -> bool {
        signatures(self, "Response") == 1
    }
}

/// The number of Signatures that stand in the Response with the signed ID, or in the Assertions with it.
fn signatures(received: &Received<'_>, local: &str) -> usize {
    let Some((response, id)) = received.response().zip(received.signed_id()) else { return 0 };
    let has_id = |element: &Element<'_>| element.attribute("ID").as_deref() == Some(id);
    if local == "Response" {
        return Some(response).filter(has_id).map_or(0, signatures_in);
    }
    let inside = received.validated.root().into_iter().flat_map(Element::elements);
    inside.filter(|child| child.is(uri::ASSERTION, local)).filter(has_id).map(signatures_in).sum()
}

/// The certificate that the signature is verified with: the first one in the message, by its fingerprint;
/// without one, that in GitLab's settings.
fn trust(received: &Received<'_>) -> Trust {
    let sp = received.sp;
    let Some(element) = received.all().find(|e| e.is(uri::XML_SIGNATURE, "X509Certificate")) else {
        return sp.certificate.clone().map_or(
            Trust::Refused(
                "Certificate element missing in response (ds:X509Certificate) and not cert provided at settings",
            ),
            Trust::Given,
        );
    };
    let read = octets_of(&element.own_text()).map(|der| Certificate::new(der, element.span()));
    let Some(certificate) = read.filter(|certificate| certificate.says.is_some()) else {
        return Trust::Refused("Document Certificate Error");
    };
    let own = sp.certificate.as_ref().map(|certificate| certificate.sha256.clone());
    let Some(expected) = sp.fingerprint.clone().filter(|f| !f.is_empty()).or(own) else {
        return Trust::Unknown(certificate);
    };
    let digits = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let expected = digits(&expected);
    let actual = if expected.len() == 64 { &certificate.sha256 } else { &certificate.sha1 };
    if digits(actual) == expected {
        Trust::Given(certificate)
    } else {
        Trust::Refused("Fingerprint mismatch")
    }
}

fn verify(received: &Received<'_>, certificate: &Certificate) -> Result<(), Refusal> {
    let words = |words: &str| Refusal::Words(words.to_owned());
    let algorithm = |element: Option<Element<'_>>| {
        element.and_then(|element| element.attribute("Algorithm")).unwrap_or_default().into_owned()
    };
    let signature = received.signature;
    let signed_info = child(signature, "SignedInfo").ok_or(Refusal::Fails)?;
    let reference = child(Some(signed_info), "Reference").ok_or_else(|| words("No Reference node found"))?;
    let value = child(signature, "SignatureValue").ok_or_else(|| words("No Signature node found"))?;
    let id = received.signed_id().ok_or(Refusal::Fails)?;
    let mut signed = received.with_id(id);
    let element = signed.next().ok_or_else(|| words("No referenced XML"))?;
    if received.rules.names_duplicated_id && signed.next().is_some() {
        return Err(words("Digest mismatch. Duplicated ID found"));
    }
    let of_signed_info = algorithm(child(Some(signed_info), "CanonicalizationMethod"));
    let list = child(Some(reference), "Transforms");
    let transforms = list.into_iter().flat_map(Element::elements);
    let transforms = transforms.filter(|transform| transform.is(uri::XML_SIGNATURE, "Transform"));
    let of_element = transforms.fold(canonicalization(&of_signed_info), |before, transform| {
        known_canonicalization(&algorithm(Some(transform))).unwrap_or(before)
    });
    let budget = Budget::for_message(received.validated.source().len(), LIMITS.canonical_steps);
    let canonical = |apex, without, variant| {
        let part = Part { document: received.validated, apex: Some(apex), without };
        c14n::canonical(part, &Method::new(variant), &budget).map_err(|_| Refusal::Fails)
    };
    let octets_signed = canonical(signed_info, None, canonicalization(&of_signed_info))?;
    let referenced = canonical(element, signature, with_prefixes(received, of_element))?;
    let digest = digest(&algorithm(child(Some(reference), "DigestMethod"))).of(&referenced);
    let expected = child(Some(reference), "DigestValue").map(decoded);
    if expected != Some(digest) {
        return Err(words("Digest mismatch"));
    }
    let key = certificate.public_key().map_err(|_| Refusal::Fails)?;
    let (uri, value) = (algorithm(child(Some(signed_info), "SignatureMethod")), decoded(value));
    let digest = self::digest(&uri);
    let method =
        if key.is_rsa() { SignatureMethod::RsaPkcs1(digest) } else { SignatureMethod::Ecdsa(digest) };
    if !key.is_rsa() && !is_der(&value) {
        return Err(Refusal::Fails);
    }
    if key.verifies(method, &octets_signed, &value, EcdsaForm::Der) {
        return Ok(());
    }
    let is_taken_for_another = method_of(&uri).is_none_or(|named| named != method);
    Err(if is_taken_for_another { Refusal::Method(uri) } else { words("Key validation error") })
}

/// The digest by the number behind the first "sha".
fn digest(algorithm: &str) -> Digest {
    let lower = algorithm.to_ascii_lowercase();
    let behind = lower.split_once("sha").map_or("", |(_, behind)| behind);
    let number: String = behind.chars().take_while(char::is_ascii_digit).collect();
    match number.as_str() {
        "256" => Digest::Sha256,
        "384" => Digest::Sha384,
        "512" => Digest::Sha512,
        _ => Digest::Sha1,
    }
}

fn canonicalization(algorithm: &str) -> Variant {
    known_canonicalization(algorithm).unwrap_or_else(exclusive)
}

fn known_canonicalization(algorithm: &str) -> Option<Variant> {
    match algorithm.strip_suffix("WithComments").unwrap_or(algorithm).trim_end_matches('#') {
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" => Some(Variant::Inclusive10),
        "http://www.w3.org/2006/12/xml-c14n11" => Some(Variant::Inclusive11),
        "http://www.w3.org/2001/10/xml-exc-c14n" => Some(exclusive()),
        _ => None,
    }
}

fn exclusive() -> Variant {
    Variant::Exclusive { prefixes: std::collections::BTreeSet::new() }
}

/// The first PrefixList of the message counts.
fn with_prefixes(received: &Received<'_>, variant: Variant) -> Variant {
    let Variant::Exclusive { .. } = variant else { return variant };
    let list = received.all().find(|element| element.is(EXCLUSIVE, "InclusiveNamespaces"));
    let list = list.and_then(|element| element.attribute("PrefixList")).unwrap_or_default();
    let prefix = |name: &str| if name == "#default" { String::new() } else { name.to_owned() };
    Variant::Exclusive { prefixes: inserted(list.split_whitespace().map(prefix)) }
}

/// Ruby drops what is no digit of base64.
fn decoded(element: Element<'_>) -> Vec<u8> {
    let is_digit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/');
    let digits: String = element.own_text().chars().take_while(|c| *c != '=').filter(is_digit).collect();
    LENIENT_BASE64.decode(digits).unwrap_or_default()
}

fn child<'a>(parent: Option<Element<'a>>, local: &str) -> Option<Element<'a>> {
    parent.and_then(|parent| parent.child(uri::XML_SIGNATURE, local))
}
