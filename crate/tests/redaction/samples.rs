//! A Response and events of every kind, with a value in every field: what values are planted in.

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use samlight::{
    base::{instant::Timestamp, other::Other, place::Place, redact::Secret},
    binding::raw_body::{BodyForm, Piece},
    event::{
        Answer, Body, Completed, Event, EventId, Failed, Found, ImportedMessage, Request, RequestBody,
        Response, Sent, Tab, Told,
        settings::{ProviderSettings, Settings},
    },
    gitlab::{
        instance::Instance,
        pages::{self, PageReading},
        routes::Provider,
    },
};
use serde_json::json;
use std::{collections::BTreeMap, io::Write};

pub(crate) const NOW: Timestamp = Timestamp(1_767_258_600_000);
pub(crate) const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";

/// A Response with a value in every place that SAML 2.0 has, and in some that it has not.
pub(crate) fn response(name_id: &str) -> String {
    format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r1" Version="2.0" IssueInstant="2026-01-01T09:00:00Z" InResponseTo="_q1" Destination="{ACS}" Consent="urn:oasis:names:tc:SAML:2.0:consent:prior" Later="later"><saml:Issuer Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">https://idp.example.com/metadata</saml:Issuer><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>c2lnbmVk</ds:SignatureValue></ds:Signature><samlp:Extensions><x:later xmlns:x="urn:x">later</x:later></samlp:Extensions><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/><samlp:StatusMessage>all is well</samlp:StatusMessage></samlp:Status><saml:Assertion ID="_a1" Version="2.0" IssueInstant="2026-01-01T09:00:00Z"><saml:Issuer>https://idp.example.com/metadata</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" NameQualifier="https://idp.example.com/" SPNameQualifier="https://gitlab.com/groups/acme" SPProvidedID="sp-1">{name_id}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData Recipient="{ACS}" InResponseTo="_q1" NotOnOrAfter="2026-01-01T09:05:00Z" Address="192.0.2.1"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="2026-01-01T08:55:00Z" NotOnOrAfter="2026-01-01T09:05:00Z"><saml:AudienceRestriction><saml:Audience>https://gitlab.com/groups/acme</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="2026-01-01T09:00:00Z" SessionIndex="s-1"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name="email" FriendlyName="mail"><saml:AttributeValue>ada@example.com</saml:AttributeValue></saml:Attribute><saml:Attribute Name="department"><saml:AttributeValue>engines</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>"#
    )
}

/// Without the signature that the sample has only to be left out.
pub(crate) fn unsigned(xml: &str) -> String {
    let (start, end) = (xml.find("<ds:Signature").unwrap(), xml.find("</ds:Signature>").unwrap());
    format!("{}{}", &xml[..start], &xml[end + "</ds:Signature>".len()..])
}

