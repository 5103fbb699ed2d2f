//! Whatever a worker leaves unread, it says what one says that has read everything: for sign-ins of all
//! kinds, which share requests, messages and places with earlier ones, and for a worker that is stopped and
//! started at any event.

use crate::signer::signed;
use base64::{Engine, prelude::BASE64_STANDARD};
use proptest::{collection::vec, option, prelude::*, sample::select};
use samlight::{
    base::instant::Timestamp,
    event::{Event, EventId},
    trace::{room, tracer::Tracer},
    view::{lines::Lines, older::Older},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
};

const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
const BEGIN: i64 = 1_767_258_000_000;

/// A sign-in, and how it is like others.
#[derive(Clone, Debug)]
struct SignIn {
    tab: i64,
    /// Milliseconds since the one before began.
    gap: i64,
    /// A bit for each of its five events that is seen.
    seen: u8,
    /// The number of sign-ins ago that the one was whose request it answers, whose Response it brings again,
    /// whose number of the browser its exchanges have.
    answers: usize,
    repeats: usize,
    reuses: usize,
    /// Whether its Response names the request.
    is_named: bool,
    succeeds: bool,
    /// Something that happens beside it.
    beside: Option<usize>,
    /// The number of milliseconds before it happened its last event is said to have happened.
    late: i64,
}

fn sign_in() -> impl Strategy<Value = SignIn> {
    // Mostly it is like no other.
    let ago = || prop_oneof![24 => Just(0_usize), 1 => 1..30_usize];
    let gap = select(vec![500, 500, 500, 60_000, 60_000, 700_000]);
    // The whole, the request alone, anything.
    let seen = prop_oneof![10 => Just(0b11111_u8), 1 => Just(0b00001_u8), 1 => any::<u8>()];
    let beside = prop_oneof![12 => Just(None), 1 => option::of(0..6_usize)];
    let late = prop_oneof![20 => Just(0_i64), 1 => 0..400_000_i64];
    let named = prop_oneof![6 => Just(true), 1 => Just(false)];
    (1..7_i64, gap, seen, (ago(), ago(), ago()), named, any::<bool>(), beside, late).prop_map(
        |(tab, gap, seen, (answers, repeats, reuses), is_named, succeeds, beside, late)| SignIn {
            tab,
            gap,
            seen,
            answers,
            repeats,
            reuses,
            is_named,
            succeeds,
            beside,
            late,
        },
    )
}

fn request(number: usize) -> String {
    let xml = format!(
        "<p:AuthnRequest xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_q{number}' \
         AssertionConsumerServiceURL='{ACS}'/>"
    );
    format!("https://idp.example.com/sso?SAMLRequest={}", BASE64_STANDARD.encode(xml).replace('+', "%2B"))
}

/// Responses by their number and that of the request that they answer.
type Signed = HashMap<(usize, Option<usize>), String>;

/// The Responses so far, since signing takes long.
static SIGNED: LazyLock<Mutex<Signed>> = LazyLock::new(Mutex::default);

/// A Response that GitLab accepts where it answers `answers`.
fn response(number: usize, answers: Option<usize>) -> String {
    SIGNED.lock().unwrap().entry((number, answers)).or_insert_with(|| made(number, answers)).clone()
}

