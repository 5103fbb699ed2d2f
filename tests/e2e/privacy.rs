//! Samlight keeps SAML and nothing else: 500 requests with secrets in them, a password sign-in, forms, API
//! calls, between two sign-ins by SAML that prove that it records all the while.
//!
//! Searched are the stores, the messages between Samlight's parts, what they answer, their consoles and their
//! memory. Left out is the memory of content scripts: they live in the page's own process and heap, which
//! holds what the page itself sends. Disk is `disk.rs`. In Chromium alone: Firefox gives no snapshot of a
//! heap that holds all strings, and its event page cannot be watched from outside.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::{Installed, POPUP, SIDE_PANEL};
use samlight_tests::lab::LabState;
use samlight_tests::wait::until;
use serde_json::{Value, json};

use crate::forms::Forms;
use crate::sign_in::wait_for_verdict;
use crate::stage::{Desk, Stage};
use crate::unrelated::{COUNT, Unrelated};

pub(crate) fn nothing_else_is_kept(stage: &Stage, browser: &Browser) -> Result<()> {
    let unrelated = Unrelated::new();
    let (desk, state) = stage.desk(browser, |state| {
        for (number, user) in state.users.iter_mut().enumerate() {
            user.password = unrelated.secret(COUNT + 2 * number);
            user.idp_password = unrelated.secret(COUNT + 2 * number + 1);
        }
    })?;
    let samlight = &desk.samlight;
    let worker = samlight.extension.worker()?;
    watch(&worker, &samlight.panel)?;
    let side = samlight.extension.open_side_panel(&samlight.panel, SIDE_PANEL)?;
    let mut secrets = Secrets::default();
    secrets.add(&unrelated.marker)?;
    secrets.add_from(&desk.tab)?;

    signs_in(&desk, &state, 1)?;
    secrets.add_from(&desk.tab)?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    secrets.add(&new_scim_token(&desk.tab, &state)?)?;
    secrets.add_from(&desk.tab)?;
    unrelated.send_all(&desk.tab, &state.group.path)?;
    saml_among_secrets(&desk, &state, &unrelated)?;
    secrets.add_from(&desk.tab)?;
    desk.forget_sessions(browser)?;
    signs_in(&desk, &state, 3)?;
    secrets.add_from(&desk.tab)?;

    let missing = unrelated.missing(&stage.front);
    ensure!(missing.is_empty(), "these requests were not sent: {missing:?}");
    let shown = worker.evaluate("globalThis.shown")?.as_u64().unwrap_or_default();
    ensure!(shown >= COUNT as u64, "the browser showed the extension only {shown} requests");

    let popup = samlight.extension.open_popup(&desk.tab, POPUP)?;
    popup.wait_for_text("Recording")?;
    let name_id = &state.member().name_id;
    let texts = texts(browser, &desk, &worker)?;
    for kept in ["the session store", "the messages to own pages", "the answers to own pages"] {
        let (_, text) = texts.iter().find(|(name, _)| name == kept).context(kept)?;
        ensure!(Forms::of(name_id).are_in(text.as_bytes()), "{kept} lack the NameID, so they prove nothing");
    }
    let mut found = secrets.found_in(&texts);
    for page in [&samlight.panel, &side, &popup] {
        page.note_memory_of(&samlight.extension.url("panel/samlight_www.js"))?;
    }
    for (name, page) in
        [("worker", &worker), ("tab", &samlight.panel), ("side panel", &side), ("popup", &popup)]
    {
        let needles: Vec<_> = secrets.0.iter().map(String::as_str).collect();
        let places = page.find_in_memory(&needles).with_context(|| format!("searching the {name}"))?;
        found.extend(
            places.iter().map(|it| format!("{} in the memory of the {name}: {}", it.needle, it.place)),
        );
        ensure!(
            !page.find_in_memory(&[name_id])?.is_empty(),
            "the {name} does not know the NameID, so it proves nothing"
        );
    }
    ensure!(found.is_empty(), "kept, but no SAML:\n{}", found.join("\n"));
    Ok(())
}

/// The texts that must not be found anywhere.
#[derive(Default)]
struct Secrets(BTreeSet<String>);

impl Secrets {
    fn add(&mut self, secret: &str) -> Result<()> {
        ensure!(secret.len() >= 16, "{secret:?} is too short to be told from chance");
        self.0.insert(secret.to_owned());
        Ok(())
    }

    /// The page's CSRF token and all cookies, GitLab's and the identity provider's.
    fn add_from(&mut self, tab: &Page) -> Result<()> {
        if let Some(token) =
            tab.evaluate("document.querySelector('meta[name=csrf-token]')?.content")?.as_str()
        {
            self.add(token)?;
        }
        let cookies = tab.command("Network.getAllCookies", &json!({}))?;
        for cookie in cookies["cookies"].as_array().context("no cookies")? {
            self.add(cookie["value"].as_str().unwrap_or_default())?;
        }
        Ok(())
    }

    fn found_in(&self, texts: &[(String, String)]) -> Vec<String> {
        let mut found = Vec::new();
        for secret in &self.0 {
            let forms = Forms::of(secret);
            let holding = texts.iter().filter(|(_, text)| forms.are_in(text.as_bytes()));
            found
                .extend(holding.map(|(name, text)| format!("{secret} in {name}: {}", excerpt(text, secret))));
        }
        found
    }
}

