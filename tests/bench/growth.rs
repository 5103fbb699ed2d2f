//! The growth of the cost of an event and of a replay with the trace. The peer is the same in a small trace.
//! The things that are looked at on the way are counted by the core's own tests, which fail when it grows.

use crate::{
    measure::{Figure, RUNS, quickest_after},
    sign_ins::{sign_in, trace},
};
use samlight::{event::Event, trace::tracer::Tracer};
use std::time::Duration;

/// The number of sign-ins that are measured after those that are there.
const NEXT: usize = 3;

/// The cost of an event in a trace of each of these numbers of sign-ins, beside that in a trace of `few`.
pub(crate) fn events(few: usize, many: &[usize]) -> Vec<Figure> {
    let times: Vec<Duration> = many.iter().map(|&many| time_of_an_event(many)).collect();
    // The peer comes last: a processor that is not yet warm would make it slow, and the ratios good.
    let peer_time = time_of_an_event(few);
    let figure = |(many, time): (&usize, Duration)| Figure {
        what: "Tracer::observe".into(),
        work: format!("1 event after {many} sign-ins"),
        time,
        peer: format!("the same after {few}"),
        peer_time,
    };
    many.iter().zip(times).map(figure).collect()
}

fn time_of_an_event(sign_ins: usize) -> Duration {
    let there = trace(sign_ins);
    let first = sign_in(sign_ins);
    let next: Vec<Event> = (sign_ins + 1..=sign_ins + NEXT).flat_map(sign_in).collect();
    let observed = |mut tracer: Tracer, events: &[Event]| {
        events.iter().for_each(|event| drop(tracer.observe(event)));
        tracer
    };
    // A copy has no room for more: its first event moves all that is there, as few events of a trace that
    // grows do.
    let before = || observed(there.clone(), &first);
    let time = quickest_after(3 * RUNS, before, |tracer| {
        let tracer = observed(tracer, &next);
        assert_eq!(tracer.flows().len(), sign_ins + 1 + NEXT);
        tracer
    });
    time / next.len() as u32
}

/// The cost of a sign-in in a replay of `many`, beside that in one of `few`.
pub(crate) fn replay(few: usize, many: usize) -> Figure {
    Figure {
        what: "Tracer::replay".into(),
        work: format!("1 sign-in of {many}"),
        time: time_of_a_replay(many) / many as u32,
        peer: format!("the same of {few}"),
        peer_time: time_of_a_replay(few) / few as u32,
    }
}

fn time_of_a_replay(sign_ins: usize) -> Duration {
    let events: Vec<Event> = (0..sign_ins).flat_map(sign_in).collect();
    quickest_after(
        RUNS,
        || events.clone(),
        |events| {
            let tracer = Tracer::replay(events);
            assert_eq!(tracer.flows().len(), sign_ins);
            tracer
        },
    )
}
