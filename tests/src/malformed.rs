//! The malformed forms of a message: one file each in `tests/malformed`, with what was sent and the reading
//! that is expected. The files are written by the test target `malformed`, whose table says what each form
//! is; a scenario in a browser sends the same ones.

use anyhow::{Context, Result};
use samlight::{
    base::limits::LIMITS,
    base::{flaw::Octets, redact::Secret},
    binding::{self, Carried},
};
use serde::{Deserialize, Serialize};
use std::{fs, path::PathBuf};

/// One form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Malformed {
    /// Kebab-case name, that of the file too.
    pub form: String,
    /// The part that is malformed, or looks so, in words for people.
    pub what: String,
    /// The input that is sent.
    pub sent: Sent,
    /// The readings that are expected, a row for every message.
    pub expected: Vec<Reading>,
}

/// The input that is sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sent {
    /// A query, as it stands in the address behind the `?`.
    Query(Vec<Part>),
    /// The fields of a form that the browser posts (it escapes them), in their order.
    Form(Vec<(String, Vec<Part>)>),
    /// A body that a script posts.
    Body {
        /// Content-Type.
        content_type: String,
        /// The body itself.
        body: Vec<Part>,
    },
}

/// A part of what is sent: large ones are told, not written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// As it is.
    Text(String),
    /// `repeat`, as many `times`.
    Repeated {
        /// The text that is repeated.
        repeat: String,
        /// The number of times.
        times: usize,
    },
}

/// The reading of one message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// The parameter that held it.
    pub parameter: String,
    /// The binding.
    pub binding: String,
    /// The message's name; absent where nothing could be read.
    pub message: Option<String>,
    /// The NameID.
    pub name_id: Option<String>,
    /// The flaws: code, which octets (`received` or `xml`), the first byte.
    pub flaws: Vec<(String, Octets, usize)>,
}

/// The folder of the files.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("malformed")
}

/// All forms, by name.
///
/// # Errors
/// When a file cannot be read or is not a case.
pub fn cases() -> Result<Vec<Malformed>> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder()).context("the folder of the malformed forms")? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let case: Malformed = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
            cases.push(case);
        }
    }
    cases.sort_by(|a: &Malformed, b| a.form.cmp(&b.form));
    Ok(cases)
}

/// The whole of `parts`.
pub fn whole(parts: &[Part]) -> String {
    let text = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Repeated { repeat, times } => repeat.repeat(*times),
    };
    parts.iter().map(text).collect()
}

impl Malformed {
    /// The messages as the core reads them where a browser shows what was sent.
    pub fn carried(&self) -> Vec<Carried> {
        match &self.sent {
            Sent::Query(query) => binding::from_url(
                &format!("https://gitlab.example.com/groups/acme/-/saml/callback?{}", whole(query)),
                &LIMITS,
            ),
            Sent::Form(fields) => {
                let field = |(name, value): &(String, Vec<Part>)| (name.clone(), Secret::new(whole(value)));
                binding::from_form(&fields.iter().map(field).collect::<Vec<_>>(), &LIMITS)
            }
            Sent::Body { body, .. } => binding::from_body(whole(body).as_bytes(), &LIMITS),
        }
    }
}

impl Reading {
    /// The reading of `carried`; flaws by their place.
    pub fn of(carried: &Carried) -> Self {
        let place = |flaw: &samlight::base::flaw::Flaw| flaw.at.map_or(0, |at| at.start);
        let mut reading = Reading {
            parameter: carried.parameter.clone(),
            binding: carried.binding.to_string(),
            message: carried.message.as_ref().map(|message| message.kind.name().to_owned()),
            name_id: carried.message.as_ref().and_then(|m| m.name_id()).map(|name_id| name_id.value.clone()),
            flaws: carried
                .flaws
                .iter()
                .map(|flaw| (flaw.code.to_owned(), flaw.octets, place(flaw)))
                .collect(),
        };
        reading.sort();
        reading
    }

    /// Puts the flaws in the order of their places.
    pub fn sort(&mut self) {
        self.flaws.sort_by_key(|(code, octets, start)| (*octets == Octets::Xml, *start, code.clone()));
    }
}
