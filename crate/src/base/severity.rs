//! The weight of something bad, a sentence with that weight, and a step of what to do: what diagnoses,
//! checks, notes and views all speak in. Leaves out: how any of it looks.

use serde::{Deserialize, Serialize};

/// The weight of something bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing is known to be wrong, or nothing is known yet.
    #[default]
    Neutral,
    /// It works.
    Good,
    /// Worth knowing.
    Info,
    /// It will break or is risky.
    Warning,
    /// The sign-in fails or goes to the wrong account.
    Error,
}

/// A sentence with its weight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sentence {
    /// Its weight.
    pub severity: Severity,
    /// The sentence.
    pub text: String,
}

/// One step of what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The thing to do, in one sentence or two.
    pub text: String,
    /// Public documentation that says more: `https://docs.gitlab.com/…`.
    pub link: Option<String>,
}
