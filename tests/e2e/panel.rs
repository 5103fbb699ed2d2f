//! The panel, in a tab and beside the page: it follows a sign-in while it happens, works by keyboard alone,
//! and lists what cannot be decoded.

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight::comparison::Verdict;
use samlight::view::MessageView;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::SIDE_PANEL;
use samlight_tests::lab::{LabState, with_other_case};
use samlight_tests::wait::until;
use serde_json::json;

use crate::sign_in::wait_for_verdict;
use crate::stage::{Desk, MESSAGES_TAB, SEQUENCE_TAB, Stage, keep_picture, show_part};

/// Empty, under way, refused, compared: each by itself, in documents that are never loaded again.
pub(crate) fn follows_a_sign_in(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
    })?;
    let panel = &desk.samlight.panel;
    let side = desk.samlight.extension.open_side_panel(panel, SIDE_PANEL)?;
    let panels = [("panel", panel), ("side-panel", &side)];
    let all_show =
        |text: &str| panels.iter().try_for_each(|(name, page)| page.wait_for_text(text).context(*name));

    all_show("No sign-in yet")?;
    for (name, page) in panels {
        page.evaluate("globalThis.stillHere = true")?;
        keep_picture(page, &format!("empty-{name}"))?;
    }
    desk.go_to_idp(&state)?;
    all_show("The sign-in is in progress")?;
    keep_picture(&side, "under-way-side-panel")?;
    desk.answer_idp(state.member())?;
    desk.wait_for_gitlab()?;
    all_show("GitLab refused this sign-in")?;
    keep_picture(&side, "refused-side-panel")?;
    desk.sign_in_by_password(state.member())?;
    all_show("has other capital letters than the one that GitLab has stored")?;
    for (name, page) in panels {
        assert_eq!(page.evaluate("globalThis.stillHere")?, true, "the {name} was loaded again");
        keep_picture(page, &format!("case-{name}"))?;
        // Of all arrows one is marked, and the list beside the picture says which.
        page.wait_for("document.querySelectorAll('.arrow[data-state=failed] .cross').length === 1")?;
        page.wait_for("document.querySelector('.sequence-steps [data-state=failed]').textContent.includes('GitLab refused')")?;
        show_part(page, SEQUENCE_TAB)?;
        page.evaluate("document.querySelector('.sequence').scrollIntoView()")?;
        keep_picture(page, &format!("sequence-{name}"))?;
    }
    Ok(())
}

/// Two sign-ins: moves in the list, opens a message, looks at its three forms, copies one.
pub(crate) fn by_keyboard(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    two_sign_ins(browser, &desk, &state)?;
    let flow = desk.samlight.newest()?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    let selected = "document.querySelector('[role=option][aria-selected=true]')";
    let entries = "[...document.querySelectorAll('[role=option]')]";
    panel.wait_for(&format!("{entries}.length === 2 && {selected} === {entries}[0]"))?;

    tab_to(panel, "[role=listbox]")?;
    panel.press("ArrowDown")?;
    panel.wait_for(&format!(
        "{selected} === {entries}[1] && document.activeElement.getAttribute('aria-activedescendant') === {selected}.id"
    ))?;
    let shown = |started: &str| {
        panel.wait_for(&format!("document.querySelector('.flow time').dateTime === '{started}'"))
    };
    shown(&desk.samlight.overview()?.flows[1].started)?;
    panel.press("Home")?;
    panel.wait_for(&format!("{selected} === {entries}[0]"))?;
    shown(&flow.line.started)?;
    panel.press("Enter")?;
    panel.wait_for("document.activeElement.id === 'flow-heading'")?;

    keys_lead_to_the_parts(panel)?;
    let response = flow.messages.last().context("no message")?;
    let summary = format!("details.message:nth-of-type({}) summary", flow.messages.len());
    // The Response opened with the part; it is closed and opened as any other.
    tab_to(panel, &summary)?;
    for is_open in [false, true] {
        panel.press("Enter")?;
        panel.wait_for(&format!("document.activeElement.parentElement.open === {is_open}"))?;
    }
    begins_with_whom_it_is_about(panel, response)?;
    tab_to(panel, ".octets [role=tab]")?;
    let content_shown = "document.activeElement.closest('.octets').querySelector('pre').textContent";
    let forms = [
        ("Pretty", &response.pretty),
        ("Exact", &response.exact),
        ("As received", &response.received),
        ("Side by side", &response.pretty),
    ];
    for (form, content) in forms {
        panel.wait_for(&format!(
            "document.activeElement.textContent === '{form}' && {content_shown} === {}",
            json!(content)
        ))?;
        panel.press("ArrowRight")?;
    }
    panel.wait_for("document.activeElement.textContent === 'Pretty'")?;
    keep_picture(panel, "message-panel")?;
    panel.press("ArrowLeft")?;
    panel.press("ArrowLeft")?;
    tab_to(panel, ".octets [aria-pressed]")?;
    panel.press("Enter")?;
    panel.wait_for("document.activeElement.getAttribute('aria-pressed') === 'true'")?;
    tab_to(panel, ".octets button:not([role=tab], [aria-pressed])")?;
    panel.press("Enter")?;
    panel.wait_for_text("Copied")?;
    assert_eq!(panel.clipboard()?, response.received);
    Ok(())
}

