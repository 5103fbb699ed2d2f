//! Division of work among pages for the check of a group: of two GitLabs, of two tabs.

use super::*;
use crate::{
    base::place::Place,
    calls::{
        own_pages,
        protocol::{GroupCall, OwnCall, OwnReply},
    },
    event::settings::Settings,
    gitlab::instance::Instance,
    group::{
        change::Confirmed,
        check::Wanted,
        members::Identity,
        repair::Offer,
        table::Query,
        tests::{USERS, answer as gitlab, settings_page, sign_in},
    },
    view::{context::Context, lines::Lines},
};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_604_200_000);
const ACME: &str = "https://gitlab.com/groups/acme/-/saml";
const DASHBOARD: &str = "https://gitlab.example.com/dashboard";
const OLD: &str = "/api/v4/groups/acme/saml/old-link";

/// An owner's browser, with GitLab.com and one more GitLab.
struct Browser {
    tracer: Tracer,
    check: Option<GroupCheck>,
    /// Milliseconds since the beginning.
    clock: i64,
}

impl Browser {
    /// The group acme was read by the page in tab 7.
    fn of_acme() -> Self {
        let instance = Instance { origin: "https://gitlab.example.com".into(), root: String::new() };
        let stale = sign_in(1, "w0rk", "new-value", "stale@example.com");
        let told = [stale, settings_page()].map(|event| serde_json::from_value(event).unwrap());
        let events = [Settings::naming(vec![instance]).unwrap()].into_iter().chain(told);
        let mut browser = Browser { tracer: Tracer::replay(events), check: None, clock: 0 };
        let mut next = browser.opened(7, ACME, false);
        while let Some(wanted) = next {
            next = browser.done(7, ACME, &wanted.path, gitlab(&USERS, &wanted.path));
        }
        browser
    }

    fn call(&mut self, tab: i64, call: PageCall) -> Option<Wanted> {
        self.reply(tab, call).next
    }

    fn reply(&mut self, tab: i64, call: PageCall) -> PageReply {
        self.clock += 1;
        let origin = Address::parse(call.url()).unwrap().origin.to_owned();
        let sender = Sender { origin, place: Place { tab, ..Place::default() } };
        let id = EventId::new(Timestamp(NOW.0 + self.clock), "page", 1);
        answer(&mut self.tracer, &mut self.check, &sender, id, call).0
    }

    fn opened(&mut self, tab: i64, url: &str, again: bool) -> Option<Wanted> {
        self.call(tab, PageCall::Opened { url: url.into(), again })
    }

    fn done(&mut self, tab: i64, url: &str, path: &str, body: Value) -> Option<Wanted> {
        self.answered(tab, (url, path), 200, body)
    }

    fn answered(&mut self, tab: i64, (url, path): (&str, &str), status: u16, body: Value) -> Option<Wanted> {
        let (url, path, body) = (url.into(), path.into(), body.to_string());
        let headers = BTreeMap::new();
        self.call(tab, PageCall::Done { url, path, status, redirected: false, headers, body })
    }

    /// The page in tab 7 asks once more, is told to look whose the old value is, and then what it is told.
    fn looked(&mut self) -> Option<Wanted> {
        assert_eq!(asked(self.opened(7, ACME, true)), Some(("GET", OLD.to_owned())));
        self.done(7, ACME, OLD, stored("old-link"))
    }

    fn check(&mut self) -> &mut GroupCheck {
        self.check.as_mut().unwrap()
    }

    /// The text that is said of the last change.
    fn said(&mut self) -> String {
        let view = self.check.as_mut().unwrap().view(&self.tracer, &Query::default());
        view.changed.map(|said| said.text).unwrap_or_default()
    }

    /// The owner says yes to the change of one member's SAML identity.
    fn confirm(&mut self) {
        let yes = self.offered();
        self.check.as_mut().unwrap().confirm(&self.tracer, yes, NOW).unwrap();
    }

    /// The offer that there is to say yes to.
    fn offered(&mut self) -> Confirmed {
        let plan = self.check.as_mut().unwrap().repair(&self.tracer, 7, Identity::Saml).unwrap();
        let Offer::Change { consents } = plan.offer else { panic!("{:?}", plan.offer) };
        let (old, new) = (plan.current.unwrap(), plan.wanted.unwrap());
        Confirmed { user: 7, identity: Identity::Saml, old, new, consents }
    }
}

