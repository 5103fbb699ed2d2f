//! Samlight in a real browser, end to end. The extension tested is the release build: `target/dist/chromium`, or the
//! folder that `SAMLIGHT_EXTENSION` names.
//!
//! Each scenario is a line in the table and gets a browser of its own; servers are shared. A failure leaves pictures,
//! consoles and logs in `target/e2e/<scenario>/`. Find flakes with `-- --repeat 20`.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use samlight_tests::browser::{Chromium, LaunchOptions, Level};
use samlight_tests::front::Front;
use samlight_tests::installed::{Installed, POPUP, SIDE_PANEL, built_in};
use samlight_tests::runner::{self, Scenario, World, target_folder};
use samlight_tests::stand_in::StandIn;

const SCENARIOS: &[Scenario<Stage>] = &[Scenario {
    name: "worker, panel, popup and side panel start without a complaint",
    run: starts_cleanly,
}];

fn main() -> ExitCode {
    runner::main("e2e", SCENARIOS)
}

/// What all scenarios share.
struct Stage {
    front: Front,
    _stand_in: StandIn,
    extension: PathBuf,
}

impl World for Stage {
    fn start() -> Result<Self> {
        let named = env::var_os("SAMLIGHT_EXTENSION").map(PathBuf::from);
        let extension = built_in(&named.unwrap_or_else(|| target_folder().join("dist/chromium")))?;
        let stand_in = StandIn::start()?;
        let front = Front::start(&stand_in.backends())?;
        Ok(Stage { front, _stand_in: stand_in, extension })
    }

    fn launch_options(&self) -> LaunchOptions {
        LaunchOptions { arguments: self.front.chromium_arguments(), ..LaunchOptions::default() }
    }

    fn log_tails(&self) -> Vec<(String, String)> {
        vec![("requests".to_owned(), self.front.log_tail())]
    }
}

fn starts_cleanly(stage: &Stage, browser: &Chromium) -> Result<()> {
    let tab = browser.first_page()?;
    let samlight = Installed::load(browser, &stage.extension, &tab)?;
    let side = samlight.extension.open_side_panel(&samlight.panel, SIDE_PANEL)?;
    let popup = samlight.extension.open_popup(&tab, POPUP)?;
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
