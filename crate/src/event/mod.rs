//! [`Event`]: one thing that the outside told us, and the only input of the core.
//!
//! Each thing that the browser showed, a GitLab page showed, an API answered, a file contained or a person
//! said is one event with its own time. A trace is a list of events; everything else is derived. The browser
//! store, the `.trace.jsonl` file and the tests' fixtures hold the same JSON, one object an event:
//! `{"id": "…", "kind": "request", …}`. Fields and kinds that this version does not know are kept and
//! written back.
//!
//! Leaves out what a browser cannot show (response bodies, the back channel); see
//! [`Absence`](crate::trace::exchange::Absence).

pub mod capture;
mod id;
pub mod log;
mod provenance;
pub mod settings;

pub use id::{EventId, IMPORTED};
pub use provenance::Provenance;

use crate::{
    base::{
        flaw::{Flaw, Span},
        other::Other,
        place::Place,
        redact::{self, Secret},
    },
    binding::{Carried, raw_body::Piece},
    event::settings::Settings,
    gitlab::pages::PageReading,
    text,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Map, Value};
use std::fmt;

/// One thing that the outside told us.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, and the place in order. Also its key in the browser's store.
    pub id: EventId,
    /// The name of the file that told it beside what this browser recorded; empty where it has none. Absent
    /// of what this browser saw, and where files are all there is.
    pub file: Option<String>,
    /// The thing that happened.
    pub body: Body,
}

/// The content of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// The browser is about to send a request.
    Request(Request),
    /// The request's headers, as sent.
    Sent(Sent),
    /// The head of the response.
    Response(Response),
    /// The exchange is over.
    Completed(Completed),
    /// The exchange broke.
    Failed(Failed),
    /// The browser says of a tab that it is in a private window.
    Tab(Tab),
    /// A reading of a GitLab page.
    Page(PageReading),
    /// An answer of GitLab's API.
    Answer(Answer),
    /// A SAML message from a file or the clipboard.
    Message(ImportedMessage),
    /// A stored value that a person told us.
    Told(Told),
    /// Settings that decide how the rest is read.
    Settings(Settings),
    /// A kind of a later version: kept, not understood.
    Unknown {
        /// Its `kind`.
        kind: String,
        /// Its other fields.
        fields: Other,
    },
}

/// `webRequest.onBeforeRequest`: method, URL and the listed form fields of a request that carries SAML.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The browser's id of the request; a chain of redirects shares one.
    pub request: String,
    /// The place where it happened.
    #[serde(flatten)]
    pub place: Place,
    /// `GET`, `POST`.
    pub method: String,
    /// In full; its query can carry a message or the discovery token of a group.
    pub url: Secret<String>,
    /// The listed fields of the form, in the browser's order, each with all its values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<(String, Vec<Secret<String>>)>,
    /// The form in which the browser gave the body.
    #[serde(default, skip_serializing_if = "RequestBody::is_none")]
    pub body: RequestBody,
    /// The listed fields that stood in the body's bytes, as they stood there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pieces: Vec<Piece>,
    /// Characters that the listed fields had, when not all of them are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<u64>,
    /// Values of listed fields that are not kept, because there were so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more: Option<u64>,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

/// The form in which the browser gave a request's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestBody {
    /// There was none, or none was asked for.
    #[default]
    None,
    /// As form fields.
    Form,
    /// As bytes. Only the listed fields in them are kept.
    Raw,
    /// As more bytes than are looked through; none of them is kept.
    TooLarge,
    /// It was there and the browser could not show it.
    Unreadable,
}

impl RequestBody {
    fn is_none(&self) -> bool {
        *self == RequestBody::None
    }
}

/// `webRequest.onSendHeaders`: the origin that made the browser send the request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// The browser's id of the request.
    pub request: String,
    /// The `Origin` header; names the identity provider without access to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

