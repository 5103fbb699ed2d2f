//! The meaning of one logged SCIM request: what the SCIM app wanted, what GitLab made of it, and what of the
//! values is wrong.
//!
//! One table by method and status ([`ROWS`]): gitlab-facts 3.7, 5.4 and 7.4; rows R04, R05, R14, R16, R27,
//! R29, R32, R43, R55, R64, R72, R78 to R80, R85 and R91. GitLab's words are not in the log, so a status that
//! has several causes names them all, except for those that the values rule out.

use super::{Request, SentUser};
use crate::{
    base::{
        catalogue::Text,
        redact,
        severity::{Sentence, Severity},
    },
    comparison::is_email,
    text,
};

/// One row: whether a request is it, how bad that is, what it means.
type SaidRow = (fn(&Request) -> bool, Severity, fn(&Request) -> Text);

/// The rows; the first that fits counts.
const ROWS: &[SaidRow] = &[
    (|it| it.status == Some(401), Severity::Error, |_| text!("scim-said.401")),
    (|it| it.status == Some(405), Severity::Error, |_| text!("scim-said.405")),
    (Request::is_of_groups, Severity::Info, |_| text!("scim-log.groups")),
    (|it| it.is_change() && it.status == Some(403), Severity::Error, |_| text!("scim-said.403")),
    (|it| it.is_look() && it.status == Some(412), Severity::Error, |_| text!("scim-said.filter")),
    (
        |it| it.is_look() && it.is_done(),
        Severity::Neutral,
        |it| {
            let (attribute, value) = it.looked_up().unwrap_or_default();
            text!("scim-log.looked", attribute = attribute_name(attribute), value = value)
        },
    ),
    (|it| it.method == "GET" && it.is_done(), Severity::Neutral, |_| text!("scim-log.read")),
    (
        |it| it.is_creation() && it.is_done(),
        Severity::Good,
        |it| text!("scim-log.created", values = it.user.text()),
    ),
    (|it| it.is_creation() && it.status == Some(409), Severity::Error, |_| text!("scim-said.user-taken")),
    (
        |it| it.is_creation() && it.status == Some(412) && !it.user.lacks().is_empty(),
        Severity::Error,
        |it| text!("scim-said.missing", fields = it.user.lacks().join(", ")),
    ),
    (
        |it| it.is_creation() && it.status == Some(412) && it.user.has_no_name(),
        Severity::Error,
        |_| text!("scim-said.blank"),
    ),
    (|it| it.is_creation() && it.status == Some(412), Severity::Error, |_| text!("scim-log.refused")),
    (
        |it| it.id.is_some() && it.status == Some(404),
        Severity::Error,
        |it| text!("scim-said.no-user", id = it.id.as_deref().unwrap_or_default()),
    ),
    (|it| it.status == Some(404), Severity::Error, |_| text!("scim-said.no-group")),
    (|it| it.method == "DELETE" && it.is_done(), Severity::Info, |_| text!("scim-log.removed")),
    (
        |it| it.is_done() && it.changed(&["id", "externalId"]).is_some(),
        Severity::Warning,
        |it| {
            let (old, new) =
                (it.id.as_deref().unwrap_or_default(), it.changed(&["id", "externalId"]).unwrap_or_default());
            text!("scim-log.identifier", old = old, new = new)
        },
    ),
    (|it| it.is_done() && it.switches() == Some(false), Severity::Info, |_| text!("scim-log.off")),
    (|it| it.is_done() && it.switches() == Some(true), Severity::Good, |_| text!("scim-log.on")),
    (
        |it| it.method == "PATCH" && it.is_done(),
        Severity::Neutral,
        |it| {
            let paths: Vec<String> = it.operations.iter().map(|it| attribute_name(&it.path)).collect();
            text!("scim-log.changed", paths = paths.join(", "))
        },
    ),
    (|it| it.method == "PATCH" && it.status == Some(412), Severity::Error, |_| text!("scim-log.not-changed")),
    (
        |_| true,
        Severity::Warning,
        |it| text!("scim-log.other", method = it.shown_method(), status = it.status.unwrap_or_default()),
    ),
];

/// The attributes of a user (RFC 7643, 4.1 and 4.3), without what chooses one of several.
const ATTRIBUTES: [&str; 45] = [
    "id",
    "externalId",
    "userName",
    "name",
    "formatted",
    "familyName",
    "givenName",
    "middleName",
    "honorificPrefix",
    "honorificSuffix",
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "active",
    "password",
    "emails",
    "phoneNumbers",
    "ims",
    "photos",
    "addresses",
    "groups",
    "entitlements",
    "roles",
    "x509Certificates",
    "members",
    "value",
    "type",
    "primary",
    "display",
    "streetAddress",
    "locality",
    "region",
    "postalCode",
    "country",
    "employeeNumber",
    "costCenter",
    "organization",
    "division",
    "department",
    "manager",
];
/// The types of one of several values (RFC 7643, 4.1.2).
const TYPES: [&str; 8] = ["work", "home", "other", "mobile", "fax", "pager", "true", "false"];
const SCHEMAS: [&str; 2] = [
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
];

