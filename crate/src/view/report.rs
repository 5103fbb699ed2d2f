//! Sign-ins as a report for a ticket ([`REPORTS`]): verdict, steps, values, GitLab's checks, findings,
//! clocks, course and the messages' summaries, in Markdown or HTML.
//!
//! Row F97. It is redacted as a trace file is: the report is then what a reader of that file sees, with
//! pseudonyms and without the verdict on a signature. Leaves out, also in clear: the messages themselves,
//! their attributes and certificates, the RelayState, the addresses of the exchanges, and the message to the
//! owner.

mod html;
mod markdown;
#[cfg(test)]
mod tests;

use super::{
    ComparisonRow, FlowView, MessageView, ValueView,
    flow::flow_view,
    print::terminal::{printable, show},
    value::legible,
};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        pseudonym::Salt,
        severity::{Sentence, Severity, Step},
    },
    case::Case,
    event::Event,
    file::{
        self, Beside,
        export::{self, Exported, Receipt, Secrecy},
    },
    text,
    trace::tracer::Tracer,
};

/// One format of reports.
pub struct ReportFormat {
    /// Kebab-case name.
    pub id: &'static str,
    /// Its name for people.
    pub name: fn() -> Text,
    /// The end of such a file's name, without a dot in front.
    pub extension: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    form: Form,
}

/// The way that it is written. No function: the panel shows the rows and writes none.
enum Form {
    Markdown,
    Html,
}

/// The formats of reports.
pub const REPORTS: [ReportFormat; 2] = [
    ReportFormat {
        id: "markdown",
        name: || text!("report.markdown"),
        extension: "md",
        media_type: "text/markdown",
        form: Form::Markdown,
    },
    ReportFormat {
        id: "html",
        name: || text!("report.html"),
        extension: "html",
        media_type: "text/html",
        form: Form::Html,
    },
];

/// The sign-ins that a report holds at most: the newest.
const SIGN_INS: usize = 20;

/// The report with this name.
pub fn report(id: &str) -> Option<&'static ReportFormat> {
    static ROWS: [ReportFormat; REPORTS.len()] = REPORTS;
    ROWS.iter().find(|report| report.id == id)
}

/// One part of a report. Its texts are as they are to be read: a format escapes them.
enum Block {
    /// A heading with its level.
    Heading(u8, String),
    /// Sentences with their signs.
    Said(Vec<Sentence>),
    /// The steps to take, in order.
    Steps(Vec<Step>),
    /// Labels with their values.
    Facts(Vec<(String, String)>),
    /// The events of the sign-in, in order.
    Course(Vec<String>),
}

impl ReportFormat {
    /// The file that tells of the newest sign-ins in `events` as they are at `now`. What is left out are the
    /// older ones.
    pub fn export(&self, events: &[Event], secrecy: Secrecy, salt: Salt, now: Timestamp) -> Exported {
        let (told, receipt) = match secrecy {
            Secrecy::Clear => (events.to_vec(), None),
            Secrecy::Redacted => {
                let [trace, ..] = &export::FORMATS;
                let Exported { name, content, receipt, .. } = trace.export(events, secrecy, salt);
                (file::read(&name, content.as_bytes(), now, Beside::Files).events, receipt)
            }
        };
        let name = export::file_name(&told, secrecy, self.extension);
        let tracer = Tracer::replay(told);
        let newest = tracer.flows().iter().rev().take(SIGN_INS);
        let views = newest.map(|flow| flow_view(&Case::new(&tracer, flow, now)));
        let mut blocks = vec![Block::Heading(1, text!("report.title").to_string())];
        views.for_each(|view| add_flow(&mut blocks, &view));
        add_receipt(&mut blocks, receipt.as_ref());
        let content = match self.form {
            Form::Markdown => markdown::write(&blocks),
            Form::Html => html::write(&blocks),
        };
        Exported { name, content, left_out: tracer.flows().len().saturating_sub(SIGN_INS), receipt }
    }
}

