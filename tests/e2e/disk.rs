//! Nothing of a trace is written to disk: after a sign-in and the browser's end, no file of the whole profile
//! holds the NameID or the Response; neither the extension's stores nor the browser's cache of what the
//! extension asked for. In Chromium alone so far: where the control value must lie in a profile is known for
//! Chromium's profiles only.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, LaunchOptions};
use samlight_tests::installed::{POPUP, SIDE_PANEL};
use samlight_tests::runner::World;

use crate::forms::Forms;
use crate::sign_in::wait_for_verdict;
use crate::stage::Stage;

pub(crate) fn holds_nothing(stage: &Stage, _: &Browser) -> Result<()> {
    let profile = tempfile::Builder::new().prefix("samlight-profile-").tempdir()?;
    let browser = Browser::launch(&LaunchOptions {
        profile: Some(profile.path().to_owned()),
        ..stage.launch_options()
    })?;
    let (desk, state) = stage.desk(&browser, |_| {})?;
    let samlight = &desk.samlight;
    samlight.extension.open_side_panel(&samlight.panel, SIDE_PANEL)?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    let flow = wait_for_verdict(samlight, Verdict::Exact)?;
    let response = flow.messages.last().context("no Response")?;
    samlight.extension.open_popup(&desk.tab, POPUP)?.wait_for_text("exactly the one")?;
    let (_, response_id) = response.summary.iter().find(|(label, _)| label == "ID").context("no ID")?;

    // The search finds what the extension does write.
    let control = format!("control-{:016x}", fastrand::u64(..));
    samlight.panel.evaluate(&format!("chrome.storage.local.set({{ control: '{control}' }})"))?;
    drop(browser);

    let files = files_below(profile.path())?;
    let in_files = |value: &str| -> Result<Vec<PathBuf>> {
        let forms = Forms::of(value);
        let mut holding = Vec::new();
        for file in &files {
            if forms.are_in(&fs::read(file)?) {
                holding.push(file.strip_prefix(profile.path())?.to_owned());
            }
        }
        Ok(holding)
    };
    let controls = in_files(&control)?;
    ensure!(
        controls.iter().any(|file| file.starts_with("Default/Local Extension Settings")),
        "what was written was found only in {controls:?}"
    );
    for (name, value) in [("NameID", &state.member().name_id), ("Response", response_id)] {
        let holding = in_files(value)?;
        ensure!(holding.is_empty(), "the {name} is on disk, in {holding:?}");
    }
    Ok(())
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.append(&mut files_below(&entry.path())?);
        } else if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}
