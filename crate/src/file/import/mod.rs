//! Files that people have: what a file is gets detected from its content, and what it tells becomes events.
//!
//! A file holds either a recording of several exchanges (a row of [`RECORDINGS`], one file each) or one
//! message (a row of [`FORMATS`](raw_message::FORMATS)). Nothing is dropped: what cannot be read is told in
//! [`Imported::flaws`], with its place. Of a recording only what the browser's own capture would keep becomes
//! an event ([`crate::event::capture`]).

mod har;
mod json;
mod page;
mod saml_tracer;
mod trace;

use crate::{
    base::{
        flaw::{Flaw, Span},
        instant::Timestamp,
        limits::{FILE_BYTES, LIMITS},
        order,
        redact::{self, Secret},
    },
    binding::{self, Carried, raw_message},
    encoding,
    event::{Body, Event, EventId, Found, IMPORTED, ImportedMessage},
    file::{
        foreign,
        found::{self, FOUND_MAX, FoundMessage, FoundMessages},
        packed::{self, Unpacked},
        recorded::Hop,
    },
    gitlab::pages::PageReading,
    text,
    trace::{
        exchange::Exchange,
        flow::MessageRef,
        seen::{Rode, Seen},
        tracer::Tracer,
    },
    xml::FlawList,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    ops::Range,
};

/// One format of files that hold a recording.
pub struct Recording {
    /// Kebab-case name.
    pub id: &'static str,
    /// The common name of such a file; people are told that it is read by this name.
    pub called: &'static str,
    /// Whether `content` is in this format.
    pub recognises: fn(content: &[u8]) -> bool,
    /// Reads it.
    read: fn(&File<'_>) -> FileParts,
}

/// The formats of recordings, in the order in which they are tried.
pub const RECORDINGS: [Recording; 3] = [trace::RECORDING, har::RECORDING, saml_tracer::RECORDING];

/// The content that a file told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// In order. The same file gives the same ids, so that a file that is read twice tells nothing twice.
    pub events: Vec<Event>,
    /// The flaws in the file itself; what is wrong with a message stands with the message.
    pub flaws: Vec<Flaw>,
}

/// A file as its reader sees it.
struct File<'a> {
    /// Its name.
    source: &'a str,
    content: &'a [u8],
    /// When it is read; stands for a time that the file does not tell.
    now: Timestamp,
}

/// The result of reading a file with a reader.
#[derive(Default)]
struct FileParts {
    parts: Vec<Part>,
    flaws: Vec<Flaw>,
}

impl FileParts {
    /// Adds a flaw. One more than will be kept is enough to say that there are more; the rest is not even
    /// made.
    fn flaw(&mut self, flaw: impl FnOnce() -> Flaw) {
        if self.flaws.len() <= LIMITS.flaws {
            self.flaws.push(flaw());
        }
    }
}

/// One thing in a recording.
enum Part {
    /// An event as this program wrote it.
    Event(Box<Event>),
    /// An exchange.
    Hop(Hop),
    /// A message that rode where no form or address is: in a SOAP body, in a field of its own.
    Message(Timestamp, ImportedMessage),
    /// The words of a page of GitLab.
    Page(Timestamp, PageReading),
}

/// The last time that an event can have: in the year 2286.
const LAST_TIME: i64 = 9_999_999_999_999;

/// Reads the file `source` with this `content`; `now` is when.
pub fn file(source: &str, content: &[u8], now: Timestamp) -> Imported {
    let mut flaws = FlawList::new(LIMITS.flaws);
    let whole = content.len();
    let content = content.get(..FILE_BYTES).unwrap_or(content);
    if content.len() < whole {
        let text = text!("flaw.file-too-large", limit = FILE_BYTES);
        flaws.push(Flaw::in_received("file-too-large", Span::new(content.len(), whole), text));
    }
    let file = File { source, content, now };
    let (events, found) = match packed::files(content) {
        Some(unpacked) => unpacked_files(&file, unpacked),
        None => {
            let told = read_file(&file);
            (events(told.parts, &boot(content)), told.flaws)
        }
    };
    flaws.extend(found);
    Imported { events, flaws: flaws.into_vec() }
}

/// The content of a file that is not packed.
fn read_file(file: &File<'_>) -> FileParts {
    // The name of the text's encoding is no part of a recording.
    let (text, width) = encoding::text::text_of(file.content);
    let recoded = (width > 1).then(|| File { content: text.as_bytes(), ..*file });
    let recorded = recoded.as_ref().unwrap_or(file);
    let Some(recording) = RECORDINGS.iter().find(|recording| (recording.recognises)(recorded.content)) else {
        return single(file);
    };
    let mut told = (recording.read)(recorded);
    if told.parts.is_empty() {
        // It stands where no program is known to write it.
        told.parts = parts_of(file, found::find(file.content), &mut told.flaws);
    }
    if told.parts.is_empty() {
        told.flaws.push(no_saml(file.content.len()));
    }
    told
}

