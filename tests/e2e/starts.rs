//! Every part of Samlight starts and says nothing on its console.

use anyhow::{Result, ensure};
use samlight_tests::browser::{Browser, Level};
use samlight_tests::installed::{POPUP, SIDE_PANEL};

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
