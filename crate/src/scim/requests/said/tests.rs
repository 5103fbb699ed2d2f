//! Requests of every method, status and scope, and what is said of each.

use super::*;
use crate::scim::{
    activation::{ACTIVATE, SWITCH_OFF},
    requests::{Operation, ScimLog, SentUser},
};

fn request(method: &str, status: u16, id: &str) -> Request {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Request {
        method: method.into(),
        status: Some(status),
        group: text("acme"),
        resource: "Users".into(),
        id: text(id),
        ..Request::default()
    }
}

fn changing(path: &str, value: &str) -> Request {
    changing_all(&[(path, value)])
}

fn changing_all(changes: &[(&str, &str)]) -> Request {
    let operation = |(path, value): &(&str, &str)| Operation {
        path: (*path).into(),
        value: Some((*value).into()),
        is_read: true,
    };
    Request { operations: changes.iter().map(operation).collect(), ..request("PATCH", 204, "0a21") }
}

fn ada() -> SentUser {
    SentUser {
        external_id: Some("0a21".into()),
        user_name: Some("ada".into()),
        emails: vec!["ada@example.com".into()],
        formatted: Some("Ada Low".into()),
        ..SentUser::default()
    }
}

#[test]
fn each_request_is_told_by_what_was_asked_and_answered() {
    let look =
        |status| Request { filter: Some("externalId eq \"0a21\"".into()), ..request("GET", status, "") };
    let creation = |status, user| Request { user, ..request("POST", status, "") };
    let without_email = SentUser { emails: Vec::new(), ..ada() };
    let without_name = SentUser { formatted: Some(" ".into()), ..ada() };
    let groups = Request { resource: "Groups".into(), ..request("POST", 404, "") };
    let config = Request { resource: "ServiceProviderConfig".into(), ..request("GET", 404, "") };
    for (request, severity, words) in [
        (request("GET", 401, ""), Severity::Error, "refused the SCIM token"),
        (request("PUT", 405, "0a21"), Severity::Error, "PUT"),
        (groups, Severity::Info, "groups"),
        (request("DELETE", 403, "0a21"), Severity::Error, "IP restriction"),
        (look(412), Severity::Error, "does not search"),
        (look(200), Severity::Neutral, "externalId “0a21”"),
        (request("GET", 200, "0a21"), Severity::Neutral, "read"),
        (creation(201, ada()), Severity::Good, "userName “ada”, emails “ada@example.com”"),
        (creation(409, ada()), Severity::Error, "does not give them this identifier"),
        (creation(412, without_email), Severity::Error, "emails"),
        (creation(412, without_name), Severity::Error, "no first or last name"),
        (creation(412, ada()), Severity::Error, "not linked"),
        (request("PATCH", 404, "0a21"), Severity::Error, "“0a21”"),
        (request("GET", 404, ""), Severity::Error, "does not lead to a group"),
        (request("DELETE", 204, "0a21"), Severity::Info, "The account stays"),
        (changing("externalId", "0b"), Severity::Warning, "from “0a21” to “0b”"),
        (changing("active", "False"), Severity::Info, "since GitLab 16.4, its SAML identity stay"),
        (changing("active", "no"), Severity::Info, "changed nothing"),
        (changing("active", "true"), Severity::Good, "app activated the user"),
        (changing("userName", "x"), Severity::Info, "changed nothing"),
        (request("PATCH", 412, "0a21"), Severity::Error, "last owner"),
        (request("POST", 500, ""), Severity::Error, "500"),
        (request("POST", 500, ""), Severity::Error, "exceptions_json.log"),
        (request("GET", 403, ""), Severity::Error, "IP restriction"),
        (request("GET", 429, ""), Severity::Warning, "rate limit"),
        (request("GET", 502, ""), Severity::Error, "did not answer"),
        (request("DELETE", 412, "0a21"), Severity::Error, "last owner"),
        (config, Severity::Info, "offers no ServiceProviderConfig"),
        (request("POST", 418, ""), Severity::Warning, "418"),
    ] {
        let said = request.said();
        assert_eq!(said.severity, severity, "{request:?}: {said:?}");
        assert!(said.text.contains(words) && !said.text.contains('{'), "{words}: {said:?}");
    }
}

