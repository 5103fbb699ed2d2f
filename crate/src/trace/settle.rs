//! The end of a sign-in: GitLab's answer to the Response, and the messages of the page that followed.
//!
//! A flow's [`Progress`] is what its own exchanges say, taken in exchange by exchange; what happened beside
//! it in the same place stands in [`Timelines`]. Both are kept, so that an event looks at the flows that it
//! can concern alone.

use super::{
    count,
    exchange::{End, Exchange},
    flow::Flow,
    join::Ground,
    seen::Rode,
    tracer::Tracer,
};
use crate::{
    base::{instant::Timestamp, place::Place},
    event::EventId,
    gitlab::{
        outcome::{self, Outcome},
        pages::{self, PageReading, group_saml_settings},
        routes::{self, Route},
    },
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The progress of a flow, as its own exchanges tell it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Progress {
    /// When the last thing happened.
    last: Timestamp,
    /// The last exchange in which GitLab answered the Response, and the event that told the answer: a
    /// Response that is posted again gets a new one (gitlab-facts G7). One in the flow's own place comes
    /// before all others.
    answered: Option<((bool, usize), EventId)>,
    /// The first exchange that stands for a page that shows the message, and the page's event.
    shown: Option<(usize, EventId)>,
}

impl Progress {
    /// A flow that has just begun.
    pub(super) fn new(flow: &Flow) -> Self {
        Progress { last: flow.id.event.time, answered: None, shown: None }
    }

    /// The event that told GitLab's answer.
    pub(super) fn answer(&self) -> Option<&EventId> {
        self.answered.as_ref().map(|(_, event)| event)
    }

    /// Takes in what the flow's exchange with this index says now.
    pub(super) fn include(&mut self, flow: &Flow, index: usize, exchange: &Exchange) {
        let failed = match &exchange.end {
            Some(End::Failed(time, _)) => Some(*time),
            _ => None,
        };
        let answered = exchange.response.as_ref().map(|response| response.event.time);
        self.last =
            [Some(exchange.id.time), answered, failed].into_iter().flatten().fold(self.last, Ord::max);
        if let Some(response) = exchange.response.as_ref().filter(|_| is_consumer_service(flow, exchange)) {
            // What a copy of it does in another tab is seen there; it counts where nothing else does.
            let rank = (exchange.place == flow.place, index);
            if self.answered.as_ref().is_none_or(|(known, _)| rank >= *known) {
                self.answered = Some((rank, response.event.clone()));
            }
        }
        if exchange.messages.first().is_some_and(|seen| seen.rode == Rode::Page) {
            first(&mut self.shown, index, &exchange.id);
        }
    }
}

/// Keeps the earliest exchange.
fn first(known: &mut Option<(usize, EventId)>, index: usize, event: &EventId) {
    if known.as_ref().is_none_or(|(earliest, _)| index <= *earliest) {
        *known = Some((index, event.clone()));
    }
}

/// Whether this is a call of the flow's own GitLab's consumer service.
fn is_consumer_service(flow: &Flow, exchange: &Exchange) -> bool {
    let route = flow.instance.as_ref().and_then(|instance| routes::route(instance, exchange.url.expose()));
    matches!(route, Some(Route::Acs(_)))
}

/// The timeline of each place (tab, window, cookie jar): what happened there, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Timelines {
    places: HashMap<Place, Timeline>,
    /// The page reading that each event told.
    pages: HashMap<EventId, usize>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Timeline {
    /// Exchanges that carry a message.
    messages: BTreeSet<(EventId, usize)>,
    /// Page readings, and where they stand among all.
    pages: BTreeMap<EventId, usize>,
    /// GitLab's answers to Responses, and the flows that they are of.
    answers: BTreeSet<(EventId, usize)>,
}

impl Timeline {
    /// The flows whose answer may be followed by what happened at `event`: no message came in between.
    fn before(&self, event: &EventId) -> Vec<usize> {
        let since = self.messages.range(..(event.clone(), 0)).next_back();
        let until = (event.clone(), 0);
        let answers = match since {
            Some((since, _)) => self.answers.range((since.clone(), 0)..until),
            None => self.answers.range(..until),
        };
        answers.map(|(_, flow)| *flow).inspect(|_| count::look()).collect()
    }

    fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.pages.is_empty() && self.answers.is_empty()
    }
}

impl Timelines {
    /// Notes an exchange that carries a message; gives the flows that it may part from the page that
    /// followed.
    pub(super) fn add_message(&mut self, place: &Place, event: &EventId, exchange: usize) -> Vec<usize> {
        let timeline = self.places.entry(place.clone()).or_default();
        timeline.messages.insert((event.clone(), exchange));
        timeline.before(event)
    }

    /// Takes it out again.
    pub(super) fn remove_message(&mut self, place: &Place, event: &EventId, exchange: usize) -> Vec<usize> {
        let found = self.places.get_mut(place).map(|timeline| {
            timeline.messages.remove(&(event.clone(), exchange));
            timeline.before(event)
        });
        self.tidy(place);
        found.unwrap_or_default()
    }