/// The content of the files in an archive. What holds no message there is passed over.
fn unpacked_files(file: &File<'_>, unpacked: Unpacked<'_>) -> (Vec<Event>, Vec<Flaw>) {
    let Unpacked { files, mut flaws } = unpacked;
    if let Some(document) = foreign::document(file.content, files.iter().map(|(name, _)| name.as_str())) {
        return (Vec::new(), vec![document]);
    }
    let mut read = Vec::new();
    let mut names = Vec::new();
    for (name, octets) in files {
        let source = match name.as_str() {
            "" => file.source.to_owned(),
            name => text!("found.in-archive", archive = file.source, file = name).to_string(),
        };
        let told = read_file(&File { source: &source, content: &octets, now: file.now });
        let mut told_events = events(told.parts, &boot(&octets));
        // What is packed alone is the file; of many the others are beside it.
        if name.is_empty() {
            flaws.extend(told.flaws);
        } else {
            told_events.retain(is_readable);
            let is_beside = |flaw: &Flaw| ["no-saml", "not-read", "empty"].contains(&flaw.code);
            flaws.extend(told.flaws.into_iter().filter(|flaw| !is_beside(flaw)));
            names.push(name.clone());
        }
        told_events.iter_mut().for_each(|event| place_in(event, &name));
        read.extend(told_events);
    }
    if read.is_empty() && (flaws.is_empty() || !names.is_empty()) {
        names.truncate(10);
        let text = text!("flaw.archive-without-saml", files = names.join(", "));
        flaws.push(Flaw::in_received("no-saml", Span::new(0, file.content.len()), text));
    }
    // The same file twice gives the same events.
    let mut seen = HashSet::new();
    read.retain(|event| seen.insert(event.id.clone()));
    order::sort_by(&mut read, |one, other| one.id.cmp(&other.id));
    (read, flaws)
}

/// Says of the message of `event` that it is in the file `name` of an archive.
fn place_in(event: &mut Event, name: &str) {
    let Body::Message(message) = &mut event.body else { return };
    if !name.is_empty() {
        let whole = || Found { line: 1, holder: "file".to_owned(), ..Found::default() };
        message.found.get_or_insert_with(whole).file = Some(name.to_owned());
    }
}

/// Whether a person is shown something of `event`: it is no message, or one that can be read.
fn is_readable(event: &Event) -> bool {
    let Body::Message(message) = &event.body else { return true };
    // Looked at here, and kept as it is.
    let octets = BASE64_STANDARD.decode(message.octets.expose()).unwrap_or_default();
    message.found.is_some() || raw_message::read(&octets, &LIMITS).iter().any(found::is_message)
}

/// Whether `content` is a private key in PEM form, which can stand behind a certificate.
fn is_private_key(content: &[u8]) -> bool {
    const MARK: &[u8] = b"PRIVATE KEY-----";
    let start = content.get(..LIMITS.key_file_bytes).unwrap_or(content);
    start.starts_with(b"-----BEGIN ") && start.windows(MARK.len()).any(|octets| octets == MARK)
}

/// The messages of `imported` in their order, each read when it is asked for. A message in a redirect that is
/// followed by the request that the redirect asks for is one message. What is wrong with the file itself is
/// one more, without content.
pub fn messages(imported: Imported) -> impl Iterator<Item = Carried> {
    told(imported).map(|told| told.carried)
}

/// One message of a file.
#[derive(Clone, Debug)]
pub struct Told {
    /// The message.
    pub carried: Carried,
    /// Whether only a file tells of it: what a browser recorded is in a trace as it was seen.
    pub is_imported: bool,
    /// The place where it was found, in a file that holds more than the message.
    pub found: Option<Found>,
}

/// The same, each with whether only a file tells of it.
pub fn told(imported: Imported) -> impl Iterator<Item = Told> {
    let places = places(&imported.events);
    told_by(Tracer::replay(imported.events), imported.flaws, places)
}

/// The same for a person who asks for the whole of each message.
pub fn told_whole(imported: Imported) -> impl Iterator<Item = Told> {
    let places = places(&imported.events);
    told_by(Tracer::replay_whole(imported.events), imported.flaws, places)
}

