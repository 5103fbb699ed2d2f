//! The material of the forms: messages, and the codings of the bindings.

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::io::Write;

/// A Response. Its base64 has `+`, `/` and padding: the question marks and tildes make them.
pub(crate) fn response(name_id: &str) -> String {
    response_with(name_id, "")
}

/// A Response with `more` in its attribute's value.
pub(crate) fn response_with(name_id: &str, more: &str) -> String {
    let mut fill = "?????~~~~~".to_owned();
    loop {
        let xml = format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a\" Version=\"2.0\">\
             <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
             <saml:Assertion ID=\"_b\" Version=\"2.0\"><saml:Issuer>https://idp.example.com</saml:Issuer>\
             <saml:Subject><saml:NameID>{name_id}</saml:NameID></saml:Subject><saml:AttributeStatement>\
             <saml:Attribute Name=\"note\"><saml:AttributeValue>{fill}{more}</saml:AttributeValue></saml:Attribute>\
             </saml:AttributeStatement></saml:Assertion></samlp:Response>"
        );
        if xml.len() % 3 != 0 {
            return xml;
        }
        fill.push('?');
    }
}

/// An AuthnRequest whose base64, deflated, has a `+`.
pub(crate) fn request() -> String {
    let request = |number: u32| {
        format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r{number}\" \
             Version=\"2.0\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
             https://gitlab.example.com</saml:Issuer></samlp:AuthnRequest>"
        )
    };
    (0..1000).map(request).find(|xml| base64(&deflate(xml.as_bytes())).contains('+')).unwrap()
}

/// Base64 with padding.
pub(crate) fn base64(octets: &[u8]) -> String {
    BASE64_STANDARD.encode(octets)
}

/// The escapes of a query.
pub(crate) fn escape(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

/// Compressed by DEFLATE.
pub(crate) fn deflate(octets: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

/// DEFLATE in zlib.
pub(crate) fn zlib(octets: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

/// DEFLATE in gzip.
pub(crate) fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

/// UTF-16 of the byte order of `unit`, behind a byte order mark if one is wanted.
pub(crate) fn utf_16(text: &str, unit: fn(u16) -> [u8; 2], mark: bool) -> Vec<u8> {
    let mark = mark.then_some('\u{FEFF}');
    mark.into_iter().chain(text.chars()).collect::<String>().encode_utf16().flat_map(unit).collect()
}

/// ISO-8859-1.
pub(crate) fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}
