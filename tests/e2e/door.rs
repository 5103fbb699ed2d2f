//! Things that people have in hand, given to the static page and to the panel: a page of the identity
//! provider, a request copied from the developer tools, a line of GitLab's log, an error sentence, an
//! archive. Each is answered where it is given, beside the field; the recent answers can be shown again, by
//! keyboard alone. What Samlight has seen of a message is named beside its meaning: the sign-in that ended
//! with it, the member whom it names.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Crc;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::SIDE_PANEL;
use serde_json::json;

use crate::files::{ACS, DROP, Served, give, har, response, tool, wait_for_count, wait_for_name_id};
use crate::looks::legible;
use crate::stage::{Stage, keep_picture};

/// A page with a form that posts itself, as an identity provider sends it, with references in its attributes.
fn html(name_id: &str) -> String {
    let value = STANDARD.encode(response(name_id)).replace('+', "&#x2B;").replace('=', "&#61;");
    format!(
        "<!DOCTYPE html><html><body onload=\"document.forms[0].submit()\"><noscript>Press the button.</noscript>\
         <form action='{ACS}' method=post><input value='{value}' type=hidden name='SAMLResponse'>\
         <input type=\"submit\"></form></body></html>"
    )
}

/// The request as the developer tools copy it.
fn curl(name_id: &str) -> String {
    let value = utf8_percent_encode(&STANDARD.encode(response(name_id)), NON_ALPHANUMERIC).to_string();
    format!(
        "curl '{ACS}' \\\n  -H 'content-type: application/x-www-form-urlencoded' \\\n  \
         --data-raw 'SAMLResponse={value}&RelayState=%2Facme' \\\n  --compressed"
    )
}

/// A line of GitLab's production_json.log.
pub(crate) fn log_line(name_id: &str) -> String {
    json!({"method": "POST", "path": "/groups/acme/-/saml/callback", "status": 302,
        "params": [{"key": "SAMLResponse", "value": STANDARD.encode(response(name_id))}],
        "time": "2026-01-01T09:00:00.000Z"})
    .to_string()
}

/// A zip with this one file, stored as it is (APPNOTE.TXT, clauses 4.3.7, 4.3.12 and 4.3.16).
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut checksum = Crc::new();
    checksum.update(content);
    let checksum = checksum.sum();
    let size = (content.len() as u32).to_le_bytes();
    let described = |comment: &[u8]| {
        let length = (name.len() as u16).to_le_bytes();
        [&[0; 8][..], &checksum.to_le_bytes(), &size, &size, &length, &[0; 2], comment].concat()
    };
    let version = [20, 0];
    let local = [b"PK\x03\x04", &version[..], &described(&[]), name.as_bytes(), content].concat();
    let listed = [b"PK\x01\x02", &version[..], &version, &described(&[0; 14]), name.as_bytes()].concat();
    let (count, none) = ([1, 0], [0; 2]);
    let places = [(listed.len() as u32).to_le_bytes(), (local.len() as u32).to_le_bytes()].concat();
    let end = [&b"PK\x05\x06"[..], &none, &none, &count, &count, &places, &none].concat();
    [local, listed, end].concat()
}

/// Drops a file of any octets.
fn drop_octets(page: &Page, name: &str, content: &[u8]) -> Result<()> {
    let octets = format!("Uint8Array.from(atob('{}'), c => c.charCodeAt(0))", STANDARD.encode(content));
    give(page, &format!("given.items.add(new File([{octets}], '{name}')); {DROP}"), &[])
}

fn paste(page: &Page, text: &str) -> Result<()> {
    page.fill(".paste textarea", text)?;
    page.click(".paste + button")
}

/// The page went on: none of what it was given stopped it.
fn goes_on(page: &Page) -> Result<()> {
    ensure!(page.evaluate("!document.querySelector('.crash')")? == true, "{}", page.text()?);
    Ok(())
}

