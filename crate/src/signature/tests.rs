//! Tests of what a message costs: the work for twice as many octets is at most twice the work, for the worst
//! message of each kind. Counted are the nodes, attributes and octets that are looked at, never time.
//!
//! All that looks at signatures is counted together: verifying, signs of an attack, GitLab's checks, and what
//! `inspect` prints.

use crate::{
    base::{counted::steps_of, instant::Timestamp, limits::LIMITS},
    binding::from_octets,
    case::Case,
    event::{
        Body, Event, EventId,
        settings::{ProviderSettings, Settings},
    },
    file::import,
    gitlab::{instance::Instance, routes::Provider},
    trace::tracer::Tracer,
    view::print::{Given, inspect::inspect, inspect_text},
};
use std::fmt::Write;

const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const INCLUSIVE_11: &str = "http://www.w3.org/2006/12/xml-c14n11";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const KEY: &str = "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus>0000000000000000000000000000000000000000000000000000000000000000000000000000000000000E==</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo>";

/// A Reference to `id`, with the canonicalization `method` and the element `list` in it.
fn reference(id: &str, method: &str, list: &str) -> String {
    format!(
        "<ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
         <ds:Transform Algorithm=\"{method}\">{list}</ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>"
    )
}

/// A Signature with these References; `inside` stands behind the key.
fn signature(method: &str, references: &str, inside: &str) -> String {
    format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{method}\"/>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>{references}</ds:SignedInfo>\
         <ds:SignatureValue>AAAA</ds:SignatureValue>{KEY}{inside}</ds:Signature>"
    )
}

/// A Response: `outer` stands in its start tag, `inner` in that of the assertion, `content` behind the
/// assertion's Subject, `behind` after the assertion.
fn response(signature: &str, outer: &str, inner: &str, content: &str, behind: &str) -> String {
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
         ID=\"_r\" Version=\"2.0\" IssueInstant=\"2026-01-01T00:00:00Z\" {outer}><samlp:Status><samlp:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status><saml:Assertion ID=\"_a\" Version=\"2.0\" \
         IssueInstant=\"2026-01-01T00:00:00Z\" {inner}><saml:Issuer>https://idp.example.com</saml:Issuer>{signature}\
         <saml:Subject><saml:NameID>ada@example.com</saml:NameID></saml:Subject>{content}</saml:Assertion>{behind}</samlp:Response>"
    )
}

/// `count` pieces of text, each with its number.
fn many(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        let _ = write!(text, "{}", piece(number));
        text
    })
}

/// Whatever looks at the signatures of `xml`: how much of it is looked at.
fn steps(xml: &str) -> usize {
    let given = Given::default();
    steps_of(|| {
        let carried = from_octets(xml.as_bytes(), &LIMITS);
        assert!(!inspect("x", &carried, &given).is_null());
        assert!(!inspect_text::render("x", &carried, &given).is_empty());
        let mut tracer = Tracer::replay(import::file("x.xml", xml.as_bytes(), Timestamp(0)).events);
        let instance = Instance::at("https://gitlab.example.com").unwrap();
        let provider = ProviderSettings::new(instance, Provider::Group { path: "acme".into() });
        let settings = Settings { provider: Some(provider), ..Settings::default() };
        let id = EventId::new(Timestamp(0), "given", 1);
        tracer.observe(&Event::new(id, Body::Settings(settings)));
        let case = Case::new(&tracer, &tracer.flows()[0], Timestamp(0));
        assert!(case.acceptance().is_some());
    })
}

