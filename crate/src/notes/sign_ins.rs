//! [`SignIns`]: what the trace has of the sign-ins that the notes of one page speak of. Each is looked at
//! once, however many rows the page has.

use crate::{
    base::{catalogue::Text, instant::Timestamp, place::Place},
    case::{Case, acceptance::Basis, proof::Proof},
    comparison::{
        self,
        attribution::{Attribution, Reason},
    },
    event::EventId,
    gitlab::{
        dedicated,
        instance::Instance,
        outcome::Outcome,
        pages::{self, PageReading},
        passwords,
        routes::{Provider, Route},
        stored::Member,
        uid,
    },
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

/// The NameID that the trace has captured for one member, or the attribute that stands for it.
pub(super) struct Captured {
    pub(super) name_id: String,
    /// The attribute that stands for it.
    pub(super) attribute: Option<String>,
    /// When it was sent, and the file that tells it where one does.
    pub(super) time: String,
    pub(super) guessed: bool,
    pub(super) transient: bool,
    /// GitLab takes over the NameID, whatever is stored.
    pub(super) taken_over: bool,
    pub(super) answer: Answer,
}

impl Captured {
    /// A text about what was sent, of the NameID or of the attribute that stands for it.
    pub(super) fn named(&self, text: Text) -> Text {
        uid::named(text, self.attribute.as_deref())
    }
}

/// GitLab's answer to a Response, as it was seen or by its checks.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Answer {
    LetIn,
    /// It refused the Response, whatever the NameID.
    Refused,
    /// It took the Response and found the account, which may not sign in.
    OfAccount(Outcome),
    /// It took the Response and found no account: then it did not have this NameID.
    NoAccount,
    /// It took the Response, and found no account, or one that may not sign in.
    PerhapsNoAccount,
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

    /// The change of a text into the one that holds for the GitLab that a page is about: without a password
    /// where the group has switched them off, for the offering, and of what GitLab looks for. GitLab's
    /// sign-in page names no group; it is about the newest sign-in in its place.
    pub(super) fn said<'s>(&'s self, place: &Place, route: &'s Route) -> impl Fn(Text) -> Text + use<'s, 'a> {
        let newest = || self.all.iter().map(|one| one.case.flow).find(|flow| flow.place == *place);
        let (provider, attribute) = match route {
            Route::Landing(provider) | Route::Settings(provider) => (Some(provider), None),
            _ => (
                newest().and_then(|flow| flow.provider.as_ref()),
                newest().and_then(|flow| comparison::uid_attribute(self.tracer, flow)),
            ),
        };
        let (tracer, instance) = (self.tracer, self.instance);
        move |text| {
            let are_off = || provider.is_some_and(|provider| tracer.has_passwords_off(instance, provider));
            uid::named(dedicated::advice(passwords::advice(text, are_off), Some(instance)), attribute)
        }
    }

    /// The one that this page answers. A page is read again while it is drawn; then it is the answer still as
    /// far as it shows a message of the answer.
    pub(super) fn answered_by(&self, read: &EventId, reading: &PageReading) -> Option<&SignIn<'a>> {
        let is_shown = |said: &Vec<String>| {
            let shown = pages::MESSAGES.iter().chain([&pages::VERIFY_ERRORS]);
            let mut shown = shown.filter_map(|field| reading.fields.get(*field)).flatten();
            shown.any(|shown| said.iter().any(|said| said.split_whitespace().eq(shown.split_whitespace())))
        };
        let is_there = |event: &EventId| {
            let mut pages = self.tracer.pages().iter();
            pages.any(|(id, page)| id == event && page.url == reading.url)
        };
        self.all.iter().map(|one| (one, &one.case.flow)).find_map(|(one, flow)| {
            let event = flow.flash_event.as_ref().filter(|_| flow.place == reading.place)?;
            let is_again = || event < read && flow.flash.as_ref().is_some_and(is_shown) && is_there(event);
            (event == read || is_again()).then_some(one)
        })
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
    let (name_id, event) = comparison::uid_sent(tracer, flow)?;
    let guessed = matches!(case.comparison().attribution, Attribution::Of { reason: Reason::NearMiss, .. });
    let sent = case.comparison().name_id.as_ref();
    let attribute = comparison::uid_attribute(tracer, flow).map(str::to_owned);
    let transient = attribute.is_none() && sent.is_some_and(comparison::is_transient);
    let time = match case.proof() {
        Ok(Proof::Signed(at)) => at,
        _ => event.time,
    };
    let time = of_file::said(tracer, &event, time.day_and_time());
    // What the verdict rests on is enough: to look for all that can be wrong takes long in many rows.
    let answer = match case.accepted() {
        Some((true, _)) => Answer::LetIn,
        Some((false, Basis::Outcome)) if flow.outcomes.iter().all(|it| it.found_no_account()) => {
            Answer::NoAccount
        }
        Some((false, Basis::Outcome)) if flow.outcomes.iter().any(|it| it.found_no_account()) => {
            Answer::PerhapsNoAccount
        }
        Some((false, Basis::Outcome)) if flow.is_of_account() => {
            flow.outcomes.first().copied().map_or(Answer::Refused, Answer::OfAccount)
        }
        Some((false, _)) => Answer::Refused,
        None => Answer::NotSeen,
    };
    let taken_over = case.comparison().is_taken_over();
    Some(Captured { name_id, attribute, time, guessed, transient, taken_over, answer })
}
