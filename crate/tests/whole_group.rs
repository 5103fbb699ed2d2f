//! A whole group through the calls of a content script and of the panel, as the worker answers them: an owner
//! opens the settings page, the group is read, every row is marked, and nothing of it becomes an event.

// What fails here is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accepted;
mod signer;

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::{instant::Timestamp, place::Sender, severity::Severity},
    calls::{
        content_script, own_pages,
        protocol::{OwnReply, PageCall},
    },
    case::Case,
    event::{Event, EventId},
    file,
    group::{check::GroupCheck, plan::PlanState},
    trace::{room, tracer::Tracer},
    view::{context::Context, flow::flow_view, lines::Lines},
};
use serde_json::{Value, json};

const SETTINGS: &str = "https://gitlab.com/groups/acme/-/saml";
const COUNT: u64 = 250;
/// That of the certificate in signed messages.
const FINGERPRINT: &str = "6A:07:F1:3B:23:61:9E:15:09:6C:77:68:89:33:44:77:1E:97:DA:6D";
/// The member whose account the group manages.
const MANAGED: u64 = 5;

struct Worker {
    tracer: Tracer,
    check: Option<GroupCheck>,
    stored: Vec<Event>,
    n: u32,
}

fn sender(tab: i64) -> Sender {
    serde_json::from_value(
        json!({"origin": "https://gitlab.com", "place": {"tab": tab, "private": false, "cookie_store": ""}}),
    )
    .unwrap()
}

impl Worker {
    fn new() -> Self {
        Worker { tracer: Tracer::new(), check: None, stored: Vec::new(), n: 0 }
    }

    /// A content script's call, in JSON as it comes.
    fn call(&mut self, tab: i64, call: Value) -> Value {
        self.n += 1;
        let id = EventId::new(Timestamp(1_767_603_600_000 + i64::from(self.n)), "w0rk", self.n);
        let call: PageCall = serde_json::from_value(call).unwrap();
        let (reply, event) =
            content_script::answer(&mut self.tracer, &mut self.check, &sender(tab), id, call);
        self.stored.extend(event);
        serde_json::to_value(reply).unwrap()
    }

    fn opened(&mut self, tab: i64, url: &str) -> Value {
        self.call(tab, json!({"call": "opened", "url": url}))
    }

    /// Does what the content script does with `next`, until nothing is wanted. The last reply.
    fn carry_out(&mut self, tab: i64, mut reply: Value) -> Value {
        while let Some(wanted) = reply.get("next").cloned() {
            assert_eq!(wanted["method"], "GET");
            reply = self.done(
                tab,
                wanted["path"].as_str().unwrap(),
                200,
                &answer(wanted["path"].as_str().unwrap()),
            );
        }
        reply
    }

    fn done(&mut self, tab: i64, path: &str, status: u16, body: &Value) -> Value {
        self.call(
            tab,
            json!({"call": "done", "url": SETTINGS, "path": path, "status": status, "redirected": false,
            "headers": {"x-other": "kept by nobody"}, "body": body.to_string()}),
        )
    }

    fn own(&mut self, call: Value) -> OwnReply {
        let call = json!({"call": "group"})
            .as_object()
            .unwrap()
            .clone()
            .into_iter()
            .chain(call.as_object().unwrap().clone());
        let call = Value::Object(call.collect()).to_string();
        own_pages::answer_json(
            &mut self.tracer,
            &mut self.check,
            &mut Lines::default(),
            &Context::default(),
            &call,
        )
    }
}

/// Of each ten members one has drifted in SCIM and one was never linked.
fn answer(path: &str) -> Value {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let stored = |id: u64, field: &str| match (id % 10, field) {
        (3, _) => None,
        (7, "scim") => Some(format!("drifted-{id}")),
        _ => Some(format!("uid-{id}")),
    };
    let list = |field: &str| -> Value {
        let row = |id| Some(json!({"user_id": id, "extern_uid": stored(id, field)?, "active": true}));
        (1..=COUNT).filter_map(row).collect()
    };
    match path.strip_prefix("/api/v4").unwrap() {
        "/user" => json!({"id": 1, "username": "member1", "email": "member1@example.com"}),
        "/user/emails" | "/groups/acme/audit_events" => json!([]),
        "/groups/acme" => json!({"id": 9, "full_path": "acme", "ip_restriction_ranges": "192.0.2.0/24"}),
        "/groups/acme/saml/identities" => list("saml"),
        "/groups/acme/scim/identities" => list("scim"),
        "/groups/acme/members" | "/groups/acme/saml_users" => {
            let page: u64 = query.rsplit_once("page=").unwrap().1.parse().unwrap();
            let ids = (page * 100 - 99)..=(page * 100).min(COUNT);
            ids.map(|id| match id == MANAGED {
                true => json!({"id": id, "username": format!("member{id}"), "access_level": 10,
                    "email": "Five@example.com"}),
                false => json!({"id": id, "username": format!("member{id}"), "access_level": 10}),
            })
            .collect()
        }
        other => panic!("nobody documents {other}"),
    }
}

