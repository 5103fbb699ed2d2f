//! Conditions (SAML Core 2.5.1) with AudienceRestriction (2.5.1.4) and OneTimeUse (2.5.1.5).
//!
//! Leaves out: ProxyRestriction, conditions of other namespaces.

use super::{
    reading::{Reading, child_texts},
    uri,
};
use crate::xml::Element;

/// When and for whom an assertion is valid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions {
    /// NotBefore, as it is written.
    pub not_before: Option<String>,
    /// NotOnOrAfter, as it is written.
    pub not_on_or_after: Option<String>,
    /// AudienceRestrictions; every one of them has to hold.
    pub audience_restrictions: Vec<AudienceRestriction>,
    /// Whether there is a OneTimeUse.
    pub one_time_use: bool,
}

/// For whom an assertion is valid: any one of its audiences.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudienceRestriction {
    /// Audience values, entityIDs of SPs.
    pub audiences: Vec<String>,
}

impl Conditions {
    /// All audiences, whichever AudienceRestriction they stand in.
    pub fn audiences(&self) -> impl Iterator<Item = &str> {
        self.audience_restrictions.iter().flat_map(|restriction| &restriction.audiences).map(String::as_str)
    }

    pub(super) fn read(conditions: Element<'_>, reading: &mut Reading) -> Self {
        let restrictions = conditions.elements().filter(|e| e.is(uri::ASSERTION, "AudienceRestriction"));
        Conditions {
            not_before: reading.instant(conditions, "NotBefore"),
            not_on_or_after: reading.instant(conditions, "NotOnOrAfter"),
            audience_restrictions: restrictions
                .map(|e| AudienceRestriction { audiences: child_texts(e, uri::ASSERTION, "Audience") })
                .collect(),
            one_time_use: conditions.child(uri::ASSERTION, "OneTimeUse").is_some(),
        }
    }
}
