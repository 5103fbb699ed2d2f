//! The plan against a group that answers as GitLab does, and as it does not.

use super::*;
use crate::group::members::Roll;
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_603_600_000);

/// A group with `count` members, each with both identities.
struct Group {
    count: u64,
    plan: Plan,
    roll: Roll,
    now: Timestamp,
    /// The paths that were read.
    asked: Vec<String>,
}

fn place() -> Place {
    Place { tab: 7, ..Place::default() }
}

impl Group {
    fn of(count: u64) -> Self {
        let plan = Plan::new(Instance::gitlab_com(), "acme".into(), place());
        Group { count, plan, roll: Roll::default(), now: NOW, asked: Vec::new() }
    }

    /// The answer of GitLab 18.x to an owner.
    fn answer(&self, path: &str) -> ReadAnswer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let identity = |id: u64| json!({"extern_uid": format!("u-{id}"), "user_id": id, "active": true});
        let all: Vec<Value> = match path.strip_prefix("/api/v4").unwrap() {
            "/user" => return success(json!({"id": 1, "username": "u1", "email": "u1@example.com"})),
            "/user/emails" => return success(json!([{"id": 1, "email": "x@example.com", "confirmed_at": "2026-01-01T00:00:00Z"}])),
            "/groups/acme" => return success(json!({"id": 9, "full_path": "Acme"})),
            "/groups/acme/saml/identities" | "/groups/acme/scim/identities" => {
                return success((1..=self.count).map(identity).collect());
            }
            "/groups/acme/audit_events" => Vec::new(),
            "/groups/acme/members" => (1..=self.count)
                .map(|id| json!({"id": id, "username": format!("u{id}"), "access_level": 10,
                    "group_saml_identity": {"provider": "group_saml", "extern_uid": format!("u-{id}"), "saml_provider_id": 3}}))
                .collect(),
            "/groups/acme/saml_users" => (1..=self.count)
                .map(|id| json!({"id": id, "username": format!("u{id}"), "email": format!("u{id}@example.com")}))
                .collect(),
            other => panic!("nobody documents {other}"),
        };
        let page: usize = query.rsplit_once("page=").unwrap().1.parse().unwrap();
        let rows: Vec<&Value> = all.iter().skip((page - 1) * PER_PAGE).take(PER_PAGE).collect();
        let next = if page * PER_PAGE < all.len() { (page + 1).to_string() } else { String::new() };
        let mut answer = success(json!(rows));
        answer.headers = headers(&[("x-next-page", &next), ("x-total", &all.len().to_string())]);
        answer
    }

    /// One read; `change` stands between GitLab and the plan. `None` when there is nothing to read.
    fn step(&mut self, change: impl FnOnce(&str, ReadAnswer) -> ReadAnswer) -> Option<String> {
        let path = loop {
            match self.plan.next(self.now) {
                Next::Read(path) => break path,
                Next::Wait(until) => self.now = until,
                Next::Nothing => return None,
            }
        };
        let answer = change(&path, self.answer(&path));
        assert!(self.plan.take(&mut self.roll, &path, &answer, self.now), "{path}");
        self.asked.push(path.clone());
        Some(path)
    }

    fn finish(&mut self) -> PlanState {
        while self.step(|_, answer| answer).is_some() {}
        self.plan.state()
    }

    /// Reads until the path that comes next has this part.
    fn until(&mut self, part: &str) {
        while !matches!(self.plan.next(self.now), Next::Read(path) if path.contains(part)) {
            self.step(|_, answer| answer).unwrap();
        }
    }

    /// As the browser does it: the memory goes, the cursor stays.
    fn stop_worker(&mut self) {
        let stored = serde_json::to_string(self.plan.cursor()).unwrap();
        self.plan = Plan::resume(serde_json::from_str(&stored).unwrap());
        self.roll = Roll::default();
    }
}

fn success(body: Value) -> ReadAnswer {
    ReadAnswer { status: 200, body: body.to_string(), ..ReadAnswer::default() }
}

