//! The reasons why a signature is not valid, by small changes of one that is.

use super::corpus::Corpus;
use samlight::{
    base::limits::LIMITS,
    binding::{from_octets, from_query},
    signature::{self, Coverage, GivenKeys, Signature, SignatureState, certificates::Certificate},
};

fn sample(name: &str) -> String {
    String::from_utf8(Corpus::own().content(&format!("openssl/{name}.xml"))).unwrap()
}

fn read(xml: &str) -> Signature {
    let found = signature::of_carried(&from_octets(xml.as_bytes(), &LIMITS), &GivenKeys::default());
    let [signature] = <[Signature; 1]>::try_from(found).unwrap();
    signature
}

fn codes(signature: &Signature) -> Vec<&'static str> {
    signature.reasons.iter().map(|reason| reason.code()).collect()
}

/// A valid sample with `from` once replaced by `to`.
fn changed(name: &str, from: &str, to: &str) -> Signature {
    let xml = sample(name);
    assert!(xml.contains(from), "{from}");
    read(&xml.replacen(from, to, 1))
}

#[test]
fn a_valid_signature_says_what_it_covers_and_with_which_key() {
    let signature = read(&sample("rsa-sha256"));
    assert_eq!((signature.state, signature.reason()), (SignatureState::Valid, None));
    assert_eq!(signature.coverage, Coverage::Assertions(vec!["_a".to_owned()]));
    assert_eq!(signature.first_assertion_covered, Some(true));
    let key = signature.key.unwrap();
    assert_eq!((key.bits, key.rsa), (2048, true));
    assert_eq!(key.fingerprint.unwrap().len(), 95);
}

#[test]
fn an_invalid_signature_says_what_was_changed() {
    let fits = vec!["digest-differs", "value-fits"];
    assert_eq!(codes(&changed("rsa-sha256", "ada@", "eve@")), fits);
    let swapped = changed("rsa-sha256", "<saml:NameID>", "<saml:NameID >");
    assert_eq!(swapped.state, SignatureState::Valid, "white space in a tag is not signed");
    let space = changed("rsa-sha256", "<saml:Subject>", " <saml:Subject>");
    assert_eq!(
        (space.state, codes(&space)),
        (SignatureState::Invalid, vec!["digest-differs", "reformatted"])
    );
    let indented = read(&sample("rsa-sha256-indented"));
    assert_eq!(codes(&indented), ["digest-differs", "reformatted"]);
    assert_eq!(codes(&changed("rsa-sha256", "IssueInstant=\"2026", "IssueInstant=\"2025")), [] as [&str; 0]);
    // Of two References, the one that differs is named.
    let status = changed("two-references", "status:Success", "status:Failure");
    assert_eq!(codes(&status), fits);
    assert!(status.reason().unwrap().contains("#_s"));
    let missing = changed("two-references", "Id=\"_s\"", "Id=\"_t\"");
    assert_eq!(
        (missing.state, codes(&missing)),
        (SignatureState::Invalid, vec!["reference-missing", "value-fits"])
    );
}

#[test]
fn what_cannot_be_verified_says_why() {
    for (from, to, expected) in [
        ("<ds:KeyInfo>", "<ds:KeyInfo><ds:KeyName>x</ds:KeyName></ds:KeyInfo><ds:Object>", "no-key"),
        ("<ds:KeyInfo>", "<ds:KeyInfo><!-- none --></ds:KeyInfo><ds:Object>", "incomplete"),
        ("<ds:X509Certificate>M", "<ds:X509Certificate>N", "key-unreadable"),
        ("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256", "algorithm"),
        ("xmldsig-more#rsa-sha256", "xmldsig-more#ecdsa-sha256", "key-unsuitable"),
        ("xmlenc#sha256", "xmlenc#md5", "algorithm"),
        ("http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Can", "urn:c\"></ds:Can", "algorithm"),
        ("URI=\"#_a\"", "URI=\"https://example.com/\"", "reference-outside"),
        ("URI=\"#_a\"", "URI=\"#xpointer(//*)\"", "pointer"),
        ("<samlp:Response", "<!DOCTYPE r><samlp:Response", "doctype"),
        ("<samlp:Response", "<samlp:Response a='&b;'", "not-well-formed"),
        ("<samlp:Response", "<?xml version='1.0' encoding='UTF-16'?><samlp:Response", "encoding"),
        ("<ds:SignatureValue>", "<ds:SignatureValue/><ds:SignatureValue>", "several"),
        ("<ds:SignedInfo>", "<ds:SignedInfo/><ds:SignedInfo>", "several"),
        ("<ds:DigestValue>", "<ds:DigestValue/><ds:DigestValue>", "several"),
        ("</ds:Transforms>", "</ds:Transforms><!-- -->", ""),
    ] {
        let mut xml = sample("rsa-sha256");
        if to.ends_with("Object>") {
            xml = xml.replace("</ds:KeyInfo>", "</ds:Object>");
        }
        assert!(xml.contains(from), "{from}");
        let signature = read(&xml.replacen(from, to, 1));
        let first = signature.reasons.first().map_or("", |reason| reason.code());
        let unknown_reference = ["reference-outside", "pointer", "algorithm"].contains(&expected);
        if unknown_reference {
            // SignedInfo was changed by this, too: what cannot be looked at is named beside it.
            assert!(codes(&signature).contains(&expected), "{to}: {signature:?}");
            assert_ne!(signature.state, SignatureState::Valid, "{to}");
        } else {
            assert_eq!(first, expected, "{to}: {signature:?}");
            let state =
                if expected.is_empty() { SignatureState::Valid } else { SignatureState::Unverifiable };
            assert_eq!(signature.state, state, "{to}");
        }
    }
}