fn asked(wanted: Option<Wanted>) -> Option<(&'static str, String)> {
    wanted.map(|wanted| (wanted.method, wanted.path))
}

fn stored(value: &str) -> Value {
    json!({"extern_uid": value, "user_id": 7})
}

#[test]
fn a_page_of_another_gitlab_in_the_same_tab_has_no_part_in_the_check() {
    let mut browser = Browser::of_acme();
    browser.check = None;
    let first = browser.opened(7, ACME, false).unwrap();
    let before = browser.check().clone();
    assert_eq!(browser.opened(7, DASHBOARD, false), None, "nothing is read there");
    let user = json!({"id": 666, "username": "mallory", "email": "mallory@example.com"});
    assert_eq!(browser.done(7, DASHBOARD, &first.path, user), None, "its answer is none");
    assert_eq!(browser.call(7, PageCall::Waited { url: DASHBOARD.into() }), None);
    assert_eq!(*browser.check(), before);
    assert_eq!(asked(browser.opened(7, "https://gitlab.com/acme", false)), Some(("GET", first.path)));

    let mut browser = Browser::of_acme();
    browser.confirm();
    assert_eq!(browser.opened(7, DASHBOARD, true), None, "no change goes to another GitLab");
    assert_eq!(asked(browser.looked()), Some(("PATCH", OLD.to_owned())));
    browser.done(7, DASHBOARD, OLD, stored("new-value"));
    assert_eq!(browser.opened(7, ACME, true), None, "what it says of the change is not heard");
}

#[test]
fn of_two_open_settings_pages_one_makes_the_change_and_tells_of_it() {
    let mut browser = Browser::of_acme();
    browser.confirm();
    // The notice of a change goes to each open page, and each asks.
    assert_eq!(asked(browser.looked()), Some(("PATCH", OLD.to_owned())));
    assert_eq!(browser.opened(8, ACME, true), None);
    assert_eq!(browser.opened(9, ACME, false), None, "the page that sends it is waited for");
    let read = browser.done(7, ACME, OLD, stored("new-value")).unwrap();
    assert_eq!(read.path, "/api/v4/groups/acme/saml/new-value");
    assert_eq!(browser.opened(8, ACME, true), None);
    assert_eq!(browser.done(7, ACME, &read.path, stored("new-value")), None);
    assert!(browser.said().contains("is “new-value”"), "{}", browser.said());

    // That page is gone: after a minute one that is opened anew reads back, and hears the other all the same.
    let mut browser = Browser::of_acme();
    browser.confirm();
    browser.looked().unwrap();
    browser.clock += 60_000;
    assert_eq!(browser.opened(8, ACME, true), None);
    assert_eq!(asked(browser.opened(8, ACME, false)), Some(("GET", read.path.clone())));
    let taken = json!({"message": "Extern uid has already been taken"});
    browser.answered(7, (ACME, OLD), 400, taken);
    browser.answered(8, (ACME, &read.path), 404, json!({"message": "404 Identity Not Found"}));
    browser.done(8, ACME, OLD, stored("old-link"));
    assert!(browser.said().contains("Another identity has the new value"), "{}", browser.said());
}

#[test]
fn a_page_of_another_group_ends_no_check_by_asking_again() {
    const OTHER: &str = "https://gitlab.com/groups/other/-/saml";
    let mut browser = Browser::of_acme();
    assert_eq!(browser.opened(9, OTHER, true), None);
    assert_eq!(browser.check().cursor().group, "acme");
    browser.confirm();
    browser.looked().unwrap();
    assert_eq!(browser.opened(9, OTHER, false), None, "what came of the change is waited for");
    let read = browser.done(7, ACME, OLD, stored("new-value")).unwrap();
    browser.done(7, ACME, &read.path, stored("new-value"));
    assert!(browser.said().contains("is “new-value”"), "{}", browser.said());
    assert!(browser.opened(9, OTHER, false).is_some());
    assert_eq!(browser.check().cursor().group, "other");
}