    /// Notes a page reading; gives the flows that it may be the answer to. Of several with one id the first
    /// counts.
    pub(super) fn add_page(&mut self, place: &Place, event: &EventId, page: usize) -> Vec<usize> {
        self.pages.entry(event.clone()).or_insert(page);
        let timeline = self.places.entry(place.clone()).or_default();
        timeline.pages.entry(event.clone()).or_insert(page);
        timeline.before(event)
    }

    /// Notes that the answer to `flow` is told by `now` instead of by `before`.
    pub(super) fn answered(
        &mut self,
        place: &Place,
        flow: usize,
        before: Option<&EventId>,
        now: Option<&EventId>,
    ) {
        if before == now {
            return;
        }
        let timeline = self.places.entry(place.clone()).or_default();
        if let Some(before) = before {
            timeline.answers.remove(&(before.clone(), flow));
        }
        if let Some(now) = now {
            timeline.answers.insert((now.clone(), flow));
        }
        self.tidy(place);
    }

    /// The first page in `place` behind `answer` and before the next message there.
    fn following(&self, place: &Place, answer: &EventId) -> Option<usize> {
        let timeline = self.places.get(place)?;
        let mut later = timeline.messages.range((answer.clone(), 0)..).map(|(event, _)| event);
        let until = later.find(|event| *event > answer);
        let mut pages = timeline.pages.range(answer.clone()..).filter(|(event, _)| *event > answer);
        let (event, page) = pages.next()?;
        until.is_none_or(|until| event < until).then_some(*page)
    }

    /// The page reading that this event told.
    fn page(&self, event: &EventId) -> Option<usize> {
        self.pages.get(event).copied()
    }

    fn tidy(&mut self, place: &Place) {
        if self.places.get(place).is_some_and(Timeline::is_empty) {
            self.places.remove(place);
        }
    }
}

impl Flow {
    /// Reads GitLab's answer to the Response, and the messages of the page that followed.
    pub(super) fn settle(&mut self, progress: &Progress, ground: Ground<'_>, timelines: &Timelines) {
        self.last = progress.last;
        (self.outcomes, self.flash, self.flash_event) = (Vec::new(), None, None);
        self.answered = progress.answered.as_ref().map(|((_, index), _)| *index);
        let shown = progress.shown.as_ref().and_then(|(_, event)| timelines.page(event));
        let shown = shown.and_then(|page| ground.pages.get(page));
        let (Some(instance), Some(provider)) = (&self.instance, &self.provider) else { return };
        let received = self.answered.and_then(|index| ground.exchanges.get(index));
        let Some(answered) = received.and_then(|exchange| exchange.response.as_ref()) else {
            if let Some(page) = shown {
                self.outcomes = CHECKED.to_vec();
                self.read_verify_output(page);
            }
            return;
        };
        // The page that followed is the first; when it says nothing, no later page's message is the
        // sign-in's.
        let next = timelines.following(&self.place, &answered.event).and_then(|page| ground.pages.get(page));
        if let Some((event, page)) = next {
            self.flash = Some(pages::MESSAGES.iter().flat_map(|field| texts(page, field)).collect());
            self.flash_event = Some(event.clone());
        }
        let location = answered.location.as_ref().map(|location| location.expose().as_str());
        let has_email = || self.has_email(ground);
        let flash = self.flash.as_deref();
        self.outcomes = outcome::candidates(instance, provider, answered.status, location, flash, has_email);
        if self.outcomes == CHECKED
            && let Some(page) = shown.or(next)
        {
            self.read_verify_output(page);
        }
    }

    /// Whether the Response has an e-mail address that GitLab reads; absent where it cannot be read.
    fn has_email(&self, ground: Ground<'_>) -> Option<bool> {
        let reference = self.response?;
        ground.exchanges.get(reference.exchange)?.messages.get(reference.message)?.heading.has_email
    }

    /// The exchange by whose answer GitLab tells that it found the Response valid: that it does only behind
    /// its checks, and no other message came with this one.
    pub fn accepted<'a>(&self, tracer: &'a Tracer) -> Option<&'a Exchange> {
        let exchange = tracer.exchanges().get(self.answered?)?;
        let [only] = exchange.messages.as_slice() else { return None };
        let is_it = only.is_received_like(tracer.seen(self.response?)?);
        (is_it && self.took_response()).then_some(exchange)
    }

    /// Reads what "Verify SAML Configuration" found, which its page lists instead of flashing it. It shows
    /// that once; without it nothing is known of what was found.
    fn read_verify_output(&mut self, (event, page): &(EventId, PageReading)) {
        let errors = texts(page, pages::VERIFY_ERRORS);
        if errors.is_empty() && !page.fields.contains_key(group_saml_settings::VERIFY_NAME_ID) {
            return;
        }
        self.outcomes = match errors.is_empty() {
            true => vec![Outcome::Verified],
            false => vec![Outcome::VerifyFailed],
        };
        self.flash = Some(errors);
        self.flash_event = Some(event.clone());
    }
}

/// The outcomes of "Verify SAML Configuration" before its page was read.
const CHECKED: [Outcome; 2] = [Outcome::Verified, Outcome::VerifyFailed];

/// The texts of a page's field, white space folded as the browser does.
fn texts(page: &PageReading, field: &str) -> Vec<String> {
    let texts = page.fields.get(field).into_iter().flatten();
    texts.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}
