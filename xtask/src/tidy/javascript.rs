//! JavaScript carries, Rust understands: the words that our JavaScript may not hold outside comments.

use super::source::{Language, line_of, without_comments};
use super::{File, Finding, Tree};

/// The words that are forbidden, by reason. Each is looked for as it is written.
const FORBIDDEN: &[(&str, &[&str])] = &[
    ("decoding is done in Rust", &["atob(", "DOMParser", "DecompressionStream"]),
    ("addresses are read in Rust", &["new URL(", "URLSearchParams"]),
    ("SAML is known in Rust alone", &["SAMLRequest", "SAMLResponse", "urn:oasis"]),
    ("no element is built from text", &["innerHTML", "outerHTML", "insertAdjacentHTML"]),
    ("no text is run as code", &["eval("]),
];

/// Words of the field, in any case; our own name is not one of them.
const FIELD: &[&str] = &["gitlab", "saml"];
const OUR_NAME: &str = "samlight";

/// Our JavaScript holds none of the forbidden words.
pub(super) fn words(tree: &Tree) -> Vec<Finding> {
    let ours = tree.with_extension("js");
    ours.filter(|file| file.path.starts_with("extension/") || file.is_in("www")).flat_map(in_file).collect()
}

fn in_file(file: &File) -> Vec<Finding> {
    let code = without_comments(&file.text, Language::JavaScript);
    let mut findings = Vec::new();
    for (why, words) in FORBIDDEN {
        for (word, at) in
            words.iter().flat_map(|word| code.match_indices(word).map(move |(at, _)| (word, at)))
        {
            findings.push(Finding::new(&file.path, line_of(&code, at), format!("`{word}`: {why}")));
        }
    }
    // Blanks of the same length, so that places stay the same.
    let lower = code.to_ascii_lowercase().replace(OUR_NAME, &" ".repeat(OUR_NAME.len()));
    for word in FIELD {
        for (at, _) in lower.match_indices(word) {
            let text = format!("`{word}`: JavaScript knows no such word; ask the core");
            findings.push(Finding::new(&file.path, line_of(&lower, at), text));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        words(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn every_forbidden_word_is_found_in_code() {
        for word in FORBIDDEN.iter().flat_map(|(_, words)| *words) {
            let text = format!("/** Head. */\nx = {word}");
            assert!(lines("extension/a.js", &text).contains(&2), "{word}");
        }
        for word in ["gitlab", "GitLab", "saml", "isSaml"] {
            assert_eq!(lines("extension/deep/er/a.js", &format!("/** Head. */\n{word}()")), [2], "{word}");
            assert_eq!(lines("www/a.js", &format!("x = '{word}'")), [1], "{word}");
        }
    }

    #[test]
    fn comments_and_our_own_name_are_free() {
        let text = "/** GitLab, SAML, innerHTML. */\nimport '../wasm/samlight.js'; // saml";
        assert!(lines("extension/a.js", text).is_empty());
        assert!(lines("tests/pages/members.js", "gitlab()").is_empty());
    }
}
