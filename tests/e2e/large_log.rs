//! A log of GitLab that is larger than what a page could hold, chosen from the disk: it is read as it comes,
//! in memory that does not grow with it, and so is the story of one of its people, and what filters leave of
//! it. Reading is stopped by a button, and nothing is left of it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::wait::until_within;
use serde_json::{Value, json};

use crate::files::Served;
use crate::looks::legible;
use crate::stage::{Stage, keep_picture};

/// Blocks of the log, of 1 MiB each.
const BLOCKS: usize = 300;
const BLOCK: usize = 1024 * 1024;
const LAST: usize = BLOCKS - 1;
/// People whom each block has a request of.
const PEOPLE: usize = 40;
/// The blocks in which GitLab refuses what is sent of Ada.
const REFUSED: [usize; 4] = [40, 120, 200, LAST];
/// The memory that the core may take.
const MEMORY: u64 = 128 * 1024 * 1024;
/// For one reading of it. A busy machine takes a tenth of that.
const PATIENCE: Duration = Duration::from_secs(120);

fn request(block: usize, second: usize, status: u16, id: &str, name: &str) -> String {
    let time = format!("2026-11-{:02}T{:02}:{second:02}:00.000Z", 1 + block / 24, block % 24);
    let params = json!([{"key": "externalId", "value": id}, {"key": "userName", "value": name},
        {"key": "emails", "value": [{"type": "work", "value": format!("{name}@example.com")}]}]);
    json!({"time": time, "severity": "INFO", "duration_s": 0.04, "status": status, "method": "POST",
        "path": "/api/scim/v2/groups/acme/Users", "params": params, "host": "gitlab.example.com"})
    .to_string()
        + "\n"
}

/// Writes the log: in each block requests of many people, and of other things. Gives the lines in which Ada
/// is.
fn write_log(file: &Path) -> Result<Vec<usize>> {
    let other = json!({"time": "2026-11-20T09:00:00.000Z", "severity": "INFO", "duration_s": 0.01, "status": 204,
        "method": "POST", "path": "/api/v4/jobs/request", "params": [{"key": "token", "value": "[FILTERED]"}],
        "host": "gitlab.example.com", "remote_ip": "192.0.2.7", "ua": "gitlab-runner 17.5.0 (17-5-stable; go1.22.7)",
        "route": "/api/:version/jobs/request", "queue_duration_s": 0.002, "db_count": 12, "cpu_s": 0.009,
        "meta.caller_id": "POST /api/:version/jobs/request", "correlation_id": "01JD0000000000000000000000"});
    let other = other.to_string() + "\n";
    let rest = BLOCK / other.len() - PEOPLE;
    let others = other.repeat(rest);
    let mut log = BufWriter::with_capacity(BLOCK, File::create(file)?);
    let (mut line, mut ada) = (0, Vec::new());
    for block in 0..BLOCKS {
        let of_ada = match block {
            0 => Some((201, "old-ada")),
            _ if REFUSED.contains(&block) => Some((409, "new-ada")),
            _ => None,
        };
        if let Some((status, id)) = of_ada {
            line += 1;
            ada.push(line);
            log.write_all(request(block, 0, status, id, "ada").as_bytes())?;
        }
        for person in 0..PEOPLE {
            let number = block % 75 * PEOPLE + person;
            let (id, name) = (format!("id-{number}"), format!("person{number}"));
            log.write_all(request(block, 1, 201, &id, &name).as_bytes())?;
        }
        log.write_all(others.as_bytes())?;
        line += PEOPLE + rest;
    }
    log.flush()?;
    Ok(ada)
}

/// Notes the memory that the core of the page says that it takes.
const NOTE_MEMORY: &str = "(() => {
    const post = Worker.prototype.postMessage;
    globalThis.coreMemory = 0;
    Worker.prototype.postMessage = function (...given) {
        if (!this.isHeard) {
            this.isHeard = true;
            this.addEventListener('message', ({ data }) => {
                globalThis.coreMemory = Math.max(globalThis.coreMemory, data.memory ?? 0);
            });
        }
        return post.apply(this, given);
    };
})()";

fn wait_long(page: &Page, text: &str) -> Result<()> {
    until_within(PATIENCE, text, || {
        let shown = page.text()?;
        ensure!(shown.contains(text), "the page shows: {shown}");
        Ok(())
    })
}

fn choose(page: &Page, file: &Path) -> Result<()> {
    page.choose(".file-choice input", file)
}

/// The headings of the answer.
fn headings(page: &Page) -> Result<Vec<String>> {
    let texts = "[...document.querySelectorAll('.scim-said h3')].map(it => it.textContent)";
    Ok(serde_json::from_value(page.evaluate(texts)?)?)
}

