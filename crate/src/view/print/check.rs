//! Whether GitLab would let a person in with a Response, as a JSON object: what `samlight check --json`
//! prints.
//!
//! The keys are fixed: what is not known is null or empty, never missing.

use crate::case::{
    Case,
    acceptance::{Acceptance, Checked},
    finding::Finding,
};
use serde_json::{Value, json};

/// The JSON object of `case`. It holds the NameID and stored values: nothing is
/// redacted.
///
/// `accepted` is what GitLab was seen to do, or else what its checks say; `rests_on` says which. `message` is
/// what GitLab's library says, `flash` the line that GitLab's page makes of it, `errors` what the library
/// lists when it collects all errors.
pub fn check(case: &Case<'_>) -> Value {
    let (acceptance, comparison) = (case.acceptance(), case.comparison());
    let accepted = case.accepted();
    let finding = |finding: &Finding| {
        json!({
            "id": finding.diagnosis.id,
            "severity": finding.severity,
            "at_fault": finding.at_fault,
            "text": finding.text,
        })
    };
    let checked =
        |checked: &Checked| json!({"id": checked.id, "state": checked.state, "text": checked.sentence()});
    let known = |acceptance: &Acceptance| acceptance.checks.iter().map(checked).collect::<Vec<_>>();
    json!({
        "accepted": accepted.map(|(accepted, _)| accepted),
        "rests_on": accepted.map(|(_, basis)| basis),
        "depends_on": acceptance.map(|acceptance| acceptance.depends_on.clone()).unwrap_or_default(),
        "message": acceptance.and_then(|acceptance| Some(acceptance.message.as_ref()?.text.clone())),
        "flash": acceptance.and_then(|acceptance| acceptance.flash(case.flow)),
        "step": acceptance.and_then(|acceptance| acceptance.step),
        "errors": acceptance.map(|acceptance| acceptance.errors().collect::<Vec<_>>()).unwrap_or_default(),
        "checks": acceptance.map(known).unwrap_or_default(),
        "name_id": comparison.name_id.as_ref().map(|name_id| &name_id.value),
        "name_id_read": acceptance.and_then(|acceptance| acceptance.name_id.as_ref()),
        "saml_verdict": comparison.saml_verdict(),
        "scim_verdict": comparison.scim_verdict(),
        "findings": case.findings().iter().map(finding).collect::<Vec<_>>(),
    })
}
