//! [`Context`]: what the background script knows and the trace does not.

use crate::{base::instant::Timestamp, trace::room::TabLoss};
use serde::{Deserialize, Serialize};

/// The facts that the background script knows and the trace does not.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Context {
    /// The browser's clock.
    pub now: Timestamp,
    /// Whether sign-ins are being recorded.
    pub recording: bool,
    /// The events that were set aside because taking them in failed, oldest first.
    #[serde(default)]
    pub quarantined: Vec<Quarantined>,
    /// A summary of what was dropped to make room.
    #[serde(default)]
    pub dropped: Option<Dropped>,
    /// The number of events that the store did not take.
    #[serde(default)]
    pub unstored: usize,
    /// The store held a trace of an unknown version, which was cleared.
    #[serde(default)]
    pub cleared_version: Option<u32>,
}

/// An event that was set aside. What it holds is not read again.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Quarantined {
    /// [`EventId`](crate::event::EventId) as text.
    pub id: String,
    /// Its kind.
    pub kind: String,
}

/// A summary of what was dropped since the trace was last cleared, so that newer events have room.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    /// The number of sign-ins and sign-outs.
    pub flows: usize,
    /// The time of the newest event that went.
    pub until: Timestamp,
    /// The loss of each tab, as far as it is named: see [`TABS_NAMED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tabs: Vec<DroppedOfTab>,
}

/// The part that was dropped of one tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DroppedOfTab {
    /// The tab.
    pub tab: i64,
    /// The number of sign-ins and sign-outs.
    pub flows: usize,
    /// When the newest of them began.
    pub until: Timestamp,
    /// The host that it was sent to.
    pub host: String,
}

/// Tabs whose losses are told one by one: those that lost first. What others lost is counted together, and so
/// is what a tab lost whose host is not told.
pub const TABS_NAMED: usize = 3;

impl Dropped {
    /// Adds what goes now.
    pub fn add(&mut self, losses: &[TabLoss], until: Timestamp) {
        self.flows += losses.iter().map(|loss| loss.flows).sum::<usize>();
        self.until = self.until.max(until);
        for loss in losses {
            let named = self.tabs.len();
            match self.tabs.iter_mut().find(|known| known.tab == loss.tab) {
                Some(known) => {
                    known.flows += loss.flows;
                    known.until = known.until.max(loss.until);
                    known.host.clone_from(&loss.host);
                }
                None if named < TABS_NAMED && !loss.host.is_empty() => self.tabs.push(DroppedOfTab {
                    tab: loss.tab,
                    flows: loss.flows,
                    until: loss.until,
                    host: loss.host.clone(),
                }),
                None => {}
            }
        }
    }

    /// The same without the name of a host that is forgotten; what went is still counted.
    #[must_use]
    pub fn without(mut self, host: &str) -> Self {
        self.tabs.retain(|tab| !tab.host.eq_ignore_ascii_case(host));
        self
    }

    /// The sign-ins and sign-outs of tabs that are not named.
    pub fn elsewhere(&self) -> usize {
        self.flows.saturating_sub(self.tabs.iter().map(|tab| tab.flows).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_forgotten_is_named_no_more_and_what_went_of_it_still_counts() {
        let loss = |tab, host: &str| TabLoss { tab, flows: 2, until: Timestamp(tab), host: host.to_owned() };
        let mut dropped = Dropped::default();
        dropped.add(&[loss(1, "gitlab.example.com"), loss(2, "other.example.com")], Timestamp(2));
        let left = dropped.clone().without("GitLab.example.com");
        let hosts: Vec<&str> = left.tabs.iter().map(|tab| tab.host.as_str()).collect();
        assert_eq!((hosts, left.flows, left.elsewhere()), (vec!["other.example.com"], 4, 2));
        assert_eq!(dropped.clone().without("example.com"), dropped);
    }
}
