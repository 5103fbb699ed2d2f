//! [`Comparison`]: facts by sources, with a [`Verdict`] a row, by the rule of the party that compares.
//!
//! gitlab-facts 4.2: group SAML compares NameID and `extern_uid` byte for byte; instance SAML and SCIM
//! compare `LOWER(a) = LOWER(b)`. So the rule belongs to the row. Verdicts are the closed list of
//! gitlab-facts 4.7. Where a message carries several values of a fact, one that GitLab accepts is enough, as
//! it is for GitLab.

pub(crate) mod address;
pub mod attribution;
mod field;
mod observed;
mod rule;
mod verdict;

pub use field::{is_email, of_two_fields};
pub use rule::Rule;
pub use verdict::{Compared, Verdict, is_near_miss, verdict};

use crate::{
    base::{catalogue::Text, severity::Severity},
    comparison::attribution::Attribution,
    event::EventId,
    gitlab::{
        routes::Provider,
        stored::{Fact, StoredValue},
    },
    saml::{Message, NameId, uri},
    text,
    trace::{
        flow::{Flow, FlowKind},
        observation::Observation,
        tracer::Tracer,
    },
};
use observed::Observer;

/// One row: which facts are compared, and by which rule.
#[derive(Debug)]
pub struct RowKind {
    /// Kebab-case name.
    pub id: &'static str,
    /// Its name, for people.
    pub label: fn() -> Text,
    /// The first fact.
    pub left: Fact,
    /// The second.
    pub right: Fact,
    /// GitLab's rule.
    pub rule: fn(&Provider) -> Rule,
    /// The weight of it when they differ.
    pub differs: Severity,
}

impl RowKind {
    /// Whether it compares a message with GitLab's settings or with what GitLab read of it. Such a row is
    /// there only when both were seen.
    fn needs_both(&self) -> bool {
        matches!(
            self.right,
            Fact::NameIdRead
                | Fact::FormatRead
                | Fact::AcsUrl
                | Fact::EntityId
                | Fact::SsoUrl
                | Fact::Fingerprint
        )
    }
}

impl PartialEq for RowKind {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

const fn row(
    id: &'static str,
    label: fn() -> Text,
    (left, right): (Fact, Fact),
    rule: fn(&Provider) -> Rule,
    differs: Severity,
) -> RowKind {
    RowKind { id, label, left, right, rule, differs }
}

const IGNORING_CASE: fn(&Provider) -> Rule = |_| Rule::IgnoringCase;
const EXACT: fn(&Provider) -> Rule = |_| Rule::Exact;
const ADDRESS: fn(&Provider) -> Rule = |_| Rule::Address;
const DIGITS: fn(&Provider) -> Rule = |_| Rule::Digits;

/// The rows, in the order in which they are shown.
pub const ROWS: [RowKind; 11] = [
    row(
        "name-id-with-saml",
        || text!("row.name-id-with-saml"),
        (Fact::NameId, Fact::SamlExternUid),
        Rule::of_sign_in,
        Severity::Error,
    ),
    row(
        "name-id-with-scim",
        || text!("row.name-id-with-scim"),
        (Fact::NameId, Fact::ScimExternUid),
        IGNORING_CASE,
        Severity::Warning,
    ),
    row(
        "saml-with-scim",
        || text!("row.saml-with-scim"),
        (Fact::SamlExternUid, Fact::ScimExternUid),
        IGNORING_CASE,
        Severity::Warning,
    ),
    row(
        "destination-with-acs",
        || text!("row.destination-with-acs"),
        (Fact::Destination, Fact::AcsUrl),
        ADDRESS,
        Severity::Error,
    ),
    row(
        "recipient-with-acs",
        || text!("row.recipient-with-acs"),
        (Fact::Recipient, Fact::AcsUrl),
        EXACT,
        Severity::Error,
    ),
    row(
        "audience-with-entity-id",
        || text!("row.audience-with-entity-id"),
        (Fact::Audience, Fact::EntityId),
        EXACT,
        Severity::Error,
    ),
    row(
        "certificate-with-fingerprint",
        || text!("row.certificate-with-fingerprint"),
        (Fact::Certificate, Fact::Fingerprint),
        DIGITS,
        Severity::Error,
    ),
    row(
        "name-id-with-read",
        || text!("row.name-id-with-read"),
        (Fact::NameId, Fact::NameIdRead),
        EXACT,
        Severity::Error,
    ),
    row(
        "format-with-read",
        || text!("row.format-with-read"),
        (Fact::Format, Fact::FormatRead),
        EXACT,
        Severity::Warning,
    ),
    row(
        "request-acs-with-acs",
        || text!("row.request-acs-with-acs"),
        (Fact::RequestAcs, Fact::AcsUrl),
        EXACT,
        Severity::Warning,
    ),
    row(
        "request-destination-with-sso-url",
        || text!("row.request-destination-with-sso-url"),
        (Fact::RequestDestination, Fact::SsoUrl),
        EXACT,
        Severity::Warning,
    ),
];

/// One compared pair.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The kind of thing that is compared.
    pub kind: &'static RowKind,
    /// GitLab's rule.
    pub rule: Rule,
    /// The first value; `None` when it was not seen.
    pub left: Option<Observation>,
    /// The second value.
    pub right: Option<Observation>,
    /// The result of comparing them.
    pub verdict: Verdict,
}

