//! Events of the identity providers' own logs of provisioning: one a user and request, with whom it was
//! about, what was sent, and what GitLab answered.
//!
//! One table ([`PROVIDERS`]): gitlab-facts 7.4 (Microsoft Graph, `provisioningObjectSummary`; the portal's
//! JSON and CSV; diagnostic settings) and 7.6 (Okta System Log, JSON and CSV); rows R32, R53, R55, R84 and
//! R89. Leaves out: events about something else, and what GitLab's own log says of the same request.

mod group;
mod sign_ins;

use super::{
    Statement,
    kept::size_of_texts,
    logged::heading_time,
    messages::{self, Meaning},
    record::{KnownBy, NAME_ID, Record, Source, Valued, What, name_or_email},
    records::Flat,
    repeats::Repeats,
};
use crate::{
    base::{
        catalogue::Text,
        instant::{Timestamp, logged::Logged},
        severity::{Sentence, Severity, Step},
    },
    text,
};

pub(super) use group::{Apps, Named};

/// Characters of an answer that are told.
const ANSWER: usize = 600;

/// The names that the log of one identity provider has for things.
struct Provider {
    called: &'static str,
    source: Source,
    /// Of each of these one is there.
    needs: &'static [&'static [&'static str]],
    at: &'static [&'static str],
    action: &'static [&'static str],
    /// The beginnings of the actions that are meant; any where there is none.
    actions: &'static [&'static str],
    result: &'static [&'static str],
    reason: &'static [&'static str],
    who: &'static [(KnownBy, &'static [&'static str])],
    /// The same of a sign-in, which a person makes and no target has.
    signs_in: &'static [(KnownBy, &'static [&'static str])],
}

const STATUS: &[&str] = &["provisioningstatusinfostatus", "statusinfostatus", "status", "resulttype"];
const SOURCE: &[&str] = &["sourceidentitydisplayname", "sourceidentityname", "identity"];
const SOURCE_ID: &[&str] = &["sourceidentityid", "sourceid"];
const TARGET_ID: &[&str] = &["targetidentityid", "targetid"];
/// The event of Okta's that is a sign-in.
const SIGN_IN: &str = "user.authentication.sso";

const PROVIDERS: [Provider; 2] = [
    Provider {
        called: "Entra ID",
        source: Source::Entra,
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
        who: &[
            (KnownBy::Name, SOURCE),
            (KnownBy::Email, &["sourceidentitydetailsuserprincipalname"]),
            (KnownBy::Scim, SOURCE_ID),
            (KnownBy::Scim, TARGET_ID),
        ],
        signs_in: &[],
    },
    Provider {
        called: "Okta",
        source: Source::Okta,
        needs: &[&["eventtype"], &["outcomeresult"]],
        at: &["published", "timestamp", "date", "time"],
        action: &["eventtype"],
        actions: &["application.", SIGN_IN],
        result: &["outcomeresult"],
        reason: &["outcomereason", "displaymessage"],
        who: &[],
        signs_in: &[
            (KnownBy::Name, &["actordisplayname"]),
            (KnownBy::Email, &["actoralternateid"]),
            (KnownBy::Scim, &["actorid"]),
        ],
    },
];

/// One event; the same again and again is one.
pub(super) struct Event {
    heading: String,
    source: Source,
    action: String,
    /// Whether the app that is signed in to is GitLab.
    is_to_gitlab: bool,
    severity: Severity,
    who: Vec<(KnownBy, String)>,
    sent: Vec<Valued>,
    /// The answer, or the reason why nothing was sent.
    said: String,
    meaning: Option<&'static Meaning>,
    line: usize,
    repeats: Repeats,
    /// Of a sign-in whether it was one to GitLab, by the names of app and resource.
    is_gitlab: Option<bool>,
    named: Named,
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
    let action = record.first(provider.action).unwrap_or_default();
    let signs_in = action == SIGN_IN;
    // What other apps call the person is no NameID of GitLab's.
    let is_gitlab = |name: Option<&str>| name.is_some_and(|it| it.to_ascii_lowercase().contains("gitlab"));
    let is_to_gitlab = record
        .members("target", ["type", "displayname", "alternateid"])
        .any(|[of, name, alternate]| of == Some("AppInstance") && (is_gitlab(name) || is_gitlab(alternate)));
    let mut who: Vec<(KnownBy, String)> = Vec::new();
    let mut know = |by: KnownBy, value: &str| {
        let by = if by == KnownBy::Email { name_or_email(value) } else { by };
        if !value.is_empty() && !who.iter().any(|(_, known)| known == value) {
            who.push((by, value.to_owned()));
        }
    };
    for (by, names) in provider.who.iter().chain(provider.signs_in.iter().filter(|_| signs_in)) {
        record.first(names).into_iter().for_each(|value| know(*by, value));
    }
    let mut sent: Vec<Valued> = Vec::new();
    for [of, id, name, alternate] in record.members("target", ["type", "id", "displayname", "alternateid"]) {
        // What the app calls the person is what it sends as the NameID (gitlab-facts 7.5).
        let is_name_id = signs_in && is_to_gitlab && of == Some("AppUser");
        if !of.is_none_or(|of| of.contains("User")) {
            continue;
        }
        name.into_iter().for_each(|name| know(KnownBy::Name, name));
        if is_name_id {
            sent.extend(alternate.map(|name_id| Valued::new(NAME_ID, name_id)));
        }
        let by = if is_name_id { KnownBy::Saml } else { KnownBy::Email };
        let alternate = alternate.filter(|_| !signs_in || is_name_id || of == Some("User"));
        alternate.into_iter().for_each(|value| know(by, value));
        id.filter(|_| of == Some("User")).into_iter().for_each(|id| know(KnownBy::Scim, id));
    }
    let modified = record.members("modifiedproperties", ["displayname", "oldvalue", "newvalue"]);
    sent.extend(modified.filter_map(|[name, before, value]| {
        let bare = |text: &str| text.trim_matches('"').to_owned();
        let before = before.map(bare).filter(|before| !before.is_empty());
        Some(Valued { name: name?.to_owned(), value: bare(value?), before })
    }));
    let at = record.first(provider.at).and_then(Logged::parse).map(|at| at.at);
    Some(Event {
        heading: format!("{} {action} {result}", provider.called),
        source: provider.source,
        action: action.to_owned(),
        is_to_gitlab,
        severity,
        who,
        sent,
        meaning: (severity == Severity::Error).then(|| messages::meaning_of(&said)).flatten(),
        said,
        line,
        repeats: Repeats::once(at),
        is_gitlab: None,
        named: Named::of(record),
    })
}

/// The same as a record of a person.
pub(super) fn record(line: usize, record: &Flat) -> Option<Record> {
    // The log of sign-ins has those to all apps.
    event(line, record).filter(|event| event.is_gitlab != Some(false)).map(Event::record)
}

/// The status of GitLab's answer in what an identity provider says of it (gitlab-facts 5.4 and 7.4).
fn status_in(said: &str) -> Option<u16> {
    let behind = ["\"status\":", "tatus code "].into_iter().find_map(|mark| said.split_once(mark));
    let (_, number) = behind?;
    let number = number.trim_start_matches([' ', '"']);
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number.get(..end)?.parse().ok().filter(|status| (100..600).contains(status))
}

impl Event {
    /// Whether a sign-in was one to GitLab; nothing of what is no sign-in.
    pub(super) fn is_gitlab(&self) -> Option<bool> {
        self.is_gitlab
    }

    /// The key of the meaning of GitLab's answer, where that is known.
    pub(super) fn answer(&self) -> Option<&'static str> {
        self.meaning.map(|meaning| (meaning.means)("").key())
    }

    /// When it happened first.
    pub(super) fn first(&self) -> Option<Timestamp> {
        self.repeats.first()
    }

    /// The number of times that it happened.
    pub(super) fn times(&self) -> usize {
        self.repeats.times()
    }

    /// The group that it is about, as far as it names one.
    pub(super) fn named(&self) -> &Named {
        &self.named
    }

    /// The text that is the same in events that say the same.
    pub(super) fn key(&self) -> String {
        // The answer names the request, which differs each time.
        let said = self.meaning.map_or(self.said.as_str(), |meaning| (meaning.means)("").key());
        format!("{}\0{:?}\0{:?}\0{said}", self.heading, self.who, self.sent)
    }

    /// The octets that it takes in memory.
    pub(super) fn size(&self) -> usize {
        let who = self.who.iter().map(|(_, value)| value);
        let sent = self.sent.iter().flat_map(|it| [&it.name, &it.value]);
        let texts = [&self.heading, &self.said, &self.action].into_iter().chain(who).chain(sent);
        let texts = texts.chain(self.named.texts());
        size_of::<Self>() + size_of_texts(texts)
    }

    /// Takes in another one that says the same.
    pub(super) fn fold(&mut self, other: &Event) {
        self.repeats.fold(other.repeats);
    }

    /// The event in words.
    pub(super) fn statement(&self) -> Statement {
        let at = heading_time(self.repeats.first());
        let line = text!("scim-log.line", line = self.line);
        let means = self.means();
        let group = self.named.group.as_ref().map(|group| text!("scim-log.about-group", group = group));
        let sent = self.sent.iter().map(|it| format!("{} “{}”", it.name, it.value));
        let who = self.who.iter().map(|(_, who)| format!("“{who}”")).chain(sent);
        let who: Vec<String> = who.collect();
        let about = (!who.is_empty()).then(|| text!("scim-log.about", values = who.join(", ")));
        let said = (!self.said.is_empty()).then(|| text!("provider-log.said", said = self.said));
        let rest = group.into_iter().chain(about).chain(said).chain(self.repeats.often());
        let rest = rest.map(|it| Sentence { severity: Severity::Neutral, text: it.to_string() });
        let means = Sentence { severity: self.severity, text: means.to_string() };
        Statement {
            heading: Some(format!("{at}{} {line}", self.heading)),
            sentences: std::iter::once(means).chain(rest).collect(),
            steps: self.steps(),
        }
    }

    fn means(&self) -> Text {
        match (self.severity, self.meaning) {
            (_, Some(meaning)) => (meaning.means)(&self.said),
            _ if self.is_gitlab.is_some() => sign_ins::means(self),
            (Severity::Good, _) => text!("provider-log.done"),
            (Severity::Error, _) => text!("provider-log.failed"),
            (Severity::Warning, _) => text!("provider-log.skipped"),
            _ => text!("provider-log.other"),
        }
    }

    fn steps(&self) -> Vec<Step> {
        let own = match (self.severity, self.meaning) {
            _ if self.is_gitlab.is_some() => sign_ins::step(self),
            (Severity::Error, None) => Some(text!("provider-log.failed.do")),
            (Severity::Warning, None) => Some(text!("provider-log.skipped.do")),
            _ => None,
        };
        let own = own.map(|text| Step { text: text.to_string(), link: None, by: None });
        self.meaning.map(Meaning::with_link).unwrap_or_default().into_iter().chain(own).collect()
    }

    fn what(&self) -> What {
        match (self.action == SIGN_IN || self.is_gitlab.is_some(), self.severity) {
            (true, _) if !self.is_to_gitlab => What::Other,
            (true, Severity::Good) => What::SignedIn,
            // The identity provider asks for something more before it goes on.
            (true, Severity::Info) => What::Other,
            (true, _) => What::SignInRefused,
            (_, Severity::Good) => What::Sent,
            (_, Severity::Error) => What::NotDone,
            (_, Severity::Warning) => What::Skipped,
            _ => What::Other,
        }
    }

    /// The event as a record of a person.
    fn record(self) -> Record {
        let identifiers = self.sent.iter().filter(|it| it.name == "externalId");
        let identifiers = identifiers.flat_map(|it| [Some(it.value.clone()), it.before.clone()]).flatten();
        let by = if self.severity == Severity::Good { KnownBy::Scim } else { KnownBy::Claimed };
        let identifiers = identifiers.map(|value| (by, value));
        let who = self.who.iter().cloned().chain(identifiers).collect();
        let meaning = match self.what() {
            _ if self.is_gitlab.is_some() => self.means(),
            What::SignedIn => text!("provider-log.signed-in"),
            What::SignInRefused => text!("provider-log.not-signed-in"),
            What::Other if self.action == SIGN_IN => text!("provider-log.elsewhere"),
            _ => self.means(),
        };
        Record {
            source: self.source,
            line: self.line,
            at: self.repeats.first(),
            who,
            what: self.what(),
            group: self.named.group.clone(),
            status: status_in(&self.said),
            severity: self.severity,
            meaning: meaning.to_string(),
            steps: self.steps(),
            said: (!self.said.is_empty()).then_some(self.said),
            action: self.action,
            values: self.sent,
            host: None,
        }
    }
}

#[cfg(test)]
mod tests;
