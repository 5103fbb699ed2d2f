//! Every ask of both checks: asked for while it is missing, silent once it is known, never two at a time.

use super::*;
use crate::{
    base::severity::{Sentence, Severity},
    case::Case,
    event::Event,
    group::{check::ListState, table::TableView},
    idp::vendor::Vendor,
    signer,
    trace::tracer::Tracer,
    view::{Lack, flow::flow_view, self_check::SelfCheck},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

fn elsewhere() -> Instance {
    Instance::at("https://gitlab.example.com/lab").unwrap()
}

/// The newest sign-in of a trace of these events.
fn newest(events: Vec<Value>) -> FlowView {
    let with_id = |(at, mut event): (usize, Value)| {
        event["id"] = format!("{:013}-a-000001", 1_767_258_000_000 + at).into();
        serde_json::from_value::<Event>(event).unwrap()
    };
    let tracer = Tracer::replay(events.into_iter().enumerate().map(with_id));
    let flow = tracer.flows().last().unwrap();
    flow_view(&Case::new(&tracer, flow, flow.last))
}

/// With all that GitLab's checks ask for, so that nothing is wrong with it by itself.
const RESPONSE: &str = r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0"
    xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" IssueInstant="2026-01-01T09:00:00Z">
    <a:Issuer>https://idp.example.com/metadata</a:Issuer>
    <p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status>
    <a:Assertion Version="2.0" ID="_a" IssueInstant="2026-01-01T09:00:00Z">
    <a:Issuer>https://idp.example.com/metadata</a:Issuer><a:Subject>
    <a:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">Ada-1</a:NameID>
    <a:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
    <a:SubjectConfirmationData NotOnOrAfter="2026-01-01T09:05:00Z"/></a:SubjectConfirmation></a:Subject>
    <a:Conditions><a:AudienceRestriction><a:Audience>https://gitlab.com/groups/acme</a:Audience>
    </a:AudienceRestriction></a:Conditions><a:AuthnStatement AuthnInstant="2026-01-01T09:00:00Z"><a:AuthnContext>
    <a:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</a:AuthnContextClassRef>
    </a:AuthnContext></a:AuthnStatement></a:Assertion></p:Response>"#;

/// A Response at GitLab's ACS of the group.
fn posted() -> Value {
    json!({"kind": "request", "request": "1", "tab": 1, "method": "POST", "body": "form",
        "url": "https://gitlab.com/groups/acme/-/saml/callback",
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(signer::certified(&signer::signed(RESPONSE).unwrap()))]]]})
}

/// A sign-in to gitlab.com as it is while it lacks this.
fn sign_in(lacks: Option<Lack>) -> FlowView {
    let needed = vec![step(text!("guide.own"))];
    let self_check = Some(SelfCheck { needed, ..SelfCheck::default() });
    FlowView { lacks, self_check, ..newest(vec![posted()]) }
}

fn group(is_read: bool) -> GroupView {
    GroupView {
        instance: Some(Instance::gitlab_com()),
        group: "acme".into(),
        is_read,
        state: Sentence { severity: Severity::Neutral, text: "THE STATE".into() },
        table: TableView { total: 250, ..TableView::default() },
        ..GroupView::default()
    }
}

fn list(progress: Option<(usize, usize)>) -> Option<ListState> {
    Some(ListState {
        name: "people.csv".into(),
        serial: 1,
        rows: 250,
        progress,
        counts: Vec::new(),
        planned: None,
    })
}

fn asked(guide: &Guide) -> Option<&'static str> {
    guide.now.as_ref().map(|now| now.id)
}

fn helps(guide: &Guide) -> Vec<Help> {
    guide.now.as_ref().map(|now| now.helps.clone()).unwrap_or_default()
}

fn states(guide: &Guide) -> Vec<(&'static str, LineState)> {
    guide.lines.iter().map(|line| (line.id, line.state)).collect()
}

/// All asks have words and a way to go on; and a check that is not over asks for one thing.
fn is_whole(guide: &Guide) {
    let now: Vec<_> = guide.lines.iter().filter(|line| line.state == LineState::Now).collect();
    assert_eq!(now.len(), 1, "{guide:?}");
    assert_eq!(now[0].id, asked(guide).unwrap_or(RESULT));
    if let Some(asked) = &guide.now {
        assert_eq!(guide.lines[asked.place - 1].id, asked.id);
        assert!(!asked.how.is_empty() && !asked.title.is_empty(), "{asked:?}");
        assert!(asked.how.iter().all(|step| !step.text.is_empty()));
    }
}

