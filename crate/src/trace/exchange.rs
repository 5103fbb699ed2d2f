//! [`Exchange`]: one HTTP request with its response, assembled from the browser's events, and the messages it
//! carried.
//!
//! A chain of redirects shares one request id in the browser; each hop is an exchange of its own. A message
//! can ride in a request's query or form, or in the `Location` of GitLab's redirect, which shows the
//! AuthnRequest without access to the identity provider's origin.

use super::seen::{Reader, Received, Rode, Seen};
use crate::{
    base::{instant::Timestamp, place::Place, redact::Secret, shared::Shared},
    binding::{BindingId, raw_body},
    event::{Completed, EventId, Failed, ImportedMessage, Request, RequestBody, Response, Sent},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::sync::Arc;

/// One HTTP request with its response, or one imported file in their place.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// Id of its first event.
    pub id: EventId,
    /// The browser's id of the request; empty for an imported file.
    pub request: String,
    /// The place where it happened.
    pub place: Place,
    /// `GET`, `POST`; empty for an imported file.
    pub method: String,
    /// In full; the file's name for an imported file.
    pub url: Arc<Secret<String>>,
    /// The `Origin` header of the request.
    pub origin: Option<String>,
    /// Its headers were seen.
    pub sent: bool,
    /// The form in which the browser gave the request's body.
    pub body: RequestBody,
    /// Characters that its listed fields had, when not all are kept.
    pub cut: Option<u64>,
    /// Values of its listed fields that are not kept, because there were so many.
    pub more: Option<u64>,
    /// When the response's head came, and what it said.
    pub response: Option<Answered>,
    /// The way it ended.
    pub end: Option<End>,
    /// The SAML messages it carried, in the order query, form, redirect.
    pub messages: Vec<Seen>,
}

/// The head of a response.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The event that told it.
    pub event: EventId,
    /// HTTP status.
    pub status: u16,
    /// The address to which it sends the browser.
    pub location: Option<Arc<Secret<String>>>,
    /// The server's clock.
    pub date: Option<String>,
}

impl Answered {
    /// Whether it holds something that people see: not a redirect, not one of those without content
    /// (RFC 9110, 15.3.5 and 15.4).
    fn has_body(&self) -> bool {
        !matches!(self.status, 204 | 300..400)
    }
}

/// The way an exchange ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The browser has it all.
    Completed(Timestamp),
    /// It broke; the browser's word for it.
    Failed(Timestamp, String),
}

/// Something that the browser did not show, and the reason why. Never guessed; said on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The request itself: recording began later, or it carried no SAML and was not kept.
    Request,
    /// The response: it has not come, or the worker was stopped, or recording ended.
    Response,
    /// The form: the browser gave bytes, and no SAML was found in them.
    RawBody,
    /// The form: the browser gave more bytes than are looked through.
    LargeBody,
    /// The form: the browser could not show it.
    UnreadableBody,
    /// A part of the form: it was larger than what is kept.
    CutBody,
    /// Some of the values of the form: there were more than are kept.
    ManyValues,
    /// The content of the response: browsers show it to no extension.
    ResponseBody,
    /// The message: only a reference to it goes through the browser (SAML Bindings 3.6).
    BackChannel,
}

impl Exchange {
    /// Begins at a request.
    pub(super) fn begin(id: &EventId, request: &Request, reader: &Reader) -> Self {
        let mut exchange =
            Exchange::empty(id, &request.request, &request.place, &request.method, &request.url);
        exchange.body = request.body;
        exchange.cut = request.cut;
        exchange.more = request.more;
        let given = request.form.iter();
        let fields: Arc<[(String, Shared)]> = given
            .flat_map(|(name, values)| values.iter().map(move |value| (name.clone(), value.clone())))
            .chain(raw_body::fields(&request.pieces))
            .map(|(name, value)| (name, Shared::from(value)))
            .collect();
        exchange.carry(id, Rode::Query, Received::Address(Arc::clone(&exchange.url)), reader);
        if !fields.is_empty() {
            exchange.carry(id, Rode::Form, Received::Form(fields), reader);
        }
        if let Some(envelope) = raw_body::envelope(&request.pieces) {
            // Wrapped again at once.
            let octets = Secret::new(envelope.into_exposed().into_bytes());
            exchange.carry(id, Rode::Form, Received::Xml(Arc::new(octets)), reader);
        }
        exchange
    }

    /// Begins at a response whose request was not kept.
    pub(super) fn begin_at_response(id: &EventId, response: &Response, reader: &Reader) -> Self {
        let mut exchange =
            Exchange::empty(id, &response.request, &response.place, &response.method, &response.url);
        exchange.body = RequestBody::None;
        exchange.answer(id, response, reader);
        exchange
    }

