//! Signatures against messages whose expected reading was computed with other software.
//!
//! The samples beside this file are always run: `samples/openssl` was signed with OpenSSL (by templates whose text is
//! canonical already), the others have the reading of libxmlsec. With `SAMLIGHT_CORPUS` naming a folder with
//! `manifest.jsonl` and `vectors.manifest.json`, all messages that these list are run too. What differs from the reading
//! stands in `differences.md` with its reason, and nowhere else.

#![allow(clippy::unwrap_used, clippy::panic)] // a test stops where it fails, the functions that it shares too

mod c14n;
mod corpus;
mod mutation;
mod reasons;

use corpus::Corpus;
use samlight::signature::State;

/// What may differ, from `differences.md`: the difference and why.
fn explained() -> Vec<(&'static str, &'static str)> {
    let rows = include_str!("differences.md").lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split(" | ");
        let difference = cells.next().unwrap().trim().trim_matches('`');
        (difference, cells.next().unwrap().trim())
    })
    .collect()
}

#[test]
fn the_samples_are_read_as_other_software_reads_them() {
    let samples = Corpus::samples();
    assert_eq!(samples.differences(), Vec::<String>::new());
    assert!(samples.messages.len() > 60);
}

#[test]
fn a_given_corpus_is_read_as_libxmlsec_reads_it() {
    let Some(corpus) = Corpus::named() else { return };
    let differences = corpus.differences();
    let explained = explained();
    let unexplained: Vec<_> =
        differences.iter().filter(|found| !explained.iter().any(|(known, _)| known == found)).collect();
    assert!(unexplained.is_empty(), "{unexplained:#?}");
    let gone: Vec<_> =
        explained.iter().filter(|(known, _)| !differences.iter().any(|found| found == known)).collect();
    assert!(gone.is_empty(), "no longer different: {gone:#?}");
}

/// A second opinion: bergshamra 0.11.0, another implementation in Rust, whose answer for the first XML signature of a
/// message is recorded beside that of libxmlsec. Where it refuses (an ID that stands twice, a key longer than it takes)
/// there is no answer.
#[test]
fn a_second_oracle_agrees_wherever_it_answers() {
    for corpus in Corpus::all() {
        let (mut agreed, mut differ) = (0, Vec::new());
        for message in &corpus.messages {
            let second = message["expected"]["bergshamra_first_signature"].as_str().unwrap_or("");
            if !["valid", "invalid"].contains(&second) {
                continue;
            }
            let ours = corpus.compared(message).into_iter().map(|(ours, _)| ours);
            let first = ours.into_iter().find(|signature| signature.span.is_some()).unwrap();
            if (first.state == State::Valid) == (second == "valid") {
                agreed += 1;
            } else {
                differ.push(format!("{}: {first:?}, expected {second}", message["file"]));
            }
        }
        assert!(differ.is_empty(), "{differ:#?}");
        assert!(agreed > 40, "{agreed}");
    }
}

#[test]
fn nothing_that_was_found_invalid_is_valid() {
    for corpus in Corpus::all() {
        for message in &corpus.messages {
            let wrongly = corpus
                .compared(message)
                .into_iter()
                .find(|(ours, theirs)| theirs == "invalid" && ours.state == State::Valid);
            assert_eq!(wrongly, None, "{}", message["file"]);
        }
    }
}
