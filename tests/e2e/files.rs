//! Files in and out: on the static page, which is the same build served by a plain file server, and in the
//! panel.
//!
//! The browser's own dialogs (choosing a file, saving one) are left out: a file is given to the field as the
//! dialog gives it, and what would be saved is taken where the page hands it to the browser.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, ConsoleLine, Kind, Level, Page};
use samlight_tests::http::{Listener, Response};
use samlight_tests::lab::with_other_case;
use samlight_tests::wait::until;
use serde_json::{Value, json};

use crate::looks::legible;
use crate::sign_in::wait_for_verdict;
use crate::stage::{Stage, keep_picture};

/// The kinds of files that the page consists of: ending and media type. Any file server knows these.
const KINDS: [(&str, &str); 6] = [
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css"),
    ("js", "text/javascript"),
    ("svg", "image/svg+xml"),
    ("wasm", "application/wasm"),
    ("jsonl", "application/jsonl"),
];

/// A file server for the page, and what was asked of it.
pub(crate) struct Served {
    pub(crate) server: Listener,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Served {
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let (folder, log) = (folder.to_owned(), Arc::clone(&asked));
        let server = Listener::serve(move |request| {
            log.lock().unwrap_or_else(PoisonError::into_inner).push(request.target.clone());
            let name = request.target.trim_start_matches('/');
            let name = if name.is_empty() { "index.html" } else { name };
            let kind = KINDS.iter().find(|(ending, _)| name.ends_with(&format!(".{ending}")));
            match (kind, fs::read(folder.join(name))) {
                (Some((_, media_type)), Ok(content)) if !name.contains("..") => {
                    Response::new(200, media_type, content)
                }
                _ => Response::new(404, "text/plain", "not here"),
            }
        })?;
        Ok(Served { server, asked })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(crate) const ACS: &str = "https://gitlab.com/groups/acme/-/saml/callback";

pub(crate) fn response(name_id: &str) -> String {
    format!(
        r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_{name_id}"><p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status><a:Assertion ID="_a1"><a:Subject><a:NameID>{name_id}</a:NameID></a:Subject></a:Assertion></p:Response>"#
    )
}

/// A HAR with one sign-in.
pub(crate) fn har(name_id: &str) -> String {
    json!({"log": {"version": "1.2", "entries": [{"startedDateTime": "2026-01-01T09:00:00Z", "time": 5,
        "request": {"method": "POST", "url": ACS, "headers": [], "postData": {
            "mimeType": "multipart/form-data", "params": [{"name": "SAMLResponse", "value": STANDARD.encode(response(name_id))}]}},
        "response": {"status": 302, "redirectURL": "https://gitlab.com/users/sign_in", "headers": []}}]}})
    .to_string()
}

/// Fires `event` with files in it, as the browser does when a person drops, chooses or pastes them.
pub(crate) fn give(page: &Page, how: &str, files: &[(&str, &str)]) -> Result<()> {
    page.evaluate(&format!(
        "(() => {{
            const given = new DataTransfer();
            for (const [name, text] of {files}) given.items.add(new File([text], name));
            {how}
        }})()",
        files = json!(files)
    ))?;
    Ok(())
}

pub(crate) const DROP: &str = "document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: given, bubbles: true, cancelable: true }))";
const CHOOSE: &str = "const field = document.querySelector('input[type=file]'); field.files = given.files;
    field.dispatchEvent(new Event('change', { bubbles: true }))";

/// The complaints of the page, except for those about its icon: the browser asks for it when it likes, and
/// here the server may have ended by then.
fn complaints(page: &Page) -> Result<Vec<ConsoleLine>> {
    let icon = page.evaluate("document.querySelector('link[rel=icon]').href")?;
    let icon = icon.as_str().context("the page names no icon")?.to_owned();
    let complains = |line: &ConsoleLine| line.level == Level::Error && !line.text.contains(&icon);
    Ok(page.console().into_iter().filter(complains).collect())
}