/// `is_static`: the sign-in takes the room of the field, which is then a tool.
fn answered(page: &Page, is_static: bool) -> Result<()> {
    paste(page, &html("Eve-page"))?;
    wait_for_count(page, 1)?;
    wait_for_name_id(page, "Eve-page")?;
    if is_static {
        tool(page, "give")?;
    }
    paste(page, &curl("Eve-curl"))?;
    wait_for_count(page, 2)?;
    wait_for_name_id(page, "Eve-curl")?;
    give(page, DROP, &[("production_json.log", &log_line("Eve-line"))])?;
    wait_for_count(page, 3)?;
    wait_for_name_id(page, "Eve-line")?;
    drop_octets(page, "recording.zip", &zip("one.har", har("Eve-zip").as_bytes()))?;
    wait_for_count(page, 4)?;
    wait_for_name_id(page, "Eve-zip")?;
    // The sentence that GitLab showed, in a frame of a mail.
    paste(page, "> Unable to sign in to group with SAML: \"Fingerprint mismatch\"")?;
    page.wait_for_text("does not have the fingerprint in GitLab's settings")?;
    page.wait_for("document.querySelectorAll('.scim-said .steps li').length > 0")?;
    // What nobody knows is said so, with what to bring instead.
    paste(page, "It does not work since Monday.")?;
    page.wait_for_text("Samlight does not know this message")?;
    page.wait_for("document.querySelectorAll('.scim-said .steps li').length > 1")?;
    goes_on(page)?;
    wait_for_count(page, 4)
}

pub(crate) fn opens_whatever_is_given(stage: &Stage, browser: &Browser) -> Result<()> {
    let served = Served::start(&stage.extensions.join(browser.kind().id()).join("panel"))?;
    let page = browser.open(&format!("http://localhost:{}/", served.server.port()))?;
    page.wait_for_text("Drop a file on this page")?;
    answered(&page, true)?;
    keep_picture(&page, "door-static")?;
    let (desk, _) = stage.desk(browser, |_| {})?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.click(".files-toggle")?;
    answered(panel, false)?;
    keep_picture(panel, "door-panel").map(drop)
}

const ANSWER_HAS_FOCUS: &str = "document.activeElement?.matches('.answer')";
const FIELD_HAS_FOCUS: &str = "document.activeElement?.matches('.paste textarea')";

/// The recent answers are shown again, put away and forgotten by keyboard alone.
fn recent_by_keyboard(page: &Page) -> Result<()> {
    let recent = |count: usize| {
        page.wait_for(&format!("document.querySelectorAll('.recent li').length === {count}")).map(drop)
    };
    page.fill(".paste textarea", "Digest mismatch")?;
    page.press("Control+Enter")?;
    page.wait_for_text("What the pasted text says")?;
    page.wait_for_text("Sign-in with SAML: “Digest mismatch”")?;
    page.wait_for(ANSWER_HAS_FOCUS)?;
    // What is pasted into the empty field is answered at once.
    let paste = "const field = document.querySelector('.paste textarea'); field.focus();
        given.setData('text/plain', 'AADSTS50105: not assigned'); field.dispatchEvent(new ClipboardEvent('paste',
            { clipboardData: given, dataType: 'text/plain', data: 'AADSTS50105: not assigned', bubbles: true,
            cancelable: true }))";
    give(page, paste, &[])?;
    page.wait_for_text("The identity provider: “AADSTS50105”")?;
    page.wait_for(ANSWER_HAS_FOCUS)?;
    page.wait_for("document.querySelector('.answers').ariaLive === 'polite'")?;
    recent(2)?;
    // The same again stands in the list once.
    page.fill(".paste textarea", "Digest mismatch")?;
    page.press("Control+Enter")?;
    page.wait_for("document.querySelector('.recent li').textContent.includes('Digest mismatch')")?;
    recent(2)?;
    page.press("Escape")?;
    page.wait_for("!document.querySelector('.answer')")?;
    page.wait_for(FIELD_HAS_FOCUS)?;
    page.wait_for_text("The answer appears here.")?;
    // From the field past the button, which has nothing to do, and the files to the second recent answer.
    let second = "document.activeElement === document.querySelector('.recent li:nth-child(2) button')";
    for _ in 0..6 {
        if page.evaluate(second)? == true {
            break;
        }
        page.press("Tab")?;
    }
    page.wait_for(second)?;
    page.press("Enter")?;
    page.wait_for(ANSWER_HAS_FOCUS)?;
    page.wait_for("document.querySelector('.scim-said').textContent.includes('AADSTS50105')")?;
    page.wait_for("document.querySelector('.recent li:nth-child(2) button').ariaPressed === 'true'")?;
    goes_on(page)?;
    page.click(".forget")?;
    page.wait_for("!document.querySelector('.recent') && !document.querySelector('.answer')")?;
    page.wait_for(FIELD_HAS_FOCUS).map(drop)
}

