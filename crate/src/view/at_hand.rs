//! [`AtHand`]: what is at hand of a text that was explained: here the sign-ins of the trace that ended with
//! its message.
//!
//! A sign-in ended with a message where the page that followed showed it, where GitLab's answer means it, or
//! where the Response has it as the identity provider's. Nothing is guessed: a sign-in whose end was not seen
//! fits no text. What a file tells says so, as it does everywhere. Leaves out members of a group, which are
//! found where the group is known ([`group::check`](crate::group::check)).

use super::{of_file, value::visible, verdict};
use crate::{
    base::{
        instant::Timestamp,
        severity::{Sentence, Severity},
    },
    case::Case,
    comparison,
    explain::clues::Clues,
    gitlab::{instance::Instance, routes::Provider},
    saml::Status,
    scim::Statement,
    text,
    trace::{
        flow::{Flow, FlowKind},
        tracer::Tracer,
    },
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One thing that is at hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtHand {
    /// The thing in words, as it may be printed.
    pub statement: Statement,
    /// The view that shows all of it.
    pub opens: Opens,
}

/// A view of the panel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opens {
    /// A sign-in, by its id.
    SignIn(String),
    /// A member of the group that is checked, by GitLab's number.
    Member(u64),
    /// The group that is checked.
    Group,
}

/// The group of the page that a person is on.
#[derive(Clone, Debug, PartialEq)]
pub struct Here {
    instance: Instance,
    /// Its full path.
    group: String,
}

impl Here {
    /// The group of the page at `url`, where it is a page of a group's SAML or members.
    pub fn at(tracer: &Tracer, url: &str) -> Option<Self> {
        let (instance, route) = tracer.route(url)?;
        let group = route.group()?.to_owned();
        Some(Here { instance, group })
    }

    /// Whether it is this group, or one below it.
    pub fn is_of(&self, instance: &Instance, group: &str) -> bool {
        let top = self.group.split('/').next().unwrap_or_default();
        self.instance == *instance && (self.group == group || top == group)
    }

    /// That the page is of the group, in words.
    pub fn sentence() -> Sentence {
        Sentence { severity: Severity::Info, text: text!("at-hand.here").to_string() }
    }
}

/// Sign-ins that are told of a text.
const MOST: usize = 3;

/// Sign-ins whose Responses are looked into for the identity provider's own message.
const LOOKED_INTO: usize = 200;

/// The newest sign-ins that ended with a message of the text with these clues; those of the group whose page
/// the person is on come first.
pub fn sign_ins(tracer: &Tracer, clues: &Clues, here: Option<&Here>, now: Timestamp) -> Vec<AtHand> {
    if clues.sign_in.is_empty() && clues.provider.is_empty() {
        return Vec::new();
    }
    let mut ends = Ends::default();
    let mut looked_into = 0;
    let (mut of_page, mut others) = (Vec::new(), Vec::new());
    for flow in tracer.flows().iter().rev().filter(|flow| flow.kind == FlowKind::SignIn) {
        let is_here = is_of(here, flow);
        let list = if is_here { &mut of_page } else { &mut others };
        let can_be = flow.provider.as_ref().and_then(Provider::group).is_none_or(|it| clues.can_be_of(it));
        if list.len() == MOST || !can_be {
            continue;
        }
        let mut of_provider = || {
            looked_into += 1;
            looked_into <= LOOKED_INTO && ends.has(&status_message(tracer, flow), &clues.provider)
        };
        let has_end = !clues.provider.is_empty() && of_provider();
        if has_end || ends.is(tracer, flow, &clues.sign_in) {
            list.push(flow);
        }
        if of_page.len() == MOST || (here.is_none() && others.len() == MOST) {
            break;
        }
    }
    of_page.extend(others);
    let told = |flow| sign_in(&Case::new(tracer, flow, now), is_of(here, flow));
    of_page.into_iter().take(MOST).map(told).collect()
}

/// Whether a sign-in is to the group whose page the person is on.
fn is_of(here: Option<&Here>, flow: &Flow) -> bool {
    let group = flow.provider.as_ref().and_then(Provider::group);
    here.zip(flow.instance.as_ref().zip(group))
        .is_some_and(|(here, (instance, group))| here.is_of(instance, group))
}

/// The meanings of what GitLab said of sign-ins, each text explained once: most sign-ins end with the same
/// few.
#[derive(Default)]
struct Ends {
    known: HashMap<String, Clues>,
}

impl Ends {
    /// Whether the messages in `said` have one of these meanings.
    fn has(&mut self, said: &str, meanings: &[String]) -> bool {
        if said.is_empty() {
            return false;
        }
        let clues = self.known.entry(said.to_owned()).or_insert_with(|| Clues::of(said));
        clues.sign_in.iter().chain(&clues.provider).any(|means| meanings.contains(means))
    }

