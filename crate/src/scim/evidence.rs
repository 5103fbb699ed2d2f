//! What an administrator has of SCIM, whatever it is: GitLab's log, Entra ID's schema, the address that the SCIM app was
//! given, or a message of the SCIM app. What it is gets detected from its content.
//!
//! Rows R50 to R56, R75 to R98. Nothing of it becomes part of a trace. Leaves out: SCIM answers of one user, which are
//! compared where that user is known ([`reactivation`](crate::group::reactivation)).

use super::{
    Statement, endpoint, messages,
    requests::{Request, ScimLog},
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    idp::entra_schema::Schema,
    text,
};

/// What is asked of it; the default is everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Path of the group whose requests are wanted.
    pub group: Option<String>,
    /// A value of the user whose requests are wanted: identifier, user name or e-mail address.
    pub value: Option<String>,
    /// The address that GitLab shows as its SCIM API endpoint URL.
    pub endpoint: Option<String>,
    /// The field of which the SAML app makes the NameID, as `user.objectid`.
    pub name_id: Option<String>,
}

/// A kind of content.
struct Kind {
    is_it: fn(&str) -> bool,
    read: fn(&str, &Asked) -> Vec<Statement>,
}

/// The kinds; the first that fits holds. A message can be anything.
const KINDS: [Kind; 4] = [
    Kind { is_it: is_address, read: address },
    Kind { is_it: is_schema, read: schema },
    Kind { is_it: is_log, read: log },
    Kind { is_it: |_| true, read: message },
];

/// What `content` says, or that it is not known.
pub fn read(content: &str, asked: &Asked) -> Vec<Statement> {
    let found = known(trimmed(content), asked);
    if found.is_empty() { vec![one(Severity::Warning, &text!("scim-said.unknown"))] } else { found }
}

/// What `content` says, where it is about SCIM for certain: any address can be a wrong one, and a log be of something
/// else.
pub fn recognised(content: &str) -> Option<Vec<Statement>> {
    let content = trimmed(content);
    let can_be_other = is_address(content) || is_log(content);
    let is_certain = !can_be_other || content.contains("/scim/");
    let found = if is_certain { known(content, &Asked::default()) } else { Vec::new() };
    (!found.is_empty()).then_some(found)
}

/// Nothing where it is not known.
fn known(content: &str, asked: &Asked) -> Vec<Statement> {
    let kind = KINDS.iter().find(|kind| (kind.is_it)(content));
    kind.map(|kind| (kind.read)(content, asked)).unwrap_or_default()
}

fn trimmed(content: &str) -> &str {
    content.trim_start_matches('\u{feff}').trim()
}

fn one(severity: Severity, text: &Text) -> Statement {
    Statement { sentences: vec![Sentence { severity, text: text.to_string() }], ..Statement::default() }
}

fn is_address(content: &str) -> bool {
    content.starts_with("http") && !content.contains(char::is_whitespace)
}

fn address(content: &str, asked: &Asked) -> Vec<Statement> {
    let sentences = endpoint::check(content, asked.endpoint.as_deref());
    vec![Statement { sentences, ..Statement::default() }]
}

fn is_schema(content: &str) -> bool {
    content.starts_with('{') && content.contains("\"synchronizationRules\"")
}

fn schema(content: &str, asked: &Asked) -> Vec<Statement> {
    match Schema::read(content) {
        Ok(schema) => {
            vec![Statement { sentences: schema.check(asked.name_id.as_deref()), ..Statement::default() }]
        }
        Err(problem) => vec![one(Severity::Error, &problem)],
    }
}

/// A line of a log names the path that was asked for.
fn is_log(content: &str) -> bool {
    let first = content.lines().next().unwrap_or_default();
    let names = |prefix: &str| ["path", "method"].map(|name| format!("\"{prefix}{name}\""));
    let has = |prefix: &str| names(prefix).iter().all(|name| first.contains(name.as_str()));
    first.starts_with('{') && (has("") || has("json."))
}

fn log(content: &str, asked: &Asked) -> Vec<Statement> {
    let log = ScimLog::read(content);
    let found: Vec<&Request> = log.find(asked.group.as_deref(), asked.value.as_deref()).collect();
    let sum = text!("scim-log.sum", found = found.len(), requests = log.requests.len(), others = log.others);
    let severity = if found.is_empty() { Severity::Warning } else { Severity::Neutral };
    let mut sum = one(severity, &sum);
    let left_out = (log.left_out > 0).then(|| text!("scim-log.left-out", count = log.left_out));
    let problems = left_out.iter().chain(&log.problems);
    sum.sentences.extend(problems.map(|it| Sentence { severity: Severity::Warning, text: it.to_string() }));
    sum.steps = search(asked).into_iter().collect();
    std::iter::once(sum).chain(found.into_iter().map(of_request)).collect()
}

