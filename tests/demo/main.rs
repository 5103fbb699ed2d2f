//! The demonstration: `cargo xtask demo` builds the extension and calls `demo EXTENSION_FOLDER`.
//!
//! Starts a stand-in GitLab and identity provider on loopback and a Chromium with the extension that takes
//! them for `gitlab.com` and `idp.example.com`. With a display, a person clicks through a sign-in that fails.
//! Without one, the same sign-in runs by itself; the verdict is printed and the screenshots' paths with it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, LaunchOptions, Page};
use samlight_tests::front::Front;
use samlight_tests::installed::{Installed, NOTE, built_in};
use samlight_tests::runner::target_folder;
use samlight_tests::stand_in::{MISMATCHING_MEMBER, START_URL, StandIn};
use samlight_tests::wait::until;

/// The identifier that GitLab has stored for the member whose sign-in is shown; what the identity provider
/// sends differs in case.
const STORED: &str = "Alex.Doe-4711";

const WHAT_TO_CLICK: &str = "
A Chromium window has opened. In it:
  1. Click \"Sign in with SAML\", then \"Sign in\", then \"Alex Doe\". GitLab refuses, and does not say why.
  2. Click Samlight's button in the toolbar (behind the puzzle piece, if it is not there). It says why.
  3. Go back to https://gitlab.com/demonstration for the owner's view and the user's own.
Close the window, or press Ctrl-C here, to end.";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The demonstration failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let folder =
        env::args_os().nth(1).context("usage: demo EXTENSION_FOLDER (`cargo xtask demo` does it all)")?;
    let extension = built_in(&PathBuf::from(folder))?;

    println!("Starting a demonstration GitLab and identity provider on this computer ...");
    let stand_in = StandIn::start()?;
    let front = Front::start(&stand_in.backends())?;

    let with_display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|it| env::var_os(it).is_some_and(|it| !it.is_empty()));
    let options =
        LaunchOptions { headless: !with_display, front: Some(front.reach()), ..LaunchOptions::default() };
    if with_display {
        println!("Opening Chromium with Samlight installed ...");
        show(Browser::launch(&options)?, &extension)
    } else {
        println!("There is no display, so Chromium runs without a window.");
        run_by_itself(&Browser::launch(&options)?, &extension)
    }
}

/// Lets a person click; ends when the window is closed or on Ctrl-C.
fn show(mut browser: Browser, extension: &Path) -> Result<()> {
    let (interrupt, interrupted) = channel();
    ctrlc::set_handler(move || {
        let _ = interrupt.send(()); // the other end goes only when the program ends anyway
    })?;
    let tab = browser.first_page()?;
    Installed::load(&browser, extension, &tab)?.panel.close()?;
    tab.navigate(START_URL)?;
    tab.to_front()?;
    println!("{WHAT_TO_CLICK}");

    let look_again = Duration::from_millis(500);
    while !browser.has_ended() {
        match interrupted.recv_timeout(look_again) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    println!("Tidying up ...");
    Ok(())
}

/// Clicks through the sign-in, prints the verdict, takes the pictures.
fn run_by_itself(browser: &Browser, extension: &Path) -> Result<()> {
    println!("Loading the extension ...");
    let tab = browser.first_page()?;
    let samlight = Installed::load(browser, extension, &tab)?;

    println!("Signing in as Alex Doe, whose NameID differs from what GitLab has stored ...");
    tab.navigate(START_URL)?;
    tab.click("[data-testid=start-sign-in]")?;
    tab.click("[data-testid=saml-sso-signin-button]")?;
    tab.click(&format!("button[value='{MISMATCHING_MEMBER}']"))?;
    tab.wait_for("location.pathname === '/users/sign_in'")?;

    println!("Looking at Alex's own account, where GitLab says what it has stored ...");
    tab.navigate(START_URL)?;
    tab.click("[data-testid=open-account]")?;
    println!("\n{}\n", verdict_text(&samlight)?);

    let pictures = target_folder().join("demo");
    let picture = |page: &Page, name: &str| -> Result<()> {
        let file = pictures.join(name);
        page.screenshot(&file)?;
        println!("Picture: {}", file.display());
        Ok(())
    };
    samlight.panel.wait_for_text(STORED)?;
    picture(&samlight.panel, "panel.png")?;

    println!("Opening the group's SAML settings as its owner ...");
    tab.navigate(START_URL)?;
    tab.click("[data-testid=open-settings]")?;
    wait_for_marks(&tab)?;
    tab.evaluate("document.querySelector('table').scrollIntoView({ block: 'start', behavior: 'instant' })")?;
    picture(&tab, "settings.png")
}

/// The verdict as the terminal renders it.
fn verdict_text(samlight: &Installed) -> Result<String> {
    until("the verdict on the sign-in", || {
        let report = samlight.report()?;
        ensure!(report.contains(STORED), "Samlight says: {report}");
        Ok(report)
    })
}

/// Waits until Samlight has marked the members table.
fn wait_for_marks(settings: &Page) -> Result<()> {
    settings.wait_for("document.querySelectorAll('a.js-user-link[data-user-id]').length > 0")?;
    until("Samlight's notes in the members table", || {
        let notes = settings.shadow_texts(NOTE)?;
        ensure!(!notes.is_empty(), "there are none");
        Ok(())
    })
}