/// In the open message the NameID is first and the RelayState is there, each with a button that copies it.
fn begins_with_whom_it_is_about(panel: &Page, response: &MessageView) -> Result<()> {
    let rows = "[...document.querySelectorAll('.message[open] .summary tr:has(.copied)')].map(row => [
        row.querySelector('th').textContent, row.querySelector('.copied > :first-child').textContent,
        row.querySelector('button').ariaLabel])";
    let row = |label: &str, value: &str| json!([label, value, format!("Copy: {label}")]);
    let shown = panel.wait_for(&format!("(rows => rows.length > 1 && rows)({rows})"))?;
    let (_, name_id) = response.summary.first().context("no summary")?;
    assert_eq!(shown[0], row("NameID", name_id));
    let relay_state = response.relay_state.as_deref().context("no RelayState")?;
    let is_there = shown.as_array().is_some_and(|rows| rows.contains(&row("RelayState", relay_state)));
    ensure!(is_there, "{shown}");
    Ok(())
}

/// The keys 1 to 6 show one part each, and the arrow keys lead round the row; at the end the messages are
/// shown.
fn keys_lead_to_the_parts(panel: &Page) -> Result<()> {
    const SHOWN: &str =
        "[...document.querySelectorAll('.flow .part')].filter(it => it.checkVisibility()).map(it => it.id)";
    for number in 1..=6 {
        panel.press(&number.to_string())?;
        panel.wait_for(&format!("JSON.stringify({SHOWN}) === '[\"part-{number}\"]'"))?;
        let tab = panel.evaluate("document.querySelector('.detail-tabs [aria-selected=true]').id")?;
        assert_eq!(tab, json!(format!("tab-{number}")));
    }
    tab_to(panel, ".detail-tabs [role=tab]")?;
    for (key, number) in [("ArrowRight", 1), ("ArrowLeft", 6), ("ArrowLeft", 5)] {
        panel.press(key)?;
        panel.wait_for(&format!("document.activeElement.id === 'tab-{number}'"))?;
    }
    panel.wait_for(&format!("JSON.stringify({SHOWN}) === '[\"part-5\"]'")).map(drop)
}

