//! Encrypted parts as people read them, and what is in them: once they give the key.
//!
//! [`decrypted`] is called where the key was given and nowhere else: by the page that the person looks at.
//! Neither the key nor what it opens is part of a trace, so no export can hold it and no other page is told.

use super::{AttributeView, FlawView, SignatureView, message, signed};
use crate::{
    base::limits::LIMITS,
    base::severity::{Sentence, Severity},
    binding,
    encryption::{self, EncryptedPart, KeyFileProblem, PrivateKey},
    signature::GivenKeys,
    text,
};
use serde::{Deserialize, Serialize};

/// One encrypted part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncryptedView {
    /// The part that is encrypted, and whether it could be opened.
    pub sentence: Sentence,
    /// The way it is encrypted: label and value, in reading order.
    pub rows: Vec<(String, String)>,
}

/// The content of a message once its encrypted parts are opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecryptedView {
    /// Each part, and whether it could be opened.
    pub parts: Vec<EncryptedView>,
    /// The important values of the message: label and value, in reading order; empty where nothing could be
    /// opened.
    pub summary: Vec<(String, String)>,
    /// Its attributes.
    pub attributes: Vec<AttributeView>,
    /// The signatures that were encrypted, too.
    pub signatures: Vec<SignatureView>,
    /// The flaws in the encrypted content.
    pub flaws: Vec<FlawView>,
    /// The message with what was encrypted in its place, indented; empty where nothing could be opened.
    pub pretty: String,
}

/// A part as it is shown.
pub(super) fn encrypted_view(part: &EncryptedPart) -> EncryptedView {
    let (severity, text) = match &part.outcome {
        Ok(element) => (Severity::Good, text!("encrypted.opened", name = part.name, element = element)),
        Err(encryption::Problem::NoKey) => (Severity::Neutral, text!("encrypted.closed", name = part.name)),
        Err(problem) => {
            (Severity::Warning, text!("encrypted.failed", name = part.name, why = problem.text()))
        }
    };
    let rows = [
        (text!("encrypted.data-algorithm"), &part.data_algorithm),
        (text!("encrypted.key-algorithm"), &part.key_algorithm),
    ];
    EncryptedView {
        sentence: Sentence { severity, text: text.to_string() },
        rows: rows.into_iter().filter_map(|(label, uri)| Some((label.to_string(), uri.clone()?))).collect(),
    }
}

/// The content of the message whose XML is `exact`, opened with the private key in the file `key`.
///
/// # Errors
/// If there is no key in the file.
pub fn decrypted(exact: &str, key: &[u8]) -> Result<DecryptedView, KeyFileProblem> {
    let key = PrivateKey::from_file(key)?;
    let carried = binding::from_octets(exact.as_bytes(), &LIMITS);
    let opened = carried
        .document
        .as_ref()
        .map(|document| encryption::open(document, &[key], encryption::Manner::Standard));
    let read = opened.as_ref().and_then(encryption::Opened::message);
    let flaws = opened.iter().flat_map(encryption::Opened::flaws_inside);
    let signatures = opened.iter().flat_map(|opened| opened.signatures(&GivenKeys::default()));
    Ok(DecryptedView {
        parts: opened.iter().flat_map(|opened| &opened.parts).map(encrypted_view).collect(),
        summary: read.as_ref().map(message::summary).unwrap_or_default(),
        attributes: read.as_ref().map(message::attributes).unwrap_or_default(),
        signatures: signatures.map(|signature| signed::signature_view(&signature)).collect(),
        flaws: flaws.map(|flaw| message::flaw_view(&flaw)).collect(),
        pretty: opened.iter().filter_map(|opened| opened.document.as_ref()).map(|it| it.pretty()).collect(),
    })
}
