//! A corpus: files, and what other software says of their signatures. `cargo xtask corpus` compares both;
//! here its messages are what other tests begin with.

use samlight::base::limits::LIMITS;
use samlight::binding::{Carried, raw_message};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A folder of messages.
pub(crate) struct Corpus {
    folder: PathBuf,
    pub(crate) messages: Vec<Value>,
}

impl Corpus {
    /// The corpus of this repository.
    pub(crate) fn own() -> Self {
        Corpus::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus"))
    }

    /// Every corpus that is there: that of this repository, and the one that the environment names.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let named = std::env::var_os("SAMLIGHT_CORPUS").map(|folder| Corpus::read(folder.into()));
        std::iter::once(Corpus::own()).chain(named)
    }

    fn read(folder: PathBuf) -> Self {
        let manifest = std::fs::read_to_string(folder.join("manifest.jsonl")).unwrap();
        let mut messages: Vec<Value> =
            manifest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        if let Ok(vectors) = std::fs::read_to_string(folder.join("vectors.manifest.json")) {
            messages.extend(serde_json::from_str::<Vec<Value>>(&vectors).unwrap());
        }
        Corpus { folder, messages }
    }

    /// The octets of a file.
    pub(crate) fn content(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(file)).unwrap()
    }

    /// The first message in a file.
    pub(crate) fn carried(&self, message: &Value) -> Option<Carried> {
        raw_message::read(&self.content(message["file"].as_str().unwrap()), &LIMITS).into_iter().next()
    }
}
