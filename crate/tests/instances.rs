//! Named GitLab instances in a trace: everything that holds for GitLab.com holds for them, below their root;
//! what is seen of an origin that was not named is nobody's; and what is removed goes as a whole.

// Everything here is part of tests; what fails is told by the test.
#![allow(clippy::unwrap_used, clippy::panic)]

use base64::{Engine, prelude::BASE64_STANDARD};
use samlight::{
    base::{
        instant::Timestamp,
        place::{Place, Sender},
    },
    calls::{
        content_script, page_reads,
        protocol::{OwnCall, OwnReply, PageCall},
    },
    comparison::{Verdict, compare},
    event::{Event, EventId, settings::Settings},
    gitlab::{api::WantedRead, instance::Instance, outcome::Outcome, routes::Provider},
    trace::{room, tracer::Tracer},
    view::{context::Context, lines::Lines},
};
use serde_json::{Value, json};

const ORIGIN: &str = "https://gitlab.example.com:8443";
const ROOTED: &str = "https://gitlab.example.com:8443/gitlab";

fn instance(address: &str) -> Instance {
    Instance::named(address, &[]).unwrap()
}

fn event(number: u32, mut fields: Value) -> Event {
    let id = EventId::new(Timestamp(1_767_258_000_000 + i64::from(number)), "a", number);
    fields["id"] = id.to_string().into();
    serde_json::from_value(fields).unwrap()
}

fn naming(instances: &[&str]) -> Option<Event> {
    Settings::naming(instances.iter().map(|address| instance(address)).collect())
}

