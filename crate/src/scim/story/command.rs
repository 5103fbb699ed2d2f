//! The commands that change a SCIM identity, behind what must hold before anybody runs them: the one that
//! gives it the identifier that the SCIM app sends, where GitLab refused that with 409, and the one that
//! activates it.
//!
//! Rows R35 to R38, R45, R46, R65 to R71 and R74; gitlab-facts 3.5: `GET` and `PATCH
//! /groups/:id/scim/:uid`. A wrong value opens an account to somebody else, so the change is given only
//! towards the NameID of a sign-in of this person that a log has: a recording is written by the person's own
//! browser and proves nothing, as [`proof`](crate::case::proof) says of any file. One row of [`REFUSALS`] is
//! what stands against it, one of [`AGAINST`] what stands against activating: a person whom the SCIM app
//! itself switched off is not switched on by hand. The first command only looks. Samlight runs none of them.
//! Leaves out: what is changed in the app itself.

use super::{
    super::{endpoint, stored},
    KnownBy, Placed,
    conclusions::{Known, sentence, value},
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    gitlab::{
        command::{Command, Sends},
        instance::{Instance, Refusal},
        path,
    },
    text,
};

const ACCESS: &str = "PRIVATE-TOKEN: $GITLAB_TOKEN";
/// The host in place of one that the log does not name.
const HOST: &str = "gitlab.example.com";

/// The facts that a change is judged by.
struct Question<'a> {
    known: &'a Known<'a>,
    group: Option<&'a str>,
    current: Option<&'a str>,
    wanted: Option<&'a str>,
    /// That of a sign-in in a log.
    name_id: Option<&'a str>,
    /// That of a sign-in that a browser recorded.
    recorded: Option<&'a str>,
}

/// One reason against it, and whether it holds.
type Rule = (fn() -> Text, fn(&Question<'_>) -> bool);

const REFUSALS: [Rule; 7] = [
    (|| text!("story.command.no-group"), |q| q.group.is_none()),
    (|| text!("story.command.no-current"), |q| q.current.is_none()),
    (|| text!("story.command.no-name-id"), |q| q.name_id.is_none() && q.recorded.is_none()),
    (|| text!("story.command.recorded"), |q| q.name_id.is_none() && q.recorded.is_some()),
    (
        || text!("story.command.other-name-id"),
        |q| [q.name_id, q.recorded].iter().any(|it| it.is_some() && *it != q.wanted),
    ),
    (
        || text!("story.command.shared"),
        |q| {
            q.wanted.is_some_and(|it| {
                [KnownBy::Scim, KnownBy::Saml].iter().any(|by| q.known.people.is_shared(*by, it))
            })
        },
    ),
    (
        || text!("repair.refused.unaddressable"),
        |q| [q.wanted, q.current].into_iter().flatten().any(|it| path::segment(it).is_none()),
    ),
];

/// The sentences and the steps for a request that was refused with 409.
pub(super) fn guarded(known: &Known<'_>, refused: &Placed) -> (Vec<Sentence>, Vec<Step>) {
    let question = Question {
        known,
        group: refused.record.group.as_deref(),
        current: known.scim().map(|it| it.0),
        wanted: value(&refused.record.values, &["externalId"]),
        name_id: known.logged_name_id(),
        recorded: known.recorded_name_id(),
    };
    if question.wanted.zip(question.current).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b)) {
        return (Vec::new(), Vec::new());
    }
    let against = REFUSALS.iter().filter(|(_, holds)| holds(&question)).map(|(text, _)| text());
    let mut against: Vec<Sentence> = against.map(|text| sentence(Severity::Info, &text)).collect();
    if !against.is_empty() {
        against.insert(0, sentence(Severity::Info, &text!("story.command.none")));
    }
    let host = refused.record.host.as_deref();
    let steps = question.commands(host, against.is_empty());
    (against, steps)
}

impl Question<'_> {
    fn commands(&self, host: Option<&str>, is_safe: bool) -> Vec<Step> {
        let Some((url, current)) = self.url(host) else { return Vec::new() };
        let look = Command { method: "GET", url: url.clone(), access: ACCESS, sends: Sends::Nothing };
        let look = text!("story.command.look", current = current, command = look.shell());
        let change = self.wanted.filter(|_| is_safe).map(|wanted| {
            let sends = Sends::Field("extern_uid", wanted.to_owned());
            let change = Command { method: "PATCH", url, access: ACCESS, sends };
            text!("story.command.change", current = current, wanted = wanted, command = change.shell())
        });
        let unknown = host.is_none().then(|| text!("story.command.host", host = HOST));
        let all = std::iter::once(look).chain(change).chain(unknown);
        all.map(|text| Step { text: text.to_string(), link: None, by: None }).collect()
    }

    /// The address of the identity that is stored, and its identifier.
    fn url(&self, host: Option<&str>) -> Option<(String, &str)> {
        let current = self.current?;
        let (group, segment) = (path::segment(self.group?)?, path::segment(current)?);
        let instance = instance(host.unwrap_or(HOST))?;
        Some((instance.url(&format!("/api/v4/groups/{group}/scim/{segment}")), current))
    }
}

/// The GitLab at `host`, where it is one.
fn instance(host: &str) -> Option<Instance> {
    match Instance::named(host, &[]) {
        Ok(instance) => Some(instance),
        Err(Refusal::GitlabCom) => Some(Instance::gitlab_com()),
        Err(_) => None,
    }
}

/// One reason against activating the identity `scim`, where it holds.
type Against = fn(&Known<'_>, scim: &str) -> Option<Text>;

const AGAINST: [Against; 5] = [
    |known, scim| known.sent().filter(|it| is_other(it, scim)).map(|_| text!("scim.activation.other-sent")),
    |known, scim| {
        let name_ids = [known.name_id(), known.logged_name_id()];
        let is_one = name_ids.into_iter().flatten().any(|it| is_other(it, scim));
        is_one.then(|| text!("scim.activation.other-name-id"))
    },
    |known, scim| known.saml().filter(|it| is_other(it, scim)).map(|_| text!("scim.activation.differs")),
    |known, scim| {
        let is_shared = [KnownBy::Scim, KnownBy::Saml].iter().any(|by| known.people.is_shared(*by, scim));
        is_shared.then(|| text!("scim.activation.shared"))
    },
    |known, _| known.switched_off().map(|by| text!("scim.activation.by-app", place = known.place(by))),
];

/// Whether two identifiers are not the same; GitLab finds a SCIM identity whatever its case.
fn is_other(one: &str, other: &str) -> bool {
    !one.eq_ignore_ascii_case(other)
}

/// The sentences and the steps for a SCIM identity that is inactive (R65 to R71, R74).
pub(super) fn activation(known: &Known<'_>) -> (Vec<Sentence>, Vec<Step>) {
    let Some((scim, _)) = known.scim() else { return (Vec::new(), stored::activate("", None, false)) };
    let against = AGAINST.iter().filter_map(|against| against(known, scim));
    let mut against: Vec<Sentence> = against.map(|text| sentence(Severity::Info, &text)).collect();
    if !against.is_empty() {
        against.insert(0, sentence(Severity::Info, &text!("scim.activation.none")));
    }
    // Of the newest request whose group and host are known.
    let url = known.records.iter().rev().find_map(|it| {
        let group = endpoint::escape(it.record.group.as_deref()?);
        Some(instance(it.record.host.as_deref()?)?.url(&format!("/api/scim/v2/groups/{group}")))
    });
    let steps = stored::activate(scim, url.as_deref(), against.is_empty());
    (against, steps)
}
