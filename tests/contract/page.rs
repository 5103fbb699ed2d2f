//! Tests that the core reads what the content script says, and that the content script applies the recipes
//! and notes that the core gives.

use super::run;
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::{
        instant::{Timestamp, Zone},
        place::Sender,
    },
    calls::{
        content_script,
        protocol::{OwnCall, PageCall},
    },
    event::{Body, Event, EventId},
    gitlab::pages::{self, group_saml_settings},
    group::check::{GroupCheck, answer},
    trace::tracer::Tracer,
    view::search::Query,
};
use serde_json::{Map, Value, json};

const URL: &str = "https://gitlab.com/groups/acme/-/saml";
const SCRIPTS: &[&str] = &["content/read.js", "content/notes.js", "content/bar.js", "content/main.js"];
const TABLE: &str = "body[data-page^='groups:saml_providers:'] tbody tr:has(a.js-user-link[data-user-id])";

/// A trace in which Alex signed in with another NameID than the one on the page.
fn trace() -> Tracer {
    let xml = r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"
        ID="_r1" Destination="https://gitlab.com/elsewhere"><a:Assertion><a:Subject><a:NameID>alex-7f3a</a:NameID></a:Subject></a:Assertion></p:Response>"#;
    let event: Event =
        serde_json::from_value(json!({"id": id(0).to_string(), "kind": "request", "request": "1",
        "tab": 7, "method": "POST", "url": "https://gitlab.com/groups/acme/-/saml/callback", "body": "form",
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]}))
        .unwrap();
    Tracer::replay([event])
}

fn id(n: u32) -> EventId {
    EventId::new(Timestamp(1_767_258_000_000), "page", n)
}

/// As `background/main.js` names who calls.
fn sender() -> Sender {
    let sender =
        json!({"origin": "https://gitlab.com", "place": {"tab": 7, "private": false, "cookie_store": ""}});
    serde_json::from_value(sender).unwrap()
}

/// The settings page with one member, as a fake document: selector to elements.
fn document() -> Value {
    let cell = |text: &str| json!([{"text": text}]);
    let row = json!({
        "below": {
            "a.js-user-link[data-user-id]": [
                {"text": "\n Alex Doe \n", "attributes": {"data-user-id": "48", "data-username": "alex"}}],
            "td:nth-child(2) > span": cell("ALEX-7F3A"),
            "td:nth-child(2)": cell("\n ALEX-7F3A\n"),
            "td:nth-child(3)": cell("\n alex-7f3a\n"),
            "td:nth-child(3) > span": cell("alex-7f3a"),
        }
    });
    let flash = json!([{"text": " SAML settings saved. "}]);
    let mut elements =
        json!({".flash-container .flash-alert, .flash-container .flash-notice": flash, "body": [{}]});
    elements["#assertion_consumer_service_url"] = json!([{"attributes": {"value": ACS}}]);
    elements["div:has(> .input-group > #assertion_consumer_service_url)"] = json!([{}]);
    elements[TABLE] = json!([row]);
    elements[format!("{TABLE} > td:nth-child(3)")] = cell("alex-7f3a");
    elements
}

const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";

fn reading() -> Value {
    json!({"flash": [" SAML settings saved. "], "acs": [ACS]})
}

fn rows() -> Value {
    json!([{"user": "48", "username": "alex", "name": "\n Alex Doe \n", "saml": "ALEX-7F3A", "scim": "alex-7f3a"}])
}

/// The core's answers to the calls that are expected, in their order.
fn replies() -> Map<String, Value> {
    let mut tracer = trace();
    let calls = [
        json!({"call": "opened", "url": URL}),
        json!({"call": "read", "url": URL, "page": "group-saml-settings", "rows": rows(),
            "fields": reading()}),
        json!({"call": "answered", "url": URL, "path": "/api/v4/user", "status": 200, "body": user()}),
    ];
    let mut replies = Map::new();
    for (n, call) in (1..).zip(calls) {
        let name = call["call"].as_str().unwrap().to_owned();
        let (reply, _) = content_script::answer(
            &mut tracer,
            &mut None,
            &sender(),
            id(n),
            serde_json::from_value(call).unwrap(),
        );
        // The work for a whole group is told by itself, below.
        let mut reply = json!(reply);
        reply.as_object_mut().unwrap().remove("next");
        replies.insert(name, reply);
    }
    replies
}

