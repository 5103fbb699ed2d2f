//! The fields of a manifest and where `samlight inspect --json` has them.
//!
//! Reads nothing itself: each row takes a value out of what `inspect` printed and gives it in the manifest's
//! form.

use super::{acceptance, signed};
use samlight::encryption::PrivateKey;
use serde_json::{Value, json};
use std::path::Path;

/// The answer of `inspect` for one file.
pub(super) struct Read<'a> {
    /// The message that the manifest says is in it, or `capture`.
    pub(super) kind: &'a str,
    /// An object a message, and one for what is wrong with the file itself.
    pub(super) objects: Vec<Value>,
    /// Path of the file in the corpus.
    pub(super) name: &'a str,
    /// The content of the file.
    pub(super) content: &'a [u8],
    /// The folder of the corpus.
    pub(super) folder: &'a Path,
    /// Keys and certificates that are filed with it.
    pub(super) support_files: Vec<&'a str>,
    /// Whether the reference had a key to decrypt with, be it the wrong one.
    pub(super) has_key: bool,
    /// The private keys that the manifest names.
    pub(super) private: &'a [PrivateKey],
    /// The same, read with those.
    pub(super) opened: Vec<Value>,
}

impl Read<'_> {
    /// The output of `inspect` for a Response, and nothing around it.
    #[cfg(test)]
    pub(super) fn of(objects: Vec<Value>) -> Self {
        Read {
            kind: "Response",
            opened: objects.clone(),
            objects,
            name: "",
            content: b"",
            folder: Path::new(""),
            support_files: Vec::new(),
            has_key: false,
            private: &[],
        }
    }

    /// The value at `path` of the message that the manifest speaks of: the first of its kind; of a capture,
    /// the first that has a value there.
    fn at(&self, path: &str) -> Value {
        let of_kind = |object: &&Value| object["message"] == self.kind;
        let has_value = |object: &&Value| object.pointer(path).is_some_and(|value| !value.is_null());
        let object = match self.kind {
            "capture" => self.objects.iter().find(has_value),
            _ => self.objects.iter().find(of_kind).or(self.objects.first()),
        };
        object.and_then(|object| object.pointer(path)).cloned().unwrap_or_default()
    }

    pub(super) fn list(&self, path: &str) -> Vec<Value> {
        self.at(path).as_array().cloned().unwrap_or_default()
    }

    pub(super) fn sp_name_qualifier(&self) -> Option<String> {
        self.at("/subject/sp_name_qualifier").as_str().map(str::to_owned)
    }

    fn has_flaw(&self, code: &str) -> bool {
        self.list("/flaws").iter().any(|flaw| flaw["code"] == code)
    }

    fn names(&self) -> Vec<Value> {
        self.objects.iter().map(|object| object["message"].clone()).filter(|name| !name.is_null()).collect()
    }
}