/// A kind of message, and one of it in a size.
type Kind = (&'static str, fn(usize) -> String);

/// The worst message of each kind.
const KINDS: [Kind; 24] = [
    ("xml: attributes of an ancestor, inclusive", |size| {
        let attributes = many(size, |at| format!(" xml:a{at}=\"x\""));
        response(&signature(INCLUSIVE, &reference("_a", INCLUSIVE, ""), ""), &attributes, "", "", "")
    }),
    ("xml: attributes of an ancestor, 1.1", |size| {
        let attributes = many(size, |at| format!(" xml:a{at}=\"x\""));
        response(&signature(INCLUSIVE_11, &reference("_a", INCLUSIVE_11, ""), ""), &attributes, "", "", "")
    }),
    ("xml: attributes of the signed element and of its ancestor", |size| {
        let of = |kind: &str| many(size, |at| format!(" xml:{kind}{at}=\"x\""));
        response(&signature(INCLUSIVE, &reference("_a", INCLUSIVE, ""), ""), &of("a"), &of("b"), "", "")
    }),
    ("xml: attributes of each element on the way", |size| {
        let outer =
            many(250, |depth| format!("<e{}>", many(size / 250, |at| format!(" xml:a{depth}.{at}=\"\""))));
        let inner = format!("<e ID=\"_e\"/>{}", "</e>".repeat(250));
        let signed = signature(INCLUSIVE, &reference("_e", INCLUSIVE, "").repeat(4), "");
        response(&signed, "", "", "", &format!("{outer}{inner}"))
    }),
    ("declarations of an ancestor, inclusive", |size| {
        let declared = many(size, |at| format!(" xmlns:n{at}=\"urn:{at}\""));
        response(&signature(INCLUSIVE, &reference("_a", INCLUSIVE, "").repeat(4), ""), &declared, "", "", "")
    }),
    ("declarations of an ancestor, listed", |size| {
        let declared = many(size, |at| format!(" xmlns:n{at}=\"urn:{at}\""));
        let listed = many(size, |at| format!("n{at} "));
        let list = format!("<i:InclusiveNamespaces xmlns:i=\"{EXCLUSIVE}\" PrefixList=\"{listed}\"/>");
        response(&signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, &list), ""), &declared, "", "", "")
    }),
    ("declarations of each element", |size| {
        let elements = many(size, |at| format!("<e xmlns:n{at}=\"urn:{at}\" n{at}:a=\"\"/>"));
        response(&signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), ""), "", "", &elements, "")
    }),
    ("a long name that each element declares anew in the form", |size| {
        let declared = format!(" xmlns:n=\"urn:{}\"", "x".repeat(size * 8));
        let elements = "<n:e/>".repeat(size);
        response(
            &signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, "").repeat(4), ""),
            &declared,
            "",
            &elements,
            "",
        )
    }),
    ("a long name with references that is in force", |size| {
        let declared = format!(" xmlns:n=\"urn:&amp;{}\" n:a=\"\"", "x".repeat(size * 8));
        let elements = "<n:e/>".repeat(size);
        response(&signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), ""), "", &declared, &elements, "")
    }),
    ("attributes in long names that are alike", |size| {
        let declared = format!(" xmlns:m=\"urn:{0}m\" xmlns:n=\"urn:{0}n\"", "x".repeat(size * 8));
        let elements = many(size, |_| "<e m:a=\"\" n:a=\"\"/>".to_owned());
        response(&signature(INCLUSIVE, &reference("_a", INCLUSIVE, ""), ""), "", &declared, &elements, "")
    }),
    ("attributes of one element", |size| {
        let attributes = many(size, |at| format!(" a{at}=\"x\""));
        response(&signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), ""), "", &attributes, "", "")
    }),
    ("depth", |size| {
        let pile = format!("{}x{}", "<e>".repeat(200), "</e>".repeat(200));
        response(
            &signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), ""),
            "",
            "",
            &pile.repeat(size / 100),
            "",
        )
    }),
    ("the same ID for many", |size| {
        let elements = "<e ID=\"_a\"/>".repeat(size * 8);
        let references = reference("_a", EXCLUSIVE, "").repeat(4);
        let signatures = signature(EXCLUSIVE, &references, "").repeat(16);
        response(&signatures, "", "", "", &elements)
    }),
    ("signatures", |size| {
        let signatures = signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), "").repeat(size / 8);
        response(&signatures, "", "", "", "")
    }),
    ("signatures of assertions of their own", |size| {
        let assertion = |at| {
            let signature = signature(EXCLUSIVE, &reference(&format!("_{at}"), EXCLUSIVE, ""), "");
            format!("<saml:Assertion ID=\"_{at}\">{signature}</saml:Assertion>")
        };
        response("", "", "", "", &many(size / 8, assertion))
    }),
    ("References", |size| {
        response(&signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, "").repeat(size / 4), ""), "", "", "", "")
    }),
    ("signatures in signatures", |size| {
        let inside = (0..20).fold(String::new(), |inside, _| {
            let object = format!("<ds:Object>{inside}</ds:Object>");
            signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), &object)
        });
        response(&inside.repeat(size / 100), "", "", "", "")
    }),
    ("certificates", |size| {
        let certificates =
            "<ds:X509Data><ds:X509Certificate>?</ds:X509Certificate></ds:X509Data>".repeat(size);
        let keys = format!("<ds:KeyInfo>{certificates}</ds:KeyInfo>");
        let signed = signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), "");
        response(&signed.replace(KEY, &keys), "", "", "", "")
    }),
    ("digests where none belongs", |size| {
        let digests =
            "<ds:DigestValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><!-- --></ds:DigestValue>";
        let signed = signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), "");
        response(
            &signed,
            "",
            "",
            "",
            &format!("<samlp:Extensions>{}</samlp:Extensions>", digests.repeat(size)),
        )
    }),
    ("digests where none belongs, in depth", |size| {
        let digest = "<ds:DigestValue xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">AAAA</ds:DigestValue>";
        let pile = format!("{}{}{}", "<e>".repeat(240), digest.repeat(size), "</e>".repeat(240));
        response(&signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), ""), "", "", "", &pile)
    }),
    ("keys", |size| {
        let key = "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AAAA</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>";
        let keys = format!("<ds:KeyInfo>{}</ds:KeyInfo>", key.repeat(size));
        let signed = signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), "");
        response(&signed.replace(KEY, &keys), "", "", "", "")
    }),
    ("transforms", |size| {
        let transform = format!("<ds:Transform Algorithm=\"{EXCLUSIVE}\"/>");
        let signed = signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, "").repeat(4), "");
        let many = format!("{}</ds:Transforms>", transform.repeat(size / 8));
        response(&signed.replacen("</ds:Transforms>", &many, 1).repeat(4), "", "", "", "")
    }),
    ("pieces of text", |size| {
        let signed = signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, ""), "");
        response(&signed, "", "", &"x<!-- -->&amp;".repeat(size), "")
    }),
    ("assertions", |size| {
        let signed = signature(EXCLUSIVE, &reference("_a", EXCLUSIVE, "").repeat(4), "").repeat(4);
        let assertions =
            many(size, |at| format!("<saml:Assertion ID=\"_{at}\"><saml:Subject/></saml:Assertion>"));
        response(&signed, "", "", "", &assertions)
    }),
];

/// The steps for each octet that all of this may take.
const STEPS_PER_OCTET: usize = 150;

#[test]
fn twice_as_many_octets_cost_at_most_twice_as_much() {
    for (kind, message) in KINDS {
        let [once, twice] = [1_000, 2_000].map(|size| {
            let xml = message(size);
            (xml.len(), steps(&xml))
        });
        println!("{kind}: {once:?} {twice:?}, {} steps an octet", twice.1 / twice.0);
        // 5 % for what does not double in just the same way.
        let grown = (2 * once.0).max(twice.0);
        assert!(twice.1 * once.0 * 100 <= once.1 * grown * 105, "{kind}: {once:?}, {twice:?}");
        assert!(twice.1 <= twice.0 * STEPS_PER_OCTET, "{kind}: {twice:?}");
    }
}