    /// Stands for an imported file.
    pub(super) fn imported(id: &EventId, message: &ImportedMessage, reader: &Reader) -> Self {
        let mut exchange = Exchange::empty(
            id,
            "",
            &Place { tab: -1, ..Place::default() },
            "",
            &Secret::from(message.source.as_str()),
        );
        // A message that is not base64 was damaged on the way; its own octets are shown as they are.
        let octets = BASE64_STANDARD
            .decode(message.octets.expose())
            .unwrap_or_else(|_| message.octets.expose().clone().into_bytes());
        let found = message.found.clone().map(Arc::new);
        exchange.carry(id, Rode::File, Received::File(Arc::new(Secret::new(octets)), found), reader);
        exchange
    }

    /// Stands for the page at `url`, which shows a message as XML.
    pub(super) fn shown(
        id: &EventId,
        (place, url): (&Place, &Secret<String>),
        xml: &str,
        reader: &Reader,
    ) -> Self {
        let mut exchange = Exchange::empty(id, "", place, "", url);
        let octets = Secret::new(xml.as_bytes().to_vec());
        exchange.carry(id, Rode::Page, Received::Xml(Arc::new(octets)), reader);
        exchange
    }

    fn empty(id: &EventId, request: &str, place: &Place, method: &str, url: &Secret<String>) -> Self {
        Exchange {
            id: id.clone(),
            request: request.to_owned(),
            place: place.clone(),
            method: method.to_owned(),
            url: Arc::new(url.clone()),
            origin: None,
            sent: false,
            body: RequestBody::None,
            cut: None,
            more: None,
            response: None,
            end: None,
            messages: Vec::new(),
        }
    }

    /// Takes in what the browser sent.
    pub fn sent(&mut self, sent: &Sent) {
        // `null` is what browsers send from an opaque origin; it names nobody.
        self.sent = true;
        self.origin = sent.origin.clone().filter(|origin| origin != "null");
    }

    /// Takes in the head of the response.
    pub(super) fn answer(&mut self, id: &EventId, response: &Response, reader: &Reader) {
        let location = response.location.clone().map(Arc::new);
        if let Some(location) = &location {
            self.carry(id, Rode::Redirect, Received::Address(Arc::clone(location)), reader);
        }
        self.response = Some(Answered {
            event: id.clone(),
            status: response.status,
            location,
            date: response.date.clone(),
        });
    }

    /// Takes in that it is over.
    pub fn complete(&mut self, id: &EventId, _: &Completed) {
        self.end = Some(End::Completed(id.time));
    }

    /// Takes in that it broke.
    pub fn fail(&mut self, id: &EventId, failed: &Failed) {
        self.end = Some(End::Failed(id.time, failed.error.clone()));
    }

    fn carry(&mut self, event: &EventId, rode: Rode, received: Received, reader: &Reader) {
        self.messages.extend(Seen::all(event, rode, received, reader));
    }

    /// Whether it carries an artifact, a reference that GitLab resolves behind the browser's back (SAML
    /// Bindings 3.6).
    pub fn carries_artifact(&self) -> bool {
        self.messages.iter().any(|seen| seen.carried().binding == BindingId::HttpArtifact)
    }

    /// The browser's word for why no response came, where the exchange broke before one.
    pub fn failure(&self) -> Option<&str> {
        match (&self.end, &self.response) {
            (Some(End::Failed(_, error)), None) => Some(error),
            _ => None,
        }
    }

    /// Milliseconds from the request to its end, or to the head of its response.
    pub fn duration(&self) -> Option<i64> {
        let end = match (&self.end, &self.response) {
            (Some(End::Completed(time) | End::Failed(time, _)), _) => *time,
            (None, Some(response)) => response.event.time,
            (None, None) => return None,
        };
        Some(end.since(self.id.time))
    }

    /// The parts of it that the browser did not show.
    pub fn absences(&self) -> Vec<Absence> {
        if self.request.is_empty() {
            return Vec::new();
        }
        let mut absences = Vec::new();
        if self.response.as_ref().is_some_and(|response| response.event == self.id) {
            absences.push(Absence::Request);
        }
        let is_form = |seen: &Seen| seen.rode == Rode::Form;
        match self.body {
            RequestBody::Raw if !self.messages.iter().any(is_form) => absences.push(Absence::RawBody),
            RequestBody::TooLarge => absences.push(Absence::LargeBody),
            RequestBody::Unreadable => absences.push(Absence::UnreadableBody),
            RequestBody::None | RequestBody::Form | RequestBody::Raw => {}
        }
        if self.cut.is_some() {
            absences.push(Absence::CutBody);
        }
        if self.more.is_some() {
            absences.push(Absence::ManyValues);
        }
        if self.carries_artifact() {
            absences.push(Absence::BackChannel);
        }
        match &self.response {
            None => absences.push(Absence::Response),
            Some(response) if response.has_body() => absences.push(Absence::ResponseBody),
            Some(_) => {}
        }
        absences
    }
}
