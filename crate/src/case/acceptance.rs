//! [`Acceptance`]: what GitLab makes of a Response, as plain data, check by check in GitLab's order.
//!
//! Leaves out: the checks themselves; they are `acceptance`, the room.

use crate::{base::catalogue::Text, gitlab::outcome::Outcome, text};
use serde::{Deserialize, Serialize};

/// What GitLab makes of a Response.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    /// Whether it lets the person in; absent where that depends on what was not seen. A Response that passes
    /// all checks is accepted, unless what GitLab has stored is known to stand against it.
    pub accepted: Option<bool>,
    /// What it depends on besides.
    pub depends_on: Vec<Text>,
    /// What it says when it refuses; absent where an earlier check may refuse with other words.
    pub message: Option<Said>,
    /// The id of the check that refuses.
    pub step: Option<&'static str>,
    /// All checks in GitLab's order.
    pub checks: Vec<Checked>,
    /// The NameID that GitLab reads.
    pub name_id: Option<String>,
    /// What GitLab does with the account, where that is known.
    pub outcome: Option<Outcome>,
    /// Whether all checks of ruby-saml passed.
    pub is_valid: Option<bool>,
}

/// One check and how it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Kebab-case name; the settings leave it out by this name.
    pub id: &'static str,
    /// How it went.
    pub state: CheckState,
    /// What is checked.
    pub title: Text,
    /// Why it failed or was skipped.
    pub text: Option<Text>,
    /// What GitLab says when this check refuses.
    pub said: Option<Said>,
    /// What ruby-saml lists when it collects all errors, as for "Verify SAML Configuration".
    pub errors: Vec<String>,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// GitLab goes on.
    Passed,
    /// GitLab refuses.
    Failed,
    /// It is not known, or the settings leave it out.
    Skipped,
}

/// Words of GitLab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// As ruby-saml or GitLab writes them.
    pub text: String,
    /// Whether they are the whole message; a message of libxml2 has more around them.
    pub is_whole: bool,
}

impl Acceptance {
    /// The errors that ruby-saml lists when it collects them all.
    pub fn errors(&self) -> impl Iterator<Item = &str> {
        self.checks.iter().flat_map(|checked| &checked.errors).map(String::as_str)
    }
}

impl Checked {
    /// How it went, in one text.
    pub fn sentence(&self) -> Text {
        match (&self.said, &self.text) {
            (Some(said), Some(text)) => text!("accept.says-because", said = said.text, why = text),
            (Some(said), None) => text!("accept.says", said = said.text),
            (None, Some(text)) => text.clone(),
            (None, None) => self.title.clone(),
        }
    }
}
