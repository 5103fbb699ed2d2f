//! What is said of a group's check: whether it goes on, what could not be checked, and what is set so that members fail.

use super::Check;
use crate::{
    group::{plan::State, reads::ReadKind},
    text,
    view::{Sentence, Severity},
};

impl Check {
    /// Whether it reads, why it stands still, or that it is done.
    pub fn state_sentence(&self) -> Sentence {
        let progress = self.plan.progress();
        let (severity, text) = match self.state() {
            State::Running => {
                let what = progress.read.map(|read| (read.kind().what)().to_string()).unwrap_or_default();
                let text = match (progress.of, progress.again) {
                    (_, true) => text!("group.state.again", what = what),
                    (Some(of), _) => {
                        text!("group.state.running-of", what = what, members = progress.members, of = of)
                    }
                    (None, _) => text!("group.state.running", what = what, members = progress.members),
                };
                (Severity::Neutral, text)
            }
            State::Done => (Severity::Neutral, text!("group.state.done", members = progress.members)),
            State::Forgotten => (Severity::Info, text!("group.state.forgotten")),
            State::Cancelled => (Severity::Info, text!("group.state.cancelled")),
            State::SignedOut => (Severity::Warning, text!("group.state.signed-out")),
            State::NotOwner => (Severity::Info, text!("group.state.not-owner")),
            State::NotVisible => (Severity::Info, text!("group.state.not-visible")),
            State::NoProvider => (Severity::Info, text!("group.state.no-provider")),
            State::Busy => (Severity::Warning, text!("group.state.busy")),
            State::Broken(0) => (Severity::Warning, text!("group.state.no-answer")),
            State::Broken(status) => (Severity::Warning, text!("group.state.broken", status = status)),
        };
        Sentence { severity, text: text.to_string() }
    }

    /// What could not be checked, and what is set so that members fail.
    pub(super) fn remarks(&self) -> Vec<Sentence> {
        let gap = |(kind, status): (&'static ReadKind, Option<u16>)| {
            let severity = if status == Some(404) { Severity::Info } else { Severity::Warning };
            (severity, (kind.lacks)())
        };
        let roll = &self.roll;
        let left_out =
            (roll.left_out > 0).then(|| (Severity::Warning, text!("group.left-out", count = roll.left_out)));
        let unreadable = (roll.unreadable > 0)
            .then(|| (Severity::Warning, text!("group.unreadable", count = roll.unreadable)));
        let ranges = &roll.group.ip_ranges;
        let ip =
            (!ranges.is_empty()).then(|| (Severity::Info, text!("group.ip", ranges = ranges.join(", "))));
        let domains = &roll.group.email_domains;
        let domains = (!domains.is_empty())
            .then(|| (Severity::Info, text!("group.domains", domains = domains.join(", "))));
        let changed = roll.changes.iter().find(|change| change.event == "group_saml_provider_update");
        let changed =
            changed.map(|change| (Severity::Info, text!("group.provider-changed", time = change.at)));
        let all = self.plan.gaps().into_iter().map(gap).chain(left_out).chain(unreadable);
        let all = all.chain(ip).chain(domains).chain(changed);
        all.map(|(severity, text)| Sentence { severity, text: text.to_string() }).collect()
    }
}
