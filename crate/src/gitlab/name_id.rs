//! The NameID that GitLab reads in a Response: that of the signed assertion, whatever else the message holds.
//!
//! ruby-saml 1.18.1, which GitLab uses, takes the first Signature, and reads nothing but the element that its
//! first Reference names: of a Response the first Assertion, else the Assertion itself; of it the first
//! NameID of the first Subject, its own text. It reads that also where the signature is not valid, and
//! refuses the message then; nothing that is not signed is given here. Leaves out: encrypted assertions and
//! NameIDs.

use crate::{
    binding::Carried,
    saml::uri,
    signature::{Signature, SignatureState},
    xml::{Document, Element},
};

/// The NameID that GitLab reads in `carried`, which has these `signatures`; absent where it is not signed, or
/// where that is not known.
pub fn signed_name_id(carried: &Carried, signatures: &[Signature]) -> Option<String> {
    let first = signatures.iter().find(|signature| signature.span.is_some())?;
    let valid = Some(first).filter(|first| first.state == SignatureState::Valid)?;
    let signed = signed_element(carried.document.as_ref()?, valid)?;
    let assertion = if signed.is(uri::PROTOCOL, "Response") {
        signed.child(uri::ASSERTION, "Assertion")?
    } else {
        Some(signed).filter(|signed| signed.is(uri::ASSERTION, "Assertion"))?
    };
    let subject = assertion.child(uri::ASSERTION, "Subject")?;
    match subject.child(uri::ASSERTION, "EncryptedID") {
        Some(_) => None,
        None => Some(subject.child(uri::ASSERTION, "NameID")?.own_text()),
    }
}

/// The element that the first Reference of a valid signature names. Its ID stands once, or it would not be
/// valid.
fn signed_element<'a>(document: &'a Document, signature: &Signature) -> Option<Element<'a>> {
    let id = match signature.covers.first()?.as_str() {
        "" => return document.root(),
        uri => uri.strip_prefix('#')?,
    };
    let has_id = |element: &Element<'a>| element.attribute("ID").as_deref() == Some(id);
    document.elements().find(has_id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::flaw::Span,
        base::limits::LIMITS,
        binding::from_octets,
        signature::{Coverage, SignedPart},
    };

    /// A Response with two assertions and the signature of one: what is signed is told by the test.
    fn read(covers: &[&str], state: SignatureState) -> Option<String> {
        let xml = r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r">
            <Assertion ID="_a1"><Subject><NameID>eve<!-- -->@example.com</NameID></Subject></Assertion>
            <Assertion ID="_a2"><Subject><NameID>ada<b>x</b>@example.com</NameID><NameID>x</NameID></Subject></Assertion>
            <Assertion ID="_a3"><Subject><NameID>x</NameID><EncryptedID/></Subject></Assertion><p:Status ID="_s"/></p:Response>"#;
        let signature = Signature {
            on: SignedPart::Other,
            covers: covers.iter().map(|uri| (*uri).to_owned()).collect(),
            first_assertion_covered: None,
            state,
            reasons: Vec::new(),
            algorithm: None,
            canonicalization: None,
            digest: None,
            coverage: Coverage::Message,
            key: None,
            has_other_key: false,
            span: Some(Span::default()),
            parent: None,
            targets: Vec::new(),
        };
        let of_query = Signature { span: None, state: SignatureState::Unverifiable, ..signature.clone() };
        signed_name_id(&from_octets(xml.as_bytes(), &LIMITS), &[of_query, signature])
    }

    #[test]
    fn it_is_that_of_the_signed_assertion() {
        for (covers, expected) in [
            ("", Some("eve@example.com")),
            ("#_r", Some("eve@example.com")),
            ("#_a1", Some("eve@example.com")),
            ("#_a2", Some("ada@example.com")),
            ("#_a3", None),
            ("#_s", None),
            ("#_x", None),
            ("https://example.com/", None),
        ] {
            let read = |state| read(&[covers], state);
            assert_eq!(read(SignatureState::Valid).as_deref(), expected, "{covers}");
            assert_eq!(
                (read(SignatureState::Invalid), read(SignatureState::Unverifiable)),
                (None, None),
                "{covers}"
            );
        }
        assert_eq!(read(&[], SignatureState::Valid), None);
    }

    #[test]
    fn without_a_signature_there_is_none() {
        assert_eq!(signed_name_id(&from_octets(b"<a/>", &LIMITS), &[]), None);
    }
}
