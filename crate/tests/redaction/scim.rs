//! The output of `samlight scim` of a log, a schema, an address or a message: the values of the user that it
//! is about, and nothing else; and of a value no part that is a credential.
//!
//! Unlike a file that is shared, this is for the person's own eyes. So some places are shown ([`is_shown`]).
//! All others, and whatever a later version logs beside them, are not.

use super::planted::{Planted, assert_nothing_planted, places, ways};
use samlight::{
    scim::evidence::{self, Asked},
    view::print::terminal,
};
use serde_json::{Value, json};

const USERS: &str = "/api/scim/v2/groups/acme/Users";

/// A line with a value in each place that GitLab logs, and in some that it does not.
fn line(method: &str, path: &str, status: u16, params: Value) -> Value {
    let mut line = json!({"time": "2026-11-21T17:20:17.452Z", "severity": "INFO", "duration_s": 0.1, "status": status,
        "method": method, "path": path, "params": params, "host": "gitlab.example.com", "remote_ip": "192.0.2.1",
        "ua": "Okta SCIM Client 1.0.0", "route": "/api/scim/:version/groups/:group/Users", "username": "ada",
        "correlation_id": "01HX", "meta.caller_id": "POST /api/scim", "token_type": "ScimOauthAccessToken",
        "headers": {"Authorization": "Bearer later", "Cookie": ["later"]}, "exception.message": "later"});
    line["params"].as_array_mut().unwrap().extend([
        json!({"key": "password", "value": "later"}),
        json!({"key": "token", "value": "later"}),
        json!({"key": "nickName", "value": "later"}),
        json!({"key": "schemas", "value": ["urn:ietf:params:scim:schemas:core:2.0:User"]}),
    ]);
    line
}

/// Requests of every kind that is told apart.
fn lines() -> Vec<Value> {
    let user = json!([{"key": "externalId", "value": "0a21"}, {"key": "userName", "value": "ada low"},
        {"key": "emails", "value": [{"type": "work", "primary": "true", "value": "ada"}, {"type": "home", "value": "home@example.com"}]},
        {"key": "name", "value": {"formatted": "Ada Low", "familyName": "Low", "givenName": "Ada", "middleName": "later"}},
        {"key": "displayName", "value": "Ada"}]);
    let operations = |operations: Value| json!([{"key": "Operations", "value": operations}]);
    let one = format!("{USERS}/0a21");
    let mut all: Vec<Value> =
        [201, 412].into_iter().map(|status| line("POST", USERS, status, user.clone())).collect();
    let filter = json!([{"key": "filter", "value": "externalId eq \"0a21\""}]);
    all.extend([200, 412].map(|status| line("GET", USERS, status, filter.clone())));
    for status in [204, 404] {
        all.push(line("DELETE", &one, status, json!([])));
        for changes in [
            json!([{"op": "Replace", "path": "externalId", "value": "0b"}, {"op": "Add", "path": "title", "value": "later"}]),
            json!([{"op": "Replace", "path": "active", "value": "False"}]),
            json!([{"op": "Replace", "value": {"displayName": "later", "id": "0b"}}]),
            json!([{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "later"}]),
        ] {
            all.push(line("PATCH", &one, status, operations(changes)));
        }
    }
    all.push(line("GET", "/api/scim/v2/application/Users/0a21", 200, json!([])));
    all.push(line("POST", "/api/scim/v2/groups/acme/Groups", 404, json!([])));
    all.push(line("GET", "/api/scim/v2/groups/acme/Schemas", 500, json!([])));
    all
}

/// Whether what stands at `place` of a line is told to the person who asks.
fn is_shown(line: &Value, place: &str) -> bool {
    let segments: Vec<&str> = place.split('/').skip(1).collect();
    // Its end is the identifier of the user; its parts are planted one by one.
    if segments == ["path"] {
        return true;
    }
    let ["params", n, below @ ..] = segments.as_slice() else { return false };
    let parameter = &line["params"][n.parse::<usize>().unwrap()];
    match (parameter["key"].as_str().unwrap(), below) {
        ("externalId" | "userName" | "displayName" | "filter", ["value"])
        | ("emails", ["value", _, "value"])
        | ("name", ["value", "formatted"]) => true,
        ("Operations", ["value", n, "value", rest @ ..]) => {
            let path = parameter["value"][n.parse::<usize>().unwrap()]["path"].as_str();
            let path = path.or(rest.first().copied());
            path.is_some_and(|path| ["id", "externalId"].contains(&path))
        }
        _ => false,
    }
}

