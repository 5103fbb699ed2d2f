//! Bombs: small inputs that ask for much. What reading them may produce is counted by the test target
//! `malformed`, the time they take is reported by `bench`.

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use samlight::{
    base::limits::LIMITS,
    base::redact::Secret,
    binding::{self, Carried},
};
use std::{fmt::Write as _, io::Write as _};

/// One bomb.
#[derive(Clone, Debug)]
pub struct Bomb {
    /// The thing that it asks for.
    pub name: &'static str,
    /// The way in which it is sent.
    pub sent: Sent,
}

/// The way in which a bomb is sent.
#[derive(Clone, Debug)]
pub enum Sent {
    /// In a query.
    Query(String),
    /// In the field `SAMLResponse` of a form.
    Form(String),
    /// As XML.
    Xml(Vec<u8>),
}

impl Bomb {
    /// Reads it.
    pub fn read(&self) -> Vec<Carried> {
        match &self.sent {
            Sent::Query(query) => binding::from_query(query, &LIMITS),
            Sent::Form(value) => {
                binding::from_form(&[("SAMLResponse".to_owned(), Secret::from(value.as_str()))], &LIMITS)
            }
            Sent::Xml(xml) => vec![binding::from_octets(xml, &LIMITS)],
        }
    }
}

/// The size that the inflating bombs inflate to.
const INFLATED: usize = 20 * 1024 * 1024;

const RESPONSE: &str = "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">";
const END: &str = "</p:Response>";

/// All bombs.
///
/// # Errors
/// When one cannot be compressed.
pub fn all() -> std::io::Result<Vec<Bomb>> {
    let spaces = vec![b' '; INFLATED];
    let elements = [RESPONSE.as_bytes(), "<a/>".repeat(INFLATED / 4).as_bytes()].concat();
    let query = |octets: &[u8]| {
        let value = BASE64_STANDARD.encode(octets);
        Sent::Query(format!("SAMLRequest={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)))
    };
    let form = |octets: &[u8]| Sent::Form(BASE64_STANDARD.encode(octets));
    let xml = |content: String| Sent::Xml(format!("{RESPONSE}{content}{END}").into_bytes());
    let bomb = |name, sent| Bomb { name, sent };
    Ok(vec![
        bomb("inflate: spaces in a query", query(&deflate(&spaces)?)),
        bomb("inflate: spaces in a form", form(&deflate(&[b"<a>".to_vec(), spaces.clone()].concat())?)),
        bomb("inflate: gzip in a query", query(&gzip(&[b"<a>".to_vec(), spaces].concat())?)),
        bomb("inflate: elements in a query", query(&deflate(&elements)?)),
        bomb("entities: ten to the ninth", Sent::Xml(laughs().into_bytes())),
        bomb("entities: one large one many times", Sent::Xml(quadratic().into_bytes())),
        bomb("depth: 20,000", xml(format!("{}{}", "<a>".repeat(20_000), "</a>".repeat(20_000)))),
        bomb("depth: never closed", xml("<a>".repeat(1_000_000))),
        bomb("attributes: 20,000 of one element", xml(format!("<a{}/>", numbered(20_000, "b", "")))),
        bomb("attributes: 900,000 of one element", xml(format!("<a{}/>", numbered(900_000, "b", "")))),
        bomb("namespaces: 5,000 of one element", xml(format!("<a{}/>", numbered(5_000, "xmlns:n", "urn:n")))),
        bomb(
            "namespaces: 20,000 of one element",
            xml(format!("<a{}/>", numbered(20_000, "xmlns:n", "urn:n"))),
        ),
        bomb("namespaces: declared at every depth", xml(declarations())),
        bomb("References: 2,000 of one signature", xml(references())),
        bomb("References: 16 of each of 16 signatures, over 2 MB", xml(signatures())),
        bomb("flaws: a million", xml("&x;".repeat(1_000_000))),
        bomb("comments: half a million", xml("<!---->".repeat(500_000))),
        bomb("IDs: the same 100,000 times", xml("<a ID='x'/>".repeat(100_000))),
        bomb("escapes: escaped again and again", Sent::Form(format!("%{}41", "25".repeat(2_000_000)))),
        bomb("escapes: nested three rounds", Sent::Form("%2525252541".repeat(500_000))),
        bomb("escapes: references in escapes, three rounds", Sent::Form("%2526#x26;#x41;".repeat(300_000))),
        bomb(
            "NameID: half a million parts",
            xml(format!(
                "<Assertion xmlns='urn:oasis:names:tc:SAML:2.0:assertion'><Subject><NameID>{}</NameID></Subject></Assertion>",
                "a<!---->\u{200b}".repeat(60_000)
            )),
        ),
        bomb("parameters: a million", Sent::Query("SAMLRequest=&".repeat(1_000_000))),
        bomb("parameters: 20 of elements that are deflated", Sent::Query(many(&deflate(&elements)?))),
        bomb(
            "parameters: 20 of spaces that are deflated",
            Sent::Query(many(&deflate(&vec![b' '; INFLATED])?)),
        ),
        bomb("value: more than is looked at", Sent::Form("QUFB".repeat(5 * 1024 * 1024))),
    ])
}

/// Twenty messages in one query, each of these octets.
fn many(octets: &[u8]) -> String {
    let value = BASE64_STANDARD.encode(octets);
    format!("SAMLRequest={}&", utf8_percent_encode(&value, NON_ALPHANUMERIC)).repeat(20)
}

fn deflate(octets: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(octets)?;
    encoder.finish()
}

fn gzip(octets: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(octets)?;
    encoder.finish()
}

/// ` b0='…' b1='…'`, each value being `value` and the number.
fn numbered(count: usize, name: &str, value: &str) -> String {
    (0..count).fold(String::new(), |mut text, number| {
        // Writing to a string cannot fail.
        let _ = write!(text, " {name}{number}='{value}{number}'");
        text
    })
}

fn laughs() -> String {
    let entities = (1..10).fold("<!ENTITY l0 \"ha\">".to_owned(), |text, level| {
        text + &format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10))
    });
    format!("<!DOCTYPE x [{entities}]>{RESPONSE}&l9;{END}")
}

fn quadratic() -> String {
    let entity = "a".repeat(100_000);
    format!("<!DOCTYPE x [<!ENTITY e \"{entity}\">]>{RESPONSE}{}{END}", "&e;".repeat(100_000))
}

fn declarations() -> String {
    let open = (0..250).fold(String::new(), |text, depth| {
        text + &format!("<a{}>", numbered(40, "xmlns:n", &format!("urn:{depth}:")))
    });
    open + &"</a>".repeat(250)
}

const REFERENCE: &str = "<Reference URI=\"#_a\"><DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
         <DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</DigestValue></Reference>";

/// Each Reference means the same two megabytes.
fn signatures() -> String {
    let signature = format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>{}</SignedInfo></Signature>",
        REFERENCE.repeat(16)
    );
    format!("<a ID='_a'>{}</a>{}", "<b>0123456789</b>".repeat(120_000), signature.repeat(16))
}

fn references() -> String {
    format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>{}</SignedInfo></Signature>",
        REFERENCE.repeat(2_000)
    )
}
