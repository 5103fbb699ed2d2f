//! GitLab's words on the page after a sign-in, as a message or on an error page: they narrow what may have
//! happened, and are explained where they stand. For each way in which a sign-in ends (`endings.rs`) every
//! place says the same: GitLab's page, list, view, popup, message to the owner, and the rows and counts that
//! the owner sees then.

use anyhow::{Context, Result, ensure};
use samlight::{base::severity::Severity, view::FlowView};
use samlight_tests::browser::Browser;
use samlight_tests::installed::{NOTE, POPUP};
use samlight_tests::lab::{LabState, LabUser};
use samlight_tests::wait::until;

use crate::{
    endings::{Ending, OF_GROUP, OF_INSTANCE, Who},
    endings_of_account::OF_ACCOUNT,
    settings::rows,
    stage::{Desk, Stage, keep_picture},
    verdicts::all,
};

/// Of a group.
pub(crate) fn narrowed_by_the_page(stage: &Stage, browser: &Browser) -> Result<()> {
    end(stage, browser, OF_GROUP)
}

/// Of an account that was found and may not sign in.
pub(crate) fn of_an_account(stage: &Stage, browser: &Browser) -> Result<()> {
    end(stage, browser, OF_ACCOUNT)
}

/// Of SAML of the whole GitLab.
pub(crate) fn of_an_instance(stage: &Stage, browser: &Browser) -> Result<()> {
    end(stage, browser, OF_INSTANCE)
}

/// Each of them in a session of its own, in one browser.
fn end(stage: &Stage, browser: &Browser, endings: &[Ending]) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    let mut wrong = Vec::new();
    for ending in endings {
        if let Err(error) = everywhere(stage, browser, &desk, ending) {
            wrong.push(format!("{}: {error:#}", ending.name));
        }
    }
    ensure!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), endings.len(), wrong.join("\n"));
    Ok(())
}

fn everywhere(stage: &Stage, browser: &Browser, desk: &Desk, ending: &Ending) -> Result<()> {
    desk.forget_sessions(browser)?;
    desk.samlight.clear()?;
    let state = stage.new_identities(ending.change)?;
    ends(desk, &state, ending)?;
    if let Some(word) = ending.in_group {
        desk.forget_sessions(browser)?;
        group_agrees(desk, &state, ending.who.of(&state), word)?;
    }
    if let Some(word) = ending.in_admin {
        desk.forget_sessions(browser)?;
        administrator_agrees(desk, &state, word)?;
    }
    Ok(())
}

impl Who {
    fn of(self, state: &LabState) -> &LabUser {
        match self {
            Who::Member => state.member(),
            Who::Owner => state.owner(),
        }
    }
}

fn ends(desk: &Desk, state: &LabState, ending: &Ending) -> Result<()> {
    (ending.tries)(desk, state)?;
    desk.tab.wait_for_text(ending.said)?;
    until("the outcomes", || {
        let flow = desk.samlight.newest()?;
        let outcome = flow.outcome.as_ref().context("no outcome yet")?.text.clone();
        let named = ending.outcomes.iter().all(|words| outcome.contains(words));
        let count = 1 + outcome.matches(" Or: ").count();
        ensure!(named && count == ending.outcomes.len(), "{outcome}");
        Ok(())
    })?;
    page_agrees(desk, ending)?;
    keep_picture(&desk.tab, &format!("outcome-{}", ending.name)).map(drop)?;
    until("the places to agree", || places_agree(desk, ending, &desk.samlight.newest()?))
}

