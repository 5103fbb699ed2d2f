//! Reactivating an inactive SCIM identity by hand: two requests to copy, and what the pasted answers mean.
//!
//! Rows R65 to R71 of the facts; gitlab-facts 3.7 (`ee/lib/api/scim/group_scim.rb`): `active` can be changed
//! through the SCIM protocol alone, whose token the person fills in by themselves. The first request only
//! looks; the second is sent when id and e-mail address are what the identity provider sends and `active` is
//! false, else GitLab Support is asked (R69). What it sends is what a captured sign-in carried; what GitLab
//! itself has says nothing of it, so where no sign-in was captured the answer is a warning. RFC 7644, 3.5.2
//! and 3.12; GitLab writes the status of an error as a number.

use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity},
    },
    comparison::{self, Rule},
    gitlab::{
        command::{Command, Sends},
        instance::Instance,
        path,
    },
    group::{captured::Captured, members::is_same_email},
    scim::activation::ACTIVATE,
    text,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

const ACCESS: &str = "Authorization: Bearer $SCIM_TOKEN";
const MEDIA_TYPE: &str = "application/scim+json";
/// Characters of a pasted answer that are looked at. One user has some hundred.
const PASTED: usize = 64 * 1024;
/// The strings that a pasted text must not hold, in lower case: GitLab's SCIM tokens begin with the first.
const SECRETS: [&str; 3] = ["glsoat-", "authorization:", "bearer "];

/// The one of the two requests that an answer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// The one that looks.
    Look,
    /// The one that activates.
    Activate,
}

/// The two requests for one identity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reactivation {
    /// The SCIM identifier.
    pub id: String,
    /// The values that the identity provider sends for the user.
    pub sent: IdpValues,
    url: String,
    is_numeric: bool,
}

/// The values that the identity provider sends for a user, as far as they were captured. The default is
/// nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IdpValues {
    /// The NameID.
    pub name_id: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
}

impl IdpValues {
    /// The values that a sign-in carried. A sign-in that is theirs by a guess says nothing of the user, and a
    /// NameID that is another one each time says nothing of the identity.
    pub fn of(captured: Option<&Captured>) -> Self {
        let Some(captured) = captured.filter(|captured| !captured.is_guess()) else {
            return IdpValues::default();
        };
        let name_id = (!captured.transient).then(|| captured.name_id.clone());
        IdpValues { name_id, email: captured.email.clone() }
    }

    /// The part of it that is not known, so that it cannot be compared.
    fn lacks(&self) -> Option<Text> {
        match (&self.name_id, &self.email) {
            (Some(_), Some(_)) => None,
            (None, Some(_)) => Some(text!("scim.not-compared.id")),
            (Some(_), None) => Some(text!("scim.not-compared.email")),
            (None, None) => Some(text!("scim.not-compared.both")),
        }
    }
}

impl Reactivation {
    /// For the SCIM identity `id` of the group at `group`; `None` where it cannot stand in an address.
    pub fn new(instance: &Instance, group: &str, id: &str, sent: IdpValues) -> Option<Self> {
        // GitLab's router takes what follows a dot for a format.
        let segment = |value: &str| path::segment(value).map(|segment| segment.replace('.', "%2E"));
        let url = instance.url(&format!("/api/scim/v2/groups/{}/Users/{}", segment(group)?, segment(id)?));
        let is_numeric = group.bytes().all(|octet| octet.is_ascii_digit());
        Some(Reactivation { id: id.to_owned(), sent, url, is_numeric })
    }

    /// A request as a command.
    pub fn command(&self, request: Request) -> Command {
        let (method, sends) = match request {
            Request::Look => ("GET", Sends::Nothing),
            Request::Activate => ("PATCH", Sends::Text(MEDIA_TYPE, ACTIVATE)),
        };
        Command { method, url: self.url.clone(), access: ACCESS, sends }
    }

    /// The warning to be read before the commands are run.
    pub fn warning(&self) -> Option<Text> {
        self.is_numeric.then(|| text!("scim.numeric-path"))
    }

    /// Says what a pasted answer means. Nothing of it is kept.
    pub fn check(&self, request: Request, pasted: &str) -> Sentence {
        let pasted: String = pasted.chars().take(PASTED).collect();
        let lower = pasted.to_lowercase();
        let (severity, text) = if SECRETS.iter().any(|secret| lower.contains(secret)) {
            (Severity::Error, text!("scim.holds-access"))
        } else {
            self.meaning(request, &Pasted::read(&pasted))
        };
        Sentence { severity, text: text.to_string() }
    }

