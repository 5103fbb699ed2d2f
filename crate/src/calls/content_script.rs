//! A content script's calls, answered: what to read, what to mark, what to ask the API.
//!
//! A page of GitLab may be hostile: its calls are bounded, must come from the origin that they speak of, and
//! get nothing but the recipe and the notes of that page.

use super::page_reads;
use crate::{
    base::{
        address::Address, catalogue::language::Language, instant::Timestamp, limits, order::inserted,
        place::Sender, redact::Secret,
    },
    calls::protocol::{PageCall, PageReply},
    event::{Answer, Body, Event, EventId},
    gitlab::{
        api,
        pages::{self, PageReading},
        routes::{self, Provider, Route},
    },
    group::{
        check::{self, GroupCheck},
        plan::Progress,
    },
    notes::{self, SignIns},
    trace::tracer::Tracer,
};
use std::collections::BTreeMap;

/// Answers a content script's call; takes in the event that it makes, which the caller stores. `check` is the
/// group that is checked: an owner's page of SAML settings begins it.
pub fn answer(
    tracer: &mut Tracer,
    check: &mut Option<GroupCheck>,
    sender: &Sender,
    id: EventId,
    call: PageCall,
) -> (PageReply, Option<Event>) {
    let url = call.url().to_owned();
    let is_from_there =
        Address::parse(&url).is_some_and(|address| address.origin.eq_ignore_ascii_case(&sender.origin));
    if !is_from_there || tracer.route(&url).is_none() {
        return (PageReply::default(), None);
    }
    tracer.rest();
    let now = id.time;
    let is_opened = matches!(call, PageCall::Opened { .. });
    let is_again = matches!(call, PageCall::Opened { again: true, .. });
    let call = match call {
        PageCall::Done { path, status, redirected, headers, body, .. } => {
            let answer = check::answer(status, redirected, headers, body);
            let Some(check) = check else { return (PageReply::default(), None) };
            let before = check.progress();
            check.take(sender, &path, &answer, now);
            check.tell(tracer);
            let next = check.wanted(sender, now);
            let is_told = next.is_none() || is_step(before, check.progress());
            let notes = if is_told { notes_for(tracer, Some(check), sender, &url) } else { Vec::new() };
            return (PageReply { notes, next, ..PageReply::default() }, None);
        }
        PageCall::Waited { .. } => {
            let next = check.as_mut().and_then(|check| check.wanted(sender, now));
            return (PageReply { next, ..PageReply::default() }, None);
        }
        PageCall::Opened { again, .. } => {
            begin(tracer, check, (sender, again), &url, now);
            call
        }
        call => call,
    };
    let event = body_of(sender, call).map(|mut body| {
        // A message fills the store once, not at each reading of the page that shows it.
        if let Body::Page(reading) = &mut body
            && pages::message(reading).is_some_and(|message| tracer.knows_shown(message))
        {
            reading.fields.remove(pages::MESSAGE);
        }
        Event::new(id, body)
    });
    let event = event.filter(|event| page_reads::is_news(tracer, event));
    if let Some(event) = &event {
        tracer.observe(event);
    }
    let notes = notes_for(tracer, check.as_mut(), sender, &url);
    // The page that notes are for is told them at each change: an answer can be lost on its way.
    let is_noted = is_again && !notes.is_empty();
    let reply = PageReply {
        recipe: page_reads::recipe_for(tracer, &url, &sender.place, is_noted),
        language: Language::default(),
        notes,
        reads: page_reads::wanted(tracer, &url, &sender.place),
        // Only a call whose answer is carried out is told what to do: a change is told once.
        next: check.as_mut().filter(|_| is_opened).and_then(|check| check.wanted(sender, now)),
    };
    (reply, event)
}

/// Whether the page is told how far the check came: at every fifth page of the members and when another read
/// begins, not at each page, for the notes on the page's rows are made with it.
fn is_step(before: Progress, now: Progress) -> bool {
    before.read != now.read || now.page.is_some_and(|page| page % 5 == 0)
}

