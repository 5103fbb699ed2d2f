//! Clocks: how far GitLab's and the identity provider's are from the browser's, and when a Response is valid.
//!
//! GitLab's clock is in the `Date` of its answers (RFC 9110, 6.6.1: whole seconds). It was read between the
//! request and the head of the answer, so the difference is known up to half of that time and half a second.
//! GitLab compares the instants of an assertion with its own clock when the Response arrives (gitlab-facts
//! 4.6 steps 10, 15 and 16), and allows a drift of 0 seconds unless an instance is set up otherwise. Of the
//! identity provider's clock only instants in its messages are seen: one that lies in the future when it
//! arrives proves that the clock is ahead; one in the past may only have taken its time.

use crate::{
    base::instant::Timestamp,
    saml::Assertion,
    trace::{exchange::Exchange, flow::Flow, tracer::Tracer},
};

/// The time by which one clock is ahead of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew {
    /// Milliseconds; below zero when it is behind.
    pub ahead: i64,
    /// Milliseconds by which that may be wrong.
    pub uncertain: i64,
}

/// When one part of an assertion is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The part of the assertion.
    pub part: WindowPart,
    /// NotBefore: valid from then on.
    pub from: Option<Timestamp>,
    /// NotOnOrAfter: not valid any more.
    pub until: Option<Timestamp>,
}

/// The parts of an assertion that have a time of validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowPart {
    /// Conditions (SAML Core 2.5.1).
    Conditions,
    /// SubjectConfirmationData (2.4.1.2).
    Confirmation,
    /// SessionNotOnOrAfter of an AuthnStatement (2.7.2).
    Session,
}

/// The clocks of one sign-in.
#[derive(Clone, Debug, PartialEq)]
pub struct Clocks {
    /// GitLab's against the browser's; absent where no answer of GitLab told the time.
    pub gitlab: Option<Skew>,
    /// When the Response was posted, by the browser's clock; absent for an imported message, of which nobody
    /// knows.
    pub arrived: Option<Timestamp>,
    /// When the Response was made, by the identity provider's clock.
    pub issued: Option<Timestamp>,
    /// When the parts of its first assertion are valid.
    pub windows: Vec<Window>,
}

/// The position of a window relative to an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowStanding {
    /// It has not begun; milliseconds until it does.
    Early(i64),
    /// It is open.
    Open,
    /// It is over; milliseconds since then.
    Late(i64),
}

impl Clocks {
    /// The clocks of `flow`, as far as they are known; absent where there is no Response.
    pub fn of(tracer: &Tracer, flow: &Flow) -> Option<Self> {
        let message = flow.response_message(tracer).filter(|message| message.response().is_some())?;
        let received = flow.received(tracer).filter(|exchange| !exchange.request.is_empty());
        let steps = flow.steps.iter().filter_map(|step| tracer.exchanges().get(step.exchange));
        let is_gitlab = |exchange: &&Exchange| {
            let place = crate::base::address::Address::parse(exchange.url.expose());
            let instance = flow.instance.as_ref();
            instance.zip(place).is_some_and(|(instance, address)| instance.path_of(&address).is_some())
        };
        // The answer to the Response tells the clock at that very moment; any other of the sign-in will do.
        let answers = received.into_iter().chain(steps).filter(is_gitlab);
        Some(Clocks {
            gitlab: answers.filter_map(skew).next(),
            arrived: received.map(|exchange| exchange.id.time),
            issued: message.head.issue_instant.as_deref().and_then(Timestamp::parse),
            windows: message.assertions().first().map(windows).unwrap_or_default(),
        })
    }

    /// When the Response reached GitLab, by GitLab's clock, and by how many milliseconds that may be wrong.
    /// If GitLab's clock was not seen, it is taken for the browser's, and nothing is said of how wrong that
    /// is.
    pub fn arrived_at_gitlab(&self) -> Option<(Timestamp, Option<i64>)> {
        let arrived = self.arrived?;
        Some(match self.gitlab {
            Some(skew) => (Timestamp(arrived.0.saturating_add(skew.ahead)), Some(skew.uncertain)),
            None => (arrived, None),
        })
    }

    /// `now` of the browser's clock, by GitLab's.
    pub fn at_gitlab(&self, now: Timestamp) -> Timestamp {
        Timestamp(now.0.saturating_add(self.gitlab.map_or(0, |skew| skew.ahead)))
    }
}

