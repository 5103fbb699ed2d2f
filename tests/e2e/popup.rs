//! The popup of the toolbar's button: what it says of the newest sign-in; pause, resume and clear; and the
//! button's badge and title, which say the same.

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::POPUP;
use samlight_tests::lab::{LabState, with_other_case};
use samlight_tests::wait::until;
use serde_json::json;

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
    for text in ["Recording", EVERYDAY, "Copy message for your group owner"] {
        popup.wait_for_text(text)?;
    }
    everyday_words_and_one_thing_to_do(&popup, &state)?;
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
    popup.wait_for_text(EVERYDAY)?;
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
    // As if the person lived in India.
    desk.samlight.panel.evaluate("Date.prototype.getTimezoneOffset = () => -330")?;
    desk.sign_in_by_saml(&state, state.owner())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    told_in_their_own_time(&desk)?;
    // Nothing of the pause came late.
    assert_eq!(desk.samlight.overview()?.flows.len(), 1);
    let popup = open(&desk)?;
    popup.wait_for_text("is exactly the one that GitLab has stored")?;
    ensure!(popup.evaluate("document.querySelector('.difference')")?.is_null(), "nothing differs");
    popup.close()?;
    toolbar_says(&desk, "", "Samlight: recording sign-ins")
}

/// The panel tells when the sign-in began by the person's clock, with its zone; UTC is a tip away.
fn told_in_their_own_time(desk: &Desk) -> Result<()> {
    let panel = &desk.samlight.panel;
    let told = "(at => at && [at.textContent, new Date(Date.parse(at.dateTime) + 330 * 60_000)
        .toISOString().slice(0, 19).replace('T', ' at ') + ' UTC+5:30', at.title === at.dateTime])(
        document.querySelector('.flow-time time'))";
    until("the sign-in's own time", || {
        let told = panel.evaluate(told)?;
        ensure!(told[0] == told[1] && told[2] == true, "{told}");
        Ok(())
    })?;
    let row = panel.evaluate("document.querySelector('.entry-time').textContent")?;
    let head = panel.evaluate(told)?;
    ensure!(head[0].as_str().zip(row.as_str()).is_some_and(|(head, row)| head.contains(row)), "{head} {row}");
    panel.wait_for("document.querySelector('.exchanges .when').textContent.includes('UTC+5:30')").map(drop)
}

/// The words in which people are told of a NameID in other case.
const EVERYDAY: &str = "sends your ID with other capital letters than GitLab knows";

/// No word of SAML, the two values with their difference marked, and one button that stands out.
fn everyday_words_and_one_thing_to_do(popup: &Page, state: &LabState) -> Result<()> {
    let text = popup.text()?;
    for word in ["NameID", "SAML", "identity provider", "Sign-ins with a problem"] {
        ensure!(!text.contains(word), "{word}: {text}");
    }
    let values =
        popup.evaluate("[...document.querySelectorAll('.difference dd')].map(it => it.textContent)")?;
    let user = state.member();
    assert_eq!(values, json!([user.name_id, user.saml_extern_uid]));
    let marked = popup.evaluate("document.querySelectorAll('.difference dd:has(mark)').length")?;
    assert_eq!(marked, 2, "what differs is marked in both");
    let primary = popup.evaluate("[...document.querySelectorAll('.primary')].map(it => it.className)")?;
    assert_eq!(primary, json!(["copy-message primary"]));
    Ok(())
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
