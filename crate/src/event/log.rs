//! `.trace.jsonl`: a header line, then one event a line. Reader and writer.
//!
//! The header is `{"samlight_trace": 1}`; a reader refuses a version that it does not know and keeps fields
//! that it does not know. A damaged line is named with its number and left out; the lines around it are read.

use crate::{
    base::{
        catalogue::Text,
        limits::{LIMITS, TRACE_LINE_BYTES},
        other::Other,
        redact,
    },
    event::Event,
    text,
};
use serde::{Deserialize, Serialize};

/// The version of the format that this program writes and the only one that it reads.
pub const VERSION: u32 = 1;

/// Problems that are kept; a file of another kind has one in each line. One more than flaws are kept tells
/// that there are more.
const PROBLEMS: usize = LIMITS.flaws + 1;

/// The field of the header that a redacted file has.
pub const REDACTED: &str = "redacted";

/// The first line of a trace file, and an entry of its own in the browser's store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The format's version.
    #[serde(rename = "samlight_trace")]
    pub version: u32,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

impl Default for Header {
    fn default() -> Self {
        Header { version: VERSION, other: Other::default() }
    }
}

/// A trace as read from a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// The header.
    pub header: Header,
    /// The events, in the file's order.
    pub events: Vec<Event>,
    /// The things that could not be read, with line numbers.
    pub problems: Vec<Text>,
}

impl Log {
    /// Reads a trace file. What can be read is kept; what cannot is told in `problems`.
    pub fn read(file: &str) -> Log {
        crate::base::counted::stepped(file.len());
        let mut log = Log::default();
        let mut lines = file.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        match lines.next().map(|(_, line)| serde_json::from_str::<Header>(line)) {
            Some(Ok(header)) if header.version == VERSION => log.header = header,
            Some(Ok(header)) => {
                log.problems.push(text!("log.unknown-version", version = header.version, known = VERSION));
                return log;
            }
            Some(Err(_)) | None => {
                log.problems.push(text!("log.no-header"));
                return log;
            }
        }
        for (index, line) in lines {
            let number = index + 1;
            let problem = if line.len() > TRACE_LINE_BYTES {
                text!("log.line-too-long", line = number, bytes = line.len())
            } else {
                match serde_json::from_str(line) {
                    Ok(event) => {
                        log.events.push(event);
                        continue;
                    }
                    Err(error) => {
                        let (column, error) = (error.column(), redact::json_error(&error));
                        text!("log.damaged-line", line = number, column = column, error = error)
                    }
                }
            };
            if log.problems.len() < PROBLEMS {
                log.problems.push(problem);
            }
        }
        log
    }

    /// Writes the file: the header, then an event a line.
    pub fn write(&self) -> String {
        let lines = std::iter::once(serde_json::to_string(&self.header))
            .chain(self.events.iter().map(serde_json::to_string));
        // Writing plain data to a string cannot fail; a line that did would be left out rather than cut the
        // file.
        lines.filter_map(Result::ok).fold(String::new(), |file, line| file + &line + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_fields_and_kinds_survive() {
        let file = concat!(
            "{\"samlight_trace\":1,\"made_by\":\"a later version\"}\n",
            "{\"id\":\"1767225600000-a-000001\",\"kind\":\"completed\",\"later\":[1],\"request\":\"7\"}\n",
            "{\"id\":\"1767225600001-a-000002\",\"kind\":\"dream\",\"of\":\"sheep\"}\n",
        );
        let log = Log::read(file);
        assert_eq!(log.problems, []);
        assert_eq!(log.write(), file);
    }

    #[test]
    fn a_damaged_line_is_named_and_the_rest_is_read() {
        let log = Log::read(concat!(
            "{\"samlight_trace\":1}\n",
            "{\"id\":\"1767225600000-a-000001\",\"kind\":\"completed\",\"request\":\"1\"}\n",
            "{\"id\":\"1767225600000-a-000002\",\"kind\":\"completed\",\"request\":{\"s3cr3t\":1}}\n",
            "{\"id\":\"17672256000",
        ));
        assert_eq!(log.events.len(), 1);
        assert_eq!(log.problems.len(), 2);
        let said = log.problems.iter().map(ToString::to_string).collect::<String>();
        assert!(said.contains("Line 3") && said.contains("Line 4") && !said.contains("s3cr3t"), "{said}");
    }

    #[test]
    fn an_unknown_version_is_refused_aloud() {
        assert_eq!(Log::read("{\"samlight_trace\":9}\n").problems[0].key(), "log.unknown-version");
        assert_eq!(Log::read("<xml/>").problems[0].key(), "log.no-header");
    }
}
