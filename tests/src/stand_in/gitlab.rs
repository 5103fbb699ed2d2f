//! The demonstration GitLab: group SAML sign-in with GitLab's redirects and flash texts, the settings page
//! with its members table, and the two API answers that hold stored identities.
//!
//! Decides as GitLab does for a user without special standing: signed out, the NameID must be stored byte for
//! byte; signed in, the NameID is taken over, because the identity provider sends a verified e-mail address.
//! Left out: signature and time checks, CSRF, creation of users, all other failures.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::messages::{authn_request, deflated, unescaped};
use super::people::{GROUP_ID, GROUP_NAME, GROUP_PATH, Person, people};
use super::template::fill;
use super::{
    MISMATCHING_MEMBER, OWNER, PASSWORD, form_field, form_fields, identity_provider, query_value, random_hex,
};
use crate::http::{Request, Response};

const ORIGIN: &str = "https://gitlab.com";
const HTML: &str = "text/html; charset=utf-8";
const SESSION: &str = "_gitlab_session";
/// GitLab's words when a NameID is not stored but the e-mail address is known.
const EMAIL_TAKEN: &str = "There is already a GitLab account associated with this email address. Sign in with your \
                           existing credentials to connect your organization's account";

/// The files that `/assets/` serves.
const ASSETS: &[(&str, &str, &str)] = &[
    ("style.css", "text/css", include_str!("../../pages/style.css")),
    ("members.js", "text/javascript", include_str!("../../pages/members.js")),
    ("data_method.js", "text/javascript", include_str!("../../pages/data_method.js")),
    ("auto_redirect.js", "text/javascript", include_str!("../../pages/auto_redirect.js")),
    ("scim_token.js", "text/javascript", include_str!("../../pages/scim_token.js")),
    ("avatar.svg", "image/svg+xml", include_str!("../../pages/avatar.svg")),
];

/// The party.
pub(super) struct GitLab {
    fingerprint: String,
    state: Mutex<State>,
}

struct State {
    people: Vec<Person>,
    visitors: HashMap<String, Visitor>,
}

/// The session that a cookie stands for.
#[derive(Clone, Default)]
struct Visitor {
    user: Option<u64>,
    alert: String,
    notice: String,
}

impl GitLab {
    pub(super) fn new(fingerprint: String) -> Self {
        GitLab { fingerprint, state: Mutex::new(State { people: people(), visitors: HashMap::new() }) }
    }

    pub(super) fn answer(&self, request: &Request) -> Response {
        let known = cookie(request.field("cookie").unwrap_or_default()).map(str::to_owned);
        let Ok(session) = known.clone().map_or_else(|| random_hex(16), Ok) else {
            return Response::new(500, "text/plain", "no randomness\n");
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let visitor = state.visitors.remove(&session).unwrap_or_default();
        let mut visit = Visit { gitlab: self, people: &mut state.people, visitor };
        let response = visit.answer(request).unwrap_or_else(|error| {
            Response::new(500, "text/plain; charset=utf-8", format!("Demonstration: {error:#}\n"))
        });
        let visitor = visit.visitor;
        state.visitors.insert(session.clone(), visitor);
        match known {
            Some(_) => response,
            // GitLab's attributes: without SameSite=None the Response's POST would come without the session.
            None => response
                .with("Set-Cookie", format!("{SESSION}={session}; path=/; secure; HttpOnly; SameSite=None")),
        }
    }
}

/// One request of one visitor.
struct Visit<'visit> {
    gitlab: &'visit GitLab,
    people: &'visit mut Vec<Person>,
    visitor: Visitor,
}

