//! The popup of the toolbar's button: what it says of the newest sign-in; pause, resume and clear; and the
//! button's badge and title, which say the same.

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::POPUP;
use samlight_tests::lab::with_other_case;
use samlight_tests::wait::until;

use crate::sign_in::wait_for_verdict;
use crate::stage::{Desk, Stage, keep_picture};

pub(crate) fn commands(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
    })?;
    toolbar_says(&desk, "", "Samlight: recording sign-ins")?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.sign_in_by_password(state.member())?;
    wait_for_verdict(&desk.samlight, Verdict::CaseOnly)?;
    toolbar_says(&desk, "1", "Samlight: recording; sign-ins with problems: 1")?;

    let popup = open(&desk)?;
    for text in ["Recording", "in upper and lower case only", "Sign-ins with a problem: 1"] {
        popup.wait_for_text(text)?;
    }
    keep_picture(&popup, "popup-problem")?;
    popup.click(".recording button")?;
    popup.wait_for_text("Paused")?;
    toolbar_says(&desk, "1", "Samlight: paused")?;
    popup.close()?;

    // The owner's sign-in succeeds, and Samlight does not look.
    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(&state, state.owner())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    let popup = open(&desk)?;
    popup.wait_for_text("Paused")?;
    popup.wait_for_text("in upper and lower case only")?;
    assert_eq!(desk.samlight.overview()?.flows.len(), 1);

    popup.click(".clear button")?;
    popup.wait_for_text("Delete all recorded sign-ins?")?;
    keep_picture(&popup, "popup-clear")?;
    popup.press("Escape")?;
    popup.wait_for("!document.body.innerText.includes('Delete all recorded sign-ins?')")?;
    assert_eq!(desk.samlight.overview()?.flows.len(), 1, "Escape must not clear");
    popup.click(".clear button")?;
    popup.click(".clear .danger")?;
    popup.wait_for_text("Recording is paused")?;
    ensure!(desk.samlight.overview()?.flows.is_empty());
    let events = desk.samlight.events()?;
    ensure!(events.is_empty(), "left after clearing: {events:?}");
    toolbar_says(&desk, "", "Samlight: paused")?;
    keep_picture(&popup, "popup-paused")?;

    popup.click(".recording button")?;
    popup.wait_for_text("No sign-in yet")?;
    toolbar_says(&desk, "", "Samlight: recording sign-ins")?;
    popup.close()?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(&state, state.owner())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    // Nothing of the pause came late.
    assert_eq!(desk.samlight.overview()?.flows.len(), 1);
    toolbar_says(&desk, "", "Samlight: recording sign-ins")
}

/// Presses the toolbar's button.
fn open(desk: &Desk) -> Result<Page> {
    desk.samlight.extension.open_popup(&desk.tab, POPUP)
}

/// Waits until badge and title of the toolbar's button are these.
fn toolbar_says(desk: &Desk, badge: &str, title: &str) -> Result<()> {
    until(&format!("the toolbar to say {badge:?}, {title:?}"), || {
        let (text, says) = desk.samlight.extension.toolbar(&desk.samlight.panel)?;
        ensure!(text == badge && says == title, "it says {text:?}, {says:?}");
        Ok(())
    })
    .context("the toolbar's button")
}
