//! SCIM (RFC 7643, 7644) as GitLab speaks it: requests to copy, and what their answers mean. Samlight itself never speaks
//! SCIM: its token is never asked for, read or stored.
//!
//! What people have of it (a log, a message, an address) is said in [`Statement`]s.

pub mod endpoint;
pub mod evidence;
pub mod messages;
pub mod requests;

use crate::base::severity::{Sentence, Step};
use serde::Serialize;

/// One thing that a file, a log or a message says of SCIM.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Statement {
    /// What this is about: a request; absent where there is only one thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// What it says.
    pub sentences: Vec<Sentence>,
    /// What to do, the safest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}
