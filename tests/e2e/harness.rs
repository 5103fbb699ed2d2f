//! The harness's own tests: the TLS front, the stand-ins, and everything the browser client can do, proved
//! with a throwaway extension (`throwaway/`) that knows nothing of Samlight. When one of these fails, no
//! scenario of the `e2e` target means anything.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, ensure};
use samlight_tests::browser::{Browser, Extension, LaunchOptions, Level, Page};
use samlight_tests::front::Front;
use samlight_tests::runner::{self, Scenario, World, keep_evidence};
use samlight_tests::stand_in::{
    MATCHING_MEMBER, MISMATCHING_MEMBER, OWNER, PASSWORD, SETTINGS_URL, SSO_URL, START_URL, StandIn,
};
use samlight_tests::wait::until;
use serde_json::{Value, json};

const SCENARIOS: &[Scenario<Stage>] = &[
    Scenario::in_chromium("the front serves gitlab.com over TLS", front_serves_gitlab),
    Scenario::in_chromium("the front answers 404 for a name nobody plays", front_refuses_strangers),
    Scenario::in_chromium(
        "a mismatching sign-in ends on the sign-in page with the notice",
        mismatching_sign_in,
    ),
    Scenario::in_chromium("a matching sign-in ends in the group", matching_sign_in),
    Scenario::in_chromium("the owner sees the members table, page by page", members_table),
    Scenario::in_chromium("a page takes clicks, text and keys", input),
    Scenario::everywhere("a page can prefer dark colours and a size, and be photographed", dark_picture),
    Scenario::in_chromium("consoles and exceptions are collected", consoles),
    Scenario::in_chromium("an extension records once the probe is through", extension_records),
    Scenario::in_chromium("a stopped worker comes back and its storage stays", worker_stops)
        .in_a_fresh_browser(),
    Scenario::in_chromium("the popup and the side panel open", popup_and_side_panel),
    Scenario::everywhere("the popup opens after another window was in front", popup_after_a_window),
    Scenario::in_chromium("text in a closed shadow root is read", closed_shadow_root),
    Scenario::in_chromium("withheld host access is withheld until it is granted", withheld_hosts)
        .in_a_fresh_browser(),
    Scenario::in_chromium("a secret in memory is found, however it is kept", memory_search)
        .in_a_fresh_browser(),
    Scenario::everywhere("a browser that was tidied up is as after its start", tidied_up),
    Scenario::in_chromium("an extension goes when the browser is tidied up", extension_goes),
    Scenario::in_chromium("a failure leaves its evidence", evidence_is_kept),
    Scenario::in_chromium("what goes wrong is said in words", errors_in_words),
];

fn main() -> ExitCode {
    runner::main("harness", SCENARIOS)
}

/// The stage that all of them share.
struct Stage {
    front: Front,
    _stand_in: StandIn,
    extension: PathBuf,
}

impl World for Stage {
    fn start() -> Result<Self> {
        let stand_in = StandIn::start()?;
        let front = Front::start(&stand_in.backends())?;
        let extension = Path::new(env!("CARGO_MANIFEST_DIR")).join("e2e/throwaway");
        Ok(Stage { front, _stand_in: stand_in, extension })
    }

    fn launch_options(&self) -> LaunchOptions {
        LaunchOptions { front: Some(self.front.reach()), ..LaunchOptions::default() }
    }

    fn log_tails(&self) -> Vec<(String, String)> {
        vec![("requests".to_owned(), self.front.log_tail())]
    }
}

fn front_serves_gitlab(stage: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open("https://gitlab.com/users/sign_in?here")?;
    assert_eq!(page.evaluate("[location.origin, isSecureContext]")?, json!(["https://gitlab.com", true]));
    page.wait_for("document.body.dataset.page === 'sessions:new'")?;
    let seen = stage.front.requests();
    ensure!(
        seen.iter()
            .any(|it| it.host == "gitlab.com" && it.target == "/users/sign_in?here" && it.status == 200)
    );
    Ok(())
}

fn front_refuses_strangers(stage: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open("https://elsewhere.example.com/")?;
    page.wait_for_text("nobody plays")?;
    let seen = stage.front.requests();
    ensure!(seen.iter().any(|it| it.host == "elsewhere.example.com" && it.status == 404));
    Ok(())
}

