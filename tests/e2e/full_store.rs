//! The browser's store for the trace holds about 10 MB. A trace that is larger loses its oldest sign-ins,
//! never its newest, and the panel says how many and up to when.

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::wait::until;
use serde_json::{Value, json};

use crate::stage::{Stage, keep_picture};

/// Characters of each sign-in in the store, of its RelayState; so many of them fit barely.
const LARGE: usize = 900_000;
const OLD: usize = 11;

pub(crate) fn makes_room(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    let panel = &desk.samlight.panel;
    desk.tab.navigate("https://gitlab.com/users/sign_in")?;
    desk.samlight.extension.stop_worker()?;
    for number in 0..OLD {
        let id = format!("{:013}-harness-{number:06}", 1_767_258_000_000 + 60_000 * number);
        let event = json!({ "id": id, "kind": "request", "request": format!("old-{number}"), "tab": 1, "method": "POST",
            "url": "https://gitlab.com/groups/acme/-/saml/callback", "body": "form",
            "form": [["SAMLResponse", [STANDARD.encode(message(&format!("_old{number}")))]], ["RelayState", ["x".repeat(LARGE)]]] });
        panel.evaluate(&format!(
            "chrome.storage.session.set({{ [{}]: {event} }})",
            json!(format!("event {id}"))
        ))?;
    }
    let left = |field: &str| panel.evaluate(&format!("chrome.storage.session.{field}"));
    ensure!(
        left("QUOTA_BYTES")?.as_u64().is_none_or(|quota| quota < (OLD as u64 + 1) * 1_000_000),
        "the store is larger"
    );
    // The worker wakes by these: the first does not fit any more.
    for new in ["_new0", "_new1", "_new2"] {
        desk.tab.evaluate(&format!(
            "fetch('/groups/acme/-/saml/callback', {{ method: 'POST', body: new URLSearchParams({{
                SAMLResponse: btoa({}), RelayState: 'x'.repeat({LARGE}) }}) }}).then(({{ status }}) => status)",
            json!(message(new))
        ))?;
    }
    let overview = until("the newest sign-ins in the store", || {
        let overview = desk.samlight.overview()?;
        let events = desk.samlight.events()?;
        let stored: usize = events.iter().filter(|it| it["kind"] == "request" && is_new(it)).count();
        let told: Vec<String> =
            events.iter().map(|it| format!("{} {} {}", it["id"], it["kind"], it["request"])).collect();
        ensure!(stored == 3, "{stored} of the new ones are stored: {told:#?}, {:?}", overview.notices);
        Ok(overview)
    })?;
    let said =
        overview.notices.iter().find(|it| it.text.contains("were removed")).context("nothing is said")?;
    let count = OLD + 3 - overview.total;
    ensure!(count > 0 && said.text.contains(&format!("{count} oldest")), "{count} went: {said:?}");
    desk.samlight.panel.wait_for_text(&said.text)?;
    keep_picture(&desk.samlight.panel, "full-store")?;
    // It holds for a worker that starts anew.
    desk.samlight.extension.stop_worker()?;
    let again = desk.samlight.overview()?;
    assert_eq!((again.total, &again.notices), (overview.total, &overview.notices));
    desk.samlight.clear()?;
    ensure!(desk.samlight.overview()?.notices.is_empty(), "said after clearing");
    Ok(())
}

/// Requests of the flood, and characters of each: the store would hold a quarter of them.
const FLOOD: usize = 40;
const WAVE: usize = 700_000;

/// A page that posts without end fills its own tab's share, while a sign-in of another tab, older than all of
/// it, stays whole.
pub(crate) fn spares_other_tabs(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    let post = |tab: &Page, id: &str, relay: usize| {
        tab.evaluate(&format!(
            "fetch('/groups/acme/-/saml/callback', {{ method: 'POST', body: new URLSearchParams({{
                SAMLResponse: btoa({}), RelayState: 'x'.repeat({relay}) }}) }}).then(({{ status }}) => status)",
            json!(message(id))
        ))
    };
    desk.tab.navigate("https://gitlab.com/users/sign_in")?;
    post(&desk.tab, "_honest", 10)?;
    let kept = |id: &str| -> Result<usize> {
        let value = STANDARD.encode(message(id));
        let events = desk.samlight.events()?;
        Ok(events.iter().filter(|it| it["form"].to_string().contains(&value)).count())
    };
    until("the sign-in in the store", || {
        ensure!(kept("_honest")? == 1, "it is not there");
        Ok(())
    })?;
    let flooding = browser.open("https://gitlab.com/users/sign_in")?;
    for number in 0..FLOOD {
        post(&flooding, &format!("_wave{number}"), WAVE)?;
    }
    let overview = until("the end of the flood in the store", || {
        ensure!(kept(&format!("_wave{}", FLOOD - 1))? == 1, "it is not there");
        desk.samlight.overview()
    })?;
    ensure!(kept("_honest")? == 1, "the sign-in of the other tab went: {:?}", overview.notices);
    ensure!(kept("_wave0")? == 0 && overview.total < FLOOD, "{} are left", overview.total);
    let [said] = &overview.notices[..] else { bail!("one thing is said: {:?}", overview.notices) };
    let count = FLOOD + 1 - overview.total;
    ensure!(
        said.text.contains("gitlab.com") && said.text.contains(&format!("the {count} oldest")),
        "{said:?}"
    );
    desk.samlight.panel.wait_for_text(&said.text)?;
    flooding.close()
}

fn is_new(event: &Value) -> bool {
    event["request"].as_str().is_some_and(|request| !request.starts_with("old-"))
}

fn message(id: &str) -> String {
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"{id}\" Version=\"2.0\"/>"
    )
}
