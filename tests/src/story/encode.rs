//! From readable XML to what a binding carries: base64, DEFLATE, escapes of a query.

use anyhow::Result;
use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use std::io::Write;

/// A message's XML as a parameter's value, compressed where it rides in a query.
pub(super) fn encode(xml: &str, deflated: bool) -> Result<String> {
    if !deflated {
        return Ok(BASE64_STANDARD.encode(xml));
    }
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(xml.as_bytes())?;
    Ok(BASE64_STANDARD.encode(deflate.finish()?))
}

pub(super) fn broken_in_lines(value: &str, width: usize) -> String {
    let characters: Vec<char> = value.chars().collect();
    characters.chunks(width.max(1)).map(String::from_iter).collect::<Vec<_>>().join("\r\n")
}

/// The message with the usual prefixes declared, so that stories need not repeat them.
pub(super) fn with_namespaces(xml: &str) -> String {
    let declared = " xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
    let end =
        xml.find([' ', '>', '/']).filter(|_| xml.starts_with("<samlp:") && !xml.contains("xmlns:samlp"));
    end.map_or_else(|| xml.to_owned(), |end| format!("{}{declared}{}", &xml[..end], &xml[end..]))
}

pub(super) fn with_query(url: &str, fields: &[(String, String)]) -> String {
    let escaped = |value: &str| {
        let octet = |octet: u8| match octet {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(octet).to_string()
            }
            _ => format!("%{octet:02X}"),
        };
        value.bytes().map(octet).collect::<String>()
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{}", pairs.join("&"))
}