#[test]
fn which_gitlab_is_asked_until_it_is_known_by_anything() {
    let (com, other) = (Instance::gitlab_com(), elsewhere());
    let unknown = Known { is_recording: true, ..Known::default() };
    let guide = sign_in::guide(&unknown);
    assert_eq!(
        (asked(&guide), helps(&guide)),
        (Some("gitlab"), vec![Help::Take(com.clone()), Help::Add(None)])
    );
    is_whole(&guide);
    let watched = [other.clone()];
    // A page of a GitLab that is not watched is offered to be added; one that is watched answers it.
    let guide = sign_in::guide(&Known { here: Some(&other), ..unknown });
    assert_eq!(helps(&guide), [Help::Take(com.clone()), Help::Add(Some(other.clone()))]);
    let guide = sign_in::guide(&Known { watched: &watched, ..unknown });
    assert_eq!(helps(&guide)[..2], [Help::Take(com.clone()), Help::Take(other.clone())]);
    let flow = sign_in(Some(Lack::End));
    let group = group(false);
    for (known, gitlab) in [
        (Known { named: Some(&com), ..unknown }, &com),
        (Known { here: Some(&other), watched: &watched, ..unknown }, &other),
        (Known { here: Some(&com), ..unknown }, &com),
        (Known { sign_in: Some(&flow), ..unknown }, &com),
        (Known { group: Some(&group), ..unknown }, &com),
        // What the person says counts before what was recorded elsewhere.
        (Known { named: Some(&other), sign_in: Some(&flow), ..unknown }, &other),
    ] {
        for guide in [sign_in::guide(&known), members::guide(&known)] {
            assert_ne!(asked(&guide), Some("gitlab"), "{known:?}");
            assert_eq!(guide.gitlab.as_ref(), Some(gitlab));
            assert_eq!(guide.lines[0].found.as_deref(), Some(gitlab.to_string().as_str()));
        }
    }
}

#[test]
fn access_is_asked_only_where_the_browser_says_that_it_is_not_there() {
    let other = elsewhere();
    let known = Known { named: Some(&other), is_recording: true, ..Known::default() };
    for check in [sign_in::guide, members::guide] {
        let guide = check(&Known { may_see: Some(false), ..known });
        assert_eq!((asked(&guide), helps(&guide)), (Some("access"), vec![Help::Allow(other.clone())]));
        assert!(guide.now.as_ref().unwrap().how[0].text.contains("gitlab.example.com/lab"));
        is_whole(&guide);
        for may_see in [Some(true), None] {
            assert_ne!(asked(&check(&Known { may_see, ..known })), Some("access"));
        }
    }
}

#[test]
fn a_pause_is_asked_to_end() {
    let com = Instance::gitlab_com();
    let known = Known { named: Some(&com), ..Known::default() };
    for check in [sign_in::guide, members::guide] {
        let guide = check(&known);
        assert_eq!((asked(&guide), helps(&guide)), (Some("recording"), vec![Help::Resume]));
        is_whole(&guide);
        assert_ne!(asked(&check(&Known { is_recording: true, ..known })), Some("recording"));
    }
}

#[test]
fn a_sign_in_is_asked_for_until_it_came_to_its_end() {
    let com = Instance::gitlab_com();
    let known = Known { named: Some(&com), is_recording: true, ..Known::default() };
    let open = vec![Help::Open("https://gitlab.com/".into())];
    let guide = sign_in::guide(&known);
    assert_eq!((asked(&guide), helps(&guide)), (Some("sign-in"), open.clone()));
    let words = |guide: &Guide| guide.now.as_ref().unwrap().how[0].text.clone();
    assert!(words(&guide).contains("Open gitlab.com in another tab"), "{}", words(&guide));
    let (under_way, other) = (sign_in(Some(Lack::End)), sign_in(Some(Lack::SignIn)));
    let guide = sign_in::guide(&Known { sign_in: Some(&under_way), ..known });
    assert_eq!((asked(&guide), helps(&guide)), (Some("sign-in"), open));
    assert!(words(&guide).contains("has begun"), "{}", words(&guide));
    let guide = sign_in::guide(&Known { sign_in: Some(&other), ..known });
    assert!(words(&guide).contains("in another tab and sign in"), "{}", words(&guide));
    let ended = sign_in(None);
    let guide = sign_in::guide(&Known { sign_in: Some(&ended), ..known });
    assert_eq!(asked(&guide), None);
    assert_eq!(guide.lines[3].found.as_deref(), Some("Sign-in to group acme on gitlab.com"));
    is_whole(&guide);
    // One that was to another GitLab is no answer.
    let elsewhere = elsewhere();
    let guide = sign_in::guide(&Known { named: Some(&elsewhere), sign_in: Some(&ended), ..known });
    assert_eq!(asked(&guide), Some("sign-in"));
}