pub(crate) fn keeps_recent_answers(stage: &Stage, browser: &Browser) -> Result<()> {
    let served = Served::start(&stage.extensions.join(browser.kind().id()).join("panel"))?;
    let page = browser.open(&format!("http://localhost:{}/", served.server.port()))?;
    page.wait_for_text("Drop a file on this page")?;
    recent_by_keyboard(&page)?;
    legible(&page, "door-static-empty")?;
    paste(&page, "Unable to sign in to group with SAML: \"Fingerprint mismatch\"")?;
    page.wait_for_text("does not have the fingerprint in GitLab's settings")?;
    legible(&page, "door-static-answer")?;
    let (desk, _) = stage.desk(browser, |_| {})?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.click(".files-toggle")?;
    recent_by_keyboard(panel)?;
    // Where the tools are not shown, what is dropped is answered all the same.
    panel.click(".files-toggle")?;
    give(panel, DROP, &[("error.txt", "Digest mismatch")])?;
    panel.wait_for_text("What “error.txt” says")?;
    goes_on(panel)?;
    legible(panel, "door-dropped")
}

pub(crate) fn names_what_is_at_hand(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = format!("{}-new", user.name_id);
    })?;
    let member = state.member().clone();
    let panel = &desk.samlight.panel;
    desk.sign_in_by_saml(&state, &member)?;
    let said = "There is already a GitLab account associated with this email address";
    desk.tab.wait_for_text(said)?;
    panel.to_front()?;
    wait_for_count(panel, 1)?;
    panel.click(".files-toggle")?;
    paste(panel, &format!("> {said}. Sign in with your existing credentials"))?;
    panel.wait_for_text("A sign-in ended with this message: Sign-in to group")?;
    let newest = desk.samlight.newest()?;
    let at_hand = panel.evaluate("document.querySelector('.at-hand').textContent")?;
    let at_hand = at_hand.as_str().context("nothing is at hand")?;
    for part in [&state.group.path, &member.name_id, &newest.verdict.text] {
        ensure!(at_hand.contains(part.as_str()), "{part} is not in {at_hand}");
    }
    ensure!(!at_hand.contains("The page that you are on"), "{at_hand}");
    legible(panel, "door-sign-in")?;
    // Who opens it reads on there.
    panel.click(".at-hand button")?;
    panel.wait_for("document.activeElement?.matches('main') && !!document.querySelector('main .flow')")?;
    // Another message of GitLab did not end it.
    paste(panel, "Digest mismatch")?;
    panel.wait_for_text("Sign-in with SAML: “Digest mismatch”")?;
    ensure!(panel.evaluate("!document.querySelector('.at-hand')")? == true, "{}", panel.text()?);

    // The owner has read the group; the message of the SCIM app names the member.
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    let side = desk.samlight.extension.open_side_panel(panel, SIDE_PANEL)?;
    panel.to_front()?;
    panel.click(".group-toggle")?;
    panel.wait_for_text("The whole group was read")?;
    panel.click(".group-toggle")?;
    let scim = member.scim_extern_uid.clone().context("the member has a SCIM identity")?;
    let text = json!({"detail": format!("Resource {scim} not found"), "status": 404}).to_string();
    paste(panel, &text)?;
    panel.wait_for_text("Member of the group")?;
    panel.wait_for_text(&member.username)?;
    legible(panel, "door-member")?;
    panel.click(".at-hand button")?;
    panel.wait_for(&format!(
        "document.querySelector('.member h2')?.textContent.includes({})",
        json!(member.username)
    ))?;

    // Beside the page of the group, it is said that the page is of it.
    desk.tab.to_front()?;
    side.wait_for("document.querySelector('.files-toggle') !== null")?;
    give(&side, DROP, &[("error.txt", said)])?;
    side.wait_for_text("A sign-in ended with this message")?;
    side.wait_for_text("The page that you are on is of this group.")?;
    goes_on(panel)?;
    goes_on(&side)?;
    keep_picture(&side, "door-side").map(drop)
}
