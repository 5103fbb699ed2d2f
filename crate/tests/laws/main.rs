//! Laws that hold for every list of events: same events, same trace; what is evicted leaves the rest as it
//! was; no input is too strange to be read and shown.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod files;
mod generator;
mod older;
#[path = "../signer/mod.rs"]
mod signer;

use generator::{any_json, trace};
use proptest::prelude::*;
use samlight::{
    base::instant::Timestamp,
    case::Case,
    event::{Body, Event, EventId, log::Log},
    file,
    trace::{
        flow::{Flow, FlowId, FlowStep, Joined},
        room,
        tracer::Tracer,
    },
    view::{
        FlowView, context::Context, flow::flow_view, lines::Lines, overview::overview, print::terminal,
        search::Query,
    },
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A week after the events.
const LATER: Timestamp = Timestamp(1_767_862_800_000);

/// A tab that no generated event is in.
const FLOODED: i64 = 4_711;

/// A flow: its tab, its id, and the exchanges that were joined in it.
type JoinedFlow = (i64, FlowId, Vec<(EventId, Joined)>);

fn joined(tracer: &Tracer) -> Vec<JoinedFlow> {
    let step = |step: &FlowStep| (tracer.exchanges()[step.exchange].id.clone(), step.joined);
    let flows = tracer.flows().iter();
    flows.map(|flow| (flow.place.tab, flow.id.clone(), flow.steps.iter().map(step).collect())).collect()
}

proptest! {
    #[test]
    fn the_same_events_give_the_same_trace(events in trace()) {
        let replayed = Tracer::replay(events.clone());
        let mut observed = Tracer::new();
        for event in &events {
            let before = observed.revision();
            prop_assert_ne!(observed.observe(event), before);
        }
        prop_assert_eq!(&observed, &replayed);
        let file = Log { events, ..Log::default() }.write();
        let read = Log::read(&file);
        prop_assert_eq!(&read.problems, &[]);
        prop_assert_eq!(read.write(), file);
        prop_assert_eq!(&Tracer::replay(read.events), &replayed);
    }

    #[test]
    fn the_same_holds_in_any_order(events in trace().prop_shuffle()) {
        let mut observed = Tracer::new();
        events.iter().for_each(|event| { observed.observe(event); });
        prop_assert_eq!(observed, Tracer::replay(events));
    }

    #[test]
    fn a_trace_that_was_emptied_goes_on_as_if_it_were_replayed(
        events in trace().prop_shuffle(),
        from in 0..=100_usize,
        share in 0..=100_usize,
    ) {
        let (before, later) = events.split_at(events.len() * from / 100);
        let whole = Tracer::replay(before.to_vec());
        let dropped = room::evict(&whole, room::size(&whole) * share / 100);
        let mut left: Vec<Event> = before.iter().filter(|event| !dropped.contains(&event.id)).cloned().collect();
        let mut observed = Tracer::replay(left.clone());
        later.iter().for_each(|event| { observed.observe(event); });
        left.extend(later.iter().cloned());
        prop_assert_eq!(observed, Tracer::replay(left));
    }

    #[test]
    fn every_message_is_in_a_flow_and_every_flow_can_be_shown(events in trace()) {
        let tracer = Tracer::replay(events);
        let ids: BTreeSet<&FlowId> = tracer.flows().iter().map(|flow| &flow.id).collect();
        prop_assert_eq!(ids.len(), tracer.flows().len());
        for (index, exchange) in tracer.exchanges().iter().enumerate() {
            let steps = tracer.flows().iter().flat_map(|flow| &flow.steps);
            prop_assert!(exchange.messages.is_empty() || steps.into_iter().any(|step| step.exchange == index));
        }
        show(&tracer);
    }

    #[test]
    fn eviction_drops_the_oldest_and_leaves_the_rest_as_it_was(events in trace(), share in 0..=100_usize) {
        let size = |event: &Event| serde_json::to_string(event).unwrap().len();
        let budget = events.iter().map(size).sum::<usize>() * share / 100;
        let before = Tracer::replay(events.clone());
        let dropped = room::evict(&before, budget);
        let rest: Vec<Event> = events.into_iter().filter(|event| !dropped.contains(&event.id)).collect();
        // What tells that a tab is in a private window holds for all of that tab.
        let holds = |event: &Event| match &event.body {
            Body::Settings(_) | Body::Told(_) => true,
            Body::Tab(tab) => tab.place.private,
            Body::Page(page) => page.place.private,
            Body::Answer(answer) => answer.place.private,
            _ => false,
        };
        let fits = rest.iter().map(size).sum::<usize>() <= budget;
        prop_assert!(fits || rest.iter().all(holds), "what holds for the whole trace stays, the rest fits");
        let after = Tracer::replay(rest);
        prop_assert_eq!(room::evict(&after, budget), [], "nothing more goes");
        let left: Vec<_> = joined(&before).into_iter().filter(|(_, id, _)| !dropped.contains(&id.event)).collect();
        prop_assert_eq!(&left, &joined(&after), "what is left joins as before");
        for (tab, id, _) in joined(&before).iter().filter(|(_, id, _)| dropped.contains(&id.event)) {
            let older = left.iter().find(|(other, older, _)| other == tab && older < id);
            prop_assert_eq!(older, None, "in one tab the oldest go first");
        }
    }

    #[test]
    fn a_flood_in_one_tab_pushes_out_nothing_of_another(
        events in trace(), flood in 20..60_usize, at in any::<prop::sample::Index>(), share in 50..=95_usize,
    ) {
        let honest = Tracer::replay(events.clone());
        let honest_size = room::size(&honest);
        // Longer than all the rest together, and in the midst of it.
        let value = "A".repeat(honest_size / 10 + 10);
        let mut all = events.clone();
        let time = events.get(at.index(events.len().max(1))).map_or(Timestamp(1_767_258_000_000), |it| it.id.time);
        for number in 0..flood {
            let json = json!({"id": EventId::new(time, "zflood", u32::try_from(number).unwrap()).to_string(),
                "kind": "request", "request": format!("flood-{number}"), "tab": FLOODED, "method": "POST",
                "url": "https://flood.example.com/", "body": "form", "form": [["SAMLResponse", [format!("{number}{value}")]]]});
            all.push(serde_json::from_value(json).unwrap());
        }
        all.sort_by(|a, b| a.id.cmp(&b.id));
        let tracer = Tracer::replay(all);
        // What is left of the flood still takes more than all the rest.
        let budget = honest_size + (room::size(&tracer) - honest_size) * share / 100;
        let dropped = room::evict(&tracer, budget);
        let is_flood = |id: &EventId| id.to_string().contains("zflood");
        prop_assert!(!dropped.is_empty() && dropped.iter().all(is_flood), "{:?}", dropped);
        let [loss] = &room::losses(&tracer, &dropped)[..] else { panic!("one tab lost something") };
        prop_assert_eq!((loss.tab, loss.flows, loss.host.as_str()), (FLOODED, dropped.len(), "flood.example.com"));
    }

    #[test]
    fn a_file_changes_nothing_of_what_this_browser_saw(seen in trace(), told in trace(), late in any::<bool>()) {
        let before = Tracer::replay(seen.clone());
        let of_file = file::take_in(&before, told);
        prop_assert!(of_file.iter().all(|event| event.id.is_imported() && event.file.is_some()));
        let (first, second) = if late { (seen, of_file) } else { (of_file, seen) };
        let after = Tracer::replay(first.into_iter().chain(second));
        let of_this_browser = |tracer: &Tracer| -> Vec<FlowView> {
            let flows = tracer.flows().iter().filter(|flow| !flow.id.event.is_imported());
            flows.map(|flow| flow_view(&Case::new(tracer, flow, LATER))).collect()
        };
        prop_assert_eq!(of_this_browser(&before), of_this_browser(&after));
        let mixed = |flow: &Flow| {
            let mut steps = flow.steps.iter().map(|step| &after.exchanges()[step.exchange].id);
            steps.any(|event| event.is_imported() != flow.id.event.is_imported())
        };
        prop_assert!(!after.flows().iter().any(mixed), "no flow is of both");
    }

    #[test]
    fn an_event_is_written_back_with_what_is_not_known(events in trace(), name in "later_[a-z]{1,6}", value in any_json()) {
        for event in events {
            let mut json = serde_json::to_value(&event).unwrap();
            prop_assert_eq!(&serde_json::from_value::<Event>(json.clone()).unwrap(), &event);
            json[&name] = value.clone();
            let read: Event = serde_json::from_value(json.clone()).unwrap();
            prop_assert_eq!(serde_json::to_value(&read).unwrap(), json);
        }
    }

    #[test]
    fn a_kind_that_is_not_known_is_written_back(fields in any_json(), kind in "[a-z]{11,14}") {
        let mut json = if fields.is_object() { fields } else { json!({}) };
        json["id"] = "1767258000000-laws-000001".into();
        json["kind"] = kind.into();
        let read: Event = serde_json::from_value(json.clone()).unwrap();
        prop_assert_eq!(serde_json::to_value(&read).unwrap(), json);
        show(&Tracer::replay([read]));
    }

    #[test]
    fn lines_of_any_json_are_read_or_named(
        events in trace(),
        strange in prop::collection::vec((any::<prop::sample::Index>(), "[a-z]{2,8}", any_json()), 0..6),
        lines in prop::collection::vec(prop_oneof![any_json().prop_map(|json| json.to_string()), ".{0,40}"], 0..4),
    ) {
        let mut values: Vec<Value> = events.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
        for (index, name, value) in strange {
            if values.is_empty() {
                break;
            }
            // A field that is there gets a value of another kind; or there is one more.
            let fields = values[index.index(events.len())].as_object_mut().unwrap();
            let at = index.index(fields.len() + 1);
            let name = fields.keys().nth(at).cloned().unwrap_or(name);
            fields.insert(name, value);
        }
        let all: Vec<String> = values.iter().map(Value::to_string).chain(lines).collect();
        let file = format!("{{\"samlight_trace\":1}}\n{}\n", all.join("\n"));
        let read = Log::read(&file);
        let lines = file.lines().skip(1).filter(|line| !line.trim().is_empty()).count();
        prop_assert_eq!(read.events.len() + read.problems.len(), lines, "each line is read or named");
        show(&Tracer::replay(read.events));
    }
}

/// Derives everything that can be derived.
fn show(tracer: &Tracer) {
    let context = Context { now: LATER, recording: true, ..Context::default() };
    let screen = overview(&mut tracer.clone(), &mut Lines::default(), &context, &Query::default());
    assert_eq!(screen.total, tracer.flows().len());
    for flow in tracer.flows() {
        let case = Case::new(tracer, flow, LATER);
        let shown = terminal::render(&flow_view(&case));
        assert!(!shown.contains('\u{1b}') && !shown.is_empty());
        assert!(case.findings().iter().all(|finding| !finding.evidence.is_empty()));
    }
}
