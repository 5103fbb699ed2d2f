//! How a sign-in ended: GitLab's answer to the Response, and the messages of the page that followed.

use super::flow::{Flow, FlowStep};
use crate::{
    event::EventId,
    gitlab::{
        outcome::{self, Outcome},
        pages::{self, PageReading},
        routes::{self, Route},
    },
    trace::{
        exchange::{End, Exchange, Rode},
        tracer::Tracer,
    },
};

impl Flow {
    /// Reads GitLab's answer to the Response, and the messages of the page that followed.
    pub(super) fn settle(&mut self, exchanges: &[Exchange], pages: &[(EventId, PageReading)]) {
        let own = |step: &FlowStep| exchanges.get(step.exchange);
        let ends = self.steps.iter().filter_map(own).flat_map(|exchange| {
            let response = exchange.response.as_ref().map(|response| response.event.time);
            let failed = match &exchange.end {
                Some(End::Failed(time, _)) => Some(*time),
                _ => None,
            };
            [Some(exchange.id.time), response, failed]
        });
        self.last = ends.flatten().max().unwrap_or(self.last);
        let shown = self
            .steps
            .iter()
            .filter_map(own)
            .find(|exchange| exchange.messages.first().is_some_and(|seen| seen.rode == Rode::Page));
        let shown = shown.and_then(|exchange| pages.iter().find(|(event, _)| *event == exchange.id));
        let (Some(instance), Some(provider)) = (&self.instance, &self.provider) else { return };
        let received = self.answered(exchanges);
        let Some(answered) = received.and_then(|exchange| exchange.response.as_ref()) else {
            if let Some(page) = shown {
                self.outcomes = vec![Outcome::Verified];
                self.read_verify_output(page);
            }
            return;
        };
        let next_in_tab =
            exchanges.iter().map(|exchange| (&exchange.id, exchange)).filter(|(id, exchange)| {
                **id > answered.event && exchange.place == self.place && !exchange.messages.is_empty()
            });
        let until = next_in_tab.map(|(id, _)| id).min();
        let following = pages.iter().filter(|(id, page)| {
            *id > answered.event && until.is_none_or(|until| id < until) && page.place == self.place
        });
        // The page that followed is the first; when it says nothing, no later page's message is the sign-in's.
        let next = following.min_by_key(|(id, _)| id);
        if let Some((event, page)) = next {
            self.flash = Some(pages::MESSAGES.iter().flat_map(|field| texts(page, field)).collect());
            self.flash_event = Some(event.clone());
        }
        let location = answered.location.as_ref().map(|location| location.expose().as_str());
        self.outcomes =
            outcome::candidates(instance, provider, answered.status, location, self.flash.as_deref());
        if self.outcomes == [Outcome::Verified]
            && let Some(page) = shown.or(next)
        {
            self.read_verify_output(page);
        }
    }

    /// The exchange in which GitLab answered the Response.
    fn answered<'a>(&self, exchanges: &'a [Exchange]) -> Option<&'a Exchange> {
        let instance = self.instance.as_ref()?;
        let mut own = self.steps.iter().filter_map(|step| exchanges.get(step.exchange));
        own.find(|exchange| {
            matches!(routes::route(instance, exchange.url.expose()), Some(Route::Acs(_)))
                && exchange.response.is_some()
        })
    }

    /// The exchange by whose answer GitLab tells that it found the Response valid: that it does only behind its checks,
    /// and no other message came with this one.
    pub fn accepted<'a>(&self, tracer: &'a Tracer) -> Option<&'a Exchange> {
        let exchange = self.answered(tracer.exchanges())?;
        let [only] = exchange.messages.as_slice() else { return None };
        let is_it = only.carried.value == tracer.seen(self.response?)?.carried.value;
        let is_valid = self.outcomes.iter().all(|outcome| outcome.found_valid() == Some(true));
        (is_it && is_valid && !self.outcomes.is_empty()).then_some(exchange)
    }

    /// Reads what "Verify SAML Configuration" found, which its page lists instead of flashing it.
    fn read_verify_output(&mut self, (event, page): &(EventId, PageReading)) {
        let errors = texts(page, pages::VERIFY_ERRORS);
        if !errors.is_empty() {
            self.outcomes = vec![Outcome::VerifyFailed];
        }
        self.flash = Some(errors);
        self.flash_event = Some(event.clone());
    }
}

/// The texts of a page's field, white space folded as the browser does.
fn texts(page: &PageReading, field: &str) -> Vec<String> {
    let texts = page.fields.get(field).into_iter().flatten();
    texts.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}
