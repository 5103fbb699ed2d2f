//! What a failed scenario leaves behind: the error, a screenshot of every page, the consoles, the targets, the
//! browser's and the world's logs.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Error, Result};

use crate::browser::{Chromium, Page};

/// Writes all of it to `folder`, which is emptied first. A page that cannot be photographed any more is noted.
///
/// # Errors
/// The folder cannot be written.
pub fn keep_evidence(
    folder: &Path,
    browser: &Chromium,
    error: &Error,
    logs: &[(String, String)],
) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join("error.txt"), chain(error))?;
    for (name, tail) in logs {
        fs::write(folder.join(format!("{name}.log")), tail)?;
    }
    fs::write(folder.join("chromium.log"), browser.log_tail())?;

    let mut notes = String::new();
    let mut attached = Vec::new();
    for (number, target) in browser.targets().unwrap_or_default().iter().enumerate() {
        let mut note = String::new();
        if matches!(target.kind.as_str(), "page" | "service_worker") {
            let picture = (target.kind == "page").then(|| format!("page-{number}.png"));
            match look_at(browser.attach(target), picture.as_ref().map(|name| folder.join(name)).as_deref()) {
                Ok(page) => attached.push(page),
                Err(trouble) => write!(note, " (could not be read: {trouble:#})")?,
            }
            note = picture.map(|name| format!(" -> {name}")).unwrap_or_default() + &note;
        }
        writeln!(notes, "{} {}{note}", target.kind, target.url)?;
    }
    fs::write(folder.join("targets.txt"), notes)?;

    // Attaching made each target repeat what it had said, so what the scenario itself attached to comes twice.
    let mut console = String::new();
    for line in browser.console() {
        writeln!(console, "{} {line}", line.target)?;
    }
    fs::write(folder.join("console.txt"), console)?;
    drop(attached);
    Ok(())
}

/// An error and its causes, one a line, without the backtrace that the environment may ask for.
pub(super) fn chain(error: &Error) -> String {
    error.chain().map(|cause| format!("{cause}\n")).collect()
}

/// Photographs a page; for a worker it is enough to be attached, for the console.
fn look_at(page: Result<Page>, picture: Option<&Path>) -> Result<Page> {
    let page = page?;
    if let Some(picture) = picture {
        page.screenshot(picture)?;
    }
    Ok(page)
}
