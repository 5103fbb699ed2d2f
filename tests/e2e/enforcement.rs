//! A group that enforces SSO, and one that has switched off passwords for its enterprise users as well: the
//! settings page says so, and what every place advises follows it (gitlab-facts 1.1, G12, row R60).
//!
//! To enforce SSO takes nobody's password away: a member who is not linked signs in to GitLab with it, and
//! then links the account. So who may be advised to use one is told by the other checkbox.

use anyhow::{Result, ensure};
use samlight::calls::protocol::{GroupCall, OwnReply};
use samlight_tests::browser::Browser;
use samlight_tests::installed::{NOTE, POPUP};
use samlight_tests::lab::{LabState, LabUser, with_other_case};
use samlight_tests::wait::until;

use crate::{
    settings::rows,
    stage::{Desk, Stage, keep_picture},
    verdicts::all,
};

/// The two checkboxes: SSO is enforced, passwords are switched off.
const SETTINGS: [(bool, bool); 3] = [(false, false), (true, false), (true, true)];

pub(crate) fn is_read_and_followed(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    for (enforced, off) in SETTINGS {
        desk.forget_sessions(browser)?;
        desk.samlight.clear()?;
        let state = stage.new_identities(|state| {
            state.saml_provider.enforced_sso = enforced;
            state.saml_provider.passwords_off = off;
            let user = state.member_mut();
            user.name_id = with_other_case(&user.name_id);
            user.scim_active = false;
            state.users[2].saml_extern_uid = None;
        })?;
        let said = said_everywhere(&desk, browser, &state)?;
        let taking: Vec<_> = said.iter().filter(|(_, text)| takes_password(text)).collect();
        ensure!(off == taking.is_empty(), "enforced {enforced}, passwords off {off}: {taking:#?}");
        let is_told = |at: &str| said.iter().any(|(it, text)| *it == at && text.contains("enforces SSO"));
        for at in ["members page", "Admin area", "table"] {
            ensure!(is_told(at) == enforced, "enforced {enforced}, {at}: {said:#?}");
        }
        ensure!(
            off == said.iter().any(|(at, text)| *at == "page" && text.contains("switched off passwords")),
            "passwords off {off}: {said:#?}"
        );
    }
    Ok(())
}

/// Whether it is advice that takes a password; that the group has switched passwords off is none.
fn takes_password(text: &str) -> bool {
    let off = "his group has switched off passwords for its enterprise users";
    text.replace(off, "").to_lowercase().contains("password")
}

/// All that is said of two sign-ins that were refused, by place: one of a NameID that differs in case from
/// the stored one, one of a member who is not linked.
fn said_everywhere(desk: &Desk, browser: &Browser, state: &LabState) -> Result<Vec<(&'static str, String)>> {
    let mut said = Vec::new();
    open_settings(desk, state)?;
    for user in [state.member(), &state.users[2]] {
        desk.forget_sessions(browser)?;
        said.extend(said_of(desk, state, user)?);
    }
    desk.forget_sessions(browser)?;
    open_settings(desk, state)?;
    said.push(("settings page", desk.tab.shadow_texts(NOTE)?.join("\n")));
    let member = state.member();
    desk.tab.navigate(&format!("{}/groups/{}/-/group_members", desk.gitlab, state.group.path))?;
    said.push(("members page", notes(desk, "SCIM inactive, not linked")?));
    desk.tab.navigate(&format!("{}/admin/users/{}/identities", desk.gitlab, member.username))?;
    said.push(("Admin area", notes(desk, "Inactive")?));
    let table = desk.samlight.group(&GroupCall::View(samlight::group::table::Query::default()))?;
    ensure!(matches!(&table, OwnReply::Group(Some(_))), "no table: {table:?}");
    said.push(("table", serde_json::to_string(&table)?));
    Ok(said)
}

/// The owner's settings page, once the whole group is read.
fn open_settings(desk: &Desk, state: &LabState) -> Result<()> {
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    all(&desk.tab, &format!("{} users checked: ", LabState::USERS))?;
    until("rows", || {
        ensure!(!rows(&desk.tab)?.is_empty(), "the table has none yet");
        Ok(())
    })
}

/// The texts of the notes on the page, once one of them begins with `word`.
fn notes(desk: &Desk, word: &str) -> Result<String> {
    until(word, || {
        let notes = desk.tab.shadow_texts(NOTE)?;
        ensure!(notes.iter().any(|note| note.starts_with(word)), "{notes:?}");
        Ok(notes.join("\n"))
    })
}

/// A refused sign-in, as GitLab's page, view, message to the owner, popup and panel tell it.
fn said_of(desk: &Desk, state: &LabState, user: &LabUser) -> Result<Vec<(&'static str, String)>> {
    desk.sign_in_by_saml(state, user)?;
    desk.tab.wait_for_text("There is already a GitLab account")?;
    let page = notes(desk, "What it means")?;
    keep_picture(&desk.tab, "enforcement")?;
    let view = desk.samlight.newest()?;
    let owner = view.for_owner.as_ref().map(|message| message.text.clone()).unwrap_or_default();
    ensure!(!owner.is_empty(), "no message to the owner: {view:?}");
    let panel = &desk.samlight.panel;
    panel.wait_for_text(&view.verdict.text)?;
    let popup = desk.samlight.extension.open_popup(&desk.tab, POPUP)?;
    popup.wait_for_text(&desk.samlight.overview()?.headline.text)?;
    let of_popup = popup.text()?;
    popup.close()?;
    Ok(vec![
        ("page", page),
        ("view", serde_json::to_string(&(&view.verdict, &view.steps, &view.findings, &view.self_check))?),
        ("message to the owner", owner),
        ("popup", of_popup),
        ("panel", panel.text()?),
        ("panel's other parts", panel.evaluate("document.querySelector('.flow').textContent")?.to_string()),
    ])
}
