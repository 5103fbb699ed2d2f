//! The time from opening the settings page of a group of 250 until all its rows are marked and all members
//! are counted, without the time that requests are under way; beside it, what the page itself needs to draw
//! one page of its table. Reported; nothing is asserted of a time, because the machine decides it. What a
//! request costs in the browser itself counts as Samlight's.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::front::Passed;
use samlight_tests::installed::NOTE;
use samlight_tests::wait::until;
use serde_json::Value;

use crate::stage::Stage;
use crate::verdicts::{ALL, MEMBERS};

/// In the page: when the page last changed itself, and when a note last came.
const WATCH: &str = "new MutationObserver(records => {
    const isNote = node => node.nodeName === 'SAMLIGHT-NOTE';
    for (const { addedNodes, removedNodes } of records) {
        const touched = [...addedNodes, ...removedNodes];
        globalThis[touched.length && touched.every(isNote) ? 'noted' : 'drawn'] = performance.now();
    }
}).observe(document.documentElement, { subtree: true, childList: true, characterData: true }), true";

pub(crate) fn is_reported(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| state.grow(MEMBERS, fastrand::u64(..)))?;
    desk.sign_in_by_password(state.owner())?;
    let tab = &desk.tab;
    let path = &state.group.path;
    // The last of the reads waits until the page is watched; that is time on the network, too.
    let held = stage.front.hold(&format!("/api/v4/groups/{path}/audit_events"));
    let began = Instant::now();
    tab.navigate(&format!("{}/groups/{path}/-/saml", desk.gitlab))?;
    held.wait_for_request()?;
    tab.evaluate(WATCH)?;
    drop(held);
    all_marked(tab)?;
    let since = "noted - performance.getEntriesByType('navigation')[0].responseEnd";
    let [opened, _] = numbers(&tab.evaluate(&format!("[{since}, 0]"))?)?;
    let reads: Vec<_> = stage
        .front
        .requests()
        .into_iter()
        .filter(|it| it.target.starts_with("/api/v4/") && it.under_way.0 > began)
        .collect();
    ensure!(reads.len() >= 10, "there were {} reads", reads.len());
    let network = under_way(&reads).as_secs_f64() * 1_000.0;
    ensure!(network < opened, "all of {opened} ms were network: {network}");

    tab.evaluate("performance.clearResourceTimings()")?;
    tab.click(".js-next-button button")?;
    tab.wait_for("document.querySelector('.page-item.active')?.textContent.trim() === '2'")?;
    all_marked(tab)?;
    let answered =
        "performance.getEntriesByType('resource').findLast(it => it.name.includes('page=2')).responseEnd";
    let [drawing, noting] = numbers(&tab.evaluate(&format!("[drawn - {answered}, noted - drawn]"))?)?;

    let own = opened - network;
    println!(
        "{}: a group of {MEMBERS}: all marked {own:.0} ms after the page came, without {network:.0} ms on the network; \
         the page draws one page of its table in {drawing:.1} ms (the peer, 1.0; {:.1}); its rows are marked anew \
         {noting:.0} ms later",
        browser.kind().id(),
        own / drawing
    );
    Ok(())
}

/// Waits for a note in each row, and the one on all members.
fn all_marked(tab: &Page) -> Result<()> {
    until("all rows to be marked", || {
        let rows = tab.shadow_texts(&format!("tbody td:nth-child(2) {NOTE}"))?;
        let all = tab.shadow_texts(ALL)?;
        let is_counted = all.iter().any(|text| text.contains("250 users checked"));
        ensure!(rows.len() == 10 && is_counted, "{} rows, {all:?}", rows.len());
        Ok(())
    })
}

/// The time in which any of these was under way; one that is made while another is counts once.
fn under_way(requests: &[Passed]) -> Duration {
    let mut spans: Vec<_> = requests.iter().map(|request| request.under_way).collect();
    spans.sort();
    let (mut sum, mut until) = (Duration::ZERO, None);
    for (begin, end) in spans {
        let begin = until.map_or(begin, |until| begin.max(until));
        sum += end.saturating_duration_since(begin);
        until = until.max(Some(end));
    }
    sum
}

fn numbers(value: &Value) -> Result<[f64; 2]> {
    let list = value.as_array().context("the page gives a list")?;
    let number = |at: usize| list.get(at).and_then(Value::as_f64).with_context(|| format!("{value}"));
    Ok([number(0)?, number(1)?])
}
