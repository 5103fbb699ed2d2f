//! [`Acceptance`]: what GitLab makes of a Response, as plain data, check by check in GitLab's order.
//!
//! Leaves out: the checks themselves; they are `acceptance`, the room.

use crate::{
    base::catalogue::{Text, stop},
    gitlab::outcome::Outcome,
    text,
};
use serde::{Deserialize, Serialize};

/// GitLab's verdict on a Response.
#[derive(Clone, Debug, PartialEq)]
pub struct Acceptance {
    /// Whether it lets the person in; absent where that depends on what was not seen. A Response that passes
    /// all checks is accepted, unless what GitLab has stored is known to stand against it.
    pub accepted: Option<bool>,
    /// The other things that it depends on.
    pub depends_on: Vec<Text>,
    /// GitLab's words when it refuses; absent where an earlier check may refuse with other words.
    pub message: Option<Said>,
    /// The id of the check that refuses.
    pub step: Option<&'static str>,
    /// All checks in GitLab's order.
    pub checks: Vec<Checked>,
    /// The NameID that GitLab reads.
    pub name_id: Option<String>,
    /// The name that GitLab looks for: the NameID, or the attribute that its settings put in the place of it.
    pub uid: Option<String>,
    /// The attributes that GitLab reads, with their values; of an empty value the text, of none nothing.
    pub attributes: Vec<(String, Vec<Option<String>>)>,
    /// The outcome for the account, where that is known.
    pub outcome: Option<Outcome>,
    /// Whether all checks of ruby-saml passed.
    pub is_valid: Option<bool>,
    /// The version of ruby-saml whose rules these are.
    pub rules: &'static str,
}

/// The thing that a verdict on a sign-in rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// GitLab's answer was seen, in this browser or in the file that was given.
    Outcome,
    /// GitLab's checks, as Samlight runs them.
    Checks,
}

/// One check and how it went.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Kebab-case name; the settings leave it out by this name.
    pub id: &'static str,
    /// The result of the check.
    pub state: CheckState,
    /// The thing that is checked.
    pub title: Text,
    /// The reason why it failed or was skipped.
    pub text: Option<Text>,
    /// GitLab's words when this check refuses.
    pub said: Option<Said>,
    /// The errors that ruby-saml lists when it collects them all, as for "Verify SAML Configuration".
    pub errors: Vec<String>,
}

/// The result of a check.
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
    /// The result of the check, in one text.
    pub fn sentence(&self) -> Text {
        match (&self.said, &self.text) {
            (Some(said), Some(text)) => text!("accept.says-because", said = said.text, why = text),
            (Some(said), None) => text!("accept.says", said = said.text, stop = stop(&said.text)),
            (None, Some(text)) => text.clone(),
            (None, None) => self.title.clone(),
        }
    }
}
