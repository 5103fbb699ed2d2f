//! The schema that GitLab's documentation asks for, and what is said when one thing of it differs.

use super::*;
use serde_json::json;

fn mapping(target: &str, expression: &str, priority: u64) -> Value {
    json!({"targetAttributeName": target, "matchingPriority": priority, "flowType": "Always", "defaultValue": null,
        "source": {"expression": expression, "type": "Attribute", "parameters": []}})
}

/// As documented.
pub(super) fn documented() -> Value {
    let users = json!({"name": "Provision Users", "enabled": true, "flowTypes": "Add, Update, Delete",
    "targetObjectName": "User", "attributeMappings": [
        mapping("externalId", "[objectId]", 1),
        mapping("emails[type eq \"work\"].value", "[userPrincipalName]", 0),
        mapping("userName", "[mailNickname]", 0),
        mapping("name.formatted", "[displayName]", 0),
        mapping("active", "Switch([IsSoftDeleted], , \"False\", \"True\", \"True\", \"False\")", 0),
    ]});
    let groups = json!({"name": "Provision Groups", "enabled": false, "targetObjectName": "Group",
        "attributeMappings": [mapping("members", "[members]", 0)]});
    json!({"synchronizationRules": [{"objectMappings": [groups, users]}],
        "directories": [{"name": "customappsso", "objects": [{"name": "User",
            "attributes": [{"name": "id", "anchor": true, "required": true}, {"name": "externalId", "required": true}]}]}]})
}

fn users(schema: &mut Value) -> &mut Value {
    &mut schema["synchronizationRules"][0]["objectMappings"][1]
}

fn attribute<'a>(schema: &'a mut Value, target: &str) -> &'a mut Value {
    let all = users(schema)["attributeMappings"].as_array_mut().unwrap();
    all.iter_mut().find(|it| it["targetAttributeName"] == target).unwrap()
}

fn found(schema: &Value, name_id: Option<&str>) -> Vec<(Severity, String)> {
    let schema = Schema::read(&schema.to_string()).unwrap();
    schema.check(name_id).into_iter().map(|it| (it.severity, it.text)).collect()
}

#[test]
fn the_documented_mapping_is_good() {
    for name_id in [None, Some("user.objectid"), Some("user.objectID")] {
        let found = found(&documented(), name_id);
        assert!(found.iter().all(|(severity, _)| *severity == Severity::Good), "{found:?}");
        assert_eq!(found.len(), 2);
    }
    let mut other = documented();
    attribute(&mut other, "active")["source"]["expression"] = "Not([IsSoftDeleted])".into();
    attribute(&mut other, "emails[type eq \"work\"].value")["source"]["expression"] = "[mail]".into();
    assert_eq!(found(&other, None).len(), 2);
}