/// The places of the messages that were found in a larger text, by the events that tell them.
fn places(events: &[Event]) -> HashMap<EventId, Found> {
    let place = |event: &Event| match &event.body {
        Body::Message(message) => Some((event.id.clone(), message.found.clone()?)),
        _ => None,
    };
    events.iter().filter_map(place).collect()
}

fn told_by(
    tracer: Tracer,
    flaws: Vec<Flaw>,
    mut found: HashMap<EventId, Found>,
) -> impl Iterator<Item = Told> {
    let (mut tracer, mut flaws) = (tracer, flaws);
    let at = |(exchange, it): (usize, &Exchange)| {
        (0..it.messages.len()).map(move |message| MessageRef { exchange, message })
    };
    let places: Vec<MessageRef> = tracer.exchanges().iter().enumerate().flat_map(at).collect();
    if places.is_empty() && flaws.is_empty() {
        flaws.push(no_saml(0));
    }
    let mut redirected = HashMap::new();
    let told = places.into_iter().filter_map(move |place| {
        tracer.rest();
        let seen = tracer.seen(place)?;
        let told = || Told {
            carried: seen.to_carried(),
            is_imported: seen.event.is_imported(),
            found: found.remove(&seen.event),
        };
        is_first(seen, &mut redirected).then(told)
    });
    let of_file = (!flaws.is_empty()).then(|| {
        let mut carried = raw_message::unrecognised(b"");
        carried.flaws = flaws;
        Told { carried, is_imported: true, found: None }
    });
    told.chain(of_file)
}

/// The flaw of a recording of `length` octets in which there is nothing to show.
fn no_saml(length: usize) -> Flaw {
    Flaw::in_received("no-saml", Span::new(0, length), text!("flaw.no-saml"))
}

/// Whether a message was not seen before in a redirect; `redirected` counts those whose request is still to
/// come.
fn is_first(seen: &Seen, redirected: &mut HashMap<[u64; 2], usize>) -> bool {
    match seen.rode {
        Rode::Redirect => {
            *redirected.entry(seen.received()).or_default() += 1;
            true
        }
        Rode::Query => match redirected.get_mut(&seen.received()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        },
        Rode::Form | Rode::File | Rode::Page => true,
    }
}

/// A file that is no recording: one message as a whole, messages in what surrounds them, or nothing that is
/// known.
fn single(file: &File<'_>) -> FileParts {
    let whole = Span::new(0, file.content.len());
    let mut told = FileParts::default();
    if is_empty(file.content) {
        told.flaws.push(Flaw::in_received("empty", whole, text!("flaw.empty-file")));
        return told;
    }
    if is_private_key(file.content) {
        // Everything else that is read becomes part of the trace.
        told.flaws.push(Flaw::in_received("private-key", whole, text!("flaw.private-key")));
        return told;
    }
    // One octet more, so that the reader of the message sees that the limit is passed.
    let content = file.content.get(..=LIMITS.parameter_bytes).unwrap_or(file.content);
    // Of one that is a message from end to end nothing is left to look through.
    let found = if is_whole(content) { FoundMessages::default() } else { found::find(file.content) };
    if !is_better_whole(content, &found) {
        told.parts = parts_of(file, found, &mut told.flaws);
    } else if let Some(foreign) = foreign::named(content) {
        told.flaws.push(foreign);
    } else {
        told.parts.push(Part::Message(file.now, message(file.source, content)));
    }
    told
}

/// Whether nothing is in a file but white space or a byte order mark.
fn is_empty(content: &[u8]) -> bool {
    const SHORT: usize = 1024;
    let marks: [&[u8]; 3] = [b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];
    let text = marks.iter().find_map(|mark| content.strip_prefix(*mark)).unwrap_or(content);
    content.len() <= SHORT && text.trim_ascii().is_empty()
}

/// Whether `content` is base64, all of it, of XML without a flaw in how it is written: the value of a
/// parameter. GitLab judges it as it is, so what its root holds is not cut out. A page is none.
fn is_whole(content: &[u8]) -> bool {
    let is_base64 = raw_message::detect(content).is_some_and(|format| format.id == "base64");
    let is_value = |carried: &Carried| {
        let root = carried.message.as_ref().map(|message| message.kind.name());
        root.is_some_and(|root| !root.eq_ignore_ascii_case("html")) && found::damage(carried) == 0
    };
    is_base64
        && content.iter().all(|octet| octet.is_ascii_alphanumeric() || b"+/= \t\r\n".contains(octet))
        && matches!(raw_message::read(content, &LIMITS).as_slice(), [one] if is_value(one))
}

