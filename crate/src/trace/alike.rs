//! The questions that joining asks of messages: which are the same one, what they can be found by, what they
//! are and where they go.

use super::{
    exchange::{Rode, Seen},
    flow::FlowKind,
};
use crate::saml::{Message, MessageKind};

/// Whether two sightings are of one message: equal ids, or equal octets where there are none.
pub(super) fn is_same(a: &Seen, b: &Seen) -> bool {
    let id = |seen: &Seen| seen.carried.message.as_ref().and_then(|message| message.head.id.clone());
    match (id(a), id(b)) {
        // A page may show the message with other line breaks than it came with.
        (Some(a_id), Some(b_id)) => {
            a_id == b_id && (a.carried.octets == b.carried.octets || [a.rode, b.rode].contains(&Rode::Page))
        }
        _ => a.carried.parameter == b.carried.parameter && a.carried.value == b.carried.value,
    }
}

/// The keys that equal messages have in common: the id, or what was received.
pub(super) fn keys(seen: &Seen) -> [Option<&str>; 2] {
    let id = seen.carried.message.as_ref().and_then(|message| message.head.id.as_deref());
    [id, Some(seen.carried.value.expose())]
}

pub(super) fn is_request(seen: &Seen) -> bool {
    match seen.carried.message.as_ref().map(|message| &message.kind) {
        Some(MessageKind::AuthnRequest | MessageKind::LogoutRequest) => true,
        Some(MessageKind::Query(_)) => true,
        Some(MessageKind::Metadata(_) | MessageKind::Other(_)) | None => {
            seen.carried.parameter == "SAMLRequest"
        }
        Some(_) => false,
    }
}

pub(super) fn kind_of(seen: &Seen) -> FlowKind {
    match seen.carried.message.as_ref().map(|message| &message.kind) {
        Some(MessageKind::AuthnRequest | MessageKind::Response) => FlowKind::SignIn,
        Some(MessageKind::LogoutRequest | MessageKind::LogoutResponse) => FlowKind::SignOut,
        // They stand for a Response or come out of one.
        Some(MessageKind::Artifact | MessageKind::Assertion(_)) => FlowKind::SignIn,
        Some(MessageKind::Other(_)) | None => FlowKind::Unreadable,
        Some(_) => FlowKind::Other,
    }
}

/// The consumer services that a message names: of an AuthnRequest the ACS, of a Response its Destination and
/// the Recipients of its assertions.
pub(super) fn acs_named_in(message: &Message) -> Vec<String> {
    let wanted = message.authn_request().and_then(|request| request.acs_url.clone());
    let is_response = matches!(message.kind, MessageKind::Response | MessageKind::LogoutResponse);
    let destination = message.head.destination.clone().filter(|_| is_response);
    let recipients = message
        .assertions()
        .iter()
        .filter_map(|assertion| assertion.subject.as_ref())
        .flat_map(|subject| &subject.confirmations)
        .filter_map(|confirmation| confirmation.recipient.clone());
    wanted.into_iter().chain(destination).chain(recipients).collect()
}
