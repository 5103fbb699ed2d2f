//! Bindings: a parameter's value in every place where one can stand, in every wrapping.

use super::{bounded, chooses, shape};
use samlight::{
    base::{
        limits::{LIMITS, MESSAGES_PER_REQUEST},
        redact::Secret,
    },
    binding::{self, Carried, PARAMETERS, raw_message},
};

/// Octets as a query, a form, a body, a message that somebody copied. What unfolds stays within the limits,
/// flaws have places within what was received, and a message in a known wrapping is found again.
pub(super) fn binding(octets: &[u8]) {
    if let Some(choices) = chooses(octets) {
        return wrapped(choices);
    }
    let text = String::from_utf8_lossy(octets);
    for name in PARAMETERS.bearing {
        is_within_limits(
            &binding::from_form(&[(name.to_owned(), Secret::from(&*text))], &LIMITS),
            octets.len(),
        );
    }
    let url = format!("https://gitlab.example.com/x?{text}");
    let from_url = binding::from_url(&url, &LIMITS);
    assert_eq!(from_url, binding::from_url(&url, &LIMITS), "the second time it is another message");
    assert!(from_url.is_empty() || binding::carries(&url), "it carries what it is said not to carry");
    is_within_limits(&from_url, octets.len());
    is_within_limits(&binding::from_form_body(&text, &LIMITS), octets.len());
    let from_body = binding::from_body(octets, &LIMITS);
    is_within_limits(&from_body, octets.len());
    let fields = binding::fields_of_body(&text);
    let length: usize = fields.iter().map(|(_, value)| value.expose().len()).sum();
    // An octet that is no UTF-8 becomes three.
    assert!(length <= 3 * text.len(), "{length} octets out of {}", text.len());
    let read = bounded(octets.len(), 64, 64 * 1024, || raw_message::read(octets, &LIMITS));
    assert!(!read.is_empty(), "nothing is said of it");
    is_within_limits(&read, octets.len());
}

fn is_within_limits(carried: &[Carried], received: usize) {
    assert!(carried.len() <= MESSAGES_PER_REQUEST, "{} messages", carried.len());
    for carried in carried {
        let held = carried.octets().map_or(0, |octets| octets.expose().len());
        // DEFLATE makes at most 1032 octets of one (RFC 1951).
        let most = LIMITS.inflated_bytes.min(1_040 * received + 1_040).max(received * 3);
        assert!(held <= most, "{held} octets of {received}");
        assert!(carried.flaws.len() <= LIMITS.flaws, "{} flaws", carried.flaws.len());
        for flaw in &carried.flaws {
            assert!(!flaw.text.to_string().is_empty(), "{}: nothing is said", flaw.code);
        }
        let nodes = carried.document.as_ref().map_or(0, |document| document.node_count());
        assert!(nodes <= LIMITS.xml_nodes + 1, "{nodes} nodes");
    }
}

/// A well-formed message in a wrapping that is read: it comes out as it went in.
fn wrapped(choices: &[u8]) {
    let shape::Wrapped { xml, body, is_query } = shape::wrapped(choices);
    let carried = if is_query {
        binding::from_url(&format!("https://gitlab.example.com/x?{body}"), &LIMITS)
    } else {
        binding::from_body(body.as_bytes(), &LIMITS)
    };
    let [message] = &carried[..] else { panic!("{} messages in {body}", carried.len()) };
    let octets = message.octets().map(|octets| String::from_utf8_lossy(octets.expose()).into_owned());
    assert_eq!(octets.as_deref(), Some(xml.as_str()), "{body}\n{:?}", message.flaws);
}
