//! Events that name their group, their app, both or neither, in every form and order, and a filter by group.

use crate::scim::evidence::{self, Asked};
use serde_json::{Value, json};

/// An event: its user, the app by id and name, and a text that can have an address.
struct Told {
    user: &'static str,
    app: Option<(&'static str, &'static str)>,
    said: String,
}

/// Entra ID's event, the app as it stands in Graph's answers.
fn entra(it: &Told) -> Value {
    let mut event = json!({"activityDateTime": "2026-11-20T12:31:10Z", "provisioningAction": "create",
        "provisioningStatusInfo": {"status": "failure", "errorInformation": {"reason": it.said}},
        "sourceIdentity": {"id": it.user, "displayName": it.user},
        "targetSystem": {"id": "t", "displayName": "customappsso", "details": {}}});
    if let Some((id, name)) = it.app {
        event["servicePrincipal"] = json!({"id": id, "displayName": name});
    }
    event
}

/// The same, the address in the description of a step.
fn entra_step(it: &Told) -> Value {
    let mut event = entra(it);
    event["provisioningStatusInfo"] = json!({"status": "failure"});
    event["provisioningSteps"] = json!([{"name": "a", "status": "success", "description": it.said}]);
    event
}

fn okta(it: &Told) -> Value {
    let mut target =
        vec![json!({"id": "0ua", "type": "AppUser", "alternateId": it.user, "displayName": it.user})];
    target.extend(it.app.map(|(id, name)| json!({"id": id, "type": "AppInstance", "displayName": name})));
    json!({"published": "2026-11-20T12:31:10.000Z", "eventType": "application.provision.user.push",
        "outcome": {"result": "FAILURE", "reason": it.said}, "target": target})
}

/// The same, the address among what helps to find errors.
fn okta_debug(it: &Told) -> Value {
    let mut event = okta(it);
    event["outcome"]["reason"] = "failed".into();
    event["debugContext"] = json!({"debugData": {"requestUri": it.said}});
    event
}

fn sign_in(it: &Told) -> Value {
    let (id, name) = it.app.unwrap_or(("", "GitLab"));
    json!({"createdDateTime": "2026-11-20T12:31:10Z", "userPrincipalName": it.user, "userDisplayName": it.user,
        "appId": id, "appDisplayName": name, "resourceDisplayName": "GitLab",
        "status": {"errorCode": 50_105, "failureReason": it.said}})
}

type Write = fn(&Told) -> Value;
const FORMS: [Write; 5] = [entra, entra_step, okta, okta_debug, sign_in];

/// The users who are told of a group.
fn shown(form: Write, all: &[Told], group: Option<&str>) -> (Vec<&'static str>, String) {
    let text: String = all.iter().map(|it| form(it).to_string() + "\n").collect();
    let asked = Asked { group: group.map(str::to_owned), ..Asked::default() };
    let said = format!("{:?}", evidence::read(&text, &asked));
    let users = ["ada@example.com", "eve@example.com", "bob@example.com"];
    (users.into_iter().filter(|user| said.contains(user)).collect(), said)
}

const ADA: &str = "ada@example.com";
const EVE: &str = "eve@example.com";

#[test]
fn an_event_is_of_the_group_whose_address_it_has() {
    let spelled = [
        "409 of https://gitlab.com/api/scim/v2/groups/acme/Users",
        "409 of https://gitlab.com/api/scim/v2/groups/acme.",
        "(https://gitlab.com/api/scim/v2/groups/ACME)",
        "GET /api/scim/v2/groups/acme?filter=x, 412",
        "/api/scim/v2/groups/%61cme/Users/1",
        "{\"url\": \"https://gitlab.com/api/scim/v2/groups/acme\"}",
    ];
    for form in FORMS {
        for said in spelled {
            let all = || [Told { user: ADA, app: None, said: said.to_owned() }];
            for (group, is_it) in
                [("acme", true), ("ACME", true), ("acme/team", true), ("acm", false), ("other", false)]
            {
                let (users, text) = shown(form, &all(), Some(group));
                assert_eq!(users.contains(&ADA), is_it, "{said}, {group}: {text}");
                assert!(!text.contains("name no group"), "{said}, {group}: {text}");
                assert!(text.contains(if is_it { "1 of 1" } else { "0 of 1" }), "{said}, {group}: {text}");
            }
        }
    }
}

#[test]
fn an_event_without_an_address_is_of_its_apps_group_in_any_order_and_else_of_none_that_is_known() {
    let address = "409 of https://gitlab.com/api/scim/v2/groups/acme/Users".to_owned();
    let elsewhere = "409 of https://gitlab.com/api/scim/v2/groups/other/Users".to_owned();
    let plain = || "failed".to_owned();
    let (one, two) = (Some(("app-1", "GitLab")), Some(("app-2", "GitLab")));
    for form in FORMS {
        for (first, second, other, acme, is_unnamed) in [
            // The app of the address, another app, no app.
            ((one, address.clone()), (one, plain()), None, vec![ADA, EVE], false),
            ((one, address.clone()), (two, plain()), None, vec![ADA], true),
            ((one, address.clone()), (None, plain()), None, vec![ADA], true),
            ((one, elsewhere.clone()), (one, plain()), None, vec![], false),
            // An app with two groups has none that is known.
            ((one, address.clone()), (one, plain()), Some((one, elsewhere.clone())), vec![ADA], true),
            ((one, plain()), (one, plain()), None, vec![], true),
        ] {
            let all = || {
                let told = |user, (app, said): (Option<(&'static str, &'static str)>, String)| Told {
                    user,
                    app,
                    said,
                };
                let third = other.clone().map(|other| told("bob@example.com", other));
                let all = [told(ADA, first.clone()), told(EVE, second.clone())];
                all.into_iter().chain(third).collect::<Vec<_>>()
            };
            for is_reversed in [false, true] {
                let mut all = all();
                if is_reversed {
                    all.reverse();
                }
                let (users, text) = shown(form, &all, Some("acme"));
                assert_eq!(users, acme, "{is_reversed}: {text}");
                assert_eq!(text.contains("name no group"), is_unnamed, "{is_reversed}: {text}");
                let (users, text) = shown(form, &all, None);
                assert_eq!(users.len(), all.len(), "{text}");
                assert!(!text.contains("name no group"), "{text}");
            }
        }
    }
}

#[test]
fn the_name_of_an_app_names_the_group_whose_path_is_a_word_of_it() {
    for form in FORMS {
        for (name, is_it) in [
            ("GitLab acme", true),
            ("GitLab (ACME)", true),
            ("GitLab: acme, SCIM", true),
            ("GitLab acme-test", false),
            ("GitLab acmeco", false),
            ("GitLab", false),
            ("customappsso GitLab", false),
        ] {
            let all = [Told { user: ADA, app: Some(("app-1", name)), said: "failed".to_owned() }];
            let (users, text) = shown(form, &all, Some("acme"));
            assert_eq!(users.contains(&ADA), is_it, "{name}: {text}");
            // What is not shown is said, with the app.
            assert_eq!(text.contains("1 events name no group"), !is_it, "{name}: {text}");
            assert!(is_it || text.contains(name), "{name}: {text}");
            // GitLab's own name is the group of nobody.
            let (users, text) = shown(form, &all, Some("gitlab"));
            assert!(users.is_empty() && text.contains("name no group"), "{name}: {text}");
        }
    }
}
