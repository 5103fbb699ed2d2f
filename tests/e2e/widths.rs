//! Every view of the panel at the widths of a telephone, a side panel, half a screen and a screen, in light
//! and dark: nothing is wider than the window, and axe-core finds nothing at the narrowest one, targets of
//! 24 pixels included. Once more from right to left, and in the few colours that a person chose.
//!
//! The pictures are `fit-<view>-<width>-<mode>`.

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::WELCOME;

use crate::group_panel::choose_first;
use crate::looks::{Mode, drawn, no_violation};
use crate::stage::{Stage, keep_picture, show_part};
use crate::verdicts::opened;

const HEIGHT: u32 = 900;
const NARROWEST: u32 = 320;
const WIDEST: u32 = 1_400;
const WIDTHS: [u32; 4] = [WIDEST, 900, 420, NARROWEST];

/// Parts of a sign-in by the numbers of their tabs.
const PARTS: [(&str, u32); 6] =
    [("verdict", 1), ("values", 2), ("checks", 3), ("sequence", 4), ("messages", 5), ("http", 6)];

pub(crate) fn of_every_view(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, ..) = opened(stage, browser)?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.wait_for("!!document.querySelector('.flow')")?;
    for (name, number) in PARTS {
        show_part(panel, &format!("#tab-{number}"))?;
        fits(panel, name)?;
    }
    panel.click(".group-toggle")?;
    panel.wait_for_text("250 users checked: ")?;
    fits(panel, "group")?;
    choose_first(panel)?;
    panel.wait_for("!!document.querySelector('.member h2')")?;
    panel.set_size(NARROWEST, HEIGHT)?;
    panel.wait_for(
        "(box => box.height > 0 && box.top >= 0 && box.bottom <= innerHeight)(
            document.querySelector('.member h2').getBoundingClientRect())",
    )?;
    fits(panel, "member")?;
    panel.click(".group-toggle")?;
    panel.click(".files-toggle")?;
    panel.wait_for("!!document.querySelector('.files')")?;
    fits(panel, "files")?;
    panel.click(".files-toggle")?;
    let welcome = browser.open(&desk.samlight.extension.url(WELCOME))?;
    welcome.wait_for_text("Samlight has access to gitlab.com")?;
    fits(&welcome, "welcome")?;
    welcome.close()
}

fn fits(page: &Page, name: &str) -> Result<()> {
    for width in WIDTHS {
        page.set_size(width, HEIGHT)?;
        is_no_wider(page).with_context(|| format!("{name} at {width}"))?;
        let light = drawn(page, &format!("fit-{name}-{width}"), Mode::Light, None)?;
        if [NARROWEST, WIDEST].contains(&width) {
            drawn(page, &format!("fit-{name}-{width}"), Mode::Dark, Some(&light))?;
            page.prefer_dark(false)?;
        }
    }
    no_violation(page).with_context(|| format!("{name} at {NARROWEST}"))?;
    page.evaluate("document.documentElement.dir = 'rtl'")?;
    is_no_wider(page).with_context(|| format!("{name} from right to left"))?;
    keep_picture(page, &format!("fit-{name}-rtl"))?;
    page.evaluate("document.documentElement.removeAttribute('dir')")?;
    in_few_colours(page, name)?;
    page.set_size(WIDEST, HEIGHT)
}

/// A chosen or pressed element stands out by more than a colour that is taken away.
fn in_few_colours(page: &Page, name: &str) -> Result<()> {
    page.force_colors(true)?;
    page.wait_for("matchMedia('(forced-colors: active)').matches")?;
    keep_picture(page, &format!("fit-{name}-forced"))?;
    let alike = page.evaluate(
        "[...document.querySelectorAll('[aria-selected=true], [aria-pressed=true], [aria-current=true]')]
            .filter(it => it.checkVisibility())
            .filter(it => {
                const other = it.parentElement.querySelector(
                    '[aria-selected=false], [aria-pressed=false], :scope > :not([aria-selected], [aria-current], [aria-pressed])');
                const look = element => JSON.stringify(['backgroundColor', 'color', 'outlineStyle', 'borderInlineStartStyle',
                    'borderInlineStartColor', 'borderBlockEndColor', 'textDecorationLine', 'fontWeight', 'boxShadow']
                    .map(property => getComputedStyle(element)[property]));
                return other && look(other) === look(it);
            })
            .map(it => it.outerHTML.slice(0, 120))",
    )?;
    page.force_colors(false)?;
    page.wait_for("!matchMedia('(forced-colors: active)').matches")?;
    ensure!(alike.as_array().is_some_and(Vec::is_empty), "{name}, in few colours: {alike}");
    Ok(())
}

/// Nothing has to be scrolled to sideways, except in what scrolls by itself.
fn is_no_wider(page: &Page) -> Result<()> {
    page.wait_for("document.documentElement.scrollWidth <= innerWidth").map(drop)
}
