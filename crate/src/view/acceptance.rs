//! GitLab's checks, with the message that is predicted beside the one that GitLab showed.
//!
//! GitLab's messages repeat addresses of the Response; what can be a credential in them is not shown.

use crate::{
    acceptance,
    base::{
        catalogue::Text,
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
        Some(false) => refused(case, acceptance),
    };
    let depends: Vec<String> = acceptance.depends_on.iter().map(ToString::to_string).collect();
    let depends = (!depends.is_empty()).then(|| text!("acceptance.depends", what = depends.join("; ")));
    let more = depends.into_iter().chain(said_in_fact(acceptance, flow)).chain(by_now(case));
    Some(AcceptanceView {
        verdict: Sentence { severity, text: redact::prose(&text.to_string()) },
        more: more.map(|text| redact::prose(&text.to_string())).collect(),
        checks: acceptance.checks.iter().map(check_view).collect(),
    })
}

/// The verdict on a Response that GitLab refuses by what Samlight knows of its settings: in GitLab's words,
/// or against what GitLab did where it was seen to take it.
fn refused(case: &Case<'_>, acceptance: &Acceptance) -> (Severity, Text) {
    let step = acceptance.checks.iter().find(|checked| Some(checked.id) == acceptance.step);
    let title = step.map(|checked| checked.title.to_string()).unwrap_or_default();
    if case.let_in() {
        return (Severity::Neutral, text!("acceptance.but-let-in", step = title));
    }
    if case.took_response() && acceptance.step != Some(acceptance::ACCOUNT) {
        return (Severity::Neutral, text!("acceptance.but-taken", step = title));
    }
    let text = match (acceptance.flash(case.flow), &acceptance.message) {
        (Some(flash), _) => text!("acceptance.refused", said = flash),
        (None, Some(said)) => text!("acceptance.refused", said = said.text),
        (None, None) => text!("acceptance.refused-silent", step = title),
    };
    (Severity::Error, text)
}

/// The time for which a Response is judged that a file holds without one, and that it has expired since.
fn by_now(case: &Case<'_>) -> Option<Text> {
    let issued = case.judged_when_issued()?;
    let ends = case.clocks()?.windows.iter().filter_map(|window| window.until);
    let expired = ends.min().filter(|end| *end <= case.now && *end > issued);
    Some(match expired {
        Some(end) => text!("acceptance.expired", issued = issued.to_string(), end = end.to_string()),
        None => text!("acceptance.when-issued", issued = issued.to_string()),
    })
}

/// GitLab's own words on a check, beside the prediction.
fn said_in_fact(acceptance: &Acceptance, flow: &Flow) -> Option<Text> {
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
