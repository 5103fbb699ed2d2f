//! Lines of GitLab's other logs, in every wrapping, whole and cut, and what is said of them.

use super::super::{
    Statement,
    evidence::{self, Asked},
    records::tests::{LINES, WHOLE, joined},
};
use crate::base::severity::Severity;
use serde_json::{Value, json};

/// A line with what is said of it.
struct Case {
    called: &'static str,
    line: Value,
    says: &'static [&'static str],
    severity: Severity,
}

/// Values that must never be shown.
const SECRETS: [&str; 3] = ["glpat-PLANTEDsecret12345678", "PLANTEDRelay", "PLANTEDdiscovery"];

fn production(action: &str, status: u16, location: Option<&str>) -> Value {
    json!({"method": "POST", "path": "/groups/acme/-/saml/callback", "format": "html",
        "controller": "Groups::OmniauthCallbacksController", "action": action, "status": status,
        "location": location, "time": "2026-11-20T09:00:00.000Z",
        "params": [{"key": "SAMLResponse", "value": "[FILTERED]"}, {"key": "RelayState", "value": SECRETS[1]},
            {"key": "private_token", "value": SECRETS[0]}, {"key": "group_id", "value": "acme"}],
        "correlation_id": "01JDA", "username": "ada", "user_id": 48, "remote_ip": "203.0.113.5"})
}

fn auth(message: &str) -> Value {
    json!({"severity": "INFO", "time": "2026-11-20T09:00:00.000Z", "correlation_id": "01JDA", "message": message})
}

fn audit(name: Option<&str>, details: Value) -> Value {
    json!({"id": 2, "author_id": 48, "entity_id": 60, "entity_type": "Group", "event_name": name,
        "details": details, "created_at": "2026-11-20T09:00:00.000Z"})
}

fn exception(class: &str, message: &str) -> Value {
    json!({"severity": "ERROR", "time": "2026-11-20T09:00:00.000Z", "correlation_id": "01JDA",
        "exception.class": class, "exception.message": message, "exception.backtrace": ["app/a.rb:1", "lib/saml.rb:2"],
        "meta.caller_id": "Groups::OmniauthCallbacksController#group_saml", "user.username": "ada"})
}

