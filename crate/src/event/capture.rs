//! The part of what the browser sees that it may keep: the one table that JavaScript applies before Wasm is
//! loaded.
//!
//! `capture.js` applies it synchronously in each listener; nothing outside it is ever stored, not for a
//! moment. The table is written by the build from this file. It names form fields, addresses by how their
//! paths end, and headers. Any page can make the browser send megabytes to any address, so that nothing here
//! is a pattern that could make a search go back: what is looked for are words.

use crate::{
    base::limits,
    binding::{
        self,
        raw_body::{self, EnvelopeNames},
    },
};
use serde::Serialize;

/// The table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CaptureTable {
    /// The kinds of requests that the browser shows to us at all.
    pub types: &'static [&'static str],
    /// A request is kept, and so is a response, when one of these fields is in its query, its form or its
    /// bytes …
    pub carrying_fields: &'static [&'static str],
    /// … or GitLab receives SAML there.
    pub receiving: &'static [Receiving],
    /// The form fields whose values are kept of a request that is kept.
    pub fields: Vec<&'static str>,
    /// The parts that are kept of an envelope with a message in it.
    pub envelope: EnvelopeNames,
    /// Bytes of such a body that are looked through.
    pub raw_bytes: usize,
    /// Characters of all fields of a request that are kept.
    pub field_chars: usize,
    /// Values of one field of a request that are kept.
    pub values_of_field: usize,
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
    /// Stands in the path. The first place counts.
    pub under: &'static str,
    /// A class of characters, as an expression: what stands between `under` and the end.
    pub between: &'static str,
    /// The ends that the path can have.
    pub ends: &'static [&'static str],
}

/// The table in force.
pub fn table() -> serde_json::Value {
    let fields: Vec<_> =
        binding::PARAMETERS.bearing.iter().chain(&binding::PARAMETERS.companions).copied().collect();
    let table = CaptureTable {
        types: &["main_frame", "sub_frame", "xmlhttprequest"],
        receiving: &[
            // Group SAML: `ee/lib/ee/gitlab/path_regex.rb`.
            Receiving { method: "POST", under: "/groups/", between: "^[^]+$", ends: &["/-/saml/callback"] },
            // Instance SAML under its usual names. Other providers (OAuth) post their codes to such
            // addresses, so any other name must be told by a SAML field in the form.
            Receiving {
                method: "POST",
                under: "/users/auth/saml",
                between: "^[A-Za-z0-9_-]*$",
                ends: &["/callback", "/slo", "/spslo"],
            },
        ],
        carrying_fields: &binding::PARAMETERS.bearing,
        fields,
        envelope: raw_body::envelope_names(),
        raw_bytes: limits::RAW_BODY_BYTES,
        field_chars: limits::FIELD_CHARS,
        values_of_field: limits::VALUES_OF_FIELD,
        request_headers: &["origin"],
        response_headers: &["location", "date", "content-type"],
    };
    serde_json::to_value(table).unwrap_or_default()
}
