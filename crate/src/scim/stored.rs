//! The identities that GitLab has stored, in its own answers: a SCIM user, a list of them, the lists of SAML
//! and of SCIM identities, members, users, and tables that people make of these.
//!
//! gitlab-facts 3.2 to 3.7; rows R58, R59, R65 to R72 and R74. The two identifiers of one user are compared;
//! one that is inactive is activated by commands.
//! Leaves out: whose NameID it is, which a sign-in says.

use super::{
    Statement, activation,
    record::{KnownBy, Record, Source, Valued, What},
    records::Flat,
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    comparison::{Verdict, verdict},
    gitlab::docs,
    text,
};

/// The names under which a record has the two identifiers, and whether that of SCIM is active.
pub(super) const SAML_UID: &str = "SAML extern_uid";
pub(super) const SCIM_UID: &str = "SCIM extern_uid";
pub(super) const SCIM_ACTIVE: &str = "SCIM active";

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
        said.steps = vec![Step { text: text!("scim-said.403.ranges").to_string(), link: None, by: None }];
        return Some(said);
    }
    let identities = Identities::of(record)?;
    let sentence = |severity, text: Text| Sentence { severity, text: text.to_string() };
    let (first, second) = match (identities.saml, identities.scim) {
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
    let is_inactive = second && identities.is_active == Some(false);
    let inactive = is_inactive.then(|| sentence(Severity::Error, text!("stored.inactive")));
    // GitLab finds a SCIM identity whatever its case (gitlab-facts 4.2).
    let is_other = |scim: &str| identities.saml.is_some_and(|saml| !saml.eq_ignore_ascii_case(scim));
    let against = identities.scim.is_some_and(is_other) && is_inactive;
    let against = against.then(|| sentence(Severity::Info, text!("scim.activation.differs")));
    let steps = identities.scim.filter(|_| is_inactive).map(|scim| activate(scim, None, against.is_none()));
    Some(Statement {
        heading: Some(text!("stored.user", user = identities.named().join(", ")).to_string()),
        sentences: std::iter::once(first).chain(inactive).chain(against).collect(),
        steps: steps.unwrap_or_default(),
    })
}

/// The steps for the inactive identity `scim`, the change only where nothing stands against it; `url` is the
/// address of the SCIM API, where that is known.
pub(super) fn activate(scim: &str, url: Option<&str>, is_safe: bool) -> Vec<Step> {
    let again = Step {
        text: text!("stored.inactive.do").to_string(),
        link: Some(docs::TROUBLESHOOTING_SCIM.to_owned()),
        by: None,
    };
    std::iter::once(again).chain(activation::steps(scim, url, is_safe)).collect()
}

/// The identities of one user, as an answer has them.
struct Identities<'a> {
    saml: Option<&'a str>,
    scim: Option<&'a str>,
    is_active: Option<bool>,
    id: Option<&'a str>,
    username: Option<&'a str>,
    email: Option<&'a str>,
}

impl<'a> Identities<'a> {
    fn of(record: &'a Flat) -> Option<Self> {
        let of_scim = record.first(&["schemas0"]).unwrap_or_default().ends_with(":core:2.0:User");
        let identities = record.members("identities", ["provider", "externuid"]);
        let of_user = identities
            .filter_map(|[provider, uid]| uid.filter(|_| provider.is_some_and(|it| it.contains("saml"))));
        let only = record.first(&["externuid"]).filter(|_| record.first(&["userid"]).is_some());
        let has_active = record.first(&["active"]).is_some();
        let saml = record.first(SAML).or(only.filter(|_| !has_active)).or(of_user.last());
        let scim = record.first(SCIM).or(only.filter(|_| has_active));
        let scim = scim.or_else(|| record.first(&["id"]).filter(|_| of_scim && has_active));
        let active = record.first(ACTIVE);
        let is_inactive = |it: &str| ["false", "f", "no", "0"].contains(&it.to_ascii_lowercase().as_str());
        (saml.is_some() || scim.is_some()).then(|| Identities {
            saml,
            scim,
            is_active: active.map(|it| !is_inactive(it)),
            id: record.first(&["userid"]).or(record.first(&["id"]).filter(|_| !of_scim)),
            username: record.first(&["username"]),
            email: record.first(&["emails0value", "email"]),
        })
    }

    fn named(&self) -> Vec<&'a str> {
        [self.id, self.username, self.email].into_iter().flatten().collect()
    }
}

/// The answer as a record of the person.
pub(super) fn record(line: usize, record: &Flat) -> Option<Record> {
    let statement = stored(record)?;
    let it = Identities::of(record)?;
    let known = [
        (KnownBy::UserId, "user id", it.id),
        (KnownBy::Name, "username", it.username),
        (KnownBy::Email, "email", it.email),
        (KnownBy::Saml, SAML_UID, it.saml),
        (KnownBy::Scim, SCIM_UID, it.scim),
    ];
    let known = known.into_iter().filter_map(|(by, name, value)| Some((by, name, value?)));
    let active = it.is_active.filter(|_| it.scim.is_some());
    let active = active.map(|is_active| Valued::new(SCIM_ACTIVE, if is_active { "true" } else { "false" }));
    let sentences = statement.sentences.iter().map(|sentence| sentence.text.as_str());
    Some(Record {
        source: Source::GitlabAnswer,
        line,
        who: known.clone().map(|(by, _, value)| (by, value.to_owned())).collect(),
        what: What::Stored,
        values: known.map(|(_, name, value)| Valued::new(name, value)).chain(active).collect(),
        severity: statement.sentences.iter().map(|it| it.severity).max().unwrap_or_default(),
        meaning: sentences.collect::<Vec<_>>().join(" "),
        steps: statement.steps,
        ..Record::default()
    })
}
