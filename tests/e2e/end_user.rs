//! A person without an owner's rights: refused, they copy the message for the owner; signed in by password,
//! they see their own identities at GitLab.

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::{POPUP, SIDE_PANEL};
use samlight_tests::lab::with_other_case;
use samlight_tests::wait::until;
use serde_json::Value;

use crate::looks::legible;
use crate::sign_in::wait_for_verdict;
use crate::stage::{Desk, Stage};

pub(crate) fn message_then_self_check(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
        user.scim_extern_uid = user.saml_extern_uid.clone();
    })?;
    let user = state.member().clone();
    let stored = user.saml_extern_uid.as_deref().context("nothing is stored")?;
    let side = desk.samlight.extension.open_side_panel(&desk.samlight.panel, SIDE_PANEL)?;

    desk.sign_in_by_saml(&state, &user)?;
    desk.tab.wait_for_text("There is already a GitLab account associated with this email address")?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    for page in [panel, &side] {
        page.wait_for_text("Samlight has not seen what gitlab.com has stored for you.")?;
        page.wait_for_text("https://gitlab.com/users/password/new")?;
        page.wait_for(
            "!!document.querySelector('.self-check a[href=\"https://gitlab.com/users/password/new\"]')",
        )?;
        page.evaluate("document.querySelector('.self-check').scrollIntoView()")?;
    }
    legible(panel, "signed-out-tab")?;
    legible(&side, "signed-out-side-panel")?;
    panel.click(".for-owner summary")?;
    panel.wait_for("document.querySelector('.for-owner details').open")?;
    panel.evaluate("document.querySelector('.for-owner').scrollIntoView()")?;
    legible(panel, "message-to-owner-tab")?;
    panel.click(".for-owner .copy-message")?;
    panel.wait_for_text("Copied")?;
    let message = copied(&desk, panel)?;
    for words in [
        format!("Sign-in to group {} on gitlab.com:", state.group.path),
        "There is already a GitLab account".to_owned(),
        format!("NameID sent: “{}”", user.name_id),
        "Not compared".to_owned(),
        format!("https://gitlab.com/groups/{}/-/saml", state.group.path),
        "https://docs.gitlab.com/".to_owned(),
    ] {
        ensure!(message.contains(&words), "the message does not say {words:?}:\n{message}");
    }
    holds_no_credential(&desk, &message)?;

    desk.sign_in_by_password(&user)?;
    wait_for_verdict(&desk.samlight, Verdict::CaseOnly)?;
    for page in [panel, &side] {
        page.wait_for_text(&format!("You are signed in to gitlab.com as {}", user.name))?;
        page.wait_for("document.querySelectorAll('.own-identities .card').length >= 2")?;
        let own = page.evaluate("document.querySelector('.own-identities').innerText")?;
        let own = own.as_str().unwrap_or_default().to_owned();
        ensure!(own.matches(stored).count() == 2, "SAML and SCIM are not both shown: {own}");
        ensure!(own.contains("Identical except for upper and lower case."), "{own}");
        page.evaluate("document.querySelector('.self-check').scrollIntoView()")?;
    }
    legible(panel, "self-check-tab")?;
    legible(&side, "self-check-side-panel")?;
    let popup = desk.samlight.extension.open_popup(&desk.tab, POPUP)?;
    popup.wait_for_text("Copy message for your group owner")?;
    legible(&popup, "popup-with-message")?;
    popup.click(".copy-message")?;
    popup.wait_for_text("Copied")?;
    let message = copied(&desk, &popup)?;
    ensure!(message.contains(&format!("SAML identifier stored: “{stored}”")), "{message}");
    holds_no_credential(&desk, &message)
}

/// The clipboard, which is the message as the report has it too.
fn copied(desk: &Desk, page: &Page) -> Result<String> {
    let copied = page.clipboard()?.replace("\r\n", "\n");
    ensure!(!copied.is_empty(), "the clipboard is empty");
    until("the same message in the report", || {
        let report = desk.samlight.report()?;
        ensure!(report.contains(&copied), "it has another one:\n{report}\n\ncopied:\n{copied}");
        Ok(())
    })?;
    Ok(copied)
}

/// No part of what was sent encoded, no RelayState, no query of an address that was captured.
fn holds_no_credential(desk: &Desk, message: &str) -> Result<()> {
    let mut looked_at = 0;
    for event in desk.samlight.events()? {
        let form = event["form"].as_array().into_iter().flatten();
        let sent = form.flat_map(|field| field[1].as_array().into_iter().flatten()).filter_map(Value::as_str);
        let addresses = [&event["url"], &event["location"]].map(|it| it.as_str().unwrap_or_default());
        let queries = addresses.iter().filter_map(|it| Some(it.split_once('?')?.1));
        let values =
            queries.flat_map(|query| query.split('&')).filter_map(|pair| Some(pair.split_once('=')?.1));
        for secret in sent.chain(values) {
            // A group's path stands in a query, too, and is no secret.
            let piece: String = secret.chars().take(60).collect();
            if piece.len() >= 16 {
                looked_at += 1;
                ensure!(!message.contains(&piece), "the message holds {piece}");
            }
        }
    }
    // At least the AuthnRequest and the Response.
    ensure!(looked_at >= 2, "only {looked_at} credentials were looked for");
    Ok(())
}
