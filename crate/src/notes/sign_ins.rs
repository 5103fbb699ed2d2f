//! [`SignIns`]: what the trace has of the sign-ins that the notes of one page speak of. Each is looked at
//! once, however many rows the page has.

use crate::{
    base::instant::Timestamp,
    case::Case,
    comparison::{
        self,
        attribution::{Attribution, Reason},
    },
    gitlab::{instance::Instance, routes::Provider, stored::Member},
    trace::tracer::Tracer,
};
use std::cell::OnceCell;

/// The flows of one GitLab, newest first.
pub struct SignIns<'a> {
    pub(super) tracer: &'a Tracer,
    pub(super) instance: &'a Instance,
    all: Vec<SignIn<'a>>,
}

/// One of them.
pub(super) struct SignIn<'a> {
    pub(super) case: Case<'a>,
    captured: OnceCell<Option<Captured>>,
}

/// The NameID that the trace has captured for one member.
pub(super) struct Captured {
    pub(super) name_id: String,
    pub(super) time: String,
    pub(super) guessed: bool,
    pub(super) transient: bool,
}

impl<'a> SignIns<'a> {
    /// Those of `instance`, looked at at `now`.
    pub fn of(tracer: &'a Tracer, instance: &'a Instance, now: Timestamp) -> Self {
        let here = tracer.flows().iter().rev().filter(|flow| flow.instance.as_ref() == Some(instance));
        let all = here.map(|flow| SignIn { case: Case::new(tracer, flow, now), captured: OnceCell::new() });
        SignIns { tracer, instance, all: all.collect() }
    }

    /// Those to any integration that `is_it`.
    pub(super) fn to_any(&self, is_it: impl Fn(&Provider) -> bool) -> impl Iterator<Item = &SignIn<'a>> {
        self.all.iter().filter(move |one| one.case.flow.provider.as_ref().is_some_and(&is_it))
    }

    /// Those to one integration.
    pub(super) fn to(&self, provider: &Provider) -> impl Iterator<Item = &SignIn<'a>> {
        self.to_any(move |other| other == provider)
    }

    /// The NameIDs that were captured for this integration.
    pub(super) fn captured(&self, provider: &Provider) -> impl Iterator<Item = &Captured> {
        self.to(provider).filter_map(SignIn::captured)
    }

    /// The last one of `member` in which a NameID was captured.
    pub(super) fn newest_of(&self, provider: &Provider, member: &Member) -> Option<&SignIn<'a>> {
        self.to(provider).find(|one| one.captured().is_some() && one.is_of(member))
    }
}

impl SignIn<'_> {
    /// The NameID that it brought.
    pub(super) fn captured(&self) -> Option<&Captured> {
        self.captured.get_or_init(|| captured_in(&self.case)).as_ref()
    }

    /// Its attribution: whose it is.
    pub(super) fn attribution(&self) -> &Attribution {
        &self.case.comparison().attribution
    }

    /// Whether it is this member's.
    pub(super) fn is_of(&self, member: &Member) -> bool {
        self.attribution().member().is_some_and(|other| other.is(member))
    }
}

fn captured_in(case: &Case<'_>) -> Option<Captured> {
    let Case { tracer, flow, .. } = *case;
    // A message that nobody signed may be anybody's word: no row is marked with it. Who signed is not asked,
    // since nothing is changed by a mark; a signature whose key the message does not hold is one that only
    // GitLab can check.
    case.response().filter(|response| flow.accepted(tracer).is_some() || response.look().is_vouched_for())?;
    let (name_id, event) = flow.name_id(tracer)?;
    let guessed = matches!(case.comparison().attribution, Attribution::Of { reason: Reason::NearMiss, .. });
    let transient = comparison::is_transient(&name_id);
    Some(Captured { name_id: name_id.value, time: event.time.day_and_time(), guessed, transient })
}