/// An attribute as RFC 7644 (3.10) names it, where all of it is known; else its length, for a line can say
/// anything.
fn attribute_name(path: &str) -> String {
    let below = SCHEMAS.iter().find_map(|schema| path.strip_prefix(schema)?.strip_prefix(':'));
    let words =
        below.unwrap_or(path).split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let is_known = |word: &str| {
        ATTRIBUTES.iter().chain(&TYPES).any(|known| known.eq_ignore_ascii_case(word)) || word == "eq"
    };
    if words.into_iter().all(is_known) { path.to_owned() } else { redact::placeholder(path) }
}

impl Request {
    /// The meaning of the request, in words.
    pub fn said(&self) -> Sentence {
        let row = ROWS.iter().find(|(is_it, ..)| is_it(self));
        let said =
            row.map(|(_, severity, means)| Sentence { severity: *severity, text: means(self).to_string() });
        said.unwrap_or_default()
    }

    /// The faults in the values of a user that is created (R78 to R80).
    pub fn remarks(&self) -> Vec<Sentence> {
        let remark = |text: Text| Sentence { severity: Severity::Warning, text: text.to_string() };
        if self.is_creation() { self.user.remarks().into_iter().map(remark).collect() } else { Vec::new() }
    }

    fn is_done(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    fn is_of_groups(&self) -> bool {
        self.resource == "Groups"
    }

    fn is_look(&self) -> bool {
        self.method == "GET" && self.filter.is_some()
    }

    fn is_creation(&self) -> bool {
        self.method == "POST" && self.resource == "Users"
    }

    fn is_change(&self) -> bool {
        self.method == "PATCH" || self.method == "DELETE"
    }

    /// The new value of one of these attributes.
    fn changed(&self, attributes: &[&str]) -> Option<&str> {
        crate::base::counted::stepped(self.operations.len());
        let is_it = |path: &str| attributes.iter().any(|attribute| path.eq_ignore_ascii_case(attribute));
        self.operations.iter().find(|operation| is_it(&operation.path))?.value.as_deref()
    }

    /// Whether it switches the user on or off.
    fn switches(&self) -> Option<bool> {
        self.changed(&["active"])?.to_ascii_lowercase().parse().ok()
    }
}

impl SentUser {
    /// Its values in words.
    fn text(&self) -> String {
        let values = [
            ("externalId", self.external_id.as_deref()),
            ("userName", self.user_name.as_deref()),
            ("emails", self.emails.first().map(String::as_str)),
            ("name.formatted", self.formatted.as_deref()),
            ("displayName", self.display_name.as_deref()),
        ];
        let present = values.iter().filter_map(|(name, value)| Some(format!("{name} “{}”", (*value)?)));
        present.collect::<Vec<_>>().join(", ")
    }

    /// The attributes that GitLab needs and that were not sent (S05).
    fn lacks(&self) -> Vec<&'static str> {
        let needed = [
            ("externalId", self.external_id.is_none()),
            ("userName", self.user_name.is_none()),
            ("emails", self.emails.is_empty()),
        ];
        needed.into_iter().filter(|(_, is_missing)| *is_missing).map(|(name, _)| name).collect()
    }

    fn has_no_name(&self) -> bool {
        let is_empty = |name: &Option<String>| name.as_deref().unwrap_or_default().trim().is_empty();
        is_empty(&self.formatted) && (is_empty(&self.given_name) || is_empty(&self.family_name))
    }

    fn remarks(&self) -> Vec<Text> {
        let user_name = self.user_name.as_deref().filter(|name| {
            name.trim().is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control())
        });
        let email = self.emails.first().filter(|email| !is_email(email));
        let empty = self.display_name.as_deref().is_some_and(|name| name.trim().is_empty());
        [
            user_name.map(|name| text!("scim-log.user-name", name = name)),
            email.map(|email| text!("scim-log.email", email = email)),
            empty.then(|| text!("scim-log.display-name")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scim::requests::{Operation, ScimLog};

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
        let operations = vec![Operation { path: path.into(), value: Some(value.into()) }];
        Request { operations, ..request("PATCH", 204, "0a21") }
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
            (changing("active", "true"), Severity::Good, "app activated the user"),
            (changing("userName", "x"), Severity::Neutral, "userName"),
            (request("PATCH", 412, "0a21"), Severity::Error, "last owner"),
            (request("POST", 500, ""), Severity::Warning, "500"),
        ] {
            let said = request.said();
            assert_eq!(said.severity, severity, "{request:?}: {said:?}");
            assert!(said.text.contains(words) && !said.text.contains('{'), "{words}: {said:?}");
        }
    }

    #[test]
    fn values_that_make_no_good_account_are_told() {
        let remarks = |user| Request { user, ..request("POST", 201, "") }.remarks().len();
        assert_eq!(remarks(ada()), 0);
        assert_eq!(remarks(SentUser { user_name: Some("ada low".into()), ..ada() }), 1);
        assert_eq!(remarks(SentUser { emails: vec!["ada".into()], ..ada() }), 1);
        assert_eq!(remarks(SentUser { display_name: Some(String::new()), ..ada() }), 1);
        let all = Request {
            user: SentUser { user_name: Some(String::new()), ..ada() },
            ..request("PATCH", 204, "x")
        };
        assert!(all.remarks().is_empty(), "of creations alone");
    }

    #[test]
    fn a_log_is_told_request_by_request() {
        let file = r#"{"status":409,"method":"POST","path":"/api/scim/v2/groups/acme/Users","params":[]}"#;
        let log = ScimLog::read(file);
        assert_eq!(log.requests[0].said().severity, Severity::Error);
    }
}
