//! The weight of something bad, a sentence with that weight, and a step of what to do: what diagnoses,
//! checks, notes and views all speak in. Leaves out: how any of it looks.

use super::catalogue::Text;
use crate::text;
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// The thing to do, in one sentence or two.
    pub text: String,
    /// Public documentation that says more: `https://docs.gitlab.com/…`.
    pub link: Option<String>,
    /// The one who takes it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Actor>,
}

/// The one who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// Whoever signs in.
    You,
    /// An owner of the group.
    GroupOwner,
    /// The administrator of the identity provider.
    IdentityProvider,
    /// An administrator of this GitLab.
    GitlabAdministrator,
}

impl Actor {
    /// In words.
    pub fn text(self) -> Text {
        match self {
            Actor::You => text!("actor.you"),
            Actor::GroupOwner => text!("actor.group-owner"),
            Actor::IdentityProvider => text!("actor.identity-provider"),
            Actor::GitlabAdministrator => text!("actor.gitlab-administrator"),
        }
    }
}
