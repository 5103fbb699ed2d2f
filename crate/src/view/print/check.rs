//! Whether GitLab would let a person in with a Response, as a JSON object: what `samlight check --json`
//! prints.
//!
//! The keys are fixed: what is not known is null or empty, never missing.

use crate::{
    case::{
        Case,
        acceptance::{Acceptance, Checked},
        finding::Finding,
    },
    comparison,
    view::{
        FindingView,
        acceptance::acceptance_view,
        flow::{finding_view, flow_view},
    },
};
use serde_json::{Value, json};

/// The JSON object of `case`. It holds the NameID and stored values: nothing is
/// redacted.
///
/// `reading` is the library by whose rules the checks are made, which are not always those of the standards.
/// `accepted` is what GitLab was seen to do, or else what its checks say; `rests_on` says which. `message` is
/// what GitLab's library says, `flash` the line that GitLab's page makes of it, `errors` what the library
/// lists when it collects all errors. `name_id` is the NameID as the standard has it, `name_id_read` as
/// GitLab's library reads it; `uid` is what GitLab looks for, which an instance can take from an attribute.
/// What the text says for people is in it, too: `verdict`, `outcome`, the `steps` of the verdict and of each
/// finding, and the message for the owner.
pub fn check(case: &Case<'_>) -> Value {
    let (acceptance, comparison) = (case.acceptance(), case.comparison());
    let verdict = case.verdict();
    let view = flow_view(case);
    let finding = |finding: &Finding| {
        let FindingView { evidence, steps, .. } = finding_view(case, finding);
        json!({
            "id": finding.diagnosis.id,
            "severity": finding.severity,
            "at_fault": finding.at_fault,
            "text": finding.text,
            "evidence": evidence,
            "steps": steps,
        })
    };
    let checked =
        |checked: &Checked| json!({"id": checked.id, "state": checked.state, "text": checked.sentence()});
    let known = |acceptance: &Acceptance| acceptance.checks.iter().map(checked).collect::<Vec<_>>();
    json!({
        "reading": acceptance.map(|acceptance| format!("ruby-saml {}", acceptance.rules)),
        "accepted": verdict.accepted,
        "rests_on": verdict.rests_on,
        "depends_on": verdict.depends_on,
        "message": acceptance.and_then(|acceptance| Some(acceptance.message.as_ref()?.text.clone())),
        "flash": acceptance.and_then(|acceptance| acceptance.flash(case.flow)),
        "step": acceptance.and_then(|acceptance| acceptance.step),
        "errors": acceptance.map(|acceptance| acceptance.errors().collect::<Vec<_>>()).unwrap_or_default(),
        "checks": acceptance.map(known).unwrap_or_default(),
        "name_id": comparison.name_id.as_ref().map(|name_id| &name_id.value),
        "name_id_read": acceptance.and_then(|acceptance| acceptance.name_id.as_ref()),
        "uid": uid(case),
        "saml_verdict": comparison.saml_verdict(),
        "scim_verdict": comparison.scim_verdict(),
        "findings": case.findings().iter().map(finding).collect::<Vec<_>>(),
        "verdict": view.verdict,
        "outcome": view.outcome,
        "acceptance": acceptance_view(case).map(|it| json!({ "verdict": it.verdict, "more": it.more })),
        "steps": view.steps,
        "for_owner": view.for_owner,
    })
}

/// The name that GitLab looks for, as its library reads it, and where that comes from: `name-id`, or
/// `attribute` with its name.
fn uid(case: &Case<'_>) -> Value {
    let attribute = comparison::uid_attribute(case.tracer, case.flow);
    let value = match case.acceptance() {
        Some(acceptance) => acceptance.uid.clone(),
        None => comparison::uid_sent(case.tracer, case.flow).map(|(uid, _)| uid),
    };
    json!({
        "value": value,
        "from": if attribute.is_some() { "attribute" } else { "name-id" },
        "attribute": attribute,
    })
}