pub(crate) fn deflated(xml: &str) -> String {
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(xml.as_bytes()).unwrap();
    let base64 = BASE64_STANDARD.encode(deflate.finish().unwrap());
    base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

fn other() -> Other {
    serde_json::from_value(json!({"later": "later", "more": {"deep": ["deep"]}})).unwrap()
}

fn place() -> Place {
    Place { tab: 1, private: false, cookie_store: "firefox-container-2".into(), of_file: false }
}

/// An event of every kind with a value in every field. Without `..`: a new field must be thought of.
fn bodies(xml: &str) -> Vec<Body> {
    let (encoded, other) = (BASE64_STANDARD.encode(xml), other());
    let query = format!("{}&RelayState=relay&SigAlg=urn:x&Signature=c2lnbmVk", deflated(xml));
    let instance = Instance { origin: "https://gitlab.example.com".into(), root: "/gitlab".into() };
    let settings = |provider| ProviderSettings {
        instance: instance.clone(),
        provider,
        entity_id: Some("https://gitlab.com/groups/acme".into()),
        acs: Some(ACS.into()),
        fingerprint: Some("0A:1B".into()),
        allowed_clock_drift: Some(1.0),
        idp_entity_id: Some("urn:example:idp".into()),
        uid_attribute: Some("email".into()),
        size_limit: Some(1),
        signed_in_as: Some("ada".into()),
        certificate: Some("MIIB".into()),
        has_sp_key: true,
        rules_version: Some("1.18.1".into()),
        leave_out: vec!["audience".into()],
        other: other.clone(),
    };
    let mut bodies = vec![
        Body::Request(Request {
            request: "1".into(),
            place: place(),
            method: "POST".into(),
            url: Secret::from(ACS),
            form: [
                ("SAMLResponse", encoded.as_str()),
                ("RelayState", "relay"),
                ("SigAlg", "urn:x"),
                ("later", "x"),
            ]
            .map(|(name, value)| (name.to_owned(), vec![Secret::from(value)]))
            .into(),
            body: RequestBody::Raw,
            pieces: [BodyForm::Multipart, BodyForm::Json, BodyForm::Text, BodyForm::Urlencoded]
                .map(|form| Piece(form, "RelayState".into(), Secret::from("relay")))
                .into(),
            more: Some(3),
            cut: Some(1),
            other: other.clone(),
        }),
        Body::Sent(Sent {
            request: "1".into(),
            origin: Some("https://idp.example.com".into()),
            other: other.clone(),
        }),
        Body::Response(Response {
            request: "1".into(),
            place: place(),
            method: "POST".into(),
            url: Secret::from(ACS),
            status: 302,
            location: Some(Secret::new(format!("https://idp.example.com/sso?SAMLRequest={query}"))),
            date: Some("Thu, 01 Jan 2026 09:00:00 GMT".into()),
            content_type: Some("text/html; charset=utf-8".into()),
            other: other.clone(),
        }),
        Body::Completed(Completed { request: "1".into(), other: other.clone() }),
        Body::Failed(Failed { request: "1".into(), error: "net::ERR_FAILED".into(), other: other.clone() }),
        Body::Tab(Tab { place: place(), other: other.clone() }),
        Body::Answer(Answer {
            place: place(),
            url: Secret::from("https://gitlab.com/api/v4/user"),
            status: 200,
            answer: json!({"id": 48, "username": "ada", "name": "Ada Low", "email": "ada@example.com",
                "confirmed_at": "2026-01-01T00:00:00Z", "private_token": "later",
                "identities": [{"provider": "group_saml", "extern_uid": "Ada-1", "saml_provider_id": 1, "later": "x"}],
                "scim_identities": [{"extern_uid": "Ada-1", "group_id": 1, "active": true, "later": "x"}]}),
            other: other.clone(),
        }),
        Body::Message(ImportedMessage {
            source: "ada.xml".into(),
            octets: Secret::new(encoded),
            found: Some(Found {
                file: Some("ada.har".into()),
                line: 7,
                at: 300,
                holder: "named-value".into(),
                undone: vec!["references".into()],
                cut: true,
            }),
            other: other.clone(),
        }),
        Body::Told(Told {
            saml_extern_uid: Some(Some("Ada-1".into())),
            scim_extern_uid: Some(Some("Ada-1".into())),
            other: other.clone(),
        }),
        Body::Settings(Settings {
            instances: vec![instance.clone()],
            provider: Some(settings(Provider::Group { path: "acme/sub".into() })),
            other: other.clone(),
        }),
        Body::Settings(Settings {
            instances: Vec::new(),
            provider: Some(settings(Provider::Instance { name: "saml".into() })),
            other: other.clone(),
        }),
        Body::Unknown { kind: "later-kind".into(), fields: other.clone() },
    ];
    // Every field and cell that any page has.
    for page in pages::ALL {
        let of =
            |fields: &[pages::Field]| fields.iter().map(|field| field.key.to_owned()).collect::<Vec<_>>();
        let fields = page.variants.iter().flat_map(|variant| of(variant.fields)).chain(["later".into()]);
        let cells = page.variants.iter().filter_map(|variant| variant.rows.as_ref());
        let cells = cells.flat_map(|rows| of(rows.cells)).chain(["later".into()]);
        bodies.push(Body::Page(PageReading {
            place: place(),
            url: Secret::from("https://gitlab.com/groups/acme/-/saml"),
            page: page.id.into(),
            fields: fields.map(|key| (key, vec!["shown".to_owned(), xml.to_owned()])).collect(),
            rows: vec![cells.map(|key| (key, "shown".to_owned())).collect::<BTreeMap<_, _>>()],
            other: other.clone(),
        }));
    }
    bodies
}

/// The same as events.
pub(crate) fn events(xml: &str) -> Vec<Event> {
    let with_id = |(n, body)| Event { id: EventId::new(NOW, "boot", n), file: Some("ada.har".into()), body };
    (0..).zip(bodies(xml)).map(with_id).collect()
}
