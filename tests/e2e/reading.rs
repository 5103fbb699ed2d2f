//! Whoever reads traces: an arrow of the diagram leads to its message, the diagram is copied for a ticket, a
//! message is searched and folded, and the list shows columns and sorts by them. The width of a window is set
//! in Chromium alone.

use anyhow::{Context, Result, ensure};
use samlight::comparison::Verdict;
use samlight_tests::browser::{Browser, Page};
use serde_json::json;

use crate::panel::{tab_to, two_sign_ins};
use crate::sign_in::wait_for_verdict;
use crate::stage::{MESSAGES_TAB, SEQUENCE_TAB, Stage, VALUES_TAB, keep_picture, show_part};

/// By keyboard from an arrow to its message; the three copies of the diagram; a narrow window has words.
pub(crate) fn the_diagram(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    desk.sign_in_by_saml(&state, state.member())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    let flow = desk.samlight.newest()?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    show_part(panel, SEQUENCE_TAB)?;
    let arrows = &flow.sequence.arrows;
    let (at, response) = arrows
        .iter()
        .enumerate()
        .find(|(_, arrow)| arrow.label == "Response" && arrow.message.is_some())
        .context("no Response")?;
    assert_eq!(response.http.as_deref(), Some("POST"));
    panel.wait_for(&format!(
        "document.querySelectorAll('.arrow')[{at}].querySelector('.label').textContent === 'POST Response'"
    ))?;
    tab_to(panel, &format!(".arrow:nth-of-type({})", at + 1))?;
    panel.press("Enter")?;
    let number = response.message.context("no message")? + 1;
    panel.wait_for(&format!(
        "document.activeElement === document.querySelector('.message[open]:nth-of-type({number}) > summary')
            && document.querySelector('#part-5').checkVisibility()"
    ))?;
    show_part(panel, SEQUENCE_TAB)?;
    copies(panel, &flow.sequence.mermaid)?;
    for dark in [false, true] {
        panel.prefer_dark(dark)?;
        panel.wait_for(&format!("matchMedia('(prefers-color-scheme: dark)').matches === {dark}"))?;
        keep_picture(panel, if dark { "sequence-wide-dark" } else { "sequence-wide-light" })?;
    }
    panel.prefer_dark(false)?;
    narrow(panel)
}

fn copies(panel: &Page, mermaid: &str) -> Result<()> {
    ensure!(mermaid.starts_with("sequenceDiagram\n") && mermaid.contains("POST Response"), "{mermaid}");
    let button = |name: &str| {
        panel.evaluate(&format!(
            "[...document.querySelectorAll('.sequence-copies button')].find(it => it.textContent === '{name}')
                .setAttribute('data-pressed-by-test', '{name}')"
        ))?;
        panel.click(&format!("[data-pressed-by-test='{name}']"))
    };
    button("Copy as Mermaid")?;
    panel.wait_for_text("Copied")?;
    assert_eq!(panel.clipboard()?.replace("\r\n", "\n"), mermaid);
    // What is given to the clipboard is looked at where it is given.
    panel.evaluate(
        "globalThis.given = {};
         navigator.clipboard.writeText = async text => { given.svg = text; };
         navigator.clipboard.write = async ([item]) => {
             const { width, height } = await createImageBitmap(await item.getType('image/png'));
             given.png = [width, height];
         };",
    )?;
    button("Copy as SVG")?;
    let read = panel.wait_for(
        "(svg => svg && (({ documentElement }) => [documentElement.tagName, documentElement.getAttribute('width'),
             documentElement.textContent.includes('POST Response')])(
             new DOMParser().parseFromString(svg, 'image/svg+xml')))(given.svg)",
    )?;
    assert_eq!(read, json!(["svg", "640", true]));
    button("Copy as PNG")?;
    panel.wait_for("given.png?.[0] === 1280 && given.png[1] > 400").map(drop)
}

/// Without room for the picture the same is said in words, and leads to the messages, too.
fn narrow(panel: &Page) -> Result<()> {
    for width in [420, 320] {
        panel.set_size(width, 800)?;
        show_part(panel, SEQUENCE_TAB)?;
        panel.wait_for(
            "!document.querySelector('.sequence-picture').checkVisibility()
                && document.querySelector('.sequence-steps').checkVisibility()
                && document.documentElement.scrollWidth <= innerWidth",
        )?;
        panel.evaluate("document.querySelector('.sequence').scrollIntoView()")?;
        keep_picture(panel, &format!("sequence-narrow-{width}"))?;
    }
    panel.click(".sequence-steps button")?;
    panel.wait_for("document.activeElement.matches('.message[open] > summary')")?;
    panel.set_size(1_280, 800)
}

