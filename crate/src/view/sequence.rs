//! A sign-in as a sequence diagram: who told whom what, in order, and where it went wrong ([`SequenceView`]).
//!
//! SAML Profiles 4.1.3: everything between GitLab and the identity provider goes through the person's
//! browser, so each arrow begins or ends there. What was captured is an arrow; what must have happened
//! besides (the page of the identity provider that posts the Response) is one, too, and says that it was not
//! seen. At most one arrow is marked as the one that failed: the first cause, not what followed from it.
//! Where nothing came for a while, the diagram says how long, and where the time was spent. Of an address it
//! has the path or the host, never a query. Leaves out: requests without SAML.

use super::{
    ArrowState, ArrowView, LegendView, Participant, SequenceView,
    absent::unseen_host,
    mermaid::mermaid,
    verdict::{short_verdict, worst},
};
use crate::{
    base::{
        address::Address,
        catalogue::Text,
        instant::{Timestamp, Zone, duration_text},
        redact,
    },
    case::{Case, diagnosis::Blames},
    gitlab::outcome::Outcome,
    saml::MessageKind,
    text,
    trace::{
        exchange::{Absence, Exchange},
        flow::{Flow, FlowKind, Joined},
        seen::{Rode, Seen},
    },
};

/// The participants, in the order in which they stand beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Party {
    Gitlab,
    Browser,
    IdentityProvider,
}

/// The kind of cargo of an arrow; says which arrow a finding blames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cargo {
    /// A request without a message.
    Ask,
    /// An AuthnRequest or LogoutRequest.
    Request,
    /// A Response or LogoutResponse.
    Response,
    /// A SAML parameter that could not be read.
    Unreadable,
    /// GitLab's answer to the Response.
    Answer,
    /// Any other answer.
    Other,
}

struct Arrow {
    from: Party,
    to: Party,
    cargo: Cargo,
    /// The method of a request, or the status of an answer.
    http: Option<String>,
    label: Text,
    /// The path that it asks for, or the place that it sends the browser to.
    place: Option<String>,
    time: Option<Timestamp>,
    state: ArrowState,
    note: Option<String>,
    /// Its message's place among those of the flow.
    message: Option<usize>,
}

/// Milliseconds from which on the diagram says that nothing came: people notice them.
const PAUSE: i64 = 3_000;

/// The diagram of the flow of `case`.
pub(super) fn sequence(case: &Case<'_>) -> SequenceView {
    let Case { tracer, flow, .. } = *case;
    let steps = flow.steps.iter().filter_map(|step| Some((step, tracer.exchanges().get(step.exchange)?)));
    let exchanges = steps.clone().map(|(_, exchange)| exchange);
    let mut messages = 0;
    let shown = steps.flat_map(|(step, exchange)| {
        let first = messages;
        messages += exchange.messages.len();
        arrows_of(flow, exchange, step.joined, first)
    });
    let mut arrows: Vec<Arrow> = shown.collect();
    let all: Vec<&Exchange> = exchanges.clone().collect();
    let withheld = all.iter().find_map(|exchange| unseen_host(exchange, &all));
    add_unseen(flow, &mut arrows);
    let failed = blamed(case, &arrows);
    if let Some(arrow) = failed.and_then(|at| arrows.get_mut(at)) {
        arrow.state = ArrowState::Failed;
        arrow.note.get_or_insert_with(|| short_verdict(case).text);
    }
    let idp = exchanges
        .clone()
        .filter(|exchange| party_of(flow, exchange) == Party::IdentityProvider)
        .find_map(|exchange| host(exchange.url.expose()))
        .or_else(|| flow.request_message(tracer)?.head.destination.as_deref().and_then(host))
        .filter(|_| flow.kind != FlowKind::SignOut);
    let gitlab = flow.instance.as_ref().map(ToString::to_string);
    let participant = |name: Text, place: Option<String>| Participant { name: name.to_string(), place };
    let participants = vec![
        participant(text!("sequence.gitlab"), gitlab),
        participant(text!("sequence.browser"), None),
        participant(text!("sequence.idp"), idp),
    ];
    let legend = legend(&arrows, withheld.as_deref());
    let arrows = arrow_views(&arrows, case.zone);
    let began = exchanges.clone().map(|exchange| exchange.id.time).next();
    let mermaid = mermaid(&participants, &arrows, began);
    SequenceView { participants, arrows, legend, mermaid }
}

