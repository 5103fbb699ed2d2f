//! Diagnoses: what can be wrong with a sign-in, one file each, one row each in [`ALL`].
//!
//! A diagnosis is a pure function of the trace. Its id is its file's name with `-` for `_`; `tests/diagnoses/<id>.md`
//! is its test and its help text. A [`Finding`] cannot be built without evidence. Findings are derived anew each time:
//! "no Response was posted" holds until one is.

mod acs_differs;
mod audience_differs;
mod certificate_expired;
mod clock_skew;
mod doctype;
mod fingerprint_differs;
mod key_short;
mod message_bomb;
mod message_encrypted;
mod name_id_ambiguous;
mod name_id_mismatch;
mod name_id_missing;
mod name_id_not_stored;
mod name_id_transient;
mod redirect_altered;
mod response_never_posted;
mod response_unanswered;
mod signature_ambiguous;
mod signature_invalid;
mod signature_method;
mod signature_missing;
mod signature_sha1;
mod signature_wrapped;
mod status_not_success;
mod stored_for_other_user;
mod unreadable_message;

use crate::{
    attack::{self, Attack, Kind, Look, SideBySide},
    base::{catalogue::Text, instant::Timestamp, severity::Severity},
    comparison::{self, Comparison, Row, Verdict},
    event::EventId,
    gitlab::{docs, instance::Instance, routes::Provider},
    signature::{
        GivenKeys,
        certificates::{Certificate, certificates},
    },
    text,
    trace::{flow::Flow, observation::Observation, tracer::Tracer},
};
use serde::{Deserialize, Serialize};
use std::{cell::OnceCell, fmt};

/// One thing that can be wrong.
pub struct Diagnosis {
    /// Kebab-case name; the file's name.
    pub id: &'static str,
    /// The finding in a few words, for lists.
    pub short: fn(&Comparison) -> Text,
    /// What the message to the owner asks for, step by step.
    pub ask: &'static [Ask],
    /// The arrow of the sequence diagram at which the sign-in failed.
    pub blames: Blames,
    /// How it is found.
    find: Find,
}

/// One thing that the owner is asked to do.
#[derive(Clone, Copy)]
pub enum Ask {
    /// To compare the NameID with what is stored; where that is to be seen follows from the sign-in.
    CompareNameId,
    /// To do this.
    Do(fn() -> Text),
}

/// The arrow of the sequence diagram that a diagnosis blames: the first cause, not what followed from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blames {
    /// GitLab's answer, when it was a refusal.
    Refusal,
    /// The Response.
    Response,
    /// The parameter that could not be read.
    Unreadable,
}

