//! Metadata of a group and of its identity provider, with certificates that begin and end around now, and one
//! thing changed after the other.

use super::super::{
    Settings,
    tests::{of, words},
};
use super::*;
use crate::{
    group::tests::{NOW, arrival, certified, opened, response},
    idp::app::tests::{ACS, AUDIENCE},
};
use base64::{Engine, prelude::BASE64_STANDARD};

const ISSUER: &str = "https://idp.example.com";
const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

/// A certificate that is valid between these days of NOW, in base64, and its fingerprint.
fn certificate(from: i64, until: i64) -> (String, String) {
    let mut parameters = rcgen::CertificateParams::new(vec!["idp.example.com".to_owned()]).unwrap();
    let day = |days: i64| {
        let date = Timestamp(NOW.0 + days * DAY).day_and_time();
        let mut parts = date.split(['-', ' ']).map(|part| part.parse::<u16>().unwrap_or_default());
        let mut next = || parts.next().unwrap();
        rcgen::date_time_ymd(i32::from(next()), next() as u8, next() as u8)
    };
    (parameters.not_before, parameters.not_after) = (day(from), day(until));
    let der = parameters.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().to_vec();
    let sha256 = Certificate::new(der.clone(), Default::default()).sha256;
    (BASE64_STANDARD.encode(der), sha256)
}

fn gitlab(id: &str, acs: &str, binding: &str, format: &str) -> String {
    format!(
        "<md:EntityDescriptor xmlns:md=\"{}\" entityID=\"{id}\"><md:SPSSODescriptor AuthnRequestsSigned=\"false\" \
        protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><md:NameIDFormat>{format}</md:NameIDFormat>\
        <md:AssertionConsumerService Binding=\"{binding}\" Location=\"{acs}\" index=\"0\"/></md:SPSSODescriptor></md:EntityDescriptor>",
        uri::METADATA
    )
}

fn provider(certificates: &[&str], binding: &str, more: &str) -> String {
    let key = |purpose: &str, it: &str| {
        format!(
            "<md:KeyDescriptor{purpose}><ds:KeyInfo xmlns:ds=\"{}\"><ds:X509Data><ds:X509Certificate>{it}</ds:X509Certificate>\
            </ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
            uri::XML_SIGNATURE
        )
    };
    let signing: String = certificates.iter().map(|it| key(" use=\"signing\"", it)).collect();
    let encryption = key(" use=\"encryption\"", &certificate(-1, 1).0);
    format!(
        "<md:EntityDescriptor xmlns:md=\"{}\" entityID=\"{ISSUER}\"{more}><md:IDPSSODescriptor WantAuthnRequestsSigned=\"false\">\
        {signing}{encryption}<md:NameIDFormat>{PERSISTENT}</md:NameIDFormat>\
        <md:SingleSignOnService Binding=\"{POST}\" Location=\"{ISSUER}/post\"/>\
        <md:SingleSignOnService Binding=\"{binding}\" Location=\"{ISSUER}/sso\"/></md:IDPSSODescriptor></md:EntityDescriptor>",
        uri::METADATA
    )
}

fn said(files: &[&str], responses: &Responses) -> String {
    let mut settings = Settings::default();
    for file in files {
        assert!(settings.take("metadata.xml", file, false), "{file}");
    }
    assert!(settings.statements(of()).is_empty() && !settings.is_empty());
    words(&settings.said_of_metadata(of(), responses, NOW))
}

