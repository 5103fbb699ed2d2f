//! Whether GitLab would let a person in with a Response, as a JSON object: what `samlight check --json` prints.
//!
//! The keys are fixed: what is not computed is null or empty, never missing. Left null for now: GitLab's own checks
//! in its order (`accepted`, `message`, `step`, `checks`); `depends_on` names in words what they will look at.

use crate::{catalogue::Text, diagnoses::Finding, flow::Flow, text, tracer::Tracer};
use serde_json::{Value, json};

/// What would decide whether GitLab accepts the Response, and is not looked at yet.
pub fn depends_on() -> Vec<Text> {
    vec![
        text!("check.depends.signature"),
        text!("check.depends.time"),
        text!("check.depends.addressee"),
        text!("check.depends.account"),
    ]
}

/// The JSON object of `flow` with its `findings`. It holds the NameID and stored values: nothing is redacted.
pub fn check(tracer: &Tracer, flow: &Flow, findings: &[Finding]) -> Value {
    let comparison = tracer.comparison(flow);
    let finding = |finding: &Finding| {
        json!({
            "id": finding.diagnosis,
            "severity": finding.severity,
            "at_fault": finding.at_fault,
            "text": finding.text,
        })
    };
    json!({
        "accepted": null,
        "depends_on": depends_on(),
        "message": null,
        "step": null,
        "checks": [],
        "name_id": comparison.name_id.as_ref().map(|name_id| &name_id.value),
        "saml_verdict": comparison.saml_verdict(),
        "scim_verdict": comparison.scim_verdict(),
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
    })
}