#[test]
fn own_identifiers_are_asked_for_where_they_are_missing_and_can_be_left_out() {
    let flow = sign_in(Some(Lack::OwnIdentifiers));
    let known = Known { sign_in: Some(&flow), is_recording: true, ..Known::default() };
    let guide = sign_in::guide(&known);
    assert_eq!(asked(&guide), Some("own"));
    assert_eq!(helps(&guide), [Help::Open("https://gitlab.com/-/profile/account".into()), Help::LeaveOut],);
    assert_eq!(guide.now.as_ref().unwrap().how.len(), 2, "what is needed, and that it can be left out");
    is_whole(&guide);
    let guide = sign_in::guide(&Known { left_out: &["own"], ..known });
    assert_eq!(asked(&guide), None);
    assert_eq!(states(&guide)[4..], [("own", LineState::LeftOut), (RESULT, LineState::Now)]);
    is_whole(&guide);
    // What was left out and is known now is done.
    let flow = sign_in(None);
    let guide = sign_in::guide(&Known { sign_in: Some(&flow), left_out: &["own"], ..known });
    assert_eq!(states(&guide)[4], ("own", LineState::Done));
}

#[test]
fn what_must_be_known_cannot_be_left_out() {
    let com = Instance::gitlab_com();
    let all: Vec<&str> = sign_in::ASKS.iter().chain(members::ASKS).map(|ask| ask.id).collect();
    let known = Known { named: Some(&com), is_recording: true, left_out: &all, ..Known::default() };
    assert_eq!(asked(&sign_in::guide(&known)), Some("sign-in"));
    assert_eq!(asked(&members::guide(&known)), Some("group"));
}

#[test]
fn the_settings_page_is_asked_for_until_its_group_is_checked() {
    let (com, other) = (Instance::gitlab_com(), elsewhere());
    let known = Known { named: Some(&com), is_recording: true, ..Known::default() };
    let guide = members::guide(&known);
    assert_eq!(asked(&guide), Some("group"));
    assert_eq!(helps(&guide), [Help::Open("https://gitlab.com/dashboard/groups".into())]);
    assert!(guide.now.as_ref().unwrap().how[0].text.contains("owner of the top-level group"));
    is_whole(&guide);
    let group = group(false);
    let guide = members::guide(&Known { group: Some(&group), ..known });
    assert_eq!(asked(&guide), Some("read"));
    assert_eq!(guide.lines[3].found.as_deref(), Some("acme"));
    let guide = members::guide(&Known { named: Some(&other), group: Some(&group), ..known });
    assert_eq!(asked(&guide), Some("group"), "it is another GitLab's");
}

#[test]
fn members_are_waited_for_and_a_check_that_stands_still_is_told_to_go_on() {
    let known = Known { is_recording: true, ..Known::default() };
    let page = Help::Open("https://gitlab.com/groups/acme/-/saml".into());
    for (view, helps_of) in [
        (GroupView { can_cancel: true, ..group(false) }, vec![]),
        (GroupView { can_resume: true, ..group(false) }, vec![Help::ReadOn, page.clone()]),
        (GroupView { has_own_only: true, ..group(false) }, vec![page]),
    ] {
        let guide = members::guide(&Known { group: Some(&view), ..known });
        assert_eq!((asked(&guide), helps(&guide)), (Some("read"), helps_of));
        assert_eq!(guide.now.as_ref().unwrap().how[0].text, "THE STATE");
        is_whole(&guide);
    }
    let read = group(true);
    let guide = members::guide(&Known { group: Some(&read), ..known });
    assert_eq!((asked(&guide), guide.lines[4].found.as_deref()), (Some("list"), Some("250")));
}

#[test]
fn the_list_and_its_field_are_asked_for_and_can_be_left_out() {
    let read = group(true);
    let known = Known { group: Some(&read), is_recording: true, ..Known::default() };
    let guide = members::guide(&known);
    assert_eq!((asked(&guide), helps(&guide)), (Some("list"), vec![Help::GiveList, Help::LeaveOut]));
    is_whole(&guide);
    let matching = GroupView { list: list(Some((1, 2))), ..read.clone() };
    assert_eq!(asked(&members::guide(&Known { group: Some(&matching), ..known })), Some("list"));
    let listed = GroupView { list: list(None), ..read.clone() };
    let known_list = Known { group: Some(&listed), ..known };
    let guide = members::guide(&known_list);
    assert_eq!((asked(&guide), helps(&guide)), (Some("field"), vec![Help::NameField, Help::LeaveOut]));
    is_whole(&guide);
    let over = |known: Known<'_>| {
        let guide = members::guide(&known);
        is_whole(&guide);
        assert_eq!(asked(&guide), None, "{known:?}");
        states(&guide)[5..].iter().map(|(_, state)| *state).collect::<Vec<_>>()
    };
    use LineState::{Done, LeftOut, Now};
    assert_eq!(over(Known { has_field: true, ..known_list }), [Done, Done, Now]);
    assert_eq!(over(Known { left_out: &["field"], ..known_list }), [Done, LeftOut, Now]);
    // Without a list there is no column to name.
    assert_eq!(over(Known { left_out: &["list"], ..known }), [LeftOut, LeftOut, Now]);
}

