//! Messages in the wrappings in which they travel: base64, DEFLATE and its kin, escapes, and the looks of a
//! body.

use super::Choices;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE},
};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use std::io::Write;

/// A message in a wrapping.
pub(crate) struct Wrapped {
    /// The XML that is wrapped.
    pub(crate) xml: String,
    /// The query or the body that it is in.
    pub(crate) body: String,
    pub(crate) is_query: bool,
}

const MESSAGES: [&str; 5] = [
    "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_r1\" InResponseTo=\"_q1\" Version=\"2.0\"><p:Status><p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></p:Status><a:Assertion ID=\"_a1\"><a:Subject><a:NameID>ada@example.com</a:NameID></a:Subject></a:Assertion></p:Response>",
    "<p:AuthnRequest xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_q1\" AssertionConsumerServiceURL=\"https://gitlab.com/groups/acme/-/saml/callback\"/>",
    "<p:LogoutRequest xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_l1\"/>",
    "<p:LogoutResponse xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_l2\" InResponseTo=\"_l1\"/>",
    "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r2\" InResponseTo=\"_q1\"><!--?~?~--></p:Response>",
];

pub(super) fn message(choices: &mut Choices<'_>) -> String {
    let message = choices.one(&MESSAGES);
    // White space and comments of any length: the base64 ends in each of its ways.
    let fill = " ".repeat(choices.below(4)) + choices.one(&["", "<!--?-->", "\n", "\u{e9}"]);
    match message.rfind("</") {
        Some(end) => format!("{}{fill}{}", &message[..end], &message[end..]),
        None => message.to_owned(),
    }
}

pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn packed<W: Write>(mut to: W, xml: &str, finish: fn(W) -> std::io::Result<Vec<u8>>) -> Vec<u8> {
    to.write_all(xml.as_bytes()).and_then(|()| finish(to)).unwrap_or_default()
}

pub(super) fn deflated(xml: &str) -> Vec<u8> {
    packed(DeflateEncoder::new(Vec::new(), Compression::best()), xml, DeflateEncoder::finish)
}

/// The base64 of `xml`, packed and written in one of the ways that are read.
fn packed_base64(choices: &mut Choices<'_>, xml: &str, is_query: bool) -> String {
    let octets = match choices.below(if is_query { 3 } else { 5 }) {
        0 if is_query => deflated(xml),
        1 => packed(ZlibEncoder::new(Vec::new(), Compression::best()), xml, ZlibEncoder::finish),
        2 => packed(GzEncoder::new(Vec::new(), Compression::best()), xml, GzEncoder::finish),
        3 => BASE64_STANDARD.encode(xml).into_bytes(),
        4 => xml.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").into_bytes(),
        _ => xml.as_bytes().to_vec(),
    };
    match choices.below(if is_query { 3 } else { 4 }) {
        1 => BASE64_STANDARD_NO_PAD.encode(octets),
        2 => BASE64_URL_SAFE.encode(octets),
        3 => {
            let digits = BASE64_STANDARD.encode(octets);
            let lines: Vec<&str> =
                digits.as_bytes().chunks(76).filter_map(|line| str::from_utf8(line).ok()).collect();
            lines.join("\r\n")
        }
        _ => BASE64_STANDARD.encode(octets),
    }
}

/// A message in base64, compressed or not, in a query or a body of one of the looks that are read.
pub(crate) fn wrapped(octets: &[u8]) -> Wrapped {
    let mut choices = Choices::new(octets);
    let xml = message(&mut choices);
    let is_query = choices.yes();
    let name = if xml.contains("Request ") { "SAMLRequest" } else { "SAMLResponse" };
    let value = packed_base64(&mut choices, &xml, is_query);
    let folded = value.contains('\n');
    let body = match choices.below(if is_query { 1 } else { 4 }) {
        1 => format!(
            "--xYz\r\nContent-Disposition: form-data; name=\"RelayState\"\r\n\r\n/x\r\n--xYz\r\nContent-Disposition: \
             form-data; name=\"{name}\"\r\n\r\n{value}\r\n--xYz--\r\n"
        ),
        2 => json!({"RelayState": "/x", name: value}).to_string(),
        3 if !folded => format!("RelayState=/x\r\n{name}={value}\r\n"),
        _ => format!("RelayState=%2Fx&{name}={}", escaped(&value)),
    };
    Wrapped { xml, body, is_query }
}