/// A Response posted to `acs` and GitLab's redirect to `location`.
fn posted(number: u32, acs: &str, location: &str) -> [Event; 2] {
    let xml = r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r"><p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><a:Assertion ID="_a"><a:Subject><a:NameID>ada</a:NameID></a:Subject></a:Assertion></p:Response>"#;
    let xml = xml.replace("_r", &format!("_r{number}"));
    let form = json!([["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]);
    let request = number.to_string();
    [
        event(
            number,
            json!({"kind": "request", "request": request, "tab": 1, "method": "POST", "url": acs, "body": "form", "form": form}),
        ),
        event(
            number + 1,
            json!({"kind": "response", "request": request, "tab": 1, "method": "POST", "url": acs, "status": 302, "location": location}),
        ),
    ]
}

fn sender(origin: &str) -> Sender {
    Sender { origin: origin.into(), place: Place { tab: 1, ..Place::default() } }
}

/// Answers to both of the reads at once, of which each takes its part.
fn answered(tracer: &mut Tracer, number: u32, origin: &str, url: &str, path: &str) -> Option<Event> {
    let body = json!({"id": 48, "username": "ada", "identities": [
        {"provider": "group_saml", "extern_uid": "ada", "saml_provider_id": 1},
        {"provider": "saml", "extern_uid": "ada"}], "version": "17.2.1-ee"});
    let call = PageCall::Answered { url: url.into(), path: path.into(), status: 200, body: body.to_string() };
    let id = EventId::new(Timestamp(1_767_258_000_000 + i64::from(number)), "a", number);
    content_script::answer(tracer, &mut None, &sender(origin), id, call).1
}

#[test]
fn a_sign_in_below_a_root_is_read_as_one_at_gitlab_com_is() {
    for (acs, provider) in [
        ("/groups/acme/-/saml/callback", Provider::Group { path: "acme".into() }),
        ("/users/auth/saml/callback", Provider::Instance { name: "saml".into() }),
    ] {
        let events = posted(1, &format!("{ROOTED}{acs}"), &format!("{ROOTED}/acme"));
        let mut tracer = Tracer::replay(naming(&[ROOTED]).into_iter().chain(events));
        let flow = &tracer.flows()[0];
        assert_eq!((flow.instance.clone(), flow.provider.clone()), (Some(instance(ROOTED)), Some(provider)));
        assert!(flow.outcomes.contains(&Outcome::SignedIn), "{:?}", flow.outcomes);

        // The read that is wanted is below the root, and its answer is compared.
        let place = sender(ORIGIN).place;
        let url = format!("{ROOTED}/acme");
        let wanted = page_reads::wanted(&tracer, &url, &place);
        assert_eq!(paths(&wanted), ["/gitlab/api/v4/user"]);
        let kept = answered(&mut tracer, 9, ORIGIN, &url, "/gitlab/api/v4/user");
        assert!(kept.is_some());
        let comparison = compare(&tracer, &tracer.flows()[0]);
        assert_eq!(comparison.rows[0].verdict, Verdict::Exact, "{acs}");
        // The identities are known now; no page has said the version.
        let metadata = "/gitlab/api/v4/metadata";
        assert_eq!(paths(&page_reads::wanted(&tracer, &url, &place)), [metadata]);
        assert_eq!(tracer.gitlab_version(&instance(ROOTED)), None);
        assert!(answered(&mut tracer, 10, ORIGIN, &url, metadata).is_some());
        assert_eq!(
            tracer.gitlab_version(&instance(ROOTED)).map(|it| it.to_string()).as_deref(),
            Some("17.2")
        );
        assert!(page_reads::wanted(&tracer, &url, &place).is_empty(), "it is known now");
    }
}

/// A GitLab older than the metadata answers 404; it is not asked at each page.
#[test]
fn a_version_that_is_not_answered_is_asked_for_once() {
    for status in [404, 401, 200] {
        let events = posted(1, &format!("{ROOTED}/groups/acme/-/saml/callback"), &format!("{ROOTED}/acme"));
        let mut tracer = Tracer::replay(naming(&[ROOTED]).into_iter().chain(events));
        let (place, url) = (sender(ORIGIN).place, format!("{ROOTED}/acme"));
        answered(&mut tracer, 9, ORIGIN, &url, "/gitlab/api/v4/user");
        let [read] = &page_reads::wanted(&tracer, &url, &place)[..] else { panic!("not asked for") };
        let (path, body) = (read.path.clone(), r#"{"message":"404 Not Found"}"#.to_owned());
        let call = PageCall::Answered { url: url.clone(), path, status, body };
        let id = EventId::new(Timestamp(1_767_258_000_010), "a", 10);
        content_script::answer(&mut tracer, &mut None, &sender(ORIGIN), id, call);
        assert!(page_reads::wanted(&tracer, &url, &place).is_empty(), "{status}: asked again");
        assert_eq!(tracer.gitlab_version(&instance(ROOTED)), None);
        let user = tracer.identities().signed_in(&instance(ROOTED), &place).and_then(|it| it.user.as_ref());
        assert!(user.is_some(), "{status}: the answer is not one about the person");
    }
}

/// A page that is left before GitLab answered has asked nobody: the next page asks, for the user too.
#[test]
fn what_was_not_answered_is_asked_by_the_next_page() {
    let events = posted(1, &format!("{ROOTED}/groups/acme/-/saml/callback"), &format!("{ROOTED}/acme"));
    let mut tracer = Tracer::replay(naming(&[ROOTED]).into_iter().chain(events));
    let (place, url) = (sender(ORIGIN).place, format!("{ROOTED}/acme"));
    for (number, path) in [(9, "/gitlab/api/v4/user"), (11, "/gitlab/api/v4/metadata")] {
        assert_eq!(paths(&page_reads::wanted(&tracer, &url, &place)), [path]);
        let call = PageCall::Answered { url: url.clone(), path: path.into(), status: 0, body: String::new() };
        let id = EventId::new(Timestamp(1_767_258_000_000 + i64::from(number)), "a", number);
        let (_, event) = content_script::answer(&mut tracer, &mut None, &sender(ORIGIN), id, call);
        assert!(event.is_none(), "{path}");
        assert_eq!(paths(&page_reads::wanted(&tracer, &url, &place)), [path]);
        assert!(answered(&mut tracer, number + 1, ORIGIN, &url, path).is_some());
    }
    assert!(page_reads::wanted(&tracer, &url, &place).is_empty());
}

/// Neither where nobody is signed in, nor where a page has said it, nor before there is anything to compare.
#[test]
fn the_version_is_asked_for_only_where_it_is_not_known_and_of_use() {
    let events = posted(1, &format!("{ROOTED}/groups/acme/-/saml/callback"), &format!("{ROOTED}/acme"));
    let place = sender(ORIGIN).place;
    let mut tracer = Tracer::replay(naming(&[ROOTED]).into_iter().chain(events));
    answered(&mut tracer, 9, ORIGIN, &format!("{ROOTED}/acme"), "/gitlab/api/v4/user");
    for page in ["/users/sign_in", "/users/sign_up", "/groups/acme/-/saml/sso?token=abc"] {
        assert!(page_reads::wanted(&tracer, &format!("{ROOTED}{page}"), &place).is_empty(), "{page}");
    }
    let empty = Tracer::replay(naming(&[ROOTED]));
    assert!(page_reads::wanted(&empty, &format!("{ROOTED}/acme"), &place).is_empty());
    let read = PageCall::Read {
        url: format!("{ROOTED}/acme"),
        page: "any".into(),
        fields: [("version".to_owned(), vec!["18.1.0".to_owned()])].into(),
        rows: Vec::new(),
    };
    let id = EventId::new(Timestamp(1_767_258_000_010), "a", 10);
    let (reply, _) = content_script::answer(&mut tracer, &mut None, &sender(ORIGIN), id, read);
    assert!(reply.reads.is_empty(), "{:?}", reply.reads);
    assert_eq!(tracer.gitlab_version(&instance(ROOTED)).map(|it| it.to_string()).as_deref(), Some("18.1"));
    // What was said last counts, whichever of the two said it.
    answered(&mut tracer, 11, ORIGIN, &format!("{ROOTED}/acme"), "/gitlab/api/v4/metadata");
    assert_eq!(tracer.gitlab_version(&instance(ROOTED)).map(|it| it.to_string()).as_deref(), Some("17.2"));
}

fn paths(wanted: &[WantedRead]) -> Vec<&str> {
    wanted.iter().map(|read| read.path.as_str()).collect()
}

#[test]
fn the_pages_below_a_root_are_read_and_others_of_its_origin_are_not() {
    let tracer = Tracer::replay(naming(&[ROOTED]));
    let place = Place::default();
    let settings = |base: &str| format!("{base}/groups/acme/-/saml");
    assert!(page_reads::recipe_for(&tracer, &settings(ROOTED), &place, false).is_some());
    for base in [ORIGIN, "https://gitlab.example.com/gitlab", "https://gitlab.example.com:9443/gitlab"] {
        assert!(page_reads::recipe_for(&tracer, &settings(base), &place, false).is_none(), "{base}");
    }
}

#[test]
fn of_two_on_one_origin_the_one_with_the_longer_root_is_meant() {
    let events = posted(1, &format!("{ROOTED}/groups/acme/-/saml/callback"), &format!("{ROOTED}/acme"));
    for order in [[ORIGIN, ROOTED], [ROOTED, ORIGIN]] {
        let tracer = Tracer::replay(naming(&order).into_iter().chain(events.clone()));
        assert_eq!(tracer.flows()[0].instance, Some(instance(ROOTED)), "{order:?}");
    }
}

#[test]
fn an_origin_that_was_not_named_is_nobodys() {
    let url = format!("{ORIGIN}/groups/acme/-/saml");
    let events = posted(1, &format!("{url}/callback"), &format!("{ORIGIN}/acme"));
    let mut tracer = Tracer::replay(events);
    let flow = &tracer.flows()[0];
    assert_eq!((&flow.instance, &flow.provider), (&None, &None));
    assert!(flow.outcomes.is_empty(), "{:?}", flow.outcomes);
    assert_eq!(answered(&mut tracer, 9, ORIGIN, &url, "/api/v4/user"), None);
    let opened = PageCall::Opened { url, again: false };
    let (reply, event) = content_script::answer(
        &mut tracer,
        &mut None,
        &sender(ORIGIN),
        EventId::new(Timestamp(1), "a", 1),
        opened,
    );
    assert!(reply.recipe.is_none() && reply.notes.is_empty() && reply.reads.is_empty() && event.is_none());
}

#[test]
fn removing_an_instance_takes_what_is_about_it_and_nothing_else() {
    let gitlab_com = "https://gitlab.com";
    let mut events: Vec<Event> = naming(&[ROOTED]).into_iter().collect();
    events.extend(posted(1, &format!("{ROOTED}/groups/acme/-/saml/callback"), &format!("{ROOTED}/acme")));
    events.extend(posted(
        3,
        &format!("{gitlab_com}/groups/acme/-/saml/callback"),
        &format!("{gitlab_com}/acme"),
    ));
    // SAML on the same origin, beside the root.
    events.extend(posted(5, &format!("{ORIGIN}/other/acs"), &format!("{ORIGIN}/other")));
    let mut tracer = Tracer::replay(events);
    let url = format!("{ROOTED}/acme");
    let answer = answered(&mut tracer, 9, ORIGIN, &url, "/gitlab/api/v4/user").unwrap();
    let numbers = |tracer: &Tracer, instance: &Instance| -> Vec<u32> {
        room::events_of(tracer, instance).iter().map(|id| id.n).collect()
    };
    assert_eq!(numbers(&tracer, &instance(ROOTED)), [1, 2, 5, 6, answer.id.n]);
    assert_eq!(numbers(&tracer, &Instance::gitlab_com()), [3, 4]);
}

#[test]
fn an_instance_on_the_same_origin_keeps_what_is_its_own() {
    let other = format!("{ORIGIN}/other");
    let mut events: Vec<Event> = naming(&[ROOTED, &other]).into_iter().collect();
    events.extend(posted(1, &format!("{ROOTED}/groups/acme/-/saml/callback"), &format!("{ROOTED}/acme")));
    events.extend(posted(3, &format!("{other}/groups/acme/-/saml/callback"), &format!("{other}/acme")));
    events.extend(posted(5, &format!("{ORIGIN}/third/acs"), &format!("{ORIGIN}/third")));
    let tracer = Tracer::replay(events);
    let numbers: Vec<u32> = room::events_of(&tracer, &instance(ROOTED)).iter().map(|id| id.n).collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn the_event_that_names_the_instances_outlives_every_eviction() {
    let mut events: Vec<Event> = naming(&[ROOTED]).into_iter().collect();
    events.extend(posted(1, &format!("{ROOTED}/groups/acme/-/saml/callback"), &format!("{ROOTED}/acme")));
    let dropped = room::evict(&Tracer::replay(events), 0);
    assert_eq!(dropped.iter().map(|id| id.n).collect::<Vec<_>>(), [1, 2]);
    assert!(!dropped.contains(&Settings::event_id()));
}

#[test]
fn own_pages_are_told_of_the_named_instances_and_content_scripts_cannot_ask() {
    let mut tracer = Tracer::replay(naming(&[ROOTED]));
    let reply = samlight::calls::own_pages::answer(
        &mut tracer,
        &mut Lines::default(),
        &Context::default(),
        &OwnCall::Instances,
    );
    assert_eq!(reply, OwnReply::Instances(vec![instance(ROOTED)]));
    assert!(serde_json::from_value::<PageCall>(json!({"call": "instances"})).is_err());
}
