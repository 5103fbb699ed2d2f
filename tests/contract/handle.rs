//! The core's handle in `core.js`: what it knows and the store does not is kept as long as it can be, and how
//! far it came is stored whoever had it go there.

use super::run_with_core;
use serde_json::{Value, json};

/// A core that notes what is done with its handles.
const CORE: &str = r#"
const done = [];
export const log = () => done.splice(0);
export class Worker extends Nothing {
  constructor() {
    super();
    done.push("made");
  }
  take_up(counted, events) {
    if (counted) done.push(`took up ${counted} of ${JSON.parse(events).length / 2}`);
    this.met = false;
    this.counted = Boolean(counted);
    // Of what was counted only the newest event is left to be read.
    return counted ? JSON.stringify([JSON.parse(events).length / 2 - 1]) : undefined;
  }
  replay(events, open) {
    done.push(`replayed ${JSON.parse(events).length}${open ? " of all" : ""}`);
    this.met = open && events.includes("met");
    if (this.leaving) this.checking = false;
    return "[]";
  }
  observe(event) {
    if (event.includes("trap")) throw new RangeError("stack");
    this.met = event.includes("met");
  }
  must_read() { return this.met; }
  counted_badge() { return this.counted ? "{}" : undefined; }
  badge() { return this.met ? undefined : "{}"; }
  take_counted() {
    const { counts } = this;
    this.counts = undefined;
    return counts;
  }
  own_call(call) {
    Object.assign(this, JSON.parse(call));
    if (!this.still) this.moved = call;
    return "reply";
  }
  page_call(call) { this.moved = call; return JSON.stringify({ reply: {} }); }
  take_cursor() {
    const moved = this.moved;
    this.moved = undefined;
    return moved;
  }
  is_checking() { return Boolean(this.checking); }
  checks_privately() { return Boolean(this.privately); }
  forget_private_check() {
    done.push("forgotten");
    const { privately } = this;
    this.privately = false;
    return privately;
  }
  is_full() { return Boolean(this.evicts?.length); }
  evict() {
    const events = this.evicts ?? [];
    this.evicts = [];
    return JSON.stringify({ events, dropped: null });
  }
  resume_check(cursor) { done.push(`resumed ${cursor}`); }
}
"#;

/// The things that are done with handles at each of these steps, and the cursor that is stored after it.
fn after(steps: &[&[&str]]) -> Vec<Value> {
    let printed = run_with_core("handle.mjs", CORE, &json!(steps));
    printed.as_array().unwrap().clone()
}

#[test]
fn how_far_a_check_came_is_stored_whoever_had_it_go_there() {
    let told = after(&[&["page", r#"{"state":"running"}"#], &["own", r#"{"state":"cancelled"}"#]]);
    assert_eq!(told[0]["cursor"]["state"], "running");
    assert_eq!(told[1]["cursor"]["state"], "cancelled", "the person's stop outlives the worker, too");
}

#[test]
fn the_handle_is_kept_while_the_trace_changes_around_it() {
    let told = after(&[
        &["own", r#"{"cursor": 1}"#],
        &["late", ""],
        &["add", r#"[{"id":"0000000000001-a-000001","kind":"x"}]"#],
        &["instance", "{}"],
        &["own", r#"{"evicts": ["0000000000001-a-000001"]}"#],
        &["event", "x"],
    ]);
    let done = |at: usize| told[at]["done"].as_array().unwrap().clone();
    assert_eq!(done(0), ["made", "replayed 0"]);
    for (at, replayed) in [(1, "replayed 2"), (2, "replayed 3"), (3, "replayed 3"), (5, "replayed 3")] {
        assert_eq!(done(at), [replayed], "step {at}: {told:?}");
    }
    // A core that trapped, and a trace that the person deletes, are begun anew.
    let told = after(&[&["own", r#"{"cursor": 1}"#], &["event", "trap"], &["clear", ""]]);
    assert_eq!(told[1]["done"], json!(["made", "replayed 0", r#"resumed {"cursor":1}"#]));
    assert_eq!((&told[2]["done"], &told[2]["cursor"]), (&json!(["made", "replayed 0"]), &Value::Null));
}

#[test]
fn of_a_check_that_is_forgotten_no_cursor_stays() {
    let privately = r#"{"privately": true, "checking": true}"#;
    let told = after(&[&["own", privately], &["window", ""]]);
    assert_eq!((&told[0]["cursor"]["privately"], &told[1]["cursor"]), (&json!(true), &Value::Null));
    let told = after(&[&["own", r#"{"checking": true, "leaving": true}"#], &["remove", "{}"]]);
    assert_eq!((&told[0]["cursor"]["checking"], &told[1]["cursor"]), (&json!(true), &Value::Null));
    let told = after(&[&["own", r#"{"checking": true}"#], &["remove", "{}"]]);
    assert_eq!(told[1]["cursor"]["checking"], true, "the check of another GitLab goes on");
}

/// Counting is enough for a worker that is told of an event, and for the toolbar. Whoever asks for more has
/// all read, and so does an event that may be about what was counted.
#[test]
fn a_worker_reads_what_was_counted_when_somebody_asks_for_it() {
    let counting: [&[&str]; 5] =
        [&["event", "x"], &["event", "x"], &["own", r#"{"counts": "2"}"#], &["badge", ""], &["worker", "2"]];
    let told =
        after(&[&counting[..], &[&["badge", ""], &["event", "x"], &["own", "{}"], &["badge", ""]]].concat());
    let done = |at: usize| told[at]["done"].clone();
    assert_eq!(told[3]["counted"], "2", "{told:?}");
    let open = json!(["made", "took up 2 of 2", "replayed 1 of all", "resumed {\"counts\":\"2\"}"]);
    assert_eq!([&done(5), &done(6)], [&open, &json!([])]);
    assert_eq!([&done(7), &done(8)], [&json!(["took up 2 of 3", "replayed 3"]), &json!([])]);
    let told = after(&[&counting[..], &[&["event", "met"], &["badge", ""]]].concat());
    let read = told[5]["done"].as_array().unwrap();
    assert_eq!(read.last().unwrap(), "replayed 3", "{told:?}");
    assert_eq!(told[6]["done"], json!([]));
}

/// The second part of the core is what looks: events, and what a worker has counted, are taken in without it.
#[test]
fn the_second_part_is_asked_for_by_whoever_looks_and_by_no_event() {
    let looks = |steps: &[&[&str]]| -> Vec<u64> {
        after(steps).iter().map(|told| told["looks"].as_u64().unwrap()).collect()
    };
    assert_eq!(looks(&[&["event", "x"], &["late", ""], &["window", ""], &["badge", ""]])[..3], [0, 0, 0]);
    let counting: [&[&str]; 3] =
        [&["event", "x"], &["own", r#"{"counts": "1", "still": true}"#], &["badge", ""]];
    let woken: [&[&str]; 4] = [&["worker", "2"], &["badge", ""], &["event", "x"], &["page", "{}"]];
    let [event, own, looked, _, counted, next, page] = looks(&[&counting[..], &woken].concat())[..] else {
        panic!("not as many steps")
    };
    assert!(own > 0 && looked > 0 && page > 0, "{own} {looked} {page}");
    assert_eq!([event, counted, next], [0, 0, 0]);
}