/// Waits until the list has this number of sign-ins.
pub(crate) fn wait_for_count(page: &Page, count: usize) -> Result<()> {
    page.wait_for(&format!("document.querySelector('.count')?.textContent === '{count}'"))?;
    Ok(())
}

/// Until the sign-in that is open has a message with this NameID, once it is unfolded.
pub(crate) fn wait_for_name_id(page: &Page, name_id: &str) -> Result<()> {
    page.wait_for(&format!(
        "document.querySelectorAll('.part details').forEach(it => {{ it.open = true }}) ?? \
         document.body.textContent.includes('{name_id}')"
    ))?;
    Ok(())
}

/// Saves in `format` and gives what the browser would write.
pub(crate) fn saved(page: &Page, format: &str) -> Result<String> {
    page.evaluate(
        "URL.createObjectURL = blob => { globalThis.blob = blob; return 'blob:' };
            HTMLAnchorElement.prototype.click = function () { globalThis.savedAs = this.download };
            globalThis.blob = undefined",
    )?;
    page.click(&format!("[data-format={format}]"))?;
    let text = page.wait_for("globalThis.blob?.text()")?;
    let name = page.wait_for("globalThis.savedAs")?;
    ensure!(name.as_str().is_some_and(|name| name.starts_with("samlight-")), "saved as {name}");
    Ok(text.as_str().context("nothing was saved")?.to_owned())
}

/// Shows or hides a tool of the static page.
pub(crate) fn tool(page: &Page, name: &str) -> Result<()> {
    page.click(&format!("[data-tool={name}]"))
}

/// Pictures of what is shown, each as `{name}-{width}`, in the sizes that people have. Firefox has its own.
fn in_all_sizes(page: &Page, name: &str) -> Result<()> {
    let sizes = [(320, 640), (420, 800), (900, 800), (1400, 900)];
    for (width, height) in sizes.into_iter().filter(|_| page.kind() == Kind::Chromium) {
        page.set_size(width, height)?;
        let wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")?;
        ensure!(wider.as_f64().is_some_and(|wider| wider <= 0.0), "{name} at {width}: {wider} px too wide");
        keep_picture(page, &format!("{name}-{width}"))?;
    }
    legible(page, name)
}

/// The example says why its sign-in failed, and the sign-in has the page for itself.
fn an_example_is_one_click_away(page: &Page) -> Result<()> {
    page.click(".open-example")?;
    page.wait_for_text("has other capital letters than the one")?;
    page.wait_for("document.activeElement?.matches('[role=listbox]')")?;
    page.wait_for("document.querySelector('[data-tool=give]').ariaExpanded === 'false'")?;
    let above = page.evaluate("document.querySelector('.above').offsetHeight")?;
    ensure!(above == 0, "{above} px are above the sign-in");
    page.click(".clear button")?;
    page.click(".clear .danger")?;
    page.wait_for("document.activeElement?.matches('.start .paste textarea')").map(drop)
}

/// Under a filter a file holds what the filter leaves, and it is said how many that is.
fn only_what_the_list_shows_is_saved(page: &Page) -> Result<()> {
    let har = |text: &str| -> Result<usize> {
        let har: Value = serde_json::from_str(text)?;
        Ok(har["log"]["entries"].as_array().context("no entries")?.len())
    };
    page.fill("[role=search] input", "nameid:ada-1")?;
    page.wait_for_text("only the sign-ins that the list shows now: 1.")?;
    let one = har(&saved(page, "har")?)?;
    ensure!(one == 1, "{one} exchanges of one sign-in");
    page.wait_for_text("It has 1 of 6 sign-ins.")?;
    page.evaluate("document.querySelector('[role=search] input').focus()")?;
    page.press("Escape")?;
    page.wait_for("!document.querySelector('.only-found')").map(drop)
}