/// Finds the NameID in the XML with Enter and Shift+Enter, folds an element, and wraps.
pub(crate) fn a_message(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    desk.sign_in_by_saml(&state, state.member())?;
    wait_for_verdict(&desk.samlight, Verdict::Exact)?;
    let pretty = desk.samlight.newest()?.messages.pop().context("no message")?.pretty;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    show_part(panel, MESSAGES_TAB)?;
    panel.wait_for(&format!(
        "document.querySelector('.message[open] pre')?.textContent === {}",
        json!(pretty)
    ))?;
    let lines = pretty.lines().count();
    panel.wait_for(&format!("document.querySelectorAll('.message[open] .line').length === {lines}"))?;

    let wanted = "saml:Attribute ";
    let places = pretty.matches(wanted).count();
    ensure!(places > 1, "nothing to look for in {pretty}");
    panel.click(".message[open] .find input")?;
    panel.type_text(&wanted.to_uppercase())?;
    for (key, at) in [("Enter", 1), ("Enter", 2), ("Shift+Enter", 1), ("Shift+Enter", places)] {
        panel.press(key)?;
        panel.wait_for(&format!(
            "document.querySelector('.message[open] .found-count').textContent === '{at} of {places}'
                && [...document.querySelectorAll('.message[open] .found')].findIndex(it => it.matches('.now'))
                    === [...document.querySelectorAll('.message[open] .found')].length / {places} * ({at} - 1)"
        ))?;
    }
    keep_picture(panel, "message-find")?;

    let hidden = "document.querySelectorAll('.message[open] .line[hidden]').length";
    panel.click(".message[open] .fold")?;
    panel.wait_for(&format!("{hidden} === {lines} - 2"))?;
    // The search leads into what is folded.
    panel.click(".message[open] .find input")?;
    panel.press("Enter")?;
    panel.wait_for(&format!("{hidden} === 0"))?;
    panel.evaluate("document.querySelector('.message[open] .fold').focus()")?;
    panel.press("ArrowDown")?;
    panel.press("Enter")?;
    panel.wait_for(&format!("{hidden} > 0 && document.activeElement.ariaExpanded === 'false'"))?;
    let text = panel.evaluate("document.querySelector('.message[open] pre').textContent")?;
    assert_eq!(text, json!(pretty), "numbers and folds are none of the message");
    Ok(())
}

/// The compact list: rows of 28 pixels, columns that can be left out and sorted by, verdicts with counts.
pub(crate) fn the_list(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    two_sign_ins(browser, &desk, &state)?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    panel.set_size(1_400, 900)?;
    panel.click(".compact")?;
    panel.wait_for(
        "[...document.querySelectorAll('.entry')].length === 2
            && [...document.querySelectorAll('.entry')].every(it => it.getBoundingClientRect().height === 28)",
    )?;
    let column = |name: &str| {
        format!(
            "[...document.querySelectorAll('.entry .cell[data-column={name}]')].map(it => it.textContent)"
        )
    };
    let mut names = [state.member().name_id.clone(), state.owner().name_id.clone()];
    names.sort_by_key(|name| name.to_lowercase());
    for order in [names.clone(), [names[1].clone(), names[0].clone()]] {
        panel.click(".sorting [data-column=who]")?;
        panel.wait_for(&format!(
            "JSON.stringify({}) === {}",
            column("who"),
            json!(json!(order).to_string())
        ))?;
    }
    keep_picture(panel, "compact-list-1400")?;
    panel.click(".column-choice summary")?;
    panel.click(".column-choice label:last-of-type input")?;
    panel.wait_for("!document.querySelector('.entry .cell[data-column=tab]').checkVisibility()")?;
    panel.click(".column-choice summary")?;
    for width in [900, 420, 320] {
        panel.set_size(width, 800)?;
        panel.wait_for("document.documentElement.scrollWidth <= innerWidth")?;
        keep_picture(panel, &format!("compact-list-{width}"))?;
    }
    panel.set_size(1_280, 800)?;
    panel.click(".compact")?;
    panel.wait_for("document.querySelectorAll('.entry .entry-title').length === 2").map(drop)
}

/// The owner's sign-in beside the member's: the NameIDs differ, the Issuer does not.
pub(crate) fn two_sign_ins_beside_each_other(stage: &Stage, browser: &Browser) -> Result<()> {
    let (desk, state) = stage.desk(browser, |_| {})?;
    two_sign_ins(browser, &desk, &state)?;
    let panel = &desk.samlight.panel;
    panel.to_front()?;
    show_part(panel, VALUES_TAB)?;
    panel.wait_for("document.querySelectorAll('.beside option').length === 2")?;
    panel.evaluate(
        "(it => { it.selectedIndex = 1; it.dispatchEvent(new Event('change', { bubbles: true })) })(
             document.querySelector('.beside select'))",
    )?;
    let rows = "[...document.querySelectorAll('.differences tbody tr')].map(row =>
        [row.querySelector('th').textContent, ...[...row.querySelectorAll('td')].map(it => it.textContent)])";
    let shown = panel.wait_for(&format!("(rows => rows.length > 0 && rows)({rows})"))?;
    let row = json!(["NameID", state.owner().name_id, state.member().name_id]);
    let has = |label: &str| shown.as_array().is_some_and(|rows| rows.iter().any(|row| row[0] == label));
    ensure!(shown.as_array().is_some_and(|rows| rows.contains(&row)) && !has("Issuer"), "{shown}");
    panel.click(".beside [aria-pressed]")?;
    panel.wait_for(
        "[...document.querySelectorAll('.differences th')].some(it => it.textContent === 'Issuer')",
    )?;
    keep_picture(panel, "beside-panel").map(drop)
}
