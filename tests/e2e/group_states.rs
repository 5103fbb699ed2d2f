//! The obstacles to a group's check, and what a person does about them: who does not own the group, a group
//! without SAML, an older GitLab, a check that is stopped and goes on, one that is read again. In the panel.

use anyhow::{Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::lab::{Generation, LabEvent, LabState};
use samlight_tests::wait::until;

use crate::group_panel::choose_first;
use crate::looks::legible;
use crate::stage::{Desk, Stage};

/// The group in the panel, while the settings page is open in the tab beside it.
fn opened(desk: &Desk, state: &LabState) -> Result<()> {
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    if panel.evaluate("document.querySelector('.group-toggle').ariaPressed")? != "true" {
        panel.click(".group-toggle")?;
    }
    Ok(())
}

/// Unfolds what is good to know, and waits for it.
fn remarks(panel: &Page, text: &str) -> Result<()> {
    panel.wait_for("!!document.querySelector('.group-remarks')")?;
    panel.evaluate("document.querySelectorAll('.group-remarks').forEach(it => { it.open = true })")?;
    panel.wait_for_text(text)
}

pub(crate) fn who_may_not_look_is_told(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, mut state) = stage.desk(browser, |state| state.saml_provider.exists = false)?;
    let panel = &desk.samlight.panel;
    desk.sign_in_by_password(state.member())?;
    opened(&desk, &state)?;
    panel.wait_for_text("GitLab shows members' identifiers only to the group's owners.")?;
    legible(panel, "group-not-owner")?;
    // The own sign-in is among the others.
    panel.click(".group-order")?;
    panel.wait_for_text("No sign-in yet")?;

    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    opened(&desk, &state)?;
    panel.wait_for_text("This group has no SAML SSO.")?;
    state.saml_provider.exists = true;
    stage.lab.set_state(&state)?;
    opened(&desk, &state)?;
    panel.wait_for_text("The whole group was read")
}

pub(crate) fn what_was_not_checked_is_said(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        state.generation = Generation::Older;
        state.group.ip_restriction_ranges = Some("192.0.2.0/24".to_owned());
        state.group.allowed_email_domains = Some("example.org".to_owned());
        let (name, user) = ("update_mismatched_group_saml_extern_uid".to_owned(), state.member().id);
        state.group.audit_events = vec![LabEvent { name, user, at: "2026-01-05T09:00:00.000Z".to_owned() }];
    })?;
    let panel = &desk.samlight.panel;
    desk.sign_in_by_password(state.owner())?;
    opened(&desk, &state)?;
    panel.wait_for_text("The whole group was read")?;
    remarks(panel, "This exists since version 18.1: this GitLab is older")?;
    remarks(panel, "Only these addresses may access the group: 192.0.2.0/24.")?;
    remarks(panel, "only e-mail addresses of these domains: example.org.")?;
    panel.fill("[role=search] input", &state.member().username)?;
    panel.wait_for("document.querySelector('[role=grid]').ariaRowCount === '2'")?;
    choose_first(panel)?;
    panel.wait_for_text("2026-01-05 09:00:00 UTC: at a sign-in, GitLab replaced the SAML identifier")?;
    legible(panel, "group-remarks")
}

pub(crate) fn it_is_stopped_goes_on_and_is_read_again(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, mut state) = stage.desk(browser, |_| {})?;
    let panel = &desk.samlight.panel;
    desk.sign_in_by_password(state.owner())?;
    let held = stage.front.hold(&format!("/api/v4/groups/{}/members", state.group.path));
    opened(&desk, &state)?;
    held.wait_for_request()?;
    panel.wait_for_text("Reading the members")?;
    panel.click(".group-order")?;
    panel.wait_for_text("You stopped the check.")?;
    drop(held);
    panel.wait_for("document.activeElement.matches('.group-order')")?;
    panel.press("Enter")?;
    panel.wait_for_text("The whole group was read")?;

    // In the meantime the members' identifiers were changed elsewhere.
    let member = state.member_mut();
    (member.saml_extern_uid, member.scim_extern_uid) = (None, None);
    let username = member.username.clone();
    stage.lab.set_state(&state)?;
    panel.wait_for("document.querySelector('.group-order')?.textContent === 'Read again'")?;
    panel.click(".group-order")?;
    panel.fill("[role=search] input", &username)?;
    panel.wait_for(
        "document.querySelector('[role=grid]').ariaRowCount === '2'
            && document.querySelector('.grid-body > [role=row]').textContent.includes('Never linked')",
    )?;

    // The browser stops the worker, which was at rest: what it had read is read again, and stays on the
    // screen.
    let reads =
        || stage.front.requests().iter().filter(|it| it.target.contains("/members?per_page=100")).count();
    let before = reads();
    desk.samlight.extension.stop_worker()?;
    choose_first(panel)?;
    panel.wait_for(&format!("document.querySelector('.member h2')?.textContent.includes('@{username}')"))?;
    until("the group to be read again", || {
        ensure!(reads() > before, "nothing was read");
        Ok(())
    })?;
    panel.wait_for_text("The whole group was read")
}

pub(crate) fn a_tab_that_is_closed_is_told(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    let panel = &desk.samlight.panel;
    desk.sign_in_by_password(state.owner())?;
    let settings = format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path);
    let held = stage.front.hold(&format!("/api/v4/groups/{}/members", state.group.path));
    let tab = browser.open(&settings)?;
    held.wait_for_request()?;
    panel.to_front()?;
    panel.click(".group-toggle")?;
    panel.wait_for_text("Reading the members")?;
    tab.close()?;
    panel.wait_for_text("The GitLab page that was reading was closed.")?;
    drop(held);
    desk.tab.navigate(&settings)?;
    panel.wait_for_text("The whole group was read")
}
