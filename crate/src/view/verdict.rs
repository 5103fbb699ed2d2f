//! The verdict of a flow in words: in a few for lists, in a sentence with what to do, and a row's verdict.

use super::{for_others, of_file};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    case::{
        Case,
        finding::{Confidence, Finding},
    },
    comparison::Verdict,
    gitlab::{
        docs,
        messages::{self, Meaning},
        outcome::Outcome,
        routes::Provider,
    },
    text,
    trace::flow::{Flow, FlowKind},
};

/// "Sign-in to group acme on gitlab.com".
pub(super) fn title(flow: &Flow) -> Text {
    let host = flow.instance.as_ref().map(ToString::to_string);
    match (flow.kind, host, &flow.provider) {
        (FlowKind::SignIn, Some(host), Some(Provider::Group { path })) => {
            text!("title.group", group = path, host = host)
        }
        (FlowKind::SignIn, Some(host), _) => text!("title.instance", host = host),
        (FlowKind::SignIn, None, _) => text!("title.sign-in"),
        (FlowKind::SignOut, Some(host), _) => text!("title.sign-out-of", host = host),
        (FlowKind::SignOut, None, _) => text!("title.sign-out"),
        (FlowKind::Other, ..) => text!("title.other"),
        (FlowKind::Unreadable, ..) => text!("title.unreadable"),
    }
}

/// The finding that is the verdict: the worst, where it is a warning or an error.
pub(super) fn worst<'c>(case: &'c Case<'_>) -> Option<&'c Finding> {
    case.findings().first().filter(|finding| finding.severity >= Severity::Warning)
}

/// The verdict in a few words, for lists.
pub(super) fn short_verdict(case: &Case<'_>) -> Sentence {
    let (flow, comparison) = (case.flow, case.comparison());
    if let Some(worst) = worst(case) {
        return sentence(worst.severity, (worst.diagnosis.short)(comparison));
    }
    match (comparison.saml_verdict(), flow.succeeded()) {
        (Verdict::Exact, Some(false)) | (Verdict::Unknown, Some(false)) => {
            sentence(Severity::Error, text!("short.refused"))
        }
        (Verdict::Exact, _) => sentence(Severity::Good, text!("short.match")),
        (_, Some(true)) => sentence(Severity::Good, text!("short.signed-in")),
        _ if flow.kind == FlowKind::Other => sentence(Severity::Neutral, text!("short.other")),
        _ if flow.response.is_none() => sentence(Severity::Neutral, text!("short.under-way")),
        _ => sentence(Severity::Neutral, text!("short.not-compared")),
    }
}

/// The verdict in full, and what to do. A file's says that it is one.
pub(super) fn verdict(case: &Case<'_>) -> (Sentence, Vec<Step>) {
    with_file(case, judged(case, finding_sentence))
}

/// The verdict as somebody else may read it: without what only the message says.
pub(super) fn verdict_for_others(case: &Case<'_>) -> Sentence {
    let of_finding = |finding: &Finding| {
        let shown = Finding { text: for_others::text(&finding.text), ..finding.clone() };
        finding_sentence(&shown)
    };
    with_file(case, judged(case, of_finding)).0
}

fn with_file(case: &Case<'_>, (verdict, steps): (Sentence, Vec<Step>)) -> (Sentence, Vec<Step>) {
    match of_file::label(case.tracer, &case.flow.id.event) {
        Some(file) => {
            let text = text!("of-file.verdict", verdict = verdict.text, file = file);
            (sentence(verdict.severity, text), steps)
        }
        None => (verdict, steps),
    }
}

fn judged(case: &Case<'_>, of_finding: impl Fn(&Finding) -> Sentence) -> (Sentence, Vec<Step>) {
    let flow = case.flow;
    if let Some(worst) = worst(case) {
        return (of_finding(worst), steps(worst));
    }
    match (case.comparison().saml_verdict(), flow.succeeded()) {
        (Verdict::Exact, Some(false)) => {
            (sentence(Severity::Error, text!("verdict.match-but-refused")), outcome_steps(flow))
        }
        (_, Some(false)) => (sentence(Severity::Error, text!("verdict.refused")), outcome_steps(flow)),
        (Verdict::Exact, _) => (sentence(Severity::Good, text!("verdict.match")), Vec::new()),
        (_, Some(true)) => (sentence(Severity::Good, text!("verdict.signed-in")), Vec::new()),
        _ if flow.kind == FlowKind::SignOut => {
            (sentence(Severity::Neutral, text!("verdict.sign-out")), Vec::new())
        }
        _ if flow.kind == FlowKind::Other => {
            (sentence(Severity::Neutral, text!("verdict.other")), Vec::new())
        }
        _ if flow.response.is_none() => (sentence(Severity::Neutral, text!("verdict.under-way")), Vec::new()),
        _ => (
            sentence(Severity::Neutral, text!("verdict.not-compared")),
            vec![step(text!("step.compare"), None)],
        ),
    }
}

pub(super) fn steps(finding: &Finding) -> Vec<Step> {
    finding.remedy.iter().map(|remedy| step(remedy.text.clone(), remedy.link)).collect()
}

/// The steps to take after an outcome that no diagnosis explains better.
fn outcome_steps(flow: &Flow) -> Vec<Step> {
    match flow.outcomes.as_slice() {
        [Outcome::EmailTaken] => vec![step(text!("step.email-taken"), Some(docs::LINK))],
        [Outcome::LinkNeedsRequest] => {
            vec![step(text!("step.link-needs-request"), Some(docs::TROUBLESHOOTING))]
        }
        [Outcome::NoEmail] => vec![step(text!("step.no-email"), Some(docs::TROUBLESHOOTING))],
        _ => {
            let known = said_meaning(flow).map(|meaning| (meaning.steps)());
            let text = known.unwrap_or_else(|| text!("step.tell-owner"));
            vec![step(text, Some(docs::TROUBLESHOOTING))]
        }
    }
}

/// The meaning of the messages of the page that followed; the first that is known.
pub(super) fn said_meaning(flow: &Flow) -> Option<&'static Meaning> {
    flow.flash.iter().flatten().find_map(|said| messages::meaning(said))
}

/// The finding in words, with how sure it is.
pub(super) fn finding_sentence(finding: &Finding) -> Sentence {
    let text = match finding.confidence {
        Confidence::Certain => finding.text.clone(),
        Confidence::Likely => text!("finding.likely", finding = finding.text),
    };
    sentence(finding.severity, text)
}

/// A verdict in words.
pub fn verdict_text(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Exact => text!("verdict.exact"),
        Verdict::CaseOnly => text!("verdict.case-only"),
        Verdict::WhitespaceOnly => text!("verdict.whitespace-only"),
        Verdict::UnicodeOnly => text!("verdict.unicode-only"),
        Verdict::Different => text!("verdict.different"),
        Verdict::NotStored => text!("verdict.not-stored"),
        Verdict::NoNameId => text!("verdict.no-name-id"),
        Verdict::Transient => text!("verdict.transient"),
        Verdict::StoredForOtherUser => text!("verdict.stored-for-other-user"),
        Verdict::Unknown => text!("verdict.unknown"),
    }
}

pub(super) fn sentence(severity: Severity, text: Text) -> Sentence {
    Sentence { severity, text: text.to_string() }
}

pub(super) fn step(text: Text, link: Option<&str>) -> Step {
    Step { text: text.to_string(), link: link.map(str::to_owned) }
}
