//! All that reads octets from outside or writes them for others, each with the target of the fuzzer that
//! gives it inputs, and the limit that bounds what it may cost.
//!
//! `cargo xtask tidy` finds what is not here: each file of the folders with readers, and each row of a table
//! that is one line and no file (`file#row`). Limits are in `crate/src/base/limits.rs`.

/// One reader.
pub(crate) struct Covered {
    /// Its file, and the row in it where it is one line of a table.
    pub(crate) reads: &'static str,
    /// The target that gives it octets.
    pub(crate) target: &'static str,
    /// The name of the limit in force.
    pub(crate) limit: &'static str,
}

const fn covered(reads: &'static str, target: &'static str, limit: &'static str) -> Covered {
    Covered { reads, target, limit }
}

/// The readers.
pub(crate) const COVERED: &[Covered] = &[
    covered("crate/src/file/import/trace.rs", "import", "TRACE_LINE_BYTES"),
    covered("crate/src/file/import/har.rs", "import", "FILE_BYTES"),
    covered("crate/src/file/import/saml_tracer.rs", "import", "FILE_BYTES"),
    covered("crate/src/file/import/json.rs", "import", "FILE_BYTES"),
    covered("crate/src/file/foreign.rs", "import", "FILE_BYTES"),
    covered("crate/src/file/packed.rs", "import", "UNPACKED_BYTES"),
    covered("crate/src/file/found/bare.rs", "import", "parameter_bytes"),
    covered("crate/src/file/found/guarded.rs", "import", "parameter_bytes"),
    covered("crate/src/file/found/judged.rs", "import", "parameter_bytes"),
    covered("crate/src/file/found/layers.rs", "import", "parameter_bytes"),
    covered("crate/src/file/found/named.rs", "import", "parameter_bytes"),
    covered("crate/src/file/found/tokens.rs", "import", "parameter_bytes"),
    covered("crate/src/file/export/har.rs", "import", "FILE_BYTES"),
    covered("crate/src/file/export/saml_tracer.rs", "import", "FILE_BYTES"),
    covered("crate/src/file/export/redacted.rs", "trace", "parameter_bytes"),
    covered("crate/src/file/export/redaction.rs", "import", "parameter_bytes"),
    covered("crate/src/file/export/message.rs", "import", "parameter_bytes"),
    covered("crate/src/binding/body.rs", "binding", "parameter_bytes"),
    covered("crate/src/binding/carried.rs", "binding", "flaws"),
    covered("crate/src/binding/http_artifact.rs", "binding", "parameter_bytes"),
    covered("crate/src/binding/http_post.rs", "binding", "parameter_bytes"),
    covered("crate/src/binding/http_post_simple_sign.rs", "binding", "parameter_bytes"),
    covered("crate/src/binding/http_redirect.rs", "binding", "parameter_bytes"),
    covered("crate/src/binding/query.rs", "binding", "MESSAGES_PER_REQUEST"),
    covered("crate/src/binding/soap.rs", "binding", "xml_nodes"),
    covered("crate/src/binding/ws_federation.rs", "binding", "parameter_bytes"),
    covered("crate/src/binding/raw_body.rs", "scanner", "RAW_BODY_BYTES"),
    covered("crate/src/binding/packing.rs#Plain", "binding", "parameter_bytes"),
    covered("crate/src/binding/packing.rs#Deflate", "binding", "inflated_bytes"),
    covered("crate/src/binding/packing.rs#Zlib", "binding", "inflated_bytes"),
    covered("crate/src/binding/packing.rs#Gzip", "binding", "inflated_bytes"),
    covered("crate/src/binding/packing.rs#Base64", "binding", "parameter_bytes"),
    covered("crate/src/binding/packing.rs#References", "binding", "parameter_bytes"),
    covered("crate/src/binding/raw_message.rs#xml", "binding", "parameter_bytes"),
    covered("crate/src/binding/raw_message.rs#url", "binding", "parameter_bytes"),
    covered("crate/src/binding/raw_message.rs#form", "binding", "parameter_bytes"),
    covered("crate/src/binding/raw_message.rs#base64", "binding", "parameter_bytes"),
    covered("crate/src/binding/raw_message.rs#body", "binding", "parameter_bytes"),
    covered("crate/src/encoding/base64.rs", "binding", "parameter_bytes"),
    covered("crate/src/encoding/escape.rs", "binding", "parameter_bytes"),
    covered("crate/src/encoding/inflate.rs", "binding", "inflated_bytes"),
    covered("crate/src/encoding/text.rs", "signature", "FILE_BYTES"),
    covered("crate/src/encoding/written.rs", "binding", "parameter_bytes"),
    covered("crate/src/scim/endpoint.rs", "scim", "FILE_BYTES"),
    covered("crate/src/scim/events.rs", "scim", "FILE_BYTES"),
    covered("crate/src/scim/evidence.rs", "scim", "FILE_BYTES"),
    covered("crate/src/scim/exported.rs", "scim", "FILE_BYTES"),
    covered("crate/src/scim/log.rs", "scim", "FILE_BYTES"),
    covered("crate/src/scim/messages.rs", "scim", "FILE_BYTES"),
    covered("crate/src/scim/record.rs", "scim", "TRACE_LINE_BYTES"),
    covered("crate/src/scim/records.rs", "scim", "TRACE_LINE_BYTES"),
    covered("crate/src/explain/plain.rs", "scim", "FILE_BYTES"),
    covered("crate/src/explain/words.rs", "scim", "FILE_BYTES"),
    covered("crate/src/scim/requests.rs", "scim", "TRACE_LINE_BYTES"),
    covered("crate/src/scim/stored.rs", "scim", "FILE_BYTES"),
    covered("crate/src/idp/entra_schema.rs", "scim", "FILE_BYTES"),
    covered("crate/src/gitlab/pages/account.rs", "page", "PAGE_VALUE_CHARS"),
    covered("crate/src/gitlab/pages/flash.rs", "page", "PAGE_VALUE_CHARS"),
    covered("crate/src/gitlab/pages/group_members.rs", "page", "PAGE_ROWS"),
    covered("crate/src/gitlab/pages/group_saml_settings.rs", "page", "PAGE_MESSAGE_CHARS"),
    covered("crate/src/gitlab/pages/reading.rs", "page", "PAGE_VALUE_CHARS"),
    covered("crate/src/gitlab/pages/sso_landing.rs", "page", "PAGE_VALUE_CHARS"),
    covered("crate/src/gitlab/pages/user_identities.rs", "page", "PAGE_ROWS"),
    covered("crate/src/gitlab/pages/user_link.rs", "page", "PAGE_VALUE_CHARS"),
    covered("extension/background/scanner.js#envelope", "scanner", "RAW_BODY_BYTES"),
    covered("extension/background/scanner.js#multipart", "scanner", "RAW_BODY_BYTES"),
    covered("extension/background/scanner.js#json", "scanner", "RAW_BODY_BYTES"),
    covered("extension/background/scanner.js#text", "scanner", "RAW_BODY_BYTES"),
    covered("extension/background/scanner.js#urlencoded", "scanner", "RAW_BODY_BYTES"),
    covered("crate/src/calls/content_script.rs", "page", "API_ANSWER_BYTES"),
    covered("crate/src/group/answers.rs", "page", "GROUP_BYTES"),
    covered("crate/src/gitlab/api.rs", "page", "API_ANSWER_BYTES"),
    covered("crate/src/event/log.rs", "trace", "TRACE_LINE_BYTES"),
    covered("crate/src/xml/mod.rs", "xml", "xml_nodes"),
    covered("crate/src/xml/c14n/mod.rs", "c14n", "canonical_steps"),
    covered("crate/src/signature/mod.rs", "signature", "signatures"),
    covered("crate/src/signature/certificates.rs", "signature", "flaws"),
    covered("crate/src/encryption/mod.rs", "encryption", "encrypted_parts"),
    covered("crate/src/encryption/key.rs", "encryption", "key_file_bytes"),
];
