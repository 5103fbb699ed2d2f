//! A corpus: files, each with the reading that other software computed.

use samlight::{
    binding::{self, Carried},
    import,
    signature::{self, GivenKeys, Signature, SignedPart, State, certificates::Certificate},
};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A folder of messages.
pub(crate) struct Corpus {
    folder: PathBuf,
    pub(crate) messages: Vec<Value>,
    /// Where the certificates of redirects are.
    keys: PathBuf,
}

impl Corpus {
    /// The samples beside this file.
    pub(crate) fn samples() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/signatures/samples");
        Corpus { messages: messages(&folder), keys: folder.join("keys"), folder }
    }

    /// The corpus that the environment names.
    pub(crate) fn named() -> Option<Self> {
        let folder = PathBuf::from(std::env::var_os("SAMLIGHT_CORPUS")?);
        let vectors = std::fs::read_to_string(folder.join("vectors.manifest.json")).unwrap();
        let mut messages = messages(&folder);
        messages.extend(serde_json::from_str::<Vec<Value>>(&vectors).unwrap());
        Some(Corpus { messages, keys: folder.join("generated/keys"), folder })
    }

    /// Every corpus that is there.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Corpus::samples()).chain(Corpus::named())
    }

    /// What differs from the reading, a line each.
    pub(crate) fn differences(&self) -> Vec<String> {
        self.messages.iter().flat_map(|message| self.differences_of(message)).collect()
    }

    /// The octets of a file.
    pub(crate) fn content(&self, message: &Value) -> Vec<u8> {
        std::fs::read(self.folder.join(message["file"].as_str().unwrap())).unwrap()
    }

    /// The first message in a file.
    pub(crate) fn carried(&self, message: &Value) -> Carried {
        let content = self.content(message);
        if message["encoding"] == "url-query:deflate+base64" {
            let query = String::from_utf8(content).unwrap();
            return binding::from_query(query.trim()).remove(0);
        }
        import::read(&content).remove(0)
    }

    /// Each signature with the result of the other software, in order.
    pub(crate) fn compared(&self, message: &Value) -> Vec<(Signature, String)> {
        let signatures = signature::of_carried(&self.carried(message), &self.given(message));
        let (detached, inside): (Vec<_>, Vec<_>) =
            signatures.into_iter().partition(|signature| signature.on == SignedPart::Query);
        let expected = &message["expected"];
        let listed = expected["signatures"].as_array().into_iter().flatten();
        let results = listed.map(|listed| listed["result"].as_str().unwrap().to_owned());
        let detached_result = expected["detached_signature"].as_str().map(str::to_owned);
        let detached = detached.into_iter().zip(detached_result);
        detached.chain(inside.into_iter().zip(results)).collect()
    }

    fn differences_of(&self, message: &Value) -> Vec<String> {
        let file = message["file"].as_str().unwrap();
        let expected = &message["expected"];
        let compared = self.compared(message);
        let mut differences: Vec<_> = compared
            .iter()
            .filter(|(ours, theirs)| !is_same(ours.state, theirs))
            .map(|(ours, theirs)| format!("{file}: {}, expected {theirs}", shown(ours)))
            .collect();
        let expected_count = expected["signatures"].as_array().map_or(0, Vec::len)
            + usize::from(expected["detached_signature"].as_str().is_some_and(|result| result != "absent"));
        if compared.len() != expected_count {
            differences.push(format!("{file}: {} signatures, expected {expected_count}", compared.len()));
        }
        if let Some(expected) = expected["first_assertion_covered"].as_bool() {
            let covered = compared.iter().any(|(ours, _)| ours.first_assertion_covered == Some(true));
            if covered != expected {
                differences.push(format!("{file}: first assertion covered {covered}, expected {expected}"));
            }
        }
        differences
    }

    /// The certificates that the other software was given: for redirects all test keys, else the one it named.
    fn given(&self, message: &Value) -> GivenKeys {
        let expected = &message["expected"];
        let of_redirect = expected["detached_signature"].as_str().map(|_| {
            let entries = std::fs::read_dir(&self.keys).unwrap().map(|entry| entry.unwrap().path());
            entries.filter(|path| path.extension().is_some_and(|extension| extension == "crt")).collect()
        });
        let named = expected["signatures"].as_array().into_iter().flatten();
        let named = named.filter_map(|signature| signature["verified_with"].as_str());
        let named = named.filter(|key| *key != "embedded").map(|key| self.folder.join(key));
        let files: Vec<PathBuf> = of_redirect.unwrap_or_else(|| named.collect());
        let certificates: Vec<_> =
            files.iter().map(|file| Certificate::from_file(&std::fs::read(file).unwrap()).unwrap()).collect();
        GivenKeys::new(&certificates)
    }
}

fn messages(folder: &Path) -> Vec<Value> {
    let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
    manifest.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn shown(signature: &Signature) -> String {
    let codes: Vec<_> = signature.reasons.iter().map(|reason| reason.code()).collect();
    format!("{:?} ({})", signature.state, codes.join(", "))
}

/// Whether a state is what the other software found. "Unresolvable" is a Reference to nothing in the message, or a
/// key that does not suit: which of both it is, it does not tell.
fn is_same(ours: State, theirs: &str) -> bool {
    match theirs {
        "valid" => ours == State::Valid,
        "invalid" => ours == State::Invalid,
        "unresolvable" => ours != State::Valid,
        "unknown" | "unsupported" | "unverifiable: SigAlg missing" => ours == State::Unverifiable,
        other => panic!("unknown result {other}"),
    }
}
