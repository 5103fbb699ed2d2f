//! [`Case`]: one flow that is looked at, with all that follows from it, each part worked out once.
//!
//! A list's line, a full view, notes and the command line all ask the same of a flow: how it compares, what
//! GitLab makes of its Response, what is wrong with it. They make one case and hand it on; whoever asks first
//! has a part worked out, and whoever asks later gets the same one. So nothing is compared or judged twice,
//! and no function needs five arguments that belong together. A case lives as long as one look: it borrows
//! the trace and is never stored.
//!
//! Judging stands below this room: [`Case::acceptance`] is in `acceptance`, [`Case::findings`] in
//! `diagnoses`. Here is what judging yields, as plain data ([`acceptance`], [`finding`]), and the place where
//! a case keeps it. What works a part out may ask a case for parts that are made in rooms above its own, and
//! for no other.

pub mod acceptance;
pub mod diagnosis;
pub mod finding;
pub mod proof;
#[cfg(test)]
mod tests;

use crate::{
    attack::Look,
    base::{
        catalogue::Text,
        instant::{Timestamp, Zone},
    },
    comparison::{self, Comparison},
    encryption::PrivateKey,
    gitlab::{dedicated, passwords, uid},
    idp::vendor::{self, Vendor},
    trace::{
        clock::Clocks,
        exchange::Exchange,
        flow::{Flow, MessageRef},
        seen::Seen,
        tracer::Tracer,
    },
};
use acceptance::Acceptance;
use finding::Finding;
use std::cell::OnceCell;

/// A flow that is looked at.
pub struct Case<'a> {
    /// The trace.
    pub tracer: &'a Tracer,
    /// The flow in question.
    pub flow: &'a Flow,
    /// The time at which it is looked at.
    pub now: Timestamp,
    /// The zone in which its reader lives.
    pub zone: Zone,
    /// When GitLab is taken to get the Response; when it was seen to arrive where nobody said so.
    pub(crate) received_at: Option<Timestamp>,
    /// Private keys of an instance.
    pub(crate) keys: &'a [PrivateKey],
    comparison: OnceCell<Comparison>,
    clocks: OnceCell<Option<Clocks>>,
    /// Filled by `acceptance`.
    pub(crate) acceptance: OnceCell<Option<Acceptance>>,
    /// Filled by `diagnoses`.
    pub(crate) findings: OnceCell<Vec<Finding>>,
}

/// One message of the flow.
pub struct Looked<'c> {
    at: MessageRef,
    /// The exchange that it was seen in.
    pub exchange: &'c Exchange,
    /// The message.
    pub seen: &'c Seen,
}

impl<'a> Case<'a> {
    /// To look at `flow` as it is at `now`. Nothing is worked out yet.
    pub fn new(tracer: &'a Tracer, flow: &'a Flow, now: Timestamp) -> Self {
        Case {
            tracer,
            flow,
            now,
            zone: Zone::default(),
            received_at: None,
            keys: &[],
            comparison: OnceCell::new(),
            clocks: OnceCell::new(),
            acceptance: OnceCell::new(),
            findings: OnceCell::new(),
        }
    }

    /// The advice `text` as it holds for this sign-in: without a password where its group has none, for the
    /// offering of GitLab, and of what it looks for.
    pub(crate) fn advice(&self, text: Text) -> Text {
        let text = passwords::advice(text, || self.tracer.forbids_passwords(self.flow));
        self.named(dedicated::advice(text, self.flow.instance.as_ref()))
    }

    /// A text about what GitLab looks for as it holds for this sign-in: of the NameID, or of the attribute
    /// that stands for it.
    pub(crate) fn named(&self, text: Text) -> Text {
        uid::named(text, comparison::uid_attribute(self.tracer, self.flow))
    }

    /// The advice `text` with the place of the setting that it asks for, on the screens of this sign-in's
    /// identity provider; the advice alone where that is not known.
    pub(crate) fn placed(&self, text: Text) -> Text {
        vendor::advice(text, || self.vendor())
    }

    /// The identity provider, where its Issuer, its address, or the group's settings tell which one it is.
    pub(crate) fn vendor(&self) -> Option<Vendor> {
        let of_group = || {
            let (instance, provider) = self.flow.instance.as_ref().zip(self.flow.provider.as_ref())?;
            self.tracer.vendor_in_settings(instance, provider)
        };
        self.flow.vendor(self.tracer).or_else(of_group)
    }

    /// To have its times told as a clock in `zone` shows them.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Self {
        Case { zone, ..self }
    }

    /// To have the Response judged as if GitLab got it at `at`.
    #[must_use]
    pub fn received_at(self, at: Timestamp) -> Self {
        Case { received_at: Some(at), acceptance: OnceCell::new(), ..self }
    }

    /// To have the Response judged with an instance's private keys; without them what is encrypted is not
    /// known.
    #[must_use]
    pub fn with_keys(self, keys: &'a [PrivateKey]) -> Self {
        Case { keys, acceptance: OnceCell::new(), ..self }
    }

    /// The comparison of what was sent with what was seen stored.
    pub fn comparison(&self) -> &Comparison {
        self.comparison.get_or_init(|| comparison::compare(self.tracer, self.flow))
    }

    /// The clocks; absent where there is no Response.
    pub fn clocks(&self) -> Option<&Clocks> {
        self.clocks.get_or_init(|| Clocks::of(self.tracer, self.flow)).as_ref()
    }

    /// Whether a file tells of it beside what this browser recorded: then GitLab's answer in it was not seen.
    pub fn is_beside_recording(&self) -> bool {
        self.tracer.file_of(&self.flow.id.event).is_some()
    }

    /// Whether GitLab was seen to find the Response valid, whatever it did then. What a file says of that
    /// beside what this browser recorded was not seen.
    pub fn took_response(&self) -> bool {
        self.flow.took_response() && !self.is_beside_recording()
    }

    /// Whether GitLab was seen to let the person in for good.
    pub fn let_in(&self) -> bool {
        self.flow.let_in() && !self.is_beside_recording()
    }

    /// The messages, in the order of the exchanges.
    pub fn messages(&self) -> impl Iterator<Item = Looked<'_>> {
        let Case { tracer, flow, .. } = *self;
        let exchanges =
            flow.steps.iter().filter_map(|step| Some((step, tracer.exchanges().get(step.exchange)?)));
        exchanges.flat_map(|(step, exchange)| {
            let at = move |message| MessageRef { exchange: step.exchange, message };
            let seen = exchange.messages.iter().enumerate();
            seen.map(move |(message, seen)| Looked { at: at(message), exchange, seen })
        })
    }

    /// The Response, as the flow has it.
    pub fn response(&self) -> Option<Looked<'_>> {
        self.messages().find(|message| Some(message.at) == self.flow.response)
    }
}

impl Looked<'_> {
    /// The look at the message: who signed it, and the signs of an attack.
    pub fn look(&self) -> &Look {
        self.seen.look()
    }
}