    fn meaning(&self, request: Request, pasted: &Pasted) -> (Severity, Text) {
        let detail = pasted.detail();
        match (request, pasted.status, &pasted.user) {
            (Request::Look, None | Some(200), Some(user)) => self.compare(user),
            (Request::Look, Some(204), _) => (Severity::Warning, text!("scim.look.204")),
            (Request::Activate, Some(200 | 204), _) => (Severity::Good, text!("scim.done")),
            (_, Some(401), _) => (Severity::Error, text!("scim.401")),
            (_, Some(403), _) => (Severity::Error, text!("scim.403")),
            (_, Some(404), _) => (Severity::Error, text!("scim.404", detail = detail)),
            (_, Some(412), _) => (Severity::Error, text!("scim.412", detail = detail)),
            (_, Some(200), None) | (_, None, _) => (Severity::Warning, text!("scim.unreadable")),
            (_, Some(status), _) => {
                (Severity::Error, text!("scim.other-status", status = status, detail = detail))
            }
        }
    }

    /// The three things that must hold before anything is changed (R69).
    fn compare(&self, user: &Value) -> (Severity, Text) {
        // GitLab finds a SCIM identity whatever its case (gitlab-facts 4.2).
        let is_same = |a: &str, b: &str| Rule::IgnoringCase.accepts(comparison::verdict(a, b));
        let id = user.get("id").and_then(Value::as_str).unwrap_or_default();
        if !is_same(id, &self.id) {
            return (Severity::Error, text!("scim.other-id", id = id, expected = self.id));
        }
        if let Some(sent) = self.sent.name_id.as_deref().filter(|sent| !is_same(sent, id)) {
            return (Severity::Error, text!("scim.other-name-id", id = id, sent = sent));
        }
        let emails = user.get("emails").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let email = emails.first().and_then(|email| email.get("value")).and_then(Value::as_str);
        if let Some(expected) = &self.sent.email {
            match email {
                None => return (Severity::Error, text!("scim.no-email")),
                Some(email) if !is_same_email(email, expected) => {
                    return (Severity::Error, text!("scim.other-email", email = email, expected = expected));
                }
                Some(_) => {}
            }
        }
        match (user.get("active").and_then(Value::as_bool), self.sent.lacks()) {
            (Some(false), None) => (Severity::Good, text!("scim.found")),
            (Some(false), Some(what)) => (Severity::Warning, text!("scim.found.not-compared", what = what)),
            (Some(true), _) => (Severity::Info, text!("scim.active")),
            (None, _) => (Severity::Error, text!("scim.no-active")),
        }
    }
}

/// A pasted answer, as far as it could be read.
struct Pasted {
    status: Option<u16>,
    /// The one user in it.
    user: Option<Value>,
    body: Value,
}

impl Pasted {
    fn read(text: &str) -> Self {
        let from_brace = text.find('{').and_then(|at| text.get(at..)).unwrap_or_default();
        let mut bodies = serde_json::Deserializer::from_str(from_brace).into_iter::<Value>();
        let body = bodies.next().and_then(Result::ok).unwrap_or_default();
        // RFC 7644, 3.12 has it as text, GitLab as a number.
        let of_error = body.get("status").and_then(|status| match status {
            Value::String(status) => status.parse().ok(),
            status => status.as_u64().and_then(|status| u16::try_from(status).ok()),
        });
        let user = match body.get("Resources").and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) => Some(only.clone()),
            Some(_) => None,
            None => body.get("id").is_some().then(|| body.clone()),
        };
        Pasted { status: text.lines().rev().find_map(status_of).or(of_error), user, body }
    }

    /// GitLab's own words.
    fn detail(&self) -> String {
        let said = ["detail", "message"].into_iter().find_map(|key| self.body.get(key)?.as_str());
        said.unwrap_or_default().chars().take(300).collect()
    }
}