fn read_rows(ids: impl Iterator<Item = u64>) -> Value {
    let row = |id: u64| {
        json!({"user": id.to_string(), "username": format!("member{id}"), "saml": format!("uid-{id}"),
        "scim": answer("/api/v4/groups/acme/scim/identities").as_array().unwrap().iter()
            .find(|row| row["user_id"] == id).map_or(Value::Null, |row| row["extern_uid"].clone())})
    };
    let rows: Vec<Value> = ids.filter(|id| id % 10 != 3).map(row).collect();
    json!({"call": "read", "url": SETTINGS, "page": "group-saml-settings", "fields": {}, "rows": rows})
}

#[test]
fn opening_the_settings_page_marks_every_row_and_counts_the_whole_group() {
    let mut worker = Worker::new();
    let opened = worker.opened(7, SETTINGS);
    assert_eq!(opened["next"]["path"], "/api/v4/user");
    let read = worker.call(7, read_rows(1..=11));
    assert_eq!(read["next"], Value::Null, "one call at a time is told what to do");
    let last = worker.carry_out(7, opened);
    let notes = last["notes"].as_array().unwrap();
    // The member has the word of the bar, and the other cell says which value it is about.
    let drifted: Vec<_> = notes.iter().filter(|note| note["row"] == 5).collect();
    let marked = |cell: &str| drifted.iter().find(|note| note["cell"] == cell).unwrap();
    assert_eq!(
        (&marked("saml")["word"], &marked("saml")["severity"]),
        (&json!("SAML and SCIM differ"), &json!("warning"))
    );
    assert_eq!((&marked("scim")["word"], &marked("scim")["folded"]), (&json!("Different"), &json!(true)));
    let all = notes.iter().find(|note| note["cell"] == "members").unwrap();
    assert!(all["text"].as_str().unwrap().starts_with("250 users checked: 25 cannot"), "{all}");
    assert!(all["text"].as_str().unwrap().contains("192.0.2.0/24"), "{all}");
    assert!((0..10).all(|row| notes.iter().any(|note| note["row"] == row)), "every row is marked");
    let choice = |key: &str| all["choices"].as_array().unwrap().iter().find(|it| it["key"] == key).unwrap();
    assert_eq!(choice("saml-scim-differ")["rows"], json!([5]));
    assert_eq!(choice("saml-scim-differ")["lines"][0], "On this page of the table: 1 of 25.");
    let agreeing = choice("agree")["lines"].as_array().unwrap();
    assert_eq!(agreeing[0], "On this page of the table: 9 of 200.");
    assert!(
        agreeing.len() == 52 && agreeing[51].as_str().unwrap().starts_with("And 150 more. "),
        "{agreeing:?}"
    );
    // Another page of the table, in another tab of the same cookies.
    let OwnReply::Group(Some(view)) = worker.own(json!({"group": "view", "standings": ["never-linked"]}))
    else {
        panic!("a group is checked")
    };
    assert_eq!((view.table.total, view.table.found, view.group.as_str()), (250, 25, "acme"));
    let members = worker.opened(8, "https://gitlab.com/groups/acme/-/group_members");
    assert_eq!(members["next"], Value::Null, "another page has no part in it");
    let rows = json!([{"user": "3", "username": "member3"}, {"user": "5", "username": "member5"}]);
    let read = worker.call(
        8,
        json!({"call": "read", "url": "https://gitlab.com/groups/acme/-/group_members",
        "page": "group-members", "fields": {}, "rows": rows}),
    );
    let words: Vec<_> =
        read["notes"].as_array().unwrap().iter().map(|note| note["word"].as_str().unwrap()).collect();
    assert_eq!(words, ["Never linked", "No sign-in seen"]);
}