/// Ways to plant a value that must not be seen in a text that is shown.
fn hidden_ways(planted: &mut Planted) -> Vec<String> {
    let mut p = || planted.plant();
    vec![
        format!("https://{}:{}@idp.example.com/sso?token={}#{}", p(), p(), p(), p()),
        format!("see “https://gitlab.com/x?private_token={}”", p()),
        format!("/users/sign_in?t={}", p()),
        format!("glpat-{}", p()),
        format!("{}{}", "A".repeat(300), p()),
    ]
}

fn looked_for(content: &str) -> usize {
    let asked = [
        Asked::default(),
        Asked { name_id: Some("user.mail".into()), ..Asked::default() },
        Asked { endpoint: Some("https://gitlab.com/api/scim/v2/groups/acme".into()), ..Asked::default() },
    ];
    for asked in &asked {
        let statements = evidence::read(content, asked);
        for statement in &statements {
            assert_nothing_planted("what is printed", &terminal::render_statement(statement));
            assert_nothing_planted("what is printed as JSON", &serde_json::to_string(statement).unwrap());
        }
        assert_nothing_planted("debug", &format!("{statements:?}"));
    }
    asked.len()
}

/// Each of `documents` with a value planted in each text and as a name and value of its own in each object.
fn planted_documents(
    documents: &[Value],
    shown: fn(&Value, &str) -> bool,
    planted: &mut Planted,
    look: &mut dyn FnMut(&Value),
) {
    for document in documents {
        let mut found = Vec::new();
        places(document, "", &mut found);
        for place in &found {
            let text = document.pointer(place).unwrap().as_str().unwrap();
            let mut all = hidden_ways(planted);
            if !shown(document, place) {
                all.extend(ways(text, planted).into_iter().chain(ways("https://x", planted)));
            }
            for way in all {
                let mut changed = document.clone();
                *changed.pointer_mut(place).unwrap() = way.into();
                look(&changed);
            }
        }
        let mut objects: Vec<String> =
            found.iter().filter_map(|place| Some(place.rsplit_once('/')?.0.to_owned())).collect();
        objects.dedup();
        for place in objects {
            let mut changed = document.clone();
            if let Some(fields) = changed.pointer_mut(&place).and_then(Value::as_object_mut) {
                fields.insert(planted.plant(), json!(planted.plant()));
                look(&changed);
            }
        }
    }
}

#[test]
fn of_a_log_nothing_is_told_but_the_values_of_the_user() {
    let (mut planted, mut outputs) = (Planted(Vec::new()), 0);
    planted_documents(&lines(), is_shown, &mut planted, &mut |line| {
        outputs += looked_for(&line.to_string());
        // Kibana's ways to write the same.
        outputs += looked_for(&json!({"method": "x", "path": "x", "_source": {"json": line}}).to_string());
    });
    // Parts of the path, and a line that is cut off.
    for line in lines() {
        for path in [
            format!("/{}/api/scim/v2/groups/acme/Users/0a21", planted.plant()),
            // The group is named, and it is no credential.
            format!("/api/scim/v2/groups/glpat-{}/Users/0a21", planted.plant()),
            format!("/api/scim/v2/groups/{}%20x/Users/0a21", planted.plant()),
            format!("/api/scim/v2/groups/acme/{}/0a21", planted.plant()),
            format!("/api/scim/v2/groups/acme/Users/0a21/{}", planted.plant()),
            format!("/api/scim/v2/groups/acme/Users/glpat-{}", planted.plant()),
        ] {
            let mut changed = line.clone();
            changed["path"] = path.into();
            outputs += looked_for(&changed.to_string());
        }
        let mut changed = line.to_string().replace("later", &planted.plant());
        changed.truncate(changed.len() - 3);
        outputs += looked_for(&format!("{line}\n{changed}"));
    }
    assert!(planted.0.len() > 500 && outputs > 1_000, "{} {outputs}", planted.0.len());
}