impl Window {
    /// Its position relative to `instant`.
    pub fn standing(&self, instant: Timestamp) -> WindowStanding {
        match (self.from.map(|from| from.since(instant)), self.until.map(|until| instant.since(until))) {
            (Some(early), _) if early > 0 => WindowStanding::Early(early),
            (_, Some(late)) if late >= 0 => WindowStanding::Late(late),
            _ => WindowStanding::Open,
        }
    }
}

/// GitLab's clock against the browser's, by one exchange.
fn skew(exchange: &Exchange) -> Option<Skew> {
    let answered = exchange.response.as_ref()?;
    let date = Timestamp::parse_http(answered.date.as_deref()?)?;
    let took = answered.event.time.since(exchange.id.time).max(0);
    let middle = exchange.id.time.0.saturating_add(took / 2);
    // Half a second is what the whole seconds leave out on average.
    let ahead = date.0.saturating_add(500).saturating_sub(middle);
    Some(Skew { ahead, uncertain: took / 2 + 500 })
}

fn windows(assertion: &Assertion) -> Vec<Window> {
    let instant = |text: &Option<String>| text.as_deref().and_then(Timestamp::parse);
    let conditions = assertion.conditions.iter().map(|conditions| Window {
        part: WindowPart::Conditions,
        from: instant(&conditions.not_before),
        until: instant(&conditions.not_on_or_after),
    });
    let confirmations = assertion.subject.iter().flat_map(|subject| subject.confirmations.first());
    let confirmations = confirmations.map(|confirmation| Window {
        part: WindowPart::Confirmation,
        from: instant(&confirmation.not_before),
        until: instant(&confirmation.not_on_or_after),
    });
    let sessions = assertion.authn_statements.first().into_iter().map(|statement| Window {
        part: WindowPart::Session,
        from: None,
        until: instant(&statement.session_not_on_or_after),
    });
    let all = conditions.chain(confirmations).chain(sessions);
    all.filter(|window| window.from.is_some() || window.until.is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::limits::LIMITS,
        trace::seen::{Kept, Reader},
    };

    fn window(from: Option<i64>, until: Option<i64>) -> Window {
        Window { part: WindowPart::Conditions, from: from.map(Timestamp), until: until.map(Timestamp) }
    }

    #[test]
    fn a_window_begins_with_its_first_instant_and_ends_before_its_last() {
        let both = window(Some(10), Some(20));
        for (at, standing) in [
            (9, WindowStanding::Early(1)),
            (10, WindowStanding::Open),
            (19, WindowStanding::Open),
            (20, WindowStanding::Late(0)),
            (25, WindowStanding::Late(5)),
        ] {
            assert_eq!(both.standing(Timestamp(at)), standing, "{at}");
        }
        assert_eq!(window(None, Some(20)).standing(Timestamp(i64::MIN)), WindowStanding::Open);
        assert_eq!(window(Some(10), None).standing(Timestamp(i64::MAX)), WindowStanding::Open);
    }

    #[test]
    fn the_skew_is_known_up_to_half_of_the_exchange_and_half_a_second() {
        let events = [
            r#"{"id":"1767258000000-a-000001","kind":"request","request":"1","tab":1,"method":"GET","url":"https://gitlab.com/"}"#,
            r#"{"id":"1767258002000-a-000002","kind":"response","request":"1","tab":1,"method":"GET",
                "url":"https://gitlab.com/","status":200,"date":"Thu, 01 Jan 2026 09:01:00 GMT"}"#,
        ];
        let events: Vec<crate::event::Event> =
            events.iter().map(|event| serde_json::from_str(event).unwrap()).collect();
        let [request, response] = &events[..] else { panic!("two events") };
        let (crate::event::Body::Request(asked), crate::event::Body::Response(answered)) =
            (&request.body, &response.body)
        else {
            panic!("a request and its response")
        };
        let reader = Reader { limits: LIMITS, kept: Kept::default() };
        let mut exchange = Exchange::begin(&request.id, asked, &reader);
        exchange.answer(&response.id, answered, &reader);
        assert_eq!(skew(&exchange), Some(Skew { ahead: 59_500, uncertain: 1_500 }));
    }
}