#[test]
fn one_thing_that_differs_is_told() {
    type Change = fn(&mut Value);
    let cases: [(Change, Severity, &str); 17] = [
        (|it| users(it)["enabled"] = false.into(), Severity::Error, "switched off"),
        (|it| users(it)["flowTypes"] = "Add, Update".into(), Severity::Warning, "Delete"),
        (
            |it| attribute(it, "externalId")["targetAttributeName"] = "x".into(),
            Severity::Error,
            "externalId is not mapped",
        ),
        (|it| attribute(it, "externalId")["matchingPriority"] = 2.into(), Severity::Error, "precedence"),
        (
            |it| attribute(it, "externalId")["source"]["expression"] = "[mail]".into(),
            Severity::Warning,
            "[mail]",
        ),
        (|it| attribute(it, "externalId")["flowType"] = "ObjectAddOnly".into(), Severity::Warning, "created"),
        (|it| attribute(it, "externalId")["defaultValue"] = "0".into(), Severity::Error, "the same value"),
        (|it| attribute(it, "externalId")["source"] = Value::Null, Severity::Error, "the same value"),
        (|it| attribute(it, "userName")["matchingPriority"] = 2.into(), Severity::Info, "userName"),
        (|it| attribute(it, "active")["matchingPriority"] = 2.into(), Severity::Error, "active"),
        (
            |it| attribute(it, "emails[type eq \"work\"].value")["targetAttributeName"] = "x".into(),
            Severity::Error,
            "e-mail",
        ),
        (
            |it| {
                attribute(it, "emails[type eq \"work\"].value")["source"]["expression"] =
                    "[otherMails]".into()
            },
            Severity::Warning,
            "[otherMails]",
        ),
        (
            |it| attribute(it, "userName")["source"]["expression"] = "[userPrincipalName]".into(),
            Severity::Warning,
            "[userPrincipalName]",
        ),
        (
            |it| attribute(it, "name.formatted")["targetAttributeName"] = "x".into(),
            Severity::Warning,
            "name.formatted",
        ),
        (
            |it| attribute(it, "active")["source"]["expression"] = "[accountEnabled]".into(),
            Severity::Warning,
            "[accountEnabled]",
        ),
        (
            |it| it["synchronizationRules"][0]["objectMappings"][0]["enabled"] = true.into(),
            Severity::Info,
            "groups",
        ),
        (
            |it| it["directories"][0]["objects"][0]["attributes"][1]["required"] = false.into(),
            Severity::Info,
            "required",
        ),
    ];
    for (change, severity, words) in cases {
        let mut schema = documented();
        change(&mut schema);
        let found = found(&schema, None);
        let bad: Vec<_> = found.iter().filter(|(severity, _)| *severity != Severity::Good).collect();
        assert!(
            bad.iter().any(|(of, text)| *of == severity && text.contains(words) && !text.contains('{')),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn what_gitlab_searches_may_match_users() {
    for (target, id_source, priority, expected) in [
        ("id", "[objectId]", 1, Severity::Info),
        ("id", "[ObjectID] ", 1, Severity::Info),
        ("id", "[mail]", 1, Severity::Error),
        ("id", "[objectId]", 2, Severity::Error),
        ("userName", "[objectId]", 1, Severity::Error),
        ("emails[type eq \"work\"].value", "[mail]", 1, Severity::Error),
        ("displayName", "[displayName]", 3, Severity::Error),
    ] {
        let mut schema = documented();
        attribute(&mut schema, "externalId")["matchingPriority"] = 0.into();
        let all = users(&mut schema)["attributeMappings"].as_array_mut().unwrap();
        all.retain(|it| it["targetAttributeName"] != target);
        all.push(mapping(target, id_source, priority));
        let found = found(&schema, None);
        let worst = found.iter().map(|it| it.0).max().unwrap();
        assert_eq!(worst, expected, "{target} {id_source}: {found:?}");
        let of_target = found.iter().find(|it| it.1.starts_with(&format!("{target} matches users"))).unwrap();
        let is_searched = ["id", "userName"].contains(&target);
        assert_eq!(of_target.0 == Severity::Info, is_searched, "{target}: {found:?}");
    }
}

#[test]
fn the_field_of_the_name_id_must_be_that_of_external_id() {
    let differs = found(&documented(), Some("user.mail"));
    let said = |it: &(Severity, String)| {
        it.0 == Severity::Error && it.1.contains("[objectId]") && it.1.contains("user.mail")
    };
    assert!(differs.iter().any(said), "{differs:?}");
    let mut mail = documented();
    attribute(&mut mail, "externalId")["source"]["expression"] = "[mail]".into();
    assert!(found(&mail, Some("user.mail")).iter().all(|it| it.0 == Severity::Good));
}

#[test]
fn what_is_no_schema_is_told() {
    for (file, words) in
        [("", "JSON"), ("{\"synchronizationRules\": [", "JSON"), ("{}", "schema"), ("[1]", "schema")]
    {
        let problem = Schema::read(file).unwrap_err().to_string();
        assert!(problem.contains(words), "{file}: {problem}");
    }
    let nothing =
        Schema::read(r#"{"synchronizationRules": [{"objectMappings": [7, {"attributeMappings": "x"}]}]}"#)
            .unwrap();
    assert_eq!(nothing.check(None)[0].severity, Severity::Error);
}