/// `webRequest.onHeadersReceived`: status and the listed headers.
///
/// URL, method and place stand here again because a request that carries no SAML itself is not kept, while
/// GitLab's answer to it (the redirect with the AuthnRequest) is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The browser's id of the request.
    pub request: String,
    /// The place where it happened.
    #[serde(flatten)]
    pub place: Place,
    /// `GET`, `POST`.
    pub method: String,
    /// Of the request that is answered.
    pub url: Secret<String>,
    /// HTTP status.
    pub status: u16,
    /// The `Location` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Secret<String>>,
    /// The `Date` header: the server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The `Content-Type` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

/// `webRequest.onCompleted`: gives an exchange its duration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Completed {
    /// The browser's id of the request.
    pub request: String,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

/// A tab of which the browser says more than its requests do: Chromium's name no private window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    /// The tab, and what is said of it.
    #[serde(flatten)]
    pub place: Place,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

/// `webRequest.onErrorOccurred`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    /// The browser's id of the request.
    pub request: String,
    /// The browser's word for it: `net::ERR_CERT_AUTHORITY_INVALID`.
    pub error: String,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

/// The answer of GitLab's API to a read that the core asked for, reduced to what the core compares. The
/// answer is not printed.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The place where it happened.
    #[serde(flatten)]
    pub place: Place,
    /// The address that was read.
    pub url: Secret<String>,
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    /// The kept part of the answer; null when it was not JSON or not a success.
    #[serde(default)]
    pub answer: Value,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Answer { place, url, status, answer, other } = self;
        f.debug_struct("Answer")
            .field("place", place)
            .field("url", url)
            .field("status", status)
            .field("is_kept", &!answer.is_null())
            .field("other", other)
            .finish()
    }
}

/// A SAML message from a file, the clipboard or the command line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportedMessage {
    /// The file's name, or what stands for it.
    pub source: String,
    /// The file's octets, in base64; those of the message alone, where it was found in a larger text.
    pub octets: Secret<String>,
    /// The place where it was found, in a file that holds more than the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

/// The place of a message in a larger text, and what had to be undone to read it there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The file inside of an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// The octet at which it begins, counted from 0.
    pub at: usize,
    /// Kebab-case name of what held it: `url`, `named-value`, `base64`, `xml`.
    #[serde(rename = "in")]
    pub holder: String,
    /// Kebab-case names of the ways of writing that were undone, the outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undone: Vec<String>,
    /// Whether the program that showed it left its end out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

impl Found {
    /// The messages that were read there, the first with what the text around it lost or changed of it.
    pub(crate) fn say(found: Option<&Self>, messages: Vec<Carried>) -> Vec<Carried> {
        let mut messages = messages;
        if let (Some(found), Some(first)) = (found, messages.first_mut()) {
            let whole = Span::new(0, first.value.expose().len());
            first.flaws.extend(found.lost(whole));
        }
        messages
    }

    fn lost(&self, whole: Span) -> impl Iterator<Item = Flaw> {
        // A page is written in references, and rightly so; an address by itself is not.
        let is_address = ["url", "form"].contains(&self.holder.as_str());
        let is_escaped = is_address && self.undone.iter().any(|undone| undone == "references");
        let escaped =
            is_escaped.then(|| Flaw::in_received("html-escaped", whole, text!("flaw.html-escaped-address")));
        let cut = self.cut.then(|| Flaw::in_received("cut-off-copy", whole, text!("flaw.cut-off-copy")));
        escaped.into_iter().chain(cut)
    }
}

/// The values that a person says GitLab has stored for the user of the trace. `None` inside: nothing is
/// stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// `extern_uid` of the SAML identity; absent when nothing was said.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "said")]
    pub saml_extern_uid: Option<Option<String>>,
    /// `extern_uid` of the SCIM identity; absent when nothing was said.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "said")]
    pub scim_extern_uid: Option<Option<String>>,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

/// "Not said", "said to be absent" (null) and "said to be X" are three different things in JSON.
mod said {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Option<Option<String>>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().and_then(Option::as_ref).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Option<String>>, D::Error> {
        Option::deserialize(from).map(Some)
    }
}

impl Event {
    /// That `body` happened, as the browser shows it.
    pub fn new(id: EventId, body: Body) -> Self {
        Event { id, file: None, body }
    }

