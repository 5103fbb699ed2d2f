//! Settings beside a group that was read and its list of people, as a panel gives them.

use super::*;
use crate::{
    base::limits::SHORT_BYTES,
    group::{
        check::list::tests::{give, group, list},
        expected::tests::cell,
        settings::tests::schema,
        table::Query,
    },
    idp::app::tests::{claims_mapping, okta},
    scim::{
        evidence::Asked,
        story::{StoryFile, stories},
    },
};
use serde_json::{Value, json};

const NOW: Timestamp = Timestamp(1_767_258_000_000);

/// The text of settings whose NameID is `field` of Entra ID.
fn entra(field: &str) -> String {
    let claim = json!({"Source": "user", "ID": field,
        "SamlClaimType": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"});
    claims_mapping(&claim, &json!([])).to_string()
}

fn words(said: &[Statement]) -> String {
    said.iter().flat_map(|it| &it.sentences).map(|it| it.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_field_that_the_settings_name_is_the_ground_of_what_is_expected() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    let of = |check: &mut GroupCheck| check.row(&tracer, 20).unwrap().expected.unwrap();
    assert_eq!(of(&mut check).by.as_deref(), Some("sent 3/3"));
    let serial = check.list_state().unwrap().serial;
    check.take_settings("policy.json", &entra("mailNickname")).unwrap();
    assert_ne!(check.list_state().unwrap().serial, serial, "the words of the list are others");
    let configured = of(&mut check);
    assert_eq!(configured.value, Some(cell("mailNickname", 20)));
    assert!(configured.ground.unwrap().to_lowercase().contains("mailnickname"), "the settings are named");
    // The settings and the recorded sign-ins say different things, and both are told.
    let said = words(&check.list_view(&tracer, NOW).unwrap().statements);
    assert!(said.contains("objectId") && said.contains("mailNickname"), "{said}");
    let said = words(&check.said_of_settings(&tracer, NOW));
    for part in ["policy.json", "claimsMappingPolicy", "mailnickname"] {
        assert!(said.to_lowercase().contains(&part.to_lowercase()), "{part}: {said}");
    }
    check.put_settings_away();
    assert_eq!(of(&mut check).by.as_deref(), Some("sent 3/3"));
    assert!(check.settings_state().files.is_empty() && check.said_of_settings(&tracer, NOW).is_empty());
}

#[test]
fn a_field_that_no_column_has_is_named() {
    let (mut check, tracer) = group();
    give(&mut check, &list());
    check.take_settings("policy.json", &entra("employeeid")).unwrap();
    let said = words(&check.list_view(&tracer, NOW).unwrap().statements);
    assert!(said.contains("employeeid"), "{said}");
}

#[test]
fn a_file_of_the_same_name_takes_the_place_of_the_one_before() {
    let (mut check, tracer) = group();
    check.take_settings("app.json", &entra("mail")).unwrap();
    check.take_settings("app.json", &okta("user.login", "user.email").to_string()).unwrap();
    let view = check.view(&tracer, &Query::default());
    assert_eq!(view.settings.files, ["app.json"]);
    let said = words(&check.said_of_settings(&tracer, NOW));
    assert!(said.contains("Okta") && !said.contains("Entra"), "{said}");
}

#[test]
fn what_is_no_settings_is_refused_in_words_and_puts_nothing_away() {
    let (mut check, tracer) = group();
    check.take_settings("app.json", &entra("mail")).unwrap();
    let before = check.settings_state();
    for (content, part) in [("hello", "no file of settings"), (&"x".repeat(SHORT_BYTES + 1), "too large")] {
        let said = check.take_settings("app.json", content).unwrap_err().to_string();
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(check.settings_state(), before);
    for number in 1..SETTINGS_FILES {
        check.take_settings(&format!("{number}.json"), &entra("mail")).unwrap();
    }
    assert!(check.take_settings("one-more.json", &entra("mail")).is_err());
    assert!(check.take_settings("app.json", &entra("mail")).is_ok(), "in place of itself there is room");
    let _: Value = serde_json::to_value(check.view(&tracer, &Query::default()).settings).unwrap();
}

/// By the schema of the SCIM app, beside what a log shows of the same person, and of nobody else.
#[test]
fn what_gitlab_will_receive_of_a_member_is_told_beside_what_a_log_shows() {
    let (mut check, tracer) = group();
    assert!(words(&check.provisioned(&tracer, 5, None)).contains("list of people"));
    give(&mut check, &list());
    assert!(words(&check.provisioned(&tracer, 5, None)).contains("provisioning schema"));
    check.take_settings("schema.json", &schema("[objectId]")).unwrap();
    assert!(words(&check.provisioned(&tracer, 40, None)).contains("not surely in the list"));
    let alone = words(&check.provisioned(&tracer, 5, None));
    let value = cell("objectId", 5);
    for part in ["externalId", value.as_str(), "POST /api/scim/v2/groups/acme/Users", "No log"] {
        assert!(alone.contains(part), "{part}: {alone}");
    }
    let line =
        json!({"time": "2026-01-01T09:00:00.000Z", "severity": "INFO", "status": 201, "method": "POST",
        "path": "/api/scim/v2/groups/acme/Users", "host": "gitlab.com",
        "params": [{"key": "externalId", "value": value}, {"key": "userName", "value": "another"}]})
        .to_string();
    let told = stories(&[StoryFile::of("api_json.log", &line)], &[&value], &Asked::default());
    let received = Received::newest(&told).unwrap();
    let beside = words(&check.provisioned(&tracer, 5, Some(&received)));
    assert!(beside.contains("GitLab received this externalId") && beside.contains("“another”"), "{beside}");
    let other = words(&check.provisioned(&tracer, 6, Some(&received)));
    assert!(other.contains("No log") && !other.contains("“another”"), "{other}");
}
