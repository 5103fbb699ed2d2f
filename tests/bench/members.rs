//! A group of 100,000 members: read, joined, and looked at. The peer is reading the same answers as plain
//! JSON, which any program must do.

use crate::quickest_of;
use samlight::{
    base::{instant::Timestamp, place::Place},
    gitlab::instance::Instance,
    group::{
        captured::Captures,
        join::join,
        members::Roll,
        plan::{Next, Plan, ReadAnswer, State},
        reads::PER_PAGE,
        table::{Column, Query, Table, WINDOW},
    },
    trace::tracer::Tracer,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, hint::black_box, time::Duration};

const MEMBERS: usize = 100_000;
const NOW: Timestamp = Timestamp(1_767_603_600_000);

/// Every tenth has another SCIM identifier, every hundredth no identity.
fn identity(id: usize, field: &str) -> Value {
    let scim = if field == "scim" && id % 10 == 3 { "drifted" } else { "00u" };
    json!({ "extern_uid": format!("{scim}-{id:08}-Member"), "user_id": id, "active": true })
}

fn answer(path: &str) -> ReadAnswer {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let linked = |field: &'static str| {
        (1..=MEMBERS).filter(|id| id % 100 != 7).map(move |id| identity(id, field)).collect()
    };
    let body = match path.strip_prefix("/api/v4").unwrap() {
        "/user" => json!({ "id": 1, "username": "member1" }),
        "/groups/acme" => json!({ "id": 9, "full_path": "acme" }),
        "/user/emails" | "/groups/acme/audit_events" => json!([]),
        "/groups/acme/saml/identities" => linked("saml"),
        "/groups/acme/scim/identities" => linked("scim"),
        _ => {
            let page: usize = query.rsplit_once("page=").unwrap().1.parse().unwrap();
            let first = (page - 1) * PER_PAGE + 1;
            (first..(first + PER_PAGE).min(MEMBERS + 1))
                .map(|id| {
                    json!({ "id": id, "username": format!("member{id}"), "name": format!("Member Number {id}"), "state": "active",
                        "avatar_url": format!("https://gitlab.com/uploads/-/system/user/avatar/{id}/avatar.png"),
                        "web_url": format!("https://gitlab.com/member{id}"), "access_level": 30,
                        "email": format!("member{id}@example.com"), "created_at": "2026-01-05T09:00:00.000Z" })
                })
                .collect()
        }
    };
    ReadAnswer { status: 200, body: body.to_string(), headers: BTreeMap::new(), ..ReadAnswer::default() }
}

fn plan() -> Plan {
    Plan::new(Instance::gitlab_com(), "acme".into(), Place::default())
}

#[test]
fn of_100000_members_joining_costs_less_than_reading_and_looking_next_to_nothing() {
    let mut answers = Vec::new();
    let (mut first, mut roll) = (plan(), Roll::default());
    while let Next::Read(path) = first.next(NOW) {
        let answer = answer(&path);
        assert!(first.take(&mut roll, &path, &answer, NOW));
        answers.push((path, answer));
    }
    assert_eq!((first.state(), roll.people().len(), roll.left_out()), (State::Done, MEMBERS, 0));
    let tracer = Tracer::replay((0..50).flat_map(crate::sign_in));
    let captures = Captures::of(&tracer, &roll, &Instance::gitlab_com(), "acme");

    let peer = quickest_of(3, || {
        answers
            .iter()
            .for_each(|(_, answer)| drop(black_box(serde_json::from_str::<Value>(&answer.body).unwrap())));
    });
    let reading = quickest_of(3, || {
        let (mut plan, mut roll) = (plan(), Roll::default());
        answers.iter().for_each(|(path, answer)| assert!(plan.take(&mut roll, path, answer, NOW)));
        drop(black_box(roll));
    });
    let joining = quickest_of(3, || drop(black_box(join(&roll, &captures))));
    let mut table = Table::new(join(&roll, &captures));
    let by_name = Query { sort: Column::Name, text: "number".into(), ..Query::default() };
    let sorting = quickest_of(3, || {
        table.view(&roll, &captures, &Query::default());
        assert_eq!(table.view(&roll, &captures, &by_name).found, MEMBERS);
    });
    let mut start = 0;
    let scrolling = quickest_of(20, || {
        start += WINDOW;
        let view = table.view(&roll, &captures, &Query { start, ..by_name.clone() });
        assert_eq!((view.start, view.rows.len()), (start, WINDOW));
    });
    let octets: usize = answers.iter().map(|(_, answer)| answer.body.len()).sum();
    let ratio = |of: Duration| of.as_secs_f64() / peer.as_secs_f64();
    println!("100,000 members, {octets} octets of JSON as plain values: {peer:?} (the peer, 1.0)");
    println!("reading them into a roll:               {reading:?} ({:.2})", ratio(reading));
    println!("joining and judging them:               {joining:?} ({:.2})", ratio(joining));
    println!("searching and sorting all, twice:       {sorting:?} ({:.2})", ratio(sorting));
    println!("scrolling by a window:                  {scrolling:?} ({:.4})", ratio(scrolling));
    println!("octets in memory:                       {}", roll.octets());
    assert!(joining < peer, "joining takes longer than reading plain JSON: {joining:?}, {peer:?}");
    assert!(reading < 4 * peer, "reading costs too much: {reading:?}, {peer:?}");
    assert!(scrolling < peer / 20, "scrolling is no window: {scrolling:?}, {peer:?}");
}
