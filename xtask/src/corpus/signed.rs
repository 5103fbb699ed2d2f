//! The fields of a manifest that speak of signatures.
//!
//! The reference is libxmlsec, and bergshamra as a second opinion. It knows more states than valid, invalid
//! and unverifiable: "unresolvable" is a Reference to nothing in the message, or a key that does not suit,
//! and it does not tell which; both are not valid. "Unknown" and "unsupported" are unverifiable.

use super::fields::Read;
use anyhow::{Context, Result};
use samlight::signature::{GivenKeys, certificates::Certificate};
use serde_json::Value;
use std::path::Path;

/// The certificates that the reference was given beside those in the message: the files that it names.
///
/// # Errors
/// A file that cannot be read, or that holds no certificate.
pub(super) fn given(folder: &Path, expected: &Value) -> Result<GivenKeys> {
    let detached = expected["detached_verified_with"].as_str().map(|key| format!("generated/keys/{key}"));
    let named = listed(expected, "signatures").filter_map(|signature| signature["verified_with"].as_str());
    let named = named.filter(|key| *key != "embedded").map(str::to_owned);
    let certificate = |name: String| {
        let content = std::fs::read(folder.join(&name)).with_context(|| format!("cannot read {name}"))?;
        Certificate::from_file(&content).with_context(|| format!("{name} holds no certificate"))
    };
    Ok(GivenKeys::new(&detached.into_iter().chain(named).map(certificate).collect::<Result<Vec<_>>>()?))
}

/// All in one word: absent, valid (every one is), or what the reference says of those that are not.
pub(super) fn summary(read: &Read<'_>, theirs: &Value) -> Value {
    let signatures = inside(read);
    match theirs.as_str() {
        _ if signatures.is_empty() => "absent".into(),
        _ if signatures.iter().all(is_valid) => "valid".into(),
        Some("absent" | "valid") | None => "not valid".into(),
        Some(_) => theirs.clone(),
    }
}

/// Each signature as the reference lists it, with our own values where `inspect` has them.
pub(super) fn signatures(read: &Read<'_>, theirs: &Value) -> Value {
    let ours = inside(read);
    let theirs = theirs.as_array().map_or(&[][..], Vec::as_slice);
    if ours.len() != theirs.len() {
        return ours.into();
    }
    let certificates = read.list("/certificates");
    ours.iter().zip(theirs).map(|(ours, theirs)| in_their_form(ours, theirs, &certificates)).collect()
}

/// The keys of the manifest and of `inspect` that mean the same.
const SAME: &[(&str, &str)] = &[
    ("ref_uris", "covers"),
    ("sig_alg", "algorithm"),
    ("c14n", "canonicalization"),
    ("digest_alg", "digest"),
];

fn in_their_form(ours: &Value, theirs: &Value, certificates: &[Value]) -> Value {
    let mut form = theirs.clone();
    form["result"] = result(ours, &theirs["result"]);
    for (their_key, our_key) in SAME.iter().filter(|(key, _)| theirs.get(key).is_some()) {
        if !is_same(&ours[our_key], &theirs[their_key]) {
            form[*their_key] = ours[our_key].clone();
        }
    }
    for digest in ["sha1", "sha256"] {
        let is_ours = |written: &&Value| {
            let octets = |value: &Value| value.as_str().unwrap_or_default().replace(':', "").to_lowercase();
            certificates.iter().any(|certificate| octets(&certificate[digest]) == octets(written))
        };
        let key = format!("cert_{digest}");
        if let Some(written) = theirs[&key].as_array() {
            form[&key] = written.iter().filter(is_ours).cloned().collect();
        }
    }
    form
}

/// Whether the two are the same. An absent value is empty in the manifest, and a Reference without a URI
/// stands there as null.
fn is_same(ours: &Value, theirs: &Value) -> bool {
    match theirs {
        Value::Array(list) => {
            list.iter().filter(|value| !value.is_null()).cloned().collect::<Value>() == *ours
        }
        Value::String(text) if text.is_empty() => ours.is_null(),
        theirs => ours == theirs,
    }
}

/// Whether the first assertion is signed; the reference is silent where it found none.
pub(super) fn first_assertion_covered(read: &Read<'_>, theirs: &Value) -> Value {
    let covered = |signature: &Value| signature["first_assertion_covered"] == true;
    if theirs.is_null() { Value::Null } else { read.list("/signatures").iter().any(covered).into() }
}

/// The state of the signature of a redirect.
pub(super) fn detached(read: &Read<'_>, theirs: &Value) -> Value {
    of_query(read).map_or("absent".into(), |ours| result(&ours, theirs))
}

/// The algorithm of the signature of a redirect.
pub(super) fn sig_alg(read: &Read<'_>, _: &Value) -> Value {
    of_query(read).map(|signature| signature["algorithm"].clone()).unwrap_or_default()
}

/// The first XML signature by another reader, which has no answer where it refuses.
pub(super) fn second_opinion(read: &Read<'_>, theirs: &Value) -> Value {
    match theirs.as_str() {
        Some("valid" | "invalid") => {
            if inside(read).first().is_some_and(is_valid) {
                "valid".into()
            } else {
                "invalid".into()
            }
        }
        _ => theirs.clone(),
    }
}

/// Our state in the word of the reference, where it means the same.
fn result(ours: &Value, theirs: &Value) -> Value {
    let state = ours["state"].as_str().unwrap_or_default();
    let means_same = match theirs.as_str().unwrap_or_default() {
        "unresolvable" => state != "valid",
        "unknown" | "unsupported" | "unverifiable: SigAlg missing" => state == "unverifiable",
        theirs => theirs == state,
    };
    if means_same { theirs.clone() } else { format!("{state}: {}", ours["reason"]).into() }
}

fn is_valid(signature: &Value) -> bool {
    signature["state"] == "valid"
}

/// The XML signatures.
fn inside(read: &Read<'_>) -> Vec<Value> {
    read.list("/signatures").into_iter().filter(|signature| signature["on"] != "query").collect()
}

fn of_query(read: &Read<'_>) -> Option<Value> {
    read.list("/signatures").into_iter().find(|signature| signature["on"] == "query")
}

fn listed<'a>(expected: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    expected[field].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_state_is_compared_by_what_the_words_of_the_reference_mean() {
        for (state, theirs, same) in [
            ("valid", "valid", true),
            ("valid", "invalid", false),
            ("valid", "unresolvable", false),
            ("invalid", "unresolvable", true),
            ("unverifiable", "unresolvable", true),
            ("unverifiable", "unsupported", true),
            ("invalid", "unknown", false),
            ("unverifiable", "valid", false),
        ] {
            let read = Read::of(vec![json!({"signatures": [{"on": "Response", "state": state}]})]);
            let theirs = json!([{"result": theirs, "detail": "x"}]);
            assert_eq!(signatures(&read, &theirs) == theirs, same, "{state} {theirs}");
        }
    }

    #[test]
    fn all_signatures_are_summed_up() {
        let read = |states: &[&str]| {
            let signatures: Vec<_> =
                states.iter().map(|state| json!({"on": "other", "state": state})).collect();
            Read::of(vec![json!({ "signatures": signatures })])
        };
        let valid = json!("valid");
        assert_eq!(summary(&read(&[]), &valid), "absent");
        assert_eq!(summary(&read(&["valid", "valid"]), &valid), "valid");
        assert_eq!(summary(&read(&["valid", "invalid"]), &valid), "not valid");
        assert_eq!(summary(&read(&["unverifiable"]), &json!("unknown")), "unknown");
        assert_eq!(summary(&read(&["valid"]), &json!("unknown")), "valid");
    }
}
