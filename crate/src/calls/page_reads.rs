//! Tasks of a page of GitLab: which fields to read, which reads to perform, and whether what it read is
//! news.
//!
//! Leaves out what is marked on it, which are [`notes`](crate::notes), and the check of a whole group.

use crate::{
    base::place::Place,
    comparison,
    event::{Body, Event},
    gitlab::{
        api::{self, WantedRead},
        instance::Instance,
        pages::{Page, Recipe},
        routes::Route,
    },
    trace::{flow::FlowKind, tracer::Tracer},
};

/// The recipe for a content script on the page at `url`; `None` when there is nothing worth reading.
/// `is_noted` says that it was read and that notes are for it.
pub fn recipe_for(tracer: &Tracer, url: &str, place: &Place, is_noted: bool) -> Option<Recipe> {
    let (instance, route) = tracer.route(url)?;
    let page = Page::at(&route)?;
    (is_noted || page.is_read(waits_for_page(tracer, &instance, place))).then(|| page.recipe())
}

/// The reads that the core wants the page at `url` to perform.
///
/// Only while a NameID is there to compare with: the person's own user, and then GitLab's version if no page
/// that was read said it. Never on a sign-in page, where nobody is signed in.
pub fn wanted(tracer: &Tracer, url: &str, place: &Place) -> Vec<WantedRead> {
    let Some((instance, route)) = tracer.route(url) else { return Vec::new() };
    if matches!(route, Route::SignIn | Route::SignUp | Route::Landing(_)) {
        return Vec::new();
    }
    let newest = tracer.flows().iter().rev().find(|flow| {
        flow.instance.as_ref() == Some(&instance)
            && flow.place.shares_cookies(place)
            && flow.kind == FlowKind::SignIn
            && flow.response.is_some()
    });
    let Some(newest) = newest.filter(|flow| comparison::uid_sent(tracer, flow).is_some()) else {
        return Vec::new();
    };
    let known = tracer.identities().signed_in(&instance, place).filter(|answer| answer.user.is_some());
    // A reading from before the sign-in ended can be somebody else's, or from before GitLab linked the
    // account.
    let fresh = known.is_some_and(|answer| answer.provenance.time() >= newest.last);
    let knows_version = || tracer.gitlab_version(&instance).is_some() || tracer.asked_for_metadata(&instance);
    let path = match fresh {
        false => api::USER,
        true if !knows_version() => api::METADATA,
        true => return Vec::new(),
    };
    vec![WantedRead { path: format!("{}{path}", instance.root) }]
}

/// Whether a page's event says something that is not known already: the same reading of the same page, or the
/// same answer, is not kept twice.
pub fn is_news(tracer: &Tracer, event: &Event) -> bool {
    match &event.body {
        Body::Page(new) => {
            let last =
                tracer.pages().iter().rev().find(|(_, old)| old.place == new.place && old.page == new.page);
            // A page without messages is news, too, while a sign-in in its tab waits for it.
            let waits =
                tracer.instances().iter().any(|instance| waits_for_page(tracer, instance, &new.place));
            waits || last.is_none_or(|(_, old)| old != new)
        }
        _ => true,
    }
}

/// Whether a sign-in in this tab waits for the page that tells its outcome.
fn waits_for_page(tracer: &Tracer, instance: &Instance, place: &Place) -> bool {
    tracer.flows().iter().rev().find(|flow| flow.place.tab == place.tab).is_some_and(|flow| {
        flow.instance.as_ref() == Some(instance) && flow.flash.is_none() && !flow.outcomes.is_empty()
    })
}