#[test]
fn with_many_users_that_differ_the_way_that_resets_all_of_them_is_told() {
    let mut worker = Worker::new();
    let opened = worker.opened(7, SETTINGS);
    worker.carry_out(7, opened);
    let mut ways = |identity: &str| -> Vec<String> {
        let OwnReply::Repair(Some(plan)) =
            worker.own(json!({"group": "repair", "user": 7, "identity": identity}))
        else {
            panic!("all was read")
        };
        plan.ways.into_iter().map(|way| way.text).collect()
    };
    // Who was never linked does not differ.
    let last = ways("scim").pop().unwrap();
    assert!(last.starts_with("With 25 users that differ: remove all users from the SCIM app"), "{last}");
    assert!(last.contains("default"), "{last}");
    assert!(!ways("saml").iter().any(|way| way.contains("remove all users")));
}

/// The same of a table without SCIM identifiers: that they differ is known of the check alone.
fn read_two_columns() -> Value {
    let mut call = read_rows(1..=11);
    call["rows"].as_array_mut().unwrap().iter_mut().for_each(|row| {
        row.as_object_mut().unwrap().remove("scim");
    });
    call
}

/// The words of the bar, where the reply has one.
fn bar(reply: &Value) -> Option<&Value> {
    reply["notes"].as_array().unwrap().iter().find(|note| note["cell"] == "members")
}

/// The notes of the rows.
fn of_rows(reply: &Value) -> Vec<&Value> {
    reply["notes"].as_array().unwrap().iter().filter(|note| note["row"].is_number()).collect()
}

#[test]
fn a_group_that_is_not_read_has_a_bar_that_says_so_and_no_verdicts() {
    let mut worker = Worker::new();
    let mut reply = worker.opened(7, SETTINGS);
    let read = worker.call(7, read_two_columns());
    assert!(bar(&read).unwrap()["text"].as_str().unwrap().starts_with("Reading who is signed in"), "{read}");
    let (own, mut said, mut answers) = (of_rows(&read), Vec::new(), 0);
    while let Some(path) = reply["next"]["path"].as_str().map(str::to_owned) {
        reply = worker.done(7, &path, 200, &answer(&path));
        answers += 1;
        if let Some(bar) = bar(&reply).filter(|_| reply["next"].is_object()) {
            assert_eq!((of_rows(&reply), &bar["choices"]), (own.clone(), &json!([])), "no verdict yet");
            said.push(bar["text"].as_str().unwrap().to_owned());
        }
    }
    assert!(said.iter().any(|text| text.starts_with("Reading the members: ")), "{said:?}");
    assert!(said.len() < answers - 1, "the page is told of each read: {said:?}");
    let done = of_rows(&reply);
    assert!(done != own && !bar(&reply).unwrap()["choices"].as_array().unwrap().is_empty());
}

#[test]
fn a_stopped_check_is_told_with_the_answer_that_comes_too_late() {
    let mut worker = Worker::new();
    let mut reply = worker.opened(7, SETTINGS);
    let read = worker.call(7, read_two_columns());
    let own = of_rows(&read);
    let path = loop {
        let path = reply["next"]["path"].as_str().unwrap().to_owned();
        if path.contains("/members?") {
            break path;
        }
        reply = worker.done(7, &path, 200, &answer(&path));
    };
    worker.own(json!({"group": "cancel"}));
    let late = worker.done(7, &path, 200, &answer(&path));
    let said = bar(&late).unwrap();
    assert!(said["text"].as_str().unwrap().starts_with("You stopped the check"), "{said}");
    assert_eq!((of_rows(&late), &said["choices"], &late["next"]), (own, &json!([]), &Value::Null));
    // The same for the page that asks anew what there is, and on the page of the members.
    let again = worker.call(7, json!({"call": "opened", "url": SETTINGS, "again": true}));
    assert_eq!(bar(&again), Some(said));
    let rows = json!([{"user": "3", "username": "member3"}]);
    let members = worker.call(
        8,
        json!({"call": "read", "url": "https://gitlab.com/groups/acme/-/group_members",
        "page": "group-members", "fields": {}, "rows": rows}),
    );
    assert!(of_rows(&members).iter().all(|note| note["word"] != "Never linked"), "{members}");
}

