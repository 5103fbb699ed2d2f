//! The panel among the browser's developer tools: at first it shows the sign-ins of the inspected tab only;
//! with the switch off, those of all tabs. It follows both while they happen.

use anyhow::{Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::DEVELOPER_TOOLS;

use crate::door::log_line;
use crate::files::{DROP, give, wait_for_name_id};
use crate::looks::legible;
use crate::sign_in::wait_for_verdict;
use crate::stage::{Desk, Stage};

pub(crate) fn one_tab_or_all(stage: &Stage, browser: &Browser) -> Result<()> {
    let (mut desk, state) = stage.desk(browser, |_| {})?;
    let inspected = desk.tab.clone();
    let tools = desk.samlight.extension.open_developer_tools(&inspected, DEVELOPER_TOOLS)?;
    tools.wait_for_text("No sign-in in this tab yet")?;
    tools.wait_for("document.querySelector('.only-tab').getAttribute('aria-pressed') === 'true'")?;
    nothing_of_a_trace_in(&tools)?;
    legible(&tools, "empty-developer-tools")?;

    // The owner signs in elsewhere.
    desk.tab = browser.open("https://gitlab.com/users/sign_in")?;
    desk.sign_in_by_saml(&state, state.owner())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    switch(&tools)?;
    shows(&tools, 1)?;
    switch(&tools)?;
    tools.wait_for_text("No sign-in in this tab yet")?;

    // The member signs in in the inspected tab.
    browser.forget_cookies()?;
    let elsewhere = std::mem::replace(&mut desk.tab, inspected);
    desk.tab.to_front()?;
    desk.sign_in_by_saml(&state, state.member())?;
    shows(&tools, 1)?;
    tools.wait_for_text("exactly the one that GitLab has stored")?;
    let here = shown_sign_in(&tools)?;
    legible(&tools, "developer-tools")?;
    switch(&tools)?;
    shows(&tools, 2)?;

    // A newer one elsewhere is not followed with the switch on.
    switch(&tools)?;
    browser.forget_cookies()?;
    desk.tab = elsewhere;
    desk.tab.to_front()?;
    desk.sign_in_by_saml(&state, state.owner())?;
    newest_is_another(&desk, &here)?;
    shows(&tools, 1)?;
    ensure!(shown_sign_in(&tools)? == here, "a sign-in of another tab is shown");
    nothing_of_a_trace_in(&tools)?;

    // What is dropped is answered here, too; the sign-ins of a file are those of no tab.
    give(&tools, DROP, &[("error.txt", "Digest mismatch")])?;
    tools.wait_for_text("What “error.txt” says")?;
    give(&tools, DROP, &[("line.json", &log_line("Eve-line"))])?;
    shows(&tools, 4)?;
    wait_for_name_id(&tools, "Eve-line")
}

/// Presses "Only this tab". By script: the harness has no real input for a frame inside the tools.
fn switch(tools: &Page) -> Result<()> {
    tools.evaluate("document.querySelector('.only-tab').click()").map(drop)
}

/// As many lines, and as many counted.
fn shows(tools: &Page, sign_ins: usize) -> Result<()> {
    tools.wait_for(&format!(
        "document.querySelectorAll('[role=option]').length === {sign_ins}
         && document.querySelector('.count').textContent === '{sign_ins}'"
    ))?;
    Ok(())
}

fn shown_sign_in(tools: &Page) -> Result<String> {
    let started = tools.wait_for("document.querySelector('.flow time').dateTime")?;
    Ok(started.as_str().unwrap_or_default().to_owned())
}

fn newest_is_another(desk: &Desk, before: &str) -> Result<()> {
    samlight_tests::wait::until("the newer sign-in", || {
        let newest = desk.samlight.newest()?;
        ensure!(newest.line.started != before, "the newest is still the one of {before}");
        Ok(())
    })
}

/// The address holds the tab's number and nothing else.
fn nothing_of_a_trace_in(tools: &Page) -> Result<()> {
    let address = tools.evaluate("location.href")?;
    let number = address.as_str().and_then(|it| it.split_once(DEVELOPER_TOOLS)).map(|(_, number)| number);
    ensure!(number.is_some_and(|it| it.parse::<u32>().is_ok()), "the address is {address}");
    Ok(())
}
