//! The meaning of one logged SCIM request: whom it was about, what GitLab made of it, what of the values is
//! wrong, and what to do.
//!
//! One table by method, status and scope ([`ROWS`]): gitlab-facts 3.7, 5.4 and 7.4; rows R04, R05, R14, R16,
//! R27, R29, R32, R43, R55, R64, R72, R74, R78 to R80, R85 and R91. GitLab's words are not in the log, so a
//! status that has several causes names them all, except for those that the values rule out. Leaves out: what
//! is stored, which no log says.

mod names;
mod record;
mod values;

use super::{Request, known};
use crate::{
    base::{
        catalogue::Text,
        redact,
        severity::{Sentence, Severity, Step},
    },
    gitlab::{docs, routes::is_group_path},
    scim::{activation, messages},
    text,
};
use names::{OPERATORS, attribute_name};
use values::is_no_uuid;

/// One row of the table.
struct SaidRow {
    /// Whether a request is it.
    is_it: fn(&Request) -> bool,
    /// The weight of that.
    severity: Severity,
    /// The meaning of it.
    means: fn(&Request) -> Text,
    /// The messages of GitLab's that say the same, whose steps are to be taken.
    like: &'static [&'static str],
}

const fn row(
    is_it: fn(&Request) -> bool,
    severity: Severity,
    means: fn(&Request) -> Text,
    like: &'static [&'static str],
) -> SaidRow {
    SaidRow { is_it, severity, means, like }
}