fn story_of_ada(page: &Page, log: &Path, ada: &[usize]) -> Result<()> {
    page.evaluate(NOTE_MEMORY)?;
    choose(page, log)?;
    page.wait_for("document.querySelector('.reading progress')?.value >= 0")?;
    page.wait_for(
        "/\\d+ % read: \\d+ of \\d+ MB, \\d+ MB a second, about \\d+ \\w+ left/.test(
        document.querySelector('.reading').textContent)",
    )?;
    let requests = BLOCKS * PEOPLE + ada.len();
    wait_long(page, &format!("Shown: {requests} of {requests} SCIM requests"))?;
    page.wait_for("!document.querySelector('.reading progress')")?;
    // By keyboard alone, from the field.
    page.fill("[name=person]", "ADA@example.com")?;
    page.press("Enter")?;
    page.wait_for("!!document.querySelector('.reading progress')")?;
    wait_long(page, "The story of “ADA@example.com”")?;
    page.wait_for("document.activeElement?.matches('.answer')")?;
    let (first, last) = (ada[0], ada[ada.len() - 1]);
    let refused = &ada[1..];
    page.wait_for_text(&format!(
        "GitLab has stored the SCIM identifier “old-ada” for this person (line {first}). {} later requests, \
         from line {} to line {last}, send “new-ada”",
        refused.len(),
        refused[0],
    ))?;
    let headings = headings(page)?;
    let is_there = |parts: &[&str]| headings.iter().any(|it| parts.iter().all(|part| it.contains(part)));
    ensure!(is_there(&["Person: ada@example.com"]), "{headings:?}");
    let name = log.file_name().and_then(|name| name.to_str()).context("the log has a name")?;
    for (line, status) in [(first, "201"), (refused[0], "409")] {
        ensure!(is_there(&[&format!("POST Users {status}, line {line} of {name}")]), "{headings:?}");
    }
    // Nobody else is in it.
    ensure!(
        !page.evaluate("document.querySelector('.scim-said').textContent")?.to_string().contains("person1")
    );
    let memory = page.evaluate("globalThis.coreMemory")?;
    let memory = memory.as_u64().context("the core says no memory")?;
    ensure!(memory > 0 && memory < MEMORY, "the core takes {memory} octets");
    println!("the core takes {} MiB for a log of {BLOCKS} MiB", memory / BLOCK as u64);
    Ok(())
}

fn empty(page: &Page, selector: &str) -> Result<()> {
    page.fill(selector, "x")?;
    page.press("Backspace")
}

/// Filters hold, and what cannot be understood is said beside the field.
fn filtered(page: &Page) -> Result<()> {
    page.fill("[name=story-since]", "yesterday")?;
    page.press("Enter")?;
    page.wait_for_text("“yesterday” is no time")?;
    empty(page, "[name=story-since]")?;
    page.fill("[name=story-group]", "other")?;
    page.click(".story button")?;
    page.wait_for_text("With these filters nothing is left of this person")?;
    page.wait_for_text("of other groups and are not shown")?;
    Ok(())
}

/// Without a person the filters leave a list, whatever the size of the log.
fn listed(page: &Page, log: &Path) -> Result<()> {
    page.fill("[name=person]", " ")?;
    page.fill("[name=story-group]", "acme")?;
    page.fill("[name=story-since]", &format!("2026-11-{:02}T{:02}:00:00Z", 1 + LAST / 24, LAST % 24))?;
    page.wait_for_text("List the requests")?;
    page.press("Enter")?;
    wait_long(page, "What the files say (acme, from")?;
    page.wait_for("document.activeElement?.matches('.answer')")?;
    let name = log.file_name().and_then(|name| name.to_str()).context("the log has a name")?;
    let shown = page.text()?;
    let of = BLOCKS * PEOPLE + 1 + REFUSED.len();
    ensure!(shown.contains(&format!("Shown: {} of {of} SCIM requests", PEOPLE + 1)), "{name}: {shown}");
    empty(page, "[name=story-since]")
}

pub(crate) fn gives_the_story_of_one_person(stage: &Stage, browser: &Browser) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("api_json.log");
    let ada = write_log(&log)?;
    let served = Served::start(&stage.extensions.join(browser.kind().id()).join("panel"))?;
    let page = browser.open(&format!("http://localhost:{}/", served.server.port()))?;
    page.wait_for_text("Drop a file on this page")?;
    story_of_ada(&page, &log, &ada)?;
    legible(&page, "story")?;
    keep_picture(&page, "story-static")?;
    listed(&page, &log)?;
    page.close()?;

    // In the panel it is stopped; what is small and given next is read as ever.
    let (desk, _) = stage.desk(browser, |_| {})?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.click(".files-toggle")?;
    choose(panel, &log)?;
    panel.wait_for("document.querySelector('.reading progress')?.value > 0")?;
    keep_picture(panel, "reading")?;
    panel.click(".stop-reading")?;
    panel.wait_for_text("Reading of api_json.log was stopped. Nothing of it is kept.")?;
    panel.wait_for("!document.querySelector('.reading progress')")?;
    ensure!(panel.evaluate("!document.querySelector('.answer, .recent')")? == true, "{}", panel.text()?);
    let small = folder.path().join("small.log");
    std::fs::write(&small, request(0, 0, 201, "id-1", "bob") + &request(1, 0, 409, "id-2", "bob"))?;
    choose(panel, &small)?;
    panel.wait_for_text("Shown: 2 of 2 SCIM requests")?;
    panel.fill("[name=person]", "id-1")?;
    panel.press("Enter")?;
    panel.wait_for_text("The story of “id-1”")?;
    panel.wait_for_text(
        "GitLab has stored the SCIM identifier “id-1” for this person (line 1). Later, line 2 sends “id-2”",
    )?;
    let said: Value = panel.evaluate("document.querySelector('.story p').textContent")?;
    ensure!(said.to_string().contains("small.log") && !said.to_string().contains("api_json.log"), "{said}");
    filtered(panel)?;
    legible(panel, "story-panel")?;
    // It is gone between the readings.
    std::fs::remove_file(&small)?;
    empty(panel, "[name=story-group]")?;
    panel.press("Enter")?;
    panel.wait_for_text("The browser cannot read small.log any longer")?;
    ensure!(desk.samlight.overview()?.total == 0, "it is part of the trace");
    Ok(())
}
