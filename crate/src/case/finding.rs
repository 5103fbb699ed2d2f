//! [`Finding`]: something that is wrong with a sign-in, as plain data: what, on which evidence, whose fault,
//! what to do.
//!
//! Leaves out: what can be wrong, and how it is found; that is `diagnoses`.

use super::diagnosis::Diagnosis;
use crate::{
    base::{catalogue::Text, severity::Severity},
    event::{EventId, Provenance},
    text,
};
use serde::{Deserialize, Serialize};

/// The certainty of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// It follows from what was seen.
    Certain,
    /// It is the usual reason for what was seen.
    Likely,
}

/// The party that can fix it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtFault {
    /// The identity provider's configuration or answer.
    IdentityProvider,
    /// GitLab's configuration or stored values.
    GitlabConfiguration,
    /// The user's browser or clock.
    Browser,
    /// Anything that lies between the browser and GitLab.
    Network,
    /// The file that a person gave.
    File,
}

impl AtFault {
    /// In words.
    pub fn text(self) -> Text {
        match self {
            AtFault::IdentityProvider => text!("at-fault.identity-provider"),
            AtFault::GitlabConfiguration => text!("at-fault.gitlab-configuration"),
            AtFault::Browser => text!("at-fault.browser"),
            AtFault::Network => text!("at-fault.network"),
            AtFault::File => text!("at-fault.file"),
        }
    }
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The event that showed it, and whether this browser saw that.
    pub provenance: Provenance,
    /// The thing that was seen, and where.
    pub text: Text,
}

impl Evidence {
    /// A thing that `event` showed.
    pub fn of(event: &EventId, text: Text) -> Self {
        Evidence { provenance: event.into(), text }
    }
}

/// One step of a way out.
#[derive(Clone, Debug, PartialEq)]
pub struct Remedy {
    /// The thing to do.
    pub text: Text,
    /// Public documentation that says more.
    pub link: Option<&'static str>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The diagnosis that found it.
    pub diagnosis: &'static Diagnosis,
    /// The severity of the problem.
    pub severity: Severity,
    /// The certainty of the finding.
    pub confidence: Confidence,
    /// The party that can fix it.
    pub at_fault: AtFault,
    /// The problem, in one sentence or two.
    pub text: Text,
    /// The things that were seen; never empty.
    pub evidence: Vec<Evidence>,
    /// The steps to take, in order.
    pub remedy: Vec<Remedy>,
}

/// The result of a diagnosis; which diagnosis it was is added afterwards.
pub(crate) struct Found {
    severity: Severity,
    confidence: Confidence,
    at_fault: AtFault,
    text: Text,
    evidence: Vec<Evidence>,
    remedy: Vec<Remedy>,
}

impl Found {
    /// With this evidence; certain, until said otherwise.
    pub(crate) fn new(severity: Severity, at_fault: AtFault, text: Text, evidence: Evidence) -> Self {
        let (confidence, evidence) = (Confidence::Certain, vec![evidence]);
        Found { severity, confidence, at_fault, text, evidence, remedy: Vec::new() }
    }

    /// Adds what was seen besides.
    pub(crate) fn and(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// Makes it likely instead of certain.
    pub(crate) fn likely(mut self) -> Self {
        self.confidence = Confidence::Likely;
        self
    }

    /// Adds a step of what to do.
    pub(crate) fn remedy(mut self, text: Text, link: Option<&'static str>) -> Self {
        self.remedy.push(Remedy { text, link });
        self
    }

    /// As the finding of this diagnosis.
    pub(crate) fn of(self, diagnosis: &'static Diagnosis) -> Finding {
        let Found { severity, confidence, at_fault, text, evidence, remedy } = self;
        Finding { diagnosis, severity, confidence, at_fault, text, evidence, remedy }
    }
}