/// Looks for a sign-in by a word that stands in its message only, leaves out what has no problem, and goes
/// back.
pub(crate) fn searches(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    two_sign_ins(browser, &desk, &state)?;
    let newest = desk.samlight.newest()?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    let count = |shown: usize, said: &str| {
        panel.wait_for(&format!(
            "document.querySelectorAll('[role=option]').length === {shown}
             && document.querySelector('.count').textContent === '{said}'"
        ))
    };
    count(2, "2")?;
    let response = newest.messages.last().context("no message")?;
    let (_, id) =
        response.summary.iter().find(|(label, _)| label == "ID").context("the Response has no ID")?;
    panel.press("/")?;
    panel.wait_for("document.activeElement.type === 'search'")?;
    panel.type_text(&id.to_uppercase())?;
    count(1, "1 of 2")?;
    keep_picture(panel, "search-panel")?;
    panel.press("Escape")?;
    count(2, "2")?;
    // Each line says who, and a word can name the place in which it is looked for.
    let (member, owner) = (&state.member().name_id, &state.owner().name_id);
    let whose = "[...document.querySelectorAll('.entry-title')].map(it => it.textContent)";
    let lines = [owner, member].map(|who| format!("{who} · {}", state.group.path));
    assert_eq!(panel.evaluate(whose)?, json!(lines));
    for (words, found) in [
        (format!("nameid:{}", member.to_uppercase()), 1),
        (format!("-nameid:{member}"), 1),
        (format!("group:{} host:gitlab.com", state.group.path), 2),
        (format!("host:{member}"), 0),
        ("verdict:\"nameid matches\"".to_owned(), 2),
        ("-verdict:\"nameid matches\"".to_owned(), 0),
        ("-host:idp.example.com".to_owned(), 0),
    ] {
        panel.type_text(&words)?;
        count(found, &format!("{found} of 2")).context(words)?;
        panel.press("Escape")?;
        count(2, "2")?;
    }
    tab_to(panel, ".search [aria-pressed]")?;
    panel.press("Enter")?;
    panel.wait_for_text("No matching sign-ins.")?;
    count(0, "0 of 2")?;
    keep_picture(panel, "nothing-found-panel")?;
    panel.click(".nothing-found button")?;
    count(2, "2")?;
    Ok(())
}

/// A member's sign-in and the owner's.
pub(crate) fn two_sign_ins(browser: &Browser, desk: &Desk, state: &LabState) -> Result<()> {
    for user in [state.member(), state.owner()] {
        desk.forget_sessions(browser)?;
        desk.sign_in_by_saml(state, user)?;
        wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    }
    Ok(())
}

/// Presses Tab until the focus is on such an element.
pub(crate) fn tab_to(page: &Page, selector: &str) -> Result<()> {
    for _ in 0..60 {
        page.press("Tab")?;
        if page.evaluate(&format!("document.activeElement.matches({})", json!(selector)))? == true {
            return Ok(());
        }
    }
    anyhow::bail!("Tab does not lead to {selector}")
}

/// The position where the base64 below is broken.
const BROKEN_AT: usize = 40;

/// A form with something broken in it arrives at GitLab's assertion consumer service.
pub(crate) fn lists_the_unreadable(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    let mut broken =
        STANDARD.encode("<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\"/>");
    broken.replace_range(BROKEN_AT..=BROKEN_AT, "!");
    desk.tab.navigate("https://idp.example.com/ready.txt")?;
    desk.tab.leave(&format!(
        "const form = Object.assign(document.createElement('form'),
                {{ method: 'post', action: 'https://gitlab.com/groups/{}/-/saml/callback' }});
            form.append(Object.assign(document.createElement('input'),
                {{ type: 'hidden', name: 'SAMLResponse', value: '{broken}' }}));
            document.body.append(form);
            form.submit();",
        state.group.path
    ))?;
    desk.wait_for_gitlab()?;
    let flow = until("the message in the list", || {
        let flow = desk.samlight.newest()?;
        ensure!(flow.outcome.is_some(), "no outcome yet");
        Ok(flow)
    })?;
    let [message] = flow.messages.as_slice() else {
        anyhow::bail!("not one message: {:?}", flow.messages.len())
    };
    assert_eq!((message.binding.as_str(), message.received.as_str()), ("HTTP-POST", broken.as_str()));
    let at = format!("at byte {BROKEN_AT} of the received value is not base64");
    ensure!(
        message.flaws.iter().any(|flaw| flaw.code == "not-base64" && flaw.text.contains(&at)),
        "{:?}",
        message.flaws
    );

    let panel = &desk.samlight.panel;
    panel.wait_for_text(&flow.verdict.text)?;
    show_part(panel, MESSAGES_TAB)?;
    panel.wait_for_text(&at)?;
    keep_picture(panel, "unreadable-panel")?;
    Ok(())
}
