//! A group of 250 members in which every verdict is: each is counted on the settings page and in the panel,
//! each is marked in its member's row, on the settings page or, for who is not linked, on the members page.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use samlight::group::member_verdict::MemberVerdict;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::NOTE;
use samlight_tests::lab::{LabState, LabUser, Marks, Posed, pose};
use samlight_tests::wait::until;
use serde_json::{Map, Value};

use crate::{
    settings::rows,
    stage::{Desk, Stage, keep_picture},
};

pub(crate) const MEMBERS: usize = 250;

/// The note on all members, at the top of the column that has their table.
pub(crate) const ALL: &str = "#content-body > section.row:last-of-type > div > samlight-note";

/// The owner on the settings page of a group with every verdict in it, after all was read.
pub(crate) fn opened(stage: &Stage, browser: &Browser) -> Result<(Desk, LabState, Vec<Posed>)> {
    let mut posed = Vec::new();
    let (desk, state) = stage.desk(browser, |state| {
        state.grow(MEMBERS, fastrand::u64(..));
        posed = pose(state);
    })?;
    capture(&desk, &posed)?;
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    all(&desk.tab, "250 users checked: ")?;
    Ok((desk, state, posed))
}

/// Their sign-ins, as if they had been recorded earlier: the worker finds them when it starts again.
fn capture(desk: &Desk, posed: &[Posed]) -> Result<()> {
    let events: Map<String, Value> = posed
        .iter()
        .flat_map(|posed| posed.events.clone())
        .map(|event| (format!("event {}", event["id"].as_str().unwrap_or_default()), event))
        .collect();
    let count = posed.iter().filter(|posed| !posed.events.is_empty()).count();
    desk.samlight.panel.evaluate(&format!("chrome.storage.session.set({})", Value::from(events)))?;
    desk.samlight.extension.stop_worker()?;
    until("all sign-ins in the trace", || {
        let total = desk.samlight.overview()?.total;
        ensure!(total == count, "{total} are, of {count}");
        Ok(())
    })
}

/// Waits for the note on all members to have these words, and gives all of its text.
pub(crate) fn all(tab: &Page, words: &str) -> Result<String> {
    until(words, || {
        let notes = tab.shadow_texts(ALL)?;
        let all = notes.into_iter().find(|text| text.starts_with("Whole group"));
        let all = all.context("no note on the group")?;
        ensure!(all.contains(words), "{all}");
        Ok(all)
    })
}

fn word(standing: MemberVerdict) -> String {
    (standing.kind().word)().to_string()
}

/// The number of members with each verdict: those who are posed; all others agree.
pub(crate) fn expected(posed: &[Posed]) -> BTreeMap<MemberVerdict, usize> {
    let mut counts = BTreeMap::from([(MemberVerdict::Agree, MEMBERS - posed.len())]);
    for posed in posed {
        *counts.entry(posed.pose.standing).or_default() += 1;
    }
    counts
}

pub(crate) fn are_counted_and_marked(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state, posed) = opened(stage, browser)?;
    let bar = all(&desk.tab, "250 users checked: ")?;
    for (standing, count) in expected(&posed) {
        let label = format!("{}: {count}", word(standing));
        ensure!(bar.contains(&label), "{label} is not in {bar}");
    }
    choices_are_filters(&desk.tab, &posed)?;
    keep_picture(&desk.tab, "whole-group")?;
    let mut unseen: Vec<&Posed> = posed.iter().filter(|posed| posed.pose.marks != Marks::NotListed).collect();
    while !unseen.is_empty() {
        let rows = rows(&desk.tab)?;
        let (here, others): (Vec<_>, Vec<_>) =
            unseen.into_iter().partition(|posed| rows.contains(&posed.user.username));
        for posed in here {
            // The word of the bar and of the panel.
            is_marked(&desk.tab, &posed.user, 2, &word(posed.pose.standing))?;
            match posed.pose.marks {
                Marks::And(scim) => is_marked(&desk.tab, &posed.user, 3, scim)?,
                _ => is_not_marked(&desk.tab, &posed.user, 3)?,
            }
        }
        unseen = others;
        if !unseen.is_empty() {
            next_page(&desk.tab, &rows)?;
        }
    }
    // A member who is not linked is not in that table.
    desk.tab.navigate(&format!("{}/groups/{}/-/group_members", desk.gitlab, state.group.path))?;
    for posed in posed.iter().filter(|posed| posed.pose.marks == Marks::NotListed) {
        let notes = format!("tr:has(a[data-username='{}']) {NOTE}", posed.user.username);
        starts(&desk.tab, &notes, &word(posed.pose.standing))?;
    }
    Ok(())
}

