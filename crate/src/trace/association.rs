//! [`Association`]: which exchange each of the browser's events is about.
//!
//! The browser tells an exchange in several events that share its id of the request, and a chain of redirects
//! shares one such id. A response belongs to the oldest exchange with its id and address that has none yet,
//! sent headers to the oldest that has none: Firefox gives a background that it has woken all requests first,
//! then all responses. The end belongs to the newest exchange with its id, unless that is over. Used for the
//! trace and for what leaves it ([`recorded`](crate::file::recorded)), so that both put the same things
//! together. Each call costs the same however many exchanges there are. Leaves out what the events say:
//! whoever calls keeps it under the index that comes back.

use crate::event::EventId;
use std::{
    collections::{HashMap, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

/// The exchanges so far, by the index at which they begin.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Association {
    exchanges: Vec<ExchangeState>,
    /// The newest exchange of each request.
    newest: HashMap<u64, usize>,
    /// By request and address: those that waited for a response, oldest first. Those that are answered or
    /// over leave the queue when they come to its front.
    unanswered: HashMap<u64, VecDeque<usize>>,
    /// By request: those whose headers were not seen, likewise.
    unsent: HashMap<u64, VecDeque<usize>>,
}

/// The name of a request, and whose name it is: a file numbers its requests by itself, so that what it tells
/// is never about a request of this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RequestName<'a> {
    name: &'a str,
    of_file: bool,
}

impl<'a> RequestName<'a> {
    /// The `name` that the event with the id `event` gives to its request.
    pub(crate) fn new(event: &EventId, name: &'a str) -> Self {
        RequestName { name, of_file: event.is_imported() }
    }

    fn is_empty(self) -> bool {
        self.name.is_empty()
    }
}

/// The progress of an exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct ExchangeState {
    is_sent: bool,
    is_answered: bool,
    is_over: bool,
}

impl ExchangeState {
    fn waits(self) -> bool {
        !self.is_answered && !self.is_over
    }
}

impl Association {
    /// An exchange that begins with its request.
    pub(crate) fn begin(&mut self, request: RequestName<'_>, url: &str) -> usize {
        let index = self.push(request, ExchangeState::default());
        if !request.is_empty() {
            self.unanswered.entry(key((request, url))).or_default().push_back(index);
            self.unsent.entry(key(request)).or_default().push_back(index);
        }
        index
    }

    /// An exchange that begins with its response, because its request was not kept.
    pub(crate) fn begin_answered(&mut self, request: RequestName<'_>) -> usize {
        self.push(request, ExchangeState { is_answered: true, ..ExchangeState::default() })
    }

    /// An exchange that no other event is about.
    pub(crate) fn stand_alone(&mut self) -> usize {
        self.exchanges.push(ExchangeState::default());
        self.exchanges.len() - 1
    }

    /// The exchange that waits for this response.
    pub(crate) fn answer(&mut self, request: RequestName<'_>, url: &str) -> Option<usize> {
        let queue = self.unanswered.get_mut(&key((request, url)))?;
        let found = first(queue, &self.exchanges, ExchangeState::waits)?;
        self.exchanges.get_mut(found)?.is_answered = true;
        Some(found)
    }

    /// The exchange whose headers these are.
    pub(crate) fn send(&mut self, request: RequestName<'_>) -> Option<usize> {
        let queue = self.unsent.get_mut(&key(request))?;
        let found = first(queue, &self.exchanges, |state| state.waits() && !state.is_sent)?;
        self.exchanges.get_mut(found)?.is_sent = true;
        Some(found)
    }

    /// The exchange that ends.
    pub(crate) fn end(&mut self, request: RequestName<'_>) -> Option<usize> {
        let newest = *self.newest.get(&key(request))?;
        let state = self.exchanges.get_mut(newest).filter(|state| !state.is_over)?;
        state.is_over = true;
        Some(newest)
    }

    fn push(&mut self, request: RequestName<'_>, state: ExchangeState) -> usize {
        let index = self.exchanges.len();
        self.exchanges.push(state);
        if !request.is_empty() {
            self.newest.insert(key(request), index);
        }
        index
    }
}

/// The first of a queue that is still looked for. What is no longer looked for never is again, so it leaves.
fn first(
    queue: &mut VecDeque<usize>,
    exchanges: &[ExchangeState],
    is_it: impl Fn(ExchangeState) -> bool,
) -> Option<usize> {
    while let Some(index) = queue.front() {
        if exchanges.get(*index).is_some_and(|state| is_it(*state)) {
            return Some(*index);
        }
        queue.pop_front();
    }
    None
}

/// Stands for a request, alone or with its address, which can be long. Equal for equal ones; that different
/// ones share a key does not happen by chance, and who makes a file in which they do has put the wrong
/// response into it anyway.
fn key(request: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    request.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::instant::Timestamp;

    fn of(name: &str) -> RequestName<'_> {
        RequestName::new(&EventId::new(Timestamp(0), "a", 0), name)
    }

    #[test]
    fn a_chain_of_redirects_is_put_together_whatever_comes_first() {
        for responses_last in [false, true] {
            let mut chain = Association::default();
            let first = chain.begin(of("7"), "https://a.example.com/");
            assert_eq!(chain.send(of("7")), Some(first));
            if !responses_last {
                assert_eq!(chain.answer(of("7"), "https://a.example.com/"), Some(first));
            }
            let second = chain.begin(of("7"), "https://b.example.com/");
            assert_eq!(chain.send(of("7")), Some(second));
            if responses_last {
                assert_eq!(chain.answer(of("7"), "https://a.example.com/"), Some(first));
            }
            assert_eq!(chain.answer(of("7"), "https://b.example.com/"), Some(second));
            assert_eq!(chain.end(of("7")), Some(second));
            assert_eq!((chain.end(of("7")), chain.answer(of("7"), "https://b.example.com/")), (None, None));
        }
    }

    #[test]
    fn the_oldest_that_waits_is_meant_and_an_exchange_that_is_over_never() {
        let mut all = Association::default();
        let url = "https://a.example.com/";
        let (one, two, three) = (all.begin(of("7"), url), all.begin(of("7"), url), all.begin(of("7"), url));
        assert_eq!(all.end(of("7")), Some(three));
        assert_eq!(
            [all.answer(of("7"), url), all.answer(of("7"), url), all.answer(of("7"), url)],
            [Some(one), Some(two), None]
        );
        assert_eq!(all.send(of("7")), None, "what is answered has been sent");
    }

    #[test]
    fn what_has_no_request_of_the_browser_is_never_meant() {
        let mut all = Association::default();
        all.begin(of(""), "https://a.example.com/");
        all.stand_alone();
        assert_eq!(
            (all.answer(of(""), "https://a.example.com/"), all.send(of("")), all.end(of(""))),
            (None, None, None)
        );
        assert_eq!(all.begin_answered(of("8")), 2);
        assert_eq!((all.answer(of("8"), ""), all.send(of("8")), all.end(of("8"))), (None, None, Some(2)));
    }

    #[test]
    fn what_a_file_says_is_about_no_request_of_this_browser() {
        let url = "https://a.example.com/";
        let of_file = RequestName::new(&EventId::new(Timestamp(0), "filecopya", 0), "7");
        let mut all = Association::default();
        let seen = all.begin(of("7"), url);
        assert_eq!((all.answer(of_file, url), all.send(of_file), all.end(of_file)), (None, None, None));
        let told = all.begin(of_file, url);
        assert_eq!((all.answer(of("7"), url), all.answer(of_file, url)), (Some(seen), Some(told)));
    }
}
