//! [`Comparison`]: facts by sources, with a [`Verdict`] a row, by the rule of the party that compares.
//!
//! gitlab-facts 4.2: group SAML compares NameID and `extern_uid` byte for byte; instance SAML and SCIM compare
//! `LOWER(a) = LOWER(b)`. So the rule belongs to the row. Verdicts are the closed list of gitlab-facts 4.7.

use crate::{
    attribution::{self, Attribution},
    catalogue::Text,
    event::EventId,
    fact::{Fact, Member, Observation, Source, StoredIdentity, StoredValue},
    flow::{Flow, FlowKind},
    gitlab::{api, instance::Instance, routes::Provider},
    saml::{Message, NameId, uri},
    text,
    tracer::Tracer,
    view::Severity,
};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// What comparing two values gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Equal, byte for byte.
    Exact,
    /// Equal but for upper and lower case.
    CaseOnly,
    /// Equal but for white space.
    WhitespaceOnly,
    /// Equal but for Unicode form, invisible characters or percent-encoding.
    UnicodeOnly,
    /// Different values.
    Different,
    /// Nothing is stored.
    NotStored,
    /// The message has no NameID.
    NoNameId,
    /// The NameID is another one at each sign-in.
    Transient,
    /// Equal to what is stored for another user: the sign-in goes to the wrong account.
    StoredForOtherUser,
    /// The stored value was not seen.
    Unknown,
}

/// How GitLab compares two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Byte for byte.
    Exact,
    /// Upper and lower case count as the same.
    IgnoringCase,
}

impl Rule {
    /// The rule by which GitLab looks up a NameID for `provider`.
    pub fn of_sign_in(provider: &Provider) -> Rule {
        match provider {
            Provider::Group { .. } => Rule::Exact,
            Provider::Instance { .. } => Rule::IgnoringCase,
        }
    }

    /// Whether GitLab takes values with this verdict as the same.
    pub fn accepts(self, verdict: Verdict) -> bool {
        verdict == Verdict::Exact || (self == Rule::IgnoringCase && verdict == Verdict::CaseOnly)
    }

    /// The rule in words.
    pub fn text(self) -> Text {
        match self {
            Rule::Exact => text!("rule.exact"),
            Rule::IgnoringCase => text!("rule.ignoring-case"),
        }
    }
}

/// Compares two values. The first kind of difference that explains all of it is the verdict.
pub fn verdict(a: &str, b: &str) -> Verdict {
    if a == b {
        Verdict::Exact
    } else if a.to_lowercase() == b.to_lowercase() {
        Verdict::CaseOnly
    } else if without_space(a) == without_space(b) {
        Verdict::WhitespaceOnly
    } else if visible_form(a) == visible_form(b) {
        Verdict::UnicodeOnly
    } else {
        Verdict::Different
    }
}

/// Whether two values would be taken for the same by a person: equal but for case, white space and Unicode form.
pub fn is_near_miss(a: &str, b: &str) -> bool {
    let fold = |text: &str| without_space(&visible_form(text).to_lowercase());
    !fold(a).is_empty() && fold(a) == fold(b)
}

/// Without the white space that people type: space, tab, line breaks. Others count as invisible characters.
fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_whitespace()).collect()
}

/// Percent-decoded, in compatibility form, without characters that cannot be seen.
fn visible_form(text: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    decoded.chars().filter(|&c| !is_invisible(c)).nfkc().collect()
}

/// Characters that show nothing: format characters, joiners, soft hyphen, marks of direction, special spaces.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fff9}'..='\u{fffb}')
        || (c.is_control() && !c.is_ascii_whitespace())
        || (c.is_whitespace() && !c.is_ascii_whitespace())
}

/// One row: which facts are compared, and by which rule.
#[derive(Debug)]
pub struct RowKind {
    /// Kebab-case name.
    pub id: &'static str,
    /// The first fact.
    pub left: Fact,
    /// The second.
    pub right: Fact,
    /// GitLab's rule.
    pub rule: fn(&Provider) -> Rule,
}

