//! Lines of the shapes in gitlab-facts 6.1.

use super::*;
use crate::scim::records::PROBLEMS;
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
    let reads = |request: &Request| request.operations.iter().map(|it| it.is_read).collect::<Vec<_>>();
    assert_eq!((reads(&entra), reads(&okta)), (vec![true, false], vec![true, false]));
}

/// Without a path GitLab reads the first name alone, in the order of the text, which JSON writers choose.
#[test]
fn of_several_names_without_a_path_the_first_is_read() {
    let names = ["active", "externalId", "userName", "zip", "a"];
    for first in names {
        for second in names.iter().filter(|it| **it != first) {
            for space in ["", " ", "\n  "] {
                let value = format!("{{{space}\"{first}\"{space}:{space}\"1\",\"{second}\":\"2\"}}");
                let before =
                    r#"{"op":"Add","value":{"title":"x"}},{"op":"add","path":"zip","value":{"b":1}}"#;
                let line = format!(
                    r#"{{"method":"PATCH","path":"{USERS}/0a","status":204,"params":[{{"key":"Operations","value":[{before},{{"op":"add","value":{space}{value}}}]}}]}}"#
                )
                .replace('\n', " ");
                let request = only(&line);
                let read: Vec<&str> =
                    request.operations.iter().filter(|it| it.is_read).map(|it| it.path.as_str()).collect();
                assert_eq!(read, ["title", "zip", first], "{line}");
            }
        }
    }
}

