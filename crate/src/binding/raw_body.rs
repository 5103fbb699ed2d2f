//! Raw bodies: a request's body that the browser gives as bytes, not as fields, and the listed fields in it.
//!
//! Browsers read `application/x-www-form-urlencoded` and `multipart/form-data` (RFC 7578) themselves. What
//! they give as bytes is a form as text/plain (HTML, 4.10.21.8), JSON (RFC 8259), and forms that they fail to
//! read: Firefox those with escapes that are no UTF-8, Chromium those with a file in them. A body can hold
//! passwords beside SAML, so JavaScript (`scanner.js`) cuts out the listed fields alone; what they mean is
//! read here.
//!
//! Of an envelope (SOAP 1.1, clause 4) with a SAML message in it, the message and the header blocks of ECP
//! and PAOS are kept ([`envelope_names`]): another block can hold a password (WS-Security).
//!
//! Leaves out: files of a form (browsers give no content), other charsets than UTF-8.

use crate::{base::redact::Secret, saml::kinds};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// The way the fields stand in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BodyForm {
    /// `multipart/form-data`: as they are, between boundaries.
    Multipart,
    /// JSON: as strings with their names, at any depth.
    Json,
    /// `text/plain`: a line each.
    Text,
    /// `application/x-www-form-urlencoded`: escaped.
    Urlencoded,
    /// A SOAP envelope: its parts as they are, without a name.
    Envelope,
}

/// A field that was cut out of a body: how it stood there, its name, its value as it stood there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Piece(pub BodyForm, pub String, pub Secret<String>);

impl Piece {
    /// The value.
    pub fn value(&self) -> Secret<String> {
        // Wrapped again at once.
        let written = self.2.expose();
        crate::base::counted::stepped(written.len());
        Secret::new(match self.0 {
            BodyForm::Envelope | BodyForm::Multipart | BodyForm::Text => written.clone(),
            BodyForm::Json => from_json(written),
            BodyForm::Urlencoded => from_escapes(written),
        })
    }
}

/// The fields among `pieces`.
pub fn fields(pieces: &[Piece]) -> impl Iterator<Item = (String, Secret<String>)> {
    pieces.iter().filter(|piece| piece.0 != BodyForm::Envelope).map(|piece| (piece.1.clone(), piece.value()))
}

/// The part that is kept of an envelope, if `pieces` are of one.
pub fn envelope(pieces: &[Piece]) -> Option<Secret<String>> {
    let parts = pieces.iter().filter(|piece| piece.0 == BodyForm::Envelope);
    // Wrapped again at once.
    let whole: String = parts.map(|part| part.2.expose().as_str()).collect();
    (!whole.is_empty()).then(|| Secret::new(whole))
}

/// The names that tell JavaScript which envelopes carry a message, and what of them is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnvelopeNames {
    /// The local name of the root.
    root: &'static str,
    /// That of the element around the header blocks.
    header: &'static str,
    /// Those of the header blocks that are kept, when they hold no more than text.
    kept: [&'static str; 3],
    /// That of the element around the message.
    body: &'static str,
    /// Those of the messages; one must be the first thing in the body.
    messages: Vec<&'static str>,
    /// Stands in each such message.
    mark: &'static str,
}

/// The names of SOAP, of ECP and PAOS, and of the messages.
pub fn envelope_names() -> EnvelopeNames {
    EnvelopeNames {
        root: "Envelope",
        header: "Header",
        kept: ["RelayState", "Request", "Response"],
        body: "Body",
        messages: kinds::protocol_names().collect(),
        mark: "urn:oasis:names:tc:SAML:",
    }
}

/// The text between the quotes of a JSON string. What JSON does not allow there, as in one that is cut off,
/// is left as it is, except for the slashes of base64.
fn from_json(written: &str) -> String {
    serde_json::from_str(&format!("\"{written}\"")).unwrap_or_else(|_| written.replace("\\/", "/"))
}

fn from_escapes(written: &str) -> String {
    percent_decode_str(&written.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_gives_the_value_that_was_meant() {
        let value = |form, written: &str| Piece(form, "SAMLResponse".into(), written.into()).value();
        for (form, written) in [
            (BodyForm::Multipart, "PGE+/w=="),
            (BodyForm::Text, "PGE+/w=="),
            (BodyForm::Json, "PGE+\\/w\\u003d="),
            (BodyForm::Urlencoded, "PGE%2B%2fw=="),
        ] {
            assert_eq!(value(form, written).expose(), "PGE+/w==", "{form:?}");
        }
        assert_eq!(value(BodyForm::Json, "a\\qb").expose(), "a\\qb");
        assert_eq!(value(BodyForm::Urlencoded, "%E4").expose(), "\u{fffd}");
    }
}
