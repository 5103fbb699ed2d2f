//! The time that a bomb takes. The peer is an honest message.

use crate::measure::{Figure, quickest_of};
use samlight::{base::limits::LIMITS, binding};
use samlight_tests::bombs;
use std::hint::black_box;

/// Some bombs take seconds in a build that is not optimised.
const RUNS: usize = 3;

/// A Response of about a megabyte: ten thousand groups.
pub(crate) fn honest() -> String {
    let value = "<a:AttributeValue>group-of-people-and-some-more-text-so-that-it-is-long-enough-to-count</a:AttributeValue>";
    format!(
        "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' xmlns:a='urn:oasis:names:tc:SAML:2.0:assertion'>\
         <a:Assertion><a:AttributeStatement><a:Attribute Name='groups'>{}</a:Attribute></a:AttributeStatement>\
         </a:Assertion></p:Response>",
        value.repeat(10_000)
    )
}

/// A figure for each bomb.
pub(crate) fn figures() -> Vec<Figure> {
    let honest = honest();
    let peer_time = quickest_of(RUNS, || drop(black_box(binding::from_octets(honest.as_bytes(), &LIMITS))));
    let figure = |bomb: bombs::Bomb| Figure {
        what: format!("reading a bomb: {}", bomb.name),
        work: "1 message".into(),
        time: quickest_of(RUNS, || drop(black_box(bomb.read()))),
        peer: format!("reading an honest message of {} octets", honest.len()),
        peer_time,
    };
    bombs::all().unwrap().into_iter().map(figure).collect()
}