impl Visit<'_> {
    fn answer(&mut self, request: &Request) -> Result<Response> {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let query = form_fields(query);
        let form = form_fields(&String::from_utf8_lossy(&request.body));
        let segments: Vec<_> = path.trim_matches('/').split('/').collect();
        match (request.method.as_str(), segments.as_slice()) {
            ("GET", [""]) => Ok(Response::redirect("/demonstration")),
            ("GET", ["demonstration"]) => self.page(include_str!("pages/demonstration.html"), &[]),
            ("GET", ["users", "sign_in"]) => self.page(include_str!("../../pages/sign_in.html"), &[]),
            ("POST", ["users", "sign_in"]) => self.password_sign_in(&form),
            (_, ["users", "sign_out"]) => {
                self.visitor = Visitor::default();
                Ok(Response::redirect("/users/sign_in"))
            }
            ("GET" | "POST", ["groups", GROUP_PATH, "-", "saml", "sso"]) => self.sso(),
            ("POST", ["users", "auth", "group_saml"]) => start(form_field(&query, "redirect_to")),
            ("POST", ["groups", GROUP_PATH, "-", "saml", "callback"]) => self.callback(&form),
            ("GET", ["groups", GROUP_PATH, "-", "saml"]) if self.user().is_some_and(|it| it.owner) => {
                self.page(include_str!("../../pages/settings.html"), &[])
            }
            ("GET", ["-", "profile", "account"]) if self.user().is_some() => {
                self.page(include_str!("../../pages/account.html"), &[])
            }
            ("GET", ["groups", GROUP_PATH] | [GROUP_PATH]) => {
                self.page(include_str!("../../pages/group.html"), &[])
            }
            ("GET", ["api", "v4", "user"]) => Ok(match self.user() {
                Some(user) => api(200, &user.as_user()),
                None => api(401, &json!({ "message": "401 Unauthorized" })),
            }),
            ("GET", ["api", "v4", "groups", group, "members"]) => self.members(group, &query),
            ("GET", ["assets", name]) => match ASSETS.iter().find(|(known, ..)| known == name) {
                Some((_, media_type, text)) => Ok(Response::new(200, media_type, *text)),
                None => self.not_found(),
            },
            (_, ["api", ..]) => Ok(api(404, &json!({ "message": "404 Not Found" }))),
            _ => self.not_found(),
        }
    }

    fn user(&self) -> Option<&Person> {
        self.people.iter().find(|it| Some(it.id) == self.visitor.user)
    }

    fn password_sign_in(&mut self, form: &[(String, String)]) -> Result<Response> {
        let login = form_field(form, "user[login]");
        let found = self.people.iter().find(|it| it.username == login || it.email() == login);
        match found.filter(|_| form_field(form, "user[password]") == PASSWORD) {
            Some(person) => {
                self.visitor = Visitor { user: Some(person.id), ..Visitor::default() };
                let there = Some(form_field(form, "return_to")).filter(|it| is_local(it));
                Ok(Response::redirect(there.unwrap_or("/")))
            }
            None => {
                self.visitor.alert = "Invalid login or password.".to_owned();
                self.page(include_str!("../../pages/sign_in.html"), &[])
            }
        }
    }

    /// The landing page, by who looks at it.
    fn sso(&mut self) -> Result<Response> {
        let query = format!("group_path={GROUP_PATH}&redirect_to={}", query_value(&format!("/{GROUP_PATH}")));
        let start = [
            ("saml_start_path", format!("/users/auth/group_saml?{query}")),
            ("auto_redirect", String::new()),
        ];
        let template = match self.user().map(|it| it.saml_extern_uid.is_some()) {
            None => include_str!("../../pages/sso.html"),
            Some(false) => include_str!("../../pages/sso_authorize.html"),
            Some(true) => include_str!("../../pages/sso_linked.html"),
        };
        self.page(template, &start)
    }

    /// The assertion consumer service. The only Responses that arrive here are the demonstration's own.
    fn callback(&mut self, form: &[(String, String)]) -> Result<Response> {
        let xml = STANDARD.decode(form_field(form, "SAMLResponse")).context("SAMLResponse is not base64")?;
        let name_id = name_id(&String::from_utf8(xml)?)?;
        let relay_state = Some(form_field(form, "RelayState")).filter(|it| is_local(it));
        let there = relay_state.map_or_else(|| format!("/{GROUP_PATH}"), str::to_owned);
        if let Some(id) = self.visitor.user {
            let person = self.people.iter_mut().find(|it| it.id == id).context("the user is gone")?;
            if person.saml_extern_uid.replace(name_id).is_none() {
                self.visitor.notice =
                    "Your organization's SSO has been connected to your GitLab account".to_owned();
            }
            return Ok(Response::redirect(&there));
        }
        match self.people.iter().find(|it| it.saml_extern_uid.as_ref() == Some(&name_id)) {
            Some(person) => {
                self.visitor.user = Some(person.id);
                self.visitor.notice = format!("Signed in with SAML for {GROUP_NAME}");
                Ok(Response::redirect(&there))
            }
            None => {
                self.visitor.notice = EMAIL_TAKEN.to_owned();
                Ok(Response::redirect("/users/sign_in"))
            }
        }
    }

    fn members(&self, group: &str, query: &[(String, String)]) -> Result<Response> {
        if ![GROUP_PATH, GROUP_ID.to_string().as_str()].contains(&group) {
            return Ok(api(404, &json!({ "message": "404 Group Not Found" })));
        }
        match self.user().map(|it| it.owner) {
            None => return Ok(api(401, &json!({ "message": "401 Unauthorized" }))),
            Some(false) => return Ok(api(403, &json!({ "message": "403 Forbidden" }))),
            Some(true) => {}
        }
        let linked_only = form_field(query, "with_saml_identity") == "true";
        let all: Vec<_> =
            self.people.iter().filter(|it| !linked_only || it.saml_extern_uid.is_some()).collect();
        let number = |name: &str, usual: usize| {
            form_field(query, name).parse().ok().filter(|it| *it > 0).unwrap_or(usual)
        };
        let (page, per_page) = (number("page", 1), number("per_page", 20).min(100));
        let pages = all.len().div_ceil(per_page).max(1);
        let part: Vec<Value> =
            all.iter().skip((page - 1) * per_page).take(per_page).map(|it| it.as_member()).collect();
        let other = |page: usize| if (1..=pages).contains(&page) { page.to_string() } else { String::new() };
        Ok(api(200, &part.into())
            .with("X-Page", page.to_string())
            .with("X-Per-Page", per_page.to_string())
            .with("X-Total", all.len().to_string())
            .with("X-Total-Pages", pages.to_string())
            .with("X-Next-Page", other(page + 1))
            .with("X-Prev-Page", other(page - 1)))
    }

    /// A page with the values that `tests/pages/README.md` lists; a flash text is shown once.
    fn page(&mut self, template: &str, more: &[(&str, String)]) -> Result<Response> {
        let user = self.user().cloned();
        let of_user = |read: fn(&Person) -> String| user.as_ref().map(read).unwrap_or_default();
        let yes = |condition: bool| if condition { "yes".to_owned() } else { String::new() };
        let linked = user.as_ref().map(|it| it.saml_extern_uid.is_some());
        let mut values = vec![
            ("label", "Demonstration".to_owned()),
            ("origin", ORIGIN.to_owned()),
            ("root", String::new()),
            ("gitlab_version", "18.9.0".to_owned()),
            ("authenticity_token", random_hex(16)?),
            ("flash_alert", std::mem::take(&mut self.visitor.alert)),
            ("flash_notice", std::mem::take(&mut self.visitor.notice)),
            ("user_id", of_user(|it| it.id.to_string())),
            ("username", of_user(|it| it.username.to_owned())),
            ("user_name", of_user(|it| it.name.to_owned())),
            ("user_email", of_user(Person::email)),
            ("signed_out", yes(user.is_none())),
            ("owner", yes(user.as_ref().is_some_and(|it| it.owner))),
            ("linked", yes(linked == Some(true))),
            ("unlinked", yes(linked == Some(false))),
            ("group_id", GROUP_ID.to_string()),
            ("group_path", GROUP_PATH.to_owned()),
            ("group_name", GROUP_NAME.to_owned()),
            ("saml_discovery_token", "d3m0nstr".to_owned()),
            ("idp_sso_url", identity_provider::SSO_URL.to_owned()),
            ("certificate_fingerprint", self.gitlab.fingerprint.clone()),
            ("owner_username", OWNER.to_owned()),
            ("member_username", MISMATCHING_MEMBER.to_owned()),
            ("password", PASSWORD.to_owned()),
        ];
        values.extend_from_slice(more);
        Ok(Response::new(200, HTML, fill(template, &values)?))
    }

    fn not_found(&mut self) -> Result<Response> {
        let values = [
            ("status", "404"),
            ("message", "Page not found"),
            ("explanation", "Make sure the address is correct."),
        ]
        .map(|(name, text)| (name, text.to_owned()));
        Ok(Response::new(404, HTML, fill(include_str!("../../pages/error.html"), &values)?))
    }
}