fn of_request(request: &Request) -> Statement {
    let at = request.at.map(|at| format!("{}  ", at.day_and_time())).unwrap_or_default();
    let of = request.id.as_ref().map(|id| format!("/{id}")).unwrap_or_default();
    let status = request.status.map_or_else(String::new, |status| format!(" {status}"));
    let line = text!("scim-log.line", line = request.line);
    let heading = format!("{at}{} {}{of}{status} {line}", request.method, request.resource);
    let sentences = std::iter::once(request.said()).chain(request.remarks()).collect();
    Statement { heading: Some(heading), sentences, steps: Vec::new() }
}

/// How the same is found in GitLab.com's logs (R50 to R52), where a group or a value is asked for.
fn search(asked: &Asked) -> Option<Step> {
    let group = asked.group.as_ref().map(|group| format!("json.path: \"/api/scim/v2/groups/{group}\""));
    let value = asked.value.as_ref().map(|value| format!("json.params.value: \"{value}\""));
    let query: Vec<String> = group.into_iter().chain(value).collect();
    let text = text!("scim-log.kibana", query = query.join(" AND "));
    (!query.is_empty()).then(|| Step { text: text.to_string(), link: None })
}

fn message(content: &str, _: &Asked) -> Vec<Statement> {
    messages::said(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(content: &str, asked: &Asked) -> Vec<String> {
        let parts = read(content, asked);
        parts.iter().flat_map(|part| part.sentences.iter().map(|it| it.text.clone())).collect()
    }

    const LINE: &str = r#"{"time":"2026-11-21T17:20:17.452Z","status":404,"method":"DELETE","path":"/api/scim/v2/groups/acme/Users/0a21","params":[]}"#;

    #[test]
    fn each_kind_is_known_by_its_content() {
        for (content, words) in [
            ("https://gitlab.com/api/scim/v2/groups/acme\n", "SCIM API of the group “acme”"),
            ("\u{feff}{\"synchronizationRules\": []}", "not Entra ID's provisioning schema"),
            (r#"{"synchronizationRules": [{"objectMappings": []}]}"#, "no mapping of users"),
            (LINE, "Shown: 1 of 1 SCIM requests"),
            (
                &LINE.replace("\"method", "\"json.method").replace("\"path", "\"json.path"),
                "Shown: 1 of 1 SCIM requests",
            ),
            (r#"{"detail":"User has already been taken","status":409}"#, "does not give them"),
            ("See https://gitlab.com: Error authenticating: null", "no answer"),
            ("", "does not know"),
            ("Everything went well", "does not know"),
        ] {
            let texts = texts(content, &Asked::default());
            assert!(texts[0].contains(words), "{content}: {texts:?}");
        }
    }

    #[test]
    fn only_what_is_about_scim_for_certain_is_recognised() {
        for (content, is_it) in [
            ("https://gitlab.com/api/scim/v2/groups/acme", true),
            ("https://gitlab.com/groups/acme/-/saml", false),
            (LINE, true),
            (r#"{"method":"GET","path":"/api/v4/projects","status":200}"#, false),
            ("Error authenticating: null", true),
            ("<samlp:Response/>", false),
            ("", false),
        ] {
            assert_eq!(recognised(content).is_some(), is_it, "{content}");
        }
    }

    #[test]
    fn of_a_log_what_is_asked_for_is_told_with_time_and_place() {
        let file = format!("{LINE}\n{{\"x\": 1}}\n{{");
        let asked = Asked { group: Some("acme".into()), value: Some("0A21".into()), ..Asked::default() };
        let parts = read(&file, &asked);
        let [sum, request] = &parts[..] else { panic!("{parts:#?}") };
        assert!(sum.sentences[0].text.contains("Other lines in it: 1"), "{sum:?}");
        assert!(sum.sentences[1].text.contains("Line 3"), "{sum:?}");
        let query = "json.path: \"/api/scim/v2/groups/acme\" AND json.params.value: \"0A21\"";
        assert!(sum.steps[0].text.contains(query), "{sum:?}");
        assert_eq!(
            request.heading.as_deref(),
            Some("2026-11-21 17:20:17 UTC  DELETE Users/0a21 404 (line 1)")
        );
        assert_eq!(request.sentences[0].severity, Severity::Error);
        let other = read(&file, &Asked { group: Some("other".into()), ..Asked::default() });
        assert_eq!((other.len(), other[0].sentences[0].severity), (1, Severity::Warning));
    }

    #[test]
    fn what_is_known_beside_it_is_compared() {
        let asked =
            Asked { endpoint: Some("https://gitlab.com/api/scim/v2/groups/b".into()), ..Asked::default() };
        assert!(texts("https://gitlab.com/api/scim/v2/groups/a", &asked)[0].contains("groups/b"));
    }
}