fn arrow_views(arrows: &[Arrow], zone: Zone) -> Vec<ArrowView> {
    let mut before = None;
    let mut views: Vec<ArrowView> = Vec::new();
    // The arrow after the last one of which the time is known.
    let mut next = 0;
    for arrow in arrows {
        let since = arrow.time.zip(before).map(|(now, before): (Timestamp, Timestamp)| now.since(before));
        before = arrow.time.or(before);
        views.push(ArrowView {
            from: arrow.from as usize,
            to: arrow.to as usize,
            time: arrow.time.map(|at| zone.time_of_day(at)),
            since,
            pause: None,
            http: arrow.http.clone(),
            label: arrow.label.to_string(),
            place: arrow.place.clone(),
            note: arrow.note.clone(),
            state: arrow.state,
            message: arrow.message,
            text: in_words(arrow).to_string(),
        });
        if arrow.time.is_none() {
            continue;
        }
        if let Some(pause) = since.filter(|since| *since >= PAUSE) {
            let between = arrows.get(next..views.len()).unwrap_or_default();
            let at_idp = between.iter().position(|arrow| arrow.from == Party::IdentityProvider);
            let duration = duration_text(pause);
            let text = match at_idp {
                Some(_) => text!("sequence.pause.idp", duration = duration),
                None => text!("sequence.pause", duration = duration),
            };
            let at = at_idp.map_or(views.len() - 1, |at| next + at);
            views.iter_mut().skip(at).take(1).for_each(|view| view.pause = Some(text.to_string()));
        }
        next = views.len();
    }
    views
}

/// The meaning of each kind of line that the diagram has, unless all was seen and went well.
fn legend(arrows: &[Arrow], withheld: Option<&str>) -> Vec<LegendView> {
    let is_there = |state: ArrowState| arrows.iter().any(|arrow| arrow.state == state);
    let not_seen = match withheld {
        Some(host) => text!("sequence.legend.withheld", host = host),
        None => text!("sequence.legend.not-seen"),
    };
    let all = [
        (ArrowState::Seen, text!("sequence.legend.seen")),
        (ArrowState::NotSeen, not_seen),
        (ArrowState::Waiting, text!("sequence.legend.waiting")),
        (ArrowState::Failed, text!("sequence.legend.failed")),
    ];
    let present = all.into_iter().filter(|(state, _)| is_there(*state));
    let legend: Vec<_> = present.map(|(state, text)| LegendView { state, text: text.to_string() }).collect();
    if legend.len() > 1 { legend } else { Vec::new() }
}

fn in_words(arrow: &Arrow) -> Text {
    let name = |party: Party| match party {
        Party::Gitlab => text!("sequence.gitlab"),
        Party::Browser => text!("sequence.browser"),
        Party::IdentityProvider => text!("sequence.idp"),
    };
    let what = what(arrow.http.as_deref(), &arrow.label.to_string(), arrow.state);
    text!("sequence.in-words", from = name(arrow.from), to = name(arrow.to), what = what)
}

/// The cargo of an arrow in words, with whether it happened.
pub(super) fn what(http: Option<&str>, label: &str, state: ArrowState) -> Text {
    let what = match http {
        Some(http) => text!("sequence.http", http = http, label = label).to_string(),
        None => label.to_owned(),
    };
    match state {
        ArrowState::Seen => text!("sequence.what", what = what),
        ArrowState::Failed => text!("sequence.what.failed", what = what),
        ArrowState::NotSeen => text!("sequence.what.not-seen", what = what),
        ArrowState::Waiting => text!("sequence.what.waiting", what = what),
    }
}

