//! [`Flow`]: one sign-in (or sign-out) across exchanges: the six steps of SAML's Web Browser SSO profile.
//!
//! SAML Profiles 4.1: the person asks for something (1), GitLab finds the identity provider (2) and sends the
//! AuthnRequest through the browser (3), the provider identifies the person (4) and sends the Response
//! through the browser (5), GitLab grants or refuses (6). The browser shows 3, 5 and the answer to 5. How
//! exchanges become flows stands in `join.rs`, what GitLab's answer says in
//! `settle.rs`.

use crate::{
    base::{instant::Timestamp, place::Place},
    event::EventId,
    gitlab::{instance::Instance, outcome::Outcome, routes::Provider},
};
use std::fmt;

/// The id of a flow: its first event, and which of that event's messages began it. Stable when older flows
/// are evicted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId {
    /// The event.
    pub event: EventId,
    /// Index of the message in its exchange; 0 except for an exchange that carries several.
    pub message: usize,
}

impl fmt::Display for FlowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message {
            0 => self.event.fmt(f),
            n => write!(f, "{}.{n}", self.event),
        }
    }
}

/// A message of a trace: index of the exchange, index of the message in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageRef {
    /// Index in [`Tracer::exchanges`](super::tracer::Tracer::exchanges).
    pub exchange: usize,
    /// Index in [`Exchange::messages`](super::exchange::Exchange::messages).
    pub message: usize,
}

/// The kind of a flow: what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowKind {
    /// Web Browser SSO.
    SignIn,
    /// Single Logout.
    SignOut,
    /// A message beside these: metadata, a query, a message of another standard.
    Other,
    /// Something that carried a SAML parameter and could not be read.
    Unreadable,
}

/// The reason why an exchange belongs to a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It is the first.
    First,
    /// It carries a message of the flow again.
    SameMessage,
    /// Its InResponseTo names the flow's request.
    InResponseTo,
    /// Same tab, and it arrived where the request wanted the answer.
    Acs,
    /// Same tab and RelayState.
    RelayState,
    /// The exchange before sent the browser there: the same request of the browser.
    Redirect,
}

/// One exchange of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowStep {
    /// Index in [`Tracer::exchanges`](super::tracer::Tracer::exchanges).
    pub exchange: usize,
    /// The reason why it belongs here.
    pub joined: Joined,
}

/// One sign-in or sign-out.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Its id.
    pub id: FlowId,
    /// The kind: what it is about.
    pub kind: FlowKind,
    /// The GitLab, where it is one.
    pub instance: Option<Instance>,
    /// GitLab's integration.
    pub provider: Option<Provider>,
    /// Tab, private or not, cookie jar.
    pub place: Place,
    /// Its exchanges in order.
    pub steps: Vec<FlowStep>,
    /// The first request message.
    pub request: Option<MessageRef>,
    /// The first response message.
    pub response: Option<MessageRef>,
    /// The exchange in which GitLab answered the Response; the last one where it was posted again.
    pub answered: Option<usize>,
    /// Candidates for what GitLab did; empty while it has not answered.
    pub outcomes: Vec<Outcome>,
    /// The messages of the page that followed; `None` until one was read.
    pub flash: Option<Vec<String>>,
    /// The page reading that told them.
    pub flash_event: Option<EventId>,
    /// Its last event.
    pub last: Timestamp,
}

impl Flow {
    /// Whether GitLab let the person in for good.
    pub fn let_in(&self) -> bool {
        self.succeeded() == Some(true)
    }

    /// Whether GitLab was seen to find the Response valid, whatever it did then (gitlab-facts 4.3).
    pub fn took_response(&self) -> bool {
        let is_valid = |outcome: &Outcome| outcome.found_valid() == Some(true);
        !self.outcomes.is_empty() && self.outcomes.iter().all(is_valid)
    }

    /// Whether GitLab took the Response and found the account by it, and the account itself may not sign in.
    pub fn is_of_account(&self) -> bool {
        !self.outcomes.is_empty() && self.outcomes.iter().all(|outcome| outcome.is_of_account())
    }

    /// Whether "Verify SAML Configuration" found nothing wrong.
    pub fn is_verified(&self) -> bool {
        self.outcomes == [Outcome::Verified]
    }

    /// Whether GitLab was seen to find the account by the Response.
    pub fn has_account(&self) -> bool {
        self.let_in() || self.is_of_account()
    }

    /// Whether GitLab let the person in; `None` when that is not known. To check for its settings page, and
    /// to find nothing wrong, lets nobody in and refuses nobody.
    pub fn succeeded(&self) -> Option<bool> {
        let (first, rest) = self.outcomes.split_first().filter(|_| !self.is_verified())?;
        rest.iter().all(|other| other.is_success() == first.is_success()).then(|| first.is_success())
    }
}
