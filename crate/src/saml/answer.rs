//! The answers of SAML 2.0 to what is not part of a sign-in or sign-out: ArtifactResponse (SAML Core 3.5.2),
//! ManageNameIDResponse (3.6.2), NameIDMappingResponse (3.8.2).

use super::{Message, NameId, Status, reading::Reading, subject::read_identifiers};
use crate::xml::Element;

/// One of the other answers of SAML 2.0; what is not part of its kind is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OtherResponse {
    /// The outcome of the request.
    pub status: Option<Status>,
    /// The message that an ArtifactResponse brings.
    pub message: Option<Box<Message>>,
    /// NameID of a NameIDMappingResponse.
    pub name_id: Option<NameId>,
    /// Whether there is an EncryptedID.
    pub encrypted_id: bool,
}

impl OtherResponse {
    pub(super) fn read(message: Element<'_>, reading: &mut Reading) -> Self {
        let (name_id, encrypted_id) = read_identifiers(message.elements(), reading);
        let inside = message.elements().find(|element| Message::is_known(*element));
        OtherResponse {
            status: Status::read(message),
            message: inside.map(|element| Box::new(Message::read(element, reading))),
            name_id,
            encrypted_id,
        }
    }
}
