//! The group in the panel: 250 members of whom a part is in the page, by keyboard, sorted, searched, filtered
//! by verdict, saved as files; one of them repaired after a yes to the sentence that names both values, and
//! the requests of a SCIM reactivation with the meaning of a pasted answer. Nothing that axe-core finds fault
//! with.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use samlight::group::member_verdict::MemberVerdict;
use samlight_tests::browser::{Browser, Page};
use samlight_tests::installed::SIDE_PANEL;
use samlight_tests::lab::Posed;
use samlight_tests::wait::{until, until_within};
use serde_json::Value;

use crate::{
    files::saved,
    looks::legible,
    stage::{Stage, keep_picture},
    verdicts::{MEMBERS, expected, opened},
};

/// The time that a key may take to show before it is pressed once more.
const A_MOMENT: Duration = Duration::from_secs(2);

/// Rows that may be in the page at once.
const MOST: usize = 125;

/// The number of the row that is seen in the middle of the table; none where the table is blank.
const ROW_IN_VIEW: &str = "(({ left, top, bottom }) =>
    document.elementFromPoint(left + 20, (top + bottom) / 2)?.closest('.grid-body > [role=row]')?.ariaRowIndex)(
    document.querySelector('[role=grid]').getBoundingClientRect())";

/// The button that was pressed is gone; the focus is not.
const IN_SEARCH: &str = "document.activeElement.matches('[role=search] input')";

pub(crate) fn shows_all_members(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state, posed) = opened(stage, browser)?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.click(".group-toggle")?;
    panel.wait_for_text(&format!("Group {}", state.group.path))?;
    panel.wait_for_text("250 users checked: ")?;
    for (standing, count) in expected(&posed) {
        let label = format!("{}: {count}", (standing.kind().word)());
        panel.wait_for(&format!(
            "[...document.querySelectorAll('.verdict-filter')].some(it => it.textContent === {})",
            Value::from(label)
        ))?;
    }

    // Of all rows a part is in the page; the keys and the positions that are read out hold for all.
    panel.evaluate("document.querySelector('[role=grid]').focus()")?;
    let moves = [
        ("End", MEMBERS),
        ("ArrowUp", MEMBERS - 1),
        ("Home", 1),
        ("ArrowDown", 2),
        ("PageDown", 12),
        ("PageUp", 2),
    ];
    for (key, position) in moves {
        panel.press(key)?;
        panel.wait_for(&format!(
            "((rows, chosen, grid) => rows.length > 0 && rows.length <= {MOST} && grid.ariaRowCount === '{}'
                && chosen?.ariaRowIndex === '{}' && grid.getAttribute('aria-activedescendant') === chosen.id
                && chosen.getBoundingClientRect().bottom <= grid.getBoundingClientRect().bottom + 1
                && chosen.getBoundingClientRect().top >= grid.getBoundingClientRect().top - 1)(
                document.querySelectorAll('.grid-body > [role=row]'),
                document.querySelector('.grid-body > [aria-selected=true]'), document.querySelector('[role=grid]'))",
            MEMBERS + 1,
            position + 1
        ))?;
    }
    panel.press("Enter")?;
    panel.wait_for("document.activeElement.matches('.member h2')")?;
    panel.press("/")?;
    panel.wait_for(IN_SEARCH)?;
    legible(panel, "group-tab")?;

    let names = "[...document.querySelectorAll('.grid-body > [role=row]')].slice(0, 5).map(it => it.children[1].children[0].textContent.toLowerCase())";
    panel.click("[role=columnheader]:nth-child(2) button")?;
    panel.wait_for(&format!(
        "document.querySelector('[role=columnheader]:nth-child(2)').ariaSort === 'ascending'
            && (names => names.every((name, at) => !at || names[at - 1] <= name))({names})"
    ))?;
    panel.click("[role=columnheader]:nth-child(2) button")?;
    panel.wait_for(&format!(
        "document.querySelector('[role=columnheader]:nth-child(2)').ariaSort === 'descending'
            && (names => names.every((name, at) => !at || names[at - 1] >= name))({names})"
    ))?;

    // Another order begins at its first row, however far down the table was.
    panel.evaluate(
        "(it => { it.scrollTop = it.scrollHeight * 0.8 })(document.querySelector('[role=grid]'))",
    )?;
    panel.wait_for(&format!("({ROW_IN_VIEW}) > 150"))?;
    panel.click("[role=columnheader]:nth-child(3) button")?;
    panel.wait_for(&format!(
        "document.querySelector('[role=columnheader]:nth-child(3)').ariaSort === 'ascending' && ({ROW_IN_VIEW}) > 0"
    ))?;

    classes_are_filters(panel)?;
    let never = of(&posed, MemberVerdict::NeverLinked)?;
    press_filter(panel, "Never linked")?;
    counted(panel, "1 of 250 members")?;
    panel.wait_for_text(&never.user.username)?;
    panel.fill("[role=search] input", "nobody at all")?;
    panel.wait_for_text("No matching members.")?;
    legible(panel, "group-nothing")?;
    panel.click(".nothing-found button")?;
    counted(panel, "250 members")?;
    panel.wait_for(IN_SEARCH)?;
    panel.fill("[role=search] input", &state.users[200].email.to_uppercase())?;
    counted(panel, "1 of 250 members")?;
    panel.click(".group-all")?;
    counted(panel, "250 members")?;
    panel.wait_for(IN_SEARCH)?;

    let value = state.users[200].saml_extern_uid.clone().context("this member is linked")?;
    for format in ["CSV", "JSON"] {
        let redacted = saved(panel, format)?;
        ensure!(!redacted.contains(&value) && redacted.contains("never-linked"), "{redacted}");
        ensure!(!redacted.contains(&never.user.username), "a name is in the redacted file");
        panel.click(".group-saving [type=checkbox]")?;
        panel.wait_for_text("Share it only with people")?;
        let clear = saved(panel, format)?;
        ensure!(clear.contains(&value) && clear.contains(&never.user.username), "{clear}");
        panel.click(".group-saving [type=checkbox]")?;
    }

    let side = desk.samlight.extension.open_side_panel(panel, SIDE_PANEL)?;
    side.click(".group-toggle")?;
    side.wait_for_text("250 users checked: ")?;
    side.wait_for("document.querySelectorAll('.grid-body > [role=row]').length > 0")?;
    // There is little room: the classes are in sight, and the verdicts when they are asked for.
    let others =
        "[...document.querySelectorAll('.verdict-filter')].filter(it => it.checkVisibility()).length";
    ensure!(side.evaluate(others)? == 0, "filters fill the first screen");
    side.click(".verdicts summary")?;
    side.wait_for(&format!("({others}) > 0"))?;
    legible(&side, "group-side-panel")
}

