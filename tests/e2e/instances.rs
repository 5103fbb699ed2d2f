//! GitLab instances that the person names: asked for in the click, traced at once and after the browser's
//! restart, gone with their events when they are removed; and an origin that was not named, which is no
//! GitLab whatever it shows.

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, Kind, LaunchOptions, Page};
use samlight_tests::installed::{INSTANCES, Installed, NOTE, PANEL_TAB, POPUP};
use samlight_tests::lab::LabState;
use samlight_tests::runner::World;
use samlight_tests::wait::until;
use serde_json::{Value, json};

use crate::sign_in::wait_for_verdict;
use crate::stage::{Desk, Stage, keep_picture};

/// Below a relative URL root, at a port of its own.
const ADDRESS: &str = "https://gitlab.example.com:8443/gitlab";
/// At the default port, without a root.
const AT_THE_ROOT: &str = "https://gitlab.example.com";
/// Another origin on the same host.
const ELSEWHERE: &str = "https://gitlab.example.com:9443";

const FIELD: &str = "#instance-address";
const ADD: &str = ".add-instance button";
const ALLOW: &str = ".instance .allow";

/// The permission for an origin, as narrow as the browser can express it.
fn pattern(kind: Kind, port: u16) -> String {
    match kind {
        Kind::Chromium => format!("https://gitlab.example.com:{port}/*"),
        Kind::Firefox => "https://gitlab.example.com/*".to_owned(),
    }
}

pub(crate) fn added_then_removed(stage: &Stage, browser: &Browser) -> Result<()> {
    let profile = tempfile::Builder::new().prefix("samlight-profile-").tempdir()?;
    let options = LaunchOptions {
        kind: browser.kind(),
        profile: Some(profile.path().to_owned()),
        installed: Some(stage.extensions.join(browser.kind().id())),
        ..stage.launch_options()
    };
    let state = stage.new_identities(|state| state.gitlab_origin = ADDRESS.to_owned())?;
    {
        let browser = Browser::launch(&options)?;
        let tab = browser.first_page()?;
        let samlight = Installed::begin(&browser, browser.installed_extension()?, &tab)?;
        let desk = Desk { samlight, tab, gitlab: ADDRESS.to_owned() };
        added(&browser, &desk, &state)?;
        traced(&browser, &desk, &state)?;
    }
    let browser = Browser::launch(&options)?;
    let extension = browser.installed_extension()?;
    let panel = browser.open(&extension.url(PANEL_TAB))?;
    let desk = Desk {
        samlight: Installed { extension, panel },
        tab: browser.open("about:blank")?,
        gitlab: ADDRESS.to_owned(),
    };
    let probe = format!("{ADDRESS}/assets/style.css?SAMLRequest=probe-after-restart");
    let recorded = || Ok(desk.samlight.events()?.iter().any(|it| it["url"] == probe.as_str()));
    desk.samlight.extension.wait_until_recording(&desk.tab, &probe, recorded)?;
    traced(&browser, &desk, &state).context("after the restart")?;
    removed(&browser, &desk, &state)
}

/// Refused, denied, allowed; and the page that is open already is marked at once.
fn added(browser: &Browser, desk: &Desk, state: &LabState) -> Result<()> {
    let samlight = &desk.samlight;
    offered_where_the_person_stands(browser, desk)?;
    desk.sign_in_by_password(state.owner())?;
    open_settings(desk, state)?;
    samlight.panel.click(".menu > summary")?;
    samlight.panel.click(".instances-link")?;
    let page = browser.opened(&samlight.extension.url(INSTANCES))?;
    page.wait_for_text("No other GitLab was added")?;

    page.fill(FIELD, "http://gitlab.example.com")?;
    page.press("Enter")?;
    page.wait_for_text("http is allowed only for a GitLab on this computer")?;

    let wanted = pattern(browser.kind(), 8443);
    let add = |allow| {
        page.fill(FIELD, ADDRESS)?;
        samlight.extension.answer_request(browser, &page, (&wanted, allow), || page.click(ADD))
    };
    add(false)?;
    page.wait_for_text("was not added, because access to it was not allowed")?;
    ensure!(samlight.extension.stored(&page)?.local.get("instances").is_none(), "it was kept all the same");
    assert_eq!(granted(&page)?, json!(["https://gitlab.com/*"]));
    let marked = desk.tab.shadow_texts(NOTE)?;
    ensure!(marked.is_empty(), "marked before it was added: {marked:?}");

    page.navigate(&samlight.extension.url(INSTANCES))?;
    page.wait_for_text("No other GitLab was added")?;
    add(true)?;
    page.wait_for("!!document.querySelector('.instance[data-seen=true]')")?;
    page.wait_for_text(ADDRESS)?;
    ensure!(!page.text()?.contains("No other GitLab was added"));
    assert_eq!(granted(&page)?, json!(["https://gitlab.com/*", wanted]));
    let kept = samlight.extension.stored(&page)?.local;
    assert_eq!(
        Value::from(kept),
        json!({ "instances": [{ "origin": "https://gitlab.example.com:8443", "root": "/gitlab" }] })
    );
    page.close()?;
    wait_for_notes(&desk.tab).context("on the page that was open")
}

