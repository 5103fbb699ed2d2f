//! Files that the owner of a group imports. A NameID that a member saved is labelled as the file's wherever
//! it is shown, and a repair towards it needs a second yes, which names the file and the time that is signed.
//! A forged file leads to no offer and no command, and is called what it is.

use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use samlight_tests::browser::Browser;
use samlight_tests::story::signed_by_a_stranger;
use serde_json::json;

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
    panel.wait_for_text("It is from the file “member.trace.jsonl”; this browser did not see the sign-in.")?;
    panel.click("[data-repair=saml]")?;
    panel.wait_for_text(
        "The NameID comes from the file “member.trace.jsonl”: the identity provider signed it at",
    )?;
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

/// The file that an attacker sends to an owner: a Response with the victim's e-mail address that they signed
/// themselves, and a redirect that says that GitLab took it.
pub(crate) fn a_forged_one_offers_nothing(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    let (victim, panel) = (state.member(), &desk.samlight.panel);
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    panel.to_front()?;
    panel.click(".group-toggle")?;
    panel.wait_for_text("The whole group was read")?;
    let forged = forged(&desk.gitlab, &state.group.path, &victim.email)?;
    give(panel, DROP, &[("from-a-colleague.trace.jsonl", &forged)])?;
    panel.wait_for_text("This is a sign of forgery. Samlight takes nothing from these messages.")?;
    panel.fill("[role=search] input", &victim.username)?;
    panel.wait_for("document.querySelector('[role=grid]').ariaRowCount === '2'")?;
    choose_first(panel)?;
    panel.wait_for_text("The file “from-a-colleague.trace.jsonl” says that")?;
    panel.wait_for_text("The key that signed it is not the one of this group. This is a sign of forgery")?;
    panel.wait_for("document.querySelector('[data-refused=saml]')")?;
    panel.wait_for_text("No NameID was recorded for this user.")?;
    panel.wait_for("!document.querySelector('[data-repair=saml]')")?;
    legible(panel, "group-repair-forged")?;
    // The sign-in itself says it too, and that it is a file's.
    panel.click(".group-toggle")?;
    panel.wait_for_text("The file holds a Response that was not signed with the key of this group.")?;
    panel.wait_for_text("from the file “from-a-colleague.trace.jsonl”")?;
    ensure!(stage.lab.saml_extern_uid(victim.id)? == victim.saml_extern_uid, "GitLab was changed");
    Ok(())
}

/// The forged trace.
fn forged(gitlab: &str, group: &str, email: &str) -> Result<String> {
    let acs = format!("{gitlab}/groups/{group}/-/saml/callback");
    let xml = format!(
        r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_forged" Version="2.0"
        IssueInstant="2026-01-01T09:00:00Z" Destination="{acs}"><saml:Assertion
        xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" Version="2.0" IssueInstant="2026-01-01T09:00:00Z">
        <saml:Subject><saml:NameID>attacker</saml:NameID><saml:SubjectConfirmation
        Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData Recipient="{acs}"/>
        </saml:SubjectConfirmation></saml:Subject><saml:AttributeStatement><saml:Attribute Name="email">
        <saml:AttributeValue>{email}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>
        </saml:Assertion></samlp:Response>"#
    );
    let response = BASE64_STANDARD.encode(signed_by_a_stranger(&xml)?);
    let request = json!({"id": "1767258000000-seen-000001", "kind": "request", "request": "1", "tab": 1,
        "method": "POST", "url": acs, "body": "form", "form": [["SAMLResponse", [response]]]});
    let answer = json!({"id": "1767258000100-seen-000002", "kind": "response", "request": "1", "tab": 1,
        "method": "POST", "url": acs, "status": 302, "location": format!("{gitlab}/groups/{group}")});
    Ok(format!("{{\"samlight_trace\":1}}\n{request}\n{answer}\n"))
}
