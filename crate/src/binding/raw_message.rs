//! A single message, as people copy it out of a browser or a log: XML, the value of a parameter, a URL, the
//! body of a form, of a multipart form or of JSON.

use crate::{
    base::{
        characters,
        flaw::{Flaw, Span},
        limits::{LIMITS, Limits},
    },
    binding::{self, BindingId, Carried, PARAMETERS},
    text,
};
use std::borrow::Cow;

/// One format of files that hold a single message.
pub struct Format {
    /// Kebab-case name.
    pub id: &'static str,
    /// Whether `content` is in this format.
    pub recognises: fn(content: &[u8]) -> bool,
    /// The messages in it, at least one.
    pub read: fn(content: &[u8], limits: &Limits) -> Vec<Carried>,
}

/// The formats of a single message, in the order in which they are tried.
pub const FORMATS: [Format; 5] = [
    Format {
        id: "xml",
        recognises: is_xml,
        read: |content, limits| vec![binding::from_octets(content, limits)],
    },
    Format {
        id: "url",
        recognises: is_url,
        read: |content, limits| binding::from_url(&text_of(content), limits),
    },
    Format { id: "form", recognises: is_form, read: read_form },
    Format { id: "base64", recognises: is_base64, read: read_base64 },
    Format {
        id: "body",
        recognises: |content| !binding::from_body(content, &LIMITS).is_empty(),
        read: binding::from_body,
    },
];

/// The format of `content` that holds a single message, if it is known.
pub fn detect(content: &[u8]) -> Option<&'static Format> {
    static ROWS: [Format; FORMATS.len()] = FORMATS;
    let content = content.get(..LIMITS.parameter_bytes).unwrap_or(content);
    ROWS.iter().find(|format| (format.recognises)(content))
}

/// The messages in `content`, which is no recording. If there is none, one that says so with a flaw.
pub fn read(content: &[u8], limits: &Limits) -> Vec<Carried> {
    let carried = detect(content).map(|format| (format.read)(content, limits)).unwrap_or_default();
    if carried.is_empty() { vec![unrecognised(content)] } else { carried }
}

/// The result for something that is none of them.
pub(crate) fn unrecognised(content: &[u8]) -> Carried {
    let whole = Span::new(0, content.len());
    let (code, text) = if content.trim_ascii().is_empty() {
        ("empty", text!("flaw.empty"))
    } else {
        ("not-recognised", text!("flaw.not-recognised"))
    };
    binding::from_octets(content, &LIMITS).unread(Flaw::in_received(code, whole, text))
}

fn is_xml(content: &[u8]) -> bool {
    let utf_16 = [b"\xFF\xFE", b"\xFE\xFF", b"<\0", b"\0<"];
    let content = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
    utf_16.iter().any(|start| content.starts_with(*start)) || content.trim_ascii_start().starts_with(b"<")
}

fn is_url(content: &[u8]) -> bool {
    let text = text_of(content);
    ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme))
        && text.split_once('?').is_some_and(|(_, query)| has_message(query))
}

fn is_form(content: &[u8]) -> bool {
    has_message(form_text(&text_of(content)))
}

/// Base64 comes in long words; prose does not.
fn is_base64(content: &[u8]) -> bool {
    const WORD: usize = 20;
    let digit = |octet: &u8| octet.is_ascii_alphanumeric() || b"+/=-_%".contains(octet);
    let word = content.trim_ascii_start().get(..WORD);
    word.is_some_and(|word| word.iter().all(digit))
}

fn read_form(content: &[u8], limits: &Limits) -> Vec<Carried> {
    let text = text_of(content);
    let form = form_text(&text);
    let redirect = binding::from_query(form, limits);
    // A query and the body of a form look the same; only that of a form is not compressed.
    if redirect.iter().any(|carried| has_flaw(carried, "not-deflated")) {
        // As the receiver gets them: the escapes of a form are no part of a value.
        binding::from_form(&binding::fields_of_body(form), limits)
    } else {
        redirect
    }
}

fn read_base64(content: &[u8], limits: &Limits) -> Vec<Carried> {
    let text = text_of(content);
    let escaped = text.contains('%');
    let post = binding::from_value(BindingId::HttpPost, &text, escaped, limits);
    // What is base64 of something else can have a sign of XML anywhere in it.
    let is_other = |carried: &Carried| {
        let octets = carried.octets();
        let is_xml = octets.is_some_and(|octets| binding::looks_like_xml(octets.expose()));
        let name = carried.message.as_ref().map(|message| message.kind.name());
        name.is_some_and(|name| !is_xml || name.contains(char::REPLACEMENT_CHARACTER))
    };
    if post.as_ref().is_some_and(is_other) {
        return Vec::new();
    }
    match post {
        Some(post) if has_flaw(&post, "deflated") => {
            binding::from_value(BindingId::HttpRedirect, &text, escaped, limits).into_iter().collect()
        }
        post => post.into_iter().collect(),
    }
}

fn has_flaw(carried: &Carried, code: &str) -> bool {
    carried.flaws.iter().any(|flaw| flaw.code == code)
}

fn has_message(query: &str) -> bool {
    query
        .split('&')
        .any(|pair| pair.split_once('=').is_some_and(|(name, _)| PARAMETERS.bearing.contains(&name)))
}

/// Without the `?` that is often copied along.
fn form_text(text: &str) -> &str {
    text.strip_prefix('?').unwrap_or(text)
}

/// The text of `content` without white space around it.
fn text_of(content: &[u8]) -> Cow<'_, str> {
    // One octet more, so that the binding sees that the limit is passed.
    let content = content.get(..=LIMITS.parameter_bytes).unwrap_or(content);
    characters::text_of(content.trim_ascii())
}

#[cfg(test)]
mod tests;