/// The rows; the first that fits counts.
const ROWS: &[SaidRow] = &[
    row(|it| it.is(401), Severity::Error, |_| text!("scim-log.401"), &["scim-said.401"]),
    row(
        |it| it.is(405) && it.method == "PUT",
        Severity::Error,
        |_| text!("scim-said.405"),
        &["scim-said.405"],
    ),
    row(
        |it| it.is(405),
        Severity::Error,
        |it| text!("scim-log.405", method = it.shown_method()),
        &["scim-said.405"],
    ),
    row(|it| it.is(429), Severity::Warning, |_| text!("explain.too-many"), &[]),
    row(
        |it| it.is_at_least(502) && !it.is_at_least(505),
        Severity::Error,
        |_| text!("explain.unavailable"),
        &[],
    ),
    row(
        |it| it.is_at_least(500),
        Severity::Error,
        |it| text!("scim-log.failed", status = it.status.unwrap_or_default()),
        &[],
    ),
    row(
        |it| it.is_of_api() && it.is(404),
        Severity::Info,
        |it| text!("scim-log.not-offered", name = it.resource),
        &[],
    ),
    row(
        |it| it.group.is_none() && it.is_of_gitlab_com() && !it.is_done(),
        Severity::Error,
        |_| text!("scim-url.not-gitlab-com"),
        &["scim-said.no-group"],
    ),
    row(|it| it.is_of_groups() && it.group.is_some(), Severity::Info, |_| text!("scim-log.groups"), &[]),
    row(
        |it| it.is(403) && it.group.is_none(),
        Severity::Error,
        |_| text!("scim-log.403-instance"),
        &["scim-said.not-enabled"],
    ),
    row(
        |it| it.is(403),
        Severity::Error,
        |_| text!("scim-said.403"),
        &["scim-said.403", "scim-said.not-enabled"],
    ),
    row(
        |it| it.is_of_groups() && it.is_look() && it.is(412),
        Severity::Error,
        |_| text!("scim-log.group-filter"),
        &[],
    ),
    row(
        |it| it.is_look() && it.is(412),
        Severity::Error,
        |_| text!("scim-said.filter"),
        &["scim-said.filter"],
    ),
    row(
        |it| it.is_look() && it.is_done(),
        Severity::Neutral,
        |it| {
            let (attribute, value) = it.looked_up().unwrap_or_default();
            text!("scim-log.looked", attribute = attribute_name(attribute), value = value)
        },
        &[],
    ),
    row(|it| it.method == "GET" && it.is_done(), Severity::Neutral, |_| text!("scim-log.read"), &[]),
    row(
        |it| it.is_of_groups() && it.is(412) && it.user.external_id.as_deref().is_some_and(is_no_uuid),
        Severity::Error,
        |_| text!("scim-log.no-uuid"),
        &["scim-log.no-uuid"],
    ),
    row(
        |it| it.is_of_groups() && it.method == "POST" && (it.is(404) || it.is(412)),
        Severity::Error,
        |it| text!("scim-log.no-link", name = it.name.as_deref().unwrap_or_default()),
        &["scim-log.no-link"],
    ),
    row(|it| it.is_of_groups() && it.is(404), Severity::Error, |_| text!("scim-log.no-linked"), &[]),
    row(
        |it| it.is_of_groups() && it.method == "POST" && it.is_done(),
        Severity::Good,
        |it| text!("scim-log.linked", name = it.name.as_deref().unwrap_or_default()),
        &[],
    ),
    row(
        |it| it.is_of_groups() && it.method == "DELETE" && it.is_done(),
        Severity::Info,
        |_| text!("scim-log.unlinked"),
        &[],
    ),
    row(|it| it.is_of_groups() && it.is_done(), Severity::Neutral, |_| text!("scim-log.members"), &[]),
    row(
        |it| it.is_creation() && it.is_done() && it.user.text().is_empty(),
        Severity::Good,
        |_| text!("scim-log.created-hidden"),
        &[],
    ),
    row(
        |it| it.is_creation() && it.is_done(),
        Severity::Good,
        |it| text!("scim-log.created", values = it.user.text()),
        &[],
    ),
    row(
        |it| it.is_creation() && it.is(409),
        Severity::Error,
        |_| text!("scim-said.user-taken"),
        &["scim-said.user-taken"],
    ),
    row(|it| it.is(409), Severity::Error, |_| text!("scim-said.uid-taken"), &["scim-said.uid-taken"]),
    row(
        |it| it.is_creation() && it.is(412) && !it.lacks().is_empty(),
        Severity::Error,
        |it| text!("scim-said.missing", fields = it.lacks().join(", ")),
        &["scim-said.missing"],
    ),
    row(
        |it| it.is_creation() && it.is(412) && it.hidden.is_empty() && it.user.has_no_name(),
        Severity::Error,
        |_| text!("scim-said.blank"),
        &["scim-said.blank"],
    ),
    row(
        |it| it.is_creation() && it.is(412) && it.group.is_some(),
        Severity::Error,
        |_| text!("scim-log.refused"),
        &["scim-said.not-linked", "scim-said.domain"],
    ),
    row(
        |it| it.is_creation() && it.is(412),
        Severity::Error,
        |_| text!("scim-log.refused-instance"),
        &["scim-said.name-taken"],
    ),
    row(
        |it| it.id.is_some() && it.is(404) && it.method == "GET",
        Severity::Error,
        |it| text!("scim-log.no-user", id = it.id.as_deref().unwrap_or_default()),
        &["scim-said.no-user"],
    ),
    row(
        |it| it.id.is_some() && it.is(404),
        Severity::Error,
        |it| text!("scim-said.no-user", id = it.id.as_deref().unwrap_or_default()),
        &["scim-said.no-user"],
    ),
    row(
        |it| it.is(404) && it.group.is_none(),
        Severity::Error,
        |_| text!("scim-log.no-instance"),
        &["scim-said.not-enabled"],
    ),
    row(
        |it| it.is(404),
        Severity::Error,
        |_| text!("scim-said.no-group"),
        &["scim-said.no-group", "scim-said.no-saml"],
    ),
    row(
        |it| it.effect() == Effect::Off && it.is_done() && it.group.is_none(),
        Severity::Info,
        |_| text!("scim-log.blocked"),
        &[],
    ),
    row(|it| it.method == "DELETE" && it.is_done(), Severity::Info, |_| text!("scim-log.removed"), &[]),
    row(|it| it.effect() == Effect::Off && it.is_done(), Severity::Info, |_| text!("scim-log.off"), &[]),
    row(
        |it| matches!(it.effect(), Effect::Identifier(_)) && it.is_done(),
        Severity::Warning,
        |it| {
            let old = it.id.as_deref().unwrap_or_default();
            let Effect::Identifier(new) = it.effect() else { return text!("scim-log.read") };
            text!("scim-log.identifier", old = old, new = new)
        },
        &["scim-said.user-taken"],
    ),
    row(|it| it.effect() == Effect::On && it.is_done(), Severity::Good, |_| text!("scim-log.on"), &[]),
    row(|it| it.method == "PATCH" && it.is_done(), Severity::Info, |_| text!("scim-log.nothing"), &[]),
    row(
        |it| matches!(it.effect(), Effect::Identifier(_)) && it.is(412),
        Severity::Error,
        |_| text!("scim-said.uid-taken"),
        &["scim-said.uid-taken"],
    ),
    row(
        |it| it.effect() == Effect::Off && it.is(412) && it.group.is_some(),
        Severity::Error,
        |_| text!("scim-said.last-owner"),
        &["scim-said.last-owner"],
    ),
    row(
        |it| it.is_change() && it.is(412),
        Severity::Error,
        |_| text!("scim-log.not-changed"),
        &["scim-said.last-owner", "scim-said.uid-taken"],
    ),
    row(
        |_| true,
        Severity::Warning,
        |it| text!("scim-log.other", method = it.shown_method(), status = it.status.unwrap_or_default()),
        &[],
    ),
];

