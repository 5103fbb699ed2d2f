//! [`SignIns`]: what the trace has of the sign-ins that the notes of one page speak of. Each is looked at
//! once, however many rows the page has.

use crate::{
    base::instant::Timestamp,
    case::{Case, acceptance::Basis, proof::Proof},
    comparison::{
        self,
        attribution::{Attribution, Reason},
    },
    gitlab::{instance::Instance, routes::Provider, stored::Member},
    trace::tracer::Tracer,
    view::of_file,
};
use std::cell::OnceCell;

/// The flows of one GitLab: those that this browser saw, newest first, and then those of files.
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
    /// When it was sent, and the file that tells it where one does.
    pub(super) time: String,
    pub(super) guessed: bool,
    pub(super) transient: bool,
    pub(super) answer: Answer,
}

/// GitLab's answer to a Response, as it was seen or by its checks.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Answer {
    LetIn,
    /// It refused the Response, whatever the NameID.
    Refused,
    /// It took the Response and found no account: then it did not have this NameID.
    NoAccount,
    NotSeen,
}

impl<'a> SignIns<'a> {
    /// Those of `instance`, looked at at `now`.
    pub fn of(tracer: &'a Tracer, instance: &'a Instance, now: Timestamp) -> Self {
        let told = |of_file| {
            let newest_first = tracer.flows().iter().rev();
            newest_first.filter(move |flow| flow.place.of_file == of_file)
        };
        // What a file tells speaks only where this browser saw nothing.
        let all = told(false).chain(told(true));
        let here = all.filter(|flow| flow.instance.as_ref() == Some(instance));
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
    // A message that nobody signed may be anybody's word: no row is marked with it. Who signed is not asked
    // of what this browser saw, since nothing is changed by a mark; a signature whose key the message does
    // not hold is one that only GitLab can check. Of what a file says only what is proven is marked.
    case.response().filter(|response| match flow.place.of_file {
        true => case.proof().is_ok(),
        false => flow.accepted(tracer).is_some() || response.look().is_vouched_for(),
    })?;
    let (name_id, event) = flow.name_id(tracer)?;
    let guessed = matches!(case.comparison().attribution, Attribution::Of { reason: Reason::NearMiss, .. });
    let transient = comparison::is_transient(&name_id);
    let time = match case.proof() {
        Ok(Proof::Signed(at)) => at,
        _ => event.time,
    };
    let time = of_file::said(tracer, &event, time.day_and_time());
    let answer = match case.accepted() {
        Some((true, _)) => Answer::LetIn,
        Some((false, Basis::Outcome)) if flow.outcomes.iter().all(|it| it.found_no_account()) => {
            Answer::NoAccount
        }
        Some((false, _)) => Answer::Refused,
        None => Answer::NotSeen,
    };
    Some(Captured { name_id: name_id.value, time, guessed, transient, answer })
}
