//! The part of what the browser sees that it may keep: the one table that JavaScript applies before Wasm is
//! loaded.
//!
//! `capture.js` applies it synchronously in each listener; nothing outside it is ever stored, not for a
//! moment. The table is written by the build from this file. It names addresses by regular expressions that
//! JavaScript and this file's tests read alike, the form fields, and the headers.

use crate::{
    base::limits,
    binding::{
        self,
        raw_body::{self, Form},
    },
};
use serde::Serialize;

/// The table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureTable {
    /// The kinds of requests that the browser shows to us at all.
    pub types: &'static [&'static str],
    /// A request or response is kept when its address matches one of these: a SAML parameter in the query …
    pub carrying: Vec<String>,
    /// … or GitLab's own assertion consumer services, by method and address.
    pub receiving: &'static [Receiving],
    /// A request is kept, too, when its form or its bytes have one of these fields.
    pub carrying_fields: &'static [&'static str],
    /// The form fields whose values are kept of a request that is kept.
    pub fields: Vec<&'static str>,
    /// The forms in which such fields stand in a body that the browser gives as bytes.
    pub raw: Vec<Form>,
    /// Bytes of such a body that are looked through.
    pub raw_bytes: usize,
    /// Characters of all fields of a request that are kept.
    pub field_chars: usize,
    /// The part of an address that is kept of a redirect that carries no SAML: all but query and fragment.
    pub place: &'static str,
    /// Headers of a request that are kept, lower case.
    pub request_headers: &'static [&'static str],
    /// Headers of a response that are kept, lower case.
    pub response_headers: &'static [&'static str],
}

/// Requests that GitLab receives SAML with, whatever they carry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Receiving {
    /// The method.
    pub method: &'static str,
    /// A regular expression for the address.
    pub address: &'static str,
}

/// The table in force.
pub fn table() -> serde_json::Value {
    let fields: Vec<_> =
        binding::PARAMETERS.bearing.iter().chain(&binding::PARAMETERS.companions).copied().collect();
    let table = CaptureTable {
        types: &["main_frame", "sub_frame", "xmlhttprequest"],
        carrying: vec![format!("^https?://[^?#]*\\?([^#]*&)?({})=", binding::PARAMETERS.bearing.join("|"))],
        receiving: &[
            // Group SAML: `ee/lib/ee/gitlab/path_regex.rb`.
            Receiving { method: "POST", address: "^https?://[^?#]*/groups/[^?#]+/-/saml/callback([?#]|$)" },
            // Instance SAML under its usual names. Other providers (OAuth) post their codes to such
            // addresses, so any other name must be told by a SAML field in the form.
            Receiving {
                method: "POST",
                address: "^https?://[^?#]*/users/auth/saml[A-Za-z0-9_-]*/(callback|slo|spslo)([?#]|$)",
            },
        ],
        carrying_fields: &binding::PARAMETERS.bearing,
        raw: raw_body::forms(&fields),
        fields,
        raw_bytes: limits::RAW_BODY_BYTES,
        field_chars: limits::FIELD_CHARS,
        place: "^[^?#]*",
        request_headers: &["origin"],
        response_headers: &["location", "date", "content-type"],
    };
    serde_json::to_value(table).unwrap_or_default()
}
