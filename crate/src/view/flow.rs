//! One sign-in in full: [`FlowView`] from the trace.

use super::{
    ComparisonRow, ComparisonView, ExchangeView, FindingView, FlowLine, FlowView, Lack, MessageView,
    ValueView, absent,
    acceptance::acceptance_view,
    clock,
    message::message_view,
    new_identity::new_identity,
    of_file,
    owner_message::owner_message,
    self_check::{SelfCheck, self_check},
    sequence::sequence,
    value::runs,
    verdict::{
        either, finding_sentence, outcomes, reason, said_meaning, sentence, short_verdict, steps, title,
        verdict, verdict_text, worst,
    },
};
use crate::{
    base::{
        address::Address,
        catalogue::{Text, stop},
        instant::Zone,
        redact,
        severity::{Sentence, Severity},
    },
    case::{
        Case, Looked,
        finding::{Evidence, Finding},
    },
    comparison::{self, Row, Verdict, attribution},
    diagnoses::verdict::VerdictKind,
    gitlab::{
        messages::{self, Meaning},
        routes::Provider,
        stored::{Fact, StoredValue},
    },
    saml::MessageKind,
    text,
    trace::{
        exchange::Exchange,
        flow::{FlowKind, Joined},
        observation::{Observation, Source},
        seen::Rode,
    },
};

/// A flow's line in the list.
pub fn line(case: &Case<'_>) -> FlowLine {
    let flow = case.flow;
    FlowLine {
        id: flow.id.to_string(),
        started: flow.id.event.time.to_string(),
        time: case.zone.time_of_day(flow.id.event.time),
        title: title(flow).to_string(),
        who: who(case),
        group: flow.provider.as_ref().and_then(Provider::group).map(str::to_owned),
        host: flow
            .instance
            .as_ref()
            .and_then(|instance| Address::parse(&instance.origin).map(|address| address.host().to_owned())),
        tab: Some(flow.place.tab).filter(|tab| *tab >= 0 && !flow.place.of_file),
        verdict: short_verdict(case),
        private: flow.place.private,
        container: flow.place.container().map(|number| text!("place.container", number = number).to_string()),
        file: of_file::label(case.tracer, &flow.id.event).map(|label| label.to_string()),
    }
}

/// The one who signs in: by the name that GitLab looks for, unless it is made up for this sign-in.
fn who(case: &Case<'_>) -> Option<String> {
    let Case { tracer, flow, .. } = *case;
    let is_made_up = flow.name_id(tracer).is_some_and(|(name_id, _)| comparison::is_transient(&name_id));
    let uid = comparison::uid_sent(tracer, flow).map(|(uid, _)| uid).filter(|_| !is_made_up);
    uid.or_else(|| attribution::email_sent(tracer, flow)).filter(|who| !who.trim().is_empty())
}

/// A flow in full.
pub fn flow_view(case: &Case<'_>) -> FlowView {
    let Case { tracer, flow, .. } = *case;
    let (verdict, steps) = verdict(case);
    // The worst finding is the verdict; the rest follow it.
    let rest = case.findings().iter().skip(usize::from(worst(case).is_some()));
    let exchanges: Vec<&Exchange> =
        flow.steps.iter().filter_map(|step| tracer.exchanges().get(step.exchange)).collect();
    // A message beside the sign-ins, such as metadata, was never meant for GitLab's checks.
    let is_judged = flow.kind == FlowKind::SignIn;
    let self_check = self_check(case);
    FlowView {
        line: line(case),
        instance: flow.instance.clone(),
        lacks: lack(case, self_check.as_ref()),
        verdict,
        self_check,
        new_identity: new_identity(case),
        for_owner: owner_message(case),
        outcome: outcome(case),
        outcomes: undecided(case),
        acceptance: is_judged.then(|| acceptance_view(case)).flatten(),
        steps,
        findings: rest.map(|finding| finding_view(case, finding)).collect(),
        comparison: comparison_view(case),
        sequence: sequence(case),
        messages: case.messages().map(|message| seen_message(case, &message)).collect(),
        clock: clock::clock(case),
        exchanges: exchanges
            .iter()
            .zip(&flow.steps)
            .map(|(exchange, step)| exchange_view(exchange, step.joined, &exchanges, case.zone))
            .collect(),
    }
}