fn user() -> String {
    json!({"id": 48, "username": "alex", "private_token": "s3cr3t", "identities": []}).to_string()
}

fn visit() -> Value {
    visit_with(replies())
}

fn visit_with(replies: Map<String, Value>) -> Value {
    visit_again(replies, false)
}

/// The page is told of a change before its first call is answered.
fn visit_early(replies: &Map<String, Value>) -> Value {
    run("page.mjs", SCRIPTS, &[], &input(replies, json!({ "early": true })))
}

/// With `again` a choice is pressed, the page is told of a change, and access to it is withdrawn.
fn visit_again(replies: Map<String, Value>, again: bool) -> Value {
    run("page.mjs", SCRIPTS, &[], &input(&replies, json!({ "again": again })))
}

fn input(replies: &Map<String, Value>, more: Value) -> Value {
    let mut input = json!({
        "location": {"origin": "https://gitlab.com", "pathname": "/groups/acme/-/saml", "search": "?token=s3cr3t"},
        "elements": document(),
        "replies": replies,
        "answers": {"https://gitlab.com/api/v4/user": {"status": 200, "body": user()}},
    });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

#[test]
fn the_content_scripts_calls_are_what_the_core_reads() {
    let printed = visit();
    let calls: Vec<&str> =
        printed["calls"].as_array().unwrap().iter().map(|call| call.as_str().unwrap()).collect();
    let fields = serde_json::from_value(reading()).unwrap();
    let rows = serde_json::from_value(rows()).unwrap();
    let url = || URL.to_owned();
    let expected = [
        PageCall::Opened { url: url(), again: false },
        PageCall::Read { url: url(), page: "group-saml-settings".into(), fields, rows },
        PageCall::Answered { url: url(), path: "/api/v4/user".into(), status: 200, body: user() },
    ];
    let read: Vec<PageCall> = calls.iter().map(|call| serde_json::from_str(call).unwrap()).collect();
    assert!(read == expected, "{calls:#?}");

    let mut tracer = trace();
    let events: Vec<Event> = (1..)
        .zip(read)
        .filter_map(|(n, call)| content_script::answer(&mut tracer, &mut None, &sender(), id(n), call).1)
        .collect();
    let bodies: Vec<&Body> = events.iter().map(|event| &event.body).collect();
    let [Body::Page(reading), Body::Answer(answer)] = bodies.as_slice() else { panic!("{bodies:?}") };
    assert_eq!((reading.rows.len(), reading.fields.len()), (1, 2));
    assert_eq!(answer.answer["username"], "alex");
    assert!(!json!(events).to_string().contains("s3cr3t"), "of the answer only what is compared is kept");
}

#[test]
fn a_read_goes_to_the_pages_own_origin_follows_no_redirect_and_leaves_no_copy() {
    let printed = visit();
    let expected = json!([{"address": "https://gitlab.com/api/v4/user", "options":
        {"credentials": "same-origin", "cache": "no-store", "headers": {"Accept": "application/json"}, "redirect": "error"}}]);
    assert_eq!(printed["read"], expected);
}

#[test]
fn the_notes_that_the_core_gives_stand_where_they_belong() {
    let printed = visit();
    let given = replies()["read"]["notes"].clone();
    let texts = |note: &Value| json!({"severity": format!("note {}", note["severity"].as_str().unwrap()), "texts": [note["word"], note["text"]]});
    let expected: Vec<Value> = given.as_array().unwrap().iter().map(texts).collect();
    let mut shown = printed["notes"].as_array().unwrap().clone();
    shown.sort_by_key(|note| expected.iter().position(|other| other == note));
    assert_eq!(expected.len(), 3, "one for the ACS URL, one for each identifier");
    assert_eq!(shown, expected);
}

/// An answer to a reading can be lost, and one to an earlier call come after it: the notes stand.
#[test]
fn the_notes_stand_whatever_answer_is_lost_or_late() {
    let all = visit()["notes"].clone();
    assert_eq!(all.as_array().map(Vec::len), Some(3));
    let mut noted = replies()["opened"].clone();
    noted["notes"] = replies()["read"]["notes"].clone();
    let unread = json!({ "recipe": null, "notes": [], "reads": [] });
    for (what, opened, is_lost) in [
        ("the reading's is lost", json!([replies()["opened"], { "late": noted }]), true),
        ("an older one is late", json!([replies()["opened"], { "late": replies()["opened"] }]), false),
        ("nothing is to be read once it was", json!([replies()["opened"], unread]), false),
    ] {
        let mut replies = replies();
        replies["opened"] = opened;
        if is_lost {
            replies["read"] = json!([null]);
        }
        assert_eq!(visit_early(&replies)["notes"], all, "{what}");
    }
}

/// The next wish of the core, and its replies to the answers, in their order: busy, waited for, read, and a
/// change.
fn wants() -> (Value, Vec<Value>) {
    let wanted = |method: &str, path: &str, more: Value| {
        let mut wanted =
            json!({"method": method, "path": path, "from_page": [], "headers": ["retry-after", "x-total"]});
        wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"recipe": null, "notes": [], "reads": [], "next": wanted})
    };
    let change = json!({"content": ["application/x-www-form-urlencoded", "extern_uid=a%2Bb"],
        "from_page": [["X-CSRF-Token", "meta[name='csrf-token']", "content"]]});
    let done = vec![
        wanted("", "", json!({"wait": 7_000})),
        wanted("PATCH", "/api/v4/groups/acme/saml/old", change),
        json!({"recipe": null, "notes": [], "reads": []}),
    ];
    (wanted("GET", "/api/v4/user", json!({})), done)
}

