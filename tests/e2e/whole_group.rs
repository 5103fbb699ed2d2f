//! An owner opens the settings page of a group of 250 members: the whole group is read and counted, GitLab's
//! "too many requests" in the middle is waited for, a session that ends in the middle stops it until the page
//! is opened again, a worker that is stopped reads on, a large group is not read again each time the worker
//! stops, and the rows that are visible are marked. Then one member is repaired: refused by the core, refused
//! by GitLab, accepted. GitLab takes the change in the page's session, with its CSRF token, from its own
//! origin.

use anyhow::{Context, Result, bail, ensure};
use samlight::{
    calls::protocol::{GroupCall, OwnReply},
    group::{
        change::Confirmed,
        members::Identity,
        repair::{Offer, RepairPlan},
        table::Query,
    },
};
use samlight_tests::browser::Browser;
use samlight_tests::installed::NOTE;
use samlight_tests::lab::LabState;
use samlight_tests::wait::until;

use crate::{
    stage::{Desk, Stage},
    verdicts::ALL,
};

const MEMBERS: usize = 250;
/// Eight pages of members, as many of users, and six other answers.
const LARGE: usize = 800;

pub(crate) fn is_read_and_counted(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = opened(stage, browser, (2, 429))?;
    all_says(&desk, "250 users checked: ")?;
    was_interrupted(stage)?;
    until("every row to be marked", || {
        let rows = desk.tab.evaluate("document.querySelectorAll('tbody tr').length")?;
        let notes = desk.tab.shadow_texts(&format!("tbody td:nth-child(2) {NOTE}"))?;
        ensure!(rows == 10 && notes.len() == 10, "{} notes on {rows} rows", notes.len());
        Ok(())
    })
}

pub(crate) fn an_ended_session_stops_it(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = opened(stage, browser, (3, 401))?;
    all_says(&desk, "You are signed out of GitLab.")?;
    was_interrupted(stage)?;
    desk.tab.leave("location.reload()")?;
    all_says(&desk, "250 users checked: ")
}

pub(crate) fn a_stopped_worker_reads_on(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = opened(stage, browser, (3, 429))?;
    // It waits until GitLab may be asked again.
    until("the check to be interrupted", || was_interrupted(stage))?;
    desk.samlight.extension.stop_worker()?;
    all_says(&desk, "250 users checked: ")
}

/// Of more than 20 pages: what the browser lost with its worker is not read again by a page that was open all
/// the time.
pub(crate) fn a_large_one_is_read_again_when_asked(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| state.grow(LARGE, fastrand::u64(..)))?;
    desk.sign_in_by_password(state.owner())?;
    let pages = format!("/api/v4/groups/{}/members?per_page=100&", state.group.path);
    let reads = || stage.front.requests().iter().filter(|it| it.target.starts_with(&pages)).count();
    desk.tab.navigate(&format!("https://gitlab.com/groups/{}/-/saml", state.group.path))?;
    let counted = format!("{LARGE} users checked: ");
    all_says(&desk, &counted)?;
    let before = reads();
    desk.samlight.extension.stop_worker()?;
    // The next thing that happens wakes it, and is told to the page.
    for command in ["pause", "resume"] {
        let message = serde_json::json!({ "to": "recorder", "command": command });
        desk.samlight.panel.evaluate(&format!("chrome.runtime.sendMessage({message})"))?;
    }
    all_says(&desk, "but then the browser stopped Samlight's background part")?;
    ensure!(reads() == before, "{} pages of members were read again", reads() - before);
    desk.tab.leave("location.reload()")?;
    all_says(&desk, &counted)?;
    ensure!(reads() == 2 * before, "{before} pages of members, then {}", reads() - before);
    Ok(())
}

