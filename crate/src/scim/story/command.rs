//! The command that gives a SCIM identity the identifier that the SCIM app sends, where GitLab refused it
//! with 409, behind what must hold before anybody runs it.
//!
//! Rows R35 to R38, R45 and R46; gitlab-facts 3.5: `GET` and `PATCH /groups/:id/scim/:uid`. A wrong value
//! opens an account to somebody else, so the change is given only towards the NameID of a sign-in of this
//! person that a log has: a recording is written by the person's own browser and proves nothing, as
//! [`proof`](crate::case::proof) says of any file. One row of [`REFUSALS`] is what stands against it. The first command
//! only looks. Samlight runs neither. Leaves out: what is changed in the app itself.

use super::{
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
        all.map(|text| Step { text: text.to_string(), link: None }).collect()
    }

    /// The address of the identity that is stored, and its identifier.
    fn url(&self, host: Option<&str>) -> Option<(String, &str)> {
        let current = self.current?;
        let (group, segment) = (path::segment(self.group?)?, path::segment(current)?);
        let instance = match Instance::named(host.unwrap_or(HOST), &[]) {
            Ok(instance) => instance,
            Err(Refusal::GitlabCom) => Instance::gitlab_com(),
            Err(_) => return None,
        };
        Some((instance.url(&format!("/api/v4/groups/{group}/scim/{segment}")), current))
    }
}