fn mismatching_sign_in(stage: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open(START_URL)?;
    page.click("[data-testid=start-sign-in]")?;
    page.click("[data-testid=saml-sso-signin-button]")?;
    sign_in_as(&page, MISMATCHING_MEMBER)?;
    page.wait_for("location.pathname === '/users/sign_in'")?;
    page.wait_for_text("There is already a GitLab account associated with this email address.")?;
    let of_the_flow =
        |it: &String| it.starts_with("POST https://gitlab.com/groups/acme/-/saml/callback -> 302");
    let seen: Vec<_> = stage.front.requests().iter().map(describe).collect();
    ensure!(seen.iter().any(of_the_flow), "{seen:?}");
    // The flash text is shown once.
    page.navigate("https://gitlab.com/users/sign_in")?;
    ensure!(!page.text()?.contains("There is already"));
    Ok(())
}

fn describe(passed: &samlight_tests::front::Passed) -> String {
    format!("{} https://{}{} -> {}", passed.method, passed.host, passed.target, passed.status)
}

fn matching_sign_in(_: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open(SSO_URL)?;
    let user =
        "fetch('/api/v4/user').then(async answer => ({ status: answer.status, ...await answer.json() }))";
    assert_eq!(page.evaluate(user)?, json!({ "status": 401, "message": "401 Unauthorized" }));
    page.click("[data-testid=saml-sso-signin-button]")?;
    sign_in_as(&page, MATCHING_MEMBER)?;
    page.wait_for("location.pathname === '/acme'")?;
    page.wait_for_text("Signed in with SAML for Acme")?;
    let user = page.evaluate(user)?;
    assert_eq!(user["identities"][0]["provider"], "group_saml");
    assert_eq!(user["identities"][0]["extern_uid"], "blair.roe-1207");
    Ok(())
}

fn members_table(_: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open("https://gitlab.com/users/sign_in")?;
    page.fill("#user_login", OWNER)?;
    page.fill("#user_password", PASSWORD)?;
    page.press("Enter")?;
    page.wait_for("!!document.querySelector('[data-testid=sign-out-link]')")?;
    page.navigate(SETTINGS_URL)?;
    let cells = "[...document.querySelectorAll('tbody tr')].map(row => [...row.cells].map(it => it.innerText.trim()))";
    page.wait_for("document.querySelectorAll('tbody tr').length === 10")?;
    assert_eq!(page.evaluate(cells)?[0][1], "Alex.Doe-4711");
    let address = page.url()?;
    page.click(".js-next-button button")?;
    page.wait_for("document.querySelectorAll('tbody tr').length === 2")?;
    assert_eq!(page.evaluate(cells)?[1][1], "lou.vale-3141");
    assert_eq!(page.url()?, address);
    Ok(())
}

fn input(_: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open("about:blank")?;
    page.evaluate(
        "document.body.innerHTML = '<input id=a value=old><input id=b><button id=c>C</button>'; \
         globalThis.keys = []; document.addEventListener('keydown', it => keys.push(it.key)); \
         document.querySelector('#c').onclick = it => { globalThis.clicked = it.isTrusted }; true",
    )?;
    page.fill("#a", "new ü")?;
    assert_eq!(page.evaluate("document.querySelector('#a').value")?, "new ü");
    page.press("Tab")?;
    page.press("x")?;
    assert_eq!(page.evaluate("document.querySelector('#b').value")?, "x");
    page.press("Shift+Tab")?;
    page.press("ArrowDown")?;
    assert_eq!(
        page.evaluate("[document.activeElement.id, keys]")?,
        json!(["a", ["Tab", "x", "Tab", "ArrowDown"]])
    );
    page.click("#c")?;
    page.wait_for("globalThis.clicked === true")?;
    Ok(())
}

fn dark_picture(_: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open("https://gitlab.com/users/sign_in")?;
    let dark = "matchMedia('(prefers-color-scheme: dark)').matches";
    for prefer in [true, false] {
        page.prefer_dark(prefer)?;
        assert_eq!(page.evaluate(dark)?, prefer);
    }
    page.set_size(640, 480)?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("new folder/page.png");
    page.screenshot(&file)?;
    let picture = std::fs::read(&file)?;
    let size = |at: usize| picture.get(at..at + 4).and_then(|it| it.try_into().ok()).map(u32::from_be_bytes);
    ensure!(picture.starts_with(b"\x89PNG"), "no PNG");
    assert_eq!((size(16), size(20)), (Some(640), Some(480)));
    Ok(())
}

