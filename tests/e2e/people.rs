//! The identity provider's list of people beside a group of 250 in the panel: taken from a file and from a
//! pasted table, what it lets expect beside what was captured, in the table, in the member's part, in the
//! files and in the bar on GitLab's page; a column that is corrected and taken back; a file that is none; put
//! away; and gone with the background part.

use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::lab::LabState;
use serde_json::Value;

use crate::{
    files::saved,
    group_panel::choose_first,
    looks::legible,
    stage::{Desk, Stage},
    verdicts::{MEMBERS, all},
};

/// Stored with an old value, without any identity, and not in the list.
const OLD: usize = 100;
const UNLINKED: usize = 101;
const MISSING: usize = 102;

pub(crate) const FILE: &str = ".group-people .file-choice input";
const COLUMNS: &str = "document.querySelector('[role=grid]').ariaColCount";

/// All members but one, and a stranger.
pub(crate) fn list(state: &LabState) -> String {
    let mut list = "displayName,mail,userPrincipalName,objectId\n".to_owned();
    for (_, user) in state.users.iter().enumerate().filter(|(at, _)| *at != MISSING) {
        // An own quotation mark would need another one.
        let name_id = user.name_id.replace('"', "\"\"");
        let _ =
            writeln!(list, "{},{},{}@corp.example.com,\"{name_id}\"", user.name, user.email, user.username);
    }
    list + "A Stranger,stranger@example.com,stranger@corp.example.com,0000-0000\n"
}

/// The owner's panel with the group, after the owner signed in by SAML: one sign-in shows the field.
pub(crate) fn opened(stage: &Stage, browser: &Browser) -> Result<(Desk, LabState)> {
    let (desk, state) = stage.desk(browser, |state| {
        state.grow(MEMBERS, fastrand::u64(..));
        let old = Some(format!("old-{}", state.users[OLD].name_id));
        (state.users[OLD].saml_extern_uid, state.users[OLD].scim_extern_uid) = (old.clone(), old);
        (state.users[UNLINKED].saml_extern_uid, state.users[UNLINKED].scim_extern_uid) = (None, None);
        // Of who has no identity GitLab shows the address where the group manages the account.
        state.users[UNLINKED].enterprise = true;
    })?;
    desk.sign_in_by_saml(&state, state.owner())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    all(&desk.tab, "250 users checked: ")?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.click(".group-toggle")?;
    panel.wait_for_text("250 users checked: ")?;
    panel.click(".group-people > summary")?;
    panel.wait_for_text("Nothing of it is stored or sent")?;
    Ok((desk, state))
}

/// Presses the filter of the members of whom the list says this, and waits until they alone are there.
pub(crate) fn filter(panel: &Page, words: &str) -> Result<()> {
    let words = Value::from(format!("{words}: "));
    let find = format!(
        "[...document.querySelectorAll('.expected-filter')].find(it => it.textContent.startsWith({words}))"
    );
    panel.wait_for(&format!("!!({find})"))?;
    panel.evaluate(&format!("({find}).click()"))?;
    panel.wait_for(&format!(
        "document.querySelector('[role=grid]').ariaRowCount === `${{Number(({find}).textContent.split(': ')[1]) + 1}}`"
    ))?;
    Ok(())
}

/// Chooses the option with this value, as a person does by keyboard or mouse.
pub(crate) fn choose_option(panel: &Page, field: &str, value: &str) -> Result<()> {
    let find = format!("document.querySelector('.people-fields [name={field}]')");
    panel.wait_for(&format!("!!({find})"))?;
    panel.evaluate(&format!(
        "(it => {{ it.focus(); it.value = '{value}'; it.dispatchEvent(new Event('change', {{ bubbles: true }})) }})({find})"
    ))?;
    Ok(())
}

fn member_says(panel: &Page, words: &str) -> Result<()> {
    panel.wait_for(&format!(
        "document.querySelector('.member').textContent.includes({})",
        Value::from(words)
    ))?;
    Ok(())
}

