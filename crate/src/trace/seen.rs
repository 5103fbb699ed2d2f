//! [`Seen`]: a message of an exchange, read when somebody looks at it.
//!
//! A message that is read takes ten times what was received, and a trace has thousands. So what stays is
//! what was received, once, and the heading that joining needs (`heading.rs`). The rest is read when it is
//! looked at, kept for the next look, and given back when all that is kept takes more than [`READ_BYTES`].
//! Reading is a function of what was received and of the limits, so each time gives the same.
//!
//! Leaves out how much a message may unfold to: `pool.rs`.

use super::heading::Heading;
use crate::{
    attack::{self, Look},
    base::{
        flaw::{Flaw, Span},
        limits::{LIMITS, Limits, NODE_BYTES, READ_BYTES, TRACE_BYTES},
        redact::Secret,
        shared::Shared,
    },
    binding::{self, Carried, raw_message},
    event::{EventId, Found},
    saml::Assertion,
    signature::{
        GivenKeys,
        certificates::{Certificate, certificates},
    },
    text,
    xml::Element,
};
use std::{
    fmt,
    sync::{
        Arc, LazyLock, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

/// A message and where it rode.
#[derive(Clone)]
pub struct Seen {
    /// The event that showed it.
    pub event: EventId,
    /// The part of the exchange in which it rode.
    pub rode: Rode,
    /// The data that joining needs of it.
    pub(super) heading: Heading,
    part: Arc<Part>,
    /// Its place among the messages of the part.
    nth: usize,
}

/// The part of an exchange in which a message rode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rode {
    /// In the query of the request's URL.
    Query,
    /// In the request's form.
    Form,
    /// In the `Location` of the response.
    Redirect,
    /// In an imported file.
    File,
    /// On a page of GitLab, which shows the message that it got.
    Page,
}

/// The octets as they were received, from which messages are read. Cloning shares it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Received {
    /// An address, with messages in its query.
    Address(Arc<Secret<String>>),
    /// The fields of a form.
    Form(Arc<[(String, Shared)]>),
    /// A message in XML.
    Xml(Arc<Secret<Vec<u8>>>),
    /// A file with one message in any form, or a part of a file, with the place where it was found.
    File(Arc<Secret<Vec<u8>>>, Option<Arc<Found>>),
}

impl Received {
    fn read(&self, limits: &Limits) -> Vec<Carried> {
        // What is read is wrapped in `Carried`.
        match self {
            Received::Address(url) => binding::from_shared_url(&Arc::clone(url).into(), limits),
            Received::Form(fields) => binding::from_shared_form(fields, limits),
            Received::Xml(octets) => vec![binding::from_octets(octets.expose(), limits)],
            Received::File(octets, found) => {
                Found::say(found.as_deref(), raw_message::read(octets.expose(), limits))
            }
        }
    }
}

/// The way the messages of a trace are read now: within which limits, and where it is counted.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub(super) limits: Limits,
    pub(super) kept: Kept,
}

/// The bytes that the messages take that are read and kept for the next look, and how many may stay.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    bytes: Arc<AtomicUsize>,
    limit: usize,
}

impl Default for Kept {
    fn default() -> Self {
        Kept::within(READ_BYTES)
    }
}

impl Kept {
    pub(super) fn within(limit: usize) -> Self {
        Kept { bytes: Arc::default(), limit }
    }

    fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes() > self.limit
    }

    pub(super) fn clear(&self) {
        self.bytes.store(0, Ordering::Relaxed);
    }
}

