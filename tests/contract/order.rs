//! The order of events in `core.js`: what a worker is told of late stands where it happened, as if it had
//! been told in time.

use super::run_with_core;
use serde_json::{Value, json};

/// A core that only notes which events it has taken in, in which order.
const CORE: &str = r#"
let ids = [];
export const taken = () => ids;
export class Worker extends Nothing {
  replay(events) { ids = JSON.parse(events).map(({ ago }) => ago); return "[]"; }
  observe(event) { ids.push(JSON.parse(event).ago); }
  page_call(call, _, id) {
    ids.push(Number(call));
    return JSON.stringify({ reply: {}, event: { id, kind: "page", ago: Number(call) } });
  }
}
"#;

fn told(events: &Value) -> Value {
    run_with_core("order.mjs", CORE, events)
}

#[test]
fn what_is_told_late_stands_where_it_happened() {
    let in_time = told(&json!([["request", 30], ["response", 20], ["page", 10], ["request", 5]]));
    let expected = json!([30, 20, 10, 5]);
    assert_eq!([&in_time["taken"], &in_time["stored"], &in_time["stands"]], [&expected; 3]);
    for late in [
        json!([["response", 20], ["request", 30], ["page", 10], ["request", 5]]),
        json!([["page", 10], ["response", 20], ["request", 5], ["request", 30]]),
        json!([["request", 5], ["request", 30], ["response", 20], ["page", 10]]),
    ] {
        assert_eq!(told(&late), in_time, "told as {late}");
    }
}

#[test]
fn a_page_cannot_put_what_it_says_far_into_the_past_or_into_the_future() {
    let told =
        told(&json!([["request", 30_000], ["page", 3_600_000], ["request", 10_000], ["page", -3_600_000]]));
    assert_eq!(told["taken"], json!([3_600_000, 30_000, 10_000, -3_600_000]));
    // By the worker's own clock, which goes on meanwhile.
    let stands = |index: usize| told["stands"][index].as_i64().unwrap();
    assert!((30_000..=60_000).contains(&stands(0)), "{told}");
    assert!((-30_000..=0).contains(&stands(3)), "{told}");
}