#[test]
fn metadata_of_both_sides_that_fits_is_good() {
    let (certificate, sha256) = self::certificate(-10, 400);
    let provider = provider(&[&certificate], REDIRECT, "");
    let seen = Responses(vec![(Some(ISSUER.to_owned()), Some(sha256.clone()))]);
    let words = said(&[&gitlab(AUDIENCE, ACS, POST, PERSISTENT), &provider], &seen);
    for part in [
        "Good: The entityID is the identifier of the group",
        "Good: The AssertionConsumerService is the address of the group",
        "single sign-on URL is https://idp.example.com/sso",
        "399 days from now",
        "Good: A recorded Response has the certificate",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(words.contains(&sha256) && !words.contains("Error") && !words.contains("Warning"), "{words}");
}

#[test]
fn one_thing_that_differs_is_told() {
    let (certificate, _) = self::certificate(-10, 400);
    let good = provider(&[&certificate], REDIRECT, "");
    let none = Responses::default();
    let other = |id: &str| Responses(vec![(Some(id.to_owned()), Some("AA:BB".to_owned()))]);
    let wants = good.replace("WantAuthnRequestsSigned=\"false\"", "WantAuthnRequestsSigned=\"true\"");
    for (file, responses, part) in [
        (
            gitlab("https://gitlab.com", ACS, POST, PERSISTENT),
            &none,
            "Error: The app is for “https://gitlab.com”",
        ),
        (
            gitlab(AUDIENCE, "https://gitlab.com/x", POST, PERSISTENT),
            &none,
            "Error: AssertionConsumerService is “https://gitlab.com/x”",
        ),
        (
            gitlab(AUDIENCE, ACS, REDIRECT, PERSISTENT),
            &none,
            "Error: The AssertionConsumerService has the binding",
        ),
        (
            provider(&[&certificate], POST, ""),
            &none,
            "Error: The identity provider has no SingleSignOnService",
        ),
        (wants, &none, "Error: The identity provider wants signed requests"),
        (provider(&[], REDIRECT, ""), &none, "Warning: The metadata has no certificate"),
        (
            provider(&[&certificate, &certificate_of(20)], REDIRECT, ""),
            &none,
            "Info: The metadata has 2 certificates",
        ),
        (
            provider(&[&certificate_of(20)], REDIRECT, ""),
            &none,
            "Warning: Certificate with the SHA-256 fingerprint",
        ),
        (
            provider(&[&certificate_of(-1)], REDIRECT, ""),
            &none,
            "Error: The certificate with the SHA-256 fingerprint",
        ),
        (
            provider(&[&self::certificate(5, 400).0], REDIRECT, ""),
            &none,
            "Info: The certificate with the SHA-256 fingerprint",
        ),
        (provider(&["AAAA"], REDIRECT, ""), &none, "Warning: The certificate with the SHA-256 fingerprint"),
        (
            provider(&[&certificate], REDIRECT, " validUntil=\"2001-01-01T00:00:00Z\""),
            &none,
            "Warning: This metadata was valid until 2001-01-01",
        ),
        (
            good.clone(),
            &other(ISSUER),
            "Error: A recorded Response has the certificate AA:BB, which the metadata does not name",
        ),
        (
            good.clone(),
            &other("https://other.example.com"),
            "Warning: A recorded Response has the Issuer “https://other.example.com”",
        ),
    ] {
        let words = said(&[&file], responses);
        assert!(words.contains(part), "{part}: {words}");
        let worse =
            words.lines().filter(|line| line.starts_with("Error") || line.starts_with("Warning")).count();
        assert!(worse <= 1, "{words}");
    }
    // Formats that neither side shares; what is free shares all.
    for (format, is_told) in
        [(EMAIL, true), (PERSISTENT, false), ("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", false)]
    {
        let words = said(&[&gitlab(AUDIENCE, ACS, POST, format), &good], &none);
        assert_eq!(words.contains("no format of the NameID in common"), is_told, "{words}");
    }
}

/// One that ends in so many days.
fn certificate_of(days: i64) -> String {
    certificate(-100, days).0
}

/// The Responses of a trace, each once.
#[test]
fn recorded_responses_are_compared_with_the_metadata() {
    let issued = |at: i64, place: &str| {
        let issuer = format!("{place}<a:Issuer>{ISSUER}</a:Issuer>");
        let response = response(at, "x", "person.1@example.com").replacen(place, &issuer, 1);
        arrival(at, "w0rk", &certified(&response))
    };
    // The Issuer of the Response, or of its assertion alone.
    for place in ["ID=\"_1\">", "<a:Assertion>"] {
        let all = Responses::of(&opened(vec![issued(1, place)]));
        assert_eq!(all.0.iter().map(|it| it.0.as_deref()).collect::<Vec<_>>(), [Some(ISSUER)]);
    }
    let responses = Responses::of(&opened((1..=3).map(|at| issued(at, "<a:Assertion>")).collect()));
    let [(_, Some(fingerprint))] = &responses.0[..] else { panic!("{responses:?}") };
    let provider = provider(&[], REDIRECT, "");
    let words = said(&[&provider], &responses);
    assert!(
        words.contains(&format!("certificate {fingerprint}, which the metadata does not name")),
        "{words}"
    );
}

#[test]
fn what_is_no_metadata_gives_no_party() {
    for content in [
        "",
        "<a/>",
        "EntityDescriptor",
        "<EntityDescriptor/>",
        "<a>EntityDescriptor</a>",
        "<EntityDescriptor",
    ] {
        assert!(read("a.xml", content).is_empty(), "{content}");
    }
    let one = gitlab(AUDIENCE, ACS, POST, PERSISTENT);
    let many = format!(
        "<md:EntitiesDescriptor xmlns:md=\"{}\">{}</md:EntitiesDescriptor>",
        uri::METADATA,
        one.repeat(9)
    );
    assert_eq!(read("a.xml", &many).len(), PARTIES);
}
