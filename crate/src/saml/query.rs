//! The requests of SAML 2.0 that are not part of a sign-in or sign-out in the browser: queries (SAML Core
//! 3.3.2) and AssertionIDRequest (3.3.1), ArtifactResolve (3.5.1), ManageNameIDRequest (3.6.1),
//! NameIDMappingRequest (3.8.1).
//!
//! Leaves out: the Actions and Evidence of an AuthzDecisionQuery, NewEncryptedID.

use super::{
    Attribute, NameId, Subject,
    reading::{Reading, child_text, child_texts},
    subject::read_identifiers,
    uri,
};
use crate::{base::redact::Secret, xml::Element};

/// One of the other requests of SAML 2.0; what is not part of its kind is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// Subject: whom a query is about.
    pub subject: Option<Subject>,
    /// NameID of a ManageNameIDRequest or NameIDMappingRequest.
    pub name_id: Option<NameId>,
    /// Whether there is an EncryptedID.
    pub encrypted_id: bool,
    /// The attributes that an AttributeQuery asks for; none means all.
    pub attributes: Vec<Attribute>,
    /// AssertionIDRef values.
    pub assertion_ids: Vec<String>,
    /// NewID of a ManageNameIDRequest.
    pub new_id: Option<String>,
    /// Terminate of a ManageNameIDRequest: the identifier is used no more.
    pub terminate: bool,
    /// Artifact: the reference that an ArtifactResolve brings.
    pub artifact: Option<Secret<String>>,
}

impl Query {
    pub(super) fn read(message: Element<'_>, reading: &mut Reading) -> Self {
        let (name_id, encrypted_id) = read_identifiers(message.elements(), reading);
        let attributes = message.elements().filter(|element| element.is(uri::ASSERTION, "Attribute"));
        Query {
            subject: Subject::read(message, reading),
            name_id,
            encrypted_id,
            attributes: attributes.map(Attribute::read).collect(),
            assertion_ids: child_texts(message, uri::ASSERTION, "AssertionIDRef"),
            new_id: child_text(message, uri::PROTOCOL, "NewID"),
            terminate: message.child(uri::PROTOCOL, "Terminate").is_some(),
            artifact: child_text(message, uri::PROTOCOL, "Artifact").map(Secret::new),
        }
    }
}
