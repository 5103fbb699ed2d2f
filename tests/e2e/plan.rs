//! A change that the owner of a group of 250 plans in the panel: the provider's settings and its list of
//! people beside the group, what GitLab will receive of a member, who matches before and after, the steps
//! with a tick, what is known of a new identity provider, and the scripts, which are saved and never run.

use std::fs;

use anyhow::{Result, ensure};
use samlight_tests::browser::{Browser, Page};
use serde_json::{Value, json};

use crate::{
    group_panel::choose_first,
    looks::legible,
    people::{FILE, choose_option, filter, list, opened},
    stage::Stage,
};

const SETTINGS: &str = ".group-provider .file-choice input";
const SIDE: &str = ".group-plan .giving";

/// The claims of an app of Entra ID whose NameID is this field.
fn claims(field: &str) -> String {
    let name_id = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
    let definition = json!({"ClaimsMappingPolicy": {"Version": 1, "IncludeBasicClaimSet": "true",
        "ClaimsSchema": [{"Source": "user", "ID": field, "SamlClaimType": name_id}]}});
    json!({"id": "6c3f", "displayName": "GitLab", "definition": [definition.to_string()]}).to_string()
}

/// The provisioning schema of an app whose externalId is this field.
fn schema(field: &str) -> String {
    let mapping = |target: &str, expression: &str, priority: u64| {
        json!({"targetAttributeName": target, "matchingPriority": priority, "flowType": "Always",
            "source": {"expression": expression, "type": "Attribute"}})
    };
    json!({"synchronizationRules": [{"objectMappings": [{"name": "Provision Users", "enabled": true,
        "flowTypes": "Add, Update, Delete", "targetObjectName": "User", "attributeMappings": [
            mapping("userName", "[userPrincipalName]", 0), mapping("externalId", field, 1), mapping("emails[type eq \"work\"].value", "[mail]", 0),
            mapping("name.formatted", "[displayName]", 0)]}]}]})
    .to_string()
}

/// A part of the page says this.
fn says(panel: &Page, part: &str, words: &str) -> Result<()> {
    panel.wait_for(&format!(
        "[...document.querySelectorAll('{part}')].some(it => it.textContent.includes({}))",
        Value::from(words)
    ))?;
    Ok(())
}

/// The file that a button saves, with its name.
fn saved(panel: &Page, name: &str) -> Result<String> {
    panel.evaluate(
        "URL.createObjectURL = blob => { globalThis.blob = blob; return 'blob:' };
            HTMLAnchorElement.prototype.click = function () { globalThis.savedAs = this.download };
            globalThis.blob = globalThis.savedAs = undefined",
    )?;
    panel.click(&format!("[data-script=\"{name}\"]"))?;
    let text = panel.wait_for("globalThis.blob?.text()")?;
    let saved_as = panel.wait_for("globalThis.savedAs")?;
    ensure!(saved_as == name, "saved as {saved_as}");
    Ok(text.as_str().unwrap_or_default().to_owned())
}

pub(crate) fn of_a_change_is_made_in_the_panel(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = opened(stage, browser)?;
    let panel = &desk.samlight.panel;
    let folder = tempfile::tempdir()?;
    let write = |name: &str, content: &str| {
        let file = folder.path().join(name);
        fs::write(&file, content).map(|()| file)
    };
    panel.choose(FILE, &write("people.csv", &list(&state))?)?;
    panel.wait_for_text("Compared with people.csv: 250 people.")?;
    panel.click(".group-people > summary")?;

    // Settings: what is none is refused in words; the fields of both sides are named and compared.
    panel.click(".group-provider > summary")?;
    panel.choose(SETTINGS, &write("none.json", "hello")?)?;
    says(panel, ".group-provider [role=alert]", "none.json is no file of settings")?;
    panel.choose(SETTINGS, &write("claims.json", &claims("objectid"))?)?;
    says(panel, ".group-provider", "Settings that are used: claims.json.")?;
    says(panel, ".settings-said", "as GitLab's documentation asks")?;
    panel.choose(SETTINGS, &write("schema.json", &schema("[mail]"))?)?;
    says(panel, ".settings-said", "Both must be made of the same field")?;
    panel.choose(SETTINGS, &write("schema.json", &schema("[objectId]"))?)?;
    says(panel, ".settings-said", "The NameID and externalId are both made of")?;
    legible(panel, "group-provider")?;
    panel.click(".group-provider > summary")?;

    // A member: the request, field by field.
    filter(panel, "Not stored as expected")?;
    choose_first(panel)?;
    panel.click(".member-receives")?;
    says(panel, ".member-received", &format!("POST /api/scim/v2/groups/{}/Users", state.group.path))?;
    says(panel, ".member-received", "externalId is made of [objectId]")?;
    legible(panel, "group-receives")?;
    panel.click(".group-all")?;

    // The plan: only what is not known is asked for, and each member is in one number.
    panel.click(".group-plan > summary")?;
    panel.click("[data-change=field]")?;
    says(panel, ".group-plan", "Choose the column of the new NameID")?;
    choose_option(panel, "plan-column", "2")?;
    says(panel, ".plan-said", "members match: they have stored what is sent for them")?;
    says(panel, ".plan-said", "After the change 0 of 250 members match without any correction.")?;
    panel.click(".plan-steps input")?;
    says(panel, ".plan-done", "1 of ")?;
    legible(panel, "group-plan")?;
    // It is left and taken up again, with its ticks.
    panel.click(".group-toggle")?;
    panel.wait_for("!document.querySelector('.group-plan')")?;
    panel.click(".group-toggle")?;
    panel.click(".group-plan > summary")?;
    says(panel, ".plan-done", "1 of ")?;
    panel.wait_for("document.querySelector('.plan-steps input').checked")?;

    // The scripts go towards the plan; one sign-in is too few to be sure, so all are left out with reasons.
    panel.click(".scripts-prepare")?;
    says(panel, ".plan-scripts", "There is nothing to correct that Samlight is sure of.")?;
    let change = saved(panel, "change.sh")?;
    ensure!(change.starts_with("#!/bin/sh") && change.contains("undo.sh"), "{change}");
    ensure!(saved(panel, "undo.sh")?.starts_with("#!/bin/sh"));
    let left_out = saved(panel, "left-out.txt")?;
    ensure!(left_out.contains("recorded sign-ins do, and 5 without an exception are needed"), "{left_out}");

    // Another identity provider: its side is compared with the sign-in that was recorded.
    panel.click("[data-change=provider]")?;
    panel.click(&format!("{SIDE} .people-paste > summary"))?;
    panel.evaluate(&format!(
        "(it => {{ it.value = 'https://new.example.com/idp'; it.dispatchEvent(new Event('input', {{ bubbles: true }})) }})(
            document.querySelector('{SIDE} textarea'))"
    ))?;
    panel.click(&format!("{SIDE} .people-paste button"))?;
    says(panel, ".plan-side", "The Issuer will be “https://new.example.com/idp”. Recorded sign-ins have")?;

    panel.click(".plan-away")?;
    panel.wait_for("!document.querySelector('.plan-steps')")?;
    panel.click(".group-provider > summary")?;
    panel.click(".settings-away")?;
    panel.wait_for("!document.querySelector('.settings-away')")?;
    let stored = serde_json::to_string(&desk.samlight.events()?)?;
    ensure!(!stored.contains("ClaimsMappingPolicy") && !stored.contains("new.example.com"), "stored");
    Ok(())
}
