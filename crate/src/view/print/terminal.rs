//! A sign-in as a terminal shows it: plain text from the view models, most important first.
//!
//! Control characters of messages are shown as signs, so that a hostile message cannot command the terminal.

use crate::{
    base::severity::{Severity, Step},
    scim::Statement,
    text,
    view::{ComparisonRow, FlowView, Mark, Run, ValueView},
};
use std::fmt::Write;

/// The sign-in as text, about 100 columns wide.
pub fn render(flow: &FlowView) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut page, flow);
    printable(&page)
}

/// One thing that a file says of SCIM, as text.
pub fn render_statement(statement: &Statement) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write_statement(&mut page, statement);
    printable(&page)
}

/// `text` with its control characters, except for line ends, as signs.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn write(page: &mut String, flow: &FlowView) -> std::fmt::Result {
    write_head(page, flow)?;
    if !flow.steps.is_empty() {
        writeln!(page, "\n{}", text!("terminal.what-to-do"))?;
        write_steps(page, &flow.steps)?;
    }
    if let Some(check) = &flow.self_check {
        writeln!(page, "\n{} {}", sign(check.state.severity), check.state.text)?;
        for identity in &check.identities {
            writeln!(page, "\n  {} {}", sign(identity.sentence.severity), identity.sentence.text)?;
            write_value(page, &identity.value)?;
        }
        write_steps(page, &check.needed)?;
    }
    if let Some(new) = &flow.new_identity {
        writeln!(page, "\n{}", new.heading)?;
        write_steps(page, &new.steps)?;
        new.values.iter().try_for_each(|(label, value)| writeln!(page, "      {label}: {value}"))?;
        for (what, command) in &new.commands {
            writeln!(page, "\n  {what}\n\n{command}")?;
        }
    }
    if !flow.comparison.rows.is_empty() {
        writeln!(page, "\n{}\n  {}", text!("terminal.compared"), flow.comparison.attribution)?;
        flow.comparison.rows.iter().try_for_each(|row| write_row(page, row))?;
    }
    if let Some(acceptance) = &flow.acceptance {
        writeln!(page, "\n{} {}", sign(acceptance.verdict.severity), acceptance.verdict.text)?;
        acceptance.more.iter().try_for_each(|more| writeln!(page, "  {more}"))?;
        writeln!(page, "\n{}\n  {}", text!("acceptance.heading"), text!("reading.check"))?;
        for check in &acceptance.checks {
            writeln!(page, "  {} {}", sign(check.severity), check.title)?;
            check.text.iter().try_for_each(|text| writeln!(page, "      {text}"))?;
        }
    }
    for finding in &flow.findings {
        writeln!(page, "\n{} {}", sign(finding.sentence.severity), finding.sentence.text)?;
        finding.evidence.iter().try_for_each(|evidence| writeln!(page, "  {evidence}"))?;
    }
    for message in &flow.messages {
        writeln!(page, "\n{} ({}), {}", message.name, message.binding, message.seen)?;
        message.summary.iter().try_for_each(|(label, value)| writeln!(page, "  {label}: {value}"))?;
        for signature in &message.signatures {
            let sentence = text!("reading.standard", sentence = signature.sentence.text);
            writeln!(page, "  {} {sentence}", sign(signature.sentence.severity))?;
            signature.rows.iter().try_for_each(|(label, value)| writeln!(page, "      {label}: {value}"))?;
        }
        message.flaws.iter().try_for_each(|flaw| writeln!(page, "  ! {}", flaw.text))?;
    }
    // Last and not indented, so that it can be copied as it is.
    if let Some(message) = &flow.for_owner {
        writeln!(page, "\n--- {} ---\n\n{}\n\n---", message.heading, message.text)?;
    }
    Ok(())
}

/// The title of the sign-in, its verdict, and its outcome.
pub(super) fn write_head(page: &mut String, flow: &FlowView) -> std::fmt::Result {
    writeln!(page, "{}  {}", flow.line.time, flow.line.title)?;
    writeln!(page, "\n{} {}", sign(flow.verdict.severity), flow.verdict.text)?;
    flow.outcome.iter().try_for_each(|outcome| writeln!(page, "  {}", outcome.text))
}

fn write_statement(page: &mut String, statement: &Statement) -> std::fmt::Result {
    let margin = if statement.heading.is_some() { "  " } else { "" };
    if let Some(heading) = &statement.heading {
        writeln!(page, "\n{heading}")?;
    }
    for sentence in &statement.sentences {
        writeln!(page, "{margin}{} {}", sign(sentence.severity), sentence.text)?;
    }
    write_steps(page, &statement.steps)
}

pub(super) fn write_steps(page: &mut String, steps: &[Step]) -> std::fmt::Result {
    for (number, step) in steps.iter().enumerate() {
        writeln!(page, "  {}. {}", number + 1, step.text)?;
        if let Some(link) = step.link.as_ref().filter(|link| !step.text.contains(*link)) {
            writeln!(page, "     {link}")?;
        }
    }
    Ok(())
}

fn write_row(page: &mut String, row: &ComparisonRow) -> std::fmt::Result {
    writeln!(page, "\n  {} {}: {}", sign(row.severity), row.label, row.text)?;
    write_value(page, &row.left)?;
    write_value(page, &row.right)?;
    writeln!(page, "      {}", row.rule)
}

pub(super) fn write_value(page: &mut String, value: &ValueView) -> std::fmt::Result {
    let shown: String = value.runs.iter().map(show).collect();
    match value.value {
        Some(_) => writeln!(page, "      {}: {shown}   [{}]", value.label, value.seen),
        None => writeln!(page, "      {}: —   [{}]", value.label, value.seen),
    }
}

/// A run of a value; what cannot be seen is named.
pub(in crate::view) fn show(run: &Run) -> String {
    match (run.mark, &run.name) {
        (Mark::Invisible, Some(name)) => format!("‹{name}›"),
        _ => run.text.clone(),
    }
}

pub(in crate::view) fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "✗",
        Severity::Warning => "!",
        Severity::Good => "✓",
        Severity::Info => "i",
        Severity::Neutral => "·",
    }
}
