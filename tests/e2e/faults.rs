//! A fault in the core, on purpose (`crate/src/fault.rs`): the event that it traps on is set aside and named,
//! every other one is kept, in this worker and in the next; a call that it traps on fails alone, and so does
//! a file in the panel's own core.

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::Browser;
use samlight_tests::wait::until;
use serde_json::{Value, json};

use crate::sign_in::wait_for_verdict;
use crate::stage::{Desk, Stage, keep_picture};

const TRAP: &str = "samlight-fault-trap";

pub(crate) fn one_event(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.faulty_desk(browser)?;
    desk.sign_in_by_saml(&state, state.member())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;

    // Request and response of this one hold the mark in their address; what comes between and behind does
    // not.
    desk.tab.navigate(&format!("https://gitlab.com/assets/style.css?SAMLRequest={TRAP}"))?;
    until("both events to be named", || {
        says(&desk, &["a request that carries SAML", "the answer to a request"])
    })?;
    keep_picture(&desk.samlight.panel, "fault")?;
    desk.samlight.extension.stop_worker()?;
    says(&desk, &["a request that carries SAML", "the answer to a request"]).context("after a restart")?;
    assert_eq!(desk.samlight.overview()?.total, 1, "the sign-in before");

    // Found in the store by a worker that starts: the one in the middle, and one that is no event at all.
    desk.samlight.extension.stop_worker()?;
    for event in [
        json!({ "id": "1767258000000-harness-000001", "kind": "request", "request": "h1", "tab": 1, "method": "GET",
            "url": format!("https://gitlab.com/x?SAMLRequest={TRAP}") }),
        json!({ "id": "1767258000000-harness-000002", "kind": "dream" , "of": TRAP }),
        json!({ "id": "no id", "kind": "page" }),
    ] {
        let name = format!("event {}", event["id"].as_str().unwrap_or_default());
        desk.samlight
            .panel
            .evaluate(&format!("chrome.storage.session.set({{ [{}]: {event} }})", json!(name)))?;
    }
    says(&desk, &["2 more events"]).context("found in the store")?;

    // A call that traps fails alone.
    let call = json!({ "to": "core", "call": json!({ "call": "overview", "text": TRAP }).to_string() });
    let answer: Value = desk.samlight.panel.evaluate(&format!("chrome.runtime.sendMessage({call})"))?;
    ensure!(answer["failure"].is_string(), "the call was answered: {answer}");
    assert_eq!(desk.samlight.overview()?.total, 1, "the call after it");

    // So does a file in the panel's own core, which begins anew with the next one.
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.click(".files-toggle")?;
    let paste = |text: &str| {
        panel.fill(".paste textarea", text)?;
        panel.click(".paste + button")
    };
    paste(TRAP)?;
    panel.wait_for_text("Samlight stopped at this file or message")?;
    assert_eq!(desk.samlight.overview()?.total, 1, "nothing of it is taken in");
    paste("<p:Response xmlns:p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_behind'/>")?;
    until("the file behind it", || {
        let total = desk.samlight.overview()?.total;
        ensure!(total == 2, "{total} sign-ins");
        Ok(())
    })?;

    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(&state, state.member())?;
    until("the sign-in behind", || {
        let total = desk.samlight.overview()?.total;
        ensure!(total == 3, "{total} sign-ins");
        Ok(())
    })?;
    wait_for_verdict(&desk.samlight, Verdict::Exact).map(drop)
}

/// The notices say that events could not be processed, and name these.
fn says(desk: &Desk, named: &[&str]) -> Result<()> {
    let notices = desk.samlight.overview()?.notices;
    for what in named {
        ensure!(
            notices.iter().any(|it| it.text.contains("could not be processed") && it.text.contains(what)),
            "{what} is not named: {notices:?}"
        );
    }
    Ok(())
}