#[test]
fn a_change_that_is_not_sent_at_once_is_dropped() {
    let late = |browser: &mut Browser| browser.clock += 60_000;
    let cancelled = |browser: &mut Browser| browser.check().cancel();
    let opened = |browser: &mut Browser| drop(browser.opened(7, "https://gitlab.com/acme", false));
    let ways: [&dyn Fn(&mut Browser); 3] = [&late, &cancelled, &opened];
    for (way, is_looked_at) in ways.into_iter().flat_map(|way| [(way, false), (way, true)]) {
        let mut browser = Browser::of_acme();
        browser.confirm();
        assert!(
            browser.said().contains("waits for the group's SAML SSO settings page"),
            "{}",
            browser.said()
        );
        if is_looked_at {
            assert_eq!(asked(browser.opened(7, ACME, true)), Some(("GET", OLD.to_owned())));
        }
        way(&mut browser);
        let next = browser.done(7, ACME, OLD, stored("old-link"));
        assert_eq!((next, browser.opened(7, ACME, true)), (None, None));
        assert!(browser.said().starts_with("Nothing was changed"), "{}", browser.said());
        browser.confirm();
    }
}

#[test]
fn of_a_change_that_nobody_tells_of_it_is_said_that_nothing_is_known() {
    let lost = |browser: &mut Browser| {
        let said = browser.said();
        let words = [
            "does not know whether the change of the SAML identifier was made",
            "the number 7 in the group acme",
        ];
        assert!(words.iter().all(|words| said.contains(words)), "{said}");
    };
    // The browser stops the worker.
    let mut browser = Browser::of_acme();
    let stop = |browser: &mut Browser| {
        let stored = serde_json::to_string(browser.check().cursor()).unwrap();
        browser.check = Some(GroupCheck::resume(serde_json::from_str(&stored).unwrap()));
    };
    browser.confirm();
    stop(&mut browser);
    assert_eq!(browser.said(), "", "it was not sent");
    let mut browser = Browser::of_acme();
    browser.confirm();
    browser.looked().unwrap();
    stop(&mut browser);
    lost(&mut browser);
    assert_eq!(browser.check().cursor().sent, None, "it is said once");
    // The page is closed, and another group's is opened.
    let mut browser = Browser::of_acme();
    browser.confirm();
    browser.looked().unwrap();
    browser.clock += 60_000;
    browser.opened(9, "https://gitlab.com/groups/other/-/saml", false).unwrap();
    lost(&mut browser);
    // Things already known are not said again.
    let mut browser = Browser::of_acme();
    browser.confirm();
    browser.looked().unwrap();
    let read = browser.done(7, ACME, OLD, stored("new-value")).unwrap();
    browser.done(7, ACME, &read.path, stored("new-value"));
    stop(&mut browser);
    assert_eq!(browser.said(), "");
}

#[test]
fn a_check_outlives_a_new_trace_that_knows_its_gitlab() {
    let mut browser = Browser::of_acme();
    let total = |browser: &mut Browser| {
        let view = browser.check.as_mut().unwrap().view(&browser.tracer, &Query::default());
        (view.table.total, view.table.rows.iter().filter(|row| row.name_id.is_some()).count())
    };
    assert_eq!(total(&mut browser), (USERS.len(), 1));
    browser.tracer = Tracer::new();
    browser.check = browser.check.take().unwrap().replayed(&browser.tracer);
    assert_eq!(total(&mut browser), (USERS.len(), 0), "it is joined with the new trace");
    let (instance, group) =
        (Instance { origin: "https://gitlab.example.com".into(), root: String::new() }, "acme");
    assert_eq!(GroupCheck::new(instance, group.into(), Place::default()).replayed(&browser.tracer), None);
}

#[test]
fn what_was_read_some_minutes_ago_is_read_again_when_the_page_is_opened_anew() {
    let mut browser = Browser::of_acme();
    assert_eq!(browser.opened(7, ACME, false), None);
    browser.clock += 5 * 60_000;
    assert_eq!(browser.opened(7, ACME, true), None, "nobody looks at a page that asks by itself");
    let mut next = browser.opened(7, ACME, false);
    assert_eq!(asked(next.clone()), Some(("GET", "/api/v4/user".to_owned())));
    while let Some(wanted) = next {
        next = browser.done(7, ACME, &wanted.path, gitlab(&USERS, &wanted.path));
    }
    let view =
        |browser: &mut Browser| browser.check.as_mut().unwrap().view(&browser.tracer, &Query::default());
    assert_eq!((view(&mut browser).can_read_again, view(&mut browser).table.total), (true, USERS.len()));
    // When the person wants it, too, except for a change that is under way.
    browser.confirm();
    assert!(!view(&mut browser).can_read_again);
    browser.check().read_again();
    browser.check().cancel();
    assert_eq!(browser.opened(7, ACME, true), None);
    browser.check().read_again();
    assert_eq!((view(&mut browser).can_read_again, view(&mut browser).table.total), (false, 0));
    assert_eq!(asked(browser.opened(7, ACME, true)), Some(("GET", "/api/v4/user".to_owned())));
}