#[test]
fn what_the_log_hides_is_neither_missing_nor_a_value() {
    let names = ["externalId", "userName", "emails", "name", "displayName"];
    for hidden in 0..1 << names.len() {
        let is_hidden = |at: usize| hidden >> at & 1 == 1;
        let value = |at: usize, value: Value| if is_hidden(at) { json!("[FILTERED]") } else { value };
        let user = json!({"externalId": value(0, json!("0a21")), "userName": value(1, json!("ada")),
            "emails": value(2, json!([{"type": "work", "value": "ada@example.com"}])),
            "name": value(3, json!({"formatted": "Ada Low"})), "displayName": value(4, json!("Ada")),
            "password": "[FILTERED]"});
        let request = only(&line("POST", USERS, 412, user));
        let named: Vec<&str> =
            names.iter().enumerate().filter(|(at, _)| is_hidden(*at)).map(|(_, name)| *name).collect();
        assert_eq!(request.hidden, named);
        let said = format!("{:?} {:?}", request.said(), request.remarks());
        assert!(!said.contains("FILTERED") && !said.contains("sent no"), "{said}");
        assert_eq!(said.contains("The log hides"), hidden != 0, "{said}");
    }
    // One value of many, all of them, and what stood behind the end of a line that GitLab cut off.
    let emails = json!({"externalId": "0a", "emails": [{"type": "work", "value": "[FILTERED]"}]});
    for (params, words) in [(emails, "emails"), (json!({"truncated": "..."}), "not shown")] {
        let said = format!("{:?}", only(&line("POST", USERS, 412, params)).remarks());
        assert!(said.contains(words) && !said.contains("no e-mail"), "{said}");
    }
    let all = format!(r#"{{"method":"POST","path":"{USERS}","status":412,"params":"[FILTERED]"}}"#);
    let said = format!("{:?} {:?}", only(&all).said(), only(&all).remarks());
    assert!(said.contains("The log hides") && !said.contains("sent no"), "{said}");
}

#[test]
fn what_happened_to_a_user_before_is_followed_in_the_order_of_time() {
    let one = format!("{USERS}/0A21");
    let change =
        |path: &str, value: &str| json!({"Operations": [{"op": "replace", "path": path, "value": value}]});
    let mut lines = [
        line("DELETE", &one, 204, json!({})),
        line("PATCH", &one.replace("0A", "0a"), 204, change("externalId", "0b")),
        line("PATCH", &one, 204, change("externalId", "0c")),
        line("PATCH", &one.replace("acme", "other"), 204, change("externalId", "0d")),
    ];
    for (second, line) in lines.iter_mut().enumerate() {
        *line = line.replace("17:20:17", &format!("17:20:1{second}"));
    }
    let expected = [None, Some(false), Some(true), None];
    let active = |file: &str| {
        ScimLog::read(file).requests.iter().map(|request| request.was_active).collect::<Vec<_>>()
    };
    assert_eq!(active(&lines.join("\n")), expected);
    lines.reverse();
    assert_eq!(active(&lines.join("\n")), expected.iter().rev().copied().collect::<Vec<_>>());
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
    let fields: Fields = serde_json::from_str(&creation()).unwrap();
    let prefixed: Fields =
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
    let damaged = ScimLog::read(&"{\n".repeat(1_000));
    assert_eq!((damaged.problems.len(), damaged.more_problems), (PROBLEMS, 1_000 - PROBLEMS));
    assert_eq!(ScimLog::read(""), ScimLog::default());
}

#[test]
fn what_is_not_asked_for_takes_no_room_and_what_does_not_fit_is_counted() {
    let line = |n: usize, group: &str| {
        let name = format!("{n:->300}");
        format!(
            "{{\"method\":\"POST\",\"path\":\"/api/scim/v2/groups/{group}/Users\",\"params\":[{{\"key\":\"userName\",\"value\":\"{name}\"}}]}}\n"
        )
    };
    let many = MOST / size_of::<Request>();
    let file: String = (0..many).map(|n| line(n, "acme")).chain([line(0, "last")]).collect();
    let all = ScimLog::read(&file);
    assert!(all.left_out() > 0 && all.requests.len() > many / 5, "{} {many}", all.requests.len());
    assert_eq!((all.count, all.requests.len() + all.left_out()), (many + 1, many + 1));
    let taken: usize = all.requests.iter().map(Request::size).sum();
    assert!((MOST..MOST + 10_000).contains(&taken), "{taken}");
    let last = ScimLog::of(Filters { group: Some("last"), ..Filters::default() }, &file);
    assert_eq!((last.requests.len(), last.left_out(), last.count), (1, 0, many + 1));
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
    let lines = |group, value| {
        let log = ScimLog::of(Filters { group, value, ..Filters::default() }, &file.join("\n"));
        assert_eq!(log.count, file.len());
        log.requests.iter().map(|request| request.line).collect::<Vec<_>>()
    };
    assert_eq!(lines(None, None), [1, 2, 3, 4]);
    assert_eq!(lines(Some("ACME"), None), [1, 3, 4]);
    assert_eq!(lines(None, Some("0a21")), [1, 2, 3]);
    assert_eq!(lines(Some("acme"), Some("ada@example.com")), [1]);
    assert_eq!(lines(None, Some("0c")), [4]);
    assert_eq!(lines(None, Some("0x")), [0; 0]);
}

/// Each request has its own first name, also where several stand on one line.
#[test]
fn of_several_requests_on_a_line_each_is_read_by_its_own_first_name() {
    let hit = |value: &str| {
        format!(
            r#"{{"method":"PATCH","path":"/api/scim/v2/groups/a/Users/1","status":204,"params":[{{"key":"Operations","value":[{{"op":"replace","value":{{{value}}}}}]}}]}}"#
        )
    };
    let (one, other) = (r#""emails":"x","active":false"#, r#""active":false,"emails":"x""#);
    for order in [[one, other, one, other], [other, one, one, other], [other, other, one, one]] {
        let log = ScimLog::read(&format!("{{\"hits\":[{}]}}", order.map(hit).join(",")));
        let read: Vec<_> = log
            .requests
            .iter()
            .map(|request| {
                let read = request.operations.iter().filter(|operation| operation.is_read);
                read.map(|operation| operation.path.as_str()).collect::<Vec<_>>().join(" ")
            })
            .collect();
        let expected = order.map(|value| if value == one { "emails" } else { "active" });
        assert_eq!(read, expected);
    }
}
