//! Signatures and certificates as people read them: what is signed, whether it is what was signed, and by
//! whom.
//!
//! A valid signature alone says nothing of who signed: the texts say "with the certificate in the message",
//! never "trusted".

use super::{CertificateView, SignatureView};
use crate::{
    attack::Look,
    base::{
        catalogue::Text,
        redact,
        severity::{Sentence, Severity},
    },
    signature::{
        Coverage, KeyProblem, Signature, SignatureState, SignedPart,
        certificates::{Certificate, Says},
    },
    text,
};
use base64::{Engine, prelude::BASE64_STANDARD};

/// The signatures of a message as they are shown; of a redacted copy, that it is not known.
pub(super) fn signature_views(look: &Look) -> Vec<SignatureView> {
    let text = || text!("copy.taken-out").to_string();
    let taken_out = look.is_signature_taken_out().then(|| SignatureView {
        sentence: Sentence { severity: Severity::Neutral, text: text() },
        rows: Vec::new(),
    });
    look.signatures.iter().map(signature_view).chain(taken_out).collect()
}

/// A signature as it is shown.
pub(super) fn signature_view(signature: &Signature) -> SignatureView {
    let sentence = Sentence { severity: severity(signature), text: sentence(signature).to_string() };
    SignatureView { sentence, rows: signature_rows(signature) }
}

/// A certificate as it is shown.
pub(super) fn certificate_view(certificate: &Certificate) -> CertificateView {
    CertificateView {
        rows: certificate_rows(certificate),
        sha1: certificate.sha1.clone(),
        sha256: certificate.sha256.clone(),
        pem: pem(&certificate.der),
    }
}

/// The octets of a certificate as other programs take them (RFC 7468).
fn pem(der: &[u8]) -> String {
    let lines = der.chunks(48).map(|octets| BASE64_STANDARD.encode(octets));
    let body = lines.collect::<Vec<_>>().join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

/// The part that it is on and whether it is valid.
fn sentence(signature: &Signature) -> Text {
    let on = match signature.on {
        SignedPart::Response => text!("signature.on.response"),
        SignedPart::Assertion => text!("signature.on.assertion"),
        SignedPart::Query => text!("signature.on.query"),
        SignedPart::Other if signature.coverage == Coverage::Message => text!("signature.on.message"),
        SignedPart::Other => text!("signature.on.other"),
    };
    match (signature.state, &signature.coverage) {
        (SignatureState::Valid, Coverage::Nothing) => text!("signature.line.covers-nothing", on = on),
        (SignatureState::Valid, _) => text!("signature.line.valid", on = on),
        (state, _) => text!("signature.line", on = on, state = state.text()),
    }
}

/// The severity of the signature's state. Whether GitLab minds is said elsewhere.
fn severity(signature: &Signature) -> Severity {
    match (signature.state, &signature.coverage) {
        (SignatureState::Valid, Coverage::Nothing) => Severity::Warning,
        // It says nothing of the subject that is shown.
        (SignatureState::Valid, _) if signature.first_assertion_covered == Some(false) => Severity::Warning,
        // Somebody else may have made it.
        (SignatureState::Valid, _) if signature.has_other_key => Severity::Warning,
        (SignatureState::Valid, _) => Severity::Good,
        (SignatureState::Invalid, _) => Severity::Error,
        (SignatureState::Unverifiable, _) => Severity::Neutral,
    }
}

fn signature_rows(signature: &Signature) -> Vec<(String, String)> {
    let covers = match &signature.coverage {
        Coverage::Message if signature.on == SignedPart::Query => text!("signature.covers.query"),
        Coverage::Message => text!("signature.covers.message"),
        Coverage::Assertions(ids) => text!("signature.covers.assertions", ids = ids.join(", ")),
        Coverage::Nothing => text!("signature.covers.nothing"),
    };
    let first = signature.first_assertion_covered.filter(|_| signature.state == SignatureState::Valid);
    let key = signature.key.as_ref().map(|key| {
        let kind = kind(key.rsa, key.bits);
        match &key.fingerprint {
            Some(fingerprint) => text!("signature.key.certificate", kind = kind, sha256 = fingerprint),
            None => text!("signature.key.alone", kind = kind),
        }
    });
    let references: Vec<_> = signature.covers.iter().map(|uri| redact::reference(uri)).collect();
    let rows = [
        (text!("signature.why"), signature.reason()),
        (text!("signature.covers"), Some(covers.to_string())),
        (
            text!("signature.first-assertion"),
            first.filter(|covered| !covered).map(|_| text!("signature.first-assertion.not").to_string()),
        ),
        (text!("signature.key"), key.map(|key| key.to_string())),
        (text!("signature.method"), signature.algorithm.clone()),
        (text!("signature.digest-method"), signature.digest.clone()),
        (text!("signature.canonicalization"), signature.canonicalization.clone()),
        (text!("signature.references"), (!references.is_empty()).then(|| references.join(" "))),
    ];
    present(rows)
}

fn certificate_rows(certificate: &Certificate) -> Vec<(String, String)> {
    let says = certificate.says.as_ref();
    let said = |value: fn(&Says) -> String| says.map(value);
    let key = says.map(|_| match certificate.public_key() {
        Ok(key) => kind(key.is_rsa(), key.bits).to_string(),
        Err(KeyProblem::Size(bits)) => kind(true, bits).to_string(),
        Err(_) => text!("certificate.key.unknown").to_string(),
    });
    let unreadable = says.is_none().then(|| text!("certificate.unreadable").to_string());
    present([
        (text!("certificate.problem"), unreadable),
        (text!("certificate.subject"), said(|says| says.subject.clone())),
        (text!("certificate.issuer"), said(|says| says.issuer.clone())),
        (text!("certificate.not-before"), said(|says| says.not_before.to_string())),
        (text!("certificate.not-after"), said(|says| says.not_after.to_string())),
        (text!("certificate.key"), key),
    ])
}

fn kind(rsa: bool, bits: u32) -> Text {
    if rsa { text!("key.rsa", bits = bits) } else { text!("key.ec", bits = bits) }
}

fn present(rows: impl IntoIterator<Item = (Text, Option<String>)>) -> Vec<(String, String)> {
    rows.into_iter().filter_map(|(label, value)| Some((label.to_string(), value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::limits::LIMITS, binding::from_octets, signature::GivenKeys, signature::of_carried,
        signer::signed,
    };

    #[test]
    fn a_certificate_as_pem_has_lines_of_64_characters() {
        let of = |length: usize| pem(&vec![0; length]);
        assert_eq!(of(2), "-----BEGIN CERTIFICATE-----\nAAA=\n-----END CERTIFICATE-----\n");
        let long = of(100);
        let lengths: Vec<usize> = long.lines().map(str::len).collect();
        assert_eq!(lengths, [27, 64, 64, 8, 25]);
    }

    #[test]
    fn a_valid_signature_of_another_assertion_is_not_good() {
        let namespace = "xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
        let assertion = signed(&format!("<Assertion {namespace} ID=\"_a\"/>").replace("/>", "></Assertion>"));
        let assertion = assertion.unwrap();
        for (before, severity) in [("", Severity::Good), ("<Assertion ID=\"_b\"/>", Severity::Warning)] {
            let xml = format!(
                "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" {namespace}>{before}{assertion}</p:Response>"
            );
            let found = of_carried(&from_octets(xml.as_bytes(), &LIMITS), &GivenKeys::default());
            assert_eq!(found[0].state, SignatureState::Valid, "{found:?}");
            assert_eq!(signature_view(&found[0]).sentence.severity, severity, "{before}");
        }
    }
}