/// Begins the check of the group whose SAML settings are opened, or has the page that opened them go on with
/// it. What was read stays read for some minutes: a page that is opened again begins nothing anew. Each
/// change has every open page ask once more (`again`), which takes the check from no other group.
fn begin(
    tracer: &Tracer,
    check: &mut Option<GroupCheck>,
    (sender, again): (&Sender, bool),
    url: &str,
    now: Timestamp,
) {
    check.iter_mut().filter(|check| !again && check.is_at(sender)).for_each(GroupCheck::page_gone);
    let found = tracer.instances().into_iter().find_map(|instance| match routes::route(&instance, url)? {
        Route::Settings(Provider::Group { path }) if !path.contains('/') => Some((instance, path)),
        _ => None,
    });
    let Some((instance, group)) = found else { return };
    match check {
        Some(check) if check.is_of(&instance, &group, &sender.place) => {
            check.move_to(sender.place.clone(), again, now)
        }
        Some(check) if again || check.is_changing(now) => {}
        before => {
            let begun = GroupCheck::new(instance, group, sender.place.clone());
            *before = Some(begun.instead_of(before.take()));
        }
    }
}

fn body_of(sender: &Sender, call: PageCall) -> Option<Body> {
    let place = sender.place.clone();
    match call {
        PageCall::Opened { .. } | PageCall::Done { .. } | PageCall::Waited { .. } => None,
        PageCall::Read { url, page, fields, rows } => {
            let mut reading = PageReading {
                place,
                url: Secret::new(url),
                page: bounded(page),
                fields: inserted(fields.into_iter().map(|(key, values)| {
                    let most = match key == pages::MESSAGE {
                        true => limits::PAGE_MESSAGE_CHARS,
                        false => limits::PAGE_VALUE_CHARS,
                    };
                    (key, bounded_list(values, |value| bounded_by(value, most)))
                })),
                rows: bounded_list(rows, |row: BTreeMap<_, _>| {
                    inserted(row.into_iter().map(|(k, v)| (k, bounded(v))))
                }),
                ..PageReading::default()
            };
            pages::keep_known(&mut reading);
            pages::Page::named(&reading.page).map(|_| Body::Page(reading))
        }
        // The page was left before GitLab answered, or the network was gone: nobody said anything.
        PageCall::Answered { status: 0, .. } => None,
        PageCall::Answered { path, status, body, .. } => {
            // An answer that is too large to be one user's own is not read at all.
            let body = if body.len() > limits::API_ANSWER_BYTES { String::new() } else { body };
            Some(Body::Answer(Answer {
                place,
                url: Secret::new(format!("{}{path}", sender.origin)),
                status,
                answer: api::kept(&path, status, &body),
                ..Answer::default()
            }))
        }
    }
}

fn bounded(value: String) -> String {
    bounded_by(value, limits::PAGE_VALUE_CHARS)
}

fn bounded_by(value: String, most: usize) -> String {
    match value.char_indices().nth(most) {
        Some((end, _)) => value.get(..end).unwrap_or_default().to_owned(),
        None => value,
    }
}

fn bounded_list<T, U>(values: Vec<T>, bounded: impl Fn(T) -> U) -> Vec<U> {
    values.into_iter().take(limits::PAGE_ROWS).map(bounded).collect()
}

/// The notes for the newest reading that this tab made of the page at `url`.
fn notes_for(
    tracer: &Tracer,
    check: Option<&mut GroupCheck>,
    sender: &Sender,
    url: &str,
) -> Vec<notes::Note> {
    let newest =
        tracer.pages().iter().rev().find(|(_, page)| page.place == sender.place && page.url.expose() == url);
    let Some(newest) = newest else { return Vec::new() };
    let (read, reading) = newest;
    let mut at = tracer.instances().into_iter();
    let at = at.find_map(|instance| routes::route(&instance, url).map(|route| (instance, route)));
    let Some((instance, route)) = at else { return notes::of_page(reading, |text| text, None) };
    let sign_ins = SignIns::of(tracer, &instance, read.time);
    let compared = notes::compared(&sign_ins, &route, reading);
    let of_group = check.map_or_else(Vec::new, |check| {
        notes::of_group(tracer, check, (&instance, &sender.place), &route, reading)
    });
    let of_page = notes::with_own(&sign_ins, &route, newest);
    notes::merged(compared, of_group).into_iter().chain(of_page).collect()
}

#[cfg(test)]
mod tests;
