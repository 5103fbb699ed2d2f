//! A sign-in as a terminal shows it: plain text from the view models, most important first.
//!
//! Control characters of messages are shown as signs, so that a hostile message cannot command the terminal.

use super::{ComparisonRow, FlowView, Mark, Run, Severity, ValueView};
use crate::text;
use std::fmt::Write;

/// The sign-in as text, about 100 columns wide.
pub fn render(flow: &FlowView) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut page, flow);
    page.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn write(page: &mut String, flow: &FlowView) -> std::fmt::Result {
    writeln!(page, "{}  {}", flow.line.time, flow.line.title)?;
    writeln!(page, "\n{} {}", sign(flow.verdict.severity), flow.verdict.text)?;
    if let Some(outcome) = &flow.outcome {
        writeln!(page, "  {}", outcome.text)?;
    }
    if !flow.steps.is_empty() {
        writeln!(page, "\n{}", text!("terminal.what-to-do"))?;
        for (number, step) in flow.steps.iter().enumerate() {
            writeln!(page, "  {}. {}", number + 1, step.text)?;
            if let Some(link) = &step.link {
                writeln!(page, "     {link}")?;
            }
        }
    }
    if !flow.comparison.rows.is_empty() {
        writeln!(page, "\n{}\n  {}", text!("terminal.compared"), flow.comparison.attribution)?;
        flow.comparison.rows.iter().try_for_each(|row| write_row(page, row))?;
    }
    for finding in &flow.findings {
        writeln!(page, "\n{} {}", sign(finding.sentence.severity), finding.sentence.text)?;
        finding.evidence.iter().try_for_each(|evidence| writeln!(page, "  {evidence}"))?;
    }
    for message in &flow.messages {
        writeln!(page, "\n{} ({}), {}", message.name, message.binding, message.seen)?;
        message.summary.iter().try_for_each(|(label, value)| writeln!(page, "  {label}: {value}"))?;
        for signature in &message.signatures {
            writeln!(page, "  {} {}", sign(signature.sentence.severity), signature.sentence.text)?;
            signature.rows.iter().try_for_each(|(label, value)| writeln!(page, "      {label}: {value}"))?;
        }
        message.flaws.iter().try_for_each(|flaw| writeln!(page, "  ! {}", flaw.text))?;
    }
    Ok(())
}

fn write_row(page: &mut String, row: &ComparisonRow) -> std::fmt::Result {
    writeln!(page, "\n  {} {}: {}", sign(row.severity), row.label, row.text)?;
    write_value(page, &row.left)?;
    write_value(page, &row.right)?;
    writeln!(page, "      {}", row.rule)
}

fn write_value(page: &mut String, value: &ValueView) -> std::fmt::Result {
    let shown: String = value.runs.iter().map(show).collect();
    match value.value {
        Some(_) => writeln!(page, "      {}: {shown}   [{}]", value.label, value.seen),
        None => writeln!(page, "      {}: —   [{}]", value.label, value.seen),
    }
}

fn show(run: &Run) -> String {
    match (run.mark, &run.name) {
        (Mark::Invisible, Some(name)) => format!("‹{name}›"),
        _ => run.text.clone(),
    }
}

fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "✗",
        Severity::Warning => "!",
        Severity::Good => "✓",
        Severity::Info => "i",
        Severity::Neutral => "·",
    }
}
