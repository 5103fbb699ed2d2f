//! The evidence that a failed scenario leaves behind: the error, a screenshot of every page, the consoles,
//! the targets, the browser's and the world's logs.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Error, Result};

use crate::browser::Browser;

/// Writes all of it to `folder`, which is emptied first. A page that cannot be photographed any more is
/// noted.
///
/// # Errors
/// The folder cannot be written.
pub fn keep_evidence(
    folder: &Path,
    browser: &Browser,
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
    fs::write(folder.join("browser.log"), browser.log_tail())?;

    let mut notes = String::new();
    let mut attached = Vec::new();
    for (number, seen) in browser.seen().unwrap_or_default().into_iter().enumerate() {
        let mut note = String::new();
        let picture = seen.visible.then(|| format!("page-{number}.png"));
        match seen.page {
            Some(Ok(page)) => {
                // For a worker it is enough to be attached, for the console.
                let taken = picture.as_ref().map(|name| page.screenshot(&folder.join(name)));
                if let Some(Err(trouble)) = taken {
                    write!(note, " (could not be photographed: {trouble:#})")?;
                }
                attached.push(page);
            }
            Some(Err(trouble)) => write!(note, " (could not be read: {trouble:#})")?,
            None => {}
        }
        note = picture.map(|name| format!(" -> {name}")).unwrap_or_default() + &note;
        writeln!(notes, "{}{note}", seen.name)?;
    }
    fs::write(folder.join("targets.txt"), notes)?;

    // Attaching made each target repeat what it had said, so what the scenario itself attached to comes
    // twice.
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