    /// The place where it happened, if it says so.
    pub fn place(&self) -> Option<&Place> {
        match &self.body {
            Body::Request(request) => Some(&request.place),
            Body::Response(response) => Some(&response.place),
            Body::Tab(tab) => Some(&tab.place),
            Body::Page(page) => Some(&page.place),
            Body::Answer(answer) => Some(&answer.place),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub fn place_mut(&mut self) -> Option<&mut Place> {
        match &mut self.body {
            Body::Request(request) => Some(&mut request.place),
            Body::Response(response) => Some(&mut response.place),
            Body::Tab(tab) => Some(&mut tab.place),
            Body::Page(page) => Some(&mut page.place),
            Body::Answer(answer) => Some(&mut answer.place),
            _ => None,
        }
    }
}

impl Body {
    /// Whether it tells of an exchange, and of nothing else: its kind is among [`OF_EXCHANGE`].
    pub fn tells_of_exchange(&self) -> bool {
        use Body::{Completed, Failed, Request, Response, Sent};
        matches!(self, Request(_) | Sent(_) | Response(_) | Completed(_) | Failed(_))
    }
}

/// The kinds of events that tell of an exchange, and of nothing else.
pub const OF_EXCHANGE: [&str; 5] = ["request", "sent", "response", "completed", "failed"];

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, fields) = match &self.body {
            Body::Request(body) => ("request", serde_json::to_value(body)),
            Body::Sent(body) => ("sent", serde_json::to_value(body)),
            Body::Response(body) => ("response", serde_json::to_value(body)),
            Body::Completed(body) => ("completed", serde_json::to_value(body)),
            Body::Failed(body) => ("failed", serde_json::to_value(body)),
            Body::Tab(body) => ("tab", serde_json::to_value(body)),
            Body::Page(body) => ("page", serde_json::to_value(body)),
            Body::Answer(body) => ("answer", serde_json::to_value(body)),
            Body::Message(body) => ("message", serde_json::to_value(body)),
            Body::Told(body) => ("told", serde_json::to_value(body)),
            Body::Settings(body) => ("settings", serde_json::to_value(body)),
            Body::Unknown { kind, fields } => (kind.as_str(), serde_json::to_value(fields)),
        };
        let mut line = Map::new();
        line.insert("id".into(), Value::String(self.id.to_string()));
        line.insert("kind".into(), Value::String(kind.into()));
        if let Some(file) = &self.file {
            line.insert("file".into(), Value::String(file.clone()));
        }
        if let Value::Object(fields) = fields.map_err(serde::ser::Error::custom)? {
            line.extend(fields);
        }
        line.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // By way of a value: serde's own words for a text that is no object would repeat it.
        let Value::Object(mut fields) = Value::deserialize(deserializer)? else {
            return Err(D::Error::custom("an event is an object"));
        };
        let mut take = |name: &'static str| match fields.remove(name) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(D::Error::missing_field(name)),
        };
        let id = take("id")?.parse().map_err(D::Error::custom)?;
        let kind = take("kind")?;
        // A kind of a later version may have a field of this name for something else.
        let file = match fields.remove("file") {
            Some(Value::String(file)) => Some(file),
            Some(other) => {
                fields.insert("file".into(), other);
                None
            }
            None => None,
        };
        let fields = Value::Object(fields);
        let body = match kind.as_str() {
            "request" => read(fields, Body::Request),
            "sent" => read(fields, Body::Sent),
            "response" => read(fields, Body::Response),
            "completed" => read(fields, Body::Completed),
            "failed" => read(fields, Body::Failed),
            "tab" => read(fields, Body::Tab),
            "page" => read(fields, Body::Page),
            "answer" => read(fields, Body::Answer),
            "message" => read(fields, Body::Message),
            "told" => read(fields, Body::Told),
            "settings" => read(fields, Body::Settings),
            _ => read(fields, |fields| Body::Unknown { kind, fields }),
        };
        Ok(Event { id, file, body: body.map_err(D::Error::custom)? })
    }
}

fn read<T: DeserializeOwned>(fields: Value, body: impl FnOnce(T) -> Body) -> Result<Body, String> {
    serde_json::from_value(fields).map(body).map_err(|error| redact::json_error(&error))
}
