//! The calls and readings of a page of GitLab, which may be hostile, and the answers of its API.

use super::{NOW, chooses, exported, shape, show};
use samlight::{
    base::{instant::Timestamp, limits, place::Sender},
    calls::{
        content_script, own_pages,
        protocol::{OwnReply, PageCall},
    },
    event::{Event, EventId},
    gitlab::{
        api,
        pages::{self, PageReading},
    },
    group::check::GroupCheck,
    trace::tracer::Tracer,
    view::{context::Context, lines::Lines},
};
use serde_json::{Value, json};

const SETTINGS: &str = "https://gitlab.com/groups/acme/-/saml";

/// JSON of a page: a call for each line, or a reading. A shape is a reading in order; with two NULs the lines
/// are the answers to a group's reads. Nothing that is not listed is kept, and all that is kept can be shown
/// and shared.
pub(super) fn page(octets: &[u8]) {
    match chooses(octets) {
        Some(choices) => match chooses(choices) {
            Some(answers) => group(&String::from_utf8_lossy(answers)),
            None => reading(shape::reading(choices)),
        },
        None => {
            if let Ok(read) = serde_json::from_slice(octets) {
                reading(read);
            }
            calls(&String::from_utf8_lossy(octets));
        }
    }
}

fn reading(mut reading: PageReading) {
    pages::keep_known(&mut reading);
    let once = reading.clone();
    pages::keep_known(&mut reading);
    assert_eq!(once, reading, "what is known is not known the second time");
    let mut event = serde_json::to_value(&reading).expect("a reading is JSON");
    (event["id"], event["kind"]) = ("1767258000000-fuzz-000001".into(), "page".into());
    let Ok(event) = serde_json::from_value::<Event>(event) else { return };
    let tracer = Tracer::replay([event.clone()]);
    show(&tracer);
    exported(&[event]);
}

fn sender() -> Sender {
    serde_json::from_value(
        json!({"origin": "https://gitlab.com", "place": {"tab": 1, "private": false, "cookie_store": ""}}),
    )
    .expect("a sender")
}

struct Worker {
    tracer: Tracer,
    check: Option<GroupCheck>,
    stored: Vec<Event>,
    calls: u32,
    now: Timestamp,
}

impl Worker {
    fn new() -> Self {
        Worker { tracer: Tracer::new(), check: None, stored: Vec::new(), calls: 0, now: NOW }
    }

    fn call(&mut self, call: PageCall) -> Value {
        self.calls += 1;
        self.now = Timestamp(self.now.0 + 1);
        let id = EventId::new(self.now, "w0rk", self.calls);
        let (reply, event) = content_script::answer(&mut self.tracer, &mut self.check, &sender(), id, call);
        let length =
            event.as_ref().map_or(0, |event| serde_json::to_string(event).map_or(0, |text| text.len()));
        assert!(length <= 2 * limits::API_ANSWER_BYTES, "an event of {length} octets");
        self.stored.extend(event);
        serde_json::to_value(reply).expect("a reply is JSON")
    }
}

/// Calls of a content script, a line each.
fn calls(text: &str) {
    let mut worker = Worker::new();
    for line in text.lines().take(20) {
        if let Ok(call) = serde_json::from_str(line) {
            worker.call(call);
        }
    }
    assert!(worker.tracer == Tracer::replay(worker.stored.clone()), "what is stored is another trace");
    show(&worker.tracer);
    exported(&worker.stored);
}

/// The answers of GitLab's API to the reads of a group, a line each, as often as something is wanted.
fn group(text: &str) {
    let mut worker = Worker::new();
    let opened = json!({"call": "opened", "url": SETTINGS});
    let mut reply = worker.call(serde_json::from_value(opened).expect("a call"));
    for body in text.lines().take(40) {
        // GitLab can say that it is busy.
        for _ in 0..20 {
            let Some(wait) = reply["next"]["wait"].as_i64() else { break };
            assert!((0..=3_600_000).contains(&wait), "to wait for {wait} ms");
            worker.now = Timestamp(worker.now.0 + wait);
            let waited = json!({"call": "waited", "url": SETTINGS});
            reply = worker.call(serde_json::from_value(waited).expect("a call"));
        }
        let Some(path) = reply["next"]["path"].as_str().map(str::to_owned) else { break };
        assert_eq!(reply["next"]["method"], "GET", "nothing is changed that nobody asked for");
        let (status, body) = body.split_once(' ').unwrap_or(("200", body));
        let status: u16 = status.parse().unwrap_or(200);
        assert_eq!(api::kept(&path, status, body), api::kept(&path, status, body));
        let done = json!({"call": "done", "url": SETTINGS, "path": path, "status": status, "redirected": false,
            "headers": {}, "body": body});
        reply = worker.call(serde_json::from_value(done).expect("a call"));
    }
    assert_eq!(worker.stored, [], "an answer about a group is stored");
    for call in [
        json!({"call": "group", "group": "view"}),
        json!({"call": "group", "group": "export", "format": "csv", "start": 0}),
        json!({"call": "group", "group": "export", "format": "json", "start": 0}),
        json!({"call": "group", "group": "repair", "user": 1, "identity": "saml"}),
        json!({"call": "group", "group": "reactivation", "user": 1}),
    ] {
        let Worker { tracer, check, .. } = &mut worker;
        let reply = own_pages::answer_json(
            tracer,
            check,
            &mut Lines::default(),
            &Context::default(),
            &call.to_string(),
        );
        assert!(!matches!(&reply, OwnReply::Refused(why) if why.contains("unknown")), "{reply:?}");
    }
}