/// Whether `content` as one message says no less than what was found in it.
fn is_better_whole(content: &[u8], found: &FoundMessages) -> bool {
    let Some(first) = found.messages.first() else { return true };
    let whole = raw_message::read(content, &LIMITS);
    let messages = whole.iter().filter(|carried| found::is_message(carried));
    let of_whole =
        messages.clone().map(|carried| (found::companions(carried), Reverse(found::damage(carried))));
    let of_found = (first.companions, Reverse(first.flaws));
    // Two lines are two requests, each with what belongs to it.
    let is_apart = found.messages.last().is_some_and(|last| last.found.line > first.found.line);
    messages.count() >= found.messages.len()
        && !is_apart
        && of_whole.max().is_some_and(|whole| whole >= of_found)
}

/// The parts of what was found in a file, with what is wrong with the file.
fn parts_of(file: &File<'_>, found: FoundMessages, flaws: &mut Vec<Flaw>) -> Vec<Part> {
    if found.is_more {
        let whole = Span::new(0, file.content.len());
        let text = text!("flaw.more-in-text", limit = FOUND_MAX, bytes = LIMITS.parameter_bytes);
        flaws.push(Flaw::in_received("more-in-text", whole, text));
    }
    let part = |it| Part::Message(file.now, message_of(file.source, it));
    found.messages.into_iter().map(part).collect()
}

/// A message that was found in `source`, and says where.
fn message_of(source: &str, it: FoundMessage) -> ImportedMessage {
    let source = text!("found.at", file = source, line = it.found.line).to_string();
    ImportedMessage { found: Some(it.found), ..message(&source, &it.octets) }
}

fn message(source: &str, octets: &[u8]) -> ImportedMessage {
    let octets = Secret::new(BASE64_STANDARD.encode(octets));
    ImportedMessage { source: source.to_owned(), octets, ..ImportedMessage::default() }
}

/// Stands for the start of the worker in the ids: the content itself, so that the same file gives the same
/// ids.
fn boot(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().take(5).fold(IMPORTED.to_owned(), |boot, octet| format!("{boot}{octet:02x}"))
}

/// Events in the order of their times; what has the same time stays in the file's order.
fn events(parts: Vec<Part>, boot: &str) -> Vec<Event> {
    let mut number = 0_u32;
    let mut id = |time: Timestamp| {
        // An id sorts as text: thirteen digits.
        let time = Timestamp(time.0.clamp(0, LAST_TIME));
        number = number.saturating_add(1);
        EventId::new(time, boot, number)
    };
    let mut events = Vec::new();
    for (index, part) in parts.into_iter().enumerate() {
        match part {
            Part::Event(event) => events.push(*event),
            Part::Hop(hop) => events.extend(hop.events(&format!("{boot}-{index}"), &mut id)),
            Part::Message(time, message) => {
                events.push(Event::new(id(time), Body::Message(message)));
            }
            Part::Page(time, page) => events.push(Event::new(id(time), Body::Page(page))),
        }
    }
    order::sort_by(&mut events, |one, other| one.id.cmp(&other.id));
    events
}

impl File<'_> {
    /// Octet `at` as people find it: the line, counted from 1.
    fn line(&self, at: usize) -> usize {
        crate::base::counted::stepped(at);
        self.content.get(..at).unwrap_or(self.content).iter().filter(|octet| **octet == b'\n').count() + 1
    }

    /// The flaw of a file that ends inside its list of exchanges.
    fn cut_off(&self, at: usize) -> Flaw {
        let text = text!("flaw.file-cut-off", at = at, line = self.line(at));
        Flaw::in_received("file-cut-off", Span::new(at, self.content.len()), text)
    }

    /// The flaw of an entry that cannot be read.
    fn damaged_entry(&self, at: &Range<usize>, error: &str) -> Flaw {
        let text = text!("flaw.damaged-entry", at = at.start, line = self.line(at.start), error = error);
        Flaw::in_received("damaged-entry", Span::new(at.start, at.end), text)
    }

    /// A body that is no form, when SAML is in it: kept whole, as one message.
    fn body(&self, url: &str, body: &[u8]) -> Option<ImportedMessage> {
        const NAMESPACES: &[u8] = b":names:tc:SAML:";
        crate::base::counted::stepped(body.len());
        let mentions = |needle: &[u8]| body.windows(needle.len()).any(|octets| octets == needle);
        let bears = binding::PARAMETERS.bearing.iter().any(|name| mentions(name.as_bytes()));
        (bears || mentions(NAMESPACES))
            .then(|| message(&format!("{}: {}", self.source, redact::url(url)), body))
    }
}
