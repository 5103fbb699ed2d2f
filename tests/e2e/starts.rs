//! Every part of Samlight starts and says nothing on its console.

use anyhow::{Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, Level, Page};
use samlight_tests::installed::{Installed, POPUP, SIDE_PANEL};
use samlight_tests::wait::until;

use crate::sign_in::wait_for_verdict;
use crate::stage::Stage;

/// The toolbar button opens the popup at the first press, also of a version that replaced another one.
pub(crate) fn after_an_update(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    for _ in 0..2 {
        let updated = stage.update(browser)?;
        let popup = updated.open_popup(&desk.tab, POPUP)?;
        popup.wait_for("document.querySelector('.not-started')?.checkVisibility() !== true")?;
        popup.close()?;
    }
    Ok(())
}

/// Worker, panel in a tab, side panel and popup.
pub(crate) fn cleanly(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    let (samlight, tab) = (&desk.samlight, &desk.tab);
    let side = samlight.extension.open_side_panel(&samlight.panel, SIDE_PANEL)?;
    let popup = samlight.extension.open_popup(tab, POPUP)?;
    for (name, page) in [("tab", &samlight.panel), ("side panel", &side), ("popup", &popup)] {
        page.wait_for("document.querySelector('.not-started')?.checkVisibility() !== true")?;
        ensure!(!page.text()?.trim().is_empty(), "the {name} shows nothing");
    }
    let worker = samlight.extension.worker_console()?;
    let consoles = [
        ("tab", samlight.panel.console()),
        ("side panel", side.console()),
        ("popup", popup.console()),
        ("worker", worker),
    ];
    for (name, console) in consoles {
        let complaints: Vec<_> = console.into_iter().filter(|it| it.level != Level::Log).collect();
        ensure!(complaints.is_empty(), "the {name} complains: {complaints:?}");
    }
    Ok(())
}

/// A worker that is woken takes in what is stored with the first part of the core alone; the second one is
/// loaded when a page asks what it says.
pub(crate) fn without_the_second_part(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    let samlight = &desk.samlight;
    desk.sign_in_by_saml(&state, state.member())?;
    wait_for_verdict(samlight, Verdict::Exact)?;
    let worker = woken(samlight)?;
    ensure!(!samlight.events()?.is_empty(), "nothing is stored");
    ensure!(!has_loaded_second(&worker)?, "it has loaded the second part to take in what is stored");
    ensure!(samlight.overview()?.recording, "it does not record");
    // Had it loaded it before it was watched, it would not load it now.
    ensure!(has_loaded_second(&worker)?, "it has not loaded the second part to give an overview");
    Ok(())
}

/// A worker that was woken; from now on it writes down what it loads.
fn woken(samlight: &Installed) -> Result<Page> {
    samlight.extension.stop_worker()?;
    // It wakes, and has nothing to do.
    samlight.panel.evaluate("void chrome.runtime.sendMessage({ to: 'nobody' })")?;
    until("the worker to wake", || {
        ensure!(samlight.extension.worker_runs()?, "it does not run");
        Ok(())
    })?;
    let worker = samlight.extension.worker()?;
    worker.evaluate(
        "globalThis.loaded = [];
         const load = fetch;
         globalThis.fetch = (file) => {
           loaded.push(String(file).split('/').at(-1));
           return load(file);
         };",
    )?;
    Ok(worker)
}

/// Whether a worker has loaded the second part since it is watched.
fn has_loaded_second(worker: &Page) -> Result<bool> {
    Ok(worker.evaluate("loaded.includes('samlight_second.wasm')")? == true)
}
