//! The corpus that the environment names: every message whose key is filed opens to what the other software
//! found.

use samlight::{
    base::limits::LIMITS,
    binding::raw_message,
    encryption::{self, Manner, PrivateKey},
};
use serde_json::Value;
use std::path::Path;

#[test]
fn all_messages_whose_key_is_filed_open() {
    let Some(folder) = std::env::var_os("SAMLIGHT_CORPUS") else { return };
    let folder = Path::new(&folder);
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    let (mut opened, mut differ) = (0, Vec::new());
    for line in manifest.lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        let expected: Vec<&Value> =
            message["expected"]["decryption"].as_array().into_iter().flatten().collect();
        if expected.is_empty() {
            continue;
        }
        let keys: Vec<PrivateKey> = expected
            .iter()
            .filter_map(|part| part["key"].as_str())
            .map(|key| PrivateKey::from_file(&std::fs::read(folder.join(key)).unwrap()).unwrap())
            .collect();
        let file = message["file"].as_str().unwrap();
        let carried = raw_message::read(&std::fs::read(folder.join(file)).unwrap(), &LIMITS).remove(0);
        let read = encryption::open(carried.document.as_ref().unwrap(), &keys, Manner::Standard);
        for (ours, theirs) in read.parts.iter().zip(&expected) {
            let same = ours.name == theirs["parent"]
                && ours.data_algorithm.as_deref().unwrap_or("") == theirs["data_alg"]
                && ours.key_algorithm.as_deref().unwrap_or("") == theirs["key_alg"]
                && ours.outcome.is_ok() == theirs["decrypted"]
                && ours.outcome.as_deref().ok() == theirs["plaintext_root"].as_str();
            opened += usize::from(ours.outcome.is_ok());
            if !same {
                differ.push(format!("{file}: {ours:?}, expected {theirs}"));
            }
        }
        if read.parts.len() < expected.len() {
            differ.push(format!("{file}: {} parts", read.parts.len()));
        }
        let name_id = expected.first().and_then(|part| part["name_id"].as_str());
        let ours = read.message().and_then(|message| Some(message.name_id()?.value.clone()));
        if name_id.is_some() && ours.as_deref() != name_id {
            differ.push(format!("{file}: NameID {ours:?}, expected {name_id:?}"));
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
    assert!(opened > 40, "{opened}");
}
