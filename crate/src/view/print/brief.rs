//! A sign-in in a form that fits a screen: the verdict, the two values, the first thing to do, the first
//! check that fails in GitLab's order, and where the messages were seen. Step 13, review item 32.
//!
//! What `samlight check` prints unless all of it is asked for ([`terminal::render`]). Leaves out: all further
//! steps, rows, checks and findings, the person's own identities, and the message for the owner.

use super::terminal::{self, sign, write_steps, write_value};
use crate::{
    case::acceptance::CheckState,
    text,
    view::{ComparisonRow, FlowView, Mark, acceptance::AcceptanceView},
};
use std::{cmp::Reverse, fmt::Write};

/// The messages of which the place is told: of a sign-in, its request and its Response.
const MESSAGES: usize = 3;

/// The sign-in as text, at most some 24 lines of it.
pub fn render(flow: &FlowView) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut page, flow);
    terminal::printable(&page)
}

fn write(page: &mut String, flow: &FlowView) -> std::fmt::Result {
    terminal::write_head(page, flow)?;
    // What is worst comes first; of several the first, as in the whole.
    if let Some(row) = flow.comparison.rows.iter().min_by_key(|row| Reverse(row.severity)) {
        write_values(page, row)?;
    }
    if let Some(step) = flow.steps.first() {
        match step.by {
            Some(by) => writeln!(page, "\n{}", text!("cli.brief.what-to-do", who = by.text()))?,
            None => writeln!(page, "\n{}", text!("terminal.what-to-do"))?,
        }
        write_steps(page, std::slice::from_ref(step))?;
    }
    if let Some(acceptance) = &flow.acceptance {
        write_checks(page, acceptance)?;
    }
    writeln!(page)?;
    for message in flow.messages.iter().rev().take(MESSAGES).rev() {
        writeln!(page, "{} ({}), {}", message.name, message.binding, message.seen)?;
    }
    writeln!(page, "{}", text!("cli.brief.more", findings = flow.findings.len()))
}

/// Two values, and the characters in which they differ.
fn write_values(page: &mut String, row: &ComparisonRow) -> std::fmt::Result {
    writeln!(page, "\n  {} {}: {}", sign(row.severity), row.label, row.text)?;
    for value in [&row.left, &row.right] {
        write_value(page, value)?;
        let (plain, differing): (Vec<_>, Vec<_>) = value.runs.iter().partition(|run| run.mark == Mark::Plain);
        // Of two values that have nothing in common, everything differs.
        if !plain.is_empty() && !differing.is_empty() {
            let differing: Vec<String> = differing.into_iter().map(terminal::show).collect();
            writeln!(page, "          {}", text!("cli.brief.differs", what = differing.join(" … ")))?;
        }
    }
    Ok(())
}

/// GitLab's verdict, the first check that fails, and the numbers of the others.
fn write_checks(page: &mut String, acceptance: &AcceptanceView) -> std::fmt::Result {
    writeln!(page, "\n{} {}", sign(acceptance.verdict.severity), acceptance.verdict.text)?;
    acceptance.more.iter().try_for_each(|more| writeln!(page, "  {more}"))?;
    if let Some(failed) = acceptance.checks.iter().find(|check| check.state == CheckState::Failed) {
        writeln!(
            page,
            "  {} {}",
            sign(failed.severity),
            text!("cli.brief.first-failed", check = failed.title)
        )?;
        failed.text.iter().try_for_each(|text| writeln!(page, "      {text}"))?;
    }
    let of = |state| acceptance.checks.iter().filter(|check| check.state == state).count();
    let counted = text!(
        "cli.brief.checks",
        passed = of(CheckState::Passed),
        failed = of(CheckState::Failed),
        open = of(CheckState::Skipped)
    );
    writeln!(page, "  {counted}")
}