/// A trace is what its events say; what of it is read at the moment makes no difference.
impl PartialEq for Kept {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A part of an exchange with messages in it.
struct Part {
    received: Received,
    reader: Reader,
    read: OnceLock<Vec<Read>>,
}

/// A message as it is read.
struct Read {
    carried: Carried,
    look: OnceLock<Look>,
    certificates: OnceLock<(Vec<Certificate>, Vec<Flaw>)>,
}

impl Read {
    fn new(carried: Carried) -> Self {
        Read { carried, look: OnceLock::new(), certificates: OnceLock::new() }
    }
}

impl Part {
    fn read(&self) -> &[Read] {
        self.read.get_or_init(|| {
            let mut all = self.received.read(&self.reader.limits);
            all.iter_mut().for_each(|carried| self.reader.mark(carried));
            self.reader.kept.add(all.iter().map(weight).sum());
            all.into_iter().map(Read::new).collect()
        })
    }
}

impl Reader {
    /// Says of a message that the trace's limit cut it, if one did.
    fn mark(&self, carried: &mut Carried) {
        let is_cut = |flaw: &Flaw| match flaw.code {
            "inflate-limit" => self.limits.inflated_bytes < LIMITS.inflated_bytes,
            "too-many-nodes" => self.limits.xml_nodes < LIMITS.xml_nodes,
            _ => false,
        };
        if carried.flaws.iter().any(is_cut) {
            let whole = Span::new(0, carried.value.expose().len());
            let text = text!("flaw.trace-limit", limit = TRACE_BYTES);
            carried.flaws.insert(0, Flaw::in_received("trace-limit", whole, text));
        }
    }
}

/// The bytes that a message takes once it is read.
fn weight(carried: &Carried) -> usize {
    let octets = carried.octets().map_or(0, |octets| octets.expose().len());
    let nodes = carried.document.as_ref().map_or(0, |document| document.node_count());
    nodes.saturating_mul(NODE_BYTES).saturating_add(octets)
}

impl Seen {
    /// The messages of `received`, which rode in this part of an exchange.
    pub(super) fn all(event: &EventId, rode: Rode, received: Received, reader: &Reader) -> Vec<Self> {
        let part = Arc::new(Part { received, reader: reader.clone(), read: OnceLock::new() });
        let headings = part.read().iter().map(|read| Heading::of(&read.carried)).enumerate();
        let seen = headings.map(|(nth, heading)| Seen {
            event: event.clone(),
            rode,
            heading,
            part: Arc::clone(&part),
            nth,
        });
        seen.collect()
    }

    fn read(&self) -> &Read {
        /// No message: reading a part again gives as many as it gave before.
        static NONE: LazyLock<Read> = LazyLock::new(|| Read::new(raw_message::unrecognised(b"")));
        let read = self.part.read().get(self.nth);
        debug_assert!(read.is_some(), "what was received gives the same messages each time");
        read.unwrap_or(&NONE)
    }

    /// The message with its binding.
    pub fn carried(&self) -> &Carried {
        &self.read().carried
    }

    /// The same, for somebody who keeps it. What nobody has read since is read for that alone.
    pub fn to_carried(&self) -> Carried {
        if self.part.read.get().is_none() {
            let mut all = self.part.received.read(&self.part.reader.limits);
            all.iter_mut().for_each(|carried| self.part.reader.mark(carried));
            if let [_] = all[..] {
                return all.swap_remove(0);
            }
        }
        // Of several in one part each would read all.
        self.carried().clone()
    }

    /// Stands for what was received: equal for messages that came with the same value.
    pub fn received(&self) -> [u64; 2] {
        self.heading.value
    }

    /// The look at it with the keys that it brings itself: who signed it, and the signs of an attack.
    pub fn look(&self) -> &Look {
        let Read { carried, look, .. } = self.read();
        let make = if self.event.is_imported() { attack::look_at_imported } else { attack::look };
        look.get_or_init(|| make(carried, &GivenKeys::default()))
    }

    /// The certificates in it, and the flaws of those that cannot be read.
    pub fn certificates(&self) -> (&[Certificate], &[Flaw]) {
        let Read { carried, certificates: found, .. } = self.read();
        let (found, flaws) =
            found.get_or_init(|| carried.document.as_ref().map(certificates).unwrap_or_default());
        (found, flaws)
    }

    /// The assertion that somebody vouches for, where it has several and a valid signature covers only some.
    pub(super) fn vouched_assertion(&self) -> Option<Element<'_>> {
        attack::vouched_among(self.carried(), || self.look().signatures.clone())
    }

    /// The assertion whose NameID is taken: the first, or the one that is vouched for.
    pub(super) fn assertion(&self) -> Option<&Assertion> {
        let all = self.carried().message.as_ref()?.assertions();
        match self.vouched_assertion() {
            Some(vouched) => all.iter().find(|assertion| assertion.span == vouched.span()),
            None => all.first(),
        }
    }

    /// The bytes that it takes once it is read.
    pub(super) fn weight(&self) -> usize {
        weight(self.carried())
    }

    /// Whether it came with the same value as `other`.
    pub(super) fn is_received_like(&self, other: &Seen) -> bool {
        (self.is_beside(other) && self.nth == other.nth) || self.carried().value == other.carried().value
    }

    /// Whether two were received in the same part of an exchange.
    pub(super) fn is_beside(&self, other: &Seen) -> bool {
        Arc::ptr_eq(&self.part, &other.part)
    }
}