/// By the rules of gitlab-facts 3.7, and not by the table.
#[test]
fn of_several_changes_that_is_told_which_gitlab_makes() {
    const CHANGES: [(&str, &str); 7] = [
        ("active", "False"),
        ("active", "true"),
        ("externalId", "new-1"),
        ("id", "new-2"),
        ("userName", "x"),
        ("emails[type eq \"work\"].value", "x@example.com"),
        ("name.formatted", "Ada New"),
    ];
    let mut tried = 0;
    for count in 1..=3 {
        for number in 0..CHANGES.len().pow(count) {
            let at = |place: u32| CHANGES[number / CHANGES.len().pow(place) % CHANGES.len()];
            let changes: Vec<(&str, &str)> = (0..count).map(at).collect();
            let last = |names: &[&str]| changes.iter().rev().find(|it| names.contains(&it.0)).map(|it| it.1);
            for was_active in [None, Some(true), Some(false)] {
                let request = Request { was_active, ..changing_all(&changes) };
                let said = request.said().text;
                let words = match (last(&["active"]), was_active, last(&["externalId", "id"])) {
                    (Some("False"), ..) => "deactivated the user".to_owned(),
                    (_, Some(false), _) => "activated the user".to_owned(),
                    (.., Some(new)) => format!("from “0a21” to “{new}”"),
                    (Some(_), ..) => "activated the user".to_owned(),
                    _ => "changed nothing".to_owned(),
                };
                assert!(said.contains(&words), "{changes:?} {was_active:?}: {said}");
                let remarks: String = request.remarks().into_iter().map(|it| it.text + "\n").collect();
                for name in ["userName", "name.formatted", "emails[type eq \"work\"].value"] {
                    let is_sent = changes.iter().any(|it| it.0 == name);
                    assert_eq!(remarks.contains(name), is_sent, "{changes:?}: {remarks}");
                }
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 3 * (7 + 49 + 343));
}

#[test]
fn what_is_removed_or_not_read_changes_nothing() {
    let mut request = changing_all(&[("externalId", "new"), ("active", "False")]);
    request.operations.iter_mut().for_each(|operation| operation.is_read = false);
    assert!(request.said().text.contains("changed nothing"), "{request:?}");
    assert!(request.remarks().iter().any(|it| it.text.contains("externalId, active")), "{request:?}");
}

#[test]
fn every_refusal_names_the_person_the_group_and_what_to_do() {
    for instance in [false, true] {
        for method in ["GET", "POST", "PATCH", "DELETE", "PUT"] {
            for status in [401, 403, 404, 405, 409, 412, 429, 500, 502, 503] {
                let of_user = Request { user: ada(), ..request(method, status, "") };
                let request = match method {
                    "POST" => of_user,
                    "GET" => Request {
                        filter: Some("externalId eq \"0a21\"".into()),
                        ..request(method, status, "")
                    },
                    _ => request(method, status, "0a21"),
                };
                let request = Request { group: request.group.filter(|_| !instance), ..request };
                let said = request.said();
                assert!(said.severity >= Severity::Warning, "{request:?}: {said:?}");
                let remarks: String = request.remarks().into_iter().map(|it| it.text + "\n").collect();
                assert!(remarks.contains("0a21"), "{request:?}: {remarks}");
                assert_eq!(remarks.contains("“acme”"), !instance, "{request:?}: {remarks}");
                assert!(
                    !request.steps().is_empty() || said.text.contains(&format!("GitLab answered {status}")),
                    "{request:?}"
                );
            }
        }
    }
}

#[test]
fn a_user_whose_removal_is_refused_is_switched_off_by_a_command() {
    let mut off = changing("active", "False");
    (off.status, off.id) = (Some(403), Some("0a/21; 'x'".into()));
    for request in [off, request("DELETE", 403, "0a/21; 'x'")] {
        let steps = request.steps();
        let command = steps.iter().find(|step| step.text.contains("curl")).unwrap();
        assert!(command.text.contains("/Users/0a%2F21%3B%20%27x%27\""), "{command:?}");
        assert!(command.text.contains(SWITCH_OFF), "{command:?}");
    }
    assert!(!request("GET", 403, "0a21").steps().iter().any(|step| step.text.contains("curl")));
    // What cannot stand in an address gives none.
    assert!(!request("DELETE", 403, "..").steps().iter().any(|step| step.text.contains("curl")));
}

#[test]
fn a_user_whose_activation_is_refused_is_looked_at_and_activated_by_commands() {
    for (attribute, value, was_active, is_on) in [
        ("active", "True", None, true),
        ("active", "true", Some(false), true),
        // GitLab activates what is inactive, whatever is sent.
        ("userName", "ada", Some(false), true),
        ("externalId", "new", Some(false), true),
        ("externalId", "new", None, false),
        ("userName", "ada", Some(true), false),
    ] {
        for status in [403, 204, 404] {
            let mut request = changing(attribute, value);
            (request.status, request.id, request.was_active) =
                (Some(status), Some("0a21".into()), was_active);
            let steps: String = request.steps().into_iter().map(|step| step.text + "\n").collect();
            let is_given = is_on && status == 403;
            for command in ["curl --request GET", ACTIVATE, "\"$SCIM_ENDPOINT/Users/0a21\""] {
                assert_eq!(steps.contains(command), is_given, "{attribute} {status}: {steps}");
            }
            assert!(!steps.contains(SWITCH_OFF), "{steps}");
        }
    }
}

#[test]
fn what_gitlab_does_not_offer_is_named_as_that() {
    let of = |method: &str, status, resource: &str, group: Option<&str>| Request {
        resource: resource.into(),
        group: group.map(str::to_owned),
        name: Some("engineering".into()),
        ..request(method, status, "")
    };
    for resource in ["ServiceProviderConfig", "Schemas", "ResourceTypes", "Me", "Bulk"] {
        for group in [None, Some("acme")] {
            let said = of("GET", 404, resource, group).said();
            assert!(said.text.contains("no ") && said.text.contains(resource), "{said:?}");
        }
    }
    let on_gitlab_com = Request { host: Some("GitLab.com".into()), ..of("GET", 404, "Users", None) };
    assert!(on_gitlab_com.said().text.contains("GitLab.com has no SCIM"), "{on_gitlab_com:?}");
    assert!(of("POST", 404, "Groups", None).said().text.contains("“engineering”"));
    assert!(of("POST", 201, "Groups", None).said().text.contains("took the group “engineering”"));
    let id = |id: &str| Request {
        user: SentUser { external_id: Some(id.to_owned()), ..SentUser::default() },
        ..of("POST", 412, "Groups", None)
    };
    let uuid = "0A21f0f2-8d2a-4f8e-bf98-7363c4aed4ef";
    assert!(id(uuid).said().text.contains("No SAML group link has the name “engineering”"));
    for other in ["scim-group-123", "", &uuid[1..], &uuid.replace('A', "G"), &format!("{uuid}-")] {
        assert!(id(other).said().text.contains("not a UUID"), "{other}");
        assert!(id(other).remarks().iter().any(|it| it.text.contains(other)), "{other}");
        assert!(!id(other).steps().is_empty(), "{other}");
    }
    let search = Request { filter: Some("id eq \"1\"".into()), ..of("GET", 412, "Groups", None) };
    assert!(search.said().text.contains("searches only displayName"), "{search:?}");
    assert!(of("POST", 404, "Groups", Some("acme")).said().text.contains("only users"));
    let dotted = Request { has_dot: true, ..of("GET", 404, "Users", Some("my.group")) };
    assert!(dotted.remarks().iter().any(|it| it.text.contains("%2E")), "{dotted:?}");
}

#[test]
fn a_filter_that_gitlab_reads_otherwise_is_told() {
    let remarks =
        |filter: &str| Request { filter: Some(filter.into()), ..request("GET", 200, "") }.remarks().len();
    assert_eq!(remarks("externalId eq \"0a21\""), 0);
    assert_eq!(remarks("externalId eq \"Ada Low@example.com\""), 1);
    assert_eq!(remarks("externalId EQ \"0a21\""), 1);
    assert_eq!(remarks("externalId co \"a b\""), 2);
}

#[test]
fn values_that_make_no_good_account_are_told() {
    let remarks = |user| Request { user, ..request("POST", 201, "") }.remarks().len();
    assert_eq!(remarks(ada()), 0);
    assert_eq!(remarks(SentUser { user_name: Some("ada low".into()), ..ada() }), 1);
    assert_eq!(remarks(SentUser { emails: vec!["ada".into()], ..ada() }), 1);
    assert_eq!(remarks(SentUser { display_name: Some(String::new()), ..ada() }), 1);
    let all =
        Request { user: SentUser { user_name: Some(String::new()), ..ada() }, ..request("PATCH", 204, "x") };
    assert!(all.remarks().is_empty(), "of creations alone");
}

#[test]
fn a_log_is_told_request_by_request() {
    let file = r#"{"status":409,"method":"POST","path":"/api/scim/v2/groups/acme/Users","params":[]}"#;
    let log = ScimLog::read(file);
    assert_eq!(log.requests[0].said().severity, Severity::Error);
}

#[test]
fn the_documentation_is_that_of_the_group_or_of_the_whole_gitlab() {
    let leads_to = |request: &Request, page| {
        let steps = request.steps();
        assert_eq!(steps.first().and_then(|step| step.link.as_deref()), Some(page), "{steps:#?}");
    };
    let of_group = request("GET", 401, "");
    leads_to(&of_group, docs::SCIM);
    leads_to(&Request { group: None, ..of_group }, docs::SCIM_OF_INSTANCE);
}
