//! [`NewIdentity`]: the page, the two values and the commands by which an administrator of a GitLab adds the
//! identity that a person lacks; for one user, and for all whose sign-ins were recorded.
//!
//! Rows R10 and R13. gitlab-facts 1.6: `/admin/users/U/identities/new` asks for the provider and the
//! identifier; 3.4: `PUT /users/:id` with `provider` and `extern_uid`, and `GET
//! /users?extern_uid=U&provider=P`. `PUT` would replace an identity of this provider, so that the commands
//! look first, and add nothing where the user has one or somebody has the identifier. Samlight runs none of
//! them. Leaves out: groups, whose members link themselves, and GitLab.com, which has no such administrator.

use super::verdict::step;
use crate::{
    base::{
        catalogue::Text,
        severity::{Actor, Step},
    },
    case::Case,
    comparison::{self, Verdict},
    gitlab::{command::quoted, docs, instance::Instance, path, routes::Provider},
    text,
    trace::flow::Flow,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// See the module's head.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NewIdentity {
    /// Its name, and for whom it is.
    pub heading: String,
    /// The steps, the page first.
    pub steps: Vec<Step>,
    /// The values for the form: label and value.
    pub values: Vec<(String, String)>,
    /// The same by the API: what it is for, and the command.
    pub commands: Vec<(String, String)>,
}

/// Recorded sign-ins that are looked at for the command of many users.
const LOOKED_INTO: usize = 100;

/// The identity that the person lacks, where an administrator can add it.
pub(super) fn new_identity(case: &Case<'_>) -> Option<NewIdentity> {
    let missing = Missing::of(case)?;
    let values = [
        (text!("new-identity.provider"), missing.provider.to_owned()),
        (text!("new-identity.identifier"), missing.uid.clone()),
    ];
    let (one, all) = (missing.user().into_iter().collect(), missing.all(case));
    let commands = [(text!("new-identity.one"), one), (text!("new-identity.many", count = all.len()), all)];
    let commands = commands.into_iter().enumerate().filter(|(at, (_, users))| users.len() > *at);
    Some(NewIdentity {
        heading: text!("new-identity").to_string(),
        steps: missing.steps(case),
        values: values.map(|(label, value)| (label.to_string(), value)).into(),
        commands: commands.map(|(_, (what, users))| (what.to_string(), missing.command(&users))).collect(),
    })
}

/// The page on which the identity is added, where one is lacking and an administrator can do it.
pub(super) fn page(case: &Case<'_>) -> Option<(String, String)> {
    let missing = Missing::of(case)?;
    Some((missing.page(), missing.provider.to_owned()))
}

/// The identity that is missing.
struct Missing<'a> {
    instance: &'a Instance,
    provider: &'a str,
    uid: String,
    id: Option<u64>,
    username: Option<String>,
}

/// The provider's name and the value that GitLab looks for in a sign-in to a GitLab that an administrator
/// configures.
fn sent<'a>(case: &Case<'a>) -> Option<(&'a Instance, &'a str, String)> {
    let Case { tracer, flow, .. } = *case;
    let (Some(instance), Some(Provider::Instance { name })) = (&flow.instance, &flow.provider) else {
        return None;
    };
    let is_made_up = flow.name_id(tracer).is_some_and(|(name_id, _)| comparison::is_transient(&name_id));
    let (uid, _) = comparison::uid_sent(tracer, flow)?;
    (!instance.is_gitlab_com() && !is_made_up).then_some((instance, name, uid))
}

impl<'a> Missing<'a> {
    fn of(case: &Case<'a>) -> Option<Self> {
        let (instance, provider, uid) = sent(case)?;
        case.findings().iter().find(|finding| finding.diagnosis.id == "name-id-not-stored")?;
        let member = case.comparison().attribution.member();
        let username = member.and_then(|member| member.username.clone());
        Some(Missing { instance, provider, uid, id: member.and_then(|member| member.id), username })
    }

