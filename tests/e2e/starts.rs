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
    let worker = watched_from_its_start(samlight)?;
    ensure!(samlight.overview()?.recording, "it does not record");
    assert_eq!(loaded(&worker)?, [FIRST, "samlight_second.wasm"], "to give an overview");
    Ok(())
}

const FIRST: &str = "samlight_bg.wasm";

/// A worker that was woken, has taken in what is stored, and has loaded the first part alone for it. Woken
/// workers are tried until one loads it after what it loads is written down.
fn watched_from_its_start(samlight: &Installed) -> Result<Page> {
    until("a worker that is watched from its start", || {
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
        ensure!(!samlight.events()?.is_empty(), "nothing is stored");
        let loaded = loaded(&worker)?;
        ensure!(loaded == [FIRST], "it has loaded {loaded:?}");
        Ok(worker)
    })
}

/// The Wasm that a worker has loaded since it is watched.
fn loaded(worker: &Page) -> Result<Vec<String>> {
    Ok(serde_json::from_value(worker.evaluate("loaded.filter((file) => file.endsWith('.wasm'))")?)?)
}