fn consoles(_: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open("about:blank")?;
    page.evaluate(
        "console.error('a complaint', 7); setTimeout(() => { throw new Error('nobody caught me') }); true",
    )?;
    until("the exception", || {
        let lines = page.console();
        let has = |level, text: &str| lines.iter().any(|it| it.level == level && it.text.contains(text));
        ensure!(has(Level::Error, "a complaint 7") && has(Level::Exception, "nobody caught me"), "{lines:?}");
        Ok(())
    })
}

fn extension_records(stage: &Stage, browser: &Browser) -> Result<()> {
    let Loaded { extension, own_page, tab } = load(stage, browser)?;
    tab.navigate("https://gitlab.com/users/sign_in?counted")?;
    until("the request in the record", || contains(&recorded(&extension, &own_page)?, "?counted"))?;
    let worker = extension.worker()?;
    until("the worker's console", || {
        ensure!(worker.console().iter().any(|it| it.text == "throwaway worker"));
        Ok(())
    })?;
    ensure!(extension.worker_runs()?);
    let stored = extension.stored(&own_page)?;
    ensure!(stored.local.is_empty() && stored.sync.is_empty());
    own_page.evaluate("chrome.storage.local.set({ theme: 'dark' })")?;
    assert_eq!(extension.stored(&own_page)?.local["theme"], "dark");
    Ok(())
}

fn worker_stops(stage: &Stage, browser: &Browser) -> Result<()> {
    let Loaded { extension, own_page, tab } = load(stage, browser)?;
    let before = recorded(&extension, &own_page)?;
    ensure!(extension.stop_worker()?, "there was no worker to stop");
    ensure!(!extension.worker_runs()?);
    ensure!(!extension.stop_worker()?, "it was stopped twice");
    assert_eq!(recorded(&extension, &own_page)?, before);
    tab.navigate("https://gitlab.com/users/sign_in?again")?;
    let after = until("a record by a new worker", || {
        let after = recorded(&extension, &own_page)?;
        contains(&after, "?again").map(|()| after)
    })?;
    assert_eq!(after[..before.len()], before);
    assert_ne!(after.last().context("nothing")?["boot"], before[0]["boot"]);
    Ok(())
}

fn popup_and_side_panel(stage: &Stage, browser: &Browser) -> Result<()> {
    let Loaded { extension, own_page, tab } = load(stage, browser)?;
    let popup = extension.open_popup(&tab, "page.html?view=popup")?;
    popup.wait_for_text("popup")?;
    let folder = tempfile::tempdir()?;
    popup.screenshot(&folder.path().join("popup.png"))?;
    popup.close()?;
    let side = extension.open_side_panel(&own_page, "page.html?view=side")?;
    side.wait_for_text("side")?;
    side.screenshot(&folder.path().join("side.png"))?;
    // A second time, on another tab, while the panel is open.
    extension.open_popup(&tab, "page.html?view=popup")?.wait_for_text("popup")
}

/// A person raises the window by pressing its button; a browser without a screen has to be told.
fn popup_after_a_window(stage: &Stage, browser: &Browser) -> Result<()> {
    let Loaded { extension, own_page, tab } = load(stage, browser)?;
    let opened = "https://gitlab.com/users/sign_in?window";
    own_page.evaluate(&format!("chrome.windows.create({{ url: '{opened}' }}).then(() => true)"))?;
    browser.opened(opened)?.wait_for("document.hasFocus()")?;
    extension.open_popup(&tab, "page.html?view=popup")?.wait_for_text("popup")
}

fn closed_shadow_root(stage: &Stage, browser: &Browser) -> Result<()> {
    let Loaded { tab, .. } = load(stage, browser)?;
    tab.navigate("https://gitlab.com/users/sign_in")?;
    let texts = until("the note", || {
        let texts = tab.shadow_texts("throwaway-note")?;
        ensure!(!texts.is_empty(), "no note");
        Ok(texts)
    })?;
    assert_eq!(texts, ["Words behind a closed door"]);
    ensure!(!tab.text()?.contains("closed door"), "an ordinary reading sees it too");
    assert_eq!(tab.shadow_texts("no-such-element")?, Vec::<String>::new());
    Ok(())
}

