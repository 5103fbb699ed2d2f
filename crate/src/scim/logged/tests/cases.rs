//! A line of each kind of log, and of each meaning that it can have, with what is said of it.

use crate::base::severity::Severity;
use serde_json::{Value, json};

/// A line with what is said of it.
pub(super) struct Case {
    pub(super) called: &'static str,
    pub(super) line: Value,
    pub(super) says: &'static [&'static str],
    pub(super) severity: Severity,
}

/// Values that must never be shown.
pub(super) const SECRETS: [&str; 3] = ["glpat-PLANTEDsecret12345678", "PLANTEDRelay", "PLANTEDdiscovery"];

pub(super) fn production(action: &str, status: u16, location: Option<&str>) -> Value {
    json!({"method": "POST", "path": "/groups/acme/-/saml/callback", "format": "html",
        "controller": "Groups::OmniauthCallbacksController", "action": action, "status": status,
        "location": location, "time": "2026-11-20T09:00:00.000Z",
        "params": [{"key": "SAMLResponse", "value": "[FILTERED]"}, {"key": "RelayState", "value": SECRETS[1]},
            {"key": "private_token", "value": SECRETS[0]}, {"key": "group_id", "value": "acme"}],
        "correlation_id": "01JDA", "username": "ada", "user_id": 48, "remote_ip": "203.0.113.5"})
}

pub(super) fn auth(message: &str) -> Value {
    json!({"severity": "INFO", "time": "2026-11-20T09:00:00.000Z", "correlation_id": "01JDA", "message": message})
}

pub(super) fn audit(name: Option<&str>, details: Value) -> Value {
    json!({"id": 2, "author_id": 48, "entity_id": 60, "entity_type": "Group", "event_name": name,
        "details": details, "created_at": "2026-11-20T09:00:00.000Z"})
}

pub(super) fn exception(class: &str, message: &str) -> Value {
    json!({"severity": "ERROR", "time": "2026-11-20T09:00:00.000Z", "correlation_id": "01JDA",
        "exception.class": class, "exception.message": message, "exception.backtrace": ["app/a.rb:1", "lib/saml.rb:2"],
        "meta.caller_id": "Groups::OmniauthCallbacksController#group_saml", "user.username": "ada"})
}

fn case(called: &'static str, line: Value, severity: Severity, says: &'static [&'static str]) -> Case {
    Case { called, line, says, severity }
}

const HOST: &str = "https://gitlab.example.com";

pub(super) fn production_cases() -> Vec<Case> {
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
        case(
            "without its end",
            production("group_saml", 302, None),
            Warning,
            &["whether it let them in is not known"],
        ),
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

pub(super) fn auth_cases() -> Vec<Case> {
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

pub(super) fn audit_cases() -> Vec<Case> {
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

pub(super) fn exception_cases() -> Vec<Case> {
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