/// How a diagnosis is found.
enum Find {
    /// By a look of its own at the sign-in.
    Look(fn(&Case<'_>) -> Option<Found>),
    /// By the first sign of an attack of this kind, with how bad that is, who can fix it, and what to do.
    Attack(Kind, (Severity, AtFault), &'static [AttackStep]),
}

/// A step of what to do about an attack, and the documentation on it.
type AttackStep = (fn() -> Text, Option<&'static str>);

impl Diagnosis {
    /// The diagnosis of one kind of attack. GitLab refuses most of them, and the owner can only compare.
    const fn attack(
        id: &'static str,
        short: fn(&Comparison) -> Text,
        kind: Kind,
        weight: (Severity, AtFault),
        steps: &'static [AttackStep],
    ) -> Self {
        let find = Find::Attack(kind, weight, steps);
        Diagnosis { id, short, ask: &[Ask::CompareNameId], blames: Blames::Refusal, find }
    }

    fn look(&self, case: &Case<'_>) -> Option<Found> {
        match self.find {
            Find::Look(look) => look(case),
            Find::Attack(kind, weight, steps) => {
                let found = case.attack_found(kind, weight)?;
                Some(steps.iter().fold(found, |found, (text, link)| found.remedy(text(), *link)))
            }
        }
    }
}

impl PartialEq for Diagnosis {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

/// The diagnoses.
pub const ALL: &[Diagnosis] = &[
    acs_differs::DIAGNOSIS,
    audience_differs::DIAGNOSIS,
    certificate_expired::DIAGNOSIS,
    clock_skew::DIAGNOSIS,
    doctype::DIAGNOSIS,
    fingerprint_differs::DIAGNOSIS,
    key_short::DIAGNOSIS,
    message_bomb::DIAGNOSIS,
    message_encrypted::DIAGNOSIS,
    name_id_ambiguous::DIAGNOSIS,
    name_id_mismatch::DIAGNOSIS,
    name_id_missing::DIAGNOSIS,
    name_id_not_stored::DIAGNOSIS,
    name_id_transient::DIAGNOSIS,
    redirect_altered::DIAGNOSIS,
    response_never_posted::DIAGNOSIS,
    response_unanswered::DIAGNOSIS,
    signature_ambiguous::DIAGNOSIS,
    signature_invalid::DIAGNOSIS,
    signature_method::DIAGNOSIS,
    signature_missing::DIAGNOSIS,
    signature_sha1::DIAGNOSIS,
    signature_wrapped::DIAGNOSIS,
    status_not_success::DIAGNOSIS,
    stored_for_other_user::DIAGNOSIS,
    unreadable_message::DIAGNOSIS,
];

/// What a diagnosis looks at.
pub struct Case<'a> {
    /// The trace.
    pub tracer: &'a Tracer,
    /// The flow in question.
    pub flow: &'a Flow,
    /// Its comparison.
    pub comparison: &'a Comparison,
    /// The time at which it is looked at.
    pub now: Timestamp,
    /// The signs of an attack in its messages; found when first asked for.
    attacks: OnceCell<Vec<Sign>>,
}

/// A sign of an attack, and the NameIDs of its message.
struct Sign {
    attack: Attack,
    beside: SideBySide,
    event: EventId,
}

impl<'a> Case<'a> {
    /// To look at `flow` as it is at `now`.
    pub fn new(tracer: &'a Tracer, flow: &'a Flow, comparison: &'a Comparison, now: Timestamp) -> Self {
        Case { tracer, flow, comparison, now, attacks: OnceCell::new() }
    }

    /// The signs of an attack in the messages of the flow.
    fn attacks(&self) -> &[Sign] {
        self.attacks.get_or_init(|| {
            let exchanges =
                self.flow.steps.iter().filter_map(|step| self.tracer.exchanges().get(step.exchange));
            let given = GivenKeys::default();
            let signs = exchanges.flat_map(|exchange| &exchange.messages).flat_map(|seen| {
                let Look { attacks, beside, .. } = attack::look(&seen.carried, &given);
                attacks.into_iter().map(move |attack| Sign {
                    attack,
                    beside: beside.clone(),
                    event: seen.event.clone(),
                })
            });
            signs.collect()
        })
    }

    /// The first sign of this kind: what it is and what an attacker would gain, the signed and the unsigned NameID side
    /// by side. What GitLab took all the same is a warning.
    fn attack_found(&self, kind: Kind, (severity, at_fault): (Severity, AtFault)) -> Option<Found> {
        let sign = self.attacks().iter().find(|sign| sign.attack.kind == kind)?;
        let severity = if self.flow.let_in() { Severity::Warning } else { severity };
        let name_id = |value: &Option<String>| match value {
            Some(value) => text!("evidence.quoted", value = value),
            None => text!("evidence.none"),
        };
        let (signed, unsigned) = (name_id(&sign.beside.signed), name_id(&sign.beside.unsigned));
        let text = text!("evidence.side-by-side", signed = signed, unsigned = unsigned);
        let evidence = Evidence { event: sign.event.clone(), text };
        Some(Found::new(severity, at_fault, sign.attack.text.clone(), evidence))
    }

    /// Whether the sign-in is to one group's SAML SSO.
    pub fn is_group(&self) -> bool {
        matches!(self.flow.provider, Some(Provider::Group { .. }))
    }

    /// The first of these rows whose values were both seen and are not the same to GitLab. None when GitLab let the
    /// person in: then its settings were other ones at that moment.
    pub fn refused_row(&self, ids: &[&str]) -> Option<(&Row, &Observation, &Observation)> {
        if self.flow.let_in() {
            return None;
        }
        let rows = ids.iter().filter_map(|id| self.comparison.row(id));
        rows.filter(|row| row.verdict != Verdict::Unknown && !row.is_accepted())
            .find_map(|row| Some((row, row.left.as_ref()?, row.right.as_ref()?)))
    }

    /// The Response's first certificate, which is the one that GitLab looks at, and the event that showed it.
    pub fn certificate(&self) -> Option<(Certificate, EventId)> {
        let seen = self.tracer.seen(self.flow.response?)?;
        let (found, _) = certificates(seen.carried.document.as_ref()?);
        found.into_iter().next().map(|first| (first, seen.event.clone()))
    }

    /// Whether the GitLab is GitLab.com.
    pub fn is_gitlab_com(&self) -> bool {
        self.flow.instance.as_ref().is_some_and(Instance::is_gitlab_com)
    }
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// It follows from what was seen.
    Certain,
    /// It is the usual reason for what was seen.
    Likely,
}

/// Who can mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtFault {
    /// The identity provider's configuration or answer.
    IdentityProvider,
    /// GitLab's configuration or stored values.
    GitlabConfiguration,
    /// The user's browser or clock.
    Browser,
    /// What lies between the browser and GitLab.
    Network,
}

impl Evidence {
    /// That this value was seen there.
    fn seen(observation: &Observation) -> Evidence {
        let (what, source) = (observation.fact.text(), observation.source.text());
        let value = observation.value.known().unwrap_or_default();
        let text = text!("evidence.seen", what = what, value = value, source = source);
        Evidence { event: observation.event.clone(), text }
    }
}

impl AtFault {
    /// In words.
    pub fn text(self) -> Text {
        match self {
            AtFault::IdentityProvider => text!("at-fault.identity-provider"),
            AtFault::GitlabConfiguration => text!("at-fault.gitlab-configuration"),
            AtFault::Browser => text!("at-fault.browser"),
            AtFault::Network => text!("at-fault.network"),
        }
    }
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The event that showed it.
    pub event: EventId,
    /// What was seen, and where.
    pub text: Text,
}

/// One step of a way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// What to do.
    pub text: Text,
    /// Public documentation that says more.
    pub link: Option<&'static str>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which diagnosis found it.
    pub diagnosis: &'static Diagnosis,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// Who can mend it.
    pub at_fault: AtFault,
    /// What is wrong, in one sentence or two.
    pub text: Text,
    /// What was seen; never empty.
    pub evidence: Vec<Evidence>,
    /// What to do, in order.
    pub remedy: Vec<Remedy>,
}

/// What a diagnosis finds; [`findings`] adds which one it was.
struct Found {
    severity: Severity,
    confidence: Confidence,
    at_fault: AtFault,
    text: Text,
    evidence: Vec<Evidence>,
    remedy: Vec<Remedy>,
}

impl Found {
    /// With this evidence; certain, until said otherwise.
    fn new(severity: Severity, at_fault: AtFault, text: Text, evidence: Evidence) -> Self {
        let (confidence, evidence) = (Confidence::Certain, vec![evidence]);
        Found { severity, confidence, at_fault, text, evidence, remedy: Vec::new() }
    }

    /// Adds what was seen besides.
    fn and(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Makes it likely instead of certain.
    fn likely(mut self) -> Self {
        self.confidence = Confidence::Likely;
        self
    }

    /// Adds a step of what to do.
    fn remedy(mut self, text: Text, link: Option<&'static str>) -> Self {
        self.remedy.push(Remedy { text, link });
        self
    }

    /// Adds how the person links the account that exists.
    fn link(self, case: &Case<'_>) -> Self {
        match case.is_group() {
            true => self.remedy(text!("remedy.link"), Some(docs::LINK)),
            false => self.remedy(text!("remedy.link-instance"), Some(docs::INSTANCE)),
        }
    }

    fn of(self, diagnosis: &'static Diagnosis) -> Finding {
        let Found { severity, confidence, at_fault, text, evidence, remedy } = self;
        Finding { diagnosis, severity, confidence, at_fault, text, evidence, remedy }
    }
}

/// Everything that is wrong with `flow`, worst first.
pub fn findings(tracer: &Tracer, flow: &Flow, now: Timestamp) -> Vec<Finding> {
    let comparison = comparison::compare(tracer, flow);
    let case = Case::new(tracer, flow, &comparison, now);
    let find = |diagnosis: &'static Diagnosis| Some(diagnosis.look(&case)?.of(diagnosis));
    let mut findings: Vec<Finding> = ALL.iter().filter_map(find).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}