/// The rows, in the order in which they are shown.
pub const ROWS: [RowKind; 3] = [
    RowKind {
        id: "name-id-with-saml",
        left: Fact::NameId,
        right: Fact::SamlExternUid,
        rule: Rule::of_sign_in,
    },
    RowKind {
        id: "name-id-with-scim",
        left: Fact::NameId,
        right: Fact::ScimExternUid,
        rule: |_| Rule::IgnoringCase,
    },
    RowKind {
        id: "saml-with-scim",
        left: Fact::SamlExternUid,
        right: Fact::ScimExternUid,
        rule: |_| Rule::IgnoringCase,
    },
];

/// One compared pair.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Kebab-case name of its kind.
    pub id: &'static str,
    /// GitLab's rule.
    pub rule: Rule,
    /// The first value; `None` when it was not seen.
    pub left: Option<Observation>,
    /// The second value.
    pub right: Option<Observation>,
    /// What comparing them gave.
    pub verdict: Verdict,
}

impl Row {
    /// How bad the verdict is in this row.
    pub fn severity(&self) -> Severity {
        let sign_in = self.id == ROWS[0].id;
        match self.verdict {
            Verdict::Exact => Severity::Good,
            Verdict::Unknown => Severity::Neutral,
            // The rule takes them as the same, and the next change of case may be another account.
            Verdict::CaseOnly if self.rule.accepts(Verdict::CaseOnly) => Severity::Info,
            Verdict::NotStored if sign_in => Severity::Warning,
            Verdict::NotStored => Severity::Info,
            _ if sign_in => Severity::Error,
            _ => Severity::Warning,
        }
    }
}

/// The comparison of one flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The NameID that was sent.
    pub name_id: Option<NameId>,
    /// Whose stored values it was compared with, and why theirs.
    pub attribution: Attribution,
    /// The rows of [`ROWS`].
    pub rows: Vec<Row>,
}

impl Comparison {
    /// The verdict on the NameID against the stored SAML identity.
    pub fn saml_verdict(&self) -> Verdict {
        self.row("name-id-with-saml").map_or(Verdict::Unknown, |row| row.verdict)
    }

    /// The verdict on the NameID against the stored SCIM identity.
    pub fn scim_verdict(&self) -> Verdict {
        self.row("name-id-with-scim").map_or(Verdict::Unknown, |row| row.verdict)
    }

    /// The row with this name.
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }
}

