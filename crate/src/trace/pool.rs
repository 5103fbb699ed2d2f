//! [`Pool`]: the memory that all messages of a trace share, beyond what each may take by its own weight.
//!
//! A message that was received in a few octets can unfold to megabytes: it was deflated, or is nothing but
//! elements. Each may unfold in proportion to what was received, so that memory and time stay linear in the
//! trace; what goes beyond that comes out of one pool. When the pool is empty, such a message is read as far
//! as its own weight goes, and says so: what was received is kept, and it can be read alone. A message of
//! usual size never needs the pool, so a flood of the others takes nothing from it.

use super::seen::Seen;
use crate::base::limits::{LIMITS, Limits, NODE_BYTES, OWN_BYTES, OWN_SHARE, TRACE_BYTES};

/// The bytes that are left for what messages unfold to beyond their own weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pool {
    left: usize,
    /// The limits that a message has in an untouched pool.
    most: Limits,
}

impl Default for Pool {
    fn default() -> Self {
        Pool { left: TRACE_BYTES, most: LIMITS }
    }
}

impl Pool {
    /// The same for a trace whose messages a person wants to see whole.
    pub(super) fn whole(self) -> Self {
        Pool { most: self.most.whole(), ..self }
    }

    /// The limits for messages that were received in `octets`.
    pub(super) fn limits(self, octets: usize) -> Limits {
        let room = own(octets).saturating_add(self.left);
        Limits {
            inflated_bytes: self.most.inflated_bytes.min(room),
            xml_nodes: self.most.xml_nodes.min(room / NODE_BYTES),
            ..self.most
        }
    }

    /// Whether nothing was taken from it.
    pub(super) fn is_whole(self) -> bool {
        self.left == TRACE_BYTES
    }

    /// Takes in what messages unfolded to that were received in `octets`.
    pub(super) fn charge<'a>(&mut self, octets: usize, messages: impl Iterator<Item = &'a Seen>) {
        let unfolded = messages.map(Seen::weight).fold(0, usize::saturating_add);
        self.left = self.left.saturating_sub(unfolded.saturating_sub(own(octets)));
    }
}

/// The bytes that what was received in `octets` may unfold to by its own weight.
fn own(octets: usize) -> usize {
    octets.saturating_mul(OWN_SHARE).saturating_add(OWN_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::Event, trace::tracer::Tracer};
    use base64::{Engine, prelude::BASE64_STANDARD};
    use flate2::{Compression, write::DeflateEncoder};
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use serde_json::{Value, json};
    use std::io::Write;

    const BEGIN: &str = "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\">";

    /// A message in a query, deflated.
    fn deflated(xml: &str) -> String {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(xml.as_bytes()).unwrap();
        let value = BASE64_STANDARD.encode(encoder.finish().unwrap());
        format!("https://gitlab.com/x?SAMLRequest={}", utf8_percent_encode(&value, NON_ALPHANUMERIC))
    }

    fn event(at: usize, kind: &str, mut body: Value) -> Event {
        body["id"] = json!(format!("{:013}-pool-000001", 1_767_258_000_000 + at));
        body["kind"] = json!(kind);
        serde_json::from_value(body).unwrap()
    }

    /// Octets that each bomb unfolds to, where it may; and the pool that they share here.
    const MUCH: usize = 3 * SHARED;
    const SHARED: usize = 512 * 1024;

    /// An event that happens at a time.
    type At = Box<dyn Fn(usize) -> Event>;

    /// The ways in which one event can unfold to much more than it weighs.
    fn bombs() -> Vec<At> {
        let filled = |with: &str| {
            let times = MUCH / with.len();
            deflated(&format!("{BEGIN}{}", with.repeat(times)))
        };
        let (spaces, elements, attributes, comments) =
            (filled(" "), filled("<a/>"), filled("<a b=''/>"), filled("<!---->"));
        vec![
            Box::new(move |at| asked(at, &spaces)),
            Box::new(move |at| asked(at, &elements)),
            Box::new(move |at| {
                let answer = json!({"request": at.to_string(), "tab": 1, "method": "GET", "status": 302,
                    "url": "https://gitlab.com/x", "location": attributes});
                event(at, "response", answer)
            }),
            Box::new(move |at| {
                event(at, "message", json!({"source": "x.txt", "octets": BASE64_STANDARD.encode(&comments)}))
            }),
        ]
    }

    fn asked(at: usize, url: &str) -> Event {
        event(at, "request", json!({"request": at.to_string(), "tab": 1, "method": "GET", "url": url}))
    }

    /// The bytes that a trace of these events unfolds to.
    fn unfolded(events: impl Iterator<Item = Event>) -> usize {
        let mut tracer = Tracer::new().sharing(Pool { left: SHARED, most: LIMITS });
        events.for_each(|event| _ = tracer.observe(&event));
        tracer.exchanges().iter().flat_map(|exchange| &exchange.messages).map(Seen::weight).sum()
    }

    #[test]
    fn what_a_whole_trace_unfolds_to_grows_with_its_octets_alone() {
        for bomb in bombs() {
            let octets = serde_json::to_string(&bomb(1)).unwrap().len();
            let before = unfolded((0..12).map(&bomb));
            // Octets and nodes each have the room, and the document is a node.
            let room = 12 * (2 * own(octets) + NODE_BYTES);
            assert!(before <= 2 * SHARED + room, "{before} for {octets} octets each");
            let doubled = unfolded((0..24).map(&bomb));
            assert!(doubled <= before + room, "{doubled} after {before} for {octets} octets each");
        }
    }

    #[test]
    fn the_message_says_it_and_keeps_what_was_received_and_one_of_usual_size_is_read_whole() {
        let elements = bombs().swap_remove(1);
        let honest = format!("{BEGIN}{}</p:Response>", "<a b='some text'>more</a>".repeat(200));
        let honest = asked(90, &deflated(&honest));
        let mut tracer = Tracer::new().sharing(Pool { left: SHARED, most: LIMITS });
        (0..12).map(&elements).chain([honest]).for_each(|event| _ = tracer.observe(&event));
        let codes_in = |tracer: &Tracer, exchange: usize| -> Vec<&str> {
            tracer.exchanges()[exchange].messages[0].carried().flaws.iter().map(|flaw| flaw.code).collect()
        };
        let alone = codes_in(&Tracer::replay([elements(0)]), 0);
        assert!(!alone.contains(&"trace-limit"), "{alone:?}");
        let codes = |exchange| codes_in(&tracer, exchange);
        assert_eq!(codes(11)[0], "trace-limit");
        let last = &tracer.exchanges()[11].messages[0].carried();
        assert_eq!(last.value, tracer.exchanges()[0].messages[0].carried().value);
        assert!(last.message.is_some(), "what could be read is there");
        assert_eq!(codes(12), Vec::<&str>::new());
    }
}