#[test]
fn of_a_schema_an_address_and_a_message_no_credential_is_told() {
    let (mut planted, mut outputs) = (Planted(Vec::new()), 0);
    let mapping = |target: &str, expression: &str, priority: u64| {
        json!({"targetAttributeName": target, "matchingPriority": priority, "flowType": "Always", "defaultValue": "later",
            "source": {"expression": expression, "type": "Attribute", "name": "later", "parameters": ["later"]}})
    };
    let schema = json!({"id": "later", "synchronizationRules": [{"name": "later", "objectMappings": [{
        "name": "Provision Users", "enabled": true, "flowTypes": "Add, Update", "targetObjectName": "User",
        "attributeMappings": [mapping("externalId", "[objectId]", 2), mapping("emails[type eq \"work\"].value", "[mail]", 1),
            mapping("userName", "[a]", 0), mapping("name.formatted", "[b]", 0), mapping("active", "[c]", 0)]}]}],
        "directories": [{"name": "later", "objects": [{"name": "User", "attributes": [{"name": "externalId", "required": false}]}]}],
        "secretToken": "later"});
    // The names of the fields on both sides are what the person asks about.
    let shown =
        |_: &Value, place: &str| place.ends_with("/targetAttributeName") || place.ends_with("/expression");
    planted_documents(&[schema], shown, &mut planted, &mut |schema| {
        outputs += looked_for(&schema.to_string())
    });
    for place in ["a path", "a query", "a fragment", "a user", "a password", "behind"] {
        for of in ["groups/acme", "application", "groups/my.group"] {
            let (p, q) = (planted.plant(), planted.plant());
            let url = match place {
                "a path" => format!("https://gitlab.com/-/invites/{p}/api/v4/{of}"),
                "a query" => format!("https://gitlab.com/api/scim/v2/{of}?token={p}&{q}"),
                "a fragment" => format!("https://gitlab.com/api/scim/v2/{of}#{p}"),
                "a user" => format!("https://{p}@gitlab.com/api/scim/v2/{of}"),
                "a password" => format!("https://{q}:{p}@gitlab.com/api/scim/v2/{of}"),
                _ => format!("https://gitlab.com/api/scim/v2/{of}/Users/{p}"),
            };
            outputs += looked_for(&url);
            let asked = Asked { endpoint: Some(url), ..Asked::default() };
            let said = evidence::read("https://gitlab.com/api/scim/v2/groups/other", &asked);
            // The address that the person gave to compare with is theirs, but for its credentials.
            if !["a path", "behind"].contains(&place) {
                assert_nothing_planted("an address to compare with", &format!("{said:?}"));
            }
        }
    }
    let messages = [
        (
            "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],\"detail\":\"User has already been taken\",\"status\":409,\"later\":\"",
            "\"}",
        ),
        ("Email has already been taken ", " at https://gitlab.com"),
        ("The member's email address is not linked to a SAML account ", ""),
        ("401 Unauthorized: Bearer ", ""),
        ("Unsupported Filter ", " {\"detail\""),
        ("Error authenticating: null, see ", ""),
        ("You appear to have entered invalid credentials ", "."),
        ("Namespace can't be blank ", ""),
        ("Cannot remove last group owner ", ""),
        ("", "Everything went well"),
    ];
    for (before, behind) in messages {
        for way in ways("https://x", &mut planted).into_iter().chain(hidden_ways(&mut planted)) {
            outputs += looked_for(&format!("{before}{way}{behind}"));
        }
    }
    // What GitLab itself puts between these words is told.
    for (before, behind) in [
        ("Missing params: [", "]"),
        ("{\"detail\":\"Resource ", " not found\"}"),
        ("Failed to match an entry in the source and target systems Group '", "'"),
    ] {
        for way in hidden_ways(&mut planted) {
            outputs += looked_for(&format!("{before}{way}{behind}"));
        }
    }
    assert!(planted.0.len() > 500 && outputs > 500, "{} {outputs}", planted.0.len());
}
