//! On the group's SAML SSO settings page each row is marked, in both generations of the page.

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::NOTE;
use samlight_tests::lab::{Generation, LabState, with_other_case};
use samlight_tests::wait::until;

use crate::stage::{Desk, Stage};

/// 18.x: three columns.
pub(crate) fn three_columns(stage: &Stage, browser: &Browser) -> Result<()> {
    marked(stage, browser, Generation::Current)
}

/// Older: two columns.
pub(crate) fn two_columns(stage: &Stage, browser: &Browser) -> Result<()> {
    marked(stage, browser, Generation::Older)
}

fn marked(stage: &Stage, browser: &Browser, generation: Generation) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        state.generation = generation;
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
    })?;
    // One member's sign-in is refused, the owner's own succeeds.
    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("There is already a GitLab account")?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(&state, state.owner())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    // The words of each row are marked without the others; the verdicts of the whole group, which would
    // follow, wait.
    let held = stage.front.hold(&format!("/api/v4/groups/{}/members", state.group.path));
    desk.tab.navigate(&format!("https://gitlab.com/groups/{}/-/saml", state.group.path))?;
    wait_for_rows(&desk.tab, 10)?;

    for page in 1..=2 {
        rows_are_marked(&desk, &state, generation).with_context(|| format!("page {page}"))?;
        next_page(&desk.tab)?;
    }
    rows_are_marked(&desk, &state, generation).context("page 3")?;
    drop(held);
    notes_change_with_their_row(&desk.tab)
}

/// Every row has its notes, each with what this row says.
fn rows_are_marked(desk: &Desk, state: &LabState, generation: Generation) -> Result<()> {
    until("every row to be marked as it says", || {
        let rows = rows(&desk.tab)?;
        // Beside the settings above the table stand notes, too.
        let notes = desk.tab.shadow_texts(&format!("tbody {NOTE}"))?;
        let per_row = if generation == Generation::Current { 2 } else { 1 };
        ensure!(notes.len() == rows.len() * per_row, "{} notes on {} rows", notes.len(), rows.len());
        for (row, notes) in rows.iter().zip(notes.chunks(per_row)) {
            let user = state.users.iter().find(|user| user.username == *row).context("a row of nobody")?;
            let expected = if user.id == state.member().id {
                "Differs in case"
            } else if user.owner {
                "Match"
            } else {
                "No sign-in seen"
            };
            ensure!(notes[0].starts_with(expected), "{row}: {:?}, expected {expected:?}", notes[0]);
            if let Some(scim) = notes.get(1) {
                let expected = match (&user.scim_extern_uid, &user.saml_extern_uid) {
                    (None, _) => "No SCIM identifier",
                    (Some(scim), Some(saml)) if scim == saml => "Match",
                    (Some(_), _) => "Different",
                };
                ensure!(scim.starts_with(expected), "{row}: {scim:?}, expected {expected:?}");
            }
        }
        Ok(())
    })
}

/// GitLab reuses row elements for other users. A note must never stand beside a text that it was not made
/// for, not even until the next task.
fn notes_change_with_their_row(tab: &Page) -> Result<()> {
    let stale = tab.evaluate(
        "(async () => {
            const rows = [...document.querySelectorAll('tbody tr')];
            const [text, user] = [rows[0].cells[1].querySelector('span'), rows[1].querySelector('a.js-user-link')];
            const notes = () => rows.slice(0, 2).map(row => row.cells[1].querySelectorAll('samlight-note').length);
            const before = notes();
            text.textContent = 'another value';
            user.dataset.userId = '999999';
            await null; // the turn's microtasks: observers have run, no task has
            return [before, notes()];
        })()",
    )?;
    assert_eq!(stale, serde_json::json!([[1, 1], [0, 0]]));
    // Both rows are judged anew.
    until("notes for what the rows say now", || {
        let notes = tab.shadow_texts(&format!("tbody tr:nth-child(-n+2) td:nth-child(2) {NOTE}"))?;
        ensure!(notes.len() == 2, "{notes:?}");
        Ok(())
    })
}

/// The user names in the members table, as it stands.
pub(crate) fn rows(tab: &Page) -> Result<Vec<String>> {
    let names = tab.evaluate(
        "[...document.querySelectorAll('tbody a.js-user-link')].map(link => link.dataset.username)",
    )?;
    Ok(serde_json::from_value(names)?)
}

fn wait_for_rows(tab: &Page, count: usize) -> Result<()> {
    tab.wait_for(&format!("document.querySelectorAll('tbody a.js-user-link').length === {count}"))?;
    Ok(())
}

fn next_page(tab: &Page) -> Result<()> {
    let before = rows(tab)?;
    tab.click(".js-next-button button")?;
    until("the next page of the table", || {
        let now = rows(tab)?;
        ensure!(!now.is_empty() && now != before, "still {now:?}");
        Ok(())
    })
}