fn made(number: usize, answers: Option<usize>) -> String {
    let answers = answers.map_or_else(String::new, |to| format!(" InResponseTo='_q{to}'"));
    let at = "IssueInstant='2026-01-01T09:00:00Z' Version='2.0'";
    let xml = format!(
        "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' xmlns:a='urn:oasis:names:tc:SAML:2.0:assertion' \
         ID='_r{number}' {at} Destination='{ACS}'{answers}><a:Issuer>https://idp.example.com</a:Issuer><p:Status>\
         <p:StatusCode Value='urn:oasis:names:tc:SAML:2.0:status:Success'/></p:Status><a:Assertion ID='_a{number}' {at}>\
         <a:Issuer>https://idp.example.com</a:Issuer><a:Subject>\
         <a:NameID Format='urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'>user-{number}</a:NameID>\
         <a:SubjectConfirmation Method='urn:oasis:names:tc:SAML:2.0:cm:bearer'>\
         <a:SubjectConfirmationData Recipient='{ACS}' NotOnOrAfter='2036-01-01T09:00:00Z'{answers}/>\
         </a:SubjectConfirmation></a:Subject><a:Conditions><a:AudienceRestriction>\
         <a:Audience>https://gitlab.com/groups/acme</a:Audience></a:AudienceRestriction></a:Conditions>\
         <a:AuthnStatement AuthnInstant='2026-01-01T09:00:00Z' SessionIndex='1'><a:AuthnContext>\
         <a:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</a:AuthnContextClassRef>\
         </a:AuthnContext></a:AuthnStatement></a:Assertion></p:Response>"
    );
    BASE64_STANDARD.encode(signed(&xml).unwrap())
}

/// The events in the order in which they are told.
fn events(sign_ins: &[SignIn]) -> Vec<Event> {
    let mut told = Vec::new();
    let mut time = BEGIN;
    for (number, it) in sign_ins.iter().enumerate() {
        time += it.gap;
        let before = |ago: usize| number.saturating_sub(ago);
        let (asked, posted) = (format!("a{}", before(it.reuses)), format!("b{}", before(it.reuses)));
        let value = match it.repeats {
            0 => response(number, it.is_named.then(|| before(it.answers))),
            ago => response(before(ago), it.is_named.then(|| before(ago))),
        };
        let after = if it.succeeds { "https://gitlab.com/acme" } else { "https://gitlab.com/users/sign_in" };
        let tab = it.tab;
        let parts = [
            json!({"kind": "response", "request": asked, "tab": tab, "method": "POST", "status": 302,
                "url": "https://gitlab.com/users/auth/group_saml", "location": request(number)}),
            json!({"kind": "request", "request": posted, "tab": tab, "method": "POST", "url": ACS, "body": "form",
                "form": [["SAMLResponse", [value]]]}),
            json!({"kind": "sent", "request": posted, "origin": "https://idp.example.com"}),
            json!({"kind": "response", "request": posted, "tab": tab, "method": "POST", "status": 302, "url": ACS,
                "location": after}),
            json!({"kind": "completed", "request": posted}),
        ];
        let mut parts: Vec<Value> = parts
            .into_iter()
            .enumerate()
            .filter(|(at, _)| it.seen & (1 << at) != 0)
            .map(|(_, it)| it)
            .collect();
        parts.extend(it.beside.map(|which| beside(which, tab, number)));
        let last = parts.len().saturating_sub(1);
        for (at, mut part) in parts.into_iter().enumerate() {
            let happened = time + at as i64 - if at == last { it.late } else { 0 };
            let id =
                EventId::new(Timestamp(happened.max(BEGIN)), "older", u32::try_from(told.len()).unwrap());
            part["id"] = id.to_string().into();
            told.push(serde_json::from_value(part).unwrap());
        }
    }
    told
}

/// Something beside a sign-in, most of which holds for the whole trace.
fn beside(which: usize, tab: i64, number: usize) -> Value {
    match which {
        0 => json!({"kind": "page", "tab": tab, "url": "https://gitlab.com/users/sign_in", "page": "any",
            "fields": {"flash": ["Not authorized"]}, "rows": []}),
        1 => json!({"kind": "told", "saml_extern_uid": format!("user-{}", number / 2)}),
        2 => json!({"kind": "settings", "instances": []}),
        3 => json!({"kind": "tab", "tab": tab, "private": true}),
        4 => {
            json!({"kind": "request", "request": format!("silent-{number}"), "tab": tab, "method": "POST", "url": ACS})
        }
        _ => json!({"kind": "answer", "tab": tab, "url": "https://gitlab.com/api/v4/user", "status": 401}),
    }
}

