//! A flow is looked at once: how often it is compared and judged is counted, for a line, a full view, the
//! notes of a page, and the command line's answer.

use super::Case;
use crate::{
    acceptance::{ACCOUNT, CHECKS},
    base::{
        counted::{Counts, counted},
        instant::Timestamp,
    },
    event::{
        Body, Event, EventId,
        settings::{ProviderSettings, Settings},
    },
    gitlab::{
        instance::Instance,
        pages,
        routes::{self, Provider},
    },
    notes::{self, SignIns},
    trace::tracer::Tracer,
    view::{
        acceptance::acceptance_view,
        context::Context,
        flow::{flow_view, line},
        lines::Lines,
        print::check,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_258_010_000);
const NOTHING: Counts = Counts { compared: 0, judged: 0, verified: 0 };
const ONCE: Counts = Counts { compared: 1, judged: 1, verified: 1 };

/// A signed Response to `group` whose NameID is its user's name.
fn sign_in(user: &str, group: &str) -> Value {
    let xml = format!(
        r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"
        ID="_{user}"><a:Assertion><a:Subject><a:NameID>{user}</a:NameID></a:Subject><a:AttributeStatement>
        <a:Attribute Name="username"><a:AttributeValue>{user}</a:AttributeValue></a:Attribute>
        </a:AttributeStatement></a:Assertion></p:Response>"#
    );
    let xml = crate::signer::signed(&xml).unwrap();
    json!({"kind": "request", "request": user, "tab": 7, "method": "POST", "body": "form",
        "url": format!("https://gitlab.com/groups/{group}/-/saml/callback"),
        "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]})
}

fn trace(events: &[Value]) -> Tracer {
    Tracer::replay(events.iter().enumerate().map(|(at, event)| {
        let mut event = event.clone();
        event["id"] = json!(format!("{:013}-case-{at:06}", 1_767_258_000_000 + at));
        serde_json::from_value::<Event>(event).unwrap()
    }))
}

/// A trace in which every check passes, so that GitLab's decision on the account is asked for: it compares,
/// too.
fn accepted() -> Tracer {
    let provider = Provider::Group { path: "acme".to_owned() };
    let told = ProviderSettings {
        leave_out: CHECKS.iter().map(|check| check.id.to_owned()).collect(),
        ..ProviderSettings::new(Instance::gitlab_com(), provider)
    };
    let mut tracer = trace(&[sign_in("alex", "acme")]);
    let body = Body::Settings(Settings { provider: Some(told), ..Settings::default() });
    tracer.observe(&Event::new(EventId::new(NOW, "given", 1), body));
    let case = Case::new(&tracer, &tracer.flows()[0], NOW);
    let last = case.acceptance().unwrap().checks.last().unwrap();
    assert_eq!(last.id, ACCOUNT, "{last:?}");
    drop(case);
    tracer
}

#[test]
fn a_line_compares_and_judges_once() {
    let tracer = accepted();
    let flow = &tracer.flows()[0];
    let (_, counts) = counted(|| line(&Case::new(&tracer, flow, NOW)));
    assert_eq!(counts, ONCE);
}

#[test]
fn a_list_compares_each_flow_once_and_no_flow_that_did_not_change() {
    let mut tracer = trace(&[sign_in("alex", "acme"), sign_in("robin", "acme"), sign_in("sam", "other")]);
    let mut lines = Lines::default();
    let mut look = || counted(|| lines.problems(&mut tracer, NOW)).1;
    assert_eq!(look(), Counts { compared: 3, verified: 3, judged: 3 });
    assert_eq!(look(), NOTHING);
}

/// The first screen shows the newest flow in full words besides.
#[test]
fn the_first_screen_looks_at_the_newest_flow_once_more() {
    let mut tracer = trace(&[sign_in("alex", "acme"), sign_in("robin", "acme")]);
    let context = Context { now: NOW, ..Context::default() };
    let mut lines = Lines::default();
    let mut look = || {
        let overview = crate::view::overview::overview;
        counted(|| overview(&mut tracer, &mut lines, &context, &Default::default())).1.compared
    };
    assert_eq!((look(), look()), (3, 1));
}

#[test]
fn a_full_view_compares_and_judges_once() {
    let tracer = accepted();
    let flow = &tracer.flows()[0];
    let (view, counts) = counted(|| flow_view(&Case::new(&tracer, flow, NOW)));
    assert!(view.acceptance.is_some() && !view.comparison.rows.is_empty());
    assert_eq!(counts, ONCE);
}

#[test]
fn what_is_asked_for_a_second_time_is_not_worked_out_again() {
    let tracer = accepted();
    let case = Case::new(&tracer, &tracer.flows()[0], NOW);
    // As `samlight check` does it, in words and in JSON.
    let look = || (acceptance_view(&case), flow_view(&case), check::check(&case), case.findings().len());
    let (first, counts) = counted(look);
    assert_eq!(counts, ONCE);
    let (second, counts) = counted(look);
    assert_eq!((counts, second), (NOTHING, first));
}

#[test]
fn the_notes_of_a_page_compare_each_sign_in_once_however_many_rows_there_are() {
    let instance = Instance::gitlab_com();
    let settings = "https://gitlab.com/groups/acme/-/saml";
    let members = "https://gitlab.com/groups/acme/-/group_members";
    let identities = "https://gitlab.com/admin/users/alex/identities";
    let of_users = || {
        [("1", "alex"), ("2", "robin"), ("3", "sam"), ("4", "kim")].map(
            |(id, name)| json!({"user": id, "username": name, "saml": name, "scim": name, "badges": "SAML"}),
        )
    };
    let of_groups = ["SCIM", "Group Saml (group_saml)", "Group Saml (group_saml)"].map(
        |provider| json!({"provider": provider, "group": "acme", "identifier": "Alex", "active": "true"}),
    );
    for (page, url, rows) in [
        (pages::SETTINGS, settings, json!(of_users())),
        (pages::GROUP_MEMBERS, members, json!(of_users())),
        (pages::USER_IDENTITIES, identities, json!(of_groups)),
    ] {
        let shown = json!({"kind": "page", "tab": 7, "url": url, "page": page, "rows": rows,
            "fields": {"fingerprint": ["00:11"], pages::group_saml_settings::VERIFY_NAME_ID: ["alex"]}});
        // The sign-in to another group, and the one at another GitLab, are none of this page's.
        let mut elsewhere = sign_in("kim", "acme");
        elsewhere["url"] = json!("https://gitlab.example.com/groups/acme/-/saml/callback");
        let tracer = trace(&[
            sign_in("alex", "acme"),
            sign_in("robin", "acme"),
            sign_in("sam", "other"),
            elsewhere,
            shown,
        ]);
        let newest = tracer.pages().last().unwrap();
        let (_, reading) = newest;
        let route = routes::route(&instance, url).unwrap();
        let (noted, counts) = counted(|| {
            let sign_ins = SignIns::of(&tracer, &instance, NOW);
            let compared = notes::compared(&sign_ins, &route, reading);
            (compared.len(), notes::with_own(&sign_ins, &route, newest).len())
        });
        assert!(noted.0 > 1, "{page}: {noted:?}");
        assert_eq!(counts, Counts { compared: 2, verified: 2, judged: 2 }, "{page}");
    }
}