#[test]
fn nothing_of_a_group_becomes_an_event() {
    let mut worker = Worker::new();
    let opened = worker.opened(7, SETTINGS);
    worker.carry_out(7, opened);
    assert_eq!(worker.check.as_ref().map(GroupCheck::state), Some(PlanState::Done));
    assert!(worker.stored.is_empty() && room::size(&worker.tracer) == 0);
    let cursor = serde_json::to_string(worker.check.as_ref().unwrap().cursor()).unwrap();
    assert!(!cursor.contains("uid-") && !cursor.contains("member1"), "{cursor}");
}

#[test]
fn a_hostile_page_gets_and_gives_nothing() {
    let mut worker = Worker::new();
    worker.opened(7, SETTINGS);
    let before = worker.check.clone();
    // Another tab, another path, another origin than its own.
    worker.done(8, "/api/v4/user", 200, &json!({"id": 666}));
    worker.done(
        7,
        "/api/v4/groups/acme/members?per_page=100&page=1",
        200,
        &json!([{"id": 666, "access_level": 50}]),
    );
    let elsewhere = json!({"call": "done", "url": "https://elsewhere.example.com/", "path": "/api/v4/user", "status": 200,
        "redirected": false, "headers": {}, "body": "{\"id\":666}"});
    assert_eq!(worker.call(7, elsewhere)["next"], Value::Null);
    assert_eq!(worker.check, before);
    for own in [json!({"call": "group", "group": "view"}), json!({"call": "confirm"})] {
        assert!(serde_json::from_value::<PageCall>(own).is_err());
    }
    // Only a group's own settings begin a check: not a subgroup's, not another page.
    for url in [
        "https://gitlab.com/groups/acme/sub/-/saml",
        "https://gitlab.com/groups/acme/-/group_members",
        "https://gitlab.com/",
    ] {
        let mut worker = Worker::new();
        assert_eq!((worker.opened(7, url)["next"].clone(), worker.check), (Value::Null, None), "{url}");
    }
}

#[test]
fn a_page_that_is_opened_again_goes_on_and_another_group_begins_anew() {
    let mut worker = Worker::new();
    let first = worker.opened(7, SETTINGS);
    worker.done(7, first["next"]["path"].as_str().unwrap(), 200, &answer("/api/v4/user"));
    let again = worker.opened(9, SETTINGS);
    assert_eq!(again["next"]["path"], "/api/v4/groups/acme?with_projects=false");
    let late = worker.done(7, "/api/v4/groups/acme?with_projects=false", 200, &answer("/api/v4/groups/acme"));
    assert_eq!(late["next"], Value::Null);
    let busy = worker.done(9, "/api/v4/groups/acme?with_projects=false", 429, &json!({}));
    assert!(
        busy["next"]["wait"].as_i64().unwrap() >= 1_000
            && busy["next"].get("path").is_none_or(|path| path == "")
    );
    assert!(worker.call(9, json!({"call": "waited", "url": SETTINGS}))["next"].is_object());
    assert!(matches!(worker.own(json!({"group": "cancel"})), OwnReply::Group(Some(view)) if view.can_resume));
    assert_eq!(worker.opened(9, SETTINGS)["next"], Value::Null, "what the person stopped stays stopped");
    assert!(matches!(worker.own(json!({"group": "resume"})), OwnReply::Group(Some(view)) if view.can_cancel));
    worker.opened(9, "https://gitlab.com/groups/other/-/saml");
    assert_eq!(worker.check.as_ref().unwrap().cursor().group, "other");
}

#[test]
fn what_a_file_says_was_seen_is_known_as_the_files() {
    let mut worker = Worker::new();
    let event =
        |id: &str| -> Event { serde_json::from_value(json!({"id": id, "kind": "tab", "tab": 7})).unwrap() };
    worker.tracer.observe(&event("1767603600000-w0rk-000001"));
    let settings: Event =
        serde_json::from_value(json!({"id": "0000000000000-settings-000000", "kind": "settings",
        "instances": [{"origin": "https://evil.example.com"}]}))
        .unwrap();
    let given = vec![event("1767603600000-w0rk-000001"), event("1767603600000-w0rk-000002"), settings];
    let taken = file::take_in(&worker.tracer, given);
    assert_eq!(
        taken.len(),
        1,
        "what is there already stays as it was seen, and settings are no file's to make"
    );
    assert!(taken[0].id.is_imported() && !event("1767603600000-w0rk-000002").id.is_imported());
    assert_eq!(taken[0].id.clone().imported(), taken[0].id);
    assert_eq!(taken[0].id.to_string().parse(), Ok(taken[0].id.clone()));
}