fn status(status: u16) -> ReadAnswer {
    ReadAnswer { status, body: r#"{"message":"no"}"#.into(), ..ReadAnswer::default() }
}

fn headers(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_group_of_250_is_read_in_three_pages_and_joined_from_all_lists() {
    let mut group = Group::of(250);
    assert_eq!(group.finish(), PlanState::Done);
    assert_eq!(group.asked.iter().filter(|path| path.contains("/members?")).count(), 3);
    assert_eq!(group.asked.len(), 6 + 3 + 3);
    assert_eq!(group.roll.people().len(), 250);
    let last = group.roll.person(250).unwrap();
    assert_eq!((last.saml.known(), last.scim.known()), (Some("u-250"), Some("u-250")));
    assert_eq!(last.primary().unwrap().address, "u250@example.com");
    assert_eq!(group.roll.person(1).unwrap().emails.len(), 2);
    assert!(group.plan.gaps().is_empty());
    let progress = group.plan.progress();
    assert_eq!((progress.read, progress.members, progress.of, progress.again), (None, 250, Some(250), false));
}

#[test]
fn pages_end_where_gitlab_says_or_where_a_page_is_not_full() {
    for (count, pages) in [(0, 1), (99, 1), (100, 2), (101, 2), (250, 3)] {
        // A proxy took the headers away: only a full page has a next one.
        let mut group = Group::of(count);
        while group.step(|_, answer| ReadAnswer { headers: BTreeMap::new(), ..answer }).is_some() {}
        let read = group.asked.iter().filter(|path| path.contains("/members?")).count();
        assert_eq!((group.plan.state(), read), (PlanState::Done, pages), "{count}");
    }
    for next in ["1", "2", "99", "-1", "x"] {
        let mut group = Group::of(250);
        group.until("/members?per_page=100&page=2");
        group.step(|_, answer| ReadAnswer { headers: headers(&[("x-next-page", next)]), ..answer });
        assert_eq!(group.finish(), PlanState::Done, "a next page of {next:?} ends the list and nothing else");
        assert_eq!(group.asked.iter().filter(|path| path.contains("/members?")).count(), 2);
    }
}

#[test]
fn too_many_requests_are_waited_for_as_gitlab_says() {
    let clock = ("date", "Mon, 05 Jan 2026 08:00:00 GMT");
    for (given, wait) in [
        (vec![("retry-after", "7")], 7_000),
        (vec![("retry-after", "0")], 1_000),
        (vec![("retry-after", "Mon, 05 Jan 2026 08:00:30 GMT"), clock], 30_000),
        (vec![("retry-after", "Mon, 05 Jan 2026 09:00:30 GMT")], 30_000),
        (vec![("retry-after", "Mon, 05 Jan 2026 07:00:00 GMT"), clock], 1_000),
        (vec![("retry-after", "soon")], 1_000),
        (vec![], 1_000),
    ] {
        let mut group = Group::of(250);
        group.until("/members?per_page=100&page=2");
        let busy = group.step(|_, _| ReadAnswer { headers: headers(&given), ..status(429) }).unwrap();
        assert_eq!(group.plan.next(NOW), Next::Wait(Timestamp(NOW.0 + wait)), "{given:?}");
        assert_eq!(group.plan.next(Timestamp(NOW.0 + wait)), Next::Read(busy));
        assert_eq!((group.finish(), group.roll.people().len()), (PlanState::Done, 250));
    }
}

#[test]
fn gitlab_that_stays_busy_is_left_alone_until_the_person_says_so() {
    let mut group = Group::of(250);
    group.until("/members?");
    let mut waits = Vec::new();
    while group.step(|_, _| status(429)).is_some() {
        waits.push(group.plan.cursor().not_before.unwrap().since(group.now) / 1_000);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 64, 64]);
    assert_eq!(group.plan.state(), PlanState::Busy);
    group.plan.go_on(place());
    assert_eq!((group.finish(), group.roll.people().len()), (PlanState::Done, 250));

    let mut group = Group::of(1);
    group.step(|_, _| ReadAnswer { headers: headers(&[("retry-after", "3600")]), ..status(429) });
    assert_eq!(group.plan.state(), PlanState::Busy);
}

#[test]
fn a_session_that_ends_in_the_middle_stops_the_check_where_it_is() {
    let redirect = ReadAnswer { redirected: true, ..ReadAnswer::default() };
    for end in [status(401), redirect] {
        let mut group = Group::of(250);
        group.until("/members?per_page=100&page=2");
        group.step(|_, _| end);
        assert_eq!((group.plan.state(), group.plan.next(NOW)), (PlanState::SignedOut, Next::Nothing));
        group.plan.go_on(Place { tab: 8, ..Place::default() });
        assert_eq!(group.plan.cursor().place.tab, 8);
        assert_eq!((group.finish(), group.roll.people().len()), (PlanState::Done, 250));
        assert_eq!(
            group.asked.iter().filter(|path| path.ends_with("/members?per_page=100&page=1")).count(),
            1
        );
    }
}

#[test]
fn who_is_no_owner_is_told_before_anything_long_is_read() {
    for (part, answered, expected) in [
        ("/saml/identities", 403, PlanState::NotOwner),
        ("/saml/identities", 400, PlanState::NoProvider),
        ("/groups/acme?", 404, PlanState::NotVisible),
        ("/groups/acme?", 403, PlanState::NotVisible),
        ("/members?", 404, PlanState::NotVisible),
    ] {
        let mut group = Group::of(250);
        group.until(part);
        group.step(|_, _| status(answered));
        assert_eq!((group.plan.state(), group.finish()), (expected, expected), "{part} {answered}");
        assert!(group.asked.iter().filter(|path| path.contains("/members?")).count() <= 1);
    }
    // A GitLab without the list of identities: its members' entries tell owners of identities, and nobody
    // else.
    let mut group = Group::of(250);
    group.until("/saml/identities");
    group.step(|_, _| status(404));
    group.until("/members?");
    group.step(|_, _| success(json!([{"id": 1, "username": "u1", "access_level": 10}])));
    assert_eq!(group.plan.state(), PlanState::NotOwner);
}

#[test]
fn what_has_changed_is_seen_when_the_page_is_opened_anew() {
    for (part, answered, expected) in [
        ("/saml/identities", status(400), PlanState::NoProvider),
        ("/saml/identities", status(403), PlanState::NotOwner),
        ("/members?", success(json!([{"id": 1, "username": "u1", "access_level": 10}])), PlanState::NotOwner),
    ] {
        let mut group = Group::of(250);
        if part == "/members?" {
            group.until("/saml/identities");
            group.step(|_, _| status(404));
        }
        group.until(part);
        group.step(|_, _| answered.clone());
        assert_eq!((group.plan.state(), group.plan.state().can_resume()), (expected, true));
        group.plan.move_to(place(), true);
        assert_eq!(group.plan.state(), expected, "nothing has changed while the page stood open");
        group.plan.move_to(place(), false);
        assert_eq!(
            (group.finish(), group.roll.people().len()),
            (PlanState::Done, 250),
            "{part} {expected:?}"
        );
        assert_eq!(group.plan.progress().members, 250);
    }
}

/// The answer of a group whose SSO session has ended; nothing is found where an endpoint is missing, either.
fn hidden() -> ReadAnswer {
    ReadAnswer { status: 404, body: r#"{"message":"404 Group Not Found"}"#.into(), ..ReadAnswer::default() }
}

#[test]
fn an_sso_session_that_ends_in_the_middle_is_told_from_an_endpoint_that_is_missing() {
    for part in ["/saml/identities", "/scim/identities", "/members?", "/saml_users", "/audit_events"] {
        let mut group = Group::of(250);
        group.until(part);
        group.step(|_, _| hidden());
        assert_eq!((group.plan.state(), group.plan.gaps().len()), (PlanState::NotVisible, 0), "{part}");
        group.plan.move_to(place(), false);
        assert_eq!((group.finish(), group.plan.gaps().len()), (PlanState::Done, 0), "{part}");
        assert!(group.roll.is_whole());
    }
}

#[test]
fn waits_for_a_busy_gitlab_are_no_tries_in_vain() {
    let mut group = Group::of(250);
    group.until("/scim/identities");
    for answered in [429, 429, 429, 502, 502, 429] {
        group.step(|_, _| status(answered));
    }
    assert_eq!(
        (group.finish(), group.plan.gaps().len(), group.plan.can_go_on()),
        (PlanState::Done, 0, false)
    );
}

#[test]
fn what_gave_no_answer_can_be_asked_for_once_more() {
    let mut group = Group::of(250);
    group.until("/scim/identities");
    (0..TRIES).for_each(|_| drop(group.step(|_, _| status(502))));
    group.until("/saml_users?per_page=100&page=2");
    (0..TRIES).for_each(|_| drop(group.step(|_, _| status(0))));
    group.until("/audit_events");
    group.step(|_, _| status(404));
    assert_eq!((group.plan.state(), group.plan.gaps().len()), (PlanState::Done, 3));
    assert!(group.plan.can_go_on());
    group.plan.go_on(place());
    let before = group.asked.len();
    assert_eq!(group.finish(), PlanState::Done);
    let gaps: Vec<_> = group.plan.gaps().iter().map(|(kind, status)| (kind.read, *status)).collect();
    assert_eq!((gaps, group.plan.can_go_on()), (vec![(Read::AuditEvents, Some(404))], false));
    let asked: Vec<_> = group.asked[before..].iter().map(|path| path.rsplit_once('/').unwrap().1).collect();
    let page = |page| format!("saml_users?per_page=100&page={page}");
    assert_eq!(asked, ["identities", &page(2), &page(3)]);
}

#[test]
fn what_an_older_gitlab_lacks_is_named_and_the_rest_is_read() {
    let mut group = Group::of(250);
    let old = |path: &str, answer| {
        let is_missing =
            ["/identities", "/saml_users", "/audit_events"].iter().any(|part| path.contains(part));
        if is_missing { status(404) } else { answer }
    };
    while group.step(old).is_some() {}
    assert_eq!((group.plan.state(), group.roll.people().len()), (PlanState::Done, 250));
    let gaps: Vec<_> = group.plan.gaps().iter().map(|(kind, status)| (kind.read, *status)).collect();
    let missing = [Read::SamlIdentities, Read::ScimIdentities, Read::SamlUsers, Read::AuditEvents];
    assert_eq!(gaps, missing.map(|read| (read, Some(404))));
    let person = group.roll.person(250).unwrap();
    assert_eq!((person.saml.known(), person.scim.known(), person.emails.len()), (Some("u-250"), None, 0));
}

#[test]
fn answers_that_are_none_are_asked_for_again_and_then_given_up() {
    for broken in [
        status(0),
        status(502),
        success(json!("<html>")),
        ReadAnswer { body: "<html>".into(), ..success(json!(0)) },
    ] {
        let mut group = Group::of(250);
        group.until("/members?per_page=100&page=2");
        group.step(|_, _| broken.clone());
        assert_eq!((group.finish(), group.roll.people().len()), (PlanState::Done, 250), "{broken:?}");
        let mut group = Group::of(250);
        group.until("/members?");
        while group.step(|_, _| broken.clone()).is_some() {}
        assert_eq!(
            (group.plan.state(), group.asked.len()),
            (PlanState::Broken(broken.status), 4 + TRIES as usize)
        );
        let mut group = Group::of(250);
        group.until("/saml_users?");
        (0..TRIES).for_each(|_| drop(group.step(|_, _| broken.clone())));
        assert_eq!((group.finish(), group.plan.gaps().len()), (PlanState::Done, 1));
    }
}

#[test]
fn a_stopped_worker_reads_on_and_then_reads_again_what_it_lost() {
    let mut group = Group::of(250);
    group.until("/members?per_page=100&page=3");
    group.stop_worker();
    let before = group.asked.len();
    assert_eq!(group.finish(), PlanState::Done);
    assert!(group.asked[before].ends_with("/members?per_page=100&page=3"), "it reads on");
    let again: Vec<_> =
        group.asked[before..].iter().skip_while(|path| !path.contains("/audit_events")).skip(1).collect();
    assert_eq!(again.len(), 4 + 2, "{again:?}");
    assert_eq!(group.roll.people().len(), 250);
    assert_eq!(group.plan.progress().members, 250);
    let person = group.roll.person(7).unwrap();
    assert_eq!((person.saml.known(), person.username.as_deref()), (Some("u-7"), Some("u7")));
    // All of it again, when the worker stopped after the end.
    group.stop_worker();
    assert!(group.plan.progress().again);
    assert_eq!((group.finish(), group.roll.people().len()), (PlanState::Done, 250));
    // Cancelled stays cancelled.
    let mut group = Group::of(250);
    group.until("/members?");
    group.plan.cancel();
    group.stop_worker();
    assert_eq!((group.plan.state(), group.plan.next(NOW)), (PlanState::Cancelled, Next::Nothing));
    group.plan.go_on(place());
    assert_eq!((group.finish(), group.roll.people().len()), (PlanState::Done, 250));
}

#[test]
fn a_large_group_is_not_read_again_each_time_the_browser_stops_the_worker() {
    let mut group = Group::of(1_200);
    assert_eq!(group.finish(), PlanState::Done);
    group.stop_worker();
    assert_eq!((group.plan.state(), group.plan.next(NOW)), (PlanState::Forgotten, Next::Nothing));
    // A page that was open all the time hears of a change, and asks again what there is.
    group.plan.move_to(place(), true);
    assert_eq!(group.plan.next(NOW), Next::Nothing);
    // Stopped once more, it still knows that all was read.
    group.stop_worker();
    assert_eq!(group.plan.state(), PlanState::Forgotten);
    group.plan.move_to(place(), false);
    assert_eq!((group.finish(), group.roll.people().len()), (PlanState::Done, 1_200));
    // The reads that a stopped worker had not finished are finished.
    let mut group = Group::of(1_200);
    group.until("/members?per_page=100&page=9");
    group.stop_worker();
    assert_eq!((group.finish(), group.roll.people().len()), (PlanState::Done, 1_200));
}

#[test]
fn an_answer_about_another_group_ends_the_check() {
    // GitLab finds the group with the number that the path looks like.
    let other =
        || success(json!({"id": 2024, "full_path": "other", "ip_restriction_ranges": "192.0.2.0/24"}));
    let mut group = Group::of(250);
    group.until("/groups/acme?");
    group.step(|_, _| other());
    assert_eq!((group.plan.state(), group.plan.next(NOW)), (PlanState::OtherGroup, Next::Nothing));
    assert_eq!(group.roll.group, GroupDetails::default(), "nothing is kept of it");
    group.plan.go_on(place());
    group.plan.move_to(place(), false);
    group.stop_worker();
    assert_eq!(group.plan.state(), PlanState::OtherGroup);
    // An answer that does not say which group it is of is none.
    let mut group = Group::of(250);
    group.until("/groups/acme?");
    while group.step(|_, _| success(json!({"id": 2024}))).is_some() {}
    assert_eq!(group.plan.state(), PlanState::Broken(200));
}

#[test]
fn a_large_group_that_cannot_be_read_again_in_one_go_is_left_to_the_person() {
    let mut group = Group::of(1_200);
    assert_eq!(group.finish(), PlanState::Done);
    group.stop_worker();
    group.plan.move_to(place(), false);
    // GitLab wants longer waits than the browser lets a worker rest.
    group.until("/members?per_page=100&page=2");
    group.step(|_, _| ReadAnswer { headers: headers(&[("retry-after", "60")]), ..status(429) });
    group.stop_worker();
    assert_eq!((group.plan.state(), group.plan.next(NOW)), (PlanState::Forgotten, Next::Nothing));
    group.plan.move_to(place(), false);
    assert_eq!((group.finish(), group.roll.people().len()), (PlanState::Done, 1_200));
}

#[test]
fn an_answer_that_is_not_waited_for_changes_nothing() {
    let mut group = Group::of(250);
    group.until("/members?per_page=100&page=2");
    let before = (group.plan.clone(), group.roll.clone());
    for path in [
        "/api/v4/groups/acme/members?per_page=100&page=1",
        "/api/v4/groups/acme/members?per_page=100&page=3",
        "/api/v4/user",
        "",
        "/x",
    ] {
        let forged = success(json!([{"id": 666, "username": "eve", "access_level": 50}]));
        assert!(!group.plan.take(&mut group.roll, path, &forged, NOW), "{path}");
    }
    assert_eq!((group.plan.clone(), group.roll.clone()), before);
    group.plan.cancel();
    let late = "/api/v4/groups/acme/members?per_page=100&page=2";
    let answer = group.answer(late);
    assert!(!group.plan.take(&mut group.roll, late, &answer, NOW));
}

#[test]
fn of_the_answers_nothing_is_stored() {
    let mut group = Group::of(250);
    let mut stored = Vec::new();
    while group.step(|_, answer| answer).is_some() {
        stored.push(serde_json::to_string(group.plan.cursor()).unwrap());
    }
    for cursor in stored {
        assert!(cursor.len() < 600, "{} octets", cursor.len());
        assert!(!cursor.contains("u-") && !cursor.contains("example") && !cursor.contains("u1"), "{cursor}");
    }
}
