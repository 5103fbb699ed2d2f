//! Every part of Samlight starts and says nothing on its console.

use anyhow::{Result, ensure};
use samlight_tests::browser::{Chromium, Level};
use samlight_tests::installed::{POPUP, SIDE_PANEL};

use crate::stage::Stage;

/// Worker, panel in a tab, side panel and popup.
pub(crate) fn cleanly(stage: &Stage, browser: &Chromium) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    let (samlight, tab) = (&desk.samlight, &desk.tab);
    let side = samlight.extension.open_side_panel(&samlight.panel, SIDE_PANEL)?;
    let popup = samlight.extension.open_popup(tab, POPUP)?;
    let worker = samlight.extension.worker()?;
    for (name, page) in [("tab", &samlight.panel), ("side panel", &side), ("popup", &popup)] {
        page.wait_for("document.querySelector('.not-started')?.checkVisibility() !== true")?;
        ensure!(!page.text()?.trim().is_empty(), "the {name} shows nothing");
    }
    for (name, page) in
        [("tab", &samlight.panel), ("side panel", &side), ("popup", &popup), ("worker", &worker)]
    {
        let complaints: Vec<_> = page.console().into_iter().filter(|it| it.level != Level::Log).collect();
        ensure!(complaints.is_empty(), "the {name} complains: {complaints:?}");
    }
    Ok(())
}