#[test]
fn what_the_core_wants_is_done_one_after_the_other_and_told() {
    let (first, done) = wants();
    let again = first.clone();
    let input = json!({
        "location": {"origin": "https://gitlab.com", "pathname": "/groups/acme/-/saml", "search": "?token=s3cr3t"},
        "elements": {"meta[name='csrf-token']": [{"attributes": {"content": "csrf-value"}}]},
        "replies": {"opened": first, "waited": again, "done": [done[0], done[1], done[2]]},
        "answers": {
            "https://gitlab.com/api/v4/user": {"status": 429, "body": "no", "headers": {"retry-after": "7", "set-cookie": "s3cr3t"}},
            "https://gitlab.com/api/v4/groups/acme/saml/old": {"status": 0, "body": "", "type": "opaqueredirect"},
        },
    });
    let printed = run("page.mjs", SCRIPTS, &[], &input);
    assert_eq!(printed["waited"], json!([7_000]));
    let sent: Vec<(&Value, &Value)> =
        printed["read"].as_array().unwrap().iter().map(|read| (&read["address"], &read["options"])).collect();
    let options = |method: &str| {
        json!({"credentials": "same-origin", "cache": "no-store", "method": method,
        "redirect": "manual", "headers": {"Accept": "application/json"}})
    };
    let mut change = options("PATCH");
    change["body"] = json!("extern_uid=a%2Bb");
    change["headers"] = json!({"Accept": "application/json", "X-CSRF-Token": "csrf-value",
        "Content-Type": "application/x-www-form-urlencoded"});
    let (user, identity) =
        (json!("https://gitlab.com/api/v4/user"), json!("https://gitlab.com/api/v4/groups/acme/saml/old"));
    assert_eq!(sent, [(&user, &options("GET")), (&user, &options("GET")), (&identity, &change)]);
    let calls: Vec<PageCall> = printed["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| serde_json::from_str(call.as_str().unwrap()).unwrap())
        .collect();
    let done = |path: &str, status, redirected, headers: &[(&str, &str)], body: &str| PageCall::Done {
        url: URL.into(),
        path: path.into(),
        status,
        redirected,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: body.into(),
    };
    let busy = || done("/api/v4/user", 429, false, &[("retry-after", "7")], "no");
    let expected = [
        PageCall::Opened { url: URL.into(), again: false },
        busy(),
        PageCall::Waited { url: URL.into() },
        busy(),
        done("/api/v4/groups/acme/saml/old", 0, true, &[], ""),
    ];
    assert!(calls == expected, "{calls:?} {:?}", printed["calls"]);
}

#[test]
fn what_the_core_wants_has_the_shape_that_the_content_script_describes() {
    let mut check = None;
    let opened = PageCall::Opened { url: URL.into(), again: false };
    let reply = json!(content_script::answer(&mut trace(), &mut check, &sender(), id(1), opened).0);
    let script = include_str!("../../extension/content/main.js");
    let line = script.lines().find(|line| line.contains("@typedef") && line.ends_with("}} Wanted")).unwrap();
    let described: Vec<&str> = line
        .split_once("{{")
        .unwrap()
        .1
        .split(", ")
        .filter_map(|pair| pair.split_once(':'))
        .map(|(key, _)| key)
        .collect();
    let required: Vec<&str> = described.iter().filter(|key| !key.ends_with('?')).copied().collect();
    let mut check: GroupCheck = check.unwrap();
    assert_eq!(reply["next"], json!(check.wanted(&sender(), Timestamp(0))));
    for key in reply["next"].as_object().unwrap().keys() {
        assert!(required.contains(&key.as_str()), "{key}");
    }
    assert_eq!(reply["next"].as_object().unwrap().len(), required.len());
    // Of an answer's headers no other than the wanted ones is taken, whatever a page sends.
    let headers =
        [("retry-after".to_owned(), "7".to_owned()), ("set-cookie".to_owned(), "s3cr3t".to_owned())];
    assert_eq!(answer(200, false, headers.into(), String::new()).headers.len(), 1);
}

/// The replies with a bar of two choices; the page's row belongs to the one with this key.
fn replies_with_bar(one: &[&str], of_row: &str) -> Map<String, Value> {
    let mut replies = replies();
    let choice = |key: &str, lines: &[&str]| {
        let rows: &[u32] = if key == of_row { &[0] } else { &[] };
        let label = format!("{key}: {}", lines.len());
        json!({"key": key, "severity": "error", "label": label, "lines": lines, "rows": rows})
    };
    replies["read"]["notes"][0]["choices"] = json!([choice("one", one), choice("two", &["a", "b"])]);
    replies["read"]["notes"][0]["word"] = json!("Whole group");
    // The core gives the page's notes with each reply.
    replies["answered"]["notes"] = replies["read"]["notes"].clone();
    replies
}

const HOSTILE: &str = "<img src=x onerror=alert(1)>";

#[test]
fn a_choice_lists_its_lines_and_dims_the_rows_of_the_others_until_it_is_pressed_again() {
    let printed = visit_with(replies_with_bar(&[HOSTILE], "two"));
    let notes = printed["notes"].as_array().unwrap();
    let bars: Vec<&Value> = notes.iter().filter(|note| note.get("pressed").is_some()).collect();
    let [bar] = bars[..] else { panic!("one bar of {notes:?}") };
    assert_eq!((&bar["role"], &bar["label"]), (&json!("region"), &json!("Whole group")));
    let shown = |one: bool, two: bool, lines: Value, dimmed: u32| {
        let choices = [("one: 1", one.to_string()), ("two: 2", two.to_string())];
        json!({"choices": choices, "lines": lines, "dimmed": dimmed})
    };
    let expected = json!([
        shown(true, false, json!([HOSTILE]), 1),
        shown(false, true, json!(["a", "b"]), 0),
        shown(false, false, Value::Null, 0),
    ]);
    assert_eq!(bar["pressed"], expected);
}

#[test]
fn a_choice_stays_pressed_while_the_counts_change_and_nothing_is_left_when_the_page_is() {
    let mut replies = replies_with_bar(&["x"], "two");
    let (opened, read) = (replies["opened"].clone(), replies_with_bar(&["x", "y"], "one")["read"].clone());
    let mut changed = opened.clone();
    changed["notes"] = read["notes"].clone();
    replies["opened"] = json!([opened, changed]);
    let printed = visit_again(replies, true);
    let choices = |count: u32| json!([[format!("one: {count}"), "true"], ["two: 2", "false"]]);
    assert_eq!(printed["before"], json!({"choices": choices(1), "lines": ["x"], "dimmed": 1}));
    let after = json!({"choices": choices(2), "lines": ["x", "y"], "dimmed": 0, "hasFocus": true});
    assert_eq!(printed["after"], after, "the row's verdict is another one now");
    assert_eq!(printed["other"]["dimmed"], 1);
    assert_eq!(printed["left"], json!({"notes": 0, "dimmed": 0}));
}

/// The keys of a type in `read.js`'s own description of it: `@typedef {{a: A, b: B}} Name`.
fn described(name: &str) -> Vec<String> {
    let script = include_str!("../../extension/content/read.js");
    let line = script.lines().find(|line| line.contains("@typedef") && line.ends_with(&format!("}} {name}")));
    let (_, inside) = line.and_then(|line| line.split_once("{{")).unwrap();
    let inside = inside.rsplit_once("}}").unwrap().0;
    let mut keys: Vec<String> =
        inside.split(", ").filter_map(|pair| Some(pair.split_once(": ")?.0.to_owned())).collect();
    keys.sort();
    keys
}

fn assert_is(value: &Value, name: &str) {
    let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
    assert_eq!(keys, described(name).iter().collect::<Vec<_>>(), "{name}: {value}");
}

#[test]
fn each_recipe_has_the_shape_that_the_content_script_describes() {
    assert!(pages::ALL.len() > 1);
    for recipe in pages::ALL.iter().map(|page| json!(page.recipe())) {
        assert_is(&recipe, "Recipe");
        let variants = recipe["variants"].as_array().unwrap();
        assert!(!variants.is_empty());
        for variant in variants {
            assert_is(variant, "Variant");
            assert!(variant["id"].is_string() && variant["marker"].is_string());
            let is_field =
                |key: &Value| variant["fields"].as_array().unwrap().iter().any(|field| field["key"] == *key);
            for anchor in variant["anchors"].as_array().unwrap() {
                // Notes are on what is read, or on all members.
                let known = is_field(&anchor[0]) || anchor[0] == group_saml_settings::MEMBERS;
                assert!(known && anchor[1].is_string() && anchor[2].is_null(), "{anchor}");
            }
            let cells = match &variant["rows"] {
                Value::Null => Vec::new(),
                rows => {
                    assert_is(rows, "Rows");
                    let cells = rows["cells"].as_array().unwrap().clone();
                    let is_cell = |key: &Value| cells.iter().any(|cell| cell["key"] == *key);
                    assert!(rows["row"].is_string(), "{rows}");
                    for anchor in rows["anchors"].as_array().unwrap() {
                        assert!(
                            is_cell(&anchor[0]) && anchor[1].is_string() && anchor[2].is_null(),
                            "{anchor}"
                        );
                    }
                    cells
                }
            };
            variant["fields"].as_array().unwrap().iter().chain(&cells).for_each(assert_is_field);
        }
    }
}

fn assert_is_field(field: &Value) {
    assert_is(field, "Field");
    let selectors = field["selectors"].as_array().unwrap();
    assert!(field["key"].is_string() && !selectors.is_empty() && selectors.iter().all(Value::is_string));
    let take = &field["take"];
    let attribute = take["attribute"].is_string() && take.as_object().unwrap().len() == 1;
    let between = take["between"].as_array().is_some_and(|between| {
        between.len() == 2 && between.iter().all(|text| text.as_str().is_some_and(|text| !text.is_empty()))
    });
    assert!(take == "text" || take == "value" || attribute || between, "{take}");
}

#[test]
fn own_calls_read_as_they_are_written() {
    for (json, call) in [
        (json!({"call": "overview"}), OwnCall::Overview(Query::default())),
        (
            json!({"call": "overview", "text": "ada", "start": 7}),
            OwnCall::Overview(Query { text: "ada".into(), start: 7, ..Query::default() }),
        ),
        (json!({"call": "flow", "id": "x"}), OwnCall::Flow { id: "x".into(), zone: Zone::default() }),
        (
            json!({"call": "flow", "id": "x", "zone": -210}),
            OwnCall::Flow { id: "x".into(), zone: Zone(-210) },
        ),
        (json!({"call": "report"}), OwnCall::Report),
    ] {
        assert_eq!(serde_json::to_value(&call).unwrap(), json);
        assert_eq!(serde_json::from_value::<OwnCall>(json).unwrap(), call);
    }
}