impl Row {
    /// Whether GitLab takes both values as the same.
    pub fn is_accepted(&self) -> bool {
        self.rule.accepts(self.verdict)
    }

    /// Whether GitLab takes over the value that was sent in place of the stored one.
    pub fn is_taken_over(&self) -> bool {
        self.rule == Rule::TakenOver && self.is_accepted() && self.verdict != Verdict::Exact
    }

    /// Its name, for people: of the NameID, or of the attribute that stands for it.
    pub fn label(&self) -> Text {
        match (self.left.as_ref().map(|left| left.fact), self.kind.right) {
            (Some(Fact::Uid), Fact::SamlExternUid) => text!("row.uid-with-saml"),
            (Some(Fact::Uid), Fact::ScimExternUid) => text!("row.uid-with-scim"),
            _ => (self.kind.label)(),
        }
    }

    /// The weight of the verdict in this row.
    pub fn severity(&self) -> Severity {
        let sign_in = *self.kind == ROWS[0];
        match self.verdict {
            Verdict::Exact => Severity::Good,
            Verdict::Unknown => Severity::Neutral,
            _ if self.is_taken_over() => Severity::Warning,
            // The rule takes them as the same, and the next change of case may be another account.
            Verdict::CaseOnly if self.rule.accepts(Verdict::CaseOnly) => Severity::Info,
            Verdict::NotStored if sign_in => Severity::Warning,
            Verdict::NotStored => Severity::Info,
            _ => self.kind.differs,
        }
    }
}

/// The comparison of one flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The NameID that was sent.
    pub name_id: Option<NameId>,
    /// The member whose stored values it was compared with, and why theirs.
    pub attribution: Attribution,
    /// The rows of [`ROWS`].
    pub rows: Vec<Row>,
}

impl Comparison {
    /// The verdict on the NameID against the stored SAML identity.
    pub fn saml_verdict(&self) -> Verdict {
        self.row("name-id-with-saml").map_or(Verdict::Unknown, |row| row.verdict)
    }

    /// Whether GitLab takes over the NameID in place of the stored SAML identity.
    pub fn is_taken_over(&self) -> bool {
        self.row("name-id-with-saml").is_some_and(Row::is_taken_over)
    }

    /// The verdict on the NameID against the stored SCIM identity.
    pub fn scim_verdict(&self) -> Verdict {
        self.row("name-id-with-scim").map_or(Verdict::Unknown, |row| row.verdict)
    }

    /// The row with this name.
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.kind.id == id)
    }
}

