//! `auth_json.log` and `application_json.log`: what GitLab says of a sign-in besides the request.
//!
//! `lib/parameter_filters/saml_response.rb` (`payload_type` `saml_response`),
//! `lib/gitlab/auth/o_auth/user.rb` (saved or not), `lib/gitlab/auth/blocked_user_tracker.rb`, OmniAuth's own
//! words (`Authentication failure!`), and `Rack_Attack`; gitlab-facts 6.2. Leaves out: IP restrictions
//! ([`stored`](super::super::stored)), and sign-ins of other kinds.

use super::{
    super::{messages::between, records::Flat},
    Said, cut, known,
};
use crate::{
    base::{catalogue::Text, severity::Severity},
    text,
};

/// A message of the log.
struct Message {
    /// Its parts, in this order.
    parts: &'static [&'static str],
    says: fn(&str) -> Said,
}

/// The messages; the first that fits holds.
const MESSAGES: [Message; 5] = [
    Message { parts: &["Authentication failure!"], says: refused },
    Message { parts: &[") saving user ", " from login with admin => "], says: saved },
    Message { parts: &[") Error saving user ", "): "], says: not_saved },
    Message { parts: &["Failed login for blocked user: user="], says: blocked },
    Message { parts: &["(", "phase initiated."], says: |_| begun() },
];

/// Reads a line of the log.
pub(super) fn read(record: &Flat) -> Option<Said> {
    if record.first(&["payloadtype"]) == Some("saml_response") {
        return Some(response(record));
    }
    // The line itself can stand as a text in what wraps it.
    let message = record.first(&["message"]).filter(|text| !text.contains("{\""))?;
    if message == "Rack_Attack" {
        return throttled(record);
    }
    let is_it = |row: &&Message| {
        row.parts.iter().try_fold(message, |rest, part| Some(rest.split_once(part)?.1)).is_some()
    };
    let row = MESSAGES.iter().find(is_it)?;
    let is_other = message.starts_with('(') && !["saml", "(oauth)"].iter().any(|it| has(message, it));
    let said = (!is_other || has(message, "rubysaml")).then(|| (row.says)(message))?;
    let caller = record.first(&["metauser", "username"]).map(str::to_owned);
    Some(Said { who: said.who.into_iter().chain(caller).collect(), ..said })
}

fn has(message: &str, word: &str) -> bool {
    message.to_ascii_lowercase().contains(word)
}

/// The Response of the identity provider, as GitLab read it.
fn response(record: &Flat) -> Said {
    let said = Said { what: "saml_response".to_owned(), ..Said::default() };
    if let Some(error) = record.first(&["error"]) {
        let said = said.says(Severity::Error, &text!("logged.response-unread", said = cut(error)));
        return meant(said, error);
    }
    let value = |name: &str| record.first(&[&format!("samlresponse{name}")]);
    let name_id = value("nameid");
    let emails = record.below("samlresponseattributes").filter(|value| value.contains('@'));
    let who = name_id.into_iter().chain(emails).map(str::to_owned).collect();
    let mut said = Said { who, name_id: name_id.map(str::to_owned), ..said };
    if value("success") == Some("false") {
        let status = [value("statuscode"), value("statusmessage")].into_iter().flatten();
        let status: Vec<&str> = status.collect();
        said = said
            .says(Severity::Error, &text!("logged.response-status", status = status.join(", ")))
            .advises([text!("said.status.do")]);
    }
    said = match (name_id, value("assertionencrypted")) {
        (Some(name_id), _) => said.says(Severity::Info, &text!("logged.response", name_id = name_id)),
        (None, Some("true")) => said.says(Severity::Info, &text!("logged.response-encrypted")),
        (None, _) => said
            .says(Severity::Error, &text!("logged.response-no-name-id"))
            .advises([text!("said.no-name-id.do")]),
    };
    const VALUES: [(&str, &str); 5] = [
        ("issuer0", "Issuer"),
        ("nameidformat", "NameID Format"),
        ("audiences0", "Audience"),
        ("destination", "Destination"),
        ("inresponseto", "InResponseTo"),
    ];
    let values = VALUES.iter().filter_map(|(name, shown)| Some(format!("{shown} “{}”", value(name)?)));
    let values: Vec<String> = values.collect();
    if !values.is_empty() {
        said = said.says(Severity::Neutral, &text!("logged.response-values", values = values.join(", ")));
    }
    said
}