/// The place where it is; a text that holds it in another form than as it is shows its beginning.
fn excerpt(text: &str, secret: &str) -> String {
    let before = text.find(secret).unwrap_or_default().saturating_sub(120);
    text.chars().skip(text.get(..before).map_or(0, |it| it.chars().count())).take(240).collect()
}

/// Has the worker count the requests that the browser shows it, and both note what is said between Samlight's
/// parts. Content scripts' messages reach every own page, too.
fn watch(worker: &Page, panel: &Page) -> Result<()> {
    worker.note_memories()?;
    worker.evaluate(
        "globalThis.shown = 0;
         chrome.webRequest.onBeforeRequest.addListener(() => { shown += 1 }, { urls: ['https://gitlab.com/*'] }, ['requestBody']);
         globalThis.told = [];
         const tell = chrome.tabs.sendMessage;
         chrome.tabs.sendMessage = (tab, message) => { told.push(message); return tell(tab, message) };",
    )?;
    panel.evaluate(
        "globalThis.heard = [];
         chrome.runtime.onMessage.addListener(message => { heard.push(message) });",
    )?;
    Ok(())
}

/// A member signs in by SAML; Samlight compares it, and it is the `count`th sign-in.
fn signs_in(desk: &Desk, state: &LabState, count: usize) -> Result<()> {
    desk.sign_in_by_saml(state, state.member())?;
    desk.tab.wait_for_text("Signed in with SAML for")?;
    until("one sign-in more", || {
        let flows = desk.samlight.overview()?.flows.len();
        ensure!(flows == count, "{flows} sign-ins");
        Ok(())
    })?;
    wait_for_verdict(&desk.samlight, Verdict::Exact).map(drop)
}

/// The group's owner has GitLab make a new SCIM token, which GitLab then shows in clear.
fn new_scim_token(tab: &Page, state: &LabState) -> Result<String> {
    tab.navigate(&format!("https://gitlab.com/groups/{}/-/saml", state.group.path))?;
    tab.wait_for("document.querySelectorAll('samlight-note').length > 0")?;
    tab.click(".js-reset-scim-token")?;
    let token = tab.wait_for(
        "(value => value.startsWith('glsoat-') && value)(document.querySelector('#scim_token').value)",
    )?;
    Ok(token.as_str().unwrap_or_default().to_owned())
}

/// A form with SAML and secrets in it: of what is kept, only SAML's own fields are.
fn saml_among_secrets(desk: &Desk, state: &LabState, unrelated: &Unrelated) -> Result<()> {
    let fields = json!({ "SAMLResponse": "bm8gU0FNTA==", "token": unrelated.secret(9001),
        "user[password]": unrelated.secret(9002), "_method": unrelated.secret(9003) });
    desk.tab.leave(&format!(
        "const form = Object.assign(document.createElement('form'), {{ method: 'post', action: '/groups/{}/-/saml/callback' }});
            for (const [name, value] of Object.entries({fields}))
                form.append(Object.assign(document.createElement('input'), {{ type: 'hidden', name, value }}));
            document.body.append(form);
            form.submit();",
        state.group.path
    ))?;
    until("the form in the list", || {
        let flows = desk.samlight.overview()?.flows.len();
        ensure!(flows == 2, "{flows} sign-ins");
        Ok(())
    })?;
    desk.wait_for_gitlab()
}

/// All that Samlight keeps or says as text, by name.
fn texts(browser: &Browser, desk: &Desk, worker: &Page) -> Result<Vec<(String, String)>> {
    let Installed { extension, panel } = &desk.samlight;
    let stored = extension.stored(panel)?;
    let pages = panel.evaluate(
        "(async () => [{ ...localStorage }, await indexedDB.databases(), await caches.keys()])()",
    )?;
    let toolbar = extension.toolbar(panel)?;
    let tab = desk.tab.target_id()?;
    let console = |line: &samlight_tests::browser::ConsoleLine| {
        // The browser itself names addresses of the page that could not be loaded, on the page's own console.
        !(line.target == tab && line.text.starts_with("Failed to load resource"))
    };
    let console: Vec<_> =
        browser.console().iter().filter(|it| console(it)).map(ToString::to_string).collect();
    let named = [
        ("the session store", json!(stored.session)),
        ("the local store", json!(stored.local)),
        ("the synchronised store", json!(stored.sync)),
        ("stores of own pages", pages),
        ("the messages to own pages", panel.evaluate("heard")?),
        ("the messages to content scripts", worker.evaluate("told")?),
        ("the answers to own pages", answers(&desk.samlight)?),
        ("the answer to a content script", answer_to_page(desk)?),
        ("the toolbar", json!(toolbar)),
        ("a console", json!(console)),
    ];
    Ok(named.into_iter().map(|(name, value)| (name.to_owned(), value.to_string())).collect())
}

/// Everything an own page can ask.
fn answers(samlight: &Installed) -> Result<Value> {
    let overview = samlight.overview()?;
    let flows: Result<Vec<_>> = overview.flows.iter().map(|line| samlight.flow(&line.id)).collect();
    Ok(json!([overview, flows?, samlight.report()?]))
}

/// The answer to a content script about the page it is on.
fn answer_to_page(desk: &Desk) -> Result<Value> {
    let answer = desk.samlight.extension.evaluate_beside(
        &desk.tab,
        "chrome.runtime.sendMessage({ page: JSON.stringify({ call: 'opened', url: location.origin + location.pathname }), made: Date.now() })",
    )?;
    ensure!(answer["reply"].is_string(), "the worker answered {answer}");
    Ok(answer)
}
