//! One sign-in, most important first: the verdict, the outcome, what to do, the self-check and
//! the message to the owner, what was compared, what GitLab checks, what else was found,
//! the steps as a diagram, the messages, the exchanges.

use crate::{
    acceptance,
    app::App,
    clock, comparison, exchanges,
    list::private_badge,
    live::{each, part, while_any},
    message, self_check, sequence, severity,
};
use samlight::{
    base::{
        catalogue::Text,
        severity::{Sentence, Step},
    },
    text,
    view::{FindingView, FlowView},
};
use std::rc::Rc;
use sycamore::prelude::*;
use sycamore::web::tags::{a, article, div, h2, h3, h4, header, li, ol, p, section, span, time, ul};

/// The sign-in. `heading` is set to its heading, for the focus.
pub(crate) fn flow(app: &App, flow: ReadSignal<Rc<FlowView>>, heading: NodeRef) -> View {
    let line = part(flow, |flow| flow.line.clone());
    let outcome = part(flow, |flow| flow.outcome.clone().into_iter().collect::<Vec<_>>());
    article()
        .class("flow")
        .attr("aria-labelledby", "flow-heading")
        .children((
            header().children((
                h2().attr("id", "flow-heading")
                    .attr("tabindex", "-1")
                    .r#ref(heading)
                    .children(move || line.with(|line| line.title.clone())),
                p().class("flow-time").children((
                    time()
                        .datetime(move || line.with(|line| line.started.clone()))
                        .children(move || line.with(|line| instant(&line.started, &line.time))),
                    private_badge(line),
                )),
            )),
            verdict(part(flow, |flow| flow.verdict.clone()), each(outcome, |at, _| at, severity::sentence)),
            steps_section(part(flow, |flow| flow.steps.clone())),
            self_check::self_check(app, part(flow, |flow| flow.self_check.clone())),
            self_check::for_owner(app, part(flow, |flow| flow.for_owner.clone())),
            View::from((
                comparison::comparison(app, part(flow, |flow| flow.comparison.clone())),
                acceptance::acceptance(part(flow, |flow| flow.acceptance.clone())),
            )),
            findings(part(flow, |flow| flow.findings.clone())),
            View::from((sequence::sequence(part(flow, |flow| flow.sequence.clone())), clock::clock(flow))),
            message::messages(app, part(flow, |flow| flow.messages.clone())),
            exchanges::exchanges(part(flow, |flow| flow.exchanges.clone())),
        ))
        .into()
}

/// An instant of RFC 3339 as people read it, with its own time of day.
fn instant(instant: &str, time: &str) -> String {
    match instant.split_once('T') {
        Some((date, _)) => text!("ui.instant", date = date, time = time).to_string(),
        None => instant.to_owned(),
    }
}

/// The verdict, large, with what belongs right under it.
pub(crate) fn verdict(verdict: ReadSignal<Sentence>, under: View) -> View {
    let severity = part(verdict, |verdict| verdict.severity);
    div()
        .class("verdict")
        .attr("data-severity", move || severity::name(severity.get()))
        .children((
            severity::badge(move || severity.get()),
            p().class("verdict-text").children(move || verdict.with(|verdict| verdict.text.clone())),
            under,
        ))
        .into()
}

/// A section with a heading that is there only while `list` has entries.
pub(crate) fn section_of<T: Clone + PartialEq + 'static>(
    class: &'static str,
    heading: &Text,
    list: ReadSignal<Vec<T>>,
    content: impl Fn() -> View + 'static,
) -> View {
    let heading = heading.to_string();
    while_any(list, move || {
        section().class(class).children((h3().children(heading.clone()), content())).into()
    })
}

/// What to do, in order.
pub(crate) fn steps(steps: ReadSignal<Vec<Step>>) -> View {
    ol().class("steps").children(each(steps, |at, _| at, step)).into()
}

fn step(step: ReadSignal<Step>) -> View {
    li().children((span().children(move || step.with(|step| step.text.clone())), move || {
        step.with(|step| step.link.clone()).and_then(link)
    }))
    .into()
}

/// A link to public documentation; nothing unless it leads to an https page.
fn link(address: String) -> Option<View> {
    let place = address.strip_prefix("https://")?.split('/').next()?.to_owned();
    let label = text!("ui.link", place = place).to_string();
    Some(View::from((
        " ",
        a().class("more").href(address).target("_blank").rel("noreferrer").children(label),
    )))
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
            h4().children(move || finding.with(|finding| finding.sentence.text.clone())),
            p().class("quiet").children(move || {
                text!("ui.finding.at-fault", who = finding.with(|finding| finding.at_fault.clone()))
                    .to_string()
            }),
            steps(list),
            ul().class("evidence").children(each(
                evidence,
                |at, _| at,
                |line| li().children(move || line.get_clone()).into(),
            )),
        ))
        .into()
}
