//! The main task of each of three people, by keyboard alone, in as few steps as are promised: an end user has
//! the message for the group owner, a group owner comes from GitLab's page to the list of who cannot sign in,
//! an engineer has the XML of a message.
//!
//! A step is what a person decides to do: to open Samlight, or to press what has the focus. The way of the
//! focus there is bounded, too. The sign-in itself is the person's own.

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::POPUP;
use samlight_tests::lab::with_other_case;
use serde_json::json;

use crate::sign_in::owner_then_member_in_other_case;
use crate::stage::{Desk, Stage, keep_picture};
use crate::verdicts::{ALL, all, focus_before_bar};

/// The most that the focus has to be moved before a step.
const MOVES: usize = 4;

pub(crate) fn by_keyboard_in_few_steps(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
    })?;
    owner_then_member_in_other_case(browser, &desk, &state)?;
    let steps = copies_the_message(&desk).context("the end user")?;
    ensure!(steps <= 2, "the end user takes {steps} steps");
    let steps = reads_the_xml(&desk).context("the engineer")?;
    ensure!(steps <= 2, "the engineer takes {steps} steps");
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    let steps = lists_who_cannot_sign_in(&desk).context("the group owner")?;
    ensure!(steps <= 1, "the group owner takes {steps} steps");
    let steps = opens_a_panel_where_there_is_none(&desk).context("the group owner without a panel")?;
    ensure!(steps <= 1, "the group owner without a panel takes {steps} steps");
    Ok(())
}

/// The steps of a person in a page.
struct Steps<'p> {
    page: &'p Page,
    count: usize,
}

impl Steps<'_> {
    /// Moves the focus to the first of `selector`, and presses it.
    fn press(&mut self, selector: &str) -> Result<()> {
        let has_it = format!("!!document.activeElement?.matches({})", json!(selector));
        for moves in 0..=MOVES {
            if self.page.evaluate(&has_it)? == true {
                self.count += 1;
                println!("{selector}: step {}, after {moves} moves of the focus", self.count);
                return self.page.press("Enter");
            }
            self.page.press("Tab")?;
        }
        anyhow::bail!("{MOVES} moves of the focus do not lead to {selector}")
    }

    /// Presses a key that works wherever the focus is.
    fn key(&mut self, key: &str) -> Result<()> {
        self.count += 1;
        self.page.press(key)
    }
}

/// Refused and signed in by password, they open Samlight and copy what they send.
fn copies_the_message(desk: &Desk) -> Result<usize> {
    let popup = desk.samlight.extension.open_popup(&desk.tab, POPUP)?;
    popup.wait_for_text("Copy message for your group owner")?;
    let mut steps = Steps { page: &popup, count: 1 };
    steps.press(".copy-message")?;
    popup.wait_for_text("Copied")?;
    let message = popup.clipboard()?;
    ensure!(message.contains("NameID sent: "), "{message}");
    let count = steps.count;
    popup.close()?;
    Ok(count)
}

fn reads_the_xml(desk: &Desk) -> Result<usize> {
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.wait_for("!!document.querySelector('.flow')")?;
    let mut steps = Steps { page: panel, count: 0 };
    steps.key("5")?;
    panel.wait_for("document.querySelector('.message[open] .octets pre')?.textContent.includes('<saml')")?;
    Ok(steps.count)
}

/// From the bar on GitLab's page to the list in the panel, which is open in a tab and is not opened twice.
fn lists_who_cannot_sign_in(desk: &Desk) -> Result<usize> {
    let tab = &desk.tab;
    let bar = all(tab, "Show who cannot sign in: ")?;
    let (_, offered) = bar.split_once("Show who cannot sign in: ").context("the button")?;
    let count: usize = offered.split_whitespace().next().context("a number")?.parse()?;
    ensure!(count > 0, "{bar}");
    tab.to_front()?;
    focus_before_bar(tab)?;
    let mut steps = Steps { page: tab, count: 0 };
    steps.press(ALL)?;
    let panel = &desk.samlight.panel;
    panel.wait_for(
        "[...document.querySelectorAll('.class-filters [aria-pressed=true]')].map(it => it.textContent).join()
            .includes('Cannot sign in')",
    )?;
    panel.wait_for("location.hash === '' && document.visibilityState === 'visible'")?;
    panel.wait_for(&format!("document.querySelectorAll('.grid-body > [role=row]').length === {count}"))?;
    let panels = panel.evaluate(
        "chrome.tabs.query({ url: chrome.runtime.getURL('panel/index.html*') }).then(tabs => tabs.length)",
    )?;
    ensure!(panels == 1, "{panels} panels");
    keep_picture(panel, "opened-from-the-bar")?;
    Ok(steps.count)
}

/// The same button opens a panel where none is open, in a tab in front, which shows the same list.
fn opens_a_panel_where_there_is_none(desk: &Desk) -> Result<usize> {
    let (tab, other) = (&desk.tab, &desk.samlight.panel);
    other.navigate(&desk.samlight.extension.url("panel/index.html?view=welcome"))?;
    other.wait_for("!!document.querySelector('.welcome-actions')")?;
    tab.to_front()?;
    focus_before_bar(tab)?;
    let mut steps = Steps { page: tab, count: 0 };
    steps.press(ALL)?;
    other.wait_for(
        "(panels => panels.length === 1 && panels[0].visibilityState === 'visible' &&
            panels[0].querySelector('.class-filters [aria-pressed=true]')?.textContent.includes('Cannot sign in') &&
            panels[0].querySelectorAll('.grid-body > [role=row]').length > 0)(
            chrome.extension.getViews({ type: 'tab' }).filter(view => view.location.search === '?view=tab')
                .map(view => view.document))",
    )?;
    Ok(steps.count)
}