/// Compares what `flow` sent with what was seen stored.
pub fn compare(tracer: &Tracer, flow: &Flow) -> Comparison {
    let sent = flow.name_id(tracer);
    let name_id = sent.as_ref().map(|(name_id, _)| name_id.clone());
    let attribution = attribution::attribute(tracer, flow);
    let (FlowKind::SignIn, Some(instance), Some(provider)) = (flow.kind, &flow.instance, &flow.provider)
    else {
        return Comparison { name_id, attribution, rows: Vec::new() };
    };
    let observe = |fact: Fact| match fact {
        Fact::NameId => sent.as_ref().map(|(name_id, event)| Observation {
            fact,
            value: StoredValue::Known(name_id.value.clone()),
            source: Source::Message,
            event: event.clone(),
        }),
        Fact::SamlExternUid | Fact::ScimExternUid => {
            stored(tracer, flow, instance, provider, &attribution, fact)
        }
    };
    let lacks_name_id = flow.response_message(tracer).is_some_and(|message| !may_hide_name_id(message));
    let transient = name_id.as_ref().is_some_and(is_transient);
    let compare_row = |kind: &RowKind| {
        let (left, right) = (observe(kind.left), observe(kind.right));
        let compared = match (&left, &right) {
            _ if kind.left == Fact::NameId && left.is_none() && lacks_name_id => Verdict::NoNameId,
            _ if kind.left == Fact::NameId && transient => Verdict::Transient,
            (Some(left), Some(right)) => match (&left.value, &right.value) {
                (StoredValue::Known(a), StoredValue::Known(b)) => verdict(a, b),
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
        Row { id: kind.id, rule: (kind.rule)(provider), left, right, verdict }
    };
    let rows = ROWS.iter().map(compare_row).collect();
    Comparison { name_id, rows, attribution }
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

/// What is stored for the member that the flow's NameID is attributed to.
fn stored(
    tracer: &Tracer,
    flow: &Flow,
    instance: &Instance,
    provider: &Provider,
    attribution: &Attribution,
    fact: Fact,
) -> Option<Observation> {
    let pick: fn(&StoredIdentity) -> &StoredValue =
        if fact == Fact::SamlExternUid { |identity| &identity.saml } else { |identity| &identity.scim };
    if let Some(told) = tracer.told()
        && let (event, Some(value)) = (told.0, told.1.value(fact))
    {
        return Some(Observation { fact, value, source: Source::Told, event: event.clone() });
    }
    let member = attribution.member()?;
    let of_page = tracer.identities().stored(instance, provider, member, pick).map(|sighting| Observation {
        fact,
        value: pick(&sighting.identity).clone(),
        source: sighting.source.clone(),
        event: sighting.event.clone(),
    });
    let name_id = flow.name_id(tracer).map(|(name_id, _)| name_id.value);
    let of_user = own(tracer, name_id.as_deref(), instance, provider, member)
        .filter(|(identity, _)| *pick(identity) != StoredValue::Unseen)
        .map(|(identity, event)| Observation {
            fact,
            value: pick(&identity).clone(),
            source: Source::Api(api::USER),
            event,
        });
    // Both tell the same thing at different times; the newer one holds.
    match (of_page, of_user) {
        (Some(page), Some(user)) => Some(if user.event >= page.event { user } else { page }),
        (page, user) => page.or(user),
    }
}

/// The stored identities that the user's own API answer told, if one of `member` was seen.
fn own(
    tracer: &Tracer,
    name_id: Option<&str>,
    instance: &Instance,
    provider: &Provider,
    member: &Member,
) -> Option<(StoredIdentity, EventId)> {
    let (user, event) = tracer.identities().users(instance).find(|(user, _)| user.member().is(member))?;
    Some((user.identity(provider, name_id), event.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_name_the_kind_of_difference() {
        for (a, b, expected) in [
            ("Alex-1", "Alex-1", Verdict::Exact),
            ("Alex-1", "alex-1", Verdict::CaseOnly),
            ("ÄRGER", "ärger", Verdict::CaseOnly),
            (" alex\n", "alex", Verdict::WhitespaceOnly),
            ("al\u{200b}ex", "alex", Verdict::UnicodeOnly),
            ("alex\u{a0}", "alex", Verdict::UnicodeOnly),
            ("\u{200e}alex", "alex", Verdict::UnicodeOnly),
            ("caf\u{e9}", "cafe\u{301}", Verdict::UnicodeOnly),
            ("a%40b", "a@b", Verdict::UnicodeOnly),
            ("alex", "alexa", Verdict::Different),
            (" Alex", "alex", Verdict::Different),
            ("", "alex", Verdict::Different),
        ] {
            assert_eq!(verdict(a, b), expected, "{a:?} {b:?}");
            assert_eq!(verdict(b, a), expected, "{b:?} {a:?}");
        }
        assert!(is_near_miss(" Alex", "alex"));
        assert!(!is_near_miss("", " "));
    }

    #[test]
    fn the_rule_belongs_to_the_party_that_compares() {
        let group = Provider::Group { path: "acme".into() };
        let instance = Provider::Instance { name: "saml".into() };
        assert!(!Rule::of_sign_in(&group).accepts(Verdict::CaseOnly));
        assert!(Rule::of_sign_in(&instance).accepts(Verdict::CaseOnly));
        assert!(!Rule::of_sign_in(&instance).accepts(Verdict::WhitespaceOnly));
    }
}
