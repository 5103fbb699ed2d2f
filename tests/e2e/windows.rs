//! Sign-ins at the same time in two tabs, in a private window, in Firefox's containers: each is a sign-in of
//! its own, labelled, and what was private is forgotten with the last private window, even when the worker is
//! stopped before. Containers are Firefox's alone.

use anyhow::{Context, Result, ensure};
use samlight::view::{FlowLine, FlowView};
use samlight_tests::browser::Browser;
use samlight_tests::lab::{LabState, LabUser};
use samlight_tests::wait::until;

use crate::stage::{Desk, Stage, keep_picture};

/// Both wait at the identity provider before either goes on, so that a Response could be taken for the other
/// tab's.
pub(crate) fn two_tabs(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    let other = desk.beside(browser.open("about:blank")?);
    desk.go_to_idp(&state)?;
    other.go_to_idp(&state)?;
    desk.answer_idp(state.member())?;
    desk.wait_for_gitlab()?;
    other.answer_idp(state.member())?;
    other.wait_for_gitlab()?;
    let flows = whole(&desk, 2)?;
    let ids: Vec<Vec<&str>> = flows.iter().map(|flow| ids_of(flow)).collect();
    for (flow, ids) in flows.iter().zip(&ids) {
        let asked = flow.messages[1].summary.iter().find(|(label, _)| label == "InResponseTo");
        assert_eq!(asked.map(|(_, id)| id.as_str()), ids.first().copied(), "{ids:?}");
    }
    ensure!(ids[0].iter().all(|id| !ids[1].contains(id)), "the two share a message: {ids:?}");
    Ok(())
}

pub(crate) fn private(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.private_desk(browser)?;
    let (extension, panel) = (&desk.samlight.extension, &desk.samlight.panel);
    let member = state.member();
    desk.sign_in_by_saml(&state, member)?;
    for stopped in [false, true] {
        let tab = extension.open_private(browser, panel, "https://gitlab.com/users/sign_in?private")?;
        let hidden = desk.beside(tab);
        signs_in(&hidden, &state, member)?;
        let flows = whole(&desk, 2)?;
        let private: Vec<bool> = flows.iter().map(|flow| flow.line.private).collect();
        assert_eq!(private, [true, false], "the newest first");
        panel.wait_for("document.querySelectorAll('[role=option] .private').length === 1")?;
        panel.wait_for("document.querySelector('.flow-time .private')?.textContent === 'Private window'")?;
        keep_picture(panel, "private-window")?;
        if stopped {
            extension.stop_worker()?;
        }
        extension.close_private(panel)?;
        until("the private sign-in to be forgotten", || {
            let left = desk.samlight.overview()?.flows;
            ensure!(left.len() == 1 && !left[0].private, "left: {left:?}");
            let events = desk.samlight.events()?;
            ensure!(
                events.iter().all(|event| event["private"] != true && event["kind"] != "tab"),
                "{events:?}"
            );
            Ok(())
        })?;
        ensure!(!whole(&desk, 1)?[0].messages.is_empty(), "the other sign-in lost its messages");
    }
    Ok(())
}

pub(crate) fn containers(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    for container in [1, 3] {
        let tab = browser.open_in_container(container, "https://gitlab.com/users/sign_in")?;
        // Each has cookies of its own: GitLab and the identity provider ask anew.
        signs_in(&desk.beside(tab), &state, state.member())?;
    }
    signs_in(&desk, &state, state.member())?;
    let flows = whole(&desk, 3)?;
    let labels: Vec<Option<&str>> = flows.iter().map(|flow| flow.line.container.as_deref()).collect();
    assert_eq!(labels, [None, Some("Container 3"), Some("Container 1")]);
    let panel = &desk.samlight.panel;
    panel.wait_for(
        "[...document.querySelectorAll('[role=option] .private')].map(it => it.textContent).join() === 'Container 3,Container 1'",
    )?;
    keep_picture(panel, "containers").map(drop)
}

fn signs_in(desk: &Desk, state: &LabState, user: &LabUser) -> Result<()> {
    desk.sign_in_by_saml(state, user)?;
    desk.tab.wait_for_text("Signed in with SAML for")
}

/// The sign-ins, newest first, once there are `count` and each has its request, its Response and GitLab's
/// answer.
fn whole(desk: &Desk, count: usize) -> Result<Vec<FlowView>> {
    until(&format!("{count} whole sign-ins"), || {
        let lines: Vec<FlowLine> = desk.samlight.overview()?.flows;
        ensure!(lines.len() == count, "there are {}: {lines:?}", lines.len());
        let flows: Vec<FlowView> =
            lines.iter().map(|line| desk.samlight.flow(&line.id)).collect::<Result<_>>()?;
        for flow in &flows {
            let names: Vec<&str> = flow.messages.iter().map(|message| message.name.as_str()).collect();
            ensure!(names == ["AuthnRequest", "Response"], "{names:?}");
            flow.outcome.as_ref().context("no outcome yet")?;
        }
        Ok(flows)
    })
}

fn ids_of(flow: &FlowView) -> Vec<&str> {
    let id = |summary: &'_ [(String, String)]| summary.iter().position(|(label, _)| label == "ID");
    flow.messages.iter().filter_map(|it| Some(it.summary[id(&it.summary)?].1.as_str())).collect()
}
