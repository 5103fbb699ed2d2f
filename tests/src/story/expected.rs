//! The expectations of a story: findings or flows, compared exactly.

use super::Told;
use anyhow::{Context, Result, bail, ensure};
use samlight::{
    base::severity::Severity,
    case::{
        Case,
        finding::{AtFault, Confidence, Finding},
    },
    gitlab::{outcome::Outcome, routes::Provider},
    trace::{
        flow::{Flow, FlowKind, Joined, MessageRef},
        tracer::Tracer,
    },
};
use serde::{Deserialize, Serialize};

/// One expected finding.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedFinding {
    /// Id of the diagnosis.
    pub id: String,
    severity: Severity,
    at_fault: AtFault,
    /// Certain, unless it says `likely`.
    #[serde(default = "certain")]
    confidence: Confidence,
    /// Words of its text, at least one.
    says: Vec<String>,
    /// Words of each step of its remedy, in order: who acts, and what they do. Empty where nothing is to be
    /// done.
    remedy: Vec<String>,
    /// Words of its evidence, where a section is about them.
    #[serde(default)]
    evidence: Vec<String>,
}

fn certain() -> Confidence {
    Confidence::Certain
}

/// The diagnosis for the checks that no other one explains.
const REFUSED: &str = "response-refused";

/// Compares the findings of a story with what is expected, which is given back.
///
/// # Errors
/// When they differ, or one has no evidence or tells nobody what to do; or the block is wrong.
pub fn findings(told: &Told<'_>) -> Result<Vec<ExpectedFinding>> {
    let expected: Vec<ExpectedFinding> = serde_json::from_str(&told.expected.text)
        .with_context(|| format!("line {}: the expected findings", told.expected.line))?;
    let of_flow = |flow: &_| Case::new(&told.tracer, flow, told.now).findings().to_vec();
    let mut found: Vec<_> = told.tracer.flows().iter().flat_map(of_flow).collect();
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    // Most messages of the pages are cut down to what matters, and GitLab's other checks refuse them. A page
    // that expects this is about it.
    let is_expected = expected.iter().any(|finding| finding.id == REFUSED);
    found.retain(|finding| finding.diagnosis.id != REFUSED || is_expected);
    let shown = || found.iter().map(|finding| format!("\n  {}", show(finding))).collect::<String>();
    ensure!(
        found.len() == expected.len(),
        "{} findings are expected, these were found: {}",
        expected.len(),
        shown()
    );
    for (finding, wanted) in found.iter().zip(&expected) {
        let text = finding.text.to_string();
        let is_it = finding.diagnosis.id == wanted.id
            && finding.severity == wanted.severity
            && finding.at_fault == wanted.at_fault
            && finding.confidence == wanted.confidence;
        ensure!(is_it, "expected {wanted:?}, these were found: {}", shown());
        ensure!(!wanted.says.is_empty(), "{}: say some words of the text", wanted.id);
        if let Some(words) = wanted.says.iter().find(|words| !text.contains(words.as_str())) {
            bail!("{} does not say `{words}`: {text}", wanted.id);
        }
        let evidence: Vec<String> = finding.evidence.iter().map(|seen| seen.text.to_string()).collect();
        if let Some(words) =
            wanted.evidence.iter().find(|words| !evidence.iter().any(|it| it.contains(*words)))
        {
            bail!("{} has no evidence that says `{words}`: {evidence:#?}", wanted.id);
        }
        whole(finding)?;
        remedy(finding, &wanted.remedy)?;
    }
    Ok(expected)
}

/// A finding says what was seen; nothing in it is left to be filled.
fn whole(finding: &Finding) -> Result<()> {
    let texts = std::iter::once(&finding.text)
        .chain(finding.evidence.iter().map(|evidence| &evidence.text))
        .chain(finding.remedy.iter().map(|remedy| &remedy.text));
    for text in texts.map(ToString::to_string) {
        ensure!(text.contains(' ') && !text.contains('{'), "{}: {text}", finding.diagnosis.id);
    }
    ensure!(!finding.evidence.is_empty(), "{} has no evidence", finding.diagnosis.id);
    Ok(())
}

/// The remedy has the steps that are wanted, in this order, and from a warning on one of them names who can
/// fix it.
fn remedy(finding: &Finding, wanted: &[String]) -> Result<()> {
    let steps: Vec<String> = finding.remedy.iter().map(|step| step.text.to_string()).collect();
    let is_it = |(step, words): (&String, &String)| words.contains(' ') && step.contains(words.as_str());
    let are_they = steps.len() == wanted.len() && steps.iter().zip(wanted).all(is_it);
    ensure!(are_they, "{} expects the remedy {wanted:#?}, it is {steps:#?}", finding.diagnosis.id);
    let names = |who: &[&str]| steps.iter().any(|step| who.iter().any(|who| step.contains(who)));
    let needs_one = finding.severity >= Severity::Warning;
    ensure!(
        !needs_one || names(who(finding.at_fault)),
        "{} names nobody who acts: {steps:#?}",
        finding.diagnosis.id
    );
    Ok(())
}