/// The thing without which it cannot be said why it fails. Where GitLab refused for a reason that is not
/// known, or its answer was not seen, what is stored for the person would say it.
fn lack(case: &Case<'_>, check: Option<&SelfCheck>) -> Option<Lack> {
    let needs_own = check.is_some_and(|check| !check.needed.is_empty());
    let is_open = case.flow.response.is_none() && case.flow.succeeded().is_none();
    match case.verdict_kind() {
        VerdictKind::SignOut | VerdictKind::Other | VerdictKind::Checked | VerdictKind::CheckFailed => {
            Some(Lack::SignIn)
        }
        VerdictKind::UnderWay => Some(Lack::End),
        VerdictKind::Found(finding) if is_open && finding.severity < Severity::Error => Some(Lack::End),
        VerdictKind::Refused if needs_own && reason(case).is_none() => Some(Lack::OwnIdentifiers),
        VerdictKind::NotCompared if needs_own => Some(Lack::OwnIdentifiers),
        _ => None,
    }
}

/// A message with the place where it was seen. One that is a file says so itself.
fn seen_message(case: &Case<'_>, message: &Looked<'_>) -> MessageView {
    let view = message_view(message, case.zone);
    let file = of_file::label(case.tracer, &message.seen.event).filter(|_| message.seen.rode != Rode::File);
    match file {
        Some(file) => {
            MessageView { seen: text!("of-file.said", text = view.seen, file = file).to_string(), ..view }
        }
        None => view,
    }
}

/// The outcome at GitLab, as far as it shows.
fn outcome(case: &Case<'_>) -> Option<Sentence> {
    let Case { tracer, flow, .. } = *case;
    let broke = flow.received(tracer).and_then(Exchange::failure).filter(|_| flow.outcomes.is_empty());
    if let Some(error) = broke {
        return Some(sentence(Severity::Error, text!("outcome.no-answer", error = error)));
    }
    let severity = match flow.succeeded() {
        Some(true) => Severity::Good,
        Some(false) => Severity::Error,
        None if flow.is_verified() => Severity::Good,
        None if flow.outcomes.is_empty() => return None,
        None => Severity::Neutral,
    };
    let words = outcomes(case);
    let said = flow.flash.iter().flatten().next();
    let text = match (words.as_slice(), said) {
        ([one], Some(said)) => {
            let said = messages::reason(said).unwrap_or(said);
            text!("outcome.said", outcome = one, said = said, stop = stop(said))
        }
        ([one], None) => text!("outcome.only", outcome = one),
        (several, _) => text!("outcome.one-of", outcomes = either(several)),
    };
    let text = match meaning(case) {
        Some(meaning) => text!("outcome.means", outcome = text, meaning = case.named((meaning.means)())),
        None => text,
    };
    Some(sentence(severity, text))
}

