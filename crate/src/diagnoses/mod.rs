//! Diagnoses: what can be wrong with a sign-in, one file each, one row each in [`ALL`].
//!
//! A diagnosis is a pure function of the trace. Its id is its file's name with `-` for `_`;
//! `tests/diagnoses/<id>.md` is its test and its help text. A [`Finding`] cannot be built without evidence.
//! Findings are derived anew each time: "no Response was posted" holds until one is.

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
mod response_forged;
mod response_never_posted;
mod response_refused;
mod response_unanswered;
mod sign_in_repeats;
mod signature_ambiguous;
mod signature_invalid;
mod signature_method;
mod signature_missing;
mod signature_sha1;
mod signature_wrapped;
mod status_not_success;
mod stored_for_other_user;
mod unreadable_message;
pub mod verdict;

use crate::{
    acceptance,
    attack::AttackKind,
    base::{catalogue::Text, order::sort_by_key, severity::Severity},
    case::{
        Case,
        diagnosis::{Ask, AttackStep, Blames, Diagnosis, Find},
        finding::{AtFault, Evidence, Finding, Found},
    },
    comparison::{Comparison, Row, Verdict},
    event::EventId,
    gitlab::{docs, outcome::Outcome, routes::Provider},
    signature::certificates::Certificate,
    text,
    trace::observation::Observation,
};

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
    response_forged::DIAGNOSIS,
    response_never_posted::DIAGNOSIS,
    response_refused::DIAGNOSIS,
    response_unanswered::DIAGNOSIS,
    sign_in_repeats::DIAGNOSIS,
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

impl Diagnosis {
    /// The diagnosis of one kind of attack. GitLab refuses most of them, and the owner can only compare.
    const fn attack(
        id: &'static str,
        short: fn(&Comparison) -> Text,
        kind: AttackKind,
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

impl Case<'_> {
    /// Everything that is wrong, worst first; of the worst, first what GitLab refuses first.
    pub fn findings(&self) -> &[Finding] {
        self.findings.get_or_init(|| {
            let find = |diagnosis: &'static Diagnosis| {
                let mut finding = diagnosis.look(self)?.of(diagnosis);
                finding.text = self.named(finding.text);
                for evidence in &mut finding.evidence {
                    evidence.text = self.named(evidence.text.clone());
                }
                for remedy in &mut finding.remedy {
                    remedy.text = self.advice(remedy.text.clone());
                }
                Some(finding)
            };
            let mut findings: Vec<Finding> = ALL.iter().filter_map(find).collect();
            // What GitLab was seen to take kept nobody out, whatever is wrong with it.
            if self.took_response() {
                let let_in = self.let_in();
                let of_account =
                    |finding: &Finding| response_refused::explains(finding.diagnosis.id, acceptance::ACCOUNT);
                // By this NameID GitLab found the account: what a page showed was stored at another time.
                findings.retain(|finding| !(self.flow.is_of_account() && of_account(finding)));
                for finding in findings.iter_mut().filter(|it| let_in || !of_account(it)) {
                    finding.severity = finding.severity.min(Severity::Warning);
                }
            }
            // Where nobody is at the address, nothing of the Response but that was looked at.
            if self.flow.outcomes == [Outcome::NotFound] && !self.is_beside_recording() {
                for finding in findings.iter_mut().filter(|it| it.diagnosis.id != acs_differs::DIAGNOSIS.id) {
                    finding.severity = finding.severity.min(Severity::Warning);
                }
            }
            let step = self.refusal().map(|refusal| refusal.id);
            let explains = |finding: &Finding| {
                let is_error = finding.severity == Severity::Error;
                is_error && step.is_some_and(|step| response_refused::explains(finding.diagnosis.id, step))
            };
            if findings.iter().any(explains) {
                findings.retain(|finding| *finding.diagnosis != response_refused::DIAGNOSIS);
            }
            let is_first =
                |finding: &Finding| explains(finding) || *finding.diagnosis == response_refused::DIAGNOSIS;
            sort_by_key(&mut findings, |finding| std::cmp::Reverse((finding.severity, is_first(finding))));
            findings
        })
    }

    /// The first sign of this kind: what it is and what an attacker would gain, the signed and the unsigned
    /// NameID side by side. What GitLab took all the same is a warning.
    fn attack_found(&self, kind: AttackKind, (severity, at_fault): (Severity, AtFault)) -> Option<Found> {
        let (message, sign) = self.messages().find_map(|message| {
            let sign = message.look().attacks.iter().find(|attack| attack.kind == kind)?.clone();
            Some((message, sign))
        })?;
        let beside = &message.look().beside;
        let name_id = |value: &Option<String>| match value {
            Some(value) => text!("evidence.quoted", value = value),
            None => text!("evidence.none"),
        };
        let (signed, unsigned) = (name_id(&beside.signed), name_id(&beside.unsigned));
        let text = text!("evidence.side-by-side", signed = signed, unsigned = unsigned);
        let evidence = Evidence::of(&message.seen.event, text);
        Some(Found::new(severity, at_fault, sign.text, evidence))
    }

    /// Whether the sign-in is to one group's SAML SSO.
    pub fn is_group(&self) -> bool {
        matches!(self.flow.provider, Some(Provider::Group { .. }))
    }

    /// The first of these rows whose values were both seen and are not the same to GitLab. None when GitLab
    /// took the Response: then its settings were other ones at that moment.
    pub fn refused_row(&self, ids: &[&str]) -> Option<(&Row, &Observation, &Observation)> {
        if self.took_response() {
            return None;
        }
        let rows = ids.iter().filter_map(|id| self.comparison().row(id));
        rows.filter(|row| row.verdict != Verdict::Unknown && !row.is_accepted())
            .find_map(|row| Some((row, row.left.as_ref()?, row.right.as_ref()?)))
    }

    /// The Response's first certificate, which is the one that GitLab looks at, and the event that showed it.
    pub fn certificate(&self) -> Option<(&Certificate, EventId)> {
        let seen = self.tracer.seen(self.flow.response?)?;
        seen.certificates().0.first().map(|first| (first, seen.event.clone()))
    }
}

impl Evidence {
    /// That this value was seen there.
    fn seen(observation: &Observation) -> Evidence {
        let (what, source) = (observation.fact.text(), observation.source.text());
        let value = observation.value.known().unwrap_or_default();
        let text = text!("evidence.seen", what = what, value = value, source = source);
        Evidence { provenance: observation.provenance.clone(), text }
    }
}

impl Found {
    /// Adds how the person links the account that exists.
    fn link(self, case: &Case<'_>) -> Self {
        match case.is_group() {
            true => self.remedy(text!("remedy.link"), Some(docs::LINK)),
            false => self.remedy(text!("remedy.link-instance"), Some(docs::INSTANCE)),
        }
    }
}
