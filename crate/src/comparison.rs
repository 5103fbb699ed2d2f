//! Verdicts of a comparison.

use serde::{Deserialize, Serialize};

/// How two identifiers relate, by the rule of whoever compares them at GitLab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Equal, byte for byte.
    Exact,
    /// Differ in upper and lower case only.
    CaseOnly,
    /// Differ in white space only.
    WhitespaceOnly,
    /// Differ in Unicode form, invisible characters or percent-encoding only.
    UnicodeOnly,
    /// Two different values.
    Different,
    /// GitLab has no value stored.
    NotStored,
    /// The message carries no NameID.
    NoNameId,
    /// The NameID is transient.
    Transient,
    /// The value is stored for another user.
    StoredForOtherUser,
    /// The stored value was not seen.
    Unknown,
}