fn case(called: &'static str, line: Value, severity: Severity, says: &'static [&'static str]) -> Case {
    Case { called, line, says, severity }
}

const HOST: &str = "https://gitlab.example.com";

fn production_cases() -> Vec<Case> {
    let leads = |path: &str| production("group_saml", 302, Some(&format!("{HOST}{path}")));
    let sso = format!("/groups/acme/-/saml/sso?token={}", SECRETS[2]);
    let of_path = |method: &str, path: &str| {
        let mut line = production("create", 302, None);
        (line["method"], line["path"], line["controller"]) = (method.into(), path.into(), "X".into());
        line
    };
    use Severity::{Error, Good, Info, Neutral, Warning};
    vec![
        case("accepted", leads("/acme/team"), Good, &["took the Response", "/acme/team"]),
        case("to the start page", leads("/"), Warning, &["start page", "could not be linked"]),
        case(
            "to the sign-in page",
            leads("/users/sign_in"),
            Error,
            &["did not sign the person in", "Authorize"],
        ),
        case("back to the group", leads(&sso), Error, &["back to the group's sign-in page"]),
        case("refused", production("failure", 302, None), Error, &["refused the Response", "auth_json.log"]),
        case("to its settings", leads("/groups/acme/-/saml"), Info, &["SAML settings page"]),
        case("asks to link", leads("/-/user_settings/identities/new?state=x"), Info, &["confirm"]),
        case("the account", leads("/-/profile/account"), Warning, &["account page"]),
        case("verifies", leads("/-/identity_verification"), Info, &["verify"]),
        case("to sign up", leads("/users/sign_up"), Error, &[]),
        case("a page", production("group_saml", 200, None), Info, &["second factor"]),
        case("not there", production("group_saml", 404, None), Error, &["404", "Settings, SAML SSO"]),
        case("not allowed", production("group_saml", 403, None), Error, &["403"]),
        case("422", production("group_saml", 422, None), Error, &["422"]),
        case("too many", production("group_saml", 429, None), Error, &["rate limit"]),
        case("500", production("group_saml", 500, None), Error, &["5xx", "exceptions_json.log"]),
        case("a token", of_path("POST", "/groups/acme/-/scim_oauth"), Warning, &["new SCIM token", "401"]),
        case(
            "settings",
            of_path("PATCH", "/groups/acme/-/saml"),
            Info,
            &["settings of the group were saved"],
        ),
        case("unlinked", of_path("DELETE", "/groups/acme/-/saml/unlink"), Warning, &["unlinked"]),
        case(
            "links",
            of_path("POST", "/groups/acme/-/saml_group_links"),
            Info,
            &["group links were changed"],
        ),
        case("began", of_path("GET", "/groups/acme/-/saml/sso"), Neutral, &["began a sign-in"]),
    ]
}

fn auth_cases() -> Vec<Case> {
    use Severity::{Error, Good, Info, Neutral};
    let response = |more: Value| {
        let mut line = auth("");
        line["payload_type"] = "saml_response".into();
        line["message"] = Value::Null;
        let mut response = json!({"issuer": ["https://idp.example.com/"], "name_id": "Id-1",
            "name_id_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "destination": null,
            "audiences": [format!("{HOST}/groups/acme")], "attributes": {"email": ["ada@example.com"], "name": ["Ada"]},
            "in_response_to": "_1", "success": true, "status_code": "Success", "assertion_encrypted": false});
        more.as_object().unwrap().iter().for_each(|(name, value)| response[name] = value.clone());
        line["saml_response"] = response;
        line
    };
    let mut unread = auth("");
    unread["payload_type"] = "saml_response".into();
    unread["error"] = "SAML Response must contain 1 assertion".into();
    let refused = |class: &str, reason: &str| {
        auth(&format!("(saml) Authentication failure! invalid_ticket: {class}, {reason}"))
    };
    vec![
        case(
            "a Response",
            response(json!({})),
            Info,
            &["“Id-1”", "https://idp.example.com/", "Audience", "ada@example.com"],
        ),
        case("no NameID", response(json!({"name_id": null})), Error, &["without a NameID"]),
        case(
            "encrypted",
            response(json!({"name_id": null, "assertion_encrypted": true})),
            Info,
            &["encrypted"],
        ),
        case(
            "no success",
            response(json!({"success": false, "status_code": "Responder", "status_message": "AuthnFailed"})),
            Error,
            &["did not confirm", "Responder", "AuthnFailed"],
        ),
        case("not read", unread, Error, &["could not read", "1 assertion"]),
        case(
            "fingerprint",
            refused("OneLogin::RubySaml::ValidationError", "Fingerprint mismatch"),
            Error,
            &["Fingerprint mismatch", "fingerprint in GitLab's settings"],
        ),
        case(
            "unknown reason",
            refused("X::Error", "Something new"),
            Error,
            &["Something new", "GitLab Support"],
        ),
        case(
            "saved",
            auth("(SAML) saving user ada@example.com from login with admin => false, extern_uid => Id-1"),
            Good,
            &["“Id-1”", "ada@example.com"],
        ),
        case(
            "not saved",
            auth("(SAML) Error saving user Id-1 (ada@example.com): [\"Email has already been taken\"]"),
            Error,
            &["Id-1", "ada@example.com", "Email has already been taken"],
        ),
        case(
            "blocked",
            auth("Failed login for blocked user: user=ada ip=203.0.113.5"),
            Error,
            &["“ada”", "blocked"],
        ),
        case("begun", auth("(saml) Callback phase initiated."), Neutral, &["began"]),
        case(
            "throttled",
            json!({"severity": "ERROR", "time": "2026-11-20T09:00:00.000Z", "correlation_id": "01JDA", "message": "Rack_Attack",
                "env": "throttle", "remote_ip": "203.0.113.5", "request_method": "POST", "path": "/users/auth/saml/callback"}),
            Error,
            &["rate limit", "203.0.113.5"],
        ),
    ]
}

fn audit_cases() -> Vec<Case> {
    use Severity::{Error, Good, Info, Warning};
    let details = |words: &str| {
        json!({"custom_message": words, "author_name": "Eve Roe", "author_email": "eve@example.com", "target_id": 48,
            "target_type": "User", "target_details": "Ada Low", "ip_address": "203.0.113.5", "entity_path": "acme"})
    };
    let named = |name: &'static str, words: &str| audit(Some(name), details(words));
    let told = |words: &str| audit(None, details(words));
    let with = |name: &str, value: &str| {
        let mut all = details("");
        all["custom_message"] = Value::Null;
        all[name] = value.into();
        audit(None, all)
    };
    vec![
        case(
            "signed in",
            named("authenticated_with_group_saml", "Signed in with GROUP_SAML authentication"),
            Good,
            &["signed in with SAML", "Ada Low", "203.0.113.5"],
        ),
        case(
            "signed in, no name",
            with("with", "group_saml"),
            Good,
            &["Signed in with GROUP SAML authentication"],
        ),
        case("failed", named("omniauth_login_failed", "SAML login failed"), Error, &["failed"]),
        case("failed, no name", with("failed_login", "saml"), Error, &["Failed to login with SAML"]),
        case(
            "another identifier",
            named("update_mismatched_group_saml_extern_uid", "Updated extern_uid from A-1 to B-2"),
            Warning,
            &["“A-1” to “B-2”"],
        ),
        case(
            "refused identifier",
            named("update_mismatched_group_saml_extern_uid", "Failed to update extern_uid from A-1 to B-2"),
            Error,
            &["“A-1”", "“B-2”", "refused"],
        ),
        case(
            "inactive",
            named(
                "inactive_scim_user_cannot_be_added",
                "User cannot be added to group due to inactive SCIM identity",
            ),
            Error,
            &["inactive", "404"],
        ),
        case(
            "provisioned",
            named("user_provisioned_by_scim", "User was provisioned by SCIM"),
            Good,
            &["SCIM provisioned"],
        ),
        case("set up", named("group_saml_provider_create", "SAML provider created"), Info, &["was set up"]),
        case(
            "settings",
            named("group_saml_provider_update", "SAML provider: enabled changed"),
            Warning,
            &["were changed"],
        ),
        case(
            "enforced",
            told("Changed enforced_sso from false to true"),
            Warning,
            &["enforces", "from false to true"],
        ),
        case("links", named("saml_group_links_created", "SAML group links created"), Info, &["group links"]),
        case(
            "addresses",
            named("ip_restrictions_changed", "IP restriction changed"),
            Warning,
            &["addresses must be allowed"],
        ),
        case(
            "removed",
            named("member_destroyed", "Membership destroyed"),
            Warning,
            &["removed from the group"],
        ),
        case("removed, no name", with("remove", "user_access"), Warning, &["removed from the group"]),
        case("added", named("member_created", "Membership created"), Info, &["added to the group"]),
        case("token", told("Created SCIM token"), Warning, &["new SCIM token"]),
        case("another", told("Something about SAML"), Info, &["Something about SAML"]),
    ]
}

fn exception_cases() -> Vec<Case> {
    use Severity::{Error, Warning};
    let class = |class: &str| exception(class, "x y");
    vec![
        case("a certificate", class("OpenSSL::X509::CertificateError"), Error, &["idp_cert"]),
        case("a key", class("OpenSSL::PKey::RSAError"), Error, &["key of GitLab"]),
        case("a token", class("ActionController::InvalidAuthenticityToken"), Error, &["callback URL"]),
        case("twice", class("ActiveRecord::RecordNotUnique"), Warning, &["at the same time"]),
        case("slow", class("Rack::Timeout::RequestTimeoutException"), Error, &["too long"]),
        case("no database", class("PG::ConnectionBad"), Error, &["own parts"]),
        case("no group", class("ActionController::RoutingError"), Error, &["404"]),
        case("an address", class("URI::InvalidURIError"), Error, &["single sign-on URL"]),
        case(
            "a refusal",
            exception("OneLogin::RubySaml::ValidationError", "Fingerprint mismatch"),
            Error,
            &["fingerprint in GitLab's settings"],
        ),
        case(
            "not valid",
            exception("ActiveRecord::RecordInvalid", "Validation failed: Color is odd"),
            Error,
            &["could not save", "Color is odd"],
        ),
        case("unknown", class("NoMethodError"), Error, &["not known", "NoMethodError", "GitLab Support"]),
    ]
}

fn all_cases() -> Vec<Case> {
    let kinds = [production_cases(), auth_cases(), audit_cases(), exception_cases()];
    kinds.into_iter().flatten().collect()
}

fn read(text: &str) -> Vec<Statement> {
    evidence::read(text, &Asked::default())
}

fn asked(group: Option<&str>, value: Option<&str>) -> Asked {
    Asked { group: group.map(str::to_owned), value: value.map(str::to_owned), ..Asked::default() }
}

/// The statements without the places, which the wrapping decides.
fn placeless(text: &str) -> String {
    let mut said: Vec<String> = read(text).iter().map(|it| serde_json::to_string(it).unwrap()).collect();
    for statement in &mut said {
        if let Some((before, rest)) = statement.clone().split_once("(line ") {
            *statement = format!("{before}{}", rest.split_once(')').unwrap().1);
        }
    }
    said.join("\n")
}

/// Each line with an identifier of its own, so that none is told with another.
fn apart(mut line: Value, at: usize) -> Value {
    line["correlation_id"] = format!("01JD{at}").into();
    line
}

#[test]
fn each_line_says_what_happened_to_whom_and_what_to_do() {
    for it in all_cases() {
        let statements = read(&it.line.to_string());
        let [sum, said] = &statements[..] else { panic!("{}: {statements:#?}", it.called) };
        assert!(sum.sentences[0].text.contains("1 of 1"), "{}: {sum:?}", it.called);
        let text = format!("{said:?}");
        assert_eq!(said.sentences[0].severity, it.severity, "{}: {text}", it.called);
        for words in it.says {
            assert!(text.contains(words), "{}: {words}: {text}", it.called);
        }
        let heading = said.heading.clone().unwrap();
        assert!(
            heading.starts_with("2026-11-20 09:00:00 UTC  ") && heading.ends_with("(line 1)"),
            "{heading}"
        );
        assert!(it.severity < Severity::Error || !said.steps.is_empty(), "{}: {text}", it.called);
        for secret in SECRETS {
            assert!(!text.contains(secret), "{}: {secret}: {text}", it.called);
        }
    }
}

#[test]
fn each_line_says_the_same_in_every_wrapping() {
    for (at, it) in all_cases().into_iter().enumerate() {
        let lines = [apart(it.line.clone(), at), apart(it.line, 1_000 + at)];
        let plain = placeless(&joined("", &lines, |it| it.to_string()));
        assert!(plain.contains("2 of 2"), "{}: {plain}", it.called);
        let each = LINES.iter().map(|(name, one)| (*name, joined("", &lines, *one)));
        let whole = WHOLE.iter().map(|(name, whole)| (*name, whole(&lines)));
        for (name, text) in each.chain(whole) {
            assert_eq!(placeless(&text), plain, "{}, {name}:\n{text}", it.called);
        }
    }
}

#[test]
fn each_field_can_be_absent() {
    for it in all_cases() {
        let names: Vec<String> = it.line.as_object().unwrap().keys().cloned().collect();
        for name in names {
            let mut line = it.line.clone();
            line.as_object_mut().unwrap().remove(&name);
            let statements = read(&line.to_string());
            let told = statements.get(1);
            let is_needed = ["method", "path", "message", "payload_type", "entity_type", "exception.class"];
            let is_needed = is_needed.contains(&name.as_str()) || name == "author_id" || name == "details";
            assert!(told.is_some() || is_needed, "{} without {name}: {statements:?}", it.called);
            let Some(told) = told else { continue };
            let heading = told.heading.as_deref().unwrap_or_default();
            if ["time", "created_at"].contains(&name.as_str()) {
                assert!(heading.starts_with("time not known  "), "{}: {heading}", it.called);
            }
        }
    }
}

#[test]
fn a_text_that_is_cut_at_either_end_keeps_what_is_whole() {
    let few = |cases: Vec<Case>| cases.into_iter().take(2);
    let kinds = [production_cases(), auth_cases(), audit_cases(), exception_cases()];
    for (at, it) in kinds.into_iter().flat_map(few).enumerate() {
        let lines: Vec<Value> = (0..4).map(|n| apart(it.line.clone(), at * 10 + n)).collect();
        for (name, one) in LINES {
            let text = joined("", &lines, one);
            let third = text.len() / 4;
            for at in (0..third).step_by(131).filter(|at| text.is_char_boundary(*at)) {
                let end = text.floor_char_boundary(text.len() - at);
                for cut in [&text[at..], &text[..end]] {
                    let said = format!("{:?}", read(cut));
                    assert!(
                        ["3 of 3", "4 of 4"].iter().any(|sum| said.contains(sum)),
                        "{}, {name}, {at}: {said}",
                        it.called
                    );
                }
            }
        }
    }
}

#[test]
fn lines_of_one_request_are_told_together_in_the_order_of_time() {
    let at = |mut line: Value, second: usize| {
        line["time"] = format!("2026-11-20T09:00:{second:02}.000Z").into();
        line
    };
    let lines = [
        at(exception("NoMethodError", "undefined method"), 2),
        at(production("group_saml", 500, None), 3),
        at(auth("(saml) Callback phase initiated."), 1),
        at(apart(production("failure", 302, None), 7), 4),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let text: String = order.iter().map(|at| lines[*at].to_string() + "\n").collect();
        let statements = read(&text);
        assert_eq!(statements.len(), 3, "{statements:#?}");
        let one = statements.iter().find(|it| format!("{it:?}").contains("NoMethodError")).unwrap();
        let texts: Vec<&str> = one.sentences.iter().map(|it| it.text.as_str()).collect();
        let place = |words: &str| texts.iter().position(|text| text.contains(words)).unwrap();
        assert!(
            place("began") < place("NoMethodError") && place("NoMethodError") < place("5xx"),
            "{texts:#?}"
        );
        let all = texts.join(" ");
        assert!(
            all.contains("“ada”") && all.contains("01JDA") && !all.contains("No line of the request"),
            "{all}"
        );
        assert!(
            one.heading.as_deref().unwrap().starts_with("2026-11-20 09:00:01 UTC  auth_json.log"),
            "{one:?}"
        );
        assert!(statements[0].sentences[0].text.contains("production_json.log 2"), "{statements:#?}");
    }
    let alone = read(&exception("NoMethodError", "x y").to_string());
    assert!(format!("{alone:?}").contains("No line of the request"), "{alone:#?}");
}

#[test]
fn an_exception_stands_beside_the_request_of_scim_that_failed() {
    let request = json!({"time": "2026-11-20T09:00:00.000Z", "severity": "INFO", "status": 500, "method": "POST",
        "path": "/api/scim/v2/groups/acme/Users", "params": [{"key": "externalId", "value": "Id-1"}], "correlation_id": "01JDA"});
    let mut failed = exception("PG::ConnectionBad", "no connection");
    failed["meta.caller_id"] = "POST /api/scim/:version/groups/:group/Users".into();
    let mut other = exception("NoMethodError", "in a project");
    other["correlation_id"] = "01JDB".into();
    other["exception.backtrace"] = json!(["app/a.rb:1"]);
    other["meta.caller_id"] = "ProjectsController#show".into();
    for lines in [[&request, &failed, &other], [&other, &failed, &request]] {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let statements = read(&text);
        let [sum, told, others] = &statements[..] else { panic!("{statements:#?}") };
        assert!(sum.sentences[0].text.contains("1 of 1 SCIM requests"), "{sum:?}");
        let said = format!("{told:?}");
        assert!(said.contains("PG::ConnectionBad") && said.contains("own parts"), "{said}");
        assert!(said.contains("externalId") || said.contains("Id-1"), "{said}");
        assert!(others.sentences[0].text.contains("exceptions_json.log 1"), "{others:?}");
    }
    let mut own = request.clone();
    own["exception.class"] = "ActiveRecord::RecordNotUnique".into();
    own["exception.message"] = "PG::UniqueViolation".into();
    let said = format!("{:?}", read(&own.to_string()));
    assert!(said.contains("at the same time") && said.contains("(500)"), "{said}");
}

#[test]
fn filters_find_by_group_and_person_whatever_the_kind_and_say_what_they_cannot_ask() {
    for it in all_cases() {
        let text = it.line.to_string();
        let of = |group, value| format!("{:?}", evidence::read(&text, &asked(group, value)));
        let nobody = of(None, Some("nobody"));
        assert!(nobody.contains("0 of 1"), "{}: {nobody}", it.called);
        let has_group = text.contains("acme") && !text.contains("saml_response");
        let (right, wrong) = (of(Some("ACME"), None), of(Some("other"), None));
        assert!(wrong.contains("0 of 1"), "{}: {wrong}", it.called);
        match has_group {
            true => assert!(
                right.contains("1 of 1") && !wrong.contains("name no group"),
                "{}: {right}",
                it.called
            ),
            false => assert!(right.contains("1 lines name no group"), "{}: {right}", it.called),
        }
    }
    // A line that names nobody belongs to the person whom another line of its request names.
    let text =
        format!("{}\n{}\n", auth("(saml) Callback phase initiated."), production("failure", 302, None));
    for (group, value) in [(Some("acme"), None), (None, Some("ADA")), (Some("acme"), Some("ada"))] {
        let said = format!("{:?}", evidence::read(&text, &asked(group, value)));
        assert!(said.contains("2 of 2") && said.contains("began"), "{group:?} {value:?}: {said}");
    }
}

#[test]
fn what_happens_again_and_again_is_told_once_with_a_count_and_a_span() {
    let text: String = (0..30)
        .map(|n| {
            let mut line = apart(production("failure", 302, None), n);
            line["time"] = format!("2026-11-20T09:00:{:02}.000Z", 59 - n).into();
            format!("{line}\n")
        })
        .collect();
    let statements = read(&text);
    assert_eq!(statements.len(), 2, "{statements:#?}");
    let said = format!("{:?}", statements[1]);
    assert!(said.contains("30 times") && said.contains("09:00:30 UTC to 2026-11-20 09:00:59"), "{said}");
}

#[test]
fn gitlabs_own_export_of_audit_events_is_read() {
    let file = "ID,Author ID,Author Name,Author Email,Entity ID,Entity Type,Entity Path,Target ID,Target Type,Target Details,Action,IP Address,Created At (UTC)\n\
        1,48,Ada Low,ada@example.com,60,Group,acme,48,User,Ada Low,Signed in with GROUP_SAML authentication,203.0.113.5,2026-11-20T09:00:00Z\n\
        2,48,Ada Low,ada@example.com,48,User,ada,48,User,Ada Low,Failed to update extern_uid from A-1 to B-2,203.0.113.5,2026-11-20T09:00:01Z\n\
        3,48,Ada Low,ada@example.com,60,Group,acme,9,Project,team,Changed visibility from Private to Public,203.0.113.5,2026-11-20T09:00:02Z\n";
    let statements = read(file);
    let [sum, first, second] = &statements[..] else { panic!("{statements:#?}") };
    assert!(sum.sentences[0].text.contains("2 of 2"), "{sum:?}");
    assert!(
        format!("{first:?}").contains("2026-11-20 09:00:00 UTC") && format!("{second:?}").contains("“A-1”")
    );
    let one = evidence::read(file, &asked(Some("acme"), None));
    assert!(format!("{one:?}").contains("1 of 2"), "{one:#?}");
}

#[test]
fn times_without_a_zone_are_told_and_times_that_cannot_be_read_are_not_dropped() {
    for (time, heading, has_note) in [
        (json!("Nov 20, 2026 @ 09:00:00.000"), "2026-11-20 09:00:00 UTC  ", true),
        (json!("2026-11-20 09:00:00 UTC"), "2026-11-20 09:00:00 UTC  ", false),
        (json!(1_795_165_200_000_i64), "2026-11-20 09:00:00 UTC  ", false),
        (json!("at nine"), "time not known  ", false),
    ] {
        let mut line = production("failure", 302, None);
        line["time"] = time.clone();
        let statements = read(&line.to_string());
        assert!(statements[1].heading.as_deref().unwrap().starts_with(heading), "{time}: {statements:#?}");
        assert_eq!(
            format!("{:?}", statements[0]).contains("no time zone"),
            has_note,
            "{time}: {statements:#?}"
        );
    }
}

#[test]
fn lines_about_something_else_are_none_of_these() {
    for line in [
        json!({"method": "GET", "path": "/acme/team/-/issues", "controller": "Projects::IssuesController", "status": 200}),
        json!({"method": "POST", "path": "/users/auth/google_oauth2/callback", "controller": "OmniauthCallbacksController", "action": "google_oauth2", "status": 302}),
        auth("(ldapmain) Authentication failure! invalid_credentials"),
        auth("Something of SAML that nobody knows"),
        audit(Some("project_created"), json!({"custom_message": "Added project", "entity_path": "acme"})),
        json!({"severity": "ERROR", "exception.class": "NoMethodError", "exception.message": "x", "meta.caller_id": "ProjectsController#show"}),
    ] {
        assert!(read(&line.to_string()).is_empty(), "{line}: {:#?}", read(&line.to_string()));
    }
}
