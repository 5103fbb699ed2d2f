//! Access to gitlab.com withheld: nothing is recorded, popup and panel say so and offer to change it; once it
//! is given, the explanation goes by itself and sign-ins are recorded, without anything being reloaded.

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::{POPUP, SIDE_PANEL};
use serde_json::json;

use crate::sign_in::wait_for_verdict;
use crate::stage::{Stage, keep_picture};

const EXPLANATION: &str = "Samlight cannot see gitlab.com";
const BUTTON: &str = ".access button";

pub(crate) fn withheld_then_given(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    let (extension, panel) = (&desk.samlight.extension, &desk.samlight.panel);
    extension.withhold_hosts(browser)?;
    // A worker that starts without access has its listeners refused, silently.
    extension.stop_worker()?;

    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    let overview = desk.samlight.overview()?;
    ensure!(overview.flows.is_empty(), "recorded without access: {:?}", overview.flows);
    let events = desk.samlight.events()?;
    ensure!(events.is_empty(), "kept without access: {events:?}");

    let side = extension.open_side_panel(panel, SIDE_PANEL)?;
    for (name, page) in [("panel", panel), ("side panel", &side)] {
        explains(page).with_context(|| format!("in the {name}"))?;
        keep_picture(page, &format!("withheld-{}", name.replace(' ', "-")))?;
    }
    // Over a page of GitLab the browser answers the button itself: it offers to reload the page with access.
    desk.tab.navigate("https://idp.example.com/ready.txt")?;
    let popup = extension.open_popup(&desk.tab, POPUP)?;
    explains(&popup).context("in the popup")?;
    for page in [panel, &side, &popup] {
        ensure!(!page.text()?.contains("No sign-in yet"), "it promises what cannot come");
    }
    keep_picture(&popup, "withheld-popup")?;
    popup.close()?;

    the_button_asks_for_gitlab_alone(panel, BUTTON)?;
    extension.grant_hosts(browser)?;
    for page in [panel, &side] {
        page.wait_for("!document.body.innerText.includes('cannot see')")?;
        page.wait_for("!document.body.innerText.includes('Not recording')")?;
    }
    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(&state, state.member())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    // The first one did not come late either.
    assert_eq!(desk.samlight.overview()?.flows.len(), 1);
    side.wait_for_text("exactly the one that GitLab has stored")
}

/// The page says what is wrong, what it means, and offers to change it.
fn explains(page: &Page) -> Result<()> {
    page.wait_for_text(EXPLANATION)?;
    page.wait_for_text("Samlight cannot record sign-ins there")?;
    page.wait_for_text("Not recording")?;
    page.wait_for_text("Allow access to gitlab.com")
}

/// The browser's own question cannot be answered without a window, so what is asked is noted, and access is
/// then given as the person's answer would give it.
pub(crate) fn the_button_asks_for_gitlab_alone(panel: &Page, button: &str) -> Result<()> {
    panel.evaluate(
        "chrome.permissions.request = wanted => { globalThis.wanted = wanted; return new Promise(() => {}) }",
    )?;
    panel.click(button)?;
    assert_eq!(panel.wait_for("globalThis.wanted")?, json!({ "origins": ["https://gitlab.com/*"] }));
    Ok(())
}
