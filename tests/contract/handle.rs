//! The core's handle in `core.js`: what it knows and the store does not is kept as long as it can be, and how far it came
//! is stored whoever had it go there.

use super::run;
use serde_json::{Value, json};

/// A core that notes what is done with its handles.
const CORE: &str = r#"
const done = [];
export const log = () => done.splice(0);
export default async () => {};
export const __wbg_reset_state = () => {};
export const settings_event = () => JSON.stringify({ id: "0", event: null });
export const store_header = () => "{}";
export const unknown_version = () => undefined;
export class Worker {
  constructor() { done.push("made"); }
  replay(events) { done.push(`replayed ${JSON.parse(events).length}`); return "[]"; }
  observe(event) { if (event.includes("trap")) throw new RangeError("stack"); }
  own_call(call) { this.moved = call; return "reply"; }
  page_call(call) { this.moved = call; return JSON.stringify({ reply: {} }); }
  take_cursor() {
    const moved = this.moved;
    this.moved = undefined;
    return moved;
  }
  take_order() { return false; }
  notice() { return "{}"; }
  evict() { return JSON.stringify({ events: [], dropped: null }); }
  private_events() { return "[]"; }
  resume_check(cursor) { done.push(`resumed ${cursor}`); }
  free() {}
}
"#;

/// What is done with handles at each of these steps, and the cursor that is stored after it.
fn after(steps: &[&[&str]]) -> Vec<Value> {
    let core =
        include_str!("../../extension/background/core.js").replace("../wasm/samlight.js", "./samlight.js");
    let written = [("core.js", core), ("samlight.js", CORE.to_owned())];
    let files = ["background/browser.js", "background/store.js"];
    let printed = run("handle.mjs", &files, &written, &json!(steps));
    printed.as_array().unwrap().clone()
}

#[test]
fn how_far_a_check_came_is_stored_whoever_had_it_go_there() {
    let told = after(&[&["page", r#"{"state":"running"}"#], &["own", r#"{"state":"cancelled"}"#]]);
    assert_eq!(told[0]["cursor"]["state"], "running");
    assert_eq!(told[1]["cursor"]["state"], "cancelled", "the person's stop outlives the worker, too");
}
