//! The language that texts are shown in.
//!
//! A program carries English. Another language is a file beside it (`xtask/src/languages.rs`), which whoever
//! starts the program hands over once, before the first text is shown. A text that the file lacks is English:
//! the command line's have no translation, and tidy checks that all others have one. Leaves out: the choice
//! of the language, which is the browser's (`www/language.js`).

use super::entries;
use serde::Serialize;
use std::sync::OnceLock;

/// Shows texts in the language `name` (a primary subtag of BCP 47) from now on. `texts` are the lines of its
/// file in the order of their keys; none for English. The first call counts.
pub fn speak(name: &str, texts: String) {
    SPOKEN.get_or_init(|| {
        // Both are there as long as the program is.
        let (name, texts): (&'static str, &'static str) = (name.to_owned().leak(), texts.leak());
        Spoken { name, sentences: entries(texts).collect() }
    });
}

/// The name of the language that is spoken, for `lang` in HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Language(&'static str);

impl Language {
    /// A primary subtag of BCP 47.
    pub fn name(self) -> &'static str {
        self.0
    }
}

impl Default for Language {
    fn default() -> Self {
        Language(SPOKEN.get().map_or("en", |spoken| spoken.name))
    }
}

/// The sentence under `key` in the language that is spoken; absent where that is English.
pub(super) fn translated(key: &str) -> Option<&'static str> {
    let sentences = &SPOKEN.get()?.sentences;
    let at = sentences.binary_search_by_key(&key, |(key, _)| key).ok()?;
    sentences.get(at).map(|(_, sentence)| *sentence)
}

struct Spoken {
    name: &'static str,
    sentences: Vec<(&'static str, &'static str)>,
}

static SPOKEN: OnceLock<Spoken> = OnceLock::new();