/// The meaning of GitLab's message, where neither the verdict nor the outcome says it.
fn meaning(case: &Case<'_>) -> Option<&'static Meaning> {
    let is_outcome = matches!(case.flow.outcomes.as_slice(), [only] if only.meaning().is_some());
    said_meaning(case.flow).filter(|_| worst(case).is_some() && !is_outcome)
}

/// The outcomes of which one holds, where nothing tells them apart.
fn undecided(case: &Case<'_>) -> Vec<String> {
    let words = outcomes(case);
    if words.len() > 1 && meaning(case).is_none() { words } else { Vec::new() }
}

pub(super) fn finding_view(case: &Case<'_>, finding: &Finding) -> FindingView {
    let evidence = finding.evidence.iter();
    let said = |it: &Evidence| of_file::said(case.tracer, it.provenance.event(), &it.text);
    FindingView {
        diagnosis: finding.diagnosis.id.to_owned(),
        sentence: finding_sentence(finding),
        at_fault: finding.at_fault.text().to_string(),
        evidence: evidence.map(said).collect(),
        steps: steps(case, finding),
    }
}

fn comparison_view(case: &Case<'_>) -> ComparisonView {
    let comparison = case.comparison();
    if case.flow.response.is_none() || comparison.rows.is_empty() {
        return ComparisonView::default();
    }
    ComparisonView {
        attribution: case.named(comparison.attribution.text()).to_string(),
        rows: comparison.rows.iter().map(|row| row_view(case, row)).collect(),
    }
}

fn row_view(case: &Case<'_>, row: &Row) -> ComparisonRow {
    let value = |observation: &Option<Observation>| {
        observation.as_ref().and_then(|o| o.value.known().map(str::to_owned))
    };
    let (sent, stored) = (value(&row.left), value(&row.right));
    ComparisonRow {
        label: case.named(row.label()).to_string(),
        left: value_view(case, row.kind.left, row.left.as_ref(), stored.as_deref()),
        right: value_view(case, row.kind.right, row.right.as_ref(), sent.as_deref()),
        rule: row.rule.text().to_string(),
        verdict: row.verdict,
        severity: row.severity(),
        text: match row.verdict {
            Verdict::Exact if sent != stored => text!("verdict.same-to-gitlab"),
            verdict => verdict_text(verdict),
        }
        .to_string(),
    }
}

fn value_view(
    case: &Case<'_>,
    fact: Fact,
    observation: Option<&Observation>,
    other: Option<&str>,
) -> ValueView {
    let label = case.named(observation.map_or(fact, |observation| observation.fact).text());
    let seen = match observation {
        None => text!("seen.not"),
        Some(observation) => match observation.value {
            StoredValue::Known(_) if observation.source == Source::Fixed => {
                text!("seen.fixed", source = observation.source.text())
            }
            StoredValue::Known(_) => text!(
                "seen.in",
                source = observation.source.text(),
                time = case.zone.time_of_day(observation.provenance.time())
            ),
            StoredValue::Absent | StoredValue::Unseen => {
                text!(
                    "seen.absent",
                    source = observation.source.text(),
                    time = case.zone.time_of_day(observation.provenance.time())
                )
            }
        },
    };
    let seen = match observation.filter(|observation| observation.source != Source::Fixed) {
        Some(observation) => of_file::said(case.tracer, observation.provenance.event(), seen),
        None => seen.to_string(),
    };
    let value = observation.and_then(|observation| observation.value.known());
    ValueView {
        label: label.to_string(),
        value: value.map(str::to_owned),
        runs: value.map(|value| runs(value, other)).unwrap_or_default(),
        seen,
    }
}

fn exchange_view(exchange: &Exchange, joined: Joined, exchanges: &[&Exchange], zone: Zone) -> ExchangeView {
    ExchangeView {
        time: zone.time_of_day(exchange.id.time),
        duration: exchange.duration(),
        method: exchange.method.clone(),
        url: redact::url(exchange.url.expose()),
        status: exchange.response.as_ref().map(|response| response.status),
        location: exchange
            .response
            .as_ref()
            .and_then(|response| response.location.as_ref())
            .map(|location| redact::url(location.expose())),
        role: role(exchange, joined).to_string(),
        absent: absent::said(exchange, exchanges),
    }
}

fn role(exchange: &Exchange, joined: Joined) -> Text {
    let Some(seen) = exchange.messages.first() else {
        return match joined {
            Joined::Redirect => text!("role.redirected"),
            // Otherwise it is in a flow only because GitLab's consumer service was called without one.
            _ => text!("role.no-message"),
        };
    };
    match (seen.carried().message.as_ref().map(|message| &message.kind), seen.rode) {
        (_, Rode::File) => text!("role.file"),
        (_, Rode::Page) => text!("role.page"),
        (Some(MessageKind::AuthnRequest), Rode::Redirect) => text!("role.gitlab-sends-request"),
        (Some(MessageKind::AuthnRequest), _) => text!("role.request-arrives"),
        (Some(MessageKind::Response), _) => text!("role.response-arrives"),
        (Some(MessageKind::LogoutRequest), _) => text!("role.logout-request"),
        (Some(MessageKind::LogoutResponse), _) => text!("role.logout-response"),
        (Some(MessageKind::Artifact), _) => text!("role.artifact"),
        (Some(MessageKind::Other(_)) | None, _) => text!("role.unreadable"),
        (Some(kind), _) => text!("role.message", name = kind.name()),
    }
}