/// Dropped, chosen and pasted input is shown, without an extension, and after the server is gone; nothing but
/// the page's own files is asked for.
pub(crate) fn on_the_static_page(stage: &Stage, browser: &Browser) -> Result<()> {
    let served = Served::start(&stage.extensions.join(browser.kind().id()).join("panel"))?;
    let page = browser.open(&format!("http://localhost:{}/", served.server.port()))?;
    page.wait_for_text("Drop a file on this page")?;
    ensure!(!page.text()?.contains("Recording"), "a page without an extension records nothing");
    page.wait_for("document.activeElement?.matches('.start .paste textarea')")?;
    ensure!(page.evaluate("!document.querySelector('.tools')")? == true, "tools for nothing");
    page.wait_for("document.title === document.querySelector('.start h2').textContent")?;
    in_all_sizes(&page, "static-empty")?;
    an_example_is_one_click_away(&page)?;
    let asked = served.asked();
    drop(served); // offline from here

    give(&page, DROP, &[("one.har", &har("Ada-1")), ("two.xml", &response("Ada-2"))])?;
    wait_for_count(&page, 2)?;
    wait_for_name_id(&page, "Ada-2")?;
    give(&page, CHOOSE, &[("three.har", &har("Ada-3"))])?;
    wait_for_count(&page, 3)?;
    wait_for_name_id(&page, "Ada-3")?;
    tool(&page, "give")?;
    page.fill(".paste textarea", &STANDARD.encode(response("Ada-4")))?;
    page.click(".paste + button")?;
    wait_for_count(&page, 4)?;
    wait_for_name_id(&page, "Ada-4")?;
    let paste = format!(
        "given.setData('text/plain', {text}); document.body.dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: given,
            dataType: 'text/plain', data: {text}, bubbles: true, cancelable: true }}))",
        text = json!(response("Ada-5"))
    );
    give(&page, &paste, &[])?;
    wait_for_count(&page, 5)?;
    // The value that GitLab has stored is said by hand.
    tool(&page, "compare")?;
    page.fill("[name=group]", "acme")?;
    page.fill("[name=saml]", "ada-5")?;
    page.click(".stored button")?;
    page.wait_for_text("has other capital letters than the one")?;
    tool(&page, "compare")?;
    in_all_sizes(&page, "static-full")?;
    page.click(".compact")?;
    page.wait_for(
        "document.querySelectorAll('[role=listbox] > [role=group] > .day-heading').length > 1
            && document.querySelector('.entry').offsetHeight === 28",
    )?;
    in_all_sizes(&page, "static-days")?;
    page.click(".compact")?;
    // A damaged file is read as far as it goes, the place is said, and it looks like a warning.
    let damaged = har("Ada-6");
    give(&page, DROP, &[("damaged.har", &damaged[..damaged.len() - 4])])?;
    page.wait_for_text("damaged.har: The file ends too early, at byte")?;
    page.wait_for("document.querySelector('.answer').dataset.severity === 'warning'")?;
    wait_for_count(&page, 6)?;
    keep_picture(&page, "static-damaged")?;

    tool(&page, "save")?;
    let redacted = saved(&page, "har")?;
    ensure!(!redacted.contains(&STANDARD.encode(response("Ada-1"))), "not redacted: {redacted}");
    let holds = |text: &str| {
        serde_json::from_str::<Value>(text)
            .is_ok_and(|har| har["log"]["entries"].as_array().is_some_and(|it| it.len() == 3))
    };
    ensure!(holds(&redacted), "{redacted}");
    only_what_the_list_shows_is_saved(&page)?;
    page.click(".clear-choice input")?;
    page.wait_for_text("a proof of a sign-in")?;
    let report = saved(&page, "html")?;
    ensure!(report.starts_with("<!DOCTYPE html>") && report.contains("lang=\"en\""), "{report}");
    ensure!(!report.contains("<script") && report.contains("What GitLab checks, in its order"), "{report}");
    let trace = saved(&page, "trace")?;
    page.click(".clear button")?;
    page.click(".clear .danger")?;
    page.wait_for_text("Drop a file on this page")?;
    page.wait_for("!document.querySelector('.tools, .files-out')")?;
    give(&page, DROP, &[("again.trace.jsonl", &trace)])?;
    wait_for_count(&page, 6)?;

    let own: Vec<_> = asked.iter().filter(|target| *target != "/favicon.ico").collect();
    ensure!(
        own.iter().all(|target| KINDS.iter().any(|(ending, _)| target.ends_with(ending)) || *target == "/"),
        "{own:?}"
    );
    let elsewhere = page.evaluate("performance.getEntriesByType('resource').map(it => it.name).filter(it => !it.startsWith(location.origin))")?;
    ensure!(elsewhere == json!([]), "asked elsewhere: {elsewhere}");
    let refused =
        page.evaluate("fetch('https://idp.example.com/ready.txt').then(() => 'reached', () => 'refused')")?;
    ensure!(refused == "refused", "the page reaches another site");
    let mut errors = complaints(&page)?;
    errors.retain(|line| !format!("{line:?}").contains("idp.example.com"));
    ensure!(errors.is_empty(), "{errors:?}");
    Ok(())
}

