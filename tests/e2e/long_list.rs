//! A list of 2,500 sign-ins, 5,000 exchanges: only what is near what is seen is in the page, and the keys,
//! the search and the positions that are read out hold for all of it.

use anyhow::{Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::wait::until;
use serde_json::{Map, Value, json};

use crate::stage::{Stage, keep_picture};

const SIGN_INS: usize = 2_500;
/// Lines that may be in the page at once.
const MOST: usize = 200;

pub(crate) fn is_shown_in_part(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _) = stage.desk(browser, |_| {})?;
    let panel = &desk.samlight.panel;
    // As if they had been recorded earlier: the worker finds them when it starts again.
    for numbers in (0..SIGN_INS).collect::<Vec<_>>().chunks(500) {
        let events: Map<String, Value> = numbers.iter().flat_map(|number| sign_in(*number)).collect();
        panel.evaluate(&format!("chrome.storage.session.set({})", Value::from(events)))?;
    }
    desk.samlight.extension.stop_worker()?;
    until("all sign-ins in the trace", || {
        let total = desk.samlight.overview()?.total;
        ensure!(total == SIGN_INS, "{total} are");
        Ok(())
    })?;
    panel.leave("location.reload()")?;
    let selected = |position: usize| {
        panel.wait_for(&format!(
            "(({{ length }}, selected) => length > 0 && length <= {MOST}
                && selected?.getAttribute('aria-posinset') === '{position}'
                && selected.getAttribute('aria-setsize') === '{SIGN_INS}'
                && selected.getBoundingClientRect().bottom <= innerHeight + 1
                && selected.getBoundingClientRect().top >= -1)(
                document.querySelectorAll('[role=option]'),
                document.querySelector('[role=option][aria-selected=true]'))"
        ))
    };
    selected(1)?;
    panel.to_front()?;
    panel.click("[role=option]")?;
    panel.evaluate("document.querySelector('[role=listbox]').focus()")?;
    for (key, position) in [("End", SIGN_INS), ("ArrowUp", SIGN_INS - 1), ("Home", 1), ("ArrowDown", 2)] {
        panel.press(key)?;
        selected(position)?;
    }
    days_hold(panel)?;
    keep_picture(panel, "long-list")?;
    // Scrolled by hand to the middle: lines come.
    panel.evaluate(
        "(it => { it.scrollTop = it.scrollHeight / 2 })(document.querySelector('[role=listbox]'))",
    )?;
    panel.wait_for(
        "document.elementFromPoint(100, innerHeight / 2)?.closest('[role=option]')?.ariaPosInSet > 1000",
    )?;
    days_hold(panel)?;
    panel.press("/")?;
    panel.type_text("_a1234_")?;
    panel.wait_for("document.querySelector('.count').textContent === '1 of 2,500'")?;
    Ok(())
}

/// The day of the lines on top stays in view, the first of them is not below it, and the room for all lines
/// and all days is the same wherever the list is.
fn days_hold(panel: &Page) -> Result<()> {
    panel.wait_for(
        "(list => {
            const { top } = list.getBoundingClientRect();
            const stuck = [...list.querySelectorAll('.day-heading')].find(it => it.getBoundingClientRect().bottom > top + 1);
            const { height } = stuck.getBoundingClientRect();
            const group = stuck.closest('[role=group]');
            const lines = document.querySelector('[role=option]').getBoundingClientRect().height;
            const days = (list.scrollHeight - 2500 * lines) / height;
            const first = group.querySelector('[role=option] time').dateTime;
            const local = new Date(first).toLocaleDateString('sv');
            return Math.abs(stuck.getBoundingClientRect().top - top) < 2 && group.ariaLabel === local
                && stuck.textContent === local && [2, 3].some(count => Math.abs(days - count) < 0.2);
        })(document.querySelector('[role=listbox]'))",
    )?;
    Ok(())
}

/// The stored events of a refused sign-in that began at the identity provider.
fn sign_in(number: usize) -> [(String, Value); 2] {
    let acs = "https://gitlab.com/groups/acme/-/saml/callback";
    let place = json!({ "tab": number, "private": false, "cookie_store": "" });
    let response = STANDARD.encode(format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_a{number}_\" Version=\"2.0\"/>"
    ));
    let id = |step: usize| format!("{:013}-harness-{step:06}", 1_767_258_000_000 + 60_000 * number + step);
    let request = format!("long-{number}");
    [
        json!({ "id": id(0), "kind": "request", "request": request, "place": place, "method": "POST", "url": acs,
            "body": "form", "form": [["SAMLResponse", [response]]] }),
        json!({ "id": id(1), "kind": "request", "request": format!("{request}-again"), "place": place,
            "method": "POST", "url": acs, "body": "form", "form": [["SAMLResponse", [response]]] }),
    ]
    .map(|event| (format!("event {}", event["id"].as_str().unwrap_or_default()), event))
}
