//! The loader of a second part (`www/second.js`): once for all who ask at a time, anew for a new
//! instance of the first, and again after it did not arrive.

use super::run;
use serde_json::{Value, json};

/// After each step, what the askers got, and what was done so far.
fn after(steps: &Value) -> Value {
    run("second.mjs", &["../www/second.js"], &[], steps)
}

#[test]
fn whoever_asks_at_once_gets_one_and_a_new_instance_gets_its_own() {
    let told = after(&json!([[["one", "one", "one"], 200], [["one"], 200], [["two"], 200], [["one"], 200]]));
    let once = json!({"fetched": 1, "compiled": 1, "joined": ["one"]});
    let twice = json!({"fetched": 1, "compiled": 1, "joined": ["one", "two"]});
    let wanted = [(3, &once), (1, &once), (1, &twice), (1, &twice)];
    for ((asking, done), told) in wanted.into_iter().zip(told.as_array().unwrap()) {
        assert_eq!(told["got"], json!(vec!["ready"; asking]), "{told}");
        for (key, value) in done.as_object().unwrap() {
            assert_eq!(&told[key], value, "{told}");
        }
    }
}

#[test]
fn what_did_not_arrive_is_told_to_all_and_asked_for_again() {
    let told = after(&json!([[["one", "one"], 404], [["one"], 200]]));
    let missing = "The second part did not arrive: status 404.";
    assert_eq!(told[0]["got"], json!([missing, missing]), "{told}");
    assert_eq!((&told[0]["fetched"], &told[0]["joined"]), (&json!(1), &json!([])));
    assert_eq!((&told[1]["got"], &told[1]["joined"]), (&json!(["ready"]), &json!(["one"])), "{told}");
}