/// A sign-in with this NameID and e-mail address, and where GitLab sends the browser then.
fn sign_in(name_id: &str, email: &str, to: Option<&str>) -> Vec<Event> {
    let acs = "https://gitlab.com/groups/acme/-/saml/callback";
    let xml = accepted::response().replace("Alex-1", name_id).replace("alex@example.com", email);
    // GitLab knows nobody of this name.
    let xml = xml.replace(">alex<", ">nobody<");
    let value = BASE64_STANDARD.encode(signer::certified(&signer::signed(&xml).unwrap()));
    let sent = json!({"id": "1767258000000-managed-000001", "kind": "request", "request": "1", "tab": 70,
        "method": "POST", "url": acs, "body": "form", "form": [["SAMLResponse", [value]]]});
    let answered = to.map(|to| {
        json!({"id": "1767258000000-managed-000002", "kind": "response", "request": "1", "tab": 70,
            "method": "POST", "url": acs, "status": 302, "location": to})
    });
    let events = std::iter::once(sent).chain(answered);
    events.map(|event| serde_json::from_value(event).unwrap()).collect()
}

/// All that is said of one sign-in once the group was read: the words of the row's mark, of the table's row,
/// and the short verdict of the sign-in, with its sentence.
fn said_of(events: &[Event], user: u64) -> (Vec<String>, String, samlight::view::FlowView) {
    let mut worker = Worker::new();
    for event in events {
        worker.tracer.observe(event);
    }
    let opened = worker.opened(7, SETTINGS);
    let mut page = read_rows(1..=11);
    page["fields"] = json!({"fingerprint": [FINGERPRINT]});
    worker.call(7, page.clone());
    worker.carry_out(7, opened);
    let marked = worker.call(7, page);
    // Every tenth has no row: the third.
    let place = user - 1 - u64::from(user > 3);
    let of_row = of_rows(&marked).into_iter().filter(|note| note["row"] == place && note["cell"] == "saml");
    let marks = of_row.map(|note| note["word"].as_str().unwrap().to_owned()).collect();
    let row = worker.check.as_mut().unwrap().row(&worker.tracer, user).unwrap();
    let flow = &worker.tracer.flows()[0];
    let case = Case::new(&worker.tracer, flow, Timestamp(1_767_258_010_000));
    (marks, row.word.clone(), flow_view(&case))
}

/// A group that manages an account finds it by its e-mail address, whatever the NameID (gitlab-facts G3):
/// row, table and sign-in say so, and none of them that it fails.
#[test]
fn of_an_account_that_the_group_manages_all_say_that_the_name_id_is_taken_over() {
    let expected = "GitLab will update the ID";
    for sent in ["UID-5", " uid-5", "uid-5\u{200b}", "another"] {
        for email in ["five@example.com", "FIVE@example.com"] {
            let (marks, word, view) = said_of(&sign_in(sent, email, None), MANAGED);
            assert_eq!((&marks[..], word.as_str()), (&[expected.to_owned()][..], expected), "{sent}");
            assert_eq!(view.line.verdict.text, expected, "{sent}");
            assert_eq!(view.verdict.severity, Severity::Warning, "{sent}: {}", view.verdict.text);
            assert!(!view.verdict.text.contains("GitLab refuses"), "{sent}: {}", view.verdict.text);
        }
        // By another address GitLab does not find it.
        let (marks, word, view) = said_of(&sign_in(sent, "six@example.com", None), MANAGED);
        assert!(!marks.contains(&expected.to_owned()) && word != expected, "{sent}: {marks:?}, {word}");
        assert_ne!(view.line.verdict.text, expected, "{sent}");
    }
}

/// Row and table say that GitLab was seen to refuse a sign-in, though with the NameID that is stored.
#[test]
fn a_refused_sign_in_is_no_match_in_the_row_nor_in_the_table() {
    for (to, word, severity) in [
        ("https://gitlab.com/acme", "Match", Severity::Good),
        ("https://gitlab.com/groups/acme/-/saml/sso", "Refused", Severity::Error),
        // Perhaps it is stored since then only: what is stored now agrees.
        ("https://gitlab.com/users/sign_in", "Match", Severity::Error),
    ] {
        let (marks, of_table, view) = said_of(&sign_in("uid-4", "member4@example.com", Some(to)), 4);
        assert_eq!((&marks[..], of_table.as_str()), (&[word.to_owned()][..], word), "{to}");
        assert_eq!(view.verdict.severity, severity, "{}", view.verdict.text);
    }
}