/// The arrows that an exchange shows: its request, then its answer. `first` is the place of its first message
/// among those of the flow.
fn arrows_of(flow: &Flow, exchange: &Exchange, joined: Joined, first: usize) -> Vec<Arrow> {
    let party = party_of(flow, exchange);
    let rode = |is_answer: bool| {
        let mut messages = exchange.messages.iter().enumerate();
        messages.find(|(_, seen)| (seen.rode == Rode::Redirect) == is_answer)
    };
    let (at_sent, sent) = rode(false).unzip();
    let (at_answered, answered) = rode(true).unzip();
    let failure = exchange.failure().map(|error| text!("exchange.failed", error = error).to_string());
    let missing = exchange.carries_artifact().then(|| text!("absent.back-channel").to_string());
    let unseen = exchange.absences().contains(&Absence::Request);
    let (cargo, label) = match sent {
        Some(seen) => carried(seen),
        None if joined == Joined::Redirect => (Cargo::Ask, text!("sequence.redirected")),
        None => (Cargo::Ask, text!("sequence.asks")),
    };
    let state = match (&failure, unseen) {
        (Some(_), _) => ArrowState::Failed,
        (None, true) => ArrowState::NotSeen,
        (None, false) => ArrowState::Seen,
    };
    let time = (!unseen).then_some(exchange.id.time);
    let is_file = sent.is_some_and(|seen| seen.rode == Rode::File);
    let address = redact::url(exchange.url.expose());
    let mut arrows = vec![Arrow {
        from: Party::Browser,
        to: party,
        cargo,
        http: Some(exchange.method.clone()).filter(|method| !method.is_empty()),
        label,
        place: Address::parse(&address).map(|address| address.path.to_owned()).filter(|_| !is_file),
        time,
        state,
        note: failure.clone().or(missing),
        message: at_sent.map(|at| first + at),
    }];
    if is_file || failure.is_some() {
        return arrows;
    }
    let (cargo, label) = match answered {
        Some(seen) => carried(seen),
        // Only GitLab's answer to a Response is a verdict; others are told by their status.
        None if party == Party::Gitlab && is_verdict(flow, exchange) => (Cargo::Answer, answer(flow)),
        None => (Cargo::Other, other_answer(exchange)),
    };
    let response = exchange.response.as_ref();
    arrows.push(Arrow {
        from: party,
        to: Party::Browser,
        cargo,
        http: response.map(|response| response.status.to_string()),
        label,
        place: leads_to(exchange),
        time: response.map(|response| response.event.time),
        state: if response.is_some() { ArrowState::Seen } else { ArrowState::Waiting },
        note: None,
        message: at_answered.map(|at| first + at),
    });
    arrows
}

fn is_verdict(flow: &Flow, exchange: &Exchange) -> bool {
    let posts = |seen: &Seen| matches!(carried(seen).0, Cargo::Response | Cargo::Unreadable);
    flow.kind != FlowKind::SignOut && exchange.messages.iter().any(posts)
}

fn answer(flow: &Flow) -> Text {
    match (flow.succeeded(), flow.outcomes.is_empty()) {
        _ if flow.is_verified() => text!("short.checked"),
        _ if flow.outcomes == [Outcome::VerifyFailed] => text!("short.check-failed"),
        (Some(true), _) => text!("short.signed-in"),
        (Some(false), _) => text!("short.refused"),
        (None, false) => text!("sequence.answer.several"),
        (None, true) => text!("sequence.answer.none"),
    }
}

fn other_answer(exchange: &Exchange) -> Text {
    match &exchange.response {
        Some(response) if response.location.is_some() => text!("sequence.answer.redirect"),
        _ => text!("sequence.answer.none"),
    }
}

/// The place that the answer sends the browser to: the path on the same server, else the host.
fn leads_to(exchange: &Exchange) -> Option<String> {
    let to = redact::url(exchange.response.as_ref()?.location.as_ref()?.expose());
    let to = Address::parse(&to)?;
    let is_same = Address::parse(exchange.url.expose()).is_some_and(|from| from.origin == to.origin);
    let place = if is_same { to.path } else { to.host() };
    Some(text!("sequence.leads-to", place = place).to_string())
}

