//! A group of 100,000 members: read, joined, looked at, and matched with a list of as many people. The peer
//! is reading the same answers as plain JSON, which any program must do.

use crate::{
    measure::{Figure, quickest_of},
    sign_ins::trace,
};
use samlight::{
    base::{instant::Timestamp, place::Place},
    gitlab::instance::Instance,
    group::{
        captured::Captures,
        check::PIECE,
        expected::{Columns, Field, Matching},
        join::join,
        members::Roll,
        plan::{Next, Plan, PlanState, ReadAnswer},
        reads::PER_PAGE,
        table::{Column, Query, Table, WINDOW},
    },
    idp::directory::Directory,
};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

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

/// An identity provider's list of all of them.
fn list() -> String {
    let row = |id: usize| {
        format!(
            "Member Number {id},member{id}@example.com,member{id}@corp.example.com,00u-{id:08}-Member,member{id}\n"
        )
    };
    let rows: String = (1..=MEMBERS).map(row).collect();
    format!("displayName,mail,userPrincipalName,objectId,mailNickname\n{rows}")
}

fn plan() -> Plan {
    Plan::new(Instance::gitlab_com(), "acme".into(), Place::default())
}

/// The costs of a group.
pub(crate) struct Costs {
    /// All answers, read as plain values.
    pub(crate) peer: Duration,
    /// Reading them into a roll.
    pub(crate) reading: Duration,
    /// Joining and judging all members.
    pub(crate) joining: Duration,
    sorting: Duration,
    /// The next window of rows.
    pub(crate) scrolling: Duration,
    /// Reading a list of people.
    list: Duration,
    /// Matching it with the members, and the longest of its pieces.
    matching: Duration,
    piece: Duration,
    /// The octets of all answers.
    octets: usize,
    /// The octets that are kept of them.
    pub(crate) kept: usize,
}

impl Costs {
    /// Reads, joins and looks, and takes the time.
    pub(crate) fn taken() -> Self {
        let mut answers = Vec::new();
        let (mut first, mut roll) = (plan(), Roll::default());
        while let Next::Read(path) = first.next(NOW) {
            let answer = answer(&path);
            assert!(first.take(&mut roll, &path, &answer, NOW));
            answers.push((path, answer));
        }
        assert_eq!((first.state(), roll.people().len(), roll.left_out()), (PlanState::Done, MEMBERS, 0));
        let captures = Captures::of(&trace(50), &roll, &Instance::gitlab_com(), "acme");

        let peer = quickest_of(3, || {
            answers.iter().for_each(|(_, answer)| {
                drop(black_box(serde_json::from_str::<Value>(&answer.body).unwrap()))
            });
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
            table.view(&roll, &captures, None, &Query::default());
            assert_eq!(table.view(&roll, &captures, None, &by_name).found, MEMBERS);
        });
        let mut start = 0;
        let scrolling = quickest_of(20, || {
            start += WINDOW;
            let view = table.view(&roll, &captures, None, &Query { start, ..by_name.clone() });
            assert_eq!((view.start, view.rows.len()), (start, WINDOW));
        });
        let people = list();
        let list = quickest_of(3, || drop(black_box(Directory::read(&people).unwrap())));
        let directory = Directory::read(&people).unwrap();
        let mut pieces = Vec::new();
        let matching = quickest_of(3, || {
            let mut matching = Matching::new(&directory, Columns::default());
            let mut longest = Duration::ZERO;
            let matched = loop {
                let began = Instant::now();
                let matched = matching.step((&directory, &roll, &captures), PIECE);
                longest = longest.max(began.elapsed());
                if let Some(matched) = matched {
                    break matched;
                }
            };
            assert_eq!(
                (matched.members.len(), matched.name_id.field().and_then(Field::column)),
                (MEMBERS, Some(3))
            );
            pieces.push(longest);
        });
        let piece = pieces.into_iter().min().unwrap_or_default();
        let octets = answers.iter().map(|(_, answer)| answer.body.len()).sum();
        let kept = roll.octets();
        Costs { peer, reading, joining, sorting, scrolling, list, matching, piece, octets, kept }
    }

    /// A figure for each thing that is done with a group.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let rows = [
            ("reading a group into a roll", self.reading),
            ("joining and judging its members", self.joining),
            ("searching and sorting them, twice", self.sorting),
            ("scrolling by a window", self.scrolling),
            ("reading a list of as many people", self.list),
            ("matching it with them, piece by piece", self.matching),
            ("the longest piece of that", self.piece),
        ];
        rows.map(|(what, time)| Figure {
            what: what.into(),
            work: format!("{MEMBERS} members, {} octets in memory", self.kept),
            time,
            peer: format!("serde_json: their {} octets as Values", self.octets),
            peer_time: self.peer,
        })
        .into()
    }
}