#[test]
fn an_id_that_stands_twice_is_never_valid() {
    let first = "<samlp:Extensions ID=\"_a\" xmlns:samlp=\"urn:x\"/>";
    let before = changed("rsa-sha256", "<samlp:Status", &format!("{first}<samlp:Status"));
    assert_eq!(
        (before.state, codes(&before)),
        (SignatureState::Invalid, vec!["digest-differs", "value-fits"])
    );
    let behind = changed("rsa-sha256", "</samlp:Response>", &format!("{first}</samlp:Response>"));
    assert_eq!((behind.state, codes(&behind)), (SignatureState::Unverifiable, vec!["ambiguous"]));
}

#[test]
fn a_wrapped_assertion_is_not_the_covered_one() {
    let evil = "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_evil\"/>";
    let wrapped = changed("rsa-sha256", "<samlp:Status", &format!("{evil}<samlp:Status"));
    assert_eq!((wrapped.state, wrapped.first_assertion_covered), (SignatureState::Valid, Some(false)));
    assert_eq!(wrapped.coverage, Coverage::Assertions(vec!["_a".to_owned()]));
}

/// The query of a sample in which a redirect is signed, and the keys to check it with.
fn redirect(name: &str) -> (String, GivenKeys) {
    let corpus = Corpus::own();
    let query = String::from_utf8(corpus.content(&format!("generated/redirect/{name}.txt"))).unwrap();
    let certificate = Certificate::from_file(&corpus.content("generated/keys/idp.crt")).unwrap();
    (query.trim().to_owned(), GivenKeys::new(&[certificate]))
}

#[test]
fn the_signature_of_a_redirect_covers_the_octets_of_its_query() {
    let (query, given) = redirect("valid.rsa-sha512");
    let read = |query: &str| {
        let carried = from_query(query, &LIMITS).pop().unwrap();
        let signature = signature::of_carried(&carried, &given).remove(0);
        (signature.state, codes(&signature))
    };
    let valid = (SignatureState::Valid, vec![]);
    assert_eq!(read(&query), valid);
    let mut reordered: Vec<_> = query.split('&').collect();
    reordered.reverse();
    assert_eq!(read(&reordered.join("&")), valid, "the order in the query is free");
    let relay_state = query.split('&').find(|pair| pair.starts_with("RelayState")).unwrap();
    for (from, to) in [(relay_state, "RelayState=other"), (&format!("&{relay_state}"), ""), ("%2B", "%2b")] {
        assert!(query.contains(from), "{from}");
        assert_eq!(
            read(&query.replacen(from, to, 1)),
            (SignatureState::Invalid, vec!["value-differs"]),
            "{from}"
        );
    }
    // A second message in the query is not the signed one.
    let other = query.replace("SAMLRequest=hZ", "SAMLRequest=hY");
    let second = format!("{query}&{}", other.split('&').next().unwrap());
    assert_eq!(read(&second), (SignatureState::Invalid, vec!["value-differs"]));
    let without =
        |name: &str| query.split('&').filter(|pair| !pair.starts_with(name)).collect::<Vec<_>>().join("&");
    assert_eq!(read(&without("Signature")), (SignatureState::Unverifiable, vec!["no-sig-alg"]));
    assert_eq!(read(&without("SigAlg")), (SignatureState::Unverifiable, vec!["no-sig-alg"]));
    assert_eq!(
        read(&query.replace("rsa-sha512", "hmac-sha512")),
        (SignatureState::Unverifiable, vec!["algorithm"])
    );
    let carried = from_query(&query, &LIMITS).pop().unwrap();
    let nothing_given = signature::of_carried(&carried, &GivenKeys::default()).remove(0);
    assert_eq!((nothing_given.state, codes(&nothing_given)), (SignatureState::Unverifiable, vec!["no-key"]));
}

#[test]
fn what_is_looked_at_is_bounded() {
    let xml = sample("rsa-sha256");
    let start = xml.find("<ds:Signature ").unwrap();
    let end = xml.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let many = format!("{}{}{}", &xml[..start], xml[start..end].repeat(300), &xml[end..]);
    let found = signature::of_carried(&from_octets(many.as_bytes(), &LIMITS), &GivenKeys::default());
    assert_eq!(found.len(), 100);
    assert_ne!(codes(&found[3]), ["too-many-signatures"]);
    assert!(found[4..].iter().all(|it| codes(it) == ["too-many-signatures"]));
    assert!(found[4..].iter().all(|it| it.state == SignatureState::Unverifiable));
    assert!(found.iter().all(|signature| signature.state != SignatureState::Valid));
    let reference = xml.find("<ds:Reference ").unwrap();
    let behind = xml.find("</ds:Reference>").unwrap() + "</ds:Reference>".len();
    for (count, is_too_many) in [(4, false), (5, true), (2000, true)] {
        let many = xml[reference..behind].repeat(count);
        let signature = read(&format!("{}{many}{}", &xml[..reference], &xml[behind..]));
        assert_eq!(codes(&signature) == ["too-many-references"], is_too_many, "{count}");
        let expected = if is_too_many { SignatureState::Unverifiable } else { SignatureState::Invalid };
        assert_eq!(signature.state, expected, "{count}");
    }
}
