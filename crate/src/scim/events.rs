//! Events of the identity providers' own logs of provisioning: one a user and request, with whom it was
//! about, what was sent, and what GitLab answered.
//!
//! One table ([`PROVIDERS`]): gitlab-facts 7.4 (Microsoft Graph, `provisioningObjectSummary`; the portal's
//! JSON and CSV; diagnostic settings) and 7.6 (Okta System Log, JSON and CSV); rows R32, R53, R55, R84 and
//! R89. Leaves out: events about something else, and what GitLab's own log says of the same request.

mod sign_ins;

use super::{
    Statement,
    kept::size_of_texts,
    logged::heading_time,
    messages::{self, Meaning, between},
    records::Flat,
};
use crate::{
    base::{
        instant::{Timestamp, logged::Logged},
        severity::{Sentence, Severity, Step},
    },
    gitlab::routes::is_group_path,
    text,
};

/// Characters of an answer that are told.
const ANSWER: usize = 600;

/// The names that the log of one identity provider has for things.
struct Provider {
    called: &'static str,
    /// Of each of these one is there.
    needs: &'static [&'static [&'static str]],
    at: &'static [&'static str],
    action: &'static [&'static str],
    /// The beginnings of the actions that are meant; any where there is none.
    actions: &'static [&'static str],
    result: &'static [&'static str],
    reason: &'static [&'static str],
    who: &'static [&'static [&'static str]],
}

const STATUS: &[&str] = &["provisioningstatusinfostatus", "statusinfostatus", "status", "resulttype"];
const SOURCE: &[&str] = &["sourceidentitydisplayname", "sourceidentityname", "identity"];
const SOURCE_ID: &[&str] = &["sourceidentityid", "sourceid"];

const PROVIDERS: [Provider; 2] = [
    Provider {
        called: "Entra ID",
        needs: &[
            STATUS,
            &["sourceidentitydisplayname", "sourceidentityname", "sourceidentityid", "sourceid"],
        ],
        at: &["activitydatetime", "dateutc", "date", "time", "timestamp"],
        action: &["provisioningaction", "action"],
        actions: &[],
        result: STATUS,
        reason: &[
            "provisioningstatusinfoerrorinformationreason",
            "statusinfoerrorinformationreason",
            "provisioningstatusinfoerrorinformationadditionaldetails",
            "statusinforeason",
            "statusreason",
            "resultdescription",
        ],
        who: &[SOURCE, &["sourceidentitydetailsuserprincipalname"], SOURCE_ID],
    },
    Provider {
        called: "Okta",
        needs: &[&["eventtype"], &["outcomeresult"]],
        at: &["published", "timestamp", "date", "time"],
        action: &["eventtype"],
        actions: &["application.", "user.authentication.sso"],
        result: &["outcomeresult"],
        reason: &["outcomereason", "displaymessage"],
        who: &[],
    },
];

/// One event; the same again and again is one.
pub(super) struct Event {
    heading: String,
    severity: Severity,
    who: Vec<String>,
    sent: Vec<String>,
    /// The answer, or the reason why nothing was sent.
    said: String,
    meaning: Option<&'static Meaning>,
    line: usize,
    times: usize,
    /// The first time and the last one.
    span: Option<(Timestamp, Timestamp)>,
    /// Of a sign-in whether it was one to GitLab, by the names of app and resource.
    is_gitlab: Option<bool>,
}

/// The event that a record tells: a sign-in, or one of provisioning.
pub(super) fn event(line: usize, record: &Flat) -> Option<Event> {
    sign_ins::event(line, record).or_else(|| provisioned(line, record))
}

