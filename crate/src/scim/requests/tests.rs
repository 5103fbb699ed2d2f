//! Lines of the shapes in gitlab-facts 6.1.

use super::*;
use serde_json::json;

fn line(method: &str, path: &str, status: u16, params: Value) -> String {
    let params: Vec<Value> =
        params.as_object().unwrap().iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
    json!({"time": "2026-11-21T17:20:17.452Z", "severity": "INFO", "duration_s": 0.1, "status": status,
        "method": method, "path": path, "params": params, "host": "gitlab.example.com", "ua": "Okta SCIM Client 1.0.0",
        "route": "/api/scim/:version/groups/:group/Users", "correlation_id": "01HX"})
    .to_string()
}

fn only(file: &str) -> Request {
    let mut log = ScimLog::read(file);
    assert_eq!((log.requests.len(), log.others, log.problems.len()), (1, 0, 0), "{log:?}");
    log.requests.remove(0)
}

const USERS: &str = "/api/scim/v2/groups/acme/Users";

fn creation() -> String {
    let user = json!({"externalId": "0a21", "userName": "ada", "active": true, "password": "[FILTERED]",
        "emails": [{"type": "home", "value": "home@example.com"}, {"primary": true, "type": "work", "value": "ada@example.com"}],
        "name": {"formatted": "Ada Low", "familyName": "Low", "givenName": ""}});
    line("POST", USERS, 201, user)
}

#[test]
fn a_creation_has_the_values_that_were_sent() {
    let request = only(&creation());
    assert_eq!((request.method.as_str(), request.status, request.line), ("POST", Some(201), 1));
    assert_eq!(
        (request.group.as_deref(), request.resource.as_str(), request.id.as_ref()),
        (Some("acme"), "Users", None)
    );
    assert_eq!(request.at.unwrap().day_and_time(), "2026-11-21 17:20:17 UTC");
    let user = request.user;
    assert_eq!(user.emails, ["ada@example.com", "home@example.com"]);
    assert_eq!((user.external_id.as_deref(), user.user_name.as_deref()), (Some("0a21"), Some("ada")));
    assert_eq!(
        (user.formatted.as_deref(), user.given_name.as_deref(), user.family_name.as_deref()),
        (Some("Ada Low"), Some(""), Some("Low"))
    );
    assert_eq!(user.display_name, None);
}

#[test]
fn changes_are_read_with_and_without_a_path() {
    let change = |operations: Value| {
        only(&line("PATCH", &format!("{USERS}/0a%2F21"), 204, json!({"Operations": operations})))
    };
    let entra = change(
        json!([{"op": "Replace", "path": "active", "value": "False"}, {"op": "Remove", "path": "title"}]),
    );
    assert_eq!(entra.id.as_deref(), Some("0a/21"));
    let pairs = |request: &Request| {
        request.operations.iter().map(|it| (it.path.clone(), it.value.clone())).collect::<Vec<_>>()
    };
    assert_eq!(pairs(&entra), [("active".into(), Some("False".into())), ("title".into(), None)]);
    let okta = change(json!([{"op": "replace", "value": {"active": false, "externalId": "00u1"}}]));
    assert_eq!(
        pairs(&okta),
        [("active".into(), Some("false".into())), ("externalId".into(), Some("00u1".into()))]
    );
}

#[test]
fn a_filter_says_by_what_a_user_is_looked_up() {
    let look = |filter: &str| only(&line("GET", USERS, 200, json!({"filter": filter})));
    assert_eq!(look("externalId eq \"0a21\"").looked_up(), Some(("externalId", "0a21")));
    assert_eq!(look("userName EQ \"a b\"").looked_up(), Some(("userName", "a b")));
    assert_eq!(look("externalId").looked_up(), None);
    assert_eq!(look("externalId co \"x\"").looked_up(), None);
}

#[test]
fn lines_from_kibana_say_the_same() {
    let plain = only(&creation());
    let fields: Map<String, Value> = serde_json::from_str(&creation()).unwrap();
    let prefixed: Map<String, Value> =
        fields.iter().map(|(name, value)| (format!("json.{name}"), value.clone())).collect();
    assert_eq!(only(&Value::Object(prefixed).to_string()), plain);
    assert_eq!(only(&json!({"_index": "x", "_source": {"json": fields}}).to_string()), plain);
    // A value that was written as text.
    let mut packed = fields.clone();
    for pair in packed["params"].as_array_mut().unwrap() {
        if !pair["value"].is_string() && !pair["value"].is_boolean() {
            pair["value"] = pair["value"].to_string().into();
        }
    }
    assert_eq!(only(&Value::Object(packed).to_string()), plain);
}

#[test]
fn damaged_and_other_lines_cost_nothing_else() {
    let file = format!(
        "\u{feff}{}\n\n{{\"time\": \n{}\n[1]\n{}\n{}",
        creation(),
        line("GET", "/api/v4/projects", 200, json!({})),
        line("GET", "/api/scim/v2/application/Users", 200, json!({})),
        line("GET", "/api/scim/v2/else/Users", 200, json!({})),
    );
    let log = ScimLog::read(&file);
    assert_eq!((log.requests.len(), log.others), (2, 3));
    assert_eq!((log.requests[0].group.as_deref(), log.requests[1].group.as_deref()), (Some("acme"), None));
    assert_eq!(log.requests[1].line, 6);
    let [problem] = &log.problems[..] else { panic!("{:?}", log.problems) };
    assert!(problem.to_string().contains("Line 3"), "{problem}");
    assert_eq!(ScimLog::read(&"{\n".repeat(1_000)).problems.len(), PROBLEMS);
    assert_eq!(ScimLog::read(""), ScimLog::default());
    let long = ScimLog::read(&"{\"path\":\"/api/scim/v2/application\"}\n".repeat(MOST + 2));
    assert_eq!((long.requests.len(), long.left_out), (MOST, 2));
}

#[test]
fn requests_are_found_by_group_and_by_any_value() {
    let file = [
        creation(),
        line(
            "PATCH",
            "/api/scim/v2/groups/other/Users/0b",
            204,
            json!({"Operations": [{"path": "externalId", "value": "0A21"}]}),
        ),
        line("GET", USERS, 200, json!({"filter": "externalId eq \"0a21\""})),
        line("DELETE", &format!("{USERS}/0c"), 404, json!({})),
    ];
    let log = ScimLog::read(&file.join("\n"));
    let lines = |group, value| log.find(group, value).map(|request| request.line).collect::<Vec<_>>();
    assert_eq!(lines(None, None), [1, 2, 3, 4]);
    assert_eq!(lines(Some("ACME"), None), [1, 3, 4]);
    assert_eq!(lines(None, Some("0a21")), [1, 2, 3]);
    assert_eq!(lines(Some("acme"), Some("ada@example.com")), [1]);
    assert_eq!(lines(None, Some("0c")), [4]);
    assert_eq!(lines(None, Some("0x")), [0; 0]);
}
