//! A NameID from a file that a member saved and the owner imported: it is labelled unproven wherever it is
//! shown, and a repair towards it needs a second yes.

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::Browser;

use crate::files::{DROP, give, saved};
use crate::group_panel::choose_first;
use crate::looks::legible;
use crate::stage::Stage;

pub(crate) fn needs_a_second_consent(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = format!("{}-new", user.name_id);
    })?;
    let (member, panel) = (state.member(), &desk.samlight.panel);
    let (old, new) = (member.saml_extern_uid.clone().context("the member is linked")?, &member.name_id);

    // The member, who is refused, saves a trace in clear.
    desk.sign_in_by_saml(&state, member)?;
    desk.tab.wait_for_text("There is already a GitLab account")?;
    panel.to_front()?;
    panel.click(".files-toggle")?;
    panel.click(".clear-choice input")?;
    let trace = saved(panel, "trace")?;
    desk.samlight.clear()?;
    desk.forget_sessions(browser)?;

    // The owner, in whose browser none of it happened, opens the settings page and imports it.
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    panel.to_front()?;
    panel.click(".group-toggle")?;
    panel.wait_for_text("The whole group was read")?;
    give(panel, DROP, &[("member.trace.jsonl", &trace)])?;
    panel.fill("[role=search] input", &member.username)?;
    panel.wait_for("document.querySelector('[role=grid]').ariaRowCount === '2'")?;
    choose_first(panel)?;
    panel.wait_for_text("as an imported file says. This browser has not seen it: unproven.")?;
    panel.click("[data-repair=saml]")?;
    panel.wait_for_text("Unproven: an imported file says that")?;
    let consents = "document.querySelectorAll('dialog .consent input')";
    let locked = "document.querySelector('dialog .danger').disabled";
    panel.wait_for(&format!("{consents}.length === 2 && {locked}"))?;
    legible(panel, "group-repair-imported")?;
    for (at, still) in [(0, "true"), (1, "false")] {
        panel.evaluate(&format!("{consents}[{at}].click()"))?;
        panel.wait_for(&format!("{consents}[{at}].checked && {locked} === {still}"))?;
    }
    ensure!(stage.lab.saml_extern_uid(member.id)?.as_ref() == Some(&old), "GitLab was changed too early");
    panel.click("dialog .danger")?;
    panel.wait_for_text(&format!("is “{new}”"))?;
    ensure!(stage.lab.saml_extern_uid(member.id)?.as_ref() == Some(new), "GitLab has not changed it");
    Ok(())
}