fn add_flow(blocks: &mut Vec<Block>, flow: &FlowView) {
    blocks.push(Block::Heading(2, flow.line.title.clone()));
    blocks.push(facts([(text!("report.began").to_string(), flow.line.started.clone())]));
    blocks.push(Block::Said([&flow.verdict].into_iter().chain(&flow.outcome).cloned().collect()));
    section(blocks, text!("terminal.what-to-do"), [Block::Steps(flow.steps.clone())]);
    let attribution = plain(&flow.comparison.attribution);
    let rows = flow.comparison.rows.iter().flat_map(row);
    section(blocks, text!("terminal.compared"), [Block::Said(vec![attribution])].into_iter().chain(rows));
    if let Some(acceptance) = &flow.acceptance {
        let more = acceptance.more.iter().map(|more| plain(more));
        let said = [acceptance.verdict.clone()].into_iter().chain(more).collect();
        let checks = acceptance.checks.iter().map(|check| {
            let why = check.text.as_deref().unwrap_or(&check.word);
            sentence(check.severity, text!("report.check", check = check.title, result = why))
        });
        let checks = checks.collect();
        section(blocks, text!("acceptance.heading"), [Block::Said(said), Block::Said(checks)]);
    }
    let found = flow.findings.iter().flat_map(|finding| {
        let evidence = finding.evidence.iter().map(|evidence| plain(evidence));
        [finding.sentence.clone()].into_iter().chain(evidence)
    });
    section(blocks, text!("report.findings"), [Block::Said(found.collect())]);
    let clocks = flow.clock.iter().flat_map(|clock| {
        clock.skews.iter().chain(clock.windows.iter().map(|window| &window.sentence)).cloned()
    });
    section(blocks, text!("report.clocks"), [Block::Said(clocks.collect())]);
    let course = flow.sequence.arrows.iter().map(|arrow| arrow.text.clone());
    section(blocks, text!("report.course"), [Block::Course(course.collect())]);
    section(blocks, text!("report.messages"), flow.messages.iter().flat_map(message));
}

fn row(row: &ComparisonRow) -> [Block; 2] {
    let said = sentence(row.severity, text!("report.row", what = row.label, result = row.text));
    let value = |value: &ValueView| {
        let shown: String = match value.value {
            Some(_) => value.runs.iter().map(show).collect(),
            None => "—".to_owned(),
        };
        (value.label.clone(), format!("{shown} [{}]", value.seen))
    };
    [
        Block::Said(vec![said]),
        facts([value(&row.left), value(&row.right), (text!("report.rule").to_string(), row.rule.clone())]),
    ]
}

fn message(message: &MessageView) -> [Block; 3] {
    let signatures = message.signatures.iter().map(|signature| signature.sentence.clone());
    let flaws =
        message.flaws.iter().map(|flaw| Sentence { severity: Severity::Warning, text: flaw.text.clone() });
    let summary = message.summary.iter().map(|(label, value)| (label.clone(), legible(value)));
    [
        Block::Heading(4, format!("{} ({}), {}", message.name, message.binding, message.seen)),
        facts(summary),
        Block::Said(signatures.chain(flaws).collect()),
    ]
}

fn add_receipt(blocks: &mut Vec<Block>, receipt: Option<&Receipt>) {
    let Some(receipt) = receipt else { return };
    let lines = receipt.text().into_iter().map(|line| sentence(Severity::Neutral, line)).collect();
    blocks.push(Block::Heading(2, text!("report.replaced").to_string()));
    blocks.push(Block::Said(lines));
}

/// Adds the parts that say something, with their heading.
fn section(blocks: &mut Vec<Block>, heading: Text, parts: impl IntoIterator<Item = Block>) {
    let parts: Vec<Block> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if !parts.is_empty() {
        blocks.push(Block::Heading(3, heading.to_string()));
        blocks.extend(parts);
    }
}

impl Block {
    fn is_empty(&self) -> bool {
        match self {
            Block::Heading(_, text) => text.is_empty(),
            Block::Said(said) => said.iter().all(|said| said.text.is_empty()),
            Block::Steps(steps) => steps.is_empty(),
            Block::Facts(facts) => facts.is_empty(),
            Block::Course(course) => course.is_empty(),
        }
    }
}

fn facts(facts: impl IntoIterator<Item = (String, String)>) -> Block {
    Block::Facts(facts.into_iter().collect())
}

fn plain(text: &str) -> Sentence {
    Sentence { severity: Severity::Neutral, text: text.to_owned() }
}

fn sentence(severity: Severity, text: Text) -> Sentence {
    Sentence { severity, text: text.to_string() }
}

/// A step with the one who takes it.
fn said_step(step: &Step) -> String {
    match step.by {
        Some(by) => text!("report.step", who = by.text(), step = step.text).to_string(),
        None => step.text.clone(),
    }
}

/// The documentation of a step that is not in its text.
fn link_of(step: &Step) -> Option<&str> {
    step.link.as_deref().filter(|link| link.starts_with("https://") && !step.text.contains(link))
}

/// `text` on one line, without what could command a screen.
fn one_line(text: &str) -> String {
    printable(text).split('\n').collect::<Vec<_>>().join(" ")
}