fn withheld_hosts(stage: &Stage, browser: &Browser) -> Result<()> {
    let Loaded { extension, own_page, tab } = load(stage, browser)?;
    let contains_origin = "chrome.permissions.contains({ origins: ['https://gitlab.com/*'] })";
    extension.withhold_hosts(browser)?;
    assert_eq!(own_page.evaluate(contains_origin)?, false);
    tab.navigate("https://gitlab.com/users/sign_in?unseen")?;
    tab.wait_for("location.search === '?unseen' && document.readyState === 'complete'")?;
    extension.grant_hosts(browser)?;
    assert_eq!(own_page.evaluate(contains_origin)?, true);
    record_probe(&extension, &own_page, &tab, "https://gitlab.com/users/sign_in?granted")?;
    let all = recorded(&extension, &own_page)?;
    ensure!(contains(&all, "?unseen").is_err(), "it was recorded without access");
    Ok(())
}

fn memory_search(stage: &Stage, browser: &Browser) -> Result<()> {
    let Loaded { extension, own_page, .. } = load(stage, browser)?;
    // Put together in the page, so that the source text of these expressions holds no whole secret.
    for keep in [
        "globalThis.short = ['secret', 'short'].join('-')",
        "globalThis.long = JSON.stringify({ filler: 'x'.repeat(5000), end: ['secret', 'long'].join('-') })",
        "globalThis.forgotten = ['secret', 'forgotten'].join('-'); globalThis.forgotten = null",
    ] {
        own_page.evaluate(&format!("(() => {{ {keep} }})()"))?;
    }
    let worker = extension.worker()?;
    for (encoding, at) in [("Uint8Array", 1000), ("Uint16Array", 2000)] {
        worker.evaluate(&format!(
            "(() => {{ globalThis.memory ??= new WebAssembly.Memory({{ initial: 1 }}); \
             new {encoding}(memory.buffer).set([...['secret', '{encoding}'].join('-')].map(it => it.charCodeAt(0)), {at}) }})()",
        ))?;
    }

    let needles =
        ["secret-short", "secret-long", "secret-forgotten", "secret-Uint8Array", "secret-Uint16Array"];
    let found_in = |page: &Page| -> Result<Vec<String>> {
        Ok(page.find_in_memory(&needles)?.into_iter().map(|it| it.needle).collect())
    };
    // Twice: the search itself must leave nothing behind that it would find.
    let in_worker = ["secret-Uint8Array", "secret-Uint16Array"];
    for _ in 0..2 {
        assert_eq!(found_in(&own_page)?, ["secret-short", "secret-long"]);
        assert_eq!(found_in(&worker)?, in_worker);
    }
    // As in a worker that nobody can list the memories of: what text is decoded from is found, grown or not.
    worker.note_memories()?;
    ensure!(found_in(&worker).is_err(), "a search without a memory says so");
    for grow in [0, 3] {
        worker.evaluate(&format!(
            "(() => {{ memory.grow({grow}); new TextDecoder().decode(new Uint8Array(memory.buffer, 8, 8)) }})()"
        ))?;
        assert_eq!(found_in(&worker)?, in_worker);
    }

    let before = worker.buffer_sizes()?;
    worker.evaluate("(() => { globalThis.body = new Uint8Array(12345).buffer })()")?;
    let after = worker.buffer_sizes()?;
    ensure!(!before.contains(&12345) && after.contains(&12345), "{before:?}, then {after:?}");
    worker.evaluate("(() => { globalThis.body = null })()")?;
    assert_eq!(worker.buffer_sizes()?, before);
    Ok(())
}

fn tidied_up(_: &Stage, browser: &Browser) -> Result<()> {
    let left = "Promise.all([caches.keys(), indexedDB.databases()]).then(([caches, databases]) =>
        [document.cookie, localStorage.length, sessionStorage.length, caches.length, databases.length])";
    let page = browser.open("https://gitlab.com/users/sign_in")?;
    page.evaluate(
        "(document.cookie = 'kept=1', localStorage.kept = 1, sessionStorage.kept = 1, console.error('a complaint'),
          Promise.all([caches.open('kept'), new Promise(done => { indexedDB.open('kept').onsuccess = done })]))
         .then(() => true)",
    )?;
    let before = page.evaluate(left)?;
    ensure!(before.to_string().contains("kept=1") && before[1] == 1 && before[4] == 1, "{before}");
    browser.open("https://gitlab.com/users/sign_in?other")?;
    until("the complaint", || {
        let console = browser.console();
        ensure!(console.iter().any(|it| it.text.contains("a complaint")), "{console:?}");
        Ok(())
    })?;
    browser.tidy()?;
    let console = browser.console();
    ensure!(console.iter().all(|it| !it.text.contains("a complaint")), "{console:?}");
    ensure!(page.evaluate("1").is_err(), "the tab is still there");
    let tab = browser.first_page()?;
    assert_eq!(tab.url()?, "about:blank");
    tab.navigate("https://gitlab.com/users/sign_in")?;
    let after = tab.evaluate(left)?;
    ensure!(!after.to_string().contains("kept"), "{after}");
    assert_eq!(json!([after[1], after[2], after[3], after[4]]), json!([0, 0, 0, 0]));
    Ok(())
}

