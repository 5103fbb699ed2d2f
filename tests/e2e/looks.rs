//! Tab, side panel and popup with a sign-in in them, in light and in dark: they differ, and axe-core finds no
//! violation of its accessibility rules, contrast included.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::{POPUP, SIDE_PANEL, WELCOME};
use samlight_tests::lab::with_other_case;
use samlight_tests::wait::until;
use serde_json::Value;

use crate::sign_in::owner_then_member_in_other_case;
use crate::stage::{Desk, MESSAGES_TAB, Stage, keep_picture, show_part};

pub(crate) fn in_light_and_dark(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
    })?;
    let extension = &desk.samlight.extension;
    let side = extension.open_side_panel(&desk.samlight.panel, SIDE_PANEL)?;
    for (page, name) in [(&desk.samlight.panel, "empty-tab"), (&side, "empty-side-panel")] {
        page.wait_for_text("No sign-in yet")?;
        legible(page, name)?;
    }
    let welcome = browser.open(&extension.url(WELCOME))?;
    welcome.wait_for_text("Samlight has access to gitlab.com")?;
    legible(&welcome, "welcome")?;
    welcome.close()?;

    owner_then_member_in_other_case(browser, &desk, &state)?;
    with_all_open(&desk, &side)?;
    for (number, part) in (1..).zip(PARTS) {
        for (page, place) in [(&desk.samlight.panel, "tab"), (&side, "side-panel")] {
            show_part(page, &format!("#tab-{number}"))?;
            legible(page, &format!("{place}{part}")).with_context(|| format!("part {number}"))?;
        }
    }
    [&desk.samlight.panel, &side].into_iter().try_for_each(|page| show_part(page, MESSAGES_TAB))?;
    for page in [&desk.samlight.panel, &side] {
        page.evaluate(
            "document.querySelectorAll('.octets [aria-pressed], .octets [role=tab]:last-child').forEach(it => it.click())",
        )?;
        page.wait_for("document.querySelector('.one-text + .one-text pre').textContent.includes('·')")?;
        page.evaluate("document.querySelector('.octets').scrollIntoView()")?;
    }
    legible(&desk.samlight.panel, "tab-side-by-side")?;
    legible(&side, "side-panel-side-by-side")?;
    let popup = extension.open_popup(&desk.tab, POPUP)?;
    popup.wait_for_text("Copy message for your group owner")?;
    legible(&popup, "popup")
}

/// The ends of the names of the pictures of a sign-in's parts, after the place in which it is shown.
const PARTS: [&str; 6] = ["", "-values", "-checks", "-sequence", "-messages", "-http"];

/// Opens every message, so that all there is can be judged.
fn with_all_open(desk: &Desk, side: &Page) -> Result<()> {
    for page in [&desk.samlight.panel, side] {
        page.wait_for_text("has other capital letters than the one")?;
        page.evaluate("document.querySelectorAll('.part details').forEach(it => { it.open = true })")?;
        page.wait_for(
            "document.querySelectorAll('.part details pre').length === document.querySelectorAll('.part details').length",
        )?;
    }
    Ok(())
}

/// Holds everything that moves where it is to be read: a toast at its beginning, all else that has begun at
/// its end. In the middle of fading it has other colours.
const STILL: &str = "document.getAnimations().forEach(it => {
    const { delay, endTime } = it.effect.getComputedTiming();
    if (it.animationName === 'pass') { it.currentTime = 0; it.pause(); }
    else if (it.currentTime > delay && Number.isFinite(endTime)) it.finish();
})";
/// Lets go of what was held.
const GO_ON: &str = "document.getAnimations().forEach(it => it.playState === 'paused' && it.play())";

pub(crate) fn legible(page: &Page, name: &str) -> Result<()> {
    page.evaluate(STILL)?;
    let light = drawn(page, name, Mode::Light, None)?;
    let colours = judged(page, name, Mode::Light)?;
    let dark = drawn(page, name, Mode::Dark, Some(&light))?;
    let others = judged(page, name, Mode::Dark)?;
    ensure!(colours != others, "{name} looks the same in light and dark: {colours}");
    // Who looks at it next begins with light, and so must what is drawn.
    drawn(page, name, Mode::Light, Some(&dark))?;
    page.evaluate(GO_ON).map(drop)
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Mode {
    Light,
    Dark,
}

/// A picture of the page in `mode`, once it looks otherwise than `before`: a frame is drawn by a process of
/// its own, some time after its style has changed.
pub(crate) fn drawn(page: &Page, name: &str, mode: Mode, before: Option<&Vec<u8>>) -> Result<Vec<u8>> {
    let dark = mode == Mode::Dark;
    page.prefer_dark(dark)?;
    page.wait_for(&format!("matchMedia('(prefers-color-scheme: dark)').matches === {dark}"))?;
    let name = format!("{name}-{mode:?}").to_lowercase();
    until(&format!("{name} to be drawn"), || {
        let picture = fs::read(keep_picture(page, &name)?)?;
        ensure!(Some(&picture) != before, "it looks as in the other mode");
        Ok(picture)
    })
}

/// The colours of the text and of what is behind it, once axe-core has found nothing wrong.
fn judged(page: &Page, name: &str, mode: Mode) -> Result<Value> {
    no_violation(page).with_context(|| format!("{name}, {mode:?}"))?;
    page.evaluate(
        "(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))",
    )
}

/// Runs axe-core in the page, with all its rules, that of targets of 24 pixels (WCAG 2.2, 2.5.8) included.
pub(crate) fn no_violation(page: &Page) -> Result<()> {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/axe-core/axe.min.js");
    let source = fs::read_to_string(&axe)
        .with_context(|| format!("no axe-core at {}: run `cargo xtask setup`", axe.display()))?;
    if page.evaluate("typeof axe === 'undefined'")? == true {
        // Without the value of the expression: it is axe itself.
        page.evaluate(&format!("{source}; void 0"))?;
    }
    let violations = page.evaluate(
        "axe.run({ rules: { 'target-size': { enabled: true } } }).then(({ violations, passes }) => ({ passed: passes.length, violations: violations.map(
             ({ id, help, nodes }) => ({ id, help, nodes: nodes.map(it => [it.html.slice(0, 200), it.failureSummary]) })) }))",
    )?;
    ensure!(violations["passed"].as_u64() > Some(0), "axe-core checked nothing: {violations}");
    let found = violations["violations"].as_array().map(Vec::as_slice).unwrap_or_default();
    ensure!(
        found.is_empty(),
        "axe-core found {}",
        found.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
    );
    Ok(())
}
