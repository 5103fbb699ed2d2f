//! GitLab's checks, with the message that is predicted beside the one that GitLab showed.
//!
//! GitLab's messages repeat addresses of the Response; what can be a credential in them is not shown.

use crate::{
    acceptance,
    base::{
        redact,
        severity::{Sentence, Severity},
    },
    case::{
        Case,
        acceptance::{Acceptance, CheckState, Checked},
    },
    gitlab::messages,
    text,
    trace::flow::Flow,
};
use serde::{Deserialize, Serialize};

/// GitLab's verdict on a Response, with its checks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AcceptanceView {
    /// Whether it accepts it, and what it says if not.
    pub verdict: Sentence,
    /// The conditions it depends on, and what GitLab said in fact.
    pub more: Vec<String>,
    /// All checks in GitLab's order.
    pub checks: Vec<CheckView>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckView {
    /// Kebab-case name.
    pub id: String,
    /// The subject of the check.
    pub title: String,
    /// The result of the check.
    pub state: CheckState,
    /// The result in a word.
    pub word: String,
    /// The severity of the result.
    pub severity: Severity,
    /// The reason why it failed or was not checked.
    pub text: Option<String>,
}

/// GitLab's checks of the Response of `case`.
pub fn acceptance_view(case: &Case<'_>) -> Option<AcceptanceView> {
    let (acceptance, flow) = (case.acceptance()?, case.flow);
    let (severity, text) = match acceptance.accepted {
        Some(true) if flow.succeeded() == Some(false) => (Severity::Neutral, text!("acceptance.but-refused")),
        Some(true) => (Severity::Good, text!("acceptance.accepted")),
        None => (Severity::Neutral, text!("acceptance.open")),
        Some(false) => match (acceptance.flash(flow), &acceptance.message) {
            (Some(flash), _) => (Severity::Error, text!("acceptance.refused", said = flash)),
            (None, Some(said)) => (Severity::Error, text!("acceptance.refused", said = said.text)),
            (None, None) => {
                let step = acceptance.checks.iter().find(|checked| Some(checked.id) == acceptance.step);
                let title = step.map(|checked| checked.title.to_string()).unwrap_or_default();
                (Severity::Error, text!("acceptance.refused-silent", step = title))
            }
        },
    };
    let (severity, text) = match flow.let_in() && acceptance.accepted == Some(false) {
        true => (Severity::Neutral, text!("acceptance.but-let-in", verdict = text)),
        false => (severity, text),
    };
    let depends: Vec<String> = acceptance.depends_on.iter().map(ToString::to_string).collect();
    let depends = (!depends.is_empty()).then(|| text!("acceptance.depends", what = depends.join("; ")));
    let more = depends.into_iter().chain(said_in_fact(acceptance, flow));
    Some(AcceptanceView {
        verdict: Sentence { severity, text: redact::prose(&text.to_string()) },
        more: more.map(|text| redact::prose(&text.to_string())).collect(),
        checks: acceptance.checks.iter().map(check_view).collect(),
    })
}

/// GitLab's own words on a check, beside the prediction.
fn said_in_fact(acceptance: &Acceptance, flow: &Flow) -> Option<crate::base::catalogue::Text> {
    let said = flow.flash.iter().flatten().find(|said| acceptance::check_of(said).is_some())?;
    let reason = messages::reason(said).unwrap_or(said);
    let is_step = acceptance::check_of(said).map(|check| check.id) == acceptance.step;
    let predicted = acceptance.message.as_ref().filter(|message| message.is_whole);
    let same_words =
        predicted.is_none_or(|message| messages::folded(&message.text) == messages::folded(reason));
    // The clock in a message is GitLab's, and later than what was seen.
    let carries_clock = acceptance.step == Some("validity");
    Some(if is_step && (same_words || carries_clock) {
        text!("acceptance.as-said", said = reason)
    } else {
        text!("acceptance.other-said", said = reason)
    })
}

fn check_view(checked: &Checked) -> CheckView {
    let (word, severity) = match checked.state {
        CheckState::Passed => (text!("acceptance.passed"), Severity::Good),
        CheckState::Failed => (text!("acceptance.failed"), Severity::Error),
        CheckState::Skipped => (text!("acceptance.skipped"), Severity::Neutral),
    };
    CheckView {
        id: checked.id.to_owned(),
        title: checked.title.to_string(),
        state: checked.state,
        word: word.to_string(),
        severity,
        text: (checked.state != CheckState::Passed).then(|| redact::prose(&checked.sentence().to_string())),
    }
}
