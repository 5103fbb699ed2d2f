//! Raw bodies: a request's body that the browser gives as bytes, not as fields, and the listed fields in it.
//!
//! Browsers read `application/x-www-form-urlencoded` and `multipart/form-data` (RFC 7578) themselves. What
//! they give as bytes is a form as text/plain (HTML, 4.10.21.8), JSON (RFC 8259), and forms that they fail to
//! read: Firefox those with escapes that are no UTF-8, Chromium those with a file in them. A body can hold
//! passwords beside SAML, so JavaScript cuts out the listed fields alone, by the expressions of [`forms`];
//! what they mean is read here.
//!
//! Of an envelope (SOAP 1.1, clause 4) with a SAML message in it, the message and the header blocks of ECP
//! and PAOS are kept: another block can hold a password (WS-Security).
//!
//! Leaves out: files of a form (browsers give no content), other charsets than UTF-8.

use crate::{base::redact::Secret, saml::kinds};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// One kind of body.
struct BodyKind {
    id: BodyForm,
    /// The look of such a body as a whole, so that no other one is searched; with `MESSAGES` for the
    /// names of the messages that come in an envelope.
    whole: &'static str,
    /// A field with `NAMES` for the listed names: group 1 is the name, group 2 the value as it stands. A part
    /// without a name is kept for what the whole looks like.
    field: &'static str,
    /// From what stands there to the value.
    value: fn(&str) -> String,
}

/// The kinds, the first that fits holds.
const KINDS: [BodyKind; 5] = [
    BodyKind {
        id: BodyForm::Envelope,
        whole: "^\\uFEFF?\\s*(?:<\\?[^>]*>\\s*)?<(?:[\\w.-]+:)?Envelope\\b[^]*?<(?:[\\w.-]+:)?Body\\b[^>]*>\\s*<(?:[\\w.-]+:)?(?:MESSAGES)\\b[^]*urn:oasis:names:tc:SAML:",
        field: "()(<(?:[\\w.-]+:)?Envelope\\b[^>]*>|</?(?:[\\w.-]+:)?Header\\b[^>]*>|<(?:[\\w.-]+:)?(?:RelayState|Request|Response)\\b[^>]*(?:/>|>[^<]*</[^>]*>)|<(?:[\\w.-]+:)?Body\\b[^]*)",
        value: str::to_owned,
    },
    BodyKind {
        id: BodyForm::Multipart,
        whole: "^--[^\\r\\n]+\\r\\n",
        field: "\\r\\ncontent-disposition: *form-data; *name=\"(NAMES)\"[^\\r\\n]*(?:\\r\\n[^\\r\\n]+)*\\r\\n\\r\\n([^]*?)\\r\\n--",
        value: str::to_owned,
    },
    BodyKind {
        id: BodyForm::Json,
        whole: "^\\s*[{\\[]",
        field: "\"(NAMES)\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"",
        value: from_json,
    },
    BodyKind {
        id: BodyForm::Text,
        whole: "^[^\\s=&<\"]+=[^\\r\\n]*\\r\\n",
        field: "(?:^|\\r\\n)(NAMES)=([^\\r\\n]*)(?=\\r\\n)",
        value: str::to_owned,
    },
    BodyKind {
        id: BodyForm::Urlencoded,
        whole: "^[^\\s=&<\"{]+=[^\\s<\"{]*$",
        field: "(?:^|&)(NAMES)=([^&]*)",
        value: from_escapes,
    },
];

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
        let kind = KINDS.iter().find(|kind| kind.id == self.0);
        // Wrapped again at once.
        Secret::new(kind.map_or_else(String::new, |kind| (kind.value)(self.2.expose())))
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

/// The facts that JavaScript must know of one kind of body.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Form {
    /// Its name.
    id: BodyForm,
    /// A regular expression that finds such a body.
    whole: String,
    /// A regular expression that finds its listed fields, ignoring case except for the names.
    field: String,
}

/// The facts that JavaScript must know to cut the fields with these names out of bodies.
pub fn forms(names: &[&str]) -> Vec<Form> {
    let form = |kind: &BodyKind| Form {
        id: kind.id,
        whole: kind.whole.replace("MESSAGES", &kinds::protocol_names().collect::<Vec<_>>().join("|")),
        field: kind.field.replace("NAMES", &names.join("|")),
    };
    KINDS.iter().map(form).collect()
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
