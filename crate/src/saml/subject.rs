//! Subject (SAML Core 2.4.1) with SubjectConfirmation (2.4.1.1, 2.4.1.2).
//!
//! Leaves out: BaseID, KeyInfoConfirmationDataType.

use super::{
    NameId,
    reading::{Reading, attribute},
    uri,
};
use crate::xml::Element;

/// Whom an assertion or a request speaks of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    /// NameID: the first, should there be several.
    pub name_id: Option<NameId>,
    /// Whether there is an EncryptedID.
    pub encrypted_id: bool,
    /// SubjectConfirmations in their order.
    pub confirmations: Vec<SubjectConfirmation>,
}

/// The way to tell that who brings the assertion is its subject.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct SubjectConfirmation {
    pub method: Option<String>,
    /// Recipient: the URL that it may be sent to.
    pub recipient: Option<String>,
    /// InResponseTo: the ID of the request that it answers.
    pub in_response_to: Option<String>,
    /// NotBefore, as it is written.
    pub not_before: Option<String>,
    /// NotOnOrAfter, as it is written.
    pub not_on_or_after: Option<String>,
}

impl Subject {
    /// The subject of `parent`. A second Subject is a flaw; what is in it counts as if it were in the first,
    /// as it does for GitLab's library.
    pub(super) fn read(parent: Element<'_>, reading: &mut Reading) -> Option<Self> {
        let subjects = || parent.elements().filter(|element| element.is(uri::ASSERTION, "Subject"));
        reading.only("several-subjects", subjects())?;
        let elements = subjects().flat_map(Element::elements);
        let (name_id, encrypted_id) = read_identifiers(elements.clone(), reading);
        let confirmations = elements.filter(|element| element.is(uri::ASSERTION, "SubjectConfirmation"));
        Some(Subject {
            name_id,
            encrypted_id,
            confirmations: confirmations.map(|element| SubjectConfirmation::read(element, reading)).collect(),
        })
    }
}

/// The first NameID among `elements`, and whether there is an EncryptedID.
pub(super) fn read_identifiers<'a>(
    mut elements: impl Iterator<Item = Element<'a>> + Clone,
    reading: &mut Reading,
) -> (Option<NameId>, bool) {
    let name_ids = elements.clone().filter(|element| element.is(uri::ASSERTION, "NameID"));
    let name_id = reading.only("several-name-ids", name_ids).map(|element| NameId::read(element, reading));
    let encrypted = elements.any(|element| element.is(uri::ASSERTION, "EncryptedID"));
    (name_id, encrypted)
}

impl SubjectConfirmation {
    fn read(confirmation: Element<'_>, reading: &mut Reading) -> Self {
        let method = attribute(confirmation, "Method");
        let Some(confirmed) = confirmation.child(uri::ASSERTION, "SubjectConfirmationData") else {
            return SubjectConfirmation { method, ..SubjectConfirmation::default() };
        };
        SubjectConfirmation {
            method,
            recipient: attribute(confirmed, "Recipient"),
            in_response_to: attribute(confirmed, "InResponseTo"),
            not_before: reading.instant(confirmed, "NotBefore"),
            not_on_or_after: reading.instant(confirmed, "NotOnOrAfter"),
        }
    }
}