/// A sign-in is recorded and compared, and the settings page is marked.
fn traced(browser: &Browser, desk: &Desk, state: &LabState) -> Result<()> {
    desk.samlight.clear()?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(state, state.member())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    let flow = wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    ensure!(flow.line.title.contains("gitlab.example.com:8443/gitlab"), "{}", flow.line.title);
    ensure!(flow.line.title.contains(&state.group.path), "{}", flow.line.title);
    ensure!(
        flow.comparison.rows[0].right.seen.contains("/api/v4/user"),
        "{:?}",
        flow.comparison.rows[0].right
    );
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    open_settings(desk, state)?;
    wait_for_notes(&desk.tab)
}

/// With its permission, its scripts, its notes and its events; nothing of it is recorded any more.
fn removed(browser: &Browser, desk: &Desk, state: &LabState) -> Result<()> {
    let samlight = &desk.samlight;
    let page = browser.open(&samlight.extension.url(INSTANCES))?;
    page.click(".instance .clear button")?;
    page.wait_for_text("This deletes everything that was recorded there")?;
    page.click(".instance .clear .danger")?;
    page.wait_for_text("No other GitLab was added")?;
    until("the permission to be withdrawn", || {
        let granted = granted(&page)?;
        ensure!(granted == json!(["https://gitlab.com/*"]), "{granted}");
        Ok(())
    })?;
    let scripts = page.evaluate("chrome.scripting.getRegisteredContentScripts()")?;
    assert_eq!(scripts, json!([]));
    assert_eq!(Value::from(samlight.extension.stored(&page)?.local), json!({ "instances": [] }));
    until("the notes to go", || {
        let notes = desk.tab.shadow_texts(NOTE)?;
        ensure!(notes.is_empty(), "{notes:?}");
        Ok(())
    })?;
    nothing_is_kept(samlight)?;

    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(state, state.member())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    nothing_is_kept(samlight)
}

/// On a page that looks like GitLab's the popup leads to the page that adds it, with its address; the popup
/// on another page, and the empty panel, say which GitLabs are watched.
fn offered_where_the_person_stands(browser: &Browser, desk: &Desk) -> Result<()> {
    let samlight = &desk.samlight;
    samlight.clear()?;
    samlight.panel.wait_for_text("Watched: gitlab.com. Is your GitLab at another address?")?;
    desk.tab.navigate(&format!("{ADDRESS}/users/sign_in"))?;
    let popup = samlight.extension.open_popup(&desk.tab, POPUP)?;
    popup.wait_for_text("Watched: gitlab.com.")?;
    popup.wait_for_text("Record sign-ins at gitlab.example.com:8443/gitlab")?;
    keep_picture(&popup, "popup-elsewhere")?;
    // A press would open it, and close the popup in the middle of the press.
    let leads_to = popup.evaluate("document.querySelector('.elsewhere .button').href")?;
    let page = samlight.extension.url(&format!("{INSTANCES}#{ADDRESS}"));
    assert_eq!(leads_to, json!(page));
    popup.close()?;
    let page = browser.open(&page)?;
    page.wait_for(&format!("document.querySelector('{FIELD}').value === '{ADDRESS}'"))?;
    page.close()?;
    desk.tab.navigate("https://idp.example.com/ready.txt")?;
    let popup = samlight.extension.open_popup(&desk.tab, POPUP)?;
    popup.wait_for_text("Watched: gitlab.com.")?;
    ensure!(popup.evaluate("document.querySelector('.elsewhere .button')")?.is_null(), "this is no GitLab");
    popup.close()
}

/// The person takes access away in the browser's own menu, and gives it again by the page's button.
pub(crate) fn withheld_then_given(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| state.gitlab_origin = AT_THE_ROOT.to_owned())?;
    let extension = &desk.samlight.extension;
    let wanted = pattern(browser.kind(), 443);
    let page = name_it(browser, &desk, AT_THE_ROOT, &wanted)?;
    desk.sign_in_by_password(state.owner())?;
    open_settings(&desk, &state)?;
    wait_for_notes(&desk.tab)?;

    extension.withdraw_site(browser, &wanted)?;
    page.wait_for_text("No access")?;
    until("the notes to go", || {
        let notes = desk.tab.shadow_texts(NOTE)?;
        ensure!(notes.is_empty(), "{notes:?}");
        Ok(())
    })?;
    desk.samlight.clear()?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    let events = captured(&desk.samlight)?;
    ensure!(events.is_empty(), "kept without access: {events:?}");

    // The button asks for this origin alone; the answer is given as the browser's menu gives it.
    page.evaluate(
        "chrome.permissions.request = wanted => { globalThis.wanted = wanted; return new Promise(() => {}) }",
    )?;
    page.click(ALLOW)?;
    assert_eq!(page.wait_for("globalThis.wanted")?, json!({ "origins": [wanted] }));
    extension.give_site(browser, &wanted)?;
    page.wait_for("!!document.querySelector('.instance[data-seen=true]')")?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_saml(&state, state.member())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    assert_eq!(desk.samlight.overview()?.flows.len(), 1);
    Ok(())
}

