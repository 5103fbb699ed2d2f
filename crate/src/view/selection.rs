//! The events of the sign-ins that a [`Query`] finds, for a file that holds what the list shows
//! ([`only_found`]).
//!
//! Leaves in what belongs to no sign-in: what pages and answers of GitLab showed as stored, and what a person
//! told. Without it the sign-ins in the file had another verdict than in the list.

use super::{
    lines::Lines,
    search::{self, Query},
};
use crate::{
    base::{instant::Timestamp, order::inserted},
    event::{Event, EventId},
    trace::{room, tracer::Tracer},
};
use std::collections::BTreeSet;

/// The events without those of the sign-ins that `query` does not find at `now`; with the number of sign-ins
/// that are left, and of all.
pub fn only_found(events: Vec<Event>, query: &Query, now: Timestamp) -> (Vec<Event>, (usize, usize)) {
    let mut tracer = Tracer::replay(events.iter().cloned());
    let mut lines = Lines::default();
    let all: Vec<_> = lines.refresh(&mut tracer, now).collect();
    let is_here = |tab: i64| query.tab.is_none_or(|wanted| wanted == tab);
    let here = all.iter().copied().filter(|line| is_here(line.flow().place.tab));
    let (found, _) = search::found(&mut tracer, here, query);
    let kept: BTreeSet<EventId> = inserted(found.iter().map(|line| line.flow().id.event.clone()));
    let others = room::events_of_others(&tracer, |flow| kept.contains(&flow.id.event));
    let part = (found.len(), all.len());
    (events.into_iter().filter(|event| !others.contains(&event.id)).collect(), part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{context::Context, overview::overview};
    use base64::{Engine, prelude::BASE64_STANDARD};
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_767_258_900_000);

    /// Two sign-ins of each group, and what GitLab has stored for one person.
    fn events() -> Vec<Event> {
        let exchange = |(number, group): (u64, &str)| {
            let id = |part: u64| format!("{:013}-test-{part:06}", 1_767_258_000_000 + number * 1_000 + part);
            let url = format!("https://gitlab.com/groups/{group}/-/saml/callback");
            let response = BASE64_STANDARD.encode(format!("<samlp:Response ID=\"_{number}\"/>"));
            let request = json!({"id": id(1), "kind": "request", "request": number.to_string(), "tab": number,
                "method": "POST", "body": "form", "url": url, "form": [["SAMLResponse", [response]]]});
            let response = json!({"id": id(2), "kind": "response", "request": number.to_string(), "tab": number,
                "method": "POST", "url": url, "status": 302, "location": "https://gitlab.com/users/sign_in"});
            [request, response]
        };
        let answer = json!({"id": "1767258500000-test-000001", "kind": "answer", "tab": 1, "status": 200,
            "url": "https://gitlab.com/api/v4/user", "answer": {"id": 48, "username": "ada", "identities": []}});
        let all = (1..).zip(["acme", "other", "acme", "other"]).flat_map(exchange).chain([answer]);
        all.map(|event| serde_json::from_value(event).unwrap()).collect()
    }

    fn list(events: &[Event], query: &Query) -> Vec<String> {
        let mut tracer = Tracer::replay(events.iter().cloned());
        let context = Context { now: NOW, ..Context::default() };
        let flows = overview(&mut tracer, &mut Lines::default(), &context, query).flows;
        flows.into_iter().map(|line| line.id).collect()
    }

    #[test]
    fn a_file_holds_the_sign_ins_that_the_list_shows_and_what_gitlab_has_stored() {
        for (query, found) in [
            (Query::default(), 4),
            (Query { text: "group:acme".into(), ..Query::default() }, 2),
            (Query { text: "-group:acme".into(), tab: Some(2), ..Query::default() }, 1),
            (Query { text: "nobody".into(), ..Query::default() }, 0),
        ] {
            let (kept, part) = only_found(events(), &query, NOW);
            assert_eq!(part, (found, 4), "{query:?}");
            assert_eq!(kept.len(), 2 * found + 1, "two events a sign-in, and the answer: {query:?}");
            assert_eq!(list(&kept, &Query::default()), list(&events(), &query), "{query:?}");
        }
    }
}
