//! The words of the pages and workers: console messages, uncaught exceptions and the browser's own complaints
//! (a refused content security policy, a failed load), by target, in the order in which they came.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

/// More than this of one target is not kept: a page that logs in a loop must not fill the memory.
const LINES_OF_A_SESSION: usize = 1000;

/// One line of a console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleLine {
    /// Its level: how bad it is.
    pub level: Level,
    /// The text, with the place it came from when the browser told it.
    pub text: String,
    /// The target that said it.
    pub target: String,
}

/// The level of a line: how bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// `console.log`, `info`, `debug` and other kinds that are no complaint.
    Log,
    /// `console.warn` and the browser's warnings.
    Warning,
    /// `console.error` and the browser's errors.
    Error,
    /// An exception or a rejected promise that nobody caught.
    Exception,
}

impl fmt::Display for ConsoleLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Log => "log",
            Level::Warning => "warning",
            Level::Error => "error",
            Level::Exception => "exception",
        };
        write!(out, "[{level}] {}", self.text)
    }
}

/// All lines of one browser.
#[derive(Debug, Default)]
pub(super) struct Journal {
    targets: HashMap<String, String>,
    lines: Vec<(String, ConsoleLine)>,
}

impl Journal {
    /// Says which target a session belongs to.
    pub(super) fn name(&mut self, session: &str, target: &str) {
        self.targets.insert(session.to_owned(), target.to_owned());
    }

    /// The lines of one session.
    pub(super) fn lines(&self, session: &str) -> Vec<ConsoleLine> {
        self.lines.iter().filter(|(of, _)| of == session).map(|(_, line)| line.clone()).collect()
    }

    /// The lines of all sessions.
    pub(super) fn all(&self) -> Vec<ConsoleLine> {
        self.lines.iter().map(|(_, line)| line.clone()).collect()
    }

    /// Keeps an event when it is one that says something.
    pub(super) fn take_in(&mut self, session: &str, method: &str, event: &Value) {
        let Some((level, text)) = said(method, event) else { return };
        if self.lines.iter().filter(|(of, _)| of == session).count() < LINES_OF_A_SESSION {
            let target = self.targets.get(session).cloned().unwrap_or_default();
            self.lines.push((session.to_owned(), ConsoleLine { level, text, target }));
        }
    }
}

/// The level and the text of an event of the domains Runtime and Log.
fn said(method: &str, event: &Value) -> Option<(Level, String)> {
    match method {
        "Runtime.consoleAPICalled" => {
            let arguments = event["args"].as_array().map(Vec::as_slice).unwrap_or_default();
            let text = arguments.iter().map(argument).collect::<Vec<_>>().join(" ");
            Some((level(&event["type"]), text))
        }
        "Runtime.exceptionThrown" => Some((Level::Exception, exception_text(&event["exceptionDetails"]))),
        "Log.entryAdded" => {
            let entry = &event["entry"];
            let place = entry["url"].as_str().map(|url| format!(" ({url})")).unwrap_or_default();
            Some((level(&entry["level"]), format!("{}{place}", entry["text"].as_str().unwrap_or_default())))
        }
        _ => None,
    }
}

fn level(kind: &Value) -> Level {
    match kind.as_str() {
        Some("error" | "assert") => Level::Error,
        Some("warning") => Level::Warning,
        _ => Level::Log,
    }
}

fn argument(value: &Value) -> String {
    match (&value["value"], value["description"].as_str()) {
        (Value::String(text), _) => text.clone(),
        (Value::Null, Some(description)) => description.to_owned(),
        (plain, _) => plain.to_string(),
    }
}

/// The words of a `Runtime.ExceptionDetails`, with the place.
pub(super) fn exception_text(details: &Value) -> String {
    let words = details["exception"]["description"]
        .as_str()
        .or_else(|| details["exception"]["value"].as_str())
        .or_else(|| details["text"].as_str())
        .unwrap_or("an exception without words");
    match (details["url"].as_str(), details["lineNumber"].as_u64()) {
        (Some(url), Some(line)) if !url.is_empty() => format!("{words} ({url}:{})", line + 1),
        _ => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keeps_messages_exceptions_and_complaints_by_session() {
        let mut journal = Journal::default();
        journal.name("S1", "T1");
        let message = json!({ "type": "warning", "args": [{ "value": "count" }, { "value": 3 }] });
        journal.take_in("S1", "Runtime.consoleAPICalled", &message);
        let thrown = json!({ "exceptionDetails":
            { "exception": { "description": "Error: no" }, "url": "a.js", "lineNumber": 4 } });
        journal.take_in("S1", "Runtime.exceptionThrown", &thrown);
        let complaint = json!({ "entry": { "level": "error", "text": "refused" } });
        journal.take_in("S2", "Log.entryAdded", &complaint);
        journal.take_in("S1", "Page.loadEventFired", &json!({}));

        let texts: Vec<_> = journal.lines("S1").iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["[warning] count 3", "[exception] Error: no (a.js:5)"]);
        assert_eq!(journal.lines("S1")[0].target, "T1");
        assert_eq!(journal.all().len(), 3);
    }

    #[test]
    fn a_page_that_never_stops_talking_is_cut() {
        let mut journal = Journal::default();
        for _ in 0..=LINES_OF_A_SESSION {
            journal.take_in("S", "Runtime.consoleAPICalled", &json!({ "type": "log", "args": [] }));
        }
        assert_eq!(journal.all().len(), LINES_OF_A_SESSION);
    }
}