/// Moves the focus to the last element before the bar that can have it.
pub(crate) fn focus_before_bar(tab: &Page) -> Result<()> {
    tab.evaluate(&format!(
        "(note => [...document.querySelectorAll('a[href], :is(button, input):not(:disabled, [type=hidden])')].filter(
            it => it.checkVisibility() && it.compareDocumentPosition(note) & Node.DOCUMENT_POSITION_FOLLOWING)
            .at(-1).focus())(document.querySelector('{ALL}'))"
    ))
    .map(drop)
}

/// By keyboard: the first choice is the worst verdict, lists who has it and dims the rows of all others, on
/// each page of the table; pressed again, nobody.
fn choices_are_filters(tab: &Page, posed: &[Posed]) -> Result<()> {
    let wrong = posed.iter().find(|posed| posed.pose.standing == MemberVerdict::WrongAccount);
    let wrong = format!("(@{}): ", wrong.context("somebody reaches a wrong account")?.user.username);
    tab.to_front()?;
    focus_before_bar(tab)?;
    // The first button opens the panel, the second hides the marks.
    for _ in 0..3 {
        tab.press("Tab")?;
    }
    tab.press("Enter")?;
    all(tab, &wrong)?;
    are_dimmed_but(tab, posed, Some(MemberVerdict::WrongAccount))?;
    // Without the mouse, so that the focus stays where it is.
    for button in [".js-next-button button", ".js-previous-button button"] {
        let before = rows(tab)?;
        tab.evaluate(&format!("document.querySelector('{button}').click()"))?;
        until("another page of the table", || {
            ensure!(rows(tab)? != before, "still {before:?}");
            Ok(())
        })?;
        are_dimmed_but(tab, posed, Some(MemberVerdict::WrongAccount))?;
    }
    all(tab, &wrong)?;
    tab.press("Enter")?;
    are_dimmed_but(tab, posed, None)?;
    until("the list to be gone", || {
        let notes = tab.shadow_texts(ALL)?;
        ensure!(!notes.is_empty() && notes.iter().all(|text| !text.contains(&wrong)), "{notes:?}");
        Ok(())
    })
}

/// Waits until of the table's rows those are dimmed, and no others, whose members have another verdict than
/// this one.
fn are_dimmed_but(tab: &Page, posed: &[Posed], pressed: Option<MemberVerdict>) -> Result<()> {
    until("the rows to be dimmed", || {
        let shown = tab.evaluate(
            "[...document.querySelectorAll('tbody tr')].map(row => [row.querySelector('a').dataset.username,
                getComputedStyle(row).opacity < 1, row.getAttribute('style')])",
        )?;
        let shown: Vec<(String, bool, Option<String>)> = serde_json::from_value(shown)?;
        let standing = |username: &str| {
            let found = posed.iter().find(|posed| posed.user.username == username);
            found.map_or(MemberVerdict::Agree, |posed| posed.pose.standing)
        };
        let is_right = |(username, is_dimmed, style): &(String, bool, Option<String>)| {
            *is_dimmed == pressed.is_some_and(|pressed| standing(username) != pressed) && style.is_none()
        };
        ensure!(shown.len() == 10 && shown.iter().all(is_right), "{pressed:?}: {shown:?}");
        Ok(())
    })
}

fn is_marked(tab: &Page, user: &LabUser, column: usize, word: &str) -> Result<()> {
    let cell = format!("tbody tr:has(a[data-username='{}']) td:nth-child({column}) {NOTE}", user.username);
    starts(tab, &cell, word)
}

fn is_not_marked(tab: &Page, user: &LabUser, column: usize) -> Result<()> {
    let cell = format!("tbody tr:has(a[data-username='{}']) td:nth-child({column}) {NOTE}", user.username);
    let texts = tab.shadow_texts(&cell)?;
    ensure!(texts.is_empty(), "{cell}: {texts:?}");
    Ok(())
}

/// Waits for one note there, with this word first.
fn starts(tab: &Page, notes: &str, word: &str) -> Result<()> {
    until(word, || {
        let texts = tab.shadow_texts(notes)?;
        ensure!(texts.len() == 1 && texts[0].starts_with(word), "{notes}: {texts:?}");
        Ok(())
    })
}

fn next_page(tab: &Page, before: &[String]) -> Result<()> {
    tab.click(".js-next-button button")?;
    until("the next page of the table", || {
        let now = rows(tab)?;
        ensure!(!now.is_empty() && now != before, "still {now:?}");
        Ok(())
    })
}