    /// Whether `flow` ended with a message of one of these meanings.
    fn is(&mut self, tracer: &Tracer, flow: &Flow, meanings: &[String]) -> bool {
        let meant = verdict::said_meaning(flow).map(|meaning| (meaning.means)().to_string());
        if meant.is_some_and(|meant| meanings.contains(&meant)) {
            return true;
        }
        let shown = flow.flash.as_ref().map(|shown| shown.join("\n")).unwrap_or_default();
        let answered = flow.answered.and_then(|at| tracer.exchanges().get(at)?.response.as_ref());
        let failed = answered.filter(|response| response.status >= 400);
        let page = failed.map(|response| format!("HTTP {}", response.status)).unwrap_or_default();
        self.has(&shown, meanings) || self.has(&page, meanings)
    }
}

/// The message of the identity provider in a Response that is no success.
fn status_message(tracer: &Tracer, flow: &Flow) -> String {
    let status = flow.response_message(tracer).and_then(|message| message.status());
    let failed = status.filter(|status| !Status::is_success(status));
    failed.and_then(|status| status.message.clone()).unwrap_or_default()
}

/// A sign-in with its verdict.
fn sign_in(case: &Case<'_>, is_here: bool) -> AtHand {
    let Case { tracer, flow, .. } = *case;
    let event = &flow.id.event;
    let neutral = |text: String| Sentence { severity: Severity::Neutral, text };
    let heading = text!("at-hand.sign-in", title = verdict::title(flow), time = event.time.day_and_time());
    let sent = comparison::uid_sent(tracer, flow);
    let sent = sent.map(|(sent, _)| text!("at-hand.sent", sent = visible(&sent, None)).to_string());
    let attribution = &case.comparison().attribution;
    let whose = attribution.member().map(|_| case.named(attribution.text()).to_string());
    let private = flow.place.private.then(|| text!("ui.private").to_string());
    let facts = sent.into_iter().chain(whose).chain(private).map(neutral);
    let statement = Statement {
        heading: Some(of_file::said(tracer, event, heading)),
        sentences: std::iter::once(verdict::verdict(case).0)
            .chain(facts)
            .chain(is_here.then(Here::sentence))
            .collect(),
        steps: Vec::new(),
    };
    AtHand { statement: statement.redacted(), opens: Opens::SignIn(flow.id.to_string()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{base::counted::steps_of, event::Event};
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::json;

    /// A trace of refused sign-ins, the text of each on GitLab's page made from its number.
    fn trace(count: usize, said: fn(usize) -> String) -> Tracer {
        let acs = "https://gitlab.com/groups/acme/-/saml/callback";
        let landing = "https://gitlab.com/groups/acme/-/saml/sso";
        let events = (0..count).flat_map(|number| {
            let xml = format!(
                "<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_r{number}'><p:Status><p:StatusCode \
                 Value='Responder'/><p:StatusMessage>{}</p:StatusMessage></p:Status></p:Response>",
                said(number)
            );
            let request = number.to_string();
            [
                json!({"kind": "request", "request": request, "tab": number, "method": "POST", "body": "form",
                    "url": acs, "form": [["SAMLResponse", [BASE64_STANDARD.encode(xml)]]]}),
                json!({"kind": "response", "request": request, "tab": number, "method": "POST", "url": acs,
                    "status": 302, "location": landing}),
                json!({"kind": "page", "tab": number, "url": landing, "page": "any", "rows": [],
                    "fields": {"flash": [said(number)]}}),
            ]
        });
        let with_id = |(at, mut event): (usize, serde_json::Value)| {
            event["id"] = format!("{:013}-a-000001", 1_767_258_000_000 + at).into();
            serde_json::from_value::<Event>(event).unwrap()
        };
        Tracer::replay(events.enumerate().map(with_id))
    }

    #[test]
    fn twice_as_many_sign_ins_cost_twice_as_much() {
        let ends: [fn(usize) -> String; 3] = [
            |_| "Digest mismatch".to_owned(),
            |number| format!("Nobody knows this sentence {number}"),
            |number| format!("{} {number}", "AADSTS50105 Digest mismatch ".repeat(10)),
        ];
        for (at, end) in ends.into_iter().enumerate() {
            // None of them fits, so that all are looked at.
            let clues = ["Fingerprint mismatch", "AADSTS50058"].map(Clues::of);
            for clues in &clues {
                let work = |count: usize| {
                    let tracer = trace(count, end);
                    assert_eq!(tracer.flows().len(), count);
                    steps_of(|| assert_eq!(sign_ins(&tracer, clues, None, Timestamp(0)), []))
                };
                let (small, large) = (work(60), work(120));
                assert!(small > 0 && large <= small * 21 / 10, "{at}: {small} then {large}");
                assert!(large <= 120 * 100_000, "{at}: {large} of 120 sign-ins");
            }
        }
    }
}
