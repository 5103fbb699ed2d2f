//! [`Heading`]: the answers to the questions that joining asks of a message: which are the same one, what
//! they can be found by, what they are and where they go.
//!
//! It is kept when what was read of the message is given back. It takes no more than a share of the message.

use super::{
    flow::FlowKind,
    seen::{Rode, Seen},
};
use crate::{
    binding::Carried,
    saml::{Message, MessageKind},
};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The data of a message by which flows are joined.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heading {
    pub(super) kind: FlowKind,
    pub(super) is_request: bool,
    /// The message's ID.
    pub(super) id: Option<String>,
    /// The ID of the message that it answers.
    pub(super) in_response_to: Option<String>,
    /// The consumer services that it names: of an AuthnRequest the ACS, of a Response its Destination and the
    /// Recipients of its assertions.
    pub(super) acs: Vec<String>,
    /// Stands for what was received.
    value: u64,
    /// Stands for the XML.
    octets: u64,
}

impl Heading {
    pub(super) fn of(carried: &Carried) -> Self {
        let message = carried.message.as_ref();
        let head = message.map(|message| &message.head);
        Heading {
            kind: message.map_or(FlowKind::Unreadable, kind_of),
            is_request: message.and_then(is_request).unwrap_or(carried.parameter == "SAMLRequest"),
            id: head.and_then(|head| head.id.clone()),
            in_response_to: head.and_then(|head| head.in_response_to.clone()),
            acs: message.map(acs_named_in).unwrap_or_default(),
            value: key(carried.value.expose()),
            octets: key(&carried.octets),
        }
    }

    /// The keys that equal messages have in common: the ID, and what was received.
    pub(super) fn keys(&self) -> impl Iterator<Item = u64> {
        self.id.as_deref().map(key).into_iter().chain([self.value])
    }
}

/// Stands for a text or octets in an index. Others can have the same: what is found by it is compared before
/// it is believed.
pub(super) fn key(wanted: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    wanted.hash(&mut hasher);
    hasher.finish()
}

/// Whether two sightings are of one message: equal IDs, or equal octets where there are none.
pub(super) fn is_same(a: &Seen, b: &Seen) -> bool {
    match (&a.heading.id, &b.heading.id) {
        // A page may show the message with other line breaks than it came with.
        (Some(a_id), Some(b_id)) => {
            let is_equal = || a.glance(|a| b.glance(|b| a.octets == b.octets));
            let is_shown = [a.rode, b.rode].contains(&Rode::Page);
            a_id == b_id && (is_shown || a.heading.octets == b.heading.octets && is_equal())
        }
        _ => is_received_alike(a, b),
    }
}

/// Whether two messages came in the same parameter with the same value.
pub(super) fn is_received_alike(a: &Seen, b: &Seen) -> bool {
    let is_alike = |a: &Carried, b: &Carried| a.parameter == b.parameter && a.value == b.value;
    a.heading.value == b.heading.value && a.glance(|a| b.glance(|b| is_alike(a, b)))
}

/// Whether a message asks for something; absent where its kind does not tell.
fn is_request(message: &Message) -> Option<bool> {
    match &message.kind {
        MessageKind::AuthnRequest | MessageKind::LogoutRequest | MessageKind::Query(_) => Some(true),
        MessageKind::Metadata(_) | MessageKind::Other(_) => None,
        _ => Some(false),
    }
}

fn kind_of(message: &Message) -> FlowKind {
    match &message.kind {
        MessageKind::AuthnRequest | MessageKind::Response => FlowKind::SignIn,
        MessageKind::LogoutRequest | MessageKind::LogoutResponse => FlowKind::SignOut,
        // They stand for a Response or come out of one.
        MessageKind::Artifact | MessageKind::Assertion(_) => FlowKind::SignIn,
        MessageKind::Other(_) => FlowKind::Unreadable,
        _ => FlowKind::Other,
    }
}

fn acs_named_in(message: &Message) -> Vec<String> {
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