/// A background worker, as `extension/background/core.js` runs the core, and its store.
#[derive(Default)]
struct Worker {
    stored: Vec<Event>,
    counted: String,
    older: Older,
    lines: Lines,
    tracer: Tracer,
    /// The number of starts that left something unread.
    quick: usize,
}

fn sized(event: &Event) -> (Event, usize) {
    (event.clone(), serde_json::to_string(event).unwrap().len())
}

impl Worker {
    fn take_up(&mut self) -> Option<Vec<usize>> {
        let kind = |event: &Event| serde_json::to_value(event).unwrap()["kind"].as_str().unwrap().to_owned();
        let told: Vec<(String, String)> =
            self.stored.iter().map(|event| (event.id.to_string(), kind(event))).collect();
        let (older, left) =
            Older::kept(&self.counted, told.iter().map(|(id, kind)| (id.as_str(), kind.as_str())));
        (self.older, self.lines) = (older, Lines::default());
        left
    }

    fn start(&mut self) {
        let Some(left) = self.take_up() else { return self.read_all() };
        let events: Vec<_> = left.iter().map(|at| sized(&self.stored[*at])).collect();
        self.tracer = self.older.replay_open(events);
        if self.older.must_read() {
            return self.read_all();
        }
        self.quick += usize::from(left.len() < self.stored.len());
    }

    fn read_all(&mut self) {
        self.take_up();
        self.tracer = Tracer::replay_stored(self.stored.iter().map(sized));
        self.older.all_read(&self.tracer);
    }

    fn observe(&mut self, event: &Event) {
        let is_late = self.stored.last().is_some_and(|newest| event.id < newest.id);
        self.stored.push(event.clone());
        if is_late {
            self.stored.sort_by(|one, other| one.id.cmp(&other.id));
            return self.start();
        }
        let (event, size) = sized(event);
        self.tracer.observe_stored(&event, size);
        self.older.observed(&self.tracer, &event);
        if self.older.must_read() {
            self.read_all();
        }
    }