/// The names that a remedy has for those who can fix what is at fault. A step that names nobody is for the
/// person who signs in.
fn who(at_fault: AtFault) -> &'static [&'static str] {
    match at_fault {
        AtFault::IdentityProvider => &["the administrator of your identity provider", "its administrator"],
        AtFault::GitlabConfiguration => {
            &["a group owner", "an administrator", "Sign in to GitLab with your password"]
        }
        AtFault::Browser => &["this computer", "start a new sign-in from GitLab"],
        AtFault::Network => &["your administrator", "your GitLab administrator"],
        AtFault::File => &["the person who gave you the file"],
    }
}

fn show(finding: &Finding) -> String {
    let Finding { diagnosis, severity, confidence, at_fault, text, .. } = finding;
    format!("{diagnosis:?}, {severity:?}, {confidence:?}, {at_fault:?}: {text}")
}

/// One expected flow. A key that is left out stands for nothing: an empty list, no message, tab 1.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExpectedFlow {
    /// `sign-in`, `sign-out`, `unreadable`.
    kind: String,
    /// `acme on gitlab.com`; `gitlab.com` where the integration is not known.
    to: String,
    /// The tab, where it is another than 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    tab: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    private: bool,
    /// The reasons why each of its exchanges belongs to it.
    joined: Vec<String>,
    /// ID of the request message; `?` for one without.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<String>,
    /// ID of the response message; `?` for one without.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outcomes: Vec<Outcome>,
    /// The messages of the page that followed, once one was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    flash: Option<Vec<String>>,
    /// Codes of the flaws of its messages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flaws: Vec<String>,
}

/// Compares the flows of a story with what is expected.
///
/// # Errors
/// When they differ, or the block is wrong.
pub fn flows(told: &Told<'_>) -> Result<()> {
    let expected: Vec<ExpectedFlow> = serde_json::from_str(&told.expected.text)
        .with_context(|| format!("line {}: the expected flows", told.expected.line))?;
    let found: Vec<ExpectedFlow> =
        told.tracer.flows().iter().map(|flow| ExpectedFlow::of(&told.tracer, flow)).collect();
    ensure!(found == expected, "these flows were found:\n{}", serde_json::to_string_pretty(&found)?);
    Ok(())
}

impl ExpectedFlow {
    fn of(tracer: &Tracer, flow: &Flow) -> Self {
        let kind = match flow.kind {
            FlowKind::SignIn => "sign-in",
            FlowKind::SignOut => "sign-out",
            FlowKind::Other => "other",
            FlowKind::Unreadable => "unreadable",
        };
        let provider = flow.provider.as_ref().map(|provider| match provider {
            Provider::Group { path } => format!("{path} on "),
            Provider::Instance { name } => format!("{name} on "),
        });
        let instance = flow.instance.as_ref().map(ToString::to_string);
        let id = |reference: MessageRef| {
            let head = tracer.seen(reference).and_then(|seen| seen.carried().message.as_ref());
            head.and_then(|message| message.head.id.clone()).unwrap_or_else(|| "?".into())
        };
        let messages = flow.steps.iter().filter_map(|step| tracer.exchanges().get(step.exchange));
        let flaws = messages.flat_map(|exchange| &exchange.messages).flat_map(|seen| &seen.carried().flaws);
        ExpectedFlow {
            kind: kind.into(),
            to: format!("{}{}", provider.unwrap_or_default(), instance.unwrap_or_default()),
            tab: Some(flow.place.tab).filter(|tab| *tab != 1),
            private: flow.place.private,
            joined: flow.steps.iter().map(|step| joined(step.joined).into()).collect(),
            request: flow.request.map(id),
            response: flow.response.map(id),
            outcomes: flow.outcomes.clone(),
            flash: flow.flash.clone(),
            flaws: flaws.map(|flaw| flaw.code.to_owned()).collect(),
        }
    }
}

fn joined(joined: Joined) -> &'static str {
    match joined {
        Joined::First => "first",
        Joined::SameMessage => "same-message",
        Joined::InResponseTo => "in-response-to",
        Joined::Acs => "acs",
        Joined::RelayState => "relay-state",
        Joined::Redirect => "redirect",
    }
}