#[test]
fn every_order_that_is_a_button_has_words_of_its_own() {
    let helps = [
        Help::Take(Instance::gitlab_com()),
        Help::Add(None),
        Help::Add(Some(elsewhere())),
        Help::Allow(elsewhere()),
        Help::Resume,
        Help::Open("https://gitlab.com/".into()),
        Help::ReadOn,
        Help::LeaveOut,
    ];
    let mut words: Vec<String> = helps.iter().map(|help| help.label().unwrap().to_string()).collect();
    assert!(words[3].contains("gitlab.example.com/lab") && words[5].contains("https://gitlab.com/"));
    words.sort();
    words.dedup();
    assert_eq!(words.len(), helps.len());
    // What helps here is shown in its place.
    assert_eq!((Help::GiveList.label(), Help::NameField.label()), (None, None));
}

#[test]
fn a_sign_in_lacks_its_end_then_what_is_stored_then_nothing() {
    let post = posted;
    let request = "<p:AuthnRequest xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_q' \
                   AssertionConsumerServiceURL='https://gitlab.com/groups/acme/-/saml/callback'/>";
    let sign_out = "<p:LogoutRequest xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_o'/>";
    let sent = |xml: &str| {
        json!({"kind": "request", "request": "0", "tab": 1, "method": "POST", "body": "form",
            "url": "https://idp.example.com/sso", "form": [["SAMLRequest", [BASE64_STANDARD.encode(xml)]]]})
    };
    let answered = |location: &str| {
        json!({"kind": "response", "request": "1", "tab": 1, "method": "POST", "status": 302,
            "url": "https://gitlab.com/groups/acme/-/saml/callback", "location": location})
    };
    let own = |extern_uid: &str| {
        json!({"kind": "answer", "tab": 1, "url": "https://gitlab.com/api/v4/user", "status": 200, "answer": {
            "id": 48, "username": "ada", "name": "Ada",
            "identities": [{"provider": "group_saml", "extern_uid": extern_uid, "saml_provider_id": 10}]}})
    };
    let flash = |said: &str| {
        json!({"kind": "page", "tab": 1, "url": "https://gitlab.com/users/sign_in", "page": "any", "rows": [],
            "fields": {"flash": [said]}})
    };
    let back = || answered("https://gitlab.com/users/sign_in");
    let unlinked = "User is not linked to a SAML account";
    for (name, events, lacks) in [
        ("a request alone", vec![sent(request)], Some(Lack::End)),
        ("a sign-out", vec![sent(sign_out)], Some(Lack::SignIn)),
        ("a Response that nothing is known of", vec![post()], Some(Lack::OwnIdentifiers)),
        (
            "one that GitLab refused for no reason that is known",
            vec![post(), back()],
            Some(Lack::OwnIdentifiers),
        ),
        ("the stored value", vec![post(), own("Ada-1")], None),
        ("another stored value", vec![post(), back(), own("ada-1")], None),
        ("a reason that GitLab gave", vec![post(), back(), flash(unlinked)], None),
    ] {
        assert_eq!(newest(events).lacks, lacks, "{name}");
    }
}

#[test]
fn a_known_provider_is_told_in_the_words_of_its_screens_and_an_unknown_one_in_all() {
    let words = |vendor: Option<Vendor>, list: Option<ListState>| {
        let name_id_place = vendor.map(|vendor| format!("THE PLACE OF {vendor:?}"));
        let view = GroupView { vendor, name_id_place, list, ..group(true) };
        let guide = members::guide(&Known { group: Some(&view), is_recording: true, ..Known::default() });
        let how = guide.now.unwrap().how;
        how.into_iter().map(|step| step.text).collect::<Vec<_>>().join(" ")
    };
    let named = |words: &str| ["Entra", "Google", "Keycloak"].map(|name| words.contains(name));
    for (vendor, expected) in [
        (None, [true, true, true]),
        (Some(Vendor::Entra), [true, false, false]),
        (Some(Vendor::Google), [false, true, false]),
        (Some(Vendor::Okta), [false, false, true]),
    ] {
        assert_eq!(named(&words(vendor, None)), expected, "{vendor:?}");
    }
    assert!(words(Some(Vendor::Okta), list(None)).contains("THE PLACE OF Okta"));
    assert!(!words(None, list(None)).contains("THE PLACE"));
}