/// Gives back what is read of these messages; what was received stays.
pub(super) fn give_back(messages: &mut [Seen]) {
    for beside in messages.chunk_by_mut(|one, next| one.is_beside(next)) {
        let Some(first) = beside.first().filter(|first| first.part.read.get().is_some()) else { continue };
        let Part { received, reader, .. } = &*first.part;
        let part = Part { received: received.clone(), reader: reader.clone(), read: OnceLock::new() };
        let part = Arc::new(part);
        beside.iter_mut().for_each(|seen| seen.part = Arc::clone(&part));
    }
}

impl PartialEq for Seen {
    fn eq(&self, other: &Self) -> bool {
        (&self.event, self.rode, self.nth) == (&other.event, other.rode, other.nth)
            && self.part.received == other.part.received
            && self.part.reader.limits == other.part.reader.limits
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Seen");
        shown.field("event", &self.event).field("rode", &self.rode).field("carried", self.carried()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::{counted, instant::Timestamp},
        event::Event,
        trace::tracer::Tracer,
        view::{context::Context, lines::Lines, overview::overview, search::Query},
    };
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp(1_767_258_100_000);

    fn event(at: usize, kind: &str, mut body: Value) -> Event {
        body["id"] = json!(format!("{:013}-read-000001", 1_767_258_000_000 + at));
        body["kind"] = json!(kind);
        serde_json::from_value(body).unwrap()
    }

    /// A Response with a NameID of its own and as many attributes as are asked for.
    fn response(at: usize, attributes: usize) -> String {
        let attributes =
            "<s:Attribute Name='a'><s:AttributeValue>b</s:AttributeValue></s:Attribute>".repeat(attributes);
        format!(
            "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_r{at}'>\
             <s:Assertion xmlns:s='urn:oasis:names:tc:SAML:2.0:assertion' ID='_a{at}'><s:Subject><s:NameID>user-{at}\
             </s:NameID></s:Subject><s:AttributeStatement>{attributes}</s:AttributeStatement></s:Assertion></p:Response>"
        )
    }

    fn posted(at: usize, fields: Value) -> Event {
        let url = "https://gitlab.com/groups/acme/-/saml/callback";
        let asked =
            json!({"request": at.to_string(), "tab": 1, "method": "POST", "url": url, "form": fields});
        event(at, "request", asked)
    }

    /// The ways in which a message can ride, and several in one form.
    fn each_way() -> Vec<Event> {
        let xml = response(1, 3);
        let value = BASE64_STANDARD.encode(&xml);
        let damaged = &value[..value.len() - 9];
        let file = |content: &[u8]| json!({"source": "a", "octets": BASE64_STANDARD.encode(content)});
        let query = format!("https://gitlab.com/x?SAMLRequest={value}&RelayState=%2Fx");
        vec![
            posted(1, json!([["SAMLResponse", [&value, damaged, "", "%%"]], ["RelayState", ["/x"]]])),
            posted(2, json!([["wresult", [&xml]]])),
            event(3, "request", json!({"request": "3", "tab": 1, "method": "GET", "url": query})),
            event(
                4,
                "response",
                json!({"request": "4", "tab": 1, "method": "GET", "status": 302, "url": query, "location": query}),
            ),
            event(5, "message", file(xml.as_bytes())),
            event(6, "message", file(b"\xFF\xFE<\0a\0")),
            event(7, "message", file(b"")),
            event(8, "message", file(format!("SAMLResponse={value}").as_bytes())),
        ]
    }

    /// A message of a trace takes no more than four octets of memory for one of its XML, what was received
    /// among them; and its value is a part of what was received, not a copy.
    #[test]
    fn a_message_takes_four_octets_for_one_of_its_xml_and_its_value_none() {
        let group = "<s:AttributeValue>0f4d5a9e-4c1d-4b7e-9a30-7d1c2b3a4f50</s:AttributeValue>";
        for groups in [0, 10, 1_000] {
            let xml = response(1, 3).replace("<s:AttributeValue>b</s:AttributeValue>", &group.repeat(groups));
            let value = BASE64_STANDARD.encode(&xml);
            let query = format!("https://gitlab.com/x?SAMLResponse={value}&RelayState=%2Fx");
            let asked = json!({"request": "2", "tab": 1, "method": "GET", "url": query});
            for event in [posted(1, json!([["SAMLResponse", [&value]]])), event(2, "request", asked)] {
                let tracer = Tracer::replay([event]);
                let seen = &tracer.exchanges()[0].messages[0];
                let (received, start) = match &seen.part.received {
                    Received::Address(url) => (url.expose().len(), url.expose().as_ptr() as usize),
                    Received::Form(fields) => (value.len(), fields[0].1.expose().as_ptr() as usize),
                    Received::Xml(_) | Received::File(..) => unreachable!(),
                };
                let carried = seen.carried();
                let (held, read) = (carried.held(), carried.octets().unwrap().expose().len());
                assert_eq!(read, xml.len());
                if groups > 0 {
                    assert!(held + received <= 4 * read, "{groups}: {held} and {received} for {read}");
                }
                let place = (carried.value.expose().as_ptr() as usize).checked_sub(start);
                assert!(place.is_some_and(|place| place + value.len() <= received), "the value is a copy");
            }
        }
    }

    /// The bytes that are counted for a message are no fewer than it takes.
    #[test]
    fn no_message_takes_more_than_is_counted_for_it() {
        for unit in [
            "<a/>",
            "<a b=''/>",
            "<!---->",
            "&#65;",
            "text",
            " ",
            "<a>",
            "</a>",
            "<a b='c' d='e' f='g'>h</a>",
        ] {
            let xml =
                format!("<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol'>{}", unit.repeat(5_000));
            let tracer =
                Tracer::replay([posted(1, json!([["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]))]);
            let seen = &tracer.exchanges()[0].messages[0];
            assert!(seen.carried().held() <= seen.weight() + 2 * NODE_BYTES, "{unit}");
        }
    }

    #[test]
    fn what_is_read_again_is_what_was_read_before() {
        let mut tracer = Tracer::replay(each_way());
        let all = |tracer: &Tracer| -> Vec<Carried> {
            tracer.exchanges().iter().flat_map(|it| &it.messages).map(|seen| seen.carried().clone()).collect()
        };
        let before = (tracer.clone(), all(&tracer));
        assert_eq!(before.1.len(), 11);
        tracer.give_back();
        assert!(
            tracer.exchanges().iter().flat_map(|it| &it.messages).all(|seen| seen.part.read.get().is_none())
        );
        assert_eq!((&tracer, all(&tracer)), (&before.0, before.1));
    }

    /// Messages that take a multiple of what is kept: some are given back while events come, and while the
    /// list is made and searched.
    #[test]
    fn no_more_stays_read_than_the_limit_and_one_message() {
        const ATTRIBUTES: usize = 100;
        const LIMIT: usize = 1024 * 1024;
        let one = Seen::weight(
            &Tracer::replay([posted(
                0,
                json!([["SAMLResponse", [BASE64_STANDARD.encode(response(0, ATTRIBUTES))]]]),
            )])
            .exchanges()[0]
                .messages[0],
        );
        let count = 3 * LIMIT / one;
        let kept = Kept::within(LIMIT);
        let mut tracer = Tracer::new().keeping(kept.clone());
        let stays_within = |tracer: &Tracer| {
            let seen = tracer.exchanges().iter().flat_map(|it| &it.messages);
            let read = seen.filter(|seen| seen.part.read.get().is_some()).map(|seen| seen.weight());
            let bytes: usize = read.sum();
            assert_eq!(bytes, kept.bytes());
            assert!(bytes <= LIMIT + one, "{bytes}");
        };
        for at in 0..count {
            tracer.observe(&posted(
                at,
                json!([["SAMLResponse", [BASE64_STANDARD.encode(response(at, ATTRIBUTES))]]]),
            ));
        }
        stays_within(&tracer);
        let (mut lines, context) = (Lines::default(), Context { now: NOW, ..Context::default() });
        for text in ["", "name='a'"] {
            let query = Query { text: text.to_owned(), ..Query::default() };
            assert_eq!(overview(&mut tracer, &mut lines, &context, &query).found, count);
            stays_within(&tracer);
        }
    }

    /// Joining asks nothing that a message must be read again for, though all have one ID and nothing stays
    /// read.
    #[test]
    fn joining_reads_each_message_once() {
        for xml in [response(7, 40), response(7, 40).replace("ID=", "Id=")] {
            let value = BASE64_STANDARD.encode(xml);
            let steps = |count: usize| {
                counted::steps_of(|| {
                    let mut tracer = Tracer::new().keeping(Kept::within(0));
                    let form = json!([["SAMLResponse", [value]], ["RelayState", ["/x"]]]);
                    (0..count).for_each(|at| _ = tracer.observe(&posted(at, form.clone())));
                })
            };
            let (few, many) = (steps(20), steps(40));
            assert!(few > 0 && many <= 2 * few + few / 10, "{few} steps, then {many}");
            assert!(few <= 25 * steps(1), "{few} steps for 20 messages, {} for one", steps(1));
        }
    }
}
