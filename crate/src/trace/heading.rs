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
    gitlab::attributes,
    saml::{self, Assertion, Message, MessageKind},
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
    /// Whether it has an e-mail address that GitLab reads; absent where it has no assertion, or several that
    /// differ in it: joining does not ask who vouches for which.
    pub(super) has_email: Option<bool>,
    /// Stands for the RelayState.
    pub(super) relay_state: Option<Digest>,
    /// Stands for the parameter and its value as they were received.
    pub(super) value: Digest,
    /// Stands for the XML.
    octets: Digest,
}

/// Stands for some octets, so that they need not be kept or read again to be compared. Nothing but a place in
/// a flow follows from it: what GitLab accepted is compared octet by octet
/// ([`Flow::accepted`](super::flow::Flow::accepted)).
pub(super) type Digest = [u64; 2];

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
            has_email: message.and_then(has_email),
            relay_state: carried.relay_state.as_ref().map(digest),
            value: digest(&(&carried.parameter, &carried.value)),
            octets: digest(&carried.octets()),
        }
    }

    /// The keys that equal messages have in common: the ID, and what was received.
    pub(super) fn keys(&self) -> impl Iterator<Item = u64> {
        self.id.as_deref().map(key).into_iter().chain([self.value[0]])
    }
}

/// Stands for an ID in an index. Others can have the same: what is found by it is compared before it is
/// believed.
pub(super) fn key(id: &str) -> u64 {
    hash(&id, 0)
}

fn digest(of: &impl Hash) -> Digest {
    [hash(of, 1), hash(of, 2)]
}

fn hash(of: &impl Hash, purpose: u8) -> u64 {
    let mut hasher = DefaultHasher::new();
    purpose.hash(&mut hasher);
    of.hash(&mut hasher);
    hasher.finish()
}

/// Whether two sightings are of one message: equal IDs and equal octets, or what was received is equal where
/// there are no IDs.
pub(super) fn is_same(a: &Seen, b: &Seen) -> bool {
    let (one, other) = (&a.heading, &b.heading);
    match (&one.id, &other.id) {
        // A page may show the message with other line breaks than it came with.
        (Some(a_id), Some(b_id)) => {
            a_id == b_id && (one.octets == other.octets || [a.rode, b.rode].contains(&Rode::Page))
        }
        _ => one.value == other.value,
    }
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

fn has_email(message: &Message) -> Option<bool> {
    let is_one = |assertion: &Assertion| {
        saml::value_as_read(&assertion.attributes, attributes::EMAIL).is_some_and(|it| !it.trim().is_empty())
    };
    let (first, others) = message.assertions().split_first()?;
    let has = is_one(first);
    others.iter().all(|other| is_one(other) == has).then_some(has)
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
