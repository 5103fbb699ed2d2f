//! The language of the person at the browser: panel, popup, toolbar and the marks on GitLab's page speak it,
//! and the longest of its words do not push a narrow panel wider. Each language is a browser of its own.

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, LaunchOptions, Page};
use samlight_tests::installed::{NOTE, POPUP, SIDE_PANEL};
use samlight_tests::lab::with_other_case;
use samlight_tests::runner::World;
use samlight_tests::wait::until;

use crate::stage::{Stage, keep_picture};

/// The languages, as a browser names them, with their catalogues.
const LANGUAGES: [(&str, &str); 4] = [
    ("de-CH", include_str!("../../crate/src/base/catalogue/de.txt")),
    ("es-MX", include_str!("../../crate/src/base/catalogue/es.txt")),
    ("fr-CA", include_str!("../../crate/src/base/catalogue/fr.txt")),
    ("ja", include_str!("../../crate/src/base/catalogue/ja.txt")),
];

pub(crate) fn of_the_person(stage: &Stage, browser: &Browser) -> Result<()> {
    for (language, texts) in LANGUAGES {
        let options = LaunchOptions { kind: browser.kind(), language, ..stage.launch_options() };
        spoken(stage, &Browser::launch(&options)?, language, texts).context(language)?;
    }
    // There are no texts in this one.
    let options = LaunchOptions { kind: browser.kind(), language: "eo", ..stage.launch_options() };
    let browser = Browser::launch(&options)?;
    let (desk, _) = stage.desk(&browser, |_| {})?;
    desk.samlight.panel.wait_for_text("No sign-in yet")?;
    desk.samlight.panel.wait_for("document.documentElement.lang === 'en'")?;
    Ok(())
}

fn spoken(stage: &Stage, browser: &Browser, language: &str, texts: &str) -> Result<()> {
    let name = language.split('-').next().unwrap_or(language);
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        user.name_id = with_other_case(&user.name_id);
    })?;
    let (extension, panel) = (&desk.samlight.extension, &desk.samlight.panel);
    panel.wait_for_text(sentence(texts, "ui.empty.heading")?)?;
    panel.wait_for(&format!("document.documentElement.lang === '{name}'"))?;

    desk.sign_in_by_saml(&state, state.member())?;
    desk.sign_in_by_password(state.owner())?;
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))?;
    let word = sentence(texts, "note.case")?;
    until("a mark in the language", || {
        let notes = desk.tab.shadow_texts(NOTE)?;
        ensure!(notes.iter().any(|note| note.contains(word)), "{notes:?}");
        Ok(())
    })?;
    desk.tab.wait_for(&format!(
        "[...document.querySelectorAll('{NOTE}')].every(note => note.lang === '{name}')"
    ))?;
    keep_picture(&desk.tab, &format!("language-{name}-marks"))?;

    let title = sentence(texts, "badge.problems")?.replace("{count}", "1");
    until("the button's title in the language", || {
        let (_, says) = extension.toolbar(panel)?;
        ensure!(says == title, "{says:?}");
        Ok(())
    })?;
    let side = extension.open_side_panel(panel, SIDE_PANEL)?;
    for (page, place) in [(panel, "tab"), (&side, "side-panel")] {
        page.wait_for_text(sentence(texts, "ui.tab.verdict")?)?;
        as_wide_as_its_window(page).context(place)?;
        keep_picture(page, &format!("language-{name}-{place}"))?;
    }
    let popup = extension.open_popup(&desk.tab, POPUP)?;
    popup.wait_for_text(sentence(texts, "owner.copy.group")?)?;
    as_wide_as_its_window(&popup).context("popup")?;
    keep_picture(&popup, &format!("language-{name}-popup"))?;
    Ok(())
}

/// The sentence that a catalogue has under this key.
fn sentence<'a>(texts: &'a str, key: &str) -> Result<&'a str> {
    let lines = texts.lines().filter_map(|line| line.split_once(" = "));
    lines.into_iter().find_map(|(known, text)| (known == key).then_some(text)).with_context(|| key.to_owned())
}

/// Nothing of the page is out of view at its side.
fn as_wide_as_its_window(page: &Page) -> Result<()> {
    page.wait_for("document.documentElement.scrollWidth <= innerWidth").map(drop)
}