/// Sends the visitor to the identity provider with an AuthnRequest.
fn start(redirect_to: &str) -> Result<Response> {
    let request = authn_request(identity_provider::SSO_URL, &format!("{ORIGIN}/groups/{GROUP_PATH}"))?;
    Ok(Response::redirect(&format!(
        "{}?SAMLRequest={}&RelayState={}",
        identity_provider::SSO_URL,
        query_value(&deflated(&request)?),
        query_value(redirect_to)
    )))
}

/// The NameID of the demonstration's own Response, nothing trimmed.
fn name_id(xml: &str) -> Result<String> {
    let (_, rest) = xml.split_once("<saml:NameID ").ok_or_else(|| anyhow!("the Response has no NameID"))?;
    let (text, _) = rest.split_once("</saml:NameID>").ok_or_else(|| anyhow!("the NameID does not end"))?;
    Ok(unescaped(text.split_once('>').ok_or_else(|| anyhow!("the NameID does not begin"))?.1))
}

fn api(status: u16, answer: &Value) -> Response {
    Response::new(status, "application/json", answer.to_string())
}

/// A path on this origin, as GitLab allows in RelayState.
fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//")
}

fn cookie(field: &str) -> Option<&str> {
    field
        .split("; ")
        .filter_map(|it| it.split_once('='))
        .find(|(name, _)| *name == SESSION)
        .map(|(_, value)| value)
}