/// Compares what `flow` sent with what was seen stored.
pub fn compare(tracer: &Tracer, flow: &Flow) -> Comparison {
    crate::base::counted::compared();
    let sent = flow.name_id(tracer);
    let name_id = sent.as_ref().map(|(name_id, _)| name_id.clone());
    let attribution = attribution::attribute(tracer, flow);
    let (FlowKind::SignIn, Some(instance), Some(provider)) = (flow.kind, &flow.instance, &flow.provider)
    else {
        return Comparison { name_id, attribution, rows: Vec::new() };
    };
    let observer = Observer { tracer, flow, instance, provider, attribution: &attribution };
    let is_name_id = uid_attribute(tracer, flow).is_none();
    let lacks_name_id =
        is_name_id && flow.response_message(tracer).is_some_and(|message| !may_hide_name_id(message));
    let transient = is_name_id && name_id.as_ref().is_some_and(is_transient);
    let is_taken_over = attribution::found_by_email(tracer, flow)
        .is_some_and(|found| attribution.member().is_some_and(|member| member.id == Some(found)));
    let compare_row = |kind: &'static RowKind| {
        let rule = match *kind == ROWS[0] && is_taken_over {
            true => Rule::TakenOver,
            false => (kind.rule)(provider),
        };
        let right = observer.observe(kind.right, None).into_iter().next();
        let expected = right.as_ref().and_then(|right| right.value.known());
        let mut sent = observer.observe(kind.left, expected);
        let accepted = |left: &Observation| {
            left.value.known().zip(expected).is_some_and(|(a, b)| rule.accepts(rule.compare(a, b)))
        };
        let shown = sent.iter().position(accepted).unwrap_or_default();
        let left = (shown < sent.len()).then(|| sent.swap_remove(shown));
        if kind.needs_both() && (left.is_none() || right.is_none()) {
            return None;
        }
        let compared = match (&left, &right) {
            _ if kind.left == Fact::NameId && left.is_none() && lacks_name_id => Verdict::NoNameId,
            _ if kind.left == Fact::NameId && transient => Verdict::Transient,
            (Some(left), Some(right)) => match (&left.value, &right.value) {
                (StoredValue::Known(a), StoredValue::Known(b)) => rule.compare(a, b),
                (StoredValue::Absent, _) | (_, StoredValue::Absent) => Verdict::NotStored,
                _ => Verdict::Unknown,
            },
            _ => Verdict::Unknown,
        };
        let verdict = if kind.right == Fact::SamlExternUid && attribution.is_of_other_user() {
            Verdict::StoredForOtherUser
        } else {
            compared
        };
        Some(Row { kind, rule, left, right, verdict })
    };
    let rows = ROWS.iter().filter_map(compare_row).collect();
    Comparison { name_id, rows, attribution }
}

/// A setting of the GitLab that `flow` is about, where it is known.
pub(crate) fn setting(tracer: &Tracer, flow: &Flow, fact: Fact) -> Option<Observation> {
    let (instance, provider) = (flow.instance.as_ref()?, flow.provider.as_ref()?);
    let observer = Observer { tracer, flow, instance, provider, attribution: &Attribution::Nobody };
    observer.observe(fact, None).into_iter().next()
}

/// The attribute that stands for the NameID in the settings that a person told of the GitLab that `flow` is
/// about; never for a group.
pub fn uid_attribute<'a>(tracer: &'a Tracer, flow: &Flow) -> Option<&'a str> {
    let (_, told) = tracer.provider_settings()?;
    let is_here = flow.instance.as_ref() == Some(&told.instance)
        && flow.provider.as_ref().is_none_or(|provider| *provider == told.provider);
    let is_of_instance = matches!(told.provider, Provider::Instance { .. });
    told.uid_attribute.as_deref().filter(|_| is_of_instance && is_here)
}

/// The name that GitLab looks for, and the event that showed it: the NameID that was sent, or the attribute
/// that stands for it.
pub fn uid_sent(tracer: &Tracer, flow: &Flow) -> Option<(String, EventId)> {
    let Some(attribute) = uid_attribute(tracer, flow) else {
        return flow.name_id(tracer).map(|(name_id, event)| (name_id.value, event));
    };
    let event = tracer.seen(flow.response?)?.event.clone();
    Some((flow.attribute(tracer, &[attribute])?, event))
}

/// Whether a NameID may be there that cannot be seen, because it is encrypted.
pub fn may_hide_name_id(message: &Message) -> bool {
    let encrypted = message.response().is_some_and(|response| !response.encrypted_assertions.is_empty());
    encrypted || message.encrypted_id()
}

/// Whether the identity provider says that it makes up a NameID for each sign-in (SAML Core 8.3.8).
pub fn is_transient(name_id: &NameId) -> bool {
    name_id.format.as_deref().map(str::trim) == Some(uri::name_id_format::TRANSIENT)
}
