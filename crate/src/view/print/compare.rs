//! Two sign-ins beside each other, as text and as a JSON object: what `samlight compare` prints. Row F78.
//!
//! Both are made of the panel's own comparison ([`differences`]). Nothing is redacted.

use super::terminal::{self, show, sign};
use crate::{
    text,
    view::{
        FlowView, Run,
        difference::{Difference, differences},
    },
};
use serde_json::{Value, json};
use std::fmt::Write;

/// Two sign-ins, each with the name of the file that it is from.
#[derive(Debug)]
pub struct Pair {
    sign_ins: [(String, FlowView); 2],
    values: Vec<Difference>,
}

impl Pair {
    /// The values of both.
    pub fn of(sign_ins: [(String, FlowView); 2]) -> Self {
        let [(_, one), (_, other)] = &sign_ins;
        let values = differences(one, other);
        Pair { sign_ins, values }
    }

    /// The text: what differs, and what is the same if `is_whole`.
    pub fn text(&self, is_whole: bool) -> String {
        let mut page = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut page, is_whole);
        terminal::printable(&page)
    }

    fn write(&self, page: &mut String, is_whole: bool) -> std::fmt::Result {
        for (number, (file, flow)) in (1..).zip(&self.sign_ins) {
            let line = &flow.line;
            let who = line.who.as_ref().unwrap_or(&line.title);
            let verdict = format!("{} {}", sign(line.verdict.severity), line.verdict.text);
            let of = text!("cli.compare.one", file = file, time = line.started, who = who, verdict = verdict);
            writeln!(page, "{number}. {of}")?;
        }
        for value in self.values.iter().filter(|value| is_whole || !value.is_same) {
            writeln!(page, "\n{}", value.label)?;
            match &value.values {
                [Some(runs), _] if value.is_same => writeln!(page, "  = {}", shown(runs))?,
                both => {
                    for (number, runs) in (1..).zip(both) {
                        let value = runs.as_deref().map_or_else(|| "—".to_owned(), shown);
                        writeln!(page, "  {number} {value}")?;
                    }
                }
            }
        }
        let same = self.values.iter().filter(|value| value.is_same).count();
        writeln!(page, "\n{}", text!("ui.beside.same", count = same))?;
        match is_whole || same == 0 {
            true => Ok(()),
            false => writeln!(page, "{}", text!("cli.compare.more")),
        }
    }

    /// The JSON object. A value that a sign-in does not have is null.
    pub fn json(&self) -> Value {
        let sign_in = |(file, flow): &(String, FlowView)| {
            let line = &flow.line;
            json!({"file": file, "started": line.started, "who": line.who, "group": line.group,
                "verdict": line.verdict})
        };
        let plain = |runs: &Option<Vec<Run>>| {
            runs.as_ref().map(|runs| runs.iter().map(|run| run.text.as_str()).collect::<String>())
        };
        let value = |Difference { label, values: [one, other], is_same }: &Difference| json!({"label": label, "values": [plain(one), plain(other)], "same": is_same});
        json!({"sign_ins": self.sign_ins.iter().map(sign_in).collect::<Vec<_>>(),
            "values": self.values.iter().map(value).collect::<Vec<_>>()})
    }
}

/// A value on one line: what cannot be seen is named.
fn shown(runs: &[Run]) -> String {
    runs.iter().map(show).collect::<String>().replace('\n', ", ")
}