/// The statements of a log and a message about SCIM are shown beside what is there, on the static page and in
/// the panel, until they are put away; they become no part of the trace.
pub(crate) fn about_scim(stage: &Stage, browser: &Browser) -> Result<()> {
    let line = json!({"time": "2026-11-21T17:20:17.452Z", "status": 404, "method": "DELETE",
        "path": "/api/scim/v2/groups/acme/Users/0a21", "params": []});
    let said = "GitLab has no SCIM identity with the identifier “0a21”";
    let served = Served::start(&stage.extensions.join(browser.kind().id()).join("panel"))?;
    let page = browser.open(&format!("http://localhost:{}/", served.server.port()))?;
    page.wait_for_text("Drop a file on this page")?;
    give(&page, DROP, &[("api_json.log", &line.to_string()), ("one.har", &har("Ada-1"))])?;
    page.wait_for_text(said)?;
    page.wait_for_text("What “api_json.log” says")?;
    page.wait_for_text("2026-11-21 17:20:17 UTC DELETE Users/0a21 404")?;
    // The other file is read as ever.
    wait_for_count(&page, 1)?;
    ensure!(
        page.evaluate("!document.querySelector('.file-problems')")? == true,
        "a problem is told, too: {}",
        page.text()?
    );
    legible(&page, "scim-said")?;
    page.click(".put-away")?;
    page.wait_for("!document.querySelector('.scim-said')")?;
    wait_for_count(&page, 1)?;

    let (desk, _) = stage.desk(browser, |_| {})?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.click(".files-toggle")?;
    panel.fill(".paste textarea", r#"{"detail":"User has already been taken","status":409}"#)?;
    panel.click(".paste + button")?;
    panel.wait_for_text("does not give them this identifier")?;
    panel.wait_for("document.querySelectorAll('.scim-said .steps li').length === 3")?;
    ensure!(desk.samlight.overview()?.total == 0, "it is part of the trace");
    // The file that is read next stands in its place.
    panel.fill(".paste textarea", "https://gitlab.example.com/api/scim/v2/groups/my.group")?;
    panel.click(".paste + button")?;
    panel.wait_for_text("https://gitlab.example.com/api/scim/v2/groups/my%2Egroup")?;
    ensure!(!panel.text()?.contains("does not give them"), "the one before is still shown");
    Ok(())
}

/// `samlight serve`, until it is dropped.
struct Program {
    child: Child,
    address: String,
}

impl Program {
    fn serve(folder: &Path) -> Result<Self> {
        // As the program's own tests build it: another selection has other features, and compiles everything
        // anew.
        let built = Command::new(env!("CARGO"))
            .args(["test", "--quiet", "--workspace", "--test", "cli", "--no-run"])
            .status()?;
        ensure!(built.success(), "the program does not build");
        // Beside the folder of the test programs.
        let tests = env::current_exe()?;
        let program = tests.ancestors().nth(2).context("no target folder")?.join("samlight");
        let mut child = Command::new(program).arg("serve").arg(folder).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.split_whitespace().find(|word| word.starts_with("http://"));
        // Of all names only this one is not the lab's in these browsers.
        let address = address.with_context(|| format!("it says {line}"))?.replace("127.0.0.1", "localhost");
        Ok(Program { child, address })
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Nothing can be done about one that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The same page from `samlight serve`, which sends its rules as a header as well; and after it has ended.
pub(crate) fn by_samlight_serve(stage: &Stage, browser: &Browser) -> Result<()> {
    let program = Program::serve(&stage.extensions.join(browser.kind().id()).join("panel"))?;
    let page = browser.open(&program.address)?;
    page.wait_for_text("Drop a file on this page")?;
    drop(program);
    give(&page, DROP, &[("one.har", &har("Ada-1")), ("two.xml", &response("Ada-2"))])?;
    wait_for_count(&page, 2)?;
    wait_for_name_id(&page, "Ada-2")?;
    let errors = complaints(&page)?;
    ensure!(errors.is_empty(), "{errors:?}");
    Ok(())
}

/// A sign-in is saved in clear, forgotten, and read back: the panel says the same of it, and that it is a
/// file's; what a file says of settings is not taken over.
pub(crate) fn in_the_panel(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
    })?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.sign_in_by_password(state.member())?;
    wait_for_verdict(&desk.samlight, Verdict::CaseOnly)?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    let verdict = desk.samlight.newest()?.verdict.text;
    panel.click(".files-toggle")?;
    let redacted = saved(panel, "saml-tracer")?;
    // The receipt of that file: a sentence for each way in which something was replaced.
    for words in [
        "What was replaced in the last file",
        "Names, identifiers and tokens replaced by pseudonyms: ",
        "Addresses shortened: ",
        "Messages replaced by a copy without signatures and secrets, or left out: ",
    ] {
        panel.wait_for_text(words)?;
    }
    let receipt = |trace: &str| {
        let header = trace.lines().next().and_then(|line| serde_json::from_str::<Value>(line).ok());
        header.and_then(|header| header.get("redacted").cloned())
    };
    let copy = saved(panel, "trace")?;
    let written = receipt(&copy).with_context(|| format!("no receipt in {copy}"))?;
    let names = written["replaced"]["identifier"].as_u64().context("no identifiers in the receipt")?;
    ensure!(names > 0 && written["pseudonyms"].as_u64() > Some(0), "{written}");
    panel.click(".clear-choice input")?;
    let trace = saved(panel, "trace")?;
    let message = desk.samlight.newest()?.messages.pop().context("no message")?.received;
    ensure!(trace.contains(&message) && !redacted.contains(&message), "{redacted}");
    ensure!(receipt(&trace).is_none(), "a file in clear has a receipt");
    let is_gone = || {
        ensure!(!panel.text()?.contains("What was replaced in the last file"), "there is a receipt");
        Ok(())
    };
    until("no receipt for a file in clear", is_gone)?;
    keep_picture(panel, "files-panel")?;
    desk.samlight.clear()?;
    panel.wait_for_text("No sign-in yet")?;
    give(panel, DROP, &[("saved.trace.jsonl", &trace)])?;
    wait_for_count(panel, 1)?;
    let is_said_again = || {
        let read = desk.samlight.newest()?.verdict.text;
        let of_file = read.strip_prefix(&verdict).with_context(|| format!("it is {read}"))?;
        ensure!(of_file.contains("from the file “saved.trace.jsonl”"), "it is {read}");
        Ok(())
    };
    until("the same verdict, as the file's", is_said_again)?;
    // It is in the store now, so a worker that is stopped has it as well.
    desk.samlight.extension.stop_worker()?;
    is_said_again().context("after the worker was stopped")
}
