//! [`Context`]: what the background script knows and the trace does not.

use crate::base::instant::Timestamp;
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
}