/// The key of a meaning, and a step for it.
type OwnStep = (&'static str, fn() -> Text);

/// The steps that no message of GitLab's has.
const STEPS: [OwnStep; 8] = [
    ("explain.too-many", || text!("explain.too-many.do")),
    ("explain.unavailable", || text!("explain.unavailable.do")),
    ("scim-log.failed", || text!("scim-log.failed.do")),
    ("scim-log.group-filter", || text!("scim-log.group-filter.do")),
    ("scim-log.no-linked", || text!("scim-log.no-linked.do")),
    ("scim-log.identifier", || text!("scim-log.identifier.do")),
    ("scim-log.no-instance", || text!("scim-log.no-instance.do")),
    ("scim-said.405", || text!("scim-log.405.do")),
];

/// The thing that GitLab does for a PATCH or a DELETE (gitlab-facts 3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect<'a> {
    /// Switches the user off, and does nothing else.
    Off,
    /// Switches the user on, and does nothing else.
    On,
    /// Gives the SCIM identity another identifier.
    Identifier(&'a str),
    /// Changes nothing.
    Nothing,
}

impl Request {
    /// The meaning of the request, in words.
    pub fn said(&self) -> Sentence {
        let said = self.row().map(|row| (row.severity, (row.means)(self)));
        said.map(|(severity, text)| Sentence { severity, text: text.to_string() }).unwrap_or_default()
    }

    fn row(&self) -> Option<&'static SaidRow> {
        ROWS.iter().find(|row| (row.is_it)(self))
    }

    /// The rest that is to be said: whom it was about, what of it GitLab ignored, what the log hides, and the
    /// faults in the values of a user that is created (R78 to R80), and in the filter of a search.
    pub fn remarks(&self) -> Vec<Sentence> {
        let remark = |severity| move |text: Text| Sentence { severity, text: text.to_string() };
        let texts = if self.is_creation() { self.user.remarks() } else { self.filter_remarks() };
        let about = self.about().into_iter().map(remark(Severity::Neutral));
        let noted = self.noted().into_iter().flatten().map(remark(Severity::Info));
        about.chain(noted).chain(texts.into_iter().map(remark(Severity::Warning))).collect()
    }

    /// The group and the person of a request that was not done.
    fn about(&self) -> Vec<Text> {
        if self.is_done() {
            return Vec::new();
        }
        let group = self.group.as_ref().map(|group| match is_group_path(group) {
            true => text!("scim-log.about-group", group = group),
            false => text!("scim-log.about-group", group = redact::placeholder(group)),
        });
        let of = |name: &str, value: &str| format!("{name} “{value}”");
        let looked_up = self.looked_up().map(|(attribute, value)| of(&attribute_name(attribute), value));
        let id = self.id.as_ref().map(|id| of("id", id));
        let sent = Some(self.user.text()).filter(|text| !text.is_empty());
        let unnamed = (!self.unnamed.is_empty()).then(|| format!("“{}”", self.unnamed.join(", ")));
        let values: Vec<String> = id.into_iter().chain(looked_up).chain(sent).chain(unnamed).collect();
        let person = (!values.is_empty()).then(|| text!("scim-log.about", values = values.join(", ")));
        group.into_iter().chain(person).collect()
    }

    /// The parts of it that GitLab ignored, the parts that the log hides, and a dot that leads elsewhere.
    fn noted(&self) -> [Option<Text>; 4] {
        let is_changed = self.method == "PATCH" && self.is_done() && !self.is_of_groups();
        let ignored = if is_changed { self.ignored() } else { Vec::new() };
        let may_be_off = is_changed
            && self.was_active.is_none()
            && !self.operations.is_empty()
            && matches!(self.effect(), Effect::Identifier(_) | Effect::Nothing);
        [
            (!ignored.is_empty()).then(|| text!("scim-log.ignored", paths = ignored.join(", "))),
            may_be_off.then(|| text!("scim-log.may-be-off")),
            (!self.hidden.is_empty()).then(|| text!("scim-log.hidden", names = self.hidden.join(", "))),
            (self.has_dot && self.is(404)).then(|| text!("scim-log.dot")),
        ]
    }

    /// The parts of a filter that GitLab reads otherwise than the SCIM app means (gitlab-facts 3.7).
    fn filter_remarks(&self) -> Vec<Text> {
        let Some(filter) = self.filter.as_deref().filter(|_| self.is_look()) else { return Vec::new() };
        crate::base::counted::stepped(filter.len());
        let mut words = filter.split_whitespace();
        let operator = words.nth(1).unwrap_or_default();
        let has_space = filter.split_once('"').is_some_and(|(_, value)| value.trim_end().contains(' '));
        [
            (operator != "eq").then(|| text!("scim-log.operator", operator = known(&OPERATORS, operator))),
            has_space.then(|| text!("scim-log.space")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The steps to take where GitLab refused for a reason that a person can change.
    pub fn steps(&self) -> Vec<Step> {
        let Some(row) = self.row() else { return Vec::new() };
        let is_like = |meaning: &&messages::Meaning, key: &str| (meaning.means)("").key() == key;
        let like = row.like.iter().filter_map(|key| messages::MEANINGS.iter().find(|it| is_like(it, key)));
        let key = (row.means)(self).key();
        let own = STEPS.iter().filter(|(of, _)| *of == key).map(|(_, step)| step());
        // GitLab's own way to switch a user off or on from an address that is allowed (R70, R74).
        let id = self.id.as_deref().filter(|_| self.is(403));
        let off = id.filter(|_| self.effect() == Effect::Off).and_then(activation::off);
        let on = id.filter(|_| self.effect() == Effect::On).map(|id| activation::steps(id, None, true));
        let own = own.chain(off).map(|text| Step { text: text.to_string(), link: None, by: None });
        let is_of_instance = self.group.is_none() && !self.is_of_gitlab_com();
        let with_link = |it: &messages::Meaning| it.leading_to(docs::of_offering(it.docs, is_of_instance));
        like.flat_map(with_link).chain(own).chain(on.into_iter().flatten()).collect()
    }

    fn is(&self, status: u16) -> bool {
        self.status == Some(status)
    }

    fn is_at_least(&self, status: u16) -> bool {
        self.status.is_some_and(|it| it >= status)
    }

    fn is_done(&self) -> bool {
        self.is_at_least(200) && !self.is_at_least(300)
    }

    /// Whether it asks what the API can do (RFC 7644, 4), which GitLab does not tell.
    fn is_of_api(&self) -> bool {
        matches!(
            self.resource.as_str(),
            "ServiceProviderConfig" | "ResourceTypes" | "Schemas" | "Me" | "Bulk"
        )
    }

    fn is_of_groups(&self) -> bool {
        self.resource == "Groups"
    }

    fn is_of_gitlab_com(&self) -> bool {
        self.host.as_ref().is_some_and(|host| host.eq_ignore_ascii_case("gitlab.com"))
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

    /// The new value of one of these attributes, which GitLab puts together from all changes: the last
    /// counts.
    fn changed(&self, attributes: &[&str]) -> Option<&str> {
        crate::base::counted::stepped(self.operations.len());
        let is_it = |path: &str| attributes.iter().any(|attribute| path.eq_ignore_ascii_case(attribute));
        let mut all = self.operations.iter().rev().filter(|operation| operation.is_read);
        all.find(|operation| is_it(&operation.path))?.value.as_deref()
    }

    fn effect(&self) -> Effect<'_> {
        if self.is_of_groups() {
            return Effect::Nothing;
        }
        let switched = || self.changed(&["active"])?.to_ascii_lowercase().parse::<bool>().ok();
        match self.method.as_str() {
            "DELETE" => Effect::Off,
            "PATCH" => match (switched(), self.was_active, self.changed(&["id", "externalId"])) {
                (Some(false), ..) => Effect::Off,
                (_, Some(false), _) => Effect::On,
                (.., Some(new)) => Effect::Identifier(new),
                (Some(true), ..) => Effect::On,
                _ => Effect::Nothing,
            },
            _ => Effect::Nothing,
        }
    }

    /// Whether the SCIM identity is active behind it, where it says so.
    pub(super) fn leaves_active(&self) -> Option<bool> {
        let is_of_user = self.is_done() && !self.is_of_groups();
        match (self.effect(), self.method.as_str()) {
            _ if !is_of_user => None,
            (Effect::Off, _) => Some(false),
            (_, "PATCH" | "POST") => Some(true),
            _ => None,
        }
    }

    /// The identifier that the SCIM identity has behind it, where it gives it another one.
    pub(super) fn new_identifier(&self) -> Option<&str> {
        match self.effect() {
            Effect::Identifier(new) => Some(new),
            _ => None,
        }
    }

    /// The attributes of its changes that GitLab does nothing with.
    fn ignored(&self) -> Vec<String> {
        let counts: &[&str] = match self.effect() {
            Effect::Off | Effect::On => &["active"],
            Effect::Identifier(_) => &["id", "externalId", "active"],
            Effect::Nothing => &[],
        };
        let is_known = |path: &str| counts.iter().any(|known| path.eq_ignore_ascii_case(known));
        let ignored = self.operations.iter().filter(|it| !it.is_read || !is_known(&it.path));
        let mut names: Vec<String> = ignored.map(|it| attribute_name(&it.path)).collect();
        names.dedup();
        names
    }

    /// The attributes that GitLab needs and that were not sent, as far as the log shows (S05).
    fn lacks(&self) -> Vec<&'static str> {
        // Behind the end of a line that was cut off, or of values that are all hidden, anything can stand.
        let is_cut = self.hidden.iter().any(|name| !super::PARAMETERS.contains(&name.as_str()));
        let is_known = |name: &&str| !is_cut && !self.hidden.iter().any(|hidden| hidden == name);
        self.user.lacks().into_iter().filter(is_known).collect()
    }
}

#[cfg(test)]
mod tests;