/// One field.
pub(super) struct Field {
    /// Its name in the manifest.
    pub(super) name: &'static str,
    /// The value that Samlight reads, in the manifest's form. The second argument is what the reference
    /// reads.
    pub(super) ours: fn(&Read<'_>, &Value) -> Value,
}

macro_rules! fields {
    ($($name:literal => $ours:expr,)*) => { &[$(Field { name: $name, ours: $ours },)*] };
}

/// The fields that are compared.
pub(super) const FIELDS: &[Field] = fields! {
    "root" => |read, _| read.at("/message"),
    "id" => |read, _| read.at("/id"),
    "version" => |read, _| read.at("/version"),
    "issue_instant" => |read, _| read.at("/issue_instant"),
    "issuer" => |read, _| read.at("/issuer"),
    "destination" => |read, _| read.at("/destination"),
    "in_response_to" => |read, _| read.at("/in_response_to"),
    "status" => |read, _| read.at("/status/code"),
    "sub_status" => |read, _| read.at("/status/subcode"),
    "status_message" => |read, _| read.at("/status/message"),
    "acs_url" => |read, _| read.at("/request/acs_url"),
    "name_id_policy_format" => |read, _| read.at("/request/name_id_policy_format"),
    "force_authn" => |read, _| read.at("/request/force_authn").as_bool().map_or(Value::Null, |is| is.to_string().into()),
    "entity_id" => |read, _| read.at("/metadata/entity_ids/0"),
    "assertions" => |read, _| read.at("/assertions"),
    "encrypted" => |read, _| read.at("/encrypted"),
    "assertion_id" => |read, _| read.at("/assertion/id"),
    "assertion_issuer" => |read, _| read.at("/assertion/issuer"),
    "name_id" => |read, _| read.at("/subject/name_id"),
    "name_id_format" => |read, _| read.at("/subject/format"),
    "sp_name_qualifier" => |read, _| read.at("/subject/sp_name_qualifier"),
    "encrypted_id" => |read, _| read.at("/subject/encrypted_id"),
    "recipient" => |read, theirs| without_absent(read.at("/subject/recipients"), theirs),
    "subject_in_response_to" => |read, theirs| first_of(read.at("/subject/in_response_to"), theirs),
    "not_before" => |read, _| read.at("/conditions/not_before"),
    "not_on_or_after" => |read, _| read.at("/conditions/not_on_or_after"),
    "audience" => |read, _| read.at("/conditions/audiences"),
    "session_index" => |read, theirs| first_of(read.at("/authn/session_index"), theirs),
    "authn_context" => |read, _| read.at("/authn/context"),
    "attributes_count" => |read, _| read.list("/attributes").len().into(),
    "attributes" => |read, _| read.list("/attributes").iter().map(|a| json!({"name": a["name"], "values": a["values"]})).collect(),
    "doctype" => |read, theirs| said(read.has_flaw("doctype"), theirs),
    "duplicate_ids" => |read, theirs| said(read.has_flaw("duplicate-id"), theirs),
    // A message that the reference refuses must have a flaw. One that it takes can have a flaw as well.
    "error" => |read, theirs| {
        let flawed = read.objects.iter().any(|object| object["flaws"].as_array().is_some_and(|flaws| !flaws.is_empty()));
        said(flawed && is_said(theirs), theirs)
    },
    "signature" => signed::summary,
    "signatures" => signed::signatures,
    "first_assertion_covered" => signed::first_assertion_covered,
    "detached_signature" => signed::detached,
    "sig_alg" => signed::sig_alg,
    "bergshamra_first_signature" => signed::second_opinion,
    "name_id_by_ruby_saml_version" => |read, theirs| {
        let ours = read.at("/name_id_gitlab_reads");
        if theirs["v1.18.1"] == ours { theirs.clone() } else { ours }
    },
    "gitlab_accepts" => acceptance::accepts,
    "gitlab_first_error" => acceptance::first_error,
    "ruby_saml_1_18_1" => acceptance::ruby_saml,
    "schema_errors" => acceptance::schema_errors,
    "decryption" => |read, theirs| decryption(read, theirs),
    "messages" => |read, _| read.names().len().into(),
    "order" => |read, _| read.names().into(),
};

/// Fields of the manifest that are not compared: the keys that the reference was given, and the words of
/// people.
pub(super) const LEFT_OUT: &[&str] = &[
    "assertions_anywhere",
    "comments_in_text",
    "detached_verified_with",
    "encrypted_assertions",
    "encrypted_attributes",
    "key",
    "name_id_has_outer_whitespace",
    "name_id_variants",
    "note",
    "ruby_saml",
    "signed_octets",
    "verdict",
    "well_formed",
    "why",
];

/// Whether the reference says something: a text, or a list that is not empty.
fn is_said(theirs: &Value) -> bool {
    match theirs {
        Value::Null => false,
        Value::Array(list) => !list.is_empty(),
        _ => true,
    }
}

/// A yes or no in the form of what the reference says in words.
fn said(ours: bool, theirs: &Value) -> Value {
    match (ours, is_said(theirs)) {
        (true, true) | (false, false) => theirs.clone(),
        (ours, _) => ours.into(),
    }
}

/// The reference's words on each encrypted part, with what Samlight reads of it in its place. The reference
/// looks at the outermost parts; the NameID in the first is the message's.
fn decryption(read: &Read<'_>, theirs: &Value) -> Value {
    let object = read.opened.first();
    let parts = object.and_then(|object| object["decryption"].as_array()).into_iter().flatten();
    let outermost = parts.take(theirs.as_array().map_or(0, Vec::len));
    let ours = outermost.zip(theirs.as_array().into_iter().flatten()).map(|(part, reference)| {
        let mut ours = reference.clone();
        let or_empty = |value: &Value| if value.is_null() { json!("") } else { value.clone() };
        ours["parent"] = part["in"].clone();
        ours["data_alg"] = or_empty(&part["data_algorithm"]);
        ours["key_alg"] = or_empty(&part["key_algorithm"]);
        ours["decrypted"] = part["decrypted"].clone();
        if reference["plaintext_root"].is_string() {
            ours["plaintext_root"] = part["element"].clone();
        }
        if reference["name_id"].is_string() {
            ours["name_id"] = object.map_or(Value::Null, |object| object["subject"]["name_id"].clone());
        }
        ours
    });
    ours.collect()
}

/// Of a value that the manifest lists wherever it stands, `inspect` prints the first.
fn first_of(ours: Value, theirs: &Value) -> Value {
    match theirs.as_array() {
        Some(list) if list.first().unwrap_or(&Value::Null) == &ours => theirs.clone(),
        _ => ours,
    }
}

/// A confirmation without a Recipient stands as null in the manifest; `inspect` prints those that are there.
fn without_absent(ours: Value, theirs: &Value) -> Value {
    let there = theirs.as_array().into_iter().flatten().filter(|value| !value.is_null());
    if ours == there.cloned().collect::<Value>() { theirs.clone() } else { ours }
}