    /// The form for a new identity of the user; where nobody knows who that is, the list of users.
    fn page(&self) -> String {
        match self.username.as_deref().and_then(path::segment) {
            Some(user) => self.instance.url(&format!("/admin/users/{user}/identities/new")),
            None => self.instance.url("/admin/users"),
        }
    }

    fn steps(&self, case: &Case<'_>) -> Vec<Step> {
        let page = self.page();
        let by_administrator = |text: Text, link: Option<&str>| Step {
            by: Some(Actor::GitlabAdministrator),
            ..step(text, link)
        };
        let open = match &self.username {
            Some(_) => text!("new-identity.open", page = page),
            None => text!("new-identity.find", page = page),
        };
        let whose = case.named(case.comparison().attribution.text());
        vec![
            by_administrator(open, Some(&page)),
            by_administrator(text!("new-identity.fill", provider = self.provider), None),
            by_administrator(text!("new-identity.careful", whose = whose), Some(docs::INSTANCE)),
        ]
    }

    fn user(&self) -> Option<(u64, String)> {
        Some((self.id?, self.uid.clone()))
    }

    /// The users of all recorded sign-ins to this GitLab who lack an identity, with the newest value of each.
    fn all(&self, case: &Case<'_>) -> Vec<(u64, String)> {
        let is_here = |flow: &&Flow| {
            flow.instance.as_ref() == Some(self.instance)
                && flow.provider.as_ref().is_some_and(|provider| provider.name() == self.provider)
        };
        let mut users: BTreeMap<u64, String> = self.user().into_iter().collect();
        for flow in case.tracer.flows().iter().rev().filter(is_here).take(LOOKED_INTO) {
            let other = Case::new(case.tracer, flow, case.now);
            let is_missing = other.comparison().saml_verdict() == Verdict::NotStored && !other.let_in();
            let id = other.comparison().attribution.member().and_then(|member| member.id);
            if let Some((id, (_, _, uid))) = id.zip(sent(&other)).filter(|_| is_missing) {
                users.entry(id).or_insert(uid);
            }
        }
        users.into_iter().collect()
    }

    /// The guarded command for these users, for a POSIX shell.
    fn command(&self, users: &[(u64, String)]) -> String {
        let said = |text: Text| quoted(&text.to_string());
        let head = [
            format!("root={}", quoted(&self.instance.url("/api/v4"))),
            format!("name={}", quoted(self.provider)),
            format!("provider={}", quoted(&path::form_field("provider", self.provider))),
            "ask() { curl --silent --fail --header \"PRIVATE-TOKEN: $GITLAB_TOKEN\" \"$@\"; }".to_owned(),
            "add() {".to_owned(),
            "  owner=$(ask \"$root/users?$provider&$2\") && user=$(ask \"$root/users/$1\") ||".to_owned(),
            format!("    {{ echo \"$1:\" {}; return; }}", said(text!("new-identity.said.no-answer"))),
            "  case \"$owner $user\" in".to_owned(),
            format!(
                "    '[] {{'*'\"provider\":\"'\"$name\"'\"'*) echo \"$1:\" {} ;;",
                said(text!("new-identity.said.has-one"))
            ),
            "    '[] {'*) ask --output /dev/null --request PUT --data \"$provider\" --data \"$2\" \\"
                .to_owned(),
            format!("      \"$root/users/$1\" && echo \"$1:\" {} ;;", said(text!("new-identity.said.added"))),
            format!("    '[{{'*) echo \"$1:\" {} ;;", said(text!("new-identity.said.taken"))),
            format!("    *) echo \"$1:\" {} ;;", said(text!("new-identity.said.no-answer"))),
            "  esac".to_owned(),
            "}".to_owned(),
        ];
        let calls = users
            .iter()
            .map(|(id, uid)| format!("add {id} {}", quoted(&path::form_field("extern_uid", uid))));
        head.into_iter().chain(calls).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests;
