//! A valid signature is valid no more when one octet of what it rests on is changed.

use super::corpus::Corpus;
use samlight::{
    base::limits::LIMITS,
    binding::{Carried, from_octets},
    signature::{self, GivenKeys, SignatureState},
    xml::{Document, Element, NodeKind},
};

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

/// The place of one octet, and what it is changed into.
struct Mutation {
    what: String,
    at: usize,
    octet: u8,
}

#[test]
fn one_changed_octet_makes_a_valid_signature_invalid() {
    // Of the messages of a given corpus, some signed elements each: there are many.
    for (corpus, elements) in Corpus::all().zip([usize::MAX, 6]) {
        let valid = corpus.messages.iter().filter(|message| message["expected"]["signature"] == "valid");
        let checked =
            valid.map(|message| check(corpus.carried(message), message["file"].as_str().unwrap(), elements));
        let count: usize = checked.sum();
        assert!(count > 300, "{count}");
    }
}

/// Changes the message in every way, in at most `elements` signed elements; returns how many.
fn check(carried: Option<Carried>, file: &str, elements_max: usize) -> usize {
    let Some(document) = carried.and_then(|carried| carried.document) else { return 0 };
    let document = &document;
    let octets = document.source().as_bytes();
    let none = GivenKeys::default();
    let before = signature::signatures(document, &none);
    let mut mutated = 0;
    let signatures = document.elements().filter(|element| element.is(DS, "Signature"));
    for (number, element) in signatures.enumerate() {
        if before[number].state != SignatureState::Valid {
            continue;
        }
        for Mutation { what, at, octet } in mutations(document, element, &before[number].covers, elements_max)
        {
            let mut changed = octets.to_vec();
            changed[at] = octet;
            let after =
                signature::signatures(from_octets(&changed, &LIMITS).document.as_ref().unwrap(), &none);
            assert_eq!(
                after[number].state,
                SignatureState::Invalid,
                "{file}: {what} at {at}: {:?}",
                after[number].reasons
            );
            mutated += 1;
        }
    }
    mutated
}

fn mutations(
    document: &Document,
    signature: Element<'_>,
    covers: &[String],
    elements_max: usize,
) -> Vec<Mutation> {
    let in_signature = |local: &'static str| signature.descendants().filter(move |e| e.is(DS, local));
    let mut mutations = Vec::new();
    for local in ["DigestValue", "SignatureValue"] {
        let of_signed_info =
            in_signature(local).take_while(|e| e.parent().is_some_and(|p| !p.is(DS, "Object")));
        mutations.extend(of_signed_info.filter_map(|element| base64_digit(document, element, 0.4)));
    }
    // Where the key stands beside its certificate, too, the certificate is not what the signature rests on.
    let only_certificate = in_signature("KeyValue").next().is_none();
    let certificate = in_signature("X509Certificate").next().filter(|_| only_certificate);
    mutations.extend(modulus(document, certificate));
    for cover in covers {
        let id = cover.trim_start_matches('#');
        let target = document.elements().find(|e| {
            id.is_empty() || ["ID", "Id", "AssertionID"].iter().any(|n| e.attribute(n).as_deref() == Some(id))
        });
        let Some(target) = target else { continue };
        let (start, end) = (signature.span().start, signature.span().end);
        let outside_signature = |e: &Element<'_>| e.span().start < start || end < e.span().end;
        let signed = std::iter::once(target).chain(target.descendants()).filter(outside_signature);
        let signed: Vec<_> = signed.collect();
        for element in signed.iter().step_by((signed.len() / elements_max).max(1)) {
            mutations.extend(text(document, *element));
            mutations.extend(attribute(document, *element, id));
        }
    }
    mutations
}

/// A letter of an element's own text.
fn text(document: &Document, element: Element<'_>) -> Option<Mutation> {
    let texts = element.children().filter(|node| node.kind() == NodeKind::Text);
    let at = texts.flat_map(|node| node.span().start..node.span().end).find(|at| is_letter(document, *at))?;
    Some(changed(document, at, format!("text of {}", element.local())))
}

/// A letter of the value of an attribute that is no namespace declaration and not the ID that is referred to.
fn attribute(document: &Document, element: Element<'_>, id: &str) -> Option<Mutation> {
    let attributes = element.attributes().filter(|attribute| {
        !attribute.name().starts_with("xmlns") && attribute.value() != id && !attribute.value().is_empty()
    });
    for attribute in attributes {
        let span = attribute.span();
        let value = span.start + attribute.name().len()..span.end;
        if let Some(at) = value.clone().find(|at| is_letter(document, *at)) {
            return Some(changed(document, at, format!("{} of {}", attribute.name(), element.local())));
        }
    }
    None
}

/// A digit in the middle of base64.
fn base64_digit(document: &Document, element: Element<'_>, place: f64) -> Option<Mutation> {
    let texts = element.children().filter(|node| node.kind() == NodeKind::Text);
    let span = texts.map(|node| node.span()).max_by_key(|span| span.end - span.start)?;
    let start = span.start + ((span.end - span.start) as f64 * place) as usize;
    let at = (start..span.end).find(|at| is_letter(document, *at))?;
    Some(changed(document, at, element.local().to_owned()))
}

/// A digit of the modulus of an RSA key: 256 octets or more of it are in the middle of the certificate.
fn modulus(document: &Document, certificate: Option<Element<'_>>) -> Option<Mutation> {
    let certificate = certificate?;
    let before = key_of(document, certificate)?;
    // Found by trying: a changed digit that changes the key and leaves the certificate readable.
    let places = (20..80).map(|percent| f64::from(percent) / 100.0);
    places.filter_map(|place| base64_digit(document, certificate, place)).find_map(|mut mutation| {
        let mut octets = document.source().as_bytes().to_vec();
        octets[mutation.at] = mutation.octet;
        let changed = from_octets(&octets, &LIMITS).document.unwrap();
        let key = signature::certificates::certificates(&changed).0.first()?.spki()?.to_vec();
        mutation.what = "key".to_owned();
        // The numbers of the key itself, not what says which kind it is.
        (key.len() == before.len() && key != before && key.get(..40) == before.get(..40)).then_some(mutation)
    })
}

fn key_of(document: &Document, certificate: Element<'_>) -> Option<Vec<u8>> {
    let first = signature::certificates::certificates(document).0.into_iter().next()?;
    (first.span == certificate.span()).then_some(())?;
    first.spki().map(<[u8]>::to_vec)
}

fn is_letter(document: &Document, at: usize) -> bool {
    document.source().as_bytes()[at].is_ascii_alphabetic()
}

/// The letter at `at` becomes the other one of a pair, so that the message stays what it is in all else.
fn changed(document: &Document, at: usize, what: String) -> Mutation {
    let octet = document.source().as_bytes()[at];
    let octet = if octet == b'Q' { b'R' } else { b'Q' };
    Mutation { what, at, octet }
}