/// `status 204`, `HTTP/2 204`, `HTTP/1.1 404 Not Found`, or the number alone.
fn status_of(line: &str) -> Option<u16> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let number = match words.as_slice() {
        ["status", number] | [number] => number,
        [protocol, number, ..] if protocol.starts_with("HTTP/") => number,
        _ => return None,
    };
    number.parse().ok().filter(|status| number.len() == 3 && (100..600).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(name_id: &str, email: &str) -> IdpValues {
        let known = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        IdpValues { name_id: known(name_id), email: known(email) }
    }

    fn of(id: &str, sent: IdpValues) -> Option<Reactivation> {
        Reactivation::new(&Instance::gitlab_com(), "acme", id, sent)
    }

    fn reactivation() -> Reactivation {
        of("Ada.1", sent("ada.1", "ada@example.com")).unwrap()
    }

    const USER: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"ada.1","active":false,
        "name":{"formatted":"Ada"},"emails":[{"type":"work","value":"Ada@example.com","primary":true}],"userName":"ada"}"#;

    #[test]
    fn the_requests_are_those_of_the_documentation() {
        let commands =
            [Request::Look, Request::Activate].map(|request| reactivation().command(request).shell());
        let url = "https://gitlab.com/api/scim/v2/groups/acme/Users/Ada%2E1";
        assert_eq!(
            commands[0],
            format!(
                "curl --request GET \\\n  --header \"Authorization: Bearer $SCIM_TOKEN\" \\\n  --write-out '\\nstatus %{{http_code}}\\n' \\\n  '{url}'"
            )
        );
        assert!(
            commands[1].contains("--request PATCH") && commands[1].contains(&format!("--data '{ACTIVATE}'"))
        );
        assert!(commands[1].contains("--header 'Content-Type: application/scim+json'"));
        let in_group = |group: &str, id: &str| {
            Reactivation::new(&Instance::gitlab_com(), group, id, IdpValues::default()).unwrap()
        };
        let dotted = in_group("my.group", "a/b");
        assert!(dotted.command(Request::Look).url.ends_with("/groups/my%2Egroup/Users/a%2Fb"));
        assert!(dotted.warning().is_none() && in_group("42", "a").warning().is_some());
        assert_eq!(of("..", IdpValues::default()), None);
    }

    #[test]
    fn what_a_pasted_answer_means() {
        let list = format!(r#"{{"totalResults":1,"Resources":[{USER}]}}"#);
        let error = |status: u16| {
            format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Resource not found","status":{status}}}"#
            )
        };
        let (look, activate) = (Request::Look, Request::Activate);
        for (request, pasted, expected) in [
            (look, format!("{USER}\nstatus 200\n"), "values agree, and the identity is inactive"),
            (look, USER.to_owned(), "values agree"),
            (
                look,
                format!("HTTP/2 200\r\ncontent-type: application/scim+json\r\n\r\n{list}"),
                "values agree",
            ),
            (look, USER.replace("false", "true"), "already active"),
            (look, USER.replace("ada.1", "eve"), "is about “eve”"),
            (look, USER.replace("Ada@", "eve@"), "contact GitLab Support"),
            (look, USER.replace(r#""active":false,"#, ""), "does not say whether"),
            (look, USER.replace("emails", "mails"), "no e-mail address"),
            (look, error(404), "does not find this identifier"),
            (look, error(404).replace("404", "\"404\""), "does not find this identifier"),
            (look, "\nstatus 204\n".into(), "as it does after a change"),
            (look, "{\"message\":\"401 Unauthorized\"}\nstatus 401".into(), "refused the SCIM token"),
            (look, "<html>".into(), "not an answer of GitLab's SCIM API"),
            (look, String::new(), "not an answer of GitLab's SCIM API"),
            (activate, "\nstatus 204\n".into(), "has activated"),
            (activate, "204".into(), "has activated"),
            (activate, "HTTP/1.1 204 No Content".into(), "has activated"),
            (activate, error(412), "last owner"),
            (activate, error(404), "does not find"),
            (
                activate,
                "{\"message\":\"403 Forbidden - Group SAML not enabled.\"}\nstatus 403".into(),
                "IP restriction",
            ),
            (activate, "status 502".into(), "answered 502"),
            (activate, USER.into(), "not an answer"),
        ] {
            let said = reactivation().check(request, &pasted).text;
            assert!(said.contains(expected), "{pasted}: {said}");
        }
    }

    #[test]
    fn what_the_identity_provider_sends_is_compared_and_what_is_not_known_of_it_is_said() {
        for (name_id, email, severity, expected) in [
            ("ADA.1", "Ada@example.com", Severity::Good, "values agree"),
            ("ada.2", "ada@example.com", Severity::Error, "sends “ada.2”"),
            ("ada.2", "", Severity::Error, "contact GitLab Support"),
            ("ada.1", "", Severity::Warning, "could not compare the e-mail address with"),
            ("", "ada@example.com", Severity::Warning, "could not compare the identifier with"),
            ("", "eve@example.com", Severity::Error, "contact GitLab Support"),
            ("", "", Severity::Warning, "could not compare the identifier and the e-mail address with"),
        ] {
            let said = of("Ada.1", sent(name_id, email)).unwrap().check(Request::Look, USER);
            assert_eq!(said.severity, severity, "{name_id} {email}: {}", said.text);
            assert!(said.text.contains(expected), "{name_id} {email}: {}", said.text);
            assert!(severity == Severity::Good || !said.text.contains("values agree"), "{}", said.text);
        }
        let active =
            of("Ada.1", IdpValues::default()).unwrap().check(Request::Look, &USER.replace("false", "true"));
        assert_eq!(active.severity, Severity::Info);
    }

    #[test]
    fn a_pasted_secret_is_not_read() {
        for secret in ["glsoat-s3cr3t", "Authorization: x s3cr3t", "-H 'bearer s3cr3t'"] {
            let said = reactivation().check(Request::Look, &format!("{USER}\n{secret}"));
            assert_eq!(said.severity, Severity::Error);
            assert!(said.text.contains("did not read it") && !said.text.contains("s3cr3t"), "{}", said.text);
        }
    }
}
