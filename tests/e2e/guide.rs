//! The two checks that ask for one thing at a time, each from nothing to its result: why somebody cannot sign
//! in, with access and recording still to be given; and whether the members of a group will be able to.

use std::fs;

use anyhow::{Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::lab::with_other_case;
use serde_json::Value;

use crate::{looks::legible, permission::the_button_asks_for_gitlab_alone, stage::Stage};

const OFFER: &str = ".guide-offer";
const HELP: &str = ".guide-now .guide-do";
const OPEN: &str = ".guide-now .guide-open";
const LEAVE: &str = ".guide-now .guide-leave";

/// Waits until the check asks for this alone.
fn asks(panel: &Page, id: &str) -> Result<()> {
    panel.wait_for(&format!(
        "[...document.querySelectorAll('.guide section[data-ask]')].map(it => it.dataset.ask).join() === '{id}' &&
            document.querySelector('.guide-lines [aria-current=step]').dataset.ask === '{id}'"
    ))?;
    Ok(())
}

/// The heading of what is asked for has the focus, because the button that was pressed is gone; and a screen
/// reader is told.
fn has_the_focus(panel: &Page, words: &str) -> Result<()> {
    panel.wait_for("document.activeElement.matches('.guide h3')")?;
    panel.wait_for(&format!(
        "document.querySelector('.guide [role=status]').textContent.includes({})",
        Value::from(words)
    ))?;
    Ok(())
}

fn leads_to(panel: &Page, address: &str) -> Result<()> {
    panel.wait_for(&format!("document.querySelector('{OPEN}')?.href === '{address}'")).map(drop)
}

pub(crate) fn says_why_somebody_cannot_sign_in(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
    })?;
    let (extension, panel) = (&desk.samlight.extension, &desk.samlight.panel);
    panel.to_front()?;
    panel.click(".recording button")?;
    panel.wait_for_text("Recording is paused")?;
    extension.withhold_hosts(browser)?;
    extension.stop_worker()?;
    panel.wait_for_text("Samlight cannot see gitlab.com")?;

    // By keyboard, where the button is.
    panel.evaluate(&format!("document.querySelector('{OFFER}').focus()"))?;
    panel.press("Enter")?;
    asks(panel, "gitlab")?;
    has_the_focus(panel, "Which GitLab")?;
    legible(panel, "guide-gitlab")?;
    panel.click(HELP)?;
    asks(panel, "access")?;
    ensure!(!panel.text()?.contains("Samlight cannot see gitlab.com"), "it is asked for twice");
    the_button_asks_for_gitlab_alone(panel, HELP)?;
    extension.grant_hosts(browser)?;
    asks(panel, "recording")?;
    panel.click(HELP)?;
    asks(panel, "sign-in")?;
    has_the_focus(panel, "Step 4 of 6")?;
    leads_to(panel, "https://gitlab.com/")?;
    legible(panel, "guide-sign-in")?;

    // It is left, and goes on where it was; what happens meanwhile is taken for what it is.
    panel.click(".guide-head button:last-child")?;
    panel.wait_for_text("No sign-in yet")?;
    panel.click(OFFER)?;
    asks(panel, "sign-in")?;
    desk.go_to_idp(&state)?;
    panel.wait_for_text("The sign-in has begun.")?;
    desk.answer_idp(state.member())?;
    desk.wait_for_gitlab()?;
    asks(panel, "own")?;
    leads_to(panel, "https://gitlab.com/-/profile/account")?;
    legible(panel, "guide-own")?;
    desk.sign_in_by_password(state.member())?;
    asks(panel, "result")?;
    panel.to_front()?;
    panel.wait_for_text("has other capital letters than the one that GitLab has stored")?;
    panel.wait_for("!!document.querySelector('.guide-result .copy-message')")?;
    legible(panel, "guide-result")?;

    // Another one can be checked; and the whole sign-in is still there.
    panel.click(".guide-result .guide-helps button:last-child")?;
    asks(panel, "sign-in")?;
    panel.click(".guide-head button:last-child")?;
    panel.wait_for("!!document.querySelector('[role=option]')")?;
    panel.wait_for("document.activeElement !== document.body")?;
    Ok(())
}

pub(crate) fn says_whether_members_can_sign_in(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.click(".group-toggle")?;
    panel.wait_for_text("No group is checked yet")?;
    panel.click(OFFER)?;
    asks(panel, "gitlab")?;
    has_the_focus(panel, "Step 1 of 8")?;
    panel.click(HELP)?;
    asks(panel, "group")?;
    leads_to(panel, "https://gitlab.com/dashboard/groups")?;
    legible(panel, "guide-group")?;
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    asks(panel, "list")?;
    panel.to_front()?;
    legible(panel, "guide-list")?;

    // No column of it is what anybody sent or has stored.
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("people.csv");
    let people = state.users.iter().enumerate();
    let rows: Vec<String> = people.map(|(at, user)| format!("{},other-{at}", user.email)).collect();
    fs::write(&file, format!("mail,employeeId\n{}\n", rows.join("\n")))?;
    panel.choose(".guide-now input[type=file]", &file)?;
    asks(panel, "field")?;
    legible(panel, "guide-field")?;
    panel.wait_for("!!document.querySelector('.guide-now [name=name-id]')")?;
    panel.evaluate(
        "(it => { it.focus(); it.value = '1'; it.dispatchEvent(new Event('change', { bubbles: true })) })(
            document.querySelector('.guide-now [name=name-id]'))",
    )?;
    asks(panel, "result")?;
    let summary = format!("{} users checked: ", state.users.len());
    panel.wait_for_text(&summary)?;
    panel.wait_for_text("Not stored as expected: ")?;
    let message = panel.wait_for("document.querySelector('.guide-result .for-owner pre')?.textContent")?;
    let message = message.as_str().unwrap_or_default();
    ensure!(message.contains(&summary) && message.contains(&state.group.path), "{message}");
    let told =
        state.users.iter().find(|user| message.contains(&user.username) || message.contains(&user.email));
    ensure!(told.is_none(), "{told:?} is named: {message}");
    legible(panel, "guide-members-result")?;

    // A count leads to its members; from there the check is offered again, and is at its result.
    panel.click(".guide-counts button")?;
    panel.wait_for("document.querySelectorAll('.verdict-filter[aria-pressed=true]').length === 1")?;
    panel.wait_for("document.activeElement !== document.body")?;
    panel.click(OFFER)?;
    asks(panel, "result")?;
    panel.click(".guide-head button")?;
    asks(panel, "result")?;
    ensure!(panel.evaluate(&format!("document.querySelector('{LEAVE}')"))?.is_null(), "nothing is asked for");
    Ok(())
}