#[test]
fn a_row_that_shows_another_identifier_than_was_read_is_not_judged_by_what_was_read() {
    let mut browser = Browser::of_acme();
    let why = browser.check.as_mut().unwrap().row(&browser.tracer, 7).unwrap().why;
    for (saml, scim, is_judged) in [
        ("old-link", "Stale", true),
        (" old-link\n", "Stale", true),
        ("new-value", "Stale", false),
        ("old-link", "new-value", false),
        ("old-link", "", false),
    ] {
        let row = json!({"user": "7", "username": "stale", "saml": saml, "scim": scim});
        let call =
            json!({"call": "read", "url": ACME, "page": "group-saml-settings", "fields": {}, "rows": [row]});
        let notes = browser.reply(7, serde_json::from_value(call).unwrap()).notes;
        let is_said = notes
            .iter()
            .any(|note| note.row == Some(0) && json!(note)["text"].as_str().unwrap().contains(&why));
        assert_eq!(is_said, is_judged, "{saml} {scim}: {}", json!(notes));
    }
}

#[test]
fn while_paused_nothing_is_confirmed_and_what_was_lost_is_not_called_stale() {
    let mut browser = Browser::of_acme();
    let yes = browser.offered();
    let refusal = |browser: &mut Browser, recording: bool| {
        let context = Context { now: NOW, recording, ..Context::default() };
        let call = serde_json::to_string(&OwnCall::Group(GroupCall::Confirm(yes.clone()))).unwrap();
        match own_pages::answer_json(
            &mut browser.tracer,
            &mut browser.check,
            &mut Lines::default(),
            &context,
            &call,
        ) {
            OwnReply::Refused(reason) => reason,
            other => format!("{other:?}"),
        }
    };
    assert!(refusal(&mut browser, false).contains("Recording is paused"));
    let stored = serde_json::to_string(browser.check().cursor()).unwrap();
    browser.check = Some(GroupCheck::resume(serde_json::from_str(&stored).unwrap()));
    assert!(refusal(&mut browser, true).contains("the browser stopped Samlight's background part"));
    assert_eq!(browser.said(), "", "no change was begun");
}

/// An answer with notes can be lost on its way, or come after a later one.
#[test]
fn a_page_that_was_read_once_is_told_its_notes_at_each_change() {
    let at = "https://gitlab.com/users/sign_in";
    let refused = [
        json!({ "id": "1767604200000-page-000001", "kind": "request", "request": "1", "tab": 7, "method": "POST",
            "url": format!("{ACME}/callback"), "body": "form", "form": [["SAMLResponse", ["PHgvPg=="]]] }),
        json!({ "id": "1767604200000-page-000002", "kind": "response", "request": "1", "tab": 7, "method": "POST",
            "url": format!("{ACME}/callback"), "status": 302, "location": at }),
    ];
    let events = refused.map(|event| serde_json::from_value(event).unwrap());
    let mut browser = Browser { tracer: Tracer::replay(events), check: None, clock: 0 };
    let opened = |again| PageCall::Opened { url: at.to_owned(), again };
    let waits = browser.reply(7, opened(false));
    let page = waits.recipe.expect("a sign-in waits for this page").page.to_owned();
    assert_eq!(waits.notes.len(), 0);
    let said = "There is already a GitLab account associated with this email address.";
    let fields = BTreeMap::from([("flash".to_owned(), vec![said.to_owned()])]);
    let read = browser.reply(7, PageCall::Read { url: at.to_owned(), page, fields, rows: Vec::new() });
    assert_eq!(read.notes.len(), 1);
    let again = browser.reply(7, opened(true));
    assert_eq!((again.recipe.is_some(), again.notes), (true, read.notes));
    // A page that is loaded anew, and one in another tab, have nothing to read.
    assert!(browser.reply(7, opened(false)).recipe.is_none());
    assert!(browser.reply(8, opened(true)).recipe.is_none());
}