fn carried(seen: &Seen) -> (Cargo, Text) {
    match seen.carried().message.as_ref().map(|message| &message.kind) {
        Some(kind @ (MessageKind::AuthnRequest | MessageKind::LogoutRequest | MessageKind::Query(_))) => {
            (Cargo::Request, text!("sequence.message", name = kind.name()))
        }
        Some(MessageKind::Artifact) => (Cargo::Ask, text!("sequence.artifact")),
        Some(MessageKind::Other(_)) | None => (Cargo::Unreadable, text!("short.unreadable")),
        Some(kind) => (Cargo::Response, text!("sequence.message", name = kind.name())),
    }
}

/// Whom an exchange is with: the flow's GitLab, or else the identity provider.
fn party_of(flow: &Flow, exchange: &Exchange) -> Party {
    let on_gitlab = |url: &str| {
        let instance = flow.instance.as_ref()?;
        instance.path_of(&Address::parse(url)?).map(drop)
    };
    let is_file = exchange.messages.iter().any(|seen| seen.rode == Rode::File);
    if is_file || on_gitlab(exchange.url.expose()).is_some() {
        Party::Gitlab
    } else {
        Party::IdentityProvider
    }
}

fn host(url: &str) -> Option<String> {
    Address::parse(url).map(|address| address.host().to_owned())
}

/// Adds what happens between GitLab and the identity provider and was not captured.
fn add_unseen(flow: &Flow, arrows: &mut Vec<Arrow>) {
    if flow.kind != FlowKind::SignIn {
        return;
    }
    let arrives = arrows.iter().any(|arrow| arrow.to == Party::IdentityProvider);
    let left = arrows.iter().position(|arrow| arrow.from == Party::Gitlab && arrow.cargo == Cargo::Request);
    if let Some(at) = left.filter(|_| !arrives) {
        arrows.insert(at + 1, unseen(Party::Browser, Party::IdentityProvider, Cargo::Request));
    }
    let posted = arrows.iter().position(|arrow| arrow.to == Party::Gitlab && arrow.cargo == Cargo::Response);
    let mut page = unseen(Party::IdentityProvider, Party::Browser, Cargo::Other);
    match posted {
        Some(at) if !arrows.iter().take(at).any(|arrow| arrow.from == Party::IdentityProvider) => {
            arrows.insert(at, page);
        }
        Some(_) => {}
        None if flow.request.is_some() && flow.response.is_none() => {
            page.cargo = Cargo::Response;
            page.state = ArrowState::Waiting;
            arrows.push(page);
        }
        None => {}
    }
}

/// An arrow for what must have happened.
fn unseen(from: Party, to: Party, cargo: Cargo) -> Arrow {
    let name = if cargo == Cargo::Request { MessageKind::AuthnRequest } else { MessageKind::Response };
    Arrow {
        from,
        to,
        cargo,
        http: None,
        label: text!("sequence.message", name = name.name()),
        place: None,
        time: None,
        state: ArrowState::NotSeen,
        note: None,
        message: None,
    }
}

/// The arrow at which the sign-in failed.
fn blamed(case: &Case<'_>, arrows: &[Arrow]) -> Option<usize> {
    if arrows.iter().any(|arrow| arrow.state == ArrowState::Failed) {
        // A broken connection is marked already.
        return None;
    }
    let last_with = |cargo: Cargo| arrows.iter().rposition(|arrow| arrow.cargo == cargo);
    match worst(case).map_or(Blames::Refusal, |worst| worst.diagnosis.blames) {
        Blames::Refusal => last_with(Cargo::Answer).filter(|_| case.flow.succeeded() == Some(false)),
        Blames::Response => last_with(Cargo::Response),
        Blames::Unreadable => last_with(Cargo::Unreadable),
    }
}

#[cfg(test)]
mod tests;
