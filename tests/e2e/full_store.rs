//! The browser's store for the trace holds about 10 MB. A trace that is larger loses its oldest sign-ins,
//! never its newest, and the panel says how many and up to when.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight_tests::browser::Browser;
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
    ensure!(count > 0 && said.text.contains(&format!("The {count} oldest")), "{count} went: {said:?}");
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

fn is_new(event: &Value) -> bool {
    event["request"].as_str().is_some_and(|request| !request.starts_with("old-"))
}

fn message(id: &str) -> String {
    format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"{id}\" Version=\"2.0\"/>"
    )
}
