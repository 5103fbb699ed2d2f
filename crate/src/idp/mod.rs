//! Identity providers: what their own exports say, in the names of their screens.
//!
//! An export of the settings of a SCIM app is one row of [`EXPORTS`] and one file; those of a SAML app are
//! read by [`app`], and what they write by [`expression`]; a list of people is a [`directory`]. Which
//! provider an address is of, and where its screens have a setting, is in [`vendor`]. Leaves out what
//! administrators do with them ([`crate::scim`], [`crate::group`]).

pub mod app;
pub mod directory;
pub mod entra_schema;
pub mod expression;
pub mod vendor;

use crate::base::{catalogue::Text, severity::Sentence};

/// One export that is read.
pub struct Export {
    /// Kebab-case name; the file's name.
    pub id: &'static str,
    /// The name of its identity provider; people are told that it is read by this name.
    pub called: &'static str,
    /// Whether `content` is one, however damaged.
    pub recognises: fn(content: &str) -> bool,
    /// Says what of `content` is not as GitLab needs it, and what is; or why it cannot be read. `name_id` is
    /// the field of which the SAML app makes the NameID, where it is known.
    pub check: fn(content: &str, name_id: Option<&str>) -> Result<Vec<Sentence>, Text>,
    /// The attributes of users that the app sends, each with what it is made of.
    pub mapped: fn(content: &str) -> Vec<(String, String)>,
}

/// The exports; the first that fits holds.
pub const EXPORTS: &[Export] = &[entra_schema::EXPORT];

/// The export that `content` is.
pub fn export(content: &str) -> Option<&'static Export> {
    EXPORTS.iter().find(|export| (export.recognises)(content))
}

/// The attributes of users that the app sends by the export that `content` is, each with what it is made of.
pub fn mapped(content: &str) -> Vec<(String, String)> {
    export(content).map(|export| (export.mapped)(content)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::EXPORTS;

    #[test]
    fn an_export_is_recognised_by_itself_alone() {
        let schema = "{\"synchronizationRules\": []}";
        let recognising = |content: &str| {
            let fits = EXPORTS.iter().filter(|export| (export.recognises)(content));
            fits.map(|export| export.id).collect::<Vec<_>>()
        };
        assert_eq!(recognising(schema), ["entra-schema"]);
        assert!(recognising("").is_empty() && recognising("{}").is_empty());
    }
}
