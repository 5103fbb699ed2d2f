//! The identities that GitLab has stored, in its own answers: a SCIM user, a list of them, the lists of SAML
//! and of SCIM identities, members, users, and tables that people make of these.
//!
//! gitlab-facts 3.2 to 3.7; rows R58, R59, R65, R69 and R72. The two identifiers of one user are compared.
//! Leaves out: whose NameID it is, which a sign-in says.

use super::{Statement, records::Flat};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    comparison::{Verdict, verdict},
    gitlab::docs,
    text,
};

const SAML: &[&str] = &["samlexternuid", "groupsamlidentityexternuid", "samlidentifier", "samlextern"];
const SCIM: &[&str] =
    &["scimexternuid", "groupscimidentityexternuid", "scimidentifier", "scimidentities0externuid"];
const ACTIVE: &[&str] = &["scimactive", "groupscimidentityactive", "scimidentities0active", "active"];

/// The statement of an answer of GitLab's, of what is stored for a user; nothing where it is none.
pub(super) fn stored(record: &Flat) -> Option<Statement> {
    let schema = record.first(&["schemas0"]).unwrap_or_default();
    if schema.ends_with(":ListResponse") && record.first(&["totalresults"]) == Some("0") {
        return Some(Statement::of(Severity::Info, &text!("stored.nobody")));
    }
    if record.first(&["message"]).is_some_and(|message| message.contains("IP restricted group")) {
        let group = record.first(&["fullpath", "groupfullpath"]).unwrap_or_default();
        let address = record.first(&["ipaddress", "remoteip"]).unwrap_or_default();
        let mut said = Statement::of(Severity::Error, &text!("stored.ip", group = group, address = address));
        said.steps = vec![Step { text: text!("scim-said.403.ranges").to_string(), link: None }];
        return Some(said);
    }
    let of_scim = schema.ends_with(":core:2.0:User");
    let identities = record.members("identities", ["provider", "externuid"]);
    let of_user = identities
        .filter_map(|[provider, uid]| uid.filter(|_| provider.is_some_and(|it| it.contains("saml"))));
    let only = record.first(&["externuid"]).filter(|_| record.first(&["userid"]).is_some());
    let has_active = record.first(&["active"]).is_some();
    let saml = record.first(SAML).or(only.filter(|_| !has_active)).or(of_user.last());
    let scim = record.first(SCIM).or(only.filter(|_| has_active));
    let scim = scim.or_else(|| record.first(&["id"]).filter(|_| of_scim && has_active));
    let sentence = |severity, text: Text| Sentence { severity, text: text.to_string() };
    let (first, second) = match (saml, scim) {
        (Some(saml), Some(scim)) => {
            let (severity, text) = match verdict(saml, scim) {
                Verdict::Exact => (Severity::Good, text!("stored.same", saml = saml)),
                Verdict::CaseOnly => (Severity::Warning, text!("stored.case", saml = saml, scim = scim)),
                _ => (Severity::Warning, text!("stored.differ", saml = saml, scim = scim)),
            };
            (sentence(severity, text), true)
        }
        (Some(saml), None) => (sentence(Severity::Neutral, text!("stored.saml", saml = saml)), false),
        (None, Some(scim)) => (sentence(Severity::Neutral, text!("stored.scim", scim = scim)), true),
        (None, None) => return None,
    };
    let is_inactive = second
        && record
            .first(ACTIVE)
            .is_some_and(|it| ["false", "f", "no", "0"].contains(&it.to_ascii_lowercase().as_str()));
    let inactive = is_inactive.then(|| sentence(Severity::Error, text!("stored.inactive")));
    let id = record.first(&["userid"]).or(record.first(&["id"]).filter(|_| !of_scim));
    let who: Vec<&str> = [id, record.first(&["username"]), record.first(&["emails0value", "email"])]
        .into_iter()
        .flatten()
        .collect();
    Some(Statement {
        heading: Some(text!("stored.user", user = who.join(", ")).to_string()),
        sentences: std::iter::once(first).chain(inactive).collect(),
        steps: is_inactive
            .then(|| Step {
                text: text!("stored.inactive.do").to_string(),
                link: Some(docs::TROUBLESHOOTING_SCIM.to_owned()),
            })
            .into_iter()
            .collect(),
    })
}