/// The repair of one member: what the panel asks for, one after the other, and what GitLab has stored after
/// each.
pub(crate) fn one_member_is_repaired(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = opened(stage, browser, (2, 429))?;
    all_says(&desk, "250 users checked: ")?;
    let (member, identity) = (state.member(), Identity::Saml);
    let old = member.saml_extern_uid.clone().context("the member is linked")?;
    let new = member.name_id.clone();

    // Of somebody else nothing was captured.
    let other = &state.users[2];
    let plan = plan_for(&desk, other.id)?;
    ensure!(matches!(plan.offer, Offer::Refused { .. }) && plan.command.is_none(), "{plan:?}");
    let forged =
        Confirmed { user: other.id, identity, old: old.clone(), new: new.clone(), consents: Vec::new() };
    let reply = desk.samlight.group(&GroupCall::Confirm(forged))?;
    ensure!(matches!(reply, OwnReply::Refused(_)), "{reply:?}");

    let plan = plan_for(&desk, member.id)?;
    let Offer::Change { consents } = plan.offer.clone() else { bail!("{plan:?}") };
    ensure!(plan.current == Some(old.clone()) && plan.wanted == Some(new.clone()), "{plan:?}");
    let yes = GroupCall::Confirm(Confirmed {
        user: member.id,
        identity,
        old: old.clone(),
        new: new.clone(),
        consents,
    });
    // In the meantime somebody else got the value.
    let mut taken = state.clone();
    taken.users[5].saml_extern_uid = Some(new.to_uppercase());
    stage.lab.set_state(&taken)?;
    confirm(&desk, &yes)?;
    says(&desk, &format!("Nothing was changed: GitLab still has “{old}”"))?;
    ensure!(stage.lab.saml_extern_uid(member.id)? == Some(old.clone()), "GitLab has changed it");

    stage.lab.set_state(&state)?;
    confirm(&desk, &yes)?;
    says(&desk, &format!("is “{new}”"))?;
    ensure!(stage.lab.saml_extern_uid(member.id)? == Some(new), "GitLab has not changed it");
    let events = serde_json::to_string(&desk.samlight.events()?)?;
    ensure!(!events.contains(&state.users[100].name_id), "of the group something was stored");
    Ok(())
}

fn plan_for(desk: &Desk, user: u64) -> Result<RepairPlan> {
    match desk.samlight.group(&GroupCall::Repair { user, identity: Identity::Saml })? {
        OwnReply::Repair(Some(plan)) => Ok(*plan),
        other => bail!("{other:?}"),
    }
}

fn confirm(desk: &Desk, yes: &GroupCall) -> Result<()> {
    let reply = desk.samlight.group(yes)?;
    ensure!(matches!(reply, OwnReply::Group(Some(_))), "{reply:?}");
    Ok(())
}

/// Waits for what is said of the last change.
fn says(desk: &Desk, words: &str) -> Result<()> {
    until(words, || {
        let OwnReply::Group(Some(view)) = desk.samlight.group(&GroupCall::View(Query::default()))? else {
            bail!("no group is checked")
        };
        let said = view.changed.context("nothing is said yet")?;
        ensure!(said.text.contains(words), "{said:?}");
        Ok(())
    })
}

/// The owner on the settings page of a large group, whose API refuses a page of members once. One member's
/// sign-in was refused before, the owner's succeeded.
fn opened(stage: &Stage, browser: &Browser, interrupt: (u32, u16)) -> Result<(Desk, LabState)> {
    let (desk, state) = stage.desk(browser, |state| {
        state.grow(MEMBERS, fastrand::u64(..));
        state.interrupt = Some(interrupt);
        let user = state.member_mut();
        user.name_id = format!("{}-new", user.name_id);
    })?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("There is already a GitLab account")?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(&state, state.owner())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    desk.tab.navigate(&format!("https://gitlab.com/groups/{}/-/saml", state.group.path))?;
    Ok((desk, state))
}

/// Waits for a note on all members, above their table, with these words.
fn all_says(desk: &Desk, words: &str) -> Result<()> {
    until(words, || {
        let notes = desk.tab.shadow_texts(ALL)?;
        let all = notes.iter().find(|text| text.starts_with("Whole group"));
        ensure!(all.is_some_and(|all| all.contains(words)), "{notes:?}");
        Ok(())
    })
}

/// Whether GitLab did refuse a page of members.
fn was_interrupted(stage: &Stage) -> Result<()> {
    let file = stage.lab.state_file();
    let state: serde_json::Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    let mark = file.with_file_name(format!("interrupted-{}", state["revision"]));
    ensure!(mark.exists(), "GitLab refused nothing: {}", mark.display());
    Ok(())
}