    fn problems(&mut self, now: Timestamp) -> usize {
        let mut said = self.older.problems(&mut self.lines, &mut self.tracer, now);
        if said.is_none() {
            self.read_all();
            said = self.older.problems(&mut self.lines, &mut self.tracer, now);
        }
        if let Some(counted) = self.older.take_news() {
            self.counted = counted;
        }
        said.unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_unread_changes_nothing_that_is_said(
        sign_ins in vec(sign_in(), 8..40),
        stops in vec(any::<prop::sample::Index>(), 1..8),
        goes in option::weighted(0.3, any::<prop::sample::Index>()),
        patience in select(vec![0_i64, 1_000, 900_000]),
    ) {
        let events = events(&sign_ins);
        prop_assume!(!events.is_empty());
        let stops: Vec<usize> = stops.iter().map(|at| at.index(events.len())).collect();
        let goes = goes.map(|at| at.index(events.len()));
        let mut worker = Worker::default();
        // One that is never stopped, and takes nothing from what was counted.
        let (mut whole, mut lines) = (Tracer::new(), Lines::default());
        for (at, event) in events.iter().enumerate() {
            let is_last = worker.stored.last().is_none_or(|newest| newest.id < event.id);
            worker.observe(event);
            if is_last {
                whole.observe(event);
            } else {
                (whole, lines) = (Tracer::replay(worker.stored.clone()), Lines::default());
            }
            if goes == Some(at) {
                // As much goes as eviction says, and the worker is stopped before it can count again.
                worker.read_all();
                let gone = room::evict(&worker.tracer, room::size(&worker.tracer) / 2);
                worker.stored.retain(|event| !gone.contains(&event.id));
                worker.start();
                (whole, lines) = (Tracer::replay(worker.stored.clone()), Lines::default());
            }
            if stops.contains(&at) {
                worker.start();
            }
            let now = Timestamp(event.id.time.0 + patience);
            prop_assert_eq!(worker.problems(now), lines.problems(&mut whole, now), "{}: {}", at, worker.counted);
            prop_assert_eq!(room::size(&worker.tracer), room::size(&whole));
            prop_assert_eq!(worker.tracer.revision(), whole.revision());
        }
    }
}

fn plain(count: usize) -> Vec<Event> {
    let one = SignIn {
        tab: 1,
        gap: 60_000,
        seen: 0b11111,
        answers: 0,
        repeats: 0,
        reuses: 0,
        is_named: true,
        succeeds: true,
        beside: None,
        late: 0,
    };
    let even = SignIn { succeeds: false, tab: 2, ..one.clone() };
    events(&[one, even].into_iter().cycle().take(count).collect::<Vec<_>>())
}

/// However many sign-ins are stored, a start reads those that are not over, and the count is right.
#[test]
fn a_start_reads_as_much_with_a_thousand_sign_ins_as_with_fifty() {
    for count in [50, 1_000] {
        let events = plain(count);
        let now = Timestamp(events.last().unwrap().id.time.0 + 1);
        let mut worker = Worker { stored: events, ..Worker::default() };
        worker.read_all();
        let said = worker.problems(now);
        let left = worker.take_up().unwrap();
        assert!(left.len() <= 5 * 5, "{count}: {} events are read", left.len());
        worker.start();
        assert_eq!((worker.quick, worker.problems(now)), (1, said), "{count}");
        assert_eq!(said, count / 2, "every other sign-in is refused");
    }
}

/// It is not of other events, nor of another version of Samlight.
#[test]
fn a_count_that_is_not_of_these_events_is_thrown_away() {
    let events = plain(30);
    let now = Timestamp(events.last().unwrap().id.time.0 + 1);
    let mut worker = Worker { stored: events.clone(), ..Worker::default() };
    worker.read_all();
    worker.problems(now);
    assert!(worker.take_up().is_some());
    for at in 0..events.len() {
        let (mut less, mut other) = (events.clone(), events.clone());
        less.remove(at);
        other[at].id.n += 1_000;
        for stored in [less, other] {
            worker.stored = stored;
            assert_eq!(worker.take_up(), None, "event {at}");
        }
    }
    worker.stored = events;
    let version = env!("CARGO_PKG_VERSION");
    for counted in [
        worker.counted.replace(version, "0.0.9"),
        worker.counted.replacen(' ', " x", 4),
        worker.counted.chars().take(60).collect(),
        "null".to_owned(),
        String::new(),
    ] {
        assert_ne!(counted, worker.counted);
        let kept = std::mem::replace(&mut worker.counted, counted);
        assert_eq!(worker.take_up(), None);
        worker.counted = kept;
    }
}

/// Facts that hold for the whole trace can change what is found in a sign-in that is over.
#[test]
fn what_becomes_known_later_is_looked_for_in_what_is_over_too() {
    let provider = json!({"kind": "settings", "instances": [], "provider": {
        "instance": {"origin": "https://gitlab.com", "root": ""}, "provider": {"group": {"path": "acme"}},
        "fingerprint": "00:11"}});
    let told = json!({"kind": "told", "saml_extern_uid": "somebody"});
    let mut changed = 0;
    for mut later in [provider, told] {
        let events = plain(30);
        let now = Timestamp(events.last().unwrap().id.time.0 + 1);
        let mut worker = Worker { stored: events.clone(), ..Worker::default() };
        worker.read_all();
        let before = worker.problems(now);
        worker.start();
        assert_eq!((worker.quick, worker.problems(now)), (1, before));
        later["id"] = EventId::new(now, "later", 1).to_string().into();
        worker.observe(&serde_json::from_value(later).unwrap());
        let after = worker.problems(now);
        assert_eq!(after, Lines::default().problems(&mut Tracer::replay(worker.stored.clone()), now));
        changed += usize::from(after != before);
    }
    assert!(changed > 0, "nothing of it changes anything");
}
