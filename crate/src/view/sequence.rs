//! A sign-in as a sequence diagram: who told whom what, in order, and where it went wrong ([`SequenceView`]).
//!
//! SAML Profiles 4.1.3: everything between GitLab and the identity provider goes through the person's
//! browser, so each arrow begins or ends there. What was captured is an arrow; what must have happened
//! besides (the page of the identity provider that posts the Response) is one, too, and says that it was not
//! seen. At most one arrow is marked as the one that failed: the first cause, not what followed from it.
//! Leaves out: requests without SAML.

use super::{
    ArrowState, ArrowView, Participant, SequenceView,
    absent::unseen_host,
    verdict::{short_verdict, worst},
};
use crate::{
    base::{
        address::Address,
        catalogue::Text,
        instant::{Timestamp, Zone},
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
    label: Text,
    time: Option<Timestamp>,
    state: ArrowState,
    note: Option<String>,
}

/// The diagram of the flow of `case`.
pub(super) fn sequence(case: &Case<'_>) -> SequenceView {
    let Case { tracer, flow, .. } = *case;
    let steps = flow.steps.iter().filter_map(|step| Some((step, tracer.exchanges().get(step.exchange)?)));
    let exchanges = steps.clone().map(|(_, exchange)| exchange);
    let mut arrows: Vec<Arrow> =
        steps.flat_map(|(step, exchange)| arrows_of(flow, exchange, step.joined)).collect();
    let all: Vec<&Exchange> = exchanges.clone().collect();
    let withheld = all.iter().find_map(|exchange| unseen_host(exchange, &all));
    add_unseen(flow, &mut arrows, withheld.as_deref());
    let failed = blamed(case, &arrows);
    if let Some(arrow) = failed.and_then(|at| arrows.get_mut(at)) {
        arrow.state = ArrowState::Failed;
        arrow.note.get_or_insert_with(|| short_verdict(case).text);
    }
    let idp = exchanges
        .filter(|exchange| party_of(flow, exchange) == Party::IdentityProvider)
        .find_map(|exchange| host(exchange.url.expose()))
        .or_else(|| flow.request_message(tracer)?.head.destination.as_deref().and_then(host))
        .filter(|_| flow.kind != FlowKind::SignOut);
    view(flow, idp, &arrows, case.zone)
}

fn view(flow: &Flow, idp: Option<String>, arrows: &[Arrow], zone: Zone) -> SequenceView {
    let gitlab = flow.instance.as_ref().map(ToString::to_string);
    let participant = |name: Text, place: Option<String>| Participant { name: name.to_string(), place };
    let mut before = None;
    let mut shown = |arrow: &Arrow| {
        let since = arrow.time.zip(before).map(|(now, before): (Timestamp, Timestamp)| now.since(before));
        before = arrow.time.or(before);
        ArrowView {
            from: arrow.from as usize,
            to: arrow.to as usize,
            time: arrow.time.map(|at| zone.time_of_day(at)),
            since,
            label: arrow.label.to_string(),
            note: arrow.note.clone(),
            state: arrow.state,
            text: in_words(arrow).to_string(),
        }
    };
    SequenceView {
        participants: vec![
            participant(text!("sequence.gitlab"), gitlab),
            participant(text!("sequence.browser"), None),
            participant(text!("sequence.idp"), idp),
        ],
        arrows: arrows.iter().map(&mut shown).collect(),
    }
}

fn in_words(arrow: &Arrow) -> Text {
    let name = |party: Party| match party {
        Party::Gitlab => text!("sequence.gitlab"),
        Party::Browser => text!("sequence.browser"),
        Party::IdentityProvider => text!("sequence.idp"),
    };
    let state = match arrow.state {
        ArrowState::Seen => text!("sequence.state.seen"),
        ArrowState::Failed => text!("sequence.state.failed"),
        ArrowState::NotSeen => text!("sequence.state.not-seen"),
        ArrowState::Waiting => text!("sequence.state.waiting"),
    };
    text!(
        "sequence.in-words",
        from = name(arrow.from),
        to = name(arrow.to),
        label = arrow.label,
        state = state
    )
}

/// The arrows that an exchange shows: its request, then its answer.
fn arrows_of(flow: &Flow, exchange: &Exchange, joined: Joined) -> Vec<Arrow> {
    let party = party_of(flow, exchange);
    let sent = exchange.messages.iter().find(|seen| seen.rode != Rode::Redirect);
    let answered = exchange.messages.iter().find(|seen| seen.rode == Rode::Redirect);
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
    let mut arrows = vec![Arrow {
        from: Party::Browser,
        to: party,
        cargo,
        label,
        time,
        state,
        note: failure.clone().or(missing),
    }];
    if sent.is_some_and(|seen| seen.rode == Rode::File) || failure.is_some() {
        return arrows;
    }
    let (cargo, label) = match answered {
        Some(seen) => carried(seen),
        // Only GitLab's answer to a Response is a verdict; others are told by their status.
        None if party == Party::Gitlab && is_verdict(flow, exchange) => (Cargo::Answer, answer(flow)),
        None => (Cargo::Other, status(exchange)),
    };
    let (state, time) = match &exchange.response {
        Some(response) => (ArrowState::Seen, Some(response.event.time)),
        None => (ArrowState::Waiting, None),
    };
    arrows.push(Arrow { from: party, to: Party::Browser, cargo, label, time, state, note: None });
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

fn status(exchange: &Exchange) -> Text {
    match &exchange.response {
        Some(response) => text!("sequence.status", status = response.status),
        None => text!("sequence.answer.none"),
    }
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
fn add_unseen(flow: &Flow, arrows: &mut Vec<Arrow>, withheld: Option<&str>) {
    if flow.kind != FlowKind::SignIn {
        return;
    }
    let arrives = arrows.iter().any(|arrow| arrow.to == Party::IdentityProvider);
    let left = arrows.iter().position(|arrow| arrow.from == Party::Gitlab && arrow.cargo == Cargo::Request);
    if let Some(at) = left.filter(|_| !arrives) {
        arrows.insert(at + 1, unseen(Party::Browser, Party::IdentityProvider, Cargo::Request, withheld));
    }
    let posted = arrows.iter().position(|arrow| arrow.to == Party::Gitlab && arrow.cargo == Cargo::Response);
    let mut page = unseen(Party::IdentityProvider, Party::Browser, Cargo::Other, withheld);
    match posted {
        Some(at) if !arrows.iter().take(at).any(|arrow| arrow.from == Party::IdentityProvider) => {
            arrows.insert(at, page);
        }
        Some(_) => {}
        None if flow.request.is_some() && flow.response.is_none() => {
            page.cargo = Cargo::Response;
            page.state = ArrowState::Waiting;
            page.note = None;
            arrows.push(page);
        }
        None => {}
    }
}

/// An arrow for what must have happened. `withheld` is the host that Samlight has no access to, where that is
/// why it was not seen.
fn unseen(from: Party, to: Party, cargo: Cargo, withheld: Option<&str>) -> Arrow {
    let name = if cargo == Cargo::Request { MessageKind::AuthnRequest } else { MessageKind::Response };
    Arrow {
        from,
        to,
        cargo,
        label: text!("sequence.message", name = name.name()),
        time: None,
        state: ArrowState::NotSeen,
        note: Some(match withheld {
            Some(host) => text!("sequence.not-seen.withheld", host = host).to_string(),
            None => text!("sequence.not-seen.why").to_string(),
        }),
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
mod tests {
    use super::*;
    use crate::{event::Event, trace::tracer::Tracer};
    use serde_json::{Value, json};

    const IDP: &str = "https://idp.example.com/sso";
    const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";
    const REQUEST: &str = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_r\" \
        Version=\"2.0\" Destination=\"https://idp.example.com/sso\" \
        AssertionConsumerServiceURL=\"https://gitlab.com/groups/acme/-/saml/callback\"/>";

    fn response(status: &str) -> String {
        format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_a\" Version=\"2.0\" \
             InResponseTo=\"_r\"><samlp:Status><samlp:StatusCode \
             Value=\"urn:oasis:names:tc:SAML:2.0:status:{status}\"/></samlp:Status></samlp:Response>"
        )
    }

    fn shown(events: &[Value]) -> Vec<String> {
        let events: Vec<Event> = events
            .iter()
            .enumerate()
            .map(|(at, event)| {
                let mut event = event.clone();
                event["id"] = json!(format!("{:013}-test-{at:06}", 1_767_258_000_000 + at * 500));
                serde_json::from_value(event).unwrap()
            })
            .collect();
        let tracer = Tracer::replay(events);
        let flow = tracer.flows().last().unwrap();
        let case = Case::new(&tracer, flow, Timestamp(1_767_258_010_000));
        let view = crate::view::flow::flow_view(&case).sequence;
        let arrow = |arrow: &ArrowView| {
            let since = arrow.since.map(|since| format!(" +{since}")).unwrap_or_default();
            format!("{}>{} {} {:?}{since}", arrow.from, arrow.to, arrow.label, arrow.state)
        };
        view.arrows.iter().map(arrow).collect()
    }

    fn encoded(xml: &str) -> String {
        use base64::{Engine, prelude::BASE64_STANDARD};
        BASE64_STANDARD.encode(xml)
    }

    fn place() -> Value {
        json!({ "tab": 1, "private": false, "cookie_store": "" })
    }

    /// GitLab sends the AuthnRequest away; it rides in the redirect.
    fn sent_away() -> Vec<Value> {
        let start = "https://gitlab.com/users/auth/group_saml";
        let query =
            percent_encoding::utf8_percent_encode(&encoded(REQUEST), percent_encoding::NON_ALPHANUMERIC)
                .to_string();
        vec![json!({ "kind": "response", "request": "1", "place": place(), "method": "POST", "url": start,
            "status": 302, "location": format!("{IDP}?SAMLRequest={query}") })]
    }

    fn posted(status: &str, location: &str) -> Vec<Value> {
        let posts = json!({ "kind": "request", "request": "2", "place": place(), "method": "POST", "url": ACS,
            "body": "form", "form": [["SAMLResponse", [encoded(&response(status))]]] });
        let answers = json!({ "kind": "response", "request": "2", "place": place(), "method": "POST", "url": ACS,
            "status": 302, "location": location });
        vec![posts, answers]
    }

    #[test]
    fn a_sign_in_that_waits_for_the_identity_provider() {
        assert_eq!(
            shown(&sent_away()),
            [
                "1>0 Request without SAML NotSeen",
                "0>1 AuthnRequest Seen",
                "1>2 AuthnRequest NotSeen",
                "2>1 Response Waiting"
            ]
        );
    }

    #[test]
    fn a_refusal_of_the_identity_provider_is_marked_where_it_came_from() {
        let events = [sent_away(), posted("Responder", "https://gitlab.com/groups/acme/-/saml/sso")].concat();
        assert_eq!(
            shown(&events),
            [
                "1>0 Request without SAML NotSeen",
                "0>1 AuthnRequest Seen",
                "1>2 AuthnRequest NotSeen",
                "2>1 Response NotSeen",
                "1>0 Response Failed +500",
                "0>1 GitLab refused Seen +500"
            ]
        );
    }

    #[test]
    fn an_unasked_sign_in_that_gitlab_takes() {
        let events = posted("Success", "https://gitlab.com/acme");
        let shown = shown(&events);
        assert_eq!(shown.first().map(String::as_str), Some("2>1 Response NotSeen"));
        assert_eq!(shown.iter().filter(|arrow| arrow.contains("Failed")).count(), 1, "no NameID: {shown:?}");
    }

    #[test]
    fn a_broken_connection_is_the_failure() {
        let mut events = posted("Success", "https://gitlab.com/acme");
        events.pop();
        events.push(json!({ "kind": "failed", "request": "2", "error": "net::ERR_CONNECTION_RESET" }));
        assert_eq!(shown(&events), ["2>1 Response NotSeen", "1>0 Response Failed"]);
    }
}