fn extension_goes(stage: &Stage, browser: &Browser) -> Result<()> {
    let Loaded { extension, own_page, .. } = load(stage, browser)?;
    own_page.evaluate("chrome.storage.local.set({ theme: 'dark' })")?;
    browser.tidy()?;
    ensure!(!extension.worker_runs()?, "its worker runs");
    let Loaded { extension, own_page, .. } = load(stage, browser)?;
    let stored = extension.stored(&own_page)?;
    ensure!(stored.local.is_empty(), "{:?}", stored.local);
    Ok(())
}

fn evidence_is_kept(stage: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open("https://gitlab.com/users/sign_in")?;
    page.evaluate("console.warn('just before it failed')")?;
    let folder = tempfile::tempdir()?;
    let folder = folder.path().join("evidence");
    keep_evidence(&folder, browser, &anyhow!("it failed"), &stage.log_tails())?;
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).with_context(|| name.to_owned());
    ensure!(read("error.txt")?.contains("it failed"));
    ensure!(read("console.txt")?.contains("just before it failed"));
    ensure!(read("requests.log")?.contains("https://gitlab.com/users/sign_in"));
    let targets = read("targets.txt")?;
    ensure!(targets.contains("https://gitlab.com/users/sign_in -> page-"), "{targets}");
    let pictures = std::fs::read_dir(&folder)?.flatten();
    ensure!(pictures.filter(|it| it.path().extension().is_some_and(|it| it == "png")).count() >= 1);
    Ok(())
}

fn errors_in_words(stage: &Stage, browser: &Browser) -> Result<()> {
    let page = browser.open("about:blank")?;
    let error = page.evaluate("nobody.knows()").err().context("it has a value")?;
    ensure!(error.to_string().contains("nobody is not defined"), "{error:#}");
    let error = page.navigate("chrome-extension://nobody/").err().context("it got there")?;
    ensure!(error.to_string().contains("chrome-extension://nobody/"), "{error:#}");
    let nothing = tempfile::tempdir()?;
    let error = browser.load_extension(nothing.path()).err().context("it was loaded")?;
    ensure!(format!("{error:#}").contains("anifest"), "{error:#}");
    let missing = stage.extension.join("missing");
    ensure!(browser.load_extension(&missing).is_err());
    Ok(())
}

/// At the identity provider, goes on as this person.
fn sign_in_as(page: &Page, username: &str) -> Result<()> {
    page.wait_for("location.origin === 'https://idp.example.com'")?;
    page.click(&format!("button[value='{username}']"))
}

/// A loaded extension that records, a page of it, and a tab.
struct Loaded {
    extension: Extension,
    own_page: Page,
    tab: Page,
}

fn load(stage: &Stage, browser: &Browser) -> Result<Loaded> {
    let extension = browser.load_extension(&stage.extension)?;
    let own_page = browser.open(&extension.url("page.html"))?;
    let tab = browser.open("about:blank")?;
    record_probe(&extension, &own_page, &tab, "https://gitlab.com/users/sign_in?probe")?;
    Ok(Loaded { extension, own_page, tab })
}

fn record_probe(extension: &Extension, own_page: &Page, tab: &Page, probe: &str) -> Result<()> {
    extension.wait_until_recording(
        tab,
        probe,
        || Ok(contains(&recorded(extension, own_page)?, probe).is_ok()),
    )
}

/// The events that the throwaway extension has recorded.
fn recorded(extension: &Extension, own_page: &Page) -> Result<Vec<Value>> {
    let stored = extension.stored(own_page)?;
    Ok(stored.session.get("recorded").and_then(Value::as_array).cloned().unwrap_or_default())
}

fn contains(recorded: &[Value], part: &str) -> Result<()> {
    let has = recorded.iter().any(|it| it["url"].as_str().is_some_and(|url| url.contains(part)));
    ensure!(has, "{part} is not in {recorded:?}");
    Ok(())
}
