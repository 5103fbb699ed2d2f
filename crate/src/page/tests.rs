//! Which page does what for the check of a group: of two GitLabs, of two tabs.

use super::*;
use crate::{
    event::Place,
    gitlab::{instance::Instance, settings::Settings},
    group::{
        change::Confirmed,
        check::Wanted,
        repair::{Identity, Offer},
        tests::{USERS, answer as gitlab, sign_in},
    },
    instant::Timestamp,
};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_604_200_000);
const ACME: &str = "https://gitlab.com/groups/acme/-/saml";
const DASHBOARD: &str = "https://gitlab.example.com/dashboard";
const OLD: &str = "/api/v4/groups/acme/saml/old-link";

/// An owner's browser, with GitLab.com and one more GitLab.
struct Browser {
    tracer: Tracer,
    check: Option<Check>,
    /// Milliseconds since the beginning.
    clock: i64,
}

impl Browser {
    /// The group acme was read by the page in tab 7.
    fn of_acme() -> Self {
        let instance = Instance { origin: "https://gitlab.example.com".into(), root: String::new() };
        let stale = sign_in(1, "w0rk", "new-value", "stale@example.com");
        let events = [Settings::naming(vec![instance]).unwrap(), serde_json::from_value(stale).unwrap()];
        let mut browser = Browser { tracer: Tracer::replay(events), check: None, clock: 0 };
        let mut next = browser.opened(7, ACME, false);
        while let Some(wanted) = next {
            next = browser.done(7, ACME, &wanted.path, gitlab(&USERS, &wanted.path));
        }
        browser
    }

    fn call(&mut self, tab: i64, call: PageCall) -> Option<Wanted> {
        self.clock += 1;
        let origin = Address::parse(call.url()).unwrap().origin.to_owned();
        let sender = Sender { origin, place: Place { tab, ..Place::default() } };
        let id = EventId::new(Timestamp(NOW.0 + self.clock), "page", 1);
        answer(&mut self.tracer, &mut self.check, &sender, id, call).0.next
    }

    fn opened(&mut self, tab: i64, url: &str, again: bool) -> Option<Wanted> {
        self.call(tab, PageCall::Opened { url: url.into(), again })
    }

    fn done(&mut self, tab: i64, url: &str, path: &str, body: Value) -> Option<Wanted> {
        let (url, path, body) = (url.into(), path.into(), body.to_string());
        let headers = BTreeMap::new();
        self.call(tab, PageCall::Done { url, path, status: 200, redirected: false, headers, body })
    }

    fn check(&mut self) -> &mut Check {
        self.check.as_mut().unwrap()
    }

    /// The owner says yes to the change of one member's SAML identity.
    fn confirm(&mut self) {
        let check = self.check.as_mut().unwrap();
        let plan = check.repair(&self.tracer, 7, Identity::Saml).unwrap();
        let Offer::Change { consents } = plan.offer else { panic!("{:?}", plan.offer) };
        let (old, new) = (plan.current.unwrap(), plan.wanted.unwrap());
        let yes = Confirmed { user: 7, identity: Identity::Saml, old, new, consents };
        check.confirm(&self.tracer, yes).unwrap();
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
    assert_eq!(asked(browser.opened(7, ACME, true)), Some(("PATCH", OLD.to_owned())));
    browser.done(7, DASHBOARD, OLD, stored("new-value"));
    assert_eq!(browser.opened(7, ACME, true), None, "what it says of the change is not heard");
}