/// Access is there, and the pages look and act like GitLab's; but nobody said that it is one.
pub(crate) fn not_named(stage: &Stage, browser: &Browser) -> Result<()> {
    let (mut desk, mut state) = stage.desk(browser, |state| state.gitlab_origin = ADDRESS.to_owned())?;
    // In Firefox the permission of one port is for all ports of the host, and so are the content scripts.
    let page = name_it(browser, &desk, ADDRESS, &pattern(browser.kind(), 8443))?;
    give_access_by_hand(browser, &desk, &page, &pattern(browser.kind(), 9443))?;
    state.gitlab_origin = ELSEWHERE.to_owned();
    stage.lab.set_state(&state)?;
    desk.gitlab = ELSEWHERE.to_owned();

    desk.sign_in_by_saml(&state, state.owner())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    open_settings(&desk, &state)?;
    // The messages are SAML like any other; whose they are is not known.
    let flow = until("the messages", || {
        let flow = desk.samlight.newest()?;
        ensure!(flow.messages.len() == 2, "only {} messages", flow.messages.len());
        Ok(flow)
    })?;
    ensure!(!flow.line.title.contains(&state.group.path), "{}", flow.line.title);
    ensure!(flow.outcome.is_none(), "{:?}", flow.outcome);
    ensure!(
        flow.comparison.rows.iter().all(|row| row.verdict == Verdict::Unknown),
        "{:?}",
        flow.comparison.rows
    );
    let events = captured(&desk.samlight)?;
    let read: Vec<_> = events.iter().filter(|it| it["kind"] == "page" || it["kind"] == "answer").collect();
    ensure!(read.is_empty(), "read: {read:?}");
    let asked = stage.front.requests();
    let asked: Vec<_> = asked
        .iter()
        .filter(|it| it.host.ends_with(":9443") && it.target.starts_with("/api/v4/user"))
        .collect();
    ensure!(asked.is_empty(), "asked: {asked:?}");

    // The same page, named, is marked; so the one before would have been by now.
    state.gitlab_origin = ADDRESS.to_owned();
    stage.lab.set_state(&state)?;
    desk.gitlab = ADDRESS.to_owned();
    let elsewhere = std::mem::replace(&mut desk.tab, browser.open("about:blank")?);
    // Cookies are for all ports of a host.
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    open_settings(&desk, &state)?;
    wait_for_notes(&desk.tab)?;
    assert_eq!(elsewhere.shadow_texts(NOTE)?, Vec::<String>::new());
    Ok(())
}

/// Adds the instance; gives the page on which that was done.
fn name_it(browser: &Browser, desk: &Desk, address: &str, wanted: &str) -> Result<Page> {
    let extension = &desk.samlight.extension;
    let page = browser.open(&extension.url(INSTANCES))?;
    page.wait_for_text("No other GitLab was added")?;
    page.fill(FIELD, address)?;
    extension.answer_request(browser, &page, (wanted, true), || page.click(ADD))?;
    page.wait_for("!!document.querySelector('.instance[data-seen=true]')")?;
    Ok(page)
}

/// Access that nobody asked for on behalf of an instance.
fn give_access_by_hand(browser: &Browser, desk: &Desk, page: &Page, wanted: &str) -> Result<()> {
    let origins = json!({ "origins": [wanted] });
    if page.evaluate(&format!("chrome.permissions.contains({origins})"))? == false {
        let ask = || page.evaluate(&format!("chrome.permissions.request({origins})")).map(drop);
        desk.samlight.extension.answer_request(browser, page, (wanted, true), ask)?;
    }
    assert_eq!(page.evaluate(&format!("chrome.permissions.contains({origins})"))?, true);
    Ok(())
}

fn open_settings(desk: &Desk, state: &LabState) -> Result<()> {
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    desk.tab.wait_for("document.querySelectorAll('tbody tr').length > 1").map(drop)
}

/// Waits until rows of the members table are marked.
fn wait_for_notes(tab: &Page) -> Result<()> {
    until("notes on the members table", || {
        let notes = tab.shadow_texts(&format!("tbody {NOTE}"))?;
        ensure!(notes.iter().any(|note| !note.is_empty()), "{notes:?}");
        Ok(())
    })
}

/// The origins that Samlight may see.
fn granted(own_page: &Page) -> Result<Value> {
    own_page.evaluate("chrome.permissions.getAll().then(({ origins }) => origins.sort())")
}

/// The events except for those that tell which instances are named.
fn captured(samlight: &Installed) -> Result<Vec<Value>> {
    Ok(samlight.events()?.into_iter().filter(|it| it["kind"] != "settings").collect())
}

fn nothing_is_kept(samlight: &Installed) -> Result<()> {
    let flows = samlight.overview()?.flows;
    ensure!(flows.is_empty(), "{flows:?}");
    let events = samlight.events()?;
    ensure!(events.is_empty(), "{events:?}");
    Ok(())
}
