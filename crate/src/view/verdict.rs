//! The verdict of a flow in words: in a few for lists, in a sentence with what to do, and a row's verdict.

use super::{actor, for_others, of_file, plain};
use crate::{
    base::{
        catalogue::Text,
        severity::{Actor, Sentence, Severity, Step},
    },
    case::{
        Case,
        finding::{Confidence, Finding},
    },
    comparison::Verdict,
    diagnoses::verdict::VerdictKind,
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

/// The finding that is the verdict.
pub(super) fn worst<'c>(case: &'c Case<'_>) -> Option<&'c Finding> {
    case.verdict_kind().finding()
}

/// The verdict in a few words, for lists.
pub(super) fn short_verdict(case: &Case<'_>) -> Sentence {
    let kind = case.verdict_kind();
    let text = match kind {
        VerdictKind::Found(worst) if worst.text.key() == "status.none" => text!("short.status-none"),
        VerdictKind::Found(worst) => (worst.diagnosis.short)(case.comparison()),
        VerdictKind::OfAccount => text!("short.of-account"),
        VerdictKind::SecondFactor => text!("short.second-factor"),
        VerdictKind::MatchRefused | VerdictKind::Refused => text!("short.refused"),
        VerdictKind::Match => text!("short.match"),
        VerdictKind::CheckFailed => text!("short.check-failed"),
        VerdictKind::Checked => text!("short.checked"),
        VerdictKind::LetIn => text!("short.signed-in"),
        VerdictKind::SignOut => text!("short.sign-out"),
        VerdictKind::Other => text!("short.other"),
        VerdictKind::UnderWay => text!("short.under-way"),
        VerdictKind::NotCompared => text!("short.not-compared"),
    };
    sentence(kind.severity(), case.named(text))
}

/// The verdict in full, and what to do. A file's says that it is one.
pub fn verdict(case: &Case<'_>) -> (Sentence, Vec<Step>) {
    with_file(case, in_full(case, finding_sentence))
}

/// The verdict in everyday words, without the values, which stand beside it; in full where there are none.
pub(super) fn in_everyday_words(case: &Case<'_>) -> Sentence {
    let finding = worst(case).filter(|finding| finding.severity == Severity::Error);
    match finding.and_then(|finding| plain::of(finding.text.key())) {
        Some(text) => sentence(Severity::Error, text),
        None => verdict(case).0,
    }
}

/// The verdict as somebody else may read it: without what only the message says.
pub(super) fn verdict_for_others(case: &Case<'_>) -> Sentence {
    let of_finding = |finding: &Finding| {
        let shown = Finding { text: for_others::text(&finding.text), ..finding.clone() };
        finding_sentence(&shown)
    };
    with_file(case, in_full(case, of_finding)).0
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

fn in_full(case: &Case<'_>, of_finding: impl Fn(&Finding) -> Sentence) -> (Sentence, Vec<Step>) {
    let kind = case.verdict_kind();
    let (text, then) = match kind {
        VerdictKind::Found(worst) => return (of_finding(worst), steps(case, worst)),
        VerdictKind::OfAccount => {
            let reason = reason(case).map_or_else(|| either(&outcomes(case)), |reason| reason.to_string());
            (text!("verdict.of-account", reason = reason), outcome_steps(case))
        }
        VerdictKind::SecondFactor => {
            (text!("verdict.second-factor"), vec![step(text!("step.second-factor"), None)])
        }
        VerdictKind::MatchRefused => (because(case, text!("verdict.match-but-refused")), outcome_steps(case)),
        VerdictKind::Refused => (because(case, text!("verdict.refused")), outcome_steps(case)),
        VerdictKind::CheckFailed => (because(case, text!("verdict.check-failed")), outcome_steps(case)),
        VerdictKind::Checked => (text!("verdict.checked"), Vec::new()),
        VerdictKind::Match => (text!("verdict.match"), Vec::new()),
        VerdictKind::LetIn => (text!("verdict.signed-in"), Vec::new()),
        VerdictKind::SignOut => (text!("verdict.sign-out"), Vec::new()),
        VerdictKind::Other => (text!("verdict.other"), Vec::new()),
        VerdictKind::UnderWay => (text!("verdict.under-way"), Vec::new()),
        VerdictKind::NotCompared => (text!("verdict.not-compared"), vec![step(text!("step.compare"), None)]),
    };
    (sentence(kind.severity(), case.named(text)), then)
}

/// Sentences of which one holds, as one.
pub(super) fn either(sentences: &[String]) -> String {
    let or = |first: String, second: &String| text!("outcome.or", first = first, second = second).to_string();
    sentences.split_first().map_or_else(String::new, |(first, rest)| rest.iter().fold(first.clone(), or))
}

/// The outcomes in words.
pub(super) fn outcomes(case: &Case<'_>) -> Vec<String> {
    case.flow.outcomes.iter().map(|outcome| case.named(outcome.text()).to_string()).collect()
}

pub(super) fn steps(case: &Case<'_>, finding: &Finding) -> Vec<Step> {
    finding.remedy.iter().map(|remedy| step_of(case, remedy.text.clone(), remedy.link)).collect()
}

/// The reason for what GitLab did, in one sentence: what its message means, or the outcome where that is the
/// only one.
pub(super) fn reason(case: &Case<'_>) -> Option<Text> {
    let only = || match case.flow.outcomes.as_slice() {
        [only] => Some(only.text()),
        _ => None,
    };
    said_meaning(case.flow).map(|meaning| (meaning.means)()).or_else(only).map(|reason| case.named(reason))
}

/// A verdict with the reason for it, where that is known.
fn because(case: &Case<'_>, verdict: Text) -> Text {
    match reason(case) {
        Some(reason) => text!("verdict.because", verdict = case.named(verdict), reason = reason),
        None => verdict,
    }
}

/// The steps to take after an outcome that no diagnosis explains better.
fn outcome_steps(case: &Case<'_>) -> Vec<Step> {
    let flow = case.flow;
    if let [Outcome::EmailTaken] = flow.outcomes.as_slice() {
        return vec![step_of(case, case.advice(text!("step.email-taken")), Some(docs::LINK))];
    }
    let text = usual(flow).unwrap_or_else(|| match flow.is_of_account() {
        true => text!("step.of-account"),
        false => text!("step.tell-owner"),
    });
    vec![step_of(case, case.advice(text), Some(docs::TROUBLESHOOTING))]
}

/// The usual way out of what GitLab's message says.
pub(super) fn usual(flow: &Flow) -> Option<Text> {
    match (flow.outcomes.as_slice(), &flow.provider) {
        ([Outcome::LinkNeedsRequest], Some(Provider::Instance { .. })) => {
            Some(text!("step.link-needs-request-instance"))
        }
        _ => said_meaning(flow).map(|meaning| (meaning.steps)()),
    }
}

/// The meaning of the messages of the page that followed, the first that is known; or of what GitLab says of
/// this outcome in any language.
pub fn said_meaning(flow: &Flow) -> Option<&'static Meaning> {
    let of_outcome = || match flow.outcomes.as_slice() {
        [only] => only.meaning(),
        _ => None,
    };
    flow.flash.iter().flatten().find_map(|said| messages::meaning(said)).or_else(of_outcome)
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

/// A step, with who takes it.
pub(super) fn step(text: Text, link: Option<&str>) -> Step {
    let by = Some(actor::of(text.key()));
    Step { text: text.to_string(), link: link.map(str::to_owned), by }
}

/// A step of this sign-in: with the place of a setting on the screens of its identity provider, where that is
/// known. Where it is to a whole GitLab, no group has an owner who could take it.
fn step_of(case: &Case<'_>, text: Text, link: Option<&str>) -> Step {
    let step = Step { text: case.placed(text.clone()).to_string(), ..step(text, link) };
    let by = match (step.by, &case.flow.provider) {
        (Some(Actor::GroupOwner), Some(Provider::Instance { .. })) => Some(Actor::GitlabAdministrator),
        (by, _) => by,
    };
    Step { by, ..step }
}
