//! Marks as they stand on GitLab's pages: a page of ten members stays nearly as high as it is, a mark that
//! says nothing particular is one word and opens by keyboard, what cannot be seen is written out, and the bar
//! has the verdicts where GitLab's table runs out of view.

use anyhow::{Context, Result, ensure};
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::NOTE;
use samlight_tests::lab::LabState;
use samlight_tests::wait::until;

use crate::{
    stage::{Desk, Stage, keep_picture},
    verdicts::{ALL, all, focus_before_bar},
};

/// The growth that a table of ten members may have, of which nothing particular is to be said.
const GROWTH: f64 = 1.3;

pub(crate) fn leave_the_page_its_height(stage: &Stage, browser: &Browser) -> Result<()> {
    // Nobody has signed in, and SCIM agrees: "No sign-in seen" and "Match" ten times, the usual case.
    let (desk, state) = stage.desk(browser, |state| {
        let users = state.users.iter_mut();
        users.for_each(|user| {
            user.scim_active = user.saml_extern_uid.is_some();
            user.scim_extern_uid = user.saml_extern_uid.clone();
        });
    })?;
    desk.sign_in_by_password(state.owner())?;
    let held = stage.front.hold(&format!("/api/v4/groups/{}/members", state.group.path));
    open(&desk, &state)?;
    let tab = &desk.tab;
    until("a mark in each row", || {
        let marks = tab.shadow_texts(&format!("tbody td:nth-child(2) {NOTE}"))?;
        ensure!(marks.len() == 10 && marks.iter().all(|it| it.starts_with("No sign-in seen")), "{marks:?}");
        Ok(())
    })?;
    // In one turn, so that no script puts the marks back between the two.
    let heights = tab.evaluate(
        "(() => {
            const table = document.querySelector('tbody').parentElement;
            const height = () => table.getBoundingClientRect().height;
            const marks = [...table.querySelectorAll('samlight-note')];
            const marked = height();
            const places = marks.map(mark => mark.parentElement);
            marks.forEach(mark => mark.remove());
            const bare = height();
            marks.forEach((mark, index) => places[index].append(mark));
            return [bare, marked];
        })()",
    )?;
    let [bare, marked] = [0, 1].map(|index| heights[index].as_f64().unwrap_or_default());
    ensure!(bare > 300.0 && marked <= bare * GROWTH, "from {bare} to {marked} pixels");
    keep_picture(tab, "ten-members-marked")?;
    opens_by_keyboard(tab)?;
    drop(held);
    Ok(())
}

/// The first mark in the table has the focus after the link before it; Enter shows its sentence, and hides
/// it.
fn opens_by_keyboard(tab: &Page) -> Result<()> {
    let mark = format!("tbody tr:first-child td:nth-child(2) {NOTE}");
    let height = || -> Result<f64> {
        let found =
            tab.evaluate(&format!("document.querySelector(\"{mark}\").getBoundingClientRect().height"))?;
        found.as_f64().context("a height")
    };
    tab.to_front()?;
    tab.evaluate("document.querySelector('tbody tr:first-child a.js-user-link').focus()")?;
    tab.press("Tab")?;
    tab.wait_for(&format!("document.activeElement === document.querySelector(\"{mark}\")"))?;
    let folded = height()?;
    tab.press("Enter")?;
    until("the sentence to be shown", || {
        let open = height()?;
        ensure!(open > folded * 1.5, "from {folded} to {open} pixels");
        Ok(())
    })?;
    keep_picture(tab, "mark-opened")?;
    tab.press("Space")?;
    until("the sentence to be hidden", || {
        let again = height()?;
        ensure!((again - folded).abs() < 1.0, "{again} pixels, not {folded}");
        Ok(())
    })
}

pub(crate) fn write_out_what_cannot_be_seen(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |state| {
        let user = state.member_mut();
        let (start, end) = user.name_id.split_at(2);
        user.saml_extern_uid = Some(format!("{start}\u{200b}{end}\u{202e}"));
    })?;
    desk.sign_in_by_saml(&state, state.member())?;
    desk.tab.wait_for_text("There is already a GitLab account")?;
    desk.forget_sessions(browser)?;
    desk.sign_in_by_password(state.owner())?;
    open(&desk, &state)?;
    let tab = &desk.tab;
    let mark = format!("tbody tr:has([data-user-id='{}']) td:nth-child(2) {NOTE}", state.member().id);
    until("the stored value with what cannot be seen in it", || {
        let marks = tab.shadow_texts(&mark)?;
        let text = marks.first().context("a mark")?;
        ensure!(!text.contains(['\u{200b}', '\u{202e}']), "{text:?}");
        for part in ["Looks the same, but is not", "‹zero width space (U+200B)›", "(U+202E)›”"] {
            ensure!(text.contains(part), "{part} is not in {text}");
        }
        Ok(())
    })?;
    tab.evaluate("document.querySelector('tbody').scrollIntoView({ block: 'center', behavior: 'instant' })")?;
    keep_picture(tab, "invisible-characters").map(drop)
}

/// At 420 pixels GitLab's table is as wide as ever, and what is marked at its right is out of view: the bar
/// is not, with each of its choices.
pub(crate) fn are_in_the_bar_where_the_table_is_cut_off(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    desk.sign_in_by_password(state.owner())?;
    open(&desk, &state)?;
    let tab = &desk.tab;
    all(tab, "users checked: ")?;
    tab.wait_for("document.querySelectorAll('tbody tr').length === 10")?;
    tab.evaluate("document.documentElement.style.width = '420px'; document.querySelector('table').style.minWidth = '792px'; 0")?;
    tab.wait_for("document.body.getBoundingClientRect().width === 420")?;
    let widths = tab.evaluate(&format!(
        "[document.querySelector('table'), document.querySelector('{ALL}')].map(it => it.getBoundingClientRect().right)"
    ))?;
    let [table, bar] = [0, 1].map(|index| widths[index].as_f64().unwrap_or_default());
    ensure!(table > 700.0 && bar > 100.0 && bar <= 420.0, "the table ends at {table}, the bar at {bar}");
    tab.evaluate(&format!(
        "document.querySelector('{ALL}').scrollIntoView({{ block: 'start', behavior: 'instant' }})"
    ))?;
    keep_picture(tab, "bar-at-420-pixels")?;
    are_hidden_until_shown_again(tab)
}

/// The second button of the bar hides all marks and the bar, except for the button that shows them again.
fn are_hidden_until_shown_again(tab: &Page) -> Result<()> {
    let marks = || tab.shadow_texts(&format!("tbody {NOTE}"));
    ensure!(!marks()?.is_empty(), "no mark to be hidden");
    tab.to_front()?;
    focus_before_bar(tab)?;
    for key in ["Tab", "Tab", "Enter"] {
        tab.press(key)?;
    }
    until("all marks to be hidden", || {
        ensure!(marks()?.is_empty(), "marks in the table");
        let bar = tab.shadow_texts(ALL)?;
        ensure!(bar == ["Samlight: show marks"], "{bar:?}");
        Ok(())
    })?;
    keep_picture(tab, "marks-hidden")?;
    // The focus stays on the button, which is now the one that shows them.
    tab.press("Enter")?;
    all(tab, "users checked: ")?;
    until("the marks again", || {
        ensure!(!marks()?.is_empty(), "no marks in the table");
        Ok(())
    })
}

fn open(desk: &Desk, state: &LabState) -> Result<()> {
    desk.tab.navigate(&format!("{}/groups/{}/-/saml", desk.gitlab, state.group.path))
}
