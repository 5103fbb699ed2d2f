//! The rules of the versions of ruby-saml that Samlight knows, and every difference between them.
//!
//! GitLab has 1.18.1. Debian 12, whose packages the differential test drives, has 1.13.0 with the fix for
//! CVE-2024-45409. Executed, not only read: each difference below shows in the corpus or in that test.

/// The rules by which one version of ruby-saml decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Its number, as in the settings.
    pub version: &'static str,
    /// Whether only what the signature covers is read: the canonical form of the first element that has the
    /// ID of the first Reference. Older versions look for an assertion with that ID, or in a Response with
    /// it, in what was received.
    pub reads_signed_part: bool,
    /// Whether a document type declaration is refused as such. Older versions leave it to the schema.
    pub refuses_doctype: bool,
    /// Whether another version of XML than 1.0 is refused, of which libxml2 warns.
    pub refuses_other_xml: bool,
    /// Whether UTF-16 is refused.
    pub refuses_utf_16: bool,
    /// Whether two elements with the signed ID are a digest mismatch of their own.
    pub names_duplicated_id: bool,
    /// The answer to an SPNameQualifier of somebody else.
    pub sp_name_qualifier: &'static str,
    /// Whether a message is refused for its size after decompression, too, and where it is no base64.
    pub limits_each_size: bool,
}

/// The versions, GitLab's first.
pub const ALL: [Rules; 2] = [
    Rules {
        version: "1.18.1",
        reads_signed_part: true,
        refuses_doctype: true,
        refuses_other_xml: true,
        refuses_utf_16: true,
        names_duplicated_id: false,
        sp_name_qualifier: "SPNameQualifier value does not match the SP entityID value.",
        limits_each_size: true,
    },
    Rules {
        version: "1.13.0",
        reads_signed_part: false,
        refuses_doctype: false,
        refuses_other_xml: false,
        refuses_utf_16: false,
        names_duplicated_id: true,
        sp_name_qualifier: "The SPNameQualifier value mistmatch the SP entityID value.",
        limits_each_size: false,
    },
];

impl Rules {
    /// The rules of this version; GitLab's where none is named.
    pub fn of(version: Option<&str>) -> Option<&'static Rules> {
        let [gitlab, ..] = &ALL;
        version.map_or(Some(gitlab), |version| ALL.iter().find(|rules| rules.version == version))
    }
}