fn provisioned(line: usize, record: &Flat) -> Option<Event> {
    let is_it = |provider: &&Provider| {
        let action = record.first(provider.action).unwrap_or_default();
        provider.needs.iter().all(|names| record.first(names).is_some())
            && (provider.actions.is_empty() || provider.actions.iter().any(|start| action.starts_with(start)))
    };
    let provider = PROVIDERS.iter().find(is_it)?;
    let result = record.first(provider.result).unwrap_or_default();
    let severity = match result.to_ascii_lowercase().as_str() {
        "success" | "allow" => Severity::Good,
        "failure" | "failed" | "error" | "deny" => Severity::Error,
        "skipped" | "warning" => Severity::Warning,
        _ => Severity::Info,
    };
    // The steps that did not go well say why.
    let steps = record.members("provisioningsteps", ["status", "description"]).filter_map(|it| match it {
        [Some(status), Some(description)] if !status.eq_ignore_ascii_case("success") => Some(description),
        _ => None,
    });
    let reason = record.first(provider.reason).filter(|_| severity != Severity::Good);
    let steps = steps.filter(|_| reason.is_none() && severity != Severity::Good);
    let said: Vec<&str> = reason.into_iter().chain(steps).collect();
    let said: String = said.join(" ").chars().take(ANSWER).collect();
    let targets = record
        .members("target", ["type", "displayname", "alternateid"])
        .filter(|[of, ..]| of.is_none_or(|of| of.contains("User")));
    let targets = targets.flat_map(|[_, name, id]| [name, id]).flatten();
    let mut who: Vec<String> = Vec::new();
    for value in provider.who.iter().filter_map(|names| record.first(names)).chain(targets) {
        if !who.iter().any(|it| it == value) {
            who.push(value.to_owned());
        }
    }
    let sent = record.members("modifiedproperties", ["displayname", "newvalue"]);
    let sent = sent.filter_map(|[name, value]| Some(format!("{} “{}”", name?, value?.trim_matches('"'))));
    let at = record.first(provider.at).and_then(Logged::parse).map(|at| at.at);
    let action = record.first(provider.action).unwrap_or_default();
    Some(Event {
        heading: format!("{} {action} {result}", provider.called),
        severity,
        who,
        sent: sent.collect(),
        meaning: (severity == Severity::Error).then(|| messages::meaning_of(&said)).flatten(),
        said,
        line,
        times: 1,
        span: at.map(|at| (at, at)),
        is_gitlab: None,
    })
}

impl Event {
    /// Whether a sign-in was one to GitLab; nothing of what is no sign-in.
    pub(super) fn is_gitlab(&self) -> Option<bool> {
        self.is_gitlab
    }

    /// The number of times that it happened.
    pub(super) fn times(&self) -> usize {
        self.times
    }

    /// The group that GitLab's answer names.
    pub(super) fn group(&self) -> Option<String> {
        between(&self.said, "/scim/v2/groups/", "/").filter(|group| is_group_path(group))
    }

    /// The text that is the same in events that say the same.
    pub(super) fn key(&self) -> String {
        // The answer names the request, which differs each time.
        let said = self.meaning.map_or(self.said.as_str(), |meaning| (meaning.means)("").key());
        format!("{}\0{:?}\0{:?}\0{said}", self.heading, self.who, self.sent)
    }

    /// The octets that it takes in memory.
    pub(super) fn size(&self) -> usize {
        let texts = [&self.heading, &self.said].into_iter().chain(&self.who).chain(&self.sent);
        size_of::<Self>() + size_of_texts(texts)
    }

    /// Takes in another one that says the same.
    pub(super) fn fold(&mut self, other: &Event) {
        self.times += 1;
        self.span = match (self.span, other.span) {
            (Some((first, last)), Some((at, _))) => Some((first.min(at), last.max(at))),
            (span, other) => span.or(other),
        };
    }

    /// The event in words.
    pub(super) fn statement(&self) -> Statement {
        let at = heading_time(self.span.map(|(first, _)| first));
        let line = text!("scim-log.line", line = self.line);
        let means = match (self.severity, self.meaning) {
            (_, Some(meaning)) => (meaning.means)(&self.said),
            _ if self.is_gitlab.is_some() => sign_ins::means(self),
            (Severity::Good, _) => text!("provider-log.done"),
            (Severity::Error, _) => text!("provider-log.failed"),
            (Severity::Warning, _) => text!("provider-log.skipped"),
            _ => text!("provider-log.other"),
        };
        let group = self.group().map(|group| text!("scim-log.about-group", group = group));
        let who = self.who.iter().map(|who| format!("“{who}”")).chain(self.sent.iter().cloned());
        let who: Vec<String> = who.collect();
        let about = (!who.is_empty()).then(|| text!("scim-log.about", values = who.join(", ")));
        let said = (!self.said.is_empty()).then(|| text!("provider-log.said", said = self.said));
        let often = self.span.filter(|_| self.times > 1).map(|(first, last)| {
            let (first, last) = (first.day_and_time(), last.day_and_time());
            text!("provider-log.often", times = self.times, first = first, last = last)
        });
        let rest = group.into_iter().chain(about).chain(said).chain(often);
        let rest = rest.map(|it| Sentence { severity: Severity::Neutral, text: it.to_string() });
        let means = Sentence { severity: self.severity, text: means.to_string() };
        let own = match (self.severity, self.meaning) {
            _ if self.is_gitlab.is_some() => sign_ins::step(self),
            (Severity::Error, None) => Some(text!("provider-log.failed.do")),
            (Severity::Warning, None) => Some(text!("provider-log.skipped.do")),
            _ => None,
        };
        let own = own.map(|text| Step { text: text.to_string(), link: None });
        Statement {
            heading: Some(format!("{at}{} {line}", self.heading)),
            sentences: std::iter::once(means).chain(rest).collect(),
            steps: self.meaning.map(Meaning::with_link).unwrap_or_default().into_iter().chain(own).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