/// The meaning of the reason in a message; where it is not known, what to bring.
fn meant(said: Said, reason: &str) -> Said {
    match known(reason) {
        Some((severity, means, steps)) => {
            let said = said.says(severity, &means);
            Said { steps: said.steps.into_iter().chain(steps).collect(), ..said }
        }
        None => said.advises([text!("explain.bring.trace"), text!("logged.unknown.bring")]),
    }
}

/// `(saml) Authentication failure! invalid_ticket: OneLogin::RubySaml::ValidationError, Fingerprint
/// mismatch`.
fn refused(message: &str) -> Said {
    let reason = message.split_once("failure!").map_or(message, |(_, reason)| reason);
    // The class of the error stands before the reason.
    let reason = reason.split_once("Error, ").map_or(reason, |(_, reason)| reason).trim();
    let said = Said { what: "Authentication failure".to_owned(), ..Said::default() };
    meant(said.says(Severity::Error, &text!("logged.refused-because", said = cut(reason))), reason)
}

/// `(SAML) saving user MAIL from login with admin => false, extern_uid => UID`.
fn saved(message: &str) -> Said {
    let email = between(message, ") saving user ", " from login").unwrap_or_default();
    let uid = message.rsplit_once("extern_uid => ").map_or("", |(_, uid)| uid.trim());
    let text = match uid {
        "" => text!("logged.saved-hidden"),
        uid => text!("logged.saved", uid = uid),
    };
    let name_id = Some(uid.to_owned()).filter(|uid| !uid.is_empty());
    Said { name_id, ..said_of("saving user", [uid.to_owned(), email]) }.says(Severity::Good, &text)
}

/// `(SAML) Error saving user UID (MAIL): ["Email has already been taken"]`.
fn not_saved(message: &str) -> Said {
    let who = between(message, ") Error saving user ", "): ").unwrap_or_default();
    let (uid, email) = who.split_once(" (").unwrap_or((&who, ""));
    let reason = message.split_once("): ").map_or("", |(_, reason)| reason).trim_matches(['[', ']', '"']);
    let said = said_of("Error saving user", [uid.to_owned(), email.to_owned()]);
    let said = Said { name_id: Some(uid.to_owned()).filter(|uid| !uid.is_empty()), ..said };
    meant(said.says(Severity::Error, &text!("logged.not-saved", said = cut(reason))), reason)
}

/// `Failed login for blocked user: user=NAME ip=ADDRESS`.
fn blocked(message: &str) -> Said {
    let name = between(message, "user: user=", " ip=").unwrap_or_default();
    said_of("Failed login", [name])
        .says(Severity::Error, &text!("said.blocked"))
        .advises([text!("said.blocked.do")])
}

fn begun() -> Said {
    Said { what: "phase initiated".to_owned(), ..Said::default() }
        .says(Severity::Neutral, &text!("logged.begun"))
}

/// A request that GitLab did not let in, where it was one of a sign-in or of provisioning.
fn throttled(record: &Flat) -> Option<Said> {
    let path = record.first(&["path"]).filter(|path| path.contains("saml") || path.contains("/scim/"))?;
    let method = record.first(&["requestmethod"]).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let said = Said { what: format!("{method} {path}").trim().to_owned(), ..Said::default() };
    let (text, step): (Text, Text) = (text!("explain.too-many"), text!("explain.too-many.do"));
    Some(said.says(Severity::Error, &text).advises([step]))
}

fn said_of<const N: usize>(what: &str, who: [String; N]) -> Said {
    let who = who.into_iter().filter(|who| !who.is_empty()).collect();
    Said { what: what.to_owned(), who, ..Said::default() }
}
