//! The canonical forms of messages, as libxml2 2.9.14 writes them.
//!
//! `tests/corpus/c14n.jsonl` holds, for each, the first 16 hexadecimal digits of its SHA-256 digest.

use super::corpus::Corpus;
use samlight::{
    base::limits::LIMITS,
    xml::{
        Document,
        c14n::{Budget, Method, Part, Variant, canonical},
    },
};
use serde_json::Value;
use sha2::{Digest, Sha256};

#[test]
fn canonical_forms_are_those_of_libxml2() {
    let corpus = Corpus::own();
    let forms = String::from_utf8(corpus.content("c14n.jsonl")).unwrap();
    let forms: Vec<Value> = forms.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |form: &Value| digest(&corpus.content(form["file"].as_str().unwrap()), form);
    let differ: Vec<_> =
        forms.iter().filter(|form| form["sha256"].as_str() != Some(of(form).as_str())).collect();
    assert!(differ.is_empty(), "{} of {}: {differ:#?}", differ.len(), forms.len());
    assert!(forms.len() > 600);
}

fn digest(xml: &[u8], form: &Value) -> String {
    let (document, _) = Document::parse(xml, &LIMITS);
    let prefixes = form["prefixes"].as_array().unwrap().iter().map(|prefix| prefix.as_str().unwrap());
    let variant = if form["exclusive"] == true {
        Variant::Exclusive { prefixes: prefixes.map(str::to_owned).collect() }
    } else {
        Variant::Inclusive10
    };
    let is_apex = |local: &str| form["apex"] == local;
    let apex = document.elements().find(|element| is_apex(element.local()));
    let part = Part { document: &document, apex, without: None };
    let method = Method { comments: form["comments"] == true, ..Method::new(variant) };
    let octets = canonical(part, &method, &Budget::new(LIMITS.canonical_steps)).unwrap();
    Sha256::digest(octets).iter().take(8).map(|octet| format!("{octet:02x}")).collect()
}
