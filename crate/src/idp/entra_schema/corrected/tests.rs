//! The documented schema with one fault after the other: each is mended, and the mended schema has none.

use super::*;
use crate::{
    base::severity::Severity,
    idp::{EXPORTS, entra_schema::tests::documented},
};

/// The faults that the check finds in a schema.
fn faults(schema: &Value, name_id: Option<&str>) -> Vec<(Severity, String)> {
    let said = (EXPORTS[0].check)(&schema.to_string(), name_id).unwrap();
    said.into_iter().filter(|it| it.severity > Severity::Info).map(|it| (it.severity, it.text)).collect()
}

fn users(schema: &mut Value) -> &mut Value {
    &mut schema["synchronizationRules"][0]["objectMappings"][1]
}

fn attribute<'a>(schema: &'a mut Value, target: &str) -> &'a mut Value {
    let all = users(schema)["attributeMappings"].as_array_mut().unwrap();
    all.iter_mut().find(|it| it["targetAttributeName"] == target).unwrap()
}

#[test]
fn the_documented_schema_is_left_as_it_is() {
    for name_id in [None, Some("user.objectid")] {
        let it = corrected(&documented().to_string(), name_id).unwrap();
        assert_eq!((it.schema, it.changes), (documented(), Vec::new()));
    }
}

#[test]
fn each_fault_is_mended_and_named_and_nothing_else_changes() {
    type Fault = fn(&mut Value);
    let faulty: [(Fault, Option<&str>, &str); 14] = [
        (|it| users(it)["enabled"] = false.into(), None, "users.enabled"),
        (|it| users(it)["flowTypes"] = "Add".into(), None, "users.flowTypes"),
        (
            |it| attribute(it, "externalId")["matchingPriority"] = 0.into(),
            None,
            "externalId.matchingPriority",
        ),
        (|it| attribute(it, "externalId")["flowType"] = "ObjectAddOnly".into(), None, "externalId.flowType"),
        (|it| attribute(it, "externalId")["defaultValue"] = "0".into(), None, "externalId.defaultValue"),
        (|it| attribute(it, "externalId")["source"] = Value::Null, None, "externalId.source"),
        (|it| attribute(it, "externalId")["source"]["type"] = "Constant".into(), None, "externalId.source"),
        (|_| {}, Some("user.mail"), "externalId.source"),
        (|it| attribute(it, "externalId")["targetAttributeName"] = "x".into(), None, "externalId"),
        (|it| attribute(it, EMAIL)["targetAttributeName"] = "x".into(), None, EMAIL),
        (
            |it| attribute(it, EMAIL)["defaultValue"] = "a@example.com".into(),
            None,
            "emails[type eq \"work\"].value.defaultValue",
        ),
        (
            |it| {
                attribute(it, "name.formatted")["source"]["expression"] =
                    "Join(\" \", [givenName], [surname])".into()
            },
            None,
            "name.formatted.source",
        ),
        (|it| attribute(it, "name.formatted")["targetAttributeName"] = "x".into(), None, "name.formatted"),
        (|it| attribute(it, "active")["matchingPriority"] = 2.into(), None, "active.matchingPriority"),
    ];
    for (fault, name_id, part) in faulty {
        let mut schema = documented();
        fault(&mut schema);
        let it = corrected(&schema.to_string(), name_id).unwrap();
        let parts: Vec<&str> = it.changes.iter().map(|change| change.part.as_str()).collect();
        // A mapping that was given another target still matches users with its precedence.
        let expected = if part == "externalId" { vec!["x.matchingPriority", part] } else { vec![part] };
        assert_eq!(parts, expected);
        assert_eq!(faults(&it.schema, name_id), [], "{part}");
        let change = it.changes.last().unwrap();
        assert_ne!(change.before.as_ref(), Some(&change.after));
        // Once is enough.
        assert_eq!(corrected(&it.schema.to_string(), name_id).unwrap().changes, []);
    }
    let mut groups = documented();
    groups["synchronizationRules"][0]["objectMappings"][0]["enabled"] = true.into();
    let it = corrected(&groups.to_string(), None).unwrap();
    assert_eq!(it.changes.iter().map(|it| it.part.as_str()).collect::<Vec<_>>(), ["groups.enabled"]);
    // A choice of somebody's is no fault: it is left.
    let mut chosen = documented();
    attribute(&mut chosen, "externalId")["source"]["expression"] = "[mail]".into();
    attribute(&mut chosen, "userName")["source"]["expression"] = "[userPrincipalName]".into();
    assert_eq!(corrected(&chosen.to_string(), None).unwrap().changes, []);
}

#[test]
fn what_is_no_schema_is_told() {
    for (content, key) in [
        ("{", "entra.no-json"),
        ("{}", "entra.no-schema"),
        ("{\"synchronizationRules\": []}", "entra.no-schema"),
        ("{\"synchronizationRules\": [1]}", "entra.no-users"),
        (
            "{\"synchronizationRules\": [{\"objectMappings\": [{\"attributeMappings\": 3}]}]}",
            "entra.no-users",
        ),
    ] {
        assert_eq!(corrected(content, None).unwrap_err().key(), key, "{content}");
    }
}
