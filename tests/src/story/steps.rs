//! The events of what the blocks tell: messages are encoded into their binding here, nobody writes base64.

use super::{
    Block,
    encode::{broken_in_lines, encode, with_namespaces, with_query},
};
use crate::signer::{certified, signed};
use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::{instant::Timestamp, other::Other, place::Place, redact::Secret},
    event::{
        Answer, Body, Completed, Event, EventId, Failed, ImportedMessage, Request, RequestBody, Response,
        Sent, Told, settings::Settings,
    },
    gitlab::{api, pages::PageReading},
};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// 2026-01-01T09:00:00Z.
const BEGIN: i64 = 1_767_258_000_000;

const START: &str = "https://gitlab.com/users/auth/group_saml?group_path=acme";
const IDP: &str = "https://idp.example.com/sso";
const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";

/// The events told so far.
#[derive(Debug)]
pub struct Story {
    events: Vec<Event>,
    clock: i64,
    /// The newest request of each tab: the browser's id, method, address.
    newest: BTreeMap<i64, (String, String, String)>,
    /// The file that tells what the block says (`told-by=NAME`); none of what the browser sees.
    file: Option<String>,
}

impl Default for Story {
    fn default() -> Self {
        Story { events: Vec::new(), clock: BEGIN, newest: BTreeMap::new(), file: None }
    }
}

type Tell = fn(&mut Story, &Block) -> Result<()>;

/// The kinds of blocks.
const KINDS: [(&str, Tell); 10] = [
    ("request", |story, block| story.message(block, "SAMLRequest", "redirect")),
    ("response", |story, block| story.message(block, "SAMLResponse", "form")),
    ("http", Story::http),
    ("failed", Story::failed),
    ("page", Story::page),
    ("answer", Story::answer),
    ("told", Story::told),
    ("settings", Story::settings),
    ("event", Story::event),
    ("again", |story, _| story.again()),
];