pub(crate) fn are_compared_with_the_group(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = opened(stage, browser)?;
    let panel = &desk.samlight.panel;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("people.csv");
    fs::write(&file, list(&state))?;

    panel.wait_for(&format!("{COLUMNS} === '6'"))?;
    panel.choose(FILE, &file)?;
    panel.wait_for_text("Compared with people.csv: 250 people.")?;
    panel.wait_for(&format!("{COLUMNS} === '7'"))?;
    panel.wait_for_text("The NameID is “objectId”: 1 of 1 recorded sign-ins sent this value.")?;
    panel.wait_for_text("Members are found in it by the e-mail address in “mail”.")?;
    panel.wait_for_text("members are stored with it, 1 with another value, ")?;
    // Columns with examples, and what each is taken for.
    panel.click(".people-columns > summary")?;
    panel.wait_for(&format!(
        "(it => it.includes('mail') && it.includes('E-mail address') && it.includes({}))(
            document.querySelectorAll('.people-columns li')[1].textContent)",
        Value::from(state.users[1].email.clone())
    ))?;
    legible(panel, "group-people")?;
    panel.click(".people-columns > summary")?;

    // Of whom nothing was captured: what is expected is there, and it is not called sent.
    filter(panel, "Not stored as expected")?;
    choose_first(panel)?;
    let old = &state.users[OLD];
    member_says(panel, "Not stored as expected")?;
    member_says(panel, &format!("expected “{}”, stored “old-{}”", old.name_id, old.name_id))?;
    panel.wait_for("document.querySelector('.member dl dd').textContent === 'none known'")?;
    panel.wait_for(
        "document.querySelector('.grid-expected .unseen').textContent === 'Not stored as expected'",
    )?;
    panel.evaluate("document.querySelector('.group-people').open = false")?;
    legible(panel, "group-people-member")?;
    panel.evaluate("document.querySelector('.group-people').open = true")?;
    panel.click(".group-all")?;
    filter(panel, "Expected, not linked")?;
    panel.wait_for_text(&state.users[UNLINKED].username)?;
    panel.click(".group-all")?;
    filter(panel, "Not in the list")?;
    panel.wait_for_text(&state.users[MISSING].username)?;
    panel.click(".group-all")?;
    // The bar on GitLab's page has it, too.
    desk.tab.to_front()?;
    all(&desk.tab, "250 users checked: ")?;
    panel.to_front()?;

    panel.click(".group-saving [type=checkbox]")?;
    let clear = saved(panel, "CSV")?;
    ensure!(clear.contains("name_id_expected") && clear.contains("sent 1/1"), "{clear}");
    ensure!(clear.contains("refused") && clear.contains("unlinked") && clear.contains("missing"), "{clear}");
    panel.click(".group-saving [type=checkbox]")?;

    // A wrong column is seen by its counts, and taken back.
    choose_option(panel, "name-id", "2")?;
    panel.wait_for_text("You say that the NameID is “userPrincipalName”. 0 of 1 recorded sign-ins")?;
    panel.wait_for("document.querySelector('.people-fields [name=name-id]').value === '2'")?;
    choose_option(panel, "shape", "2")?;
    panel.wait_for_text("You say that the NameID is the part of “userPrincipalName” before the @.")?;
    choose_option(panel, "name-id", "")?;
    panel.wait_for_text("The NameID is “objectId”: 1 of 1")?;
    panel.wait_for("document.activeElement.matches('[name=name-id]')")?;

    // A file that is none changes nothing.
    let none = folder.path().join("none.csv");
    fs::write(&none, "hello")?;
    panel.choose(FILE, &none)?;
    panel.wait_for(
        "document.querySelector('.people [role=alert]')?.textContent.includes('This is no list of people')",
    )?;
    panel.wait_for_text("Compared with people.csv: 250 people.")?;

    panel.click(".people-away")?;
    panel.wait_for(&format!("{COLUMNS} === '6'"))?;
    panel.wait_for(
        "!document.querySelector('.people-away') && document.activeElement.matches('[role=search] input')",
    )?;
    let words = panel.evaluate("document.querySelector('.people').textContent")?;
    ensure!(!words.as_str().context("no words")?.contains("The list of people is gone"), "{words}");
    Ok(())
}

/// A pasted table; and nothing of it outlives the background part, nor was it ever stored.
pub(crate) fn are_pasted_and_gone_with_the_worker(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = opened(stage, browser)?;
    let panel = &desk.samlight.panel;
    panel.click(".people-paste > summary")?;
    let table = Value::from(list(&state).replace(',', "\t"));
    panel.evaluate(&format!(
        "(it => {{ it.value = {table}; it.dispatchEvent(new Event('input', {{ bubbles: true }})) }})(
            document.querySelector('.people-paste textarea'))"
    ))?;
    panel.click(".people-paste button")?;
    panel.wait_for_text("members are stored with it, 1 with another value, ")?;
    panel.wait_for("document.querySelector('.people-paste textarea').value === ''")?;
    let stored = serde_json::to_string(&desk.samlight.events()?)?;
    let kept = panel.evaluate("chrome.storage.session.get().then(it => JSON.stringify(it))")?;
    for text in [&stored, &kept.to_string()] {
        ensure!(!text.contains("corp.example.com"), "something of the list was stored");
    }
    desk.samlight.extension.stop_worker()?;
    choose_first(panel)?;
    panel.wait_for_text("The list of people is gone: the browser stopped")?;
    panel.wait_for(&format!("{COLUMNS} === '6'"))?;
    Ok(())
}