/// The large numbers together are all members, each shows those of its colour, and what is shown can be
/// saved, and written to. No verdict is cut.
fn classes_are_filters(panel: &Page) -> Result<()> {
    let numbers = "[...document.querySelectorAll('.class-filter strong')].map(it => Number(it.textContent))";
    ensure!(panel.evaluate(&format!("{numbers}.reduce((sum, it) => sum + it, 0)"))? == MEMBERS, "not all");
    let failing = panel.evaluate(&format!("{numbers}[0]"))?;
    panel.click(".class-filter[data-severity=error]")?;
    counted(panel, &format!("{failing} of 250 members"))?;
    panel.wait_for(
        "(rows => rows.length > 0 && rows.every(it => it.dataset.severity === 'error'))(
            [...document.querySelectorAll('.grid-body > [role=row]')])",
    )?;
    panel.wait_for(
        "[...document.querySelectorAll('.verdict-filter')].every(it => it.dataset.severity === 'error')",
    )?;
    panel.wait_for(
        "[...document.querySelectorAll('.grid-body .grid-verdict')].every(it =>
            it.scrollWidth <= it.clientWidth + 1 && it.scrollHeight <= it.clientHeight + 1)",
    )?;
    legible(panel, "group-class")?;
    panel.click("[data-for-members=addresses]")?;
    panel.wait_for_text("Addresses copied: ")?;
    let file = saved(panel, "CSV")?;
    let lines = file.lines().skip(1).filter(|line| line.contains(",error,")).count();
    ensure!(failing == lines && file.lines().count() == lines + 1, "{failing} members: {file}");
    panel.click(".group-all")?;
    counted(panel, "250 members")
}