impl Story {
    /// Tells one block.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn step(&mut self, block: &Block) -> Result<()> {
        let Some((_, tell)) = KINDS.iter().find(|(kind, _)| *kind == block.kind) else {
            bail!("there is no kind of block `{}`", block.kind);
        };
        self.pass(block)?;
        self.file = block.option("told-by").map(str::to_owned);
        tell(self, block)?;
        block.all_read()
    }

    /// The time at which the trace is looked at: when the last block says.
    ///
    /// # Errors
    /// When its options cannot be read.
    pub fn look(&mut self, block: &Block) -> Result<Timestamp> {
        self.pass(block)?;
        block.all_read()?;
        Ok(Timestamp(self.clock))
    }

    /// The events that were told.
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// A second passes, and as many more as `after` says.
    fn pass(&mut self, block: &Block) -> Result<()> {
        self.clock += 1_000 * (1 + block.number("after")?.unwrap_or_default());
        Ok(())
    }

    fn keep(&mut self, body: Body) {
        let number = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        self.clock += 10;
        let id = EventId::new(Timestamp(self.clock), "story", number);
        self.events.push(match self.file.clone() {
            None => Event::new(id, body),
            file => Event { id: id.imported(), file, body },
        });
    }

    /// A message. `via` says where it rides: `redirect` (in the Location of an answer), `query`, `form`,
    /// `file`.
    fn message(&mut self, block: &Block, parameter: &str, usual: &str) -> Result<()> {
        let place = place(block)?;
        let via = block.option("via").unwrap_or(usual).to_owned();
        let to = block.option("to").unwrap_or(if parameter == "SAMLRequest" { IDP } else { ACS }).to_owned();
        let declared = with_namespaces(&block.text);
        let is_xml = block.language == "xml" && !block.flag("unsigned");
        let text = if is_xml { signed(&declared).unwrap_or(declared) } else { declared };
        let text = if block.flag("certified") { certified(&text) } else { text };
        if via == "file" {
            let octets = Secret::new(BASE64_STANDARD.encode(&text));
            let source = block.option("name").unwrap_or("message.xml").to_owned();
            self.keep(Body::Message(ImportedMessage { source, octets, ..ImportedMessage::default() }));
            return Ok(());
        }
        let mut value = match block.language.as_str() {
            "xml" => encode(&text, via != "form")?,
            _ => block.text.clone(),
        };
        if let Some(length) = block.number("cut")? {
            value.truncate(usize::try_from(length)?);
        }
        if let Some(width) = block.number("wrap")? {
            value = broken_in_lines(&value, usize::try_from(width)?);
        }
        let mut fields = vec![(parameter.to_owned(), value)];
        fields.extend(block.option("relay").map(|state| ("RelayState".to_owned(), state.to_owned())));
        let request = self.browser_id(block);
        match via.as_str() {
            "form" => {
                self.newest.insert(place.tab, (request.clone(), "POST".into(), to.clone()));
                let form = fields.into_iter().map(|(name, value)| (name, vec![Secret::new(value)])).collect();
                self.keep(Body::Request(Request {
                    request: request.clone(),
                    place,
                    method: "POST".into(),
                    url: Secret::new(to),
                    form,
                    body: RequestBody::Form,
                    ..Request::default()
                }));
                let origin = Some("https://idp.example.com".to_owned());
                self.keep(Body::Sent(Sent { request, origin, ..Sent::default() }));
            }
            "query" => {
                let url = with_query(&to, &fields);
                self.newest.insert(place.tab, (request.clone(), "GET".into(), url.clone()));
                self.keep(Body::Request(Request {
                    request,
                    place,
                    method: "GET".into(),
                    url: Secret::new(url),
                    ..Request::default()
                }));
            }
            "redirect" => {
                let from = block.option("from").unwrap_or(START).to_owned();
                let method = block.option("method").unwrap_or("POST").to_owned();
                self.keep(Body::Response(Response {
                    request,
                    place,
                    method,
                    url: Secret::new(from),
                    status: 302,
                    location: Some(Secret::new(with_query(&to, &fields))),
                    ..Response::default()
                }));
            }
            other => bail!("via={other}: a message rides in a redirect, query, form or file"),
        }
        Ok(())
    }

    /// The head of a request (with a form behind the empty line) or of the answer to the tab's newest
    /// request.
    fn http(&mut self, block: &Block) -> Result<()> {
        let place = place(block)?;
        let (head, body) = block.text.split_once("\n\n").unwrap_or((&block.text, ""));
        let mut lines = head.lines();
        let first: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
        let headers: BTreeMap<String, String> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let header = |name: &str| headers.get(name).cloned();
        match first.as_slice() {
            [version, status, ..] if version.starts_with("HTTP/") => {
                let given = block.option("url").map(str::to_owned);
                let method = block.option("method").unwrap_or("POST").to_owned();
                let newest = given.map(|url| (self.browser_id(block), method, url));
                let newest = newest.or_else(|| self.newest.get(&place.tab).cloned());
                let (request, method, url) = newest.context("this answers no request of its tab")?;
                let status = status.parse()?;
                self.keep(Body::Response(Response {
                    request: request.clone(),
                    place,
                    method,
                    url: Secret::new(url),
                    status,
                    location: header("location").map(Secret::new),
                    date: header("date"),
                    content_type: header("content-type"),
                    ..Response::default()
                }));
                // The browser follows a redirect in the same request; it is over after the last answer.
                if !(300..400).contains(&status) {
                    self.keep(Body::Completed(Completed { request, ..Completed::default() }));
                }
            }
            [method, path, version] if version.starts_with("HTTP/") => {
                let url = format!("https://{}{path}", header("host").context("a request needs its Host")?);
                let request = self.browser_id(block);
                self.newest.insert(place.tab, (request.clone(), (*method).into(), url.clone()));
                let field = |(name, value): (&str, &str)| (name.to_owned(), vec![Secret::from(value)]);
                let form: Vec<_> = body.lines().filter_map(|line| line.split_once('=')).map(field).collect();
                let body = match block.option("body") {
                    Some("raw") => RequestBody::Raw,
                    Some("unreadable") => RequestBody::Unreadable,
                    Some(other) => bail!("body={other}: a body is raw or unreadable"),
                    None if form.is_empty() => RequestBody::None,
                    None => RequestBody::Form,
                };
                let (method, url) = ((*method).to_owned(), Secret::new(url));
                self.keep(Body::Request(Request {
                    request,
                    place,
                    method,
                    url,
                    form,
                    body,
                    ..Request::default()
                }));
            }
            _ => bail!("an HTTP head begins with `METHOD path HTTP/1.1` or `HTTP/1.1 status`"),
        }
        Ok(())
    }

    /// The tab's newest request broke; the block holds the browser's word for it.
    fn failed(&mut self, block: &Block) -> Result<()> {
        let place = place(block)?;
        let (request, ..) = self.newest.get(&place.tab).cloned().context("no request of its tab can fail")?;
        self.keep(Body::Failed(Failed { request, error: block.text.clone(), ..Failed::default() }));
        Ok(())
    }

    /// A page reading: `fields` and `rows` as JSON.
    fn page(&mut self, block: &Block) -> Result<()> {
        let mut reading: PageReading = with(block, &[("page", "any"), ("url", "https://gitlab.com/")])?;
        all_known(&reading.other)?;
        reading.place = place(block)?;
        self.keep(Body::Page(reading));
        Ok(())
    }

    /// An answer of the API in full, reduced to what is kept as the core does it.
    fn answer(&mut self, block: &Block) -> Result<()> {
        let url = block.option("url").unwrap_or("https://gitlab.com/api/v4/user").to_owned();
        let status = u16::try_from(block.number("status")?.unwrap_or(200))?;
        let path = url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default();
        let answer = api::kept(&path, status, &block.text);
        ensure!(status != 200 || !answer.is_null(), "nothing is kept of this answer");
        let place = place(block)?;
        self.keep(Body::Answer(Answer { place, url: Secret::new(url), status, answer, ..Answer::default() }));
        Ok(())
    }

    fn told(&mut self, block: &Block) -> Result<()> {
        let told: Told = with(block, &[])?;
        all_known(&told.other)?;
        self.keep(Body::Told(told));
        Ok(())
    }

    fn settings(&mut self, block: &Block) -> Result<()> {
        let settings: Settings = with(block, &[])?;
        all_known(&settings.other)?;
        settings.provider.iter().try_for_each(|provider| all_known(&provider.other))?;
        self.keep(Body::Settings(settings));
        Ok(())
    }

    /// Any event, as it stands in a trace but without its id.
    fn event(&mut self, block: &Block) -> Result<()> {
        let mut event: serde_json::Value = serde_json::from_str(&block.text)?;
        event["id"] = EventId::new(Timestamp(self.clock), "story", 0).to_string().into();
        let event: Event = serde_json::from_value(event)?;
        self.keep(event.body);
        Ok(())
    }

    /// The event before happens again, as after a reload of the page.
    fn again(&mut self) -> Result<()> {
        let last = self.events.last().context("nothing happened before")?.body.clone();
        self.keep(last);
        Ok(())
    }

    fn browser_id(&self, block: &Block) -> String {
        block.option("id").map_or_else(|| format!("r{}", self.events.len()), str::to_owned)
    }
}

fn all_known(other: &Other) -> Result<()> {
    other.names().next().map_or(Ok(()), |name| bail!("there is no field `{name}`"))
}

fn place(block: &Block) -> Result<Place> {
    Ok(Place {
        tab: block.number("tab")?.unwrap_or(1),
        private: block.flag("private"),
        cookie_store: block.option("cookies").unwrap_or_default().to_owned(),
        ..Place::default()
    })
}

/// The block's JSON with these fields taken from options, or from their usual values.
fn with<T: DeserializeOwned>(block: &Block, options: &[(&str, &str)]) -> Result<T> {
    let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&block.text)?;
    for (name, usual) in options {
        fields.insert((*name).into(), block.option(name).unwrap_or(usual).into());
    }
    Ok(serde_json::from_value(fields.into())?)
}
