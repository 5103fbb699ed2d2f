//! The attributes of one person as the SCIM app should send them, beside those that arrived.
//!
//! Rows R53 to R56 and R78 to R80: the schema of the app says of which field each attribute is made, the
//! app's own log which value it sent, and GitLab's log which value arrived. Leaves out: the values of the
//! fields, which only the directory has.

use super::{
    Placed, Source, What,
    conclusions::{Known, sentence},
};
use crate::{base::severity::Severity, scim::Statement, text};
use std::collections::BTreeMap;

/// The attributes that GitLab reads (gitlab-facts 3.7).
const READ: [&str; 7] = [
    "externalId",
    "userName",
    "emails[type eq \"work\"].value",
    "name.formatted",
    "name.givenName",
    "name.familyName",
    "displayName",
];

/// The value of an attribute, with the record that has it.
type Values<'a> = BTreeMap<&'a str, (&'a str, &'a Placed)>;

/// Each attribute: what is expected, sent and received.
pub(super) fn compared(known: &Known<'_>) -> Vec<Statement> {
    let (received, sent) = (values(known, Source::GitlabLog), values(known, Source::Entra));
    let has_user = received.contains_key("externalId") || received.contains_key("userName");
    let mut sentences = Vec::new();
    for (target, source) in known.mapped.iter().filter(|(target, _)| READ.contains(&target.as_str())) {
        let text = match received.get(target.as_str()) {
            Some((value, by)) => {
                let place = known.place(by);
                text!("story.mapped", attribute = target, source = source, value = value, place = place)
            }
            None if has_user => {
                sentences.push(sentence(
                    Severity::Warning,
                    &text!("story.not-arrived", attribute = target, source = source),
                ));
                continue;
            }
            None => continue,
        };
        sentences.push(sentence(Severity::Neutral, &text));
    }
    for (name, (value, by)) in &sent {
        let Some((arrived, at)) = received.get(name).filter(|(arrived, _)| arrived != value) else {
            continue;
        };
        let (by, at) = (known.place(by), known.place(at));
        let text =
            text!("story.other-value", attribute = name, sent = value, by = by, value = arrived, at = at);
        sentences.push(sentence(Severity::Error, &text));
    }
    let is_mapped = |name: &str| known.mapped.iter().any(|(target, _)| target == name);
    if !known.mapped.is_empty() {
        for (name, (value, _)) in received.iter().filter(|(name, _)| !is_mapped(name)) {
            let text = text!("story.not-mapped", attribute = name, value = value);
            sentences.push(sentence(Severity::Info, &text));
        }
    }
    let statement =
        Statement { heading: Some(text!("story.expected").to_string()), sentences, ..Statement::default() };
    (!statement.sentences.is_empty()).then_some(statement).into_iter().collect()
}

/// The newest value of each attribute of a user that `source` tells.
fn values<'a>(known: &Known<'a>, source: Source) -> Values<'a> {
    let mut all = Values::new();
    for placed in known.records.iter().filter(|it| it.record.source == source) {
        // What is looked for is no value of a user, and the identifier in an address is none that was sent.
        if placed.record.what == What::LookedUp {
            continue;
        }
        for it in placed.record.values.iter().filter(|it| it.name != "id") {
            all.insert(&it.name, (&it.value, placed));
        }
    }
    all
}
