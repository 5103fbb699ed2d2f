//! One sign-in, most important first, in parts of which one is shown ([`tabs`]): the verdict with the
//! outcome, what to do, the self-check, the message to the owner and what else was found; what was
//! compared; what GitLab checks; the steps as a diagram; the messages; the exchanges.

mod acceptance;
mod beside;
mod clock;
pub(crate) mod comparison;
pub(crate) mod decryption;
mod drawing;
mod exchanges;
mod message;
mod new_identity;
pub(crate) mod octets;
mod one_text;
pub(crate) mod self_check;
mod sequence;
mod sequence_picture;
mod tables;
mod tabs;
mod unhidden;

use crate::{
    app::{App, DetailTab},
    base::{
        local_time::{self, LocalTime},
        signals::{each, live, part},
    },
    parts::{
        section::{private_badge, section_of, steps, verdict},
        severity,
    },
};
use samlight::{
    base::severity::{Sentence, Step},
    text,
    view::{FindingView, FlowView},
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::tags::{article, div, h2, h4, header, li, p, time, ul};
use tabs::Tabs;

/// The sign-in. `heading` is set to its heading, for the focus.
pub(crate) fn flow(app: &App, flow: ReadSignal<Rc<FlowView>>, heading: NodeRef) -> View {
    let line = part(flow, |flow| flow.line.clone());
    let tabs = Tabs::new(app, flow);
    let outcome = part(flow, |flow| said_outcome(flow));
    let outcomes = part(flow, |flow| flow.outcomes.clone());
    article()
        .class("flow")
        .attr("aria-labelledby", "flow-heading")
        .children((
            header().children((
                h2().attr("id", "flow-heading")
                    .attr("tabindex", "-1")
                    .r#ref(heading)
                    .children(live(move || line.with(|line| line.title.clone()))),
                p().class("flow-time").children((
                    time()
                        .datetime(move || line.with(|line| line.started.clone()))
                        .attr("title", move || line.with(|line| line.started.clone()))
                        .children(live(move || line.with(|line| instant(&line.started)))),
                    private_badge(line),
                )),
            )),
            tabs.list(),
            tabs.part(
                DetailTab::Verdict,
                (
                    verdict(
                        part(flow, |flow| flow.verdict.clone()),
                        View::from((each(outcome, |at, _| at, severity::sentence), one_of(outcomes))),
                    ),
                    steps_section(part(flow, |flow| flow.steps.clone())),
                    self_check::self_check(app, part(flow, |flow| flow.self_check.clone())),
                    new_identity::new_identity(app, part(flow, |flow| flow.new_identity.clone())),
                    self_check::for_owner(app, part(flow, |flow| flow.for_owner.clone())),
                    findings(part(flow, |flow| flow.findings.clone())),
                ),
            ),
            tabs.part(
                DetailTab::Values,
                (
                    comparison::comparison(app, part(flow, |flow| flow.comparison.clone())),
                    beside::beside(app, flow),
                ),
            ),
            tabs.part(
                DetailTab::Checks,
                (acceptance::acceptance(part(flow, |flow| flow.acceptance.clone())), clock::clock(flow)),
            ),
            tabs.part(DetailTab::Sequence, sequence::sequence(app, part(flow, |flow| flow.sequence.clone()))),
            tabs.part(
                DetailTab::Messages,
                message::messages(
                    app,
                    part(flow, |flow| flow.messages.clone()),
                    tabs.is_shown(DetailTab::Messages),
                ),
            ),
            tabs.part(DetailTab::Http, exchanges::exchanges(part(flow, |flow| flow.exchanges.clone()))),
        ))
        .into()
}

/// An instant of RFC 3339 as people read it where they live.
fn instant(instant: &str) -> String {
    let LocalTime { day, time, zone } = local_time::at(instant);
    text!("ui.instant", date = day, time = format!("{time} {zone}")).to_string()
}

/// The outcome as the core says it; where nothing tells which one it is, what stands before their list.
fn said_outcome(flow: &FlowView) -> Vec<Sentence> {
    let said = flow.outcome.clone().map(|said| match flow.outcomes.is_empty() {
        true => said,
        false => Sentence { text: text!("outcome.list").to_string(), ..said },
    });
    said.into_iter().collect()
}

/// The outcomes of which one holds.
fn one_of(outcomes: ReadSignal<Vec<String>>) -> View {
    let is_empty = create_selector(move || outcomes.with(Vec::is_empty));
    live(move || {
        let list =
            || each(outcomes, |at, _| at, |outcome| li().children(live(move || outcome.get_clone())).into());
        (!is_empty.get()).then(|| View::from(ul().class("outcomes").children(list())))
    })
}

fn steps_section(list: ReadSignal<Vec<Step>>) -> View {
    section_of("todo", &text!("ui.steps.heading"), list, move || steps(list))
}

fn findings(findings: ReadSignal<Vec<FindingView>>) -> View {
    section_of("findings", &text!("ui.findings.heading"), findings, move || {
        div().children(each(findings, |at, _| at, finding)).into()
    })
}

fn finding(finding: ReadSignal<FindingView>) -> View {
    let severity = part(finding, |finding| finding.sentence.severity);
    let evidence = part(finding, |finding| finding.evidence.clone());
    let list = part(finding, |finding| finding.steps.clone());
    article()
        .class("card finding")
        .attr("data-severity", move || severity::name(severity.get()))
        .attr("data-diagnosis", move || finding.with(|finding| finding.diagnosis.clone()))
        .children((
            severity::badge(move || severity.get()),
            h4().children(live(move || finding.with(|finding| finding.sentence.text.clone()))),
            p().class("quiet").children(live(move || {
                text!("ui.finding.at-fault", who = finding.with(|finding| finding.at_fault.clone()))
                    .to_string()
            })),
            steps(list),
            ul().class("evidence").children(each(
                evidence,
                |at, _| at,
                |line| li().children(live(move || line.get_clone())).into(),
            )),
        ))
        .into()
}
