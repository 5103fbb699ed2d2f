//! The bar of a whole group on the settings page where there is no verdict to mark a row with: nobody is
//! linked, the page's own table is still loading, or has failed; the members are being read, or the person
//! stopped that.

use anyhow::{Result, ensure};
use samlight::{calls::protocol::GroupCall, group::member_verdict::MemberVerdict};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::NOTE;
use samlight_tests::lab::LabState;
use samlight_tests::wait::until;

use crate::{
    stage::{Desk, Stage, keep_picture},
    verdicts::{ALL, MEMBERS, all},
};

pub(crate) fn stands_without_rows(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        state.users.iter_mut().for_each(|user| user.saml_extern_uid = None);
    })?;
    desk.sign_in_by_password(state.owner())?;
    let counted = format!("{} users checked: ", LabState::USERS);
    let tab = &desk.tab;

    // The page asks for its table by the group's number, Samlight by its path.
    let table = format!("/api/v4/groups/{}/members", state.group.id);
    let held = stage.front.hold(&table);
    open(&desk, &state)?;
    held.wait_for_request()?;
    all(tab, &counted)?;
    ensure!(tab.evaluate("!document.querySelector('table')")? == true, "the page has its table already");
    drop(held);
    let is_above = format!(
        "((bar, table) => !!table && bar.getBoundingClientRect().bottom <= table.getBoundingClientRect().top)(
            document.querySelector('{ALL}'), document.querySelector('tbody')?.parentElement)"
    );
    tab.wait_for(&is_above)?;
    ensure!(tab.evaluate("document.querySelectorAll('tbody tr').length")? == 0, "somebody is linked");
    all(tab, &counted)?;

    stage.front.break_at(Some(&table));
    open(&desk, &state)?;
    let failed = tab.wait_for_text("An error occurred while loading group members.");
    stage.front.break_at(None);
    failed?;
    all(tab, &counted)?;
    Ok(())
}

pub(crate) fn says_how_far_the_check_is(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| state.grow(MEMBERS, fastrand::u64(..)))?;
    desk.sign_in_by_password(state.owner())?;
    let tab = &desk.tab;
    let held = stage.front.hold(&format!("/api/v4/groups/{}/members", state.group.path));
    open(&desk, &state)?;
    held.wait_for_request()?;
    all(tab, "Reading the members: 0 ")?;
    // That a SCIM identity is inactive is read already, and no verdict yet.
    let inactive = (MemberVerdict::ScimInactive.kind().word)().to_string();
    let marks = marks(tab)?;
    ensure!(marks.iter().all(|mark| !mark.starts_with(&inactive)), "{marks:?}");
    tab.evaluate("document.querySelector('table').scrollIntoView({ block: 'center', behavior: 'instant' })")?;
    keep_picture(tab, "whole-group-reading")?;

    desk.samlight.group(&GroupCall::Cancel)?;
    let stopped = all(tab, "You stopped the check")?;
    ensure!(!stopped.contains("users checked"), "{stopped}");
    drop(held);
    desk.samlight.group(&GroupCall::Resume)?;
    all(tab, &format!("{MEMBERS} users checked: "))?;
    until("a verdict in a row", || {
        let marks = self::marks(tab)?;
        ensure!(marks.iter().any(|mark| mark.starts_with(&inactive)), "{marks:?}");
        Ok(())
    })
}

fn open(desk: &Desk, state: &LabState) -> Result<()> {
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))
}

/// The notes in the rows, once there is one beside each SAML identifier.
fn marks(tab: &Page) -> Result<Vec<String>> {
    until("a note in each row", || {
        let saml = tab.shadow_texts(&format!("tbody td:nth-child(2) {NOTE}"))?;
        ensure!(saml.len() == 10, "{} notes", saml.len());
        tab.shadow_texts(&format!("tbody {NOTE}"))
    })
}
