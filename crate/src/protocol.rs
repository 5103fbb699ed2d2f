//! Calls and replies between Samlight's parts, by trust.
//!
//! Own pages (panel, popup) make [`OwnCall`]s; content scripts, which run inside a page that may be hostile, make
//! [`PageCall`]s and get nothing but recipes and notes for the page they are on. The background script picks the
//! enum by the sender, never by what the message says. All of it is JSON; after each change one
//! [`Notice`] goes to the own pages, which then ask again.

use crate::view::{FlowView, Overview};
use serde::{Deserialize, Serialize};

/// What an own page asks of the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum OwnCall {
    /// The first screen.
    Overview,
    /// One sign-in in full.
    Flow {
        /// From [`FlowLine`](crate::view::FlowLine).
        id: String,
    },
    /// The whole newest sign-in as the terminal renders it.
    Report,
}

/// The worker's answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reply", content = "value", rename_all = "kebab-case")]
pub enum OwnReply {
    /// To [`OwnCall::Overview`].
    Overview(Overview),
    /// To [`OwnCall::Flow`]; absent when the flow is gone.
    Flow(Option<Box<FlowView>>),
    /// To [`OwnCall::Report`].
    Report(String),
    /// The call could not be carried out; a sentence for people.
    Refused(String),
}

/// Sent to own pages after each change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// The new [`Revision`](crate::tracer::Revision) as text.
    pub revision: String,
}
