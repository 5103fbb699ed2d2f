//! [`Hop`]: one request with its response, whole, as other software's files hold an exchange (HAR,
//! SAML-tracer).
//!
//! The browser tells an exchange in several events ([`crate::event`]); a file tells it in one piece. Both
//! ways lead through this type: [`Hop::events`] for what is imported, [`assemble`] for what is exported.
//! Leaves out what is no exchange: readings of pages, answers of the API, what a person told, settings,
//! single messages.

use crate::{
    base::{address::Address, instant::Timestamp, place::Place, redact::Secret},
    binding::{self, PARAMETERS, raw_body},
    event::{Body, Completed, Event, EventId, Failed, Request, RequestBody, Response, Sent},
    gitlab::{
        instance::Instance,
        routes::{self, Route},
    },
    trace::{
        association::{Association, RequestName},
        exchange::End,
    },
};

/// One request with its response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hop {
    /// When the request went out; for a request that was not recorded, when its response came.
    pub start: Timestamp,
    /// The place where it happened.
    pub place: Place,
    /// `GET`, `POST`.
    pub method: String,
    /// In full.
    pub url: Secret<String>,
    /// The fields of the form that belong to SAML, unescaped, in their order.
    pub form: Vec<(String, Secret<String>)>,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// The head of the response.
    pub response: Option<Head>,
    /// The way it ended.
    pub end: Option<End>,
}

/// The head of a response.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// When it came.
    pub at: Timestamp,
    /// HTTP status.
    pub status: u16,
    /// The `Location` header.
    pub location: Option<Secret<String>>,
    /// The `Date` header.
    pub date: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
}

/// Whether a field of a form may be kept: those of SAML, as in the browser ([`crate::event::capture`]).
pub fn is_kept_field(name: &str) -> bool {
    PARAMETERS.bearing.iter().chain(&PARAMETERS.companions).any(|known| *known == name)
}

impl Hop {
    /// Whether it says something of SAML: it carries a message, or it is a POST to an address like GitLab's
    /// assertion consumer service.
    pub fn is_of_saml(&self) -> bool {
        let url = self.url.expose();
        let location = self.response.as_ref().and_then(|head| head.location.as_ref());
        binding::carries(url)
            || self.form.iter().any(|(name, _)| PARAMETERS.bearing.contains(&name.as_str()))
            || location.is_some_and(|location| binding::carries(location.expose()))
            || (self.method == "POST" && is_acs(url))
    }

    /// Its events. `id` makes the id of an event from its time and its place in the order; `request` is the
    /// id that they share.
    pub fn events(self, request: &str, mut id: impl FnMut(Timestamp) -> EventId) -> Vec<Event> {
        let start = self.start;
        let mut told = vec![(
            start,
            Body::Request(Request {
                request: request.to_owned(),
                place: self.place.clone(),
                method: self.method.clone(),
                url: self.url.clone(),
                body: if self.form.is_empty() { RequestBody::None } else { RequestBody::Form },
                form: self.form.into_iter().map(|(name, value)| (name, vec![value])).collect(),
                ..Request::default()
            }),
        )];
        if let Some(origin) = self.origin {
            let sent = Sent { request: request.to_owned(), origin: Some(origin), ..Sent::default() };
            told.push((start, Body::Sent(sent)));
        }
        let mut last = start;
        if let Some(head) = self.response {
            last = last.max(head.at);
            let response = Response {
                request: request.to_owned(),
                place: self.place,
                method: self.method,
                url: self.url,
                status: head.status,
                location: head.location,
                date: head.date,
                content_type: head.content_type,
                ..Response::default()
            };
            told.push((last, Body::Response(response)));
        }
        match self.end {
            Some(End::Completed(time)) => {
                let end = Completed { request: request.to_owned(), ..Completed::default() };
                told.push((last.max(time), Body::Completed(end)));
            }
            Some(End::Failed(time, error)) => {
                let end = Failed { request: request.to_owned(), error, ..Failed::default() };
                told.push((last.max(time), Body::Failed(end)));
            }
            None => {}
        }
        told.into_iter().map(|(time, body)| Event::new(id(time), body)).collect()
    }
}

/// Whether the path of `url` is that of an assertion consumer service of a GitLab, wherever that GitLab may
/// be.
fn is_acs(url: &str) -> bool {
    let Some(address) = Address::parse(url) else { return false };
    let Some(instance) = Instance::at(address.origin) else { return false };
    matches!(routes::route(&instance, url), Some(Route::Acs(_)))
}

/// The exchanges that `events` tell, in the order in which they begin: put together as in the trace
/// (`trace::association`).
pub fn assemble(events: &[Event]) -> Vec<Hop> {
    let (mut association, mut hops) = (Association::default(), Vec::new());
    for event in events {
        let time = event.id.time;
        let name = |request| RequestName::new(&event.id, request);
        let mut change = |index: Option<usize>, change: &dyn Fn(&mut Hop)| {
            if let Some(hop) = index.and_then(|index| hops.get_mut(index)) {
                change(hop);
            }
        };
        match &event.body {
            Body::Request(request) => {
                association.begin(name(&request.request), request.url.expose());
                hops.push(requested(time, request));
            }
            Body::Response(response) => {
                match association.answer(name(&response.request), response.url.expose()) {
                    None => {
                        association.begin_answered(name(&response.request));
                        hops.push(answered(time, response));
                    }
                    index => change(index, &|hop| hop.response = Some(head(time, response))),
                }
            }
            Body::Sent(sent) => {
                change(association.send(name(&sent.request)), &|hop| hop.origin.clone_from(&sent.origin));
            }
            Body::Completed(end) => {
                change(association.end(name(&end.request)), &|hop| hop.end = Some(End::Completed(time)));
            }
            Body::Failed(end) => {
                let error = || end.error.clone();
                change(association.end(name(&end.request)), &|hop| {
                    hop.end = Some(End::Failed(time, error()))
                });
            }
            _ => {}
        }
    }
    hops
}

fn requested(start: Timestamp, request: &Request) -> Hop {
    let given = request.form.iter();
    let given = given.flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.clone())));
    let cut_out = raw_body::fields(&request.pieces);
    Hop {
        start,
        place: request.place.clone(),
        method: request.method.clone(),
        url: request.url.clone(),
        form: given.chain(cut_out).filter(|(name, _)| is_kept_field(name)).collect(),
        ..Hop::default()
    }
}

/// Of a request that was not recorded: its response tells where it went.
fn answered(start: Timestamp, response: &Response) -> Hop {
    Hop {
        start,
        place: response.place.clone(),
        method: response.method.clone(),
        url: response.url.clone(),
        response: Some(head(start, response)),
        ..Hop::default()
    }
}

fn head(at: Timestamp, response: &Response) -> Head {
    Head {
        at,
        status: response.status,
        location: response.location.clone(),
        date: response.date.clone(),
        content_type: response.content_type.clone(),
    }
}
