//! Single logout (SAML Core 3.7): LogoutRequest (3.7.1) and LogoutResponse (3.7.2).

use super::{
    NameId, Status,
    reading::{Reading, attribute, child_texts},
    subject::read_identifiers,
    uri,
};
use crate::{base::redact::Secret, xml::Element};

/// One party asks the other to end a user's session.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs)] // a field without words is the standard's of that name
pub struct LogoutRequest {
    /// NameID: whose session. The first, should there be several.
    pub name_id: Option<NameId>,
    /// Whether there is an EncryptedID.
    pub encrypted_id: bool,
    /// SessionIndex values: which sessions; none means all.
    pub session_indexes: Vec<Secret<String>>,
    pub reason: Option<String>,
    /// NotOnOrAfter, as it is written.
    pub not_on_or_after: Option<String>,
}

/// The answer to a LogoutRequest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogoutResponse {
    /// The outcome of the logout.
    pub status: Option<Status>,
}

impl LogoutRequest {
    pub(super) fn read(message: Element<'_>, reading: &mut Reading) -> Self {
        let (name_id, encrypted_id) = read_identifiers(message.elements(), reading);
        let indexes = child_texts(message, uri::PROTOCOL, "SessionIndex");
        LogoutRequest {
            name_id,
            encrypted_id,
            session_indexes: indexes.into_iter().map(Secret::new).collect(),
            reason: attribute(message, "Reason"),
            not_on_or_after: reading.instant(message, "NotOnOrAfter"),
        }
    }
}

impl LogoutResponse {
    pub(super) fn read(message: Element<'_>) -> Self {
        LogoutResponse { status: Status::read(message) }
    }
}