/// The note at GitLab's message is the verdict with its steps, as the view has them.
fn page_agrees(desk: &Desk, ending: &Ending) -> Result<()> {
    if ending.explained.is_empty() {
        return Ok(());
    }
    until("the verdict beside GitLab's message", || {
        let view = desk.samlight.newest()?;
        let steps = view.steps.iter().map(|step| step.text.as_str());
        let said = std::iter::once(view.verdict.text.as_str()).chain(steps).collect::<Vec<_>>().join(" ");
        let notes = desk.tab.shadow_texts(NOTE)?;
        let explained: Vec<_> = notes.iter().filter(|note| note.starts_with("What it means")).collect();
        ensure!(explained.len() == 1, "{} explanations in {notes:?}", explained.len());
        let is_said = folded(explained[0]).contains(&folded(&said));
        ensure!(is_said, "the page says {:?}, the view {said:?}", explained[0]);
        ensure!(explained[0].contains(ending.explained), "{explained:?} lacks {:?}", ending.explained);
        Ok(())
    })
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// List, full view, message to the owner and popup say of the newest sign-in what its verdict is.
fn places_agree(desk: &Desk, ending: &Ending, view: &FlowView) -> Result<()> {
    let (verdict, is_refused) = (&view.verdict, ending.severity == Severity::Error);
    ensure!(verdict.severity == ending.severity, "{verdict:?}");
    ensure!(view.line.verdict.severity == ending.severity, "{:?}", view.line);
    ensure!(!is_refused || !view.steps.is_empty(), "nothing to do: {verdict:?}");
    ensure!(view.for_owner.is_some() == ending.for_owner, "{:?}", view.for_owner);
    if let Some(message) = &view.for_owner {
        ensure!(message.text.contains(&view.line.verdict.text), "{}", message.text);
        // GitLab's own words are not in the sentence for others, but beside it.
        let seen = verdict.text.split(" GitLab says: ").next().unwrap_or_default();
        ensure!(message.text.contains(seen), "{} lacks {seen}", message.text);
    }
    let accepted = view.acceptance.as_ref().map(|acceptance| acceptance.verdict.severity);
    ensure!(!(is_refused && accepted == Some(Severity::Good)), "{:?}", view.acceptance);
    let panel = folded(&desk.samlight.panel.text()?);
    ensure!(panel.contains(&folded(&verdict.text)), "the panel lacks {}: {panel}", verdict.text);
    let popup = desk.samlight.extension.open_popup(&desk.tab, POPUP)?;
    let shown = until("the verdict in the popup", || {
        // In everyday words; the panel above has the others.
        let (headline, shown) = (desk.samlight.overview()?.headline, folded(&popup.text()?));
        ensure!(
            !headline.text.is_empty() && shown.contains(&folded(&headline.text)),
            "{headline:?}: {shown}"
        );
        Ok(headline)
    });
    popup.close()?;
    ensure!(shown?.severity == ending.severity, "it changed");
    ensure!(desk.samlight.newest()?.verdict.severity == ending.severity, "it changed");
    Ok(())
}

/// The row of the person, and the note on all members, say the same as the owner sees them afterwards.
fn group_agrees(desk: &Desk, state: &LabState, who: &LabUser, word: &str) -> Result<()> {
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    all(&desk.tab, &format!("{word}: 1"))?;
    until("the mark in the person's row", || {
        let at = rows(&desk.tab)?.iter().position(|row| *row == who.username);
        let marks = desk.tab.shadow_texts(&format!("tbody td:nth-child(2) {NOTE}"))?;
        let mark = marks.get(at.context("no row")?);
        ensure!(mark.as_ref().is_some_and(|mark| mark.starts_with(word)), "{mark:?}");
        Ok(())
    })
}

/// So does the row of the identity of the whole GitLab on the administrator's page of the member.
fn administrator_agrees(desk: &Desk, state: &LabState, word: &str) -> Result<()> {
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/admin/users/{}/identities", desk.gitlab, state.member().username))?;
    until("the mark beside the identity of the whole GitLab", || {
        let marks = desk.tab.shadow_texts(&format!("thead tr:last-of-type {NOTE}"))?;
        ensure!(marks.iter().any(|mark| mark.starts_with(word)), "{marks:?}");
        Ok(())
    })
}
