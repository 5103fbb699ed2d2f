//! The result of a group's check as a message ([`OwnerMessage`]), for whoever can fix it: how many members
//! have which verdict, and what to do about each.
//!
//! It has numbers and no names, so that it may go to anybody. Leaves out: who the members are, which the
//! table's file says.

use super::{GroupCheck, ListState};
use crate::{
    base::severity::Severity,
    group::{member_verdict::MemberValues, plan::PlanState, table::TableView},
    text,
    view::{owner_message::OwnerMessage, print::terminal},
};

impl GroupCheck {
    /// The result as a message; nothing before all members were read.
    pub(super) fn message(&self, table: &TableView, list: Option<&ListState>) -> Option<OwnerMessage> {
        let snapshot = self.joined.as_ref().filter(|_| self.state() == PlanState::Done && table.total > 0)?;
        let cursor = self.cursor();
        let values = MemberValues { rules: snapshot.captures.rules, ..MemberValues::default() };
        let subject = text!("group.message.subject", group = cursor.group, host = cursor.instance);
        let of_verdict = table.counts.iter().map(|count| {
            let line = text!("group.message.line", word = count.word, count = count.count);
            match count.severity >= Severity::Warning {
                true => {
                    let repair = count.standing.kind().repair(&values);
                    text!("group.message.repair", line = line, repair = repair).to_string()
                }
                false => line.to_string(),
            }
        });
        let of_list = list
            .into_iter()
            .flat_map(|list| &list.counts)
            .map(|count| text!("group.message.line", word = count.word, count = count.count).to_string());
        let by_list: Vec<String> = of_list.collect();
        let by_list = (!by_list.is_empty())
            .then(|| std::iter::once(text!("group.message.list").to_string()).chain(by_list).collect());
        let blocks: [Option<Vec<String>>; 5] = [
            Some(vec![subject.to_string()]),
            Some(vec![table.summary.text.clone()]),
            Some(of_verdict.collect()),
            by_list,
            Some(vec![text!("group.message.left-out").to_string()]),
        ];
        let blocks: Vec<String> = blocks.into_iter().flatten().map(|lines| lines.join("\n")).collect();
        Some(OwnerMessage {
            heading: text!("group.message.heading").to_string(),
            copy: text!("group.message.copy").to_string(),
            subject: subject.to_string(),
            text: terminal::printable(&blocks.join("\n\n")),
        })
    }
}
