//! The README's pictures: the verdict on a sign-in whose NameID differs in case, and the group's settings
//! page with its rows marked. Names and sizes are fixed, so that a new picture differs only where Samlight
//! does.
//!
//! They go to `target/pictures`; with `SAMLIGHT_PICTURES=1` to `docs`, too.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::NOTE;
use samlight_tests::lab::{LabState, LabUser};
use samlight_tests::wait::until;
use serde_json::json;

use crate::sign_in::owner_then_member_in_other_case;
use crate::stage::{Stage, keep_picture};
use crate::verdicts::all;

/// Has the pictures written to `docs`, where the README shows them.
const PUBLISH: &str = "SAMLIGHT_PICTURES";
/// A picture in the repository is no larger.
const BYTES: usize = 200_000;
/// Its width in pixels.
const WIDTH: f64 = 1100.0;

/// Name, stored SAML identifier, stored SCIM identifier, and the NameID that is sent; the owner first.
type Person = (&'static str, &'static str, Option<&'static str>, &'static str);

const PEOPLE: [Person; 4] = [
    ("Grace Hill", "Grace.Hill-1906", Some("Grace.Hill-1906"), "Grace.Hill-1906"),
    ("Ada Low", "Ada.Low-4711", Some("Ada.Low-4711"), "ada.low-4711"),
    ("Alan Tarn", "Alan.Tarn-1912", Some("alan@example.com"), "Alan.Tarn-1912"),
    ("Emmy North", "Emmy.North-1882", None, "Emmy.North-1882"),
];

pub(crate) fn for_the_readme(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        state.group.path = "acme".to_owned();
        state.users.truncate(PEOPLE.len());
        state.users.iter_mut().zip(PEOPLE).for_each(|(user, person)| become_person(user, person));
    })?;
    owner_then_member_in_other_case(browser, &desk, &state)?;

    let panel = &desk.samlight.panel;
    frame(panel, 1240, 862)?;
    panel.prefer_dark(false)?;
    panel.wait_for_text("has other capital letters than the one")?;
    publish(panel, "verdict")?;

    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    frame(&desk.tab, 1240, 650)?;
    desk.tab.navigate(&format!("https://gitlab.com/groups/{}/-/saml", state.group.path))?;
    wait_for_notes(&desk.tab, &state)?;
    all(&desk.tab, "users checked: ")?;
    // The members below the bar of the page, which stays in view as GitLab's does.
    desk.tab.evaluate(
        "{ const bar = document.querySelector('.top-bar');
           Object.assign(bar.style, { position: 'sticky', top: 0, zIndex: 1 });
           const members = document.querySelector('table').closest('section');
           window.scrollTo({ top: members.offsetTop - bar.offsetHeight, behavior: 'instant' }); }",
    )?;
    publish(&desk.tab, "marked-page")
}

fn become_person(user: &mut LabUser, (name, saml, scim, sent): Person) {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    user.name = name.to_owned();
    user.email = format!("{first}@example.com");
    user.idp_email = Some(user.email.clone());
    user.username = first;
    user.saml_extern_uid = Some(saml.to_owned());
    user.scim_extern_uid = scim.map(str::to_owned);
    user.name_id = sent.to_owned();
}

/// Every row has its verdict, and the kinds that the picture is to show are among the notes.
fn wait_for_notes(tab: &Page, state: &LabState) -> Result<()> {
    until("the notes of the picture", || {
        let notes = tab.shadow_texts(&format!("tbody {NOTE}"))?;
        let verdicts = tab.shadow_texts(&format!("tbody td:nth-child(2) {NOTE}"))?;
        ensure!(verdicts.len() == state.users.len(), "{verdicts:?}");
        for beginning in ["Match", "Identity provider changed", "Different"] {
            ensure!(notes.iter().any(|note| note.starts_with(beginning)), "no {beginning:?} in {notes:?}");
        }
        Ok(())
    })
}

/// Draws the page so many CSS pixels large, and so small that the picture is [`WIDTH`] wide.
fn frame(page: &Page, width: u32, height: u32) -> Result<()> {
    let size = json!({ "width": width, "height": height, "deviceScaleFactor": WIDTH / f64::from(width), "mobile": false });
    page.command("Emulation.setDeviceMetricsOverride", &size).map(drop)
}

fn publish(page: &Page, name: &str) -> Result<()> {
    let file = keep_picture(page, name)?;
    let picture = fs::read(&file)?;
    ensure!(picture.len() <= BYTES, "{} has {} bytes, more than {BYTES}", file.display(), picture.len());
    if env::var_os(PUBLISH).is_some_and(|value| value == "1") {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
        fs::create_dir_all(&docs)?;
        fs::write(docs.join(name).with_extension("png"), picture).context("writing to docs")?;
    }
    Ok(())
}