pub(crate) fn repairs_one(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, _, posed) = opened(stage, browser)?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.click(".group-toggle")?;
    panel.wait_for_text("250 users checked: ")?;

    // Nothing was captured for this one.
    open_member(panel, of(&posed, MemberVerdict::NoScim)?)?;
    panel.wait_for("document.querySelector('[data-refused=saml]')")?;
    panel.wait_for_text("No NameID was recorded for this user.")?;
    ensure!(panel.evaluate("!document.querySelector('[data-repair=saml]')")? == true, "a change is offered");
    legible(panel, "group-repair-refused")?;

    let stale = of(&posed, MemberVerdict::SamlStale)?;
    let (old, new) = (stale.user.saml_extern_uid.clone().context("it is linked")?, &stale.user.name_id);
    open_member(panel, stale)?;
    panel.click("[data-repair=saml]")?;
    panel.wait_for(
        "document.querySelector('dialog').open && document.querySelector('dialog .danger').disabled",
    )?;
    panel.wait_for_text(&format!("from “{old}” to “{new}”"))?;
    panel.wait_for("document.activeElement.id === 'dialog-heading'")?;
    panel.press("Escape")?;
    panel.wait_for(
        "!document.querySelector('dialog') && document.activeElement.matches('[data-repair=saml]')",
    )?;
    panel.click("[data-repair=saml]")?;
    panel.wait_for("document.activeElement.id === 'dialog-heading'")?;
    panel.click(".dialog-command summary")?;
    panel.click(".dialog-command button")?;
    stays_in_view(panel)?;
    panel.wait_for("document.querySelector('.dialog-status').textContent === 'Copied'")?;
    legible(panel, "group-repair")?;
    panel.click(".consent input")?;
    panel.wait_for("!document.querySelector('dialog .danger').disabled")?;
    legible(panel, "group-repair-confirmed")?;
    ensure!(stage.lab.saml_extern_uid(stale.user.id)?.as_ref() == Some(&old), "GitLab was changed too early");
    panel.click("dialog .danger")?;
    panel.wait_for_text(&format!("is “{new}”"))?;
    ensure!(stage.lab.saml_extern_uid(stale.user.id)?.as_ref() == Some(new), "GitLab has not changed it");
    panel.wait_for("!document.querySelector('dialog')")?;
    panel.wait_for(&format!(
        "document.querySelector('.member .verdict').textContent.startsWith('{}')",
        "Match"
    ))?;

    let inactive = of(&posed, MemberVerdict::Reactivate)?;
    let scim = inactive.user.scim_extern_uid.clone().context("it has a SCIM identity")?;
    open_member(panel, inactive)?;
    panel.click("[data-repair=reactivate]")?;
    panel.wait_for_text("Authorization: Bearer $SCIM_TOKEN")?;
    legible(panel, "group-reactivate")?;
    // The browser stops the worker while the person is in their terminal; what was read is lost with it.
    desk.samlight.extension.stop_worker()?;
    let answer = serde_json::json!({ "id": scim, "active": false, "userName": inactive.user.username,
        "emails": [{ "type": "work", "value": inactive.user.email, "primary": true }] });
    for (request, pasted, said) in [
        ("look", format!("{answer}\nstatus 200"), "the identity is inactive"),
        ("look", "{\"message\":\"401 Unauthorized\"}\nstatus 401".to_owned(), "refused the SCIM token"),
        ("activate", "status 412".to_owned(), "last owner"),
        ("activate", "status 204".to_owned(), "has activated"),
    ] {
        let place = format!("[data-request={request}]");
        panel.fill(&format!("{place} textarea"), &pasted)?;
        panel.click(&format!("{place} .dialog-said button"))?;
        panel.wait_for(&format!(
            "document.querySelector('{place} [role=status]').textContent.includes({})
                && document.querySelector('{place} textarea').value === ''",
            Value::from(said)
        ))?;
    }
    Ok(())
}

/// The two values, the sentences to say yes to, and the buttons, wherever the dialog is scrolled to, in the
/// narrowest window, too.
fn stays_in_view(panel: &Page) -> Result<()> {
    for (width, height) in [(320, 640), (1_280, 757)] {
        panel.set_size(width, height)?;
        for end in [0, 10_000] {
            panel.evaluate(&format!("document.querySelector('.dialog-body').scrollTop = {end}"))?;
            panel.wait_for(
                "['.dialog-head .values', '.consent', '.dialog-change .dialog-close', '.dialog-change .danger'].every(part =>
                    (box => box.height > 0 && box.top >= 0 && box.bottom <= innerHeight)(
                        document.querySelector(part).getBoundingClientRect()))",
            )?;
        }
        keep_picture(panel, &format!("group-repair-{width}"))?;
    }
    Ok(())
}

fn of(posed: &[Posed], standing: MemberVerdict) -> Result<&Posed> {
    posed.iter().find(|posed| posed.pose.standing == standing).context("every verdict is posed")
}

/// Chooses the first row, by keyboard: what is said above the table may move it. The table may be drawn anew
/// between the focus and the key, when something was read in the meantime; then the key is pressed again, as
/// a person would.
pub(crate) fn choose_first(panel: &Page) -> Result<()> {
    until("the first row to be chosen", || {
        panel.evaluate("document.querySelector('[role=grid]').focus()")?;
        panel.press("Home")?;
        until_within(A_MOMENT, "the choice", || {
            let chosen = "document.querySelector('.grid-body > [aria-selected=true]')?.ariaRowIndex === '2'";
            ensure!(panel.evaluate(chosen)? == true, "it is not chosen");
            Ok(())
        })
    })
}

/// Finds a member by the user name and chooses the row.
fn open_member(panel: &Page, posed: &Posed) -> Result<()> {
    panel.fill("[role=search] input", &posed.user.username)?;
    // The one before may have been the only one, too, so the count says nothing.
    panel.wait_for(&format!(
        "(rows => rows.length === 1 && rows[0].textContent.includes('@{}'))(document.querySelectorAll('.grid-body > [role=row]'))",
        posed.user.username
    ))?;
    choose_first(panel)?;
    panel.wait_for(&format!(
        "document.querySelector('.member h2')?.textContent.includes('@{}')",
        posed.user.username
    ))?;
    Ok(())
}

fn press_filter(panel: &Page, word: &str) -> Result<()> {
    let pressed = panel.evaluate(&format!(
        "(it => {{ it?.click(); return !!it }})([...document.querySelectorAll('.verdict-filter')]
            .find(it => it.textContent.startsWith('{word}: ')))"
    ))?;
    ensure!(pressed == true, "there is no filter {word}");
    Ok(())
}

fn counted(panel: &Page, words: &str) -> Result<()> {
    panel.wait_for(&format!("document.querySelector('.group-search .count').textContent === '{words}'"))?;
    Ok(())
}
